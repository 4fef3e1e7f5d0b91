"""Which rows of an object a pass has met: one bit for each row number, kept in the store piece by piece."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import sqlalchemy as sa

from bridgework.store.tables import setting

PIECE = 1 << 15
"""Row numbers in one piece: four KiB."""

_BYTES = PIECE // 8


class Seen:
    """A set of row numbers that knows which of its pieces the store does not have yet."""

    def __init__(self, name: str) -> None:
        """Kept in the store under this name."""
        self._name = name
        self._bits = bytearray()
        self._unsaved: set[int] = set()

    @classmethod
    def load(cls, connection: sa.Connection, name: str) -> Seen:
        """What was saved under that name."""
        made = cls(name)
        query = sa.select(setting.c.name, setting.c.value).where(setting.c.name.startswith(f"{name} ", autoescape=True))
        for key, value in connection.execute(query):
            place = int(key.rpartition(" ")[2]) * _BYTES
            made._reach(place + _BYTES)
            made._bits[place : place + _BYTES] = base64.b64decode(value)
        return made

    def add(self, number: int) -> bool:
        """Add a row number; False where it was there."""
        place, bit = number >> 3, 1 << (number & 7)
        if place >= len(self._bits):
            self._reach(place + 1)
        if self._bits[place] & bit:
            return False
        self._bits[place] |= bit
        self._unsaved.add(place // _BYTES)
        return True

    def take_away(self, number: int) -> None:
        """Take a row number away that is there."""
        self._bits[number >> 3] &= ~(1 << (number & 7))
        self._unsaved.add((number >> 3) // _BYTES)

    def __contains__(self, number: int) -> bool:
        place = number >> 3
        return place < len(self._bits) and bool(self._bits[place] & 1 << (number & 7))

    def gaps(self, last: int) -> Iterator[tuple[int, int]]:
        """The ranges of row numbers, ends included, up to the `last` one, in which some are not seen."""
        full = b"\xff" * _BYTES
        for first in range(0, last + 1, PIECE):
            if self._bits[first >> 3 : (first >> 3) + _BYTES] != full:
                yield first, min(first + PIECE - 1, last)

    def save(self, connection: sa.Connection) -> None:
        """Save what was added since."""
        for piece in sorted(self._unsaved):
            name, bits = f"{self._name} {piece}", self._bits[piece * _BYTES : (piece + 1) * _BYTES]
            connection.execute(setting.delete().where(setting.c.name == name))
            connection.execute(setting.insert().values(name=name, value=base64.b64encode(bits).decode("ascii")))
        self._unsaved.clear()

    def _reach(self, size: int) -> None:
        whole = -(-size // _BYTES) * _BYTES
        self._bits.extend(bytes(max(0, whole - len(self._bits))))


def forget(connection: sa.Connection, prefix: str) -> None:
    """Forget all sets whose name begins so."""
    connection.execute(setting.delete().where(setting.c.name.startswith(prefix, autoescape=True)))
