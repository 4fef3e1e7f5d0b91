"""How a header is like the words of the vocabulary, whatever its language, abbreviation, case, compound or typo.

A header is taken apart into tokens (`PAT_GEBDAT`, `dtmGeboorte`, `Geb.datum`), and each token into the meanings that
the glossary knows (`gebdat` = birth + day). Words are compared by meanings, rare ones counting more, and by letters.
"""

from __future__ import annotations

import math
import re
import unicodedata
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from rapidfuzz import fuzz, process

from bridgework import yaml_text
from bridgework.mapping.words import squash, squash_header

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_PIECES = re.compile(r"[^\W\d_]+|\d+")
_BEGINNING = re.compile(r"[^\W_]+[\W_]+(?=[^\W_])")
_HUNGARIAN = re.compile(r"^(?:str|txt|dtm|dat|dte|int|lng|num|cur|dbl|bln|bool|chk|cmb|fld|mem|vch|sz|[a-z])(?=[A-Z])")
_EITHER = re.compile(r"\s*[/|]\s*|\s+-\s+|\s*\n\s*")
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
_LINKS = ("", "s", "en", "n", "e", "es")
_SHORTEST_PART, _MOST_PARTS = 2, 4

_EQUAL, _CUT_OFF, _TYPO, _MEANT = 1.0, 0.93, 0.95, 0.96
_SOUNDS_SAME = 0.95
_SIMILAR = 84  # of 100: below this two words of this length are different words
_LONG_ENOUGH = 5  # letters, for a typo to be told from another word
_CUT_LENGTH = 8  # letters that a name cut off by a database still has
_MANY = 25
_A_FEW, _MOST_COLUMNS = 4, 0.6  # headers that begin alike: fewer may do so by chance
_NUMBERS = {"number": 0.93, "id": 0.95, "code": 0.85, "dossier": 0.8}
_TOO_LITTLE = 0.4  # of a header in a word; likeness below it says nothing
_GUESSED, _INFLECTED = 0.5, 0.85
_SLIGHT = 0.8  # the weight of a number or a letter; a rare meaning has 6


@dataclass(frozen=True, slots=True)
class Likeness:
    """How like a header is to a word, from 0 to 1, and how: `same`, `meaning`, `typo` or `cut off`."""

    score: float
    how: str
    word: str


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
        self._sounds: dict[str, str] = {}
        for form in self.meanings:
            self._sounds.setdefault(sound(form), form)
            for end in range(_SHORTEST_PART + 1, len(form)):
                self.begun.setdefault(form[:end], []).append(form)

    def is_part(self, text: str) -> bool:
        """Whether it is a form, or the beginning of one: `cre` of `creatie`."""
        return text in self.meanings or text in self.begun

    @lru_cache(maxsize=1 << 14)  # noqa: B019 - there is one glossary, as long as the process lives
    def misspelt(self, token: str) -> tuple[str, float] | None:
        """The form that a token is with a slip of the pen or the ear, and how sure that is: `medikatie`, `alergie`."""
        if len(token) < _LONG_ENOUGH or token.isdigit():
            return None
        if (same := self._sounds.get(sound(token))) is not None:
            return same, _SOUNDS_SAME
        near = process.extractOne(token, self.meanings.keys(), scorer=fuzz.ratio, score_cutoff=_SIMILAR + 4)
        return (near[0], near[1] / 100) if near is not None else None


@cache
def _glossary() -> _Glossary:
    text = files("bridgework.mapping.proposer").joinpath("glossary.yaml").read_text(encoding="utf-8")
    return _Glossary(yaml_text.read(text, "glossary.yaml")[0])


def sound(text: str) -> str:
    """Squashed text as it sounds, roughly, so that spellings of one sound are one: `medikatie`, `medicatie`."""
    for spelling, one in _SPELLINGS:
        text = spelling.sub(one, text)
    return text


def pieces(text: str) -> list[str]:
    """A header's tokens in small letters without accents; stop words only where there is nothing else."""
    plain = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    spaced = _CAMEL.sub(" ", _HUNGARIAN.sub("", plain))
    found = [squash(one) for one in _PIECES.findall(spaced)]
    return [one for one in found if one not in _STOP] or found


@lru_cache(maxsize=1 << 15)
def meanings(token: str, *, typos: bool = True) -> Bag:
    """What a token can mean, with how sure each is; itself where the glossary has nothing like it."""
    known = _glossary().meanings
    if token in known:
        return dict.fromkeys(known[token], 1.0)
    if token.isdigit():
        return {token: 1.0}
    if typos and (misspelt := _glossary().misspelt(token)) is not None:
        return dict.fromkeys(known[misspelt[0]], misspelt[1])
    return _begun(token) or _inflected(token) or {token: 1.0}


