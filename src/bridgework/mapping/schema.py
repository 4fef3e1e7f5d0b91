"""What Twenty must hold before the load: the objects, fields, options and relations that the lines of a map fill."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bridgework.mapping import standard
from bridgework.mapping.target import REMARKS, SOURCE_ID
from bridgework.mapping.transforms import side_fields

if TYPE_CHECKING:
    from bridgework.mapping.document import FieldDef, Line, MapDocument, ObjectDef

# Options are coloured in this order; every version of Twenty has these colours.
_COLOURS = ("green", "turquoise", "sky", "blue", "purple", "pink", "red", "orange", "yellow", "gray")


@dataclass(frozen=True, slots=True)
class NeededField:
    """One custom field. `options`: {value, label, color, position}; `relation_to`: the name of the target object."""

    name: str
    label: str
    type: str
    options: tuple[Mapping[str, Any], ...] = ()
    relation_to: str | None = None
    inverse_label: str | None = None
    is_unique: bool = False
    settings: Mapping[str, Any] | None = None
    description: str = ""


@dataclass(frozen=True, slots=True)
class NeededObject:
    """One object: a custom one to be created, or a standard one that gets fields."""

    name_singular: str
    name_plural: str
    label_singular: str
    label_plural: str
    icon: str
    description: str
    custom: bool
    fields: tuple[NeededField, ...] = ()


@dataclass(frozen=True, slots=True)
class NeededSchema:
    """All of it, custom objects after standard ones; relations come last in each object."""

    objects: tuple[NeededObject, ...] = field(default_factory=tuple)


def needed(document: MapDocument) -> NeededSchema:
    """Derive it from the lines that are loaded; a field that no line fills is not needed."""
    records = {source.record for source in document.sources.values() if source.record}
    used = _used(document)
    names = [name for name in document.objects if name in records] + sorted(records - set(document.objects))
    return NeededSchema(tuple(_object(document, name, used) for name in names))


def _used(document: MapDocument) -> set[tuple[str, str]]:
    return {pair for source in document.sources.values() for line in source.all_lines() for pair in _filled(line)}


def _filled(line: Line) -> Iterator[tuple[str, str]]:
    yield line.object, line.field
    yield from ((line.object, name) for name in side_fields(line))


def _object(document: MapDocument, name: str, used: set[tuple[str, str]]) -> NeededObject:
    given: ObjectDef | None = document.objects.get(name)
    fields = [_field(one) for one in (given.fields if given else ()) if (name, one.name) in used]
    fields.sort(key=lambda one: one.type == "RELATION")
    own = (
        NeededField(
            SOURCE_ID, "Source_System_ID__c", "TEXT", is_unique=True, description="The record's id in DentAdmin"
        ),
        *fields,
        NeededField(REMARKS, "Import remarks", "TEXT", description="Values that could not be converted, word for word"),
    )
    if given is None or not given.custom:
        plural = standard.PLURALS.get(name, name)
        return NeededObject(name, plural, name.capitalize(), plural.capitalize(), "", "", custom=False, fields=own)
    return NeededObject(
        name, given.plural, given.label, given.labels, given.icon, given.description, custom=True, fields=own
    )


def _field(one: FieldDef) -> NeededField:
    return NeededField(
        name=one.name,
        label=one.label,
        type=one.type,
        options=tuple(
            {"value": value, "label": text, "color": _COLOURS[number % len(_COLOURS)], "position": number}
            for number, (value, text) in enumerate((one.options or {}).items())
        ),
        relation_to=one.to,
        inverse_label=one.inverse,
        description=one.description,
    )
