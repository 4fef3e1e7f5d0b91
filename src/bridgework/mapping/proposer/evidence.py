"""All that speaks for one column being one concept: the header, the cells, the columns beside it, the other files.

Each piece is a number of about 0 to 1 (against: down to -1), in the order of FEATURES; `confidence` weighs them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import accumulate
from typing import Self

from bridgework.mapping.catalogue import Kind, Meaning, builtin
from bridgework.mapping.proposer import looks
from bridgework.mapping.proposer.contents import subject_of
from bridgework.mapping.proposer.looks import Look
from bridgework.mapping.proposer.names import Likeness, Vocabulary, only_number, without_table
from bridgework.mapping.words import squash, squash_header

FEATURES = (
    "name",
    "name_is_word",
    "usual_word",
    "name_ahead",
    "fit",
    "misfit",
    "explained_otherwise",
    "unique",
    "links",
    "chosen",
    "years",
    "speaks",
    "name_parts",
    "beside",
    "meaning",
    "rare",
    "unnamed",
)

# How telling it is that the cells pass a test: 1 where hardly anything else does.
_TELLING = {
    **dict.fromkeys(
        ("insz", "riziv", "riziv_dentist", "riziv_hygienist", "iban", "ogm", "eid", "email", "file_name"), 1.0
    ),
    **dict.fromkeys(("nomenclature", "phone", "street", "address_line", "moment", "birth_date"), 0.9),
    **dict.fromkeys(("postcode", "city", "enterprise", "insurer_name", "organisation", "title", "dependant"), 0.85),
    **dict.fromkeys(("date", "past_date", "time", "money", "first_name", "last_name", "full_name", "surface"), 0.75),
    **dict.fromkeys(("insurer_number", "ct1", "ct2", "tooth", "boolean", "words", "country"), 0.6),
    **dict.fromkeys(("house_number", "box", "initials", "quadrant", "minutes", "number", "user", "text"), 0.4),
}
_STRONG = {
    **dict.fromkeys(("insz", "riziv", "iban", "ogm", "email", "file_name"), 1.0),
    **dict.fromkeys(("written day", "written time", "phone", "nomenclature", "address_line"), 0.9),
}
_ALIKE = (
    frozenset({"date", "past_date", "birth_date", "moment", "written day"}),
    frozenset({"time", "minutes", "moment", "written time"}),
    frozenset({"phone", "insz", "riziv", "riziv_dentist", "riziv_hygienist"}),
    frozenset({"street", "address_line"}),
    frozenset({"phone", "words", "text"}),
    frozenset({"email", "text", "words", "user"}),
    frozenset({"file_name", "text"}),
    frozenset({"nomenclature", "number", "text"}),
)
_FITS = 0.6  # a smaller share of the cells speaks against
_CLEARLY = 0.85
_OF_TEXT = frozenset({"text", "words", "user", "organisation", "first_name", "last_name", "full_name", "initials"})
_RATHER = 0.5  # of the share of another subject: subjects overlap
_NOTHING_PASSES = "none"  # a validator without a test: the cells speak against
_CALLED_BY_NAME = frozenset({"provider"})
_SOME, _FEW = 0.2, 15  # of the cells; different words
_OLD = 1965  # few practices have dates before it, but those of birth
_WHOLE = 3.0  # whole names, and no column of first names: few styles show it, and it hardly misleads
_FAR_AHEAD = 0.3
_LONG = 25  # characters: above it text is written, not entered


@dataclass(frozen=True, slots=True)
class Column:
    """A column as the proposer sees it. `cells` is a sample, never shown; `header` is empty where the file has none.

    `links` says which share of its different cells are numbers of the records of another object.
    """

    header: str
    cells: Sequence[str] = field(default=(), repr=False)
    links: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Seen:
    """A column that was looked at. What its cells say is the same for every concept of a validator, and kept."""

    column: Column
    look: Look
    judged: dict[str, tuple[float, ...]] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, column: Column) -> Self:
        """Look at the cells of a column."""
        return cls(column, looks.look(column.cells))

    def by_cells(self, validator: str) -> tuple[float, ...]:
        """fit, misfit, explained_otherwise, unique, links, chosen, years."""
        if validator not in self.judged:
            self.judged[validator] = _by_cells(validator, self.column, self.look)
        return self.judged[validator]


@cache
def vocabulary() -> Vocabulary:
    """All words of the built-in map."""
    return Vocabulary(
        word
        for kind in builtin().sources.values()
        for one in kind.lines
        for word in (*one.nl, *one.fr, *one.en, *one.de)
    )


class Subject:
    """One object of the practice: its concepts, found by the words of a header."""

    def __init__(self, name: str, kind: Kind) -> None:
        """Index the concepts of an object."""
        self.name, self.lines = name, kind.lines
        self.about = {"invoice_line": "invoice"}.get(name, name)
        self._of: dict[str, list[tuple[int, int]]] = {}
        self._near: dict[str, list[tuple[Likeness, int] | None]] = {}
        for place, one in enumerate(kind.lines):
            for words in (one.nl, one.fr, one.en, one.de):
                for rank, word in enumerate(words):
                    self._of.setdefault(squash_header(word), []).append((place, rank))
        self._place = list(accumulate(0 if one.rare else 1 for one in kind.lines))
        self.key = next((place for place, one in enumerate(kind.lines) if one.validator == "key"), None)
        self.parts = {one.concept.partition(".")[2]: place for place, one in enumerate(kind.lines)}

    def forms(self) -> Iterable[str]:
        """Its words, squashed."""
        return self._of.keys()

    def step(self, one: int | None, other: int | None) -> float:
        """How usual it is that the second concept stands behind the first; rare ones between them do not count."""
        if one is None or other is None or one == other:
            return 0.0
        far = self._place[other] - self._place[one]
        if far == 0:
            far = 1 if other > one else -1
        return {1: 1.0, 2: 0.7, 3: 0.5, -1: 0.4}.get(far, 0.0)

    def likenesses(self, header: str, short: str = "") -> list[tuple[Likeness, int] | None]:
        """By concept: the likeness of its nearest word, and that word's rank; None where no word is near.

        `short` is the header without the name of its table.
        """
        for one in (header, short):
            if one not in self._near:
                self._near[one] = self._nearest(one)
        if short in {"", header}:
            return self._near[header]
        return list(map(_nearer, self._near[header], self._near[short]))

    def _nearest(self, header: str) -> list[tuple[Likeness, int] | None]:
        best: list[tuple[Likeness, int] | None] = [None] * len(self.lines)
        if not header:
            return best
        for form, likeness in vocabulary().like(header, self.about).items():
            for place, rank in self._of.get(form, ()):
                known = best[place]
                if known is None or (likeness.score, -rank) > (known[0].score, -known[1]):
                    best[place] = (likeness, rank)
        if (only := only_number(header, self.about)) and self.key is not None:
            known = best[self.key]
            if known is None or known[0].score < only:
                best[self.key] = (Likeness(only, "meaning", header), 0)
        return best


def _nearer(one: tuple[Likeness, int] | None, other: tuple[Likeness, int] | None) -> tuple[Likeness, int] | None:
    if one is None or other is None:
        return one or other
    return max(one, other, key=lambda found: (found[0].score, -found[1]))


@cache
def subject(name: str) -> Subject:
    """The object of that name."""
    return Subject(name, builtin().sources[name])


@cache
def _objects_by_form() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for name in builtin().sources:
        for form in subject(name).forms():
            found[form] = (*found.get(form, ()), name)
    return found


def spoken_of(form: str) -> tuple[str, ...]:
    """The objects that have a word of this squashed form."""
    return _objects_by_form().get(form, ())


@cache
def choices(name: str) -> frozenset[str]:
    """The words of a pick-list, squashed."""
    return frozenset(squash(word) for words in builtin().values.get(name, {}).values() for word in words)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for one pair of a column and a concept."""

    features: tuple[float, ...]
    likeness: Likeness | None


