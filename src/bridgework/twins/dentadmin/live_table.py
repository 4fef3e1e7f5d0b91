"""One object of a practice that is still at work: the records of its file, and over them what was edited since.

A record keeps its place for good: those of the file have its order, added ones follow. So a place is also what a cursor
and an internal id are made of.
"""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from zlib import crc32
from zoneinfo import ZoneInfo

from .records import RecordFile
from .writing import Row

BRUSSELS = ZoneInfo("Europe/Brussels")
_PLACE_BITS = 32
_KEPT_VIEWS = 4


class LiveTable:
    """The records of one object; nothing in its file is younger than `opened`. Its user takes care of threads."""

    def __init__(self, file: RecordFile, identity: tuple[str, ...], *, opened: float) -> None:
        self.file, self.identity = file, identity
        self.version = 0
        self._opened = opened
        self._rows: dict[int, Row] = {}
        self._edited: dict[int, float] = {}
        self._removed: dict[int, float] = {}
        self._next = len(file)
        self._moments: array[float] | None = None
        self._indexes: dict[tuple[str, ...], _Index] = {}
        self._highest: dict[str, int] = {}
        self._views: dict[float | None, tuple[int, Sequence[int]]] = {}

    def view(self, since: float | None = None, *, removed: bool = False) -> Sequence[int]:
        """The places of the records that are there, in order; only those changed at or after a moment, if one is given.

        With `removed` also those that were removed since then.
        """
        key = since
        version, places = self._views.get(key, (-1, ()))
        if version != self.version:
            places = self._places(since)
            while len(self._views) >= _KEPT_VIEWS:
                del self._views[next(iter(self._views))]
            self._views[key] = (self.version, places)
        if removed and since is not None and self._removed:
            gone = [place for place, moment in self._removed.items() if moment >= since]
            return sorted([*places, *gone])
        return places

    def rows(self, places: Iterable[int]) -> list[Row]:
        """The records at some places, removed ones as they last were; those that follow each other are read at once."""
        found: list[Row] = []
        run: list[int] = []
        for place in places:
            if run and (place in self._rows or place != run[-1] + 1):
                found += self.file.page(run[0], len(run))
                run = []
            if place in self._rows:
                found.append(dict(self._rows[place]))
            else:
                run.append(place)
        if run:
            found += self.file.page(run[0], len(run))
        return found

    def is_removed(self, place: int) -> bool:
        return place in self._removed

    def is_there(self, place: int) -> bool:
        return 0 <= place < self._next and place not in self._removed

    def key(self, row: Row) -> str:
        """A record's key: its number, or for a line of an invoice `invoice/line`."""
        return "/".join(row.get(column, "") for column in self.identity)

    def find(self, key: str, columns: tuple[str, ...] = ()) -> list[int]:
        """The places of the records that have a key (or these cells), in order: several where it was entered twice."""
        wanted = columns or self.identity
        index = self._indexes.get(wanted)
        if index is None:
            index = self._indexes[wanted] = _Index(self.file, wanted)
            for place, row in self._rows.items():
                index.add(place, row)
        there = [place for place in index.places(key) if place not in self._removed]
        return [
            place
            for place, row in zip(there, self.rows(there), strict=True)
            if "/".join(row.get(column, "") for column in wanted) == key
        ]

    def highest(self, prefix: str = "") -> int:
        """The highest number that any record has or had, among those that begin so; without that beginning."""
        if prefix not in self._highest:
            self._highest[prefix] = max(
                (_after(prefix, number) for (number,) in self.file.cells(("number",))), default=0
            )
        edited = (_after(prefix, row["number"]) for row in self._rows.values())
        return max(self._highest[prefix], max(edited, default=0))

    def put(self, place: int | None, row: Row, moment: float) -> int:
        """Keep a record's new state; at a new place where none is given. Raises ValueError if it cannot be written."""
        self.file.encoded(row)
        if place is None:
            place = self._next
            self._next += 1
        self._rows[place] = row
        for index in self._indexes.values():
            index.add(place, row)
        self.touch(place, moment)
        return place

    def touch(self, place: int, moment: float) -> None:
        """Count a record as changed at a moment."""
        self._edited[place] = moment
        self.version += 1

    def remove(self, place: int, moment: float) -> None:
        self._removed[place] = moment
        self.version += 1

    def written(self) -> Iterator[bytes]:
        """The file as it would be exported now: what nobody touched stays as it is, byte by byte."""
        yield self.file.header()
        first = 0
        for place in sorted({*(place for place in self._rows if place < len(self.file)), *self._removed}):
            yield from self._untouched(first, min(place, len(self.file)))
            if place < len(self.file) and place not in self._removed:
                yield self.file.encoded(self._rows[place])
            first = place + 1
        yield from self._untouched(first, len(self.file))
        for place in range(len(self.file), self._next):
            if place not in self._removed:
                yield self.file.encoded(self._rows[place])

    def _untouched(self, first: int, last: int) -> Iterator[bytes]:
        for start in range(first, last, 10_000):
            yield self.file.raw(start, min(10_000, last - start))

    def _places(self, since: float | None) -> Sequence[int]:
        if since is None:
            if not self._removed:
                return range(self._next)
            return array("Q", (place for place in range(self._next) if place not in self._removed))
        young = {place for place, moment in self._edited.items() if moment >= since}
        if since <= self._opened:
            if self._moments is None:
                self._moments = self._read_moments()
            young.update(
                place for place, moment in enumerate(self._moments) if moment >= since and place not in self._edited
            )
        return array("Q", sorted(young - self._removed.keys()))

    def _read_moments(self) -> array[float]:
        """When each record of the file last changed; the start of time where it does not say so."""
        if "changed_at" not in self.file.keys:
            return array("d", [-math.inf]) * len(self.file)
        return array("d", (min(_moment(text), self._opened) for (text,) in self.file.cells(("changed_at",))))


class _Index:
    """Where a key may be: sorted checksums of a file's keys with their places, 8 bytes a record, and edited records."""

    def __init__(self, file: RecordFile, columns: tuple[str, ...]) -> None:
        self._columns = columns
        keys = enumerate(file.cells(columns))
        self._entries = array("Q", sorted(_checksum("/".join(cells)) | place for place, cells in keys))
        self._edited: dict[str, list[int]] = {}

    def add(self, place: int, row: Row) -> None:
        """Find a record by the key that it has now as well."""
        self._edited.setdefault("/".join(row.get(column, "") for column in self._columns), []).append(place)

    def places(self, key: str) -> list[int]:
        """The places of that key in order, and perhaps of a few records that look like it or had it once."""
        first = _checksum(key)
        found = set(self._edited.get(key, ()))
        for position in range(bisect_left(self._entries, first), len(self._entries)):
            place = self._entries[position] - first
            if place >> _PLACE_BITS:
                break
            found.add(place)
        return sorted(found)


def _after(prefix: str, number: str) -> int:
    rest = number.removeprefix(prefix) if number.startswith(prefix) else ""
    return int(rest) if rest.isascii() and rest.isdecimal() else 0


def _checksum(key: str) -> int:
    return crc32(key.encode(errors="surrogatepass")) << _PLACE_BITS


def _moment(text: str) -> float:
    """A cell's moment (`dd/mm/yyyy hh:mm`) in seconds since 1970; the start of time for what is none."""
    day, month, year, hour, minute = text[:2], text[3:5], text[6:10], text[11:13], text[14:]
    try:  # `strptime` takes four times as long, and a practice has millions
        return datetime(int(year), int(month), int(day), int(hour), int(minute), tzinfo=BRUSSELS).timestamp()
    except ValueError:
        return -math.inf
