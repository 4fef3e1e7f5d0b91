"""Writes what was judged into the store: rows, quarantine, findings, the file's place; in the caller's transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import chain, islice
from typing import Any

import sqlalchemy as sa

from bridgework.errors import UsageError
from bridgework.practice import cells, csv_records, judging
from bridgework.practice.judging import Bad, Batch, Row
from bridgework.store.notes import Finding, Severity, add_finding, now
from bridgework.store.tables import finding, item, quarantine, row_version, setting, source_file, source_row

STAGE = "audit"
DUPLICATE_ROW = "DUPLICATE_ROW"
DUPLICATE_KEY = "DUPLICATE_KEY"
BLANK_ROWS = "BLANK_ROWS"

_ASKED_AT_ONCE, _INSERTED_AT_ONCE = 500, 4000
_CORRECT = "see the lines; where the guess is wrong, set it in bridgework.toml and run the audit again"
NOTES = {
    judging.PADDED: ("rows lack cells at their end, which are taken as empty", _CORRECT),
    judging.CELL_ERROR: (
        "rows have cells that show an error of the workbook (such as #N/A); kept as text",
        "look at them",
    ),
    judging.EXTRA_EMPTY_CELLS: ("rows have more cells than the header; those beyond are empty", ""),
    csv_records.STRAY_QUOTE: ("rows have a quote inside a quoted cell; it was read as spreadsheets do", "look at them"),
    csv_records.NUL_BYTES: ("rows hold zero bytes, which Twenty does not take", "they may be damaged: look at them"),
    cells.DECODED_AS_CP1252: ("rows have cells that are not in the file's encoding; read as cp1252", _CORRECT),
    cells.DECODED_AS_CP850: ("rows have cells that are not in the file's encoding; read as cp850 (DOS)", _CORRECT),
    cells.DECODED_AS_UTF8: ("rows have cells that are in UTF-8; read so, as bridgework.toml says", "look at them"),
    cells.DECODED_AS_OTHER: ("rows have cells in another encoding; read so, as bridgework.toml says", "look at them"),
    cells.LOOKS_LIKE_UTF8: (
        "rows have letters that look like UTF-8 read in another encoding; kept as they are",
        'where the file is in several encodings, say fallback = ["utf-8"] for it in bridgework.toml',
    ),
    cells.LOOKS_LIKE_CP850: (
        "rows have letters that look like cp850 (DOS) read in another encoding; kept as they are",
        'say fallback = ["cp850"] for the file in bridgework.toml and run the audit again',
    ),
    cells.UNDEFINED_BYTES: ("rows have bytes that are no character in the file's encoding; kept as they are", _CORRECT),
    BLANK_ROWS: ("rows hold nothing and were passed over", ""),
}
OF_NO_CONCERN = frozenset({judging.EXTRA_EMPTY_CELLS, BLANK_ROWS})


def next_number(connection: sa.Connection, object_: str) -> int:
    """The number of an object's next record: one beyond all that have or had one, quarantined or not."""
    found = 0
    for table in (source_row, quarantine, row_version):
        query = sa.select(sa.func.max(table.c.row_no)).where(table.c.object == object_)
        found = max(found, connection.scalar(query) or 0)
    return found + 1


def keep_batch(connection: sa.Connection, object_: str, path: str, batch: Batch) -> tuple[int, int]:
    """Keep a batch; gives how many rows were staged and how many records quarantined, duplicates among them."""
    twice = _insert_rows(connection, object_, batch.rows)
    bad = [*batch.bad, *_duplicates(connection, object_, twice)]
    if bad:
        at = now()
        names = ("row_no", "line", "key", "code", "reason", "raw")
        same = {"stage": STAGE, "object": object_, "file": path, "at": at}
        connection.execute(quarantine.insert(), [{**same, **dict(zip(names, one, strict=True))} for one in bad])
    _note(connection, object_, path, batch)
    return len(batch.rows) - len(twice), len(bad)


def _insert_rows(connection: sa.Connection, object_: str, rows: Sequence[Row]) -> list[Row]:
    """Insert rows; gives those whose key is there already, which are not inserted."""
    twice: list[Row] = []
    for start in range(0, len(rows), _INSERTED_AT_ONCE):
        some = rows[start : start + _INSERTED_AT_ONCE]
        sql = _insert_sql(connection.dialect.paramstyle, len(some))
        if connection.exec_driver_sql(sql, tuple(chain.from_iterable(some))).rowcount != len(some):
            kept = _kept(connection, object_, some[0][1], some[-1][1])
            twice += [row for row in some if row[1] not in kept]
    return twice


