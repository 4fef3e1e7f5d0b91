"""Doubts about Belgian codes that stay as the practice wrote them: from a text to the code of a finding, or None.

A doubt never changes a value: codes drift, and a historical record is right as it stands.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Literal

from bridgework.belgium import entitlement, nomenclature, riziv

Kind = Literal["nomenclature", "riziv", "ct1", "ct2"]


@lru_cache(maxsize=4096)
def _nomenclature(text: str) -> str | None:
    found = nomenclature.read(text)
    if found.verdict == "VALID":
        return "CODE-HOSPITAL" if nomenclature.is_hospital_variant(found.code) else None
    return {"WRONG_CHECK": "CODE-WRONG-CHECK", "SEVERAL": "CODE-SEVERAL"}.get(found.verdict)


def _riziv(text: str) -> str | None:
    return None if riziv.read(text).number else "RIZIV-NOT-VALID"


def _ct1(text: str) -> str | None:
    return None if entitlement.is_ct1(text) else "ENTITLEMENT-UNKNOWN"


def _ct2(text: str) -> str | None:
    return None if entitlement.is_ct2(text) else "ENTITLEMENT-UNKNOWN"


_ENTITLEMENT = re.compile(r"\d{3}(?:\D{0,3}\d{3})?", re.ASCII)


def is_of_kind(kind: Kind, text: str) -> bool:
    """Whether a text is written as such codes are, right or wrong; those of providers are about no patient."""
    if kind in {"ct1", "ct2"}:
        return _ENTITLEMENT.fullmatch(text.strip()) is not None
    return kind != "nomenclature" or nomenclature.read(text).verdict != "NOT_A_CODE"


CHECKS: dict[Kind, Callable[[str], str | None]] = {
    "nomenclature": _nomenclature,
    "riziv": _riziv,
    "ct1": _ct1,
    "ct2": _ct2,
}
