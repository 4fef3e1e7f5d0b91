"""The budget of calls an hour, and what a twin has counted."""

from __future__ import annotations

from array import array
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field

HOUR = 3600.0


class Budget:
    """At most so many calls in any hour, counted in a sliding window."""

    def __init__(self, calls: int, clock: Callable[[], float]) -> None:
        self._calls, self._clock = calls, clock
        self._moments: deque[float] = deque()

    def take(self) -> float:
        """Spend one call; 0.0, or the seconds until there is one to spend again."""
        now = self._clock()
        while self._moments and self._moments[0] <= now - HOUR:
            self._moments.popleft()
        if len(self._moments) >= self._calls:
            return self._moments[0] + HOUR - now
        self._moments.append(now)
        return 0.0


@dataclass
class Stats:
    """Counters since the twin was made. A call counts whatever became of it: a fault, a refusal, a missing record."""

    clock: Callable[[], float]
    calls: Counter[str] = field(default_factory=Counter)
    """Calls by kind: list, detail, file, token."""
    refused: int = 0
    """Calls over the budget."""
    locked_out: int = 0
    """Calls without the right key, or with a token that has expired."""
    moments: array[float] = field(default_factory=lambda: array("d"))
    """When each call arrived, by the twin's clock."""

    def arrived(self, kind: str) -> None:
        """Count one call."""
        self.calls[kind] += 1
        self.moments.append(self.clock())

    def busiest(self, seconds: float = HOUR) -> int:
        """The most calls that arrived in any so many seconds."""
        most = first = 0
        moments = sorted(self.moments)
        for last, moment in enumerate(moments):
            while moments[first] <= moment - seconds:
                first += 1
            most = max(most, last - first + 1)
        return most
