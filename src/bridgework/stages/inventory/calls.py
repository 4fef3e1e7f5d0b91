"""Arithmetic of calls and hours: what reading the API costs within its budget, and what loading costs at Twenty's rate.

The page size decides. A million records are 10,000 calls at 100 a page, not three hours of a budget of 3,600 an hour;
at one call for each record they are a million calls, eleven days and a half of it, day and night.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self
from zoneinfo import ZoneInfo

from bridgework.practice.api import ObjectProfile, calls_needed
from bridgework.practice.hours import Hours, estimate
from bridgework.reports.audit_document import Loading, PlanStep, Reading
from bridgework.reports.page import lasting, number
from bridgework.reports.words import title

_BRUSSELS = ZoneInfo("Europe/Brussels")
_DAY = 24 * 60
_RECORDS_A_SECOND = 500  # what a server of two cores took without a limit, measured on Twenty 2.19


@dataclass(frozen=True, slots=True)
class ApiObject:
    """One object of the API: how many records it has, and the calls for its pages, single records and files."""

    object: str
    records: int
    page_size: int
    page_calls: int
    detail_calls: int = 0
    download_calls: int = 0

    @classmethod
    def of(cls, profile: ObjectProfile, records: int, *, served: int | None = None, files: int | None = None) -> Self:
        """By its profile.

        `served` is the size of the pages that the API was seen to send; `files` is how many of the records name a file,
        where that is known; else each may.
        """
        details, downloads = (records if one else 0 for one in (profile.detail, profile.download))
        if profile.inside:
            return cls(profile.name, records, 0, 0)
        pages = calls_needed(profile, records, served) - details - downloads
        size = served or profile.page_size or profile.largest_page_size or -(-records // max(pages, 1))
        return cls(profile.name, records, size, pages, details, min(downloads, downloads if files is None else files))

    @property
    def calls(self) -> int:
        """All calls of the object."""
        return self.page_calls + self.detail_calls + self.download_calls


def reading(objects: Sequence[ApiObject], calls_an_hour: int, allowed: str, now: datetime) -> Reading | None:
    """What it costs to read these objects; None where there are none. `allowed`: `22:00-06:00`, empty for always."""
    if not objects:
        return None
    window = Hours.parse(allowed)
    calls = sum(one.calls for one in objects)
    hours, a_day = calls / calls_an_hour, _hours_a_day(window)
    ends = datetime.fromtimestamp(estimate(calls, calls_an_hour, window, now.timestamp()), _BRUSSELS)
    return {
        "calls": calls,
        "calls_an_hour": calls_an_hour,
        "allowed": allowed,
        "hours": round(hours, 2),
        "days": round(hours / a_day, 2),
        "ends_at": ends.isoformat(timespec="minutes"),
        "remarks": [*_one_by_one(objects, calls_an_hour, a_day)],
    }


def loading(steps: Iterable[PlanStep], calls_per_minute: int) -> Loading:
    """What it costs to write all of it."""
    steps = list(steps)
    records = sum(step["load_records"] for step in steps)
    calls = sum(step["load_calls"] for step in steps)
    if calls_per_minute:
        remarks = [f"Twenty takes {number(calls_per_minute)} calls a minute: its rate decides, not this computer."]
    else:
        remarks = [f"Twenty sets no limit: {_RECORDS_A_SECOND} records a second are assumed, as a small server takes."]
    remarks.append("Files are sent beside the records, as fast as the connection takes them; that time is not in it.")
    return {
        "records": records,
        "calls": calls,
        "calls_per_minute": calls_per_minute,
        "hours": round(load_hours(records, calls, calls_per_minute), 3),
        "remarks": remarks,
    }


def load_hours(records: int, calls: int, calls_per_minute: int) -> float:
    """Hours that so many calls with so many records take."""
    at_rate = calls / calls_per_minute / 60 if calls_per_minute else 0.0
    return max(at_rate, records / _RECORDS_A_SECOND / 3600)


def calls_for(records: int, a_call: int) -> int:
    """Calls for so many records."""
    return -(-records // max(a_call, 1))


def _hours_a_day(window: Hours | None) -> float:
    if window is None:
        return _DAY / 60
    return sum((end - begin) % _DAY or _DAY for begin, end in window.windows) / 60


def _one_by_one(objects: Iterable[ApiObject], calls_an_hour: int, hours_a_day: float) -> Iterable[str]:
    """Said in words, since it decides all: an object that costs a call for each record."""
    for one in objects:
        calls = one.detail_calls or (one.page_calls if one.page_size == 1 else 0)
        if calls:
            yield (
                f"{title(one.object)}: the API gives one record a call. They alone take {number(calls)} calls, which is"
                f" {lasting(calls / calls_an_hour * 24 / hours_a_day)}. Export its list from the desktop application"
                " instead, or ask the vendor for a list that has all fields."
            )
