"""The peers of `make bench-map`: rapidfuzz, and the COMA of Valentine, asked which concept a column is.

Each gets what helps it. Headers and words lose their accents; all words of a concept count, in every language, and its
likeliest word is what it scores; of equal scores the more usual word wins. COMA has one column for each word to compare
headers with, and one for each concept to compare cells with, filled from the training styles (never from the style that
is asked about). Its own selection is off (`delta=1`), for it would leave out second and third choices.
"""

from __future__ import annotations

import math
import tempfile
import time
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from rapidfuzz import fuzz, process, utils

from bridgework.mapping.catalogue import builtin
from bridgework.mapping.proposer.assignment import assign
from tests.bench.header_cells import LabelledFile, Style

Table = list[list[float]]
"""By column and concept of the file's object, a score from 0 to 1."""

_LESS_USUAL = 1e-6  # for each place further back among a concept's words: it only parts equal scores
_SAMPLE = 200  # cells of a concept
_SURE = 0.99  # of the lines called sure are right
_STOP_WORDS = "a an and are as at be by for from in is it of on or that the this to was with"


@dataclass(frozen=True, slots=True)
class Scored:
    """The scores of one file, and the seconds of processor time that they took."""

    table: Table
    seconds: float


Scorer = Callable[[Style, LabelledFile], Scored]


@dataclass(frozen=True, slots=True)
class Peer:
    """A matcher, what it sees, and the ways of using it; the best one is chosen on the training part."""

    name: str
    sees: str
    scorers: Mapping[str, Scorer]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a peer takes one column for: its concepts, the likeliest first, and whether it would be called sure."""

    ranked: tuple[str, ...]
    sure: bool

    @property
    def best(self) -> str | None:
        return self.ranked[0] if self.ranked else None


@dataclass(frozen=True, slots=True)
class Use:
    """A way of using a peer, and when its lines would be called sure: from `enough` on of a score, or of a lead."""

    scorer: str
    score: Scorer
    one_to_one: bool
    by_lead: bool = False
    enough: float = math.inf

    def answers(self, style: Style, file: LabelledFile) -> tuple[list[Answer], float]:
        """By column, what it is taken for; and the seconds of it."""
        scored = self.score(style, file)
        lines = builtin().sources[file.object].lines
        return [
            Answer(tuple(lines[place].concept for place, _ in row), bool(row) and self.measure(row) >= self.enough)
            for row in ranked(scored.table, one_to_one=self.one_to_one)
        ], scored.seconds

    def measure(self, row: Sequence[tuple[int, float]]) -> float:
        """The score of the likeliest concept, or its lead on the next."""
        first, *others = [score for _, score in row]
        return first - max(others, default=0.0) if self.by_lead else first

    def __str__(self) -> str:
        how = "one to one" if self.one_to_one else "each column by itself"
        sure = f"from a {'lead' if self.by_lead else 'score'} of {self.enough:.3f} on"
        return f"{self.scorer}, {how}, sure {'never' if math.isinf(self.enough) else sure}"


def ranked(table: Table, *, one_to_one: bool) -> list[list[tuple[int, float]]]:
    """By column, the places of its concepts with their scores, the best first: each column by itself, or one to one."""
    best = assign(table) if one_to_one else [None] * len(table)
    return [_first(row, own) for row, own in zip(table, best, strict=True)]


def _first(row: Sequence[float], own: int | None) -> list[tuple[int, float]]:
    scored = [(place, score) for place, score in enumerate(row) if score > 0]
    return sorted(scored, key=lambda pair: (pair[0] != own, -pair[1]))


def best_use(peer: Peer, train: Mapping[Style, Sequence[LabelledFile]]) -> Use:
    """The way of using a peer that hits most of the training part.

    It is sure from where 99 of 100 lines there are right, by its score or its lead: by what lets it be sure oftener.
    """
    ways = [Use(name, score, one) for name, score in peer.scorers.items() for one in (False, True)]
    outcomes = {way: _outcomes(way, train) for way in ways}
    best = max(ways, key=lambda way: sum(right for _, right in outcomes[way]))
    found = []
    for by_lead in (False, True):
        way = replace(best, by_lead=by_lead)
        lines = _outcomes(way, train)
        enough = _enough(lines)
        found.append((sum(one >= enough for one, _ in lines), replace(way, enough=enough)))
    return max(found, key=lambda pair: pair[0])[1]


def _outcomes(way: Use, train: Mapping[Style, Sequence[LabelledFile]]) -> list[tuple[float, bool]]:
    """The measure of each column's likeliest concept, and whether it is right."""
    found = []
    for style, files in train.items():
        for file in files:
            answers = ranked(way.score(style, file).table, one_to_one=way.one_to_one)
            concepts = [one.concept for one in builtin().sources[file.object].lines]
            for column, row in zip(file.columns, answers, strict=True):
                if row:
                    found.append((way.measure(row), concepts[row[0][0]] == column.concept))
    return found


