"""Compares an export with what is staged: what is new, changed and gone since the practice was read."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from bridgework.errors import UsageError
from bridgework.practice.changes import files, passes
from bridgework.practice.changes.comparison import Comparison
from bridgework.practice.changes.files import PassFile
from bridgework.practice.changes.findings import Notes
from bridgework.practice.changes.found import Changes
from bridgework.practice.changes.passes import Pass, Sums
from bridgework.practice.changes.snapshots import Snapshot
from bridgework.practice.keeping import STAGE
from bridgework.store import Store
from bridgework.store.notes import add_finding
from bridgework.store.tables import quarantine, source_file

_EXPORTED = ("csv", "xlsx")
_ENDED = "ended"
_STANDS = ("size", "modified_ns", "language", "reading")


@dataclass(frozen=True, slots=True)
class Told:
    """What a person says of an export.

    `without`: objects that it leaves out, and columns (`object.header`); `gone`: objects of which much is gone.
    """

    without: Collection[str] = field(default=frozenset())
    gone: Collection[str] = field(default=frozenset())


def find_changes_in_export(
    store: Store,
    snapshots: Sequence[Snapshot],
    told: Told | None = None,
    progress: Callable[[Snapshot, int], None] = lambda _, __: None,
) -> Changes:
    """Compare the files of an export with the staged rows, and keep what differs.

    Goes on where an earlier call stopped. `progress` is told, after each commit, how many more bytes of a file are
    done; it may raise to stop. Raises UsageError: PRACTICE-KEY, PRACTICE-FILE-CHANGED, CHANGES-NOT-STAGED (nothing to
    compare with, or reading it has not ended), CHANGES-NOT-FOLDED (changes found before are being loaded),
    CHANGES-BUSY.
    """
    snapshots = sorted(snapshots, key=lambda one: (one.object, one.name))
    for one in snapshots:
        one.check()
    _require_staged(store)
    source = {"files": [[one.object, one.name, one.file.size, one.file.modified_ns] for one in snapshots]}
    reading = _Reading(store, passes.begin(store, "export", source), told or Told(), progress)
    for object_, group in groupby(snapshots, key=lambda one: one.object):
        reading.read(object_, list(group))
    return reading.finish()


def last_export_read(store: Store) -> tuple[set[str], int] | None:
    """The names of the files that were folded in last, and when the newest was modified (nanoseconds since 1970)."""
    with store.read() as connection:
        folded = passes.last_folded(connection, "export")
    read = folded[0].detail["source"]["files"] if folded else []
    return ({name for _, name, *_ in read}, max(modified for *_, modified in read)) if read else None


def _require_staged(store: Store) -> None:
    with store.read() as connection:
        query = sa.select(source_file.c.path, source_file.c.state).where(source_file.c.format.in_(_EXPORTED))
        found = connection.execute(query).all()
    unread = [path for path, state in found if state != "staged"]
    if unread or not found:
        raise UsageError(
            "CHANGES-NOT-STAGED",
            "The practice is not read to its end yet: there is nothing to compare with.",
            where=unread[0] if unread else "",
            next_step="run `bridgework audit DIR --apply` first",
        )


class _Reading:
    """One run over an export, from where the last one stopped."""

    def __init__(self, store: Store, one: Pass, told: Told, progress: Callable[[Snapshot, int], None]) -> None:
        self._store, self._pass, self._told, self._progress = store, one, told, progress

    def read(self, object_: str, snapshots: Sequence[Snapshot]) -> None:
        """Compare one object."""
        kept = self._pass.object(object_)
        if kept["state"] == _ENDED or self._is_the_same(object_, snapshots):
            for one in snapshots:
                self._progress(one, one.file.size)
            return
        with self._store.begin() as connection:
            comparison = Comparison(connection, self._pass, object_, repeats=False)
            taken = {one.name: self._take_in(connection, one) for one in snapshots}
            self._pass.save(connection)
        for one in snapshots:
            self._read_file(comparison, one, taken[one.name])
        with self._store.begin() as connection:
            self._end(connection, comparison, snapshots)

    def _take_in(self, connection: sa.Connection, one: Snapshot) -> PassFile:
        return files.take_in(connection, self._pass, one.name, one.values())

    def _read_file(self, comparison: Comparison, one: Snapshot, file: PassFile) -> None:
        places = self._pass.object(one.object).setdefault("files", {})
        place = places.setdefault(
            one.name,
            {
                "id": file.id,
                "position": one.file.data_position,
                "line": one.file.data_line,
                "sums": [0, 0],
                "stands": {name: values for name, values in one.values().items() if name in _STANDS},
            },
        )
        if "sha256" in place:
            self._progress(one, one.file.size)
            return
        is_text = one.file.format == "csv"
        told = place["position"] if is_text else 0
        self._progress(one, told)
        for batch in one.batches(place["position"], place["line"]):
            with self._store.begin() as connection:
                aside = comparison.sums.quarantined
                comparison.take(connection, file, one.found(batch))
                bad, blank = place["sums"]
                sums = [bad + comparison.sums.quarantined - aside, blank + batch.blank]
                place.update(position=batch.position, line=batch.line, sums=sums)
                comparison.keep(connection)
                self._pass.save(connection)
            self._progress(one, batch.size if is_text else 0)
            told += batch.size if is_text else 0
        place["sha256"] = one.digest()
        with self._store.begin() as connection:
            self._pass.save(connection)
        self._progress(one, one.file.size - told)

    def _is_the_same(self, object_: str, snapshots: Sequence[Snapshot]) -> bool:
        """Whether these are the very files that the staged rows are from: then there is nothing to compare."""
        kept = self._pass.object(object_)
        if kept["state"] != "new":
            return False
        with self._store.begin() as connection:
            every = files.staged_files(connection, object_)
            # A file has its hash for as long as the staged rows are those that it holds: folding takes it from others.
            staged = {row["path"]: row for row in every if row["sha256"]}
            if staged.keys() != {one.name for one in snapshots}:
                return False
            if not all(_is_same_file(one, staged[one.name]) for one in snapshots):
                return False
            rows = sum(row["rows"] for row in every)
            sums = Sums(
                then=rows,
                unchanged=rows,
                quarantined=sum(row["bad_rows"] for row in staged.values()),
                blank=sum(row["blank_rows"] for row in staged.values()),
            )
            sums.read = sums.unchanged + sums.quarantined + sums.blank
            self._pass.put(object_, sums, state=_ENDED, same=True)
            self._pass.save(connection)
        return True

    # --- the end of an object ------------------------------------------------------------------------------------

    def _end(self, connection: sa.Connection, comparison: Comparison, snapshots: Sequence[Snapshot]) -> None:
        object_, notes = comparison.object, Notes(self._pass.stage)
        staged = files.staged_files(connection, object_)
        by_file = comparison.finish(connection, whole=True)
        self._spare(connection, comparison, staged, {files.plain_name(one.name) for one in snapshots}, by_file, notes)
        sums = comparison.sums
        if object_ not in self._told.gone:
            notes.many_gone(object_, sums)
            unknown = self._without_key(connection, object_, self._pass.stage)
            if sums.gone and unknown > self._without_key(connection, object_, STAGE):
                notes.gone_unsure(object_, unknown)
        notes.held(object_, sums.held)
        if snapshots:
            headers = dict.fromkeys(header for one in snapshots for header in one.file.header)
            then = (header for row in staged for header in row["header"])
            notes.columns(object_, then, headers.keys(), self._told.without)
        for one in snapshots:
            if not any(files.is_read_the_same(row, one.values()) for row in staged):
                notes.written_otherwise(object_, one.name)
        for finding in notes.found:
            add_finding(connection, finding)
        comparison.keep(connection)
        self._pass.object(object_)["state"] = _ENDED
        self._pass.save(connection)

    def _spare(
        self,
        connection: sa.Connection,
        comparison: Comparison,
        staged: Sequence[dict[str, Any]],
        names: Collection[str],
        gone: dict[int, int],
        notes: Notes,
    ) -> None:
        """Leave alone the rows of files that the export does not have, unless a person says that they are gone."""
        object_, kept = comparison.object, self._pass.object(comparison.object)
        if object_ in self._told.gone:
            return
        for row in staged:
            rows = gone.get(row["id"], 0)
            if rows and rows == row["rows"] and files.plain_name(row["path"]) not in names:
                kept.setdefault("spared", []).append(row["path"])
                comparison.spare(connection, row["id"])
                if object_ not in self._told.without:
                    notes.file_missing(object_, row["path"], rows)

    def _without_key(self, connection: sa.Connection, object_: str, stage: str) -> int:
        aside = (quarantine.c.stage == stage) & (quarantine.c.object == object_) & (quarantine.c.key == "")
        query = sa.select(sa.func.count()).select_from(quarantine).where(aside)
        return connection.scalar(query) or 0

    def finish(self) -> Changes:
        """Close the pass; objects of which the export has nothing are looked at last."""
        with self._store.read() as connection:
            query = sa.select(source_file.c.object).where(source_file.c.format.in_(_EXPORTED)).distinct()
            objects = sorted(name for name in connection.scalars(query) if "@pass " not in name)
        for object_ in objects:
            if self._pass.object(object_)["state"] == "new":
                self.read(object_, [])
        if self._pass.state == passes.READING:
            with self._store.begin() as connection:
                self._pass.close(connection)
        return Changes(self._store, self._pass.id)


def _is_same_file(one: Snapshot, staged: dict[str, Any]) -> bool:
    if staged["size"] != one.file.size or not files.is_read_the_same(staged, one.values()):
        return False
    return bool(staged["modified_ns"] == one.file.modified_ns or staged["sha256"] == one.digest())
