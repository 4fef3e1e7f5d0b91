"""Never more calls in any hour than the vendor grants, whoever makes them; and next to none of them wasted."""

from __future__ import annotations

import asyncio
import os
import random
import subprocess
import sys
import time
from bisect import bisect_right
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bridgework.errors import Paused, UsageError
from bridgework.practice.budget import Budget, BudgetState, Window
from bridgework.practice.hours import Hours, estimate
from bridgework.store import Store
from bridgework.store.tables import source_call
from tests import virtual_time

BRUSSELS = ZoneInfo("Europe/Brussels")
PASSPHRASE = "a passphrase"
NOON = datetime(2026, 3, 10, 12, 0, tzinfo=BRUSSELS).timestamp()


def opened(path: Path) -> Store:
    """A store whose commits do not wait for the disk: what is tested here is not that."""
    made = Store.open(path, PASSPHRASE) if path.exists() else Store.create(path, PASSPHRASE)
    made.engine.dispose()
    sa.event.listen(made.engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous = OFF"))
    return made


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    made = opened(path)
    yield made
    made.close()


class Clock:
    """A calendar that goes on as the event loop does, until somebody sets it."""

    def __init__(self) -> None:
        self.offset, self.started = NOON, 0.0

    def __call__(self) -> float:
        return self.offset + self.steady()

    def steady(self) -> float:
        """Seconds since the machine was started."""
        return asyncio.get_running_loop().time() - self.started


class Server:
    """Counts each call at some moment between its sending and its answer, as it likes."""

    def __init__(self, seed: int, seconds: float = 2.0) -> None:
        self.chance, self.seconds, self.accepted = random.Random(seed), seconds, list[float]()

    async def answer(self) -> None:
        before, behind = (self.chance.random() * self.seconds / 2 for _ in range(2))
        self.accepted.append(asyncio.get_running_loop().time() + before)  # whether or not somebody waits for it
        await asyncio.sleep(before + behind)

    def most_in(self, seconds: float) -> int:
        """The most calls that it took in any stretch of so many seconds."""
        at = sorted(self.accepted)
        return max((bisect_right(at, moment + seconds) - place for place, moment in enumerate(at)), default=0)


async def work(budget: Budget, server: Server, until: float, tasks: int = 8) -> None:
    """Make calls for as long as there is time, so many at once."""

    async def one() -> None:
        while asyncio.get_running_loop().time() < until:
            async with budget.call():
                await server.answer()

    await asyncio.gather(*(one() for _ in range(tasks)))


# --- the limit -------------------------------------------------------------------------------------------------------


def test_over_a_day_two_processes_never_exceed_the_limit_and_use_over_99_percent_of_it(path: Path) -> None:
    limit, day = 120, 86_400.0

    async def main() -> Server:
        stores = [opened(path), opened(path)]
        server, clock = Server(1), Clock()
        budgets = [Budget(store, limit, clock=clock, steady=clock.steady) for store in stores]
        await asyncio.gather(*(work(budget, server, day) for budget in budgets))
        for store in stores:
            store.close()
        return server

    server = virtual_time.run(main())
    assert server.most_in(3600.0) == limit
    assert sum(at <= day for at in server.accepted) > 0.99 * limit * day / 3600


def test_the_full_allowance_is_kept_to_for_two_hours(store: Store) -> None:
    async def main() -> Server:
        server, clock = Server(2), Clock()
        await work(Budget(store, clock=clock, steady=clock.steady), server, 3700.0, tasks=16)
        return server

    server = virtual_time.run(main())
    assert server.most_in(3600.0) == 3600
    assert len(server.accepted) > 3700


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_restarts_deaths_and_set_clocks_do_not_exceed_the_limit(
    monkeypatch: pytest.MonkeyPatch, data: st.DataObject
) -> None:
    limit, window = data.draw(st.integers(1, 9)), Window(60.0, 0.5, 20.0)
    kinds = st.sampled_from(["die", "end", "go on", "back", "forward"])
    events = data.draw(st.lists(st.tuples(kinds, st.floats(0.1, 90.0)), max_size=8))
    server = Server(data.draw(st.integers(0, 99)), seconds=data.draw(st.floats(0.01, 19.0)))

    async def main() -> None:
        clock, store = Clock(), Store.connect("sqlite://")
        loop = asyncio.get_running_loop()
        running: list[asyncio.Task[None]] = []
        for what, seconds in [*events, ("end", 200.0)]:
            if what in {"back", "forward"}:
                clock.offset += {"back": -7_000.0, "forward": 7_000.0}[what]
                continue
            budget = Budget(store, limit, clock=clock, steady=clock.steady, window=window)
            running.append(asyncio.ensure_future(work(budget, server, loop.time() + seconds, tasks=3)))
            if what == "die":  # the server counts the calls under way; nobody writes down their end
                await asyncio.sleep(seconds)
                monkeypatch.setattr(budget, "_end", lambda _: None)
                running.pop().cancel()
            elif what == "end":
                await asyncio.gather(*running)
                running.clear()
        await asyncio.gather(*running)
        store.close()

    virtual_time.run(main())
    assert server.most_in(60.0) <= limit
    assert len(server.accepted) >= limit  # nothing blocks for ever: the last two hundred seconds alone give that


def test_every_try_of_a_call_that_fails_holds_a_place(store: Store) -> None:
    async def main() -> None:
        clock = Clock()
        budget = Budget(store, 5, clock=clock, steady=clock.steady)
        for _ in range(2):
            with pytest.raises(TimeoutError):
                async with budget.call():
                    raise TimeoutError
        assert budget.state().left == 3

    virtual_time.run(main())


def test_a_call_of_a_process_that_died_holds_its_place_until_an_hour_after_its_time_out(path: Path) -> None:
    async def main() -> None:
        clock = Clock()
        first = Budget(opened(path), 1, clock=clock, steady=clock.steady, window=Window(3600.0, 0.0, 300.0))
        assert first._take() is not None
        second = Budget(opened(path), 1, clock=clock, steady=clock.steady, window=Window(3600.0, 0.0, 300.0))
        assert second.state().next_at == pytest.approx(NOON + 3900.0)
        async with second.call():
            assert asyncio.get_running_loop().time() == pytest.approx(3900.0, abs=0.1)

    virtual_time.run(main())


def test_a_call_that_outlives_its_place_holds_one_again_when_it_ends(store: Store) -> None:
    async def main() -> None:
        clock = Clock()
        budget = Budget(store, 2, clock=clock, steady=clock.steady, window=Window(60.0, 0.0, 10.0))
        async with budget.call():
            await asyncio.sleep(100)
            async with budget.call():  # which clears away all that is over
                pass
            assert budget.state().spent == 1
        assert budget.state().spent == 2

    virtual_time.run(main())


def test_old_calls_do_not_stay_in_the_store(store: Store) -> None:
    async def main() -> None:
        clock = Clock()
        await work(Budget(store, 10, clock=clock, steady=clock.steady), Server(1), 20_000.0)

    virtual_time.run(main())
    with store.read() as connection:
        assert len(connection.execute(sa.select(source_call)).all()) <= 10


def test_a_cancelled_wait_takes_no_place_and_lets_the_next_one_go(store: Store) -> None:
    async def main() -> None:
        clock = Clock()
        budget = Budget(store, 1, clock=clock, steady=clock.steady)
        async with budget.call():
            pass
        waiting = asyncio.ensure_future(work(budget, Server(1), 1.0, tasks=1))
        await asyncio.sleep(5)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        async with budget.call():
            assert asyncio.get_running_loop().time() == pytest.approx(3602.0, abs=0.1)

    virtual_time.run(main())


def test_no_more_than_the_vendor_grants_can_be_asked_for(store: Store) -> None:
    for calls in (0, 3601):
        with pytest.raises(ValueError, match="3600"):
            Budget(store, calls)


# --- clocks ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("jump", [-86_400.0, -60.0, 60.0, 86_400.0])
def test_a_clock_that_is_set_neither_gives_calls_away_nor_blocks_them(store: Store, jump: float) -> None:
    async def main() -> None:
        clock = Clock()
        budget = Budget(store, 1, clock=clock, steady=clock.steady)
        async with budget.call():
            pass
        clock.offset += jump
        assert budget.state().next_at == pytest.approx(clock() + 3602.0)
        async with budget.call():
            assert asyncio.get_running_loop().time() == pytest.approx(3602.0, abs=0.1)

    virtual_time.run(main())


@pytest.mark.parametrize(("slept", "jump", "waits"), [(600.0, 0.0, 3002.0), (600.0, -900.0, 3602.0)])
def test_after_a_restart_of_the_machine_the_calendar_says_what_passed_and_never_less_than_nothing(
    store: Store, slept: float, jump: float, waits: float
) -> None:
    async def main() -> None:
        clock = Clock()
        await asyncio.sleep(5000)
        budget = Budget(store, 1, clock=clock, steady=clock.steady)
        async with budget.call():
            pass
        await asyncio.sleep(slept)
        clock.offset += clock.steady() + jump
        clock.started = asyncio.get_running_loop().time()  # the machine comes up again
        assert Budget(store, 1, clock=clock, steady=clock.steady).state().next_at == pytest.approx(clock() + waits)

    virtual_time.run(main())


# --- hours -----------------------------------------------------------------------------------------------------------


def test_calls_are_made_in_the_hours_only(store: Store) -> None:
    hours = Hours.parse("12:30-13:00, 22:00-06:00")
    calls = []

    async def main() -> None:
        clock = Clock()
        budget = Budget(store, 20, hours, clock=clock, steady=clock.steady)
        while clock() < NOON + 86_400:
            async with budget.call():
                calls.append(datetime.fromtimestamp(clock(), BRUSSELS))
                await asyncio.sleep(1)

    virtual_time.run(main())
    minutes = {at.hour * 60 + at.minute for at in calls}
    assert min(calls) == datetime(2026, 3, 10, 12, 30, tzinfo=BRUSSELS)
    assert all(12 * 60 + 30 <= one < 13 * 60 or one >= 22 * 60 or one < 6 * 60 for one in minutes)
    assert {at.hour for at in calls} == {12, 22, 23, 0, 1, 2, 3, 4, 5}


@pytest.mark.parametrize(
    ("day", "windows", "open_for"),
    [
        ("2026-03-10", "22:00-06:00", 8.0),
        ("2026-03-28", "22:00-06:00", 7.0),  # the clocks go forward at two
        ("2026-10-24", "22:00-06:00", 9.0),  # and back at three
        ("2026-03-28", "02:10-02:50", 0.0),
        ("2026-10-24", "02:10-02:50", 4 / 3),
        ("2026-10-24", "23:00\u201323:30, 1:00-2:30", 2.5),
        ("2026-03-10", "00:00-24:00", 24.0),
    ],
)
def test_hours_are_what_the_clocks_of_belgium_show(day: str, windows: str, open_for: float) -> None:
    hours = Hours.parse(windows)
    assert hours is not None
    begin = datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=BRUSSELS).timestamp()
    end = (datetime.fromisoformat(f"{day}T12:00") + timedelta(days=1)).replace(tzinfo=BRUSSELS).timestamp()
    found, now = 0.0, begin
    while (now := hours.opens(now)) < end:
        shut = min(hours.closes(now), end)
        found, now = found + shut - now, shut
    assert found / 3600 == pytest.approx(open_for)


