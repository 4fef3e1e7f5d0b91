"""How alike two names are, as people write them: with accents, particles, initials, swapped parts, maiden names.

Made for Belgian names: `Van den Broeck` is `Vandenbroeck`, `D'Hondt` is `Dhondt`; `Maes-Peeters` is like `Maes`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from rapidfuzz import fuzz

from bridgework.quality.people import plain

Words = tuple[str, ...]
Likeness = Literal["equal", "alike", "given", "unlike", "unknown"]
"""`given`: only the given name is the same; `unknown`: one of them has no name."""

_PARTICLES = frozenset(
    {
        *("van", "vande", "vanden", "vander", "de", "den", "der", "ten", "ter", "t", "d", "du", "des", "la", "le", "l"),
        *("von", "zu", "al", "el", "ben", "di", "da", "dos", "del", "della", "o", "mac", "mc", "st", "saint", "sint"),
    }
)
_TITLES = frozenset({"dhr", "mevr", "mevrouw", "mr", "mrs", "mme", "mlle", "monsieur", "madame", "dr", "drs", "prof"})
_FORMS = frozenset(
    {
        *("bv", "bvba", "nv", "sa", "srl", "sprl", "vzw", "asbl", "cv", "cvba", "comm", "maatschap", "scs", "snc"),
        *("tandarts", "tandartsen", "tandartspraktijk", "praktijk", "dentiste", "dentistes", "dentaire", "cabinet"),
        *("dental", "clinic", "the", "en", "et", "and"),
    }
)
_ALIKE = 85  # of 100, by rapidfuzz


def words_of(text: str) -> Words:
    """The words of a name as they are compared; particles are joined to what they stand before, titles left out."""
    joined: list[str] = []
    before = ""
    for word in plain(text).split():
        if word in _PARTICLES:
            before += word
            continue
        if not before and word in _TITLES:
            continue
        joined.append(before + word)
        before = ""
    return (*joined, before) if before else tuple(joined)


def company_words(text: str) -> Words:
    """Those of a company or a dentist, without legal forms and what every practice is called."""
    words = words_of(text)
    return tuple(word for word in words if word not in _FORMS) or words


def person_likeness(one: tuple[Words, Words], other: tuple[Words, Words]) -> Likeness:
    """How alike two people's names are, as (given names, family names)."""
    if not any(one) or not any(other):
        return "unknown"
    every, others = sorted((*one[0], *one[1])), sorted((*other[0], *other[1]))
    if len(every) > 1 and every == others:
        return "equal"
    if not (all(one) and all(other)):
        return "alike" if _ratio(every, others) >= _ALIKE else "unlike"
    straight = _of_parts(_part(one[0], other[0]), _part(one[1], other[1]))
    swapped = _of_parts(_part(one[0], other[1]), _part(one[1], other[0]))
    if "equal" in {straight, swapped}:
        return "equal"
    if "alike" in {straight, swapped}:
        return "alike"
    return straight


def company_likeness(one: Words, other: Words) -> Likeness:
    """How alike two companies' names are."""
    if not one or not other:
        return "unknown"
    if sorted(one) == sorted(other) or "".join(one) == "".join(other):
        return "equal"
    within = set(one) <= set(other) or set(other) <= set(one)
    return "alike" if within or _ratio(one, other) >= _ALIKE else "unlike"


def _of_parts(given: Likeness, family: Likeness) -> Likeness:
    if given == family == "equal":
        return "equal"
    if "unlike" not in {given, family}:
        return "alike"
    return "given" if given == "equal" else "unlike"


def _part(one: Words, other: Words) -> Likeness:
    """How alike the given names, or the family names, are."""
    if "".join(one) == "".join(other):
        return "equal"
    if set(one) <= set(other) or set(other) <= set(one) or _initials(one, other) or _initials(other, one):
        return "alike"
    return "alike" if fuzz.ratio("".join(one), "".join(other)) >= _ALIKE else "unlike"


def _initials(short: Words, long: Words) -> bool:
    """Whether a name is the beginning letters of the other: `J.P.` of `Jan Pieter`."""
    if not all(len(word) == 1 for word in short) or len(short) > len(long):
        return False
    return all(word == full[:1] for word, full in zip(short, long, strict=False))


def _ratio(one: Iterable[str], other: Iterable[str]) -> float:
    return fuzz.token_sort_ratio(" ".join(one), " ".join(other))
