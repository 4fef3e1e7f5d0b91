"""RIZIV nomenclature codes: six digits, of which the last is the first five modulo 7.

A code for a patient in hospital has the stem (the first five digits) of the ambulatory code plus one; in article 5
(dental care) ambulatory stems are odd. 30xxxx are the acts of adults and 37xxxx the same acts of children. Computed on
the royal decree of 28 March 2024 and on NomenSoft pages: 177 codes, no exception.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Verdict = Literal["EMPTY", "VALID", "WRONG_CHECK", "SEVERAL", "NOT_A_CODE"]
Series = Literal["ADULT", "CHILD", "OTHER"]

_CODE = re.compile(r"\d{6}", re.ASCII)
_SPREADSHEET_TAIL = re.compile(r"[.,]0+$")
_BETWEEN = r"(?:\s*[-+/,;&]\s*|\s+(?:(?:en|et)\s+)?)"
_SEVERAL = re.compile(rf"\d{{3}}[. ]?\d{{3}}(?:{_BETWEEN}\d{{3}}[. ]?\d{{3}})+", re.ASCII)
_PADDED = re.compile(r"0+(\d{6})", re.ASCII)
_MODULUS = 7


@dataclass(frozen=True, slots=True)
class Reading:
    """What a cell holds: the six digits when there is one code (its check may be wrong), all of them when several."""

    verdict: Verdict
    code: str = ""
    codes: tuple[str, ...] = ()


def read(text: str) -> Reading:
    """Read one cell; zeros in front of six digits do not count.

    Private codes and free text are NOT_A_CODE, which is normal: many acts have no RIZIV code.
    """
    bare = _SPREADSHEET_TAIL.sub("", text.strip())
    if not bare:
        return Reading("EMPTY")
    if _SEVERAL.fullmatch(bare):
        return Reading("SEVERAL", codes=tuple(_CODE.findall(re.sub(r"(\d{3})[. ](?=\d{3})", r"\1", bare))))
    digits = re.sub(r"[\s.\-]", "", bare)
    if padded := _PADDED.fullmatch(digits):
        digits = padded[1]
    if not _CODE.fullmatch(digits):
        return Reading("NOT_A_CODE")
    return Reading("VALID" if is_valid(digits) else "WRONG_CHECK", digits, (digits,))


def check_digit(stem: str) -> str:
    """The sixth digit for the first five."""
    return str(int(stem) % _MODULUS)


def is_valid(code: str) -> bool:
    """Whether six digits end in their check digit. It says nothing of whether the code exists."""
    return bool(_CODE.fullmatch(code)) and check_digit(code[:5]) == code[5]


def compose(stem: str) -> str:
    """The code for a stem of five digits."""
    return stem + check_digit(stem)


def is_hospital_variant(code: str) -> bool:
    """Whether a dental code is the one for a patient in hospital, by its even stem (articles 5 and 6: 30 and 37)."""
    return series(code) != "OTHER" and int(code[4]) % 2 == 0


def ambulatory(code: str) -> str:
    """The ambulatory code of the same act: itself, unless it is the hospital's."""
    return compose(f"{int(code[:5]) - 1:05d}") if is_hospital_variant(code) else code


def hospital(code: str) -> str:
    """The hospital code of the same act: itself, unless it is the ambulatory one of a dental pair."""
    return code if is_hospital_variant(code) or series(code) == "OTHER" else compose(f"{int(code[:5]) + 1:05d}")


def series(code: str) -> Series:
    """Which age series a code belongs to. The age that parts them moved from the 18th to the 19th birthday."""
    return "CHILD" if code.startswith("37") else "ADULT" if code.startswith("30") else "OTHER"
