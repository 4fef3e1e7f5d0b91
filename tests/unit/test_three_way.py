"""Three ways of one field: the practice then, the practice now, Twenty now."""

from __future__ import annotations

from typing import Any

import pytest

from bridgework.stages.three_way import Policy, Verdict, compare_three_ways
from bridgework.workspace import Field


def _field(name: str) -> Field:
    types = {"emails": "EMAILS", "cost": "CURRENCY", "updatedAt": "DATE_TIME"}
    return Field(id=name, name=name, label=name, type=types.get(name, "TEXT"))


def _compare(then: Any, now: Any, twenty: Any, policy: Policy = "ask", name: str = "remarks") -> Verdict:
    return compare_three_ways(_field, {name: then}, {name: now}, {name: twenty}, lambda _: policy)


@pytest.mark.parametrize(
    ("then", "now", "twenty", "write", "kept", "conflicts"),
    [
        ("a", "a", "a", {}, [], []),
        ("a", "b", "a", {"remarks": "b"}, [], []),  # only the practice changed
        ("a", "a", "c", {}, ["remarks"], []),  # only Twenty changed
        ("a", "b", "c", {}, [], ["remarks"]),  # both
        ("a", "b", "b", {}, [], []),  # both, and to the same
        ("a", None, "a", {"remarks": None}, [], []),  # emptied at the practice
        (None, "b", None, {"remarks": "b"}, [], []),
        (None, "b", "", {"remarks": "b"}, [], []),  # nothing and an empty text are the same
        (None, None, "c", {}, ["remarks"], []),
    ],
)
def test_who_changed_decides(then: Any, now: Any, twenty: Any, write: Any, kept: Any, conflicts: Any) -> None:
    found = _compare(then, now, twenty)
    assert (found.write, found.kept, found.conflicts) == (write, kept, conflicts)


def test_a_policy_takes_the_place_of_a_question() -> None:
    assert _compare("a", "b", "c", "source").write == {"remarks": "b"}
    assert _compare("a", "b", "c", "twenty").kept == ["remarks"]


def test_what_twenty_makes_of_a_value_is_no_change_of_a_person() -> None:
    sent, kept = {"primaryEmail": "An@Example.BE"}, {"primaryEmail": "an@example.be", "additionalEmails": []}
    now = {"primaryEmail": "bo@example.be"}
    assert _compare(sent, now, kept, name="emails").write["emails"]["primaryEmail"] == "bo@example.be"


def test_parts_that_a_new_value_does_not_name_are_emptied() -> None:
    then = {"primaryEmail": "an@example.be", "additionalEmails": ["bo@example.be"]}
    written = _compare(then, {"primaryEmail": "an@example.be"}, then, name="emails").write
    assert written == {"emails": {"primaryEmail": "an@example.be", "additionalEmails": []}}
    assert _compare(then, None, then, name="emails").write == {"emails": {"primaryEmail": "", "additionalEmails": []}}


def test_the_moment_of_change_goes_with_a_write_and_is_never_in_conflict() -> None:
    then, now = ({"remarks": text, "updatedAt": f"2026-01-0{day}T00:00:00Z"} for text, day in (("a", 1), ("b", 2)))
    edited = {"remarks": "a", "updatedAt": "2026-05-05T00:00:00Z"}
    found = compare_three_ways(_field, then, now, edited, lambda _: "ask")
    assert found.write == {"remarks": "b", "updatedAt": now["updatedAt"]}
    person = {"remarks": "c", "updatedAt": "2026-05-05T00:00:00Z"}
    assert compare_three_ways(_field, then, now, person, lambda _: "ask").write == {}
