"""The tooth notation of a whole column, by counting; and where one column mixes two, which part uses which.

Only values that one notation alone has are evidence: 33-38, 41-48 and milk teeth from 51 are FDI's, 1-10, 19, 20, 29,
30 and letters are Universal's (or Palmer's, where another column names the quadrant), corners and words such as UR6
are Palmer's. A column without evidence is not told; a Belgian practice writes FDI, but that is the map's to say.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable
from dataclasses import dataclass, field
from functools import lru_cache

from bridgework.belgium import teeth
from bridgework.belgium.teeth import Notation

NEARLY_ALL = 0.95
"""Some cells are always odd: this share of those that tell must agree."""


@dataclass(slots=True)
class Evidence:
    """What the cells of a column (or of one part of it) tell: cells by the notation that alone explains them."""

    cells: int = 0
    by_notation: Counter[Notation] = field(default_factory=Counter)

    @property
    def telling(self) -> int:
        """Cells that are evidence for one notation."""
        return self.by_notation.total()

    @property
    def notation(self) -> Notation:
        """The notation that nearly all of the evidence is for; MIXED where there is none such, UNKNOWN without any."""
        if not self.by_notation:
            return "UNKNOWN"
        best, count = self.by_notation.most_common(1)[0]
        return best if count >= NEARLY_ALL * self.telling else "MIXED"

    def add(self, text: str, quadrant: str = "", count: int = 1) -> None:
        """Count a cell, that came so many times; `quadrant` is the cell beside it that names the quadrant, if any."""
        self.cells += count
        found = _evidence(text, bool(quadrant.strip()))
        if found is not None:
            self.by_notation[found] += count


class Column:
    """The evidence of a column, whole and by part: the provider, the year, the import batch of a row."""

    def __init__(self) -> None:
        """Nothing seen."""
        self.whole = Evidence()
        self._parts: dict[Hashable, Evidence] = {}

    def add(self, text: str, part: Hashable, quadrant: str = "") -> None:
        """Count a cell of a part."""
        self.whole.add(text, quadrant)
        self._parts.setdefault(part, Evidence()).add(text, quadrant)

    def split(self) -> dict[Hashable, Notation] | None:
        """The notation of each part, where the column is mixed and its parts are not; None where this tells nothing.

        A part without evidence of its own is UNKNOWN: which of the two it uses cannot be told.
        """
        if self.whole.notation != "MIXED":
            return None
        found = {part: evidence.notation for part, evidence in self._parts.items()}
        return None if "MIXED" in found.values() else found


@lru_cache(maxsize=4096)
def _evidence(text: str, quadrant_beside: bool) -> Notation | None:  # noqa: FBT001 - a key of the cache
    """The one notation that explains a cell; None where none or several do."""
    found = teeth.notations_in(text)
    if quadrant_beside and found == {"UNIVERSAL"} and set(teeth.teeth_in(text)) <= set("12345678ABCDE"):
        return "PALMER"
    return next(iter(found)) if len(found) == 1 else None
