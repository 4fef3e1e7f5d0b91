"""The ledger: what is to be written in the workspace, what was sent, what was confirmed, and what became which id.

Several runs lie beside each other: the sample, the load, each pass of the delta, each retry. A batch belongs to a run,
has one action, and goes planned → intended → sent → confirmed → verified, and at the end perhaps undone. `intended` is
on the disk before the request leaves; `sent` says that the answer never came. After a crash both mean: read back first.
An item is a record of ours as it stands now; what was done to it after its creation is in `store.operations`.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa

from bridgework.store import audit_log
from bridgework.store.database import Store, insert_new
from bridgework.store.notes import now
from bridgework.store.tables import batch, item, run, run_row, step, upload

ALIVE = ("confirmed", "verified")
HELD = (*ALIVE, "merged", "deleted", "left", "kept")
"""States of an item whose id is taken in the workspace: it is never created again."""
UNSETTLED = ("planned", "intended", "sent")
CREATE, UPDATE, MERGE, DELETE, RESTORE, NOTE = "create", "update", "merge", "delete", "restore", "note"
"""What a batch does; a note writes nothing, and only tells what an item stands for from then on."""
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
    row_hash: bytes = b""
    edited: tuple[str, ...] | None = None  # fields of which a person's value stands; None: nobody edited it


@dataclass(frozen=True, slots=True)
class Batch:
    """Up to 200 records of one target object: the unit of sending and of resuming."""

    id: int
    step: str
    object: str
    state: str
    size: int
    action: str = CREATE
    run_id: int = 0


@dataclass(frozen=True, slots=True)
class Run:
    """One run as people know it; `number` counts the runs of its kind, the undone included."""

    id: int
    kind: str
    number: int
    state: str
    started_at: str
    ended_at: str | None
    detail: Mapping[str, Any]

    @property
    def name(self) -> str:
        """What people call it: sample, load, pass 2, retry 1."""
        return {"delta": f"pass {self.number}", "retry": f"retry {self.number}"}.get(self.kind, self.kind)


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
    def begin(
        cls,
        store: Store,
        stage: str,
        digest: str,
        actor: str,
        *,
        detail: Mapping[str, Any] | None = None,
        rows: Mapping[str, Iterable[int]] | None = None,
    ) -> Ledger:
        """Go on with the run of that stage, or start one; `rows` are those that it is about, where not all."""
        return cls.current(store, stage, actor) or cls.start(store, stage, digest, actor, detail=detail, rows=rows)

    @classmethod
    def start(
        cls,
        store: Store,
        stage: str,
        digest: str,
        actor: str,
        *,
        detail: Mapping[str, Any] | None = None,
        rows: Mapping[str, Iterable[int]] | None = None,
    ) -> Ledger:
        """Start a run, with the rows that it is about, in one transaction."""
        with store.begin() as connection:
            values = {"stage": stage, "started_at": now(), "state": "running", "digest": digest, "detail": detail}
            made = connection.execute(run.insert().values(**values)).inserted_primary_key
            if made is None:
                raise RuntimeError("the database gave no key for a new run")
            for object_, numbers in (rows or {}).items():
                about = [{"run_id": made[0], "object": object_, "row_no": number} for number in numbers]
                insert_new(connection, run_row, about)
            audit_log.append(connection, actor, "begin", stage, run=made[0], digest=digest)
        return cls(store, made[0], actor)

    def row(self) -> Mapping[str, Any]:
        """The run itself: stage, moments, state, digest."""
        with self.store.read() as connection:
            return dict(connection.execute(sa.select(run).where(run.c.id == self.run_id)).mappings().one())

    def note(self, connection: sa.Connection, **more: Any) -> None:
        """Add to what is kept of the run, in the caller's transaction."""
        mine = run.c.id == self.run_id
        detail = connection.scalar(sa.select(run.c.detail).where(mine)) or {}
        connection.execute(run.update().where(mine).values(detail={**detail, **more}))

    def rows(self, object_: str, after_row_no: int, limit: int) -> list[int]:
        """The next rows of a source object that the run is about."""
        mine = (run_row.c.run_id == self.run_id) & (run_row.c.object == object_) & (run_row.c.row_no > after_row_no)
        with self.store.read() as connection:
            return list(
                connection.scalars(sa.select(run_row.c.row_no).where(mine).order_by(run_row.c.row_no).limit(limit))
            )

    def row_counts(self, after_row_no: int = 0) -> dict[str, int]:
        """How many rows of each source object the run is about, of those behind a row number."""
        count = sa.func.count().label("number")
        mine = (run_row.c.run_id == self.run_id) & (run_row.c.row_no > after_row_no)
        query = sa.select(run_row.c.object, count).where(mine).group_by(run_row.c.object)
        with self.store.read() as connection:
            return {row.object: row.number for row in connection.execute(query)}

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
            "ids_digest": ids_digest(one.target_id for one in items),
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
                "row_hash": one.row_hash,
                "batch_id": made[0],
                "state": "planned",
            }
            for one in items
        ]
        for some in chunks([one.target_id for one in items]):  # what was refused before is tried again
            connection.execute(
                item.delete().where(item.c.target_id.in_(some), item.c.state.in_(("refused", "destroyed")))
            )
        connection.execute(item.insert(), rows)
        return Batch(made[0], name, object_, "planned", len(items), CREATE, self.run_id)

    def mark(self, batch_id: int, state: str) -> None:
        """Move a batch on, on the disk before this returns."""
        with self.store.begin() as connection:
            connection.execute(batch.update().where(batch.c.id == batch_id).values(state=state))

    def confirm(self, connection: sa.Connection, one: Batch, refused: Iterable[UUID]) -> None:
        """The workspace holds the batch, but for the refused; in the caller's transaction."""
        no = list(refused)
        connection.execute(item.update().where(item.c.batch_id == one.id).values(state="confirmed"))
        for some in chunks(no):
            connection.execute(item.update().where(item.c.target_id.in_(some)).values(state="refused"))
        connection.execute(batch.update().where(batch.c.id == one.id).values(state="confirmed"))
        digest = connection.scalar(sa.select(batch.c.ids_digest).where(batch.c.id == one.id))
        detail = {"batch": one.id, "created": one.size - len(no), "refused": len(no), "ids": (digest or b"").hex()}
        audit_log.append(connection, self.actor, "create", one.object, **detail)

    def unsettled(self, name: str, action: str = CREATE) -> list[Batch]:
        """Batches of a step whose outcome is not known: to be read back before anything is sent."""
        mine = (batch.c.run_id == self.run_id) & (batch.c.step == name) & (batch.c.action == action)
        return _batches(self.store, mine, batch.c.state.in_(UNSETTLED))


