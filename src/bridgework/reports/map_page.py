"""The map as a page: every field of the practice, its place in Twenty, and what was decided about it, for approval."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from bridgework.reports.page import dated, write_page
from bridgework.reports.words import in_order

Document = Mapping[str, Any]

_DECISIONS = {  # decision: (mark, tone, words for one line, words for several)
    "load": ("→", "good", "moves", "move"),
    "handover": ("⌂", "info", "kept for the hand-over", "kept for the hand-over"),
    "leave-out": ("✗", "warn", "left out", "left out"),
}


def write_map(folder: Path, document: Document) -> tuple[Path, ...]:
    """Write `map.html` into the folder (mode 0600, replaced in one step).

    `document` has `objects`: each with object, target and lines of header, concept, target, type, transform, decision
    (load, handover or leave-out) and note; and, where known, migration, practice, workspace_url, digest, approved_by,
    made_at (ISO 8601).
    """
    return (write_page(folder, "map.html", map_view(dated(document))),)


def map_view(document: Document) -> dict[str, Any]:
    """What the page shows."""
    objects = sorted(document["objects"], key=lambda one: in_order(one["object"]))
    lines = [line for one in objects for line in one["lines"]]
    return {
        "document": document,
        "objects": [_object(one) for one in objects],
        "figures": _figures(lines),
        "left_out": [
            {**_line(line), "object": one["object"]}
            for one in objects
            for line in one["lines"]
            if line["decision"] == "leave-out"
        ],
    }


def _figures(lines: list[Document]) -> list[tuple[str, int, str]]:
    decisions = Counter(line["decision"] for line in lines)
    custom = sum(line["decision"] == "load" and not line.get("concept") for line in lines)
    return [
        ("Fields in DentAdmin", len(lines), "each on one line below"),
        ("Move", decisions["load"], f"{custom} as fields of your own" if custom else "all with a known meaning"),
        (
            "Kept for the hand-over",
            decisions["handover"],
            "Twenty has no place for them" if decisions["handover"] else "nothing",
        ),
        ("Left out", decisions["leave-out"], "each with its reason" if decisions["leave-out"] else "nothing"),
    ]


def _object(one: Document) -> dict[str, Any]:
    return {**one, "lines": [_line(line) for line in one["lines"]], "decisions": _counts(one["lines"])}


def _counts(lines: Iterable[Document]) -> list[tuple[str, int]]:
    decisions = Counter(line["decision"] for line in lines)
    return [(_known(name)[2 if count == 1 else 3], count) for name, count in decisions.most_common()]


def _line(line: Document) -> dict[str, Any]:
    mark, tone, words, _ = _known(line["decision"])
    blank = {name: line.get(name) or "" for name in ("header", "concept", "target", "type", "transform", "note")}
    return {**line, **blank, "mark": mark, "tone": tone, "words": words}


def _known(decision: str) -> tuple[str, str, str, str]:
    return _DECISIONS.get(decision, ("?", "warn", decision, decision))
