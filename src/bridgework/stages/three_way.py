"""Compares three ways, field by field: the practice then, the practice now, and Twenty now.

Only the practice changed: it is written. Only Twenty changed: it is kept. Both: a conflict, for a policy or a person.
A pure function; whether a value in Twenty is the one that was written is told by the field's type, not by its text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from bridgework.reports.words import FINE
from bridgework.workspace import Field, classify

Policy = Literal["ask", "source", "twenty"]

_OURS = frozenset({"id", "createdBy", "position", "file"})
"""Fields that make a record ours, and say nothing that anybody would edit. A file has a way of its own."""
STAMP = "updatedAt"


@dataclass(slots=True)
class Verdict:
    """What is to be done with a record: the fields to write, those of which Twenty's value stays, the conflicts."""

    write: dict[str, Any] = field(default_factory=dict)
    kept: list[str] = field(default_factory=list)
    conflicts: list[str] = field(default_factory=list)


def compare_three_ways(
    field_of: Callable[[str], Field],
    then: Mapping[str, Any],
    now: Mapping[str, Any],
    twenty: Mapping[str, Any],
    decide: Callable[[str], Policy],
) -> Verdict:
    """What is to be done, where `then` and `now` are records as they are sent and `twenty` is one as it is read.

    A field that a record does not have is empty. `decide` says who wins a conflict in a field.
    """
    verdict = Verdict()
    for name in sorted((then.keys() | now.keys()) - _OURS - {STAMP}):
        before, after = then.get(name), now.get(name)
        kind, there = field_of(name), twenty.get(name)
        ours = classify(kind, _whole(before, there), there) in FINE
        wanted = _whole(after, there)
        if before == after:
            if not ours:
                verdict.kept.append(name)
        elif classify(kind, wanted, there) in FINE:
            continue
        elif ours:
            verdict.write[name] = wanted
        else:
            _settle(verdict, name, wanted, decide(name))
    changed = then.get(STAMP) != now.get(STAMP)
    if STAMP in now and (verdict.write or (changed and not verdict.kept and not verdict.conflicts)):
        verdict.write[STAMP] = now[STAMP]
    return verdict


def _settle(verdict: Verdict, name: str, value: Any, policy: Policy) -> None:
    if policy == "source":
        verdict.write[name] = value
    elif policy == "twenty":
        verdict.kept.append(name)
    else:
        verdict.conflicts.append(name)


def _whole(value: Any, twenty: Any) -> Any:
    """A value with all its parts: those of a composite that it does not name are empty, for an update leaves them."""
    if not isinstance(twenty, dict) or not (value is None or isinstance(value, dict)):
        return value
    said = value or {}
    derived = _OF_A_NUMBER if said.get("primaryPhoneNumber") else _DERIVED
    return {part: _empty(old) for part, old in twenty.items() if part not in derived} | said


_DERIVED = frozenset({"blocknote"})  # Twenty makes it of the markdown
_OF_A_NUMBER = _DERIVED | {"primaryPhoneCountryCode", "primaryPhoneCallingCode"}  # and these of the number


def _empty(old: Any) -> Any:
    if isinstance(old, str):
        return ""
    return [] if isinstance(old, list) else None
