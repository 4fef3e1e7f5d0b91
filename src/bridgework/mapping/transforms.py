"""The transforms that a map may name: their settings, the types that they fill, and which may share a field."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from bridgework.mapping import cells, checks, contact, full_names, numerals

if TYPE_CHECKING:
    from bridgework.mapping.document import Line


class Settings(BaseModel):
    """What stands in `with`. `order` places a line among those that share its field."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    order: int = 0


class Text(Settings):
    """Text as it is. `join` lets several lines share the field; `headed` puts the column's header before the text.

    `otherwise` names cells to take where this one is empty; `lookup` adds the name that a source object's record has;
    `check` looks for doubts, which are said and change nothing.
    """

    join: str | None = None
    headed: bool = False
    lookup: str | None = None
    otherwise: tuple[str, ...] = ()
    check: checks.Kind | None = None

    @property
    def otherwise_cells(self) -> tuple[str, ...]:
        """Columns or concepts that stand in for an empty cell."""
        return self.otherwise


class Insz(Settings):
    """A national number; the fields of the record with the birth date and the sex that it is compared with."""

    birth_date: str | None = None
    sex: str | None = None


class Number(Settings):
    """A number; `units` may follow it; `clock` reads `1:30` as 90; `decimal` is the sign of the decimals."""

    decimal: numerals.Sign | None = None
    units: tuple[str, ...] = ()
    clock: bool = False


class Money(Settings):
    """An amount; `decimal` is the sign of the decimals, in cells that could be read both ways (`22.500`)."""

    decimal: numerals.Sign | None = None
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = "EUR"


class Day(Settings):
    """A date; `formats` names a list of the map, or is one; `past` says that the future makes no sense."""

    formats: str | tuple[str, ...] = "date"
    past: bool = False


class Clock(Settings):
    """A time of day."""

    formats: str | tuple[str, ...] = "time"


class Moment(Settings):
    """A date with a time, local to Brussels; `timed` says that a day without a time is not enough."""

    formats: str | tuple[str, ...] = "moment"
    timed: bool = False


class Boolean(Settings):
    """Yes or no, by words."""

    yes: tuple[str, ...] = cells.YES
    no: tuple[str, ...] = cells.NO


class Phones(Settings):
    """Phone numbers; `remarks` is the text field for what stands beside them."""

    remarks: str | None = None


class Emails(Settings):
    """E-mail addresses; `shared` is the text field for addresses that another record holds, where they are unique."""

    shared: str | None = None


class Address(Settings):
    """A part of an address; `values` may name a pick-list of texts, for countries."""

    values: str | None = None


class NameSplit(Settings):
    """A whole name in one cell; `names` is the order of its words, where nothing in the cell tells another.

    Without it the last name is taken to stand first, and each cell that could be either way is a finding.
    """

    names: full_names.Order | None = None


class AddressSplit(Settings):
    """A whole address in one cell; `values` may name a pick-list of texts, for countries."""

    values: str | None = None


class Select(Settings):
    """One of a pick-list; a word that it does not have becomes `otherwise`, or nothing."""

    values: str
    otherwise: str | None = None


class Reference(Settings):
    """A link to another source record by its key. `code`: a number may stand before a name (`131 - CM Limburg`)."""

    object: str
    required: bool = False
    code: bool = False


class Member(Settings):
    """The workspace member who has the e-mail that a small source object holds under the concept `email`."""

    object: str
    email: str


class NoteLine(Settings):
    """A line `Header: text` in the body."""

    lookup: str | None = None


class File(Settings):
    """A file's name; the file is attached through this field of the attachment (`targetPerson`).

    `without`: files of these kinds are not attached; their names are loaded all the same.
    """

    attach: str
    without: tuple[Literal["images"], ...] = ()


class FileLink(Settings):
    """A line with the file's name, that links to the Files tab of the record of `object`."""

    object: str


class Constant(Settings):
    """Always the same value; but another one (`instead`) where a field of the record (`by`) has one of some options."""

    value: str | bool | int | float
    by: str | None = None
    instead: dict[str, str] = Field(default_factory=dict)


class Title(Settings):
    """Cells joined into a title; `otherwise` where all are empty."""

    join: str = " "
    otherwise: str


class TaskStatus(Settings):
    """TODO or DONE: DONE for the statuses listed, and for what was due before the import."""

    values: str
    done: tuple[str, ...]


class ToothNotation(Settings):
    """The notation of the whole column; a cell that does not fit it is UNKNOWN."""

    notation: Literal["FDI", "UNIVERSAL", "PALMER", "UNKNOWN"] = "FDI"


class Tooth(Settings):
    """The FDI numbers of a cell's teeth; `notation` is that of the column, where its cells do not tell another."""

    notation: Literal["FDI", "UNIVERSAL", "PALMER"] = "FDI"


class NumberStatus(Settings):
    """What is to be said of a number beside it; the number itself stays as it is."""

    kind: Literal["insz", "riziv"]


class Entitlement(Settings):
    """An entitlement code: the cell, or this part of it where it holds both and another line takes the other part."""

    part: Literal["ct1", "ct2"]


class CodeStatus(Settings):
    """What the nomenclature says of a code on a day: that of the record's field `date`, never today."""

    date: str


