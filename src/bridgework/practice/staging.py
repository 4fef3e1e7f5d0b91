"""Puts every row of a file into the store as it is, or into quarantine with its file and line.

The rows of a batch, what is known of them and how far the file was read are committed together: after a kill at any
moment the same call goes on behind the last batch. The sums close: records of the file = rows + quarantined + blank.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import sqlalchemy as sa

from bridgework.errors import UsageError
from bridgework.practice import keeping, profiles, xlsx_records
from bridgework.practice.csv_records import CsvRecords
from bridgework.practice.judging import Batch, Judge
from bridgework.practice.profiles import Profiler
from bridgework.practice.sniffing import codec_of
from bridgework.practice.source_file import SourceFile, cannot_be_read
from bridgework.store import Store
from bridgework.store.tables import setting, source_file

_READ = 1 << 20


class Hash(Protocol):
    """A hash that goes on."""

    def update(self, data: bytes, /) -> None: ...

    def hexdigest(self) -> str: ...


@dataclass(frozen=True, slots=True)
class StageResult:
    """What became of a file's records, all runs together."""

    rows: int
    quarantined: int
    blank: int

    @property
    def records(self) -> int:
        """How many records the file has."""
        return self.rows + self.quarantined + self.blank


def stage(
    store: Store,
    file: SourceFile,
    object_: str,
    key_headers: Sequence[str],
    progress: Callable[[int], None] = lambda _: None,
) -> StageResult:
    """Stage a file as rows of an object, known by the cells of `key_headers` (by their content where there are none).

    Goes on where an earlier call stopped; does nothing for a file that is staged already. A file that is to be read
    otherwise than before is staged anew, as long as nothing of it was loaded. `progress` is told, after each commit,
    how many more bytes of the file are done; it may raise to stop. Raises UsageError: PRACTICE-KEY (a key header is
    not in the file), PRACTICE-FILE-CHANGED, PRACTICE-LOADED (read otherwise, but loaded), PRACTICE-BUSY,
    PRACTICE-UNREADABLE (it cannot be opened, or not read to its end).
    """
    if missing := [name for name in key_headers if name not in file.header]:
        raise UsageError(
            "PRACTICE-KEY",
            "The column that numbers the records is not in the file.",
            where=f"{file.relative}, column {missing[0]}",
            next_step="name the file's object in bridgework.toml, or correct its delimiter or header there",
        )
    try:
        known = _known(store, file, object_, key_headers)
        if known["state"] == "staged":
            progress(file.size)
            return _result(known)
        staging = _Staging(store, file, known, progress)
        staging.run()
    except OSError as error:
        raise cannot_be_read(file.relative, error) from None
    return _result(staging.row)


def _result(row: dict[str, Any]) -> StageResult:
    return StageResult(row["rows"], row["bad_rows"], row["blank_rows"])


def forget(store: Store, relative: str) -> None:
    """Take away all that was staged of a file, so that it can be staged anew; raises UsageError (PRACTICE-LOADED)."""
    with store.begin() as connection:
        if (row := _find(connection, relative)) is not None:
            keeping.require_not_loaded(connection, row["object"], row["path"])
            keeping.forget_file(connection, row)
            keep_profiles(connection, row["object"])


def forget_export(store: Store) -> None:
    """Take away all that was staged of the export, so that it can be staged anew; raises UsageError (PRACTICE-LOADED).

    All of its files together: one alone would leave rows of two states of the practice side by side.
    """
    with store.begin() as connection:
        query = sa.select(source_file).where(source_file.c.format.in_(("csv", "xlsx")))
        rows = [dict(row) for row in connection.execute(query).mappings()]
        for row in rows:
            keeping.require_not_loaded(connection, row["object"].partition("@")[0], row["path"])
        for row in rows:
            keeping.forget_file(connection, row)
        for name in sorted({row["object"] for row in rows}):
            keep_profiles(connection, name)


# --- what is known of the file ---------------------------------------------------------------------------------------


def _find(connection: sa.Connection, path: str) -> dict[str, Any] | None:
    row = connection.execute(sa.select(source_file).where(source_file.c.path == path)).mappings().one_or_none()
    return None if row is None else dict(row)


