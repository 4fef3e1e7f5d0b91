"""A person's decisions on a map: accept a line, give a column another meaning or field, leave it out, map a word.

Each answers a new map and leaves the old one as it is. A column is named as its object and header: `patient.GSM`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from bridgework.belgium.nomenclature_table import Table
from bridgework.errors import UsageError
from bridgework.mapping import names
from bridgework.mapping.catalogue import Meaning, builtin
from bridgework.mapping.completing import AnyTable, completed, fitted
from bridgework.mapping.document import FieldDef, Line, MapDocument, ObjectDef
from bridgework.mapping.field_types import options_of, type_of
from bridgework.mapping.nearest import nearest
from bridgework.mapping.presets import kept_to_preset
from bridgework.mapping.proposer.confidence import SURE
from bridgework.mapping.taken import field_name, taken
from bridgework.mapping.words import squash_header, word_key

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
        taken = [line.waits and which(name, line) for line in source.lines]
        count += sum(taken)
        lines = [
            line.model_copy(update={"decision": "load" if line.loaded else "leave-out"}) if yes else line
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
    near = nearest(place if "." in place else column or place, known)
    raise UsageError(
        "MAP-NO-LINE",
        "The map has no such column.",
        where=place,
        why=f"nearest are {', '.join(near)}" if near else f"the objects are {', '.join(document.sources)}",
        next_step="name it as OBJECT.COLUMN, as `bridgework map DIR` shows it",
    )


def as_concept(document: MapDocument, place: str, concept: str, table: AnyTable = Table.builtin) -> MapDocument:
    """The column means this concept of its object; it goes where the built-in map says.

    `table` gives the nomenclature's, where codes come to be judged. Raises UsageError (MAP-NO-CONCEPT, MAP-CONFLICT).
    """
    source, line = find(document, place)
    meaning = _meaning(source, concept)
    if document.sources[source].keep == "handover":
        made = Line(column=line.column, concept=meaning.concept, decision="handover", note=_own_note(source, line))
        return _settled(document, with_line(document, source, made), source, made)
    same = meaning.model_dump(include={"concept", "target", "transform", "with_", "note"}, by_alias=True)
    kind = _target_type(document, meaning.target or "")
    own = _own_note(source, line)
    made = Line.model_validate({"column": line.column, "type": kind, **same} | ({"note": own} if own else {}))
    made = kept_to_preset(document, source, made, line)
    return _settled(document, with_line(document, source, made), source, made, table)


def as_field(document: MapDocument, place: str, label: str, type_: str) -> MapDocument:
    """The column becomes a field of its own, with this label and type; raises UsageError (MAP-TYPE, MAP-CONFLICT)."""
    if type_ not in _TRANSFORM_OF:
        raise UsageError(
            "MAP-TYPE", f"A field of one's own cannot be {type_}.", next_step=f"use {_listed(_TRANSFORM_OF)}"
        )
    source, line = find(document, place)
    field = FieldDef(name="new", type=type_, label=names.label(label))
    after, name = _with_new_field(document, source, field)
    target = f"{document.sources[source].record}.{name}"
    note = _own_note(source, line)
    made = Line(column=line.column, target=target, type=type_, transform=_TRANSFORM_OF[type_], note=note)
    return _settled(document, with_line(after, source, made), source, made)


def as_target(
    document: MapDocument,
    place: str,
    target: str,
    transform: str,
    settings: Mapping[str, Any] | None = None,
    table: AnyTable = Table.builtin,
) -> MapDocument:
    """The column fills this field by this transform, with these settings; what is wrong with that `problems` says.

    Raises UsageError (MAP-HANDOVER).
    """
    source, line = find(document, place)
    _require_loaded(document, source)
    kind = _target_type(document, target)
    made = Line.model_validate(
        {"column": line.column, "concept": line.concept, "target": target, "type": kind, "transform": transform}
        | {"with": dict(settings or {}), "note": _own_note(source, line)}
    )
    after = with_line(document, source, made)
    return with_line(completed(fitted(document, after, source, made), table=table), source, made)


def leave_out(document: MapDocument, place: str, why: str) -> MapDocument:
    """The column is left out, for a reason that stays in the map; raises UsageError (MAP-CONFLICT)."""
    source, line = find(document, place)
    note = _own_note(source, line)
    made = Line(column=line.column, concept=line.concept, decision="leave-out", why=why, note=note)
    return _settled(document, with_line(document, source, made), source, made)


def as_select(
    document: MapDocument,
    place: str,
    label: str,
    options: Mapping[str, str],
    words: Mapping[str, tuple[str, ...]],
) -> MapDocument:
    """The column becomes a pick-list: `options` are value → label, `words` value → words of the practice.

    Raises UsageError (MAP-CONFLICT).
    """
    source, line = find(document, place)
    field = FieldDef(name="new", type="SELECT", label=names.label(label), options=dict(options))
    after, name = _with_new_field(document, source, field)
    list_ = f"{source}_{name}"
    after = after.model_copy(update={"values": {**after.values, list_: dict(words)}})
    made = Line.model_validate(
        {"column": line.column, "target": f"{document.sources[source].record}.{name}", "type": "SELECT"}
        | {"transform": "select", "with": {"values": list_}, "note": _own_note(source, line)}
    )
    return _settled(document, with_line(after, source, made), source, made)


def with_word(document: MapDocument, place: str, word: str, option: str, label: str = "") -> MapDocument:
    """A word of a column's pick-list means this option; with a label, the option is made where it is not there.

    Raises UsageError (MAP-NO-CHOICE, MAP-OPTION, MAP-CONFLICT).
    """
    _, line = find(document, place)
    list_ = line.with_.get("values")
    if line.transform != "select" or not isinstance(list_, str) or not line.loaded:
        raise UsageError("MAP-NO-CHOICE", "This column is no pick-list.", where=place)
    options = options_of(document, line.object, line.field)
    after = document
    if option not in options:
        if not document.field_def(line.object, line.field) or not label or not names.is_option(option):
            raise UsageError(
                "MAP-OPTION",
                f"`{option}` is no option of {line.target}.",
                why=f"its options are {_listed(options)}",
                next_step="use one of them; or write a new one as UPPER_SNAKE, and name it with --label",
            )
        after = _with_option(after, list_, option, label)
    meant = {
        name: tuple(one for one in known if word_key(one) != word_key(word))
        for name, known in document.values.get(list_, {}).items()
    }
    meant[option] = (*meant.get(option, ()), word)
    after = after.model_copy(update={"values": {**after.values, list_: meant}})
    _require_no_worse(document, after, place)
    return after


def _with_option(document: MapDocument, list_: str, option: str, label: str) -> MapDocument:
    """The map with one more option in every field that is filled by this pick-list."""
    lines = [line for source in document.sources.values() for line in (*source.lines, *source.derived)]
    for line in lines:
        field = document.field_def(line.object, line.field)
        if line.transform == "select" and line.with_.get("values") == list_ and field and line.loaded:
            options = {**(field.options or {}), option: (field.options or {}).get(option, label)}
            document = _with_field(document, line.object, field.model_copy(update={"options": options}))
    return document


# --- what an edit leaves behind ------------------------------------------------------------------------------------

# What only another decision can mend, and this one may well be the first of two.
_OTHER_FIRST = "give the other column another meaning first, or leave it out; or give this one a field of its own"
_STILL_TO_DECIDE = frozenset({"NO-NAME", "REQUIRED-MISSING", "DATE-MISSING", "NO-ADDRESS"})


def _settled(
    before: MapDocument, after: MapDocument, source: str, made: Line, table: AnyTable = Table.builtin
) -> MapDocument:
    """The edited map with all that the new line needs, and nothing that hung on the old one."""
    settled = completed(fitted(before, after, source, made), table=table)
    _require_no_worse(before, settled, f"{source}.{made.column}")
    return settled


def _require_no_worse(before: MapDocument, after: MapDocument, place: str) -> None:
    """Refuse an edit that would make an error which only a text editor could mend."""
    known = {(one.code, one.what) for one in before.problems()}
    for one in after.problems():
        if one.code not in _STILL_TO_DECIDE and (one.code, one.what) not in known:
            raise UsageError(
                "MAP-CONFLICT",
                "The map would have an error after this, and is left as it is.",
                where=place,
                why=one.what,
                next_step=_OTHER_FIRST if one.code == "TWO-LINES" else one.next,
            )


def _require_loaded(document: MapDocument, source: str) -> None:
    if document.sources[source].record is None:
        raise UsageError("MAP-HANDOVER", f"Nothing of {source} is loaded: it is kept for the hand-over.", where=source)


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
    # What the built-in map has for the object stays free, since a column may still come to mean it.
    there = taken(object_, document.objects) | taken(object_, builtin().objects)
    name = field_name(field.label, field.type, there)
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
    found = next((one for one in lines if one.concept.casefold() == wanted.casefold()), None)
    if found is None:
        known = [one.concept.partition(".")[2] for one in lines]
        near = nearest(concept.removeprefix(f"{source}."), known)
        raise UsageError(
            "MAP-NO-CONCEPT",
            f"{source} has no concept `{concept}`.",
            why=f"nearest are {_listed(near)}" if near else f"it has {_listed(known)}",
            next_step="docs/what-maps-where.md says what each means",
        )
    return found


def _own_note(source: str, line: Line) -> str | None:
    """The note that a person gave a line, which no decision takes away; that of the built-in map goes with it."""
    lines = builtin().sources[source].lines if source in builtin().sources else ()
    return line.note if all(one.concept != line.concept or one.note != line.note for one in lines) else None


def _target_type(document: MapDocument, target: str) -> str | None:
    """The type of the field of a target, also where the map does not define it yet."""
    object_, _, rest = target.partition(".")
    field = rest.partition(".")[0]
    known = type_of(document, object_, field)
    own = builtin().objects.get(object_)
    return known or next((one.type for one in (own.fields if own else ()) if one.name == field), None)


def _listed(some: Collection[str] | Any) -> str:
    return ", ".join(some)
