"""Values from a request, checked and brought into the form in which their columns keep them."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

import orjson

from bridgework.twins.twenty import links, phones, richtext
from bridgework.twins.twenty.errors import Refusal, bad_data
from bridgework.twins.twenty.fieldtypes import ACTOR_SOURCES, COMPOSITE, column_name
from bridgework.twins.twenty.inspect import show
from bridgework.twins.twenty.model import Field

_EMAIL = re.compile(r'[^\s@"]{1,64}@[^\s@]{1,255}')
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
_UUID4 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.IGNORECASE)
_WORDS = {"FULL_NAME": "full name", "RICH_TEXT": "rich text"}

Columns = dict[str, Any]


def is_uuid(value: Any) -> bool:
    """Whether a value is the text of a UUID."""
    return isinstance(value, str) and _UUID.fullmatch(value) is not None


def text_value(value: Any, name: str) -> str | None:
    """TEXT: an empty one is kept as null, and NUL is more than PostgreSQL takes."""
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        shown = show(value)
        raise bad_data(f'Invalid string value {shown} for text field "{name}"', f'Invalid value: "{shown}"')
    if "\0" in value:
        raise Refusal("Data validation error.", code="INTERNAL_SERVER_ERROR", friendly=None)
    return value


def json_value(value: Any, name: str) -> Any:
    """RAW_JSON: an object, or a text that holds JSON."""
    if value is None:
        return None
    if isinstance(value, str):
        try:
            return orjson.loads(value)
        except orjson.JSONDecodeError:
            message = f'Invalid object value {show(value)} for field "{name}"'
            raise bad_data(message, "Invalid value for JSON.") from None
    if not isinstance(value, (dict, list)):
        shown = show(value)
        raise bad_data(f'Invalid object value {shown} for field "{name}"', f'Invalid value for JSON: "{shown}"')
    return value


def dumped(value: Any) -> str | None:
    """JSON to keep; an empty object or list is kept as null."""
    return None if value in (None, {}, []) else orjson.dumps(value).decode()


def raw_json(value: Any, name: str) -> str | None:
    """RAW_JSON to keep; emptiness counts as null unless it came as text."""
    parsed = json_value(value, name)
    return orjson.dumps(parsed).decode() if isinstance(value, str) else dumped(parsed)


def number_value(value: Any, name: str) -> Any:
    """NUMBER: a JSON number and nothing else."""
    fits = isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
    if value is not None and not fits:
        shown = show(value)
        raise bad_data(f'Invalid number value {shown} for field "{name}"', f'Invalid value for number: "{shown}"')
    return _storable(value)


def _storable(value: Any) -> Any:
    """A large integer loses its last digits, as it does in JavaScript; beyond 64 bits it is kept as a float."""
    if isinstance(value, (int, float)) and abs(value) > 2**53:
        return int(float(value)) if abs(value) < 2**63 else float(value)
    return value


def numeric_value(value: Any, name: str) -> Any:
    """NUMERIC: a number, or what JavaScript makes one: "1.5", true, and "" which is 0."""
    if value is None:
        return None
    try:
        return number_value(float(value or 0) if isinstance(value, (str, bool)) else value, name)
    except ValueError:
        return number_value(math.nan, name)


def boolean_value(value: Any, name: str) -> bool | None:
    """BOOLEAN: true, false or null."""
    if value is not None and not isinstance(value, bool):
        shown = show(value)
        raise bad_data(f'Invalid boolean value {shown} for field "{name}"', f'Invalid value: "{shown}"')
    return value


def uuid_value(value: Any, name: str) -> str | None:
    """UUID and the columns of relations; in lower case."""
    if value is not None and not is_uuid(value):
        shown = show(value)
        raise bad_data(f'Invalid UUID value {shown} for field "{name}"', f'Invalid value for UUID: "{shown}"')
    return None if value is None else str(value).lower()


def option_value(value: Any, name: str, options: tuple[str, ...]) -> str | None:
    """SELECT and RATING: one of the options, null, or a refusal (an empty text is no option)."""
    if value is not None and (not isinstance(value, str) or value not in options):
        text_value(value, name)
        message = f'Invalid value "{value}" for field "{name}". Valid values are: {", ".join(options)}'
        raise bad_data(message, f'Invalid value for field "{name}"')
    return value


def array_value(value: Any, name: str, options: tuple[str, ...] | None = None) -> str | None:
    """ARRAY and MULTI_SELECT: texts, each an option where there are options."""
    if value is None:
        return None
    items = [value] if isinstance(value, str) else value
    if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
        shown = show(value)
        message = f'Invalid value {shown} for field "{name} - Array values need to be string"'
        raise bad_data(message, f'Invalid value: "{shown}"')
    if options is not None and not set(items) <= set(options):
        shown = show(value)
        message = f'Invalid value {shown} for multi select field "{name}"'
        raise bad_data(message, f'Invalid value for multi-select: "{shown}"')
    return dumped(items)


def position_value(value: Any, name: str) -> Any:
    """POSITION: a number by now, whatever was asked for."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        shown = show(value)
        message = f'Invalid position value {shown} for field "{name}"'
        raise bad_data(message, f'Invalid value for position: "{shown}"')
    return value


