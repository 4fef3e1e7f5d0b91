"""Tells who waits for rows that more have come; for tasks of one event loop."""

from __future__ import annotations

import asyncio
from collections import defaultdict


class Arrivals:
    """How often rows of each object have come; the last time is when all have."""

    def __init__(self) -> None:
        """Nothing has come yet."""
        self._times: defaultdict[str, int] = defaultdict(int)
        self._events: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)

    def tell(self, object_: str) -> None:
        """Rows have come, or the last of them had come already. Called after they are in the store."""
        self._times[object_] += 1
        self._events.pop(object_, asyncio.Event()).set()

    def times(self, object_: str) -> int:
        """How often rows have come so far: to be asked before the rows are looked at, and given to `wait`."""
        return self._times[object_]

    async def wait(self, object_: str, seen: int) -> None:
        """Wait until rows have come more often than `seen`."""
        while self._times[object_] <= seen:
            await self._events[object_].wait()
