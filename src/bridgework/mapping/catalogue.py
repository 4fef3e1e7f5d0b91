"""The built-in map, reviewed by people: `builtin.yaml` read once, and its lines found by the words of a header."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, cached_property
from importlib.resources import files
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from bridgework import yaml_text
from bridgework.mapping.document import Line, ObjectDef, Preset, Sensitivity
from bridgework.mapping.words import squash, squash_header

__all__ = ["LANGUAGES", "Catalogue", "Kind", "Language", "Meaning", "Preset", "Sensitivity", "builtin"]

Language = Literal["nl", "fr", "en", "de"]
LANGUAGES: tuple[Language, ...] = ("nl", "fr", "en", "de")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Meaning(_Strict):
    """One concept: the header words that it answers to, what its cells look like, and where it goes.

    Words stand the usual ones first, abbreviations among them. `rare`: few practices have such a column. `validator`
    names what its cells are, as `proposer.looks` tests it: `insz`, `phone`, `choice sex`, `link patient`.
    """

    concept: str
    rare: bool = False
    validator: str = "text"
    sensitivity: Sensitivity = "practice"
    nl: tuple[str, ...] = ()
    fr: tuple[str, ...] = ()
    en: tuple[str, ...] = ()
    de: tuple[str, ...] = ()
    target: str | None = None
    transform: str | None = None
    with_: dict[str, Any] = Field(default_factory=dict, alias="with")
    note: str | None = None

    def languages_of(self, header: str) -> tuple[Language, ...]:
        """The languages in which the header is one of its words; empty where it is none."""
        wanted = squash_header(header)
        return tuple(one for one in LANGUAGES if any(squash_header(word) == wanted for word in getattr(self, one)))

    def rank(self, header: str) -> int | None:
        """How early the header stands among its words, the first ones being the usual; None where it is none."""
        wanted = squash_header(header)
        places = [
            place for one in LANGUAGES for place, word in enumerate(getattr(self, one)) if squash_header(word) == wanted
        ]
        return min(places, default=None)


class Kind(_Strict):
    """One object of the practice: the words of its file, its key, its lines."""

    files: tuple[str, ...]
    key: tuple[str, ...]
    record: str | None = None
    keep: Literal["handover"] | None = None
    lines: tuple[Meaning, ...]
    derived: tuple[Line, ...] = ()

    @cached_property
    def meanings(self) -> dict[str, Meaning]:
        """Its lines by their concepts."""
        return {one.concept: one for one in self.lines}


class Catalogue(_Strict):
    """The whole built-in map."""

    formats: dict[str, tuple[str, ...]]
    placeholders: tuple[str, ...]
    values: dict[str, dict[str, tuple[str, ...]]]
    objects: dict[str, ObjectDef]
    sources: dict[str, Kind]
    presets: dict[str, Preset]

    @model_validator(mode="after")
    def _presets_name_concepts(self) -> Self:
        known = {line.concept for kind in self.sources.values() for line in kind.lines}
        for name, one in self.presets.items():
            if unknown := sorted({*one.concepts, *one.text} - known):
                raise ValueError(f"the preset {name} names concepts without a line: {', '.join(unknown)}")
        return self

    @cached_property
    def file_words(self) -> dict[str, str]:
        """Squashed file name → source object."""
        return {squash(word): name for name, kind in self.sources.items() for word in kind.files}

    @cached_property
    def header_words(self) -> frozenset[str]:
        """All headers that columns answer to, squashed."""
        lines = (line for kind in self.sources.values() for line in kind.lines)
        return frozenset(squash_header(word) for line in lines for one in LANGUAGES for word in getattr(line, one))


def meanings_of(source: str) -> Mapping[str, Meaning]:
    """Concept → meaning of an object of the practice; none where the built-in map has no such object."""
    kind = builtin().sources.get(source)
    return kind.meanings if kind is not None else {}


@cache
def builtin() -> Catalogue:
    """The built-in map."""
    text = files("bridgework.mapping").joinpath("builtin.yaml").read_text(encoding="utf-8")
    content, _ = yaml_text.read(text, "builtin.yaml")
    return Catalogue.model_validate(content)
