"""The export plan: in which order what is read and loaded, from which source, with records, calls and hours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bridgework.mapping import standard
from bridgework.mapping.catalogue import builtin
from bridgework.mapping.document import MapDocument, Source
from bridgework.reports.audit_document import ExportPlan, FieldEntry, ObjectEntry, PlanStep, Target
from bridgework.stages.inventory.calls import ApiObject, calls_for, load_hours, loading, reading
from bridgework.stages.inventory.entries import Entries


@dataclass(frozen=True, slots=True)
class Budgets:
    """What may be called how often: DentAdmin in an hour and at which hours, Twenty in a minute (0: no limit)."""

    calls_an_hour: int
    allowed: str
    calls_per_minute: int
    records_per_call: int


def export_plan(
    entries: Entries, proposed: MapDocument, api: Sequence[ApiObject], budgets: Budgets, now: datetime
) -> ExportPlan:
    """The plan for what was found; `api` has the objects of the API, none where there is no API."""
    read = {one["object"]: one for one in entries.objects}
    called = {one.object: one for one in api}
    steps = [
        _step(place, read.get(name) or _unread(called[name]), called.get(name), budgets)
        for place, name in enumerate(sorted({*read, *called}, key=_load_order), start=1)
    ]
    for step in steps:
        filled = _filled(entries.fields_of(step["object"]), step["records"])
        targets = _targets(proposed.sources.get(step["object"]), step["records"], filled, budgets.records_per_call)
        step["targets"] = targets
        step["load_records"] = sum(to["records"] for to in targets)
        step["load_calls"] = sum(to["calls"] for to in targets)
        hours = load_hours(step["load_records"], step["load_calls"], budgets.calls_per_minute)
        step["load_hours"] = round(hours, 3)
    return {
        "steps": steps,
        "reading": reading(api, budgets.calls_an_hour, budgets.allowed, now),
        "loading": loading(steps, budgets.calls_per_minute),
    }


def _unread(one: ApiObject) -> ObjectEntry:
    """An object of the API of which nothing is staged yet."""
    return {
        "object": one.object,
        "source": "api",
        "files": [],
        "language": "",
        "records": one.records,
        "set_aside": 0,
        "profiled": 0,
        "fields": 0,
        "empty_fields": 0,
        "known_fields": 0,
        "span": None,
    }


def _step(place: int, entry: ObjectEntry, one: ApiObject | None, budgets: Budgets) -> PlanStep:
    return {
        "place": place,
        "object": entry["object"],
        "source": entry["source"],
        "files": entry["files"],
        "records": max(entry["records"], one.records if one else 0),
        "page_size": one.page_size if one else 0,
        "page_calls": one.page_calls if one else 0,
        "detail_calls": one.detail_calls if one else 0,
        "download_calls": one.download_calls if one else 0,
        "calls": one.calls if one else 0,
        "hours": round(one.calls / budgets.calls_an_hour, 3) if one else 0.0,
        "targets": [],
        "load_records": 0,
        "load_calls": 0,
        "load_hours": 0.0,
    }


def _targets(source: Source | None, records: int, filled: Mapping[str, int], a_call: int) -> list[Target]:
    """A record for each row, a link where a column names the other end, an attachment where one names a file."""
    if source is None or not source.record:
        return []
    counts = {source.record: records}
    for line in source.all_lines():
        if line.object in standard.TARGET_OBJECTS:
            counts[line.object] = filled.get(line.column or "", 0)
        if line.transform == "file":
            counts["attachment"] = filled.get(line.column or "", 0)
    return [{"object": name, "records": count, "calls": calls_for(count, a_call)} for name, count in counts.items()]


def _filled(fields: Iterable[FieldEntry], records: int) -> dict[str, int]:
    """How many rows have something in each column; of a large object part was counted, and the rest is like it."""
    return {one["header"]: round(records * one["filled"] / one["rows"]) for one in fields if one["rows"]}


def _load_order(object_: str) -> tuple[int, str]:
    order = list(builtin().sources)
    return (order.index(object_) if object_ in order else len(order)), object_
