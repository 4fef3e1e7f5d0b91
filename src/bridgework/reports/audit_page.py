"""The data inventory: what the audit found in the practice and in the workspace, before anything moves.

A page that can be sent to the practice, a workbook with every table whole, and the same content as JSON, whose shape
`audit_document` describes. The page shows what matters first: how hard it is, and what must be settled.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from bridgework.reports.aside import aside_rows
from bridgework.reports.audit_document import AuditDocument, FieldEntry, FileEntry, ObjectEntry
from bridgework.reports.audit_workbook import audit_workbook
from bridgework.reports.page import lasting, number, share, size, write_bytes, write_json, write_page
from bridgework.reports.words import LANGUAGES, SEVERITIES, counted, in_order, title

_SHOWN_PATTERNS = 3
_SHOWN_PLACES = 5
_SHOWN_WORTH_A_LOOK = 8
_DELIMITERS = {";": "semicolon", ",": "comma", "\t": "tab", "|": "bar", "": "—"}
_TONES = {"A": "good", "B": "good", "C": "warn", "D": "warn"}
_HALVES = {"api": "from the API", "export": "from the export"}
_SOURCES = {"export": "export", "api": "API", "both": "API and export"}


def write_audit(folder: Path, document: AuditDocument) -> tuple[Path, ...]:
    """Write `audit.html`, `audit.xlsx` and `audit.json` into the folder (mode 0600, each replaced in one step)."""
    page = write_page(folder, "audit.html", audit_view(document))
    book = write_bytes(folder / "audit.xlsx", audit_workbook(document))
    return page, book, write_json(folder / "audit.json", document)


def audit_view(document: AuditDocument) -> dict[str, Any]:
    """What the page shows, in the order in which it shows it."""
    findings = _grouped(document["findings"])
    objects = [_object(one, document) for one in sorted(document["objects"], key=lambda one: in_order(one["object"]))]
    return {
        "document": document,
        "verdict": _verdict(document, findings),
        "figures": _figures(document),
        "findings": findings,
        "objects": objects,
        "files": sorted(map(_file, document["files"]), key=lambda one: in_order(one["object"])),
        "aside": [{**row, "when": ""} for row in aside_rows(document["quarantine"])],
        "plan": _plan(document),
        "sources": _SOURCES,
        "workspace": _workspace(document),
    }


# --- the first screen ----------------------------------------------------------------------------------------------


def _verdict(document: AuditDocument, findings: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The grade, what makes it so, and how much must be settled."""
    grade = document["grade"]
    stops = sum(len(one["rows"]) for one in findings if one["gravity"].blocks)
    reasons = [
        reason.partition(": ")[2]
        for part in grade["parts"]
        for reason in part["reasons"]
        if reason.startswith(grade["grade"]) and grade["grade"] != "A"
    ]
    return {
        "tone": "bad" if stops else _TONES[grade["grade"]],
        "grade": grade["grade"],
        "meaning": grade["meaning"],
        "reasons": reasons,
        "stops": stops,
    }


def _figures(document: AuditDocument) -> list[tuple[str, int | str, str]]:
    objects, fields, found = document["objects"], document["fields"], document["documents"]
    known = sum(bool(one["concept"]) for one in fields)
    aside = sum(one["count"] for one in document["quarantine"])
    reading, loading = document["plan"]["reading"], document["plan"]["loading"]
    spans = [one["span"] for one in objects if one["span"]]
    years = (
        f", {min(one['first_year'] for one in spans)}\N{EN DASH}{max(one['last_year'] for one in spans)}"
        if spans
        else ""
    )
    return [
        ("Records", sum(one["records"] for one in objects), f"of {len(objects)} kinds{years}"),
        ("Fields", len(fields), f"{known} with a known meaning" if known < len(fields) else "all with a known meaning"),
        ("Rows set aside", aside, "each with its reason" if aside else "nothing"),
        ("Files of patients", found["files"] if found else 0, size(found["bytes"]) if found else "no folder of them"),
        (
            "Loading takes about",
            lasting(loading["hours"]),
            f"reading {lasting(reading['hours'])} of calls" if reading else "no calls to DentAdmin",
        ),
    ]


# --- findings ------------------------------------------------------------------------------------------------------


