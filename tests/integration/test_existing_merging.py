"""Merging with what is in Twenty already: killed at any moment, beside people's edits, out of the bin, by policy."""

from __future__ import annotations

import asyncio
import csv
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import httpx2
import pytest

from bridgework.errors import FindingsStop, UsageError
from bridgework.migration import Migration
from bridgework.settings import PracticeSettings, WorkspaceSettings
from bridgework.stages.changes import Asked
from bridgework.stages.common import Outcome
from bridgework.stages.delta import Delta
from bridgework.stages.existing import merging
from bridgework.stages.existing.deciding import Deciding, assigned, undecided
from bridgework.stages.existing.matching import look, say_same
from bridgework.stages.sample import Sample, approve_sample
from bridgework.store.notes import approve, quarantine_counts
from bridgework.twins.dentadmin import generate_practice
from bridgework.twins.dentadmin.export_format import TABLES
from bridgework.twins.twenty import TwentyTwin
from bridgework.workspace import Workspace
from tests.support import PASSPHRASE, accept_map, new_twin

FIELDS = "id jobTitle sourceSystemId importRemarks otherEmails deletedAt name{firstName lastName} emails{primaryEmail}"
ADDRESS = "homeAddress{addressCity}"
_T = TypeVar("_T")


class Killed(BaseException):
    """The process ends here."""


@dataclass
class Practice:
    """A migration in this process, and the twin that it goes to."""

    folder: Path
    twin: TwentyTwin
    patients: list[dict[str, str]]
    ids: dict[str, str]

    def ref(self, number: int) -> str:
        return f"patienten.csv:{number + 2}"

    def within(self, doing: Callable[[Migration], _T]) -> _T:
        with Migration.open(self.folder, alone=True) as migration:
            return doing(migration)

    def apply(self, name: str, *, between: Callable[[], Any] | None = None) -> Outcome:
        """Plan, approve and apply a stage; `between` happens after the plan."""

        def doing(migration: Migration) -> Outcome:
            if name == "map":
                asyncio.run(accept_map(migration.context))
            stage = Sample(migration.context, patients=8) if name == "sample" else migration.stage(name)
            plan = asyncio.run(stage.plan())
            assert not plan.stops, plan.stops
            if plan.approval and plan.steps:
                approve(migration.context.store, name, plan.signature, "Test")
            if between is not None:
                between()
            outcome = asyncio.run(stage.apply(plan))
            if name == "sample":
                approve_sample(migration.context, "Test")
            return outcome

        return self.within(doing)

    def decide(self, *, restore: int | None = None) -> None:
        def doing(migration: Migration) -> None:
            asyncio.run(look(migration.context))
            said = Deciding(migration.context)
            said.accept_proposed()
            if restore is not None:
                said.restore(self.ref(restore))
            said.approve("Test")
            assert undecided(migration.context) == []

        self.within(doing)

    def ask(self, query: str, **variables: Any) -> Any:
        answer = httpx2.post(
            f"{self.twin.url}/graphql",
            json={"query": query, "variables": variables},
            headers={"Authorization": f"Bearer {self.twin.key}"},
        ).json()
        assert "errors" not in answer, answer
        return answer["data"]

    def create(self, **data: Any) -> str:
        made = self.ask("mutation($d:[PersonCreateInput!]!){createPeople(data:$d){id}}", d=[data])
        return str(made["createPeople"][0]["id"])

    def edit(self, id_: str, **data: Any) -> None:
        self.ask("mutation($id:UUID!,$d:PersonUpdateInput!){updatePerson(id:$id,data:$d){id}}", id=id_, d=data)

    def person(self, id_: str) -> dict[str, Any]:
        either = {"or": [{"deletedAt": {"is": "NULL"}}, {"deletedAt": {"is": "NOT_NULL"}}]}
        where = {"and": [{"id": {"eq": id_}}, either]}
        found = self.ask(
            f"query($f:PersonFilterInput){{people(filter:$f){{edges{{node{{{FIELDS} {ADDRESS}}}}}}}}}", f=where
        )
        return dict(found["people"]["edges"][0]["node"])

    def set(self, text: str) -> None:
        with (self.folder / "bridgework.toml").open("a") as file:
            file.write(f"\n[existing]\n{text}\n")


