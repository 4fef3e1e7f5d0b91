"""Trying a call again: every try takes its turn in the budget, with growing pauses, and only so often.

The pause before a try is drawn from 0 to a bound that doubles ("full jitter", as in AWS's "Exponential backoff and
jitter", 2015), so that several processes do not come back together. `Retry-After` (RFC 9110, 10.2.3) is obeyed by all
calls of the client, not only by the one that got it.
"""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import TypeVar

import httpx2

from bridgework.practice.api import problems
from bridgework.practice.api.page import CallBudget
from bridgework.practice.api.problems import TryAgainError

T = TypeVar("T")

TRIES = 8
LIMITED_TRIES = 12
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
LONGEST_WAIT = 3900.0
"""The budget is one of an hour: who asks for a longer wait than that, and a little, is not waited for."""


@dataclass(slots=True)
class Tally:
    """How many calls were made for one purpose."""

    calls: int = 0


class Retrying:
    """Makes the tries of one client's calls."""

    def __init__(
        self, budget: CallBudget, clock: Callable[[], float], sleep: Callable[[float], Awaitable[None]]
    ) -> None:
        """`clock` gives seconds since 1970."""
        self._budget, self._clock, self._sleep = budget, clock, sleep
        self._quiet_until = 0.0

    async def run(self, attempt: Callable[[], Awaitable[T]], where: str, tally: Tally) -> T:
        """Try until there is an answer; raises what the last try ends in: Away, Refused or Paused."""
        failures = limited = 0
        while True:
            while (wait := self._quiet_until - self._clock()) > 0:
                await self._sleep(wait)
            try:
                async with self._budget.call():
                    tally.calls += 1
                    return await attempt()
            except TryAgainError as error:
                failed = error
            except (httpx2.TransportError, httpx2.DecodingError) as error:
                failed = TryAgainError(type(error).__name__)
            limited += failed.limited
            failures += not failed.limited
            if failures >= TRIES:
                raise failed.final or problems.away(where, failures + limited, failed.reason)
            await self._pause(failed, max(failures, limited), where, last=limited >= LIMITED_TRIES)

    async def _pause(self, failed: TryAgainError, times: int, where: str, *, last: bool) -> None:
        jittered = random.random() * min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (times - 1))  # noqa: S311 - no secret
        if failed.retry_after is None:
            if last:
                raise problems.busy(where, self._clock() + LONGEST_PAUSE)
            await self._sleep(jittered)
            return
        self._quiet_until = max(self._quiet_until, self._clock() + failed.retry_after)
        if last or failed.retry_after > LONGEST_WAIT:
            raise problems.busy(where, self._quiet_until)
        # Those who waited for the same moment do not all come at once.
        await self._sleep(failed.retry_after + min(jittered, FIRST_PAUSE))


def retry_after(value: str | None, now: float) -> float | None:
    """The seconds that a Retry-After header asks for, as a number or as a date; None where it says nothing sensible."""
    if value is None:
        return None
    try:
        return max(0.0, float(int(value.strip())))
    except ValueError:
        pass
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    return max(0.0, (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() - now)
