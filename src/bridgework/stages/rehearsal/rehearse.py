"""Looks at the workspace, runs the migration against a twin of it, and tells what would go wrong for real."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from bridgework.errors import FindingsStop, Paused
from bridgework.mapping.document import MapDocument
from bridgework.mapping.names import camel
from bridgework.reports.rehearsal_report import write_rehearsal
from bridgework.reports.words import FINE
from bridgework.stages.columns import require_columns
from bridgework.stages.common import Outcome
from bridgework.stages.context import Context
from bridgework.stages.inventory.calls import load_hours
from bridgework.stages.reading import READ_ON
from bridgework.stages.rehearsal.remains import NAME
from bridgework.stages.rehearsal.scratch import scratch
from bridgework.stages.rehearsal.walk import StageRun, Walk
from bridgework.store import Store, audit_log, ledger
from bridgework.store.notes import Finding, now
from bridgework.workspace import Workspace

_HANGING = ("attachment", "noteTarget", "taskTarget")
_BEAT = 20.0  # seconds
_MOVING = frozenset({"schema", "sample", "load"})
Likeness = Mapping[str, Any]
Serve = Callable[[Likeness], AbstractContextManager[tuple[str, str, Collection[str]]]]
"""Serves a twin in a likeness: its URL, a key, and what of the workspace it could not be."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """The workspace as it was looked at."""

    likeness: Likeness
    calls_per_minute: int
    uploads: str
    calls: int


async def rehearse(context: Context, serve: Serve) -> Outcome:
    """Run everything against a twin in the workspace's likeness, and report; the workspace is only read.

    Raises FindingsStop (MAP-MISSING, NOT-READ, MAP-COLUMNS), Paused, and what the workspace raises that cannot be read.
    """
    beating = asyncio.create_task(_stay_alive(context.store))
    try:
        return await _rehearse(context, serve)
    except Paused as error:
        if error.code != "PAUSED":
            raise
        what, step = "The rehearsal was stopped, as you asked; nothing of it is left.", "run `bridgework rehearse DIR`"
        raise Paused("PAUSED", what, next_step=step) from None
    finally:
        beating.cancel()


async def _stay_alive(store: Store) -> None:
    """Show that this process lives, though it writes to the copy: else another machine takes the migration over."""
    while True:
        await asyncio.sleep(_BEAT)
        with store.begin():
            pass  # each transaction beats


async def _rehearse(context: Context, serve: Serve) -> Outcome:
    document = context.map()
    if not context.store.get("read_at"):
        raise FindingsStop("NOT-READ", "The practice was not read yet.", next_step="run `bridgework audit DIR` first")
    require_columns(context.store, document)
    context.progress.say("Looking at the workspace; nothing is written to it.")
    async with await context.workspace() as workspace:
        seen = await _look(context.store, document, workspace)
    walk, lacking = await _walk(context, seen, seen.likeness, serve)
    if walk.conflicts:
        # The first to be put right; what else there is shows with these fields away.
        cleared = without_conflicts(seen.likeness, document, walk.conflicts)
        again, lacking = await _walk(context, seen, cleared, serve)
        again.stops = [*walk.stops, *(one for one in again.stops if one not in walk.stops)]
        walk = again
    return _outcome(context, seen, walk, lacking)


async def _look(store: Store, document: MapDocument, workspace: Workspace) -> _Seen:
    names = {one.name_singular for one in document.schema().objects} | {*_HANGING}

    def ours(ids: list[str]) -> Collection[str]:
        """Those that an earlier run of this migration wrote: the rehearsal begins before it."""
        with store.read() as connection:
            return {str(one) for one in ledger.known(connection, [UUID(id_) for id_ in ids])}

    likeness = await workspace.likeness(names, ours)
    can = workspace.capabilities
    return _Seen(likeness, can.calls_per_minute, can.uploads, workspace.pace.calls)


async def _walk(context: Context, seen: _Seen, likeness: Likeness, serve: Serve) -> tuple[Walk, Collection[str]]:
    with scratch(context) as rehearsed, serve(likeness) as (url, key, lacking):
        rehearsed.url, rehearsed.key, rehearsed.uploads = url, key, seen.uploads
        walk = Walk(rehearsed)
        await walk.go()
        return walk, lacking


def without_conflicts(likeness: Likeness, document: MapDocument, stops: Collection[Finding]) -> Likeness:
    """The likeness without the fields that the map cannot use as they are, nor those that stand where it needs room."""
    needed = {one.name_singular: {field.name: field for field in one.fields} for one in document.schema().objects}
    away: set[tuple[str, str]] = set()
    for stop in stops:
        away.add((stop.object, stop.field))
        field = needed.get(stop.object, {}).get(stop.field)
        if field is not None and field.relation_to:
            away.add((field.relation_to, camel(field.inverse_label or "")))
    objects = [
        {**one, "fields": [field for field in one["fields"] if not _is_away(one["name"], field, away)]}
        for one in likeness["objects"]
    ]
    return {**likeness, "objects": objects}


def _is_away(object_: str, field: Mapping[str, Any], away: set[tuple[str, str]]) -> bool:
    """Whether a field is one of these, or the other side of one."""
    relation = field["relation"] or {}
    return (object_, field["name"]) in away or (relation.get("object"), relation.get("inverse")) in away


# --- what is said ----------------------------------------------------------------------------------------------------


def _outcome(context: Context, seen: _Seen, walk: Walk, lacking: Collection[str]) -> Outcome:
    passed = not walk.stops
    aside = sum(one["count"] for one in walk.quarantine)
    document: dict[str, Any] = {
        "passed": passed,
        "made_at": now(),
        "migration": str(context.settings.migration.id),
        "workspace_url": context.settings.workspace.url,
        "version": seen.likeness["version"],
        "practice": context.settings.practice.name,
        "stops": [asdict(one) for one in walk.stops],
        "findings": [asdict(one) for one in walk.findings],
        "quarantine": walk.quarantine,
        "refusals": walk.refusals,
        "accounts": walk.accounts,
        "automations": [{key: one[key] for key in ("name", "event")} for one in seen.likeness["automations"]],
        "held": _held(seen.likeness),
        "members": len(seen.likeness["members"]),
        "stages": [_stage(one, seen.calls_per_minute) for one in walk.runs],
        "hours": sum(
            _hours(one, seen.calls_per_minute) for one in walk.runs if one.name in {"schema", "sample", "load"}
        ),
        "calls_per_minute": seen.calls_per_minute,
        "records_per_call": seen.likeness["records_per_call"],
        "calls_to_look": seen.calls,
        "classes": walk.verified.get("classes", {}),
        "missing": walk.verified.get("missing", {}),
        "fields": [one for one in walk.verified.get("fields", ()) if one["class"] not in FINE],
        "not_rehearsed": [*lacking],
        "not_read": context.store.get(READ_ON, []),
    }
    reports = write_rehearsal(context.reports, document)
    with context.store.begin() as connection:
        totals = {"passed": passed, "stops": len(walk.stops), "aside": aside, "map": context.map().digest()}
        audit_log.append(connection, context.actor, NAME, "", **totals)
    context.store.put(NAME, {**totals, "at": document["made_at"]})
    message = f"Nothing would stop the real run; {aside:,} records, links or files would be set aside."
    if not passed:
        message = f"{len(walk.stops)} things would stop the real run: see the findings marked stop."
    found = (*walk.stops, *walk.findings)
    return Outcome(NAME, message, counts=document, findings=found, reports=reports, passed=passed)


def _held(likeness: Likeness) -> list[dict[str, Any]]:
    """How many unique values are taken, by object and field; the values are nowhere."""
    taken: Counter[tuple[str, str]] = Counter()
    binned: Counter[tuple[str, str]] = Counter()
    for name, records in likeness["held"].items():
        for one in records:
            for field in one["values"]:
                taken[name, field] += 1
                binned[name, field] += one["deleted"]
    return [
        {"object": name, "field": field, "count": count, "deleted": binned[name, field]}
        for (name, field), count in sorted(taken.items())
    ]


def _hours(one: StageRun, rate: int) -> float:
    """How long a stage takes at the workspace's rate."""
    return load_hours(one.records, one.calls, rate)


def _stage(one: StageRun, rate: int) -> dict[str, Any]:
    return {**asdict(one), "seconds": round(one.seconds, 1), "hours": round(_hours(one, rate), 4)}
