"""What a pass found: its sums and findings, and each change with the record as it was and as it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import sqlalchemy as sa

from bridgework.errors import FindingsStop
from bridgework.practice.changes import alike, folding, passes
from bridgework.practice.changes.files import without_pass
from bridgework.practice.changes.noting import GONE, HELD, NEW
from bridgework.practice.changes.passes import Kind, Pass, Sums
from bridgework.practice.rows import SourceRecord, StagedRows, reader
from bridgework.store import Store
from bridgework.store.notes import Finding, findings
from bridgework.store.tables import source_change, source_file

_PAGE = 500

Change = Literal["new", "changed", "gone"]


@dataclass(frozen=True, slots=True)
class Changed:
    """One change. `then` is the record as it was staged (None: new), `now` as it is (None: gone).

    Its `row_no` is the one that it has, or will have, in the staged rows. `headers` are the columns that differ, of
    those that both states have: a column that is only in one of them was not exported, and says nothing.
    """

    change: Change
    key: str = field(repr=False)
    row_no: int
    then: SourceRecord | None
    now: SourceRecord | None
    headers: tuple[str, ...]


class Changes:
    """The changes of one pass, until they are folded into the staged rows."""

    def __init__(self, store: Store, number: int) -> None:
        """The pass of this number."""
        self._store, self.number = store, number
        self._files: dict[int, Mapping[str, Any]] = {}
        self._readers: dict[int, Callable[[bytes], dict[str, str]]] = {}

    @classmethod
    def open(cls, store: Store, kind: Kind) -> Changes | None:
        """Those of the open pass of this kind, if there is one and it is read to its end."""
        with store.read() as connection:
            one = passes.last_open(connection, kind)
        return cls(store, one.id) if one is not None and one.state == passes.DONE else None

    @property
    def sums(self) -> dict[str, Sums]:
        """The sums by object."""
        one = self._pass()
        return {name: one.sums(name) for name in sorted(one.detail["objects"])}

    @property
    def findings(self) -> list[Finding]:
        """What a person should look at, the gravest first; those that stop first."""
        return findings(self._store, self._pass().stage)

    @property
    def stops(self) -> list[Finding]:
        """What a person must look at before these changes are loaded."""
        return [one for one in self.findings if one.severity == "stop"]

    @property
    def started_at(self) -> str:
        """When the pass began."""
        return self._pass().started_at

    @property
    def taken_up(self) -> bool:
        """Whether loading has begun: whoever was stopped in the middle of it goes on before looking anew."""
        return bool(self._pass().detail.get("taken_up"))

    def __bool__(self) -> bool:
        return any(sums.differ for sums in self.sums.values())

    def iterate(self, object_: str, change: Change | None = None, after_key: str = "") -> Iterator[Changed]:
        """The changes of an object, by key; no transaction is open while one is in your hands."""
        wanted = (source_change.c.pass_id == self.number) & (source_change.c.object == object_)
        wanted &= source_change.c.change != HELD if change is None else source_change.c.change == change
        query = sa.select(source_change).where(wanted).order_by(source_change.c.key).limit(_PAGE)
        staged = StagedRows(self._store)
        while True:
            with self._store.read() as connection:
                rows = connection.execute(query.where(source_change.c.key > after_key)).mappings()
                page = [dict(row) for row in rows]
                self._learn(connection, page)
            then = {one.row_no: one for one in staged.by_row_nos(object_, [row["row_no"] for row in page])}
            yield from (self._changed(row, then.get(row["row_no"])) for row in page)
            if len(page) < _PAGE:
                return
            after_key = page[-1]["key"]

    def take_up(self) -> None:
        """Loading begins: from here on no new pass takes the place of this one. Raises FindingsStop (CHANGES-STOP)."""
        self._require_no_stops()
        with self._store.begin() as connection:
            folding.mark_taken_up(connection, self.number)

    def fold(self, progress: Callable[[int], None] = lambda _: None) -> None:
        """Make the new state the staged one: rows replaced, added and taken away; the next pass is compared with it.

        To be called when the changes are loaded: the old state of a record is lost with it. Chunk by chunk; after a
        kill the same call goes on. `progress` is told, after each commit, how many more changes are folded; it may
        raise to stop. Raises FindingsStop (CHANGES-STOP) while a finding stops it.
        """
        self._require_no_stops()
        folding.fold(self._store, self.number, progress)

    def _require_no_stops(self) -> None:
        if stops := self.stops:
            first = stops[0]
            raise FindingsStop(
                "CHANGES-STOP",
                "Somebody must look at these changes before they are loaded.",
                where=f"{first.object}.{first.field}" if first.field else first.object,
                why=f"{first.code}: {first.what}",
                next_step=first.next_step,
            )

    def _pass(self) -> Pass:
        with self._store.read() as connection:
            return passes.get(connection, self.number)

    def _changed(self, row: Mapping[str, Any], then: SourceRecord | None) -> Changed:
        kind, key, number = row["change"], row["key"], row["row_no"]
        if kind == GONE:
            return Changed("gone", key, number, then, None, ())
        file = self._files[row["file_id"]]
        name = without_pass(file["path"])
        values = self._readers[row["file_id"]](row["raw"])
        now = SourceRecord(row["object"], number, key, name, row["line"], values)
        if kind == NEW or then is None:
            return Changed("new", key, number, None, now, ())
        before = self._formats.get(then.file, "")
        headers = alike.differing(then.values, values, same_format=before == file["format"])
        return Changed("changed", key, number, then, now, headers)

    @property
    def _formats(self) -> dict[str, str]:
        return {row["path"]: row["format"] for row in self._files.values()}

    def _learn(self, connection: sa.Connection, page: Any) -> None:
        if {row["file_id"] for row in page} <= self._files.keys():
            return
        for row in connection.execute(sa.select(source_file)).mappings():
            self._files[row["id"]] = dict(row)
            self._readers[row["id"]] = reader(dict(row))
