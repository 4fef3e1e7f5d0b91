"""Waits for a language model that may never answer: never longer than said, and no longer than somebody wishes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar

_T = TypeVar("_T")
_LOOK_UP = 0.2  # seconds between two looks at whether somebody wishes to stop

Watch = Callable[[float], None]
"""Told, several times a second, for how many seconds a call has been waited for; raises where it is to stop."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds that a call may take with whatever is tried again in it, and that all calls together may take."""

    call: float = 60
    whole: float = 300

    @property
    def words(self) -> str:
        """Both, for a person."""
        return f"a call may take {self.call:g} seconds, all of them together {self.whole:g}"


LIMITS = Limits()


def nobody(waited: float) -> None:
    """Nobody watches."""
    del waited


async def within(seconds: float, doing: Coroutine[Any, Any, _T], watch: Watch = nobody) -> _T:
    """What `doing` gives; raises TimeoutError where that takes longer, or what `watch` raises. It is cancelled then."""
    loop = asyncio.get_running_loop()
    began, task = loop.time(), asyncio.ensure_future(doing)
    try:
        while not task.done():
            waited = loop.time() - began
            if waited >= seconds:
                raise TimeoutError
            watch(waited)
            await asyncio.wait({task}, timeout=min(_LOOK_UP, seconds - waited))
        return task.result()
    finally:
        if task.cancel():
            await asyncio.wait({task}, timeout=_LOOK_UP)
