"""The report of a rehearsal: what would stop the real run, what would be set aside, and how long it would take."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from bridgework.reports.aside import aside_rows
from bridgework.reports.page import dated, lasting, number, write_json, write_page
from bridgework.reports.words import SEVERITIES, counted, field_class, in_order, title

Document = Mapping[str, Any]


def write_rehearsal(folder: Path, document: Document) -> tuple[Path, ...]:
    """Write `rehearsal.html` and `rehearsal.json` into the folder (mode 0600, each replaced in one step).

    `document` is what `stages.rehearsal` found: passed, stops, findings, quarantine, refusals, accounts, automations,
    held, stages, hours, calls_per_minute, records_per_call, classes, missing, fields, not_rehearsed, not_read.
    """
    document = dated(document)
    page = write_page(folder, "rehearsal.html", rehearsal_view(document))
    return page, write_json(folder / "rehearsal.json", document)


def rehearsal_view(document: Document) -> dict[str, Any]:
    """What the page shows."""
    return {
        "document": document,
        "figures": list(_figures(document)),
        "findings": [_finding(one) for one in document["findings"]],
        "stops": [_finding(one) for one in document["stops"]],
        "aside": aside_rows(document["quarantine"]),
        "accounts": sorted(document["accounts"], key=lambda one: in_order(one["object"])),
        "fields": [{**one, "kind": field_class(one["class"])} for one in document["fields"]],
        "assumed": _assumed(document),
        "limits": list(_limits(document)),
    }


def _figures(document: Document) -> Iterator[tuple[str, int | str, str]]:
    stops, aside = len(document["stops"]), sum(one["count"] for one in document["quarantine"])
    yield "Would stop the run", stops, "to be put right first" if stops else "nothing"
    yield "Records that would arrive", sum(one["loaded"] for one in document["accounts"]), "read back and compared"
    yield "Would be set aside", aside, "each with its reason" if aside else "nothing"
    differ = sum(one["count"] for one in document["fields"]) + sum(document["missing"].values())
    yield "Fields that differ", differ, "after reading back"
    yield "Would take", lasting(document["hours"]), "to prepare, sample and load"


def _finding(one: Document) -> dict[str, Any]:
    place = f"{title(one['object'])}, {one['field']}" if one["field"] else title(one["object"])
    return {**one, "severity": SEVERITIES[one["severity"]], "place": place}


def _assumed(document: Document) -> str:
    rate, size = document["calls_per_minute"], document["records_per_call"]
    pace = f"{number(rate)} calls a minute" if rate else "a server without a limit, which takes 500 records a second"
    return f"Counted with {pace}, {number(size)} records in a call, and files beside them."


def _limits(document: Document) -> Iterator[str]:
    """What the rehearsal could not show."""
    if document["not_read"]:
        names = ", ".join(title(one) for one in document["not_read"])
        yield f"Not read to the end yet, so rehearsed only as far as it was read: {names}."
    if document["not_rehearsed"]:
        names = ", ".join(document["not_rehearsed"])
        yield f"The stand-in could not be like this in your workspace: {names}."
    files = "each file was looked at for its name, its size and whether it can be read; none was sent"
    yield f"Files were not sent: {files}."
    total = sum(one["count"] for one in document["held"])
    yield (
        f"Of what is in Twenty, {number(total)} unique {counted(total, 'value')} and the data model count. "
        "What people change there between now and the run does not."
    )
