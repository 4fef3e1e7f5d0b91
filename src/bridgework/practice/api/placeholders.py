"""Addresses with `{name}` in them: the only form there is, and each value is quoted."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import quote

_PLACE = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z0-9_]+)*)\}")


class UnfitNameError(ValueError):
    """A value cannot stand in an address: it is empty, or would lead elsewhere. Says nothing of the value."""


def names_in(template: str) -> list[str]:
    """The names of a template's placeholders. Raises ValueError where a brace is no part of a `{name}`."""
    if re.search(r"[{}]", _PLACE.sub("", template)):
        raise ValueError("a placeholder is written {name}, with letters, digits, _ and dots")
    return _PLACE.findall(template)


def fill(template: str, value_of: Callable[[str], str]) -> str:
    """The template with each placeholder's value in it, quoted, slashes too. Raises UnfitNameError."""

    def quoted(found: re.Match[str]) -> str:
        value = value_of(found[1])
        if not value or value in {".", ".."}:
            raise UnfitNameError
        return quote(value, safe="")

    return _PLACE.sub(quoted, template)