@given(st.integers(1_735_689_600, 1_798_761_600), st.integers(0, 1439), st.integers(1, 1439))
def test_it_is_open_from_when_it_opens_until_it_closes(now: int, begin: int, length: int) -> None:
    hours = Hours(((begin, (begin + length) % 1440 or 1440),))
    opens = hours.opens(now)
    closes = hours.closes(opens)
    assert now <= opens < closes
    assert hours.is_open(opens)
    assert hours.is_open((opens + closes) / 2)
    assert not hours.is_open(closes)
    assert opens == now or not hours.is_open((now + opens) / 2)


def test_nothing_said_means_always() -> None:
    assert Hours.parse("  ") is None


@pytest.mark.parametrize("text", ["22:00", "22-06", "25:00-06:00", "22:60-23:00", "08:00-08:00", "22:00-06:00,"])
def test_hours_that_cannot_be_read_are_refused_with_the_place(text: str) -> None:
    with pytest.raises(UsageError, match="HOURS-WRONG") as caught:
        Hours.parse(text)
    assert text in caught.value.where


# --- how long it takes -----------------------------------------------------------------------------------------------


def test_an_estimate_is_in_open_hours_only() -> None:
    assert estimate(3600, 3600, None, NOON) == NOON + 3600
    night = Hours.parse("22:00-06:00")
    until = datetime.fromtimestamp(estimate(10 * 3600, 3600, night, NOON), BRUSSELS)
    assert until == datetime(2026, 3, 12, 0, 0, tzinfo=BRUSSELS)
    assert estimate(0, 3600, night, NOON) == NOON


