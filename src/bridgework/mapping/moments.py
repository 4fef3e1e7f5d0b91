"""Dates and moments: read by the declared formats and no others, local time of Brussels turned into UTC.

Formats are written as people do: `dd/mm/yyyy`, `dd-mm-yy`, `yyyymmdd`, `HH:MM`, and `serial` for the day numbers of
spreadsheets. Where a sign parts them, day and month may have one digit.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Brussels")
SERIAL = "serial"

_TOKEN = re.compile(r"yyyy|yy|dd|d|mm|m|HH|MM|SS")
_NAMES = {"yyyy": "year", "yy": "short", "dd": "day", "d": "day", "mm": "month", "m": "month"} | {
    "HH": "hour",
    "MM": "minute",
    "SS": "second",
}
_SERIAL_START = date(1899, 12, 30)
_SERIAL = re.compile(r"([1-6]\d{4})(?:[.,](\d+))?", re.ASCII)
_COMPACT = len("yyyymmdd")
_DAY_SECONDS = 86_400
_OLDEST_AGE = 110
_CENTURY = 100
_YEARS_AHEAD = 20
_FIRST_YEAR = 1000

Clock = Literal["", "CLOCK-GAP", "CLOCK-OVERLAP"]


@dataclass(frozen=True, slots=True)
class Read:
    """What a text says: a day, a time where it has one, the text's year of two digits where it had only those."""

    day: date
    clock: time | None = None
    short_year: int | None = None


def is_format(text: str) -> bool:
    """Whether it is a format that can be read: a day, a time, or both, and no letters beside."""
    if text == SERIAL:
        return True
    names = [_NAMES[token] for token in _TOKEN.findall(text)]
    rest = _TOKEN.sub("", text).replace("h", "")
    has_day = {"day", "month"} <= set(names) and ({"year"} <= set(names) or {"short"} <= set(names))
    day_parts = {"day", "month", "year", "short"} & set(names)
    return (
        len(set(names)) == len(names)
        and (has_day or not day_parts)
        and (has_day or "hour" in names)
        and not any(char.isalnum() for char in rest)
    )


def has_day(form: str) -> bool:
    """Whether a format says a day."""
    return form == SERIAL or "month" in {_NAMES[token] for token in _TOKEN.findall(form)}


def has_clock(form: str) -> bool:
    """Whether a format says a time of day, as text: the day number of a spreadsheet does not."""
    return form != SERIAL and "hour" in {_NAMES[token] for token in _TOKEN.findall(form)}


def day_reader(formats: Iterable[str]) -> Callable[[str], Read | None]:
    """Reads a text by the first format that fits; None where none does, or the day does not exist."""
    patterns = [None if one == SERIAL else _pattern(one) for one in formats]

    @lru_cache(maxsize=4096)
    def read(text: str) -> Read | None:
        for pattern in patterns:
            found = _serial(text) if pattern is None else _by_pattern(pattern, text)
            if found is not None:
                return found
        return None

    return read


def forms(text: str, read: Read) -> tuple[str, ...]:
    """The code of how a day is written, where it is not with a day, a month and a year of four digits, parted."""
    if read.short_year is not None:
        return ("YEAR-COMPLETED",)
    if text.isdigit():
        return ("DATE-COMPACT",) if len(text) == _COMPACT else ("DATE-SERIAL",)
    return ("DATE-SERIAL",) if _SERIAL.fullmatch(text) else ()


def clock_reader(formats: Iterable[str]) -> Callable[[str], time | None]:
    """Reads a time of day by the first format that fits."""
    patterns = [_pattern(one) for one in formats]

    @lru_cache(maxsize=4096)
    def read(text: str) -> time | None:
        for pattern in patterns:
            if match := pattern.fullmatch(text):
                return _time(match.groupdict())
        return None

    return read


