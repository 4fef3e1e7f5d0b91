"""The cells of a record that came as JSON: one text for each path, by one rule for every API.

A text is itself; a number its literal text, as sent; true and false are "1" and "0"; null and what is not there are
empty; a list of such values is its texts with ", " between; anything else is its JSON, as sent.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any

from bridgework.practice.api import json_text

# Half of a pair is no character, and no database takes it.
_HALF_PAIR = re.compile("[\ud800-\udfff]")


def cells_of(record: bytes, paths: Sequence[str]) -> list[str]:
    """The text of a record's cell at each dotted path."""
    text = json_text.text_of(record)
    value = json_text.parse(text)
    return [_cell(text, value, names) for names in _all_steps(tuple(paths))]


@lru_cache(maxsize=256)
def _all_steps(paths: tuple[str, ...]) -> list[tuple[str, ...]]:
    return [json_text.steps(path) for path in paths]


def paths_of(record: bytes) -> list[str]:
    """The path of every value in a record that is no object; a list is one value, and so is an empty object."""
    return list(_leaves(json_text.parse(json_text.text_of(record)), ()))


def unlisted(records: Iterable[bytes], listed: Iterable[str]) -> list[str]:
    """The paths in records that none of those listed covers, in the order of their first appearance.

    A listed path covers what is inside it. One that leads into a list (`phones.0`) does not cover the list.
    """
    covered = {json_text.steps(path) for path in listed}
    found: dict[str, None] = {}
    for record in records:
        found.update(dict.fromkeys(paths_of(record)))
    return [path for path in found if not _is_covered(json_text.steps(path), covered)]


def _is_covered(names: tuple[str, ...], covered: set[tuple[str, ...]]) -> bool:
    return any(names[:length] in covered for length in range(1, len(names) + 1))


def _leaves(value: Any, names: tuple[str, ...]) -> Iterator[str]:
    if isinstance(value, dict) and (value or not names):
        for name, inner in value.items():
            yield from _leaves(inner, (*names, name))
    else:
        yield json_text.dotted(names)


def _cell(text: str, value: Any, names: tuple[str, ...]) -> str:
    found = json_text.at(value, names)
    if type(found) is str and found.isascii():
        return found  # almost every cell there is
    cell = _scalar(found)
    if cell is None and isinstance(found, list):
        parts = [_scalar(one) for one in found]
        cell = None if None in parts else ", ".join(part or "" for part in parts)
    if cell is None:
        cell = json_text.find(text, names) or ""
    return cell if cell.isascii() else _HALF_PAIR.sub("\ufffd", cell)


def _scalar(value: Any) -> str | None:
    if isinstance(value, str):
        return str(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    return None
