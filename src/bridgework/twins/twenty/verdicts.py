"""The long answer with which the server refuses a change of the data model: every entity that could not be made.

A refused object takes its fields, views and indexes with it, and the answer lists them all.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from bridgework.twins.twenty.errors import Refusal
from bridgework.twins.twenty.model import new_id

Problem = dict[str, Any]
_PLURALS = {"view": "views", "viewField": "viewFields", "index": "indices"}


def problem(code: str, message: str, friendly: str | None = None, **more: Any) -> Problem:
    """One thing wrong with one entity."""
    return {"code": code, "message": message, "userFriendlyMessage": friendly or message, **more}


class Verdict:
    """Collects what is wrong with a change; `refuse` raises where there is anything."""

    def __init__(self, doing: str) -> None:
        self.doing = doing
        self.entries: dict[str, list[dict[str, Any]]] = defaultdict(list)

    def add(self, kind: str, problems: list[Problem], action: str = "create", **identity: Any) -> None:
        """An entity that fails, and why."""
        self.entries[kind].append(
            {
                "status": "fail",
                "errors": problems,
                "flatEntityMinimalInformation": {"universalIdentifier": new_id(), **identity},
                "metadataName": kind,
                "type": action,
            }
        )

    def refuse(self) -> None:
        """Raise where anything fails."""
        if self.entries:
            raise report(self.doing, dict(self.entries))


def report(doing: str, entries: dict[str, list[dict[str, Any]]]) -> Refusal:
    """The refusal that lists entries by kind."""
    counts = {kind: len(listed) for kind, listed in entries.items()}
    problems = [found for listed in entries.values() for entry in listed for found in entry["errors"]]
    described = [f"{count} {_PLURALS.get(kind, kind) if count > 1 else kind}" for kind, count in counts.items()]
    friendly = problems[0]["userFriendlyMessage"] if len(problems) == 1 else "Many validation errors"
    return Refusal(
        f"Multiple validation errors occurred while {doing}",
        code="METADATA_VALIDATION_FAILED",
        friendly=friendly,
        extra={
            "errors": entries,
            "summary": {"totalErrors": sum(counts.values()), **counts},
            "message": f"Validation failed for {', '.join(described)}",
        },
    )


def early(doing: str, found: Problem) -> Refusal:
    """The shorter refusal of what the server cannot even begin to build."""
    entry = {"errors": [found], "type": "create", "metadataName": "fieldMetadata",
             "flatEntityMinimalInformation": {"id": ""}}  # fmt: skip
    return report(doing, {"fieldMetadata": [entry]})
