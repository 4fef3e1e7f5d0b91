"""How one page follows the other: what to send for a page, and where the next one begins.

A cursor is what JSON can hold: `page`, `offset`, `cursor` or `url` say where the page begins, `seen` how many records
came before it, `served` how many the first page had, and `last` is a hash of the page before.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bridgework.practice.api import json_text
from bridgework.practice.api.calling import Answer
from bridgework.practice.api.entries import ByCursor, ByLink, ByOffset, ByPage
from bridgework.practice.api.json_text import Number
from bridgework.practice.api.page import Cursor
from bridgework.practice.api.profile import ObjectProfile, size_asked

_LINK = re.compile(r"<([^>]*)>((?:\s*;\s*[\w*-]+\s*=\s*(?:\"[^\"]*\"|[^\s\",;]+))*)")
_REL_NEXT = re.compile(r";\s*rel\s*=\s*(?:\"(?:[^\"]*\s)?next(?:\s[^\"]*)?\"|next(?![^\s\",;]))", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Read:
    """What paging has to know of a page: how many records came, how many there are, and the answer itself."""

    count: int
    total: int | None
    answer: Answer = field(repr=False)


def first(one: ObjectProfile) -> Cursor:
    """Where the first page begins."""
    start: dict[str, Any] = {"seen": 0}
    if isinstance(one.paging, ByPage):
        start["page"] = one.paging.first
    elif isinstance(one.paging, ByOffset):
        start["offset"] = 0
    return start


def parameters(one: ObjectProfile, cursor: Cursor) -> dict[str, Any]:
    """What to send for the page that begins here, besides what the profile always sends."""
    paging, sent = one.paging, {}
    if isinstance(paging, ByPage):
        sent[paging.page] = cursor["page"]
    elif isinstance(paging, ByOffset):
        sent[paging.offset] = cursor["offset"]
    elif isinstance(paging, ByCursor) and "cursor" in cursor:
        sent[paging.cursor] = cursor["cursor"]
    size, name = size_asked(one), getattr(paging, "size", None)
    if name and size:
        sent[name] = size
    return sent


def following(one: ObjectProfile, cursor: Cursor, read: Read) -> dict[str, Any] | None:
    """Where the next page begins, None behind the last; for a link, `url` is as the API wrote it."""
    seen = cursor["seen"] + read.count
    served = cursor.get("served", read.count)
    begin = _begin(one, cursor, read)
    if begin is None or not _goes_on(one, cursor, read, seen, served):
        return None
    return {**begin, "seen": seen, "served": served}


def _begin(one: ObjectProfile, cursor: Cursor, read: Read) -> dict[str, Any] | None:
    paging = one.paging
    if isinstance(paging, ByPage):
        return {"page": cursor["page"] + 1}
    if isinstance(paging, ByOffset):
        return {"offset": cursor["offset"] + read.count}
    if isinstance(paging, ByCursor):
        found = json_text.at(read.answer.value, json_text.steps(paging.next))
        if isinstance(found, str) and found:
            return {"cursor": int(found) if isinstance(found, Number) and found.isdecimal() else str(found)}
    if isinstance(paging, ByLink):
        found = _link(paging, read.answer)
        if found:
            return {"url": found}
    return None


def _goes_on(one: ObjectProfile, cursor: Cursor, read: Read, seen: int, served: int) -> bool:
    paging = one.paging
    more = _more(one, read.answer)
    if more is not None:
        return more
    if not isinstance(paging, ByPage | ByOffset):
        return True
    if not read.count:
        return False
    if read.total is not None:
        return seen < read.total
    if "served" in cursor:
        return read.count >= served
    # A first page that is shorter than was asked for is all there is, or all that this API gives at once.
    return True


def _more(one: ObjectProfile, answer: Answer) -> bool | None:
    """What the answer says of more pages; None where the profile or the answer says nothing."""
    path = getattr(one.paging, "more", None)
    found = json_text.at(answer.value, json_text.steps(path)) if path else None
    return None if found is None else is_set(found)


def is_set(value: Any) -> bool:
    """Whether a flag is up: true, a number but 0, a text but those that say no."""
    if isinstance(value, str):
        return value.strip().casefold() not in {"", "0", "false", "no", "n", "nee", "neen", "non"}
    return bool(value)


def _link(paging: ByLink, answer: Answer) -> str:
    if paging.next:
        found = json_text.at(answer.value, json_text.steps(paging.next))
        return found if isinstance(found, str) else ""
    for header in answer.headers.get_list("link"):
        for link in _LINK.finditer(header):
            if _REL_NEXT.search(link[2]):
                return link[1]
    return ""


def total_of(one: ObjectProfile, answer: Answer) -> int | None:
    """How many records the answer says there are; None where the profile or the answer says nothing."""
    found: Any = answer.headers.get(one.total_header) if one.total_header else None
    if one.total:
        found = json_text.at(answer.value, json_text.steps(one.total))
    return int(found) if isinstance(found, str) and found.isdecimal() else None


def nested(parameters_: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters as a JSON body; a dot in a name leads into an object."""
    body: dict[str, Any] = {}
    for name, value in parameters_.items():
        *outer, last = json_text.steps(name)
        here = body
        for step in outer:
            here = here.setdefault(step, {})
        here[last] = value
    return body