def _known(store: Store, file: SourceFile, object_: str, key_headers: Sequence[str]) -> dict[str, Any]:
    """The file's row in the store, made where there is none, and checked against the file where there is one."""
    reading: dict[str, Any] = {
        "object": object_,
        "encoding": file.encoding,
        "delimiter": file.delimiter,
        "header": list(file.header),
        "key_headers": list(key_headers),
        "reading": file.reading,
    }
    with store.begin() as connection:
        row = _find(connection, file.relative)
        if row is not None and any(row[name] != value for name, value in reading.items()):
            keeping.require_not_loaded(connection, row["object"], row["path"])
            keeping.forget_file(connection, row)
            row = None
        if row is None:
            return _new(connection, file, reading)
    _require_unchanged(file, row)
    return row


def _new(connection: sa.Connection, file: SourceFile, reading: dict[str, Any]) -> dict[str, Any]:
    row = {
        **reading,
        "path": file.relative,
        "format": file.format,
        "language": file.language,
        "size": file.size,
        "modified_ns": file.modified_ns,
        "sha256": _digest(file, file.data_position).hexdigest(),
        "state": "new",
        "position": file.data_position,
        "line": file.data_line,
        "rows": 0,
        "bad_rows": 0,
        "blank_rows": 0,
    }
    made = connection.execute(source_file.insert().values(**row))
    (number,) = made.inserted_primary_key or (None,)
    return {"id": number, **row}


def _digest(file: SourceFile, position: int) -> Hash:
    """SHA-256 of a text file up to a position; of a workbook, the whole of it, since its rows have no place in it."""
    digest = hashlib.sha256()
    left = file.size if file.format == "xlsx" else position
    with file.path.open("rb") as opened:
        while left and (data := opened.read(min(_READ, left))):
            digest.update(data)
            left -= len(data)
    return digest


def _require_unchanged(file: SourceFile, row: dict[str, Any]) -> None:
    """Check that what was read of a file is still what it holds."""
    same_size = row["size"] == file.size
    if same_size and row["state"] == "staged" and row["modified_ns"] == file.modified_ns:
        return
    if not same_size or _digest(file, row["position"]).hexdigest() != row["sha256"]:
        raise _changed(file, "since it was read")


def _changed(file: SourceFile, when: str) -> UsageError:
    return UsageError(
        "PRACTICE-FILE-CHANGED",
        f"A file of the export has changed {when}.",
        where=file.relative,
        why="rows of two states of the practice must not be mixed",
        next_step="put back the file; or, before anything is loaded, read all of the new export with `bridgework audit "
        "DIR --apply --anew`; after it, `bridgework delta DIR` takes a new export",
    )


# --- reading it ------------------------------------------------------------------------------------------------------


class _State(NamedTuple):
    """What is kept with a batch beside its rows: the bytes to be hashed, its columns' counts where they grew."""

    pieces: list[bytes]
    counts: Mapping[str, Any] | None


