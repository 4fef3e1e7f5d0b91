"""What pydantic finds wrong in a profile, in words for the person who wrote it; never what stands there."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from bridgework.practice.api import entries
from bridgework.practice.api.fitting import Problem

_UNIONS: dict[str, dict[str, type[BaseModel]]] = {
    "authentication": {
        "bearer": entries.Bearer,
        "basic": entries.Basic,
        "header": entries.HeaderKey,
        "query": entries.QueryKey,
        "oauth2": entries.OAuth2,
    },
    "paging": {
        "page": entries.ByPage,
        "offset": entries.ByOffset,
        "cursor": entries.ByCursor,
        "link": entries.ByLink,
        "none": entries.OnePage,
    },
}
_PARTS: dict[str, type[BaseModel]] = {
    "changed_since": entries.ChangedSince,
    "detail": entries.Detail,
    "fields": entries.Names,
}
_EXAMPLES = {
    "bridgework_api": "bridgework_api: 1",
    "name": "name: …",
    "base_url": "base_url: https://api.example.be",
    "authentication": "authentication: bearer",
    "objects": "objects:, and the objects under it",
    "token_url": "token_url: /oauth/token",
    "next": "next: meta.next_cursor",
    "parameter": "parameter: changed_since",
    "path": "path: /patients/{number}",
}
_TEXTS = {
    "string_type": "a text is expected; a number or yes/no is written in quotes",
    "int_type": "a whole number is expected, such as 100",
    "dict_type": "entries are expected under it, each `name: value`",
    "model_type": "entries are expected under it, each `name: value`",
    "model_attributes_type": "entries are expected under it, each `name: value`",
    "tuple_type": "a name or a list is expected, such as `number` or `[invoice_number, line]`",
    "string_too_short": "it is empty: write it, or take the line out",
    "string_pattern_mismatch": "letters, digits, - and _ are expected, such as X-Api-Key",
    "too_short": "at least one is expected",
    "literal_error": "{expected} is expected",
    "greater_than_equal": "{ge} or more is expected",
    "less_than_equal": "{le} or less is expected",
    "value_error": "{error}",
}


def problems(
    model: type[BaseModel], error: ValidationError, place: tuple[str | int, ...], content: Any
) -> Iterator[Problem]:
    """Each thing that is wrong, at its place in the YAML; `content` is what was validated, `place` where it stands."""
    for one in error.errors(include_input=False, include_url=False):
        here, inner = _inside(model, one["loc"], content)
        yield Problem((*place, *here), _text(dict(one), inner))


def _inside(
    model: type[BaseModel], location: tuple[str | int, ...], content: Any
) -> tuple[tuple[str | int, ...], type[BaseModel]]:
    """The path in the YAML of what pydantic points at, which also names the kinds of a union; and its model."""
    here: list[str | int] = []
    before: str | int = ""
    for part in location:
        if before in _UNIONS and part in _UNIONS[str(before)]:
            model = _UNIONS[str(before)][str(part)]
            before = ""
            continue
        here.append(part)
        model = _PARTS.get(str(part), model)
        before = part
    # A short form (`id: number`) has no entries of its own to point at.
    while len(here) > 1 and not isinstance(_at(content, here[:-1]), Mapping | list):
        here.pop()
    return tuple(here), model


def _at(content: Any, path: list[str | int]) -> Any:
    for part in path:
        content = content.get(part) if isinstance(content, Mapping) else None
    return content


def _text(error: dict[str, Any], model: type[BaseModel]) -> str:
    kind, name = error["type"], str(error["loc"][-1]) if error["loc"] else ""
    if kind == "missing":
        return f"`{name}` is missing: write `{_EXAMPLES.get(name, f'{name}: …')}`"
    if kind == "extra_forbidden":
        return _unknown(name, model)
    if kind in {"union_tag_invalid", "union_tag_not_found"}:
        return f"`by` is expected, and one of {', '.join(_UNIONS[name])}"
    return _TEXTS.get(kind, str(error["msg"])).format_map(error.get("ctx", {}))


def _unknown(name: str, model: type[BaseModel]) -> str:
    known = list(model.model_fields)
    if near := difflib.get_close_matches(name, known, 1, 0.8):
        return f"there is no such entry here; did you mean `{near[0]}`?"
    if entries.looks_secret(name):
        return entries.NO_SECRET
    return f"there is no such entry here; there are {', '.join(known)}"
