"""Dates cut to days, weeks, months and the like, in a time zone: what a group by a date groups by."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

GRAINS = ("DAY", "WEEK", "MONTH", "QUARTER", "YEAR")
NAMED = {"DAY_OF_THE_WEEK": "%A", "MONTH_OF_THE_YEAR": "%B"}


def truncated(text: str | None, grain: str, zone: str) -> str | None:
    """The first day of the day, week, month, quarter or year in which a stored date or moment lies."""
    if text is None:
        return None
    day = date.fromisoformat(text[:10])
    if len(text) > len("YYYY-MM-DD"):
        day = datetime.fromisoformat(text).astimezone(ZoneInfo(zone) if zone else UTC).date()
    if grain in NAMED:
        return day.strftime(NAMED[grain])
    if grain == "QUARTER_OF_THE_YEAR":
        return f"Q{(day.month + 2) // 3}"
    return _first(day, grain).isoformat()


def _first(day: date, grain: str) -> date:
    if grain == "WEEK":
        return day - timedelta(days=day.weekday())
    if grain == "DAY":
        return day
    month = {"MONTH": day.month, "QUARTER": (day.month - 1) // 3 * 3 + 1, "YEAR": 1}[grain]
    return day.replace(month=month, day=1)
