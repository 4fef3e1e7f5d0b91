"""The sums that must close: each source record is loaded, merged, kept for the hand-over, or quarantined."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import asdict, dataclass
from functools import reduce
from operator import or_
from typing import Any

import sqlalchemy as sa

from bridgework.practice.joining import API, EXPORT, is_part, whole
from bridgework.store import Store
from bridgework.store.ledger import ALIVE, MERGE
from bridgework.store.tables import batch, item, quarantine, source_row

_HANGS_ON = ("taskTarget", "noteTarget", "attachment")  # not records of their own: parts of one


@dataclass(frozen=True, slots=True)
class Account:
    """The sum of one source object; `kept` counts what stays in the store for the hand-over."""

    object: str
    source: int
    loaded: int
    merged: int
    kept: int
    quarantined: int

    @property
    def closes(self) -> bool:
        """Whether every source record is accounted for."""
        return self.source == self.loaded + self.merged + self.kept + self.quarantined

    def as_row(self) -> dict[str, Any]:
        """The account as JSON takes it."""
        return {**asdict(self), "closes": self.closes}


def accounts(store: Store) -> list[Account]:
    """One account for each source object, and what is not accounted for shows as a sum that does not close.

    An object that was joined counts as it was joined, and with what was quarantined in either of its parts; what both
    set aside for the same reason, once.
    """
    staged: dict[str, int] = defaultdict(int)
    aside: dict[str, int] = defaultdict(int)
    loaded: dict[str, int] = defaultdict(int)
    merged: dict[str, int] = defaultdict(int)
    with store.read() as connection:
        count = sa.func.count()
        for object_, number in connection.execute(sa.select(source_row.c.object, count).group_by(source_row.c.object)):
            if not is_part(object_):
                staged[object_] += number
        by_stage = (quarantine.c.object, quarantine.c.stage)
        of_parts = [(one, "audit", number) for one, number in _aside_in_parts(connection).items()]
        of_others = connection.execute(sa.select(*by_stage, count).group_by(*by_stage)).all()
        for object_, stage, number in [*of_parts, *(row for row in of_others if not is_part(row.object))]:
            if stage == "audit":
                staged[object_] += number
            if stage in {"audit", "load"}:
                aside[object_] += number
        is_merged = batch.c.action == MERGE
        query = (
            sa.select(item.c.source_object, is_merged.label("merged"), count.label("number"))
            .join(batch, batch.c.id == item.c.batch_id)
            .where(item.c.object.not_in(_HANGS_ON), item.c.state.in_((*ALIVE, "kept")))
            .group_by(item.c.source_object, is_merged)
        )
        for row in connection.execute(query):
            (merged if row.merged else loaded)[row.source_object] += row.number
    handover = set(store.get("handover", []))
    return [
        Account(one, total, loaded[one], merged[one], total - aside[one] if one in handover else 0, aside[one])
        for one, total in sorted(staged.items())
    ]


def _aside_in_parts(connection: sa.Connection) -> dict[str, int]:
    """By object, how many records were quarantined in its parts; one that is twice in the practice is so in both."""
    group = (quarantine.c.object, quarantine.c.code, quarantine.c.key)
    in_a_part = quarantine.c.object.endswith(API) | quarantine.c.object.endswith(EXPORT)
    found: dict[str, dict[str, Counter[tuple[str, str]]]] = {}
    for name, code, key, number in connection.execute(
        sa.select(*group, sa.func.count()).where(in_a_part).group_by(*group)
    ):
        found.setdefault(whole(name), defaultdict(Counter))[name][code, key] = number
    return {one: reduce(or_, parts.values()).total() for one, parts in found.items()}
