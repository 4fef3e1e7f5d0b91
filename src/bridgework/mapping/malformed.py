"""What is wrong with the form of a map, in words of the map: which column's line, which entry, what it should be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails
from rapidfuzz import fuzz, process

from bridgework import yaml_text
from bridgework.errors import UsageError

_MOST = 20  # that are told at once
_ALIKE = 70  # of 100: colunm, column
_NEXT = "correct these lines in a text editor; docs/what-maps-where.md shows how lines look"
_SHOULD = {
    "dict_type": "should be entries (`name: value`)",
    "model_type": "should be entries (`name: value`)",
    "string_type": "should be a text; put it in quotes",
    "tuple_type": "should be a list (`[one, other]`)",
    "float_type": "should be a number",
    "float_parsing": "should be a number",
    "bool_type": "should be true or false",
    "bool_parsing": "should be true or false",
    "missing": "is missing",
}

_Loc = tuple[str | int, ...]


def of_no_entries(content: Any, name: str) -> UsageError:
    """The error for a map that holds nothing, or something that has no entries at all."""
    if content is None:
        return UsageError(
            "MAP-UNREADABLE",
            "The map is empty.",
            where=f"{name}, line 1",
            next_step="put it back from a backup, or have it proposed again: `bridgework map DIR --anew`",
        )
    why = "it has no entries such as `sources:`"
    return UsageError("MAP-MALFORMED", "This is no map.", where=f"{name}, line 1", why=why, next_step=_NEXT)


def in_words(
    error: ValidationError,
    content: Any,
    places: Mapping[yaml_text.Path, int],
    known: Mapping[str, Sequence[str]],
    name: str,
) -> UsageError:
    """The error that says all of it, each with its line; `known` has the entries of each kind of part (`_kind`)."""
    told = {(yaml_text.line_of(places, one["loc"]) or 1, _words(one, content, known)) for one in error.errors()}
    found = sorted(told)
    more = f"; and {len(found) - _MOST} more" if len(found) > _MOST else ""
    return UsageError(
        "MAP-MALFORMED",
        "The map has entries that cannot be understood.",
        where=f"{name}, line {found[0][0]}",
        why="; ".join(f"line {line}: {words}" for line, words in found[:_MOST]) + more,
        next_step=_NEXT,
    )


def _words(one: ErrorDetails, content: Any, known: Mapping[str, Sequence[str]]) -> str:
    """One thing that is wrong; what stands there is not quoted, but for the name of an entry."""
    loc = one["loc"]
    place, rest = _place(loc, content)
    at = f" in {place}" if place else ""
    entry = ".".join(str(part) for part in rest)
    if one["type"] == "extra_forbidden":
        near = process.extractOne(str(rest[-1]), known.get(_kind(loc), ()), scorer=fuzz.ratio, score_cutoff=_ALIKE)
        return f"`{entry}` is no entry that can stand{at or ' there'}" + (f"; is `{near[0]}` meant?" if near else "")
    should = _SHOULD.get(one["type"], one["msg"].replace("Input should be", "should be").replace("Value error, ", ""))
    return f"`{entry}`{at} {should}" if entry else f"{place} {should}"


def _kind(loc: _Loc) -> str:
    """What part of a map an entry stands in: `line`, `field`, `source`, `object`, or the map itself."""
    match loc:
        case ("sources", _, "lines" | "derived", int(), *_):
            return "line"
        case ("objects", _, "fields", int(), *_):
            return "field"
        case ("sources" | "objects" as section, _, _, *_):
            return section.removesuffix("s")
        case _:
            return ""


def _place(loc: _Loc, content: Any) -> tuple[str, _Loc]:
    """The part of the map that an entry stands in, as people call it, and what is left of its path."""
    match loc:
        case ("sources", source, "lines", int(number), *rest):
            column = _at(content, *loc[:4], "column")
            called = f"the line of column {column}" if column else f"line {number + 1}"
            return f"{called} of {source}", tuple(rest)
        case ("sources", source, "derived", int(number), *rest):
            target = _at(content, *loc[:4], "target")
            called = f"the derived line to {target}" if target else f"derived line {number + 1}"
            return f"{called} of {source}", tuple(rest)
        case ("objects", object_, "fields", int(number), *rest):
            return f"the field {_at(content, *loc[:4], 'name') or number + 1} of {object_}", tuple(rest)
        case ("sources" | "objects" as section, one, *rest):
            return f"{section.removesuffix('s')} {one}", tuple(rest)
        case ("values", list_, *rest):
            return f"the pick-list {list_}", tuple(str(part) for part in rest if isinstance(part, str))
        case _:
            return "", loc


def _at(content: Any, *path: str | int) -> str:
    """A text in the map; empty where there is none."""
    for part in path:
        try:
            content = content[part]
        except (KeyError, IndexError, TypeError):
            return ""
    return content if isinstance(content, str) else ""
