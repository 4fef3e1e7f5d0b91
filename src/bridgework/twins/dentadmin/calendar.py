"""Days and hours as the export writes them, and when each provider is free."""

from __future__ import annotations

from array import array
from datetime import date

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

    def book(self, day: int, start: int, slots: int) -> tuple[int, int] | None:
        """Take the first free run of slots from a day and slot on; (day, minute), or None when the agenda ends first."""
        wanted = (1 << slots) - 1
        while 0 <= (index := day - self._first) < len(self._taken):
            if day % 7 in _MONDAY_TO_FRIDAY:
                taken = self._taken[index]
                for slot in range(start, _SLOTS - slots + 1):
                    if not taken & (wanted << slot):
                        self._taken[index] = taken | (wanted << slot)
                        return day, _OPENS + slot * SLOT_MINUTES
            day, start = day + 1, 0
        return None
