"""`bridgework map` answers a slip with words: commands, options, files and columns that are not there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bridgework.cli.commands import app
from bridgework.cli.show import Screen
from bridgework.mapping.document import MapDocument
from bridgework.mapping.propose import ProfiledColumn, ProfiledFile, propose
from bridgework.migration import Migration
from bridgework.settings import PracticeSettings, WorkspaceSettings


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migration with a map, of which no file was read."""
    root = tmp_path_factory.mktemp("map")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BRIDGEWORK_STORE_KEY", "x")
        source, target = PracticeSettings(folder=root), WorkspaceSettings(url="http://127.0.0.1:1")
        with Migration.create(root / "m", source, target):
            columns = list(map(ProfiledColumn, ("Patiëntnr", "Naam", "GSM", "Tel [/] x", "Geslacht")))
            propose([ProfiledFile("p.csv", "patient", columns)]).save(root / "m" / "map.yaml")
    return root / "m"


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRIDGEWORK_STORE_KEY", "x")


def say(folder: Path, words: str, *more: str) -> Result:
    return CliRunner().invoke(app, ["map", *words.split(), str(folder), *more])


def code_of(ended: Result) -> str:
    return str(json.loads(ended.stdout)["error"]["code"])


def test_a_command_that_is_not_there_is_said_with_the_nearest_one(folder: Path) -> None:
    ended = say(folder, "chekc")
    assert ended.exit_code == 2
    assert "No such command 'chekc'" in ended.output
    assert "'check'" in ended.output
    assert "No such command 'foo'" in say(folder, "foo").output


def test_a_folder_is_no_command_even_where_it_is_called_nearly_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "chec").mkdir()
    ended = CliRunner().invoke(app, ["map", "chec", "--json"])
    assert code_of(ended) == "SETTINGS-MISSING"


@pytest.mark.parametrize("other", ["nofile.yaml", "."])
def test_a_map_that_cannot_be_read_is_said(folder: Path, other: str) -> None:
    ended = say(folder, "diff", str(folder / other), "--json")
    assert (ended.exit_code, code_of(ended)) == (2, "MAP-NO-FILE")


@pytest.mark.parametrize(
    "options",
    [
        ("--concept", "mobile", "--type", "TEXT"),
        ("--concept", "mobile", "--transform", "text"),
        ("--field", "Mobile", "--label", "Mobile"),
        (),
    ],
)
def test_an_option_without_the_one_that_it_belongs_to_is_refused(folder: Path, options: tuple[str, ...]) -> None:
    ended = say(folder, "set", "patient.GSM", *options, "--json")
    assert (ended.exit_code, code_of(ended)) == (2, "MAP-SET")


def test_a_type_is_known_in_small_letters(folder: Path) -> None:
    ended = say(folder, "set", "patient.GSM", "--field", "Mobile", "--type", "number", "--json")
    assert ended.exit_code == 0, ended.output
    lines = MapDocument.load(folder / "map.yaml").sources["patient"].lines
    assert {line.type for line in lines if line.column == "GSM"} == {"NUMBER"}


def test_a_word_that_no_row_has_is_said(folder: Path) -> None:
    words = ("--word", "onzin", "--option", "MALE")
    ended = say(folder, "set", "patient.Geslacht", *words, "--json")
    assert ended.exit_code == 0, ended.output
    assert json.loads(ended.stdout)["word"] == "in no row"


def test_a_header_with_brackets_is_shown_as_it_is(folder: Path) -> None:
    ended = say(folder, "preview", "patient.Tel [/] x")
    assert ended.exit_code == 0, ended.output
    assert "Tel [/] x" in ended.output


def test_the_title_of_a_table_is_no_markup(capsys: pytest.CaptureFixture[str]) -> None:
    Screen(as_json=False).table("[red]rich[/red] [/]", ("a",), [("b",)])
    assert "[red]rich[/red] [/]" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["", "  ", "An\x1b[31m"])
def test_a_map_is_not_approved_by_what_is_no_name(folder: Path, name: str) -> None:
    ended = say(folder, "approve", "--as", name, "--json")
    assert (ended.exit_code, code_of(ended)) == (2, "APPROVAL-NAME")


def test_renewing_and_proposing_anew_are_not_both_said(folder: Path) -> None:
    assert code_of(CliRunner().invoke(app, ["map", str(folder), "--renew", "--anew", "--json"])) == "MAP-RENEW"
