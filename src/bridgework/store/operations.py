"""What was done to records after their creation: updates, merges and soft deletes, each with what it takes back.

An operation keeps exactly the fields that it writes as they were, and the record's change moment before and after. It
is planned before anything is sent, in the life of its batch (see `store.ledger`). Of what was written only hashes stay:
the values are those of the source row that it was written from.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa

from bridgework.store import audit_log
from bridgework.store.claims import held_by, hold_again
from bridgework.store.database import Store
from bridgework.store.ledger import Batch, Ledger, chunks, ids_digest
from bridgework.store.tables import batch, item, operation


@dataclass(frozen=True, slots=True)
class Operation:
    """One write to a record that is there. `before` has exactly the written fields, as Twenty gave them.

    `row_hash` is of the source row that it is written from (empty: the row is gone); `edited` are the fields of which a
    person's value stands afterwards (None: nobody edited the record).
    """

    target_id: UUID
    source_object: str
    row_no: int
    row_hash: bytes
    before: Mapping[str, Any] = field(repr=False)
    written: Mapping[str, str]
    stamp_before: str
    stamp_after: str = ""
    edited: tuple[str, ...] | None = None
    state_after: str = "confirmed"  # of the item


def value_hash(value: Any) -> str:
    """Hex, 16 characters: enough to tell whether a value is the one that was written, and not what it was."""
    return hashlib.blake2b(orjson.dumps(value, option=orjson.OPT_SORT_KEYS), digest_size=8).hexdigest()


def plan(
    connection: sa.Connection, run: Ledger, step: str, object_: str, action: str, operations: Sequence[Operation]
) -> Batch:
    """Write operations down before anything of them is sent, in the caller's transaction."""
    values = {
        "run_id": run.run_id,
        "step": step,
        "object": object_,
        "state": "planned",
        "size": len(operations),
        "ids_digest": ids_digest(one.target_id for one in operations),
        "action": action,
    }
    made = connection.execute(batch.insert().values(**values)).inserted_primary_key
    if made is None:
        raise RuntimeError("the database gave no key for a new batch")
    before = _items(connection, [one.target_id for one in operations])
    rows = [
        {
            "batch_id": made[0],
            "target_id": one.target_id,
            "source_object": one.source_object,
            "row_no": one.row_no,
            "state": "planned",
            "before": dict(one.before),
            "written": dict(one.written),
            "stamp_before": one.stamp_before,
            "row_hash": one.row_hash,
            "item_before": before.get(one.target_id, {})
            | {"edited_after": _listed(one.edited), "state_after": one.state_after},
        }
        for one in operations
    ]
    connection.execute(operation.insert(), rows)
    return Batch(made[0], step, object_, "planned", len(operations), action, run.run_id)


def confirm(
    connection: sa.Connection, run: Ledger, one: Batch, stamps: Mapping[UUID, str], refused: Iterable[UUID] = ()
) -> None:
    """The workspace has them; `stamps` are the change moments now. In the caller's transaction."""
    no = set(refused)
    mine = operation.c.batch_id == one.id
    for row in connection.execute(sa.select(operation).where(mine)).mappings().all():
        id_ = row["target_id"]
        here = mine & (operation.c.target_id == id_)
        if id_ in no or id_ not in stamps:
            connection.execute(operation.update().where(here).values(state="refused"))
            continue
        connection.execute(operation.update().where(here).values(state="confirmed", stamp_after=stamps[id_]))
        after = row["item_before"]
        now = {"state": after["state_after"], "stamp": stamps[id_], "edited": after["edited_after"]}
        if row["row_hash"]:
            now["row_hash"] = row["row_hash"]
        connection.execute(item.update().where(item.c.target_id == id_).values(**now))
    connection.execute(batch.update().where(batch.c.id == one.id).values(state="confirmed"))
    digest = connection.scalar(sa.select(batch.c.ids_digest).where(batch.c.id == one.id)) or b""
    detail = {"batch": one.id, "written": one.size - len(no), "refused": len(no), "ids": digest.hex()}
    audit_log.append(connection, run.actor, one.action, one.object, **detail)


