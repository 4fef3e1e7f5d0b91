"""What the store knows of the columns that a map has lines for: profiles, words of pick-lists, previews, rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import sqlalchemy as sa

from bridgework.errors import FindingsStop
from bridgework.mapping import choices, contact
from bridgework.mapping.document import Line, MapDocument
from bridgework.mapping.preview import Key, Preview, preview, preview_all
from bridgework.mapping.records import Mapper, directory
from bridgework.mapping.right_part import problems_by_object, right_part
from bridgework.mapping.target import Context as MapContext
from bridgework.practice.profiles import FieldProfile, profile
from bridgework.practice.rows import SourceRecord, StagedRows
from bridgework.stages.context import MAP_FILE, Context
from bridgework.stages.map_view.showing import Showing
from bridgework.stages.mapper import LOOKED_UP, tooth_notations
from bridgework.store import Store
from bridgework.store.tables import source_row

LOOKED_AT = 2_000
"""Rows of an object, spread over it, that the lines of a map are tried on."""

_LOOK_AROUND = 2_000  # rows between two looks at whether somebody wishes to stop
_SOMEBODY = "00000000-0000-0000-0000-000000000000"


@dataclass(frozen=True, slots=True)
class Facts:
    """By source object and column: profiles, words of pick-lists. By the key of a line: previews. By object: rows."""

    profiles: Mapping[Key, FieldProfile] = field(default_factory=dict)
    words: Mapping[Key, choices.Words] = field(default_factory=dict, repr=False)
    previews: Mapping[Key, Preview] = field(default_factory=dict)
    rows: Mapping[str, int] = field(default_factory=dict)


def gather(
    context: Context,
    document: MapDocument,
    *,
    previews: bool = True,
    rows_looked_at: int = LOOKED_AT,
    counted: dict[Key, choices.Words] | None = None,
) -> Facts:
    """Collect them in bounded memory; words are counted over all rows of the objects that have pick-lists.

    `counted` has the words of columns that were counted before, and gets those of the others: of 2 million rows, a
    count takes 20 s. Objects that something is wrong in have no previews. Raises Paused where somebody wishes to stop.
    """
    rows = StagedRows(context.store)
    words = {} if counted is None else counted
    _count_words(context, document, rows, words)
    return Facts(
        profiles={(name, one.header): one for name in document.sources for one in profile(context.store, name)},
        words={key: words[key] for key in _choices(document)},
        previews=tried(context, document, rows_looked_at) if previews else {},
        rows={name: rows.count(name) for name in document.sources},
    )


def tried(context: Context, document: MapDocument, rows_looked_at: int = LOOKED_AT) -> dict[Key, Preview]:
    """Every line tried on some rows, but those of objects that something is wrong in."""
    rows = StagedRows(context.store)
    return _previews(context.store, _mapper(context, right_part(document), rows), rows, rows_looked_at)


def with_words(document: MapDocument, facts: Facts) -> MapDocument:
    """The map with the practice's own words in its pick-lists, where they are nearly words that are known."""
    for name, source in document.sources.items():
        for line in source.all_lines():
            if (column := choice_column(document, name, line)) and (words := facts.words.get((name, column))):
                document = choices.with_words(document, line, words)
    return document


def previewed(
    context: Context, document: MapDocument, source: str, line: Line, *, show_values: bool = False
) -> Preview:
    """One line of a source object tried on some of its rows; its examples are shapes, unless values may be shown.

    Raises FindingsStop (MAP-WRONG) where something is wrong in that object, since no record can be made by its lines.
    """
    if document.problems() and (found := problems_by_object(document)[source]):
        raise FindingsStop(
            "MAP-WRONG",
            f"Nothing of {source} can be tried while its lines have mistakes.",
            where=f"{MAP_FILE}, line {found[0].line}",
            why=found[0].what,
            next_step="see them all with `bridgework map check DIR`, and correct them",
        )
    rows = StagedRows(context.store)
    mapper = _mapper(context, right_part(document), rows)
    some = _some(context.store, rows, source, LOOKED_AT)
    shown = Showing(document, line, show_values=show_values)
    return preview(mapper, source, line, some, show=shown.cell, show_value=shown.value)