def email_value(value: Any, name: str) -> str | None:
    """An address of EMAILS, in lower case."""
    if value is None or value == "":
        return None
    if not isinstance(value, str) or _EMAIL.fullmatch(value) is None:
        shown = show(value)
        raise bad_data(f'Invalid string value {shown} for email field "{name}"', f'Invalid value: "{shown}"')
    return value.lower()


def files_value(value: Any, field: Field) -> list[dict[str, str]] | None:
    """FILES: a list of {fileId, label}; that the files exist is checked when they are written."""
    name = field.name
    listed = _parsed_files(value, name) if isinstance(value, str) else value
    if listed is None:
        return None
    problems = _file_problems(listed)
    if problems:
        raise bad_data(
            f'Invalid value "{show(listed)}" for FILES field "{name}" - {problems}',
            f'Invalid value for FILES field "{name}" - {problems}',
        )
    most = int((field.settings or {}).get("maxNumberOfValues") or 1)
    if len(listed) > most:
        message = f'Max number of files is {most} for field "{name}"'
        raise bad_data(message, message)
    return list(listed)


def _parsed_files(value: str, name: str) -> Any:
    try:
        return orjson.loads(value)
    except orjson.JSONDecodeError:
        message = (
            f'Invalid value "{show(value)}" for FILES field "{name}" - It should be an array of objects with'
            ' "fileId" and "label" properties.'
        )
        raise bad_data(message, message) from None


def _file_problems(listed: Any) -> str:
    if not isinstance(listed, list):
        return f": Invalid input: expected array, received {_json_type(listed)}"
    problems = []
    for index, item in enumerate(listed):
        if not isinstance(item, dict):
            problems.append(f"{index}: Invalid input: expected object, received {_json_type(item)}")
            continue
        for key in ("fileId", "label"):
            if not isinstance(item.get(key), str):
                received = _json_type(item[key]) if key in item else "undefined"
                problems.append(f"{index}.{key}: Invalid input: expected string, received {received}")
        if isinstance(item.get("fileId"), str) and not _UUID4.fullmatch(item["fileId"]):
            problems.append(f"{index}.fileId: Invalid UUID")
        unknown = [f'"{key}"' for key in item if key not in {"fileId", "label"}]
        if unknown:
            problems.append(f"{index}: Unrecognized key{'s' * (len(unknown) > 1)}: {', '.join(unknown)}")
    return ", ".join(problems)


def _json_type(value: Any) -> str:
    kinds: tuple[tuple[type, str], ...] = ((bool, "boolean"), (str, "string"), (list, "array"), (dict, "object"))
    return next((name for kind, name in kinds if isinstance(value, kind)), "null" if value is None else "number")


