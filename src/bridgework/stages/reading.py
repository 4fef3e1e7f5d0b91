"""Reads the practice into the store: the files of the export, the objects of the API, and the two joined."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import sqlalchemy as sa

from bridgework.practice.api import ApiClient, ApiProfile
from bridgework.practice.api.page import CallBudget
from bridgework.practice.api.placeholders import names_in
from bridgework.practice.api_rows import ApiPart
from bridgework.practice.arrivals import Arrivals
from bridgework.practice.budget import Budget
from bridgework.practice.extraction import extract, is_complete
from bridgework.practice.joining import join
from bridgework.practice.staging import stage
from bridgework.stages.context import Context
from bridgework.stages.inventory.calls import ApiObject
from bridgework.stages.practice_api import at_clock, in_words, open_budget, open_client
from bridgework.stages.sources import UNLISTED, FilePart, Sources
from bridgework.store import audit_log
from bridgework.store.tables import source_field, source_file, source_row
from bridgework.workspace import ANSWER, Waits

READ_ON = "objects that are read on while they are loaded"

_TOLD_EVERY = 0.5  # seconds between two states of the budget's line
_RAWS_AT_ONCE = 1000


@dataclass(slots=True)
class Counted:
    """A budget that knows how many calls were made through it, and how many may be."""

    budget: CallBudget
    most: int | None = None
    made: int = 0
    waits: Waits = field(default_factory=Waits)

    @property
    def left(self) -> int | None:
        """How many more may be made; None without a limit."""
        return None if self.most is None else max(0, self.most - self.made)

    @asynccontextmanager
    async def call(self) -> AsyncIterator[None]:
        """One call."""
        self.made += 1
        async with self.budget.call():
            with self.waits.of(ANSWER):
                yield

    def seconds_a_call(self) -> float:
        """How long a call takes, of those that the budget let go; several at once share their time."""
        return self.waits.any(ANSWER) / self.made if self.made else 0.0


@dataclass(slots=True)
class Api:
    """The practice's API, open for a stage."""

    client: ApiClient
    profile: ApiProfile
    budget: Budget
    calls: Counted
    told_at: float = field(default=0.0)


