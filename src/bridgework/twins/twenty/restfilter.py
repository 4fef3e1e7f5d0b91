"""Filters and orders as REST writes them: `name[eq]:x,and(a[gt]:1,or(...))` and `order_by=createdAt[DescNullsLast]`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from bridgework.twins.twenty.errors import Refusal
from bridgework.twins.twenty.fieldtypes import COMPOSITE
from bridgework.twins.twenty.model import Object
from bridgework.twins.twenty.ordering import DIRECTIONS

_CONJUNCTION = re.compile(r"(and|or|not)\((.*)\)", re.DOTALL)
_BASE = re.compile(r"([\w.]+)\[(\w+)\]:(.*)", re.DOTALL)
COMPARATORS = ("eq", "neq", "in", "containsAny", "is", "gt", "gte", "lt", "lte", "startsWith", "endsWith", "like",
               "ilike")  # fmt: skip
_NUMERIC = frozenset({"NUMBER", "NUMERIC", "POSITION", "CURRENCY"})


def parse_filter(item: Object, text: str) -> dict[str, Any]:
    """The filter of a REST query as the GraphQL API takes it."""
    whole = _CONJUNCTION.fullmatch(text)
    if whole is None or len(list(_split(text))) > 1:
        text = f"and({text})"
    return _parse(item, text)


def _parse(item: Object, text: str) -> dict[str, Any]:
    found = _CONJUNCTION.fullmatch(text)
    if found is None:
        return _base(item, text)
    inner = [_parse(item, part) for part in _split(found[2])]
    return {"not": inner[0]} if found[1] == "not" else {found[1]: inner}


def _split(text: str) -> Iterator[str]:
    """The parts between commas that stand in no bracket, quotation or list."""
    depth, quoted, start = 0, False, 0
    for index, letter in enumerate(text):
        if letter == '"':
            quoted = not quoted
        elif not quoted and letter in "([":
            depth += 1
        elif not quoted and letter in ")]":
            depth -= 1
        elif letter == "," and not depth and not quoted:
            yield text[start:index]
            start = index + 1
    yield text[start:]


def _base(item: Object, text: str) -> dict[str, Any]:
    found = _BASE.fullmatch(text)
    if found is None:
        raise Refusal(f"'filter' invalid for '{text}'. eg: price[gte]:10")
    path, operator, raw = found[1].split("."), found[2], found[3]
    if operator not in COMPARATORS:
        known = ", ".join(COMPARATORS)
        raise Refusal(f"'filter' invalid for '{text}', comparator {operator} not in {known}")
    field = item.by_name.get(path[0]) or item.by_join.get(path[0])
    kind = field.type if field is not None else "TEXT"
    if raw.startswith("[") and raw.endswith("]"):
        value: Any = [_value(part, kind) for part in _split(raw[1:-1])]
    else:
        value = _value(raw, kind)
    result: dict[str, Any] = {operator: value}
    for key in reversed(path):
        result = {key: result}
    return result


def _value(raw: str, kind: str) -> Any:
    raw = raw.strip()
    if len(raw) > 1 and raw[0] == raw[-1] and raw[0] in "\"'":
        return raw[1:-1]
    if kind in _NUMERIC:
        try:
            return float(raw) if "." in raw else int(raw)
        except ValueError:
            return raw
    if kind == "BOOLEAN":
        return {"true": True, "false": False}.get(raw.lower(), raw)
    return raw


def parse_order(item: Object, text: str | None) -> list[dict[str, Any]]:
    """The order of a REST query as the GraphQL API takes it; ascending where no direction is given."""
    result = []
    for part in (text or "").split(","):
        if not part:
            continue
        name, _, direction = part.rstrip("]").partition("[")
        direction = direction or "AscNullsFirst"
        if direction not in DIRECTIONS:
            allowed = "', '".join(DIRECTIONS)
            raise Refusal(
                f"'order_by' direction '{direction}' invalid. Allowed values are '{allowed}'. eg: ?order_by=field_1["
                "AscNullsFirst],field_2[DescNullsLast],field_3"
            )
        path = name.split(".")
        field = item.by_name.get(path[0])
        if field is None and path[0] not in item.by_join:
            raise Refusal(
                f'Field "{path[0]}" does not exist or is not sortable', name="Error", rest={"code": "FIELD_NOT_FOUND"}
            )
        value: Any = direction
        if field is not None and field.type in COMPOSITE and len(path) > 1:
            value = {path[1]: direction}
        result.append({path[0]: value})
    return result
