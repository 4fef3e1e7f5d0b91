"""Tells apart the ways in which a Twenty server says no, whatever its version and whatever stands before it.

Twenty quotes the refused value in its messages. What is kept for errors and logs is the kind, a code and the name of a
field; the quoted value stays in `Rejection.needle`, which never shows in a repr and serves only to find the bad record of
a batch.

Sources: the error shapes recorded from Twenty 2.19, and `usage-limit` (2.3x and later), nginx and Cloudflare for the rest.
"""

from __future__ import annotations

import dataclasses
import re
from enum import Enum
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from collections.abc import Mapping


class Kind(Enum):
    """What sort of no it is, which decides what the client does about it."""

    LIMIT = "limit"  # too many calls: not executed, wait and send again
    DUPLICATE = "duplicate"  # an id or a unique value is taken
    VALUE = "value"  # a value that the server does not take
    UNKNOWN_FIELD = "unknown field"  # the record API does not know the field, or does not know it yet
    REFERENCE = "reference"  # a link to a record that is not there
    TOO_MANY = "too many"  # more records than one call may hold
    TOO_LARGE = "too large"  # more bytes than one call may hold
    KEY = "key"  # no key, or a bad one
    PERMISSION = "permission"  # the key may not do this
    NOT_FOUND = "not found"
    SCHEMA = "schema"  # a change of the data model was refused
    DOCUMENT = "document"  # the server does not know this call: another version
    SERVER = "server"  # it failed, and may or may not have done what was asked
    OTHER = "other"


@dataclasses.dataclass(frozen=True, slots=True)
class Rejection:
    """One no of the server, without the value that it names."""

    kind: Kind
    code: str
    field: str = ""
    reason: str = ""
    conflicting_id: str | None = None
    retry_after: float | None = None  # seconds that the server asks for
    limit: int | None = None  # tokens, for LIMIT; records, for TOO_MANY
    window: float | None = None  # seconds, for LIMIT
    label: str = dataclasses.field(default="", repr=False)  # label of the unique field, as the server names it
    needle: str | None = dataclasses.field(default=None, repr=False)  # the value in the message: never shown
    details: tuple[tuple[str, str], ...] = ()  # for SCHEMA: (code, message without quoted text)


_LIMIT = re.compile(r"^Limit reached \((\d+) tokens per (\d+) ms\)")
_NAMED_FIELD = re.compile(r'field "([A-Za-z][A-Za-z0-9.]{0,130})"')
_VALUE = re.compile(r"^Invalid (?:\w+ )?value:? (?P<needle>.*?) for (?:[\w-]+ ){0,3}field \"", re.DOTALL)
# Each pattern begins at the message's first word: a value that looks like another message must not decide.
_MAXIMUM = re.compile(r"^Maximum number of records to \w+ is (\d+)|^Cannot \w+ more than (\d+) records")
_UNKNOWN_FIELD = re.compile(r"^Object \w+ doesn't have any \"(\w+)\" field|^Field \"(\w+)\" is not defined by type")
_DUPLICATE = re.compile(r"^(?:A )?duplicate (?:entry|key)|^Record already exists", re.IGNORECASE)
_ALREADY_USED = re.compile(r"^This (.+) value is already in use")
_TAKEN_FIELD = re.compile(r"^A duplicate entry for (\w+) was found")
_PHONE = re.compile(r"^Provided phone number is invalid (?P<needle>.*)$", re.DOTALL)
_UNKNOWN_DOCUMENT = re.compile(r"^(Cannot query field|Unknown (type|argument) |Field \"\w+\" must not have a selection|Variable \"\$\w+\" )")
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")

