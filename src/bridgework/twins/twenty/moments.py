"""Dates and moments as Twenty reads them: ISO first, then month first without a word."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

from bridgework.twins.twenty.errors import Refusal, bad_data, bad_filter
from bridgework.twins.twenty.inspect import show

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LONG_MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
                "november", "december")  # fmt: skip
_MONTH = "(?P<name>[A-Za-z]+)"
# The formats that are not ISO, in the order in which the server tries them.
_LOOSE = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?P<y>\d{1,4})\.(?P<m>\d{1,2})\.(?P<d>\d{1,2})",
        r"(?P<y>\d{1,4})/(?P<m>\d{1,2})/(?P<d>\d{1,2})",
        r"(?P<m>\d{1,2})-(?P<d>\d{1,2})-(?P<y>\d{1,4})",
        r"(?P<m>\d{1,2})/(?P<d>\d{1,2})/(?P<y>\d{1,4})",
        r"(?P<m>\d{1,2})\.(?P<d>\d{1,2})\.(?P<y>\d{1,4})",
        _MONTH + r" (?P<d>\d{1,2}), (?P<y>\d{1,4})",
        r"(?P<d>\d{1,2}) " + _MONTH + r" (?P<y>\d{1,4})",
        r"(?P<d>\d{1,2})-" + _MONTH + r"-(?P<y>\d{1,4})",
        r"(?P<y>\d{1,4})-" + _MONTH + r"-(?P<d>\d{1,2})",
    )
)
_FRACTION = r"(?:\.\d{1,3})?"
_CLOCK = (
    rf"(?:T\d{{1,2}}:\d{{1,2}}:\d{{1,2}}{_FRACTION}(?:Z|[+-]\d\d(?:\d\d)?)?| \d{{1,2}}:\d{{1,2}}:\d{{1,2}}{_FRACTION})"
)
_ISO_DATE = re.compile(rf"(\d{{1,4}})-(\d{{1,2}})-(\d{{1,2}})(?:{_CLOCK})?")
_COMPACT_DATE = re.compile(r"(\d{4})(\d\d)(\d\d)")
_ISO_MOMENT = re.compile(
    r"[+-]?\d{4,6}-?\d\d-?\d\d([Tt ]\d\d(:?\d\d(:?\d\d([.,]\d{1,9})?)?)?(Z|z|[+-]\d\d(:?\d\d)?)?)?"
)
_ZONE_NAME = re.compile(r"(\[!?[\w=/+-]+\])+$")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def stamp(moment: float) -> str:
    """Seconds since 1970 as the server writes a moment: UTC, to the millisecond."""
    return _written(_EPOCH + timedelta(seconds=moment))


def _written(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z".rjust(24, "0")


def _loose(text: str) -> date | None:
    """A date in one of the formats that are not ISO; month first where both numbers would do."""
    for pattern in _LOOSE:
        found = pattern.fullmatch(text)
        if found is None:
            continue
        parts = found.groupdict()
        month = _month(parts["name"]) if parts.get("name") else int(parts["m"])
        try:
            return date(int(parts["y"]), month, int(parts["d"]))
        except ValueError:
            continue
    return None


def _month(name: str) -> int:
    for names in (_MONTHS, _LONG_MONTHS):
        if name.lower() in names:
            return names.index(name.lower()) + 1
    return 0


def parse_date(text: str) -> str | None:
    """YYYY-MM-DD of a DATE value, or None where the server refuses it."""
    found = _ISO_DATE.fullmatch(text) or _COMPACT_DATE.fullmatch(text)
    if found is None:
        loose = _loose(text)
        return None if loose is None else f"{loose.year:04d}-{loose:%m-%d}"
    try:
        day = date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None
    return f"{day.year:04d}-{day:%m-%d}"


def parse_moment(text: str) -> str | None:
    """The stored form of a DATE_TIME value, or None where the server refuses it; no zone means UTC."""
    bare = _ZONE_NAME.sub("", text)
    if _ISO_MOMENT.fullmatch(bare):
        try:
            moment = datetime.fromisoformat(bare.upper())
        except ValueError:
            moment = None
        if moment is not None:
            if moment.tzinfo is not None and moment.tzinfo is not UTC:
                moment = moment.astimezone(UTC)
            return _written(moment)
    loose = _loose(text)
    return None if loose is None else f"{loose.year:04d}-{loose:%m-%d}T00:00:00.000Z"


def date_value(value: Any, name: str, *, in_filter: bool = False) -> str | None:
    """A DATE from a request."""
    parsed = parse_date(value) if isinstance(value, str) else None
    if value is not None and parsed is None:
        raise _refused(value, name, "date", "YYYY-MM-DD", in_filter=in_filter)
    return parsed


def moment_value(value: Any, name: str, *, in_filter: bool = False) -> str | None:
    """A DATE_TIME from a request."""
    parsed = parse_moment(value) if isinstance(value, str) else None
    if value is not None and parsed is None:
        raise _refused(value, name, "date-time", "YYYY-MM-DDTHH:mm:ssZ", in_filter=in_filter)
    return parsed


def _refused(value: Any, name: str, kind: str, expected: str, *, in_filter: bool) -> Refusal:
    shown = show(value)
    refuse = bad_filter if in_filter else bad_data
    return refuse(
        f"Invalid value {shown} for {kind} field \"{name}\". Expected format: '{expected}'",
        f"Invalid value for {kind}: \"{shown}\". Expected format: '{expected}'",
    )
