"""What a map knows of the fields that its lines fill: of what type they are, where they lead, what they may hold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bridgework.mapping import standard
from bridgework.mapping.target import REMARKS, SOURCE_ID

if TYPE_CHECKING:
    from bridgework.mapping.document import MapDocument


def type_of(document: MapDocument, object_: str, field: str) -> str | None:
    """The type of a field of Twenty or of this map, or None where neither has it."""
    if field in {SOURCE_ID, REMARKS}:
        return "TEXT"
    own = document.field_def(object_, field)
    if own is not None:
        return own.type
    known = standard.OBJECTS.get(object_, standard.CUSTOM_OBJECT if object_ in document.objects else {})
    return known.get(field)


def linked_by(document: MapDocument, object_: str, field: str) -> str | None:
    """The object whose record a field links to; None for a field that links to none, or to many."""
    own = document.field_def(object_, field)
    return own.to if own is not None else standard.LINKS.get(f"{object_}.{field}")


def options_of(document: MapDocument, object_: str, field: str) -> Sequence[str]:
    """The options of a SELECT field of Twenty or of this map."""
    own = document.field_def(object_, field)
    return tuple(own.options or ()) if own else standard.OPTIONS.get(f"{object_}.{field}", ())