_REASONS = {
    "email": ("INVALID_EMAIL", "not an e-mail address"),
    "date": ("INVALID_DATE", "not a date (YYYY-MM-DD)"),
    "date-time": ("INVALID_DATE_TIME", "not a moment in ISO 8601"),
    "text": ("INVALID_TEXT", "not a text"),
    "number": ("INVALID_NUMBER", "not a number"),
    "boolean": ("INVALID_BOOLEAN", "not true or false"),
    "multi select": ("NOT_AN_OPTION", "not one of the options"),
    "multi-select": ("NOT_AN_OPTION", "not one of the options"),
    "select": ("NOT_AN_OPTION", "not one of the options"),
    "FILES": ("INVALID_FILE", "not a file that was uploaded for this field"),
}
_FIELD_TYPE = re.compile(r"for ((?:[\w-]+ )?[\w-]+) field \"|^Invalid (\w+) value")


def read_answer(
    status: int, headers: Mapping[str, str], body: bytes, *, plain: bool = False
) -> tuple[Any, Rejection | None]:
    """The data of an answer, and the refusal in it if there is one; both may be there for a call of several roots.

    `body` is JSON of GraphQL, JSON of NestJS (`statusCode`, `messages`), or the page of a proxy. `plain`: a JSON object
    of any shape is data.
    """
    try:
        document = orjson.loads(body) if body else None
    except orjson.JSONDecodeError:
        if plain and status < 400:
            return None, Rejection(Kind.NOT_FOUND, "NOT_TWENTY", reason="no Twenty server answers at this address")
        return None, _of_page(status, headers, body)
    if isinstance(document, dict) and isinstance(document.get("errors"), list) and document["errors"]:
        refusals = [_of_error(error, headers) for error in document["errors"] if isinstance(error, dict)]
        return document.get("data"), _worst(refusals)
    if status >= 400:
        return None, _of_rest(status, headers, document if isinstance(document, dict) else {})
    if isinstance(document, dict) and isinstance(document.get("data"), dict):
        return document["data"], None
    if plain and isinstance(document, dict):
        return document, None
    return None, Rejection(Kind.SERVER, "NOT_AN_ANSWER", reason="the answer has no data")


def _worst(refusals: list[Rejection]) -> Rejection:
    """The refusal that decides, of several: a limit passes by itself, so anything else goes first."""
    if not refusals:
        return Rejection(Kind.SERVER, "NOT_AN_ANSWER", reason="the answer has errors that cannot be read")
    return next((refusal for refusal in refusals if refusal.kind is not Kind.LIMIT), refusals[0])


def _of_error(error: Mapping[str, Any], headers: Mapping[str, str]) -> Rejection:
    message = str(error.get("message") or "")
    extensions = error.get("extensions")
    extensions = extensions if isinstance(extensions, dict) else {}
    code = str(extensions.get("code") or "")
    if extensions.get("subCode") == "LIMIT_REACHED" or code == "RATE_LIMITED" or _is_limit(message):
        return _limit(message, headers, extensions)
    if code == "UNAUTHENTICATED":
        return _key_refused()
    if code == "FORBIDDEN":
        return _permission()
    if code == "METADATA_VALIDATION_FAILED":
        return _schema(message, extensions)
    if _UNKNOWN_DOCUMENT.match(message):
        return Rejection(Kind.DOCUMENT, "UNKNOWN_CALL", reason="the server does not know this call")
    return _of_message(message, code, extensions)


def _of_rest(status: int, headers: Mapping[str, str], document: Mapping[str, Any]) -> Rejection:
    messages = document.get("messages") or document.get("message") or ""
    message = str(messages[0]) if isinstance(messages, list) and messages else str(messages)
    if status == 429 or document.get("error") == "RATE_LIMITED" or _is_limit(message):
        return _limit(message, headers, document)
    if status == 413 or message == "request entity too large":
        return _too_large()
    if status == 401:
        return _key_refused()
    if status == 403:
        missing = "authentication token" in message
        return _key_refused() if missing else _permission()
    if status == 404:
        return Rejection(Kind.NOT_FOUND, "NOT_FOUND", reason="there is nothing at this address")
    if status >= 500:
        return _server(status)
    return _of_message(message, "", {})


