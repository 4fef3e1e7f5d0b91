"""The right to write a migration's store: one holder at a time, and a token that fences off whoever held it before.

A lock on a file keeps two processes of one machine apart for as long as both are awake. The lease does it for machines
that share the folder, and for a laptop that slept through its turn: every writing transaction checks the token, and the
token is another one as soon as somebody else has taken over. Whether a holder is dead is told by its beat, watched by
the clock of whoever waits; wall clocks are compared only where nobody waits, and never trusted when they run ahead.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import sqlalchemy as sa

from bridgework.errors import Paused, UsageError
from bridgework.store.tables import lease

LIFE = 120.0
"""Seconds without a beat after which a holder on another machine counts as dead."""
_BEAT = 15.0  # seconds between two beats, at the least
_LOOK = 2.0  # seconds between two looks of whoever waits
_NAME = "writer"
_MINE = lease.c.name == _NAME


@dataclass(slots=True)
class Fence:
    """What a holder carries: its token, checked in each writing transaction."""

    token: int
    clock: Callable[[], float] = time.monotonic
    wall: Callable[[], float] = time.time
    _beaten: float = field(default=0.0)

    def check(self, connection: sa.Connection) -> None:
        """Raise Paused (LEASE-LOST) where another process has taken over; beat now and then."""
        if connection.scalar(sa.select(lease.c.token).where(_MINE)) != self.token:
            raise Paused(
                "LEASE-LOST",
                "Another process has taken this migration over. Nothing that it does is disturbed.",
                why="this one did not write for long enough to count as dead, as a laptop does that sleeps",
                next_step="let the other one end; `bridgework status DIR` shows what it has done",
            )
        if self.clock() - self._beaten > _BEAT:
            self._beaten = self.clock()
            beat = {"beat": lease.c.beat + 1, "at": self.wall()}
            connection.execute(lease.update().where(_MINE).values(**beat))

    def release(self, connection: sa.Connection) -> None:
        """Let go, unless another process holds it by now."""
        connection.execute(lease.update().where(_MINE, lease.c.token == self.token).values(holder=""))


@dataclass(slots=True)
class Taking:
    """How a lease is taken: who takes it, and by which clocks."""

    host: str = field(default_factory=socket.gethostname)
    process: str = field(default_factory=lambda: str(os.getpid()))
    wait: bool = False
    clock: Callable[[], float] = time.monotonic
    wall: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep

    def take(self, engine: sa.Engine) -> Fence:
        """Take the lease; raises UsageError (BUSY) where another machine holds it and nobody waits.

        To be called by whoever holds the file's lock: a holder on this machine is then dead.
        """
        seen: tuple[int, int] | None = None
        since = self.clock()
        while True:
            with engine.begin() as connection:
                row = connection.execute(sa.select(lease).where(_MINE)).one_or_none()
                if row is None or not row.holder or row.holder.partition("/")[0] == self.host:
                    return self._write(connection, row)
                if (row.token, row.beat) != seen:
                    seen, since = (row.token, row.beat), self.clock()
                dead = self.clock() - since >= LIFE if self.wait else self.wall() - row.at >= LIFE
                if dead:
                    return self._write(connection, row)
                holder = row.holder.partition("/")[0]
            if not self.wait:
                raise _busy(holder)
            self.sleep(_LOOK)

    def _write(self, connection: sa.Connection, row: sa.Row[tuple[object, ...]] | None) -> Fence:
        token = 1 if row is None else row.token + 1
        values = {"token": token, "holder": f"{self.host}/{self.process}", "beat": 0, "at": self.wall()}
        if row is None:
            connection.execute(lease.insert().values(name=_NAME, **values))
        else:
            connection.execute(lease.update().where(_MINE).values(**values))
        return Fence(token, self.clock, self.wall, self.clock())


def _busy(holder: str) -> UsageError:
    return UsageError(
        "BUSY",
        "Another computer is working on this migration.",
        where=holder,
        next_step="let it end; or run `load`, `delta` or `rollback` with --wait: they go on two minutes after its last "
        "sign of life",
    )