def patients_of(export: Path) -> list[dict[str, str]]:
    table = next(one for one in TABLES if one.object == "patient")
    headers = {column.header("nl"): column.key for column in table.columns}
    with (export / table.file_name("nl")).open(encoding="cp1252", newline="") as file:
        return [{headers[name]: text for name, text in row.items()} for row in csv.DictReader(file, delimiter=";")]


def named(row: dict[str, str]) -> dict[str, str]:
    return {"firstName": row["first_name"], "lastName": row["last_name"]}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Any, dict[str, str]]:
    """The family of the first three patients, of whom one is in Twenty and one in its bin."""
    root = tmp_path_factory.mktemp("merging")
    members = generate_practice(root / "export", patients=8, seed=3, messy=False, density=0.05, files_per_patient=0.1)
    patients = patients_of(root / "export")
    with pytest.MonkeyPatch.context() as patch, new_twin(members, data=root / "workspace") as twin:
        patch.setenv("BRIDGEWORK_STORE_KEY", PASSPHRASE)
        patch.setenv("BRIDGEWORK_TWENTY_KEY", twin.key)
        target = WorkspaceSettings(url=twin.url, calls_per_minute=0, patience=0)
        Migration.create(root / "migration", PracticeSettings(folder=root / "export"), target).__exit__(
            None, None, None
        )
        settings = root / "migration" / "bridgework.toml"
        settings.write_text(settings.read_text().replace("patience = 60", "patience = 0"))
        practice = Practice(root / "migration", twin, patients, {})
        mother, gone = (
            patients[1],
            next(one for one in patients if "@" in one["email"] and one["email"] != patients[1]["email"]),
        )
        ids = {
            "mother": practice.create(
                name=named(mother), emails={"primaryEmail": mother["email"]}, jobTitle="Chef"
            ),
            "binned": practice.create(name=named(gone), emails={"primaryEmail": gone["email"]}),
        }  # fmt: skip
        practice.ask("mutation($id:UUID!){deletePerson(id:$id){id}}", id=ids["binned"])
        for name in ("audit", "map", "schema"):
            practice.apply(name)
    return root, members, {**ids, "binned row": str(patients.index(gone))}