class Reading:
    """One stage's reading of a practice. Every part goes on where an earlier run stopped."""

    def __init__(self, context: Context, sources: Sources, stage_name: str) -> None:
        """Read these sources for a stage; its name is for whoever stops it."""
        self.sources = sources
        self._context, self._stage, self._store = context, stage_name, context.store

    # --- the export -----------------------------------------------------------------------------------------------

    def files(self) -> None:
        """Stage every file of the export that is known."""
        for part in self.sources.file_parts():
            self._file(part)

    def _file(self, part: FilePart) -> None:
        context, file = self._context, part.file
        told = context.progress.start(f"reading {file.relative}", file.size, "bytes")

        def advance(read: int) -> None:
            context.stopper.check(self._stage)
            told(read)

        result = stage(context.store, file, part.staged_as, part.known.key_headers, advance)
        self._log(part.object, file=file.relative, rows=result.rows, quarantined=result.quarantined)

    # --- the API --------------------------------------------------------------------------------------------------

    @asynccontextmanager
    async def api(self, most_calls: int | None = None) -> AsyncIterator[Api]:
        """Open the API, for at most so many calls."""
        settings, profile = self._context.settings.practice.api, self.sources.profile
        if settings is None or profile is None:
            raise ValueError("there is no API in the settings")
        budget = open_budget(self._context, settings, self._stage)
        calls = Counted(budget, most_calls)
        async with open_client(self._context, profile, calls) as client:
            yield Api(client, profile, budget, calls)

    def unread(self) -> list[ApiPart]:
        """The objects of the API that are not read to their end."""
        return [one for one in self.sources.api_parts() if not is_complete(self._store, one.staged_as)]

    async def from_api(self, most_calls: int | None = None) -> None:
        """Read the objects of the API: a page of each, then all of each as far as so many calls reach."""
        if not self.unread():
            return
        async with self.api(most_calls) as api:
            # However few the calls: without something of every object there is no map.
            for part in self.own_calls():
                if not self.came(part)[0]:
                    await self.part(api, part, limit=1)
            self.note_unlisted()
            for part in self.own_calls():
                await self.part(api, part)
        if not self.unread():
            self.note_unlisted()

    async def part(
        self, api: Api, part: ApiPart, *, limit: int | None = None, arrivals: Arrivals | None = None
    ) -> None:
        """Read one object, with those inside its records; at most `limit` calls, or else those that are left."""
        most = api.calls.left if limit is None else limit
        if is_complete(self._store, part.staged_as) or most == 0:
            return
        told = self._progress(part) if limit is None else None

        def advance(read: int) -> None:
            if told is not None:
                told(read)
            self._show(api)
            self._context.stopper.check(self._stage)

        result = await extract(
            self._store,
            api.client,
            part,
            inside=list(self._inside(part)),
            limit_calls=most,
            progress=advance,
            arrivals=arrivals,
        )
        if is_complete(self._store, part.staged_as):
            self._log(part.object, api=api.profile.name, rows=result.rows, quarantined=result.quarantined)

    def own_calls(self) -> list[ApiPart]:
        """The objects that are not inside another one that is read too, in the order in which they are loaded."""
        parts = {one.object: one for one in self.sources.api_parts()}
        profile = self.sources.profile
        return [one for name, one in parts.items() if profile and profile.object(name).inside not in parts]

    def _inside(self, part: ApiPart) -> Iterator[ApiPart]:
        profile = self.sources.profile
        inner = {one.name for one in profile.inside(part.object)} if profile else set()
        return (one for one in self.sources.api_parts() if one.object in inner)

    def _progress(self, part: ApiPart) -> Callable[[int], None]:
        came, total = self.came(part)
        left = None if total is None else max(0, total - came)
        return self._context.progress.start(f"reading {part.object} from the API", left, "records")

    def came(self, part: ApiPart) -> tuple[int, int | None]:
        """How many records of an object came so far, and how many the API says there are."""
        count = source_file.c.rows + source_file.c.bad_rows + source_file.c.blank_rows
        query = sa.select(count, source_file.c.total).where(source_file.c.path == part.path)
        with self._store.read() as connection:
            found = connection.execute(query).one_or_none()
        return (0, None) if found is None else (found[0], found[1])

    def files_named(self, part: ApiPart) -> int | None:
        """How many records of an object name a file behind the API; None where that is not known yet."""
        profile = self.sources.profile
        if profile is None or not (template := profile.object(part.object).download):
            return None
        if not is_complete(self._store, part.staged_as):
            return None
        header = next((name for name, path in part.headers.items() if path in names_in(template)), "")
        query = sa.select(source_field.c.profile)
        query = query.where(source_field.c.object == part.staged_as, source_field.c.header == header)
        with self._store.read() as connection:
            found = connection.scalar(query)
        return None if found is None or not found["rows"] else found["filled"] * self.came(part)[0] // found["rows"]

    def _show(self, api: Api) -> None:
        """Show what is left of the budget, and when reading ends."""
        now = time.monotonic()
        if now - api.told_at < _TOLD_EVERY:
            return
        api.told_at = now
        calls = sum(self._calls_left(api, one) for one in self.own_calls())
        ends = f"; all is read about {at_clock(api.budget.ends_at(calls))}, after {calls:,} more" if calls else ""
        self._context.progress.show(f"DentAdmin's API: {in_words(api.budget.state())}{ends}")

    def seconds_left(self, api: Api) -> float | None:
        """How long reading the rest takes: by the budget, or by the API's speed; None where its size is not known."""
        unread = [one for one in self.own_calls() if not is_complete(self._store, one.staged_as)]
        if any(self.came(one)[1] is None for one in unread):
            return None
        calls = sum(self._calls_left(api, one) for one in unread)
        if not calls:
            return 0.0
        return max(api.budget.ends_at(calls) - time.time(), calls * api.calls.seconds_a_call())

    def _calls_left(self, api: Api, part: ApiPart) -> int:
        came, total = self.came(part)
        if total is None or came >= total:
            return 0
        return ApiObject.of(api.profile.object(part.object), total - came, files=0).calls

    # --- what the profile does not list ----------------------------------------------------------------------------

    def note_unlisted(self) -> None:
        """Give each field that the profile does not list a column of its own: nothing is dropped."""
        found = {one.object: self._unlisted(one) for one in self.sources.api_parts()}
        self._store.put(UNLISTED, {name: paths for name, paths in found.items() if paths})
        self.sources = Sources(self._context)

    def _unlisted(self, part: ApiPart) -> list[str]:
        profile = self.sources.profile
        return profile.unlisted(part.object, self._raws(part)) if profile else []

    def _raws(self, part: ApiPart) -> Iterator[bytes]:
        last = 0
        rows = sa.select(source_row.c.row_no, source_row.c.raw).where(source_row.c.object == part.staged_as)
        while True:
            query = rows.where(source_row.c.row_no > last).order_by(source_row.c.row_no).limit(_RAWS_AT_ONCE)
            with self._store.read() as connection:
                found = connection.execute(query).all()
            if not found:
                return
            yield from (bytes(raw) for _, raw in found)
            last = found[-1][0]

    # --- both ------------------------------------------------------------------------------------------------------

    def join(self) -> None:
        """Join the objects of which both parts are read."""
        parts = {one.object: one for one in self.sources.api_parts()}
        for name in self.sources.joined():
            self._context.stopper.check(self._stage)
            if not is_complete(self._store, parts[name].staged_as):
                continue
            if (made := join(self._store, name, self.sources.settings_of(name).winner_of)) is not None:
                self._log(name, both=made.both, only_api=made.only_api, only_export=made.only_export)

    def _log(self, object_: str, **detail: str | int) -> None:
        with self._store.begin() as connection:
            audit_log.append(connection, self._context.actor, "read", object_, **detail)