@dataclass(frozen=True, slots=True)
class Transform:
    """Its settings, the field types that it fills, the parts that it takes, whether lines may share a field."""

    settings: type[Settings]
    types: frozenset[str]
    parts: tuple[str, ...] = ()
    shares: bool = False


def _one(settings: type[Settings], types: str, *, parts: tuple[str, ...] = (), shares: bool = False) -> Transform:
    return Transform(settings, frozenset(types.split()), parts, shares)


TRANSFORMS: dict[str, Transform] = {
    "text": _one(Text, "TEXT"),
    "key": _one(Settings, "TEXT"),
    "insz": _one(Insz, "TEXT"),
    "number": _one(Number, "NUMBER"),
    "money": _one(Money, "CURRENCY"),
    "date": _one(Day, "DATE DATE_TIME", parts=("date",)),
    "time": _one(Clock, "DATE_TIME", parts=("time",)),
    "moment": _one(Moment, "DATE_TIME"),
    "boolean": _one(Boolean, "BOOLEAN"),
    "phones": _one(Phones, "PHONES", shares=True),
    "emails": _one(Emails, "EMAILS", shares=True),
    "name": _one(Settings, "FULL_NAME", parts=contact.NAME_PARTS),
    "name-split": _one(NameSplit, "FULL_NAME"),
    "address": _one(Address, "ADDRESS", parts=contact.ADDRESS_PARTS),
    "address-split": _one(AddressSplit, "ADDRESS"),
    "select": _one(Select, "SELECT"),
    "reference": _one(Reference, "RELATION"),
    "member": _one(Member, "RELATION"),
    "note-text": _one(Settings, "RICH_TEXT", shares=True),
    "note-line": _one(NoteLine, "RICH_TEXT", shares=True),
    "file-link": _one(FileLink, "RICH_TEXT", shares=True),
    "file": _one(File, "TEXT"),
    "constant": _one(Constant, "TEXT SELECT BOOLEAN NUMBER"),
    "title": _one(Title, "TEXT"),
    "task-status": _one(TaskStatus, "SELECT"),
    "code": _one(Settings, "TEXT"),
    "tooth": _one(Tooth, "TEXT"),
    "entitlement": _one(Entitlement, "TEXT"),
    "tooth-fdi": _one(Tooth, "TEXT"),
    "tooth-notation": _one(ToothNotation, "SELECT"),
    "number-status": _one(NumberStatus, "SELECT"),
    "code-status": _one(CodeStatus, "SELECT"),
    "code-valid": _one(CodeStatus, "BOOLEAN"),
    "code-table": _one(Settings, "TEXT"),
}

JUDGES_CODES = frozenset({"code-status", "code-valid", "code-table"})
"""Transforms whose result depends on the nomenclature's table: the map must name its version."""


SAYS_OF = frozenset({"number-status", "code-status", "code-valid", "code-table", "tooth-notation", "task-status"})
"""Transforms that say something of a cell, and do not load the cell itself."""

STATUS_OPTIONS = {
    "insz": ("VALID", "BIS", "REPAIRED", "INVALID", "MISSING"),
    "riziv": ("VALID", "SHORT", "REPAIRED", "INVALID", "MISSING"),
}
"""What `number-status` writes of each kind of number."""

WRITTEN_OPTIONS = {
    "task-status": ("TODO", "DONE"),
    "tooth-notation": ("FDI", "UNIVERSAL", "PALMER", "UNKNOWN"),
    "code-status": (
        *("VALID", "NOT_YET_VALID", "ABOLISHED", "GAP", "UNKNOWN", "WRONG_CHECK", "HOSPITAL_VARIANT", "SEVERAL"),
        *("PRIVATE", "NO_DATE"),
    ),
}
"""What the other transforms write that have options of their own."""

_READ = {"birth_date": "DATE", "sex": "SELECT", "date": "DATE"}


def settings_of(line: Line) -> Any:
    """The line's settings, checked; raises pydantic's ValidationError where they do not fit."""
    return TRANSFORMS[line.transform or ""].settings.model_validate(line.with_)


def shares_field(line: Line) -> bool:
    """Whether other lines may fill the same field."""
    return TRANSFORMS[line.transform or ""].shares or (line.transform == "text" and line.with_.get("join") is not None)


def side_fields(line: Line) -> Iterator[str]:
    """Text fields of the same object that the line also fills."""
    for name in ("remarks", "shared"):
        if line.transform in {"phones", "emails"} and isinstance(line.with_.get(name), str):
            yield line.with_[name]


def fields_named(line: Line) -> list[str]:
    """All fields of its object that a line fills or looks at, its own first."""
    return list(dict.fromkeys((line.field, *side_fields(line), *(name for _, name, _ in fields_read(line)))))


def fields_read(line: Line) -> Iterator[tuple[str, str, str]]:
    """Fields of the same record that the line looks at: (setting, field, type that it must have)."""
    for setting, kind in _READ.items():
        if line.transform in {"insz", "code-status", "code-valid"} and isinstance(line.with_.get(setting), str):
            yield setting, line.with_[setting], kind
    if line.transform == "constant" and isinstance(line.with_.get("by"), str):
        yield "by", line.with_["by"], "SELECT"
