"""An event loop whose clock jumps instead of waiting, so that hours of pauses pass in a test in no time."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")


class _JumpingSelector(selectors.SelectSelector):
    """Never waits for a time; waits for other threads only when nothing else is left."""

    def __init__(self) -> None:
        super().__init__()
        self.now = self.idle = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            return super().select(None)
        ready = super().select(0)
        if not ready:
            self.now += timeout
            self.idle += timeout
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """`time()` is what the pauses so far add up to."""

    def __init__(self) -> None:
        self._jumping = _JumpingSelector()
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.now

    @property
    def idle(self) -> float:
        """Seconds in which there was nothing to do; see `stages.forecast.loop`."""
        return self._jumping.idle

    def work(self, seconds: float) -> None:
        """Let time pass in which this machine is busy."""
        self._jumping.now += seconds


class _AtOnce(ThreadPoolExecutor):
    """Does in place what is meant for another thread: real time that passes there would be no virtual time."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        done: Future[Any] = Future()
        try:
            done.set_result(fn(*args, **kwargs))
        except BaseException as error:  # noqa: BLE001 - whoever waits for it raises it
            done.set_exception(error)
        return done


def without_threads() -> None:
    """Have the running loop do everything in one thread."""
    asyncio.get_running_loop().set_default_executor(_AtOnce())


def run(main: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end, in virtual time."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(main)
