"""What bounds a load and when it ends, against a twin in this process whose time is virtual: minutes pass at once."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import httpx2
import pytest

from bridgework.mapping.records import Mapper
from bridgework.migration import Migration
from bridgework.stages import moving, reading_back
from bridgework.stages.context import Context
from bridgework.stages.forecast import Bound
from bridgework.stages.load import Load
from bridgework.stages.reading_back import read_back
from bridgework.stages.reading_on import ReadingOn
from bridgework.stages.sample import Sample, approve_sample
from bridgework.store.ledger import Ledger
from bridgework.store.notes import approve
from bridgework.store.running import Running, last_said
from bridgework.twins.twenty import TwentyTwin
from bridgework.workspace import Workspace
from tests import virtual_time
from tests.moving import Prepared, prepare
from tests.support import PASSPHRASE

PATIENTS = 40
WITHIN = 0.1  # of the whole: by so much the end may be missed after the first minutes


class Slow(httpx2.AsyncBaseTransport):
    """The twin's own application, each of whose answers takes so long."""

    def __init__(self, twin: TwentyTwin, seconds: float) -> None:
        self._inner = httpx2.ASGITransport(app=twin.app)
        self._seconds = seconds

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        await asyncio.sleep(self._seconds)
        return await self._inner.handle_async_request(request)


@dataclass
class Virtual(Context):
    """A migration whose workspace is a twin in this process, on the clock of the running loop."""

    twin: Any = None
    rate: int = 0
    seconds: float = 0.3

    async def workspace(self) -> Workspace:
        transport = Slow(self.twin, self.seconds)
        return await Workspace.open(self.twin.url, self.twin.key, calls_per_minute=self.rate, transport=transport)


@dataclass(frozen=True)
class Said:
    """What another terminal read in the store, so many seconds after the load began."""

    at: float
    running: Running
    verified: int

    @property
    def end(self) -> float:
        """The end as it was foretold, in seconds from the beginning of the load."""
        assert self.running.ends_at is not None
        return self.at + self.running.ends_at - self.running.at


@dataclass
class Told:
    """What was said while a load ran, and how long it took."""

    states: list[Said] = field(default_factory=list)
    took: float = 0.0

    def bounds(self) -> set[str]:
        """What was said to bound it, from the second minute to the last but one."""
        return {one.running.bound for one in self.states if 60 < one.at < self.took - 60}


