"""Which of the pairs belong together: each record of the practice with one of Twenty at the most, and the reverse.

What a person said comes first; then the likeliest pair of all, then the likeliest of what is left, and so on. Where two
fit nearly as well (father and son of one name), no one is proposed: a person decides.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from bridgework.store.matches import Match

Group = Literal["proposed", "asked", "same", "deleted", "restore"]
_AS_WELL, _CERTAIN = 0.05, 1.0


@dataclass(frozen=True, slots=True)
class Assigned:
    """A pair that belongs together, as far as is known. `rivals`: others that fit one of the two nearly as well."""

    match: Match
    group: Group
    rivals: int = 0


def assign(matches: Sequence[Match], *, same: float) -> list[Assigned]:
    """The pairs that belong together, in the order of their rows; `same` is the score from which one is proposed.

    Pairs whose existing record is deleted stand beside the others: they take nobody's place.
    """
    said = [one for one in matches if one.is_merged]
    owners, records = {one.own_id for one in said}, {one.existing_id for one in said}
    free = [
        one
        for one in matches
        if one.decision != "different"
        and not one.is_merged
        and one.own_id not in owners
        and one.existing_id not in records
    ]
    alive = [one for one in free if not one.deleted]
    rivals = _Rivals(alive)
    found = [Assigned(one, "restore" if one.decision == "restore" else "same") for one in said]
    for one in _best(alive):
        count = rivals.of(one)
        found.append(Assigned(one, "asked" if count or one.score < same else "proposed", count))
    owners |= {one.match.own_id for one in found}
    found += [
        Assigned(one, "deleted") for one in _best(one for one in free if one.deleted and one.own_id not in owners)
    ]
    return sorted(found, key=lambda one: (one.match.source_object, one.match.row_no))


def _best(pairs: Iterable[Match]) -> Iterator[Match]:
    owners: set[UUID] = set()
    records: set[UUID] = set()
    for one in sorted(pairs, key=_order):
        if one.own_id not in owners and one.existing_id not in records:
            owners.add(one.own_id)
            records.add(one.existing_id)
            yield one


def _order(one: Match) -> tuple[float, str, int, str]:
    return -one.score, one.source_object, one.row_no, str(one.existing_id)


class _Rivals:
    """Counts, for a pair, the others that fit one of its two records nearly as well."""

    def __init__(self, alive: Iterable[Match]) -> None:
        self._by_record: dict[UUID, list[Match]] = defaultdict(list)
        for one in alive:
            self._by_record[one.own_id].append(one)
            self._by_record[one.existing_id].append(one)

    def of(self, one: Match) -> int:
        """How many; what is certain yields to nothing that is not."""
        least = _CERTAIN if one.score >= _CERTAIN else one.score - _AS_WELL
        others = {*self._by_record[one.own_id], *self._by_record[one.existing_id]} - {one}
        return sum(other.score >= least for other in others)
