"""Belgian health insurers: three digits, of which the first tells the union, and the names people write for them.

Mutualities merged often, so that a number says which union but not that the fund still exists: it is kept as it is, and
only the unions and the numbers that a public source confirms are known. Source: the MyCareNet list of insurers
("listOfOa") and the mutualities' own sites.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

Verdict = Literal["EMPTY", "KNOWN", "OTHER_FUND", "BY_NAME", "CONFLICT", "IMPOSSIBLE", "UNKNOWN_NAME"]

_NUMBER = re.compile(r"[1-69]\d{2}", re.ASCII)
_CELL = re.compile(r"(\d{3})(?:[.,]0+)?(?:\s*[-:]\s*(\S.*))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Union:
    """One national union of mutualities: its number and its names."""

    number: str
    short: str
    nl: str
    fr: str


UNIONS = {
    "1": Union(
        "100", "CM", "Landsbond der Christelijke Mutualiteiten", "Alliance nationale des mutualités chrétiennes"
    ),
    "2": Union("200", "Neutraal", "Landsbond van de neutrale ziekenfondsen", "Union nationale des mutualités neutres"),
    "3": Union(
        "300",
        "Solidaris",
        "Nationaal verbond van socialistische mutualiteiten",
        "Union nationale des mutualités socialistes",
    ),
    "4": Union("400", "LM", "Landsbond van liberale mutualiteiten", "Union nationale des mutualités libérales"),
    "5": Union("500", "MLOZ", "Landsbond van de onafhankelijke ziekenfondsen", "Union nationale des mutualités libres"),
    "6": Union(
        "600",
        "HZIV",
        "Hulpkas voor ziekte- en invaliditeitsverzekering",
        "Caisse auxiliaire d'assurance maladie-invalidité",
    ),
    "9": Union(
        "900", "HR Rail", "Kas der geneeskundige verzorging van HR Rail", "Caisse des soins de santé de HR Rail"
    ),
}

_ALIASES = {
    "1": (
        "cm",
        "mc",
        "christelijke mutualiteit",
        "christelijke mutualiteiten",
        "mutualite chretienne",
        "mutualites chretiennes",
    ),
    "2": (
        "vnz",
        "mutualia",
        "symbio",
        "neutraal ziekenfonds",
        "neutrale ziekenfondsen",
        "mutualite neutre",
        "mutualites neutres",
    ),
    "3": (
        "solidaris",
        "bond moyson",
        "de voorzorg",
        "socialistische mutualiteit",
        "mutualite socialiste",
        "mutualites socialistes",
    ),
    "4": ("lm", "liberale mutualiteit", "liberale mutualiteiten", "mutualite liberale", "mutualites liberales"),
    "5": (
        "mloz",
        "helan",
        "oz",
        "partena",
        "partenamut",
        "euromut",
        "onafhankelijk ziekenfonds",
        "onafhankelijke ziekenfondsen",
        "mutualite libre",
        "mutualites libres",
        "freie krankenkasse",
    ),
    "6": ("hziv", "caami", "hulpkas", "caisse auxiliaire"),
    "9": ("hr rail", "nmbs", "sncb", "nmbs/sncb"),
}


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(sign for sign in decomposed if not unicodedata.combining(sign)).split())


_BY_ALIAS = {alias: UNIONS[digit] for digit, aliases in _ALIASES.items() for alias in aliases} | {
    _plain(name): union for union in UNIONS.values() for name in (union.nl, union.fr)
}
_LONGEST_ALIAS = max(len(alias.split()) for alias in _BY_ALIAS)


# Numbers of single funds that a public source confirms: Mutualia by its own site, 306 by the list of destinations of
# eFact. Any other number in a union's hundred may be of a fund that was dissolved.
FUNDS = {"228": "Mutualia", "306": "Solidaris"}


@dataclass(frozen=True, slots=True)
class Reading:
    """What a cell holds. `number` is the cell's own, kept whether or not the fund still exists; empty for a name.

    KNOWN: a union or a confirmed fund. OTHER_FUND: in a union's hundred, maybe dissolved. CONFLICT: the name beside the
    number is of another union; `union` is the number's. IMPOSSIBLE: 0xx, 7xx, 8xx.
    """

    verdict: Verdict
    number: str = ""
    union: Union | None = None


@lru_cache(maxsize=4096)
def read(text: str) -> Reading:
    """Read one cell: `131`, `131 - CM Limburg`, `131.0`, `CM Limburg`, `Partenamut`."""
    bare = text.strip()
    if not bare:
        return Reading("EMPTY")
    match = _CELL.fullmatch(bare)
    if match is None:
        named = _union_named(bare)
        return Reading("BY_NAME" if named else "UNKNOWN_NAME", union=named)
    number, name = match[1], match[2] or ""
    union = UNIONS.get(number[0])
    if union is None:
        return Reading("IMPOSSIBLE", number)
    other = _union_named(name)
    if other is not None and other is not union:
        return Reading("CONFLICT", number, union)
    return Reading("KNOWN" if number == union.number or number in FUNDS else "OTHER_FUND", number, union)


def is_number(text: str) -> bool:
    """Whether a text is three digits that can be an insurer's number (0xx, 7xx and 8xx cannot)."""
    return bool(_NUMBER.fullmatch(text))


def number_in(text: str) -> str:
    """The insurer's number in a cell (`131` or `131 - CM Limburg`), or empty."""
    found = read(text)
    return found.number if found.union else ""


def union_of(text: str) -> Union | None:
    """The union that a cell names, by number or by name, or None. Names may carry a region: `CM Limburg`."""
    return read(text).union


def _union_named(text: str) -> Union | None:
    words = _plain(text).split()
    # The longest beginning that is an alias wins, so that "CM Limburg" and "Mutualité chrétienne de Liège" are known.
    beginnings = (" ".join(words[:length]) for length in range(min(len(words), _LONGEST_ALIAS), 0, -1))
    return next((_BY_ALIAS[text] for text in beginnings if text in _BY_ALIAS), None)
