"""Enterprise numbers (KBO, BCE) and Belgian VAT numbers, which are the same: ten digits that begin with 0 or 1.

The last two digits are 97 minus the first eight divided by 97. Numbers of nine digits are those from before 2005, or
have lost their zero in a spreadsheet. Source: python-stdnum `stdnum.be.vat`, to which the tests hold this module.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Verdict = Literal["EMPTY", "VALID", "REPAIRED", "FOREIGN", "WRONG_CHECK", "WRONG_LENGTH", "NOT_A_NUMBER"]

_SEPARATORS = re.compile(r"[\s.\-/_\u00a0]+")
_FLOAT_TAIL = re.compile(r"(\d{9,10})[.,]0+", re.ASCII)
_WORDS = re.compile(r"^(?:BTW|TVA|KBO|BCE|RPR|RPM|ON|VAT)?:?(?:BE)?(?:BTW|TVA)?", re.ASCII)
_FOREIGN = re.compile(r"[A-Z]{2}[A-Z0-9]{2,13}", re.ASCII)
_LENGTH = 10


@dataclass(frozen=True, slots=True)
class Reading:
    """What a cell holds: the ten digits where the check fits; REPAIRED where the leading zero had to be put back."""

    verdict: Verdict
    digits: str = ""


def read(text: str) -> Reading:
    """Read one cell: `BE 0411.766.483`, `0411766483`, `411766483`, `(0)411.766.483`."""
    bare = text.strip().upper()
    if not bare:
        return Reading("EMPTY")
    tail = _FLOAT_TAIL.fullmatch(bare)
    compact = tail.group(1) if tail else _SEPARATORS.sub("", bare).replace("(0)", "0", 1)
    digits = _WORDS.sub("", compact)
    if not (digits.isascii() and digits.isdigit()):
        foreign = _FOREIGN.fullmatch(compact) and not compact.startswith("BE") and any(c.isdigit() for c in compact)
        return Reading("FOREIGN" if foreign else "NOT_A_NUMBER")
    full = digits.zfill(_LENGTH) if len(digits) == _LENGTH - 1 else digits
    if len(full) != _LENGTH:
        return Reading("WRONG_LENGTH")
    if full[0] not in "01" or not int(full) or check_digits(full[:8]) != full[8:]:
        return Reading("WRONG_CHECK")
    return Reading("REPAIRED" if tail or len(digits) < _LENGTH else "VALID", full)


def check_digits(first_eight: str) -> str:
    """The two check digits for the first eight digits."""
    return f"{97 - int(first_eight) % 97:02d}"


def compose(first_eight: str) -> str:
    """The ten digits for the first eight."""
    return first_eight + check_digits(first_eight)


def pretty(digits: str) -> str:
    """The usual way to write ten digits: `0411.766.483`."""
    return f"{digits[:4]}.{digits[4:7]}.{digits[7:]}"
