"""Postal codes: whether Belgium has one, whether it can belong to the city beside it, and codes from over the border.

The list is Statbel's (`data/postal_codes.csv`, CC BY 4.0): 1,149 codes and the municipality of each, after the mergers
of 2025. It has no names of villages within a municipality, so that most cities that are not in it are right all the
same: only the name of another municipality tells against a code, and even that is a doubt, for villages share names
with municipalities elsewhere (Halle, Beveren).
"""

from __future__ import annotations

import csv
import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Literal

Verdict = Literal["EMPTY", "VALID", "SPECIAL", "REPAIRED", "UNKNOWN_CODE", "FOREIGN", "NOT_A_CODE"]
Fit = Literal["FITS", "OTHER_CITY", "NOT_KNOWN"]

# Codes without a place; Statbel's list has none of them, and they are more than these two.
SPECIAL = {"0612": "Sinterklaas", "1005": "Parliaments of Brussels"}

_FLOAT_TAIL = re.compile(r"(\d{3,4})[.,]0+", re.ASCII)
_BELGIAN = re.compile(r"(?:B(?:E|EL)?[\s-]*)?(\d{4})(?:[\s,-]+(\D+))?", re.ASCII | re.IGNORECASE)
_FOREIGN: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("NL", re.compile(r"(?:NL[\s-]*)?\d{4}\s?[A-Z]{2}\b(?![\s-]*[A-Z]).*", re.ASCII | re.IGNORECASE)),
    ("LU", re.compile(r"L(?:U|UX)?[\s-]*\d{4}\b.*", re.ASCII | re.IGNORECASE)),
    ("FR", re.compile(r"F(?:R)?[\s-]*\d{5}\b.*", re.ASCII | re.IGNORECASE)),
    ("DE", re.compile(r"D(?:E)?[\s-]*\d{5}\b.*", re.ASCII | re.IGNORECASE)),
    ("", re.compile(r"\d{5}\b.*", re.ASCII)),  # French or German: the code alone does not tell
)
_BRUSSELS = frozenset({"brussel", "bruxelles", "brussels", "brussel stad", "bruxelles ville"})
_GERMAN = {"luttich": "luik"}
_REMARK = re.compile(r"\([^)]*\)|\d+")
_WORDS = {"st": "sint", "ste": "sainte", "saint": "sint", "sankt": "sint"}


@dataclass(frozen=True, slots=True)
class Reading:
    """What a cell holds: a Belgian code and the city behind it in the same cell, or the country of a FOREIGN code.

    `country` is empty where the code alone does not tell (five digits: France or Germany).
    """

    verdict: Verdict
    code: str = ""
    city: str = ""
    country: str = ""


@lru_cache(maxsize=4096)
def read(text: str) -> Reading:
    """Read one cell: `9000`, `B-9000`, `9000 Gent`; a spreadsheet's `9000.0` and a lost zero are REPAIRED."""
    bare = text.strip()
    if not bare:
        return Reading("EMPTY")
    if tail := _FLOAT_TAIL.fullmatch(bare):
        found = _judge(tail.group(1).zfill(4), "")
        return Reading("REPAIRED", found.code) if found.verdict in {"VALID", "SPECIAL"} else found
    if bare.zfill(4) in SPECIAL and len(bare) < 4:
        return Reading("REPAIRED", bare.zfill(4))
    for country, pattern in _FOREIGN:
        if pattern.fullmatch(bare):
            return Reading("FOREIGN", country=country)
    match = _BELGIAN.fullmatch(bare)
    return _judge(match[1], (match[2] or "").strip()) if match else Reading("NOT_A_CODE")


def _judge(code: str, city: str) -> Reading:
    if code in _municipalities():
        return Reading("VALID", code, city)
    return Reading("SPECIAL" if code in SPECIAL else "UNKNOWN_CODE", code, city)


@lru_cache(maxsize=4096)
def fit(code: str, city: str) -> Fit:
    """Whether a city can have a code. NOT_KNOWN: the list has no municipality of that name, or not the code."""
    names, name = _municipalities().get(code), _plain(city)
    if names is None or not name:
        return "NOT_KNOWN"
    if name in names or (name in _BRUSSELS and names & _of_brussels()):
        return "FITS"
    return "OTHER_CITY" if name in _all_names() else "NOT_KNOWN"


def names_of(code: str) -> tuple[tuple[str, str], ...]:
    """The municipalities that a code lies in, each by its Dutch and its French name."""
    return tuple((nl, fr or nl) for nl, fr in _rows().get(code, ()))


@cache
def _rows() -> dict[str, tuple[tuple[str, str], ...]]:
    text = (files("bridgework.belgium") / "data" / "postal_codes.csv").read_text(encoding="utf-8")
    rows: dict[str, tuple[tuple[str, str], ...]] = {}
    for row in csv.DictReader((line for line in text.splitlines() if not line.startswith("#")), delimiter=";"):
        rows[row["code"]] = (*rows.get(row["code"], ()), (row["nl"], row["fr"]))
    return rows


@cache
def _municipalities() -> dict[str, frozenset[str]]:
    return {code: frozenset(_plain(name) for pair in pairs for name in pair if name) for code, pairs in _rows().items()}


@cache
def _all_names() -> frozenset[str]:
    return frozenset(name for names in _municipalities().values() for name in names)


@cache
def _of_brussels() -> frozenset[str]:
    """The municipalities of the region: people write Brussels for all of them. Its codes are 1000 to 1210."""
    return frozenset(name for code, names in _municipalities().items() if "1000" <= code <= "1210" for name in names)


def _plain(city: str) -> str:
    decomposed = unicodedata.normalize("NFKD", _REMARK.sub(" ", city).casefold())
    letters = "".join(c if c.isalnum() else " " for c in decomposed if not unicodedata.combining(c))
    words = [_WORDS.get(word, word) for word in letters.split()]
    name = " ".join(words)
    return _GERMAN.get(name, name)
