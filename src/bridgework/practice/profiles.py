"""What the columns of an object hold: counts, types and patterns, never a value.

A pattern is a value with 9 for each digit, and A, Aa or a for each run of letters: `99/99/9999`, `Aa 9`. Profiles are
made while the rows are staged. Of a large object one batch in eight is looked at after the first rows; `rows` says how
many a profile speaks of.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, Self

import sqlalchemy as sa

from bridgework.practice.column import Column, Counts
from bridgework.practice.source_file import SourceFile
from bridgework.store import Store
from bridgework.store.tables import source_field

Type = Literal["empty", "integer", "decimal", "date", "boolean", "text"]

ALL_ROWS_UP_TO = 60_000
ONE_BATCH_OF = 8

_SURE = 0.98
_SHOWN_PATTERNS = 10


@dataclass(frozen=True, slots=True)
class FieldProfile:
    """One column. `distinct` counts up to 1,000 (then `distinct_capped`); `longest` is in characters.

    `kinds` counts the filled cells: integer, code (digits that are no number: a zero in front, or over 15), decimal,
    boolean, time, text, and `date dd/mm/yyyy` for each form of date. `type` is what 98 % of them are, else text. The
    years are those of cells that have the form of a date, 0 where there is none.
    """

    object: str
    header: str
    ordinal: int
    rows: int
    filled: int
    distinct: int
    distinct_capped: bool
    longest: int
    type: Type
    kinds: Mapping[str, int]
    patterns: Sequence[tuple[str, int]]
    first_year: int
    last_year: int

    def as_json(self) -> dict[str, Any]:
        """The profile as the store keeps it."""
        return {key: value for key, value in asdict(self).items() if key not in {"object", "header", "ordinal"}}


class Profiler:
    """Counts what rows hold, column by column."""

    def __init__(self) -> None:
        """Begin with no rows."""
        self._columns: dict[str, Column] = {}

    @classmethod
    def resume(cls, state: Mapping[str, Counts]) -> Self:
        """Go on from a kept state."""
        made = cls()
        made._columns = {header: Column.resume(counts) for header, counts in state.items()}
        return made

    def add(self, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Count rows, each with a cell for every header."""
        columns = [self._columns.setdefault(name, Column()) for name in header]
        for column, values in zip(columns, zip(*rows, strict=True), strict=False):
            column.add(values)

    def merge(self, other: Profiler) -> None:
        """Add what another one counted."""
        for header, column in other._columns.items():
            self._columns.setdefault(header, Column()).merge(column)

    def state(self) -> dict[str, Counts]:
        """What to keep, to resume from; counting goes on from exactly this."""
        return {header: column.state() for header, column in self._columns.items()}

    def profiles(self, object_: str) -> list[FieldProfile]:
        """The profiles of all columns so far."""
        return [_summary(object_, header, place, one) for place, (header, one) in enumerate(self._columns.items())]


def looked_at(before: int) -> bool:
    """Whether a batch of an object is profiled, of which so many records came before."""
    return before < ALL_ROWS_UP_TO or before // ALL_ROWS_UP_TO % ONE_BATCH_OF == 0


def profile(source: Store | SourceFile, object_: str = "") -> list[FieldProfile]:
    """The profiles of an object's staged columns, from the store; or of the first rows of a file not staged yet."""
    if isinstance(source, SourceFile):
        counted = Profiler()
        width = len(source.header)
        counted.add(source.header, [padded(row, width) for row in source.sample if any(row)])
        return counted.profiles(object_)
    query = sa.select(source_field).where(source_field.c.object == object_).order_by(source_field.c.ordinal)
    with source.read() as connection:
        return [FieldProfile(row.object, row.header, row.ordinal, **row.profile) for row in connection.execute(query)]


def padded(row: Sequence[str], width: int) -> list[str]:
    """A row with exactly that many cells."""
    return [*row[:width], *[""] * (width - len(row))]


def keep(connection: sa.Connection, object_: str, profiles: Iterable[FieldProfile]) -> None:
    """Put an object's profiles in the store, in place of those that are there."""
    connection.execute(source_field.delete().where(source_field.c.object == object_))
    rows = [
        {"object": object_, "header": one.header, "ordinal": one.ordinal, "profile": one.as_json()} for one in profiles
    ]
    if rows:
        connection.execute(source_field.insert(), rows)


def _summary(object_: str, header: str, place: int, column: Column) -> FieldProfile:
    kinds = dict(column.kinds)
    zero, one = kinds.pop("zero", 0), kinds.pop("one", 0)
    if zero or one:
        # 0 and 1 (or -1) are yes and no where a column has nothing else, and both.
        other = kinds.keys() - {"boolean"}
        means = "integer" if other or (not (zero and one) and not kinds) else "boolean"
        kinds[means] = kinds.get(means, 0) + zero + one
    return FieldProfile(
        object=object_,
        header=header,
        ordinal=place,
        rows=column.rows,
        filled=column.filled,
        distinct=column.distinct,
        distinct_capped=column.capped,
        longest=column.longest,
        type=_type(kinds, column.filled),
        kinds=dict(sorted(kinds.items())),
        patterns=tuple(column.commonest(_SHOWN_PATTERNS)),
        first_year=column.first_year,
        last_year=column.last_year,
    )


def _type(kinds: Mapping[str, int], filled: int) -> Type:
    if not filled:
        return "empty"
    dates = sum(number for kind, number in kinds.items() if kind.startswith("date "))
    enough = filled * _SURE
    if dates >= enough:
        return "date"
    if kinds.get("boolean", 0) >= enough:
        return "boolean"
    whole = kinds.get("integer", 0)
    if whole >= enough:
        return "integer"
    return "decimal" if kinds.get("decimal", 0) and whole + kinds.get("decimal", 0) >= enough else "text"
