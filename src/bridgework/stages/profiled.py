"""What the columns of the practice look like, as the map is proposed from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from bridgework.mapping.propose import Inferred, ProfiledColumn, ProfiledFile
from bridgework.practice.joining import whole
from bridgework.stages.context import Context
from bridgework.store.tables import source_field, source_file

_INFERRED: dict[str, Inferred] = {
    "empty": "empty",
    "integer": "number",
    "decimal": "number",
    "date": "date",
    "boolean": "boolean",
    "text": "text",
}


def profiled_files(context: Context) -> list[ProfiledFile]:
    """The files that were read, with what their columns look like: what the map is proposed from.

    Of an object that comes from two places, the joined rows; or the parts, as long as it is not joined yet.
    """
    profiles, files = _profiles(context), _files(context)
    joined = {row["object"] for row in files}
    return [
        ProfiledFile(row["path"], object_, _columns(row, profiles.get(row["object"], {})), row["key_headers"])
        for row in files
        if (object_ := whole(row["object"])) == row["object"] or object_ not in joined
    ]


def _columns(file: Mapping[str, Any], profiles: Mapping[str, Any]) -> list[ProfiledColumn]:
    """The columns of a file; one without rows has no profile, and counts as empty."""
    empty = {"type": "empty", "kinds": {}, "filled": 0}
    found = {header: profiles.get(header, empty) for header in file["header"]}
    return [ProfiledColumn(header, _inferred(one), one["filled"]) for header, one in found.items()]


def _profiles(context: Context) -> dict[str, dict[str, Any]]:
    """Object → header → profile, in the order of the columns."""
    profiles: dict[str, dict[str, Any]] = {}
    with context.store.read() as connection:
        query = sa.select(source_field).order_by(source_field.c.object, source_field.c.ordinal)
        for row in connection.execute(query):
            profiles.setdefault(row.object, {})[row.header] = row.profile
    return profiles


def _inferred(profile: Mapping[str, Any]) -> Inferred:
    """The type of a custom field that fits the column; text where anything is doubtful."""
    kinds = [kind for kind in profile["kinds"] if kind.startswith("date ")]
    if profile["type"] == "date" and all(kind.endswith("hh:mm") for kind in kinds):
        return "moment"
    return _INFERRED[profile["type"]]


def _files(context: Context) -> list[Mapping[str, Any]]:
    columns = (source_file.c.path, source_file.c.object, source_file.c.header, source_file.c.key_headers)
    with context.store.read() as connection:
        return [dict(row) for row in connection.execute(sa.select(*columns).order_by(source_file.c.path)).mappings()]
