"""Keeps calls within the server's allowance, without ever being told off, and wastes next to none of it.

Twenty's bucket starts full and gains `floor((now - last accepted) * limit / window)` tokens at each accepted call
(twenty-server, throttler.service.ts, 2.19). What the floor cuts is lost: calls that are a little too close gain
nothing, and calls a little too far apart waste the rest. So calls leave in small bursts: all that wait go together, as
soon as their tokens are certain. Only one gap of each burst is cut, and a margin for jitter is paid once for each.

The pace counts what the server certainly has: it takes each call to be accepted a margin after it was sent, or when it
was answered, whichever is first. A part of the full bucket at the start is kept as a cushion for jitter beyond that.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections import deque
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Protocol

from bridgework.workspace.waits import PACE, Waits

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from bridgework.workspace.rejection import Rejection

DEFAULT_CALLS_PER_MINUTE = 100
_CUSHION = 0.2  # of the bucket: kept for jitter, never spent on purpose
_CUSHION_GROWTH = 0.02  # tokens put back into a spent cushion, for each call
_MARGIN_SHARE = 0.021  # of a burst's time: what is paid for jitter
_LEAST_MARGIN, _MOST_MARGIN = 0.008, 0.5  # seconds
_DRIFT = 0.004  # tokens written off for each call, for bursts whose jitter went past the margin
_BURST_SECONDS = 6.0  # a burst should be worth this long, so that the margin is small beside it
_LEAST_BURST, _MOST_BURST = 6, 20
_PER_SECOND = 50  # the second bucket holds 100 a second: half of it can be spent every second, whatever the floor cuts
_EASE, _LEAST_EASE = 0.9, 0.3  # how far repeated refusals lower the estimate, and the least it can fall to
_JITTER, _MOST_JITTER = 1.5, 4.0  # how far a refusal widens the margin, and the most it can be
_SOON = 200  # calls: a refusal within so many of the last one is no chance
_RECOVERY_CALLS = 50  # calls without a refusal that give one hundredth back
_SHORT_WINDOW = 10.0  # seconds: a limit told for less is that of the second bucket


class PaceMemory(Protocol):
    """Where the pace keeps its state, so that a new process does not spend the same tokens again."""

    def load(self) -> dict[str, Any] | None:
        """The state saved last, or None."""

    def save(self, state: dict[str, Any]) -> None:
        """Keep the state; called before each burst leaves, so it must be quick."""


class Pace:
    """Grants calls at the server's rate, in order, to any number of tasks of one event loop."""

    def __init__(
        self,
        calls_per_minute: int | None = None,
        *,
        memory: PaceMemory | None = None,
        clock: Callable[[], float] | None = None,
        wall: Callable[[], float] = time.time,
    ) -> None:
        """Begin with a full bucket, or with what `memory` knows of it.

        `calls_per_minute`: None assumes 100 until the server says otherwise; 0 means no limit.
        `clock`: seconds, monotonic; the running event loop's by default. `wall`: seconds of the calendar, for `memory`.
        """
        self.calls = 0
        self.refusals = 0
        self.waits = Waits(clock)
        self._told = calls_per_minute is not None
        self._limit = DEFAULT_CALLS_PER_MINUTE if calls_per_minute is None else max(0, calls_per_minute)
        self._window = 60.0
        self._memory, self._wall, self._clock = memory, wall, clock or _loop_time
        self._tokens = float(self._limit)
        self._ease, self._jitter, self._debt, self._clean = 1.0, 1.0, 0.0, 0
        # The latest moment at which the last answered call was accepted; from the first call on.
        self._accepted: float | None = None
        self._in_flight: dict[object, float] = {}  # the latest moment at which each open call is accepted
        self._waiting: deque[asyncio.Future[object]] = deque()
        self._timer: asyncio.TimerHandle | None = None
        self._held_until = -math.inf
        self._eased_at = -math.inf
        self._refused_at = -_SOON
        self._second, self._per_second = 1.0, _PER_SECOND
        self._recent: deque[float] = deque()
        self._busy_since: float | None = None  # the last release that had to wait, while work goes on
        self._busy_seconds, self._busy_calls, self._calls_since = 0.0, 0, 0
        self._idle_since = -math.inf
        self._lacks_tokens = False
        self._recall()
        self._cushion = min(self._full_cushion, self._tokens)

    @property
    def calls_per_minute(self) -> int:
        """The rate that is kept to; 0 where there is no limit."""
        return round(self._limit * 60 / self._window)

    @property
    def burst(self) -> int:
        """How many calls leave together at most; as many callers at once make full use of the allowance."""
        if not self._limit:
            return _LEAST_BURST
        worth = math.ceil(_BURST_SECONDS * self._limit / self._window)
        room = max(1, math.floor(self._limit - self._full_cushion))
        return min(max(worth, _LEAST_BURST), _MOST_BURST, room)

    def share(self) -> float:
        """Calls granted over those that the server's rate allows, counted while calls had to wait (1.0 = all of it).

        The full bucket at the start does not flatter it, and time without work does not count.
        """
        if not self._limit or not self._busy_seconds:
            return 1.0
        return self._busy_calls / (self._busy_seconds * self._limit / self._window)

    def spare(self) -> int | None:
        """Tokens that nobody waits for, beyond those of the next burst; None where there is no limit."""
        if not self._limit:
            return None
        if self._waiting or self._held_until > self._clock():
            return 0
        gained = math.floor(max(0.0, self._clock() - self._last_accepted()) * self._rate)
        there = min(float(self._limit), self._tokens + gained) - self._cushion
        return max(0, math.floor(there) - self.burst)

    def resumes_in(self) -> float:
        """Seconds until the next call may leave, 0 when none has to wait."""
        return max(0.0, self._due() - self._clock()) if self._waiting else 0.0

    @asynccontextmanager
    async def call(self) -> AsyncIterator[None]:
        """Wait for a token, then go; the block is the call, and its end the answer."""
        ticket = await self._grant()
        try:
            yield
        finally:
            self._answered(ticket)

    def refused(self, rejection: Rejection) -> None:
        """Learn from a LIMIT refusal: take over what it tells, wait as it asks, and trust the estimate less."""
        now = self._clock()
        self.refusals += 1
        if rejection.retry_after is not None:
            self._held_until = max(self._held_until, now + rejection.retry_after)
        if rejection.window is not None and rejection.window < _SHORT_WINDOW:
            self._second, self._per_second = rejection.window, max(1, (rejection.limit or 2) // 2)
            self._held_until = max(self._held_until, now + rejection.window)
            return
        learnt = self._learn(rejection)
        if not learnt and now > self._eased_at:  # one burst counts once
            self._jitter = min(_MOST_JITTER, self._jitter * _JITTER)
            if self.calls - self._refused_at < _SOON:  # others use the same bucket
                self._ease = max(_LEAST_EASE, self._ease * _EASE)
            self._refused_at, self._clean = self.calls, 0
        self._eased_at = max([now, *self._in_flight.values()])
        self._tokens, self._cushion, self._accepted = 0.0, 0.0, now
        self._schedule()

    # -- granting

    async def _grant(self) -> object:
        if not self._limit:
            self.calls += 1
            return None
        if not (self._waiting or self._in_flight) and self._clock() > self._idle_since + 1 / self._rate:
            self._busy_since = None  # there was no work: what was saved up meanwhile is not counted
        waiter: asyncio.Future[object] = asyncio.get_running_loop().create_future()
        self._waiting.append(waiter)
        self._schedule()
        try:
            with self.waits.of(PACE):
                return await waiter
        except asyncio.CancelledError:
            if waiter.done() and not waiter.cancelled():
                self._answered(waiter.result())
            elif waiter in self._waiting:
                self._waiting.remove(waiter)
            raise

    def _answered(self, ticket: object) -> None:
        """An answer proves that the call was accepted by now, which is better than the margin where it came quickly."""
        latest = self._in_flight.pop(ticket, None)
        if latest is not None:
            self._accepted = max(self._last_answered(), min(latest, self._clock()))
        self._idle_since = self._clock()
        self._schedule()

    def _schedule(self) -> None:
        """Release what is due now, and set the timer for the rest."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        while self._waiting:
            delay = self._due() - self._clock()
            if delay > 0:
                self._lacks_tokens = self._tokens_due() > self._clock()
                self._timer = asyncio.get_running_loop().call_later(delay, self._on_time)
                return
            self._release(waited=False)

    def _on_time(self) -> None:
        self._timer = None
        if self._waiting and self._due() <= self._clock():
            self._release(waited=self._lacks_tokens)
        self._schedule()

    def _due(self) -> float:
        """When the next burst may leave: its tokens are certain, nobody asked to wait, and the second has room."""
        return max(self._tokens_due(), self._held_until, self._room_in_second())

    def _tokens_due(self) -> float:
        need = math.ceil(self._wanted() - (self._tokens - self._cushion) - 1e-9)
        return self._last_accepted() + need / self._rate + 1e-6 if need > 0 else -math.inf

    def _wanted(self) -> int:
        """How many calls the next burst holds: those who wait, and those who are about to come back."""
        return max(1, min(len(self._waiting) + len(self._in_flight), self.burst))

    def _last_accepted(self) -> float:
        return max([self._last_answered(), *self._in_flight.values()])

    def _last_answered(self) -> float:
        if self._accepted is None:
            self._accepted = self._clock()
        return self._accepted

    @property
    def _rate(self) -> float:
        return self._limit * self._ease / self._window

    def _release(self, *, waited: bool) -> None:
        now = self._clock()
        gained = math.floor(max(0.0, now - self._last_accepted()) * self._rate)
        self._tokens = min(float(self._limit), self._tokens + gained)
        while self._recent and self._recent[0] <= now - self._second:
            self._recent.popleft()
        able = min(int(self._tokens - self._cushion + 1e-9), self._per_second - len(self._recent), len(self._waiting))
        count = max(1, able)
        self._tokens -= count
        self._recent.extend([now] * count)
        self._account(now, count, waited=waited)
        latest = now + self._margin(count)
        self._remember(latest)
        for _ in range(count):
            waiter = self._waiting.popleft()
            if not waiter.done():
                ticket = object()
                self._in_flight[ticket] = latest
                waiter.set_result(ticket)

    def _account(self, now: float, count: int, *, waited: bool) -> None:
        """Count the calls, and put back, bit by bit, what the cushion, the drift and a refusal took."""
        self.calls += count
        self._calls_since += count
        if waited and self._busy_since is not None:
            self._busy_seconds += now - self._busy_since
            self._busy_calls += self._calls_since
        if waited:
            self._busy_since, self._calls_since = now, 0
        self._cushion = min(self._full_cushion, self._cushion + _CUSHION_GROWTH * count)
        self._debt += _DRIFT * count
        if self._debt >= 1 and self._limit >= _MOST_BURST:
            self._debt -= 1
            self._tokens -= 1
        self._clean += count
        if self._clean >= _RECOVERY_CALLS:
            self._clean = 0
            self._ease = min(1.0, self._ease + 0.01)
            self._jitter = max(1.0, self._jitter - 0.01)

    def _margin(self, count: int) -> float:
        share = count * self._window / self._limit * _MARGIN_SHARE
        return min(max(share, _LEAST_MARGIN), _MOST_MARGIN) * self._jitter

    @property
    def _full_cushion(self) -> float:
        return math.floor(_CUSHION * self._limit)

    def _room_in_second(self) -> float:
        if len(self._recent) < self._per_second:
            return -math.inf
        return self._recent[-self._per_second] + self._second

    # -- learning and remembering

    def _learn(self, rejection: Rejection) -> bool:
        """Take over a limit that the server told, where it is slower than ours or where ours was assumed."""
        if rejection.limit is None or rejection.window is None:
            if self._limit:
                return False
            self._limit, self._window = DEFAULT_CALLS_PER_MINUTE, 60.0
            return True
        told, ours = rejection.limit / rejection.window, self._limit / self._window
        if told == ours or (self._told and self._limit and told > ours):
            return False
        self._limit, self._window = rejection.limit, rejection.window
        return True

    def _remember(self, accepted: float) -> None:
        if self._memory is not None:
            at = self._wall() + accepted - self._clock()
            self._memory.save({"tokens": self._tokens, "at": at, "limit": self._limit, "window": self._window})

    def _recall(self) -> None:
        state = self._memory.load() if self._memory is not None else None
        if not state or not self._limit:
            return
        if not self._told:
            self._limit, self._window = int(state["limit"]), float(state["window"])
        elapsed = max(0.0, self._wall() - float(state["at"]))
        gained = math.floor(elapsed * float(state["limit"]) / float(state["window"]))
        self._tokens = float(min(self._limit, max(0.0, float(state["tokens"])) + gained))


def _loop_time() -> float:
    return asyncio.get_running_loop().time()
