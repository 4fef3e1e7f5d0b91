"""What the tests of the mapping share: the map of the assumed export, a context, a row."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from bridgework.mapping import standard
from bridgework.mapping.document import MapDocument
from bridgework.mapping.field_types import type_of
from bridgework.mapping.propose import ProfiledColumn, ProfiledFile, propose
from bridgework.mapping.records import Context, LoadStep, Mapper, TargetRecord
from bridgework.twins.dentadmin.export_format import TABLES, Language, Table

NAMESPACE = UUID("6ba7b810-9dad-11d1-80b4-00c04fd430c8")
MEMBER = "20202020-0687-4c41-b707-ed1bfca972a7"
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
ISO_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z")
LANGUAGES: tuple[Language, ...] = ("nl", "fr")


@dataclass(slots=True)
class Row:
    object: str
    row_no: int
    key: str
    values: Mapping[str, str]


@cache
def map_of(language: Language) -> MapDocument:
    files = [
        ProfiledFile(
            one.file_name(language), one.object, [ProfiledColumn(column.header(language)) for column in one.columns]
        )
        for one in TABLES
    ]
    return propose(files)


def context(**changes: Any) -> Context:
    given: dict[str, Any] = {
        "namespace": NAMESPACE,
        "members": {"jan@praktijk.example": MEMBER},
        "workspace_url": "https://twenty.example",
        "imported_by": "Bridgework",
        "run_moment": datetime(2026, 11, 22, 12, tzinfo=UTC),
        "directory": {
            "provider": {
                "1": {
                    "provider.first_name": "Jan",
                    "provider.last_name": "Maes",
                    "provider.email": "Jan@Praktijk.example",
                },
                "2": {
                    "provider.first_name": "Els",
                    "provider.last_name": "Vos",
                    "provider.email": "els@elders.example",
                },
            },
            "insurer": {"131": {"insurer.name": "CM Limburg"}, "306": {"insurer.name": "Solidaris"}},
            "referrer": {},
        },
    }
    return Context(**{**given, **changes})


@cache
def mapper(language: Language = "nl") -> Mapper:
    return Mapper(map_of(language), context())


def table(object_: str) -> Table:
    return next(one for one in TABLES if one.object == object_)


def row(object_: str, lang: Language = "nl", number: int = 1, /, **cells: str) -> Row:
    """A row with these cells, by the keys of the assumed export; the others are empty."""
    one = table(object_)
    values = {column.header(lang): cells.pop(column.key, "") for column in one.columns}
    assert not cells, f"no such columns: {cells}"
    keys = map_of(lang).sources[object_].key
    for header in keys:
        values[header] = values[header] or str(number)
    return Row(object_, number, "/".join(values[header].strip() for header in keys), values)


def step(object_: str, role: str = "record", wave: int = 1) -> LoadStep:
    return next(
        one for one in mapper().steps() if one.source_object == object_ and one.role == role and one.wave == wave
    )


def build(object_: str, role: str = "record", one: Mapper | None = None, /, **cells: str) -> TargetRecord:
    record = (one or mapper()).build(step(object_, role), row(object_, **cells))
    assert record is not None
    return record


def texts(value: object) -> Iterator[str]:
    """Every text inside a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from texts(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from texts(one)
    elif value is not None:
        yield str(value)


def unescaped(markdown: str) -> str:
    """What a reader sees of text whose markdown signs are escaped."""
    return _ESCAPED.sub(r"\1", markdown.replace("  \n", "\n"))


@cache
def options_of(object_: str) -> dict[str, set[str]]:
    """The options of every SELECT field of an object, standard ones included."""
    schema = next(one for one in map_of("nl").schema().objects if one.name_singular == object_)
    own = {field.name: {option["value"] for option in field.options} for field in schema.fields if field.options}
    return own | {"status": set(standard.OPTIONS["task.status"])}


def check_value(record: TargetRecord, name: str, value: Any) -> None:
    """Fail where Twenty would refuse the value, by the rules that were measured on a real server."""
    assert value is not None
    assert not any("\x00" in text or len(text) > 20_000 for text in texts(value))
    kind = "" if record.object == "attachment" else type_of(map_of("nl"), record.object, name)
    match kind:
        case "DATE":
            assert date.fromisoformat(value).isoformat() == value
        case "DATE_TIME":
            assert ISO_MOMENT.fullmatch(value)
        case "SELECT":
            assert value in options_of(record.object)[name]
        case "CURRENCY":
            assert isinstance(value["amountMicros"], int)
            assert abs(value["amountMicros"]) < 2**53
            assert value["currencyCode"] == "EUR"
        case "NUMBER":
            assert isinstance(value, int | float)
        case "BOOLEAN":
            assert isinstance(value, bool)
        case "TEXT":
            assert isinstance(value, str)
        case "RICH_TEXT":
            assert list(value) == ["markdown"]
        case None if name != "importRemarks":
            assert name.endswith("Id")
            assert str(UUID(value)) == value
