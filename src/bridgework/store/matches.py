"""Records that were in Twenty before us, those of the practice that they may stand for, and what people said of it.

`existing_record` and `existing_key` are what was read of the workspace for the last look, `existing_match` holds the
pairs worth a person's eye. Values of people are in these tables only, which are encrypted like all of the store.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal
from uuid import UUID

import sqlalchemy as sa

from bridgework.store.database import Store, insert_new
from bridgework.store.ledger import HELD, MERGE, Batch, Item, Ledger, chunks
from bridgework.store.match_tables import existing_key, existing_match, existing_record
from bridgework.store.operations import Operation
from bridgework.store.operations import plan as plan_operations
from bridgework.store.tables import item, run_row

Decision = Literal["", "same", "different", "restore"]
MERGED: tuple[Decision, ...] = ("same", "restore")
_TOO_COMMON = 50  # records that share one value: the practice's own phone number says nothing of a person


@dataclass(frozen=True, slots=True)
class Existing:
    """A record of the workspace."""

    id: UUID
    deleted: bool
    facts: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Match:
    """A record of the practice and one of the workspace that may be the same; `score` is 0 to 1."""

    own_id: UUID
    existing_id: UUID
    object: str
    source_object: str
    row_no: int
    ref: str
    score: float
    reasons: tuple[str, ...]
    deleted: bool
    source_facts: Mapping[str, Any] = field(repr=False)
    facts: Mapping[str, Any] = field(repr=False)
    decision: Decision = ""
    decided_by: str = ""

    def __hash__(self) -> int:
        return hash((self.own_id, self.existing_id))

    @property
    def is_merged(self) -> bool:
        """Whether a person said that the existing record stands for the practice's."""
        return self.decision in MERGED


_COLUMNS = tuple(existing_match.c[name] for name in Match.__slots__)


# --- what was read of the workspace ----------------------------------------------------------------------------------


def forget_read(connection: sa.Connection) -> None:
    """Forget what was read of the workspace, before it is read again."""
    connection.execute(existing_key.delete())
    connection.execute(existing_record.delete())


def keep_read(
    connection: sa.Connection, object_: str, read: Sequence[Existing], keys: Mapping[UUID, Iterable[str]]
) -> None:
    """Keep records of the workspace, each under its keys; of the keys only hashes stay."""
    rows = [{"object": object_, "record_id": one.id, "deleted": one.deleted, "facts": one.facts} for one in read]
    insert_new(connection, existing_record, rows)
    hashed = [
        {"object": object_, "value_hash": _hash(key), "record_id": id_} for id_, those in keys.items() for key in those
    ]
    insert_new(connection, existing_key, hashed)


def read_count(connection: sa.Connection, object_: str) -> int:
    """How many records of an object were read."""
    query = sa.select(sa.func.count()).select_from(existing_record).where(existing_record.c.object == object_)
    return connection.scalar(query) or 0


def under(connection: sa.Connection, object_: str, keys: Collection[str]) -> dict[str, list[UUID]]:
    """The records that have each key; a key that too many have tells nothing, and has none."""
    hashes = {_hash(key): key for key in keys}
    found: dict[str, list[UUID]] = {}
    for some in chunks(list(hashes)):
        same = (existing_key.c.object == object_) & existing_key.c.value_hash.in_(some)
        query = sa.select(existing_key.c.value_hash, existing_key.c.record_id).where(same)
        for row in connection.execute(query):
            found.setdefault(hashes[bytes(row.value_hash)], []).append(row.record_id)
    return {key: ids for key, ids in found.items() if len(ids) <= _TOO_COMMON}


def read_of(connection: sa.Connection, object_: str, ids: Iterable[UUID]) -> dict[UUID, Existing]:
    """Records of the workspace by id, of those that were read."""
    found: dict[UUID, Existing] = {}
    for some in chunks(list(ids)):
        same = (existing_record.c.object == object_) & existing_record.c.record_id.in_(some)
        for row in connection.execute(sa.select(existing_record).where(same)):
            found[row.record_id] = Existing(row.record_id, row.deleted, row.facts)
    return found


def _hash(key: str) -> bytes:
    return hashlib.blake2b(key.encode(), digest_size=16).digest()


# --- pairs and decisions ---------------------------------------------------------------------------------------------


def matches(connection: sa.Connection) -> list[Match]:
    """All pairs, by source object and row, the likeliest first."""
    query = sa.select(*_COLUMNS).order_by(
        existing_match.c.source_object, existing_match.c.row_no, existing_match.c.score.desc(), *_COLUMNS[:2]
    )
    return [_match(row) for row in connection.execute(query)]


