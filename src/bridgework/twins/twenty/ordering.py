"""The order of a list and the cursors into it, with the traps that the real server's cursors have."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

import orjson

from bridgework.twins.twenty.errors import Refusal, bad_query
from bridgework.twins.twenty.fieldtypes import COMPOSITE, column_name
from bridgework.twins.twenty.model import DataModel, Field, Object
from bridgework.twins.twenty.selection import Record
from bridgework.twins.twenty.store import quoted

DIRECTIONS = {
    "AscNullsFirst": ("ASC", "FIRST"),
    "AscNullsLast": ("ASC", "LAST"),
    "DescNullsFirst": ("DESC", "FIRST"),
    "DescNullsLast": ("DESC", "LAST"),
}
_LISTS = frozenset({"ARRAY", "MULTI_SELECT"})


@dataclass(frozen=True)
class Term:
    """One thing to order by."""

    expression: str
    direction: str
    nulls: str

    def sql(self, *, backwards: bool = False) -> str:
        direction, nulls = self.direction, self.nulls
        if backwards:
            direction = "DESC" if direction == "ASC" else "ASC"
            nulls = "LAST" if nulls == "FIRST" else "FIRST"
        return f"{self.expression} {direction} NULLS {nulls}"


def terms_of(model: DataModel, item: Object, order_by: list[dict[str, Any]]) -> list[Term]:
    """The terms of an `orderBy`, each of which names one field."""
    terms: list[Term] = []
    for entry in order_by:
        for key, value in entry.items():
            found = item.by_name.get(key)
            if found is not None and found.relation is not None:
                terms.append(_related(model, found, value))
            elif found is not None and found.type in COMPOSITE:
                terms.extend(_composite(found, value))
            elif found is not None or key in item.by_join:
                terms.append(_scalar(f"t.{quoted(key)}", found, key, value))
            else:
                raise _unknown(key)
    # The server keeps them by column: where one is named twice, the last direction counts, at the first place.
    return list({term.expression: term for term in terms}.values())


def _unknown(key: str) -> Exception:
    return bad_query(f'Field "{key}" does not exist or is not sortable', sub_code="FIELD_NOT_FOUND")


def _scalar(expression: str, found: Field | None, key: str, value: Any) -> Term:
    if not isinstance(value, str) or value not in DIRECTIONS:
        raise bad_query(
            f'Scalar field "{key}" requires a direction value'
            " (AscNullsFirst, AscNullsLast, DescNullsFirst, DescNullsLast)"
        )
    if found is not None and found.type in _LISTS:
        expression = f"rtrim({expression}, ']')"  # so that a shorter list comes before one that goes on
    return Term(expression, *DIRECTIONS[value])


def _composite(found: Field, value: Any, alias: str = "t") -> list[Term]:
    if not isinstance(value, dict):
        raise bad_query(
            f'Composite field "{found.name}" requires subfield ordering'
            f" (e.g., {{ {found.name}: {{ subFieldName: 'AscNullsFirst' }} }})"
        )
    known = {part.name for part in COMPOSITE[found.type]}
    terms = []
    for sub, direction in value.items():
        if sub not in known:
            message = f"Sub field metadata not found for composite type: {found.type}"
            raise Refusal(message, code="INTERNAL_SERVER_ERROR", friendly=None)
        if direction not in DIRECTIONS:
            raise bad_query(f"Sub field order by value must be of type OrderByDirection, but got: {direction}")
        expression = f"{alias}.{quoted(column_name(found.name, sub))}"
        terms.append(Term(expression, *DIRECTIONS[direction]))
    return terms


def _related(model: DataModel, found: Field, value: Any) -> Term:
    """The order by a field of the record that a relation leads to."""
    if not isinstance(value, dict) or not value or found.relation != "MANY_TO_ONE":
        raise bad_query(
            f'Relation field "{found.name}" requires nested field ordering'
            f" (e.g., {{ {found.name}: {{ fieldName: 'AscNullsFirst' }} }})"
        )
    target = model.target(found)
    [key, direction] = next(iter(value.items()))
    inner = target.by_name.get(key)
    if inner is None:
        raise bad_query(f'Nested field "{key}" not found in target object "{target.name}"', sub_code="FIELD_NOT_FOUND")
    if inner.type in COMPOSITE:
        term = _composite(inner, direction, "r")[0]
    else:
        term = _scalar(f"r.{quoted(key)}", inner, key, direction)
    select = (
        f"(SELECT {term.expression} FROM {quoted(target.table)} r"  # noqa: S608 - names from the data model
        f" WHERE r.id = t.{quoted(str(found.join_column))})"
    )
    return Term(select, term.direction, term.nulls)


def encode(record: Record, order_by: list[dict[str, Any]], item: Object) -> str:
    """The cursor of a record.

    It holds the values that the request happened to select: what is ordered by but not selected is left out, and
    paging by such a cursor repeats or skips rows. So it is on the real server.
    """
    values: dict[str, Any] = {}
    for entry in order_by:
        for key, value in entry.items():
            found = item.by_name.get(key)
            if found is not None and found.type in COMPOSITE and isinstance(value, dict):
                held = record.get(key) or {}
                into = values.setdefault(key, {})
                into.update({sub: held[sub] for sub in value if sub in held})
            elif found is not None and key in record:
                values[key] = record[key]
    values["id"] = record["id"]
    return base64.b64encode(orjson.dumps(values)).decode()


def decode(cursor: str) -> dict[str, Any]:
    """What a cursor holds; raises Refusal for what is none."""
    try:
        decoded = orjson.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4)))
    except ValueError:
        decoded = None
    if not isinstance(decoded, dict):
        raise bad_query(f"Invalid cursor: {cursor}", sub_code="INVALID_CURSOR")
    return decoded


def cursor_filter(
    cursor: dict[str, Any], order_by: list[dict[str, Any]], item: Object, *, forward: bool
) -> dict[str, Any]:
    """The filter for what comes after a cursor (or before it): a > x or (a = x and b > y) and so on.

    A composite value of which nothing was selected gives a condition that all records meet, and so the same page again.
    """
    after: list[dict[str, Any]] = []
    equal: list[dict[str, Any]] = []
    for key, value in cursor.items():
        found = item.by_name.get(key)
        if found is None:
            raise Refusal(f"Field metadata not found for key: {key}", sub_code="INVALID_CURSOR")
        if isinstance(value, dict) and found.type in COMPOSITE:
            main, same = _composite_conditions(key, value, order_by, forward=forward)
        else:
            main = _leaf((key,), _operator(_direction(order_by, key), forward=forward), value)
            same = _leaf((key,), "eq", value)
        after.append({"and": [*equal, main]})
        equal.append(same)
    return {"or": after}


def _composite_conditions(
    key: str, value: dict[str, Any], order_by: list[dict[str, Any]], *, forward: bool
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What is after a composite value, and what is equal to it."""
    after: list[dict[str, Any]] = []
    equal: list[dict[str, Any]] = []
    for sub, held in value.items():
        operator = _operator(_direction(order_by, key, sub), forward=forward)
        after.append({"and": [*equal, _leaf((key, sub), operator, held)]})
        equal.append(_leaf((key, sub), "eq", held))
    return ({"or": after}, {"and": equal}) if after else ({}, {})


def _operator(direction: str, *, forward: bool) -> str:
    return "gt" if direction.startswith("Asc") == forward else "lt"


def _leaf(path: tuple[str, ...], operator: str, value: Any) -> dict[str, Any]:
    result: dict[str, Any] = {operator: value}
    for key in reversed(path):
        result = {key: result}
    return result


def _direction(order_by: list[dict[str, Any]], key: str, sub: str | None = None) -> str:
    for entry in order_by:
        if key in entry:
            value = entry[key].get(sub) if sub is not None and isinstance(entry[key], dict) else entry[key]
            if isinstance(value, str):
                return value
    raise bad_query("Invalid cursor", sub_code="INVALID_CURSOR")