def runs(store: Store) -> list[Run]:
    """Every run, the undone included, in the order in which they began."""
    numbers: Counter[str] = Counter()
    found = []
    with store.read() as connection:
        for row in connection.execute(sa.select(run).order_by(run.c.id)):
            numbers[row.stage] += 1
            moments = (row.started_at, row.ended_at)
            found.append(Run(row.id, row.stage, numbers[row.stage], row.state, *moments, row.detail or {}))
    return found


def batches(store: Store, run_ids: Iterable[int], states: Sequence[str]) -> list[Batch]:
    """The batches of some runs in those states, in the order of their making."""
    return _batches(store, batch.c.run_id.in_(list(run_ids)), batch.c.state.in_(states))


def _batches(store: Store, *where: sa.ColumnElement[bool]) -> list[Batch]:
    columns = [batch.c[name] for name in ("id", "step", "object", "state", "size", "action", "run_id")]
    with store.read() as connection:
        return [Batch(*row) for row in connection.execute(sa.select(*columns).where(*where).order_by(batch.c.id))]


def items(store: Store, batch_id: int, states: Sequence[str] | None = None) -> list[Item]:
    """The items that a batch created, in the order of their source rows."""
    query = items_query().where(item.c.batch_id == batch_id).order_by(item.c.row_no, item.c.target_id)
    if states:
        query = query.where(item.c.state.in_(states))
    with store.read() as connection:
        return [as_item(row) for row in connection.execute(query)]