def _enough(lines: Sequence[tuple[float, bool]]) -> float:
    """The lowest measure from which on 99 of 100 lines are right; infinite where there is none."""
    for least in sorted({one for one, _ in lines}):
        above = [right for one, right in lines if one >= least]
        if sum(above) >= _SURE * len(above):
            return least
    return math.inf


def by_fuzz(*scorers: Callable[..., float]) -> Scorer:
    """The likeness of headers and words by rapidfuzz, the highest of several scorers."""

    def score(_: Style, file: LabelledFile) -> Scored:
        began = time.process_time()
        words = _words(file.object)
        table = [
            _by_concept(file.object, max_of(*(_likenesses(column.name, list(words), one) for one in scorers)))
            for column in file.columns
        ]
        return Scored(table, time.process_time() - began)

    return score


def _likenesses(header: str, words: Sequence[str], scorer: Callable[..., float]) -> dict[str, float]:
    if not header:
        return {}
    found = process.extract(_plain(header), words, scorer=scorer, processor=utils.default_process, limit=None)
    return {word: score / 100 for word, score, _ in found}


def max_of(*several: Mapping[str, float]) -> dict[str, float]:
    """The highest value of each key."""
    return {key: max(one.get(key, 0.0) for one in several) for one in several for key in one}


def _plain(text: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFD", text.casefold()) if not unicodedata.combining(char))


@cache
def _words(object_: str) -> dict[str, list[tuple[int, int]]]:
    """Word → the concepts that have it (their places), and how early it stands there."""
    found: dict[str, list[tuple[int, int]]] = {}
    for place, one in enumerate(builtin().sources[object_].lines):
        for words in (one.nl, one.fr, one.en, one.de):
            for rank, word in enumerate(words):
                found.setdefault(_plain(word), []).append((place, rank))
    return found


def _by_concept(object_: str, scores: Mapping[str, float]) -> list[float]:
    row = [0.0] * len(builtin().sources[object_].lines)
    for word, score in scores.items():
        for place, rank in _words(object_)[word]:
            row[place] = max(row[place], score - _LESS_USUAL * rank)
    return row


class Coma:
    """Valentine's COMA. `train` holds the files of each training style, whose cells stand for their concepts."""

    def __init__(self, train: Mapping[Style, Sequence[LabelledFile]]) -> None:
        self._train = train
        self._known: dict[tuple[str, str, str], Scored] = {}

    def by_names(self, style: Style, file: LabelledFile) -> Scored:
        """By the headers. A file without them has no scores."""
        return self._once("names", style, file, self._names)

    def by_values(self, style: Style, file: LabelledFile) -> Scored:
        """By the cells."""
        return self._once("values", style, file, self._values)

    def by_both(self, style: Style, file: LabelledFile) -> Scored:
        """By headers and cells: their average, as COMA joins its matchers; by the cells where there are no headers."""
        names, values = self.by_names(style, file), self.by_values(style, file)
        pairs = zip(names.table, values.table, strict=True)
        table = [[(a + b) / 2 for a, b in zip(*rows, strict=True)] for rows in pairs] if file.header else values.table
        return Scored(table, names.seconds + values.seconds)

    def _once(
        self, kind: str, style: Style, file: LabelledFile, make: Callable[[Style, LabelledFile], Table]
    ) -> Scored:
        key = (kind, style.key, file.file)
        if key not in self._known:
            began = time.process_time()
            table = make(style, file)
            self._known[key] = Scored(table, time.process_time() - began)
        return self._known[key]

    def _names(self, _: Style, file: LabelledFile) -> Table:
        if not file.header:
            return [[0.0] * len(builtin().sources[file.object].lines) for _ in file.columns]
        own = _apart([_plain(one.name) for one in file.columns])
        found = _coma(dict.fromkeys(own, ()), dict.fromkeys(_words(file.object), ()), by_cells=False)
        return [_by_concept(file.object, found.get(name, {})) for name in own]

    def _values(self, style: Style, file: LabelledFile) -> Table:
        lines = builtin().sources[file.object].lines
        samples = {str(place): self.sample(one.concept, style) for place, one in enumerate(lines)}
        own = {f"column {place}": one.cells for place, one in enumerate(file.columns)}
        found = _coma(own, {place: cells for place, cells in samples.items() if cells}, by_cells=True)
        return [[found.get(name, {}).get(str(place), 0.0) for place in range(len(lines))] for name in own]

    def sample(self, concept: str, asked: Style) -> list[str]:
        """Cells of a concept, from all training styles but the one that is asked about."""
        cells = [
            cell
            for style, files in self._train.items()
            if style != asked
            for file in files
            for column in file.columns
            if column.concept == concept
            for cell in column.cells
            if cell
        ]
        return cells[:: max(1, len(cells) // _SAMPLE)][:_SAMPLE]


def _apart(names: Sequence[str]) -> list[str]:
    """The names, of which equal ones get spaces: a table of pandas is known by its names, and COMA skips spaces."""
    return [name + " " * names[:place].count(name) for place, name in enumerate(names)]


def _coma(
    source: Mapping[str, Sequence[str]], target: Mapping[str, Sequence[str]], *, by_cells: bool
) -> dict[str, dict[str, float]]:
    """Source column → target column → similarity."""
    pd, valentine, algorithms = _packages()
    frames = [
        pd.DataFrame({name: pd.Series(list(cells), dtype="str") for name, cells in one.items()})
        for one in (source, target)
    ]
    matcher = algorithms.Coma(use_schema=not by_cells, use_instances=by_cells, delta=1.0)
    found: dict[str, dict[str, float]] = {}
    for pair, score in valentine.valentine_match(frames, matcher, instance_sample_size=None).items():
        found.setdefault(pair.source_column, {})[pair.target_column] = score
    return found


@cache
def _packages() -> tuple[Any, Any, Any]:
    """pandas, Valentine and its algorithms. COMA would fetch English stop words from the network: it gets some here."""
    import nltk
    import pandas as pd
    import valentine
    from valentine import algorithms

    with tempfile.TemporaryDirectory() as folder:
        words = Path(folder, "corpora", "stopwords", "english")
        words.parent.mkdir(parents=True)
        words.write_text(_STOP_WORDS.replace(" ", "\n"), encoding="utf-8")
        nltk.data.path.insert(0, folder)
        one = pd.DataFrame({"column": ["read", "once"]})  # COMA keeps what it has read
        valentine.valentine_match([one, one], algorithms.Coma(use_schema=False, use_instances=True))
        nltk.data.path.remove(folder)
    return pd, valentine, algorithms


def has_coma() -> bool:
    """Whether Valentine is installed."""
    try:
        _packages()
    except ImportError:
        return False
    return True


def peers(train: Mapping[Style, Sequence[LabelledFile]]) -> list[Peer]:
    """The peers that are there."""
    fuzzy = Peer(
        "rapidfuzz",
        "names only",
        {
            "ratio": by_fuzz(fuzz.ratio),
            "WRatio": by_fuzz(fuzz.WRatio),
            "the higher of both": by_fuzz(fuzz.ratio, fuzz.WRatio),
        },
    )
    if not has_coma():
        return [fuzzy]
    coma = Coma(train)
    return [
        fuzzy,
        Peer("COMA", "names only", {"its name matcher": coma.by_names}),
        Peer("COMA", "values only", {"its instance matcher": coma.by_values}),
        Peer("COMA", "names and values", {"both matchers": coma.by_both}),
    ]