def gather(
    about: Subject, columns: Sequence[Seen], meant: Sequence[Sequence[float]] | None = None
) -> list[list[Evidence]]:
    """By column and concept: the evidence, but for the columns beside. `meant`: nearness in meaning, likewise."""
    headers = [one.column.header for one in columns]
    near = [about.likenesses(one, short) for one, short in zip(headers, without_table(headers), strict=True)]
    has_first = any(_is_first_name(about, row) for row in near)
    named = any(one.column.header for one in columns)
    rows = []
    for number, seen in enumerate(columns):
        row = []
        ahead, unnamed = _ahead(near[number]), float(not seen.column.header)
        for place, one in enumerate(about.lines):
            found = near[number][place]
            parts = _name_parts(one, seen.look, has_first=has_first) if named else 0.0
            meaning = meant[number][place] if meant else 0.0
            cells = seen.by_cells(_NOTHING_PASSES if _is_own_key(about, one, seen.look) else one.validator)
            speaks = _speaks(one, seen.look)
            features = (*_by_name(found), ahead[place], *cells, speaks, parts, 0.0, meaning, -float(one.rare), unnamed)
            row.append(Evidence(features, found[0] if found else None))
        rows.append(row)
    return rows


def _is_own_key(about: Subject, one: Meaning, look: Look) -> bool:
    """Whether the cells number the records themselves: each row then seems to point at a record of its own kind."""
    return one.validator == f"link {about.name}" and look.unique


