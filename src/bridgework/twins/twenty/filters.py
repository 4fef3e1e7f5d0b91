"""Filters of a request, checked as the server checks them and put into SQL."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import orjson

from bridgework.twins.twenty.errors import Refusal, bad_filter, bad_query
from bridgework.twins.twenty.fieldtypes import ACTOR_SOURCES, COMPOSITE, column_name
from bridgework.twins.twenty.inspect import show
from bridgework.twins.twenty.model import DataModel, Field, Object
from bridgework.twins.twenty.moments import date_value, moment_value
from bridgework.twins.twenty.store import quoted
from bridgework.twins.twenty.values import is_uuid

_COMPARE = ("eq", "neq", "gt", "gte", "lt", "lte", "in", "is")
_STRING = (*_COMPARE, "like", "ilike", "startsWith", "endsWith")
OPERATORS: dict[str, tuple[str, ...]] = {
    "TEXT": _STRING, "NUMBER": _COMPARE, "NUMERIC": _COMPARE, "POSITION": _COMPARE, "BOOLEAN": ("eq", "is"),
    "DATE": _COMPARE, "DATE_TIME": _COMPARE, "UUID": _COMPARE, "RELATION": _COMPARE, "MORPH_RELATION": _COMPARE,
    "ARRAY": ("containsIlike", "is", "isEmptyArray"), "MULTI_SELECT": ("containsAny", "is", "isEmptyArray"),
    "SELECT": ("eq", "neq", "gt", "gte", "lt", "lte", "in", "containsAny", "is", "isEmptyArray"),
    "RAW_JSON": ("is", "like"), "FILES": ("is", "like"),
}  # fmt: skip
OPERATORS["TS_VECTOR"] = ("eq", "neq", "is")
OPERATORS["RATING"] = OPERATORS["SELECT"]
_SUBFIELD_TYPES = {"text": "TEXT", "uuid": "UUID", "number": "NUMERIC", "array": "RAW_JSON", "json": "RAW_JSON"}
SCHEMA = "workspace"  # the real one adds the workspace's id in base 36
_SQL = {"eq": "=", "neq": "<>", "gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
_TEXTUAL = frozenset({"like", "ilike", "startsWith", "endsWith", "containsIlike"})


def _subfield_type(field_type: str, part: str, kind: str) -> str:
    if (field_type, part) == ("ACTOR", "source"):
        return "SELECT"
    return "TEXT" if kind == "option" else _SUBFIELD_TYPES[kind]


@dataclass
class Where:
    """A condition in SQL, its parameters, and whether it spoke of deletedAt (which shows deleted records)."""

    sql: str = ""
    parameters: list[Any] = field(default_factory=list)
    deleted: bool = False


class FilterCompiler:
    """Turns the filter of one request into a condition on one object's table."""

    def __init__(self, model: DataModel, item: Object, alias: str = "t", depth: int = 0) -> None:
        self.model = model
        self.item = item
        self.alias = alias
        self.depth = depth
        self.where = Where()

    def compile(self, filter_: dict[str, Any] | None) -> Where:
        """The whole condition; an empty filter gives an empty one."""
        if filter_:
            self.where.sql = self._all(filter_)
        return self.where

    def _all(self, filter_: Any) -> str:
        if not isinstance(filter_, dict):
            raise bad_filter("Invalid filter", "Invalid filter")
        return " AND ".join(f"({self._entry(key, value)})" for key, value in filter_.items()) or "1"

    def _entry(self, key: str, value: Any) -> str:
        if key in {"and", "or"}:
            joined = f" {key.upper()} ".join(f"({self._all(entry)})" for entry in value)
            return joined or "1"
        if key == "not":
            return f"NOT ({self._all(value)})"
        found = self.item.by_name.get(key)
        if found is not None and found.relation is not None:
            return self._related(found, value)
        return self._field(key, found or self.item.by_join.get(key), value)

    def _related(self, found: Field, value: Any) -> str:
        if found.relation != "MANY_TO_ONE":
            raise bad_filter(
                f'Cannot filter by relation field "{found.name}"',
                f'Invalid filter: filtering by relation field "{found.name}" is not supported',
            )
        if not isinstance(value, dict):
            raise bad_filter(
                f'Cannot filter by relation field "{found.name}": use "{found.join_column}" instead',
                f'Invalid filter: use "{found.join_column}" to filter by this relation field',
            )
        if self.depth:
            raise bad_filter(
                "Relation filter nesting deeper than 1 hop is not supported",
                "Relation filters can only traverse one relation deep",
            )
        target = self.model.target(found)
        inner = FilterCompiler(self.model, target, "r", depth=1)
        inner.where.parameters = self.where.parameters
        condition = inner._all(value)
        return (
            f"{self._column(str(found.join_column))} IN "  # noqa: S608 - names from the data model
            f"(SELECT r.id FROM {quoted(target.table)} r WHERE {condition})"
        )

    def _column(self, name: str) -> str:
        return f"{self.alias}.{quoted(name)}"

    def _field(self, key: str, found: Field | None, value: Any) -> str:
        if found is None:
            name = self.item.name
            raise bad_filter(
                f'Object {name} doesn\'t have any "{key}" field.',
                f'Invalid filter : {name} object doesn\'t have any "{key}" field.',
            )
        if key == "deletedAt":
            self.where.deleted = True
        if found.type not in COMPOSITE:
            return self._condition(self._column(key), found, found.type, key, value)
        parts = {part.name: part.kind for part in COMPOSITE[found.type]}
        conditions = []
        for sub, condition in (value or {}).items():
            if sub not in parts:
                raise bad_filter(f'Sub field "{sub}" not found for composite type: {found.type}')
            kind = _subfield_type(found.type, sub, parts[sub])
            column = self._column(column_name(found.name, sub))
            conditions.append(self._condition(column, found, kind, f"{found.name}.{sub}", condition))
        return " AND ".join(f"({condition})" for condition in conditions) or "1"

    def _condition(self, column: str, found: Field, kind: str, name: str, value: Any) -> str:
        if not isinstance(value, dict):
            raise bad_filter(
                f'Filter value for field "{name}" must be an object', "Invalid filter: filter value must be an object"
            )
        if len(value) != 1:
            raise bad_filter(
                f'Filter for field "{name}" must have exactly one operator',
                "Invalid filter: exactly one operator per field is required",
            )
        [(operator, operand)] = value.items()
        allowed = OPERATORS[kind]
        if operator not in allowed:
            raise bad_filter(
                f'Operator "{operator}" is not valid for field "{name}" of type {kind}'
                f" - Allowed operators: {', '.join(allowed)}",
                f'Invalid filter : Operator "{operator}" is not valid for this "{name}" {kind} field',
            )
        checked = _checked(operator, operand, kind, name)
        if kind in {"SELECT", "RATING"} and operator != "is":
            self._check_options(found, name, operator, checked)
        return self._sql(column, operator, checked, kind)

    def _check_options(self, found: Field, name: str, operator: str, operand: Any) -> None:
        """PostgreSQL knows the options as an enum and takes nothing else, not even to compare."""
        if operator in {"containsAny", "isEmptyArray"}:
            raise Refusal("Data validation error.", code="INTERNAL_SERVER_ERROR", friendly=None)
        options = {option["value"] for option in found.options or ()} or set(ACTOR_SOURCES)
        for value in operand if isinstance(operand, list) else [operand]:
            if value is not None and value not in options:
                column = name if found.type not in COMPOSITE else column_name(found.name, name.rsplit(".", 1)[-1])
                enum = f"{SCHEMA}.{self.item.table}_{column}_enum"
                raise Refusal(f'invalid input value for enum {enum}: "{value}"', friendly="Invalid input provided.")

    def _sql(self, column: str, operator: str, operand: Any, kind: str) -> str:
        parameters = self.where.parameters
        # An empty text is kept as null, so that comparing with one is asking for null.
        empty = kind == "TEXT" and operand in (None, "")
        if operator in _SQL:
            if empty and operator in {"eq", "neq"}:
                return f"{column} IS {'NOT ' * (operator == 'neq')}NULL"
            parameters.append(operand)
            return f"{column} {_SQL[operator]} ?"
        if operator == "is":
            return f"{column} IS {'NOT ' * (operand == 'NOT_NULL')}NULL"
        if operator == "isEmptyArray":
            return "0"  # an empty list is kept as null, and the server looks for '{}' whatever it is asked
        parameters.append(orjson.dumps(operand).decode() if operator in {"in", "containsAny"} else operand)
        if operator == "endsWith":
            parameters.append(operand)
        return _TEMPLATES[operator].format(column)