def full_year(read: Read, today: date, *, past: bool) -> tuple[date | None, bool]:
    """The day with its century, and whether another century would have fitted as well.

    A day in the past takes the latest year that is not after today; any other takes the year within 80 years before and
    20 years after today.
    """
    if read.short_year is None:
        return read.day, False
    base = today.year - today.year % _CENTURY + read.short_year
    choices = [
        day for year in (base + _CENTURY, base, base - _CENTURY) if (day := _in_year(read.day, year)) is not None
    ]
    limit = today if past else _in_year(today, today.year + _YEARS_AHEAD) or today
    fitting = [day for day in choices if day <= limit]
    if not fitting:
        return None, False
    other = fitting[1] if len(fitting) > 1 else None
    return fitting[0], bool(past and other and today.year - other.year <= _OLDEST_AGE)


def to_utc(day: date, clock: time | None) -> tuple[str, Clock]:
    """A local moment in Brussels as `2019-05-06T07:30:00.000Z`, and what the clock did to it.

    A time that was skipped in March is moved on by an hour; of a time that came twice in October the first is taken.
    """
    local = datetime.combine(day, clock or time())
    steady = _offset(day)
    if steady is not None:
        return _iso(local - steady), ""
    first, second = (local.replace(tzinfo=ZONE, fold=fold).utcoffset() or timedelta() for fold in (0, 1))
    what: Clock = "" if first == second else "CLOCK-GAP" if first < second else "CLOCK-OVERLAP"
    return _iso(local - first), what


def iso(moment: datetime) -> str:
    """A moment with a zone as Twenty writes it."""
    return _iso(moment.astimezone(UTC).replace(tzinfo=None))


def _iso(utc: datetime) -> str:
    return utc.isoformat(timespec="milliseconds") + "Z"


@lru_cache(maxsize=4096)
def _offset(day: date) -> timedelta | None:
    """The zone's offset on a day on which it does not change, else None."""
    begin, end = (datetime.combine(day, at, ZONE).utcoffset() for at in (time(), time(23, 59, 59)))
    return begin if begin == end else None


@lru_cache(maxsize=256)
def _pattern(form: str) -> re.Pattern[str]:
    parts, position = [], 0
    parted = len(_TOKEN.sub("", form)) > 0
    for token in _TOKEN.finditer(form):
        parts.append(re.escape(form[position : token.start()]).replace(r"\ ", r"[ T]"))
        digits = "4" if token[0] == "yyyy" else "1,2" if parted and token[0] in {"dd", "d", "mm", "m", "HH"} else "2"
        parts.append(rf"(?P<{_NAMES[token[0]]}>\d{{{digits}}})")
        position = token.end()
    parts.append(re.escape(form[position:]))
    return re.compile("".join(parts), re.ASCII)


def _by_pattern(pattern: re.Pattern[str], text: str) -> Read | None:
    match = pattern.fullmatch(text)
    if match is None:
        return None
    parts = match.groupdict()
    clock = _time(parts) if "hour" in parts else None
    if "hour" in parts and clock is None:
        return None
    short = int(parts["short"]) if "short" in parts else None
    # A year of two digits waits for its century; a leap year stands in for it, so that 29 February can be read.
    year = int(parts["year"]) if short is None else 2000
    day = _day(year, int(parts["month"]), int(parts["day"]))
    return Read(day, clock, short) if day else None


def _serial(text: str) -> Read | None:
    match = _SERIAL.fullmatch(text)
    if match is None:
        return None
    day = _SERIAL_START + timedelta(days=int(match[1]))
    seconds = round(float(f"0.{match[2] or 0}") * _DAY_SECONDS)
    if seconds in {0, _DAY_SECONDS}:
        return Read(day + timedelta(days=seconds // _DAY_SECONDS))
    return Read(day, time(seconds // 3600, seconds // 60 % 60, seconds % 60))


def _time(parts: dict[str, str]) -> time | None:
    try:
        return time(int(parts["hour"]), int(parts.get("minute") or 0), int(parts.get("second") or 0))
    except ValueError:
        return None


def _day(year: int, month: int, day: int) -> date | None:
    if year < _FIRST_YEAR:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _in_year(day: date, year: int) -> date | None:
    return _day(year, day.month, day.day)
