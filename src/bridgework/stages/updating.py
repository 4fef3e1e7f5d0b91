"""Brings records that are in Twenty to what the practice says now: updates, soft deletes, and what people must decide.

A page of records is compared three ways; what is to be written becomes operations in the ledger, with the fields as
they were, before anything is sent. What a kill left unsettled is read back: an operation that landed is confirmed, the
others are forgotten, and their records are compared anew.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Any, Literal
from uuid import UUID

import sqlalchemy as sa

from bridgework.mapping.target import REMARKS, LoadStep, TargetRecord, add_line
from bridgework.practice.rows import SourceRecord, StagedRows
from bridgework.stages.common import Stopper
from bridgework.stages.conflicts import Conflicts
from bridgework.stages.moving import Moving
from bridgework.stages.records import Chunk, Records, aside
from bridgework.stages.settling import settle
from bridgework.stages.three_way import STAMP, Policy, Verdict, compare_three_ways
from bridgework.stages.worklist import behind, to_relink
from bridgework.store import Store, claims, ledger, operations
from bridgework.store.ledger import DELETE, NOTE, UPDATE, Batch, Item, Ledger
from bridgework.store.notes import Finding, add_finding, now, set_aside, try_again
from bridgework.store.operations import Operation, value_hash
from bridgework.store.tables import batch
from bridgework.workspace import Refusal, Workspace

STAGE = "delta"
Gone = Literal["soft-delete", "flag", "ignore"]
Pair = tuple[SourceRecord, TargetRecord]
_PAGE = 1_000  # records in one reading call
CALLS_A_CHANGE = 1 / _PAGE + 1 / 200
"""Calls that a change takes, about: each is read with others, and written with fewer."""
_GONE_FIELD = "(gone)"


@dataclass(slots=True)
class Updating:
    """One pass over the records of a workspace that are behind the practice."""

    store: Store
    run: Ledger
    workspace: Workspace
    records: Records
    rows: StagedRows
    conflicts: Conflicts
    gone: Gone
    stopper: Stopper
    moment: str  # of the pass, for what is written of a record that is gone
    advance: Callable[[int], None] = field(default=lambda _: None)
    done: Counter[str] = field(default_factory=Counter)

    async def take(self, step: LoadStep) -> None:
        """Bring the records of a step up to date."""
        await settle(self, step)
        after = 0
        while items := behind(self.store, step.source_object, step.target_object, after, _PAGE, gone=False):
            self.stopper.check(STAGE)
            await self._page(step, items)
            after = items[-1].row_no
            self.advance(len(items))

    async def relink(self, step: LoadStep) -> None:
        """Give records of a step the links that they were written without, where the other end has come since."""
        after = 0
        while items := to_relink(self.store, step.source_object, step.target_object, after, _PAGE):
            self.stopper.check(STAGE)
            await self._page(step, items)
            after = items[-1].row_no

    async def take_gone(self, step: LoadStep) -> None:
        """Deal with the records of a step whose rows are gone, as the policy says."""
        after = 0
        while items := behind(self.store, step.source_object, step.target_object, after, _PAGE, gone=True):
            self.stopper.check(STAGE)
            await self._gone(step, items)
            after = items[-1].row_no
            self.advance(len(items))

    # --- one page ----------------------------------------------------------------------------------------------------

    async def _page(self, step: LoadStep, items: list[Item]) -> None:
        rows = {one.row_no: one for one in self.rows.by_row_nos(step.source_object, [one.row_no for one in items])}
        former = self.rows.versions(step.source_object, {one.row_no: one.row_hash for one in items})
        built_then, built_now = self.build(step, former.values()), self.build(step, rows.values())
        with self.store.begin() as connection:
            then = {record.id: record for _, record in self.settled(connection, step, built_then, ask=False).records}
            chunk = self.settled(connection, step, built_now, ask=True)
            numbers = [row.row_no for row, _ in built_now]
            try_again(connection, STAGE, step.source_object, numbers, self.run.run_id)
            set_aside(connection, [replace(one, stage=STAGE) for one in chunk.aside], self.run.run_id)
        now = {record.id: (row, record) for row, record in chunk.records}
        held = {one.row_no for one in chunk.aside}
        found = await self.workspace.read(step.target_object, [str(one.target_id) for one in items])
        writes: list[tuple[Operation, dict[str, Any], TargetRecord]] = []
        notes: list[Operation] = []
        vanished: list[Item] = []
        for one in items:
            there, pair = found.get(str(one.target_id)), now.get(one.target_id)
            if one.row_no in held:
                self.done["set aside"] += 1
            elif pair is None:
                vanished.append(one)
            elif there is None:
                notes.append(_note(one, pair[0].hash, edited=()))
                self._find("DELETED-IN-TWENTY", step, "changed in the practice, and was deleted in Twenty: left so", 1)
            else:
                self._one(step, one, then.get(one.target_id, pair[1]), pair, there, writes, notes)
        await self._write(step, writes)
        self._write_notes(step, notes)
        await self._delete(step, vanished, {one.row_no: row.hash for one in vanished if (row := rows.get(one.row_no))})

    def _one(
        self,
        step: LoadStep,
        one: Item,
        then: TargetRecord,
        pair: Pair,
        there: Mapping[str, Any],
        writes: list[tuple[Operation, dict[str, Any], TargetRecord]],
        notes: list[Operation],
    ) -> None:
        row, now = pair
        target = self.workspace.model.object(step.target_object)
        stamp = str(there[STAMP])

        def decide(name: str) -> Policy:
            return self.conflicts.decided(one.target_id, name, row.hash, stamp)

        verdict = compare_three_ways(target.field, then.values, now.values, there, decide)
        if then.file is not None and now.file is not None and then.file.name != now.file.name:
            self._find("FILE-CHANGED", step, "names another file now; the one in Twenty is left", 1)
        if verdict.conflicts:
            self._ask(one, row, now, there, verdict)
            return
        edited = tuple(verdict.kept) if verdict.kept or _touched(one, stamp) else None
        if not verdict.write:
            notes.append(_note(one, row.hash, edited=edited))
            self.done["kept"] += bool(verdict.kept)
            return
        before = {name: _as_sent(there.get(name)) for name in verdict.write if name != STAMP}
        hashes = {name: value_hash(value) for name, value in verdict.write.items()}
        made = Operation(one.target_id, row.object, row.row_no, row.hash, before, hashes, stamp, edited=edited)
        writes.append((made, {"id": str(one.target_id), **verdict.write}, now))

    def _ask(
        self,
        one: Item,
        row: SourceRecord,
        now: TargetRecord,
        there: Mapping[str, Any],
        verdict: Verdict,
    ) -> None:
        self.done["conflicts"] += 1
        for name in verdict.conflicts:
            values = (now.values.get(name), there.get(name))
            self.conflicts.ask(one, name, row, str(there[STAMP]), values)

    # --- writing -----------------------------------------------------------------------------------------------------

    async def _write(self, step: LoadStep, writes: Sequence[tuple[Operation, dict[str, Any], TargetRecord]]) -> None:
        for some in _chunks(writes, self.workspace.capabilities.max_records):
            with self.store.begin() as connection:
                made = operations.plan(
                    connection, self.run, step.name, step.target_object, UPDATE, [one for one, _, _ in some]
                )
                connection.execute(batch.update().where(batch.c.id == made.id).values(state="intended"))
            on_unknown = partial(self.run.mark, made.id, "sent")
            values = [values for _, values, _ in some]
            outcome = await self.workspace.update(step.target_object, values, on_unknown=on_unknown)
            self._confirm(step, made, some, outcome.created, outcome.refused)

    def _confirm(
        self,
        step: LoadStep,
        made: Batch,
        some: Sequence[tuple[Operation, dict[str, Any], TargetRecord]],
        stamps: Mapping[str, str],
        refused: Sequence[Refusal],
    ) -> None:
        by_id = {str(one.target_id): (one, record) for one, _, record in some}
        with self.store.begin() as connection:
            said = [_refused(step, by_id[no.record_id][0], no) for no in refused]
            set_aside(connection, said, self.run.run_id)
            written = {UUID(one): stamp for one, stamp in stamps.items()}
            operations.confirm(connection, self.run, made, written, [UUID(no.record_id) for no in refused])
            for id_ in stamps:
                record = by_id[id_][1]
                if by_id[id_][0].row_hash:  # a flag is made of no row
                    claims.settle(connection, step.target_object, record.id, record.claims, record.references)
                self.conflicts.forget(connection, UUID(id_))
        self.done["updated"] += len(stamps)
        self.done["set aside"] += len(refused)

    def _write_notes(self, step: LoadStep, notes: Sequence[Operation]) -> None:
        """Note what records stand for now, where nothing is to be written."""
        for some in _chunks(notes, 200):
            with self.store.begin() as connection:
                made = operations.plan(connection, self.run, step.name, step.target_object, NOTE, list(some))
                stamps = {one.target_id: one.stamp_before for one in some}
                operations.confirm(connection, self.run, made, stamps)
                for one in some:
                    self.conflicts.forget(connection, one.target_id)

    # --- records whose rows are gone ---------------------------------------------------------------------------------

    async def _gone(self, step: LoadStep, items: list[Item]) -> None:
        if self.gone == "ignore":
            self._leave(step, items)
        elif self.gone == "soft-delete":
            await self._delete(step, items, {})
        else:
            await self._flag(step, items)

    def _leave(self, step: LoadStep, items: Sequence[Item], hashes: Mapping[int, bytes] | None = None) -> None:
        notes = [_note(one, (hashes or {}).get(one.row_no, b""), edited=one.edited, state="left") for one in items]
        self._write_notes(step, notes)
        self.done["left"] += len(items)

    async def _delete(self, step: LoadStep, items: list[Item], hashes: Mapping[int, bytes]) -> None:
        """Put records into the bin, but for those that people edited since: these are asked about, or left.

        What was in Twenty before the migration is left too: it is not ours to take away.
        """
        if not items:
            return
        if theirs := ledger.merged(self.store, [one.target_id for one in items]):
            self._leave(step, [one for one in items if one.target_id in theirs], hashes)
            what = "gone at the practice, and was in Twenty before the migration: left there"
            self._find("EXISTED-BEFORE", step, what, len(theirs))
            items = [one for one in items if one.target_id not in theirs]
        now = await self.workspace.look(step.target_object, [str(one.target_id) for one in items])
        go: list[Item] = []
        stay: list[Item] = []
        for one in items:
            look = now.get(str(one.target_id))
            if look is None or look.deleted:
                stay.append(one)  # somebody was there before us
                continue
            touched = one.edited is not None or _touched(one, look.updated_at)
            policy = self.conflicts.decided(one.target_id, _GONE_FIELD, b"", look.updated_at) if touched else "source"
            if policy == "ask":
                self.done["conflicts"] += 1
                self.conflicts.ask(one, _GONE_FIELD, None, look.updated_at, (None, "edited"))
            else:
                (go if policy == "source" else stay).append(one)
        self._leave(step, stay, hashes)
        for some in _chunks(go, 200):
            made = self._plan_delete(step, some, hashes, {id_: look.updated_at for id_, look in now.items()})
            stamps = await self.workspace.soft_delete(step.target_object, [str(one.target_id) for one in some])
            with self.store.begin() as connection:
                operations.confirm(connection, self.run, made, {UUID(one): stamp for one, stamp in stamps.items()})
                for one in some:
                    self.conflicts.forget(connection, one.target_id)
            self.done["deleted"] += len(stamps)

    def _plan_delete(
        self, step: LoadStep, some: Sequence[Item], hashes: Mapping[int, bytes], stamps: Mapping[str, str]
    ) -> Batch:
        made = [
            Operation(
                one.target_id,
                one.source_object,
                one.row_no,
                hashes.get(one.row_no, b""),
                {},
                {},
                stamps[str(one.target_id)],
                edited=one.edited,
                state_after="deleted",
            )
            for one in some
        ]
        with self.store.begin() as connection:
            planned = operations.plan(connection, self.run, step.name, step.target_object, DELETE, made)
            connection.execute(batch.update().where(batch.c.id == planned.id).values(state="intended"))
        return planned

    async def _flag(self, step: LoadStep, items: list[Item]) -> None:
        """Say in a record's import remarks that the practice has it no more; what has no remarks is left as it is."""
        target = self.workspace.model.object(step.target_object)
        if REMARKS not in target.fields:
            self._leave(step, items)
            return
        found = await self.workspace.read(step.target_object, [str(one.target_id) for one in items], [REMARKS, STAMP])
        writes: list[tuple[Operation, dict[str, Any], TargetRecord]] = []
        for one in items:
            there = found.get(str(one.target_id))
            if there is None:
                continue
            values = {REMARKS: there.get(REMARKS)}
            add_line(values, REMARKS, f"No longer in DentAdmin ({self.moment[:10]}).")
            stamp = str(there[STAMP])
            edited = one.edited if one.edited is not None or not _touched(one, stamp) else ()
            made = Operation(
                one.target_id,
                one.source_object,
                one.row_no,
                b"",
                {REMARKS: there.get(REMARKS)},
                {REMARKS: value_hash(values[REMARKS])},
                stamp,
                edited=edited,
                state_after="left",
            )
            record = TargetRecord(step.target_object, one.target_id, values)
            writes.append((made, {"id": str(one.target_id), **values}, record))
        self._leave(step, [one for one in items if str(one.target_id) not in found])
        await self._write(step, writes)
        self.done["flagged"] += len(writes)

    # --- small things ------------------------------------------------------------------------------------------------

    def build(self, step: LoadStep, rows: Any) -> list[Pair]:
        """The records of rows, whichever wave they belong to: a row may have moved from one to the other."""
        mapper = self.records.mapper
        same = [
            one
            for one in mapper.steps()
            if (one.source_object, one.target_object, one.role) == (step.source_object, step.target_object, step.role)
        ]
        made = ((row, next(filter(None, (mapper.build(one, row) for one in same)), None)) for row in rows)
        return [(row, record) for row, record in made if record is not None]

    def settled(self, connection: sa.Connection, step: LoadStep, built: Sequence[Pair], *, ask: bool) -> Chunk:
        return self.records.settle(connection, step, built, ask=ask)

    def _find(self, code: str, step: LoadStep, what: str, count: int) -> None:
        with self.store.begin() as connection:
            add_finding(connection, Finding(STAGE, code, step.target_object, "", "warn", count, "", what, "look at it"))


