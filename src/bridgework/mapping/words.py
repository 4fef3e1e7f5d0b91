"""Words compared as people mean them: headers and names by letters and digits, words of pick-lists by signs, too."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Literal

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
LIGATURES = str.maketrans(_PLAIN | _CAPITALS)


def unligated(text: str) -> str:
    """The text with two letters for a ligature, and a plain one for a barred: `Cœur` → `Coeur`, `Đặng` → `Dặng`."""
    return text.translate(LIGATURES)


def unaccented(text: str, form: Literal["NFD", "NFKD"] = "NFD") -> str:
    """The text without accents; by NFKD also with plain letters for what Unicode calls compatible with them (`№`)."""
    return "".join(sign for sign in unicodedata.normalize(form, text) if not unicodedata.combining(sign))


@lru_cache(maxsize=4096)
def squash(text: str) -> str:
    """Letters and digits only, lower case, no accents: `N° d'affiliation` → `ndaffiliation`; `E-mail` → `email`."""
    plain = unligated(unicodedata.normalize("NFD", text.casefold()))
    return "".join(char for char in plain if char.isalnum())


def squash_header(text: str) -> str:
    """A header without its trailing unit: `Duur (min)` → `duur`. A header that is only a bracket keeps it."""
    return squash(_UNIT.sub("", text)) or squash(text)


# --- words of pick-lists ---------------------------------------------------------------------------------------------

# Programs for texts put these in by themselves: hyphens and dashes, apostrophes, quotes.
PLAIN_SIGNS = str.maketrans(
    dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-")
    | dict.fromkeys("\u2018\u2019\u00b4", "'")
    | dict.fromkeys("\u201c\u201d\u201e", '"')
)
_ACCENTS = re.compile("(?<=[^\\W\\d_])[\u0300-\u036f]+")  # of letters: on a sign such a mark makes another sign
_SPACES = re.compile(r"\s+|(?<=[^\W_])_+(?=[^\W_])")
_FINAL_POINT = re.compile(r"(?<=[^ .]) ?\.$")
_QUOTED = re.compile(r"""(["'])\s?(.+?)\s?\1""")
_JOINT = re.compile(r" ?[-'.] ?| ")
_ROMAN_BEFORE = re.compile(r"(?<![^\W_])[ivx]+$")
_ROMAN_AFTER = re.compile(r"[ivx]+(?![^\W_])")


@lru_cache(maxsize=4096)
def word_key(text: str) -> str:
    """What a word of a pick-list is compared by: `E-mail`, `email` → `email`; `A +` → `a+`; `1.0`, `10` stay apart.

    Case, accents and spaces do not count, nor a final point, quotes around the whole, and a hyphen, point or apostrophe
    between two letters. Every other sign does, and so does whatever parts two numbers: `1 0`, `10`; `I-II`, `III`.
    Empty only where there is nothing but spaces.
    """
    plain = unicodedata.normalize("NFD", text.casefold()).translate(LIGATURES).translate(PLAIN_SIGNS)
    visible = "".join(sign for sign in _ACCENTS.sub("", plain) if unicodedata.category(sign) != "Cf")
    tidy = _FINAL_POINT.sub("", _SPACES.sub(" ", visible).strip())
    if quoted := _QUOTED.fullmatch(tidy):
        tidy = _FINAL_POINT.sub("", quoted[2])
    return _JOINT.sub(_joint, tidy)


def _joint(found: re.Match[str]) -> str:
    """What is left between two parts of a word: a sign unless it stands between letters, a space between numbers."""
    text, begin, end = found.string, found.start(), found.end()
    before, after, sign = text[:begin][-1:], text[end : end + 1], found[0].strip()
    romans = _ROMAN_BEFORE.search(text, 0, begin) and _ROMAN_AFTER.match(text, end)
    if sign:
        return "" if before.isalpha() and after.isalpha() and not romans else sign
    return " " if romans or (before.isdigit() and after.isdigit()) else ""


def meanings(options: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """From a word's key to the option that a pick-list gives it; an option is a word for itself, unless one says else.

    `options` has the words of each option.
    """
    own = {word_key(option): option for option in options}
    return own | {word_key(word): option for option, words in options.items() for word in words}


# --- headers ---------------------------------------------------------------------------------------------------------

_UNNAMED = re.compile(r"Column \d+")


def given(header: str) -> str:
    """The header that people gave a column; empty where the reader of the file only counted it."""
    return "" if _UNNAMED.fullmatch(header) else header
