"""Dates of every object: unreadable, of two digits, in several forms, in the future, outside the practice's life."""

from __future__ import annotations

from datetime import date

from bridgework.practice.rows import SourceRecord
from bridgework.quality.days import Clock, DayColumn
from bridgework.quality.forms import Forms
from bridgework.quality.state import State
from bridgework.quality.tally import Tally

# Dates that cannot be in the future, and those by which the practice's life is known.
_PAST = frozenset(
    {
        *("patient.birth_date", "patient.deceased_on", "patient.first_visit", "patient.last_visit"),
        *("invoice.date", "transaction.date", "document.date", "communication.moment"),
    }
)
_LIFE = frozenset({"appointment.date", "treatment.date", "invoice.date", "transaction.date"})
_STAMPS = frozenset({"created_at", "changed_at"})
_SHARE, _AT_LEAST = 10_000, 2
_YEARS_AHEAD = 2


class Life:
    """The years in which the practice was at work, told from all its dates; those outside are then counted."""

    def __init__(self, tally: Tally, today: date) -> None:
        """Begin with no years."""
        self._tally, self._today = tally, today
        self._years: dict[tuple[str, str], dict[int, tuple[int, int]]] = {}

    def add(self, header: str, ordinal: int, row: SourceRecord) -> None:
        """Count one date."""
        year = date.fromordinal(ordinal).year
        years = self._years.setdefault((row.object, header), {})
        count, first = years.get(year, (0, row.row_no))
        years[year] = (count + 1, first)

    def end(self) -> None:
        """Count the dates before the first year and after the last one."""
        all_years: dict[int, int] = {}
        for years in self._years.values():
            for year, (count, _) in years.items():
                all_years[year] = all_years.get(year, 0) + count
        if not all_years:
            return
        enough = max(_AT_LEAST, sum(all_years.values()) // _SHARE)
        first = max(all_years, key=lambda year: all_years[year])
        while all_years.get(first - 1, 0) >= enough:
            first -= 1
        last = self._today.year + _YEARS_AHEAD
        for (object_, header), years in self._years.items():
            for year, (count, row_no) in sorted(years.items()):
                if year < first - 1 or year > last:
                    self._tally.add_number("DATE-OUTSIDE", object_, row_no, header, count)
            self._tally.detail("DATE-OUTSIDE", object_, header, f"the practice's dates are of {first} to {last}")


class Dates:
    """The dates of one object."""

    def __init__(self, state: State, object_: str, life: Life) -> None:
        """Make the columns ready."""
        columns = state.columns[object_]
        self._tally, self._life, self._today = state.tally, life, state.today.toordinal()
        self._clock = Clock()
        self._moments = [header for _, header in columns.by_transform("moment")]
        self._columns = []
        for name, header in columns.by_transform("date", "moment"):
            if name in _STAMPS:
                continue
            concept = f"{object_}.{name}"
            past = concept in _PAST
            formats = "moment" if header in self._moments else "date"
            reader = DayColumn(state.today, past=past, formats=formats)
            forms = Forms(state.tally, "DATE-FORMS", object_, header)
            self._columns.append((header, reader, forms, past, concept in _LIFE, name == "birth_date"))

    def see(self, row: SourceRecord) -> None:
        values = row.values
        for header in self._moments:
            text = values.get(header)
            if text and "2" in text and (code := self._clock.code(text)):
                self._tally.add(code, row, header)
        for header, reader, forms, past, lives, is_birth in self._columns:
            text = values.get(header)
            if not text:
                continue
            day = reader.read(text)
            if day.code:
                self._tally.add(day.code, row, header, text)
            if day.form:
                forms.add(day.form, row)
            if not day.ordinal:
                continue
            if past and day.ordinal > self._today:
                self._tally.add("BIRTH-DATE-FUTURE" if is_birth else "DATE-FUTURE", row, header, text)
            elif lives:
                self._life.add(header, day.ordinal, row)

    def end(self) -> None:
        for _, _, forms, *_ in self._columns:
            forms.end()
