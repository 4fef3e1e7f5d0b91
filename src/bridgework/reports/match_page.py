"""The page of who is in Twenty already: both sides of each pair, the score with its reasons, and what was decided."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bridgework.reports.page import dated, write_page

Document = Mapping[str, Any]

GROUPS = {  # group: (title, what a person does)
    "asked": ("For you to decide", "Say of each whether it is the same (`--same`) or another one (`--different`)."),
    "proposed": (
        "Proposed as the same",
        "Take all of them with `--accept-above`; say `--different` of those that are not.",
    ),
    "same": ("Decided: the same", "The record in Twenty stands for the practice's; the two are merged by the policy."),
    "deleted": ("In the bin of Twenty", "Left alone, unless you say `--restore`; the practice's record is made anew."),
    "restore": ("Decided: taken out of the bin", "Restored, and merged by the policy."),
}
KINDS = {
    "name": "Name",
    "birth": "Born",
    "insz": "INSZ",
    "email": "E-mail",
    "phone": "Phone",
    "number": "Enterprise number",
    "riziv": "RIZIV",
    "insurer": "Insurer number",
    "domain": "Domain",
    "source": "Number in DentAdmin",
}
POLICIES = {
    "fill": "only fields that are empty in Twenty are filled",
    "source": "the practice's value is written",
    "twenty": "Twenty's value stands",
}
_MOST = 2000  # pairs of one group on the page; the command's JSON has all


def write_match(folder: Path, document: Document) -> Path:
    """Write `match.html` into the folder (mode 0600, replaced in one step).

    `document` has pairs (group, ref, source_object, object, record, score, reasons, rivals, source, existing,
    decided_by), counts by group and `new`, the thresholds `same` and `new`, policy, fields, digest, approved_by and
    masked.
    """
    return write_page(folder, "match.html", match_view(dated(document)))


def match_view(document: Document) -> dict[str, Any]:
    """What the page shows."""
    groups = []
    for name, (title, what) in GROUPS.items():
        pairs = [_shown(one) for one in document["pairs"] if one["group"] == name]
        groups.append({"name": name, "title": title, "what": what, "pairs": pairs[:_MOST], "count": len(pairs)})
    return {
        "document": document,
        "figures": _figures(document["counts"]),
        "groups": groups,
        "policy": POLICIES[document["policy"]],
        "fields": [(name, POLICIES[policy]) for name, policy in sorted(document["fields"].items())],
    }


def _figures(counts: Mapping[str, int]) -> list[tuple[str, int, str]]:
    return [
        ("To decide", counts["asked"], "one by one"),
        ("Proposed", counts["proposed"], "all but certain"),
        ("Decided", counts["same"] + counts["restore"], "merged with the load"),
        ("In the bin", counts["deleted"], "left alone"),
        ("New", counts["new"], "made by the load"),
    ]


def _shown(one: Document) -> dict[str, Any]:
    """A pair with its kinds in rows: what it is, in DentAdmin, in Twenty."""
    kinds = [kind for kind in KINDS if kind in one["source"] or kind in one["existing"]]
    rows = [(KINDS[kind], one["source"].get(kind, ""), one["existing"].get(kind, "")) for kind in kinds]
    return {**one, "rows": rows}
