"""The complexity of a migration, A to D, by rules that are said with each letter; the hardest part decides."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from bridgework.reports.audit_document import (
    Documents,
    ExportPlan,
    FieldEntry,
    Grade,
    GradePart,
    Letter,
    Missing,
    WorkspaceSide,
)
from bridgework.reports.page import number
from bridgework.stages.inventory.entries import Entries

_MEANINGS: dict[Letter, str] = {
    "A": "Plain: it follows the usual path, at the short end of the usual 3 to 7 days.",
    "B": "Usual: a few things want a decision; within the usual 3 to 7 days.",
    "C": "Demanding: what is marked C is to be settled first; at the long end of the usual 3 to 7 days, or beyond.",
    "D": "By itself: what is marked D is planned and offered individually.",
}
_CORE = ("provider", "appointment", "treatment", "invoice")
_GB = 10**9
Reason = tuple[Letter, str]


def grade(
    entries: Entries,
    missing: Sequence[Missing],
    findings: Sequence[Mapping[str, Any]],
    documents: Documents | None,
    workspace: WorkspaceSide | None,
    plan: ExportPlan,
) -> Grade:
    """The grade of what was found."""
    absent = {one["object"] for one in missing if one["kind"] == "object"}
    unknown = sum(one["kind"] == "file" for one in missing)
    records = sum(step["records"] for step in plan["steps"])
    parts = [
        _part("Compatibility", [*_practice(absent), *_twenty(workspace, documents)]),
        _part("Clarity of the map", _map(entries.fields, unknown, findings)),
        _part("Limits of the APIs", _limits(plan)),
        _part("Volume", _volume(records, documents)),
    ]
    worst = max(one["grade"] for one in parts)
    return {"grade": worst, "meaning": _MEANINGS[worst], "parts": parts}


def _part(name: str, reasons: Sequence[Reason]) -> GradePart:
    worst: Letter = max((letter for letter, _ in reasons), default="A")
    return {"part": name, "grade": worst, "reasons": [f"{letter}: {words}" for letter, words in reasons]}


def _practice(missing: Collection[str]) -> list[Reason]:
    if "patient" in missing:
        return [("D", "there are no patients, and everything hangs on them")]
    if core := [name for name in _CORE if name in missing]:
        return [("C", f"main objects that cannot be read yet: {', '.join(core)}")]
    if missing:
        return [("B", f"objects that cannot be read yet: {', '.join(sorted(missing))}")]
    return [("A", "every object that the map knows can be read")]


def _twenty(workspace: WorkspaceSide | None, documents: Documents | None) -> list[Reason]:
    if workspace is None:
        return [("C", "the workspace could not be looked at, so nothing is known of it")]
    reasons: list[Reason] = []
    if workspace["uploads"] == "none" and documents and documents["files"]:
        reasons.append(("C", "this version of Twenty takes no files over its API"))
    if not workspace["automations_visible"]:
        reasons.append(("B", "this version of Twenty does not show which automations a load sets off"))
    if held := sum(one["records"] for one in workspace["objects"] if one["ours"] and one["records"] > 100):
        reasons.append(
            ("B", f"the workspace is in use: {number(held)} records are there already, and stay as they are")
        )
    return reasons or [("A", "the workspace has all that the load needs")]


def _map(fields: Sequence[FieldEntry], unknown_files: int, findings: Sequence[Mapping[str, Any]]) -> list[Reason]:
    filled = [one for one in fields if one["filled"]]
    known = sum(bool(one["concept"]) for one in filled)
    share = known / len(filled) if filled else 0
    letter: Letter = "A" if share >= 0.95 else "B" if share >= 0.85 else "C" if share >= 0.6 else "D"
    words = f"{known} of {len(filled)} filled fields have a known meaning (A from 95 %, B from 85 %, C from 60 %)"
    reasons: list[Reason] = [(letter, words)]
    if unknown_files:
        reasons.append(("B", f"files of the export that nobody knows: {unknown_files}"))
    if stops := sum(one["severity"] == "stop" for one in findings):
        reasons.append(("C", f"findings that must be settled before the load: {stops}"))
    return reasons


def _limits(plan: ExportPlan) -> list[Reason]:
    reasons: list[Reason] = []
    if reading := plan["reading"]:
        days = reading["days"]
        letter: Letter = "A" if days <= 1 else "B" if days <= 3 else "C" if days <= 7 else "D"
        words = (
            f"reading takes {number(reading['calls'])} calls, {days:.1f} days of the budget (A to 1, B to 3, C to 7)"
        )
        reasons.append((letter, words))
    else:
        reasons.append(("A", "everything comes from the export: no calls to DentAdmin's API"))
    hours = plan["loading"]["hours"]
    letter = "A" if hours <= 8 else "B" if hours <= 24 else "C" if hours <= 96 else "D"
    calls = f"{number(plan['loading']['calls'])} calls"
    return [*reasons, (letter, f"loading takes {calls}, {hours:.1f} hours at Twenty's rate (A to 8, B to 24, C to 96)")]


def _volume(records: int, documents: Documents | None) -> list[Reason]:
    letter: Letter = "A" if records <= 100_000 else "B" if records <= 500_000 else "C" if records <= 2_000_000 else "D"
    reasons: list[Reason] = [
        (letter, f"{number(records)} records (A to 100 thousand, B to 500 thousand, C to 2 million)")
    ]
    if documents:
        size = documents["bytes"] / _GB
        letter = "A" if size <= 20 else "B" if size <= 100 else "C" if size <= 1000 else "D"
        reasons.append((letter, f"{size:.1f} GB of files (A to 20, B to 100, C to 1000)"))
        if documents["too_large"]:
            reasons.append(
                ("B", f"files larger than Twenty takes, to be handled by hand: {number(documents['too_large'])}")
            )
    return reasons
