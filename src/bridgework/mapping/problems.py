"""Everything wrong in a map, each with its line in the file: shown before anybody approves it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from bridgework.mapping import moments, standard
from bridgework.mapping.links_needed import required_links
from bridgework.mapping.problem import Problem
from bridgework.mapping.problems_lines import find_in_line
from bridgework.mapping.problems_objects import find_in_objects
from bridgework.mapping.transforms import JUDGES_CODES, TRANSFORMS, shares_field, side_fields
from bridgework.mapping.words import squash, word_key

if TYPE_CHECKING:
    from bridgework.mapping.document import Line, MapDocument, Source

__all__ = ["Problem", "find"]


def find(document: MapDocument, headers: Mapping[str, Sequence[str]] | None = None) -> list[Problem]:
    """All problems, in the order of their lines. `headers`: the columns of the files, by source object."""
    found = [*_formats(document), *_pick_lists(document), *find_in_objects(document), *_nomenclature(document)]
    for name, source in document.sources.items():
        found += _source(document, name, source)
        if headers is not None and name in headers:
            found += _against_file(document, name, source, headers[name])
    for name in [one for one in headers or () if one not in document.sources]:
        what = f"{name} was read, and the map has nothing of it"
        found.append(Problem(document.line_of("sources"), "OBJECT-MISSING", what, "`bridgework map DIR --renew`"))
    return sorted(set(found), key=lambda problem: problem.line)


def _formats(document: MapDocument) -> Iterator[Problem]:
    for name, formats in document.formats.items():
        for one in formats:
            if not moments.is_format(one):
                yield Problem(
                    document.line_of("formats", name),
                    "BAD-FORMAT",
                    f"`{one}` is no format of a date or a time",
                    "write it with dd mm yyyy yy HH MM SS fff Z, or `serial`",
                )


def _pick_lists(document: MapDocument) -> Iterator[Problem]:
    for name, options in document.values.items():
        called: dict[str, str] = {}
        # The name of an option that has words is a word for it too; one without may have lost it to another option.
        meant = {word_key(option): option for option, words in options.items() if words}
        for option in options:
            if called.setdefault(squash(option), option) != option:
                at = document.line_of("values", name, option)
                yield Problem(at, "TWO-MEANINGS", f"`{option}` is another option of `{name}` too", "call it otherwise")
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
        said = find_in_line(document, source, line, derived=place == "derived")
        yield from (Problem(at, *rest) for rest in said)
    yield from _two_to_one(document, name, source)
    yield from _halves(document, name, source)
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


def _two_to_one(document: MapDocument, name: str, source: Source) -> Iterator[Problem]:
    """Lines of which one would take the place of what another has written."""
    known = [(place, number, line) for place, number, line in _placed(source) if line.transform in TRANSFORMS]
    loaded = [(place, number, line) for place, number, line in known if line.loaded and line.target]
    whole = {(line.object, line.field) for _, _, line in loaded if not line.part}
    sides = {(line.object, side) for _, _, line in loaded for side in side_fields(line)}
    first: dict[object, Line] = {}
    for place, number, line in loaded:
        at = document.line_of("sources", name, place, number)
        field = (line.object, line.field)
        other = first.setdefault(_filled(line), line)
        if other is not line and not (shares_field(line) and shares_field(other)):
            by = f"the column `{other.column}`" if other.column is not None else "a derived line"
            what = f"`{line.target}` is filled by {by} already"
            yield Problem(at, "TWO-LINES", what, "choose another target for one")
        if line.part and field in whole:
            what = f"`{line.target}` is a part of a field that another line fills as a whole"
            yield Problem(at, "TWO-LINES", what, "leave one of them out, or choose another target")
        if field in sides and not shares_field(line):
            what = f"`{line.target}` takes what stands beside phones or e-mails: the line would take its place"
            yield Problem(at, "TWO-LINES", what, 'add `with: {join: "\\n"}`, or choose another target')
        if line.transform == "file" and first.setdefault("file", line) is not line:
            yield Problem(at, "TWO-LINES", "a record has one file, and another line names it", "load this one as text")


def _filled(line: Line) -> tuple[str, ...]:
    """What a line fills for itself: a part or a field; of an object that only links, all of it."""
    return (line.object,) if line.object in standard.TARGET_OBJECTS else (line.object, line.field, line.part)


def _halves(document: MapDocument, name: str, source: Source) -> Iterator[Problem]:
    """Times of which the day is not loaded."""
    days = {(line.object, line.field) for line in source.all_lines() if line.part == "date"}
    for place, number, line in _placed(source):
        if line.loaded and line.part == "time" and (line.object, line.field) not in days:
            at = document.line_of("sources", name, place, number)
            what = f"no line fills `{line.object}.{line.field}.date`, and a time without its day says nothing"
            yield Problem(at, "DATE-MISSING", what, "load the column with the day, or choose another target")


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
    linked = {str(line.with_.get("object")) for line in source.all_lines() if line.transform == "reference"}
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
