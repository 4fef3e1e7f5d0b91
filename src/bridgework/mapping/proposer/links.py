"""Which columns hold the numbers of other records: their cells are looked up among the keys of each object."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

Found = Callable[[Collection[str]], Mapping[str, int]]
"""Some different texts → by object, how many of them are keys of its records."""

_ASKED = 20
_LONGEST_KEY = 40


def linked(cells: Sequence[str], found: Found) -> dict[str, float]:
    """By object, which share of a column's different cells are keys of its records; objects without any left out."""
    values = sorted({text for cell in cells if (text := cell.strip()) and len(text) <= _LONGEST_KEY})
    some = values if len(values) <= _ASKED else [values[place * len(values) // _ASKED] for place in range(_ASKED)]
    return {name: count / len(some) for name, count in found(some).items() if count} if some else {}


def among(keys: Mapping[str, Collection[str]]) -> Found:
    """Looks texts up in sets."""
    return lambda some: {name: sum(one in known for one in some) for name, known in keys.items()}
