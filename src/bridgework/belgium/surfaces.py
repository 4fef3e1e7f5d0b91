"""The surfaces of a tooth: one order (`MOD`), letters that mean the same, and letters that a tooth cannot have.

M mesial, D distal, O occlusal, I incisal, V vestibular (B buccal; in the United States F facial), L lingual, P palatal,
C cervical. Traps: `L` is lingual in Dutch and French, but labial in some American software; `P` is of the upper jaw
only, where `L` would mean the same surface; incisors and canines have an edge (I) and no chewing surface (O).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from bridgework.belgium.teeth import canonical_surfaces

Verdict = Literal["EMPTY", "SURFACES", "NOT_SURFACES"]
Doubt = Literal["L_IN_UPPER_JAW", "P_IN_LOWER_JAW", "O_OF_FRONT_TOOTH", "I_OF_BACK_TOOTH"]

_WORDS = {
    "mesi": "M",
    "dist": "D",
    "occl": "O",
    "incis": "I",
    "vesti": "V",
    "bucca": "B",
    "facia": "V",
    "lingu": "L",
    "palat": "P",
    "cervi": "C",
}


@dataclass(frozen=True, slots=True)
class Reading:
    """Surfaces in one order, each once (`B` and `F` as `V`), and doubts where the tooth is known."""

    verdict: Verdict
    surfaces: str = ""
    doubts: tuple[Doubt, ...] = ()

    @property
    def count(self) -> int:
        """How many surfaces, as a filling's code counts them; a cervical one lies on another and counts with it."""
        return len(self.surfaces.replace("C", "")) or len(self.surfaces)


@lru_cache(maxsize=4096)
def read(text: str, tooth: str = "") -> Reading:
    """Read one cell, letters or words (`mesiaal, occlusaal`); `tooth` is FDI, empty where it is not known."""
    if not text.strip():
        return Reading("EMPTY")
    letters = canonical_surfaces(_in_letters(text))
    if not letters:
        return Reading("NOT_SURFACES")
    merged = canonical_surfaces(letters.replace("B", "V")) or ""
    return Reading("SURFACES", merged, _doubts(merged, tooth))


def _in_letters(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(sign for sign in decomposed if not unicodedata.combining(sign))
    words = [_letter(word) for word in re.split(r"[\s,;/+.-]+", plain) if word]
    return "".join(words)


def _letter(word: str) -> str:
    """The letter of a word (`occlusaal`); letters stay as they are, but for the American F."""
    found = next((letter for beginning, letter in _WORDS.items() if word.startswith(beginning)), None)
    return found or (word.replace("f", "v") if set(word) <= set("modivblpcf") else word)


def _doubts(letters: str, tooth: str) -> tuple[Doubt, ...]:
    if len(tooth) != 2 or not tooth.isdigit():
        return ()
    upper, front = tooth[0] in "1256", tooth[1] in "123"
    found: list[tuple[bool, Doubt]] = [
        ("L" in letters and upper, "L_IN_UPPER_JAW"),
        ("P" in letters and not upper, "P_IN_LOWER_JAW"),
        ("O" in letters and front, "O_OF_FRONT_TOOTH"),
        ("I" in letters and not front, "I_OF_BACK_TOOTH"),
    ]
    return tuple(doubt for holds, doubt in found if holds)
