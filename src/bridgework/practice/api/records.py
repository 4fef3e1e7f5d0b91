"""The records in an answer, each as it was sent: cut out of a list, completed by its details, or out of another's."""

from __future__ import annotations

import json
import re
from typing import Any

from bridgework.practice.api import json_text, problems
from bridgework.practice.api.calling import Answer
from bridgework.practice.api.paging import is_set
from bridgework.practice.api.profile import ObjectProfile

_HARMLESS_NAME = re.compile(r"[A-Za-z_][A-Za-z_]{0,29}")


def of_answer(one: ObjectProfile, answer: Answer, where: str, total: int | None) -> tuple[list[str], list[Any]]:
    """The records of a page, as text and parsed. Raises Refused (API-NO-RECORDS)."""
    path = json_text.steps(one.records)
    values = json_text.at(answer.value, path)
    if values is None and (not answer.text or total == 0 or json_text.find(answer.text, path) == "null"):
        return [], []
    if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
        names = (
            [name for name in answer.value if _HARMLESS_NAME.fullmatch(name)] if isinstance(answer.value, dict) else []
        )
        there = f"; it has {', '.join(names[:8])}" if names else ""
        place = f"at `{one.records}`" if one.records else "itself (`records` is empty)"
        why = f"a list of objects was expected {place} in the answer{there}"
        raise problems.unfit("API-NO-RECORDS", "The answer has no records where the profile says", where, why)
    return json_text.items(json_text.find(answer.text, path) or "[]"), values


def is_deleted(one: ObjectProfile, value: Any) -> bool:
    """Whether the API calls a record deleted."""
    return one.deleted is not None and is_set(json_text.at(value, json_text.steps(one.deleted)))


def with_details(brief: str, detail: str) -> str:
    """The record of a detail call; what only the list had is added at its end."""
    has = json_text.members(detail)
    more = {name: text for name, text in json_text.members(brief).items() if name not in has}
    if not more:
        return detail
    added = ", ".join(f"{json.dumps(name)}: {text}" for name, text in more.items())
    return f"{detail.rstrip()[:-1].rstrip()}{', ' if has else ''}{added}}}"


def inside(other: ObjectProfile, one: ObjectProfile, record: str) -> list[bytes]:
    """The records of `one` in a record of the `other`; each begins with the other's id, where it has no such entry."""
    text = json_text.find(record, json_text.steps(one.records))
    if text is None or not text.startswith("["):
        return []
    records = json_text.items(text)
    if one.parent:
        id_ = json_text.find(record, json_text.steps(other.id[0])) or "null"
        records = [_begun(one.parent, id_, found) for found in records]
    return [found.encode() for found in records]


def _begun(name: str, value: str, record: str) -> str:
    if not record.startswith("{"):
        return record
    has = json_text.members(record)
    if name in has:
        return record
    return f"{{{json.dumps(name)}: {value}{', ' if has else ''}{record[1:].lstrip()}"
