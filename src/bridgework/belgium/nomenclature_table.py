"""Which nomenclature code was valid when: for each code a set of intervals, for codes are abolished and come back.

The shipped table is small and hand-made (`data/nomenclature.csv`): codes that a public source confirms, each with that
source. It does not say which codes exist. A practice fills it with its own download of NomenSoft, RIZIV's database
(`nomensoft`); then what that says of a code counts, and `overruled` names the codes of which the shipped table said
otherwise.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Literal, Self

from bridgework.belgium import nomenclature, nomensoft

Ages = Literal["adult", "child", "any", ""]
Placed = Literal["IN", "BEFORE", "AFTER", "BETWEEN"]

_UNKNOWN, _OPEN = "?", "open"
_A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Interval:
    """First and last day of validity, both included; None is open: known to be so, or because no source says."""

    begin: date | None
    end: date | None
    begin_known: bool = True
    end_known: bool = True

    def __contains__(self, day: date) -> bool:
        return (self.begin is None or self.begin <= day) and (self.end is None or day <= self.end)

    @property
    def known(self) -> bool:
        """Whether a source tells both ends."""
        return self.begin_known and self.end_known


@dataclass(frozen=True, slots=True)
class Entry:
    """What a table knows of a code. `intervals` are in order and apart; `hospital` is None where no source says."""

    code: str
    intervals: tuple[Interval, ...]
    nl: str = ""
    fr: str = ""
    source: str = ""
    successor: str = ""
    ages: Ages = ""
    hospital: bool | None = None

    def place(self, day: date) -> tuple[Placed, bool]:
        """Where a day lies among the intervals, and whether a source says so (else an open end was assumed)."""
        for one in self.intervals:
            if day in one:
                return "IN", one.known
        first, last = self.intervals[0], self.intervals[-1]
        if first.begin is not None and day < first.begin:
            return "BEFORE", True
        return ("AFTER", True) if last.end is not None and day > last.end else ("BETWEEN", True)


class Table:
    """Codes with their intervals. `version` names the content: equal tables have equal versions."""

    def __init__(self, entries: Mapping[str, Entry], name: str, overruled: Sequence[str] = ()) -> None:
        """Of these entries; `name` says where they are from."""
        self._entries = dict(entries)
        self.overruled = tuple(overruled)
        self.digest = _digest(self._entries.values())
        self.version = f"{name} {self.digest[:12]}"

    @classmethod
    def builtin(cls) -> Table:
        """The shipped table."""
        return _builtin()

    @classmethod
    def load(cls, paths: Sequence[Path]) -> Table:
        """The shipped table, overruled by files of NomenSoft, of which later ones count more.

        No files: the shipped table. Raises `nomensoft.NotNomenSoft` for a file that is none.
        """
        if not paths:
            return _builtin()
        own = _merge(record for path in paths for record in nomensoft.read(path))
        shipped = _builtin()
        entries = {one.code: one for one in shipped} | {code: _joined(one, shipped) for code, one in own.items()}
        overruled = [one.code for one in shipped if one.code in own and _contradicts(one, own[one.code])]
        return cls(entries, "NomenSoft", overruled)

    def __contains__(self, code: str) -> bool:
        return self.entry(code) is not None

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries.values())

    def __len__(self) -> int:
        return len(self._entries)

    def entry(self, code: str) -> Entry | None:
        """What is known of a code; a hospital code that has no entry is known by its ambulatory one."""
        return self._entries.get(code) or self._entries.get(nomenclature.ambulatory(code))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Table) and self.version == other.version

    def __hash__(self) -> int:
        return hash(self.version)

    @classmethod
    def of(cls, entries: Iterable[Entry], name: str = "own") -> Self:
        """A table of these entries."""
        return cls({one.code: one for one in entries}, name)


@cache
def _builtin() -> Table:
    text = (files("bridgework.belgium") / "data" / "nomenclature.csv").read_text(encoding="utf-8")
    rows = csv.DictReader((line for line in text.splitlines() if not line.startswith("#")), delimiter=";")
    entries: dict[str, Entry] = {}
    for row in rows:
        begin, end = row["begin"], row["end"]
        interval = Interval(_day(begin), _day(end), begin != _UNKNOWN, end != _UNKNOWN)
        before = entries.get(row["code"])
        intervals = _apart([*(before.intervals if before else ()), interval])
        entries[row["code"]] = Entry(
            row["code"],
            intervals,
            row["nl"],
            row["fr"],
            row["source"],
            row["successor"],
            row["ages"],  # type: ignore[arg-type]  # a test reads the file
        )
    return Table(entries, "built-in")


def _day(text: str) -> date | None:
    return None if text in {_UNKNOWN, _OPEN} else date.fromisoformat(text)


def _merge(records: Iterable[nomensoft.Record]) -> dict[str, Entry]:
    """Records by code. Of two that begin on the same day the later one counts: a newer download knows the end."""
    spans: dict[str, dict[date, Interval]] = {}
    latest: dict[str, nomensoft.Record] = {}
    hospital: dict[str, bool] = {}
    for one in records:
        found = spans.setdefault(one.code, {})
        if one.begin is not None:
            found[one.begin] = Interval(one.begin, one.end)
        if one.hospital is not None:
            hospital[one.code] = one.hospital
        before = latest.get(one.code)
        if before is None or (one.begin or date.min) >= (before.begin or date.min):
            latest[one.code] = one
    return {
        code: Entry(
            code,
            _apart(spans[code].values()) or (Interval(None, None, begin_known=False, end_known=False),),
            one.nl,
            one.fr,
            "NomenSoft",
            hospital=hospital.get(code),
        )
        for code, one in latest.items()
    }


def _apart(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """Intervals in order, those that touch or overlap joined: a new label or fee is no new code."""
    apart: list[Interval] = []
    for one in sorted(intervals, key=lambda one: one.begin or date.min):
        last = apart[-1] if apart else None
        if last is None or (last.end is not None and one.begin is not None and last.end + _A_DAY < one.begin):
            apart.append(one)
        elif last.end is not None and (one.end is None or one.end > last.end):
            apart[-1] = Interval(last.begin, one.end, last.begin_known, one.end_known)
    return tuple(apart)


def _joined(own: Entry, shipped: Table) -> Entry:
    """What NomenSoft does not say, the shipped table may: successor and ages; and dates, where it gave only fees."""
    other = shipped._entries.get(own.code)  # noqa: SLF001 - of the same class
    if other is None:
        return own
    undated = all(one.begin is None and not one.known for one in own.intervals)
    return Entry(
        own.code,
        other.intervals if undated else own.intervals,
        own.nl or other.nl,
        own.fr or other.fr,
        f"{own.source}, {other.source}",
        other.successor,
        other.ages,
        own.hospital,
    )


def _contradicts(shipped: Entry, own: Entry) -> bool:
    """Whether an end that the shipped table knows is another in the practice's own."""
    if len(shipped.intervals) != len(own.intervals):
        return True
    return any(
        (a.begin_known and b.begin_known and a.begin != b.begin) or (a.end_known and b.end_known and a.end != b.end)
        for a, b in zip(shipped.intervals, own.intervals, strict=True)
    )


def _digest(entries: Iterable[Entry]) -> str:
    """Hex SHA-256 of what a verdict can depend on: not of labels."""
    lines = sorted(repr((one.code, one.intervals, one.successor, one.ages, one.hospital)) for one in entries)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
