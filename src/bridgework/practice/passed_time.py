"""The time that has certainly passed, kept in the store: what an hour of the call budget is measured with.

The calendar's clock jumps: a person or a time server sets it. An hour measured with it would be too short after a jump
forward, and endless after one back. So the store keeps a time of its own. It begins as the calendar's, and goes on by
what the machine's uptime says; only after a restart of the machine (or on another machine) by what the calendar says,
and never back. A jump of the clock neither gives calls away nor blocks them.

On a database server, the server's own clock is used, since several machines may share it.
"""

from __future__ import annotations

import contextlib
import platform
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bridgework.store.tables import setting

_NAME = "api time"
_KEPT_EVERY = 1.0  # seconds: what may be lost at a restart of the machine
_LAST = sa.select(setting.c.value).where(setting.c.name == sa.bindparam("which"))
_KEEP = setting.update().where(setting.c.name == sa.bindparam("which"))
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


def uptime() -> float:
    """Seconds since the machine was started, those in which it slept included where the system counts them."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


@dataclass(frozen=True, slots=True)
class PassedTime:
    """Reads the store's own time, in the caller's transaction."""

    wall: Callable[[], float] = time.time
    steady: Callable[[], float] = uptime

    def now(self, connection: sa.Connection, *, keep: bool = False) -> float:
        """The time as it is now. To keep it, the transaction must be the only one that writes."""
        last = connection.scalar(_LAST, {"which": _NAME})
        wall, steady, boot = self._clocks(connection)
        new: dict[str, Any] = {"wall": wall, "steady": steady, "boot": boot, "time": wall}
        if last is None:
            if keep:
                connection.execute(setting.insert().values(name=_NAME, value=new))
            return wall
        # An uptime that is less than before tells of a restart, where nothing else does.
        same = last["boot"] == boot and steady >= last["steady"]
        new["time"] = last["time"] + (steady - last["steady"] if same else max(0.0, wall - last["wall"]))
        if keep and (not same or steady - last["steady"] >= _KEPT_EVERY):
            connection.execute(_KEEP, {"which": _NAME, "value": new})
        return float(new["time"])

    def _clocks(self, connection: sa.Connection) -> tuple[float, float, str]:
        if connection.dialect.name == "postgresql":
            server = float(connection.scalar(sa.text("SELECT extract(epoch FROM clock_timestamp())")) or 0.0)
            return server, server, "server"
        return self.wall(), self.steady(), _boot()


@cache
def _boot() -> str:
    """What tells one start of one machine from another, as far as the system says it."""
    with contextlib.suppress(OSError):
        return _BOOT_ID.read_text(encoding="ascii").strip()
    return platform.node()
