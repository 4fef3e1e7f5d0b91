"""Lines of a map that fill days and moments, compiled like those in `fields`: no hour or century goes in unsaid."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from bridgework.belgium import insz
from bridgework.mapping import moments
from bridgework.mapping.draft import Draft
from bridgework.mapping.fields import Column, Fill, Maker


class DayMaker(Maker):
    """Compiles the lines that fill days and moments."""

    def formats(self, column: Column) -> Sequence[str]:
        """The formats that the line declares."""
        named = column.settings.formats
        return self.document.formats.get(named, ()) if isinstance(named, str) else named

    def day(self, column: Column) -> Callable[[Draft], moments.Read | None]:
        """Reads the cell's day with its century; a text that is none is kept, and so is a day for nothing known."""
        name, read_cell, number = column.name, self.read, self._number_beside(column)
        past = bool(getattr(column.settings, "past", False))
        read, today = moments.day_reader(self.formats(column)), self.today
        nothing = {moments.Read(found.day) for word in self.placeholders if (found := read(word))}

        def value(draft: Draft) -> moments.Read | None:
            text = read_cell(draft, name)
            found = read(text) if text else None
            if found in nothing:
                draft.keep(name, text, "PLACEHOLDER")
                return None
            if found is not None:
                for form in moments.forms(text, found):
                    draft.note(form, name)
            if found is not None and found.short_year is not None:
                found = _by_number(draft, number, found) or _with_century(draft, name, found, today, past=past)
            if text and found is None:
                draft.keep(name, text, "NOT-A-DATE")
            elif found is not None and past and found.day > today:
                draft.note("FUTURE-DATE", name)
            return found

        return value

    def _number_beside(self, column: Column) -> str:
        """The column of the national number that is compared with this birth date; empty where there is none."""
        numbers = (one for one in self.source.all_lines() if one.transform == "insz" and one.column is not None)
        of_it = (one.column for one in numbers if one.with_.get("birth_date") == column.line.field)
        return next((name for name in of_it if name), "")

    def date(self, column: Column) -> Fill:
        """A DATE."""
        field, name, value = column.line.field, column.name, self.day(column)

        def fill(draft: Draft) -> None:
            if found := value(draft):
                draft.values[field] = found.day.isoformat()
                if found.clock:
                    draft.keep(name, draft.cell(name), "TIME-DROPPED")

        return fill

    def moment(self, column: Column) -> Fill:
        """A DATE_TIME from one cell."""
        field, name, value = column.line.field, column.name, self.day(column)
        timed = bool(getattr(column.settings, "timed", False))

        def fill(draft: Draft) -> None:
            if found := value(draft):
                put_moment(draft, field, found, name)
                if timed and found.clock is None:
                    draft.note("HOUR-ASSUMED", name)

        return fill

    def date_and_time(self, columns: Mapping[str, Column]) -> Fill:
        """A DATE_TIME from a cell with the date and one with the time."""
        first = columns["date"]
        field, name, value = first.line.field, first.name, self.day(first)
        at = columns.get("time")
        clock = moments.clock_reader(self.formats(at)) if at else None
        at_name, read = at.name if at else "", self.read

        def fill(draft: Draft) -> None:
            found = value(draft)
            text = read(draft, at_name) if at_name else ""
            time = clock(text, found.day if found else None) if clock and text else None
            if text and (time is None or found is None):
                draft.keep(at_name, text, "NOT-A-TIME")
            if found:
                put_moment(draft, field, moments.Read(found.day, time) if time else found, at_name if time else name)
                if time is None and found.clock is None:
                    draft.note("HOUR-ASSUMED", at_name or name)

        return fill


def put_moment(draft: Draft, field: str, found: moments.Read, column: str) -> None:
    """Put a local moment into a field as UTC; what the clock did to it is a finding."""
    draft.values[field], what = moments.of_read(found)
    if what == "CLOCK-GAP":
        draft.keep(column, draft.cell(column), what)
    elif what:
        draft.note(what, column)


def _by_number(draft: Draft, column: str, found: moments.Read) -> moments.Read | None:
    """The day with the century that a valid national number in the row tells, where it tells the same day."""
    number = insz.read(draft.cell(column)).number if column else None
    born = number.birth_date if number else None
    if born is None or (born.month, born.day, born.year % 100) != (found.day.month, found.day.day, found.short_year):
        return None
    return moments.Read(born, found.clock)


def _with_century(draft: Draft, name: str, found: moments.Read, today: date, *, past: bool) -> moments.Read | None:
    day, doubtful = moments.full_year(found, today, past=past)
    if day is None:
        return None
    if doubtful:
        draft.keep(name, draft.cell(name), "CENTURY-ASSUMED")
    return moments.Read(day, found.clock)