class _Staging:
    """One run over one file, from where the last one stopped."""

    def __init__(self, store: Store, file: SourceFile, row: dict[str, Any], progress: Callable[[int], None]) -> None:
        self.row, self._store, self._file, self._progress = row, store, file, progress
        with store.read() as connection:
            self._number = keeping.next_number(connection, row["object"])
            self._profiler = Profiler.resume(kept_counts(connection, file.relative))
        self._digest = _digest(file, row["position"])
        self._pieces: list[bytes] = []  # read, and not hashed yet
        self._judge = Judge(row["object"], file, row["id"], row["key_headers"], self._look)

    def _look(self, rows: list[list[str]]) -> None:
        self._profiler.add(self._file.header, rows)

    def run(self) -> None:
        """Read to the end. While one batch is committed, in a thread of its own, the next one is read."""
        told = self.row["position"] if self._file.format == "csv" else 0
        self._progress(told)
        with ThreadPoolExecutor(1, "commit") as writer:
            waiting: tuple[Batch, Future[None]] | None = None
            for batch in self._batches():
                state = self._state(batch)
                told += self._settle(waiting)
                waiting = batch, writer.submit(self._commit, batch, state)
            told += self._settle(waiting)
        if self._is_changed():
            raise _changed(self._file, "while it was read")
        last = self._batch()
        self._commit(last, self._state(last), done=True)
        self._progress(self._file.size - told)

    def _settle(self, waiting: tuple[Batch, Future[None]] | None) -> int:
        """Wait for a batch to be committed, and say so; gives how many bytes of the file it took."""
        if waiting is None:
            return 0
        batch, commit = waiting
        commit.result()
        done = batch.size if self._file.format == "csv" else 0
        self._progress(done)
        return done

    def _batches(self) -> Iterator[Batch]:
        return self._text_batches() if self._file.format == "csv" else self._sheet_batches()

    def _text_batches(self) -> Iterator[Batch]:
        file = self._file
        codec = codec_of(file.encoding) or file.encoding
        width = len(file.header)
        how = (codec, file.delimiter, file.newline, width, file.needed_width, file.quotes, file.fallback)
        records = CsvRecords(file.path, *how)
        batch = self._batch()
        for block in records.blocks(batch.position, batch.line):
            self._pieces.append(b"".join(block.raws))
            self._judge.block(batch, block, sampled=self._sampled(batch))
            if batch.is_full:
                yield batch
                batch = batch.following()
        yield batch

    def _sheet_batches(self) -> Iterator[Batch]:
        batch = self._batch()
        for line, cells in xlsx_records.rows_of(self._file.path, self._file.sheet, batch.position):
            self._judge.sheet_row(batch, line, cells, sampled=self._sampled(batch))
            if batch.is_full:
                yield batch
                batch = batch.following()
        yield batch

    def _batch(self) -> Batch:
        return Batch(self._number, self.row["position"], self.row["line"])

    def _sampled(self, batch: Batch) -> bool:
        return profiles.looked_at(batch.first_number - 1)

    def _state(self, batch: Batch) -> _State:
        """What is to be kept with a batch, as it is before reading goes on."""
        pieces, self._pieces = self._pieces, []
        return _State(pieces, self._profiler.state() if self._sampled(batch) else None)

    def _commit(self, batch: Batch, state: _State, *, done: bool = False) -> None:
        row = self.row
        for piece in state.pieces:  # here, since hashing lets the other thread read
            self._digest.update(piece)
        with self._store.begin() as connection:
            staged, bad = keeping.keep_batch(connection, row["object"], row["path"], batch)
            new = {
                "position": batch.position,
                "line": batch.line,
                "rows": row["rows"] + staged,
                "bad_rows": row["bad_rows"] + bad,
                "blank_rows": row["blank_rows"] + batch.blank,
                "sha256": self._digest.hexdigest(),
                "state": "staged" if done else "staging",
            }
            keeping.move_on(connection, row, new)
            if state.counts is not None:
                keep_counts(connection, self._file.relative, state.counts)
            if done:
                keep_profiles(connection, row["object"])
        self.row = {**row, **new}
        self._number = batch.next_number

    def _is_changed(self) -> bool:
        now = self._file.path.stat()
        return (now.st_size, now.st_mtime_ns) != (self._file.size, self._file.modified_ns)


# --- profiles --------------------------------------------------------------------------------------------------------


def kept_counts(connection: sa.Connection, path: str) -> dict[str, Any]:
    """What was counted so far of a file's columns."""
    query = sa.select(setting.c.value).where(setting.c.name == keeping.profile_name(path))
    return connection.scalar(query) or {}


def keep_counts(connection: sa.Connection, path: str, counts: Mapping[str, Any]) -> None:
    """Keep it, in place of what was kept."""
    name = keeping.profile_name(path)
    connection.execute(setting.delete().where(setting.c.name == name))
    connection.execute(setting.insert().values(name=name, value=counts))


def keep_profiles(connection: sa.Connection, object_: str) -> None:
    """Keep the profiles of an object, over all of its files."""
    query = sa.select(source_file.c.path).where(source_file.c.object == object_).order_by(source_file.c.id)
    all_files = Profiler()
    for path in connection.scalars(query).all():
        all_files.merge(Profiler.resume(kept_counts(connection, path)))
    profiles.keep(connection, object_, all_files.profiles(object_))
