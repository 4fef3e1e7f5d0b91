"""The files of a pass in the store: as what a row that was read now is kept, so that its cells can be read again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

import sqlalchemy as sa

from bridgework.practice.changes.passes import Pass, mark
from bridgework.practice.source_file import SourceFile
from bridgework.store.tables import source_file

_READING = ("format", "encoding", "delimiter", "header", "key_headers")
_READING_MORE = ("quotes", "fallback", "paths")


@dataclass(frozen=True, slots=True)
class PassFile:
    """A file of a pass: its row in the store, and the name by which people know it."""

    id: int
    name: str
    row: Mapping[str, Any]


def of_export(file: SourceFile, object_: str, key_headers: tuple[str, ...], name: str) -> dict[str, Any]:
    """What the store keeps of a file of an export, but for how far it is read."""
    return {
        "object": object_,
        "path": name,
        "format": file.format,
        "encoding": file.encoding,
        "delimiter": file.delimiter,
        "language": file.language,
        "header": list(file.header),
        "key_headers": list(key_headers),
        "size": file.size,
        "modified_ns": file.modified_ns,
        "reading": file.reading,
    }


def take_in(connection: sa.Connection, one: Pass, name: str, values: Mapping[str, Any]) -> PassFile:
    """The row of a file that a pass reads: that of the staged file of this name if it is read the same, else its own.

    A file of its own is staged under the object only when the pass is folded.
    """
    temporary = f"{name} (pass {one.id})"
    for path in (temporary, name):
        found = connection.execute(sa.select(source_file).where(source_file.c.path == path)).mappings().one_or_none()
        row = dict(found) if found else {}
        if row and is_read_the_same(row, values) and object_of(row) == values["object"]:
            return PassFile(row["id"], name, row)
    own = {**values, "object": f"{values['object']}{mark(one.id)}", "path": temporary, "state": "staged"}
    own["cursor"] = {"pass": one.id}
    (number,) = connection.execute(source_file.insert().values(**own)).inserted_primary_key or (0,)
    return PassFile(number, name, {**own, "id": number})


def is_read_the_same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether the same bytes have the same cells, and the same key, in both files."""
    first, second = one["reading"] or {}, other["reading"] or {}
    return all(one[name] == other[name] for name in _READING) and all(
        first.get(name) == second.get(name) for name in _READING_MORE
    )


def object_of(row: Mapping[str, Any]) -> str:
    """The object of a file, staged or of a pass."""
    return str(row["object"]).partition("@pass ")[0]


def staged_files(connection: sa.Connection, object_: str) -> list[dict[str, Any]]:
    """The files that hold the staged rows of an object."""
    query = sa.select(source_file).where(source_file.c.object == object_).order_by(source_file.c.id)
    return [dict(row) for row in connection.execute(query).mappings()]


def plain_name(path: str) -> str:
    """A file's name without its folder and without the pass that it came with."""
    return PurePosixPath(without_pass(path)).name


def without_pass(path: str) -> str:
    """A file's name without the pass that it came or went with."""
    return path.partition(" (pass ")[0].partition(" (until pass ")[0]
