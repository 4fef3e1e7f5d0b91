"""Writes records of the practice to those of the workspace that stand for them, each with what takes it back.

A merge is an update by id of a record that was looked at a moment before, and of nothing else. It has the life of a
batch: planned with the before-images, intended, sent, confirmed. After a kill each record is looked at: as it was, it
is sent again; as we would have it, it is done; anything else, somebody edited it meanwhile.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from bridgework.mapping.target import REMARKS, LoadStep, TargetRecord
from bridgework.practice.rows import SourceRecord, StagedRows
from bridgework.stages.context import Context
from bridgework.stages.existing.policy import fields_of_ours, kept_by, written
from bridgework.stages.records import Chunk, Records, aside, reference, stage_of
from bridgework.store import operations
from bridgework.store.ledger import MERGE, Batch, Item, Ledger
from bridgework.store.matches import Match, plan_merge, refuse, set_kept, to_merge
from bridgework.store.notes import Finding, add_finding, set_aside, try_again
from bridgework.store.operations import Operation, value_hash
from bridgework.workspace import Refusal, Workspace, classify

Pair = tuple[SourceRecord, TargetRecord]
_BINNED = "deletedAt"
_SAME = frozenset({"equal", "normalised"})
_GONE = "its record in Twenty is not there any more; run `bridgework match DIR`, then `bridgework retry DIR`"


class Merging:
    """The merges of one run."""

    def __init__(self, context: Context, run: Ledger, workspace: Workspace, records: Records) -> None:
        """Merge in this run."""
        self._context, self._store, self._run, self._workspace = context, context.store, run, workspace
        self._records, self._rows = records, StagedRows(context.store)
        self._ours: dict[str, frozenset[str]] = {}

    async def run(self, step: LoadStep) -> None:
        """Merge all that this step has to merge; goes on where an earlier run stopped."""
        if step.role != "record" or not self._records.stand_ins:
            return
        for batch in self._run.unsettled(step.name, MERGE):
            self._context.stopper.check(self._run.row()["stage"])
            await self._resume(step, batch)
        left = to_merge(self._store, self._run, step.source_object, self._records.stand_ins)
        numbers, size = list(left), self._workspace.capabilities.max_records
        for start in range(0, len(numbers), size):
            self._context.stopper.check(self._run.row()["stage"])
            rows = self._rows.by_row_nos(step.source_object, numbers[start : start + size])
            if built := self._records.build(step, rows):
                await self._merge(step, built, left)

    # --- planning ----------------------------------------------------------------------------------------------------

    async def _merge(self, step: LoadStep, built: Sequence[Pair], left: Mapping[int, Match]) -> None:
        current = await self._look(step, [record for _, record in built])
        there = [(row, one) for row, one in built if _fits(current.get(one.id), left[row.row_no])]
        gone = [row for row, one in built if not _fits(current.get(one.id), left[row.row_no])]
        target = self._workspace.model.object(step.target_object)
        ours, settings = self._fields_of_ours(step.target_object), self._context.settings.existing
        kept = {one.id: kept_by(one, target, current[one.id], ours, settings) for _, one in there}
        with self._store.begin() as connection:
            numbers = [row.row_no for row, _ in built]
            try_again(connection, stage_of(step), step.source_object, numbers, self._run.run_id)
            set_kept(connection, kept)
            chunk = self._records.settle(connection, step, there, ask=True)
            chunk.keep_findings(connection, stage_of(step), step.source_object)
            for one in _stands(step, there, kept):
                add_finding(connection, one)
            no = [aside(row, stage_of(step), "EXISTING-GONE", _GONE) for row in gone]
            set_aside(connection, [*chunk.aside, *no], self._run.run_id)
            batch = self._plan(connection, step, chunk, current) if chunk.records else None
        if batch is not None:
            await self._send(step, batch, chunk.records)

    async def _look(self, step: LoadStep, some: Sequence[TargetRecord]) -> dict[UUID, Mapping[str, Any]]:
        """The existing records as they are now, those in the bin too."""
        names = dict.fromkeys(name for one in some for name in one.values)
        fields = [*dict.fromkeys([*names, *self._beside(some)]), "updatedAt", _BINNED]
        found = await self._workspace.read(
            step.target_object, [str(one.id) for one in some], fields, include_deleted=True
        )
        return {UUID(id_): one for id_, one in found.items()}

    def _beside(self, some: Iterable[TargetRecord]) -> set[str]:
        """The fields that a record may get when it is settled: for what gives way."""
        return {REMARKS, *(claim.beside for one in some for claim in one.claims)}

    def _fields_of_ours(self, object_: str) -> frozenset[str]:
        if object_ not in self._ours:
            self._ours[object_] = fields_of_ours(self._store, object_)
        return self._ours[object_]

    def _plan(self, connection: Any, step: LoadStep, chunk: Chunk, current: Mapping[UUID, Mapping[str, Any]]) -> Batch:
        target = self._workspace.model.object(step.target_object)
        items, planned = [], []
        for row, one in chunk.records:
            now = current[one.id]
            names = list(written(one, target, now))
            before = {name: now.get(name) for name in names}
            hashes = {name: value_hash(one.values[name]) for name in names}
            if now[_BINNED] is not None:
                before[_BINNED], hashes[_BINNED] = now[_BINNED], value_hash(None)
            items.append(Item(one.id, one.object, row.object, row.row_no, now["updatedAt"], row.hash))
            planned.append(
                Operation(one.id, row.object, row.row_no, row.hash, before, hashes, stamp_before=now["updatedAt"])
            )
        return plan_merge(connection, self._run, step.name, items, planned)

    # --- sending -----------------------------------------------------------------------------------------------------

    async def _send(self, step: LoadStep, batch: Batch, pairs: Sequence[Pair]) -> None:
        self._run.mark(batch.id, "intended")
        todo = {one.target_id: one for one in operations.of_batch(self._store, batch.id, ("planned",))}
        await self._finish(step, batch, pairs, todo, {})

    async def _finish(
        self,
        step: LoadStep,
        batch: Batch,
        pairs: Sequence[Pair],
        todo: Mapping[UUID, Operation],
        done: Mapping[UUID, str],
    ) -> None:
        """Send what is to do, and confirm it with what is done (change moments by id)."""
        records = [
            {"id": str(one.id), **{name: one.values[name] for name in todo[one.id].written if name != _BINNED}}
            for _, one in pairs
            if one.id in todo
        ]
        stamps, refused = dict(done), list[Refusal]()
        if records:
            outcome = await self._workspace.update(
                step.target_object, records, on_unknown=lambda: self._run.mark(batch.id, "sent")
            )
            stamps |= {UUID(id_): stamp for id_, stamp in outcome.created.items()}
            refused = outcome.refused
        rows = {str(one.id): row for row, one in pairs}
        no = [UUID(one.record_id) for one in refused]
        with self._store.begin() as connection:
            said = [_refused(step, rows[one.record_id], one) for one in refused]
            set_aside(connection, said, self._run.run_id)
            operations.confirm(connection, self._run, batch, stamps, no)
            refuse(connection, no)

    async def _resume(self, step: LoadStep, batch: Batch) -> None:
        """Settle a batch that an earlier run left."""
        todo = {one.target_id: one for one in operations.of_batch(self._store, batch.id, ("planned",))}
        rows = self._rows.by_row_nos(step.source_object, sorted({one.row_no for one in todo.values()}))
        with self._store.read() as connection:
            chunk = self._records.settle(connection, step, self._records.build(step, rows), ask=False)
        pairs = [(row, one) for row, one in chunk.records if one.id in todo]
        done: dict[UUID, str] = {}
        if batch.state != "planned":
            current = await self._look(step, [one for _, one in pairs])
            done = {
                one.id: stamp
                for _, one in pairs
                if (stamp := self._landed(one, todo[one.id], current.get(one.id))) is not None
            }
        self._run.mark(batch.id, "intended")
        await self._finish(step, batch, pairs, {id_: one for id_, one in todo.items() if id_ not in done}, done)

    def _landed(self, record: TargetRecord, one: Operation, now: Mapping[str, Any] | None) -> str | None:
        """The change moment of a record that was written before the kill; None where it still is to be written.

        One that somebody edited since it was written counts with its moment before: a rollback leaves it alone then.
        """
        if now is None or now["updatedAt"] == one.stamp_before:
            return None
        names = [name for name in one.written if name != _BINNED]
        target = self._workspace.model.object(record.object)
        if all(classify(target.field(name), record.values[name], now.get(name)) in _SAME for name in names):
            return str(now["updatedAt"])
        untouched = all(now.get(name) == one.before[name] for name in one.before)
        return None if untouched else one.stamp_before


def _fits(now: Mapping[str, Any] | None, match: Match) -> bool:
    """Whether an existing record is as it was decided about: there, and in the bin only where it is to be taken out."""
    return now is not None and (now[_BINNED] is None or match.decision == "restore")


def _stands(step: LoadStep, there: Sequence[Pair], kept: Mapping[UUID, Sequence[str]]) -> Iterable[Finding]:
    """Of which fields Twenty's value stands, and how often."""
    counts: Counter[str] = Counter()
    examples: dict[str, str] = {}
    for row, one in there:
        counts.update(kept[one.id])
        examples |= {name: reference(row) for name in kept[one.id] if name not in examples}
    what = "differs in Twenty, whose value stands; the practice's is kept beside it"
    for name, count in counts.items():
        where = (stage_of(step), "EXISTING-STANDS", step.source_object, name)
        yield Finding(*where, "info", count, examples[name], what, "")


def _refused(step: LoadStep, row: SourceRecord, no: Refusal) -> Any:
    where = f", field {no.field}" if no.field else ""
    return aside(row, stage_of(step), f"REFUSED-{no.code}", f"Twenty refused to merge it{where}: {no.reason}")
