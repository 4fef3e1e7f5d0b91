"""The ledger: what is to be written in the workspace, what was sent, what was confirmed, and what became which id.

A batch goes planned → intended → sent → confirmed → verified, and at the end perhaps destroyed. `intended` is on the
disk before the request leaves; `sent` says that the answer never came. After a crash both mean: read back first.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa

from bridgework.store import audit_log
from bridgework.store.database import Store, insert_new
from bridgework.store.notes import now
from bridgework.store.tables import batch, claim, item, run, step, upload

ALIVE = ("confirmed", "verified")
UNSETTLED = ("planned", "intended", "sent")
_T = TypeVar("_T")
_MANY = 500  # bound parameters in one query: far below every server's limit


@dataclass(frozen=True, slots=True)
class Item:
    """One record to be written, and the source row that it comes from."""

    target_id: UUID
    object: str
    source_object: str
    row_no: int
    stamp: str


@dataclass(frozen=True, slots=True)
class Batch:
    """Up to 200 records of one target object: the unit of sending and of resuming."""

    id: int
    step: str
    object: str
    state: str
    size: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a step has come: rows up to `after_row` are in batches or set aside."""

    after_row: int
    done: bool


class Ledger:
    """One run of the ledger."""

    def __init__(self, store: Store, run_id: int, actor: str) -> None:
        """Work on a run; use `begin` or `current`."""
        self.store, self.run_id, self.actor = store, run_id, actor

    @classmethod
    def current(cls, store: Store, stage: str, actor: str) -> Ledger | None:
        """The run of that stage that is not undone, or None."""
        query = sa.select(run.c.id).where(run.c.stage == stage, run.c.state != "undone").order_by(run.c.id.desc())
        with store.read() as connection:
            found = connection.scalar(query)
        return cls(store, found, actor) if found else None

    @classmethod
    def begin(cls, store: Store, stage: str, digest: str, actor: str) -> Ledger:
        """Go on with the run of that stage, or start one."""
        if existing := cls.current(store, stage, actor):
            return existing
        with store.begin() as connection:
            values = {"stage": stage, "started_at": now(), "state": "running", "digest": digest}
            made = connection.execute(run.insert().values(**values)).inserted_primary_key
            if made is None:
                raise RuntimeError("the database gave no key for a new run")
            audit_log.append(connection, actor, "begin", stage, run=made[0], digest=digest)
        return cls(store, made[0], actor)

    def row(self) -> Mapping[str, Any]:
        """The run itself: stage, moments, state, digest."""
        with self.store.read() as connection:
            return dict(connection.execute(sa.select(run).where(run.c.id == self.run_id)).mappings().one())

    def end(self, connection: sa.Connection, state: str) -> None:
        """Close the run as `done` or `undone`, in the caller's transaction."""
        connection.execute(run.update().where(run.c.id == self.run_id).values(state=state, ended_at=now()))
        audit_log.append(connection, self.actor, f"end {state}", "", run=self.run_id)

    # --- steps and batches ---------------------------------------------------------------------------------------

    def progress(self, name: str) -> Progress:
        """Where a step goes on."""
        query = sa.select(step.c.after_row, step.c.done).where(step.c.run_id == self.run_id, step.c.name == name)
        with self.store.read() as connection:
            found = connection.execute(query).one_or_none()
        return Progress(found.after_row, found.done) if found else Progress(0, done=False)

    def move(self, connection: sa.Connection, name: str, after_row: int, *, done: bool = False) -> None:
        """Note that a step's rows up to `after_row` are accounted for, in the caller's transaction."""
        insert_new(connection, step, [{"run_id": self.run_id, "name": name, "after_row": 0, "done": False}])
        here = (step.c.run_id == self.run_id) & (step.c.name == name)
        connection.execute(step.update().where(here).values(after_row=after_row, done=done))

    def plan(self, connection: sa.Connection, name: str, object_: str, items: Sequence[Item]) -> Batch:
        """Write a batch down before anything of it is sent, in the caller's transaction."""
        values = {
            "run_id": self.run_id,
            "step": name,
            "object": object_,
            "state": "planned",
            "size": len(items),
            "ids_digest": _digest(one.target_id for one in items),
        }
        made = connection.execute(batch.insert().values(**values)).inserted_primary_key
        if made is None:
            raise RuntimeError("the database gave no key for a new batch")
        rows = [
            {
                "target_id": one.target_id,
                "object": one.object,
                "source_object": one.source_object,
                "row_no": one.row_no,
                "stamp": one.stamp,
                "batch_id": made[0],
                "state": "planned",
            }
            for one in items
        ]
        connection.execute(item.insert(), rows)
        return Batch(made[0], name, object_, "planned", len(items))

    def mark(self, batch_id: int, state: str) -> None:
        """Move a batch on, on the disk before this returns."""
        with self.store.begin() as connection:
            connection.execute(batch.update().where(batch.c.id == batch_id).values(state=state))

    def confirm(self, connection: sa.Connection, one: Batch, refused: Iterable[UUID]) -> None:
        """The workspace holds the batch, but for the refused; in the caller's transaction."""
        no = list(refused)
        connection.execute(item.update().where(item.c.batch_id == one.id).values(state="confirmed"))
        for some in _chunks(no):
            connection.execute(item.update().where(item.c.target_id.in_(some)).values(state="refused"))
        connection.execute(batch.update().where(batch.c.id == one.id).values(state="confirmed"))
        digest = connection.scalar(sa.select(batch.c.ids_digest).where(batch.c.id == one.id))
        detail = {"batch": one.id, "created": one.size - len(no), "refused": len(no), "ids": (digest or b"").hex()}
        audit_log.append(connection, self.actor, "create", one.object, **detail)

    def unsettled(self, name: str) -> list[Batch]:
        """Batches of a step whose outcome is not known: to be read back before anything is sent."""
        return self._batches(batch.c.step == name, batch.c.state.in_(UNSETTLED))

    def batches(self, states: Sequence[str], *, newest_first: bool = False) -> list[Batch]:
        """All batches of the run in those states, in the order of their making."""
        found = self._batches(batch.c.state.in_(states))
        return found[::-1] if newest_first else found

    def _batches(self, *where: sa.ColumnElement[bool]) -> list[Batch]:
        columns = (batch.c.id, batch.c.step, batch.c.object, batch.c.state, batch.c.size)
        query = sa.select(*columns).where(batch.c.run_id == self.run_id, *where).order_by(batch.c.id)
        with self.store.read() as connection:
            return [Batch(*row) for row in connection.execute(query)]

    def items(self, batch_id: int, states: Sequence[str] | None = None) -> list[Item]:
        """The items of a batch, in the order of their source rows."""
        columns = (item.c.target_id, item.c.object, item.c.source_object, item.c.row_no, item.c.stamp)
        query = sa.select(*columns).where(item.c.batch_id == batch_id).order_by(item.c.row_no, item.c.target_id)
        if states:
            query = query.where(item.c.state.in_(states))
        with self.store.read() as connection:
            return [Item(*row) for row in connection.execute(query)]

    def counts(self) -> list[Mapping[str, Any]]:
        """Items by source object, target object, step and state: mappings with a `count`."""
        group = (item.c.source_object, item.c.object, batch.c.step, item.c.state)
        query = (
            sa.select(*group, sa.func.count().label("count"))
            .join(batch, batch.c.id == item.c.batch_id)
            .where(batch.c.run_id == self.run_id)
            .group_by(*group)
        )
        with self.store.read() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]