_TEMPLATES = {
    "in": "{0} IN (SELECT value FROM json_each(?))",
    "like": "{0} LIKE ? ESCAPE '\\'",
    "ilike": "lower({0}) LIKE lower(?) ESCAPE '\\'",
    "startsWith": "instr({0}, ?) = 1",
    "endsWith": "substr({0}, -length(?)) = ?",
    "containsAny": "EXISTS (SELECT 1 FROM json_each({0}) a JOIN json_each(?) b ON a.value = b.value)",
    "containsIlike": "EXISTS (SELECT 1 FROM json_each({0}) a WHERE lower(a.value) LIKE lower(?) ESCAPE '\\')",
}


def _checked(operator: str, operand: Any, kind: str, name: str) -> Any:
    """The operand, where the operator can take it."""
    if operator == "is":
        if operand not in {"NULL", "NOT_NULL"}:
            raise bad_filter(
                'Invalid filter value for "is" operator. Expected "NULL" or "NOT_NULL"',
                'Invalid value for "is" operator',
            )
    elif operator == "isEmptyArray":
        if not isinstance(operand, bool):
            raise bad_filter(
                f'Filter operator "isEmptyArray" requires a boolean value for field {name}',
                'Invalid filter: "isEmptyArray" operator requires a boolean',
            )
    elif operator in {"in", "containsAny"}:
        return _checked_list(operator, operand, kind, name)
    elif operator in _TEXTUAL:
        if not isinstance(operand, str):
            raise bad_filter(
                f'Filter operator "{operator}" requires a string value for field "{name}", got {_type_of(operand)}',
                f'Invalid filter: "{operator}" operator requires a String',
            )
    else:
        return _operand(operand, kind, name)
    return operand


