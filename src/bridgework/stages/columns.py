"""Whether the map has a line for every column that was read: a column without one would vanish without a word.

The columns are those of the files as they were read last. They can change until something is loaded: from then on only
a pass reads the practice anew, and it says itself which columns came or went.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from bridgework.errors import FindingsStop
from bridgework.practice.joining import whole
from bridgework.store import Store
from bridgework.store.ledger import Ledger
from bridgework.store.tables import source_file

if TYPE_CHECKING:
    from bridgework.mapping.document import MapDocument

_NAMED = 6  # columns in a message; the map's page has all


@dataclass(frozen=True, slots=True)
class ColumnChanges:
    """What was read and what a map has lines for, compared: `new` and `gone` columns as `patient.GSM`.

    `objects` were read and are not in the map at all.
    """

    new: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    objects: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.new or self.gone or self.objects)

    def in_words(self) -> str:
        """All of it in a line: `not in the map: patient.Pet; not in the files: patient.GSM`."""
        missing = (*(f"all of {name}" for name in self.objects), *self.new)
        parts = (("not in the map", missing), ("not in the files", self.gone))
        return "; ".join(f"{what}: {_listed(some)}" for what, some in parts if some)


def files_read(store: Store) -> list[dict[str, Any]]:
    """The files that were read: `path`, `object`, `header`, `key_headers`.

    Of an object that comes from two places, its joined rows; or the parts, as long as it is not joined yet.
    """
    columns = (source_file.c.path, source_file.c.object, source_file.c.header, source_file.c.key_headers)
    with store.read() as connection:
        rows = connection.execute(sa.select(*columns).order_by(source_file.c.path)).mappings()
        files = [dict(row) for row in rows]
    joined = {row["object"] for row in files}
    return [row for row in files if (name := whole(row["object"])) == row["object"] or name not in joined]


def columns_read(store: Store, document: MapDocument) -> dict[str, list[str]]:
    """By object, the columns of its files, each once; of objects that a map can have lines for."""
    found: dict[str, dict[str, None]] = {}
    for row in files_read(store):
        found.setdefault(whole(row["object"]), {}).update(dict.fromkeys(row["header"]))
    if found.keys() - document.sources.keys():
        from bridgework.mapping.catalogue import builtin  # takes a moment, and is seldom needed here

        found = {name: one for name, one in found.items() if name in document.sources or name in builtin().sources}
    return {name: list(one) for name, one in found.items()}


def column_changes(store: Store, document: MapDocument) -> ColumnChanges:
    """What came and went since the map was made."""
    return compared(columns_read(store, document), document)


def compared(read: Mapping[str, list[str]], document: MapDocument) -> ColumnChanges:
    """These columns beside those that the map has lines for."""
    new: list[str] = []
    gone: list[str] = []
    for name, headers in read.items():
        if (source := document.sources.get(name)) is not None:
            lines = [line.column for line in source.lines if line.column is not None]
            new += [f"{name}.{one}" for one in headers if one not in lines]
            gone += [f"{name}.{one}" for one in lines if one not in headers]
    return ColumnChanges(tuple(new), tuple(gone), tuple(one for one in read if one not in document.sources))


def is_loaded(store: Store) -> bool:
    """Whether the load is done, so that only a pass reads columns anew."""
    load = Ledger.current(store, "load", "")
    return load is not None and load.row()["state"] == "done"


def require_columns(store: Store, document: MapDocument) -> None:
    """See that each column has its line, and each line its column; raises FindingsStop (MAP-COLUMNS).

    After the load nothing is raised: what a pass finds new is told by the pass (`CHANGES-COLUMN-NEW`), and goes on.
    """
    if not is_loaded(store) and (changes := column_changes(store, document)):
        raise FindingsStop(
            "MAP-COLUMNS",
            "The practice's files have other columns than the map.",
            where=changes.in_words(),
            why="cells of a column without a line would be lost, and the field of a line without a column stay empty",
            next_step="run `bridgework map DIR --renew`: it changes these lines alone; then approve the map again",
        )


def _listed(some: tuple[str, ...]) -> str:
    more = f", and {len(some) - _NAMED} more" if len(some) > _NAMED else ""
    return f"{', '.join(some[:_NAMED])}{more}"
