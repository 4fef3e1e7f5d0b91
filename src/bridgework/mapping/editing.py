"""A person's decisions on a map: accept a line, give a column another meaning or field, leave it out, map a word.

Each answers a new map and leaves the old one as it is. A column is named as its object and header: `patient.GSM`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from bridgework.errors import UsageError
from bridgework.mapping import names, standard
from bridgework.mapping.catalogue import Meaning, builtin
from bridgework.mapping.completing import completed, with_derived
from bridgework.mapping.document import FieldDef, Line, MapDocument, ObjectDef
from bridgework.mapping.problems import type_of
from bridgework.mapping.proposer.confidence import SURE
from bridgework.mapping.words import squash, squash_header, word_key

_TRANSFORM_OF = {
    "TEXT": "text",
    "NUMBER": "number",
    "CURRENCY": "money",
    "DATE": "date",
    "DATE_TIME": "moment",
    "BOOLEAN": "boolean",
}
"""What fills a field of one's own of that type."""


def is_sure(line: Line) -> bool:
    """Whether the proposer was sure of a line's meaning."""
    return line.concept is not None and (line.confidence or 0.0) >= SURE


def accept(document: MapDocument, which: Callable[[str, Line], bool]) -> tuple[MapDocument, int]:
    """The map with those of the proposed lines taken as they are, and how many they were."""
    count = 0
    sources = {}
    for name, source in document.sources.items():
        taken = [line.decision == "proposed" and which(name, line) for line in source.lines]
        count += sum(taken)
        lines = [
            line.model_copy(update={"decision": "load"}) if yes else line
            for line, yes in zip(source.lines, taken, strict=True)
        ]
        sources[name] = source.model_copy(update={"lines": tuple(lines)})
    return document.model_copy(update={"sources": sources}), count


def find(document: MapDocument, place: str) -> tuple[str, Line]:
    """The source object and the line of a column; raises UsageError (MAP-NO-LINE) with the nearest ones."""
    source, _, column = place.partition(".")
    lines = document.sources[source].lines if source in document.sources else ()
    exact = [line for line in lines if line.column == column]
    alike = exact or [line for line in lines if line.column and squash_header(line.column) == squash_header(column)]
    if len(alike) == 1:
        return source, alike[0]
    known = [f"{name}.{line.column}" for name, one in document.sources.items() for line in one.lines if line.column]
    near = [one for one in known if squash(column) in squash(one)][:5]
    raise UsageError(
        "MAP-NO-LINE",
        "The map has no such column.",
        where=place,
        why=f"there are {', '.join(near)}" if near else f"the objects are {', '.join(document.sources)}",
        next_step="name it as OBJECT.COLUMN, as `bridgework map DIR` shows it",
    )


def as_concept(document: MapDocument, place: str, concept: str) -> MapDocument:
    """The column means this concept of its object; it goes where the built-in map says."""
    source, line = find(document, place)
    meaning = _meaning(source, concept)
    same = meaning.model_dump(include={"concept", "target", "transform", "with_", "note"}, by_alias=True)
    kind = _target_type(document, meaning.target or "")
    made = Line.model_validate({"column": line.column, "type": kind, **same})
    return completed(with_derived(with_line(document, source, made), source, meaning.concept))


def as_field(document: MapDocument, place: str, label: str, type_: str) -> MapDocument:
    """The column becomes a field of its own, with this label and type; raises UsageError (MAP-TYPE)."""
    if type_ not in _TRANSFORM_OF:
        raise UsageError(
            "MAP-TYPE", f"A field of one's own cannot be {type_}.", next_step=f"use {_listed(_TRANSFORM_OF)}"
        )
    source, line = find(document, place)
    document, name = _with_new_field(document, source, FieldDef(name="new", type=type_, label=names.label(label)))
    record = document.sources[source].record
    target = f"{record}.{name}"
    made = Line(column=line.column, target=target, type=type_, transform=_TRANSFORM_OF[type_])
    return with_line(document, source, made)


def as_target(
    document: MapDocument, place: str, target: str, transform: str, settings: Mapping[str, Any] | None = None
) -> MapDocument:
    """The column fills this field by this transform; what is wrong with that `problems` says."""
    source, line = find(document, place)
    kind = _target_type(document, target)
    made = Line.model_validate(
        {"column": line.column, "concept": line.concept, "target": target, "type": kind, "transform": transform}
        | {"with": dict(settings or {})}
    )
    return completed(with_line(document, source, made))


def leave_out(document: MapDocument, place: str, why: str) -> MapDocument:
    """The column is left out, for a reason that stays in the map."""
    source, line = find(document, place)
    made = Line(column=line.column, concept=line.concept, decision="leave-out", why=why)
    return with_line(document, source, made)


