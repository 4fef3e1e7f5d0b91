from __future__ import annotations

import asyncio
import math
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from bridgework.workspace.pace import Pace
from bridgework.workspace.rejection import Kind, Rejection
from tests.virtual_time import run


@dataclass
class Bucket:
    """Twenty's bucket, as its throttler.service.ts refills it."""

    limit: int
    window_ms: int = 60_000
    tokens: int = -1
    last: int = 0
    refused: int = 0

    def take(self, now: float) -> bool:
        at = math.floor(now * 1000)
        if self.tokens < 0:
            self.tokens, self.last = self.limit, at
        available = min(self.limit, self.tokens + math.floor((at - self.last) * (self.limit / self.window_ms)))
        if available < 1:
            self.refused += 1
            return False
        self.tokens, self.last = available - 1, at
        return True


@dataclass
class Load:
    """What a load through the pace came to: calls accepted after the first minute, over those allowed."""

    share: float
    refused: int
    pace: Pace


def load(
    limit: int,
    *,
    minutes: int = 10,
    tasks: int | None = None,
    told: int | None = -1,
    delay: Callable[[random.Random], float] = lambda dice: dice.uniform(0.001, 0.004),
    others: float = 0,
    seed: int = 1,
) -> Load:
    """Tasks that send one call after the other; `delay` is from sending to the server's bucket."""

    async def main() -> Load:
        loop, dice = asyncio.get_running_loop(), random.Random(seed)
        long, short = Bucket(limit), Bucket(100, 1000)
        pace = Pace(limit if told == -1 else told, wall=loop.time)
        late = 0

        async def sender() -> None:
            nonlocal late
            while loop.time() < minutes * 60:
                async with pace.call():
                    await asyncio.sleep(delay(dice))
                    accepted = short.take(loop.time()) and long.take(loop.time())
                    late += accepted and loop.time() > 60
                    await asyncio.sleep(dice.uniform(0.02, 0.5) if accepted else 0.01)
                if not accepted:
                    pace.refused(Rejection(Kind.LIMIT, "LIMIT_REACHED", limit=limit, window=60.0))

        async def stranger() -> None:
            while others and loop.time() < minutes * 60:
                await asyncio.sleep(others)
                long.take(loop.time())

        await asyncio.gather(*(sender() for _ in range(tasks or pace.burst)), stranger())
        return Load(late / ((loop.time() - 60) / 60 * limit), long.refused + short.refused, pace)

    return run(main())


@pytest.mark.parametrize("limit", [10, 50, 90, 100, 130, 200, 600])
def test_no_call_is_refused_and_97_percent_of_the_allowance_is_used(limit: int) -> None:
    found = load(limit)
    assert found.refused == 0
    assert found.share >= 0.97
    assert found.pace.share() == pytest.approx(found.share, abs=0.02)


def test_calls_evenly_spaced_by_the_bare_interval_would_waste_or_drain() -> None:
    bucket, now, taken = Bucket(100), 0.0, 0
    for _ in range(300):
        now += 0.59
        taken += bucket.take(now)
    assert bucket.refused > 0  # what the pace has to be better than


@pytest.mark.parametrize("limit", [100, 600])
def test_jitter_of_a_network_is_borne_by_the_margin_and_the_cushion(limit: int) -> None:
    found = load(limit, delay=lambda dice: 0.02 + dice.expovariate(1 / 0.008))
    assert found.refused == 0
    assert found.share >= 0.97


def test_jitter_beyond_that_costs_a_few_refusals_and_never_a_crash() -> None:
    found = load(100, minutes=30, delay=lambda dice: 0.02 + dice.expovariate(1 / 0.06))
    assert found.refused <= 5
    assert found.share >= 0.9


def test_one_caller_alone_comes_close_to_the_rate_too() -> None:
    found = load(50, tasks=1)
    assert found.refused == 0
    assert found.share >= 0.95


def test_without_a_told_rate_a_hundred_a_minute_is_assumed() -> None:
    assert Pace().calls_per_minute == 100
    found = load(100, told=None)
    assert found.refused == 0


def test_a_slower_server_than_told_is_learnt_from_its_first_refusal() -> None:
    found = load(50, told=200, minutes=20)
    assert found.pace.calls_per_minute == 50
    assert 1 <= found.refused <= found.pace.burst * 4


def test_a_server_that_gives_more_than_told_is_not_asked_for_more() -> None:
    found = load(600, told=100)
    assert found.refused == 0
    assert found.pace.calls_per_minute == 100


def test_strangers_who_use_the_same_bucket_are_made_room_for() -> None:
    found = load(100, others=2.0, minutes=20)  # they take 30 of the 100
    assert found.share >= 0.5
    assert found.refused <= 60


def test_no_limit_means_no_waiting() -> None:
    async def main() -> float:
        pace = Pace(0)
        for _ in range(1000):
            async with pace.call():
                pass
        return asyncio.get_running_loop().time()

    assert run(main()) == 0.0