@pytest.fixture(scope="module")
def sampled(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    """A practice whose sample was loaded and approved."""

    async def sample(context: Context) -> None:
        stage = Sample(context, patients=3)
        await stage.apply(await stage.plan())
        approve_sample(context, "Test")

    prepared = prepare(tmp_path_factory.mktemp("forecast"), patients=PATIENTS)
    with pytest.MonkeyPatch.context() as patch, virtual(prepared.root, patch, max_records=200) as context:
        virtual_time.run(on_virtual_clock(context, sample))
    return prepared


@contextmanager
def virtual(
    root: Path, patch: pytest.MonkeyPatch, *, rate: int = 0, max_records: int = 4, seconds: float = 0.3
) -> Iterator[Virtual]:
    """A migration in this folder, and its twin: calls a minute, records a call, and seconds for an answer."""
    twin = TwentyTwin(data=root / "workspace", calls_per_minute=rate or None, max_records=max_records)
    patch.setenv("BRIDGEWORK_STORE_KEY", PASSPHRASE)
    try:
        with Migration.open(root / "migration", alone=True) as migration:
            was = migration.context
            yield Virtual(was.folder, was.settings, was.store, was.actor, twin=twin, rate=rate, seconds=seconds)
    finally:
        twin.stop()


async def on_virtual_clock(context: Virtual, do: Callable[[Context], Awaitable[None]]) -> None:
    """Do something with the twin on the clock of this loop."""
    virtual_time.without_threads()
    loop, began = asyncio.get_running_loop(), 1_700_000_000.0
    context.twin.clock = lambda: began + loop.time()
    await do(context)


async def load_and_listen(context: Virtual) -> Told:
    """Load, and note every ten seconds what another terminal would read in the store."""
    told = Told()
    clock = asyncio.get_running_loop().time

    async def listen(began: float) -> None:
        while True:
            await asyncio.sleep(10)
            run = Ledger.current(context.store, "load", "")
            if run is not None and (said := last_said(context.store)) is not None:
                told.states.append(Said(clock() - began, said, read_back(run).get("verified", 0)))

    async def load(_: Context) -> None:
        stage = Load(context)
        plan = await stage.plan()
        approve(context.store, "load", plan.signature, "Test")
        began = clock()
        listening = asyncio.create_task(listen(began))
        outcome = await stage.apply(plan)
        told.took = clock() - began
        listening.cancel()
        assert outcome.passed
        assert outcome.counts["read back"]["not as sent"] == 0

    await on_virtual_clock(context, load)
    return told


def load(sampled: Prepared, folder: Path, patch: pytest.MonkeyPatch, **how: Any) -> Told:
    """Load a copy of the practice in virtual time; afterwards nothing is said of it any more."""
    shutil.copytree(sampled.root, folder / "copy")
    with virtual(folder / "copy", patch, **how) as context:
        told = virtual_time.run(load_and_listen(context))
        assert last_said(context.store) is None
        return told


def assert_foretold(told: Told, after: float = 120) -> None:
    """After so many seconds, the end was never missed by more than a tenth of the whole."""
    assert told.took > 2 * after
    late = [one for one in told.states if one.at >= after]
    assert late
    for one in late:
        assert abs(one.end - told.took) <= WITHIN * told.took, f"{one.end:.0f} at {one.at:.0f}, of {told.took:.0f}"


def test_at_the_rate_of_the_workspace_the_rate_is_the_bound(
    sampled: Prepared, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = load(sampled, tmp_path, monkeypatch, rate=100, max_records=3)
    assert told.bounds() == {Bound.RATE}
    assert_foretold(told)
    used = [one.running.used for one in told.states if 120 < one.at < told.took - 60]
    assert min(used) > 80
    assert {one.running.allowed for one in told.states} == {100}
    # What is written is read back meanwhile, but for the last pages.
    assert [one.verified for one in told.states if one.at < told.took - 60][-1] > told.states[-1].verified / 2


def test_where_the_server_is_slow_its_answers_are_the_bound(
    sampled: Prepared, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = load(sampled, tmp_path, monkeypatch, rate=100, max_records=3, seconds=8.0)
    assert told.bounds() == {Bound.ANSWERS}
    assert_foretold(told, after=200)  # what comes before the first record takes two minutes already


def test_where_records_take_long_to_make_this_machine_is_the_bound(
    sampled: Prepared, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build = Mapper.build

    def slowly(self: Mapper, *given: Any) -> Any:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, virtual_time.VirtualLoop)
        loop.work(0.1)
        return build(self, *given)

    monkeypatch.setattr(Mapper, "build", slowly)
    told = load(sampled, tmp_path, monkeypatch, rate=600, max_records=40, seconds=0.1)
    assert told.bounds() == {Bound.MACHINE}


def test_where_the_practice_gives_its_records_slowly_its_budget_is_the_bound_and_reading_back_goes_on_beside(
    sampled: Prepared, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Dripping(ReadingOn):
        """All rows of an object come at once, one object a minute: the last of eleven after ten minutes."""

        minutes: ClassVar[dict[str, int]] = {}

        def is_complete(self, object_: str) -> bool:
            minute = self.minutes.setdefault(object_, len(self.minutes))
            return asyncio.get_running_loop().time() >= 60 * minute

        async def more(self, object_: str, seen: int) -> None:
            del object_, seen
            await asyncio.sleep(5)

        def seconds_left(self) -> float:
            return max(0.0, 600 - asyncio.get_running_loop().time())

    monkeypatch.setattr(moving, "ReadingOn", Dripping)
    monkeypatch.setattr(reading_back, "READ_AT_ONCE", 40)
    told = load(sampled, tmp_path, monkeypatch, rate=600, max_records=20, seconds=0.1)
    assert told.bounds() == {Bound.SOURCE}
    assert_foretold(told)
    assert any(one.verified for one in told.states if one.at < told.took - 60)