def _kept(connection: sa.Connection, object_: str, first: int, last: int) -> set[int]:
    """The numbers of the rows that are there, in one answer: each row of an answer is a wait for the other thread."""
    numbers = sa.func.aggregate_strings(sa.cast(source_row.c.row_no, sa.Text), ",")
    among = (source_row.c.object == object_, source_row.c.row_no.between(first, last))
    return set(map(int, (connection.scalar(sa.select(numbers).where(*among)) or "0").split(",")))


@lru_cache(maxsize=4)
def _insert_sql(paramstyle: str, many: int) -> str:
    """Raw SQL, since Core's own insert of a million rows takes twice as long.

    Many rows in one statement: while one is carried out the next batch is read, and after each one the driver has to
    wait for the thread that reads.
    """
    marks = ", ".join(["?" if paramstyle == "qmark" else "%s"] * 7)
    columns = "object, row_no, file_id, line, key, hash, raw"
    values = ", ".join([f"({marks})"] * many)
    return f"INSERT INTO source_row ({columns}) VALUES {values} ON CONFLICT DO NOTHING"  # noqa: S608 - no value in it


def _duplicates(connection: sa.Connection, object_: str, twice: Iterable[Row]) -> list[Bad]:
    found: list[Bad] = []
    rest = iter(twice)
    while some := list(islice(rest, _ASKED_AT_ONCE)):
        query = (
            sa.select(source_row.c.key, source_row.c.hash, source_file.c.path)
            .join(source_file, source_file.c.id == source_row.c.file_id)
            # As pairs: asked for the object and the keys apart, SQLite reads all rows of the object.
            .where(sa.tuple_(source_row.c.object, source_row.c.key).in_([(object_, row[4]) for row in some]))
        )
        first = {row.key: row for row in connection.execute(query)}
        for _, number, _, line, key, content, raw in some:
            kept = first[key]
            if kept.hash == content:
                code, reason = DUPLICATE_ROW, f"the same row is in {kept.path} already"
            else:
                code, reason = DUPLICATE_KEY, f"a row in {kept.path} has the same number and other content; it is kept"
            found.append(Bad(number, line, key, code, reason, bytes(raw)))
    return found


def _note(connection: sa.Connection, object_: str, path: str, batch: Batch) -> None:
    counts = Counter(code for code, _ in batch.notes)
    counts[BLANK_ROWS] = batch.blank
    first = dict(reversed(batch.notes))
    for code, count in counts.items():
        if count:
            what, next_step = NOTES[code]
            severity: Severity = "info" if code in OF_NO_CONCERN else "warn"
            example = f"{path}:{first[code]}" if code in first else path
            new = Finding(STAGE, code, object_, path, severity, count, example, what, next_step)
            add_finding(connection, new)


def move_on(connection: sa.Connection, file: dict[str, Any], new: dict[str, Any]) -> None:
    """Note how far a file was read; raises UsageError (PRACTICE-BUSY) where another process did so meanwhile."""
    same = (source_file.c.id == file["id"]) & (source_file.c.position == file["position"])
    same &= source_file.c.state == file["state"]
    if connection.execute(source_file.update().where(same).values(**new)).rowcount != 1:
        raise UsageError(
            "PRACTICE-BUSY",
            "Another process is reading this file into the same store.",
            where=file["path"],
            next_step="let it end, then run this again",
        )


def forget_file(connection: sa.Connection, file: dict[str, Any]) -> None:
    """Take away all that was staged of a file."""
    object_, path = file["object"], file["path"]
    connection.execute(source_row.delete().where(source_row.c.object == object_, source_row.c.file_id == file["id"]))
    connection.execute(quarantine.delete().where(quarantine.c.stage == STAGE, quarantine.c.file == path))
    same = (finding.c.stage == STAGE) & (finding.c.object == object_) & (finding.c.field == path)
    connection.execute(finding.delete().where(same))
    connection.execute(setting.delete().where(setting.c.name == profile_name(path)))
    connection.execute(source_file.delete().where(source_file.c.id == file["id"]))


def profile_name(path: str) -> str:
    """The setting that holds the counts of a file's columns while it is read."""
    return f"profile of {path}"


def require_not_loaded(connection: sa.Connection, object_: str, where: str) -> None:
    """Raise UsageError (PRACTICE-LOADED) where records of an object are in Twenty: its rows must stay as they are."""
    if connection.scalar(sa.select(item.c.target_id).where(item.c.source_object == object_).limit(1)) is not None:
        raise UsageError(
            "PRACTICE-LOADED",
            "The file is to be read otherwise than before, but its records are in Twenty already.",
            where=where,
            next_step="roll back the load first, or take back what was changed in bridgework.toml",
        )
