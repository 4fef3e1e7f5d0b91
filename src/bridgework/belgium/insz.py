"""INSZ (NISS) and BIS numbers: what a cell holds, whether its check digits fit, and what it tells of its bearer.

The structure is `YYMMDDSSSCC`: birth date, sequence (odd for men, even for women), and 97 minus the rest of the nine
digits divided by 97, where persons born from 2000 on are counted with a 2 before the nine digits. A BIS number adds 20
(sex unknown) or 40 to the month. Month and day may be 00, where they were not known or the sequence ran out. Source:
python-stdnum `stdnum.be.nn` and `stdnum.be.bis`, to which the tests hold this module; it is ten times as fast, and
its answer does not change with the day on which it is asked (stdnum takes no birth year in the future).
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import Literal

Sex = Literal["M", "F"]
Kind = Literal["INSZ", "BIS"]
Verdict = Literal["EMPTY", "VALID", "REPAIRED", "WRONG_CHECK", "WRONG_LENGTH", "NOT_A_NUMBER", "DIGITS_LOST"]
Repair = Literal["FLOAT_TAIL", "LEADING_ZERO", "EXPONENT"]

_SEPARATORS = re.compile(r"[\s.\-/_\u00a0]+")
_EXPONENT = re.compile(r"(\d)[.,](\d+)E\+?(\d{1,2})", re.IGNORECASE | re.ASCII)
_FLOAT_TAIL = re.compile(r"(\d{9,11})[.,]0+", re.ASCII)
_LENGTH = 11
_UNKNOWN_DATES = frozenset({"000001", "002001", "004001"})
"""Dates (with the months of BIS numbers) that stand for a birth of which not even the year was known."""


@dataclass(frozen=True, slots=True)
class Insz:
    """A number whose check digits fit. `birth_date` is None when the number does not tell it in full."""

    digits: str
    kind: Kind
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
    repairs: list[Repair] = []
    if exponent := _EXPONENT.fullmatch(bare):
        first, rest, power = exponent.groups()
        if len(rest) != int(power):
            return Reading("DIGITS_LOST")
        bare = first + rest
        repairs.append("EXPONENT")
    elif tail := _FLOAT_TAIL.fullmatch(bare):
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
    century = _century(digits)
    if century is None:
        return None
    offset, month = divmod(int(digits[2:4]), 20)
    if offset > 2 or month > 12:
        return None
    born = _birth_date(century, digits, month)
    sex: Sex | None = None if offset == 1 else "M" if int(digits[8]) % 2 else "F"
    return Insz(digits, "BIS" if offset else "INSZ", born, sex)


def _century(digits: str) -> int | None:
    """The century that makes the check digits fit; never both do."""
    if not (len(digits) == _LENGTH and digits.isascii() and digits.isdigit()) or not int(digits):
        return None
    nine, check = int(digits[:9]), int(digits[9:])
    if 97 - nine % 97 == check:
        return 1900
    return 2000 if 97 - (2_000_000_000 + nine) % 97 == check else None


def _birth_date(century: int, digits: str, month: int) -> date | None:
    year, day = century + int(digits[:2]), int(digits[4:6])
    if digits[:6] in _UNKNOWN_DATES or not month or not 0 < day <= monthrange(year, month)[1]:
        return None
    return date(year, month, day)


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