def _of_page(status: int, headers: Mapping[str, str], body: bytes) -> Rejection:
    """The page of a proxy, a firewall or a half-sent answer."""
    if status == 429:
        return _limit("", headers, {})
    if status == 413 or b"entity too large" in body[:4096].lower():
        return _too_large()
    if status == 401:
        return _key_refused()
    if status in {403, 407, 451}:
        return Rejection(Kind.PERMISSION, "PROXY_REFUSED", reason="a proxy or firewall before the server refused the call")
    if status in {404, 405, 410} or 300 <= status < 400:
        return Rejection(Kind.NOT_FOUND, "NOT_TWENTY", reason="no Twenty server answers at this address")
    if status < 400:
        return Rejection(Kind.SERVER, "NOT_AN_ANSWER", reason="the answer is no JSON")
    return _server(status)


def _of_message(message: str, code: str, extensions: Mapping[str, Any]) -> Rejection:
    sub_code = str(extensions.get("subCode") or "")
    if sub_code.startswith("TOO_MANY_RECORDS") or _MAXIMUM.search(message):
        found = _MAXIMUM.search(message)
        number = next((int(group) for group in found.groups() if group), None) if found else None
        return Rejection(Kind.TOO_MANY, "TOO_MANY_RECORDS", reason="too many records in one call", limit=number)
    if found := _UNKNOWN_FIELD.search(message):
        name = next(group for group in found.groups() if group)
        return Rejection(Kind.UNKNOWN_FIELD, "UNKNOWN_FIELD", name, "the record API does not know this field")
    if sub_code == "UPSERT_MULTIPLE_MATCHING_RECORDS_CONFLICT":
        return Rejection(Kind.DUPLICATE, "SEVERAL_MATCHES", reason="its unique values belong to several records")
    if _DUPLICATE.search(message):
        return _duplicate(message, extensions)
    if message.startswith("insert or update on table") and "violates foreign key constraint" in message:
        return Rejection(Kind.REFERENCE, "REFERENCE_MISSING", reason="it links to a record that is not in the workspace")
    if message.startswith("File ") and message.endswith("is already associated with a permanent files field"):
        return Rejection(Kind.VALUE, "FILE_TAKEN", reason="the uploaded file is attached to another record already")
    if code == "NOT_FOUND" or sub_code == "RECORD_NOT_FOUND":
        return Rejection(Kind.NOT_FOUND, "NOT_FOUND", reason="there is no such record")
    if message == "request entity too large":
        return _too_large()
    return _of_value(message, code, sub_code)


def _of_value(message: str, code: str, sub_code: str) -> Rejection:
    if found := _PHONE.match(message):
        return Rejection(Kind.VALUE, "INVALID_PHONE", reason="not a phone number", needle=found["needle"])
    if sub_code.startswith(("INVALID_PHONE", "CONFLICTING_PHONE")):
        return Rejection(Kind.VALUE, "INVALID_PHONE", reason="its number, country and calling code do not agree")
    if "is not a valid UUID" in message:
        needle = message.removeprefix("Value ").partition(" is not a valid UUID")[0]
        return Rejection(Kind.VALUE, "INVALID_ID", reason="not a UUID", needle=needle)
    if message == "Data validation error.":
        return Rejection(Kind.VALUE, "NOT_STORABLE", reason="the database does not take a value in it")
    names = _NAMED_FIELD.findall(message)
    if sub_code or names or code in {"BAD_USER_INPUT", ""}:
        found = _VALUE.match(message)
        reason_code, reason = _reason_of(message)
        return Rejection(Kind.VALUE, reason_code, names[-1] if names else "", reason, needle=found["needle"] if found else None)
    if code in {"INTERNAL_SERVER_ERROR", "TIMEOUT", "CONFLICT"}:
        return Rejection(Kind.SERVER, "SERVER_FAILED", reason="the server failed while it did this")
    return Rejection(Kind.OTHER, "REFUSED", reason="the server refused for a reason that Bridgework does not know")


