"""What can go wrong on the machine that Bridgework runs on: disk, clock, store, sleep, and a second copy."""

from __future__ import annotations

import errno
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import typer

from bridgework.cli.running import command
from bridgework.errors import Paused
from bridgework.store import Store, failures
from bridgework.store.lease import LIFE, Taking
from tests.chaos.meanwhile import LOAD, ROLLBACK, STATUS, VERIFY, goes_on, meanwhile, paused, run
from tests.moving import Move
from tests.support import PASSPHRASE

A_STEP = "treatment → treatment"
"""A task in the middle of a load."""


def _store(move: Move) -> Path:
    return move.migration.context.folder / "store.db"


# --- the disk --------------------------------------------------------------------------------------------------------


def test_a_full_disk_of_the_store_is_a_pause_and_the_same_command_goes_on(
    move: Move, calm: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = _store(move).stat().st_size // 4096 + 3

    def limit(connection: Any, _record: Any) -> None:
        connection.execute(f"PRAGMA max_page_count = {pages}")  # then SQLite answers as on a full disk

    sa.event.listen(sa.pool.Pool, "connect", limit)
    try:
        full = run(move, *LOAD)
        shown = run(move, *STATUS)
    finally:
        sa.event.remove(sa.pool.Pool, "connect", limit)
    assert (full.exit_code, full.code) == (4, "DISK-FULL")
    assert "same command again" in full.error["next"]
    assert shown.exit_code == 0  # reading needs no room
    goes_on(move, calm)


def test_a_disk_that_fails_or_a_limit_on_files_is_a_pause(move: Move, calm: Any) -> None:
    def limited() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, resource.RLIM_INFINITY))

    line = [sys.executable, "-m", "bridgework", *LOAD[:1], str(move.migration.context.folder), *LOAD[1:]]
    ended = subprocess.run(line, capture_output=True, text=True, preexec_fn=limited, check=False, timeout=120)
    assert ended.returncode == 4, ended.stderr
    assert "DISK-F" in ended.stderr
    assert "Traceback" not in ended.stderr
    goes_on(move, calm)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no device that is always full")
