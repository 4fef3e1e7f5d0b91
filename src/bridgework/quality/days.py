"""Reads the dates of one column: the day, the form in which it is written, and what is odd about it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cache

from bridgework.mapping import moments
from bridgework.mapping.catalogue import builtin

_MOST_KEPT = 16_000  # days of forty years, and the odd forms
_DIGITS = re.compile(r"\d+")
_BESIDE = re.compile("[ T]")
_ZERO = re.compile(r"[0 ./:-]{6,}", re.ASCII)
_NIGHT = re.compile(r"[ T]0?2\D?\d\d")
# Programs write these where they know no date: the first days of their calendars.
_FIRST_DAYS = frozenset(date(*day).toordinal() for day in ((1900, 1, 1), (1899, 12, 30), (1899, 12, 31), (1753, 1, 1)))


@cache
def words_for_nothing() -> frozenset[str]:
    """Words that stand for nothing known, without capitals."""
    return frozenset(word.casefold() for word in builtin().placeholders if not word[:1].isdigit())


@dataclass(frozen=True, slots=True)
class Day:
    """One cell: the day as an ordinal (0: none to rely on), its form (`9/9/9999`), a code where something is odd."""

    ordinal: int = 0
    form: str = ""
    code: str = ""


_EMPTY = Day()


class DayColumn:
    """Reads the cells of one column; the same text is read once."""

    def __init__(self, today: date, *, past: bool, formats: str = "date") -> None:
        """Read by the formats of the built-in map; `past` takes a year of two digits for one that is over."""
        self._read = moments.day_reader(builtin().formats[formats])
        self._today, self._past = today, past
        self._known: dict[str, Day] = {}

    def read(self, text: str) -> Day:
        """What a cell says."""
        found = self._known.get(text)
        if found is None:
            if len(self._known) >= _MOST_KEPT:
                self._known.clear()
            found = self._known[text] = self._judge(text.strip())
        return found

    def _judge(self, text: str) -> Day:
        if not text or text.casefold() in words_for_nothing():
            return _EMPTY
        if _ZERO.fullmatch(text):
            return Day(code="DATE-ZERO")
        found = self._read(text)
        return Day(code="DATE-NOT-READ") if found is None else self._day(found, _form(text))

    def _day(self, found: moments.Read, form: str) -> Day:
        if found.short_year is not None:
            day, doubtful = moments.full_year(found, self._today, past=self._past)
            # A day in either century is no ground to judge other things by.
            return Day(0 if doubtful or day is None else day.toordinal(), form, "DATE-SHORT-YEAR")
        ordinal = found.day.toordinal()
        if ordinal in _FIRST_DAYS:
            return Day(0, form, "DATE-1900")
        if form == "99999":
            return Day(ordinal, form, "DATE-AS-NUMBER")
        return Day(ordinal, form)


def _form(text: str) -> str:
    day = _BESIDE.split(text)[0]
    return _DIGITS.sub(lambda digits: "9" if len(digits[0]) <= 2 else "9" * len(digits[0]), day)


class Clock:
    """Finds local moments that the clock skipped in March, or that came twice in October."""

    def __init__(self) -> None:
        """Read by the formats of the built-in map."""
        self._read = moments.day_reader(builtin().formats["moment"])

    def code(self, text: str) -> str:
        """`HOUR-SKIPPED`, `HOUR-TWICE`, or empty. Only between two and three at night can it be either."""
        if not _NIGHT.search(text):
            return ""
        found = self._read(text.strip())
        if found is None or found.clock is None or found.short_year is not None:
            return ""
        _, what = moments.of_read(found)
        return {"CLOCK-GAP": "HOUR-SKIPPED", "CLOCK-OVERLAP": "HOUR-TWICE"}.get(what, "")
