"""A person's decisions by command: each changes the map, or is refused and leaves it as it was, to the letter."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bridgework.cli.commands import app
from bridgework.mapping.document import MapDocument
from bridgework.mapping.editing import find
from bridgework.mapping.recognise import recognise
from bridgework.migration import Migration
from bridgework.practice import discover
from bridgework.practice.staging import stage
from bridgework.settings import PracticeSettings, WorkspaceSettings
from tests.support import PASSPHRASE, small_practice


@dataclass
class Folder:
    path: Path

    def run(self, name: str, *words: str) -> tuple[int, dict[str, Any]]:
        """A command, as typed; its exit code and its document."""
        ended = CliRunner().invoke(app, ["map", name, str(self.path), *words, "--json"])
        assert ended.exception is None or isinstance(ended.exception, SystemExit), ended.exception
        return ended.exit_code, json.loads(ended.stdout)

    def map(self) -> MapDocument:
        return MapDocument.load(self.path / "map.yaml")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Folder]:
    root = tmp_path_factory.mktemp("map_commands")
    small_practice(root / "export")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BRIDGEWORK_STORE_KEY", PASSPHRASE)
        practice, workspace = PracticeSettings(folder=root / "export"), WorkspaceSettings(url="http://127.0.0.1:1")
        with Migration.create(root / "migration", practice, workspace) as migration:
            files = discover(root / "export", {})
            known = recognise({one.relative: one.header for one in files})
            for file in files:
                found = known[file.relative]
                stage(migration.context.store, file, found.object, found.key_headers, lambda _: None)
        made = Folder(root / "migration")
        code, _ = made.run("propose")
        assert code == 0
        yield made


def test_a_transform_gets_the_settings_that_it_needs(folder: Folder) -> None:
    words = ("--target", "person.referredBy", "--transform", "reference", "--with", "object=referrer")
    code, said = folder.run("set", "patient.Verwijzer", *words, "--with", "code=true", "--with", "order=2")
    assert (code, said["problems"]) == (0, [])
    assert find(folder.map(), "patient.Verwijzer")[1].with_ == {"object": "referrer", "code": True, "order": 2}
    assert "patient.Verwijzer" in [one["where"] for one in said["differences"]]


def test_a_setting_that_does_not_fit_is_said_at_once_and_a_further_command_mends_it(folder: Folder) -> None:
    words = ("--target", "person.jobTitle", "--transform", "constant")
    _, said = folder.run("set", "patient.Aanspreking", *words, "--with", "value=3")
    assert [one["code"] for one in said["problems"]] == ["TYPE-MISMATCH"]
    _, said = folder.run("set", "patient.Aanspreking", *words, "--with", "value='3'")
    assert said["problems"] == []
    _, said = folder.run("set", "patient.Aanspreking", "--concept", "title")
    assert said["problems"] == []


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--target", "person.jobTitle", "--with", "order"), "MAP-SET"),
        (("--target", "person.jobTitle", "--with", "order=[1"), "MAP-UNREADABLE"),
        (("--concept", "mobile", "--with", "order=1"), "MAP-SET"),
        (("--concept", "mobile", "--field", "Mobile"), "MAP-SET"),
        (("--concept", "last_name"), "MAP-CONFLICT"),
        (("--leave-out", ""), "MAP-CONFLICT"),
        (("--concept", "nothing"), "MAP-NO-CONCEPT"),
    ],
)
def test_what_is_refused_leaves_the_map_as_it_was(folder: Folder, words: tuple[str, ...], code: str) -> None:
    before = (folder.path / "map.yaml").read_bytes()
    exit_code, said = folder.run("set", "patient.Aanspreking", *words)
    assert exit_code == 2
    assert said["error"]["code"] == code
    assert (folder.path / "map.yaml").read_bytes() == before


def test_no_line_differs_after_a_map_was_asked_for_again(folder: Folder) -> None:
    (folder.path / "older.yaml").write_text(folder.map().to_yaml(), encoding="utf-8")
    _, said = folder.run("diff", str(folder.path / "older.yaml"))
    assert said["differences"] == []
    folder.run("set", "patient.Aanspreking", "--leave-out", "not needed")
    _, said = folder.run("diff", str(folder.path / "older.yaml"))
    assert [one["where"] for one in said["differences"]] == ["patient.Aanspreking"]