def as_select(
    document: MapDocument,
    place: str,
    label: str,
    options: Mapping[str, str],
    words: Mapping[str, tuple[str, ...]],
) -> MapDocument:
    """The column becomes a pick-list: `options` are value → label, `words` value → words of the practice."""
    source, line = find(document, place)
    field = FieldDef(name="new", type="SELECT", label=names.label(label), options=dict(options))
    document, name = _with_new_field(document, source, field)
    list_ = f"{source}_{name}"
    document = document.model_copy(update={"values": {**document.values, list_: dict(words)}})
    made = Line.model_validate(
        {"column": line.column, "target": f"{document.sources[source].record}.{name}", "type": "SELECT"}
        | {"transform": "select", "with": {"values": list_}}
    )
    return with_line(document, source, made)


def with_word(document: MapDocument, place: str, word: str, option: str, label: str = "") -> MapDocument:
    """A word of a column's pick-list means this option; with a label, the option is made where it is not there.

    Raises UsageError (MAP-NO-CHOICE, MAP-OPTION).
    """
    _, line = find(document, place)
    list_ = line.with_.get("values")
    if line.transform != "select" or not isinstance(list_, str):
        raise UsageError("MAP-NO-CHOICE", "This column is no pick-list.", where=place)
    field = document.field_def(line.object, line.field)
    options = dict(field.options or {}) if field else {}
    if option not in options:
        if field is None or not label or not names.is_option(option):
            raise UsageError(
                "MAP-OPTION",
                f"`{option}` is no option of {line.target}.",
                why=f"its options are {_listed(options)}",
                next_step="use one of them; or write a new one as UPPER_SNAKE, and name it with --label",
            )
        document = _with_field(document, line.object, field.model_copy(update={"options": {**options, option: label}}))
    meant = {
        name: tuple(one for one in known if word_key(one) != word_key(word))
        for name, known in document.values[list_].items()
    }
    meant[option] = (*meant.get(option, ()), word)
    return document.model_copy(update={"values": {**document.values, list_: meant}})


# --- one line, one field -------------------------------------------------------------------------------------------


def with_line(document: MapDocument, source: str, new: Line) -> MapDocument:
    """The map with another line for that line's column."""
    one = document.sources[source]
    lines = tuple(new if line.column == new.column else line for line in one.lines)
    return document.model_copy(
        update={"sources": {**document.sources, source: one.model_copy(update={"lines": lines})}}
    )


def _with_new_field(document: MapDocument, source: str, field: FieldDef) -> tuple[MapDocument, str]:
    """The map with one more field on the object that a source's records become, and the name that it got."""
    object_ = document.sources[source].record
    if object_ is None:
        raise UsageError("MAP-HANDOVER", f"Nothing of {source} is loaded: it is kept for the hand-over.", where=source)
    own = document.objects.get(object_, ObjectDef())
    known = standard.CUSTOM_OBJECT if own.custom else standard.OBJECTS.get(object_, {})
    inverses = {names.camel(f.inverse or "") for o in document.objects.values() for f in o.fields if f.to == object_}
    links = {f"{one.name}Id" for one in own.fields if one.type == "RELATION"}
    taken = {*known, *(one.name for one in own.fields), *inverses, *links, "sourceSystemId", "importRemarks"}
    name = names.field_name(field.label, taken)
    return _with_field(document, object_, field.model_copy(update={"name": name})), name


def _with_field(document: MapDocument, object_: str, field: FieldDef) -> MapDocument:
    own = document.objects.get(object_, ObjectDef())
    others = tuple(one for one in own.fields if one.name != field.name)
    place = next((number for number, one in enumerate(own.fields) if one.name == field.name), len(others))
    fields = (*others[:place], field, *others[place:])
    return document.model_copy(
        update={"objects": {**document.objects, object_: own.model_copy(update={"fields": fields})}}
    )


def _meaning(source: str, concept: str) -> Meaning:
    """A concept of an object, by its id or its last part; raises UsageError (MAP-NO-CONCEPT)."""
    wanted = concept if "." in concept else f"{source}.{concept}"
    lines = builtin().sources[source].lines if source in builtin().sources else ()
    found = next((one for one in lines if one.concept == wanted), None)
    if found is None:
        raise UsageError(
            "MAP-NO-CONCEPT",
            f"{source} has no concept `{concept}`.",
            why=f"it has {_listed(one.concept.partition('.')[2] for one in lines)}",
            next_step="docs/what-maps-where.md says what each means",
        )
    return found


def _target_type(document: MapDocument, target: str) -> str | None:
    """The type of the field of a target, also where the map does not define it yet."""
    object_, _, rest = target.partition(".")
    field = rest.partition(".")[0]
    known = type_of(document, object_, field)
    own = builtin().objects.get(object_)
    return known or next((one.type for one in (own.fields if own else ()) if one.name == field), None)


def _listed(some: Collection[str] | Any) -> str:
    return ", ".join(some)