def known(connection: sa.Connection, ids: Iterable[UUID]) -> set[UUID]:
    """Those of the ids that are in the ledger, whatever became of them."""
    found: set[UUID] = set()
    for some in _chunks(list(ids)):
        found.update(connection.scalars(sa.select(item.c.target_id).where(item.c.target_id.in_(some))))
    return found


def alive(connection: sa.Connection, ids: Iterable[UUID]) -> set[UUID]:
    """Those of the ids that the workspace holds, as far as the ledger knows."""
    found: set[UUID] = set()
    for some in _chunks(list(ids)):
        query = sa.select(item.c.target_id).where(item.c.target_id.in_(some), item.c.state.in_(ALIVE))
        found.update(connection.scalars(query))
    return found


@dataclass(frozen=True, slots=True)
class Owner:
    """Who holds a unique value; `existing` where it was in the workspace before us."""

    id: UUID
    existing: bool


def owners(
    connection: sa.Connection, object_: str, field: str, values: Mapping[str, UUID], *, ask: bool
) -> dict[str, Owner]:
    """Who holds each unique value; `ask` gives a free one to the first that wants it, from then on.

    `values` maps each value to the record that wants it. Only the values' hashes are kept.
    """
    hashes = {value: hashlib.sha256(value.encode()).digest() for value in values}
    if ask:
        common = {"object": object_, "field": field, "existing": False}
        rows = [{**common, "value_hash": hashes[value], "owner": asker} for value, asker in values.items()]
        insert_new(connection, claim, rows)
    held: dict[bytes, Owner] = {}
    for some in _chunks(list(hashes.values())):
        same = (claim.c.object == object_) & (claim.c.field == field) & claim.c.value_hash.in_(some)
        columns = (claim.c.value_hash, claim.c.owner, claim.c.existing)
        held.update(
            (row.value_hash, Owner(row.owner, row.existing))
            for row in connection.execute(sa.select(*columns).where(same))
        )
    return {value: held[hashed] for value, hashed in hashes.items() if hashed in held}


def hold(connection: sa.Connection, object_: str, field: str, held: Mapping[str, UUID]) -> None:
    """Note unique values that records of the workspace held before us; they win over any claim of ours."""
    hashes = {hashlib.sha256(value.encode()).digest(): owner for value, owner in held.items()}
    for some in _chunks(list(hashes)):
        same = (claim.c.object == object_) & (claim.c.field == field) & claim.c.value_hash.in_(some)
        connection.execute(claim.delete().where(same))
    common = {"object": object_, "field": field, "existing": True}
    insert_new(connection, claim, [{**common, "value_hash": key, "owner": owner} for key, owner in hashes.items()])


def uploads(connection: sa.Connection, ids: Iterable[UUID]) -> dict[UUID, Mapping[str, Any]]:
    """The files that were uploaded for these attachments: file_id, sha256, size."""
    found: dict[UUID, Mapping[str, Any]] = {}
    for some in _chunks(list(ids)):
        rows = connection.execute(sa.select(upload).where(upload.c.target_id.in_(some))).mappings()
        found.update((row["target_id"], dict(row)) for row in rows)
    return found


def _chunks(values: Sequence[_T]) -> Iterator[Sequence[_T]]:
    return (values[start : start + _MANY] for start in range(0, len(values), _MANY))


def _digest(ids: Iterable[UUID]) -> bytes:
    digest = hashlib.sha256()
    for one in ids:
        digest.update(one.bytes)
    return digest.digest()
