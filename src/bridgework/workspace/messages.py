"""What Twenty's messages mean, by version.

Twenty quotes the refused value in its messages, so each pattern begins at the message's first word: a value that looks
like another message must not decide. Source: the answers recorded from 2.19, and the notes on other versions.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bridgework.workspace.rejection import Kind, Rejection

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Rule:
    """A message and its meaning; the pattern's groups `field`, `needle` and `number` go into the rejection."""

    pattern: re.Pattern[str]
    kind: Kind
    code: str
    reason: str


def _rule(pattern: str, kind: Kind, code: str, reason: str) -> Rule:
    return Rule(re.compile(pattern, re.DOTALL), kind, code, reason)


_TAKEN = "its id or a unique value is taken"
_OPTION = ("NOT_AN_OPTION", "not one of the options")
RULES = (
    _rule(
        r"(?:Maximum number of records to \w+ is|Cannot \w+ more than) (?P<number>\d+)",
        Kind.TOO_MANY,
        "TOO_MANY_RECORDS",
        "too many records in one call",
    ),
    _rule(
        r"Object \w+ doesn't have any \"(?P<field>\w+)\" field",
        Kind.UNKNOWN_FIELD,
        "UNKNOWN_FIELD",
        "the record API does not know this field",
    ),
    _rule(
        r"Field \"(?P<field>\w+)\" is not defined by type",
        Kind.UNKNOWN_FIELD,
        "UNKNOWN_FIELD",
        "the record API does not know this field",
    ),
    _rule(
        r"Multiple records found with the same unique field values",
        Kind.DUPLICATE,
        "SEVERAL_MATCHES",
        "its unique values belong to several records",
    ),
    _rule(r"A duplicate entry for (?P<field>\w+) was found", Kind.DUPLICATE, "DUPLICATE", _TAKEN),
    _rule(r"A duplicate entry was detected|duplicate key value", Kind.DUPLICATE, "DUPLICATE", _TAKEN),
    _rule(
        r"insert or update on table \S+ violates foreign key constraint",
        Kind.REFERENCE,
        "REFERENCE_MISSING",
        "it links to a record that is not in the workspace",
    ),
    _rule(
        r"File \S+ is already associated with a permanent files field",
        Kind.VALUE,
        "FILE_TAKEN",
        "the uploaded file is attached to another record already",
    ),
    _rule(r"Invalid file size", Kind.VALUE, "FILE_SIZE", "the file is empty, or larger than the server takes"),
    _rule(r"Provided phone number is invalid (?P<needle>.*)\Z", Kind.VALUE, "INVALID_PHONE", "not a phone number"),
    _rule(
        r"Provided (?:country|calling|phone)",
        Kind.VALUE,
        "INVALID_PHONE",
        "its number, country and calling code do not agree",
    ),
    _rule(r"Value (?P<needle>.*) is not a valid UUID\Z", Kind.VALUE, "INVALID_ID", "not a UUID"),
    _rule(r"The URL of the link is not valid", Kind.VALUE, "INVALID_LINK", "not a web address"),
    _rule(r"Data validation error\.\Z", Kind.VALUE, "NOT_STORABLE", "the database does not take a value in it"),
    _rule(r"Invalid value (?P<needle>.*) for field \"(?P<field>[\w.]+)\"\. Valid values are", Kind.VALUE, *_OPTION),
    _rule(r"Invalid \w+ (?P<needle>.*) for (?:multi[ -])?select field \"(?P<field>[\w.]+)\"", Kind.VALUE, *_OPTION),
    _rule(
        r"Invalid string value (?P<needle>.*) for email field \"(?P<field>[\w.]+)\"",
        Kind.VALUE,
        "INVALID_EMAIL",
        "not an e-mail address",
    ),
    _rule(
        r"Invalid (?:string )?value (?P<needle>.*) for text field \"(?P<field>[\w.]+)\"",
        Kind.VALUE,
        "INVALID_TEXT",
        "not a text",
    ),
    _rule(
        r"Invalid value (?P<needle>.*) for date field \"(?P<field>[\w.]+)\"",
        Kind.VALUE,
        "INVALID_DATE",
        "not a date (YYYY-MM-DD)",
    ),
    _rule(
        r"Invalid value (?P<needle>.*) for date-time field \"(?P<field>[\w.]+)\"",
        Kind.VALUE,
        "INVALID_DATE_TIME",
        "not a moment in ISO 8601",
    ),
    _rule(
        r"Invalid number value (?P<needle>.*) for field \"(?P<field>[\w.]+)\"",
        Kind.VALUE,
        "INVALID_NUMBER",
        "not a number",
    ),
    _rule(
        r"Invalid boolean value (?P<needle>.*) for field \"(?P<field>[\w.]+)\"",
        Kind.VALUE,
        "INVALID_BOOLEAN",
        "not true or false",
    ),
    _rule(
        r"Invalid value (?P<needle>.*) for FILES field \"(?P<field>[\w.]+)\"",
        Kind.VALUE,
        "INVALID_FILE",
        "not a file that was uploaded for this field",
    ),
    _rule(
        r"Invalid .*?value:? (?P<needle>.*) for (?:[\w-]+ ){0,3}field \"(?P<field>[\w.]+)\"",
        Kind.VALUE,
        "INVALID_VALUE",
        "the server does not take this value",
    ),
    _rule(r"request entity too large", Kind.TOO_LARGE, "TOO_LARGE", "the call holds more bytes than the server takes"),
    _rule(
        r"Cannot query field|Unknown (?:type|argument) |Variable \"\$|Field \"\w+\" (?:must not|of type)",
        Kind.DOCUMENT,
        "UNKNOWN_CALL",
        "the server does not know this call",
    ),
)

