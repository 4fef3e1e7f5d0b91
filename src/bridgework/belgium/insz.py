"""INSZ (NISS) and BIS numbers: what a cell holds, whether its check digits fit, and what it tells of its bearer.

The structure is `YYMMDDSSSCC`: birth date, sequence (odd for men, even for women), and 97 minus the rest of the nine
digits divided by 97, where persons born from 2000 on are counted with a 2 before the nine digits. A BIS number adds 20
(sex unknown) or 40 to the month. Source: python-stdnum `stdnum.be.nn` and `stdnum.be.bis`, which do the arithmetic.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

from stdnum.be import bis, nn

Sex = Literal["M", "F"]
Verdict = Literal["EMPTY", "VALID", "REPAIRED", "WRONG_CHECK", "WRONG_LENGTH", "NOT_A_NUMBER", "DIGITS_LOST"]
Repair = Literal["FLOAT_TAIL", "LEADING_ZERO"]

_SEPARATORS = re.compile(r"[\s.\-/_\u00a0]+")
_EXPONENT = re.compile(r"\d[.,]\d+E\+?\d+", re.IGNORECASE)
_FLOAT_TAIL = re.compile(r"(\d{9,11})[.,]0+")
_LENGTH = 11
_UNKNOWN_SEX_MONTHS = range(20, 33)


@dataclass(frozen=True, slots=True)
class Insz:
    """A number whose check digits fit. `birth_date` is None when the number does not tell it in full."""

    digits: str
    kind: Literal["INSZ", "BIS"]
    birth_date: date | None
    sex: Sex | None


@dataclass(frozen=True, slots=True)
class Reading:
    """What a cell holds: the verdict, the number if there is one, and the repairs that it took to see it."""

    verdict: Verdict
    number: Insz | None = None
    repairs: tuple[Repair, ...] = ()


def read(text: str) -> Reading:
    """Read one cell. Repairs (a lost leading zero, a float's `.0`) count only when the check digits then fit."""
    bare = text.strip()
    if not bare:
        return Reading("EMPTY")
    if _EXPONENT.fullmatch(bare):
        return Reading("DIGITS_LOST")
    repairs: list[Repair] = []
    if tail := _FLOAT_TAIL.fullmatch(bare):
        bare = tail.group(1)
        repairs.append("FLOAT_TAIL")
    digits = _SEPARATORS.sub("", bare)
    if not (digits.isascii() and digits.isdigit()):
        return Reading("NOT_A_NUMBER")
    # Spreadsheets drop leading zeros: persons born from 2000 to 2009 lose one, those of 2000 two.
    if _LENGTH - 2 <= len(digits) < _LENGTH:
        digits = digits.zfill(_LENGTH)
        repairs.append("LEADING_ZERO")
    if len(digits) != _LENGTH:
        return Reading("WRONG_LENGTH")
    number = parse(digits)
    if number is None:
        return Reading("WRONG_LENGTH" if "LEADING_ZERO" in repairs else "WRONG_CHECK")
    return Reading("REPAIRED" if repairs else "VALID", number, tuple(repairs))


def parse(digits: str) -> Insz | None:
    """The number that 11 bare digits are, or None when the check digits or the month do not fit."""
    if nn.is_valid(digits):
        return Insz(digits, "INSZ", nn.get_birth_date(digits), _sex(digits))
    if bis.is_valid(digits):
        sex = None if int(digits[2:4]) in _UNKNOWN_SEX_MONTHS else _sex(digits)
        return Insz(digits, "BIS", nn.get_birth_date(digits), sex)
    return None


def conflicts(number: Insz, *, birth_date: date | None = None, sex: Sex | None = None) -> tuple[str, ...]:
    """Which of the other facts about a person the number contradicts: `BIRTH_DATE`, `SEX`, both or none.

    The number is evidence, not truth: a conflict is a finding, and no reason to overwrite either side.
    """
    found = []
    if birth_date and number.birth_date and birth_date != number.birth_date:
        found.append("BIRTH_DATE")
    if sex and number.sex and sex != number.sex:
        found.append("SEX")
    return tuple(found)


def compose(birth_date: date, sequence: int, *, month_offset: Literal[0, 20, 40] = 0) -> str:
    """The 11 digits for a birth date and a sequence of 1 to 998; offsets 20 and 40 make a BIS number."""
    nine = f"{birth_date:%y}{birth_date.month + month_offset:02d}{birth_date.day:02d}{sequence:03d}"
    century = "2" if birth_date.year >= 2000 else ""
    return f"{nine}{97 - int(century + nine) % 97:02d}"


def pretty(digits: str) -> str:
    """The usual way to write 11 digits: `85.07.30-033.28`."""
    return f"{digits[:2]}.{digits[2:4]}.{digits[4:6]}-{digits[6:9]}.{digits[9:]}"


def _sex(digits: str) -> Sex:
    return "M" if int(digits[6:9]) % 2 else "F"
