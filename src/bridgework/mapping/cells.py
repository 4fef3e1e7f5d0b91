"""One cell becomes a number, an amount or yes or no; a cell that is none gives None, and the caller keeps its text."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from decimal import Decimal
from functools import lru_cache

from bridgework.mapping.words import squash

MICROS = 1_000_000
# Twenty's server counts in JavaScript numbers: beyond this an amount of micros loses its last digits.
_LARGEST = 2**53 - 1

_SPACES = re.compile(r"[\s\u00a0\u202f']+")
# The second one is a euro sign that was written as UTF-8 and read as cp1252.
_CURRENCY = re.compile("€|\u00e2\u201a\u00ac|" r"\bEURO?S?\b", re.IGNORECASE)
_WHOLE = r"\d+|\d{1,3}(?:\.\d{3})+"
_COMMA = re.compile(rf"(?P<whole>{_WHOLE})(?:,(?P<cents>\d+|-{{1,2}}))?", re.ASCII)
_POINT = re.compile(r"(?P<whole>\d+|\d{1,3}(?:,\d{3})+)\.(?P<cents>\d+)", re.ASCII)
_THOUSANDS = re.compile(r"\d[.,'\s\u00a0\u202f]\d{3}(?!\d)(?:$|[.,'\s\u00a0\u202f])", re.ASCII)
_CLOCK = re.compile(r"(\d{1,2})[:uh](\d{2})", re.ASCII)
_BARE_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?", re.ASCII)
_NUMBER = re.compile(r"([+-]?\d+(?:[.,]\d+)?)\s*([^\d\s].*)?", re.ASCII)

YES = ("j", "ja", "o", "oui", "y", "yes", "1", "-1", "x", "true", "waar", "vrai", "w", "v")
NO = ("n", "nee", "neen", "nein", "non", "no", "0", "false", "onwaar", "faux", "f")


@lru_cache(maxsize=4096)
def amount(text: str) -> Decimal | None:
    """An amount as Belgians write it: `1.234,50`, `€ 22,50`, `22,5-`, `(5,00)`; also `22.50` and `1,234.50`.

    A point with three digits behind it, and no comma, parts thousands: `1.234` is 1234.
    """
    bare = _SPACES.sub("", _CURRENCY.sub("", text)).replace("−", "-")  # noqa: RUF001 - a typographic minus
    negative = False
    if bare.startswith("(") and bare.endswith(")"):
        negative, bare = True, bare[1:-1]
    elif bare[:1] in {"-", "+"}:
        negative, bare = bare[0] == "-", bare[1:]
    elif bare[-1:] in {"-", "+"} and not bare.endswith((",-", ",--")):
        negative, bare = bare[-1] == "-", bare[:-1]
    match = _COMMA.fullmatch(bare) or _POINT.fullmatch(bare)
    if match is None:
        return None
    whole = re.sub(r"[.,]", "", match["whole"])
    value = Decimal(f"{whole}.{(match['cents'] or '').strip('-') or '0'}")
    return -value if negative and value else value


@lru_cache(maxsize=4096)
def amount_forms(text: str) -> tuple[str, ...]:
    """The codes of what an amount is written with beyond digits, a minus before them and a decimal comma."""
    bare = _CURRENCY.sub("", text).strip()
    digits = bare.strip("()+-− ")  # noqa: RUF001 - a typographic minus
    found = {
        "AMOUNT-CURRENCY": bare != text.strip(),
        "AMOUNT-MINUS": bare.startswith("(") or (bare[-1:] in {"-", "−"} and not bare.endswith((",-", ",--"))),  # noqa: RUF001
        "AMOUNT-THOUSANDS": bool(_THOUSANDS.search(digits)),
        "AMOUNT-POINT": bool(_POINT.fullmatch(_SPACES.sub("", digits)))
        and not _COMMA.fullmatch(_SPACES.sub("", digits)),
    }
    return tuple(code for code, is_so in found.items() if is_so)


@lru_cache(maxsize=4096)
def micros(text: str) -> int | None:
    """An amount in millionths, as Twenty keeps money; None where it is none, or too fine or too large to keep."""
    value = amount(text)
    if value is None:
        return None
    scaled = value * MICROS
    return int(scaled) if scaled == scaled.to_integral_value() and abs(scaled) <= _LARGEST else None


def number_reader(units: Iterable[str], *, clock: bool) -> Callable[[str], int | float | None]:
    """Reads numbers that may be followed by one of the units; with `clock`, `1:30` and `1u30` are 90 minutes."""
    known = frozenset(squash(unit) for unit in units)

    @lru_cache(maxsize=4096)
    def read(text: str) -> int | float | None:
        if clock and (time := _CLOCK.fullmatch(text)):
            return int(time[1]) * 60 + int(time[2])
        match = _NUMBER.fullmatch(text)
        if match is None or (match[2] and squash(match[2]) not in known):
            return None
        value = Decimal(match[1].replace(",", "."))
        if abs(value) > _LARGEST:
            return None
        if value == value.to_integral_value():
            return int(value)
        short = float(value)
        return short if Decimal(repr(short)) == value else None

    return read


def number_forms(text: str) -> tuple[str, ...]:
    """The code of what a number is written with beyond its digits."""
    return () if _BARE_NUMBER.fullmatch(text) else ("UNIT-REMOVED",)


def boolean_reader(yes: Collection[str], no: Collection[str]) -> Callable[[str], bool | None]:
    """Reads yes and no in the words that the map lists; the minus of Access's `-1` counts."""
    words = {word.casefold(): False for word in no} | {word.casefold(): True for word in yes}

    def read(text: str) -> bool | None:
        return words.get(text.casefold())

    return read
