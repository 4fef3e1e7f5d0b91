"""The keys of an object as hashes in one sorted array: eight bytes each, and found in a microsecond."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from itertools import groupby

import sqlalchemy as sa

from bridgework.store import Store
from bridgework.store.tables import quarantine, source_row

_AT_ONCE = 10_000


class Keys:
    """Where each key of an object stands: a number from 0, for arrays beside this one.

    Two of two million keys have the same hash of 64 bits once in ten million practices.
    """

    def __init__(self, store: Store, object_: str) -> None:
        """Read them; those of records in quarantine are known apart."""
        self._hashes = array("q")
        query = sa.select(source_row.c.key).where(source_row.c.object == object_)
        with store.read() as connection:
            for keys in connection.scalars(query.execution_options(yield_per=_AT_ONCE)).partitions():
                self._hashes.extend(map(hash, keys))
            aside = sa.select(quarantine.c.key).where(quarantine.c.object == object_, quarantine.c.key != "")
            self._aside = {hash(key) for key in connection.scalars(aside)}
        self._hashes = array("q", (one for one, _ in groupby(sorted(self._hashes))))
        self._last, self._last_at = "", -1

    def __len__(self) -> int:
        return len(self._hashes)

    def find(self, key: str) -> int:
        """The key's place, or -1. The rows of one patient stand together, so the last answer is kept."""
        if key == self._last:
            return self._last_at
        wanted = hash(key)
        at = bisect_left(self._hashes, wanted)
        if at == len(self._hashes) or self._hashes[at] != wanted:
            at = -1
        self._last, self._last_at = key, at
        return at

    def is_aside(self, key: str) -> bool:
        """Whether a record with this key was set aside when the export was read."""
        return hash(key) in self._aside

    def zeros(self, kind: str = "q") -> array[int]:
        """An array with a zero for each key."""
        return array(kind, bytes(array(kind).itemsize * len(self)))
