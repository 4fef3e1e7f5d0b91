"""A whole name in one cell, parted into first and last name; what had to be assumed is said by the code of a finding.

A comma tells the two apart (`Peeters, An`), and so do capitals (`PEETERS An`), a particle (`An Van den Broeck`),
initials (`A. Peeters`), a stub (`Baby Peeters`), and names of which one is known as a first name and the other as a
last name (`Emma Peeters`). Where nothing tells, the order that the map says decides; where it says none, a custom.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from bridgework.mapping.proposer.looks import people
from bridgework.mapping.words import squash

Order = Literal["last-first", "first-last"]
_CUSTOM: Order = "last-first"  # of lists of people, in Belgium

# Small words that belong to the last name behind them: Flemish and French ones, and those of people who came later.
_PARTICLE_WORDS = """
van vande vanden vander von zu zum de den der d' t' 't 's te ten ter op in le la les l' du des ver
da das di do dos del della dello degli lo el al bin ait aït
"""
_PARTICLES = frozenset(_PARTICLE_WORDS.split())
# Between two last names: `Dubois ép. Peeters`, `Maes echtg. Claes`.
_JOINING_WORDS = "ép épouse née né echtg echtgenote geb geboren wed weduwe veuve vve"
_JOINING = frozenset(_JOINING_WORDS.split())
_SHORT_TITLES = "dhr|hr|mr|mevr|mw|mej|juffr|mme|mlle|melle|mrs|ms|dr|prof"
_LONG_TITLES = (
    "mijnheer|meneer|de heer|mevrouw|juffrouw|monsieur|madame|mademoiselle|dokter|docteur|professor|professeur"
)
_WIDOWS = re.compile(r"(?:(?:vve|wed|wwe)(?:\.\s*|\s+)|(?:veuve|veuf|weduwe|weduwnaar|witwe)\s+)(?=\S)", re.IGNORECASE)
# A child that had no name yet when it was entered.
_STUBS = frozenset({"baby", "kind", "kindje", "enfant", "bebe"})
# Names that are common as first and as last names: by themselves they tell nothing.
_EITHER_WORDS = """
adam albert andre antoine arthur bernard claude david denis francois georges gerard gilles guy hugo lambert laurent
leroy louis lucas martin mathieu michel nicolas noel paul philippe pierre renard robert simon thomas victor
"""
_EITHER = frozenset(_EITHER_WORDS.split())
# `M.` is a title, but not before another initial (`M.J. Peeters`).
_TITLE = re.compile(
    rf"(?:(?:{_SHORT_TITLES})(?:\.\s*|\s+|(?=[/&+]))|(?:{_LONG_TITLES})(?:\s+|(?=[/&+]))|m\.(?!\s?\w\.)\s*)"
    rf"(?:(?:en|et)\s+(?=(?:{_SHORT_TITLES}|{_LONG_TITLES})\b)|[/&+]\s*)?",
    re.IGNORECASE,
)
_INITIALS = re.compile(r"(?:[^\W\d_]\.-?)+[^\W\d_]?|[^\W\d_]")
_SHORTEST_CAPITALS = 3  # letters: two capitals may be initials without points


@dataclass(frozen=True, slots=True)
class FullName:
    """Both parts, and the codes of findings; where it cannot be parted, all of it is the last name."""

    first: str
    last: str
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Unit:
    """A word, or several that stay together; `marked` says that it is a last name by the words in it."""

    words: tuple[str, ...]
    marked: bool = False

    @property
    def is_capitals(self) -> bool:
        """Whether all is in capitals, but for particles; `An PEETERS` tells its last name so."""
        if not self.words[-1].isupper():
            return False
        own = [word for word in self.words if not _is_particle(word)] or self.words
        letters = sum(char.isalpha() for word in own for char in word)
        return letters >= _SHORTEST_CAPITALS and all(word.isupper() for word in own)

    @property
    def is_initials(self) -> bool:
        """Whether it is `A.`, `J.-M.` or `A`."""
        word = self.words[-1]
        return len(self.words) == 1 and (len(word) == 1 or "." in word) and bool(_INITIALS.fullmatch(word))

    @property
    def is_stub(self) -> bool:
        """Whether it is `Baby` or `Enfant`, in place of a first name."""
        return len(self.words) == 1 and squash(self.words[0]) in _STUBS

    @property
    def known_as(self) -> int:
        """1 where it is a common first name and no last name, -1 the other way round, else 0."""
        kinds = {_known_as(part) for part in " ".join(self.words).split("-")} - {0}
        return kinds.pop() if len(kinds) == 1 else 0


@lru_cache(maxsize=4096)
def split(text: str, order: Order | None) -> FullName:
    """Part a name. No word of it gets lost but a title, which has the code NAME-TITLE.

    `order` is that of the words in the column; None where nobody knows it.
    """
    parts, titled = _parts(text)
    if not parts:
        return FullName("", text, ("NAME-NOT-SPLIT",))
    found = _by_comma(parts) if len(parts) > 1 else _by_words(parts[0], order)
    return FullName(found.first, found.last, (*(("NAME-TITLE",) if titled else ()), *found.codes))


def order_told(text: str) -> Order | None:
    """The order in which a cell has its names, where the cell itself tells it and has no comma."""
    parts, _ = _parts(text)
    if len(parts) != 1:
        return None
    units = _units(parts[0])
    last = _told(units) or _run([one.marked for one in units])
    if last is not None:
        return "last-first" if last[0] == 0 else "first-last"
    return _by_known_names(units)[0] if len(units) > 1 else None


def _parts(text: str) -> tuple[list[list[str]], bool]:
    """The words between the commas, without titles; and whether there were titles."""
    parts, titled = [], False
    for number, piece in enumerate(text.split(",")):
        bare = _without_titles(piece, first=number == 0)
        titled = titled or bare != piece.strip()
        parts += [words] if (words := bare.split()) else []
    return parts, titled


def _without_titles(text: str, *, first: bool) -> str:
    """What is behind the titles. `Vve` is one before a name; behind one it tells of another (`Dubois, vve Martin`)."""
    bare = text.strip()
    while title := (_TITLE.match(bare) or (_WIDOWS.match(bare) if first else None)):
        bare = bare[title.end() :]
    return bare


def _by_comma(parts: Sequence[list[str]]) -> FullName:
    """The last name stands before the comma; particles behind the first name go with it (`Broeck, An van den`)."""
    last, first, *others = parts
    end = len(first)
    while end > 1 and _is_particle(first[end - 1]):
        end -= 1
    sure = not others and end == len(first)
    firsts = ", ".join(" ".join(words) for words in (first[:end], *others))
    return FullName(firsts, " ".join((*first[end:], *last)), () if sure else ("NAME-SPLIT-ASSUMED",))


def _by_words(words: Sequence[str], order: Order | None) -> FullName:
    units = _units(words)
    last, sure = _told(units), True
    if last is None:
        last, sure = _by_order(units, order)
    begin, end = last
    if end - begin == len(units):
        return FullName("", _join(units), ("NAME-NOT-SPLIT",))
    firsts = [*units[:begin], *units[end:]]
    stub = ("NAME-STUB",) if all(one.is_stub for one in firsts) else ()
    return FullName(_join(firsts), _join(units[begin:end]), (*stub, *(() if sure else ("NAME-SPLIT-ASSUMED",))))


def _units(words: Sequence[str]) -> list[_Unit]:
    """Words that stay together: particles with the word behind them, two names with a word for marriage between."""
    units: list[_Unit] = []
    at = 0
    while at < len(words):
        begin = at
        while at < len(words) - 1 and _is_particle(words[at]):
            at += 1
        at += 1
        mine, marked = tuple(words[begin:at]), at - begin > 1
        if units and at < len(words) and _squashed(words[begin]) in _JOINING:
            units.append(_Unit((*units.pop().words, *mine, words[at]), marked=True))
            at += 1
        else:
            units.append(_Unit(mine, marked))
    return units


def _told(units: Sequence[_Unit]) -> tuple[int, int] | None:
    """Where the last name stands, by capitals or by initials; None where neither tells it for sure."""
    capitals = _run([one.is_capitals for one in units])
    if capitals is not None and all(not one.marked or one.is_capitals for one in units):
        return capitals
    last = _run([not one.is_initials for one in units]) or _run([not one.is_stub for one in units])
    return last if last is not None and last[1] - last[0] == 1 else None


def _by_order(units: Sequence[_Unit], order: Order | None) -> tuple[tuple[int, int], bool]:
    """Where the last name stands, by the particles, by known names or by the column's order; and whether it is sure."""
    marked = [at for at, one in enumerate(units) if one.marked]
    at_an_edge = _run([one.marked for one in units])
    if at_an_edge is not None:
        told: Order = "last-first" if at_an_edge[0] == 0 else "first-last"
        return at_an_edge, len(units) == 2 and order in {None, told}
    known, both = _by_known_names(units)
    # Where the two names leave no doubt, they go before the order of the column; one known name does not.
    taken = known if known and (both or order is None) else order or _CUSTOM
    sure = both if order is None else known in {None, order}
    if taken == "last-first":
        return (0, max(marked, default=0) + 1), sure and len(units) == 2
    return (min(marked, default=len(units) - 1), len(units)), sure and len(units) == 2


def _by_known_names(units: Sequence[_Unit]) -> tuple[Order | None, bool]:
    """The order that the names at both ends tell, and whether both are known."""
    first, last = units[0].known_as, units[-1].known_as
    if first == last:
        return None, False
    return ("first-last" if first > last else "last-first"), first == -last


def _run(flags: Sequence[bool]) -> tuple[int, int] | None:
    """The flagged ones, where they stand together at the beginning or at the end, and are some but not all."""
    count, size = sum(flags), len(flags)
    if not 0 < count < size:
        return None
    if all(flags[:count]):
        return (0, count)
    return (size - count, size) if all(flags[size - count :]) else None


@lru_cache(maxsize=4096)
def _known_as(text: str) -> int:
    name, known = squash(text), people()
    if name in _EITHER:
        return 0
    return (name in known["first"]) - (name in known["last"])


def _is_particle(word: str) -> bool:
    return word.casefold().replace("\u2019", "'") in _PARTICLES


def _squashed(word: str) -> str:
    return word.casefold().rstrip(".")


def _join(units: Sequence[_Unit]) -> str:
    return " ".join(word for one in units for word in one.words)
