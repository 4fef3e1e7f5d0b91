"""Records from a request into the columns of their object."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from bridgework.twins.twenty import values
from bridgework.twins.twenty.errors import Refusal, bad_data
from bridgework.twins.twenty.fieldtypes import COMPOSITE, column_name
from bridgework.twins.twenty.model import Field, Object, new_id
from bridgework.twins.twenty.moments import date_value, moment_value

Columns = dict[str, Any]
Convert = Callable[[Any], Any]


@dataclass(slots=True)
class Draft:
    """A record on its way into the database."""

    columns: Columns
    connects: dict[str, dict[str, Any]] = field(default_factory=dict)
    files: dict[str, list[dict[str, str]] | None] = field(default_factory=dict)


class Converter:
    """Knows how to convert each field of one object; made once for each version of the data model."""

    def __init__(self, item: Object) -> None:
        self.item = item
        self.simple: dict[str, Convert] = {}
        self.composite: dict[str, Field] = {}
        for found in item.fields:
            if found.type in COMPOSITE:
                self.composite[found.name] = found
            elif found.relation is None and found.type not in {"TS_VECTOR", "FILES"}:
                self.simple[found.name] = _simple(found)
            elif found.join_column is not None:
                join = found.join_column
                self.simple[join] = partial(values.uuid_value, name=join)

    def draft(self, record: dict[str, Any]) -> Draft:
        """The columns of a record; raises Refusal for the first value that does not fit."""
        draft = Draft({})
        columns = draft.columns
        for key, value in record.items():
            convert = self.simple.get(key)
            if convert is not None:
                columns[key] = convert(value)
            elif key in self.composite:
                columns.update(values.composite_columns(self.composite[key], value))
            else:
                self._other(draft, key, value)
        return draft

    def _other(self, draft: Draft, key: str, value: Any) -> None:
        found = self.item.by_name.get(key)
        if found is None:
            raise bad_data(f'Object {self.item.name} doesn\'t have any "{key}" field.')
        if found.type == "FILES":
            draft.files[key] = values.files_value(value, found)
        elif found.type == "TS_VECTOR":
            raise bad_data(f"{key} TS_VECTOR-typed field does not support write operations")
        elif found.relation == "ONE_TO_MANY":
            raise bad_data(f"One-to-many relation {key} field does not support write operations.")
        elif not isinstance(value, dict) or (value.get("connect") is None and value.get("disconnect") is None):
            raise bad_data(f'Relation "{key}" requires connect or disconnect operation')
        elif value.get("connect") is not None:
            draft.connects[key] = dict(value["connect"].get("where") or {})
        elif value["disconnect"] is True:
            draft.columns[str(found.join_column)] = None


def _simple(found: Field) -> Convert:
    """The conversion of a field that is one column."""
    name = found.name
    options = tuple(option["value"] for option in found.options or ())
    if found.type in {"SELECT", "RATING"}:
        return lambda value: values.option_value(value, name, options)
    if found.type == "MULTI_SELECT":
        return lambda value: values.array_value(value, name, options)
    convert: dict[str, Callable[[Any, str], Any]] = {
        "TEXT": values.text_value, "NUMBER": values.number_value, "NUMERIC": values.numeric_value,
        "BOOLEAN": values.boolean_value, "DATE": date_value, "DATE_TIME": moment_value, "UUID": values.uuid_value,
        "ARRAY": values.array_value, "POSITION": values.position_value, "RAW_JSON": values.raw_json,
    }  # fmt: skip
    chosen = convert[found.type]
    return lambda value: chosen(value, name)


def unquoted(value: Any) -> Any:
    """A default as a value: Twenty keeps text in a second pair of quotes."""
    if isinstance(value, str) and len(value) >= 2 and value[0] == value[-1] == "'":
        return value[1:-1]
    return value


def defaults(item: Object, now: str) -> dict[str, Callable[[], Any]]:
    """What each column of a new record holds where the request leaves it out."""
    result: dict[str, Callable[[], Any]] = {}
    for found in item.fields:
        for name, value in default_columns(found, now).items():
            result[name] = new_id if value == "uuid" and found.type == "UUID" else _always(value)
    return result


def _always(value: Any) -> Callable[[], Any]:
    return lambda: value


def default_columns(found: Field, now: str) -> Columns:
    """The columns that the default of one field fills."""
    default = found.default
    if default is None or found.type == "TS_VECTOR":
        return {}
    if found.type in COMPOSITE:
        parts = {part.name: part.kind for part in COMPOSITE[found.type]}
        given = {key: unquoted(value) for key, value in default.items() if key in parts}
        return {column_name(found.name, key): _default_part(parts[key], value) for key, value in given.items()}
    if default == "now":
        return {found.name: now[:10] if found.type == "DATE" else now}
    if found.type in {"MULTI_SELECT", "ARRAY"}:
        return {found.name: values.dumped([unquoted(value) for value in default])}
    if found.type == "RAW_JSON":
        return {found.name: values.dumped(default)}
    return {found.name: unquoted(default)}


def _default_part(kind: str, value: Any) -> Any:
    if kind in {"array", "json"}:
        return values.dumped(value)
    return int(value) if kind == "number" and isinstance(value, str) and value else value or None


def check_not_null(item: Object, columns: Columns, *, whole: bool = False) -> None:
    """Refuse null where the table has none, as PostgreSQL does; in a `whole` record nothing may be missing either."""
    for found in item.fields:
        if not found.nullable and found.type not in COMPOSITE and found.relation is None:
            name = found.name
            if (whole or name in columns) and columns.get(name) is None:
                raise Refusal(
                    f'null value in column "{name}" of relation "{item.table}" violates not-null constraint',
                    friendly="A required field is missing. Please provide all required values and try again.",
                )
