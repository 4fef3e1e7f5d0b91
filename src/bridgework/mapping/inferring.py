"""The type of a custom field for a column without a known meaning, by what its cells look like; text in doubt."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from bridgework.mapping import moments, numerals
from bridgework.mapping.catalogue import builtin

Inferred = Literal["empty", "text", "number", "date", "moment", "boolean", "money"]

_CENTS = re.compile(r".*\d[.,]\d{2}[-)]?|0", re.ASCII)
_MOST = 0.9  # of the cells are days that exist
_FEWEST = 3  # cells with cents that make amounts
# What a number of two decimals may be but an amount.
_MEASURE = re.compile(
    r"%|\b(?:pct|perc|proc|pourc|co[eë]ff|btw|tva|vat|cm|mm|kg)|\((?!\s*(?:eur|€))[^()]*\)\s*$", re.IGNORECASE
)


def inferred(header: str, profile: Mapping[str, Any], cells: Sequence[str]) -> Inferred:
    """The type by a column's profile, as `practice.profiles` makes it, and by the cells of some rows."""
    filled = [text for cell in cells if (text := cell.strip())]
    match profile["type"]:
        case "empty":
            return "empty"
        case "boolean":
            return "boolean"
        case "date":
            return _day(profile["kinds"], filled)
        case "integer":
            return "number"
        case "decimal":
            signed = any("€" in pattern for pattern, _ in profile.get("patterns", ()))
            return "money" if signed or _is_money(header, filled) else "number"
        case _:
            return "money" if filled and all(_is_with_currency(text) for text in filled) else "text"


def _day(kinds: Mapping[str, int], filled: Sequence[str]) -> Inferred:
    """A moment where every cell has a time, and not always midnight, as databases write a day.

    What only looks like days, such as `12/31/2019`, stays text.
    """
    read = moments.day_reader(builtin().formats["moment"])
    found = [one for text in filled if (one := read(text)) is not None]
    if len(found) < _MOST * len(filled):
        return "text"
    timed = all(kind.endswith("hh:mm") for kind in kinds if kind.startswith("date "))
    return "moment" if timed and not (found and all(one.clock is None for one in found)) else "date"


def _is_money(header: str, filled: Sequence[str]) -> bool:
    """Whether a currency stands beside one, or all have cents."""
    if any(_is_with_currency(text) for text in filled):
        return True
    all_cents = len(filled) >= _FEWEST and all(_CENTS.fullmatch(text) for text in filled) and set(filled) != {"0"}
    return all_cents and not _MEASURE.search(header)


def _is_with_currency(text: str) -> bool:
    found = numerals.read(text)
    return found is not None and found.currency