def test_an_estimate_of_weeks_over_many_nights_comes_at_once() -> None:
    begun = time.perf_counter()
    until = datetime.fromtimestamp(estimate(8 * 3600 * 60, 3600, Hours.parse("22:00-06:00"), NOON), BRUSSELS)
    assert until == datetime(2026, 5, 9, 23, 0, tzinfo=BRUSSELS)  # sixty nights, one of them an hour shorter
    assert time.perf_counter() - begun < 5


def test_the_end_is_foreseen_from_what_is_left(store: Store) -> None:
    async def main() -> None:
        clock = Clock()
        budget = Budget(store, 10, clock=clock, steady=clock.steady, window=Window(3600.0, 0.0, 300.0))
        assert budget.ends_at(10) == NOON
        for _ in range(8):
            async with budget.call():
                pass
        assert budget.ends_at(2) == NOON
        assert budget.ends_at(12) == pytest.approx(NOON + 3600)
        async with budget.call():
            pass
        async with budget.call():
            pass
        assert budget.ends_at(1) == pytest.approx(NOON + 3600)  # none before that, however few they are

    virtual_time.run(main())


# --- pause, lower, state ---------------------------------------------------------------------------------------------


def test_a_pause_and_its_end_are_seen_by_another_process_within_a_minute(path: Path) -> None:
    async def main() -> None:
        clock, server = Clock(), Server(1)
        here, there = (Budget(opened(path), 3600, clock=clock, steady=clock.steady) for _ in range(2))
        there.pause()
        assert here.state().paused
        going = asyncio.ensure_future(work(here, server, 500.0, tasks=2))
        await asyncio.sleep(200)
        assert server.accepted == []
        there.resume()
        await asyncio.sleep(60)
        assert server.accepted
        there.pause()
        await asyncio.sleep(3)
        taken = len(server.accepted)
        await asyncio.sleep(100)
        assert len(server.accepted) == taken
        there.resume()
        await going

    virtual_time.run(main())


