"""Writes what a pass finds of one object: changes, and records set aside; in the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

import sqlalchemy as sa

from bridgework.practice import keeping
from bridgework.practice.changes.passes import Pass
from bridgework.practice.changes.walk import Staged
from bridgework.practice.judging import Bad
from bridgework.store.database import insert_new
from bridgework.store.notes import now
from bridgework.store.tables import quarantine, source_change

NEW, CHANGED, GONE, HELD = "new", "changed", "gone", "held"

_DOUBLES = (keeping.DUPLICATE_KEY, keeping.DUPLICATE_ROW)
_ASKED_AT_ONCE = 500


class Read(NamedTuple):
    """One record as it is now."""

    line: int
    key: str
    hash: bytes
    raw: bytes


class Noted(NamedTuple):
    """What the pass found of a key so far."""

    change: str
    row_no: int
    file_id: int
    line: int
    hash: bytes
    raw: bytes


class Noting:
    """The changes of one object in one pass, and its quarantine."""

    def __init__(self, one: Pass, object_: str, next_number: int) -> None:
        """`next_number` is that of the next record that needs one."""
        self.next = next_number
        self._pass, self._object = one, object_
        self._mine = (source_change.c.pass_id == one.id) & (source_change.c.object == object_)

    # --- changes -------------------------------------------------------------------------------------------------

    def new(self, connection: sa.Connection, file_id: int, rows: Sequence[Read]) -> None:
        """Note new records; each gets a number."""
        self._insert(connection, [self._values(NEW, row, self._number(), file_id) for row in rows])

    def changed(self, connection: sa.Connection, file_id: int, rows: Sequence[tuple[Read, Staged]]) -> None:
        """Note changed records; they keep their numbers, and their rows are no longer held."""
        self._release(connection, (row.key for row, _ in rows))
        self._insert(connection, [self._values(CHANGED, row, known.row_no, file_id) for row, known in rows])

    def gone(self, connection: sa.Connection, rows: Sequence[tuple[str, Staged]]) -> None:
        """Note records that are gone."""
        self._insert(connection, [self._without_content(GONE, key, known) for key, known in rows])

    def hold(self, connection: sa.Connection, staged: Iterable[tuple[str, Staged]]) -> None:
        """Note rows whose new state is damaged: they are not gone."""
        rows = [self._without_content(HELD, key, known) for key, known in staged]
        insert_new(connection, source_change, rows)
        if rows:
            self._pass.object(self._object)["holds"] = True

    def held(self, connection: sa.Connection) -> list[int]:
        """The numbers of the held rows, which are forgotten."""
        held = self._mine & (source_change.c.change == HELD)
        numbers = list(connection.scalars(sa.select(source_change.c.row_no).where(held)))
        connection.execute(source_change.delete().where(held))
        return numbers

    def noted(self, connection: sa.Connection, keys: Iterable[str]) -> dict[str, Noted]:
        """What is noted of these keys so far."""
        query = _noted().where(source_change.c.pass_id == self._pass.id)
        pair = sa.tuple_(source_change.c.object, source_change.c.key)
        found: dict[str, Noted] = {}
        for some in by_hundreds(keys):
            rows = connection.execute(query.where(pair.in_([(self._object, key) for key in some])))
            found.update((row[0], Noted(*row[1:])) for row in rows if row[1] != HELD)
        return found

    def forget(self, connection: sa.Connection, key: str) -> None:
        """Forget what is noted of a key."""
        connection.execute(source_change.delete().where(self._mine & (source_change.c.key == key)))

    def forget_gone(self, connection: sa.Connection, file_id: int) -> int:
        """Forget that rows of a staged file are gone; gives how many."""
        gone = self._mine & (source_change.c.change == GONE) & (source_change.c.file_id == file_id)
        return connection.execute(source_change.delete().where(gone)).rowcount

    # --- the quarantine ------------------------------------------------------------------------------------------

    def aside(self, connection: sa.Connection, name: str, bad: Iterable[Bad]) -> None:
        """Quarantine records of a file."""
        at, stage = now(), self._pass.stage
        rows = [
            {
                **{part: getattr(one, part) for part in ("line", "key", "code", "reason", "raw")},
                "stage": stage,
                "object": self._object,
                "file": name,
                "row_no": self._number(),
                "at": at,
            }
            for one in bad
        ]
        connection.execute(quarantine.insert(), rows)

    def undecided(self, connection: sa.Connection) -> list[tuple[str, Noted, bool]]:
        """Changes of records whose number is in the practice twice, where not all of those with it came.

        Each with its key, and whether it is just one of those that were set aside before.
        """
        double = (quarantine.c.object == self._object) & quarantine.c.code.in_(_DOUBLES)
        former = double & (quarantine.c.stage == keeping.STAGE) & (quarantine.c.key != "")
        mine = self._mine & source_change.c.change.in_((CHANGED, GONE))
        mine &= source_change.c.key.in_(sa.select(quarantine.c.key).where(former))
        found = []
        for key, *rest in connection.execute(_noted().where(mine)).all():
            noted = Noted(*rest)
            raws = connection.scalars(sa.select(quarantine.c.raw).where(former, quarantine.c.key == key)).all()
            now_too = double & (quarantine.c.stage == self._pass.stage) & (quarantine.c.key == key)
            came = connection.scalar(sa.select(sa.func.count()).select_from(quarantine).where(now_too)) or 0
            if noted.change == GONE or came < len(raws):
                found.append((key, noted, noted.raw in raws))
        return found

    # --- small things --------------------------------------------------------------------------------------------

    def _release(self, connection: sa.Connection, keys: Iterable[str]) -> None:
        if self._pass.object(self._object).get("holds"):
            for some in by_hundreds(keys):
                held = self._mine & (source_change.c.change == HELD) & source_change.c.key.in_(some)
                connection.execute(source_change.delete().where(held))

    def _insert(self, connection: sa.Connection, rows: list[dict[str, Any]]) -> None:
        if rows:
            connection.execute(source_change.insert(), rows)

    def _keyed(self, change: str, key: str, row_no: int) -> dict[str, Any]:
        return {"pass_id": self._pass.id, "object": self._object, "key": key, "change": change, "row_no": row_no}

    def _values(self, change: str, row: Read, row_no: int, file_id: int) -> dict[str, Any]:
        content = {"file_id": file_id, "line": row.line, "hash": row.hash, "raw": row.raw}
        return {**self._keyed(change, row.key, row_no), **content}

    def _without_content(self, change: str, key: str, known: Staged) -> dict[str, Any]:
        content = {"file_id": known.file_id, "line": None, "hash": None, "raw": None}
        return {**self._keyed(change, key, known.row_no), **content}

    def _number(self) -> int:
        self.next += 1
        return self.next - 1


def _noted() -> sa.Select[Any]:
    return sa.select(*(source_change.c[name] for name in ("key", *Noted._fields)))


def by_hundreds(values: Iterable[Any]) -> Iterator[list[Any]]:
    """The values in lists of as many as one statement takes."""
    rest = iter(values)
    while some := list(islice(rest, _ASKED_AT_ONCE)):
        yield some
