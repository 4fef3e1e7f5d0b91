"""Words compared as people mean them: without accents, capitals, punctuation, spaces and units in brackets."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

ENOUGH_PEOPLE = 3
"""A word that fewer people have could be about one of them: no map, report, terminal or option of Twenty shows it."""

_UNIT = re.compile(r"\s*\([^()]*\)\s*$")
# Letters that no decomposition of Unicode parts into a plain letter and a sign.
_PLAIN = {"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th"} | {
    "\u0131": "i",  # without its dot
    "ħ": "h",
    "ŧ": "t",
    "ŋ": "n",
    "ĸ": "k",
    "ĳ": "ij",
}
_CAPITALS = {one.upper(): plain.upper() for one, plain in _PLAIN.items() if len(one.upper()) == 1} | {"ẞ": "SS"}
_LIGATURES = str.maketrans(_PLAIN | _CAPITALS)


def unligated(text: str) -> str:
    """The text with two letters for a ligature, and a plain one for a barred: `Cœur` → `Coeur`, `Đặng` → `Dặng`."""
    return text.translate(_LIGATURES)


@lru_cache(maxsize=4096)
def squash(text: str) -> str:
    """Letters and digits only, lower case, no accents: `N° d'affiliation` → `ndaffiliation`; `E-mail` → `email`."""
    plain = unligated(unicodedata.normalize("NFD", text.casefold()))
    return "".join(char for char in plain if char.isalnum())


def squash_header(text: str) -> str:
    """A header without its trailing unit: `Duur (min)` → `duur`. A header that is only a bracket keeps it."""
    return squash(_UNIT.sub("", text)) or squash(text)


_UNNAMED = re.compile(r"Column \d+")


def given(header: str) -> str:
    """The header that people gave a column; empty where the reader of the file only counted it."""
    return "" if _UNNAMED.fullmatch(header) else header
