"""What can go wrong with the practice's files, and what people do by mistake, between a plan and its end."""

from __future__ import annotations

import asyncio
import errno
import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from uuid import uuid4

import pytest

from bridgework.migration import Migration
from bridgework.practice import sniffing, staging
from bridgework.practice.csv_records import CsvRecords
from bridgework.practice.fetching import Documents
from bridgework.practice.rows import StagedRows
from bridgework.settings import PracticeSettings, WorkspaceSettings
from bridgework.stages.files import Files
from bridgework.store.notes import quarantine_counts
from bridgework.workspace import client
from tests.chaos.meanwhile import LOAD, VERIFY, goes_on, meanwhile, run
from tests.moving import Move

AUDIT = ("audit", "--apply")
A_FILE = "behandelingen.csv"


@pytest.fixture
def fresh(move: Move, tmp_path: Path) -> Move:
    """A migration of the same practice that has read nothing yet."""
    folder = tmp_path / "fresh"
    source = PracticeSettings(folder=move.export.resolve())
    with Migration.create(folder, source, WorkspaceSettings(url=move.twin.url, calls_per_minute=0)) as migration:
        return Move(migration, move.twin, move.export)


def _files_aside(move: Move) -> int:
    """How many files were set aside while loading."""
    with Migration.open(move.migration.context.folder) as migration:
        found = quarantine_counts(migration.context.store)
    return sum(one["count"] for one in found if one["code"] in {"FILE-MISSING", "FILE-REFUSED"})


def _treatments(move: Move) -> int:
    """How many treatments were read."""
    with Migration.open(move.migration.context.folder) as migration:
        return StagedRows(migration.context.store).count("treatment")


# --- files of the export ---------------------------------------------------------------------------------------------


def test_an_export_that_is_gone_between_plan_and_apply_is_told_with_its_place(fresh: Move, tmp_path: Path) -> None:
    assert run(fresh, "audit", "--plan").exit_code == 0
    shutil.move(fresh.export, tmp_path / "elsewhere")
    ended = run(fresh, *AUDIT)
    assert (ended.exit_code, ended.code) == (2, "PRACTICE-FOLDER")
    shutil.move(tmp_path / "elsewhere", fresh.export)
    assert run(fresh, *AUDIT).exit_code == 0


def test_a_file_that_another_program_has_locked_is_told_and_the_audit_goes_on_once_it_is_free(
    fresh: Move, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = sniffing.Sample.of

    def locked(path: Path) -> Any:
        if path.name == A_FILE:
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return real(path)

    with monkeypatch.context() as patch:
        patch.setattr(sniffing.Sample, "of", locked)
        ended = run(fresh, *AUDIT)
    assert (ended.exit_code, ended.code, ended.error["where"]) == (2, "PRACTICE-UNREADABLE", A_FILE)
    assert ended.error["next"]
    assert run(fresh, *AUDIT).exit_code == 0


def test_a_file_that_goes_away_while_it_is_read_is_told_and_the_audit_goes_on(
    fresh: Move, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Gone(CsvRecords):
        def blocks(self, *places: Any) -> Any:
            yield from super().blocks(*places)
            raise OSError(errno.ESTALE, "Stale file handle")

    with monkeypatch.context() as patch:
        patch.setattr(staging, "CsvRecords", Gone)
        ended = run(fresh, *AUDIT)
    assert (ended.exit_code, ended.code) == (2, "PRACTICE-UNREADABLE")
    assert run(fresh, *AUDIT).exit_code == 0
    assert _treatments(fresh) > 0


def test_a_file_that_was_cut_off_is_not_mixed_with_the_whole_one_and_the_whole_one_can_be_taken(fresh: Move) -> None:
    path = fresh.export / A_FILE
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    assert run(fresh, *AUDIT).exit_code == 0
    cut = _treatments(fresh)
    path.write_bytes(whole)
    mixed = run(fresh, *AUDIT)
    assert (mixed.exit_code, mixed.code, mixed.error["where"]) == (2, "PRACTICE-FILE-CHANGED", A_FILE)
    assert "--anew" in mixed.error["next"]
    assert run(fresh, *AUDIT, "--anew").exit_code == 0
    assert _treatments(fresh) > cut > 0


# --- documents -------------------------------------------------------------------------------------------------------


def test_a_document_that_is_missing_is_set_aside_and_a_retry_brings_it(move: Move, tmp_path: Path) -> None:
    before = _files_aside(move)
    documents = move.export / "documents"
    shutil.move(documents, tmp_path / "elsewhere")
    documents.mkdir()
    assert run(move, *LOAD).exit_code == 0
    missing = _files_aside(move)
    assert missing > before
    documents.rmdir()
    shutil.move(tmp_path / "elsewhere", documents)
    assert run(move, "retry", "--apply", "--approve-as", "Test").exit_code == 0
    assert _files_aside(move) < missing
    assert run(move, *VERIFY).exit_code == 0


def test_a_share_with_the_documents_that_goes_away_is_waited_for_and_no_file_is_set_aside(
    move: Move, calm: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "_FIRST_PAUSE", 0.0)
    before = _files_aside(move)
    with monkeypatch.context() as patch:
        meanwhile(patch, "invoice → attachment", lambda: shutil.move(move.export, tmp_path / "elsewhere"))
        ended = run(move, *LOAD)
    assert (ended.exit_code, ended.code) == (4, "AWAY")
    assert ended.error["what"].startswith("The folder of the export cannot be seen")
    assert _files_aside(move) == before
    shutil.move(tmp_path / "elsewhere", move.export)
    goes_on(move, calm)


class _FullDisk:
    """Documents that are fetched onto a disk that is full."""

    def open(self, row: Any, name: str) -> Any:
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_while_a_file_is_fetched_sets_no_file_aside() -> None:
    files = Files(cast(Any, None), cast(Documents, _FullDisk()), cast(Any, None))
    record = SimpleNamespace(id=uuid4(), file=SimpleNamespace(name="a.pdf"))
    with pytest.raises(OSError, match="No space left"):
        asyncio.run(files.upload([(cast(Any, None), cast(Any, record))]))


# --- by mistake ------------------------------------------------------------------------------------------------------


def test_a_load_that_is_started_again_after_its_end_writes_nothing(move: Move, calm: Any) -> None:
    assert run(move, *LOAD).exit_code == 0
    made = move.twin.stats.created
    again = run(move, *LOAD)
    assert run(move, *AUDIT, "--anew").code == "PRACTICE-LOADED"
    assert again.exit_code == 0
    assert "done already" in again.document["outcome"]["message"]
    assert move.twin.stats.created == made
    assert move.records() == calm
