"""Tooth numbers and surfaces: which notation a whole column uses, and one order for surfaces.

FDI (ISO 3950) and Universal share 18 values (11-18, 21-28, 31, 32), and none means the same tooth in both. So a single
cell cannot tell its notation; a column can. The raw text stays the truth in every case.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

Notation = Literal["FDI", "UNIVERSAL", "PALMER", "MIXED", "UNKNOWN"]

FDI_PERMANENT = frozenset(str(10 * quadrant + tooth) for quadrant in range(1, 5) for tooth in range(1, 9))
FDI_DECIDUOUS = frozenset(str(10 * quadrant + tooth) for quadrant in range(5, 9) for tooth in range(1, 6))
FDI = FDI_PERMANENT | FDI_DECIDUOUS
UNIVERSAL = frozenset(str(tooth) for tooth in range(1, 33)) | frozenset("ABCDEFGHIJKLMNOPQRST")
SHARED = FDI & UNIVERSAL

# A tooth that stands in a list, a range, before surfaces ("16 MOD") or with a point between its digits ("1.6").
_POINTED = re.compile(r"\b([1-8])\.([1-8])\b")
_NUMBER = re.compile(r"(?<![\d])([0-9]{1,2})(?![\d])")
_LETTER = re.compile(r"(?:^|[\s,;+/-])([A-T])(?=$|[\s,;+/-])")
_PALMER = re.compile(
    r"(?:[UL][RL]|[RL][BO]|[HB][DG])\s?[1-8A-E]|[1-8A-E]\s?[┘└┐┌|+]|[┘└┐┌|+]\s?[1-8A-E]",
    re.IGNORECASE,
)
_SURFACE_ORDER = "MODIVBLPC"
_SURFACES = re.compile(r"[MODIVBLPC]+")


def notation_of(values: Iterable[str]) -> Notation:
    """Which notation the cells of one column use.

    Values that only one notation has decide. Those that FDI and Universal share decide nothing: a column of only those
    is UNKNOWN (a Belgian source would mean FDI, but the column does not say so). Two notations seen are MIXED.
    """
    seen: set[Notation] = set()
    for value in values:
        seen |= _notations_in(value)
    if len(seen) == 1:
        return next(iter(seen))
    return "MIXED" if seen else "UNKNOWN"


def teeth_in(text: str) -> tuple[str, ...]:
    """The tooth numbers that stand in a cell, as written but for a point between the digits; ranges stay two ends."""
    plain = _POINTED.sub(r"\1\2", text)
    return tuple(_NUMBER.findall(plain)) or tuple(_LETTER.findall(plain.upper()))


def is_fdi(text: str) -> bool:
    """Whether a text is one of the 52 FDI tooth numbers."""
    return text in FDI


def canonical_surfaces(text: str) -> str | None:
    """Surfaces in one order (`DOM` → `MOD`), each once; None when the text holds anything else. Empty stays empty."""
    letters = re.sub(r"[\s,;/+-]", "", text.upper())
    if letters and not _SURFACES.fullmatch(letters):
        return None
    return "".join(surface for surface in _SURFACE_ORDER if surface in letters)


def _notations_in(text: str) -> set[Notation]:
    if _PALMER.search(text):
        return {"PALMER"}
    found: set[Notation] = set()
    for tooth in teeth_in(text):
        if tooth in FDI - SHARED:
            found.add("FDI")
        elif tooth in UNIVERSAL - SHARED:
            found.add("UNIVERSAL")
    return found
