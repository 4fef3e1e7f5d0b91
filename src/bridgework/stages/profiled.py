"""What the columns of the practice look like, as the map is proposed from it.

The proposer looks at the cells of some rows, in memory: nothing of them is kept or shown.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import partial
from typing import Any

import sqlalchemy as sa

from bridgework.mapping.inferring import inferred
from bridgework.mapping.propose import ProfiledColumn, ProfiledFile
from bridgework.mapping.proposer.links import Keys, linked
from bridgework.mapping.words import given
from bridgework.practice.joining import whole
from bridgework.practice.rows import StagedRows
from bridgework.stages.columns import files_read
from bridgework.stages.context import Context
from bridgework.store import Store
from bridgework.store.tables import source_field, source_row

UNCLEAR = "files of which it is not clear what they hold"
_LOOKED_AT = 300  # rows of an object, spread over it


def profiled_files(context: Context) -> list[ProfiledFile]:
    """The files that were read, with what their columns look like: what the map is proposed from.

    Of an object that comes from two places, the joined rows; or the parts, as long as it is not joined yet.
    """
    profiles, files = _profiles(context), files_read(context.store)
    unclear = context.store.get(UNCLEAR, ())
    objects = sorted({row["object"] for row in files})
    cells = {one: _cells(context.store, one) for one in objects}
    keys = Keys(_many(context.store, objects), partial(_found, context.store, objects))
    return [
        ProfiledFile(
            row["path"],
            whole(row["object"]),
            _columns(row, profiles.get(row["object"], {}), cells[row["object"]], keys),
            row["key_headers"],
            row["path"] not in unclear,
        )
        for row in files
    ]


def _columns(
    file: Mapping[str, Any], profiles: Mapping[str, Any], cells: Mapping[str, tuple[str, ...]], keys: Keys
) -> list[ProfiledColumn]:
    """The columns of a file; one without rows has no profile, and counts as empty."""
    empty = {"type": "empty", "kinds": {}, "filled": 0}
    found = {header: profiles.get(header, empty) for header in file["header"]}
    return [
        ProfiledColumn(
            header,
            inferred(given(header), one, some := cells.get(header, ())),
            one["filled"],
            some,
            linked(some, keys),
        )
        for header, one in found.items()
    ]


def _cells(store: Store, object_: str) -> dict[str, tuple[str, ...]]:
    """Header → its cells in some rows."""
    with store.read() as connection:
        last = connection.scalar(sa.select(sa.func.max(source_row.c.row_no)).where(source_row.c.object == object_)) or 0
    wanted = {1 + number * last // _LOOKED_AT for number in range(_LOOKED_AT)} if last else set()
    rows = StagedRows(store).by_row_nos(object_, sorted(wanted))
    headers = dict.fromkeys(header for row in rows for header in row.values)
    return {header: tuple(row.values.get(header, "") for row in rows) for header in headers}


def _many(store: Store, objects: Collection[str]) -> dict[str, int]:
    """By object, how many rows it has; of an object in two places, those of the larger one."""
    many: dict[str, int] = {}
    for name in objects:
        many[whole(name)] = max(many.get(whole(name), 0), StagedRows(store).count(name))
    return many


def _found(store: Store, objects: Collection[str], some: Collection[str]) -> dict[str, int]:
    """By object, how many of these texts are keys of its records."""
    query = sa.select(source_row.c.object, sa.func.count()).where(
        source_row.c.object.in_(objects), source_row.c.key.in_(some)
    )
    with store.read() as connection:
        found = connection.execute(query.group_by(source_row.c.object)).all()
    return {whole(object_): count for object_, count in found}


def _profiles(context: Context) -> dict[str, dict[str, Any]]:
    """Object → header → profile, in the order of the columns."""
    profiles: dict[str, dict[str, Any]] = {}
    with context.store.read() as connection:
        query = sa.select(source_field).order_by(source_field.c.object, source_field.c.ordinal)
        for row in connection.execute(query):
            profiles.setdefault(row.object, {})[row.header] = row.profile
    return profiles
