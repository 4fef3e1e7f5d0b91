"""What of a map can be tried while other parts of it are wrong: the objects whose own lines are right."""

from __future__ import annotations

from collections.abc import Mapping

from bridgework.mapping.document import MapDocument, Source
from bridgework.mapping.problem import Problem


def right_part(document: MapDocument) -> MapDocument:
    """The map with every object set aside that something is wrong in; the others can still link to its records."""
    if not document.problems():
        return document
    wrong = problems_by_object(document)
    sources = {name: _aside(one) if wrong[name] else one for name, one in document.sources.items()}
    return _with(document, sources)


def problems_by_object(document: MapDocument) -> dict[str, list[Problem]]:
    """By object, what is wrong in its lines, and what no object can do without: the formats of dates."""
    aside = {name: _aside(one) for name, one in document.sources.items()}
    common = set(_with(document, aside).problems())
    formats = [one for one in common if one.code == "BAD-FORMAT"]
    return {
        name: [*formats, *(p for p in _with(document, {**aside, name: one}).problems() if p not in common)]
        for name, one in document.sources.items()
    }


def _aside(source: Source) -> Source:
    """The object with nothing of it loaded, under its columns and concepts: others may look it up."""
    lines = tuple(line.model_copy(update={"decision": "handover"}) for line in source.lines)
    return source.model_copy(update={"keep": "handover", "lines": lines, "derived": ()})


def _with(document: MapDocument, sources: Mapping[str, Source]) -> MapDocument:
    return document.model_copy(update={"sources": dict(sources)})
