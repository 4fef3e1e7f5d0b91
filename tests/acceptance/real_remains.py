"""What differs from before and may: by name, and why. Everything else is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.acceptance.outside import Difference, Held
from tests.acceptance.real_edits import OWN_DOMAIN, Expected


def explain(one: Difference, before: Held, now: Held, expected: Expected) -> str:
    """Why a difference is no fault; empty where it is one."""
    object_ = one.place.removeprefix("record ")
    if one.kind == "new" and one.place.startswith("record "):
        return _new(object_, now.records[object_][one.id], before, now, expected)
    if one.kind == "changed":
        return _changed(one, expected)
    return ""


def _new(object_: str, row: Mapping[str, Any], before: Held, now: Held, expected: Expected) -> str:
    own = {id_ for _, id_ in expected.own}
    if row["id"] in own | expected.edited:
        return f"a person {'made it' if row['id'] in own else 'edited it, so it stays'}"
    if _by_workflow(row):
        return "a workflow made it for a person's record"
    if object_ == "workflowRun" and any(one in str(row) for one in own):
        return "the server's own history: a workflow ran for a person's record"
    targets = {value for name, value in row.items() if name.startswith("target") and name.endswith("Id") and value}
    targets |= {row["linkedRecordId"]} - {None} if object_ == "timelineActivity" else set()
    made = {one["id"] for one in now.records["company"].values() if _by_workflow(one)}
    if object_ == "timelineActivity" and targets & (own | expected.edited | made):
        return "the server's own history of a record that stays"
    if object_ == "timelineActivity" and any(targets & rows.keys() for rows in before.records.values()):
        return "the server's own history of a record that was there before"
    return ""


def _by_workflow(row: Mapping[str, Any]) -> bool:
    """Whether a workflow made this company for people of one's own: it is that of their addresses' domain."""
    return (row.get("createdBy") or {}).get("source") == "WORKFLOW" and OWN_DOMAIN in str(row.get("domainName"))


def _changed(one: Difference, expected: Expected) -> str:
    if one.place == "record workflowAutomatedTrigger" and set(one.fields) <= {"updatedAt"}:
        return "the server stamps a trigger that is paused and set going again"
    if one.place.startswith("record ") and all(name.startswith("updatedBy.") for name in one.fields):
        return "the server signs each write itself"
    return ""
