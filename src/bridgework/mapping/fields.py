"""Lines of a map compiled into functions that fill one field of a record from the cells of a row.

A cell that does not fit its transform never raises: its text goes word for word to the import remarks, and a finding
says so. Everything here is a function of the row, the map and the context: the same row gives the same record again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, partial
from typing import Any

from bridgework.belgium import insz, teeth
from bridgework.mapping import cells, contact, moments
from bridgework.mapping.document import Line, MapDocument, Source
from bridgework.mapping.draft import Draft
from bridgework.mapping.numerals import Sign
from bridgework.mapping.target import Claim, Context
from bridgework.mapping.transforms import settings_of
from bridgework.mapping.words import meanings, word_key

Fill = Callable[[Draft], None]


def _no_forms(_: str) -> tuple[str, ...]:
    return ()


def _no_doubt(_: str) -> str:
    return ""


def _decimal_doubt(sign: Sign | None, text: str) -> str:
    return "DECIMAL-ASSUMED" if cells.is_assumed(text, sign) else ""


@dataclass(frozen=True, slots=True)
class Column:
    """A line made ready: the columns it reads, its settings, its target."""

    line: Line
    settings: Any
    columns: tuple[str, ...]

    @property
    def name(self) -> str:
        """The first column."""
        return self.columns[0]


class Maker:
    """Compiles the lines of one source object."""

    def __init__(self, document: MapDocument, name: str, source: Source, context: Context) -> None:
        """For one source of a map, in one run."""
        self.document, self.name, self.source, self.context = document, name, source, context
        self.today = context.run_moment.astimezone(moments.ZONE).date()
        self.now = moments.iso(context.run_moment)
        self.placeholders = frozenset(word.casefold() for word in document.placeholders)

    def column(self, line: Line) -> Column:
        """Make a line ready."""
        names = (line.column,) if line.column is not None else line.from_
        return Column(line, settings_of(line), tuple(self.source.column_of(name) or name for name in names))

    def read(self, draft: Draft, column: str) -> str:
        """The cell for a transform that wants more than text: a word for nothing known goes to the import remarks."""
        return self.known(draft, column, draft.cell(column))

    def known(self, draft: Draft, column: str, text: str) -> str:
        """The text of a cell, or "" where it is a word for nothing known, which goes to the import remarks."""
        if text and text.casefold() in self.placeholders:
            draft.keep(column, text, "PLACEHOLDER")
            return ""
        return text

    # --- one line, one field -------------------------------------------------------------------------------------

    def simple(
        self,
        column: Column,
        convert: Callable[[str], Any],
        code: str,
        forms: Callable[[str], Iterable[str]] = _no_forms,
        doubt: Callable[[str], str] = _no_doubt,
    ) -> Fill:
        """Fill a field with what `convert` makes of the cell (None: no such value).

        `forms`: how the cell says it; `doubt`: the code of what had to be assumed, for which the cell is kept.
        """
        field, name, read = column.line.field, column.name, self.read

        def fill(draft: Draft) -> None:
            if text := read(draft, name):
                value = convert(text)
                if value is None:
                    draft.keep(name, text, code)
                    return
                draft.values[field] = value
                for form in forms(text):
                    draft.note(form, name)
                if assumed := doubt(text):
                    draft.keep(name, text, assumed)

        return fill

    def number(self, column: Column) -> Fill:
        """A NUMBER."""
        sign = column.settings.decimal
        read = cells.number_reader(column.settings.units, clock=column.settings.clock, decimal=sign)
        forms = partial(cells.number_forms, decimal=sign)
        return self.simple(column, read, "NOT-A-NUMBER", forms, partial(_decimal_doubt, sign))

    def money(self, column: Column) -> Fill:
        """A CURRENCY."""
        code, sign = column.settings.currency, column.settings.decimal

        def convert(text: str) -> dict[str, Any] | None:
            micros = cells.micros(text, sign)
            return None if micros is None else {"amountMicros": micros, "currencyCode": code}

        forms = partial(cells.amount_forms, decimal=sign)
        return self.simple(column, convert, "NOT-AN-AMOUNT", forms, partial(_decimal_doubt, sign))

    def boolean(self, column: Column) -> Fill:
        """A BOOLEAN."""
        return self.simple(column, cells.boolean_reader(column.settings.yes, column.settings.no), "NOT-YES-OR-NO")

    def select(self, column: Column) -> Fill:
        """A SELECT: a word that the pick-list lacks is kept, and becomes `otherwise` where there is one.

        The list is asked first: `-` says nothing in most columns, and is a word beside `+`.
        """
        field, name, otherwise, known = column.line.field, column.name, column.settings.otherwise, self.known
        option = self.options(column.settings.values)

        def fill(draft: Draft) -> None:
            text = draft.cell(name)
            value = option(text) if text else None
            if value is None:
                if not known(draft, name, text):
                    return
                draft.keep(name, text, "UNKNOWN-WORD")
                value = otherwise
            if value is not None:
                draft.values[field] = value

        return fill

    def options(self, values: str) -> Callable[[str], str | None]:
        """From a word of the practice to the option that means it."""
        words = meanings(self.document.values.get(values, {}))

        @lru_cache(maxsize=2048)
        def option(text: str) -> str | None:
            return words.get(word_key(text))

        return option

    def insz(self, column: Column) -> Fill:
        """A national number: 11 digits where it is valid, else the text as it is."""
        field, name, read = column.line.field, column.name, self.read
        born, sex = column.settings.birth_date or "", column.settings.sex or ""

        def fill(draft: Draft) -> None:
            text = read(draft, name)
            if not text:
                return
            found = insz.read(text)
            if found.number is None:
                draft.values[field] = draft.fit(name, text)
                draft.note("INSZ-NOT-VALID", name)
                return
            draft.values[field] = found.number.digits
            if found.repairs:
                draft.keep(name, text, "INSZ-REPAIRED")
            for code in _conflicts(found.number, draft.values.get(born), draft.values.get(sex)):
                draft.note(code, name)

        return fill

    def constant(self, column: Column) -> Fill:
        """The same value always, or by what another field of the record has got."""
        field, value = column.line.field, column.settings.value
        by, instead = column.settings.by or "", column.settings.instead

        def fill(draft: Draft) -> None:
            draft.values[field] = instead.get(draft.values.get(by, ""), value) if by else value

        return fill

    def tooth_notation(self, column: Column) -> Fill:
        """The notation of the column, where the cell fits it."""
        field, name = column.line.field, column.name
        notation = self.context.notations.get(self.name, column.settings.notation)

        @lru_cache(maxsize=4096)
        def convert(text: str) -> str:
            found = teeth.teeth_in(text)
            fits = {
                "FDI": bool(found) and all(tooth in teeth.FDI for tooth in found),
                "UNIVERSAL": bool(found) and all(tooth in teeth.UNIVERSAL for tooth in found),
                "PALMER": teeth.notation_of([text]) == "PALMER",
            }
            return notation if fits.get(notation) else "UNKNOWN"

        def fill(draft: Draft) -> None:
            if text := draft.cell(name):
                draft.values[field] = convert(text)

        return fill

    def task_status(self, column: Column) -> Fill:
        """TODO or DONE, by the appointment's status and by when it was due."""
        field, name, now = column.line.field, column.name, self.now
        option, done = self.options(column.settings.values), frozenset(column.settings.done)

        def fill(draft: Draft) -> None:
            over = option(draft.cell(name)) in done or draft.values.get("dueAt", now) < now
            draft.values[field] = "DONE" if over else "TODO"

        return fill

    # --- several lines, one field ----------------------------------------------------------------------------------

    def emails(self, columns: Sequence[Column]) -> Fill:
        """An EMAILS value from one or more cells; claims its primary address where addresses are unique."""
        field, read = columns[0].line.field, self.read
        shared = next((one.settings.shared for one in columns if one.settings.shared), None)

        def fill(draft: Draft) -> None:
            found: list[str] = []
            for one in columns:
                if text := read(draft, one.name):
                    addresses, rest = contact.emails_in(text)
                    found += addresses
                    for form in contact.email_forms(text, addresses):
                        draft.note(form, one.name)
                    if rest or not addresses:
                        draft.keep(one.name, text, "EMAIL-NOT-VALID")
            if found:
                value = contact.emails_value(found)
                draft.values[field] = value
                if shared:
                    draft.claims.append(Claim(f"{field}.primaryEmail", value["primaryEmail"], shared))

        return fill

    def phones(self, columns: Sequence[Column]) -> Fill:
        """A PHONES value from one or more cells; words beside a number go to the text field for them."""
        field, read = columns[0].line.field, self.read

        def fill(draft: Draft) -> None:
            found: dict[str, Mapping[str, str]] = {}
            for one in columns:
                if text := read(draft, one.name):
                    reading = contact.phones_in(text)
                    for number, parts in reading.numbers:
                        found.setdefault(number, parts)
                    for form in contact.phone_forms(text, reading):
                        draft.note(form, one.name)
                    if reading.remark or not reading.numbers:
                        _phone_remark(draft, one, text, read=bool(reading.numbers))
            if found:
                draft.values[field] = contact.phones_value(found.values())

        return fill

    def name_parts(self, columns: Mapping[str, Column]) -> Fill:
        """A FULL_NAME from its parts."""
        field = next(iter(columns.values())).line.field
        read = [(part, columns[part].name) for part in contact.NAME_PARTS if part in columns]

        def fill(draft: Draft) -> None:
            draft.values[field] = {part: draft.fit(name, draft.cell(name)) for part, name in read}

        return fill

    def address(self, columns: Mapping[str, Column]) -> Fill:
        """An ADDRESS from its parts."""
        field = next(iter(columns.values())).line.field
        lists = {part: self.options(one.settings.values) for part, one in columns.items() if one.settings.values}
        names = [(part, one.name) for part, one in columns.items()]
        box = contact.box_word(columns["box"].name) if "box" in columns else ""

        def fill(draft: Draft) -> None:
            parts = {part: draft.fit(name, text) for part, name in names if (text := draft.cell(name))}
            for part, option in lists.items():
                if part in parts:
                    parts[part] = option(parts[part]) or parts[part]
            if parts:
                draft.values[field] = contact.address_value(parts, box)

        return fill


def _conflicts(number: insz.Insz, born: str | None, sex: str | None) -> list[str]:
    letter: insz.Sex | None = "M" if sex == "MALE" else "F" if sex == "FEMALE" else None
    day = date.fromisoformat(born) if born else None
    return [f"INSZ-OTHER-{one.replace('_', '-')}" for one in insz.conflicts(number, birth_date=day, sex=letter)]


def _phone_remark(draft: Draft, column: Column, text: str, *, read: bool) -> None:
    code = "PHONE-REMARK" if read else "PHONE-NOT-READ"
    if column.settings.remarks and not draft.drops:
        draft.note(code, column.name)
        draft.line(column.settings.remarks, column.name, f"{column.name}: {text}")
    else:
        draft.keep(column.name, text, code)
