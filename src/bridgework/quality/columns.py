"""The columns of an object by what they mean: the concepts that an audit recognised, and how their cells are read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from bridgework.mapping.catalogue import Meaning, builtin

NONE: Final = ""


class Columns:
    """One object's columns."""

    def __init__(self, object_: str, concepts: Mapping[str, str]) -> None:
        """Take header → concept (`patient.insz`)."""
        self.object = object_
        self._headers: dict[str, list[str]] = {}
        for header, concept in concepts.items():
            self._headers.setdefault(concept.removeprefix(f"{object_}."), []).append(header)
        kind = builtin().sources.get(object_)
        self._meanings: dict[str, Meaning] = (
            {one.concept.removeprefix(f"{object_}."): one for one in kind.lines} if kind else {}
        )

    def one(self, name: str) -> str:
        """The header of a concept, the first where it has several; empty where the object has no such column."""
        return next(iter(self._headers.get(name, ())), NONE)

    def many(self, names: Iterable[str]) -> list[str]:
        """The headers of several concepts."""
        return [header for name in names for header in self._headers.get(name, ())]

    def by_transform(self, *transforms: str) -> list[tuple[str, str]]:
        """(concept, header) of the columns that the built-in map reads so."""
        return [
            (name, header)
            for name, headers in self._headers.items()
            if (one := self._meanings.get(name)) is not None and one.transform in transforms
            for header in headers
        ]

    def links(self) -> list[tuple[str, str, str]]:
        """(concept, header, other object) of the columns that name records of another object, or of the same."""
        found = []
        for name, headers in self._headers.items():
            settings = self._meanings[name].with_ if name in self._meanings else {}
            other = settings.get("object") or settings.get("lookup") or _LINKS.get(f"{self.object}.{name}")
            if other:
                found += [(name, header, str(other)) for header in headers]
        return found

    def names(self) -> set[str]:
        """All concepts that are there."""
        return set(self._headers)


# Kept as text by the map, and a link all the same.
_LINKS = {"communication.appointment_number": "appointment"}
