"""The names and options that a field or object may have."""

from __future__ import annotations

import re
from typing import Any

from bridgework.twins.twenty.converting import unquoted
from bridgework.twins.twenty.model import Object
from bridgework.twins.twenty.standard import facts
from bridgework.twins.twenty.verdicts import Problem, problem

NAME = re.compile(r"[a-z][a-zA-Z0-9]*")
OPTION = re.compile(r"(?!.*__)[A-Z][A-Z0-9]*(_[A-Z0-9]+)*")
LONGEST = 63
RESERVED: frozenset[str] = frozenset(facts("names")["reserved"])


def _invalid(message: str, **more: Any) -> Problem:
    return problem("INVALID_FIELD_INPUT", message, **more)


def name_problems(name: str, code: str = "INVALID_FIELD_INPUT") -> list[Problem]:
    """What is wrong with a name in itself."""
    if len(name) > LONGEST:
        return [problem(code, "Name is too long", value=name)]
    if NAME.fullmatch(name) is None:
        message = "Name is not valid: it must start with lowercase letter and contain only alphanumeric letters"
        return [problem(code, message, value=name)]
    if name in RESERVED:
        message = 'This name is reserved. Use a different name or the system will add "Custom" suffix.'
        return [problem(code, message, value=name)]
    return []


def taken(item: Object, name: str) -> list[Problem]:
    """What is wrong with a name because of the fields that an object has already."""
    if any(found.name == name or (found.morph or ":").split(":")[1] == name for found in item.fields):
        message = f'Name "{name}" is not available as it is already used by another field'
        return [{"code": "NOT_AVAILABLE", "value": name, "message": message, "userFriendlyMessage": message}]
    if name in item.by_join:
        message = f'Name "{name}" is not available as it is already used by another join column name'
        friendly = f'Name "{name}" is not available as it is already used by join column name'
        return [{"code": "NOT_AVAILABLE", "value": name, "message": message, "userFriendlyMessage": friendly}]
    columns = {column.name for column in item.columns}
    if name in columns:
        message = f'Name "{name}" is not available as it is already used by another composite field'
        return [{"code": "NOT_AVAILABLE", "value": name, "message": message, "userFriendlyMessage": message}]
    return []


def camel(label: str) -> str:
    """A label as a name: "BW Treatments" -> bwTreatments."""
    words = re.findall(r"[A-Z]{2,}(?=[A-Z][a-z]|\b|_|\d)|[A-Z]?[a-z]+|[A-Z]+|\d+", label)
    return "".join(word.lower() if index == 0 else word.capitalize() for index, word in enumerate(words))


def option_problems(options: list[dict[str, Any]], default: Any, *, several: bool) -> list[Problem]:
    """What is wrong with the options of a select field, and with its default."""
    if not options:
        return [_invalid("Options are required for enum fields", value=[])]
    found: list[Problem] = []
    for option in options:
        found += _one_option(option)
    for key in ("id", "value", "position"):
        held = [option.get(key) for option in options if option.get(key) is not None]
        if len(set(held)) < len(held):
            found.append(_invalid(f"Duplicated option {key}", value=options))
    if found or default is None:
        return found
    values = [option["value"] for option in options]
    for one in default if several and isinstance(default, list) else [default]:
        if not isinstance(one, str) or unquoted(one) == one:
            found.append(_invalid("Default value should be as quoted string", value=one))
        elif unquoted(one) not in values:
            found.append(_invalid(f'Default value "{one}" must be one of the option values', value=one))
    return found


def _one_option(option: dict[str, Any]) -> list[Problem]:
    found: list[Problem] = []
    label, value = option.get("label"), option.get("value")
    if not isinstance(label, str) or not label:
        message = "Option label must be a string of at least one character"
        found.append(problem("INVALID_FIELD_INPUT", message, "Option label format not supported", value=label))
    elif len(label) > LONGEST:
        found.append(_invalid("Option label exceeds 63 characters", value=label))
    elif "," in label:
        found.append(_invalid("Label must not contain a comma", value=label))
    if not isinstance(value, str) or not value:
        message = "Option value must be a string of at least one character"
        found.append(problem("INVALID_FIELD_INPUT", message, "Option value format not supported", value=value))
    elif len(value) > LONGEST:
        found.append(_invalid("Option value exceeds 63 characters", value=value))
    elif OPTION.fullmatch(value) is None:
        found.append(_invalid(f'Value must be in UPPER_CASE and follow snake_case "{value}"', value=value))
    return found