# What is left is told by its code alone: (code or sub-code, kind, code, reason).
_BY_CODE: Mapping[str, tuple[Kind, str, str]] = {
    "NOT_FOUND": (Kind.NOT_FOUND, "NOT_FOUND", "there is no such record"),
    "RECORD_NOT_FOUND": (Kind.NOT_FOUND, "NOT_FOUND", "there is no such record"),
    "BAD_USER_INPUT": (Kind.VALUE, "INVALID_VALUE", "the server does not take a value in it"),
    "BadRequestException": (Kind.VALUE, "INVALID_VALUE", "the server does not take a value in it"),
    "INTERNAL_SERVER_ERROR": (Kind.SERVER, "SERVER_FAILED", "the server failed while it did this"),
    "TIMEOUT": (Kind.SERVER, "SERVER_FAILED", "the server took too long over this"),
    "CONFLICT": (Kind.SERVER, "SERVER_FAILED", "the server failed while it did this"),
}
_UNKNOWN = (Kind.OTHER, "REFUSED", "the server refused for a reason that Bridgework does not know")
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")


def of_message(message: str, extensions: Mapping[str, Any]) -> Rejection:
    """The meaning of an error's message, with what its extensions add."""
    conflicting = extensions.get("conflictingRecordId")
    for rule in RULES:
        if found := rule.pattern.match(message):
            groups = found.groupdict()
            return Rejection(
                rule.kind,
                rule.code,
                groups.get("field") or "",
                rule.reason,
                conflicting_id=str(conflicting) if conflicting else None,
                limit=int(groups["number"]) if groups.get("number") else None,
                needle=groups.get("needle"),
            )
    by_sub_code = _BY_CODE.get(str(extensions.get("subCode")))
    kind, code, reason = by_sub_code or _BY_CODE.get(str(extensions.get("code")), _UNKNOWN)
    return Rejection(kind, code, reason=reason)


def of_schema_change(message: str, extensions: Mapping[str, Any]) -> Rejection:
    """Why a change of the data model was refused, without what it quotes: names of options may come from the data."""
    groups = extensions.get("errors")
    found = [
        (str(error.get("code") or ""), _QUOTED.sub("…", str(error.get("message") or "")))
        for entries in (groups.values() if isinstance(groups, dict) else ())
        for entry in (entries if isinstance(entries, list) else ())
        for error in entry.get("errors") or ()
    ]
    # One bad name brings a dozen complaints of what could not be built on it; those say only that it was not found.
    telling = [one for one in found if "not found" not in one[1] and "Could not find" not in one[1]] or found
    reasons = list(dict.fromkeys(text for _, text in telling))[:3]
    code = telling[0][0] if telling else "SCHEMA_REFUSED"
    return Rejection(Kind.SCHEMA, code, reason="; ".join(reasons) or _QUOTED.sub("…", message))
