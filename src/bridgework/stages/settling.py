"""What a kill left of updates and soft deletes: what landed is confirmed, the rest is forgotten and compared anew."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from bridgework.mapping.target import LoadStep
from bridgework.reports.words import FINE
from bridgework.stages.three_way import STAMP
from bridgework.store import claims, ledger, operations
from bridgework.store.ledger import DELETE, UPDATE
from bridgework.store.operations import Operation, value_hash
from bridgework.store.tables import operation
from bridgework.workspace import classify

if TYPE_CHECKING:
    from bridgework.stages.updating import Updating


async def settle(updating: Updating, step: LoadStep) -> None:
    """Read back every batch of a step whose outcome is not known; nothing is sent."""
    store, run = updating.store, updating.run
    for made in [*run.unsettled(step.name, UPDATE), *run.unsettled(step.name, DELETE)]:
        todo = operations.of_batch(store, made.id, ("planned",))
        landed = await (_landed(updating, step, todo) if made.action == UPDATE else _deleted(updating, step, todo))
        lost = [one.target_id for one in todo if one.target_id not in landed]
        with store.begin() as connection:
            for some in ledger.chunks(lost):
                mine = (operation.c.batch_id == made.id) & operation.c.target_id.in_(some)
                connection.execute(operation.delete().where(mine))
            operations.confirm(connection, run, made, landed)


async def _deleted(updating: Updating, step: LoadStep, todo: Sequence[Operation]) -> dict[UUID, str]:
    now = await updating.workspace.look(step.target_object, [str(one.target_id) for one in todo])
    return {UUID(id_): look.updated_at for id_, look in now.items() if look.deleted}


async def _landed(updating: Updating, step: LoadStep, todo: Sequence[Operation]) -> dict[UUID, str]:
    store, target = updating.store, updating.workspace.model.object(step.target_object)
    found = await updating.workspace.read(step.target_object, [str(one.target_id) for one in todo])
    rows = updating.rows.versions(step.source_object, {one.row_no: one.row_hash for one in todo if one.row_hash})
    with store.begin() as connection:
        built = updating.settled(connection, step, updating.build(step, rows.values()), ask=True).records
    sent = {record.id: record for _, record in built}
    landed = {}
    for one in todo:
        there, record = found.get(str(one.target_id)), sent.get(one.target_id)
        if there is None:
            continue
        if record is None:  # a flag: its text is told by its hash
            arrived = all(value_hash(there.get(name)) == hashed for name, hashed in one.written.items())
        else:
            kinds = (classify(target.field(name), record.values.get(name), there.get(name)) for name in one.written)
            arrived = all(kind in FINE for kind in kinds)
        if arrived:
            landed[one.target_id] = str(there[STAMP])
    with store.begin() as connection:
        for id_ in landed.keys() & sent.keys():
            claims.settle(connection, sent[id_].object, id_, sent[id_].claims, sent[id_].references)
    return landed
