"""What a column tells beyond its meaning: settings of its line that its header and the cells of a sample decide.

They are written into the map with the reason, for a person to read and change; what nothing tells is left unsaid, and
then each cell in doubt is a finding.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bridgework.mapping import name_order, numerals

OF_COLUMNS = frozenset({"names", "decimal"})
"""Settings that a column tells: those of another practice's column of the same name say nothing of it."""

_NUMERIC = frozenset({"number", "money"})


def settings(
    transform: str | None, given: Mapping[str, Any], header: str, cells: Sequence[str], *, known: bool
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The settings of a line with what is told added to those given, and the reasons.

    `known`: the column means something of a dental practice, whose amounts and numbers are rarely over a thousand.
    """
    found, reason = dict(given), ""
    if transform == "name-split" and "names" not in given:
        order, reason = name_order.told(header, cells)
        found |= {"names": order} if order else {}
    elif transform in _NUMERIC and "decimal" not in given:
        sign = numerals.told(cells, small=known)
        found |= {"decimal": sign} if sign else {}
        reason = f"its decimals stand behind a {sign}" if sign else ""
    return found, (reason,) if reason else ()
