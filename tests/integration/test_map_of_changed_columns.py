"""Columns that change after the approval: no stage goes on without a word, and the decisions on the others stay."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from bridgework.cli.commands import app
from bridgework.errors import FindingsStop
from bridgework.mapping.document import MapDocument
from bridgework.stages.context import needed_map
from bridgework.stages.delta import Delta, Policies
from bridgework.status import status
from tests.moving import Move, Prepared, moved, prepare
from tests.support import PASSPHRASE, small_practice

PATIENTS = "patienten.csv"


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    return prepare(tmp_path_factory.mktemp("prepared"))


class Person:
    """Somebody at a terminal, with a practice that was read."""

    def __init__(self, root: Path) -> None:
        self.folder, self.export = root / "migration", root / "export"

    def begin(self) -> None:
        small_practice(self.export, patients=10)
        self.done("init", "--practice", str(self.export), "--twenty", "http://127.0.0.1:9")
        self.done("audit", "--apply")
        self.done("map")

    def copied_to(self, root: Path) -> Person:
        shutil.copytree(self.folder.parent, root, dirs_exist_ok=True)
        settings = root / "migration" / "bridgework.toml"
        settings.write_text(settings.read_text().replace(str(self.export), str(root / "export")))
        return Person(root)

    def say(self, words: str, *more: str) -> Result:
        return CliRunner().invoke(app, [*words.split(), str(self.folder), *more])

    def done(self, words: str, *more: str) -> dict[str, Any]:
        ended = self.say(words, *more, "--json")
        assert ended.exit_code == 0, ended.output
        return self.read(ended)

    def read(self, ended: Result) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(ended.stdout)
        return document

    def stopped(self, words: str, *more: str) -> str:
        ended = self.say(words, *more, "--json")
        assert ended.exit_code != 0
        return str(self.read(ended)["error"]["code"])

    def approve(self) -> None:
        self.done("map accept", "--all")
        self.done("map approve", "--as", "Dr Maes")

    def change_columns(self) -> None:
        """Another name for the mobile number, and a column that nobody had."""
        path = self.export / PATIENTS
        head, *rows = path.read_bytes().decode("cp1252").split("\r\n")
        rows = [f"{row};kat" if row else row for row in rows]
        head = f"{head.replace('GSM', 'Mobieltje')};Huisdier"
        path.write_bytes("\r\n".join([head, *rows]).encode("cp1252"))
        self.done("audit", "--apply")

    @property
    def map(self) -> MapDocument:
        return MapDocument.load(self.folder / "map.yaml")


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Person]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BRIDGEWORK_STORE_KEY", PASSPHRASE)
        patch.setenv("BRIDGEWORK_TWENTY_KEY", "a key")
        made = Person(tmp_path_factory.mktemp("person").resolve())
        made.begin()
        yield made


@pytest.fixture
def person(begun: Person, tmp_path: Path) -> Person:
    return begun.copied_to(tmp_path)


def test_no_stage_goes_on_while_a_column_has_no_line(person: Person) -> None:
    person.approve()
    person.change_columns()
    for stage in ("schema", "sample", "match", "rehearse"):
        more = ("--plan",) if stage in {"schema", "sample"} else ()
        assert person.stopped(stage, *more) == "MAP-COLUMNS", stage


def test_map_and_status_say_which_columns_changed_and_what_to_do(person: Person) -> None:
    person.approve()
    assert person.done("status")["status"]["stages"]["map"]
    person.change_columns()
    shown = person.done("map")
    words = "not in the map: patient.Mobieltje, patient.Huisdier; not in the files: patient.GSM"
    assert shown["map"]["columns"] == words
    state = person.done("status")["status"]
    assert not state["stages"]["map"]
    assert state["next"] == shown["next"] == f"bridgework map {person.folder} --renew"
    told = " ".join(person.say("map").output.split())
    assert "patient.Mobieltje, patient.Huisdier" in told
    page = (person.folder / "reports" / "map.html").read_text(encoding="utf-8")
    assert "Columns have changed" in page
    assert "map DIR --renew" in page


def test_renewing_keeps_every_other_decision_and_the_former_map(person: Person) -> None:
    person.approve()
    former = (person.folder / "map.yaml").read_text(encoding="utf-8")
    before = person.map
    person.change_columns()
    renewed = person.done("map", "--renew")
    assert (person.folder / "map.yaml.before").read_text(encoding="utf-8") == former
    assert renewed["former"] == str(person.folder / "map.yaml.before")
    what = {one["where"]: one["what"] for one in renewed["renewed"]}
    assert what["patient.Mobieltje"] == what["patient.Huisdier"] == "new"
    assert what["patient.GSM"] == "gone"
    old = {line.column: line for line in before.sources["patient"].lines}
    new = {line.column: line for line in person.map.sources["patient"].lines}
    assert {one for one in new if new[one].decision == "proposed"} == {"Mobieltje", "Huisdier"}
    assert all(new[one] == old[one] for one in old if one != "GSM")
    person.approve()
    assert person.done("status")["status"]["stages"]["map"]


def test_renewing_a_map_whose_columns_did_not_change_changes_nothing(person: Person) -> None:
    before = (person.folder / "map.yaml").read_bytes()
    assert person.done("map", "--renew")["renewed"] == []
    assert (person.folder / "map.yaml").read_bytes() == before
    assert not (person.folder / "map.yaml.before").exists()


def test_a_map_that_is_proposed_anew_leaves_each_former_one_beside(person: Person) -> None:
    person.done("map accept", "--all")
    decided = person.map.digest()
    person.done("map", "--anew")
    person.done("map", "--anew")
    assert MapDocument.load(person.folder / "map.yaml.before").digest() == decided
    assert MapDocument.load(person.folder / "map.yaml.before-2").digest() == person.map.digest()


def test_an_object_that_was_read_and_is_not_in_the_map_is_an_error(person: Person) -> None:
    person.approve()
    document = person.map
    less = {name: one for name, one in document.sources.items() if name != "communication"}
    document.model_copy(update={"sources": less}).save(person.folder / "map.yaml")
    checked = person.say("map check", "--json")
    assert checked.exit_code == 1
    errors = {one["code"]: one for one in person.read(checked)["problems"]}
    assert "communication" in errors["OBJECT-MISSING"]["what"]
    assert errors["OBJECT-MISSING"]["line"] == person.map.line_of("sources") > 0
    assert person.stopped("schema", "--plan") == "MAP-COLUMNS"
    person.done("map", "--renew")
    assert "communication" in person.map.sources


def test_approving_again_shows_each_line_that_changed(person: Person) -> None:
    person.approve()
    for column in ("GSM", "Voornaam", "E-mail"):
        person.done("map set", f"patient.{column}", "--leave-out", f"not {column}")
    told = " ".join(person.say("map approve", "--as", "Dr Maes").output.split())
    for column in ("GSM", "Voornaam", "E-mail"):
        assert f"patient.{column}" in told
        assert f"not {column}" in told.replace("\n", " ")


def test_the_page_says_ready_only_where_the_map_can_be_approved(person: Person) -> None:
    page = person.folder / "reports" / "map.html"
    assert "Ready to be approved" not in page.read_text(encoding="utf-8")
    assert person.done("map")["next"].startswith("bridgework map accept")
    person.done("map accept", "--all")
    assert person.done("map")["next"] == f"bridgework map approve {person.folder} --as NAME"
    assert "Ready to be approved" in page.read_text(encoding="utf-8")
    person.done("map set", "patient.GSM", "--target", "person.nowhere")
    shown = person.done("map")
    assert shown["next"].startswith(f"bridgework map check {person.folder}")
    assert "1 error in the map" in page.read_text(encoding="utf-8")
    assert "UNKNOWN-FIELD" in page.read_text(encoding="utf-8")
    person.done("map set", "patient.GSM", "--concept", "mobile")
    person.done("map approve", "--as", "Dr Maes")
    assert person.done("map")["next"] == f"bridgework schema {person.folder} --apply"


def test_a_map_that_is_no_map_is_said_by_status(person: Person) -> None:
    (person.folder / "map.yaml").write_text("sources: [", encoding="utf-8")
    state = person.done("status")["status"]
    assert not state["stages"]["map"]
    assert "map check" in state["next"]


# --- passes ----------------------------------------------------------------------------------------------------------


def _with_pet(rows: list[list[str]]) -> list[list[str]]:
    return [[*row, "kat" if number else "Huisdier"] for number, row in enumerate(rows)]


def test_a_pass_goes_on_where_the_new_export_has_a_column_more(prepared: Prepared, tmp_path: Path) -> None:
    with moved(prepared, tmp_path) as move:
        move.load()
        move.edit_export(PATIENTS, _with_pet)
        assert _pass(move)
        assert _pass(move)
        stands = status(move.migration.context)
        assert stands["stages"]["map"]
        assert (stands["map"]["columns"], stands["map"]["late"]) == ("not in the map: patient.Huisdier", True)


def test_what_is_approved_and_whole_goes_on_as_it_did(prepared: Prepared, tmp_path: Path) -> None:
    with moved(prepared, tmp_path) as move:
        needed_map(move.migration.context)


def test_a_column_more_before_the_load_stops_it(prepared: Prepared, tmp_path: Path) -> None:
    with moved(prepared, tmp_path) as move:
        move.edit_export(PATIENTS, _with_pet)
        move.apply("audit")
        with pytest.raises(FindingsStop) as stopped:
            needed_map(move.migration.context)
        assert stopped.value.code == "MAP-COLUMNS"
        assert "patient.Huisdier" in stopped.value.where


def _pass(move: Move) -> bool:
    return move.apply(Delta(move.migration.context, Policies())).passed
