"""Compares what an API has with what is staged: what changed since the last pass began, or all of it.

An API says what is new or changed; what is gone only where its profile has a flag for it, or where all is read. A
record inside another one is gone when its parent came without it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import aclosing
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from bridgework.errors import UsageError
from bridgework.practice import api_rows
from bridgework.practice.api import ApiClient, Page
from bridgework.practice.api.entries import ByOffset, ByPage
from bridgework.practice.api_rows import ApiPart
from bridgework.practice.changes import files, passes
from bridgework.practice.changes.comparison import Comparison, Found
from bridgework.practice.changes.files import PassFile
from bridgework.practice.changes.findings import Notes
from bridgework.practice.changes.found import Changes
from bridgework.practice.changes.noting import Read
from bridgework.practice.changes.passes import Pass
from bridgework.practice.judging import Batch, Judge
from bridgework.store import Store
from bridgework.store.notes import add_finding
from bridgework.store.tables import source_file, source_row

OVERLAP = timedelta(minutes=10)
"""So much earlier than the last pass began is asked for: a server notes its times with some delay."""

_ROUNDS = 2
_ENDED = "ended"


async def find_changes_in_api(  # noqa: PLR0913 - each says one thing
    store: Store,
    client: ApiClient,
    parts: Sequence[ApiPart],
    *,
    first: datetime | None = None,
    full: bool = False,
    gone: Collection[str] = (),
    progress: Callable[[ApiPart, int], None] = lambda _, __: None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Changes:
    """Compare objects of an API with the staged rows, and keep what differs; goes on where an earlier call stopped.

    Asked for is what changed since the last folded pass began; before there is one, since `first`, a moment before the
    practice was read. Without either, where the profile has no way to ask, and with `full`, all is read. `gone` names
    objects of which much may be gone. `progress` is told after each commit how many more records were read; it may
    raise to stop. Raises UsageError (CHANGES-NOT-STAGED, CHANGES-NOT-FOLDED, CHANGES-BUSY) and what calls end in.
    """
    _require_staged(store, parts)
    source = {"profile": client.profile.digest, "full": full, "objects": sorted(one.staged_as for one in parts)}
    one = passes.begin(store, "api", source)
    inside = {part.object: client.profile.object(part.object).inside for part in parts}
    for part in parts:
        if inside[part.object] in inside:
            continue  # its records come with those of the other
        children = [other for other in parts if inside[other.object] == part.object]
        reading = _Reading(store, client, one, part, children)
        if not reading.is_ended:
            reading.begin(None if full else first, full=full, now=clock)
            await reading.read(progress, clock)
            reading.end(set(gone))
    with store.begin() as connection:
        one.close(connection)
    return Changes(store, one.id)


def _require_staged(store: Store, parts: Sequence[ApiPart]) -> None:
    with store.read() as connection:
        query = sa.select(source_file.c.path).where(source_file.c.state == "staged", source_file.c.format == "api")
        staged = set(connection.scalars(query))
    if missing := [part.path for part in parts if part.path not in staged]:
        raise UsageError(
            "CHANGES-NOT-STAGED",
            "The practice is not read to its end yet: there is nothing to compare with.",
            where=missing[0],
            next_step="run `bridgework audit DIR --apply` first",
        )


class _Compared:
    """One object of the API, and the comparison of its records."""

    def __init__(self, connection: sa.Connection, one: Pass, part: ApiPart, client: ApiClient) -> None:
        self.part = part
        self.profile = client.profile.object(part.object)
        self.comparison = Comparison(connection, one, part.staged_as, repeats=True)
        values = {**api_rows.source_row_of(part, client.profile), "state": "staged"}
        self.file: PassFile = files.take_in(connection, one, part.path, values)
        self._judge = Judge(
            part.staged_as, api_rows.source_file_of(part), self.file.id, part.key_headers, lambda _: None
        )
        self._kept = one.object(part.staged_as)
        self.place = self._kept.setdefault("files", {}).setdefault(
            part.path, {"id": self.file.id, "stands": {}, "sums": [0, 0], "line": 0}
        )

    def take(self, connection: sa.Connection, records: Sequence[bytes], *, second: bool) -> list[str]:
        """Compare records; gives their keys. `second`: they are read a second time."""
        batch = Batch(1, 0, self.place["line"])
        for one in api_rows.read(self.part, records):
            self._judge.record(batch, batch.line + 1, one.raw, one.content, one.cells)
        rows = [Read(row[3], row[4], bytes(row[5]), bytes(row[6])) for row in batch.rows]
        held = [one.key for one in batch.bad if one.key]
        self.comparison.take(connection, self.file, Found(rows, batch.bad, held, batch.blank), second=second)
        self.place["line"] = batch.line
        return [row.key for row in rows]

    def keys(self, records: Sequence[bytes]) -> list[str]:
        """The keys of records that are not compared."""
        return [key for one in api_rows.read(self.part, records) if (key := self._judge.key(one.cells))]

    @property
    def begins_with_parent(self) -> bool:
        """Whether its key begins with that of the record that it is inside of."""
        return self.profile.id[:1] == (self.profile.parent,)


class _Reading:
    """One run over one object and those inside it, from where the last one stopped."""

    def __init__(self, store: Store, client: ApiClient, one: Pass, part: ApiPart, children: Sequence[ApiPart]) -> None:
        self._store, self._client, self._pass, self._part = store, client, one, part
        self._kept = one.object(part.staged_as)
        self.is_ended = self._kept["state"] == _ENDED
        self._every: list[_Compared] = []
        if not self.is_ended:
            with store.begin() as connection:
                self._every = [_Compared(connection, one, each, client) for each in (part, *children)]
                one.save(connection)

    def begin(self, first: datetime | None, *, full: bool, now: Callable[[], datetime]) -> None:
        """Decide since when is asked, once for the whole pass."""
        if "began" in self._kept:
            return
        since = None
        if not full and self._every[0].profile.changed_since is not None:
            before = self._last_began() or first
            since = before - OVERLAP if before else None
        self._kept.update(
            began=now().isoformat(),
            since=since.isoformat() if since else None,
            whole=since is None,
            calls=0,
            came=0,
            round=1,
        )
        for one in self._every[1:]:
            self._pass.object(one.part.staged_as)["whole"] = since is None
        with self._store.begin() as connection:
            self._pass.save(connection)

    def _last_began(self) -> datetime | None:
        with self._store.read() as connection:
            folded = passes.last_folded(connection, "api")
        moments = (one.detail["objects"].get(self._part.staged_as, {}).get("began") for one in folded)
        return next((datetime.fromisoformat(one) for one in moments if one), None)

    async def read(self, progress: Callable[[ApiPart, int], None], clock: Callable[[], datetime]) -> None:
        """Read all pages that are left; each is kept in one transaction with the cursor of the next."""
        since = datetime.fromisoformat(self._kept["since"]) if self._kept["since"] else None
        while not self._kept.get("read"):
            started = clock()
            async with aclosing(self._client.pages(self._part.object, self._kept.get("cursor"), since)) as pages:
                async for page in pages:
                    if "server" not in self._kept:
                        self._by_the_server(clock() - started)
                    with self._store.begin() as connection:
                        self._take(connection, page)
                        self._pass.save(connection)
                    progress(self._part, len(page.records))

    def _by_the_server(self, took: timedelta) -> None:
        """The moment when reading began, by the server's clock where it tells: its own times are compared with it."""
        told = self._client.server_time
        self._kept["server"] = told is not None
        if told is not None:
            self._kept["began"] = (told - took).isoformat()

    def _take(self, connection: sa.Connection, page: Page) -> None:
        main, *children = self._every
        second = self._kept["round"] > 1
        parents = main.take(connection, page.records, second=second)
        # Where all is read, what does not come is gone; of two records with one number, one may be deleted.
        deleted = [] if self._kept["whole"] else main.keys(page.deleted)
        main.comparison.deleted(connection, deleted)
        for child in children:
            keys = child.take(connection, page.inside.get(child.part.object, ()), second=second)
            if child.begins_with_parent:
                child.comparison.deleted(connection, self._without(connection, child, [*parents, *deleted], keys))
        self._kept["calls"] += page.calls
        self._kept["came"] += len(page.records) + len(page.deleted) + page.gone
        self._kept["cursor"] = page.cursor
        if page.total is not None:
            self._kept["total"] = page.total
        if page.cursor is None:
            self._end_round()
        for one in self._every:
            one.comparison.keep(connection)

    def _end_round(self) -> None:
        """Behind the last page: what seems gone may have slipped between two pages, and is looked for once more."""
        sums = self._every[0].comparison.sums
        lacking = sums.then - sums.unchanged - sums.changed - sums.gone
        slips = isinstance(self._every[0].profile.paging, ByPage | ByOffset)
        if self._kept["whole"] and lacking > 0 and slips and self._kept["round"] < _ROUNDS:
            self._kept.update(round=self._kept["round"] + 1, came=0)
            return
        self._kept["read"] = True

    def _without(
        self, connection: sa.Connection, child: _Compared, parents: Sequence[str], keys: Collection[str]
    ) -> list[str]:
        """The staged records inside these that did not come with them."""
        came, lacking = set(keys), []
        for parent in parents:
            mine = (source_row.c.object == child.part.staged_as) & source_row.c.key.between(f"{parent}/", f"{parent}0")
            found = connection.scalars(sa.select(source_row.c.key).where(mine))
            lacking += [key for key in found if key.startswith(f"{parent}/") and key not in came]
        return lacking

    def end(self, gone: Collection[str]) -> None:
        """Tell what is gone, and what a person should look at."""
        with self._store.begin() as connection:
            for one in self._every:
                self._end(connection, one, gone)
            self._pass.save(connection)

    def _end(self, connection: sa.Connection, one: _Compared, gone: Collection[str]) -> None:
        notes, sums = Notes(self._pass.stage), one.comparison.sums
        kept = self._pass.object(one.part.staged_as)
        lacking = self._kept.get("total", 0) - self._kept["came"]
        if kept["whole"] and one is self._every[0] and lacking > 0:
            notes.incomplete(one.part.staged_as, lacking)
            kept["whole"] = False
        one.comparison.finish(connection, whole=kept["whole"])
        if one.part.staged_as not in gone:
            notes.many_gone(one.part.staged_as, sums)
        notes.held(one.part.staged_as, sums.held)
        then: Mapping[str, None] = dict.fromkeys(
            header for row in files.staged_files(connection, one.part.staged_as) for header in row["header"]
        )
        notes.columns(one.part.staged_as, then, one.part.headers.keys(), ())
        for finding in notes.found:
            add_finding(connection, finding)
        one.place["sums"] = [sums.quarantined, sums.blank]
        one.comparison.keep(connection)
        kept["state"] = _ENDED
