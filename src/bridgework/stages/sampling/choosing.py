"""Chooses the patients: extremes first, then whoever shows most of what is not shown yet, then evenly over the rest.

The same practice and the same number give the same patients, on any machine.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from bridgework.practice.rows import StagedRows
from bridgework.stages.sampling.traits import PATIENT, Traits

_SHARE = 20  # of the sample, one in so many goes to each extreme


@dataclass(frozen=True, slots=True)
class Chosen:
    """The keys of the patients, in the order of their choice; of each kind of trait how many are shown, of how many."""

    keys: tuple[str, ...]
    shown: dict[str, tuple[int, int]]


def choose(traits: Traits, number: int, rows: StagedRows) -> Chosen:
    """At most `number` patients; all of them where the practice has no more."""
    if traits.patients <= number:
        every = tuple(row.key for row in rows.iterate(PATIENT))
        return Chosen(every, _shown(traits, set(every)))
    there = _existing(traits, rows)
    chosen: dict[str, None] = {}
    for keys in traits.extremes.values():
        _take(chosen, [key for key in keys if key in there][: max(1, number // _SHARE)], number)
    _cover(traits, chosen, there, number)
    _evenly(chosen, number, traits.patients, rows)
    return Chosen(tuple(chosen), _shown(traits, chosen.keys()))


def _existing(traits: Traits, rows: StagedRows) -> set[str]:
    """The candidates who are patients of the practice: a record may name one who is not."""
    named = {key for keys in (*traits.have.values(), *traits.extremes.values()) for key in keys}
    return {row.key for row in rows.get_many(PATIENT, sorted(named))}


def _take(chosen: dict[str, None], keys: Iterable[str], number: int) -> None:
    for key in keys:
        if len(chosen) < number:
            chosen.setdefault(key)


def _cover(traits: Traits, chosen: dict[str, None], there: set[str], number: int) -> None:
    """Add, one after another, who shows most traits that nobody shows yet."""
    of: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for trait, keys in traits.have.items():
        for key in keys:
            if key in there:
                of[key].add(trait)
    missing = {trait for traits_of in of.values() for trait in traits_of}
    for key in chosen:
        missing -= of.get(key, set())
    while missing and len(chosen) < number:
        best = max(sorted(of), key=lambda key: len(of[key] & missing))
        if not of[best] & missing:
            return
        chosen.setdefault(best)
        missing -= of.pop(best)


def _evenly(chosen: dict[str, None], number: int, patients: int, rows: StagedRows) -> None:
    """Fill up with patients at even distances."""
    left = number - len(chosen)
    every = max(1, patients // (left + 1))
    for place, row in enumerate(rows.iterate(PATIENT), start=1):
        if len(chosen) >= number:
            return
        if place % every == 0:
            chosen.setdefault(row.key)
    _take(chosen, (row.key for row in rows.iterate(PATIENT, limit=2 * number)), number)


def _shown(traits: Traits, keys: Collection[str]) -> dict[str, tuple[int, int]]:
    shown: Counter[str] = Counter()
    known: Counter[str] = Counter()
    for (what, _), those in traits.have.items():
        known[what] += 1
        shown[what] += any(key in keys for key in those)
    return {what: (shown[what], count) for what, count in sorted(known.items())}