@pytest.fixture
def practice(
    made: tuple[Path, Any, dict[str, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Practice]:
    root, members, ids = made
    shutil.copytree(root / "workspace", tmp_path / "workspace")
    shutil.copytree(root / "migration", tmp_path / "migration")
    with new_twin(members, data=tmp_path / "workspace", max_records=20) as twin:
        monkeypatch.setenv("BRIDGEWORK_STORE_KEY", PASSPHRASE)
        monkeypatch.setenv("BRIDGEWORK_TWENTY_KEY", twin.key)
        settings = tmp_path / "migration" / "bridgework.toml"
        lines = [f'url = "{twin.url}"' if one.startswith("url = ") else one for one in settings.read_text().split("\n")]
        settings.write_text("\n".join(lines))
        yield Practice(tmp_path / "migration", twin, patients_of(root / "export"), dict(ids))


def moved(practice: Practice) -> None:
    practice.apply("sample")
    practice.apply("load")
    outcome = practice.apply("verify")
    assert outcome.passed, outcome.counts["differences"]


def undone(practice: Practice, before: dict[str, Any]) -> None:
    outcome = practice.apply("rollback")
    assert outcome.passed
    assert outcome.counts["equal"], outcome.counts
    assert practice.twin.dump() == before


# --- a kill at every moment of a merge -------------------------------------------------------------------------------


@pytest.fixture
def kill(practice: Practice, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Decides, and kills the sample at a moment of its first merge; all patients are in the sample."""

    def at(moment: str) -> None:
        real_update, real_send = Workspace.update, merging.Merging._send

        async def update(*given: Any, **named_: Any) -> Any:
            if moment == "written":
                await real_update(*given, **named_)
            raise Killed

        async def send(*given: Any) -> None:
            if moment == "confirmed":
                await real_send(*given)
            raise Killed

        practice.decide()
        with monkeypatch.context() as patch:
            if moment in {"planned", "confirmed"}:
                patch.setattr(merging.Merging, "_send", send)
            else:
                patch.setattr(Workspace, "update", update)
            with pytest.raises(Killed):
                practice.apply("sample")

    return at


@pytest.mark.parametrize("moment", ["planned", "intended", "written", "confirmed"])
def test_a_kill_at_any_moment_costs_nothing(practice: Practice, kill: Callable[[str], None], moment: str) -> None:
    before = practice.twin.dump()
    kill(moment)
    moved(practice)
    assert practice.person(practice.ids["mother"])["sourceSystemId"] == f"patient:{practice.patients[1]['number']}"
    undone(practice, before)


def test_what_somebody_edits_between_a_kill_and_the_next_run_is_not_written_over(
    practice: Practice, kill: Callable[[str], None]
) -> None:
    kill("written")
    practice.edit(practice.ids["mother"], importRemarks="mine")
    practice.apply("sample")
    practice.apply("load")
    assert practice.person(practice.ids["mother"])["importRemarks"] == "mine"
    outcome = practice.apply("rollback")
    assert {one.code for one in outcome.findings} >= {"EDITED-KEPT"}
    assert practice.person(practice.ids["mother"])["importRemarks"] == "mine"


def test_a_kill_before_any_merge_can_be_taken_back(practice: Practice, kill: Callable[[str], None]) -> None:
    before = practice.twin.dump()
    kill("intended")
    undone(practice, before)


# --- what people do --------------------------------------------------------------------------------------------------


def test_what_was_edited_after_the_merge_is_left_and_listed(practice: Practice) -> None:
    practice.decide()
    moved(practice)
    practice.edit(practice.ids["mother"], jobTitle="Bakker")
    outcome = practice.apply("rollback")
    kept = [one for one in outcome.findings if one.code == "EDITED-KEPT"]
    assert [(one.object, one.count) for one in kept] == [("person", 1)]
    mother = practice.person(practice.ids["mother"])
    assert (mother["jobTitle"], mother["sourceSystemId"]) == ("Bakker", f"patient:{practice.patients[1]['number']}")


def loaded_as_the_mother(practice: Practice) -> int:
    made = 'query{people(filter:{sourceSystemId:{eq:"patient:NUMBER"}}){totalCount}}'
    return int(practice.ask(made.replace("NUMBER", number(practice, 1)))["people"]["totalCount"])


def test_a_record_that_goes_before_it_is_merged_is_set_aside_and_never_made_again(practice: Practice) -> None:
    practice.decide()
    destroy = 'mutation{destroyPerson(id:"MOTHER"){id}}'.replace("MOTHER", practice.ids["mother"])
    practice.apply("sample", between=lambda: practice.ask(destroy))
    aside = practice.within(lambda one: quarantine_counts(one.context.store))
    assert [one["count"] for one in aside if one["code"] == "EXISTING-GONE"] == [1]
    assert loaded_as_the_mother(practice) == 0
    assert practice.apply("load").passed  # the load looks anew, and makes her
    assert loaded_as_the_mother(practice) == 1


def number(practice: Practice, place: int) -> str:
    return practice.patients[place]["number"]


# --- the bin ---------------------------------------------------------------------------------------------------------


def test_a_match_in_the_bin_is_left_alone(practice: Practice) -> None:
    practice.decide()
    before = practice.person(practice.ids["binned"])
    moved(practice)
    assert practice.person(practice.ids["binned"]) == before


def test_a_match_is_taken_out_of_the_bin_and_goes_back_exactly(practice: Practice) -> None:
    before = practice.twin.dump()
    place = int(practice.ids["binned row"])
    practice.decide(restore=place)
    moved(practice)
    restored = practice.person(practice.ids["binned"])
    assert (restored["deletedAt"], restored["sourceSystemId"]) == (None, f"patient:{number(practice, place)}")
    undone(practice, before)


# --- a pass of the delta ----------------------------------------------------------------------------------------------


def test_a_pass_updates_a_merged_record_and_leaves_what_stayed_twentys(practice: Practice, tmp_path: Path) -> None:
    mother, row = practice.ids["mother"], practice.patients[1]
    practice.edit(mother, name={"firstName": row["first_name"], "lastName": row["last_name"].upper()})
    before = practice.twin.dump()
    practice.decide()
    moved(practice)
    export = practice.within(lambda one: one.context.settings.practice.folder)
    assert export is not None
    newer = shutil.copytree(export, tmp_path / "newer")
    text = (newer / "patienten.csv").read_text(encoding="cp1252").split("\n")
    assert row["last_name"] in text[2]
    text[2] = text[2].replace(row["last_name"], "Verhuisd", 1).replace(row["city"], "Verweg", 1)
    (newer / "patienten.csv").write_text("\n".join(text), encoding="cp1252")

    def one_pass(migration: Migration) -> Outcome:
        delta = Delta(migration.context, asked=Asked(newer))
        plan = asyncio.run(delta.plan())
        approve(migration.context.store, delta.name, plan.signature, "Test")
        return asyncio.run(delta.apply(plan))

    outcome = practice.within(one_pass)
    assert outcome.counts["updated"] == 1, outcome
    found = practice.person(mother)
    assert found["name"]["lastName"] == row["last_name"].upper()
    assert "Verhuisd" in found["importRemarks"]
    assert found["homeAddress"]["addressCity"] == "Verweg"
    assert practice.apply("verify").passed
    practice.apply("rollback")
    assert practice.twin.dump() == before


# --- policies and decisions ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("policy", "name"), [("fill", "there"), ("source", "practice"), ("twenty", "there")])
def test_a_field_that_both_have_goes_by_the_policy(practice: Practice, policy: str, name: str) -> None:
    mother, row = practice.ids["mother"], practice.patients[1]
    practice.set(f'policy = "{policy}"')
    practice.edit(mother, name={"firstName": row["first_name"], "lastName": row["last_name"].upper()})
    before = practice.twin.dump()
    practice.decide()
    moved(practice)
    found = practice.person(mother)
    assert found["name"]["lastName"] == (row["last_name"] if name == "practice" else row["last_name"].upper())
    assert (f"name: {row['first_name']} {row['last_name']}" in (found["importRemarks"] or "")) is (name == "there")
    practice.apply("rollback")
    assert practice.twin.dump() == before


def test_a_person_s_word_counts_more_than_any_score(practice: Practice) -> None:
    stranger = practice.create(name={"firstName": "Heel", "lastName": "Anders"})

    def doing(migration: Migration) -> None:
        context = migration.context
        asyncio.run(look(context))
        asyncio.run(say_same(context, practice.ref(0), UUID(stranger)))
        said = Deciding(context)
        said.different(practice.ref(1))
        asyncio.run(look(context))  # a look anew leaves what was said
        groups = {one.match.ref: one.group for one in assigned(context)}
        assert groups == {practice.ref(0): "same", practice.ref(int(practice.ids["binned row"])): "deleted"}
        with pytest.raises(UsageError) as caught:
            said.restore(practice.ref(0))
        assert caught.value.code == "MATCH-UNKNOWN"
        assert undecided(context)[0].code == "EXISTING-UNDECIDED"
        said.approve("Test")

    practice.within(doing)
    moved(practice)
    assert practice.person(stranger)["sourceSystemId"] == f"patient:{number(practice, 0)}"
    assert practice.person(practice.ids["mother"])["sourceSystemId"] in {"", None}

    def too_late(migration: Migration) -> None:
        with pytest.raises(UsageError) as caught:
            Deciding(migration.context).different(practice.ref(0))
        assert caught.value.code == "MATCH-LOADED"

    practice.within(too_late)


def test_a_change_of_policy_after_the_approval_needs_another(practice: Practice) -> None:
    practice.decide()
    practice.set('policy = "source"')

    def doing(migration: Migration) -> None:
        assert [one.code for one in undecided(migration.context)] == ["EXISTING-UNDECIDED"]

    practice.within(doing)


def test_nothing_is_approved_while_something_is_open(practice: Practice) -> None:
    def doing(migration: Migration) -> None:
        asyncio.run(look(migration.context))
        with pytest.raises(FindingsStop) as caught:
            Deciding(migration.context).approve("Test")
        assert caught.value.code == "EXISTING-UNDECIDED"

    practice.within(doing)
