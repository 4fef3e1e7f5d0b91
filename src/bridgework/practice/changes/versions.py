"""Rows as they were before they changed or went: records in Twenty were written from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from bridgework.store.database import insert_new
from bridgework.store.tables import row_version, source_row

_AT_ONCE = 500
_COLUMNS = tuple(source_row.c[column.name] for column in row_version.columns)


def keep(connection: sa.Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep staged rows, given by object and row_no, before they are replaced or taken away."""
    pair = sa.tuple_(source_row.c.object, source_row.c.row_no)
    for first in range(0, len(rows), _AT_ONCE):
        some = [(row["object"], row["row_no"]) for row in rows[first : first + _AT_ONCE]]
        found = connection.execute(sa.select(*_COLUMNS).where(pair.in_(some))).mappings().all()
        insert_new(connection, row_version, [dict(row) for row in found])


def former_numbers(connection: sa.Connection, object_: str, keys: Sequence[str]) -> dict[str, int]:
    """The numbers that rows of these keys had before they went: they have them again when they come back."""
    pair = sa.tuple_(row_version.c.object, row_version.c.key)
    free = ~sa.exists().where(source_row.c.object == row_version.c.object, source_row.c.row_no == row_version.c.row_no)
    found: dict[str, int] = {}
    for first in range(0, len(keys), _AT_ONCE):
        some = [(object_, key) for key in keys[first : first + _AT_ONCE]]
        query = sa.select(row_version.c.key, row_version.c.row_no).where(pair.in_(some), free)
        found.update((key, number) for key, number in connection.execute(query))
    return found


def are_of(connection: sa.Connection, file_id: int) -> bool:
    """Whether a file is still needed to read such rows."""
    query = sa.select(row_version.c.row_no).where(row_version.c.file_id == file_id).limit(1)
    return connection.scalar(query) is not None