def _begun(token: str) -> Bag:
    """The meanings of the forms that begin so: the more of a form is there, the surer."""
    found: dict[str, float] = {}
    for form in _glossary().begun.get(token, ()):
        sure = _GUESSED + 0.95 * (1 - _GUESSED) * len(token) / len(form)
        for one in _glossary().meanings[form]:
            found[one] = max(found.get(one, 0.0), sure)
    return found


def _inflected(token: str) -> Bag:
    """The meanings of the form that the token is with a few letters more: `verstrekkers`."""
    known = _glossary().meanings
    stem = next((token[:-cut] for cut in (1, 2, 3) if token[:-cut] in known and len(token) - cut > 3), None)
    return dict.fromkeys(known[stem], _INFLECTED) if stem else {}


@lru_cache(maxsize=1 << 14)
def parts_of(token: str) -> tuple[str, ...]:
    """A compound taken apart into forms of the glossary: `aansluitingsnummer` → `aansluitings`, `nummer`."""
    glossary = _glossary()
    if token in glossary.meanings or len(token) < _LONG_ENOUGH or token.isdigit():
        return (token,)
    best: dict[int, tuple[str, ...]] = {0: ()}
    for end in range(_SHORTEST_PART, len(token) + 1):
        ways = [
            (*best[start], token[start + skip : end])
            for start in list(best)
            if len(best[start]) < _MOST_PARTS
            for skip in ({0} if start == 0 else {len(one) for one in _LINKS if token.startswith(one, start)})
            if end - start - skip >= _SHORTEST_PART and glossary.is_part(token[start + skip : end])
        ]
        if ways:
            best[end] = min(ways, key=_cost)
    found = best.get(len(token), ())
    if not found or max(map(len, found)) <= _SHORTEST_PART:
        return (token,)
    guessed = not all(part in glossary.meanings for part in found)
    return (token,) if guessed and glossary.misspelt(token) else found


def _cost(way: tuple[str, ...]) -> tuple[float, int]:
    """Few parts are better than many, whole forms than beginnings, long ones than short ones."""
    known = _glossary().meanings
    return sum(1 if one in known else 1.6 for one in way), -min(map(len, way))


@lru_cache(maxsize=1 << 14)
def _bags(text: str, *, typos: bool = True) -> tuple[Bag, ...]:
    """One bag of meanings a token; words of the vocabulary have no typos."""
    return tuple(meanings(part, typos=typos) for token in pieces(text) for part in parts_of(token))


def without_table(headers: Sequence[str]) -> list[str]:
    """The headers without what most of them begin with, the name of their table: `INL_QTY` becomes `QTY`."""
    short = list(headers)
    for _ in range(_MOST_PARTS):
        begun = [match[0] if (match := _BEGINNING.match(_CAMEL.sub("_", one))) else "" for one in short]
        first, many = Counter(begun).most_common(1)[0] if begun else ("", 0)
        if not first or many < max(_A_FEW, _MOST_COLUMNS * len(headers)):
            break
        short = [
            _CAMEL.sub("_", one)[len(first) :] if start == first else one
            for one, start in zip(short, begun, strict=True)
        ]
    return short


def variants(header: str) -> list[str]:
    """The header, and each of its halves where it says the same thing twice: `Naam / Nom`."""
    halves = [one for one in _EITHER.split(header) if len(one) > 1]
    return [header, *(halves if len(halves) > 1 else ())]


def only_number(header: str, about: str) -> float:
    """How sure a header says nothing but "number of this" (`Nr`, `PAT_CODE` of patients): 0 where it says more."""
    told = [bag for bag in _bags(header) if about not in bag]
    return min((max(bag.get(one, 0.0) * sure for one, sure in _NUMBERS.items()) for bag in told), default=0.5)