def _is_first_name(about: Subject, row: Sequence[tuple[Likeness, int] | None]) -> bool:
    """Whether a header is rather one of first names than of names."""
    first, last = (row[place] if (place := about.parts.get(part)) else None for part in ("first_name", "last_name"))
    return first is not None and first[0].score > _CLEARLY and (last is None or last[0].score < first[0].score)


def _ahead(row: Sequence[tuple[Likeness, int] | None]) -> list[float]:
    """By concept, how far ahead of the others its word is, or behind the nearest: -1 to 1."""
    scores = [found[0].score if found else 0.0 for found in row]
    second, first = sorted(scores)[-2:]
    steps = (score - (second if score == first else first) for score in scores)
    return [max(-1.0, min(1.0, step / _FAR_AHEAD)) for step in steps]


def _by_name(found: tuple[Likeness, int] | None) -> tuple[float, float, float]:
    if found is None:
        return 0.0, 0.0, 0.0
    likeness, rank = found
    exact = float(likeness.how == "same")
    return likeness.score, exact, exact / (1 + rank)


def _by_cells(told: str, column: Column, look: Look) -> tuple[float, ...]:
    if not look.filled:
        return (0.0,) * 7
    validator, _, argument = told.partition(" ")
    unique = links = chosen = fit = misfit = 0.0
    if validator == "key":
        unique = 0.6 + 0.4 * look.rising if look.unique else look.distinct - 1 - 0.5 * (look.filled < look.rows)
    elif validator == "link":
        linked = column.links.get(argument)
        links = 0.0 if linked is None else linked if linked > _FITS else linked - 1
        if argument in _CALLED_BY_NAME and not linked:
            fit = _names_of_a_few(look)
    elif validator == "choice":
        share = looks.choice_share(look, choices(argument))
        # Other words than those of the list may still be a choice, as long as they are few.
        chosen = share if share > _SOME else -1.0 if len(look.counts) > _FEW else 0.0
    else:
        share = _share(validator, look)
        fit = share * _TELLING.get(validator, 0.4)
        misfit = -max(0.0, _FITS - share) / _FITS
    return fit, misfit, _otherwise(validator, look), unique, links, chosen, _years(validator, look)


