"""What each column of an object means: one concept for a column at most, with how sure that is and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bridgework.mapping.catalogue import Meaning
from bridgework.mapping.proposer import confidence, evidence
from bridgework.mapping.proposer.assignment import assign
from bridgework.mapping.proposer.evidence import Column, Evidence, Seen, Subject
from bridgework.mapping.proposer.glossary import denies
from bridgework.mapping.proposer.meaning import nearness
from bridgework.mapping.proposer.reasons import reasons

OPPOSITE = "its header says the opposite"

_ROUNDS = 2  # of looking at the columns beside: what they are taken for changes once or twice
_BEST = 5
_BESIDE = evidence.FEATURES.index("beside")
_ASKED = 12  # concepts that the embedding is asked about
_NOT_TAKEN = 0.5  # of what a column is rather not than is
_FAR = 6.0  # a margin beyond this says no more


@dataclass(frozen=True, slots=True)
class Candidate:
    """A concept that a column may be, and how likely that is."""

    concept: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a column is taken for; no concept where nothing fits. `candidates` are the best ones, that one first."""

    concept: str | None
    confidence: float
    candidates: tuple[Candidate, ...]
    reasons: tuple[str, ...]
    seen: Seen
    opposite: bool = False
    """The header says the opposite of the concept: yes and no change places, and a person must look."""

    @property
    def sure(self) -> bool:
        """Whether a person need not look twice: of such proposals 99 of 100 are right."""
        return self.concept is not None and self.confidence >= confidence.SURE


@dataclass(frozen=True, slots=True)
class Weighed:
    """All pairs of an object's columns and concepts, with their scores and the best assignment."""

    pairs: list[list[Evidence]]
    scores: list[list[float]]
    best: list[int | None]


def weigh(
    about: Subject,
    columns: Sequence[Seen],
    meant: Sequence[Sequence[float]] | None = None,
    rounds: int = _ROUNDS,
) -> Weighed:
    """Weigh every pair, look at what stands beside, and weigh again."""
    pairs = evidence.gather(about, columns, meant)
    scores = [[confidence.score(one.features) for one in row] for row in pairs]
    best = assign(scores, confidence.NO_CONCEPT)
    for _ in range(rounds):
        steps = evidence.beside(about, best)
        pairs = [
            [_with_beside(one, step) for one, step in zip(row, more, strict=True)]
            for row, more in zip(pairs, steps, strict=True)
        ]
        scores = [[confidence.score(one.features) for one in row] for row in pairs]
        best = assign(scores, confidence.NO_CONCEPT)
    return Weighed(pairs, scores, best)


def propose_columns(
    object_: str, columns: Sequence[Column], *, embed: bool = False, clear: bool = True
) -> list[Proposal]:
    """What each column of an object is, best in sum.

    `embed` asks the embedding about columns that are not clear; `clear`: whether it is clear that it is this object.
    """
    about = evidence.subject(object_)
    seen = [Seen.of(one) for one in columns]
    weighed = weigh(about, seen)
    if embed:
        weighed = weigh(about, seen, meant(about, seen, weighed))
    found = [_proposal(about, weighed, number, seen) for number in range(len(seen))]
    return found if clear else [replace(one, confidence=min(one.confidence, confidence.UNCLEAR)) for one in found]


def meant(about: Subject, columns: Sequence[Seen], weighed: Weighed) -> list[list[float]]:
    """By column and concept, how near they are in meaning: for columns that are not clear, and their best concepts."""
    rows = []
    for number, one in enumerate(columns):
        row, place = [0.0] * len(about.lines), weighed.best[number]
        if one.column.header and (place is None or certainty_of(weighed, number, place) < confidence.SURE):
            scores = weighed.scores[number]
            places = sorted(range(len(scores)), key=lambda other: -scores[other])[:_ASKED]
            for other, near in zip(places, nearness(one.column.header, [about.lines[p] for p in places]), strict=True):
                row[other] = near
        rows.append(row)
    return rows


def _with_beside(one: Evidence, step: float) -> Evidence:
    features = (*one.features[:_BESIDE], step, *one.features[_BESIDE + 1 :])
    return Evidence(features, one.likeness)


def _proposal(about: Subject, weighed: Weighed, number: int, columns: Sequence[Seen]) -> Proposal:
    row, place = weighed.scores[number], weighed.best[number]
    ranked = sorted(range(len(row)), key=lambda other: (other != place, -row[other]))[:_BEST]
    sure = {one: round(_likely(weighed, number, one), 4) for one in ranked if one == place or row[one] > 0}
    candidates = tuple(
        Candidate(about.lines[one].concept, sure[one])
        for one in sorted(sure, key=lambda one: (one != place, -sure[one]))
    )
    seen = columns[number]
    if place is None or candidates[0].confidence < confidence.LEAST:
        return Proposal(None, 0.0, candidates, (), seen)
    beside = [one.column.header for one in columns[max(0, number - 1) : number + 2] if one is not seen]
    concept, pair = about.lines[place], weighed.pairs[number][place]
    why = reasons(concept, pair, seen, [text for text in beside if text])
    if not _opposite(concept, seen, pair):
        return Proposal(concept.concept, candidates[0].confidence, candidates, why, seen)
    unsure = min(candidates[0].confidence, confidence.UNCLEAR)
    return Proposal(concept.concept, unsure, candidates, (OPPOSITE, *why), seen, opposite=True)


def _opposite(concept: Meaning, seen: Seen, pair: Evidence) -> bool:
    """Whether the header denies what the nearest word of the concept says: `Inactief` beside `Actief`."""
    if concept.validator.partition(" ")[0] not in {"boolean", "choice"}:
        return False
    return denies(seen.column.header) != (pair.likeness is not None and denies(pair.likeness.word))


def certainty_of(weighed: Weighed, number: int, place: int) -> float:
    """How likely it is that the column of that number is the concept at that place."""
    return confidence.certainty(*standing(weighed, number, place))


def _likely(weighed: Weighed, number: int, place: int) -> float:
    """How likely it is that the column is that concept: no more than what is left by what each of them is taken for."""
    own = weighed.best[number]
    if own == place:
        return certainty_of(weighed, number, place)
    owner = next((other for other, one in enumerate(weighed.best) if one == place), None)
    left = _NOT_TAKEN if own is None else 1 - certainty_of(weighed, number, own)
    if owner is not None:
        left = min(left, 1 - certainty_of(weighed, owner, place))
    return min(certainty_of(weighed, number, place), left)


def standing(weighed: Weighed, number: int, place: int) -> tuple[float, float, float]:
    """The pair's score; how far the next concept, or none, is behind; how far the concept's next column is."""
    row = weighed.scores[number]
    own = row[place]
    next_concept = max((one for other, one in enumerate(row) if other != place), default=0.0)
    next_concept = max(next_concept, confidence.NO_CONCEPT)
    next_column = max((one[place] for other, one in enumerate(weighed.scores) if other != number), default=0.0)
    return own, _margin(own, next_concept), _margin(own, next_column)


def _margin(own: float, other: float) -> float:
    return max(-_FAR, min(_FAR, own - other))