def items_query() -> sa.Select[Any]:
    """A query of items, for `as_item`."""
    names = ("target_id", "object", "source_object", "row_no", "stamp", "row_hash", "edited")
    return sa.select(*(item.c[name] for name in names))


def as_item(row: sa.Row[Any]) -> Item:
    """An item from a row of `items_query`."""
    plain = (row.target_id, row.object, row.source_object, row.row_no, row.stamp)
    return Item(*plain, bytes(row.row_hash or b""), None if row.edited is None else tuple(row.edited))


def taken(connection: sa.Connection, ids: Iterable[UUID]) -> set[UUID]:
    """Those of the ids that the workspace has, as far as the ledger knows: never to be created again."""
    return _in_states(connection, ids, HELD)


def created_by(connection: sa.Connection, ids: Iterable[UUID], batch_ids: Collection[int]) -> set[UUID]:
    """Those of the ids that one of the batches created."""
    found: set[UUID] = set()
    for some in chunks(list(ids)):
        query = sa.select(item.c.target_id, item.c.batch_id).where(item.c.target_id.in_(some))
        found.update(row.target_id for row in connection.execute(query) if row.batch_id in batch_ids)
    return found


def merged(store: Store, ids: Iterable[UUID]) -> set[UUID]:
    """Those of the ids that were in the workspace before the migration, and stand for a record of the practice."""
    found: set[UUID] = set()
    with store.read() as connection:
        for some in chunks(list(ids)):
            query = sa.select(item.c.target_id).join(batch, batch.c.id == item.c.batch_id)
            found.update(connection.scalars(query.where(item.c.target_id.in_(some), batch.c.action == MERGE)))
    return found


def known(connection: sa.Connection, ids: Iterable[UUID]) -> set[UUID]:
    """Those of the ids that are in the ledger, whatever became of them."""
    found: set[UUID] = set()
    for some in chunks(list(ids)):
        found.update(connection.scalars(sa.select(item.c.target_id).where(item.c.target_id.in_(some))))
    return found


def _in_states(connection: sa.Connection, ids: Iterable[UUID], states: Sequence[str]) -> set[UUID]:
    found: set[UUID] = set()
    for some in chunks(list(ids)):
        query = sa.select(item.c.target_id).where(item.c.target_id.in_(some), item.c.state.in_(states))
        found.update(connection.scalars(query))
    return found


def uploads(connection: sa.Connection, ids: Iterable[UUID]) -> dict[UUID, Mapping[str, Any]]:
    """The files that were uploaded for these attachments: file_id, sha256, size."""
    found: dict[UUID, Mapping[str, Any]] = {}
    for some in chunks(list(ids)):
        rows = connection.execute(sa.select(upload).where(upload.c.target_id.in_(some))).mappings()
        found.update((row["target_id"], dict(row)) for row in rows)
    return found


def by_records(some: Iterable[Batch], most: int) -> Iterator[list[Batch]]:
    """Batches in their order, as many at a time as have so many records together, and one at the least."""
    chunk, size = list[Batch](), 0
    for one in some:
        if chunk and size + one.size > most:
            yield chunk
            chunk, size = [], 0
        chunk.append(one)
        size += one.size
    if chunk:
        yield chunk


def chunks(values: Sequence[_T]) -> Iterator[Sequence[_T]]:
    """The values, as many at a time as one query takes."""
    return (values[start : start + _MANY] for start in range(0, len(values), _MANY))


def ids_digest(ids: Iterable[UUID]) -> bytes:
    """SHA-256 over ids in their order: what the audit log says of a batch."""
    digest = hashlib.sha256()
    for one in ids:
        digest.update(one.bytes)
    return digest.digest()
