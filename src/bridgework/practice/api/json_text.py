"""JSON as it was sent: where each value stands in a text, so that records and numbers are kept to the letter.

Python's own decoder tells where each value ends, and reads what other programs write but stricter readers refuse: a
line break inside a text, and half of a surrogate pair, which is what a text cut inside an emoji becomes. Numbers become
`Number`, their literal text, for `85073003328.0` and `1.50` say more than the float that they would be.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from json.decoder import scanstring  # type: ignore[attr-defined]  # it is there; the type stubs leave it out
from typing import Any

_SPACE = re.compile(r"[ \t\n\r]*")
_STEP = re.compile(r"(?:\\.|[^.\\])+")
_BOM = "\ufeff"


class Number(str):
    """The text of a JSON number, as sent."""

    __slots__ = ()


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


_decoder = json.JSONDecoder(parse_float=Number, parse_int=Number, parse_constant=_no_constant, strict=False)


class BrokenJsonError(ValueError):
    """The text is no JSON, or stops in the middle; says nothing of what it holds."""


@lru_cache(maxsize=4096)
def steps(path: str) -> tuple[str, ...]:
    r"""The names in a dotted path; `\.` is a dot in a name. An empty path has none: it is the value itself."""
    return tuple(step.replace("\\.", ".").replace("\\\\", "\\") for step in _STEP.findall(path))


def dotted(names: Sequence[str]) -> str:
    """The path with these names; `steps` the other way round."""
    return ".".join(name.replace("\\", "\\\\").replace(".", "\\.") for name in names)


def text_of(body: bytes, charset: str = "utf-8") -> str:
    """A body as text. Raises BrokenJsonError where it is not in its charset."""
    try:
        return body.decode(charset).removeprefix(_BOM)
    except (UnicodeDecodeError, LookupError):
        raise BrokenJsonError from None


def parse(text: str) -> Any:
    """A whole JSON text, numbers as `Number`. Raises BrokenJsonError."""
    try:
        value, end = _decoder.raw_decode(text, _skip(text, 0))
    except (ValueError, RecursionError):
        raise BrokenJsonError from None
    if _skip(text, end) != len(text):
        raise BrokenJsonError
    return value


def at(value: Any, names: Sequence[str]) -> Any:
    """The value at a path inside a parsed one, None where there is none; a number is a place in a list, from 0."""
    for name in names:
        if isinstance(value, dict):
            value = value.get(name)
        elif isinstance(value, list) and name.isdecimal():
            value = value[int(name)] if int(name) < len(value) else None
        else:
            return None
    return value


def find(text: str, names: Sequence[str], start: int = 0) -> str | None:
    """The text of the value at a path, as sent; None where there is none."""
    here = _skip(text, start)
    if not names:
        return text[here : _decoder.raw_decode(text, here)[1]]
    if text[here] == "{":
        begin = dict(_members(text, here)).get(names[0])
        return None if begin is None else find(text, names[1:], begin)
    if text[here] == "[" and names[0].isdecimal():
        begins = list(_items(text, here))
        return find(text, names[1:], begins[int(names[0])]) if int(names[0]) < len(begins) else None
    return None


def items(text: str) -> list[str]:
    """The text of each item of a list, as sent."""
    return [text[begin : _decoder.raw_decode(text, begin)[1]] for begin in _items(text, _skip(text, 0))]


def members(text: str) -> dict[str, str]:
    """The text of each value of an object, as sent, by its name."""
    begins = _members(text, _skip(text, 0))
    return {name: text[begin : _decoder.raw_decode(text, begin)[1]] for name, begin in begins}


def _members(text: str, start: int) -> Iterator[tuple[str, int]]:
    """The name of each member of an object that begins here, and where its value begins."""
    here = _skip(text, start + 1)
    while text[here] != "}":
        name, here = scanstring(text, here + 1, False)
        begin = _skip(text, _skip(text, here) + 1)
        yield name, begin
        here = _skip(text, _decoder.raw_decode(text, begin)[1])
        if text[here] == ",":
            here = _skip(text, here + 1)


def _items(text: str, start: int) -> Iterator[int]:
    """Where each item of a list that begins here begins."""
    here = _skip(text, start + 1)
    while text[here] != "]":
        yield here
        here = _skip(text, _decoder.raw_decode(text, here)[1])
        if text[here] == ",":
            here = _skip(text, here + 1)


def _skip(text: str, start: int) -> int:
    found = _SPACE.match(text, start)
    return found.end() if found else start
