"""What a pass has to do: the records whose rows are not what they were written from, and rows that nobody wrote yet.

It is read from the ledger and the staged rows alone. So a pass that was killed goes on with what is left, a record that
waits for a decision stays on the list, and a pass that was rolled back has everything to do again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from bridgework.practice.joining import is_part
from bridgework.stages.records import UNDECIDED, WAITS_FOR
from bridgework.stages.scope import live_runs
from bridgework.store import Store
from bridgework.store.ledger import ALIVE, Item, as_item
from bridgework.store.tables import item, link_missing, operation, quarantine, row_version, source_row

_AWAY = ("deleted", "left")
_WAITING = ("ORPHAN", WAITS_FOR, UNDECIDED)
_NAMES = ("target_id", "object", "source_object", "row_no", "stamp", "row_hash", "edited")


@dataclass(frozen=True, slots=True)
class Todo:
    """How many records of each source object are new, changed and gone."""

    new: Mapping[str, int]
    changed: Mapping[str, int]
    gone: Mapping[str, int]

    def __bool__(self) -> bool:
        return any(sum(one.values()) for one in (self.new, self.changed, self.gone))


def look_at_todo(store: Store) -> Todo:
    """What there is to do."""
    new = Counter({object_: len(numbers) for object_, numbers in rows_to_create(store).items()})
    new.update({object_: len(numbers) for object_, numbers in rows_returned(store).items()})
    return Todo(new, _counts(store, gone=False), _counts(store, gone=True))


def _counts(store: Store, *, gone: bool) -> dict[str, int]:
    number = sa.func.count(sa.distinct(item.c.row_no)).label("number")
    query = _behind(sa.select(item.c.source_object, number), gone=gone).group_by(item.c.source_object)
    with store.read() as connection:
        return {row.source_object: row.number for row in connection.execute(query)}


def behind(store: Store, source_object: str, object_: str, after_row: int, limit: int, *, gone: bool) -> list[Item]:
    """Records of a target object whose row has changed (or is gone) since they were written, behind a row number."""
    query = _behind(sa.select(*(item.c[name] for name in _NAMES)), gone=gone)
    mine = (item.c.source_object == source_object) & (item.c.object == object_) & (item.c.row_no > after_row)
    with store.read() as connection:
        return [as_item(row) for row in connection.execute(query.where(mine).order_by(item.c.row_no).limit(limit))]


def _behind(query: sa.Select[Any], *, gone: bool) -> sa.Select[Any]:
    """Items that were written from a version which is not the row as it is."""
    was = (item.c.source_object == row_version.c.object) & (item.c.row_no == row_version.c.row_no)
    row = (source_row.c.object == row_version.c.object) & (source_row.c.row_no == row_version.c.row_no)
    refused = sa.exists().where(
        operation.c.target_id == item.c.target_id,
        operation.c.state == "refused",
        operation.c.row_hash == source_row.c.hash,
    )
    query = (
        query.select_from(row_version)
        .join(item, was & (item.c.row_hash == row_version.c.hash) & item.c.state.in_(ALIVE))
        .outerjoin(source_row, row)
    )
    if gone:
        return query.where(source_row.c.row_no.is_(None))
    return query.where(source_row.c.hash != row_version.c.hash, sa.not_(refused))


def rows_returned(store: Store) -> dict[str, list[int]]:
    """Rows that were gone and are there again, of records that are in the bin or were left."""
    query = _returned(sa.select(item.c.source_object, item.c.row_no).distinct())
    found: dict[str, list[int]] = {}
    with store.read() as connection:
        for object_, number in connection.execute(query.order_by(item.c.source_object, item.c.row_no)):
            found.setdefault(object_, []).append(number)
    return found


def returned(store: Store, source_object: str, object_: str, after_row: int, limit: int) -> list[Item]:
    """Records of a target object whose row is there again, behind a row number."""
    query = _returned(sa.select(*(item.c[name] for name in _NAMES)))
    mine = (item.c.source_object == source_object) & (item.c.object == object_) & (item.c.row_no > after_row)
    with store.read() as connection:
        return [as_item(row) for row in connection.execute(query.where(mine).order_by(item.c.row_no).limit(limit))]


def _returned(query: sa.Select[Any]) -> sa.Select[Any]:
    row = (source_row.c.object == item.c.source_object) & (source_row.c.row_no == item.c.row_no)
    # A record whose cell was emptied is in the bin while its row is there; it comes back when the row changes.
    other = item.c.row_hash.is_(None) | (item.c.row_hash != source_row.c.hash)
    was = sa.exists().where(
        row_version.c.object == item.c.source_object,
        row_version.c.row_no == item.c.row_no,
        row_version.c.hash == item.c.row_hash,
    )
    return query.select_from(item).join(source_row, row).where(item.c.state.in_(_AWAY), other | was)


def relinkable(store: Store) -> bool:
    """Whether something has come that records were written without a link to."""
    with store.read() as connection:
        return connection.scalar(_relinkable(sa.select(item.c.target_id)).limit(1)) is not None


def to_relink(store: Store, source_object: str, object_: str, after_row: int, limit: int) -> list[Item]:
    """Records of a target object that lack a link to what is there now, behind a row number."""
    query = _relinkable(sa.select(*(item.c[name] for name in _NAMES)).distinct())
    mine = (item.c.source_object == source_object) & (item.c.object == object_) & (item.c.row_no > after_row)
    with store.read() as connection:
        return [as_item(row) for row in connection.execute(query.where(mine).order_by(item.c.row_no).limit(limit))]


def _relinkable(query: sa.Select[Any]) -> sa.Select[Any]:
    other = item.alias("other")
    return (
        query.select_from(link_missing)
        .join(other, (other.c.target_id == link_missing.c.missing) & other.c.state.in_(ALIVE))
        .join(item, (item.c.target_id == link_missing.c.record) & item.c.state.in_(ALIVE))
    )


def rows_to_create(store: Store) -> dict[str, list[int]]:
    """Rows that came after all that was loaded, and those set aside that have changed; then orphans too."""
    upto = _upto(store)
    found: dict[str, set[int]] = {}
    with store.read() as connection:
        for object_, number in upto.items():
            mine = (source_row.c.object == object_) & (source_row.c.row_no > number)
            found[object_] = set(connection.scalars(sa.select(source_row.c.row_no).where(mine)))
        pair = (row_version.c.object == quarantine.c.object) & (row_version.c.row_no == quarantine.c.row_no)
        there = (source_row.c.object == quarantine.c.object) & (source_row.c.row_no == quarantine.c.row_no)
        aside = sa.select(quarantine.c.object, quarantine.c.row_no).join(source_row, there)
        aside = aside.where(quarantine.c.stage.startswith("load"))
        # What hangs on a record was tried with the row that the record stands for now.
        tried = sa.exists().where(
            item.c.source_object == source_row.c.object,
            item.c.row_no == source_row.c.row_no,
            item.c.row_hash == source_row.c.hash,
            item.c.state.in_(ALIVE),
        )
        for object_, number in connection.execute(aside.join(row_version, pair).where(sa.not_(tried))):
            found.setdefault(object_, set()).add(number)
        if any(found.values()):
            for object_, number in connection.execute(aside.where(quarantine.c.code.in_(_WAITING))):
                found.setdefault(object_, set()).add(number)
    return {name: sorted(numbers) for name, numbers in found.items() if numbers}


def rows_behind(store: Store) -> dict[str, list[int]]:
    """Changed rows: something may hang on their records that did not before."""
    query = _behind(sa.select(item.c.source_object, item.c.row_no).distinct(), gone=False)
    found: dict[str, list[int]] = {}
    with store.read() as connection:
        for object_, number in connection.execute(query.order_by(item.c.source_object, item.c.row_no)):
            found.setdefault(object_, []).append(number)
    return found


def forget_tried(connection: sa.Connection) -> None:
    """Forget the former versions of rows that were set aside: they are tried once, not in each pass."""
    aside = sa.exists().where(
        quarantine.c.object == row_version.c.object,
        quarantine.c.row_no == row_version.c.row_no,
        quarantine.c.stage.startswith("load"),
    )
    used = sa.exists().where(item.c.source_object == row_version.c.object, item.c.row_no == row_version.c.row_no)
    connection.execute(row_version.delete().where(aside, sa.not_(used)))


def _upto(store: Store) -> dict[str, int]:
    """The last row of each source object that some run has reached; 0 for an object that none has."""
    found: dict[str, int] = {}
    for run in live_runs(store):
        found |= {name: max(number, found.get(name, 0)) for name, number in run.detail.get("upto", {}).items()}
    with store.read() as connection:
        for name in connection.scalars(sa.select(source_row.c.object).distinct()):
            if not is_part(name):
                found.setdefault(name, 0)
    return found
