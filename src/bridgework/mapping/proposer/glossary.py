"""What the words mean that headers are made of, in four languages: by `glossary.yaml`.

A header is taken apart into tokens (`PAT_GEBDAT`, `dtmGeboorte`, `Geb.datum`), and each token into the meanings that
the glossary knows (`gebdat` = birth + day), whatever its abbreviation, compound, inflection or slip of the pen.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from rapidfuzz import fuzz, process

from bridgework import yaml_text
from bridgework.mapping.words import squash, unaccented

CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_PIECES = re.compile(r"[^\W\d_]+|\d+")
_HUNGARIAN = re.compile(r"^(?:str|txt|dtm|dat|dte|int|lng|num|cur|dbl|bln|bool|chk|cmb|fld|mem|vch|sz|[a-z])(?=[A-Z])")
_STOP = frozenset(
    [
        "a",
        "an",
        "au",
        "aux",
        "d",
        "da",
        "de",
        "den",
        "der",
        "des",
        "die",
        "das",
        "du",
        "een",
        "en",
        "et",
        "het",
        "im",
        "in",
        "l",
        "la",
        "le",
        "les",
        "of",
        "op",
        "or",
        "s",
        "t",
        "te",
        "the",
        "un",
        "une",
        "und",
        "van",
        "von",
        "voor",
        "vd",
        "tbl",
        "fld",
    ]
) - {"voor"}
# What Dutch, French and German write in several ways and say in one; the order counts.
_SPELLINGS = tuple(
    (re.compile(pattern), one)
    for pattern, one in (
        ("ph|v", "f"),
        ("sch", "s"),
        ("ch", "g"),
        ("ck|qu|c", "k"),
        ("th|dt|d$", "t"),
        ("eau|au|ou", "o"),
        ("ij|ei|ey|ie|y", "i"),
        ("ae", "a"),
        ("z", "s"),
        (r"(.)\1+", r"\1"),
    )
)
_DENIALS = frozenset(
    [
        *("niet", "geen", "zonder", "nooit", "uit", "inactief", "inactieve", "verborgen", "geweigerd", "weigert"),
        *("weigering", "geblokkeerd", "uitgeschreven", "pas", "non", "sans", "jamais", "inactif", "inactive", "refus"),
        *("refuse", "refusee", "bloque", "cache", "masque", "desinscrit", "not", "without", "never", "off", "hidden"),
        *("declined", "refused", "blocked", "disabled", "unsubscribed", "optout", "nicht", "kein", "keine", "keinen"),
        *("ohne", "nie", "aus", "inaktiv", "abgelehnt", "gesperrt", "abgemeldet", "stop"),
    ]
)
"""Words that turn what a header says into its opposite; `no` only before another word, for else it is a number."""
_LINKS = ("", "s", "en", "n", "e", "es")
_SHORTEST_PART, _MOST_PARTS = 2, 4

_SOUNDS_SAME = 0.95
_VOWELS = re.compile("[aeiouy]+")
_SHORTEST_BONES, _BONES = 3, 0.9
SIMILAR = 84  # of 100: below this two words of this length are different words
LONG_ENOUGH = 5  # letters, for a typo to be told from another word
_GUESSED, _INFLECTED = 0.5, 0.85
_ONE_OF_SEVERAL, ITSELF = 0.93, "="


Bag = Mapping[str, float]
"""Meaning → how sure it is that a token has it, from 0 to 1."""


class _Glossary:
    """The forms of the glossary with their meanings, and the beginnings of forms."""

    def __init__(self, content: Mapping[str, Sequence[Any]]) -> None:
        self.meanings: dict[str, set[str]] = {}
        for meaning, forms in content.items():
            for form in forms:
                self.meanings.setdefault(squash(str(form)), set()).add(meaning)
        self.begun: dict[str, list[str]] = {}
        self.sounds: dict[str, str] = {}
        self._skeletons: dict[str, set[str]] = {}
        for form in self.meanings:
            for end in range(_SHORTEST_BONES, len(bones := skeleton(form)) + 1):
                self._skeletons.setdefault(bones[:end], set()).add(form)
            self.sounds.setdefault(sound(form), form)
            for end in range(_SHORTEST_PART + 1, len(form)):
                self.begun.setdefault(form[:end], []).append(form)

    def is_part(self, text: str) -> bool:
        """Whether it is a form, or the beginning of one: `cre` of `creatie`."""
        return text in self.meanings or text in self.begun

    def of_skeleton(self, bones: str) -> set[str]:
        """The forms that are so without their vowels, or begin so."""
        return self._skeletons.get(bones, set())


@cache
def _glossary() -> _Glossary:
    text = files("bridgework.mapping.proposer").joinpath("glossary.yaml").read_text(encoding="utf-8")
    return _Glossary(yaml_text.read(text, "glossary.yaml")[0])


def skeleton(text: str) -> str:
    """Squashed text without the vowels behind its first letter, as people abbreviate: `betaald` → `btld`."""
    return text[:1] + _VOWELS.sub("", text[1:])


def sound(text: str) -> str:
    """Squashed text as it sounds, roughly, so that spellings of one sound are one: `medikatie`, `medicatie`."""
    for spelling, one in _SPELLINGS:
        text = spelling.sub(one, text)
    return text


def _tokens(text: str) -> list[str]:
    """A header's tokens in small letters without accents."""
    known = _glossary().meanings
    parts = (
        [one] if squash(one) in known else CAMEL.sub(" ", one).split()
        for one in _PIECES.findall(_HUNGARIAN.sub("", unaccented(text)))
    )
    return [squash(part) for some in parts for part in some]


