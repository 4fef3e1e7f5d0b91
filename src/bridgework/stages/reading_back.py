"""Reads back what the load has written while it goes on writing: a record has arrived when every field compared equal.

One page at a time is read beside the writing, as soon as it is full or its step is over. Where the rate is the bound, a
page takes the same token now or later, and is compared while the writers wait for theirs; so nothing but the last pages
is left for the time after the last write. A batch in which nothing is wrong is verified from then on; what did not
arrive as it was sent is a finding. The bytes of files are left to the verification, which reads everything anew.
"""

from __future__ import annotations

import asyncio
import math
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, suppress

import sqlalchemy as sa

from bridgework.errors import BridgeworkError
from bridgework.mapping.target import LoadStep
from bridgework.reports.words import FINE
from bridgework.stages.comparing import READ_AT_ONCE, Comparing, Result
from bridgework.stages.forecast import Part
from bridgework.stages.moving import Moving, first_of
from bridgework.store import ledger
from bridgework.store.ledger import CREATE, MERGE, Batch, Ledger
from bridgework.store.notes import Finding, add_finding
from bridgework.store.tables import batch
from bridgework.workspace import Workspace

DIFFERS, NOT_THERE = "ARRIVED-OTHERWISE", "NOT-ARRIVED"
"""Codes of findings: a field that is not in Twenty as it was sent, a record that is not there."""
PART = "reading back"
_AT_ONCE = 2  # pages: one is compared while the other is on its way
_A_RECORD = 0.5  # to read one back keeps the processor half as busy as to make and send it


class ReadBack:
    """The reading back of one run."""

    def __init__(self, going: Moving, run: Ledger) -> None:
        """Read back what this run writes."""
        self._going, self._run, self._store = going, run, going.context.store
        self._workspace: Workspace = going.workspace
        self._comparing = Comparing(self._store, going.mapper, going.workspace)
        self._steps = {step.name: step for step in going.mapper.steps() if step.role != "file"}
        self._looked: set[int] = set()
        self._written = 0
        self._news = asyncio.Event()
        self._calls = 0

    def expect(self) -> None:
        """Tell the forecast that what the steps before it make is to be read, and which calls are not theirs."""
        forecast, size = self._going.forecast, self._workspace.capabilities.max_records
        sizes = Counter({name: one.units * one.calls_a_unit * size for name, one in forecast.parts.items()})
        for step, some in self._pages():
            sizes[step.name] += sum(one.size for one in some)
        pages = sum(math.ceil(sizes[name] / READ_AT_ONCE) for name in self._steps)
        records = sum(sizes[name] for name in self._steps)
        part = forecast.expect(PART, pages, 1, at_once=_AT_ONCE)  # its units are pages: some are small
        part.records_a_unit, part.weight, part.beside = records / max(1, pages), _A_RECORD, True
        forecast.beside = lambda: self._calls

    @asynccontextmanager
    async def beside(self) -> AsyncIterator[None]:
        """Read back for as long as the block lasts."""
        task = asyncio.create_task(self._beside())
        self._going.confirmed = self._confirmed
        try:
            yield
        finally:
            task.cancel()  # it only reads; what it has compared is in the ledger
            with suppress(asyncio.CancelledError, BridgeworkError):  # the rest is read afterwards, or raises it again
                await task

    async def rest(self) -> None:
        """Read back what is left; raises the first BridgeworkError of any page."""
        going, pages = self._going, iter(list(self._pages()))
        total = sum(one.size for one in ledger.batches(self._store, [self._run.run_id], ("confirmed",)))
        told = going.context.progress.start(PART, total, "records")
        going.forecast.beside = lambda: 0
        advance = going.forecast.begin(PART, lambda _: None)

        async def read() -> None:
            for step, some in pages:
                going.context.stopper.check("load")
                await self._read(step, some)
                advance(1)
                told(sum(one.size for one in some))

        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(_AT_ONCE):
                    group.create_task(read())
        except* BridgeworkError as failed:
            raise first_of(failed) from None
        going.forecast.end()

    # --- beside the writing ------------------------------------------------------------------------------------------

    def _confirmed(self, rows: int) -> None:
        """So many rows are written; none: a step is over."""
        self._written += rows
        if self._written >= READ_AT_ONCE or not rows:
            self._news.set()

    async def _beside(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            self._written = 0
            for step, some in self._pages(full=True):
                part = self._going.forecast.parts.get(PART) or Part(PART, 0, 0)
                began = asyncio.get_running_loop().time()
                await self._read(step, some)
                part.done += 1
                part.calls += 1
                part.seconds += asyncio.get_running_loop().time() - began

    # --- pages -------------------------------------------------------------------------------------------------------

    def _pages(self, *, full: bool = False) -> Iterator[tuple[LoadStep, list[Batch]]]:
        """What is confirmed and was not looked at, as much at a time as a call reads; `full`: no page that may grow."""
        by_step: dict[str, list[Batch]] = {}
        for one in ledger.batches(self._store, [self._run.run_id], ("confirmed",)):
            if one.action in {CREATE, MERGE} and one.step in self._steps and one.id not in self._looked:
                by_step.setdefault(one.step, []).append(one)
        for name, batches in by_step.items():
            pages = list(ledger.by_records(batches, READ_AT_ONCE))
            for some in pages[:-1] if full and not self._run.progress(name).done else pages:
                yield self._steps[name], some

    async def _read(self, step: LoadStep, some: Sequence[Batch]) -> None:
        result = Result()
        self._calls += 1
        read = await self._comparing.batches(step, some, result)
        self._looked.update(one.id for one in some)
        with self._store.begin() as connection:
            good = [one.id for one in read.good]
            connection.execute(batch.update().where(batch.c.id.in_(good)).values(state="verified"))
            for found in _findings(result):
                add_finding(connection, found)


def read_back(run: Ledger) -> dict[str, int]:
    """Records of a run by what is known of them: `verified`, or `confirmed` and not yet (or not rightly) read back."""
    count = sa.func.sum(batch.c.size).label("number")
    mine = (batch.c.run_id == run.run_id) & batch.c.action.in_((CREATE, MERGE)) & batch.c.state.in_(ledger.ALIVE)
    with run.store.read() as connection:
        found = connection.execute(sa.select(batch.c.state, count).where(mine).group_by(batch.c.state))
        return {row.state: row.number for row in found}


def _findings(result: Result) -> Iterator[Finding]:
    examples = {(one.object, one.field): one.source for one in reversed(result.differences)}
    step = "run `bridgework verify DIR`: its report shows each"
    wrong: Counter[tuple[str, str]] = Counter()
    for (object_, field, kind), count in result.fields.items():
        if kind not in FINE:
            wrong[object_, field] += count
    for (object_, field), count in wrong.items():
        what = "was read back, and is not as it was sent"
        yield Finding("load", DIFFERS, object_, field, "warn", count, examples.get((object_, field), ""), what, step)
    for object_, count in result.missing.items():
        what = "was created, and is not there"
        yield Finding("load", NOT_THERE, object_, "", "warn", count, examples.get((object_, ""), ""), what, step)
