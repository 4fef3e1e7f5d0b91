"""Drawing by weights, and planting dirt at a rate: the two ways in which the generator uses chance."""

from __future__ import annotations

import math
import random
from bisect import bisect
from collections.abc import Iterable
from itertools import accumulate
from typing import Generic, TypeVar

T = TypeVar("T")

# Every kind of dirt comes for the first time within this many chances, so that a small practice shows all of it.
_SOON = 12


class Pool(Generic[T]):
    """Things with weights, to draw one at a time."""

    __slots__ = ("_bounds", "_items", "_total")

    def __init__(self, weighted: Iterable[tuple[T, float]]) -> None:
        pairs = list(weighted)
        self._items = [item for item, _ in pairs]
        self._bounds = list(accumulate(weight for _, weight in pairs))
        self._total = self._bounds[-1]

    def draw(self, chance: random.Random) -> T:
        """One item, each as likely as its weight says."""
        return self._items[bisect(self._bounds, chance.random() * self._total)]


def one_of(chance: random.Random, items: list[T] | tuple[T, ...]) -> T:
    """One item, all equally likely: much cheaper than `random.choice`, and the same in every Python version."""
    return items[int(chance.random() * len(items))]


class Plants:
    """Says when a kind of dirt is due, by its rate, and counts what was planted under its name."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.planted: dict[str, int] = {}
        self._left: dict[str, int] = {}

    def due(self, name: str, rate: float) -> bool:
        """Whether this is a chance to take; the caller then plants, so ask only where the dirt can be put."""
        left = self._left.get(name)
        if left is None:
            left = min(self._gap(rate), 1 + int(self.chance.random() * _SOON))
        if left > 1:
            self._left[name] = left - 1
            return False
        self._left[name] = self._gap(rate)
        self.count(name)
        return True

    def count(self, name: str) -> None:
        """Count dirt that came about in another way than by `due`."""
        self.planted[name] = self.planted.get(name, 0) + 1

    def _gap(self, rate: float) -> int:
        return 1 + int(math.log(1.0 - self.chance.random()) / math.log(1.0 - rate))
