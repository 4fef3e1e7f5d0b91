"""A pass in the store: what of the practice is read anew, how far it is, and the sums that must close.

Of each kind (export, api) there is one open pass at most. A new one takes the place of one whose changes nobody has
begun to load; what was read for that one is forgotten, since the new one is compared with the same state.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

import sqlalchemy as sa

from bridgework.errors import UsageError
from bridgework.practice.changes import seen
from bridgework.store import Store
from bridgework.store.notes import clear_findings, now
from bridgework.store.tables import quarantine, source_change, source_file, source_pass

Kind = Literal["export", "api"]

STAGE: dict[Kind, str] = {"export": "changes-export", "api": "changes-api"}
"""Under which stage the findings and the quarantined records of a pass are kept until it is folded."""

READING, DONE, FOLDED, LEFT = "reading", "done", "folded", "left"


@dataclass(slots=True)
class Sums:
    """The records of one object: those of the practice then, and those that were read now.

    `then` = unchanged + changed + gone + held + untouched: `held` are those whose new state is in quarantine (the last
    good one stays), `untouched` those that the pass was not about. `read` = unchanged + changed + new + quarantined +
    repeated + blank: `repeated` were sent more than once. `headers` counts the changed rows by column.
    """

    then: int = 0
    read: int = 0
    new: int = 0
    changed: int = 0
    gone: int = 0
    unchanged: int = 0
    held: int = 0
    untouched: int = 0
    quarantined: int = 0
    repeated: int = 0
    blank: int = 0
    headers: dict[str, int] = field(default_factory=dict)

    @property
    def now(self) -> int:
        """How many records the object has when the pass is folded."""
        return self.then + self.new - self.gone

    @property
    def closes(self) -> bool:
        """Whether every record, of then and of now, is accounted for."""
        then = self.unchanged + self.changed + self.gone + self.held + self.untouched
        read = self.unchanged + self.changed + self.new + self.quarantined + self.repeated + self.blank
        return (then, read) == (self.then, self.read)

    @property
    def differ(self) -> bool:
        """Whether anything is new, changed or gone."""
        return bool(self.new or self.changed or self.gone)


@dataclass(slots=True)
class Pass:
    """One open pass. `detail` is what is kept of it: `source`, `objects` (their sums), `place`, and what else it needs.

    It holds no values, but cursors of an API, which may hold ids.
    """

    id: int
    kind: Kind
    started_at: str
    state: str
    detail: dict[str, Any]

    @property
    def stage(self) -> str:
        """Where its findings and quarantined records are kept."""
        return STAGE[self.kind]

    def object(self, object_: str) -> dict[str, Any]:
        """What is kept of one object: its sums, and how far it is; changed in place."""
        kept: dict[str, Any] = self.detail["objects"].setdefault(object_, {"state": "new"})
        return kept

    def sums(self, object_: str) -> Sums:
        """The sums of one object so far."""
        return Sums(**self.object(object_).get("sums", {}))

    def put(self, object_: str, sums: Sums, **more: Any) -> None:
        """Keep an object's sums; `save` writes them."""
        self.object(object_).update(sums=asdict(sums), **more)

    def save(self, connection: sa.Connection) -> None:
        """Write how far it is; raises UsageError (CHANGES-BUSY) where another process has gone on with it."""
        number = self.detail["writes"] = self.detail["writes"] + 1
        same = (source_pass.c.id == self.id) & (source_pass.c.state == READING)
        before = connection.scalar(sa.select(source_pass.c.detail).where(same))
        if before is None or before["writes"] != number - 1:
            raise UsageError(
                "CHANGES-BUSY",
                "Another process is looking for changes in the same migration.",
                next_step="let it end, then run this again",
            )
        connection.execute(source_pass.update().where(same).values(detail=self.detail))

    def seen_name(self, object_: str) -> str:
        """Under which name it is kept which rows were met."""
        return f"seen {self.id} {object_}"

    def close(self, connection: sa.Connection) -> None:
        """All is read: forget what was only needed for reading."""
        self.save(connection)
        seen.forget(connection, f"seen {self.id} ")
        mine = source_pass.c.id == self.id
        connection.execute(source_pass.update().where(mine).values(state=DONE, ended_at=now()))
        self.state = DONE


def begin(store: Store, kind: Kind, source: Mapping[str, Any]) -> Pass:
    """A new pass over this source, or the one that was interrupted, if it is over the same source and state.

    Raises UsageError (CHANGES-NOT-FOLDED) while changes of the last one are being loaded.
    """
    with store.begin() as connection:
        if (last := last_open(connection, kind)) is not None:
            if last.state == READING and last.detail["source"] == source:
                return last
            if last.detail.get("taken_up"):
                raise UsageError(
                    "CHANGES-NOT-FOLDED",
                    "The changes that were found last are not loaded to their end.",
                    where=f"pass {last.id}",
                    next_step="let the delta that began with them end first; the same command goes on",
                )
            leave(connection, last)
        clear_findings(connection, STAGE[kind])
        detail = {"source": dict(source), "objects": {}, "writes": 0}
        values = {"kind": kind, "started_at": now(), "state": READING, "detail": detail}
        (number,) = connection.execute(source_pass.insert().values(**values)).inserted_primary_key or (0,)
        return Pass(number, kind, str(values["started_at"]), READING, detail)


def last_open(connection: sa.Connection, kind: Kind) -> Pass | None:
    """The open pass of this kind: one that is being read, or is done and not folded."""
    query = sa.select(source_pass).where(source_pass.c.kind == kind, source_pass.c.state.in_((READING, DONE)))
    row = connection.execute(query.order_by(source_pass.c.id.desc()).limit(1)).mappings().one_or_none()
    return None if row is None else _pass(dict(row))


def get(connection: sa.Connection, number: int) -> Pass:
    """The pass of this number; raises LookupError."""
    row = connection.execute(sa.select(source_pass).where(source_pass.c.id == number)).mappings().one_or_none()
    if row is None:
        raise LookupError(number)
    return _pass(dict(row))


def last_folded(connection: sa.Connection, kind: Kind) -> list[Pass]:
    """The folded passes of this kind, the last one first."""
    query = sa.select(source_pass).where(source_pass.c.kind == kind, source_pass.c.state == FOLDED)
    return [_pass(dict(row)) for row in connection.execute(query.order_by(source_pass.c.id.desc())).mappings()]


def leave(connection: sa.Connection, one: Pass) -> None:
    """Forget what a pass has read and found; that there was one stays."""
    connection.execute(source_change.delete().where(source_change.c.pass_id == one.id))
    connection.execute(quarantine.delete().where(quarantine.c.stage == one.stage))
    connection.execute(source_file.delete().where(source_file.c.object.endswith(mark(one.id), autoescape=True)))
    seen.forget(connection, f"seen {one.id} ")
    connection.execute(source_pass.update().where(source_pass.c.id == one.id).values(state=LEFT, ended_at=now()))


def mark(number: int) -> str:
    """What is behind the object's name while a file belongs to a pass only: whoever lists objects leaves out an @."""
    return f"@pass {number}"


def _pass(row: Mapping[str, Any]) -> Pass:
    return Pass(row["id"], row["kind"], row["started_at"], row["state"], row["detail"])
