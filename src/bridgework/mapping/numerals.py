"""Numbers as Belgians write them: `1.234,50`, `€ 22,50`, `22,5-`, `(5,00)`; also `22.50` and `1,234.50`.

One sign with three digits behind it can be read in two ways that differ by a thousand: `1.500`, `22,500`. Which one is
meant is told by the other cells of the column, as the map says it (`decimal`); where nothing tells, it is the Belgian
way (a point parts thousands, a comma the decimals), and that is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Literal

Sign = Literal["comma", "point"]

_SIGNS: dict[str, Sign] = {",": "comma", ".": "point"}
_OTHER: dict[str, Sign] = {".": "comma", ",": "point"}  # by the sign between thousands, that of the decimals
_BELGIAN: Sign = "comma"
_THOUSAND = 3  # digits
_ENOUGH = 10  # cells with three digits behind one sign: a column of a fixed scale, as databases write it
# The second one is a euro sign that was written as UTF-8 and read as cp1252.
_CURRENCY = re.compile("€|\u00e2\u201a\u00ac|" r"(?<![A-Za-z])EURO?S?(?![A-Za-z])", re.IGNORECASE)
_LOOSE = re.compile(r"(?<!\d)[\s']+|[\s']+(?!\d)", re.ASCII)
_BETWEEN = re.compile(r"[\s']", re.ASCII)
_SPACES = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2019": "'", "\u2212": "-"})
_DIGITS = re.compile(r"\d+(?:[., ]\d+)*", re.ASCII)
_PARTED = re.compile(r"[., ]")
_USUAL = re.compile(r"-?\d+(?:,\d\d)?", re.ASCII)  # most amounts of a practice; read without further looks
_NO_CENTS = (",--", ",-")


@dataclass(frozen=True, slots=True)
class Numeral:
    """What a text says: its value, how it is written, and the sign of its decimals where the text itself tells it.

    `assumed`: it could be a thousand times as much, or as little, and nothing told.
    """

    value: Decimal
    thousands: bool = False
    sign: Sign | None = None
    assumed: bool = False
    currency: bool = False
    minus_behind: bool = False
    by_point: bool = False


@lru_cache(maxsize=8192)
def read(text: str, decimal: Sign | None = None) -> Numeral | None:
    """Read a number; `decimal` is the sign of the decimals in its column. None where it is none."""
    if _USUAL.fullmatch(text):
        return Numeral(Decimal(text.replace(",", ".")) + 0, sign="comma" if "," in text else None)
    plain = text.translate(_SPACES)
    bare = _CURRENCY.sub("", plain)
    currency = bare != plain
    bare = _LOOSE.sub("", bare)
    bare, negative, behind = _without_minus(bare)
    whole = next((bare.removesuffix(end) for end in _NO_CENTS if bare.endswith(end)), None)
    found = _parse(_BETWEEN.sub(" ", bare), decimal) if whole is None else _parse(whole, "comma")
    if found is None or (whole is not None and found.value % 1):
        return None
    value = -found.value if negative and found.value else found.value
    sign = "comma" if whole is not None else found.sign
    return Numeral(value, found.thousands, sign, found.assumed, currency, behind, found.by_point)


def told(cells: Iterable[str], *, small: bool) -> Sign | None:
    """The sign of the decimals that the cells of a column tell with one voice.

    `small`: numbers of a thousand and more are rare in it. Then three digits behind one sign, in every cell, are those
    of a fixed scale: `22.500` beside `64.000`.
    """
    found = [one for cell in cells if cell and not cell.isspace() and (one := read(cell)) is not None]
    signs = {one.sign for one in found} - {None}
    if signs:
        return signs.pop() if len(signs) == 1 else None
    written: set[Sign] = {"point" if one.thousands else "comma" for one in found}  # read the Belgian way
    scaled = small and len(found) >= _ENOUGH and len(written) == 1 and all(one.assumed for one in found)
    return written.pop() if scaled else None


def _without_minus(bare: str) -> tuple[str, bool, bool]:
    """The text without its sign, whether that is a minus, and whether it stood behind or as brackets."""
    if bare.startswith("(") and bare.endswith(")"):
        return bare[1:-1], True, True
    if bare[:1] in {"-", "+"}:
        return bare[1:], bare[0] == "-", False
    if bare[-1:] in {"-", "+"} and not bare.endswith(_NO_CENTS):
        return bare[:-1], bare[-1] == "-", bare[-1] == "-"
    return bare, False, False


def _parse(text: str, decimal: Sign | None) -> Numeral | None:
    """Digits with points, commas and spaces between them."""
    if not _DIGITS.fullmatch(text):
        return None
    groups = _PARTED.split(text)
    signs = _PARTED.findall(text)
    if not signs:
        return Numeral(Decimal(text))
    *before, last = signs
    if len(signs) == 1 and last != " ":
        return _one_sign(groups, last, decimal)
    if len(set(signs)) == 1:
        other = _OTHER.get(last)
        return Numeral(Decimal("".join(groups)), thousands=True, sign=other) if _are_thousands(groups) else None
    if last == " " or len(set(before)) > 1 or last in before or not _are_thousands(groups[:-1]):
        return None
    return _decimal(groups, last, thousands=True)


def _one_sign(groups: Sequence[str], sign: str, decimal: Sign | None) -> Numeral:
    """One point or one comma: decimals, unless three digits stand behind it, and one to three before it."""
    if not _are_thousands(groups):
        return _decimal(groups, sign)
    is_decimal = _SIGNS[sign] == (decimal or _BELGIAN)
    value = Decimal(".".join(groups) if is_decimal else "".join(groups))
    by_point = is_decimal and sign == "."
    return Numeral(value, thousands=not is_decimal, assumed=decimal is None, by_point=by_point)


def _decimal(groups: Sequence[str], sign: str, *, thousands: bool = False) -> Numeral:
    value = Decimal(f"{''.join(groups[:-1])}.{groups[-1]}")
    return Numeral(value, thousands, _SIGNS[sign], by_point=sign == ".")


def _are_thousands(groups: Sequence[str]) -> bool:
    first, *others = groups
    return len(first) <= _THOUSAND and first[0] != "0" and all(len(one) == _THOUSAND for one in others)
