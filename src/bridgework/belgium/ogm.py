"""Structured communications (OGM, VCS) of bank transfers: `+++010/8068/17183+++`, ten digits and their rest by 97.

Source: Febelfin's banking standards, and python-stdnum `stdnum.be.ogm_vcs`, to which the tests hold this module; stdnum
does not take the form with asterisks. A communication may as well be free text: that is no error.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Verdict = Literal["EMPTY", "VALID", "REPAIRED", "WRONG_CHECK", "WRONG_LENGTH", "DIGITS_LOST", "FREE_TEXT"]

_AROUND = re.compile(r"[\s*+/.\-\u00a0]+")
_EXPONENT = re.compile(r"\d[.,]\d+E\+?\d+", re.IGNORECASE | re.ASCII)
_FLOAT_TAIL = re.compile(r"(\d{8,12})[.,]0+", re.ASCII)
_LENGTH, _SHORTEST = 12, 8


@dataclass(frozen=True, slots=True)
class Reading:
    """What a cell holds: the 12 digits where the check fits, else none."""

    verdict: Verdict
    digits: str = ""


def read(text: str) -> Reading:
    """Read one cell. A spreadsheet's lost zeros are put back (REPAIRED) where the check then fits."""
    bare = text.strip()
    if not bare:
        return Reading("EMPTY")
    if _EXPONENT.fullmatch(bare):
        return Reading("DIGITS_LOST")
    tail = _FLOAT_TAIL.fullmatch(bare)
    digits = tail.group(1) if tail else _AROUND.sub("", bare)
    if not (digits.isascii() and digits.isdigit()):
        return Reading("FREE_TEXT")
    if not _SHORTEST <= len(digits) <= _LENGTH:
        return Reading("WRONG_LENGTH")
    full = digits.zfill(_LENGTH)
    if not int(full) or check_digits(full[:10]) != full[10:]:
        return Reading("WRONG_CHECK" if len(digits) == _LENGTH else "WRONG_LENGTH")
    return Reading("REPAIRED" if tail or len(digits) < _LENGTH else "VALID", full)


def check_digits(first_ten: str) -> str:
    """The two check digits for the first ten digits."""
    return f"{int(first_ten) % 97 or 97:02d}"


def compose(first_ten: str) -> str:
    """The twelve digits for the first ten."""
    return first_ten + check_digits(first_ten)


def pretty(digits: str) -> str:
    """The usual way to write twelve digits: `+++010/8068/17183+++`."""
    return f"+++{digits[:3]}/{digits[3:7]}/{digits[7:]}+++"
