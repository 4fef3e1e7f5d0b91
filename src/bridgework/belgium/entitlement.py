"""The entitlement codes CT1 and CT2 (CG1/CG2, KG1/KG2) of a health insurance: two closed lists.

Source: the value sets of the MyCareNet FHIR profiles (hl7-be/mycarenet). Codes are texts: CT2 `000` keeps its zeros.
"""

from __future__ import annotations

_MAJOR_RISKS = "100 101 110 111 120 121 130 131 140 141 150 151 410 411 420 421 430 431 440 441 450 451 470 480"
_MINOR_RISKS = "000 100 101 110 111 114 120 121 130 131 140 141 144 150 151 460 461 464 481 701 900 901 911"
CT1 = frozenset(_MAJOR_RISKS.split())
CT2 = frozenset(_MINOR_RISKS.split())


def is_ct1(text: str) -> bool:
    """Whether a text is a code for the major risks."""
    return text.strip() in CT1


def is_ct2(text: str) -> bool:
    """Whether a text is a code for the minor risks."""
    return text.strip() in CT2


def increased_reimbursement(ct1: str) -> bool | None:
    """Whether a CT1 means increased reimbursement (BIM, RVV), by its last digit; None when it is no CT1."""
    return ct1.strip().endswith("1") if is_ct1(ct1) else None
