"""Numbers of Belgian identity cards: `591-1917064-58`, ten digits and their rest by 97. Not the number of a person.

Source: python-stdnum `stdnum.be.eid`, to which the tests hold this module.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Verdict = Literal["EMPTY", "VALID", "WRONG_CHECK", "WRONG_LENGTH", "NOT_A_NUMBER"]

_SEPARATORS = re.compile(r"[\s.\-/_\u00a0]+")
_LENGTH = 12


@dataclass(frozen=True, slots=True)
class Reading:
    """What a cell holds: the twelve digits where the check fits, else none."""

    verdict: Verdict
    digits: str = ""


def read(text: str) -> Reading:
    """Read one cell, with or without separators."""
    digits = _SEPARATORS.sub("", text)
    if not digits:
        return Reading("NOT_A_NUMBER" if text.strip() else "EMPTY")
    if not (digits.isascii() and digits.isdigit()):
        return Reading("NOT_A_NUMBER")
    if len(digits) != _LENGTH:
        return Reading("WRONG_LENGTH")
    fits = int(digits) and check_digits(digits[:10]) == digits[10:]
    return Reading("VALID", digits) if fits else Reading("WRONG_CHECK")


def check_digits(first_ten: str) -> str:
    """The two check digits for the first ten digits."""
    return f"{int(first_ten) % 97 or 97:02d}"


def compose(first_ten: str) -> str:
    """The twelve digits for the first ten."""
    return first_ten + check_digits(first_ten)


def pretty(digits: str) -> str:
    """The usual way to write twelve digits: `591-1917064-58`."""
    return f"{digits[:3]}-{digits[3:10]}-{digits[10:]}"
