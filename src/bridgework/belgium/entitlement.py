"""The entitlement codes CT1 and CT2 (CG1/CG2, KG1/KG2) of a health insurance: two closed lists.

Source: the value sets of the MyCareNet FHIR profiles (hl7-be/mycarenet). Codes are texts: CT2 `000` keeps its zeros.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

Kind = Literal["CT1", "CT2"]
Verdict = Literal["EMPTY", "VALID", "REPAIRED", "UNKNOWN_CODE", "NOT_A_CODE"]

_MAJOR_RISKS = "100 101 110 111 120 121 130 131 140 141 150 151 410 411 420 421 430 431 440 441 450 451 470 480"
_MINOR_RISKS = "000 100 101 110 111 114 120 121 130 131 140 141 144 150 151 460 461 464 481 701 900 901 911"
CT1 = frozenset(_MAJOR_RISKS.split())
CT2 = frozenset(_MINOR_RISKS.split())
_LISTS: dict[Kind, frozenset[str]] = {"CT1": CT1, "CT2": CT2}
_PAIR = re.compile(r"(\d{3})\s*[/\-.,;:|+ ]?\s*(\d{3})", re.ASCII)
_CELL = re.compile(r"(\d{1,3})(?:[.,]0+)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a cell holds: the three digits, of a known code or not; REPAIRED where a spreadsheet took the zeros."""

    verdict: Verdict
    code: str = ""


@lru_cache(maxsize=4096)
def read(text: str, kind: Kind) -> Reading:
    """Read one cell of codes for the major (CT1) or the minor risks (CT2)."""
    bare = text.strip()
    if not bare:
        return Reading("EMPTY")
    match = _CELL.fullmatch(bare)
    if match is None:
        return Reading("NOT_A_CODE")
    code = match[1].zfill(3)
    if code not in _LISTS[kind]:
        return Reading("UNKNOWN_CODE", code)
    return Reading("VALID" if code == bare else "REPAIRED", code)


def is_ct1(text: str) -> bool:
    """Whether a text is a code for the major risks."""
    return text.strip() in CT1


def is_ct2(text: str) -> bool:
    """Whether a text is a code for the minor risks."""
    return text.strip() in CT2


def pair(text: str) -> tuple[str, str] | None:
    """CT1 and CT2 where a cell holds both, one behind the other: `110/110`, `111-111`, `110 000`."""
    match = _PAIR.fullmatch(text.strip())
    return (match[1], match[2]) if match and match[1] in CT1 and match[2] in CT2 else None


def increased_reimbursement(ct1: str) -> bool | None:
    """Whether a CT1 means increased reimbursement (BIM, RVV), by its last digit; None when it is no CT1."""
    return ct1.strip().endswith("1") if is_ct1(ct1) else None