def test_a_lowered_limit_holds_in_every_process_and_can_be_taken_back(path: Path) -> None:
    async def main() -> None:
        clock = Clock()
        here, there = (Budget(opened(path), 10, clock=clock, steady=clock.steady) for _ in range(2))
        for _ in range(5):
            async with here.call():
                await asyncio.sleep(10)
        there.lower(3)
        state = here.state()
        assert (state.limit, state.spent, state.left) == (3, 5, 0)
        async with here.call():  # the third of the five has to end first
            assert asyncio.get_running_loop().time() == pytest.approx(30 + 3602, abs=0.1)
        there.lower(100)
        assert here.state().limit == 10
        there.lower(None)
        assert here.state().limit == 10
        with pytest.raises(ValueError, match="pause"):
            there.lower(0)

    virtual_time.run(main())


def test_the_state_says_what_is_left_and_when_it_goes_on(store: Store) -> None:
    async def main() -> None:
        clock = Clock()
        budget = Budget(store, 2, Hours.parse("11:00-12:30"), clock=clock, steady=clock.steady)
        assert budget.state() == BudgetState(2, 0, 2, None, open=True, opens_at=None, paused=False)
        for _ in range(2):
            async with budget.call():
                await asyncio.sleep(60)
        state = budget.state()
        assert (state.spent, state.left, state.open, state.is_free) == (2, 0, True, False)
        assert state.next_at == pytest.approx(NOON + 60 + 3602)
        await asyncio.sleep(1800)
        state = budget.state()
        assert not state.open
        assert state.opens_at == datetime(2026, 3, 11, 11, 0, tzinfo=BRUSSELS).timestamp()

    virtual_time.run(main())


def test_who_waits_is_told_at_least_once_a_minute_and_may_stop(store: Store) -> None:
    told: list[float] = []

    def on_wait(state: BudgetState) -> None:
        assert not state.is_free
        told.append(asyncio.get_running_loop().time())
        if len(told) == 5:
            raise Paused("PAUSED", "stopped")

    async def main() -> None:
        clock = Clock()
        budget = Budget(store, 1, clock=clock, steady=clock.steady, on_wait=on_wait)
        async with budget.call():
            pass
        with pytest.raises(Paused):
            async with budget.call():
                pass

    virtual_time.run(main())
    assert all(later - earlier <= 60 for earlier, later in pairwise(told))


# --- for real --------------------------------------------------------------------------------------------------------

_PROCESS = """
import asyncio, sys, time
from pathlib import Path
from bridgework.practice.budget import Budget, Window
from bridgework.store import Store

async def main():
    budget = Budget(Store.open(Path(sys.argv[1]), "a passphrase"), 20, window=Window(1.0, 0.05, 5.0))
    until = time.monotonic() + 3.0
    while time.monotonic() < until:
        async with budget.call():
            began = time.monotonic()
            await asyncio.sleep(0.002)
        print(began, time.monotonic(), flush=True)

asyncio.run(main())
"""


def test_two_real_processes_share_one_budget(path: Path) -> None:
    Store.create(path, PASSPHRASE).close()
    command = [sys.executable, "-c", _PROCESS, str(path)]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ.copy()) for _ in range(2)]
    calls = [sorted(map(float, line.split())) for one in both for line in one.communicate(timeout=60)[0].splitlines()]
    assert all(one.returncode == 0 for one in both)
    begun = sorted(began for began, _ in calls)
    server = Server(0)
    server.accepted = begun
    assert server.most_in(1.0) <= 20
    assert len(calls) >= 40
