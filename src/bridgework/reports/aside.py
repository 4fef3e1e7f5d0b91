"""What was set aside, as two reports show it: by object and reason, with what a person can do about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from bridgework.reports.words import in_order

# Stages whose quarantine takes a source record out of the sums; what else is set aside hangs on a record that moved.
_OF_RECORDS = ("audit", "load")
_WHEN = {
    "audit": "while reading the export",
    "load": "while loading",
    "load file": "while uploading its file",
    "load target": "while linking it",
}
_AGAIN = "then export, audit and load again."
_DAMAGED = "Export the file anew and audit again: this copy is damaged."
_ADVICE = {
    "MISSING_KEY": f"Give the row its number in DentAdmin, {_AGAIN} An empty row needs nothing.",
    "DUPLICATE_ROW": "Nothing. The same row is there twice, and its first copy was taken.",
    "DUPLICATE_KEY": "Two different rows carry one number, and the first was taken. Correct the wrong one in "
    f"DentAdmin, {_AGAIN}",
    "REPEATED_HEADER": "Nothing. It is the line of headings once more, and no record.",
    "UNCLOSED_QUOTE": f"Open the file at this line, and close or remove the quotation mark, {_AGAIN}",
    "LINE_TOO_LONG": _DAMAGED,
    "NUL_BYTES": _DAMAGED,
    "UNDECODABLE": "Export the file anew. If the line is set aside again, name the file's encoding in bridgework.toml.",
    "ORPHAN": "Add the record that it belongs to and load again. Nothing, where that one was deleted on purpose.",
    "WAITS_FOR": "Nothing by itself: `bridgework retry` takes it with the record that it waits for.",
    "FILE_MISSING": "Put the file into the export's documents folder under its own name, and load again.",
    "FILE_TOO_LARGE": "Keep the file where it is, and add it in Twenty by hand where it is needed.",
}
_REFUSED = f"Correct this field in DentAdmin, or how the map treats it, {_AGAIN}"
_OTHERWISE = f"Open the export at the row, correct it in DentAdmin, {_AGAIN}"


def advice(code: str) -> str:
    """What to do about a code; `FILE-MISSING` and `FILE_MISSING` are the same."""
    same = code.upper().replace("-", "_")
    return _REFUSED if same.startswith("REFUSED_") else _ADVICE.get(same, _OTHERWISE)


def aside_rows(quarantine: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows for the page from counts by stage, object, code and reason; `next_step` and `examples` are taken if given.

    `of_records` says whether the row counts records of the practice, or files and links of records that moved.
    """
    rows = [
        {
            **one,
            "of_records": one["stage"] in _OF_RECORDS,
            "when": _WHEN.get(one["stage"], one["stage"]),
            "todo": one.get("next_step") or advice(one["code"]),
            "examples": one.get("examples", ()),
        }
        for one in quarantine
    ]
    return sorted(rows, key=lambda row: (in_order(row["object"]), -row["count"]))
