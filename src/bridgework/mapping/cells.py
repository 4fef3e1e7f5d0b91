"""One cell becomes a number, an amount or yes or no; a cell that is none gives None, and the caller keeps its text."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from decimal import Decimal
from functools import lru_cache

from bridgework.mapping import numerals
from bridgework.mapping.numerals import Sign
from bridgework.mapping.words import squash

MICROS = 1_000_000
# Twenty's server counts in JavaScript numbers: beyond this an amount of micros loses its last digits.
_LARGEST = 2**53 - 1

_CLOCK = re.compile(r"(\d{1,2})[:uh](\d{2})", re.ASCII)
_BARE_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?", re.ASCII)
_NUMBER = re.compile(r"([+-]?\d(?:[\d.,'\s\u00a0\u202f]*\d)?-?)[\s\u00a0]*([^\d\s.,].*)?", re.ASCII)

YES = ("j", "ja", "o", "oui", "y", "yes", "1", "-1", "x", "true", "waar", "vrai", "w", "v")
NO = ("n", "nee", "neen", "nein", "non", "no", "0", "false", "onwaar", "faux", "f")


def amount(text: str, decimal: Sign | None = None) -> Decimal | None:
    """An amount of money, by the one reader of numbers; `decimal` is the sign of the decimals in its column."""
    found = numerals.read(text, decimal)
    return None if found is None else found.value


def amount_forms(text: str, decimal: Sign | None = None) -> tuple[str, ...]:
    """The codes of what an amount is written with beyond digits, a minus before them and a decimal comma."""
    found = numerals.read(text, decimal)
    if found is None:
        return ()
    said = {
        "AMOUNT-CURRENCY": found.currency,
        "AMOUNT-MINUS": found.minus_behind,
        "AMOUNT-THOUSANDS": found.thousands,
        "AMOUNT-POINT": found.by_point,
    }
    return tuple(code for code, is_so in said.items() if is_so)


@lru_cache(maxsize=4096)
def is_assumed(text: str, decimal: Sign | None = None) -> bool:
    """Whether a number, with a unit perhaps, could be a thousand times as much or as little."""
    match = _NUMBER.fullmatch(text)
    found = numerals.read(match[1] if match else text, decimal)
    return found is not None and found.assumed


@lru_cache(maxsize=4096)
def micros(text: str, decimal: Sign | None = None) -> int | None:
    """An amount in millionths, as Twenty keeps money; None where it is none, or too fine or too large to keep."""
    value = amount(text, decimal)
    if value is None:
        return None
    scaled = value * MICROS
    return int(scaled) if scaled == scaled.to_integral_value() and abs(scaled) <= _LARGEST else None


def number_reader(
    units: Iterable[str], *, clock: bool, decimal: Sign | None = None
) -> Callable[[str], int | float | None]:
    """Reads numbers that may be followed by one of the units; with `clock`, `1:30` and `1u30` are 90 minutes."""
    known = frozenset(squash(unit) for unit in units)

    @lru_cache(maxsize=4096)
    def read(text: str) -> int | float | None:
        if clock and (time := _CLOCK.fullmatch(text)):
            return int(time[1]) * 60 + int(time[2])
        match = _NUMBER.fullmatch(text)
        if match is None or (match[2] and squash(match[2]) not in known):
            return None
        found = numerals.read(match[1], decimal)
        if found is None or abs(found.value) > _LARGEST:
            return None
        if found.value == found.value.to_integral_value():
            return int(found.value)
        short = float(found.value)
        return short if Decimal(repr(short)) == found.value else None

    return read


def number_forms(text: str, decimal: Sign | None = None) -> tuple[str, ...]:
    """The codes of what a number is written with beyond its digits."""
    match = _NUMBER.fullmatch(text)
    found = numerals.read(match[1], decimal) if match else None
    thousands = ("AMOUNT-THOUSANDS",) if found is not None and found.thousands else ()
    behind = ("AMOUNT-MINUS",) if found is not None and found.minus_behind else ()
    unit = (
        found is None or (match is not None and match[2]) or not (thousands or behind or _BARE_NUMBER.fullmatch(text))
    )
    return (*thousands, *behind, *(("UNIT-REMOVED",) if unit else ()))


def boolean_reader(yes: Collection[str], no: Collection[str]) -> Callable[[str], bool | None]:
    """Reads yes and no in the words that the map lists; the minus of Access's `-1` counts."""
    words = {word.casefold(): False for word in no} | {word.casefold(): True for word in yes}

    def read(text: str) -> bool | None:
        return words.get(text.casefold())

    return read
