"""What is wrong with the settings of a line (`with:`): each is held against what it names.

A field that it names is there and of the right type, a list is there and holds what the transform writes, a link goes
to the object that its field leads to. The mapper relies on it, and checks nothing again.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from bridgework.mapping import moments
from bridgework.mapping.draft import clean
from bridgework.mapping.field_types import linked_by, options_of, type_of
from bridgework.mapping.target import LONGEST_TEXT, SOURCE_ID
from bridgework.mapping.transforms import STATUS_OPTIONS, TRANSFORMS, WRITTEN_OPTIONS, fields_read, side_fields

if TYPE_CHECKING:
    from bridgework.mapping.document import Line, MapDocument, Source

_Said = Iterator[tuple[str, str, str]]
_LARGEST = 2**53  # beyond it a number is no longer the same in JSON


def find_in_settings(document: MapDocument, source: Source, line: Line, settings: Any) -> _Said:
    """All problems of a line's settings, which themselves have the right form."""
    yield from _names(document, source, line, settings)
    yield from _fields(document, line)
    yield from _links(document, source, line, settings)
    yield from _formats(document, line, settings)
    yield from _lists(document, line, settings)
    yield from _texts(document, line, settings)


def _names(document: MapDocument, source: Source, line: Line, settings: Any) -> _Said:
    for name in (*line.from_, *getattr(settings, "otherwise_cells", ())):
        if source.column_of(name) is None:
            yield "UNKNOWN-COLUMN", f"`{name}` is no column or concept that has a line", "correct it, or take it out"
    for object_ in (getattr(settings, "object", None), getattr(settings, "lookup", None)):
        if object_ is not None and object_ not in document.sources:
            yield "UNKNOWN-SOURCE", f"`{object_}` is no source object of this map", "correct it, or load it as text"
    if line.transform == "member":
        other = document.sources.get(settings.object)
        if other is not None:
            yield from _address(other, settings.object, settings.email)


def _address(other: Source, object_: str, email: str) -> _Said:
    """A member of the workspace is found by an e-mail address, which must be loaded: what is left out finds nobody."""
    own = other.line_for(email)
    if own is None:
        yield "UNKNOWN-COLUMN", f"`{email}` is no column or concept of {object_}", "correct `email:`"
    elif not own.loaded:
        what = f"members are found by `{own.column}` of {object_}, which is not loaded"
        yield "NO-ADDRESS", what, "load that column, or give this line another target"


def _fields(document: MapDocument, line: Line) -> _Said:
    """Fields of the same record that the line fills beside its own, or looks at."""
    for side in side_fields(line):
        if type_of(document, line.object, side) != "TEXT" or side == SOURCE_ID:
            yield "UNKNOWN-FIELD", f"{line.object} has no text field `{side}`", "add it under `objects:`"
    for setting, name, kind in fields_read(line):
        found = type_of(document, line.object, name)
        if found is None:
            yield "UNKNOWN-FIELD", f"{line.object} has no field `{name}`", f"correct `{setting}:`"
        elif found != kind:
            what = f"`{setting}` of {line.transform} wants a field of type {kind}, and `{name}` is of type {found}"
            yield "TYPE-MISMATCH", what, f"correct `{setting}:`"


def _links(document: MapDocument, source: Source, line: Line, settings: Any) -> _Said:
    if line.transform in {"reference", "member"}:
        yield from _link(document, line, settings.object)
    if line.transform == "file-link":
        other = document.sources.get(settings.object)
        if other is not None and other.record is None:
            yield "UNKNOWN-SOURCE", f"no record is made of {settings.object}: nothing to link to", "correct `object:`"
    if line.transform == "file":
        known = attachable(document, source)
        if settings.attach not in known:
            what = f"a file of these rows cannot be attached by `{settings.attach}`"
            yield "UNKNOWN-FIELD", what, f"write `attach:` {' or '.join(known)}"


def attachable(document: MapDocument, source: Source) -> list[str]:
    """The fields of an attachment that lead to the rows' own records, or to a record that the rows are linked to."""
    own = source.record or ""
    links = {line.field for line in source.all_lines() if line.transform == "reference"}
    others = (f"target{_capital(one.record)}" for one in document.sources.values() if one.record)
    return list(dict.fromkeys((f"target{_capital(own)}", *(one for one in others if one in links))))


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]


