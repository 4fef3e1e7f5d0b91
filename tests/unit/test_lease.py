"""One process writes a migration at a time, and one that lost its turn cannot write any more."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bridgework.errors import Paused, UsageError
from bridgework.store import Store
from bridgework.store.lease import LIFE, Taking


@dataclass
class Time:
    """Clocks that a test moves: `now` is monotonic, `wall` may be set to anything."""

    now: float = 1000.0
    wall: float = 1_000_000.0
    on_sleep: list[Store] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.wall += seconds
        for store in self.on_sleep:
            self.now += 20  # long enough for a beat
            store.put("alive", self.now)

    def taking(self, host: str, *, wait: bool = False) -> Taking:
        return Taking(host, "1", wait, lambda: self.now, lambda: self.wall, self.sleep)


@pytest.fixture
def stores(tmp_path: Path) -> tuple[Store, Store]:
    """The same store, opened by two."""
    first = Store.create(tmp_path / "store.db", "x")
    return first, Store.open(tmp_path / "store.db", "x")


def test_another_machine_is_refused_while_the_holder_lives(stores: tuple[Store, Store]) -> None:
    time, (first, second) = Time(), stores
    first.take_lease(time.taking("surgery"))
    with pytest.raises(UsageError) as caught:
        second.take_lease(time.taking("office"))
    assert (caught.value.code, caught.value.where) == ("BUSY", "surgery")
    first.close()
    second.take_lease(time.taking("office"))
    second.put("written", 1)


def test_a_holder_that_slept_cannot_write_any_more(stores: tuple[Store, Store]) -> None:
    time, (laptop, server) = Time(), stores
    laptop.take_lease(time.taking("laptop"))
    laptop.put("before", 1)
    time.sleep(LIFE + 1)
    server.take_lease(time.taking("server"))
    with pytest.raises(Paused) as caught:
        laptop.put("after", 1)
    assert caught.value.code == "LEASE-LOST"
    server.put("mine", 1)
    assert server.get("after") is None
    laptop.close()  # which lets go of nothing that is another's
    server.put("mine", 2)


def test_a_clock_that_runs_ahead_takes_nothing_over(stores: tuple[Store, Store]) -> None:
    time, (first, second) = Time(), stores
    first.take_lease(time.taking("surgery"))
    time.wall -= 10 * LIFE  # the other machine's clock is behind: the last beat lies in the future
    with pytest.raises(UsageError):
        second.take_lease(time.taking("office"))


def test_who_waits_watches_the_beat_and_trusts_no_wall_clock(stores: tuple[Store, Store]) -> None:
    time, (first, second) = Time(), stores
    first.take_lease(time.taking("surgery"))
    time.wall += 10 * LIFE
    began = time.now
    second.take_lease(time.taking("office", wait=True))
    assert time.now - began >= LIFE
    with pytest.raises(Paused):
        first.put("after", 1)


def test_who_waits_waits_for_as_long_as_the_holder_writes(stores: tuple[Store, Store]) -> None:
    time, (first, second) = Time(), stores
    first.take_lease(time.taking("surgery"))
    time.on_sleep.append(first)
    waiting = time.taking("office", wait=True)
    looks = 0

    def sleep(seconds: float) -> None:
        nonlocal looks
        looks += 1
        if looks == 30:
            time.on_sleep.clear()
            first.close()
        time.sleep(seconds)

    waiting.sleep = sleep
    second.take_lease(waiting)
    assert looks == 30


def test_the_next_process_of_the_same_machine_goes_on_at_once(stores: tuple[Store, Store]) -> None:
    time, (first, second) = Time(), stores
    first.take_lease(time.taking("surgery"))  # and is killed: the lock of the file is free
    second.take_lease(time.taking("surgery"))
    with pytest.raises(Paused):
        first.put("after", 1)
