"""What the transform of a line does, with its settings, as a sentence for people who approve the map."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from pydantic import ValidationError

from bridgework.mapping.document import Line, MapDocument
from bridgework.mapping.labels import field_label, option_label, part_label
from bridgework.mapping.presets import preset_of
from bridgework.mapping.target import REMARKS
from bridgework.mapping.transforms import TRANSFORMS, settings_of

Sentence = Callable[[Any, Line, MapDocument], str]
"""From checked settings, the line and its map to the sentence, without a capital and a full stop."""

_CHECKS = {
    "nomenclature": "its check digit is tried",
    "riziv": "its check digits are tried",
    "ct1": "compared with the list of entitlement codes",
    "ct2": "compared with the list of entitlement codes",
}
_CURRENCIES = {"EUR": "euro"}
_NUMBERS = {
    "insz": "whether the national number is valid, a BIS number, repaired, not valid or missing",
    "riziv": "whether the RIZIV number is valid, without a qualification, repaired, not valid or missing",
}
_JOINS = {"\n": "on a line of its own", " ": "after a space", "": "right behind them"}


def rule(line: Line, document: MapDocument) -> str:
    """The sentence of a line; its transform alone where nobody can read it, empty for a line without one."""
    transform = line.transform or ""
    if transform not in TRANSFORMS:
        return transform
    try:
        settings = settings_of(line)
    except ValidationError:
        return f"{transform}, by settings that cannot be read"
    return SENTENCES[transform](settings, line, document)


# --- text ----------------------------------------------------------------------------------------------------------


def _text(settings: Any, _: Line, document: MapDocument) -> str:
    said = "text, word for word"
    if settings.headed:
        said += ", after the column's name"
    if settings.join is not None:
        how = _JOINS.get(settings.join, f"after “{settings.join.strip()}”")
        said += f", joined with other columns of the field {how}"
    said += _looked_up(settings)
    if settings.check:
        said += f"; {_CHECKS[settings.check]}"
    if settings.otherwise:
        said += f"; where it is empty, {_columns(document, settings.otherwise)}"
    return said


def _looked_up(settings: Any) -> str:
    return f", with the name of the {_thing(settings.lookup)} who has this number" if settings.lookup else ""


def _title(settings: Any, line: Line, document: MapDocument) -> str:
    of = _columns(document, line.from_, "and") if line.from_ else "cells"
    return f"{of} joined into a title; “{settings.otherwise}” where all are empty"


def _file(settings: Any, _: Line, __: MapDocument) -> str:
    to = part_label(settings.attach.removeprefix("target"))
    without = "; images are not attached" if settings.without else ""
    return f"the file's name; the file itself is attached to the {to}{without}"


def _constant(settings: Any, line: Line, document: MapDocument) -> str:
    if isinstance(settings.value, bool):
        return f"always {'yes' if settings.value else 'no'}"
    said = f"always {option_label(document, line, str(settings.value))}"
    for option, value in settings.instead.items() if settings.by else ():
        by = Line(target=f"{line.object}.{settings.by}")
        said += f", but {option_label(document, line, value)}"
        said += f" where {field_label(document, line.object, settings.by)} is {option_label(document, by, option)}"
    return said


# --- numbers, days, choices ----------------------------------------------------------------------------------------


def _number(settings: Any, _: Line, __: MapDocument) -> str:
    units = f", without the unit behind it ({', '.join(settings.units)})" if settings.units else ""
    return f"a number{units}{_decimals(settings)}{'; 1:30 is read as 90' if settings.clock else ''}"


def _money(settings: Any, _: Line, __: MapDocument) -> str:
    currency = _CURRENCIES.get(settings.currency, settings.currency)
    return f"an amount in {currency}, its cents behind a {settings.decimal or 'comma or a point'}"


def _decimals(settings: Any) -> str:
    return f", its decimals behind a {settings.decimal}" if settings.decimal else ""


def _date(settings: Any, line: Line, document: MapDocument) -> str:
    what = "the day of a moment of Brussels" if line.part else "a date"
    future = "; one in the future is loaded and reported" if settings.past else ""
    return f"{what}, read as {_read_as(settings, document)}{future}"


def _time(settings: Any, _: Line, document: MapDocument) -> str:
    return f"the time of the day beside it, read as {_read_as(settings, document)}"


def _moment(settings: Any, _: Line, document: MapDocument) -> str:
    return f"a date and time of Brussels, read as {_read_as(settings, document)}"


def _read_as(settings: Any, document: MapDocument) -> str:
    named = settings.formats
    formats = document.formats.get(named, ()) if isinstance(named, str) else named
    first = ["the day number of a spreadsheet" if one == "serial" else one for one in formats]
    return f"{first[0]} and {len(first) - 1} other forms" if len(first) > 2 else " or ".join(first)


def _boolean(settings: Any, _: Line, __: MapDocument) -> str:
    return f"yes by {_some(settings.yes)}; no by {_some(settings.no)}"


def _some(words: Sequence[str]) -> str:
    return f"{', '.join(words[:4])} and {len(words) - 4} other words" if len(words) > 5 else _listed(words)


def _select(settings: Any, line: Line, document: MapDocument) -> str:
    said = f"one of the pick-list {_thing(settings.values)}; other words "
    if settings.otherwise:
        said += f"become {option_label(document, line, settings.otherwise)}, and "
    return f"{said}are {'counted and not kept' if _drops(document) else 'kept in the import remarks'}"


def _task_status(settings: Any, _: Line, __: MapDocument) -> str:
    done = _listed([_thing(one).capitalize() for one in settings.done])
    return f"done where the pick-list {_thing(settings.values)} says {done}, or the day is past; else to do"


# --- Belgian numbers and codes -------------------------------------------------------------------------------------


def _insz(settings: Any, line: Line, document: MapDocument) -> str:
    fields = [field_label(document, line.object, one).lower() for one in (settings.birth_date, settings.sex) if one]
    compared = f" and compared with {_listed(fields, 'and')}" if fields else ""
    return f"the 11 digits of the national number, tried by its check digits{compared}; other text as it is"


def _by_day(what: str) -> Sentence:
    return lambda settings, line, document: f"{what} on the day in {field_label(document, line.object, settings.date)}"


# --- people, places, links -----------------------------------------------------------------------------------------


def _drops(document: MapDocument) -> bool:
    """Whether cells that do not fit their fields are not kept."""
    return preset_of(document).drops_misfits


def _phones(settings: Any, line: Line, document: MapDocument) -> str:
    if _drops(document):
        return "phone numbers in international form; words beside them are counted and not kept"
    to = field_label(document, line.object, settings.remarks or REMARKS)
    return f"phone numbers in international form; words beside them go to {to}"


def _emails(settings: Any, line: Line, document: MapDocument) -> str:
    said = "e-mail addresses in small letters"
    if not settings.shared:
        return said
    return (
        f"{said}; one that another record holds already goes to {field_label(document, line.object, settings.shared)}"
    )


def _name_split(settings: Any, _: Line, __: MapDocument) -> str:
    said = "a whole name, parted into first and last name; where nothing tells, the"
    if settings.names is None:
        return f"{said} last name is assumed to stand first, and reported"
    return f"{said} {settings.names.partition('-')[0]} name stands first"


def _address(settings: Any, line: Line, _: MapDocument) -> str:
    return f"a part of the address: the {part_label(line.part)}{_by_list(settings)}"


def _address_split(settings: Any, _: Line, __: MapDocument) -> str:
    return f"a whole address, parted into street, house number, box, postal code and city{_by_list(settings)}"


def _by_list(settings: Any) -> str:
    return f", called as the list {_thing(settings.values)} says" if settings.values else ""


def _reference(settings: Any, _: Line, __: MapDocument) -> str:
    other = _thing(settings.object)
    code = ", which may stand before a name" if settings.code else ""
    required = f"; without that {other} the record is not loaded" if settings.required else ""
    return f"a link to the {other} with this number{code}{required}"


def _member(settings: Any, _: Line, __: MapDocument) -> str:
    return f"the member of the workspace who has the e-mail address of this {_thing(settings.object)}"


def _file_link(settings: Any, _: Line, __: MapDocument) -> str:
    return f"a line with the file's name, which links to the files of the {_thing(settings.object)}"


# --- words ---------------------------------------------------------------------------------------------------------


def _thing(name: str) -> str:
    """`invoice_line` or `NO_SHOW` in words."""
    return name.replace("_", " ").lower()


def _columns(document: MapDocument, wanted: Sequence[str], last: str = "or") -> str:
    """Concepts and columns by the columns' names; a concept is that of one source only."""
    found = [
        next((column for source in document.sources.values() if (column := source.column_of(name))), name)
        for name in wanted
    ]
    return _listed(found, last)


