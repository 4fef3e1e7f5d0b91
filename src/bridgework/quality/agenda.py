"""Appointments: two at once, past and still planned, after death."""

from __future__ import annotations

import re
from array import array
from datetime import date

from bridgework.mapping import moments
from bridgework.mapping.catalogue import builtin
from bridgework.mapping.words import word_key
from bridgework.practice.rows import SourceRecord
from bridgework.quality.days import Clock, DayColumn
from bridgework.quality.people import People
from bridgework.quality.state import State, options

_GONE = frozenset({"CANCELLED", "NO_SHOW", "MOVED"})
_WAITING = frozenset({"PLANNED", "CONFIRMED"})
_LENGTH = re.compile(r"\s*(?:(\d{1,2})[:uh](\d{2})|(\d{1,3}))")
_USUAL, _LONGEST = 20, 720
# Minutes since year 1, minutes it takes, row number: one integer that sorts by time.
_ROW_BITS, _LENGTH_BITS = 27, 10
_DAY_MINUTES = 24 * 60
_FIRST_DAY = 693_596  # 1 January 1900


class Agenda:
    """The appointments' rows."""

    def __init__(self, state: State, people: People | None) -> None:
        """Make the columns ready."""
        columns = state.columns["appointment"]
        self._tally, self._people = state.tally, people
        self._one = {name: columns.one(name) for name in columns.names()}
        self._days = DayColumn(state.today, past=False)
        self._clock = moments.clock_reader(builtin().formats["time"])
        self._odd_hours = Clock()
        self._status = options("appointment_status")
        self._today = state.today.toordinal()
        self._booked: dict[tuple[str, str], array[int]] = {}

    def _cell(self, row: SourceRecord, name: str) -> str:
        header = self._one.get(name)
        return row.values.get(header, "").strip() if header else ""

    def see(self, row: SourceRecord) -> None:
        at = self._people.came(self._cell(row, "patient_number")) if self._people else -1
        ordinal = self._days.read(self._cell(row, "date")).ordinal
        if not ordinal:
            return
        status = self._status.get(word_key(self._cell(row, "status")), "")
        if ordinal < self._today and status in _WAITING:
            self._tally.add("PAST-STILL-PLANNED", row, self._one["status"])
        if status in _GONE:
            return
        if at >= 0 and self._people and 0 < self._people.died[at] < ordinal:
            self._tally.add("AFTER-DEATH", row, self._one["date"])
        self._book(row, ordinal)

    def _book(self, row: SourceRecord, ordinal: int) -> None:
        text = self._cell(row, "start")
        start = self._clock(text, date.fromordinal(ordinal)) if text else None
        if start is None or ordinal < _FIRST_DAY:
            return
        if start.hour == 2 and (code := self._odd_hours.code(f"{self._cell(row, 'date')} {text}")):
            self._tally.add(code, row, self._one["start"])
        minute = (ordinal - _FIRST_DAY) * _DAY_MINUTES + start.hour * 60 + start.minute
        length = _minutes(self._cell(row, "duration"))
        packed = (((minute << _LENGTH_BITS) | length) << _ROW_BITS) | row.row_no
        provider = self._cell(row, "provider_number")
        chair = "/".join(part for part in (self._cell(row, "room"), self._cell(row, "chair")) if part)
        for kind, name in (("provider_number", provider), ("chair", chair)):
            if name:
                self._booked.setdefault((kind, name), array("q")).append(packed)

    def end(self) -> None:
        """Count the appointments that begin before an earlier one of the same provider, or chair, is over."""
        both: set[int] = set()
        for kind in ("provider_number", "chair"):
            for (which, _), booked in self._booked.items():
                if which != kind:
                    continue
                for row_no in _overlapping(booked):
                    if kind == "provider_number":
                        both.add(row_no)
                        self._tally.add_number("OVERLAP", "appointment", row_no, self._one[kind])
                    elif row_no not in both:
                        self._tally.add_number("CHAIR-TAKEN-TWICE", "appointment", row_no, self._one[kind])


def _overlapping(booked: array[int]) -> list[int]:
    found, over = [], 0
    for packed in sorted(booked):
        minute = packed >> (_ROW_BITS + _LENGTH_BITS)
        if minute < over:
            found.append(packed & ((1 << _ROW_BITS) - 1))
        over = max(over, minute + ((packed >> _ROW_BITS) & ((1 << _LENGTH_BITS) - 1)))
    return found


def _minutes(text: str) -> int:
    """How long an appointment takes; the usual length where the cell does not say it."""
    match = _LENGTH.match(text)
    if match is None:
        return _USUAL
    length = int(match[3]) if match[3] else int(match[1]) * 60 + int(match[2])
    return min(length, _LONGEST)
