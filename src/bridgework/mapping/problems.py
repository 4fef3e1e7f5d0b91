"""Everything wrong in a map, each with its line in the file: shown before anybody approves it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from bridgework.mapping import moments, standard
from bridgework.mapping.links_needed import required_links
from bridgework.mapping.problem import Problem
from bridgework.mapping.problems_objects import find_in_objects
from bridgework.mapping.transforms import JUDGES_CODES, TRANSFORMS, settings_of, shares_field, side_fields
from bridgework.mapping.words import word_key

if TYPE_CHECKING:
    from bridgework.mapping.document import FieldDef, Line, MapDocument, Source

__all__ = ["Problem", "find"]


def find(document: MapDocument, headers: Mapping[str, Sequence[str]] | None = None) -> list[Problem]:
    """All problems, in the order of their lines. `headers`: the columns of the files, by source object."""
    found = [*_formats(document), *_pick_lists(document), *find_in_objects(document), *_nomenclature(document)]
    for name, source in document.sources.items():
        found += _source(document, name, source)
        if headers is not None and name in headers:
            found += _against_file(document, name, source, headers[name])
    return sorted(set(found), key=lambda problem: problem.line)


def _formats(document: MapDocument) -> Iterator[Problem]:
    for name, formats in document.formats.items():
        for one in formats:
            if not moments.is_format(one):
                yield Problem(
                    document.line_of("formats", name),
                    "BAD-FORMAT",
                    f"`{one}` is no format of a date or a time",
                    "write it with dd mm yyyy yy HH MM SS, or `serial`",
                )


def _pick_lists(document: MapDocument) -> Iterator[Problem]:
    for name, options in document.values.items():
        meant: dict[str, str] = {}
        for option, words in options.items():
            for word in words:
                if meant.setdefault(word_key(word), option) != option:
                    at = document.line_of("values", name, option)
                    what = f"`{word}` means two options of `{name}`"
                    yield Problem(at, "TWO-MEANINGS", what, "take it out of one of them")


def _nomenclature(document: MapDocument) -> Iterator[Problem]:
    judged = any(line.transform in JUDGES_CODES for source in document.sources.values() for line in source.all_lines())
    if judged and not document.nomenclature:
        what = "codes are judged, but the map does not say by which table"
        yield Problem(0, "NO-NOMENCLATURE", what, "add `nomenclature:` with the version that `bridgework map` names")


def _source(document: MapDocument, name: str, source: Source) -> Iterator[Problem]:
    here = document.line_of("sources", name)
    if source.keep is None and source.record is None:
        yield Problem(
            here, "NO-RECORD", f"{name} does not say what its rows become", "add `record:` or `keep: handover`"
        )
    if source.record and source.record not in document.objects and source.record not in standard.OBJECTS:
        yield Problem(
            here, "UNKNOWN-OBJECT", f"`{source.record}` is no object of Twenty or of this map", "correct `record:`"
        )
    yield from _key(document, name, source)
    columns = Counter(line.column for line in source.lines)
    for place, number, line in _placed(source):
        at = document.line_of("sources", name, place, number)
        if place == "lines" and (line.column is None or columns[line.column] > 1):
            what = (
                "a line has no column" if line.column is None else f"the column `{line.column}` has more than one line"
            )
            yield Problem(at, "COLUMN-TWICE", what, "give each column exactly one line")
        yield from (Problem(at, *rest) for rest in _line(document, source, line))
    yield from _two_to_one(document, name, source)
    yield from _label(document, name, source)
    yield from _required(document, name, source)


def _placed(source: Source) -> Iterator[tuple[str, int, Line]]:
    yield from (("lines", number, line) for number, line in enumerate(source.lines))
    yield from (("derived", number, line) for number, line in enumerate(source.derived))


def _key(document: MapDocument, name: str, source: Source) -> Iterator[Problem]:
    at = document.line_of("sources", name, "key")
    for column in source.key:
        if column not in {line.column for line in source.lines}:
            yield Problem(at, "UNKNOWN-COLUMN", f"the key of {name} names a column without a line", "correct `key:`")


def _line(document: MapDocument, source: Source, line: Line) -> Iterator[tuple[str, str, str]]:
    if line.decision == "leave-out" and not line.why:
        yield "NO-REASON", "a column is left out without a reason", "say why in `why:`"
    if not line.loaded:
        return
    if source.keep is not None:
        yield "HANDOVER", "the source is kept for the hand-over and loads nothing", "write `decision: handover`"
        return
    if line.transform not in TRANSFORMS:
        yield "UNKNOWN-TRANSFORM", f"`{line.transform}` is no transform", f"use one of {', '.join(TRANSFORMS)}"
        return
    try:
        settings = settings_of(line)
    except ValidationError as error:
        for one in error.errors():
            yield "BAD-SETTING", f"`with` of {line.transform}: {_where(one)}: {one['msg']}", "correct `with:`"
        return
    yield from _target(document, source, line)
    yield from _names(document, source, line, settings)
    yield from _lists(document, line, settings)


def _where(error: Any) -> str:
    return ".".join(str(part) for part in error["loc"])


def _target(document: MapDocument, source: Source, line: Line) -> Iterator[tuple[str, str, str]]:
    between = standard.TARGET_OBJECTS.get(line.object)
    if line.object != source.record and (between is None or between != source.record):
        yield "BAD-TARGET", f"`{line.target}` is not in {source.record}, which the rows become", "correct `target:`"
        return
    kind = type_of(document, line.object, line.field)
    if kind is not None and line.type not in {None, kind}:
        what = f"the line says {line.type}, but {line.object}.{line.field} is of type {kind}"
        yield "TYPE-DIFFERS", what, "change the type of the field under `objects:`, or take `type:` out of the line"
    if kind is None:
        yield "UNKNOWN-FIELD", f"{line.object} has no field `{line.field}`", "correct it, or add it under `objects:`"
        return
    transform = TRANSFORMS[line.transform or ""]
    if kind not in transform.types:
        yield "TYPE-MISMATCH", f"{line.transform} does not fill a field of type {kind}", "change transform or target"
    elif (line.part not in transform.parts) if line.part else _needs_part(transform.parts, kind):
        yield "BAD-PART", f"`{line.target}` names no part that {line.transform} fills", f"use one of {transform.parts}"


def _needs_part(parts: tuple[str, ...], kind: str) -> bool:
    return bool(parts) and kind in {"ADDRESS", "FULL_NAME", "DATE_TIME"}


def type_of(document: MapDocument, object_: str, field: str) -> str | None:
    """The type of a field of Twenty or of this map, or None where neither has it."""
    if field == "sourceSystemId":
        return "TEXT"
    own = document.field_def(object_, field)
    if own is not None:
        return own.type
    known = standard.OBJECTS.get(object_, standard.CUSTOM_OBJECT if object_ in document.objects else {})
    return known.get(field)


def _names(document: MapDocument, source: Source, line: Line, settings: Any) -> Iterator[tuple[str, str, str]]:
    for name in (*line.from_, *getattr(settings, "otherwise_cells", ())):
        if source.column_of(name) is None:
            yield "UNKNOWN-COLUMN", f"`{name}` is no column or concept that has a line", "correct it, or take it out"
    for object_ in (getattr(settings, "object", None), getattr(settings, "lookup", None)):
        if object_ is not None and object_ not in document.sources:
            yield "UNKNOWN-SOURCE", f"`{object_}` is no source object of this map", "correct it, or load it as text"
    if line.transform == "reference":
        yield from _relation(document, line, settings.object)
    if line.transform == "member":
        other = document.sources.get(settings.object)
        if other is not None and other.column_of(settings.email) is None:
            yield (
                "UNKNOWN-COLUMN",
                f"`{settings.email}` is no column or concept of {settings.object}",
                "correct `email:`",
            )
    for side in side_fields(line):
        if type_of(document, line.object, side) != "TEXT":
            yield "UNKNOWN-FIELD", f"{line.object} has no text field `{side}`", "add it under `objects:`"


def _relation(document: MapDocument, line: Line, source_object: str) -> Iterator[tuple[str, str, str]]:
    own: FieldDef | None = document.field_def(line.object, line.field)
    other = document.sources.get(source_object)
    if own is not None and other is not None and own.to != other.record:
        what = f"{line.field} links to {own.to}, but each {source_object} becomes a {other.record}"
        yield "TYPE-MISMATCH", what, "correct `to:` of the field, or `object:` of the line"


def _lists(document: MapDocument, line: Line, settings: Any) -> Iterator[tuple[str, str, str]]:
    formats = getattr(settings, "formats", ())
    if isinstance(formats, str) and formats not in document.formats:
        yield "UNKNOWN-LIST", f"there is no list of formats `{formats}`", "add it under `formats:`"
    elif not isinstance(formats, str) and not all(moments.is_format(one) for one in formats):
        yield "BAD-FORMAT", "a format cannot be read", "write it with dd mm yyyy yy HH MM SS, or `serial`"
    values = getattr(settings, "values", None)
    if values is not None and values not in document.values:
        yield "UNKNOWN-LIST", f"there is no pick-list `{values}`", "add it under `values:`"
    if line.transform not in {"select", "constant"} or type_of(document, line.object, line.field) != "SELECT":
        return
    options = _options(document, line)
    produced = set(document.values.get(values or "", {})) | {getattr(settings, "otherwise", None)}
    for one in sorted(str(value) for value in (produced | {getattr(settings, "value", None)}) - {None} - set(options)):
        yield "UNKNOWN-OPTION", f"`{one}` is no option of {line.object}.{line.field}", "add it to the field's options"


def _options(document: MapDocument, line: Line) -> Sequence[str]:
    own = document.field_def(line.object, line.field)
    return tuple(own.options or ()) if own else standard.OPTIONS.get(f"{line.object}.{line.field}", ())


def _two_to_one(document: MapDocument, name: str, source: Source) -> Iterator[Problem]:
    first: dict[str, Line] = {}
    whole = {line.target for line in (*source.lines, *source.derived) if line.loaded and line.target and not line.part}
    for place, number, line in _placed(source):
        if not line.loaded or line.target is None or line.transform not in TRANSFORMS:
            continue
        at = document.line_of("sources", name, place, number)
        other = first.setdefault(line.target, line)
        if other is not line and not (shares_field(line) and shares_field(other)):
            what = f"another line fills `{line.target}` already"
            yield Problem(at, "TWO-LINES", what, "choose another target for one")
        if line.part and f"{line.object}.{line.field}" in whole:
            what = f"`{line.target}` is a part of a field that another line fills as a whole"
            yield Problem(at, "TWO-LINES", what, "leave one of them out, or choose another target")


def _label(document: MapDocument, name: str, source: Source) -> Iterator[Problem]:
    if source.record is None:
        return
    field = standard.LABEL_FIELDS.get(source.record, "name")
    if not any(line.object == source.record and line.field == field for line in source.all_lines()):
        at = document.line_of("sources", name)
        yield Problem(at, "NO-NAME", f"no line fills {source.record}.{field}, by which people know it", "add a line")


def _required(document: MapDocument, name: str, source: Source) -> Iterator[Problem]:
    """Links without which a record hangs on nothing: of a treatment, its patient."""
    if source.record is None or source.keep is not None:
        return
    linked = {line.with_.get("object") for line in source.all_lines() if line.transform == "reference"}
    for other in sorted(required_links(name) & document.sources.keys() - linked):
        at = document.line_of("sources", name)
        what = f"no line says to which {other} each {name.replace('_', ' ')} belongs"
        yield Problem(
            at, "REQUIRED-MISSING", what, f"map the column with the {other}'s number, or write `keep: handover`"
        )


def _against_file(document: MapDocument, name: str, source: Source, headers: Sequence[str]) -> Iterator[Problem]:
    have = {line.column for line in source.lines}
    for column in headers:
        if column not in have:
            at = document.line_of("sources", name)
            yield Problem(at, "COLUMN-WITHOUT-LINE", f"the column `{column}` has no line", "add one, or leave it out")
    for number, line in enumerate(source.lines):
        if line.column is not None and line.column not in headers:
            at = document.line_of("sources", name, "lines", number)
            yield Problem(at, "UNKNOWN-COLUMN", f"the file has no column `{line.column}`", "correct it, or take it out")
