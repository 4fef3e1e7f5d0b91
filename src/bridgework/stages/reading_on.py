"""Reads what is left of the practice while its records are loaded: each side keeps to its own limit."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress

from bridgework.practice.api import ApiClient
from bridgework.practice.arrivals import Arrivals
from bridgework.practice.extraction import is_complete
from bridgework.stages.reading import Api, Reading
from bridgework.store import Store


class ReadingOn:
    """The rows that are still to come. See `stages.engine.Arriving`."""

    def __init__(self, store: Store, reading: Reading) -> None:
        """Read on with this reading."""
        self._store, self._reading = store, reading
        self._arrivals = Arrivals()
        self._open = {one.object for one in reading.unread()}
        self._failed: Exception | None = None
        self._ended = False
        self._api: Api | None = None

    def is_complete(self, object_: str) -> bool:
        """Whether all rows of an object are there."""
        if object_ in self._open and is_complete(self._store, object_):
            self._open.discard(object_)
        return object_ not in self._open

    def seen(self, object_: str) -> int:
        """How often rows of an object have come: to be asked before the rows are looked at."""
        return self._arrivals.times(object_)

    async def more(self, object_: str, seen: int) -> None:
        """Wait until rows have come more often than `seen`; raises what ended the reading before it was done."""
        if not self._ended:
            await self._arrivals.wait(object_, seen)
        if self._ended and self._failed is not None and not self.is_complete(object_):
            raise self._failed

    async def all_of(self, objects: Iterable[str]) -> None:
        """Wait until these objects are read to their end."""
        for one in objects:
            seen = self.seen(one)
            while not self.is_complete(one):
                await self.more(one, seen)
                seen = self.seen(one)

    async def the_rest(self) -> None:
        """Wait until all is read: what is not loaded, such as definitions of reports, too."""
        await self.all_of(tuple(self._open))

    @asynccontextmanager
    async def going(self) -> AsyncIterator[ApiClient | None]:
        """Read for as long as the block lasts, or until all is read; gives the API's client, where there is an API."""
        if self._reading.sources.profile is None:
            yield None
            return
        async with self._reading.api() as api, self._going(api):
            yield api.client

    def total(self, object_: str) -> int | None:
        """How many records of an object the API says there are; None where it does not say."""
        parts = [one for one in self._reading.sources.api_parts() if one.object == object_]
        return self._reading.came(parts[0])[1] if parts else None

    def seconds_left(self) -> float | None:
        """How long reading the rest takes, as far as can be foreseen; None where the API does not tell its size."""
        if self._api is None or self._ended:
            return 0.0
        return self._reading.seconds_left(self._api)

    @asynccontextmanager
    async def _going(self, api: Api) -> AsyncIterator[None]:
        self._api = api
        task = asyncio.create_task(self._read(api))
        try:
            yield
        finally:
            task.cancel()  # between two pages, or in a call that is made again another time
            with suppress(asyncio.CancelledError):
                await task

    async def _read(self, api: Api) -> None:
        try:
            for part in self._reading.own_calls():
                await self._reading.part(api, part, arrivals=self._arrivals)
                self._reading.join()
                self._tell_all()
        except Exception as error:  # noqa: BLE001 - whoever waits for the rows raises it
            self._failed = error
        finally:
            self._ended = True
            self._tell_all()

    def _tell_all(self) -> None:
        for one in tuple(self._open):
            self._arrivals.tell(one)
