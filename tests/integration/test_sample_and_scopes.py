"""A sample is whole, is shown field by field, and comes before the load; a rollback takes back just what it is told."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from bridgework.errors import FindingsStop, UsageError
from bridgework.practice.rows import StagedRows
from bridgework.stages.rollback import Rollback
from bridgework.stages.sample import Sample, approve_sample
from tests.moving import Move, Prepared, moved, prepare


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    return prepare(tmp_path_factory.mktemp("prepared"))


def _stopped(move: Move, name: str) -> str:
    with pytest.raises(FindingsStop) as caught:
        asyncio.run(move.migration.stage(name).plan())
    return caught.value.code


def test_the_load_waits_for_an_approved_sample_and_goes_on_from_it(prepared: Prepared, tmp_path: Path) -> None:
    with moved(prepared, tmp_path) as move:
        before = move.records()
        assert _stopped(move, "load") == "SAMPLE-MISSING"
        outcome = move.apply(Sample(move.migration.context, patients=3))
        assert set(outcome.counts["classes"]) <= {"equal", "normalised", "elsewhere"}
        assert _stopped(move, "load") == "SAMPLE-MISSING"
        approve_sample(move.migration.context, "Dr An")
        sampled = move.twin.stats.created
        assert sampled
        move.apply("load")
        verified = move.apply("verify")
        assert verified.passed
        assert move.twin.stats.created == sum(verified.counts["records"].values())  # nothing was written twice
        assert move.apply(Rollback(move.migration.context)).counts["equal"] is True
        assert move.records() == before


def test_a_sample_is_undone_exactly_and_taken_again_alike(prepared: Prepared, tmp_path: Path) -> None:
    with moved(prepared, tmp_path) as move:
        before = move.records()
        first = move.apply(Sample(move.migration.context, patients=3))
        taken = move.records()
        move.apply(Rollback(move.migration.context, scope="sample"))
        assert move.records() == before
        again = move.apply(Sample(move.migration.context, patients=3))
        assert again.counts["digest"] == first.counts["digest"]
        assert move.records() == taken


def test_the_report_shows_each_field_and_no_value_unless_asked(prepared: Prepared, tmp_path: Path) -> None:
    with moved(prepared, tmp_path) as move:
        rows = list(StagedRows(move.migration.context.store).iterate("patient"))
        private = {row.values[name] for row in rows for name in ("E-mail", "INSZ-nummer") if len(row.values[name]) > 8}
        move.apply(Sample(move.migration.context, patients=3))
        folder = move.migration.context.reports
        shown = "".join((folder / f"sample.{end}").read_text() for end in ("html", "json"))
        assert not any(text in shown for text in private)
        said = json.loads((folder / "sample.json").read_text())["rows"]
        assert {row["object"] for row in said} >= {"person", "treatment", "invoice", "task", "company"}
        assert any(row["column"] == "E-mail" and row["kind"] == "equal" for row in said)
        move.apply(Sample(move.migration.context, patients=3, show_values=True))
        said = json.loads((folder / "sample.json").read_text())["rows"]
        assert any(row["source"] in private for row in said if row["column"] == "E-mail")


def test_a_map_that_changed_asks_for_another_sample(prepared: Prepared, tmp_path: Path) -> None:
    with moved(prepared, tmp_path) as move:
        move.apply(Sample(move.migration.context, patients=2))
        approve_sample(move.migration.context, "Dr An")
        path = move.migration.context.map_path
        path.write_text(path.read_text().replace("label: Salutation", "label: Form of address"))
        for name in ("map", "schema"):
            move.apply(name)
        assert _stopped(move, "load") == "SAMPLE-STALE"


def test_an_object_is_taken_back_with_what_links_to_it_and_loaded_again(prepared: Prepared, tmp_path: Path) -> None:
    with moved(prepared, tmp_path) as move:
        move.load()
        whole = move.records()
        move.apply(Rollback(move.migration.context, scope="object treatment"))
        assert move.records()["treatment"] == []
        assert move.records()["person"] == whole["person"]
        move.apply("load")
        assert move.records() == whole
        assert move.apply("verify").passed


def test_what_a_person_edited_stays_and_the_plan_says_so(prepared: Prepared, tmp_path: Path) -> None:
    with moved(prepared, tmp_path) as move:
        move.load()
        row = next(iter(StagedRows(move.migration.context.store).iterate("patient")))
        id_ = move.record("person", f"patient:{row.key}")["id"]
        move.edit_in_twenty("person", id_, jobTitle="Teacher")
        verified = move.apply("verify")
        assert verified.passed
        stage = Rollback(move.migration.context)
        plan = asyncio.run(stage.plan())
        assert [(one.code, one.object, one.count) for one in plan.notes] == [("EDITED-STAYS", "person", 1)]
        outcome = move.apply(stage)
        assert outcome.counts["kept"] == 1
        assert move.record("person", f"patient:{row.key}")["jobTitle"] == "Teacher"


def test_a_scope_that_is_not_there_is_refused(prepared: Prepared, tmp_path: Path) -> None:
    with moved(prepared, tmp_path) as move:
        for words, code in (("everything", "SCOPE-UNKNOWN"), ("object", "SCOPE-UNKNOWN"), ("pass 3", "SCOPE-EMPTY")):
            with pytest.raises(UsageError) as caught:
                asyncio.run(Rollback(move.migration.context, scope=words).plan())
            assert caught.value.code == code


def test_edits_that_go_with_an_object_of_the_schema_are_told_before_and_after(
    prepared: Prepared, tmp_path: Path
) -> None:
    with moved(prepared, tmp_path) as move:
        move.load()
        treatment = next(StagedRows(move.migration.context.store).iterate("treatment"))
        id_ = move.record("treatment", f"treatment:{treatment.key}")["id"]
        move.edit_in_twenty("treatment", id_, remarks="of a person")
        stage = Rollback(move.migration.context, schema=True)
        plan = asyncio.run(stage.plan())
        assert [(one.code, one.object, one.count) for one in plan.notes] == [("EDITED-GOES", "treatment", 1)]
        outcome = move.apply(stage)
        assert ("EDITED-GOES", "treatment", 1) in {(one.code, one.object, one.count) for one in outcome.findings}
        assert not any(one.code == "EDITED-KEPT" for one in outcome.findings)
