"""What each Twenty field type is made of: the columns that hold it and how a column reads back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson


@dataclass(frozen=True, slots=True)
class Part:
    """One column of a field: a sub-field of a composite type, or the whole of a simple one."""

    name: str
    kind: str
    unique: bool = False


SIMPLE: dict[str, str] = {
    "UUID": "uuid",
    "TEXT": "text",
    "DATE": "date",
    "DATE_TIME": "datetime",
    "NUMBER": "number",
    "NUMERIC": "number",
    "POSITION": "number",
    "BOOLEAN": "boolean",
    "RATING": "option",
    "SELECT": "option",
    "MULTI_SELECT": "array",
    "ARRAY": "array",
    "RAW_JSON": "json",
    "FILES": "files",
    "TS_VECTOR": "search",
}

COMPOSITE: dict[str, tuple[Part, ...]] = {
    "FULL_NAME": (Part("firstName", "text"), Part("lastName", "text")),
    "EMAILS": (Part("primaryEmail", "text", unique=True), Part("additionalEmails", "array")),
    "PHONES": (
        Part("primaryPhoneNumber", "text", unique=True),
        Part("primaryPhoneCountryCode", "text", unique=True),
        Part("primaryPhoneCallingCode", "text", unique=True),
        Part("additionalPhones", "array"),
    ),
    "LINKS": (
        Part("primaryLinkLabel", "text"),
        Part("primaryLinkUrl", "text", unique=True),
        Part("secondaryLinks", "array"),
    ),
    "ADDRESS": (
        *(Part(f"address{name}", "text") for name in ("Street1", "Street2", "City", "Postcode", "State", "Country")),
        Part("addressLat", "number"),
        Part("addressLng", "number"),
    ),
    "CURRENCY": (Part("amountMicros", "number"), Part("currencyCode", "option")),
    "ACTOR": (
        Part("source", "option"),
        Part("workspaceMemberId", "uuid"),
        Part("name", "text"),
        Part("context", "json"),
    ),
    "RICH_TEXT": (Part("blocknote", "option"), Part("markdown", "text")),
}

RELATIONS = frozenset({"RELATION", "MORPH_RELATION"})

ACTOR_SOURCES = (
    "EMAIL",
    "CALENDAR",
    "WORKFLOW",
    "AGENT",
    "API",
    "IMPORT",
    "MANUAL",
    "SYSTEM",
    "WEBHOOK",
    "APPLICATION",
)

# NUMERIC affinity keeps 3.0 as the integer 3, which is how JavaScript prints it.
AFFINITY = {"number": "NUMERIC", "boolean": "INTEGER"}


def affinity(kind: str) -> str:
    """The SQLite type of a column of this kind."""
    return AFFINITY.get(kind, "TEXT")


def read(kind: str, stored: Any) -> Any:
    """The value that Twenty answers for what the column holds."""
    if stored is None:
        return "" if kind == "text" else [] if kind == "array" else None
    if kind in {"array", "json", "files"}:
        return orjson.loads(stored)
    if kind == "boolean":
        return bool(stored)
    return stored


def column_name(field: str, part: str) -> str:
    """The column of a sub-field: emails + primaryEmail -> emailsPrimaryEmail."""
    return field + part[0].upper() + part[1:]
