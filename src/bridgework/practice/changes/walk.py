"""Finds staged rows by their keys: along the rows in their order, since a new export mostly has the same order."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import islice
from typing import NamedTuple

import sqlalchemy as sa

from bridgework.store.tables import source_row

_ASKED_AT_ONCE = 500
_KEPT = 60_000


class Staged(NamedTuple):
    """A staged row without its content."""

    row_no: int
    file_id: int
    hash: bytes


_COLUMNS = (source_row.c.key, source_row.c.row_no, source_row.c.file_id, source_row.c.hash)


class StagedWalk:
    """Walks along the staged rows of an object, beside the records that are asked for; what is elsewhere is looked up.

    Looking up every row costs several times as much as reading them all in a line.
    """

    def __init__(self, object_: str, after: int = 0) -> None:
        """Begin behind this row number."""
        self._object, self.after = object_, after
        self._beside: dict[str, Staged] = {}

    def find(self, connection: sa.Connection, keys: Collection[str]) -> dict[str, Staged]:
        """The staged rows of these keys; a key without one is left out."""
        self._walk(connection, len(keys))
        found = {key: staged for key in keys if (staged := self._beside.pop(key, None)) is not None}
        beside = len(found)
        found |= look_up(connection, self._object, [key for key in keys if key not in found])
        if beside * 2 < len(keys) and found:
            self.after = max(self.after, next(reversed(found.values())).row_no)
            self._beside.clear()
        return found

    def _walk(self, connection: sa.Connection, steps: int) -> None:
        query = (
            sa.select(*_COLUMNS)
            .where(source_row.c.object == self._object, source_row.c.row_no > self.after)
            .order_by(source_row.c.row_no)
            .limit(steps)
        )
        rows = connection.execute(query).all()
        self._beside.update((key, Staged(row_no, file_id, content)) for key, row_no, file_id, content in rows)
        if rows:
            self.after = rows[-1][1]
        for key in list(islice(self._beside, max(0, len(self._beside) - _KEPT))):
            del self._beside[key]


def look_up(connection: sa.Connection, object_: str, keys: Iterable[str]) -> dict[str, Staged]:
    """The staged rows of these keys, wherever they are."""
    found: dict[str, Staged] = {}
    wanted = iter(keys)
    # As pairs: asked for the object and the keys apart, SQLite reads all rows of the object.
    pair = sa.tuple_(source_row.c.object, source_row.c.key)
    while some := list(islice(wanted, _ASKED_AT_ONCE)):
        query = sa.select(*_COLUMNS).where(pair.in_([(object_, key) for key in some]))
        for key, row_no, file_id, content in connection.execute(query):
            found[key] = Staged(row_no, file_id, content)
    return found


def raws(connection: sa.Connection, object_: str, row_nos: Collection[int]) -> dict[int, bytes]:
    """The content of staged rows."""
    first, last = min(row_nos, default=0), max(row_nos, default=-1)
    columns = (source_row.c.row_no, source_row.c.raw)
    if last - first < 2 * len(row_nos):
        near = sa.select(*columns).where(source_row.c.object == object_, source_row.c.row_no.between(first, last))
        return {number: raw for number, raw in connection.execute(near) if number in row_nos}
    found: dict[int, bytes] = {}
    wanted = iter(row_nos)
    pair = sa.tuple_(source_row.c.object, source_row.c.row_no)
    while some := list(islice(wanted, _ASKED_AT_ONCE)):
        query = sa.select(*columns).where(pair.in_([(object_, number) for number in some]))
        found.update((number, raw) for number, raw in connection.execute(query))
    return found
