"""What is remembered of every patient while the rest of the practice is read: numbers and hashes, no text."""

from __future__ import annotations

import unicodedata
from array import array
from functools import lru_cache

from bridgework.quality.keys import Keys
from bridgework.quality.texts import unmangled

_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o"})
_TREATED = 2


@lru_cache(maxsize=8192)
def plain(text: str) -> str:
    """A name as it is compared: no case, no accents, no misread letters, words parted by one space."""
    meant = text if text.isascii() else unmangled(text) or text
    letters = unicodedata.normalize("NFKD", meant.casefold().translate(_LIGATURES))
    words = "".join(one if one.isalnum() else "" if unicodedata.combining(one) else " " for one in letters)
    return " ".join(words.split())


def whole_name(last: str, first: str) -> str:
    """Both names in one order, so that `Peeters An` and `An Peeters` are the same; empty where one is missing."""
    words = sorted(f"{plain(last)} {plain(first)}".split())
    return " ".join(words) if len(words) > 1 else ""


def mark(text: str) -> int:
    """A text as 64 bits; 0 for none."""
    return hash(text) if text else 0


class People:
    """Arrays beside the patients' keys: about a hundred bytes for each patient."""

    def __init__(self, keys: Keys) -> None:
        """Make room for every patient."""
        self.keys = keys
        self.row_no: array[int] = keys.zeros("I")
        self.born: array[int] = keys.zeros("i")
        self.died: array[int] = keys.zeros("i")
        self.name: array[int] = keys.zeros()
        self.last: array[int] = keys.zeros()
        self.first: array[int] = keys.zeros()
        self.insz: array[int] = keys.zeros()
        self.phone: array[int] = keys.zeros()
        self.address: array[int] = keys.zeros()
        self.bare: array[int] = keys.zeros("b")
        self.activity: array[int] = keys.zeros("I")

    def came(self, key: str, *, treated: bool = False) -> int:
        """Count an appointment or a treatment of a patient; gives the patient's place, or -1."""
        at = self.keys.find(key) if key else -1
        if at >= 0:
            self.activity[at] += _TREATED if treated else 1
        return at

    def hardly_came(self, at: int) -> bool:
        """Whether a patient had no treatment, and one appointment at most."""
        return self.activity[at] < _TREATED
