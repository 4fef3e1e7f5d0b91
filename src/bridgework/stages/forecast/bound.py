"""What bounds a run: whatever would have to be faster for the run to be faster."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

_MOST_ROWS = 0.5  # of the time: the practice gives records more slowly than they are written
_SOME_PACE = 0.2  # a call waits for its token only where tokens are what lacks
_MOST_MACHINE = 0.7


class Bound(StrEnum):
    """What a run waits for in the end."""

    SOURCE = "source"
    """Records of the practice: its API's budget, or its speed."""
    RATE = "rate"
    """Tokens of Twenty's rate."""
    ANSWERS = "answers"
    """Twenty's answers: the server, or the way to it, is slow."""
    MACHINE = "machine"
    """This machine's processor or disk."""


@dataclass(frozen=True, slots=True)
class Shares:
    """Parts of the time, 0 to 1: the producer waited for rows, callers for tokens and answers, this machine worked."""

    rows: float
    pace: float
    answers: float
    machine: float


def bound_of(shares: Shares) -> Bound:
    """What bounds a run of which the time went like this."""
    if shares.rows >= _MOST_ROWS:
        return Bound.SOURCE
    if shares.pace >= _SOME_PACE:
        return Bound.RATE
    return Bound.MACHINE if shares.machine >= _MOST_MACHINE else Bound.ANSWERS
