"""The work that is left, in parts: how many calls it takes, and how many seconds."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

_WORTH_CALLS = 10  # what was reckoned beforehand weighs as much as so many calls that were made
_ROUNDS_SEEN = 3  # of all callers, after which a part's own speed says more than its calls' length
_A_ROW = 0.4  # of the work for a record is that for its row
_WAITS_A_FILE, _FILES_AT_ONCE = 3, 8  # it is announced, sent and completed, beside others of its batch
_RARE = 1 / 200  # calls for a unit: what weighs where none at all were expected


@dataclass(slots=True)
class Part:
    """A part of a run, in units: rows, or records.

    Beforehand: `calls_a_unit`; `records_a_unit`; whether each record has a file to send first (`files`); how many call
    `at_once`; whether it goes on `beside` the others, so that only its last calls come after them; and how much longer
    than for others the processor works for a record of these (`weight`).
    Measured: `calls` for the units that are `done`; `seconds` without those in which it waited for tokens or for rows;
    `waited`, seconds that its calls took, added up; and `busy` seconds of this machine.
    """

    name: str
    units: float
    calls_a_unit: float
    at_once: int = 1
    records_a_unit: float = 1
    weight: float = 1
    files: bool = False
    beside: bool = False
    done: float = 0
    calls: float = 0
    seconds: float = 0
    waited: float = 0
    busy: float = 0
    over: bool = False

    @property
    def units_left(self) -> float:
        """Units still to be done."""
        return 0.0 if self.over else max(0.0, self.units - self.done)

    @property
    def calls_left(self) -> int:
        """Calls still to be made, as far as is known now."""
        weight = _WORTH_CALLS / (self.calls_a_unit or _RARE)
        rate = (self.calls_a_unit * weight + self.calls) / (weight + self.done)
        return math.ceil(self.units_left * rate - 1e-9)

    def work(self, units: float) -> float:
        """What so many units are for the processor, beside other parts: a row is read and looked at in any case."""
        return units * (_A_ROW + (1 - _A_ROW) * self.records_a_unit) * self.weight

    @property
    def is_measured(self) -> bool:
        """Whether enough of it was done to tell how fast it goes."""
        return self.done > 0 and self.calls >= _ROUNDS_SEEN * self.at_once


@dataclass(frozen=True, slots=True)
class Rate:
    """The calls that may be made: so many a second, and so many at once now; `a_second` None is no limit."""

    a_second: float | None
    spare: int = 0

    def seconds(self, calls: int) -> float:
        """How long tokens for so many calls take to come in."""
        return 0.0 if self.a_second is None else calls / self.a_second


def seconds_left(parts: Iterable[Part], rate: Rate) -> float:
    """How long what is left of the parts takes, one after another: each as its tokens come, or as fast as it goes."""
    parts, spare, total = list(parts), rate.spare, 0.0
    long = _each(parts, lambda one: one.waited, lambda one: one.calls)
    busy = _each(parts, lambda one: one.busy, lambda one: one.work(one.done))
    for one in parts:
        calls = one.calls_left
        free = min(spare, calls)
        spare -= free
        if one.beside and any(not each.over for each in parts if each is not one):
            own = _reckoned(one, min(calls, one.at_once), long, busy)
        elif one.is_measured:
            own = one.units_left * one.seconds / one.done
        else:
            own = _reckoned(one, calls, long, busy)
        total += max(rate.seconds(calls - free), own)
    return total


def _reckoned(part: Part, calls: int, long: float, busy: float) -> float:
    """Seconds of a part that has shown little of itself, by how long calls take, and how busy this machine is then."""
    rounds = math.ceil(calls / part.at_once)
    if part.files and calls:
        rounds *= 1 + _WAITS_A_FILE * math.ceil(part.units_left * part.records_a_unit / calls / _FILES_AT_ONCE)
    units = part.units_left * calls / part.calls_left if part.calls_left else part.units_left
    return max(rounds * long, part.work(units) * busy)


def _each(parts: list[Part], what: Callable[[Part], float], of: Callable[[Part], float]) -> float:
    made = sum(of(one) for one in parts)
    return sum(what(one) for one in parts) / made if made else 0.0
