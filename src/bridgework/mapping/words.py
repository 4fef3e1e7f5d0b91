"""Words compared as people mean them: without accents, capitals, punctuation, spaces and units in brackets."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

ENOUGH_PEOPLE = 3
"""A word that fewer people have could be about one of them: no map, report, terminal or option of Twenty shows it."""

_UNIT = re.compile(r"\s*\([^()]*\)\s*$")
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o"})


@lru_cache(maxsize=4096)
def squash(text: str) -> str:
    """Letters and digits only, lower case, no accents: `N° d'affiliation` → `ndaffiliation`; `E-mail` → `email`."""
    plain = unicodedata.normalize("NFD", text.casefold().translate(_LIGATURES))
    return "".join(char for char in plain if char.isalnum())


def squash_header(text: str) -> str:
    """A header without its trailing unit: `Duur (min)` → `duur`. A header that is only a bracket keeps it."""
    return squash(_UNIT.sub("", text)) or squash(text)


_UNNAMED = re.compile(r"Column \d+")


def given(header: str) -> str:
    """The header that people gave a column; empty where the reader of the file only counted it."""
    return "" if _UNNAMED.fullmatch(header) else header
