"""Passes at intervals: the delta goes on by itself while the practice works, until its time is over."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable

from bridgework.errors import UsageError
from bridgework.stages.context import Context

_LENGTH = re.compile(r"(\d+(?:\.\d+)?)\s*([smhd])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


def seconds_of(text: str, option: str) -> float:
    """The seconds of a length of time as people write it: 15m, 48h, 2d; raises UsageError (TIME-WRONG)."""
    found = _LENGTH.fullmatch(text.strip().lower())
    if found is None or not float(found[1]):
        step = "write it as 15m, 48h or 2d"
        raise UsageError("TIME-WRONG", "This is no length of time.", where=option, next_step=step)
    return float(found[1]) * _SECONDS[found[2]]


async def watch(
    context: Context,
    one_pass: Callable[[], Awaitable[bool]],
    *,
    lasts: float,
    every: float,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> int:
    """Make a pass now and then, each `every` seconds after the last began, for `lasts` seconds; how many were made.

    Ends early where a pass answers False: it needs a person. A pass that takes longer than `every` is followed at once.
    """
    end, passes = clock() + lasts, 0
    while True:
        began = clock()
        passes += 1
        if not await one_pass():
            return passes
        following = began + every
        if following > end:
            return passes
        context.progress.say(f"Pass {passes} is done; the next one is in {max(0.0, following - clock()) / 60:.0f} min.")
        while (left := following - clock()) > 0:
            context.stopper.check("delta")
            await sleep(min(1.0, left))
