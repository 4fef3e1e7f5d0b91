"""A map of one source with a few lines, for tests of single transforms."""

from __future__ import annotations

from functools import cache
from typing import Any

from bridgework.mapping.document import Line, MapDocument, Source
from bridgework.mapping.records import Mapper, TargetRecord
from tests.unit.mapping_samples import Row, context, map_of

KEY = Line(column="Nr", target="person.sourceSystemId", transform="key")


def line(target: str, transform: str, /, *, column: str | None = "Cel", **settings: Any) -> Line:
    """A line of the column `Cel`; a derived one from it where `column` is None."""
    origin: dict[str, Any] = {"column": column} if column is not None else {"from": ("Cel",)}
    return Line.model_validate({**origin, "target": target, "transform": transform, "with": settings})


def document_of(*lines: Line) -> MapDocument:
    """The map: the objects and pick-lists of the assumed export, and one source whose columns are `Nr` and `Cel`."""
    source = Source(
        file="lijst.csv",
        key=("Nr",),
        record=lines[0].object,
        lines=(KEY, *(one for one in lines if one.column is not None)),
        derived=tuple(one for one in lines if one.column is None),
    )
    return map_of("nl").model_copy(update={"sources": {"lijst": source}})


def row(number: int, **cells: str) -> Row:
    return Row("lijst", number, str(number), {"Nr": str(number), **cells})


@cache
def _mapper(target: str, transform: str, settings: tuple[tuple[str, Any], ...]) -> Mapper:
    return Mapper(document_of(line(target, transform, **dict(settings))), context())


def build_line(target: str, transform: str, cell: str, /, **settings: Any) -> TargetRecord:
    """The record that one line makes of one cell."""
    mapper = _mapper(target, transform, tuple(settings.items()))
    record = mapper.build(mapper.steps()[0], row(1, Cel=cell))
    assert record is not None
    return record
