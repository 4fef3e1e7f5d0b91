"""Dates and moments: read by the declared formats and no others, local time of Brussels turned into UTC.

Formats are written as people do: `dd/mm/yyyy`, `dd-mm-yy`, `yyyymmdd`, `HH:MM`, and `serial` for the day numbers of
spreadsheets. Where a sign parts them, day, month and hour may have one digit. `fff` is a fraction of a second, of one
to nine digits; `Z` a zone (`Z`, `+02:00`); a space may be a `T`; `h`, `u` and `T` stand for themselves.
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

_TOKEN = re.compile(r"yyyy|yy|dd|d|mm|m|HH|MM|SS|fff|Z")
_NAMES = {"yyyy": "year", "yy": "short", "dd": "day", "d": "day", "mm": "month", "m": "month"} | {
    "HH": "hour",
    "MM": "minute",
    "SS": "second",
    "fff": "fraction",
    "Z": "zone",
}
_LETTERS = re.compile(r"[huT]")  # that stand for themselves
_NEEDS = {"minute": {"hour"}, "second": {"minute"}, "fraction": {"second"}, "zone": {"hour", "year"}}
_ZONE = r"\x20?(?:Z|[+-]\d{2}(?::?\d{2})?)"
# The days that stand for no day where a program keeps a time alone: of Access and Excel, and of SQL Server.
_NO_DAYS = frozenset({date(1899, 12, 30), date(1900, 1, 1)})
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
    """What a text says: a day in Brussels, a time where it has one, its year of two digits where it had only those.

    Midnight is no time: databases write a day so. `utc` is the moment where the text says its zone.
    """

    day: date
    clock: time | None = None
    short_year: int | None = None
    utc: datetime | None = None


def is_format(text: str) -> bool:
    """Whether it is a format that can be read: a day, a time, or both, and no other letters beside."""
    if text == SERIAL:
        return True
    names = [_NAMES[token] for token in _TOKEN.findall(text)]
    rest = _LETTERS.sub("", _TOKEN.sub("", text))
    has_day = {"day", "month"} <= set(names) and ({"year"} <= set(names) or {"short"} <= set(names))
    day_parts = {"day", "month", "year", "short"} & set(names)
    return (
        len(set(names)) == len(names)
        and (has_day or not day_parts)
        and (has_day or "hour" in names)
        and all(_NEEDS.get(name, set()) <= set(names) for name in names)
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


def clock_reader(formats: Iterable[str]) -> Callable[[str, date | None], time | None]:
    """Reads a time of day by the first format that fits, beside the day that its row has.

    A day in the text itself must be that of the row, or one that stands for no day.
    """
    patterns = [_pattern(one) for one in formats]

    @lru_cache(maxsize=4096)
    def parsed(text: str) -> tuple[date | None, time | None]:
        for pattern in patterns:
            if match := pattern.fullmatch(text):
                parts = match.groupdict()
                day = _day_of(parts) if "day" in parts else None
                return day, None if "day" in parts and day is None else _time(parts)
        return None, None

    def read(text: str, on: date | None = None) -> time | None:
        day, clock = parsed(text)
        return clock if day is None or day == on or day in _NO_DAYS else None

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


def of_read(found: Read) -> tuple[str, Clock]:
    """What was read as a moment, as `to_utc` says it; of a text with its zone there is no doubt."""
    return (_iso(found.utc), "") if found.utc is not None else to_utc(found.day, found.clock)


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
        parts.append(f"(?P<{_NAMES[token[0]]}>{_shape(token[0], parted=parted)})")
        position = token.end()
    parts.append(re.escape(form[position:]))
    return re.compile("".join(parts), re.ASCII | re.IGNORECASE)


def _shape(token: str, *, parted: bool) -> str:
    if token == "Z":  # noqa: S105 - of a format
        return _ZONE
    digits = {"yyyy": "4", "fff": "1,9"}.get(token)
    return rf"\d{{{digits or ('1,2' if parted and token in {'dd', 'd', 'mm', 'm', 'HH'} else '2')}}}"


def _by_pattern(pattern: re.Pattern[str], text: str) -> Read | None:
    match = pattern.fullmatch(text)
    if match is None:
        return None
    parts = match.groupdict()
    day, clock = _day_of(parts), _time(parts) if "hour" in parts else time()
    if day is None or clock is None:
        return None
    if "zone" in parts:
        return _in_zone(datetime.combine(day, clock), parts["zone"])
    return Read(day, clock if clock != time() else None, int(parts["short"]) if "short" in parts else None)


def _day_of(parts: dict[str, str]) -> date | None:
    # A year of two digits waits for its century; a leap year stands in for it, so that 29 February can be read.
    return _day(int(parts["year"]) if "year" in parts else 2000, int(parts["month"]), int(parts["day"]))


def _in_zone(written: datetime, zone: str) -> Read | None:
    """A moment with its zone. Midnight as it is written is the day that is written, whatever the zone."""
    digits = re.sub(r"\D", "", zone).ljust(4, "0")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    try:
        utc = written + offset if "-" in zone else written - offset
        local = written if written.time() == time() else utc.replace(tzinfo=UTC).astimezone(ZONE).replace(tzinfo=None)
    except OverflowError:
        return None
    return Read(local.date(), local.time() if local.time() != time() else None, utc=utc)


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
        thousandths = int((parts.get("fraction") or "0")[:3].ljust(3, "0"))
        second = int(parts.get("second") or 0)
        return time(int(parts["hour"]), int(parts.get("minute") or 0), second, thousandths * 1000)
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
