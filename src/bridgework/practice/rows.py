"""The staged rows again: each with its cells by header, exactly as they are in the file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import sqlalchemy as sa

from bridgework.practice import cells, xlsx_records
from bridgework.practice.api.cells import cells_of as api_cells
from bridgework.practice.sniffing import codec_of
from bridgework.store import Store
from bridgework.store.tables import row_version, source_file, source_row

_PAGE = 2000
_ASKED_AT_ONCE = 500
_NAMES = ("row_no", "key", "file_id", "line", "raw", "hash")
_COLUMNS = tuple(source_row.c[name] for name in _NAMES)
_VERSION = tuple(row_version.c[name] for name in _NAMES)


@dataclass(slots=True)
class SourceRecord:
    """One record of the practice: `values` has the text of each cell by its header; `line` is its first in the file."""

    object: str
    row_no: int
    key: str = field(repr=False)
    file: str
    line: int
    values: dict[str, str] = field(repr=False)
    hash: bytes = field(default=b"", repr=False)  # of its content, 16 bytes


@dataclass(frozen=True, slots=True)
class _File:
    name: str
    read: Callable[[bytes], dict[str, str]]


class StagedRows:
    """The rows of a store, by object, in the order of staging, that is by `row_no`; without those in quarantine."""

    def __init__(self, store: Store) -> None:
        """Read from this store."""
        self._store = store
        self._files: dict[int, _File] = {}

    def count(self, object_: str) -> int:
        """How many records an object has."""
        query = sa.select(sa.func.coalesce(sa.func.sum(source_file.c.rows), 0)).where(source_file.c.object == object_)
        with self._store.read() as connection:
            return int(connection.scalar(query) or 0)

    def count_after(self, object_: str, row_no: int) -> int:
        """How many of them come behind a row number."""
        mine = (source_row.c.object == object_) & (source_row.c.row_no > row_no)
        with self._store.read() as connection:
            return connection.scalar(sa.select(sa.func.count()).select_from(source_row).where(mine)) or 0

    def iterate(self, object_: str, after_row_no: int = 0, limit: int | None = None) -> Iterator[SourceRecord]:
        """The records behind a row number, at most `limit`. No transaction is open while one is in your hands."""
        left = limit
        query = sa.select(*_COLUMNS).where(source_row.c.object == object_).order_by(source_row.c.row_no)
        while left is None or left > 0:
            size = _PAGE if left is None else min(_PAGE, left)
            page = self._records(object_, query.where(source_row.c.row_no > after_row_no).limit(size))
            yield from page
            if len(page) < size:
                return
            after_row_no = page[-1].row_no
            left = None if left is None else left - size

    def get_many(self, object_: str, keys: Iterable[str]) -> list[SourceRecord]:
        """The records with these keys, by row number; a key that is not there has none."""
        return self._asked(object_, source_row.c.key, keys)

    def by_row_nos(self, object_: str, row_nos: Iterable[int]) -> list[SourceRecord]:
        """The records with these row numbers, by row number; one that is not there is left out."""
        return self._asked(object_, source_row.c.row_no, row_nos)

    def at_place(self, object_: str, file: str, line: int) -> SourceRecord | None:
        """The record that begins at a line of a file, or None."""
        mine = (source_row.c.object == object_) & (source_row.c.line == line) & (source_file.c.path == file)
        query = sa.select(*_COLUMNS).join(source_file, source_file.c.id == source_row.c.file_id).where(mine)
        return next(iter(self._records(object_, query)), None)

    def versions(self, object_: str, wanted: Mapping[int, bytes]) -> dict[int, SourceRecord]:
        """Rows as they were when they had these hashes, by row number: as they are now, or as they were kept."""
        found = {one.row_no: one for one in self.by_row_nos(object_, wanted) if one.hash == wanted[one.row_no]}
        triple = sa.tuple_(row_version.c.object, row_version.c.row_no, row_version.c.hash)
        left = iter([number for number in wanted if number not in found])
        while some := list(islice(left, _ASKED_AT_ONCE)):
            query = sa.select(*_VERSION).where(triple.in_([(object_, number, wanted[number]) for number in some]))
            found.update((one.row_no, one) for one in self._records(object_, query))
        return found

    def _asked(self, object_: str, column: sa.Column[Any], values: Iterable[Any]) -> list[SourceRecord]:
        found: list[SourceRecord] = []
        wanted = iter(dict.fromkeys(values))
        # As pairs: asked for the object and the values apart, SQLite reads all rows of the object.
        pair = sa.tuple_(source_row.c.object, column)
        while some := list(islice(wanted, _ASKED_AT_ONCE)):
            query = sa.select(*_COLUMNS).where(pair.in_([(object_, value) for value in some]))
            found += self._records(object_, query)
        return sorted(found, key=lambda record: record.row_no)

    def _records(self, object_: str, query: sa.Select[Any]) -> list[SourceRecord]:
        with self._store.read() as connection:
            rows = connection.execute(query).all()
            if not {row[2] for row in rows} <= self._files.keys():
                self._learn(connection)
        files = self._files
        return [
            SourceRecord(object_, row_no, key, (file := files[file_id]).name, line, file.read(raw), bytes(content))
            for row_no, key, file_id, line, raw, content in rows
        ]

    def _learn(self, connection: sa.Connection) -> None:
        for row in connection.execute(sa.select(source_file)).mappings():
            self._files[row["id"]] = _File(row["path"], reader(dict(row)))


def reader(file: Mapping[str, Any]) -> Callable[[bytes], dict[str, str]]:
    """Makes the cells of a file's raw rows; `file` is its row of source_file."""
    header: Sequence[str] = tuple(file["header"])
    width, empty = len(header), [""] * len(header)
    if file["format"] in {"xlsx", "joined"}:
        return lambda raw: dict(zip(header, [*xlsx_records.cells_of(raw), *empty], strict=False))
    if file["format"] == "api":
        paths = [file["reading"]["paths"][name] for name in header]
        return lambda raw: dict(zip(header, api_cells(raw, paths), strict=True))
    delimiter, codec = file["delimiter"], codec_of(file["encoding"]) or file["encoding"]
    how = file["reading"] or {}
    quotes, fallback = how.get("quotes", True), tuple(how.get("fallback", ()))

    def read(raw: bytes) -> dict[str, str]:
        text, _ = cells.decode(raw, codec, delimiter, fallback)
        found = cells.split(cells.without_line_end(text), delimiter, quotes=quotes)
        return dict(zip(header, found if len(found) >= width else [*found, *empty], strict=False))

    return read
