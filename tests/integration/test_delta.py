"""Passes of the delta: what changed at the practice arrives, what people changed in Twenty stays, both are asked."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from bridgework.errors import FindingsStop
from bridgework.practice.rows import SourceRecord, StagedRows
from bridgework.stages.changes import Asked
from bridgework.stages.conflicts import decide, open_conflicts
from bridgework.stages.cutover import CLOSED, Cutover
from bridgework.stages.delta import Delta, Policies
from bridgework.stages.rollback import Rollback
from tests.moving import Move, Prepared, moved, prepare

PATIENTS, TREATMENTS = "patienten.csv", "behandelingen.csv"


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    return prepare(tmp_path_factory.mktemp("prepared"))


def _pass(move: Move, **policies: Any) -> Any:
    return move.apply(Delta(move.migration.context, Policies(**policies)))


def _patients(move: Move) -> list[SourceRecord]:
    return list(StagedRows(move.migration.context.store).iterate("patient"))


def _gone(rows: list[list[str]], key: str) -> list[list[str]]:
    return [row for row in rows if row[0] != key]


def test_a_pass_with_nothing_new_asks_twenty_nothing(prepared: Prepared, tmp_path: Path) -> None:
    with moved(prepared, tmp_path) as move:
        move.load()
        calls, before = move.twin.stats.tokens, move.records()
        assert _pass(move).passed
        assert (move.twin.stats.tokens, move.records()) == (calls, before)


def test_a_record_whose_file_is_missing_is_tried_once_when_it_changes(prepared: Prepared, tmp_path: Path) -> None:
    with moved(prepared, tmp_path) as move:
        document = next(StagedRows(move.migration.context.store).iterate("document"))
        (move.export / "documents" / document.values["Bestandsnaam"]).unlink()
        move.load()
        move.set_cell("documenten.csv", document.key, "Omschrijving", "a new title")
        assert _pass(move).counts["updated"] == 1
        assert move.record("note", f"document:{document.key}")["title"] == "a new title"
        calls = move.twin.stats.tokens
        assert "nothing was written" in _pass(move).message
        assert move.twin.stats.tokens == calls


def test_new_changed_and_gone_arrive_and_can_be_taken_back(prepared: Prepared, tmp_path: Path) -> None:
    with moved(prepared, tmp_path) as move:
        start = move.records()
        move.load()
        loaded = move.records()
        first, second, *_ = _patients(move)
        treatment = next(StagedRows(move.migration.context.store).iterate("treatment"))
        move.set_cell(PATIENTS, first.key, "Straat", "Nieuwstraat")
        new = {"Patiëntnr": "99901", "E-mail": "nieuw@example.be", "INSZ-nummer": ""}

        def add(rows: list[list[str]]) -> list[list[str]]:
            like = next(row for row in rows if row[0] == second.key)
            return [*rows, [new.get(name, text) for name, text in zip(rows[0], like, strict=True)]]

        move.edit_export(PATIENTS, add)
        move.edit_export(TREATMENTS, lambda rows: _gone(rows, treatment.key))
        outcome = _pass(move)
        assert outcome.passed
        assert all(one["closes"] for one in outcome.counts["accounts"])
        changed = move.record("person", f"patient:{first.key}")
        assert "Nieuwstraat" in changed["homeAddress"]["addressStreet1"]
        assert move.record("person", "patient:99901")
        assert move.record("treatment", f"treatment:{treatment.key}") == {}
        assert move.apply("verify").passed
        move.apply(Rollback(move.migration.context, scope="pass 1"))
        assert _without_stamps(move.records()) == _without_stamps(loaded)
        assert _pass(move).passed  # everything is found again
        assert move.record("person", "patient:99901")
        assert move.apply("verify").passed
        assert move.apply(Rollback(move.migration.context)).counts["equal"] is True
        assert move.records() == start


def _without_stamps(records: Any) -> Any:
    """Restoring a record from the bin stamps it anew; nothing else of it changes."""
    return {
        name: [{field: value for field, value in one.items() if field != "updatedAt"} for one in rows]
        for name, rows in records.items()
    }


def test_three_ways_are_told_apart(prepared: Prepared, tmp_path: Path) -> None:
    with moved(prepared, tmp_path) as move:
        move.load()
        one, *_ = _patients(move)
        id_ = move.record("person", f"patient:{one.key}")["id"]
        move.edit_in_twenty("person", id_, membershipNumber="of a person", remarks="of a person")
        move.set_cell(PATIENTS, one.key, "Opmerkingen", "of the practice")
        move.set_cell(PATIENTS, one.key, "Polisnummer", "P-1")
        asked = _pass(move)
        assert not asked.passed
        [conflict] = open_conflicts(move.migration.context.store)
        assert (conflict.record, conflict.field) == (id_, "remarks")
        assert conflict.source == "xx xxx xxxxxxxx"  # a shape
        assert "of the practice" not in (move.migration.context.reports / "delta.json").read_text()
        there = move.record("person", f"patient:{one.key}")
        assert (there["remarks"], there["policyNumber"] == "P-1") == ("of a person", False)  # nothing is written yet
        assert not _pass(move).passed  # asked again, and still nothing is written
        decide(move.migration.context.store, "Dr An", f"{id_}.remarks=source")
        assert _pass(move).passed
        there = move.record("person", f"patient:{one.key}")
        assert (there["remarks"], there["policyNumber"]) == ("of the practice", "P-1")
        assert there["membershipNumber"] == "of a person"
        verified = move.apply("verify")
        assert verified.passed
        assert verified.counts["classes"]["edited"] == 1
        move.apply(Rollback(move.migration.context))
        assert move.record("person", f"patient:{one.key}")  # a person worked on it


@pytest.mark.parametrize(("policy", "winner"), [("source", "of the practice"), ("twenty", "of a person")])
def test_a_policy_decides_conflicts(prepared: Prepared, tmp_path: Path, policy: str, winner: str) -> None:
    with moved(prepared, tmp_path) as move:
        move.load()
        one, *_ = _patients(move)
        id_ = move.record("person", f"patient:{one.key}")["id"]
        move.edit_in_twenty("person", id_, remarks="of a person")
        move.set_cell(PATIENTS, one.key, "Opmerkingen", "of the practice")
        assert _pass(move, conflicts=policy).passed
        assert move.record("person", f"patient:{one.key}")["remarks"] == winner
        assert move.apply("verify").passed


@pytest.mark.parametrize("policy", ["flag", "ignore"])
def test_records_that_are_gone_can_be_left(prepared: Prepared, tmp_path: Path, policy: str) -> None:
    with moved(prepared, tmp_path) as move:
        move.load()
        loaded = move.records()
        treatment = next(StagedRows(move.migration.context.store).iterate("treatment"))
        move.edit_export(TREATMENTS, lambda rows: _gone(rows, treatment.key))
        assert _pass(move, gone=policy).passed
        there = move.record("treatment", f"treatment:{treatment.key}")
        assert ("No longer in DentAdmin" in (there["importRemarks"] or "")) is (policy == "flag")
        assert move.apply("verify").passed
        calls = move.twin.stats.tokens
        assert _pass(move, gone=policy).passed
        assert move.twin.stats.tokens == calls
        move.apply(Rollback(move.migration.context, scope="pass 1"))
        assert move.records() == loaded


def test_a_record_that_comes_back_is_the_one_it_was(prepared: Prepared, tmp_path: Path) -> None:
    with moved(prepared, tmp_path) as move:
        move.load()
        treatment = next(StagedRows(move.migration.context.store).iterate("treatment"))
        id_ = move.record("treatment", f"treatment:{treatment.key}")["id"]
        kept = (move.export / TREATMENTS).read_bytes()
        move.edit_export(TREATMENTS, lambda rows: _gone(rows, treatment.key))
        assert _pass(move).passed
        gone = move.records()
        (move.export / TREATMENTS).write_bytes(kept)
        move.set_cell(TREATMENTS, treatment.key, "Nota", "came back")
        assert _pass(move).passed
        there = move.record("treatment", f"treatment:{treatment.key}")
        assert (there["id"], there["remarks"]) == (id_, "came back")
        assert move.apply("verify").passed
        move.apply(Rollback(move.migration.context, scope="pass 2"))
        assert move.record("treatment", f"treatment:{treatment.key}") == {}
        assert len(move.records()["treatment"]) == len(gone["treatment"])
        assert _pass(move).passed
        assert move.record("treatment", f"treatment:{treatment.key}")["remarks"] == "came back"
        assert move.apply(Rollback(move.migration.context)).counts["equal"] is True


def test_a_record_that_comes_back_unchanged_has_the_change_moment_of_the_practice(
    prepared: Prepared, tmp_path: Path
) -> None:
    with moved(prepared, tmp_path) as move:
        move.load()
        treatment = next(StagedRows(move.migration.context.store).iterate("treatment"))
        loaded = move.record("treatment", f"treatment:{treatment.key}")
        kept = (move.export / TREATMENTS).read_bytes()
        move.edit_export(TREATMENTS, lambda rows: _gone(rows, treatment.key))
        assert _pass(move).passed
        (move.export / TREATMENTS).write_bytes(kept)
        assert _pass(move).passed
        assert move.record("treatment", f"treatment:{treatment.key}")["updatedAt"] == loaded["updatedAt"]
        assert move.apply("verify").passed
        assert move.apply(Rollback(move.migration.context)).counts["equal"] is True


def test_the_cutover_verifies_and_closes(prepared: Prepared, tmp_path: Path) -> None:
    with moved(prepared, tmp_path) as move:
        move.load()
        one, *_ = _patients(move)
        move.set_cell(PATIENTS, one.key, "Polisnummer", "P-2")
        assert move.apply(Cutover(move.migration.context, Policies(), Asked())).passed
        assert move.record("person", f"patient:{one.key}")["policyNumber"] == "P-2"
        assert move.migration.context.store.get(CLOSED)


def test_a_delta_without_a_load_is_refused(prepared: Prepared, tmp_path: Path) -> None:
    with moved(prepared, tmp_path) as move, pytest.raises(FindingsStop) as caught:
        asyncio.run(Delta(move.migration.context).plan())
    assert caught.value.code == "LOAD-MISSING"
