"""One object of the API in the store: what is kept of it, which of its records are known, and how far it is read."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

import sqlalchemy as sa

from bridgework.practice import api_rows, joining, keeping, profiles
from bridgework.practice.api.profile import ApiProfile
from bridgework.practice.api_rows import ApiPart, Record
from bridgework.practice.judging import Batch, Judge
from bridgework.practice.profiles import Profiler
from bridgework.practice.rows import StagedRows
from bridgework.practice.staging import StageResult, keep_counts, keep_profiles, kept_counts
from bridgework.store import Store
from bridgework.store.notes import Finding, add_finding
from bridgework.store.tables import finding, quarantine, setting, source_field, source_file, source_row

CAME_TWICE = "EXTRACTION-CAME-TWICE"

_ASKED_AT_ONCE = 500
_PROFILED_AT_ONCE = 2_000


class Extracted:
    """An object that is being read. Its methods with a connection work in the caller's transaction."""

    def __init__(self, store: Store, part: ApiPart, profile: ApiProfile) -> None:
        """Find it in the store, or put it there; raises UsageError (PRACTICE-LOADED)."""
        self._store, self.part = store, part
        self.row = _known(store, part, profile)
        self._judge = Judge(
            part.staged_as, api_rows.source_file_of(part), self.row["id"], part.key_headers, lambda _: None
        )
        self._new: dict[str, Any] = {}

    @property
    def is_staged(self) -> bool:
        """Whether all of it is read."""
        return bool(self.row["state"] == "staged")

    @property
    def result(self) -> StageResult:
        """What became of its records so far."""
        return StageResult(self.row["rows"], self.row["bad_rows"], self.row["blank_rows"])

    @property
    def came(self) -> int:
        """How many of its records were read and committed."""
        return self.result.records

    @property
    def counted(self) -> int:
        """How many of its records were read, those of the open transaction included."""
        return sum(self._value(name) for name in ("rows", "bad_rows", "blank_rows"))

    def read(self, records: Sequence[bytes]) -> list[Record]:
        """The records of a page with their cells."""
        return api_rows.read(self.part, records)

    def keys(self, records: Sequence[Record]) -> list[str]:
        """The key of each record; a record without one has its content's hash instead."""
        return [self._key(one) or one.content.hex() for one in records]

    def known(self, connection: sa.Connection, records: Sequence[Record]) -> set[str]:
        """The keys of these records that are staged already."""
        found: set[str] = set()
        wanted = iter(dict.fromkeys(key for one in records if (key := self._key(one))))
        # As pairs: asked for the object and the keys apart, SQLite reads all rows of the object.
        pair = sa.tuple_(source_row.c.object, source_row.c.key)
        while some := list(islice(wanted, _ASKED_AT_ONCE)):
            query = sa.select(source_row.c.key).where(pair.in_([(self.part.staged_as, key) for key in some]))
            found.update(connection.scalars(query))
        return found

    def keep(
        self, connection: sa.Connection, records: Sequence[Record], known: set[str], *, only_new: bool, moved: bool
    ) -> None:
        """Keep the records of a page.

        With `only_new` the page was read before: what is known, and what has no key, was judged then. If the list has
        `moved`, known records came again because of it; else they are in the practice twice, and go into quarantine.
        """
        keys = [self._key(one) for one in records]
        fresh = [one for one, key in zip(records, keys, strict=True) if key not in known and (key or not only_new)]
        if moved and not only_new:
            self._note_twice(connection, len(records) - len(fresh))
        chosen = fresh if moved or only_new else records
        batch = Batch(keeping.next_number(connection, self.part.staged_as), self.row["position"], self.row["line"])
        for one in chosen:
            self._judge.record(batch, batch.line + 1, one.raw, one.content, one.cells)
        rows, bad = keeping.keep_batch(connection, self.part.staged_as, self.part.path, batch)
        self._add(rows=rows, bad_rows=bad, blank_rows=batch.blank, size=batch.size)
        self._new |= {"line": batch.line, "sha256": _chained(self.row["sha256"], chosen)}

    def move_on(
        self, connection: sa.Connection, *, cursor: Mapping[str, Any] | None, total: int | None, done: bool
    ) -> None:
        """Note how far it is read; raises UsageError (PRACTICE-BUSY) where another process did so meanwhile."""
        new = {
            **self._new,
            "position": self.row["position"] + 1,  # the pages that were committed
            "state": "staged" if done else "staging",
            "cursor": cursor,
            "total": total,
        }
        keeping.move_on(connection, self.row, new)
        self._new = {}
        self.row = {**self.row, **new}

    def profile(self) -> None:
        """Count what the rows since the last time hold; exactly those, whatever interrupts."""
        counted = before = self._store.get(_profiled_name(self.part.path), 0)
        with self._store.read() as connection:
            profiler = Profiler.resume(kept_counts(connection, self.part.path))
        rows = StagedRows(self._store).iterate(self.part.staged_as, after_row_no=counted)
        while some := list(islice(rows, _PROFILED_AT_ONCE)):
            if profiles.looked_at(counted):
                profiler.add(self.row["header"], [list(one.values.values()) for one in some])
            counted = some[-1].row_no
        if counted == before:
            return
        with self._store.begin() as connection:
            keep_counts(connection, self.part.path, profiler.state())
            keep_profiles(connection, self.part.staged_as)
            name = _profiled_name(self.part.path)
            connection.execute(setting.delete().where(setting.c.name == name))
            connection.execute(setting.insert().values(name=name, value=counted))

    def _key(self, one: Record) -> str:
        return self._judge.key(one.cells) if self.part.key_headers else one.content.hex()

    def _value(self, name: str) -> int:
        return int(self._new.get(name, self.row[name]))

    def _add(self, **numbers: int) -> None:
        self._new |= {name: self._value(name) + number for name, number in numbers.items()}

    def _note_twice(self, connection: sa.Connection, count: int) -> None:
        if count:
            what = "records came twice, since the practice was at work while it was read; each is staged once"
            path = self.part.path
            new = Finding(keeping.STAGE, CAME_TWICE, self.part.staged_as, path, "info", count, path, what, "")
            add_finding(connection, new)


