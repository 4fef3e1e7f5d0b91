"""The keys of an object as hashes in one sorted array: eight bytes each, and found in a microsecond."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable

import sqlalchemy as sa

from bridgework.store import Store
from bridgework.store.tables import quarantine, source_row

_AT_ONCE = 10_000
_BUCKET_BITS = 6


def in_order(hashes: Iterable[int]) -> array[int]:
    """Different hashes of 64 bits in order; sorted in parts, for a list of integers takes five times their bytes."""
    half = 1 << (_BUCKET_BITS - 1)
    buckets = [array("q") for _ in range(2 * half)]
    for one in hashes:
        buckets[(one >> (64 - _BUCKET_BITS)) + half].append(one)
    ordered = array("q")
    for number, bucket in enumerate(buckets):
        ordered.extend(sorted(set(bucket)))
        buckets[number] = array("q")
    return ordered


def _place(ordered: array[int], wanted: int) -> int:
    at = bisect_left(ordered, wanted)
    return at if at < len(ordered) and ordered[at] == wanted else -1


class Keys:
    """Where each key of an object stands: a number from 0, for arrays beside this one.

    Two of two million keys have the same hash of 64 bits once in ten million practices.
    """

    def __init__(self, store: Store, object_: str) -> None:
        """Read them; those of records in quarantine are known apart."""
        query = sa.select(source_row.c.key).where(source_row.c.object == object_)
        with store.read() as connection:
            pages = connection.scalars(query.execution_options(yield_per=_AT_ONCE)).partitions()
            self._hashes = in_order(hash(key) for keys in pages for key in keys)
            aside = sa.select(quarantine.c.key).where(quarantine.c.object == object_, quarantine.c.key != "")
            self._aside = {hash(key) for key in connection.scalars(aside)}
        self._last, self._last_at = "", -1

    def __len__(self) -> int:
        return len(self._hashes)

    def find(self, key: str) -> int:
        """The key's place, or -1. The rows of one patient stand together, so the last answer is kept."""
        if key == self._last:
            return self._last_at
        self._last, self._last_at = key, _place(self._hashes, hash(key))
        return self._last_at

    def is_aside(self, key: str) -> bool:
        """Whether a record with this key was set aside when the export was read."""
        return hash(key) in self._aside

    def zeros(self, kind: str = "q") -> array[int]:
        """An array with a zero for each key."""
        return array(kind, bytes(array(kind).itemsize * len(self)))


class Seen:
    """Texts that rows hold, as hashes with the rows' numbers: which rows hold one that an earlier row holds."""

    def __init__(self) -> None:
        """Begin with none."""
        self._hashes, self._rows = array("q"), array("I")

    def add(self, text: str, row_no: int) -> None:
        """Remember what a row holds."""
        self._hashes.append(hash(text))
        self._rows.append(row_no)

    def repeats(self) -> list[int]:
        """The numbers of the rows that repeat an earlier one, in the order of the rows."""
        once = in_order(self._hashes)
        if len(once) == len(self._hashes):
            return []
        met, found = bytearray(len(once)), []
        for one, row_no in zip(self._hashes, self._rows, strict=True):
            at = _place(once, one)
            if met[at]:
                found.append(row_no)
            met[at] = 1
        return found

    def all(self) -> array[int]:
        """All hashes so far."""
        return self._hashes


class Named:
    """Texts that somebody named, to be asked for."""

    def __init__(self, seen: Iterable[Seen]) -> None:
        """Take what several have seen."""
        self._ordered = in_order(one for each in seen for one in each.all())

    def __contains__(self, text: str) -> bool:
        return _place(self._ordered, hash(text)) >= 0