def _reason_of(message: str) -> tuple[str, str]:
    if "Valid values are:" in message:
        return _REASONS["select"]
    for groups in _FIELD_TYPE.findall(message):
        for name in groups:
            if name in _REASONS:
                return _REASONS[name]
    return "INVALID_VALUE", "the server does not take this value"


def _duplicate(message: str, extensions: Mapping[str, Any]) -> Rejection:
    conflicting = extensions.get("conflictingRecordId")
    used = _ALREADY_USED.match(str(extensions.get("userFriendlyMessage") or ""))
    taken = _TAKEN_FIELD.search(message)
    return Rejection(
        Kind.DUPLICATE,
        "DUPLICATE",
        reason="its id or a unique value is taken",
        conflicting_id=str(conflicting) if conflicting else None,
        label=used[1] if used else "",
        field=taken[1] if taken else "",
    )


def _is_limit(message: str) -> bool:
    return message.startswith(("Limit reached", "Too many requests"))


def _limit(message: str, headers: Mapping[str, str], extensions: Mapping[str, Any]) -> Rejection:
    found = _LIMIT.match(message)
    limit, window = (int(found[1]), int(found[2]) / 1000) if found else _told_limit(extensions)
    return Rejection(
        Kind.LIMIT,
        "LIMIT_REACHED",
        reason="the server takes no more calls for now",
        retry_after=_retry_after(headers, extensions),
        limit=limit,
        window=window,
    )


def _told_limit(extensions: Mapping[str, Any]) -> tuple[int | None, float | None]:
    """`limit`, `periodCount` and `periodUnit` of servers since 2.3x: (tokens, seconds)."""
    units = {"second": 1, "minute": 60, "hour": 3600}
    unit = units.get(str(extensions.get("periodUnit") or "").lower().rstrip("s"))
    limit, count = extensions.get("limit"), extensions.get("periodCount")
    if unit and isinstance(limit, int) and isinstance(count, int) and limit > 0 and count > 0:
        return limit, float(unit * count)
    return None, None


def _retry_after(headers: Mapping[str, str], extensions: Mapping[str, Any]) -> float | None:
    for told, scale in (
        (extensions.get("retryAfterMs"), 0.001),
        (extensions.get("retryAfterSeconds"), 1.0),
        (headers.get("retry-after"), 1.0),
    ):
        try:
            return max(0.0, float(told) * scale)  # type: ignore[arg-type]
        except (TypeError, ValueError):
            continue
    return None


def _schema(message: str, extensions: Mapping[str, Any]) -> Rejection:
    found: list[tuple[str, str]] = []
    groups = extensions.get("errors")
    for entries in groups.values() if isinstance(groups, dict) else ():
        for entry in entries if isinstance(entries, list) else ():
            for error in entry.get("errors") or ():
                detail = (str(error.get("code") or ""), _QUOTED.sub("…", str(error.get("message") or "")))
                if detail not in found:
                    found.append(detail)
    reason = "; ".join(text for _, text in found[:3]) or _QUOTED.sub("…", message)
    return Rejection(Kind.SCHEMA, found[0][0] if found else "SCHEMA_REFUSED", reason=reason, details=tuple(found))


def _key_refused() -> Rejection:
    return Rejection(Kind.KEY, "KEY_REFUSED", reason="the API key is missing, wrong or expired")


def _permission() -> Rejection:
    return Rejection(Kind.PERMISSION, "NOT_PERMITTED", reason="the role of the API key does not allow this")


def _too_large() -> Rejection:
    return Rejection(Kind.TOO_LARGE, "TOO_LARGE", reason="the call holds more bytes than the server takes")


def _server(status: int) -> Rejection:
    return Rejection(Kind.SERVER, f"HTTP_{status}", reason="the server, or a proxy before it, failed")