def _chained(digest: str, records: Sequence[Record]) -> str:
    """The hash of all records so far: of the hash before them and of what they say."""
    return hashlib.sha256(digest.encode() + b"".join(one.content for one in records)).hexdigest()


def _profiled_name(path: str) -> str:
    """The setting that holds up to which row the profile counts."""
    return f"{keeping.profile_name(path)} up to"


# --- what is known of it ---------------------------------------------------------------------------------------------


def _known(store: Store, part: ApiPart, profile: ApiProfile) -> dict[str, Any]:
    """Its row in the store, made where there is none, and brought up to date where there is one.

    Since records are kept as they were sent, other headers or another name need no new calls; another key does. Headers
    may be added even if its records are loaded.
    """
    wanted = api_rows.source_row_of(part, profile)
    with store.begin() as connection:
        query = sa.select(source_file).where(source_file.c.path == part.path)
        found = connection.execute(query).mappings().one_or_none()
        row = None if found is None else dict(found)
        if row is not None and _key_paths(row) != _key_paths(wanted):
            keeping.require_not_loaded(connection, joining.whole(row["object"]), part.path)
            keeping.forget_file(connection, row)
            _forget_profile(connection, part.path)
            row = None
        if row is None:
            new = {**wanted, "state": "new", "position": 0, "line": 0, "rows": 0, "bad_rows": 0, "blank_rows": 0}
            new |= {"sha256": "", "cursor": None, "total": None}
            made = connection.execute(source_file.insert().values(**new)).inserted_primary_key
            return {"id": made[0] if made else 0, **new}
        return _brought_up_to_date(connection, row, wanted)


def _brought_up_to_date(connection: sa.Connection, row: dict[str, Any], wanted: dict[str, Any]) -> dict[str, Any]:
    changed = {
        name: wanted[name] for name in ("object", "header", "key_headers", "reading") if row[name] != wanted[name]
    }
    if not changed:
        return row
    before, now = row["reading"]["paths"], wanted["reading"]["paths"]
    if "object" in changed or not before.items() <= now.items():
        keeping.require_not_loaded(connection, joining.whole(row["object"]), row["path"])
    if "object" in changed or list(before.items()) != list(now.items()):
        _forget_profile(connection, row["path"])
    if "object" in changed:
        for table in (source_row, quarantine, finding, source_field):
            mine = table.c.object == row["object"]
            connection.execute(table.update().where(mine).values(object=wanted["object"]))
    connection.execute(source_file.update().where(source_file.c.id == row["id"]).values(**changed))
    return {**row, **changed}


def _key_paths(row: Mapping[str, Any]) -> list[str]:
    return [row["reading"]["paths"][name] for name in row["key_headers"]]


def _forget_profile(connection: sa.Connection, path: str) -> None:
    names = (keeping.profile_name(path), _profiled_name(path))
    connection.execute(setting.delete().where(setting.c.name.in_(names)))
