"""What will be set up in Twenty, and which columns fill each field: the schema that the lines of a map need."""

from __future__ import annotations

from collections.abc import Iterator

from bridgework.mapping.document import Line, MapDocument, Source
from bridgework.mapping.field_types import type_of
from bridgework.mapping.labels import field_label, objects_label
from bridgework.mapping.schema import NeededField, NeededObject
from bridgework.mapping.target import SOURCE_ID
from bridgework.mapping.transforms import side_fields
from bridgework.reports.map_document import FieldPlan, Filler, ObjectPlan, OptionEntry

_Filled = dict[str, list[Filler]]


def plan(document: MapDocument) -> list[ObjectPlan]:
    """One for each object that gets records; in each the fields to make, then those of Twenty that are filled."""
    return [_object(document, one) for one in document.schema().objects]


def _object(document: MapDocument, one: NeededObject) -> ObjectPlan:
    filled = _filled(document, one.name_singular)
    made = [_made(document, field, filled) for field in one.fields]
    names = {field.name for field in one.fields}
    used = [_used(document, one.name_singular, name, by) for name, by in filled.items() if name not in names]
    return {
        "object": one.name_singular,
        "label": one.label_singular,
        "labels": one.label_plural,
        "custom": one.custom,
        "description": one.description,
        "fields": [*made, *used],
    }


def _made(document: MapDocument, field: NeededField, filled: _Filled) -> FieldPlan:
    options: list[OptionEntry] = [
        {"value": one["value"], "label": one["label"], "color": one["color"]} for one in field.options
    ]
    to = field.relation_to
    return {
        "name": field.name,
        "label": field.label,
        "type": field.type,
        "standard": False,
        "unique": field.is_unique,
        "description": field.description,
        "options": options,
        "relation": {"to": to, "to_label": objects_label(document, to), "inverse_label": field.inverse_label or ""}
        if to
        else None,
        "filled_by": filled.get(field.name, []),
    }


def _used(document: MapDocument, object_: str, name: str, by: list[Filler]) -> FieldPlan:
    """A field that Twenty has."""
    return {
        "name": name,
        "label": field_label(document, object_, name),
        "type": type_of(document, object_, name) or "",
        "standard": True,
        "unique": False,
        "description": "",
        "options": [],
        "relation": None,
        "filled_by": by,
    }


def _filled(document: MapDocument, object_: str) -> _Filled:
    """By field of an object, the columns that fill it, each once."""
    found: _Filled = {}
    for name, source in document.sources.items():
        for field, header in _pairs(source, object_):
            by = found.setdefault(field, [])
            if (filler := Filler(object=name, header=header)) not in by:
                by.append(filler)
    return found


def _pairs(source: Source, object_: str) -> Iterator[tuple[str, str]]:
    if source.record == object_ and source.keep is None:
        yield from ((SOURCE_ID, header) for header in source.key)
    for line in source.all_lines():
        if line.object == object_:
            for field in (line.field, *side_fields(line)):
                yield from ((field, header) for header in headers_of(source, line) or [""])


def headers_of(source: Source, line: Line) -> list[str]:
    """The columns that a line reads; none for a constant."""
    names = (line.column,) if line.column is not None else line.from_
    return [source.column_of(name) or name for name in names]