def choice_column(document: MapDocument, name: str, line: Line) -> str | None:
    """The column whose words a line makes options of; None for a line that makes none."""
    if line.transform != "select" or not isinstance(line.with_.get("values"), str):
        return None
    origin = line.column or next(iter(line.from_), "")
    return document.sources[name].column_of(origin)


# --- words ---------------------------------------------------------------------------------------------------------


def _choices(document: MapDocument) -> set[Key]:
    """The columns of which words are options."""
    return {
        (name, column)
        for name, source in document.sources.items()
        for line in source.all_lines()
        if (column := choice_column(document, name, line))
    }


def _count_words(context: Context, document: MapDocument, rows: StagedRows, words: dict[Key, choices.Words]) -> None:
    """Count the words of all columns that are not counted yet, in one pass over the rows of each object."""
    wanted: dict[str, set[str]] = {}
    for name, column in _choices(document) - words.keys():
        wanted.setdefault(name, set()).add(column)
    told = context.progress.start("counting words of pick-lists", sum(map(rows.count, wanted)), "rows")
    for name in (one for one in document.sources if one in wanted):
        person = choices.person_column(name, document.sources[name])
        found = choices.counted(_watched(context, rows.iterate(name), told), wanted[name], person)
        words |= {(name, column): some for column, some in found.items()}


def _watched(context: Context, rows: Iterable[SourceRecord], told: Callable[[int], None]) -> Iterator[SourceRecord]:
    number = 0
    for number, row in enumerate(rows, 1):
        if number % _LOOK_AROUND == 0:
            context.stopper.check("map")
            told(_LOOK_AROUND)
        yield row
    told(number % _LOOK_AROUND)


# --- previews ------------------------------------------------------------------------------------------------------


def _previews(store: Store, mapper: Mapper, rows: StagedRows, most: int) -> dict[Key, Preview]:
    some = {name: _some(store, rows, name, most) for name in mapper.document.sources}
    return preview_all(mapper, some, show=lambda _: "", examples=0)


def _some(store: Store, rows: StagedRows, name: str, most: int) -> Iterator[SourceRecord]:
    """At most so many rows of an object, from the first to the last; read when they are asked for."""
    query = sa.select(sa.func.min(source_row.c.row_no), sa.func.max(source_row.c.row_no))
    with store.read() as connection:
        first, last = connection.execute(query.where(source_row.c.object == name)).one()
    if first is not None:
        yield from rows.by_row_nos(name, range(first, last + 1, max(1, -(-(last - first + 1) // most))))


def _mapper(context: Context, document: MapDocument, rows: StagedRows) -> Mapper:
    """A mapper without a workspace: every provider with an address counts as a member, since nobody knows yet."""
    known = {name: directory(document, name, rows.iterate(name)) for name in LOOKED_UP}
    read_at = context.store.get("read_at")
    return Mapper(
        document,
        MapContext(
            namespace=context.settings.migration.id,
            members=dict.fromkeys(_addresses(document, known), _SOMEBODY),
            workspace_url=context.settings.workspace.url,
            imported_by="Bridgework",
            run_moment=datetime.fromisoformat(read_at) if read_at else datetime.now(UTC),
            directory=known,
            notations=tooth_notations(document, rows),
            nomenclature=context.nomenclature(),
        ),
    )


def _addresses(document: MapDocument, known: Mapping[str, Mapping[str, Mapping[str, str]]]) -> Iterator[str]:
    """The e-mail addresses by which lines of the map look for members."""
    lines = (line for source in document.sources.values() for line in source.all_lines())
    for line in lines:
        if line.transform == "member":
            for row in known.get(line.with_["object"], {}).values():
                yield from contact.emails_in(row.get(line.with_["email"], "").strip())[0]