def stamps_before(store: Store, action: str, ids: Collection[UUID]) -> dict[UUID, str]:
    """The change moments that records had before they were last written by such an action; of those that were."""
    found: dict[UUID, str] = {}
    wanted = sa.select(operation.c.target_id, operation.c.stamp_before).join(batch, batch.c.id == operation.c.batch_id)
    wanted = wanted.where(batch.c.action == action, operation.c.state == "confirmed").order_by(batch.c.id)
    with store.read() as connection:
        for some in chunks(list(ids)):
            rows = connection.execute(wanted.where(operation.c.target_id.in_(some)))
            found.update((row.target_id, row.stamp_before) for row in rows if row.stamp_before)
    return found


def of_batch(store: Store, batch_id: int, states: Sequence[str] = ()) -> list[Operation]:
    """The operations of a batch, in the order of their rows."""
    query = sa.select(operation).where(operation.c.batch_id == batch_id)
    if states:
        query = query.where(operation.c.state.in_(states))
    with store.read() as connection:
        rows = connection.execute(query.order_by(operation.c.row_no, operation.c.target_id)).mappings().all()
    return [
        Operation(
            row["target_id"],
            row["source_object"],
            row["row_no"],
            bytes(row["row_hash"] or b""),
            row["before"],
            row["written"],
            row["stamp_before"],
            row["stamp_after"],
            _tuple(row["item_before"]["edited_after"]),
            row["item_before"]["state_after"],
        )
        for row in rows
    ]


def drop(connection: sa.Connection, batch_id: int, ids: Iterable[UUID]) -> None:
    """Note that operations need no taking back, since their records are destroyed; these stay as they are known."""
    for some in chunks(list(ids)):
        mine = (operation.c.batch_id == batch_id) & operation.c.target_id.in_(some)
        connection.execute(operation.update().where(mine).values(state="undone"))


def undo(connection: sa.Connection, batch_id: int, ids: Iterable[UUID], stamps: Mapping[UUID, str]) -> None:
    """Note that operations are taken back, and make their items what they were; in the caller's transaction.

    `stamps` are the change moments of the records as they are now, of those that were written.
    """
    for some in chunks(list(ids)):
        mine = (operation.c.batch_id == batch_id) & operation.c.target_id.in_(some)
        for row in connection.execute(sa.select(operation).where(mine)).mappings().all():
            id_, before = row["target_id"], row["item_before"]
            if "state" in before:
                was = {
                    "state": before["state"],
                    "row_hash": bytes.fromhex(before["row_hash"]) or None,
                    "edited": before["edited"],
                    "stamp": stamps.get(id_, before["stamp"]),
                }
                connection.execute(item.update().where(item.c.target_id == id_).values(**was))
                hold_again(connection, id_, before["held"])
        connection.execute(operation.update().where(mine).values(state="undone"))


def keep(connection: sa.Connection, batch_id: int, ids: Iterable[UUID]) -> None:
    """Note that operations are not taken back, since somebody edited the records since."""
    for some in chunks(list(ids)):
        mine = (operation.c.batch_id == batch_id) & operation.c.target_id.in_(some)
        connection.execute(operation.update().where(mine).values(state="kept"))


def _items(connection: sa.Connection, ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    """What the items are now, as JSON keeps it."""
    found: dict[UUID, dict[str, Any]] = {}
    names = ("target_id", "state", "row_hash", "edited", "stamp")
    columns = [item.c[name] for name in names]
    held = held_by(connection, ids)
    for some in chunks(ids):
        for row in connection.execute(sa.select(*columns).where(item.c.target_id.in_(some))):
            hashed = bytes(row.row_hash or b"").hex()
            found[row.target_id] = {
                "state": row.state,
                "row_hash": hashed,
                "edited": row.edited,
                "stamp": row.stamp,
                "held": held.get(row.target_id, {}),
            }
    return found


def _listed(fields: tuple[str, ...] | None) -> list[str] | None:
    return None if fields is None else list(fields)


def _tuple(fields: list[str] | None) -> tuple[str, ...] | None:
    return None if fields is None else tuple(fields)