def _checked_list(operator: str, operand: Any, kind: str, name: str) -> Any:
    if not isinstance(operand, list):
        raise bad_filter(
            f'Filter operator "{operator}" requires an array value for field {name}',
            f'Invalid filter: "{operator}" operator requires an array',
        )
    if operator == "containsAny":
        return operand
    if not operand:
        key = name.rsplit(".", maxsplit=1)[-1]
        message = f"Invalid filter value for field {key}. Expected non-empty array"
        raise bad_query(message, 'Invalid filter value: ""')
    if kind in {"UUID", "RELATION", "MORPH_RELATION"} and all(map(is_uuid, operand)):
        return [value.lower() for value in operand]
    return [None if value is None else _operand(value, kind, name) for value in operand]


def _type_of(value: Any) -> str:
    return "boolean" if isinstance(value, bool) else "number" if isinstance(value, (int, float)) else "object"


def _number(value: Any, name: str) -> Any:
    if isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            value = float("nan")
    if value is not None and (isinstance(value, bool) or not isinstance(value, (int, float)) or math.isnan(value)):
        shown = show(value)
        raise bad_filter(f'Invalid number value {shown} for field "{name}"', f'Invalid value for number: "{shown}"')
    return value


def _boolean(value: Any, name: str) -> Any:
    value = {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value
    if value is not None and not isinstance(value, bool):
        shown = show(value)
        raise bad_filter(f'Invalid boolean value {shown} for field "{name}"', f'Invalid value: "{shown}"')
    return value


def _uuid(value: Any, name: str) -> Any:
    if value is not None and not is_uuid(value):
        shown = show(value)
        raise bad_filter(f'Invalid UUID value {shown} for field "{name}"', f'Invalid value for UUID: "{shown}"')
    return value if value is None else value.lower()


_OPERANDS: dict[str, Callable[[Any, str], Any]] = {
    "NUMBER": _number, "NUMERIC": _number, "POSITION": _number, "BOOLEAN": _boolean,
    "UUID": _uuid, "RELATION": _uuid, "MORPH_RELATION": _uuid,
    "DATE": lambda value, name: date_value(value, name, in_filter=True),
    "DATE_TIME": lambda value, name: moment_value(value, name, in_filter=True),
}  # fmt: skip


def _operand(value: Any, kind: str, name: str) -> Any:
    convert = _OPERANDS.get(kind)
    if convert is not None:
        return convert(value, name)
    if isinstance(value, (dict, list)):
        raise Refusal("Data validation error.", code="INTERNAL_SERVER_ERROR", friendly=None)
    return value