def _speaks(one: Meaning, look: Look) -> float:
    """How much the words of the cells are about what the concept is about, rather than about something else."""
    own = subject_of(one.concept)
    others = max((share for subject, share in look.subjects.items() if subject != own), default=0.0)
    if own is not None:
        return look.subjects.get(own, 0.0) - _RATHER * others
    return -_RATHER * others if one.validator in _OF_TEXT else 0.0


def _names_of_a_few(look: Look) -> float:
    """Dentists are often written by their names or initials: words of people, the same few over and over."""
    few = look.filled >= _FEW and len(look.counts) <= _FEW
    people = max(look.shares[one] for one in ("full_name", "last_name", "initials"))
    rather = 1 - max(look.subjects.values(), default=0.0)
    return people * rather * _TELLING["full_name"] if few and look.shares["boolean"] < _FITS else 0.0


def _share(validator: str, look: Look) -> float:
    """The share of the cells that pass, less what speaks for a sister: a day has no time, a count no cents."""
    share = look.shares.get(validator, 0.0)
    match validator:
        case "words":
            factor = min(1.0, look.length / _LONG)
        case "moment":
            factor = 0.6 + 0.4 * look.clocks
        case "date" | "past_date" | "birth_date":
            factor = 1 - 0.5 * look.clocks
        case "money":
            factor = 0.5 + 0.5 * look.cents
        case "number":
            factor = 1 - 0.6 * look.cents
        case "street":
            factor = 1 - 0.4 * look.shares["address_line"]
        case "first_name" | "last_name":
            factor = (0.55 + 0.45 * _people(validator, look)) * (1 - 0.6 * look.shares["city"])
        case "full_name":
            factor = 1 - 0.5 * look.shares["organisation"]
        case _:
            factor = 1.0
    return share * factor


def _people(validator: str, look: Look) -> float:
    """How much rather first names than surnames the cells are, or the reverse: 0 to 1, 0.5 unknown."""
    known = looks.people()
    forms = [squash(text) for text in look.values]
    first = sum(one in known["first"] for one in forms)
    last = sum(one in known["last"] for one in forms)
    if not first + last:
        return 0.5
    share = first / (first + last)
    return share if validator == "first_name" else 1 - share


def _otherwise(validator: str, look: Look) -> float:
    """-1 where the cells are clearly something else."""
    clear = [
        how_telling
        for other, how_telling in _STRONG.items()
        if other != validator
        and look.shares.get(other, 0.0) > _CLEARLY
        and not any({other, validator} <= group for group in _ALIKE)
    ]
    return -max(clear, default=0.0)


def _years(validator: str, look: Look) -> float:
    """Whether the years are those of births: for a birth date, against any other day."""
    if not look.years[0] or validator not in {"birth_date", "date", "past_date", "moment"}:
        return 0.0
    born = look.years[0] < _OLD
    return (1.0 if born else -1.0) if validator == "birth_date" else (-1.0 if born else 0.3)


def _name_parts(one: Meaning, look: Look, *, has_first: bool) -> float:
    """A last name stands beside a first name; a name alone is a whole one."""
    part = one.concept.partition(".")[2]
    whole = look.shares.get("full_name", 0.0) > _CLEARLY
    if part == "full_name":
        return -1.0 if has_first else _WHOLE if whole else 1.0 if not look.filled else 0.3
    if part == "last_name":
        return 0.5 if has_first else -_WHOLE if whole else 0.0
    return 0.0


def beside(about: Subject, best: Sequence[int | None]) -> list[list[float]]:
    """By column and concept: whether the columns beside are the concepts that usually stand beside it, 0 to 1.

    `best` is what each column is taken for so far (the place of its concept). The order of the built-in map is the
    usual one: a house number behind a street, a town behind a postal code.
    """
    rows = []
    for number in range(len(best)):
        before = best[number - 1] if number else None
        after = best[number + 1] if number + 1 < len(best) else None
        rows.append([about.step(before, place) / 2 + about.step(place, after) / 2 for place in range(len(about.lines))])
    return rows
