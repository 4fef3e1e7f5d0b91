"""Shows the shape of a value without the value, so that a report can tell differences and no patient.

A shape keeps what helps to understand a difference (length, capitals, punctuation), and nothing of the letters and
digits: `Emma.Peeters@example.be` is `Xxxx.Xxxxxxx@xxxxxxx.xx`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

NOTHING = "—"
LONGEST_SHAPE = 60  # characters; beyond it a shape tells no more than a length
_MOST_ITEMS = 5
_UUID = re.compile(r"\s*[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}\s*", re.IGNORECASE)


def mask(value: Any) -> str:
    """The shape of a value: letters become x and X, digits 9; a long text its length, an id `id …`, nothing `—`.

    Mappings keep their keys (names of fields), lists show the shapes of their first items; true, false stay.
    """
    if value is None or value == "":
        return NOTHING
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        return " · ".join(f"{key}: {mask(one)}" for key, one in value.items()) or NOTHING
    if isinstance(value, list | tuple | set | frozenset):
        return _items(list(value))
    return _text(str(value))


def _text(text: str) -> str:
    if _UUID.fullmatch(text):
        return "id …"
    if len(text) > LONGEST_SHAPE:
        return f"text of {len(text)} characters"
    return "".join(map(_shape, text))


def _items(values: list[Any]) -> str:
    if not values:
        return NOTHING
    shapes = [mask(one) for one in values[:_MOST_ITEMS]]
    more = len(values) - len(shapes)
    return "[" + ", ".join(shapes) + (f", and {more} more" if more else "") + "]"


def _shape(character: str) -> str:
    kind = unicodedata.category(character)
    if kind[0] == "N":
        return "9"
    if kind[0] in "LM":
        return "X" if kind in {"Lu", "Lt"} else "x"
    if kind[0] == "P" or kind in {"Sc", "Sm"}:
        return character
    return " " if kind == "Zs" else "·"  # line breaks, pictures, letters in circles: there, and not told
