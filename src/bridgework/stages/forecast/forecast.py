"""Watches a stage at work: where its time goes, what is left of it, and so what bounds it and when it ends.

Stages say beforehand which parts they have, and then which one they are at; all else is measured. Every few seconds
the state is shown, and now and then kept in the store, where another terminal reads it without waiting.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from bridgework.errors import BridgeworkError
from bridgework.stages.context import Context
from bridgework.stages.forecast.bound import Shares, bound_of
from bridgework.stages.forecast.loop import busy_seconds
from bridgework.stages.forecast.parts import Part, Rate, seconds_left
from bridgework.stages.forecast.words import in_words
from bridgework.store import running
from bridgework.store.running import Running
from bridgework.workspace import ANSWER, PACE, Pace, Workspace

ROWS, WORK = "rows", "work"
"""What else is waited for: the producer waits for rows of the practice, a sender for work."""
_EVERY = 2.0  # seconds between two looks
_KEPT_EVERY = 2  # looks between two states in the store
_WINDOW = 60.0  # seconds that count for what bounds it now
_LEAST = 4.0  # seconds before anything is said of it
_USUAL_SHARE = 0.97  # of the allowed rate that can be used, until it is known
_LEAST_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class _Seen:
    """Sums of seconds so far, and calls."""

    at: float
    rows: float
    pace: float
    answers: float
    idle: float
    busy: float
    calls: int


class Forecast:
    """What is known of one running stage."""

    def __init__(self, pace: Pace, stage: str, *, wall: Callable[[], float] = time.time) -> None:
        """Watch a stage that calls at this pace; `wall`: seconds since 1970."""
        self.parts: dict[str, Part] = {}
        self.refresh: Callable[[], None] = lambda: None
        """Called before each look, for whoever knows better by then how many units a part has."""
        self.source_left: Callable[[], float | None] = lambda: 0.0
        """Seconds until all of the practice is read; None where that is not known."""
        self.beside: Callable[[], int] = lambda: 0
        """Calls so far that are made beside the current part, and are none of it."""
        self._pace, self._stage, self._wall = pace, stage, wall
        self._seen: deque[_Seen] = deque()
        self._at: Part | None = None
        self._called = 0

    def expect(self, name: str, units: float, calls_a_unit: float, *, at_once: int = 1) -> Part:
        """Say that there is a part, in the order of the work; see `Part`."""
        self.parts[name] = Part(name, units, calls_a_unit, at_once)
        return self.parts[name]

    def begin(self, name: str, told: Callable[[int], None]) -> Callable[[int], None]:
        """Come to a part, which ends the one before; the answer is to be called with units done, and tells `told`."""
        part = self.parts.get(name) or self.expect(name, 0, 0)
        self.end()
        self._at, self._called = part, self._answered()
        if self._seen:
            self._look()

        def advance(done: int) -> None:
            part.done += done
            told(done)

        return advance

    def end(self) -> None:
        """The part that was begun last is done."""
        if self._at is not None:
            self._look()
            self._at.over = True
            self._at = None

    def state(self) -> Running:
        """How things stand now."""
        self.refresh()
        self._look()
        shares, used = self._shares()
        left = self._seconds_left()
        now = self._wall()
        return Running(
            stage=self._stage,
            at=now,
            bound="" if shares is None else bound_of(shares).value,
            allowed=self._pace.calls_per_minute,
            used=used,
            ends_at=None if left is None else now + left,
            calls_left=sum(one.calls_left for one in self.parts.values()) if self.parts else None,
        )

    # --- looking -------------------------------------------------------------------------------------------------

    def _look(self) -> None:
        """Take the sums as they are now, and add what is new to the part that is under way."""
        waits = self._pace.waits
        now = _Seen(
            at=asyncio.get_running_loop().time(),
            rows=waits.any(ROWS),
            pace=waits.summed(PACE),
            answers=waits.summed(ANSWER),
            idle=waits.summed(WORK),
            busy=busy_seconds(),
            calls=self._pace.calls,
        )
        if self._seen and self._at is not None:
            then, part = self._seen[-1], self._at
            took = now.at - then.at
            shares = _shares(then, now)
            part.seconds += took * max(0.0, 1 - shares.pace - shares.rows)
            part.waited += now.answers - then.answers
            part.busy += now.busy - then.busy
            called = self._answered()
            part.calls, self._called = part.calls + max(0, called - self._called), max(called, self._called)
        self._seen.append(now)
        while len(self._seen) > 2 and self._seen[1].at <= now.at - _WINDOW:
            self._seen.popleft()

    def _answered(self) -> int:
        return self._pace.calls - self._pace.waits.waiting(ANSWER) - self.beside()

    def _shares(self) -> tuple[Shares | None, float]:
        """Where the time of the last minute went, and how many calls a minute were made."""
        first, last = self._seen[0], self._seen[-1]
        took = last.at - first.at
        if took < _LEAST:
            return None, 0.0
        return _shares(first, last), (last.calls - first.calls) / took * 60

    def _seconds_left(self) -> float | None:
        source = self.source_left()
        known = any(one.calls for one in self.parts.values())
        if source is None or not (known or source):
            return None
        limit = self._pace.calls_per_minute
        if not limit:
            return max(source, seconds_left(self.parts.values(), Rate(None)))
        share = min(_USUAL_SHARE, max(_LEAST_SHARE, self._pace.share()))
        rate = Rate(limit / 60 * share, self._pace.spare() or 0)
        return max(source, seconds_left(self.parts.values(), rate))


def _shares(then: _Seen, now: _Seen) -> Shares:
    took = max(now.at - then.at, 1e-9)
    pace, answers, idle = now.pace - then.pace, now.answers - then.answers, now.idle - then.idle
    callers = max(pace + answers + idle, took)
    return Shares(
        rows=(now.rows - then.rows) / took,
        pace=pace / callers,
        answers=answers / callers,
        machine=(now.busy - then.busy) / took,
    )


@asynccontextmanager
async def forecasting(context: Context, workspace: Workspace, stage: str) -> AsyncIterator[Forecast]:
    """Watch a stage for as long as the block lasts; what was said of it is forgotten then, however it ends."""
    forecast = Forecast(workspace.pace, stage)
    if not context.forecasts:
        yield forecast
        return
    task = asyncio.create_task(_tell(context, forecast))
    try:
        yield forecast
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        context.progress.forecast("")
        with suppress(BridgeworkError):  # somebody else has the lease: what they say stands
            running.forget(context.store)


async def _tell(context: Context, forecast: Forecast) -> None:
    looks = 0
    while True:
        state = forecast.state()
        context.progress.forecast(in_words(state, state.at))
        if looks % _KEPT_EVERY == 0:
            try:
                running.keep(context.store, state)
            except BridgeworkError:  # the work itself meets it too, and says so
                return
        looks += 1
        await asyncio.sleep(_EVERY)