def _link(document: MapDocument, line: Line, source_object: str) -> _Said:
    if type_of(document, line.object, line.field) != "RELATION":
        return  # which is said of the target
    to = linked_by(document, line.object, line.field)
    if to is None:
        yield "TYPE-MISMATCH", f"{line.field} leads to many records, and no cell fills it", "choose another target"
        return
    other = document.sources.get(source_object)
    record = "workspaceMember" if line.transform == "member" else other.record if other is not None else to
    if record != to:
        what = f"{line.field} links to {to}, but each {source_object} becomes a {record}"
        yield "TYPE-MISMATCH", what, "correct `to:` of the field, or `object:` of the line"


def _formats(document: MapDocument, line: Line, settings: Any) -> _Said:
    formats = getattr(settings, "formats", ())
    if isinstance(formats, str):
        if formats not in document.formats:
            yield "UNKNOWN-LIST", f"there is no list of formats `{formats}`", "add it under `formats:`"
            return
        formats = document.formats[formats]  # which say themselves where they cannot be read
    elif not all(moments.is_format(one) for one in formats):
        yield "BAD-FORMAT", "a format cannot be read", "write it with dd mm yyyy yy HH MM SS fff Z, or `serial`"
        return
    wanted, has = ("a time", moments.has_clock) if line.transform == "time" else ("a day", moments.has_day)
    for one in formats:
        if moments.is_format(one) and not has(one):
            yield "BAD-FORMAT", f"the format `{one}` has not {wanted} in it, as {line.transform} needs", "take it out"


def _lists(document: MapDocument, line: Line, settings: Any) -> _Said:
    values = getattr(settings, "values", None)
    if values is not None and values not in document.values:
        yield "UNKNOWN-LIST", f"there is no pick-list `{values}`", "add it under `values:`"
    if line.transform == "task-status":
        for one in sorted(set(settings.done) - set(document.values.get(values or "", {}))):
            yield "UNKNOWN-OPTION", f"`{one}` is no option of the pick-list `{values}`", "correct `done:`"
    if type_of(document, line.object, line.field) == "SELECT" and "SELECT" in TRANSFORMS[line.transform or ""].types:
        options = options_of(document, line.object, line.field)
        for one in sorted(_written(document, line, settings) - set(options)):
            what = f"`{one}` is no option of {line.object}.{line.field}"
            yield "UNKNOWN-OPTION", what, "add it to the field's options"


def _written(document: MapDocument, line: Line, settings: Any) -> set[str]:
    """All options that a line may write."""
    if line.transform == "select":
        return {*document.values.get(settings.values, {}), *([settings.otherwise] if settings.otherwise else [])}
    if line.transform == "constant":
        return {str(settings.value), *settings.instead.values()}
    if line.transform == "number-status":
        return set(STATUS_OPTIONS[settings.kind])
    return set(WRITTEN_OPTIONS[line.transform or ""])


def _texts(document: MapDocument, line: Line, settings: Any) -> _Said:
    """What the settings themselves write into a field."""
    for name in ("join", "otherwise", "value"):
        text = getattr(settings, name, None)
        if isinstance(text, str) and (len(text) > LONGEST_TEXT or clean(f".{text}.") != f".{text}."):
            yield "BAD-SETTING", f"`{name}` holds a text that Twenty does not take", f"correct `{name}:`"
    if line.transform == "constant" and not _is_of(type_of(document, line.object, line.field), settings.value):
        what = f"`{settings.value}` is no value for {line.object}.{line.field}"
        yield "TYPE-MISMATCH", what, "correct `value:`"


def _is_of(kind: str | None, value: Any) -> bool:
    """Whether a constant is a value of that type; true for a type that no constant fills, which is said elsewhere."""
    match kind:
        case "TEXT" | "SELECT":
            return isinstance(value, str)
        case "BOOLEAN":
            return isinstance(value, bool)
        case "NUMBER":
            return isinstance(value, int | float) and not isinstance(value, bool) and _is_finite(value)
        case _:
            return True


def _is_finite(value: float) -> bool:
    return math.isfinite(value) and abs(value) <= _LARGEST