def pieces(text: str) -> list[str]:
    """The tokens of a header that say something; stop words only where there is nothing else."""
    found = _tokens(text)
    return [one for one in found if one not in _STOP] or found


@lru_cache(maxsize=1 << 14)
def _misspelt(token: str) -> tuple[str, float] | None:
    """The form that a token is with a slip of the pen or the ear, and how sure that is: `medikatie`, `alergie`."""
    if len(token) < LONG_ENOUGH or token.isdigit():
        return None
    glossary = _glossary()
    if (same := glossary.sounds.get(sound(token))) is not None:
        return same, _SOUNDS_SAME
    near = process.extractOne(token, glossary.meanings.keys(), scorer=fuzz.ratio, score_cutoff=SIMILAR + 4)
    return (near[0], near[1] / 100) if near is not None else None


@lru_cache(maxsize=1 << 15)
def meanings(token: str, *, typos: bool = True) -> Bag:
    """What a token can mean, with how sure each is; itself where the glossary has nothing like it."""
    known = _glossary().meanings
    if token in known:
        several = len(known[token]) > 1
        itself = {ITSELF + token: 1.0} if several else {}
        return dict.fromkeys(known[token], _ONE_OF_SEVERAL if several else 1.0) | itself
    if token.isdigit():
        return {token: 1.0}
    if typos and (misspelt := _misspelt(token)) is not None:
        return dict.fromkeys(known[misspelt[0]], misspelt[1])
    return _begun(token) or _inflected(token) or (_shortened(token) if typos else {}) or {token: 1.0}


def _begun(token: str) -> Bag:
    """The meanings of the forms that begin so: the more of a form is there, the surer."""
    found: dict[str, float] = {}
    for form in _glossary().begun.get(token, ()):
        sure = _GUESSED + 0.95 * (1 - _GUESSED) * len(token) / len(form)
        for one in _glossary().meanings[form]:
            found[one] = max(found.get(one, 0.0), sure)
    return found


def _shortened(token: str) -> Bag:
    """The meanings of the forms that it is without vowels, whole or their beginning: `bzk`, `cff`."""
    if len(token) < _SHORTEST_BONES or _VOWELS.search(token[1:]):
        return {}
    glossary = _glossary()
    found: dict[str, float] = {}
    for form in glossary.of_skeleton(token):
        sure = _BONES * (_GUESSED + (1 - _GUESSED) * len(token) / len(skeleton(form)))
        for one in glossary.meanings[form]:
            found[one] = max(found.get(one, 0.0), sure)
    return found


def _inflected(token: str) -> Bag:
    """The meanings of the form that the token is with a few letters more: `verstrekkers`."""
    known = _glossary().meanings
    stem = next((token[:-cut] for cut in (1, 2, 3) if token[:-cut] in known and len(token) - cut > 3), None)
    return dict.fromkeys(known[stem], _INFLECTED) if stem else {}


@lru_cache(maxsize=1 << 14)
def parts_of(token: str, *, guess: bool = True) -> tuple[str, ...]:
    """A compound taken apart into forms of the glossary: `aansluitingsnummer` → `aansluitings`, `nummer`.

    `guess`: whether the beginning of a form may stand for it.
    """
    glossary = _glossary()
    if token in glossary.meanings or len(token) < LONG_ENOUGH or token.isdigit():
        return (token,)
    is_part = glossary.is_part if guess else glossary.meanings.__contains__
    best: dict[int, tuple[str, ...]] = {0: ()}
    for end in range(_SHORTEST_PART, len(token) + 1):
        ways = [
            (*best[start], token[start + skip : end])
            for start in list(best)
            if len(best[start]) < _MOST_PARTS
            for skip in ({0} if start == 0 else {len(one) for one in _LINKS if token.startswith(one, start)})
            if end - start - skip >= _SHORTEST_PART and is_part(token[start + skip : end])
        ]
        if ways:
            best[end] = min(ways, key=_cost)
    found = best.get(len(token), ())
    if not found or max(map(len, found)) <= _SHORTEST_PART:
        return (token,)
    guessed = not all(part in glossary.meanings for part in found)
    return (token,) if guessed and _misspelt(token) else found


def _cost(way: tuple[str, ...]) -> tuple[float, int]:
    """Few parts are better than many, whole forms than beginnings, long ones than short ones."""
    known = _glossary().meanings
    return sum(1 if one in known else 1.6 for one in way), -min(map(len, way))


@lru_cache(maxsize=1 << 14)
def bags_of(text: str, *, typos: bool = True) -> tuple[Bag, ...]:
    """One bag of meanings a token; words of the vocabulary have no typos."""
    return tuple(meanings(part, typos=typos) for token in pieces(text) for part in parts_of(token, guess=typos))


def denies(text: str) -> bool:
    """Whether a header or word says that something is not so: `Inactief`, `Geen sms`, `No SMS`, `SMS opt-out`."""
    said = _tokens(text)
    return bool(_DENIALS.intersection(said) or (said[:1] == ["no"] and len(said) > 1) or said[-2:] == ["opt", "out"])