def replace(connection: sa.Connection, stay: Collection[UUID], new: Sequence[Match]) -> None:
    """Forget all pairs but those of the records `stay` (own ids), and keep new ones."""
    for one in matches(connection):
        if one.own_id not in stay:
            connection.execute(existing_match.delete().where(_is(one)))
    rows = [{**asdict(one), "reasons": list(one.reasons)} for one in new]
    if rows:
        connection.execute(existing_match.insert(), rows)


def decide(connection: sa.Connection, one: Match, decision: Decision, actor: str) -> None:
    """Note what a person said of a pair."""
    connection.execute(existing_match.update().where(_is(one)).values(decision=decision, decided_by=actor))


def add(connection: sa.Connection, one: Match) -> None:
    """Add a pair that a person named."""
    connection.execute(existing_match.insert().values(**{**asdict(one), "reasons": list(one.reasons)}))


def set_kept(connection: sa.Connection, kept: Mapping[UUID, Sequence[str]]) -> None:
    """Note of which fields Twenty's value stands, by existing record, when these are merged."""
    for id_, fields in kept.items():
        mine = (existing_match.c.existing_id == id_) & existing_match.c.decision.in_(MERGED)
        connection.execute(existing_match.update().where(mine).values(kept=list(fields)))


def kept_fields(connection: sa.Connection, ids: Iterable[UUID]) -> dict[UUID, tuple[str, ...]]:
    """Of which fields Twenty's value stands, by existing record, of those that were merged."""
    found: dict[UUID, tuple[str, ...]] = {}
    for some in chunks(list(ids)):
        mine = existing_match.c.existing_id.in_(some) & existing_match.c.kept.is_not(None)
        query = sa.select(existing_match.c.existing_id, existing_match.c.kept).where(mine)
        found.update((row.existing_id, tuple(row.kept)) for row in connection.execute(query))
    return found


def to_merge(store: Store, run: Ledger, source_object: str, ids: Collection[UUID]) -> dict[int, Match]:
    """The pairs that a run has still to merge, by row number; `ids` are the existing records of approved pairs."""
    about = run.row_counts()
    mine = (existing_match.c.source_object == source_object) & existing_match.c.decision.in_(MERGED)
    held = sa.select(item.c.target_id).where(item.c.state.in_(HELD))
    query = sa.select(*_COLUMNS).where(mine, existing_match.c.existing_id.not_in(held))
    if about:
        rows = sa.select(run_row.c.row_no).where(run_row.c.run_id == run.run_id, run_row.c.object == source_object)
        query = query.where(existing_match.c.row_no.in_(rows))
    with store.read() as connection:
        found = [_match(row) for row in connection.execute(query)]
    return {one.row_no: one for one in sorted(found, key=lambda one: one.row_no) if one.existing_id in ids}


def merged_rows(connection: sa.Connection) -> set[UUID]:
    """The existing records that stand for one of the practice's in the ledger already."""
    query = sa.select(item.c.target_id).where(item.c.target_id.in_(sa.select(existing_match.c.existing_id)))
    return set(connection.scalars(query))


def plan_merge(
    connection: sa.Connection, run: Ledger, step: str, items: Sequence[Item], operations: Sequence[Operation]
) -> Batch:
    """Write merges down before anything is sent: the operations, and an item for each existing record."""
    object_ = items[0].object
    for some in chunks([one.target_id for one in items]):  # what was refused before is tried again
        mine = item.c.target_id.in_(some) & item.c.state.in_(("refused", "destroyed"))
        connection.execute(item.delete().where(mine))
    planned = plan_operations(connection, run, step, object_, MERGE, operations)
    names = ("target_id", "object", "source_object", "row_no", "stamp", "row_hash")
    rows = [
        {**{name: getattr(one, name) for name in names}, "batch_id": planned.id, "state": "planned"} for one in items
    ]
    connection.execute(item.insert(), rows)
    return planned


def refuse(connection: sa.Connection, ids: Iterable[UUID]) -> None:
    """Note that Twenty refused these merges."""
    for some in chunks(list(ids)):
        connection.execute(item.update().where(item.c.target_id.in_(some)).values(state="refused"))


def _match(row: sa.Row[Any]) -> Match:
    return Match(**{**row._mapping, "reasons": tuple(row.reasons)})  # noqa: SLF001 - its documented name


def _is(one: Match) -> sa.ColumnElement[bool]:
    return (existing_match.c.own_id == one.own_id) & (existing_match.c.existing_id == one.existing_id)
