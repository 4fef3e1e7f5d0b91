"""The audit log: every operation and approval, each entry holding the hash of the one before it.

An entry says who, when, what, on which object, with ids, counts and hashes; never a value. Entries are written in the
transaction of what they tell of, so that neither is ever there without the other. A changed, missing or reordered entry
breaks the chain from there on, and `verify` names the first that does not fit.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from bridgework.store.database import Store
from bridgework.store.tables import audit_log

START = bytes(32)
"""What the first entry follows."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as a person reads it."""

    seq: int
    at: str
    actor: str
    action: str
    object: str
    detail: dict[str, Any]
    hash: str


@dataclass(frozen=True, slots=True)
class ChainCheck:
    """What `verify` found: how many entries fit, and the first that does not (None where all do)."""

    entries: int
    broken_at: int | None
    why: str
    head: str


def append(connection: sa.Connection, actor: str, action: str, object_: str = "", **detail: Any) -> None:
    """Add an entry, in the caller's transaction."""
    last = connection.execute(
        sa.select(audit_log.c.seq, audit_log.c.hash).order_by(audit_log.c.seq.desc()).limit(1)
    ).one_or_none()
    seq, previous = (last.seq + 1, last.hash) if last else (1, START)
    at = datetime.now(UTC).isoformat(timespec="milliseconds")
    text = json.dumps(detail, sort_keys=True, separators=(",", ":"), default=str)
    connection.execute(
        audit_log.insert().values(
            seq=seq,
            at=at,
            actor=actor,
            action=action,
            object=object_,
            detail=text,
            previous=previous,
            hash=chained(previous, seq, at, actor, action, object_, text),
        )
    )


def entries(store: Store, after: int = 0) -> Iterator[Entry]:
    """The entries in order, those after the given number."""
    query = sa.select(audit_log).where(audit_log.c.seq > after).order_by(audit_log.c.seq)
    with store.read() as connection:
        for row in connection.execute(query.execution_options(yield_per=1000)):
            yield Entry(row.seq, row.at, row.actor, row.action, row.object, json.loads(row.detail), row.hash.hex())


def verify(store: Store, head: str = "") -> ChainCheck:
    """Walk the chain from its start; `head` is the hash (or its beginning) that somebody kept of the last entry."""
    previous, count, found = START, 0, not head
    with store.read() as connection:
        query = sa.select(audit_log).order_by(audit_log.c.seq).execution_options(yield_per=1000)
        for row in connection.execute(query):
            if row.seq != count + 1:
                return ChainCheck(count, count + 1, "an entry is missing, or stands elsewhere", previous.hex())
            if row.previous != previous:
                return ChainCheck(count, row.seq, "it does not follow the entry before it", previous.hex())
            if row.hash != chained(previous, row.seq, row.at, row.actor, row.action, row.object, row.detail):
                return ChainCheck(count, row.seq, "it was changed after it was written", previous.hex())
            previous, count = row.hash, count + 1
            found = found or previous.hex().startswith(head)
    if not found:
        why = "the entry that the head is of is not there: the end is cut off, or all of it was written anew"
        return ChainCheck(count, count + 1, why, previous.hex())
    return ChainCheck(count, None, "", previous.hex())


def chained(previous: bytes, seq: int, *parts: str) -> bytes:
    """The hash of an entry: of the one before it, and of [seq, at, actor, action, object, the text of detail]."""
    digest = hashlib.sha256(previous)
    digest.update(json.dumps([seq, *parts], ensure_ascii=False, separators=(",", ":")).encode())
    return digest.digest()
