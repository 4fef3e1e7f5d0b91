"""How much work is left, what bounds it, and how that is said."""

from __future__ import annotations

import asyncio

import pytest

from bridgework.stages.forecast import Bound, Part, Shares, TimedLoop, bound_of, in_words
from bridgework.stages.forecast.parts import Rate, seconds_left
from bridgework.store.running import Running
from bridgework.workspace import Waits
from tests import virtual_time


@pytest.mark.parametrize(
    ("shares", "bound"),
    [
        (Shares(rows=0.9, pace=0.0, answers=0.1, machine=0.1), Bound.SOURCE),
        (Shares(rows=0.0, pace=0.7, answers=0.3, machine=0.2), Bound.RATE),
        (Shares(rows=0.0, pace=0.0, answers=0.9, machine=0.2), Bound.ANSWERS),
        (Shares(rows=0.1, pace=0.0, answers=0.6, machine=0.9), Bound.MACHINE),
    ],
)
def test_whatever_takes_the_time_is_the_bound(shares: Shares, bound: Bound) -> None:
    assert bound_of(shares) is bound


def test_calls_left_follow_what_was_reckoned_until_more_is_known() -> None:
    part = Part("patient→person", units=20_000, calls_a_unit=1 / 200)
    assert part.calls_left == 100
    part.done, part.calls = 10_000, 100  # each row became two records
    assert 80 < part.calls_left < 100
    part.over = True
    assert part.calls_left == 0


def test_each_part_takes_as_long_as_its_tokens_or_as_its_answers_whichever_is_longer() -> None:
    slow = Part("a", units=1000, calls_a_unit=1 / 10, at_once=10, done=500, calls=50, seconds=100, waited=1000)
    quick = Part("b", units=1000, calls_a_unit=1 / 10, at_once=10)
    assert slow.calls_left == 50
    assert quick.calls_left == 100
    # Without a limit, what is left of the one goes as it went, and the other in rounds of ten calls of 20 s.
    assert seconds_left([slow, quick], Rate(None)) == pytest.approx(100 + 10 * 20)
    # At a call in 4 s both wait for tokens, but for the ten that are there already.
    assert seconds_left([slow, quick], Rate(0.25, spare=10)) == pytest.approx(40 * 4 + 100 * 4)


def test_files_are_waited_for_before_the_records_that_name_them() -> None:
    seen = Part("a", units=100, calls_a_unit=1, done=100, calls=100, waited=100, over=True)
    files = Part("b", units=16, calls_a_unit=1 / 16, files=True)
    assert seconds_left([seen, files], Rate(None)) == pytest.approx(1 + 3 * 2)


def test_waits_are_counted_for_each_and_for_all_together_those_under_way_too() -> None:
    async def main() -> tuple[float, float, float]:
        waits = Waits()

        async def wait(seconds: float) -> None:
            with waits.of("pace"):
                await asyncio.sleep(seconds)

        async with asyncio.TaskGroup() as group:
            group.create_task(wait(10))
            group.create_task(wait(4))
            await asyncio.sleep(6)
            midway = waits.summed("pace")
        return midway, waits.summed("pace"), waits.any("pace")

    assert virtual_time.run(main()) == pytest.approx((10, 14, 10))


def test_the_loop_of_a_command_tells_waiting_from_work() -> None:
    async def main(loop: TimedLoop) -> tuple[float, float]:
        began, idle = loop.time(), loop.idle
        await asyncio.sleep(0.05)
        waited = loop.idle - idle
        while loop.time() - began < 0.1:
            pass
        return waited, loop.idle - idle - waited

    with asyncio.Runner(loop_factory=TimedLoop) as runner:
        loop = runner.get_loop()
        assert isinstance(loop, TimedLoop)
        waited, after = runner.run(main(loop))
    assert waited >= 0.045
    assert after < 0.005


def test_what_is_said_names_the_bound_its_figures_and_the_end() -> None:
    state = Running("load", 1000.0, "rate", 100, 97.4, 1000.0 + 720, 1200)
    said = in_words(state, 1000.0)
    assert said.startswith("bound by Twenty's rate (100 calls a minute allowed, 97 used); ends about ")
    assert said.endswith(", in 12 minutes")
    assert in_words(state, 1300.0).endswith("in 7 minutes (said 5 minutes ago)")
    unknown = Running("load", 1000.0, "", 100, 0, None, None)
    assert in_words(unknown, 1000.0) == "measuring what bounds it; when it ends is not known yet"
    assert in_words(Running("load", 0.0, "source", 0, 5, None, None), 0.0).startswith(
        "bound by the practice's API budget"
    )
