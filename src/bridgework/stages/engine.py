"""The load engine: rows become batches in the ledger, batches become records in Twenty, each exactly once.

One producer builds and plans batches in the order of the rows; several senders take them. A batch is on the disk as
intended before its request leaves. What a crash left unsettled is read back by id first; only what is missing is sent.
Rows may still be coming in from the practice: the producer waits for them, and goes on.

What another run has brought into the workspace already (the sample, say) is not written again. A row that another run
set aside is tried anew, and what was said of it is forgotten.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Protocol
from uuid import UUID

from bridgework.errors import BridgeworkError
from bridgework.mapping.target import LoadStep, TargetRecord
from bridgework.practice.rows import SourceRecord
from bridgework.stages.common import Stopper
from bridgework.stages.files import Files, Why
from bridgework.stages.forecast import ROWS, WORK
from bridgework.stages.records import Records, aside, stage_of
from bridgework.stages.run_rows import Rows
from bridgework.store import Store, claims, ledger
from bridgework.store.ledger import Batch, Item, Ledger
from bridgework.store.notes import is_aside, set_aside, try_again
from bridgework.workspace import Refusal, Workspace

Pair = tuple[SourceRecord, TargetRecord]
_ROWS_AT_ONCE = 200


class Arriving(Protocol):
    """How the engine knows whether more rows of an object are to come."""

    def is_complete(self, object_: str) -> bool:
        """Whether all of its rows are there."""

    def seen(self, object_: str) -> int:
        """How often rows of the object have come: asked before they are looked at, and given to `more`."""

    async def more(self, object_: str, seen: int) -> None:
        """Wait until rows have come more often than that; raises BridgeworkError where none can be had for now."""


class AllThere:
    """Nothing is to come: the practice was read before."""

    def is_complete(self, object_: str) -> bool:
        """Yes."""
        del object_
        return True

    def seen(self, object_: str) -> int:
        """Never."""
        del object_
        return 0

    async def more(self, object_: str, seen: int) -> None:
        """Nothing to wait for."""
        del object_, seen


@dataclass(slots=True)
class Work:
    """A planned batch on its way to a sender."""

    batch: Batch
    step: LoadStep
    pairs: list[Pair]
    rows: int


@dataclass(slots=True)
class Engine:
    """Loads the steps of a map into a workspace."""

    store: Store
    ledger: Ledger
    workspace: Workspace
    records: Records
    rows: Rows
    files: Files
    stopper: Stopper
    arriving: Arriving = field(default_factory=AllThere)
    advance: Callable[[int], None] = field(default=lambda _: None)
    _anew: bool = False  # rows of this step were set aside before

    async def run(self, step: LoadStep) -> None:
        """Load one step to its end; goes on where an earlier run stopped."""
        with self.store.read() as connection:
            self._anew = is_aside(connection, stage_of(step), step.source_object)
        for batch in self.ledger.unsettled(step.name):
            self.stopper.check("load")
            await self._resume(step, batch)
        state = self.ledger.progress(step.name)
        if state.done:
            return
        senders = self.workspace.pace.burst  # as many as the pace lets go at once
        queue: asyncio.Queue[Work | None] = asyncio.Queue(senders)
        last, failed = state.after_row, None
        async with asyncio.TaskGroup() as group:
            for _ in range(senders):
                group.create_task(self._send_all(queue))
            try:
                last = await self._produce(step, state.after_row, queue)
            except BridgeworkError as error:  # the practice is away, say: what was planned is sent all the same
                failed = error
            for _ in range(senders):
                await queue.put(None)
        if failed is not None:
            raise failed
        self.stopper.check("load")
        with self.store.begin() as connection:
            self.ledger.move(connection, step.name, last, done=True)

    # --- planning ------------------------------------------------------------------------------------------------

    async def _produce(self, step: LoadStep, after_row: int, queue: asyncio.Queue[Work | None]) -> int:
        last = after_row
        async for some, last, rows in self._full_batches(step, after_row):
            if self.stopper.wanted:
                break
            if (work := self._plan(step, some, last, rows)) is not None:
                await queue.put(work)
            await asyncio.sleep(0)  # building is work for the processor: let the senders have their turn
        return last

    async def _full_batches(self, step: LoadStep, after_row: int) -> AsyncIterator[tuple[list[Pair], int, int]]:
        """The step's records, as many at a time as one call takes; the last row of each; how many rows."""
        size = self.workspace.capabilities.max_records
        waiting: list[Pair] = []
        last, read, complete = after_row, deque[int](), False
        while not complete:
            # Both before the rows: some may come in after they were looked at.
            seen, complete = self.arriving.seen(step.source_object), self.arriving.is_complete(step.source_object)
            rows = self.rows.iterate(step.source_object, after_row_no=last)
            while chunk := list(islice(rows, _ROWS_AT_ONCE)):
                waiting += self.records.build(step, chunk)
                last = chunk[-1].row_no
                read.extend(one.row_no for one in chunk)
                while len(waiting) > size:
                    some, waiting = waiting[:size], waiting[size:]
                    upto, before = some[-1][0].row_no, len(read)
                    while read and read[0] <= upto:
                        read.popleft()
                    yield some, upto, before - len(read)
            if not complete:
                with self.workspace.pace.waits.of(ROWS):
                    await self.arriving.more(step.source_object, seen)
        yield waiting, last, len(read)

    def _plan(self, step: LoadStep, some: list[Pair], last_row: int, rows: int) -> Work | None:
        with self.store.begin() as connection:
            there = ledger.taken(connection, (record.id for _, record in some))
            left = [(row, one) for row, one in some if one.id not in there and one.id not in self.records.stand_ins]
            if self._anew:
                numbers = [row.row_no for row, _ in left]
                try_again(connection, stage_of(step), step.source_object, numbers, self.ledger.run_id)
                claims.forget_links(connection, [record.id for _, record in left])
            chunk = self.records.settle(connection, step, left, ask=True)
            chunk.keep_findings(connection, stage_of(step), step.source_object)
            pairs = self.files.keep_those_there(step, chunk) if step.role == "file" else chunk.records
            set_aside(connection, chunk.aside, self.ledger.run_id)
            self.ledger.move(connection, step.name, last_row)
            batch = self.ledger.plan(connection, step.name, step.target_object, _items(pairs)) if pairs else None
        if batch is None:
            self.advance(rows)
            return None
        return Work(batch, step, pairs, rows)

    # --- sending -------------------------------------------------------------------------------------------------

    async def _send_all(self, queue: asyncio.Queue[Work | None]) -> None:
        while (work := await self._work_of(queue)) is not None:
            if self.stopper.wanted:
                continue  # it stays planned; the next run begins with it
            await self._send(work)

    async def _work_of(self, queue: asyncio.Queue[Work | None]) -> Work | None:
        with self.workspace.pace.waits.of(WORK):
            return await queue.get()

    async def _send(self, work: Work) -> None:
        self.ledger.mark(work.batch.id, "intended")
        await self._create(work, work.pairs)

    async def _create(self, work: Work, pairs: list[Pair]) -> None:
        """Create these records of a batch; afterwards the batch is confirmed."""
        failed: dict[UUID, Why] = {}
        rows = {record.id: row for row, record in pairs}
        if work.step.role == "file":
            pairs, failed = await self.files.upload(pairs)
        by_id = {str(record.id): (row, record) for row, record in pairs}
        outcome = await self.workspace.create(
            work.step.target_object,
            [record.values for _, record in pairs],
            on_unknown=lambda: self.ledger.mark(work.batch.id, "sent"),
        )
        refused = await self._once_more(work.step, by_id, outcome.refused)
        with self.store.begin() as connection:
            no_file = [aside(rows[one], "load file", *why) for one, why in failed.items()]
            said = [_refused(work.step, by_id[no.record_id][0], no) for no in refused]
            set_aside(connection, [*said, *no_file], self.ledger.run_id)
            self.ledger.confirm(connection, work.batch, [*(UUID(no.record_id) for no in refused), *failed])
        self.advance(work.rows)

    async def _once_more(self, step: LoadStep, by_id: dict[str, Pair], refused: Any) -> list[Refusal]:
        """Records refused for a unique value that somebody took while we loaded: send them without it."""
        final: list[Refusal] = []
        for no in refused:
            row, record = by_id[no.record_id]
            if not (record.claims and no.conflicting_id):
                final.append(no)
                continue
            with self.store.begin() as connection:
                for claim in record.claims:
                    claims.hold(connection, record.object, claim.field, {claim.value: UUID(no.conflicting_id)})
                chunk = self.records.settle(connection, step, [(row, record)], ask=False)
                chunk.keep_findings(connection, stage_of(step), step.source_object)
            again = [record.values for _, record in chunk.records]
            final += (await self.workspace.create(step.target_object, again)).refused
        return final

    async def _resume(self, step: LoadStep, batch: Batch) -> None:
        """Settle a batch that an earlier run left: read back what is there, send what is not."""
        items = ledger.items(self.store, batch.id)
        rows = self.rows.by_row_nos(step.source_object, sorted({item.row_no for item in items}))
        with self.store.read() as connection:
            chunk = self.records.settle(connection, step, self.records.build(step, rows), ask=False)
        wanted = {item.target_id for item in items}
        pairs = [(row, record) for row, record in chunk.records if record.id in wanted]
        there: set[str] = set()
        if batch.state != "planned":
            there = await self.workspace.present(batch.object, [str(record.id) for _, record in pairs])
        await self._create(Work(batch, step, pairs, 0), [pair for pair in pairs if str(pair[1].id) not in there])


def _items(pairs: list[Pair]) -> list[Item]:
    return [
        Item(one.id, one.object, row.object, row.row_no, str(one.values.get("updatedAt", "")), row.hash)
        for row, one in pairs
    ]


def _refused(step: LoadStep, row: SourceRecord, no: Refusal) -> Any:
    where = f", field {no.field}" if no.field else ""
    return aside(row, stage_of(step), f"REFUSED-{no.code}", f"Twenty refused it{where}: {no.reason}")
