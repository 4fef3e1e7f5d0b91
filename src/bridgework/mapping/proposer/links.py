"""Which columns hold the numbers of other records: their cells are looked up among the keys of each object."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

_ASKED = 20
_LONGEST_KEY = 40
_VARIED = 0.1  # of the different keys that chance would give: fewer are a count, or a code that keys happen to include


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of the records: how many each object has, and how many of some texts are among them, by object."""

    many: Mapping[str, int]
    found: Callable[[Collection[str]], Mapping[str, int]]


def linked(cells: Sequence[str], keys: Keys) -> dict[str, float]:
    """By object, which share of a column's different cells are keys of its records; objects without any left out.

    The share is less where the cells are less varied than links are: an interval of 3, 6 or 12 months is no patient,
    though there are patients 3, 6 and 12.
    """
    texts = [text for cell in cells if (text := cell.strip())]
    values = sorted({text for text in texts if len(text) <= _LONGEST_KEY})
    some = values if len(values) <= _ASKED else [values[place * len(values) // _ASKED] for place in range(_ASKED)]
    return {
        name: count / len(some) * min(1.0, len(values) / (_VARIED * _expected(len(texts), keys.many[name])))
        for name, count in (keys.found(some) if some else {}).items()
        if count
    }


def _expected(cells: int, many: int) -> float:
    """How many different keys so many cells have, each key as likely as the others."""
    return many * -math.expm1(-cells / many)


def among(keys: Mapping[str, Collection[str]]) -> Keys:
    """Looks texts up in sets."""
    return Keys(
        {name: len(known) for name, known in keys.items()},
        lambda some: {name: sum(one in known for one in some) for name, known in keys.items()},
    )
