"""The hours in which the practice's API may be asked, as the clocks of Belgium show them; and when asking will end.

A window is open whenever the clock on the wall shows a time inside it: in the night when clocks go back, 02:30 comes
twice and is open twice; in the night when they go forward, it does not come at all.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Self
from zoneinfo import ZoneInfo

from bridgework.errors import UsageError

_BRUSSELS = ZoneInfo("Europe/Brussels")
_WINDOW = re.compile(r"\s*(\d{1,2}):(\d{2})\s*[-\u2013]\s*(\d{1,2}):(\d{2})\s*")
_DAY = 24 * 60
_LOOKED_AHEAD = 3 * _DAY  # minutes: each window that is not always open or shut changes within a day, or a bit more


@dataclass(frozen=True, slots=True)
class Hours:
    """Windows of a day, each from a minute to another one; one that ends before it begins goes over midnight."""

    windows: tuple[tuple[int, int], ...]

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Read "22:00-06:00" or "12:00-13:00, 22:00-06:00"; None where nothing is said, which means always.

        Raises UsageError (HOURS-WRONG).
        """
        if not text.strip():
            return None
        return cls(tuple(_window(part, text) for part in text.split(",")))

    def is_open(self, at: float) -> bool:
        """Whether a moment (seconds since 1970) lies inside a window."""
        shown = datetime.fromtimestamp(at, _BRUSSELS)
        minute = shown.hour * 60 + shown.minute
        return any(
            begin <= minute < end if begin < end else minute >= begin or minute < end for begin, end in self.windows
        )

    def opens(self, at: float) -> float:
        """When it is open next: now, if it is."""
        return at if self.is_open(at) else self._change(at)

    def closes(self, at: float) -> float:
        """When it is shut next: now, if it is; infinite where it never is."""
        return self._change(at) if self.is_open(at) else at

    def _change(self, at: float) -> float:
        """The minute at which it becomes the other. Each is looked at: so no rule of summer time has to be known."""
        now, minute = self.is_open(at), math.floor(at / 60)
        for ahead in range(1, _LOOKED_AHEAD):
            if self.is_open((minute + ahead) * 60.0) != now:
                return (minute + ahead) * 60.0
        return math.inf


def estimate(calls: int, limit: int, hours: Hours | None, now: float) -> float:
    """When so many calls will have been made, at `limit` an hour, in these hours only; seconds since 1970.

    As if they were spread evenly: what is left of the budget at once may bring the end up to an hour forward.
    """
    left = calls * 3600.0 / limit
    if hours is None:
        return now + left
    while left > 0:
        now = hours.opens(now)
        shut = hours.closes(now)
        if now + left <= shut:
            return now + left
        left -= shut - now
        now = shut
    return now


def _window(part: str, text: str) -> tuple[int, int]:
    found = _WINDOW.fullmatch(part)
    if found is None:
        raise _wrong(text, f"“{part.strip()}” is not two times with a dash between them")
    one, two, three, four = map(int, found.groups())
    begin, end = one * 60 + two, three * 60 + four
    if max(two, four) > 59 or begin >= _DAY or end > _DAY:
        raise _wrong(text, "a day goes from 00:00 to 24:00")
    if begin == end:
        raise _wrong(text, "a window ends at another time than it begins; for the whole day, leave the hours empty")
    return begin, end


def _wrong(text: str, why: str) -> UsageError:
    return UsageError(
        "HOURS-WRONG",
        "The hours of the API cannot be read.",
        where=f'[practice.api] hours = "{text}"',
        why=why,
        next_step='write them as "22:00-06:00", several with commas between them',
    )
