"""Records that the practice took away and has again: their old record in Twenty comes back, and is brought up to date.

The id is a function of the record's number, so a new record could not be made beside the old one. The row has its old
number again too (see `practice.changes.versions`), and with it its place among the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from bridgework.mapping.target import LoadStep
from bridgework.stages.three_way import STAMP
from bridgework.stages.worklist import returned
from bridgework.store import Store, ledger, operations
from bridgework.store.ledger import DELETE, NOTE, RESTORE, Item, Ledger
from bridgework.store.operations import Operation
from bridgework.store.tables import batch, operation
from bridgework.workspace import Look, Workspace

_AT_ONCE = 200


@dataclass(slots=True)
class Returning:
    """Brings back records whose rows are there again."""

    store: Store
    run: Ledger
    workspace: Workspace

    async def take(self, step: LoadStep) -> None:
        """Bring back the records of a step; what is new in them is written by the comparison that follows."""
        await self._settle(step)
        after = 0
        while items := returned(self.store, step.source_object, step.target_object, after, _AT_ONCE):
            now = await self.workspace.look(step.target_object, [str(one.target_id) for one in items])
            binned = [one for one in items if (look := now.get(str(one.target_id))) is not None and look.deleted]
            self._note(step, [one for one in items if one not in binned], now)
            await self._restore(step, binned, now)
            after = items[-1].row_no

    async def _restore(self, step: LoadStep, items: Sequence[Item], now: Mapping[str, Look]) -> None:
        if not items:
            return
        ids = [str(one.target_id) for one in items]
        todo = [_operation(one, now[str(one.target_id)].updated_at) for one in items]
        with self.store.begin() as connection:
            planned = operations.plan(connection, self.run, step.name, step.target_object, RESTORE, todo)
            connection.execute(batch.update().where(batch.c.id == planned.id).values(state="intended"))
        stamps = await self.workspace.restore(step.target_object, ids)
        stamps |= await self._stamp(step, stamps)
        with self.store.begin() as connection:
            operations.confirm(connection, self.run, planned, {UUID(one): stamp for one, stamp in stamps.items()})

    async def _stamp(self, step: LoadStep, ids: Iterable[str]) -> dict[str, str]:
        """Give records the change moment from before they went into the bin: Twenty stamps what it restores."""
        was = operations.stamps_before(self.store, DELETE, [UUID(one) for one in ids])
        records = [{"id": str(one), STAMP: stamp} for one, stamp in was.items()]
        return (await self.workspace.update(step.target_object, records)).created if records else {}

    def _note(self, step: LoadStep, items: Sequence[Item], now: Mapping[str, Look]) -> None:
        """Those that were left, or restored by a person, are ours again; one that is gone for good is made anew."""
        if not items:
            return
        todo = [_operation(one, one.stamp, "confirmed" if str(one.target_id) in now else "destroyed") for one in items]
        with self.store.begin() as connection:
            planned = operations.plan(connection, self.run, step.name, step.target_object, NOTE, todo)
            operations.confirm(connection, self.run, planned, {one.target_id: one.stamp_before for one in todo})

    async def _settle(self, step: LoadStep) -> None:
        """Confirm what an earlier run restored; forget the rest, which is looked at anew."""
        for made in self.run.unsettled(step.name, RESTORE):
            todo = [one.target_id for one in operations.of_batch(self.store, made.id, ("planned",))]
            now = await self.workspace.look(step.target_object, [str(one) for one in todo])
            stamps = {id_: look.updated_at for id_, look in now.items() if not look.deleted}
            stamps |= await self._stamp(step, stamps)
            back = {UUID(id_): stamp for id_, stamp in stamps.items()}
            lost = [one for one in todo if one not in back]
            with self.store.begin() as connection:
                for some in ledger.chunks(lost):
                    mine = (operation.c.batch_id == made.id) & operation.c.target_id.in_(some)
                    connection.execute(operation.delete().where(mine))
                operations.confirm(connection, self.run, made, back)


def _operation(one: Item, stamp: str, state: str = "confirmed") -> Operation:
    return Operation(
        one.target_id, one.source_object, one.row_no, b"", {}, {}, stamp, edited=one.edited, state_after=state
    )