def _grouped(findings: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """By weight, then by what was found: one row for a code, with the places where it is."""
    rows: dict[tuple[str, str, str], dict[str, Any]] = {}
    for one in findings:
        key = one["severity"], one["code"], one["what"]
        row = rows.setdefault(
            key, {**dict(zip(("severity", "code", "what"), key, strict=True)), "count": 0, "places": [], "todo": []}
        )
        row["count"] += one["count"]
        row["places"].append(one)
        if one["next_step"] not in row["todo"]:
            row["todo"].append(one["next_step"])
    groups = []
    for severity, gravity in sorted(SEVERITIES.items(), key=lambda item: item[1].order):
        mine = sorted((row for row in rows.values() if row["severity"] == severity), key=lambda row: -row["count"])
        first = _SHOWN_WORTH_A_LOOK if severity == "warn" else len(mine)
        for words, some, is_open in (("", mine[:first], severity != "info"), (", more of it", mine[first:], False)):
            shown = [_finding(row) for row in some]
            groups.append({"gravity": gravity, "words": gravity.words + words, "rows": shown, "open": is_open})
    return [group for group in groups if group["rows"]]


def _finding(row: dict[str, Any]) -> dict[str, Any]:
    places = sorted(row["places"], key=lambda one: -one["count"])
    return {
        **row,
        "places": [_place(one, alone=len(places) == 1) for one in places[:_SHOWN_PLACES]],
        "more": max(0, len(places) - _SHOWN_PLACES),
        "example": next((one["example"] for one in places if one["example"] and one["example"] != one["field"]), ""),
    }


def _place(one: dict[str, Any], *, alone: bool) -> dict[str, Any]:
    return {"object": title(one["object"]), "field": one["field"], "count": "" if alone else number(one["count"])}


# --- the practice --------------------------------------------------------------------------------------------------


def _object(one: ObjectEntry, document: AuditDocument) -> dict[str, Any]:
    span = one["span"]
    return {
        **one,
        "name": one["object"],
        "rows": [_field(entry) for entry in document["fields"] if entry["object"] == one["object"]],
        "years": f"{span['first_year']}\N{EN DASH}{span['last_year']}" if span else "",
        "by": span["header"] if span else "",
    }


def _field(one: FieldEntry) -> dict[str, Any]:
    """One row of the fields' table. Of dates only the years: the earliest birthday of all is somebody's birthday."""
    filled, kinds = one["filled"], sorted(one["kinds"].items(), key=lambda kind: -kind[1])
    only = kinds[0][0] if len(kinds) == 1 else one["type"]
    return {
        **one,
        "share": share(filled, one["rows"]),
        "type": only if filled else "empty everywhere",
        "kinds": kinds if len(kinds) > 1 else [],
        "patterns": [(shape, share(count, filled)) for shape, count in one["patterns"][:_SHOWN_PATTERNS]],
        "remarks": _remarks(one),
    }


def _remarks(one: FieldEntry) -> list[str]:
    found = []
    if one["first_year"]:
        found.append(f"years {one['first_year']} to {one['last_year']}")
    if between := one["range"]:
        found.append(f"between {between['low']:,g} and {between['high']:,g}".replace(",", "\N{NARROW NO-BREAK SPACE}"))
    if told := one["languages"]:
        names = [f"{LANGUAGES.get(language, language)} {part:.0%}" for language, part in told.items()]
        found.append("texts: " + ", ".join(names))
    return found


def _file(one: FileEntry) -> dict[str, Any]:
    name, _, half = one["object"].partition("@")
    delimiter = one["delimiter"]
    correct = {"object": name, "encoding": one["encoding"], "delimiter": delimiter.replace("\t", r"\t")}
    return {
        **one,
        "object": name,
        "half": _HALVES.get(half, ""),
        "delimiter_name": _DELIMITERS.get(delimiter, delimiter),
        "language_name": LANGUAGES.get(one["language"], one["language"] or "—"),
        "said": [
            f'[practice.files."{one["path"]}"]',
            *(f'{key} = "{value}"' for key, value in correct.items() if value),
        ],
    }


# --- the plan and the workspace ------------------------------------------------------------------------------------


def _plan(document: AuditDocument) -> dict[str, Any]:
    plan = document["plan"]
    steps = [
        {**one, "becomes": [(title(to["object"]), to["records"]) for to in one["targets"]]} for one in plan["steps"]
    ]
    return {**plan, "steps": steps, "grades": document["grade"]["parts"]}


def _workspace(document: AuditDocument) -> dict[str, Any] | None:
    """The workspace's side as (label, value) facts and lists, or None where it could not be looked at."""
    side = document["workspace"]
    if side is None:
        return None
    limit, rate = side["upload_limit"], side["calls_per_minute"]
    facts = [
        ("Version", side["version"] or "not told"),
        ("Calls a minute", number(rate) if rate else "no limit"),
        ("Records in a call", number(side["records_per_call"])),
        ("Members", number(side["members"])),
        ("Uploads", "none over the API" if side["uploads"] == "none" else f"up to {size(limit)}" if limit else "yes"),
        (
            "Storage",
            size(side["storage_limit"]) if side["storage_limit"] else "not told over the API: see its settings",
        ),
    ]
    objects = sorted(side["objects"], key=lambda one: (not one["ours"], in_order(one["object"])))
    return {**side, "facts": facts, "objects": [{**one, "words": _words(one)} for one in objects]}


def _words(one: Any) -> str:
    made = one["custom_fields"]
    words = ["somebody made it" if one["custom"] else "", f"{made} {counted(made, 'field')} added" if made else ""]
    return ", ".join(word for word in words if word)
