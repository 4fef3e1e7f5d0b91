"""Waits for a server that is away, and turns what only a person can mend into a pause: the same command goes on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from bridgework.errors import Away, Paused, Refused
from bridgework.stages.context import Context

_T = TypeVar("_T")
_FIRST, _LONGEST = 5.0, 300.0  # seconds between two tries
_GOES_ON = 60.0  # seconds of work after which an absence counts as a new one
_KEY = "KEY_REFUSED"


async def patiently(
    context: Context,
    stage: str,
    apply: Callable[[], Awaitable[_T]],
    *,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> _T:
    """Apply a stage, again and again while the other system is away, for as long as the settings have patience.

    What was done stays done: each try goes on where the last one stopped. Raises Paused: AWAY (patience is at its end),
    KEY-REVOKED (the key was good when the stage was planned), PAUSED (somebody wishes to stop).
    """
    patience = 60 * context.settings.workspace.patience
    waited, pause = 0.0, _FIRST
    while True:
        began = clock()
        try:
            return await apply()
        except Refused as error:
            if error.code != _KEY:
                raise
            raise _revoked(error, stage) from None
        except Away as error:
            if clock() - began > _GOES_ON:
                waited, pause = 0.0, _FIRST
            if waited >= patience:
                raise _away(error, stage, waited) from None
            pause = min(pause, patience - waited)
            context.progress.say(f"{error.what}; the next try is in {pause:.0f} s.")
        await _wait(context, stage, pause, sleep)
        waited, pause = waited + pause, min(2 * pause, _LONGEST)


async def _wait(context: Context, stage: str, seconds: float, sleep: Callable[[float], Awaitable[None]]) -> None:
    while seconds > 0:
        context.stopper.check(stage)
        await sleep(min(1.0, seconds))
        seconds -= 1.0


def _revoked(error: Refused, stage: str) -> Paused:
    return Paused(
        "KEY-REVOKED",
        "Twenty does not take the API key any more. Nothing is lost.",
        where=error.where,
        why="it was good when this began, so somebody has revoked it or it has expired",
        next_step=f"make a new key, give it in BRIDGEWORK_TWENTY_KEY, then run `bridgework {stage} DIR` again",
    )


def _away(error: Away, stage: str, waited: float) -> Paused:
    return Paused(
        "AWAY",
        f"{error.what}. Nothing is lost.",
        where=error.where,
        why=f"{error.why}; waited {waited / 60:.0f} minutes for it",
        next_step=f"when it can be reached again, run `bridgework {stage} DIR` again: it goes on from here",
    )
