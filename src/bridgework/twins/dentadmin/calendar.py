"""Days and hours as the export writes them, and when each provider is free."""

from __future__ import annotations

from array import array
from datetime import date
from itertools import chain

from .export_format import DATE

SLOT_MINUTES = 20
_OPENS, _SLOTS = 8 * 60, 30
_MONDAY_TO_FRIDAY = range(1, 6)


class Days:
    """Ordinal days as text. Formatting a date is slow and a practice has a few thousand days, so each is kept."""

    def __init__(self) -> None:
        self._texts: dict[int, str] = {}

    def text(self, day: int) -> str:
        """`dd/mm/yyyy`."""
        found = self._texts.get(day)
        if found is None:
            found = self._texts[day] = date.fromordinal(day).strftime(DATE)
        return found

    def moment(self, day: int, minute: int) -> str:
        """`dd/mm/yyyy hh:mm`."""
        return f"{self.text(day)} {clock(minute)}"


def clock(minute: int) -> str:
    """`hh:mm` of a minute of the day."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


class Agenda:
    """The slots of twenty minutes that one provider has given away, a day as one integer of 30 bits."""

    def __init__(self, first_day: int, last_day: int) -> None:
        self._first = first_day
        self._taken = array("L", bytes(array("L").itemsize * (last_day - first_day + 1)))

    def book(self, day: int, start: int, slots: int, *, today: int) -> tuple[int, int] | None:
        """Take a free run of slots on a day or as soon after it as there is one; (day, minute).

        What lies in the past stays there: where no day until `today` is free, the days before are tried. None when the
        whole agenda is full.
        """
        later = range(day, today + 1) if day <= today else range(day, self._first + len(self._taken))
        earlier = range(day - 1, self._first - 1, -1) if day <= today else range(0)
        for tried in chain(later, earlier):
            if tried % 7 in _MONDAY_TO_FRIDAY and (slot := self._take(tried - self._first, start, slots)) >= 0:
                return tried, _OPENS + slot * SLOT_MINUTES
            start = 0
        return None

    def _take(self, index: int, start: int, slots: int) -> int:
        if not 0 <= index < len(self._taken):
            return -1
        wanted, taken = (1 << slots) - 1, self._taken[index]
        for slot in range(start, _SLOTS - slots + 1):
            if not taken & (wanted << slot):
                self._taken[index] = taken | (wanted << slot)
                return slot
        return -1
