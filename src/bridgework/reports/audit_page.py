"""The data inventory: what the audit found in the practice's export and in the workspace, before anything moves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bridgework.reports.aside import aside_rows
from bridgework.reports.page import dated, share, write_json, write_page
from bridgework.reports.words import in_order

Document = Mapping[str, Any]

_SHOWN_PATTERNS = 3
_DELIMITERS = {";": "semicolon", ",": "comma", "\t": "tab", "|": "bar", "": "—"}
_LANGUAGES = {"nl": "Dutch", "fr": "French", "en": "English", "de": "German"}
_GRAVITY = {  # severity: (order, mark, tone, words)
    "stop": (0, "✗", "bad", "must be settled"),
    "warn": (1, "!", "warn", "worth a look"),
    "info": (2, "i", "info", "good to know"),
}


def write_audit(folder: Path, document: Document) -> tuple[Path, ...]:
    """Write `audit.html` and `audit.json` into the folder (mode 0600, each replaced in one step).

    `document` is what `stages.audit` found: files (rows of `source_file`, and `why` if known), fields (object, header
    and what `practice.profile` knows of it), quarantine, workspace ({} where it was away), findings; and, where known,
    migration, practice, workspace_url and made_at (ISO 8601).
    """
    document = dated(document)
    page = write_page(folder, "audit.html", audit_view(document))
    return page, write_json(folder / "audit.json", document)


def audit_view(document: Document) -> dict[str, Any]:
    """What the page shows, in the order in which it shows it."""
    objects = _objects(document)
    findings = [_finding(one) for one in document.get("findings", ())]
    return {
        "document": document,
        "figures": _figures(document, objects, findings),
        "findings": sorted(findings, key=lambda one: one["order"]),
        "files": sorted(map(_file, document["files"]), key=lambda one: in_order(one["object"])),
        "objects": objects,
        "aside": [{**row, "when": ""} for row in aside_rows(document["quarantine"])],
        "workspace": _workspace(document["workspace"]),
    }


def _figures(
    document: Document, objects: Sequence[Document], findings: Sequence[Document]
) -> list[tuple[str, int, str]]:
    empty = sum(not field["filled"] for one in objects for field in one["fields"])
    stops = sum(one["severity"] == "stop" for one in findings)
    aside = sum(one["count"] for one in document["quarantine"])
    return [
        ("Files read", len(document["files"]), ""),
        ("Records", sum(one["records"] for one in objects), f"of {len(objects)} kinds"),
        ("Fields", len(document["fields"]), f"{empty} of them empty everywhere" if empty else "each holds something"),
        ("Rows set aside", aside, "each with its reason" if aside else "nothing"),
        ("Findings", len(findings), f"{stops} must be settled" if stops else "none stands in the way"),
    ]


def _finding(one: Document) -> dict[str, Any]:
    order, mark, tone, words = _GRAVITY[one["severity"]]
    example = one["example"] if one["example"] != one["field"] else ""
    return {**one, "example": example, "order": order, "mark": mark, "tone": tone, "words": words}


def _file(one: Document) -> dict[str, Any]:
    why = one.get("why") or ()
    return {
        **one,
        "delimiter_name": _DELIMITERS.get(one["delimiter"], one["delimiter"]),
        "language_name": _LANGUAGES.get(one["language"], one["language"] or "—"),
        "why": (why,) if isinstance(why, str) else tuple(why),
    }


def _objects(document: Document) -> list[dict[str, Any]]:
    """Each object of the practice: its files, records, rows set aside, and its fields as profiled."""
    records: Counter[str] = Counter()
    for one in document["files"]:
        records[one["object"]] += one["rows"]
    aside: Counter[str] = Counter()
    for one in document["quarantine"]:
        aside[one["object"]] += one["count"]
    languages = {one["object"]: one["language"] for one in document["files"]}
    fields = {name: [_field(one) for one in document["fields"] if one["object"] == name] for name in records}
    return [
        {
            "name": name,
            "language": languages[name],
            "files": [one["path"] for one in document["files"] if one["object"] == name],
            "records": count,
            "aside": aside[name],
            "fields": fields[name],
            "profiled": max((one["rows"] for one in fields[name]), default=0),
        }
        for name, count in sorted(records.items(), key=lambda one: in_order(one[0]))
    ]


def _field(one: Document) -> dict[str, Any]:
    """One row of the fields' table. Of dates only the years: the earliest birthday of all is somebody's birthday."""
    rows, filled, kinds = one["rows"], one["filled"], _kinds(one)
    only = kinds[0][0] if len(kinds) == 1 else one["type"]
    return {
        "header": one["header"],
        "rows": rows,
        "filled": filled,
        "share": share(filled, rows),
        "type": only if filled else "empty everywhere",
        "kinds": kinds if len(kinds) > 1 else [],
        "longest": one["longest"],
        "distinct": one["distinct"],
        "capped": one["distinct_capped"],
        "patterns": [(shape, share(count, filled)) for shape, count in one["patterns"][:_SHOWN_PATTERNS]],
        "years": f"{one['first_year']} to {one['last_year']}" if one["first_year"] else "",
    }


def _kinds(one: Document) -> list[tuple[str, int]]:
    """What the cells look like, as (kind, count), the commonest first."""
    return sorted(one["kinds"].items(), key=lambda kind: -kind[1])


def _workspace(found: Document) -> dict[str, Any] | None:
    """The workspace's side as (label, value) facts and lists, or None where it could not be looked at."""
    if not found:
        return None
    apart = ("records", "automations")
    return {
        "facts": [(key, value) for key, value in found.items() if key not in apart],
        "records": sorted((found.get("records") or {}).items(), key=lambda one: in_order(one[0])),
        "automations": list(found.get("automations") or ()),
    }
