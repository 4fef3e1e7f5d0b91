"""Belgian health insurers: three digits, of which the first tells the union, and the names people write for them.

Mutualities merged often, so that a number says which union but not that the fund still exists. Only the unions are a
closed list. Source: the MyCareNet list of insurers ("listOfOa") and the mutualities' own sites.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_NUMBER = re.compile(r"[1-69]\d{2}")
_LEADING_NUMBER = re.compile(r"([1-69]\d{2})(?:\s*[-:]\s*\S.*)?")


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
_BY_ALIAS = {alias: UNIONS[digit] for digit, aliases in _ALIASES.items() for alias in aliases}


def is_number(text: str) -> bool:
    """Whether a text is three digits that can be an insurer's number (7xx and 8xx cannot)."""
    return bool(_NUMBER.fullmatch(text))


def number_in(text: str) -> str:
    """The insurer's number in a cell (`131` or `131 - CM Limburg`), or empty."""
    found = _LEADING_NUMBER.fullmatch(text.strip())
    return found.group(1) if found else ""


def union_of(text: str) -> Union | None:
    """The union that a cell names, by number or by name, or None. Names may carry a region: `CM Limburg`."""
    if number := number_in(text):
        return UNIONS[number[0]]
    plain = _plain(text)
    words = plain.split()
    # The longest beginning that is an alias wins, so that "CM Limburg" and "Mutualité chrétienne de Liège" are known.
    beginnings = (" ".join(words[:length]) for length in range(len(words), 0, -1))
    return next((_BY_ALIAS[text] for text in beginnings if text in _BY_ALIAS), None)


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(sign for sign in decomposed if not unicodedata.combining(sign)).split())
