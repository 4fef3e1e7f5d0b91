"""How long tasks wait, by what they wait for: what tells where the time of a run goes."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PACE, ANSWER = "pace", "answer"
"""What a call waits for: a token of the allowed rate, then the server's answer."""


@dataclass(slots=True)
class _Kind:
    """`summed` counts a second for each that waits, `any` one second for all of them together."""

    waiting: int = 0
    since: float = 0.0
    summed: float = 0.0
    any: float = 0.0

    def settle(self, now: float) -> None:
        passed = now - self.since
        self.summed += self.waiting * passed
        self.any += passed if self.waiting else 0.0
        self.since = now


class Waits:
    """Seconds of waiting by kind; a wait that is not over counts up to now."""

    def __init__(self, clock: Callable[[], float] | None = None) -> None:
        """`clock`: seconds, monotonic; the running event loop's by default."""
        self._clock = clock or _loop_time
        self._kinds: dict[str, _Kind] = {}

    @contextmanager
    def of(self, kind: str) -> Iterator[None]:
        """One waits for this for as long as the block lasts."""
        one = self._settled(kind)
        one.waiting += 1
        try:
            yield
        finally:
            self._settled(kind).waiting -= 1

    def summed(self, kind: str) -> float:
        """Seconds so far, those of each that waited added up."""
        return self._settled(kind).summed

    def any(self, kind: str) -> float:
        """Seconds so far in which at least one waited."""
        return self._settled(kind).any

    def waiting(self, kind: str) -> int:
        """How many wait for it now."""
        return self._settled(kind).waiting

    def _settled(self, kind: str) -> _Kind:
        now = self._clock()
        one = self._kinds.setdefault(kind, _Kind(since=now))
        one.settle(now)
        return one


def _loop_time() -> float:
    return asyncio.get_running_loop().time()
