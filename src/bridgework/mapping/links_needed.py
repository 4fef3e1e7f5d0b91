"""The objects that a record of the practice cannot do without: of a treatment its patient, of a line its invoice."""

from __future__ import annotations

from functools import cache


@cache
def required_links(source: str) -> frozenset[str]:
    """The source objects that records of this one must be linked to, by the built-in map."""
    from bridgework.mapping.catalogue import builtin  # here, since the catalogue is made of the document's own parts

    kind = builtin().sources.get(source)
    lines = kind.lines if kind else ()
    return frozenset(line.with_["object"] for line in lines if line.with_.get("required"))
