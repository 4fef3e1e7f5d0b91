"""What the words in a column's cells are about: medicines, professions, findings, remarks; by `contents.yaml`.

It tells columns of text apart that no test of single cells can: a column of medicines from one of professions. Nothing
of a cell leaves this module: only shares.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files

from bridgework import yaml_text
from bridgework.mapping.words import unaccented

_WORD = re.compile(r"[a-z0-9]+")
_STEM = 4  # letters: a shorter entry is a whole word

Entry = tuple[str, ...]


class _Contents:
    """The entries of all subjects, found by the beginning of their first word."""

    def __init__(self, content: Mapping[str, Mapping[str, Sequence[str]]]) -> None:
        self.subject_of: dict[str, str] = {
            concept: subject for subject, one in content.items() for concept in one["concepts"]
        }
        self._entries: dict[str, list[tuple[Entry, str]]] = {}
        for subject, one in content.items():
            for text in one["words"]:
                words = _words(str(text))
                self._entries.setdefault(words[0][:_STEM], []).append((tuple(words), subject))

    def of(self, cell: str) -> set[str]:
        """The subjects that a cell speaks of."""
        words = _words(cell)
        return {
            subject
            for place, word in enumerate(words)
            for entry, subject in self._entries.get(word[:_STEM], ())
            if _begins(words[place:], entry)
        }


def _words(text: str) -> list[str]:
    return _WORD.findall(unaccented(text.casefold()))


def _begins(words: Sequence[str], entry: Entry) -> bool:
    return len(words) >= len(entry) and all(
        word == stem if len(stem) < _STEM else word.startswith(stem) for word, stem in zip(words, entry, strict=False)
    )


def content() -> dict[str, dict[str, list[str]]]:
    """The subjects as the file has them: by subject, its `concepts` and its `words`."""
    text = files("bridgework.mapping.proposer").joinpath("contents.yaml").read_text(encoding="utf-8")
    return dict(yaml_text.read(text, "contents.yaml")[0])


@cache
def _contents() -> _Contents:
    return _Contents(content())


def subject_of(concept: str) -> str | None:
    """What the cells of a concept are about; None where they are not told by their words."""
    return _contents().subject_of.get(concept)


def subjects(cells: Iterable[str]) -> dict[str, float]:
    """By subject, the share of the cells that speak of it; subjects of no cell left out."""
    counts: dict[str, int] = {}
    many = 0
    for cell in cells:
        many += 1
        for subject in _contents().of(cell):
            counts[subject] = counts.get(subject, 0) + 1
    return {subject: count / many for subject, count in counts.items()}
