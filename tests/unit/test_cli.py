"""The command line's frame: words instead of tracebacks, exit codes, plain progress lines."""

from __future__ import annotations

import errno
import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from bridgework.cli.commands import app
from bridgework.cli.progress import Lines
from bridgework.cli.running import command
from bridgework.errors import Away, BridgeworkError, FindingsStop, Paused, Refused, UsageError
from bridgework.migration import Migration
from bridgework.settings import PracticeSettings, WorkspaceSettings

CANARY = "Zoë Canary 85073003328"


def ended_with(error: BaseException | None, *, as_json: bool = False) -> int:
    def run() -> None:
        with command(as_json=as_json):
            if error is not None:
                raise error

    with pytest.raises(typer.Exit) as caught:
        run()
    return caught.value.exit_code


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (None, 0),
        (FindingsStop("X", "what"), 1),
        (UsageError("X", "what"), 2),
        (Refused("X", "what"), 3),
        (Away("X", "what"), 3),
        (Paused("X", "what"), 4),
        (BridgeworkError("X", "what"), 1),
    ],
)
def test_each_error_has_its_exit_code(error: BridgeworkError | None, code: int) -> None:
    assert ended_with(error) == code


def test_an_error_in_json_is_one_document_with_its_parts(capsys: pytest.CaptureFixture[str]) -> None:
    ended_with(UsageError("CODE", "what", where="there", why="because", next_step="do this"), as_json=True)
    document = json.loads(capsys.readouterr().out)
    parts = {"code": "CODE", "what": "what", "where": "there", "why": "because", "next": "do this"}
    assert document == {"exit_code": 2, "error": parts}


def test_a_defect_says_where_but_not_the_value_that_its_text_holds(capsys: pytest.CaptureFixture[str]) -> None:
    assert ended_with(ExceptionGroup("several", [ValueError(CANARY)])) == 1
    shown = capsys.readouterr()
    assert "DEFECT" in shown.err
    assert "Canary" not in shown.err + shown.out


def test_a_full_disk_is_a_pause(capsys: pytest.CaptureFixture[str]) -> None:
    assert ended_with(OSError(errno.ENOSPC, "No space left on device")) == 4
    assert "DISK-FULL" in capsys.readouterr().err


def test_two_commands_do_not_change_one_migration_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRIDGEWORK_STORE_KEY", "x")
    folder = tmp_path / "m"
    Migration.create(
        folder, PracticeSettings(folder=tmp_path), WorkspaceSettings(url="http://127.0.0.1:1")
    ).context.store.close()
    with Migration.open(folder, alone=True):
        busy = CliRunner().invoke(app, ["audit", str(folder), "--apply", "--json"])
        assert (busy.exit_code, json.loads(busy.stdout)["error"]["code"]) == (2, "BUSY")
        assert CliRunner().invoke(app, ["status", str(folder), "--json"]).exit_code == 0
    with Migration.open(folder, alone=True):
        pass


def test_plain_lines_come_now_and_then_and_at_the_end(capsys: pytest.CaptureFixture[str]) -> None:
    clock = [0.0]
    advance = Lines(clock=lambda: clock[0]).start("loading", 400, "records")
    for second, done in ((1, 100), (6, 100), (7, 100), (8, 100)):
        clock[0] = second
        advance(done)
    lines = capsys.readouterr().err.splitlines()
    assert lines == [
        "loading: 200 of 400 records, 33 records/s, 6 s left",
        "loading: 400 of 400 records, 50 records/s",
    ]


def test_init_refuses_what_cannot_be_used(tmp_path: Path) -> None:
    runner = CliRunner()
    wrong = runner.invoke(app, ["init", str(tmp_path / "m"), "--practice", str(tmp_path), "--twenty", "crm", "--json"])
    assert wrong.exit_code == 2
    assert json.loads(wrong.stdout)["error"]["code"] == "URL-WRONG"
    words = [
        "init",
        str(tmp_path / "m"),
        "--practice",
        str(tmp_path / "none"),
        "--twenty",
        "http://127.0.0.1:1",
        "--json",
    ]
    missing = runner.invoke(app, words)
    assert json.loads(missing.stdout)["error"]["code"] == "PRACTICE-MISSING"
    assert not (tmp_path / "m").exists()


def test_no_secret_and_nobody_to_ask_is_wrong_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BRIDGEWORK_STORE_KEY", raising=False)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    words = ["init", str(tmp_path / "m"), "--practice", str(tmp_path), "--twenty", "http://127.0.0.1:1", "--json"]
    ended = CliRunner().invoke(app, words)
    assert not (tmp_path / "m").exists()
    assert ended.exit_code == 2
    assert json.loads(ended.stdout)["error"]["code"] == "KEY-MISSING"


def test_settings_with_a_wrong_entry_name_its_place(tmp_path: Path) -> None:
    text = '[migration]\nid = "no uuid"\n[practice]\nfolder = "x"\n[workspace]\nurl = "http://127.0.0.1:1"\n'
    (tmp_path / "bridgework.toml").write_text(text)
    ended = CliRunner().invoke(app, ["status", str(tmp_path), "--json"])
    error = json.loads(ended.stdout)["error"]
    assert (ended.exit_code, error["code"], error["where"]) == (2, "SETTINGS-WRONG", "bridgework.toml, migration.id")
