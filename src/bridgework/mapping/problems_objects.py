"""What is wrong with the objects, fields and options that a map asks of Twenty, by Twenty's own rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from bridgework.mapping import names, standard
from bridgework.mapping.problem import Problem
from bridgework.mapping.taken import columns, of_twenty

if TYPE_CHECKING:
    from bridgework.mapping.document import FieldDef, MapDocument, ObjectDef


def find_in_objects(document: MapDocument) -> Iterator[Problem]:
    """All problems of the section `objects`."""
    inverses = _inverses(document)
    custom = Counter(text for name, one in document.objects.items() if one.custom for text in {name, one.plural})
    for name, one in document.objects.items():
        here = document.line_of("objects", name)
        yield from (Problem(here, *rest) for rest in _object(name, one, custom))
        taken = of_twenty(name, custom=one.custom)
        for number, field in enumerate(one.fields):
            at = document.line_of("objects", name, "fields", number)
            yield from (Problem(at, *rest) for rest in _field(document, field, taken))
            taken |= columns(field.name, field.type)
        for line, inverse in inverses.get(name, ()):
            if inverse in taken or not names.is_name(inverse):
                what = f"the other side of the relation would be `{inverse}` on {name}, which is taken or not allowed"
                yield Problem(line, "NAME-TAKEN", what, "choose another `inverse:`")
            taken.add(inverse)


def _inverses(document: MapDocument) -> dict[str, list[tuple[int, str]]]:
    found: dict[str, list[tuple[int, str]]] = {}
    for name, one in document.objects.items():
        for number, field in enumerate(one.fields):
            if field.to is not None:
                at = document.line_of("objects", name, "fields", number)
                found.setdefault(field.to, []).append((at, names.camel(field.inverse or "")))
    return found


def _object(name: str, one: ObjectDef, custom: Mapping[str, int]) -> Iterator[tuple[str, str, str]]:
    if not one.custom:
        if name not in standard.OBJECTS:
            yield "UNKNOWN-OBJECT", f"Twenty has no object `{name}`", "correct it, or write `custom: true`"
        return
    for text in dict.fromkeys((name, one.plural)):
        if text in standard.OBJECT_NAMES:
            yield "NAME-TAKEN", f"Twenty has an object `{text}` already", "choose another name"
        elif custom[text] > 1:
            yield "NAME-TAKEN", f"two objects of this map are called `{text}`", "choose another name, or `plural:`"
        if not names.is_name(text):
            yield "BAD-NAME", f"`{text}` is no name that Twenty takes", "camelCase, 63 characters, no reserved word"
    if name == one.plural:
        yield "BAD-NAME", f"`{name}` is both singular and plural", "choose another `plural:`"
    for text in (one.label, one.labels):
        yield from _label(text)


def _label(text: str) -> Iterator[tuple[str, str, str]]:
    if not names.is_label(text):
        yield (
            "BAD-LABEL",
            "a label is empty, longer than 63 characters, or has signs that no database takes",
            "change it",
        )


def _field(document: MapDocument, field: FieldDef, taken: set[str]) -> Iterator[tuple[str, str, str]]:
    if not names.is_name(field.name):
        yield "BAD-NAME", f"`{field.name}` is no name that Twenty takes", "camelCase, 63 characters, no reserved word"
    if clash := sorted(taken & columns(field.name, field.type)):
        how = "" if field.name in clash else f", and `{field.name}` would be kept in it"
        yield "NAME-TAKEN", f"`{clash[0]}` is there already{how}", "choose another name"
    if field.type not in standard.CREATABLE:
        yield (
            "UNKNOWN-TYPE",
            f"`{field.type}` is no type of field",
            f"use one of {', '.join(sorted(standard.CREATABLE))}",
        )
    yield from _label(field.label)
    if field.type == "SELECT":
        yield from _options(field)
    if field.type == "RELATION":
        if field.to is None or (field.to not in document.objects and field.to not in standard.OBJECTS):
            yield "UNKNOWN-OBJECT", f"the relation links to `{field.to}`, which is no object", "correct `to:`"
        yield from _label(field.inverse or "")


def _options(field: FieldDef) -> Iterator[tuple[str, str, str]]:
    if not field.options:
        yield "BAD-OPTION", f"`{field.name}` has no options", "add `options:`"
    for value, label in (field.options or {}).items():
        if not names.is_option(value):
            yield (
                "BAD-OPTION",
                f"`{value}` is no value that Twenty takes",
                "write it as UPPER_SNAKE, beginning with a letter",
            )
        if "," in label or not names.is_label(label):
            yield "BAD-OPTION", f"the label of `{value}` is empty, too long, or has a comma", "change the label"
    labels = list((field.options or {}).values())
    if len(set(labels)) < len(labels):
        yield "BAD-OPTION", f"two options of `{field.name}` have the same label", "change one of them"