async def relink(going: Moving, run: Ledger) -> None:
    """Make the links that records were written without, where the other end has come with a run."""
    store = going.context.store
    work = (store, run, going.workspace, Records(going.mapper), StagedRows(store), Conflicts(store, "twenty"))
    updating = Updating(*work, "ignore", going.context.stopper, now())
    for step in going.mapper.steps():
        if step.wave == 1:
            await updating.relink(step)


def _note(one: Item, hashed: bytes, *, edited: tuple[str, ...] | None, state: str = "confirmed") -> Operation:
    return Operation(
        one.target_id, one.source_object, one.row_no, hashed, {}, {}, one.stamp, edited=edited, state_after=state
    )


def _touched(one: Item, stamp: str) -> bool:
    if one.edited is not None:
        return True
    return bool(one.stamp) and datetime.fromisoformat(one.stamp) != datetime.fromisoformat(stamp)


def _as_sent(value: Any) -> Any:
    """A value that was read, as it is written back: without what Twenty derives."""
    return {name: part for name, part in value.items() if name != "blocknote"} if isinstance(value, dict) else value


def _refused(step: LoadStep, one: Operation, no: Refusal) -> Any:
    where = f", field {no.field}" if no.field else ""
    row = SourceRecord(one.source_object, one.row_no, "", step.name, 0, {})
    return aside(row, STAGE, f"REFUSED-{no.code}", f"Twenty refused the change{where}: {no.reason}")


def _chunks(values: Sequence[Any], size: int) -> Iterator[list[Any]]:
    some = iter(values)
    while chunk := list(islice(some, size)):
        yield chunk
