"""How a header is like the words of the vocabulary, whatever its language, abbreviation, case, compound or typo.

Words are compared by the meanings of their tokens, rare ones counting more, and by letters.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from rapidfuzz import fuzz, process

from bridgework.mapping.proposer.glossary import CAMEL, ITSELF, LONG_ENOUGH, SIMILAR, Bag, bags_of, sound
from bridgework.mapping.words import squash_header

_BEGINNING = re.compile(r"[^\W_]+[\W_]+(?=[^\W_])")
_EITHER = re.compile(r"\s*[/|]\s*|\s+-\s+|\s*\n\s*")
_EQUAL, _CUT_OFF, _TYPO, _MEANT = 1.0, 0.93, 0.95, 0.96
_CUT_LENGTH = 8  # letters that a name cut off by a database still has
_MANY = 25
_A_FEW, _MOST_COLUMNS = 4, 0.6  # headers that begin alike: fewer may do so by chance
_NUMBERS = {"number": 0.93, "id": 0.95, "code": 0.85, "dossier": 0.8}
_TOO_LITTLE = 0.4  # of a header in a word; likeness below it says nothing
_SLIGHT = 0.8  # the weight of a number or a letter; a rare meaning has 6


_MOST_TABLES = 3  # before a column: `T_ACT.M_FEE`


@dataclass(frozen=True, slots=True)
class Likeness:
    """How like a header is to a word, from 0 to 1, and how: `same`, `meaning`, `typo` or `cut off`."""

    score: float
    how: str
    word: str


def without_table(headers: Sequence[str]) -> list[str]:
    """The headers without what most of them begin with, the name of their table: `INL_QTY` becomes `QTY`."""
    short = list(headers)
    for _ in range(_MOST_TABLES):
        begun = [match[0] if (match := _BEGINNING.match(CAMEL.sub("_", one))) else "" for one in short]
        first, many = Counter(begun).most_common(1)[0] if begun else ("", 0)
        if not first or many < max(_A_FEW, _MOST_COLUMNS * len(headers)):
            break
        short = [
            CAMEL.sub("_", one)[len(first) :] if start == first else one
            for one, start in zip(short, begun, strict=True)
        ]
    return short


def variants(header: str) -> list[str]:
    """The header, and each of its halves where it says the same thing twice: `Naam / Nom`."""
    halves = [one for one in _EITHER.split(header) if len(one) > 1]
    return [header, *(halves if len(halves) > 1 else ())]


def only_number(header: str, about: str) -> float:
    """How sure a header says nothing but "number of this" (`Nr`, `PAT_CODE` of patients): 0 where it says more."""
    told = [bag for bag in bags_of(header) if about not in bag]
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
        self._by_form = {form: bags_of(word, typos=False) for form, word in self._written.items()}
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
        if about and not any(about in bag for bag in bags_of(header)):
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
        yield from self._by_meaning(bags_of(header), 1.0)

    def _without(self, header: str, about: str) -> Iterator[tuple[str, Likeness]]:
        told = [bag for bag in bags_of(header) if about not in bag]
        return self._by_meaning(told, 0.97)

    def _by_letters(self, form: str) -> Iterator[tuple[str, Likeness]]:
        if form in self._written:
            yield form, Likeness(_EQUAL, "same", self._written[form])
        if len(form) < LONG_ENOUGH:
            return
        near = process.extract(form, self._sorted, scorer=fuzz.ratio, score_cutoff=SIMILAR, limit=_MANY)
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
        told = [one for one in bag if not one.startswith(ITSELF)]
        return _SLIGHT if all(map(_is_slight, told)) else max(self._rarity.get(one, self._unseen) for one in told)


def _is_slight(meaning: str) -> bool:
    """A number or a single letter: it tells two columns apart, and says little by itself."""
    return meaning.isdigit() or len(meaning) == 1


def _shared(one: Bag, other: Bag) -> float:
    return max((sure * other[meaning] for meaning, sure in one.items() if meaning in other), default=0.0)
