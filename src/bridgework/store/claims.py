"""What records hold and lack: unique values that only one may have, and links to records that were not there.

What is decided of them when a record is written is kept, so that the same row gives the same record again: after a
crash, in verification, and when it is compared with what it becomes.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

import sqlalchemy as sa

from bridgework.store.database import insert_new
from bridgework.store.ledger import chunks
from bridgework.store.tables import claim, link_missing


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
    for some in chunks(list(hashes.values())):
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
    for some in chunks(list(hashes)):
        same = (claim.c.object == object_) & (claim.c.field == field) & claim.c.value_hash.in_(some)
        connection.execute(claim.delete().where(same))
    common = {"object": object_, "field": field, "existing": True}
    insert_new(connection, claim, [{**common, "value_hash": key, "owner": owner} for key, owner in hashes.items()])


def missing_links(connection: sa.Connection, ids: Iterable[UUID]) -> set[tuple[UUID, UUID]]:
    """The links that these records were written without: (record, the record that was not there)."""
    found: set[tuple[UUID, UUID]] = set()
    for some in chunks(list(ids)):
        query = sa.select(link_missing.c.record, link_missing.c.missing).where(link_missing.c.record.in_(some))
        found.update((row.record, row.missing) for row in connection.execute(query))
    return found


def lack_links(connection: sa.Connection, pairs: Iterable[tuple[UUID, UUID]]) -> None:
    """Note the links that records are written without."""
    insert_new(connection, link_missing, [{"record": record, "missing": missing} for record, missing in pairs])


def forget_links(connection: sa.Connection, records: Iterable[UUID]) -> None:
    """Forget which links records lacked, before they are made once more."""
    for some in chunks(list(records)):
        connection.execute(link_missing.delete().where(link_missing.c.record.in_(some)))


class _Claim(Protocol):
    @property
    def value(self) -> str: ...


class _Link(Protocol):
    @property
    def target_id(self) -> UUID: ...


def settle(
    connection: sa.Connection, object_: str, record: UUID, claims: Iterable[_Claim], links: Iterable[_Link]
) -> None:
    """A record was written anew: it lets go of unique values that it has no more, and has these links now."""
    hashes = [hashlib.sha256(one.value.encode()).digest() for one in claims]
    mine = (claim.c.object == object_) & (claim.c.owner == record) & sa.not_(claim.c.existing)
    connection.execute(claim.delete().where(mine, claim.c.value_hash.not_in(hashes)))
    there = [one.target_id for one in links]
    lacked = (link_missing.c.record == record) & link_missing.c.missing.in_(there)
    connection.execute(link_missing.delete().where(lacked))


def held_by(connection: sa.Connection, records: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    """What records hold and lack, as JSON keeps it: `claims` (object, field, hash) and `lacks` (ids)."""
    found: dict[UUID, dict[str, Any]] = defaultdict(lambda: {"claims": [], "lacks": []})
    for some in chunks(records):
        query = sa.select(claim).where(claim.c.owner.in_(some), sa.not_(claim.c.existing))
        for row in connection.execute(query):
            found[row.owner]["claims"].append([row.object, row.field, bytes(row.value_hash).hex()])
    for record, missing in missing_links(connection, records):
        found[record]["lacks"].append(str(missing))
    return found


def hold_again(connection: sa.Connection, record: UUID, held: Mapping[str, Any]) -> None:
    """Let a record hold and lack what `held_by` said of it, and nothing else."""
    connection.execute(claim.delete().where(claim.c.owner == record, sa.not_(claim.c.existing)))
    common = {"owner": record, "existing": False}
    rows = [
        {**common, "object": object_, "field": field, "value_hash": bytes.fromhex(hashed)}
        for object_, field, hashed in held.get("claims", ())
    ]
    insert_new(connection, claim, rows)
    forget_links(connection, [record])
    lack_links(connection, [(record, UUID(missing)) for missing in held.get("lacks", ())])