def test_a_limit_that_shows_where_none_was_expected_is_kept_to_from_then_on() -> None:
    async def main() -> tuple[int, float]:
        pace = Pace(0)
        async with pace.call():
            pass
        pace.refused(Rejection(Kind.LIMIT, "LIMIT_REACHED", limit=60, window=60.0))
        for _ in range(10):
            async with pace.call():
                pass
        return pace.calls_per_minute, asyncio.get_running_loop().time()

    limit, took = run(main())
    assert limit == 60
    assert took >= 10


def test_the_server_is_waited_for_as_long_as_it_asks() -> None:
    async def main() -> float:
        pace = Pace(100)
        pace.refused(Rejection(Kind.LIMIT, "LIMIT_REACHED", retry_after=30.0))
        async with pace.call():
            return asyncio.get_running_loop().time()

    assert run(main()) >= 30


def test_a_refusal_of_the_second_bucket_does_not_lower_the_rate_of_the_minute() -> None:
    async def main() -> int:
        pace = Pace(600)
        pace.refused(Rejection(Kind.LIMIT, "LIMIT_REACHED", limit=10, window=1.0))
        start = asyncio.get_running_loop().time()
        for _ in range(11):
            async with pace.call():
                pass
        assert asyncio.get_running_loop().time() - start >= 2
        return pace.calls_per_minute

    assert run(main()) == 600


class Memory:
    """A memory that outlives its pace."""

    def __init__(self) -> None:
        self.state: dict[str, Any] | None = None

    def load(self) -> dict[str, Any] | None:
        return self.state

    def save(self, state: dict[str, Any]) -> None:
        self.state = dict(state)


async def take(pace: Pace, count: int) -> None:
    for _ in range(count):
        async with pace.call():
            pass


def test_a_restart_does_not_spend_the_full_bucket_again() -> None:
    async def main() -> tuple[int, float]:
        loop, memory, bucket = asyncio.get_running_loop(), Memory(), Bucket(100)
        start = loop.time()
        for _ in range(5):
            pace = Pace(100, memory=memory, wall=loop.time)
            for _ in range(60):
                async with pace.call():
                    bucket.take(loop.time())
        return bucket.refused, loop.time() - start

    refused, took = run(main())
    assert refused == 0
    assert took >= 60 * (300 - 100) / 100


def test_after_a_long_pause_the_bucket_is_full_again() -> None:
    async def main() -> float:
        loop, memory = asyncio.get_running_loop(), Memory()
        await take(Pace(100, memory=memory, wall=loop.time), 90)
        await asyncio.sleep(120)
        start = loop.time()
        await take(Pace(100, memory=memory, wall=loop.time), 40)
        return loop.time() - start

    assert run(main()) < 1


def test_a_clock_that_was_set_back_gives_no_tokens() -> None:
    async def main() -> float:
        loop, memory = asyncio.get_running_loop(), Memory()
        await take(Pace(100, memory=memory, wall=lambda: loop.time() + 3600), 80)
        start = loop.time()
        await take(Pace(100, memory=memory, wall=loop.time), 5)
        return loop.time() - start

    assert run(main()) > 2


def test_a_learnt_limit_is_remembered_where_none_was_told() -> None:
    memory = Memory()
    memory.state = {"tokens": 3.0, "at": 0.0, "limit": 50, "window": 60.0}
    assert Pace(memory=memory, wall=lambda: 1.0).calls_per_minute == 50
    assert Pace(200, memory=memory, wall=lambda: 1.0).calls_per_minute == 200


def test_a_caller_that_gives_up_loses_no_token_and_blocks_nobody() -> None:
    async def main() -> int:
        pace = Pace(10)
        await take(pace, 8)
        waiting = asyncio.create_task(take(pace, 1))
        await asyncio.sleep(0.1)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        await take(pace, 2)
        return pace.calls

    assert run(main()) == 10


def test_callers_are_served_in_order() -> None:
    async def main() -> list[int]:
        pace, served = Pace(60), []
        await take(pace, 60)

        async def one(number: int) -> None:
            async with pace.call():
                served.append(number)

        await asyncio.gather(*(one(number) for number in range(20)))
        return served

    assert run(main()) == list(range(20))


def test_it_says_how_long_the_next_call_waits() -> None:
    async def main() -> float:
        pace = Pace(60)
        await take(pace, 48)
        assert pace.resumes_in() == 0
        waiting = asyncio.create_task(take(pace, 1))
        await asyncio.sleep(0.01)
        left = pace.resumes_in()
        await waiting
        return left

    assert 0.5 < run(main()) < 1.5


def test_a_token_is_spare_only_where_nobody_waits_for_it() -> None:
    async def main() -> list[int | None]:
        pace, found = Pace(100), [Pace(0).spare()]

        async def call() -> None:
            async with pace.call():
                await asyncio.sleep(0.2)

        found.append(pace.spare())
        async with asyncio.TaskGroup() as group:
            for _ in range(90):
                group.create_task(call())
            await asyncio.sleep(5)
            found.append(pace.spare())
        await asyncio.sleep(60)
        return [*found, pace.spare()]

    unlimited, full, busy, rested = run(main())
    assert unlimited is None
    assert full == 70  # of the bucket, but the cushion and a burst
    assert busy == 0
    assert rested == 70
