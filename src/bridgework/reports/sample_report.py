"""The report of a sample: every record and field, the practice's text beside what Twenty holds, for approval."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from bridgework.reports.aside import aside_rows
from bridgework.reports.page import dated, number, write_bytes, write_json, write_page
from bridgework.reports.words import CLASSES, FINE, counted, field_class, in_order, title
from bridgework.reports.workbook import Column, Sheet, workbook

Document = Mapping[str, Any]

_EXAMPLES = 3  # of each field and class on the page; the workbook and the JSON have all
_MOST_ROWS = 200_000  # of the workbook: it holds no more than a million, and people read no more than some hundreds
_ELSEWHERE = "elsewhere"


def write_sample(folder: Path, document: Document) -> tuple[Path, ...]:
    """Write `sample.html`, `sample.xlsx` and `sample.json` into the folder (mode 0600, each replaced in one step).

    `document` is what `stages.sample` found: patients, shown, records, missing, classes, fields, rows, quarantine,
    masked, digest, approved_by; and, where known, migration, practice, workspace_url and made_at (ISO 8601).
    """
    document = dated(document)
    page = write_page(folder, "sample.html", sample_view(document))
    book = workbook(_sheets(document), "The sample, field by field", document["made_at"])
    return page, write_bytes(folder / "sample.xlsx", book), write_json(folder / "sample.json", document)


def sample_view(document: Document) -> dict[str, Any]:
    """What the page shows."""
    objects = sorted({one["object"] for one in document["fields"]} | set(document["records"]), key=in_order)
    examples = _examples(document["rows"])
    return {
        "document": document,
        "figures": _figures(document),
        "wrong": [_shown(one) for one in document["rows"] if one["kind"] not in {*FINE, _ELSEWHERE}][:1000],
        "shown": [(what, *pair) for what, pair in sorted(document["shown"].items())],
        "aside": aside_rows(document["quarantine"]),
        "objects": [
            {
                "name": name,
                "records": document["records"].get(name, 0),
                "fields": [
                    {
                        **one,
                        "kind": _kind(one["class"]),
                        "examples": examples[name, one["field"], one["how"], one["class"]],
                    }
                    for one in document["fields"]
                    if one["object"] == name
                ],
            }
            for name in objects
        ],
    }


def _figures(document: Document) -> list[tuple[str, int, str]]:
    classes: Mapping[str, int] = document["classes"]
    wrong = sum(count for kind, count in classes.items() if kind not in {*FINE, _ELSEWHERE})
    elsewhere = classes.get(_ELSEWHERE, 0)
    aside = sum(one["count"] for one in document["quarantine"])
    return [
        ("Patients", document["patients"], "chosen to differ"),
        ("Records in Twenty", sum(document["records"].values()), "with all that hangs on them"),
        ("Fields compared", sum(classes.values()) - elsewhere, _differ(wrong)),
        ("Kept elsewhere", elsewhere, "cells that did not fit their field" if elsewhere else "none"),
        ("Set aside", aside, "each with its reason" if aside else "nothing"),
    ]


def _differ(wrong: int) -> str:
    return f"{number(wrong)} {counted(wrong, 'differs', 'differ')}" if wrong else "none differs"


def _kind(name: str) -> Any:
    if name == _ELSEWHERE:
        return type(CLASSES[0])(name, "→", "info", "The cell did not fit its field; its text is kept beside it.")
    return field_class(name)


def _shown(one: Document) -> dict[str, Any]:
    return {**one, "kind": _kind(one["kind"])}


def _same(field: Document) -> tuple[str, ...]:
    """Under which key the examples of a sum are kept."""
    return field["object"], field["field"], field["how"], field["class"]


def _examples(rows: Sequence[Document]) -> Mapping[tuple[str, ...], list[Document]]:
    found: dict[tuple[str, ...], list[Document]] = defaultdict(list)
    for one in rows:
        some = found[one["object"], one["field"], one["how"], one["kind"]]
        if len(some) < _EXAMPLES:
            some.append(one)
    return found


def _sheets(document: Document) -> Iterator[Sheet]:
    fields = [
        (title(one["object"]), one["field"], one["how"], one["class"], one["count"]) for one in document["fields"]
    ]
    columns = (Column("Object", width=22), Column("Field", width=26), Column("How"), Column("Class"))
    yield Sheet("By field", (*columns, Column("Count", "count")), fields)
    names = ("object", "field", "place", "column", "source", "sent", "got", "how", "kind")
    widths = (18, 24, 26, 24, 40, 40, 40, 12, 12)
    heads = ("Object", "Field", "File and line", "Column", "In DentAdmin", "Sent", "In Twenty", "How", "Class")
    every = [tuple(one[name] for name in names) for one in document["rows"][:_MOST_ROWS]]
    yield Sheet("Every field", tuple(Column(head, width=wide) for head, wide in zip(heads, widths, strict=True)), every)
