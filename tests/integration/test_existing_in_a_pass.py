"""Somebody makes a person in Twenty by hand, and the practice registers the same one: a pass asks, and goes on."""

from __future__ import annotations

import asyncio
import uuid
from pathlib import Path

import pytest

from bridgework.practice.rows import StagedRows
from bridgework.stages.delta import Delta, Policies
from bridgework.stages.existing.deciding import Deciding, assigned
from bridgework.stages.existing.matching import look
from bridgework.stages.rollback import Rollback
from bridgework.store.notes import quarantine_counts
from tests.moving import Move, Prepared, moved, prepare

PATIENTS, TREATMENTS = "patienten.csv", "behandelingen.csv"
NEW = {"Patiëntnr": "99901", "Naam": "Peeters", "Voornaam": "Lieve", "E-mail": "lieve@mail.example", "INSZ-nummer": ""}


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    return prepare(tmp_path_factory.mktemp("prepared"))


def _made_by_hand(move: Move) -> str:
    id_ = str(uuid.uuid4())
    name, emails = {"firstName": "Lieve", "lastName": "Peeters"}, {"primaryEmail": "lieve@mail.example"}
    made = {"id": id_, "name": name, "emails": emails, "jobTitle": "of a person"}
    move.in_twenty(lambda workspace: workspace.create("person", [made]))
    return id_


def _registered(move: Move) -> None:
    """The practice has a new patient with a treatment, and changes the street of another one."""
    first = next(StagedRows(move.migration.context.store).iterate("patient"))
    move.set_cell(PATIENTS, first.key, "Straat", "Nieuwstraat")

    def add_patient(rows: list[list[str]]) -> list[list[str]]:
        return [*rows, [NEW.get(name, text) for name, text in zip(rows[0], rows[-1], strict=True)]]

    def add_treatment(rows: list[list[str]]) -> list[list[str]]:
        new = {"Behandelingsnr": "99902", "Patiëntnr": "99901"}
        return [*rows, [new.get(name, text) for name, text in zip(rows[0], rows[-1], strict=True)]]

    move.edit_export(PATIENTS, add_patient)
    move.edit_export(TREATMENTS, add_treatment)


def _aside(move: Move) -> dict[str, int]:
    some = [one for one in quarantine_counts(move.migration.context.store) if one["stage"].startswith("load")]
    codes = ("EXISTING-UNDECIDED", "WAITS-FOR")
    return {code: sum(one["count"] for one in some if one["code"] == code) for code in codes}


def test_a_new_patient_who_may_be_there_waits_for_a_person_and_stays_theirs(prepared: Prepared, tmp_path: Path) -> None:
    with moved(prepared, tmp_path) as move:
        move.load()
        by_hand = _made_by_hand(move)
        before = move.records()
        _registered(move)
        outcome = move.apply(Delta(move.migration.context, Policies()))
        assert all(one["closes"] for one in outcome.counts["accounts"])
        assert _aside(move) == {"EXISTING-UNDECIDED": 1, "WAITS-FOR": 1}
        assert "bridgework match" in outcome.message
        assert len(move.records()["person"]) == len(before["person"])
        assert "Nieuwstraat" in str(move.records()["person"])
        assert move.apply("verify").passed

        context = move.migration.context
        asyncio.run(look(context))
        said = Deciding(context)
        assert said.accept_proposed() == 1
        said.approve("Dr An")
        move.apply("retry")
        assert _aside(move) == {"EXISTING-UNDECIDED": 0, "WAITS-FOR": 0}
        there = move.record("person", "patient:99901")
        assert (there["id"], there["jobTitle"]) == (by_hand, "of a person")
        assert move.record("treatment", "treatment:99902")["patientId"] == by_hand
        assert len(move.records()["person"]) == len(before["person"])
        assert move.apply("verify").passed
        move.edit_export(TREATMENTS, lambda rows: [row for row in rows if row[0] != "99902"])
        move.edit_export(PATIENTS, lambda rows: [row for row in rows if row[0] != "99901"])
        gone = move.apply(Delta(move.migration.context, Policies()))
        assert "EXISTED-BEFORE" in {one.code for one in gone.findings}
        assert move.record("person", "patient:99901")["id"] == by_hand  # it was there before us
        assert move.record("treatment", "treatment:99902") == {}
        move.apply(Rollback(move.migration.context, scope="pass 1"))
        assert move.records()["person"] == before["person"]


def test_a_new_patient_who_is_somebody_else_arrives_beside_them(prepared: Prepared, tmp_path: Path) -> None:
    with moved(prepared, tmp_path) as move:
        move.load()
        by_hand = _made_by_hand(move)
        _registered(move)
        move.apply(Delta(move.migration.context, Policies()))
        context = move.migration.context
        asyncio.run(look(context))
        [pair] = assigned(context)
        said = Deciding(context)
        said.different(pair.match.ref)
        said.approve("Dr An")
        move.apply("retry")
        assert move.record("person", "patient:99901")["id"] != by_hand
        assert move.apply("verify").passed
