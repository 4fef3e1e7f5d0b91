"""Records that cells call by a name instead of their number: a dentist, an insurer, a referrer.

A name finds a record only where it is that of one record: two dentists called Peeters are told by their first names, or
by nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache

from bridgework.mapping.words import squash

_TITLE = re.compile(
    r"^(?:dr|prof|dhr|heer|mevr|mevrouw|mw|mr|mme|m|madame|monsieur|tandarts|dentiste|zahnarzt)\b\.?\s*", re.IGNORECASE
)
_NUMBER_BEFORE = re.compile(r"(.*?\S)\s*(?:-|–|:|/)\s+\S|(\d{3})(?!\d)")  # noqa: RUF001 - as people type it
_WHOLE = ("name", "full_name", "initials", "last_name")

Directory = Mapping[str, Mapping[str, str]]
"""Key → concept → text, of one small source object."""


def key_finder(object_: str, rows: Directory) -> Callable[[str], str]:
    """From a cell to the key of a record: the cell where it is one, the number before a name, or the key of the name.

    A cell that finds none stays what it is.
    """
    names = _keys_by_name(object_, rows)

    @lru_cache(maxsize=4096)
    def find(text: str) -> str:
        if text in rows:
            return text
        if (match := _NUMBER_BEFORE.match(text)) and (number := match[1] or match[2]) in rows:
            return number
        return names.get(squash(text)) or names.get(squash(_TITLE.sub("", text))) or text

    return find


def _keys_by_name(object_: str, rows: Directory) -> dict[str, str]:
    """From a name, squashed, to the key of the one record that has it."""
    keys: dict[str, set[str]] = {}
    for key, row in rows.items():
        for name in filter(None, map(squash, _names(object_, row))):
            keys.setdefault(name, set()).add(key)
    return {name: found.pop() for name, found in keys.items() if len(found) == 1}


def _names(object_: str, row: Mapping[str, str]) -> Iterator[str]:
    """What a record is called by: its name, both ways round, with its title, by initials, or by its last name alone."""
    parts = {name: row.get(f"{object_}.{name}", "").strip() for name in (*_WHOLE, "first_name")}
    yield from (parts[name] for name in _WHOLE)
    yield _TITLE.sub("", parts["full_name"])
    if parts["first_name"] and parts["last_name"]:
        yield f"{parts['first_name']} {parts['last_name']}"
        yield f"{parts['last_name']} {parts['first_name']}"
        yield f"{parts['first_name'][0]} {parts['last_name']}"
        yield f"{parts['last_name']} {parts['first_name'][0]}"
