"""Death in the middle of a command, within one process: at a chosen call or commit, and nothing is done afterwards.

A process that is killed sends no more calls and commits no more transactions. So it is here: once the moment has come,
every later call and commit of the same life raises too, clean-up included.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import httpx2
import sqlalchemy as sa

from bridgework.migration import Migration
from bridgework.stages.context import PaceInStore
from bridgework.store.keys import TWENTY_KEY, secret
from bridgework.workspace import Workspace

Answer = Callable[[httpx2.Request], httpx2.Response | None]


class Killed(BaseException):
    """The process is no more. Not an Exception: nothing may catch it on the way."""


class Life:
    """One life of a process: how many calls and commits are left of it (None: it dies of old age)."""

    def __init__(self, moments: int | None = None) -> None:
        """Begin."""
        self.moments = moments
        self.dead = False

    def moment(self) -> None:
        """Live through one moment; raises Killed where it is the last."""
        if self.moments is not None and not self.dead:
            self.moments -= 1
            self.dead = self.moments < 0
        if self.dead:
            raise Killed


class MortalTransport(httpx2.AsyncBaseTransport):
    """HTTP that can end before a call is sent, and after it was answered; `instead` may answer in Twenty's place."""

    def __init__(self, life: Life, instead: Answer) -> None:
        """Of this life."""
        self._life, self._instead = life, instead
        self._http = httpx2.AsyncHTTPTransport(verify=False)  # loopback: no certificates to read

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send it, and answer."""
        self._life.moment()
        if (answer := self._instead(request)) is not None:
            return answer
        response = await self._http.handle_async_request(request)
        await response.aread()
        self._life.moment()
        return response

    async def aclose(self) -> None:
        """Close the connections, alive or dead."""
        await self._http.aclose()


def open_mortal(folder: Path, life: Life, instead: Answer) -> Migration:
    """Open a migration whose calls and commits are of this life."""
    migration = Migration.open(folder, alone=True)
    context = migration.context

    async def workspace() -> Workspace:
        key = secret(TWENTY_KEY, str(context.settings.migration.id))
        transport = MortalTransport(life, instead)
        return await Workspace.open(
            context.settings.workspace.url,
            key,
            calls_per_minute=0,
            pace_memory=PaceInStore(context.store),
            transport=transport,
        )

    context.workspace = workspace  # type: ignore[method-assign]  # the one way into Twenty

    @sa.event.listens_for(context.store.engine, "commit")
    def _commit(_connection: sa.Connection) -> None:
        life.moment()

    return migration


def bury(migration: Migration) -> None:
    """What the operating system does with a dead process: its files are closed, and nothing is said to anybody."""
    migration.context.store.engine.dispose()
    if migration._lock is not None:
        migration._lock.close()