class Vocabulary:
    """The words of the vocabulary, indexed."""

    def __init__(self, words: Iterable[str]) -> None:
        """Index these words, as people write them."""
        self._written = {squash_header(word): word for word in words}
        self._sorted = sorted(self._written)
        self._sounding: dict[str, list[str]] = {}
        for form in self._written:
            self._sounding.setdefault(sound(form), []).append(form)
        self._by_form = {form: _bags(word, typos=False) for form, word in self._written.items()}
        counts = Counter(meaning for bags in self._by_form.values() for meaning in {one for bag in bags for one in bag})
        many = len(self._by_form) + 1
        self._rarity = {meaning: math.log(many / count) for meaning, count in counts.items()}
        self._unseen = math.log(many)
        self._weights = {form: [self._weight(bag) for bag in bags] for form, bags in self._by_form.items()}
        self._index: dict[str, list[tuple[str, float]]] = {}
        for form, bags in self._by_form.items():
            for meaning in {one for bag in bags for one in bag}:
                sure = max(bag.get(meaning, 0.0) for bag in bags)
                self._index.setdefault(meaning, []).append((form, sure))
        self._known: dict[tuple[str, str], dict[str, Likeness]] = {}

    def like(self, header: str, about: str = "") -> dict[str, Likeness]:
        """The words that the header is like, by their squashed form; `about` is a meaning that goes without saying."""
        if about and not any(about in bag for bag in _bags(header)):
            about = ""
        if (header, about) not in self._known:
            found: dict[str, Likeness] = dict(self.like(header)) if about else {}
            for number, variant in enumerate(variants(header)):
                factor = 0.98 if number else 1.0
                for form, one in self._without(variant, about) if about else self._near(variant):
                    known = found.get(form)
                    if known is None or known.score < one.score * factor:
                        found[form] = replace(one, score=one.score * factor) if number else one
            self._known[header, about] = found
        return self._known[header, about]

    def _near(self, header: str) -> Iterator[tuple[str, Likeness]]:
        yield from self._by_letters(squash_header(header))
        yield from self._by_meaning(_bags(header), 1.0)

    def _without(self, header: str, about: str) -> Iterator[tuple[str, Likeness]]:
        told = [bag for bag in _bags(header) if about not in bag]
        return self._by_meaning(told, 0.97)

    def _by_letters(self, form: str) -> Iterator[tuple[str, Likeness]]:
        if form in self._written:
            yield form, Likeness(_EQUAL, "same", self._written[form])
        if len(form) < _LONG_ENOUGH:
            return
        near = process.extract(form, self._sorted, scorer=fuzz.ratio, score_cutoff=_SIMILAR, limit=_MANY)
        yield from (
            (other, Likeness(score / 100 * _TYPO, "typo", self._written[other]))
            for other, score, _ in near
            if other != form
        )
        heard = (other for other in self._sounding.get(sound(form), ()) if other != form)
        yield from ((other, Likeness(_TYPO, "typo", self._written[other])) for other in heard)
        if len(form) >= _CUT_LENGTH:
            place = bisect_right(self._sorted, form)
            while place < len(self._sorted) and (other := self._sorted[place]).startswith(form):
                yield other, Likeness(_CUT_OFF, "cut off", self._written[other])
                place += 1

    def _by_meaning(self, some: Sequence[Bag], factor: float) -> Iterator[tuple[str, Likeness]]:
        """The words that agree in meaning: how much of each is in the other, rare meanings counting more."""
        weights = [self._weight(bag) for bag in some]
        covered: dict[str, float] = {}
        for bag, weight in zip(some, weights, strict=True):
            best: dict[str, float] = {}
            for meaning, sure in bag.items():
                for form, other in self._index.get(meaning, ()):
                    best[form] = max(best.get(form, 0.0), sure * other)
            for form, share in best.items():
                covered[form] = covered.get(form, 0.0) + weight * share
        whole = sum(weights)
        for form, part in covered.items():
            if (here := part / whole) < _TOO_LITTLE:
                continue
            there = self._cover(form, some)
            score = 2 * here * there / (here + there) * factor * _MEANT
            if score > _TOO_LITTLE:
                yield form, Likeness(score, "meaning", self._written[form])

    def _cover(self, form: str, some: Sequence[Bag]) -> float:
        """How much of a word is in the header."""
        weights = self._weights[form]
        shares = [max((_shared(bag, other) for other in some), default=0.0) for bag in self._by_form[form]]
        return sum(weight * share for weight, share in zip(weights, shares, strict=True)) / (sum(weights) or 1.0)

    def _weight(self, bag: Bag) -> float:
        return _SLIGHT if all(map(_is_slight, bag)) else max(self._rarity.get(one, self._unseen) for one in bag)


def _is_slight(meaning: str) -> bool:
    """A number or a single letter: it tells two columns apart, and says little by itself."""
    return meaning.isdigit() or len(meaning) == 1


def _shared(one: Bag, other: Bag) -> float:
    return max((sure * other[meaning] for meaning, sure in one.items() if meaning in other), default=0.0)