def _listed(words: Sequence[str], last: str = "or") -> str:
    return f" {last} ".join(one for one in (", ".join(words[:-1]), words[-1]) if one) if words else ""


def _plain(text: str) -> Sentence:
    return lambda *_: text


SENTENCES: dict[str, Sentence] = {
    "text": _text,
    "key": _plain("the record's number in DentAdmin, by which it is found again"),
    "insz": _insz,
    "number": _number,
    "money": _money,
    "date": _date,
    "time": _time,
    "moment": _moment,
    "boolean": _boolean,
    "phones": _phones,
    "emails": _emails,
    "name": lambda _, line, __: f"a part of the name: the {part_label(line.part)}",
    "name-split": _name_split,
    "address": _address,
    "address-split": _address_split,
    "select": _select,
    "reference": _reference,
    "member": _member,
    "note-text": _plain("a paragraph of the text, word for word"),
    "note-line": lambda settings, _, __: f"a line of the text, after the column's name{_looked_up(settings)}",
    "file-link": _file_link,
    "file": _file,
    "constant": _constant,
    "title": _title,
    "task-status": _task_status,
    "code": _plain("a nomenclature code as six digits, its check digit tried; other text as it is"),
    "tooth": lambda settings, _, __: f"FDI numbers of teeth, read as {settings.notation} where the cells tell nothing",
    "entitlement": lambda settings, line, _: (
        f"the entitlement code, compared with the list; {settings.part.upper()} of a cell that holds both"
        if line.column is not None
        else f"{settings.part.upper()} of a cell that holds both entitlement codes"
    ),
    "tooth-fdi": _plain(
        "the same teeth in FDI, where the notation is known and nothing had to be assumed; else nothing"
    ),
    "tooth-notation": lambda settings, _, __: (
        f"the notation of the column: {settings.notation}, or what its cells tell"
    ),
    "number-status": lambda settings, _, __: _NUMBERS[settings.kind],
    "code-status": _by_day("what the nomenclature says of the code"),
    "code-valid": _by_day("whether the code was valid"),
    "code-table": _plain("the table of the nomenclature by which the code was judged"),
}
"""One for each transform that a map may name."""