# ------------------------------------------------------------------------------------------------------ composite types
def _emails(value: dict[str, Any], name: str) -> dict[str, Any]:
    result: dict[str, Any] = {"primaryEmail": email_value(value.get("primaryEmail"), f"{name}.primaryEmail")}
    if "additionalEmails" in value:
        more = value["additionalEmails"]
        result["additionalEmails"] = _more_emails(more, f"{name}.additionalEmails") if more else None
    return result


def _more_emails(more: Any, name: str) -> list[str]:
    if isinstance(more, str):
        email_value(more, name)
        message = f"Unexpected token '{more[0]}', \"{more}\" is not valid JSON"
        raise Refusal(message, code="INTERNAL_SERVER_ERROR", friendly=None)
    items = [email_value(item, name) if item else item for item in more]
    if None in items:
        shown = show(more)
        message = f'Invalid value {shown} for field "{name} - Array values need to be string"'
        raise bad_data(message, f'Invalid value: "{shown}"')
    return [str(item) for item in items]


def _plain(value: dict[str, Any], name: str) -> dict[str, Any]:
    convert: dict[str, Callable[[Any, str], Any]] = {
        "addressLat": numeric_value, "addressLng": numeric_value, "amountMicros": _micros,
        "workspaceMemberId": uuid_value, "context": json_value, "source": _source,
    }  # fmt: skip
    result = {}
    for key, item in value.items():
        check: Callable[[Any, str], Any] = convert.get(key, text_value)
        result[key] = check(item, f"{name}.{key}")
    return result


def _micros(value: Any, name: str) -> int | None:
    found = numeric_value(value, name)
    return None if found is None else _storable(int(found))


def _source(value: Any, name: str) -> str | None:
    return option_value(value, name, ACTOR_SOURCES)


def _phones(value: dict[str, Any], name: str) -> dict[str, Any]:
    _texts(value, name, "primaryPhoneNumber", "primaryPhoneCountryCode", "primaryPhoneCallingCode")
    json_value(value.get("additionalPhones"), f"{name}.additionalPhones")
    return phones.columns(value)


def _links(value: dict[str, Any], name: str) -> dict[str, Any]:
    _texts(value, name, "primaryLinkUrl", "primaryLinkLabel")
    json_value(value.get("secondaryLinks"), f"{name}.secondaryLinks")
    return links.columns(value)


def _rich_text(value: dict[str, Any], name: str) -> dict[str, Any]:
    _texts(value, name, "markdown", "blocknote")
    return richtext.columns(value, name)


def _texts(value: dict[str, Any], name: str, *keys: str) -> None:
    for key in keys:
        text_value(value.get(key), f"{name}.{key}")


_COMPOSITES: dict[str, Callable[[dict[str, Any], str], dict[str, Any]]] = {
    "EMAILS": _emails,
    "PHONES": _phones,
    "LINKS": _links,
    "RICH_TEXT": _rich_text,
}


def composite_columns(field: Field, value: Any) -> Columns:
    """The columns of a composite value. Null gives none: it is passed over; only sub-fields can be emptied."""
    parts = COMPOSITE[field.type]
    if value is None and field.type == "RICH_TEXT":
        message = "Cannot read properties of null (reading 'blocknote')"
        raise Refusal(message, code="INTERNAL_SERVER_ERROR", friendly=None)
    parsed = json_value(value, field.name)
    if parsed is None or parsed == []:
        return {}
    known = {part.name: part.kind for part in parts}
    for key in dict(enumerate(value)) if isinstance(value, (list, str)) else value:
        if key not in known:
            word = _WORDS.get(field.type, field.type.lower())
            shown = f"'{key}'" if field.type == "RICH_TEXT" else key
            message = f'Invalid subfield {shown} for {word} field "{field.name}"'
            raise bad_data(message, f"Invalid value for {word}.")
    converted = _COMPOSITES.get(field.type, _plain)(parsed, field.name)
    return {
        column_name(field.name, key): dumped(item) if known[key] in {"array", "json"} else item
        for key, item in converted.items()
    }
