"""Which file of an export is which object of the practice, by its headers, its cells and the words of its name."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from pathlib import PurePath

from bridgework.mapping.catalogue import LANGUAGES, Kind, Language, Meaning, builtin
from bridgework.mapping.proposer import evidence
from bridgework.mapping.proposer.columns import certainty_of, weigh
from bridgework.mapping.proposer.evidence import Column, Seen
from bridgework.mapping.words import given, squash, squash_header

_ENOUGH, _ENOUGH_WITHOUT_KEY, _ENOUGH_ALONE = 0.5, 0.6, 0.4
_NEARLY_BEST = 0.7  # of the score of what a file fits best: it is not something else instead
_SURELY = 0.6  # of the score: less is a guess
_CLEARLY_BEST = 1.25  # times the score of the next object: of the labelled files none is wrong, at any distance
_ENOUGH_BY_CELLS, _BEST_BY_CELLS = 0.2, 1.15  # of a file without headers: less is understood, and no line is sure
_TOLD, _TOLD_SHARE = 2, 0.4  # of the columns that are understood: so many by their headers, where there are headers
_NAME_COUNTS = 0.25
_SHARE, _COVER, _USUAL_WIDTH = 0.8, 0.2, 15
_ALIKE = 0.75  # a header and a word of an object
_DIGITS = re.compile(r"\d+")
_SHARED, _EXTRA = 0.8, 3  # of the columns of two files of one table: so many are in both, so many may be in one only


@dataclass(frozen=True, slots=True)
class Recognised:
    """What a file holds: the source object, the headers of its key, the language, a score up to 1.25, and why.

    `clear`: no other object fits nearly as well. Where it is not, no column counts as sure before a person looked.
    """

    object: str
    key_headers: tuple[str, ...]
    language: Language
    score: float
    why: tuple[str, ...]
    clear: bool = True


@dataclass(frozen=True)
class _Table:
    """One file: its headers, and some of its rows where they are known."""

    file: str
    headers: Sequence[str]
    rows: Sequence[Sequence[str]] = field(default=(), repr=False)

    @cached_property
    def columns(self) -> list[Seen]:
        return [
            Seen.of(Column(given(header), tuple(row[place] for row in self.rows if place < len(row))))
            for place, header in enumerate(self.headers)
        ]

    def matches(self, object_: str) -> list[tuple[Meaning, str, float, bool]]:
        """The concepts of an object that the columns are taken for: concept, header, how sure, told by the header."""
        about = evidence.subject(object_)
        weighed = weigh(about, self.columns, rounds=0)
        return [
            (
                about.lines[place],
                self.headers[number],
                certainty_of(weighed, number, place),
                (likeness := weighed.pairs[number][place].likeness) is not None and likeness.score > _ALIKE,
            )
            for number, place in enumerate(weighed.best)
            if place is not None
        ]


_NOTHING = Recognised("", (), "nl", 0.0, ())


def recognise(
    headers_by_file: Mapping[str, Sequence[str]], rows_by_file: Mapping[str, Sequence[Sequence[str]]] | None = None
) -> dict[str, Recognised]:
    """What each file holds, the clearest first. A file that fits no object well enough is left out.

    `rows_by_file`: some rows of each, in the order of the headers; without them the headers alone speak. One file holds
    one object, and one object is in one file, or in several that are parts of one table: their names (or folders, or
    sheets) differ in digits only, and their columns are the same but for their order and a few extra.
    """
    rows = rows_by_file or {}
    fits_of = {
        file: _fits(file, tuple(headers), tuple(tuple(row) for row in rows.get(file, ())))
        for file, headers in headers_by_file.items()
    }
    best = {file: max(fits.values(), key=lambda one: one.score).object for file, fits in fits_of.items() if fits}
    pairs = [
        (max(one.score for one in fits.values()), name, parts, fits)
        for parts in _tables({file: headers_by_file[file] for file in best}, best)
        for name in builtin().sources
        if (fits := {file: fits_of[file][name] for file in parts if name in fits_of[file]})
    ]
    found: dict[str, Recognised] = {}
    taken: set[str] = set()
    for _, name, parts, fits in sorted(pairs, key=lambda pair: (-pair[0], pair[1], pair[2])):
        if name not in taken and not any(file in found for file in parts):
            found |= {file: _as_part(one, len(fits)) for file, one in fits.items()}
            taken.add(name)
    return found


def _as_part(one: Recognised, many: int) -> Recognised:
    if many == 1:
        return one
    reason = f"one of {many} files of one table: their names differ in digits only, their columns are the same"
    return replace(one, why=(*one.why, reason))


def _tables(headers_by_file: Mapping[str, Sequence[str]], best: Mapping[str, str]) -> list[list[str]]:
    """The files, those together that are parts of one table; `best` is the object that each fits best."""
    tables: list[list[str]] = []
    for file in sorted(headers_by_file):
        same = (
            parts
            for parts in tables
            if best[parts[0]] == best[file]
            and _without_digits(parts[0]) == _without_digits(file)
            and _same_columns(headers_by_file[parts[0]], headers_by_file[file])
        )
        if (parts := next(same, None)) is not None:
            parts.append(file)
        else:
            tables.append([file])
    return tables


def _without_digits(file: str) -> str:
    """What stays the same in the names of parts: `2019/behandelingen (2).csv` and `behandelingen-2020.csv` alike."""
    path = PurePath(file.partition("#")[0])
    parts = (*path.parent.parts, path.stem, file.partition("#")[2])
    return "/".join(bare for part in parts if (bare := _DIGITS.sub("", squash(part)))) + path.suffix.casefold()


def _same_columns(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether nearly all columns of the narrower table are in the wider one, which has only a few more."""
    first, second = ({squash_header(header) for header in headers} for headers in (one, other))
    shared, narrow, wide = len(first & second), min(len(first), len(second)), max(len(first), len(second))
    return shared >= _SHARED * narrow and wide <= narrow + max(_EXTRA, narrow // 4)


def as_object(
    object_: str, headers: Sequence[str], file: str = "", rows: Sequence[Sequence[str]] = ()
) -> Recognised | None:
    """A file that a person says holds this object; None where the built-in map has no such object."""
    return _describe(_Table(file, headers, rows), object_) if object_ in builtin().sources else None


def other_names(object_: str, first: Sequence[str], headers: Sequence[str]) -> dict[str, str]:
    """Headers of a part of a table that the first part has under another name, which means the same: and that name."""
    kind = builtin().sources.get(object_)
    free = [header for header in first if header not in headers]
    found: dict[str, str] = {}
    for header in headers:
        if header not in first:
            meanings = _meanings(header, kind)
            same = (
                one for one in free if squash_header(one) == squash_header(header) or meanings & _meanings(one, kind)
            )
            if (name := next(same, None)) is not None:
                found[header] = name
                free.remove(name)
    return found


def _meanings(header: str, kind: Kind | None) -> set[str]:
    return {one.concept for one in kind.lines if one.rank(header) is not None} if kind else set()


@lru_cache(maxsize=32)  # an audit looks twice: when it says what it would read, and when it reads
def _fits(file: str, headers: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> dict[str, Recognised]:
    """The objects that a file may hold."""
    table = _Table(file, headers, rows)
    found = {name: _describe(table, name) for name in _likely(table)}
    first, second, *_ = sorted((*found.values(), _NOTHING), key=lambda one: -one.score)
    alone = first.score > 1 or first.score >= max(
        _SURELY, _CLEARLY_BEST * second.score
    )  # above 1, its name says so too
    found = {name: replace(one, clear=alone and one is first) for name, one in found.items()}
    first = found.get(first.object, first)
    if any(one.column.header for one in table.columns):
        enough = max(_ENOUGH, _NEARLY_BEST * first.score)
        with_key = {name: one for name, one in found.items() if one.score >= enough and one.key_headers}
        far_ahead = first.score >= max(_ENOUGH_ALONE, _CLEARLY_BEST * second.score)
        without_key = not first.key_headers and (first.score >= _ENOUGH_WITHOUT_KEY or far_ahead)
        return {first.object: first} if without_key or (far_ahead and not with_key) else with_key
    clear = first.score >= max(_ENOUGH_BY_CELLS, _BEST_BY_CELLS * second.score)
    return {first.object: first} if clear else {}


def _likely(table: _Table) -> list[str]:
    """The objects worth a closer look: those that at least half as many headers speak for as for the best one."""
    counts = dict.fromkeys(builtin().sources, 0)
    for header in {one.column.header for one in table.columns} - {""}:
        near = evidence.vocabulary().like(header)
        for name in {name for form, one in near.items() if one.score > _ALIKE for name in evidence.spoken_of(form)}:
            counts[name] += 1
    return [name for name, count in counts.items() if count >= max(counts.values()) / 2]


def _names(file: str) -> set[str]:
    """The words that a file goes by: its name, its sheet, its folder; as they are, and without digits."""
    path, _, sheet = file.partition("#")
    words = {squash(text) for text in (PurePath(path).stem, sheet, PurePath(path).parent.name)}
    return {*words, *(_DIGITS.sub("", word) for word in words)} - {""}


def _describe(table: _Table, name: str) -> Recognised:
    kind = builtin().sources[name]
    matches = table.matches(name)
    # Both ways: how much of the file is understood, and how much of the object is there.
    understood = sum(sure for _, _, sure, _ in matches)
    named = any(builtin().file_words.get(word) == name for word in _names(table.file))
    score = _SHARE * understood / max(len(table.headers), 1) + _COVER * understood / min(len(kind.lines), _USUAL_WIDTH)
    headers = {meaning.concept: header for meaning, header, _, _ in matches}
    key = tuple(headers[concept] for concept in kind.key if concept in headers)
    why = [f"{len(matches)} of {len(table.headers)} columns are those of {name}"]
    if named:
        why.append("the file's name says so")
    if len(key) != len(kind.key):
        why.append("no column numbers its records: each is known by its content")
    languages = Counter(spoken for meaning, header, _, _ in matches for spoken in meaning.languages_of(header))
    language = max(LANGUAGES, key=lambda one: (languages[one], -LANGUAGES.index(one)))
    told = sum(by_header for _, _, _, by_header in matches)
    if told < max(_TOLD, _TOLD_SHARE * len(matches)) and any(one.column.header for one in table.columns):
        score = min(score, _ENOUGH - _NAME_COUNTS)  # cells alone look like many things
    score = min(score, 1.0) + (_NAME_COUNTS if named else 0)
    return Recognised(name, key if len(key) == len(kind.key) else (), language, round(score, 4), tuple(why))
