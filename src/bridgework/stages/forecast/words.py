"""What bounds a run and when it ends, as a person reads it."""

from __future__ import annotations

from bridgework.stages.forecast.bound import Bound
from bridgework.stages.practice_api import at_clock
from bridgework.store.running import Running

_SILENT = 30.0  # seconds without a word after which that is said


def in_words(one: Running, now: float) -> str:
    """One line, such as: bound by Twenty's rate (100 calls a minute allowed, 98 used); ends about 14:32, in 12 minutes.

    `now`: seconds since 1970; what was said long ago is marked as such.
    """
    silent = now - one.at
    said = f" (said {_length(silent)} ago)" if silent > _SILENT else ""
    return f"{_bound(one)}; {_end(one, now)}{said}"


def _bound(one: Running) -> str:
    if not one.bound:
        return "measuring what bounds it"
    rate = f"{one.allowed} calls a minute allowed, {one.used:.0f} used" if one.allowed else f"{one.used:.0f} a minute"
    words = {
        Bound.SOURCE: "the practice's API budget",
        Bound.RATE: f"Twenty's rate ({rate})",
        Bound.ANSWERS: "Twenty's answers",
        Bound.MACHINE: "this machine",
    }
    return f"bound by {words[Bound(one.bound)]}"


def _end(one: Running, now: float) -> str:
    if one.ends_at is None:
        return "when it ends is not known yet"
    return f"ends about {at_clock(one.ends_at)}, in {_length(one.ends_at - now)}"


def _length(seconds: float) -> str:
    if seconds < 90:
        return f"{max(0.0, seconds):.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} minutes" if minutes < 120 else f"{minutes // 60} h {minutes % 60} min"
