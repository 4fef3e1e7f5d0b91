"""Which file of an export is which object of the practice, by its headers and the words of its name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from bridgework.mapping.catalogue import LANGUAGES, Kind, Language, builtin
from bridgework.mapping.words import squash

_ENOUGH = 0.5
_NAME_COUNTS = 0.25


@dataclass(frozen=True, slots=True)
class Recognised:
    """What a file holds: the source object, the headers of its key, the language, a score up to 1.25, and why."""

    object: str
    key_headers: tuple[str, ...]
    language: Language
    score: float
    why: tuple[str, ...]


def recognise(headers_by_file: Mapping[str, Sequence[str]]) -> dict[str, Recognised]:
    """Pair files and objects one to one, the clearest first. A file that fits no object well enough is left out."""
    pairs = [
        (one.score, name, file, one)
        for file, headers in headers_by_file.items()
        for name, kind in builtin().sources.items()
        if (one := _fit(file, headers, name, kind)) is not None
    ]
    found: dict[str, Recognised] = {}
    taken: set[str] = set()
    for _, name, file, one in sorted(pairs, key=lambda pair: (-pair[0], pair[1], pair[2])):
        if file not in found and name not in taken:
            found[file] = one
            taken.add(name)
    return found


def as_object(object_: str, headers: Sequence[str], file: str = "") -> Recognised | None:
    """A file that a person says holds this object; None where the built-in map has no such object."""
    kind = builtin().sources.get(object_)
    return _describe(file, headers, object_, kind) if kind else None


def _fit(file: str, headers: Sequence[str], name: str, kind: Kind) -> Recognised | None:
    one = _describe(file, headers, name, kind)
    return one if one.score >= _ENOUGH and one.key_headers else None


def _describe(file: str, headers: Sequence[str], name: str, kind: Kind) -> Recognised:
    matched: dict[str, str] = {}
    languages: Counter[Language] = Counter()
    for header in headers:
        for meaning in kind.lines:
            if meaning.concept not in matched and (spoken := meaning.languages_of(header)):
                matched[meaning.concept] = header
                languages.update(spoken)
                break
    # Both ways: how much of the file is understood, and how much of the object is there.
    share = len(matched) / max(len(headers), 1)
    cover = len(matched) / len(kind.lines)
    named = builtin().file_words.get(squash(PurePath(file).stem)) == name
    key = tuple(matched[concept] for concept in kind.key if concept in matched)
    why = [f"{len(matched)} of {len(headers)} columns are those of {name}"]
    if named:
        why.append("the file's name says so")
    language = max(LANGUAGES, key=lambda one: (languages[one], -LANGUAGES.index(one)))
    score = 0.7 * share + 0.3 * cover + (_NAME_COUNTS if named else 0)
    return Recognised(name, key if len(key) == len(kind.key) else (), language, round(score, 4), tuple(why))
