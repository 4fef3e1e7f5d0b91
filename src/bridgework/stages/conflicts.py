"""Conflicts: fields that the practice and people in Twenty both changed, listed for a person, with who wins.

What is kept of a conflict are the shapes of both values, never the values. A decision is about exactly these two
states: where either changes again, it is asked anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from bridgework.errors import UsageError
from bridgework.practice.rows import SourceRecord
from bridgework.reports.masking import mask
from bridgework.stages.three_way import Policy
from bridgework.store import Store, audit_log
from bridgework.store.ledger import Item
from bridgework.store.tables import conflict


@dataclass(frozen=True, slots=True)
class Open:
    """One conflict as people see it."""

    record: str
    object: str
    field: str
    source: str
    twenty: str
    decision: str


class Conflicts:
    """The conflicts of a migration, under the policy of a pass."""

    def __init__(self, store: Store, policy: Policy) -> None:
        """`policy` says who wins where nobody has decided."""
        self._store, self._policy = store, policy

    def decided(self, target_id: UUID, field: str, row_hash: bytes, stamp: str) -> Policy:
        """Who wins a conflict: by a decision about just this, else by the policy."""
        here = (conflict.c.target_id == target_id) & (conflict.c.field == field)
        same = here & (conflict.c.row_hash == row_hash) & (conflict.c.stamp == stamp)
        with self._store.read() as connection:
            decision = connection.scalar(sa.select(conflict.c.decision).where(same))
        return decision or self._policy

    def ask(self, one: Item, field: str, row: SourceRecord | None, stamp: str, values: tuple[Any, Any]) -> None:
        """List a conflict, in place of what was listed of this field."""
        here = (conflict.c.target_id == one.target_id) & (conflict.c.field == field)
        new = {
            "target_id": one.target_id,
            "field": field,
            "object": one.object,
            "source_object": one.source_object,
            "row_no": one.row_no,
            "row_hash": row.hash if row is not None else b"",
            "stamp": stamp,
            "source": mask(values[0]),
            "twenty": mask(values[1]),
            "decision": "",
        }
        with self._store.begin() as connection:
            connection.execute(conflict.delete().where(here))
            connection.execute(conflict.insert().values(**new))

    @staticmethod
    def forget(connection: sa.Connection, target_id: UUID) -> None:
        """What was asked of a record is settled; in the caller's transaction."""
        connection.execute(conflict.delete().where(conflict.c.target_id == target_id))


def open_conflicts(store: Store) -> list[Open]:
    """Every conflict that is listed, decided or not."""
    query = sa.select(conflict).order_by(conflict.c.object, conflict.c.target_id, conflict.c.field)
    with store.read() as connection:
        return [
            Open(str(row.target_id), row.object, row.field, row.source, row.twenty, row.decision)
            for row in connection.execute(query)
        ]


def decide(store: Store, actor: str, words: str) -> int:
    """Decide conflicts: `source` or `twenty` for all, `RECORD=source` or `RECORD.FIELD=twenty` for some; how many.

    Raises UsageError (DECISION-UNKNOWN, CONFLICT-UNKNOWN).
    """
    which, _, winner = words.rpartition("=")
    if winner not in {"source", "twenty"}:
        step = "say source or twenty for all, or RECORD.FIELD=source for one"
        raise UsageError("DECISION-UNKNOWN", "There is no such decision.", where="--decide", next_step=step)
    record, _, field = which.partition(".")
    wanted: list[sa.ColumnElement[bool]] = []
    if record:
        try:
            wanted.append(conflict.c.target_id == UUID(record))
        except ValueError:
            raise UsageError("CONFLICT-UNKNOWN", "This is no record's id.", where="--decide") from None
    if field:
        wanted.append(conflict.c.field == field)
    with store.begin() as connection:
        count = connection.execute(conflict.update().where(*wanted).values(decision=winner)).rowcount
        if not count:
            raise UsageError("CONFLICT-UNKNOWN", "There is no such conflict.", where="--decide")
        audit_log.append(
            connection, actor, "decide", "conflict", winner=winner, record=record, field=field, count=count
        )
    return count
