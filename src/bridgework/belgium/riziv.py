"""RIZIV (INAMI) numbers of care providers: `P-NNNNN-CC-QQQ`, profession, sequence, check, qualification.

The check is 97 minus the first six digits modulo 97. The first eight digits stay for a whole career and identify the
provider; the last three change with the qualification (001 general dentist, 007 orthodontist), so an open list.
A dental hygienist has a number of their own. Source: the Belgian FHIR profiles (HL7-BE) and RIZIV, "Een RIZIV-nummer
krijgen".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Verdict = Literal["EMPTY", "VALID", "REPAIRED", "SHORT", "WRONG_CHECK", "WRONG_LENGTH", "NOT_A_NUMBER", "DIGITS_LOST"]

_SEPARATORS = re.compile(r"[\s.\-/_\u00a0]+")
_EXPONENT = re.compile(r"\d[.,]\d+E\+?\d+", re.IGNORECASE | re.ASCII)
_FLOAT_TAIL = re.compile(r"(\d{11}|\d{8})[.,]0+", re.ASCII)
_FULL, _SHORT = 11, 8
PROFESSIONS = {
    "1": "physician",
    "3": "dentist",
    "4": "nurse",
    "5": "physiotherapist",
    "7": "hospital",
}
QUALIFICATIONS = {"001": "general dentist", "007": "orthodontist"}


@dataclass(frozen=True, slots=True)
class Riziv:
    """A number whose check fits: `identity` is its first eight digits, `qualification` is empty in the short form."""

    digits: str
    identity: str
    qualification: str

    @property
    def profession(self) -> str:
        """The profession in English, or empty when the first digit is not one that we know."""
        return PROFESSIONS.get(self.digits[0], "")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a cell holds: SHORT is a valid number in the old form of eight digits, REPAIRED one with a float's `.0`."""

    verdict: Verdict
    number: Riziv | None = None


def read(text: str) -> Reading:
    """Read one cell, with or without separators."""
    bare = text.strip()
    if _EXPONENT.fullmatch(bare):
        return Reading("DIGITS_LOST")
    tail = _FLOAT_TAIL.fullmatch(bare)
    digits = tail.group(1) if tail else _SEPARATORS.sub("", bare)
    if not (digits.isascii() and digits.isdigit()):
        return Reading("NOT_A_NUMBER" if bare else "EMPTY")
    if len(digits) not in {_FULL, _SHORT}:
        return Reading("WRONG_LENGTH")
    if digits[6:8] != check_digits(digits[:6]):
        return Reading("WRONG_CHECK")
    number = Riziv(digits, digits[:8], digits[8:])
    if tail:
        return Reading("REPAIRED", number)
    return Reading("VALID" if number.qualification else "SHORT", number)


def check_digits(first_six: str) -> str:
    """The two check digits for the first six digits."""
    return f"{97 - int(first_six) % 97:02d}"


def compose(first_six: str, qualification: str = "") -> str:
    """The full number for six digits and a qualification of three digits (or none, for the short form)."""
    return f"{first_six}{check_digits(first_six)}{qualification}"


def pretty(digits: str) -> str:
    """The usual way to write 11 or 8 digits: `3-00123-92-001`."""
    return "-".join(part for part in (digits[0], digits[1:6], digits[6:8], digits[8:]) if part)