def test_a_full_disk_of_the_reports_is_a_pause_and_the_report_comes_with_the_next_run(
    move: Move, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(move, *LOAD).exit_code == 0
    opened = os.fdopen

    def full(handle: int, *words: Any, **more: Any) -> Any:
        os.dup2(os.open("/dev/full", os.O_WRONLY), handle)
        return opened(handle, *words, **more)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fdopen", full)
        ended = run(move, *VERIFY)
    assert (ended.exit_code, ended.code) == (4, "DISK-FULL")
    assert run(move, *VERIFY).exit_code == 0
    reports = move.migration.context.folder / "reports"
    assert all(one.stat().st_size for one in reports.iterdir())


@pytest.mark.parametrize(
    ("error", "code", "exit_code"),
    [
        (OSError(errno.EDQUOT, "Disk quota exceeded"), "DISK-FULL", 4),
        (OSError(errno.EROFS, "Read-only file system", "/practice/store.lock"), "FILE-DENIED", 2),
        (PermissionError(errno.EACCES, "Permission denied", "/practice/map.yaml"), "FILE-DENIED", 2),
        (sa.exc.OperationalError("BEGIN", None, Exception("database is locked")), "STORE-LOCKED", 4),
        (sa.exc.OperationalError("BEGIN", None, Exception("attempt to write a readonly database")), "FILE-DENIED", 2),
    ],
)
def test_what_this_machine_refuses_is_no_defect(
    error: Exception, code: str, exit_code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(typer.Exit) as caught, command(as_json=False):
        raise ExceptionGroup("of several tasks", [error])
    shown = capsys.readouterr().err
    assert (caught.value.exit_code, code in shown) == (exit_code, True)
    assert "Next" in shown


def test_the_name_of_a_document_is_in_no_error() -> None:
    denied = failures.in_words(PermissionError(errno.EACCES, "Permission denied", "/export/documents/Peeters An.pdf"))
    assert denied is not None
    assert "Peeters" not in str(denied)


# --- the store -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("torn", ["the last write is cut off", "the last write is garbled", "the disk lied"])
def test_a_torn_last_write_costs_what_was_not_confirmed_and_nothing_else(
    move: Move, calm: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, torn: str
) -> None:
    """Power is lost in the middle of a load: the store is as it was on the disk at that moment, its log torn."""
    kept = tmp_path / "at that moment"

    def power_is_lost() -> None:
        shutil.copytree(move.migration.context.folder, kept)
        raise Paused("POWER", "the power is lost")

    with monkeypatch.context() as patch:
        meanwhile(patch, A_STEP, power_is_lost)
        assert run(move, *LOAD).code == "POWER"
    log = kept / "store.db-wal"
    size = log.stat().st_size
    frame = 4096 + 24
    assert size > 20 * frame
    with log.open("r+b") as file:
        if torn == "the last write is garbled":
            file.seek(size - frame // 2)
            file.write(b"\0" * 500)
        else:
            file.truncate(size - (frame // 2 if torn == "the last write is cut off" else 20 * frame))
    for name in ("store.db", "store.db-wal", "store.db-shm"):
        (move.migration.context.folder / name).unlink(missing_ok=True)
    for name in ("store.db", "store.db-wal"):  # the rest was in memory alone
        shutil.copy(kept / name, move.migration.context.folder / name)
    goes_on(move, calm)
    assert run(move, "log", "--verify").exit_code == 0


def test_a_damaged_store_is_told_and_not_written_to(move: Move) -> None:
    path = _store(move)
    whole = path.read_bytes()
    damaged = bytearray(whole)
    for place in range(8192, len(damaged), 4096):
        damaged[place + 100] ^= 0xFF
    path.write_bytes(damaged)
    for words in (STATUS, LOAD, ROLLBACK):
        ended = run(move, *words)
        assert (ended.exit_code, ended.code) == (2, "STORE-DAMAGED")
        assert "backup" in ended.error["next"]
    assert path.read_bytes() == damaged
    path.write_bytes(whole)
    assert run(move, *STATUS).exit_code == 0


def test_an_empty_store_is_not_taken_for_a_new_one(move: Move) -> None:
    _store(move).write_bytes(b"")
    ended = run(move, *LOAD)
    assert (ended.exit_code, ended.code) == (2, "STORE-DAMAGED")
    assert _store(move).stat().st_size == 0


def test_a_wrong_passphrase_is_told(move: Move, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRIDGEWORK_STORE_KEY", "another")
    ended = run(move, *LOAD)
    assert (ended.exit_code, ended.code) == (2, "STORE-KEY")


@pytest.mark.parametrize(("name", "code"), [("bridgework.toml", "SETTINGS-WRONG"), ("map.yaml", "MAP-UNREADABLE")])
def test_a_file_of_settings_that_was_damaged_is_told_with_its_name(move: Move, name: str, code: str) -> None:
    path = move.migration.context.folder / name
    path.write_bytes(b"\xff\xfe\x00" + path.read_bytes())
    ended = run(move, *LOAD)
    assert (ended.exit_code, ended.code) == (2, code)
    assert ended.error["where"].startswith(name)
    assert ended.error["next"]


# --- the clock, sleep, and others who work on the same migration -----------------------------------------------------


@pytest.mark.parametrize("hours", [-30, 30])
def test_a_clock_that_is_set_in_the_middle_changes_nothing(
    move: Move, calm: Any, monkeypatch: pytest.MonkeyPatch, hours: int
) -> None:
    """The clock of the calendar jumps, as after a correction, or as that of a laptop that slept."""
    real = time.time
    meanwhile(monkeypatch, A_STEP, lambda: monkeypatch.setattr(time, "time", lambda: real() + 3600 * hours))
    assert run(move, *LOAD).exit_code == 0
    assert move.records() == calm
    assert run(move, "log", "--verify").exit_code == 0


def test_who_lost_the_lease_stops_and_leaves_the_automations_paused_for_the_other(
    move: Move, calm: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A laptop slept in the middle of a load, and another machine has taken the migration over."""
    others: list[Store] = []

    def taken_over() -> None:
        other = Store.open(_store(move), PASSPHRASE)
        other.take_lease(Taking("server", wall=lambda: time.time() + LIFE + 1))
        others.append(other)

    with monkeypatch.context() as patch:
        meanwhile(patch, A_STEP, taken_over)
        lost = run(move, *LOAD)
    assert (lost.exit_code, lost.code) == (4, "LEASE-LOST")
    assert paused(move)
    assert any(one["deletedAt"] for one in move.records()["workflowAutomatedTrigger"])
    busy = run(move, *LOAD)
    assert (busy.exit_code, busy.code, busy.error["where"]) == (2, "BUSY", "server")
    others[0].close()
    goes_on(move, calm)


def test_a_rollback_that_is_started_while_the_load_runs_is_refused(
    move: Move, calm: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused: list[Any] = []
    folder = move.migration.context.folder
    line = [sys.executable, "-m", "bridgework", *ROLLBACK[:1], str(folder), *ROLLBACK[1:], "--json"]

    def second() -> None:
        refused.append(subprocess.run(line, capture_output=True, text=True, check=False, timeout=60))

    meanwhile(monkeypatch, A_STEP, second)
    assert run(move, *LOAD).exit_code == 0
    assert refused[0].returncode == 2
    assert '"BUSY"' in refused[0].stdout
    assert move.records() == calm


@pytest.mark.parametrize("error", [KeyboardInterrupt(), EOFError(), typer.Abort()])
def test_a_second_ctrl_c_and_no_answer_to_a_question_are_a_pause(
    error: BaseException, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(typer.Exit) as caught, command(as_json=False):
        raise error
    assert caught.value.exit_code == 4
    assert "STOPPED" in capsys.readouterr().err
