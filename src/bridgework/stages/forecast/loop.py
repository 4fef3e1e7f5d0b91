"""An event loop that knows how long it had nothing to do; the rest of the time this machine was at work."""

from __future__ import annotations

import asyncio
import selectors
import time
from typing import Protocol, runtime_checkable


@runtime_checkable
class Idling(Protocol):
    """A loop that tells `idle`: seconds so far in which it waited for the network, a timer or a thread."""

    @property
    def idle(self) -> float:
        """Seconds so far."""


class _TimedSelector(selectors.DefaultSelector):
    """Adds up how long it waited."""

    idle = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        began = time.monotonic()
        try:
            return super().select(timeout)
        finally:
            self.idle += time.monotonic() - began


class TimedLoop(asyncio.SelectorEventLoop):
    """Like the standard one. Waiting for the disk or for a turn on a busy processor is not idle: both are work here."""

    def __init__(self) -> None:
        """Begin with no idle time."""
        self._timed = _TimedSelector()
        super().__init__(self._timed)

    @property
    def idle(self) -> float:
        """Seconds so far in which there was nothing to do."""
        return self._timed.idle


def busy_seconds() -> float:
    """Seconds so far in which this machine worked for the running loop; a difference of two is what counts."""
    loop = asyncio.get_running_loop()
    return loop.time() - loop.idle if isinstance(loop, Idling) else time.process_time()
