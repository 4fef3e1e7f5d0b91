"""The verification report: what a dentist reads before signing, and the same as JSON for scripts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bridgework.reports.aside import aside_rows
from bridgework.reports.page import dated, number, write_json, write_page
from bridgework.reports.words import CLASSES, FINE, counted, field_class, in_order

Document = Mapping[str, Any]

_SHOWN = 400  # characters of a value; the JSON has all of it
_COLUMNS = ("source", "loaded", "merged", "kept", "quarantined")


def write_verification(folder: Path, document: Document) -> tuple[Path, ...]:
    """Write `verification.html` and `verification.json` into the folder (mode 0600, each replaced in one step).

    `document` is what `stages.verify` found: passed, accounts, quarantine, records, missing, classes, fields, links,
    files, workspace, differences, masked; and, where known, migration, practice, workspace_url and made_at (ISO 8601).
    """
    document = dated(document)
    page = write_page(folder, "verification.html", verification_view(document))
    return page, write_json(folder / "verification.json", document)


def verification_view(document: Document) -> dict[str, Any]:
    """What the page shows, in the order in which it shows it."""
    aside = aside_rows(document["quarantine"])
    return {
        "document": document,
        "reasons": _reasons(document),
        "accounts": _accounts(document["accounts"]),
        "totals": _totals(document["accounts"]),
        "figures": _figures(document),
        "aside": [row for row in aside if row["of_records"]],
        "hanging": [row for row in aside if not row["of_records"]],
        "classes": _classes(document["classes"]),
        "compared": sum(document["classes"].values()),
        "objects": _objects(document),
        "links": _by_class(document["links"]),
        "files": _by_class(document["files"]),
        "differences": [_difference(one, masked=document["masked"]) for one in document["differences"]],
        "differing": _differing(document),
    }


def _differing(document: Document) -> int:
    """Everything that is not as it should be: records missing, fields and files that differ."""
    missing: Mapping[str, int] = document["missing"]
    return _wrong(document["classes"]) + sum(missing.values()) + _wrong(document["files"])


def _wrong(by_class: Mapping[str, int]) -> int:
    return sum(count for kind, count in by_class.items() if kind not in FINE)


def _reasons(document: Document) -> list[tuple[str, str]]:
    """Why it did not pass, as (sentence, anchor of the section that shows it)."""
    found = []
    if open_ := [one for one in document["accounts"] if not one["closes"]]:
        verb = counted(len(open_), "does", "do")
        found.append((f"{_many(len(open_), 'sum')} of the accounting {verb} not close", "accounting"))
    if missing := sum(document["missing"].values()):
        found.append((f"{_many(missing, 'record')} {counted(missing, 'is', 'are')} not in Twenty", "differences"))
    for one in CLASSES:
        if one.name not in FINE and (count := document["classes"].get(one.name, 0)):
            what = {"missing": "empty in Twenty"}.get(one.name, one.name)
            found.append((f"{_many(count, 'field')} {counted(count, 'is', 'are')} {what}", "fields"))
    if wrong := _wrong(document["files"]):
        verb = counted(wrong, "is", "are")
        found.append((f"{_many(wrong, 'file')} {verb} not what {verb} on the practice's disk", "files"))
    return found


def _many(count: int, one: str) -> str:
    return f"{number(count)} {counted(count, one)}"


def _open(account: Document) -> int:
    """How many records are unaccounted for; below zero where more are accounted for than there were."""
    accounted: int = sum(account[name] for name in _COLUMNS[1:])
    return int(account["source"]) - accounted


def _accounts(accounts: Sequence[Document]) -> list[dict[str, Any]]:
    return [{**one, "open": _open(one)} for one in sorted(accounts, key=lambda one: in_order(one["object"]))]


def _totals(accounts: Sequence[Document]) -> dict[str, Any]:
    totals: dict[str, Any] = {name: sum(one[name] for one in accounts) for name in _COLUMNS}
    return totals | {"open": _open(totals), "closes": all(one["closes"] for one in accounts)}


def _figures(document: Document) -> list[tuple[str, int, str]]:
    """The numbers at the top: what, how many, and a remark."""
    totals = _totals(document["accounts"])
    fields, links, files = (sum(document[name].values()) for name in ("classes", "links", "files"))
    return [
        ("Records in the practice", totals["source"], "all accounted for" if totals["closes"] else "sums do not close"),
        ("Set aside", totals["quarantined"], "each with its reason" if totals["quarantined"] else "nothing"),
        ("Fields compared", fields, _unequal(document["classes"])),
        ("Links checked", links, _unequal(document["links"])),
        ("Files compared", files, _unequal(document["files"])),
    ]


def _unequal(by_class: Mapping[str, int]) -> str:
    wrong = _wrong(by_class)
    if not by_class:
        return "there were none"
    return f"{number(wrong)} {counted(wrong, 'differs', 'differ')}" if wrong else "none differs"


def _classes(counts: Mapping[str, int]) -> list[dict[str, Any]]:
    unknown = [field_class(name) for name in counts if name not in {one.name for one in CLASSES}]
    return [{"kind": one, "count": counts.get(one.name, 0)} for one in (*CLASSES, *unknown)]


def _by_class(counts: Mapping[str, int]) -> list[dict[str, Any]]:
    return [row for row in _classes(counts) if row["count"]]


def _objects(document: Document) -> list[dict[str, Any]]:
    """Each target object with its records and, a row a field, the count of each class."""
    fields: dict[str, dict[str, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
    for one in document["fields"]:
        fields[one["object"]][one["field"]][one["class"]] = one["count"]
    names = sorted({*document["records"], *document["workspace"], *fields}, key=in_order)
    return [
        {
            "name": name,
            "records": document["records"].get(name, 0),
            "missing": document["missing"].get(name, 0),
            "workspace": document["workspace"].get(name),
            "fields": sorted(fields[name].items()),
            "differ": sum(_wrong(counts) for counts in fields[name].values()),
        }
        for name in names
    ]


def _difference(one: Document, *, masked: bool) -> dict[str, Any]:
    file, _, line = one["source"].rpartition(":")
    sentence = ""
    if not one["field"]:
        sentence = "The record is not in Twenty."
    elif not one["expected"] and not one["found"]:
        sentence = "The file in Twenty is not the file on the practice's disk."
    same_shape = masked and not sentence and one["expected"] == one["found"]
    expected, found = _where_they_part(one["expected"], one["found"])
    place = {"file": file, "line": line, "sentence": sentence, "same_shape": same_shape}
    return {**one, **place, "kind": field_class(one["kind"]), "expected": expected, "found": found}


def _where_they_part(expected: str, found: str) -> tuple[str, str]:
    """Both texts, or of long ones the part in which they begin to differ."""
    pairs = enumerate(zip(expected, found, strict=False))
    same = next((at for at, (left, right) in pairs if left != right), min(len(expected), len(found)))
    start = max(0, same - _SHOWN // 4)

    def part(text: str) -> str:
        if len(text) <= _SHOWN:
            return text
        end = start + _SHOWN
        return ("… " if start else "") + text[start:end] + (" …" if end < len(text) else "")

    return part(expected), part(found)
