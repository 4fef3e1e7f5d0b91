"""The workspace as it was before the first write: hashes of its records and of its data model.

Taken once, before anything is written; rollback compares against it, and so proves that the workspace is as it was.
Not compared: the server's own history (timeline entries, workflow runs), and fields that were not there at the time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa

from bridgework.store import Store, insert_new, ledger
from bridgework.store.tables import baseline
from bridgework.workspace import Workspace

_SETTING = "baseline"
_PAGE = 10_000  # records in one reading call
_LINKS = ("taskTarget", "noteTarget", "attachment", "workflowAutomatedTrigger")
_HISTORY = ("workflowRun", "timelineActivity", "message", "messageThread", "calendarEvent")
_NOT_COMPARED = {"FILES", "TS_VECTOR"}  # signed URLs change with each reading; vectors are derived
# Pausing and restoring a trigger stamps it anew; nothing else of it changes.
_SIGNED = "updatedBy"  # the server signs each write with its own, so it cannot be put back; `updatedAt` tells of writes
_STAMPS = {"workflowAutomatedTrigger": ("updatedAt",)}


@dataclass(frozen=True, slots=True)
class Difference:
    """How the records of one object differ from the baseline; `ours` are new ones that the load wrote."""

    object: str
    gone: int
    new: int
    ours: int
    changed: int
    examples: tuple[str, ...]


async def take(workspace: Workspace, store: Store) -> None:
    """Take the baseline, unless it is there already."""
    if store.get(_SETTING, {}).get("complete"):
        return
    with store.begin() as connection:
        connection.execute(baseline.delete())
    fields = {name: _compared(workspace, name) for name in _scope(workspace)}
    for name, compared in fields.items():
        async for page in workspace.scan(name, compared, _PAGE):
            rows = [{"object": name, "record_id": UUID(one["id"]), "hash": _hash(one)} for one in page]
            with store.begin() as connection:
                insert_new(connection, baseline, rows)
    store.put(_SETTING, {"complete": True, "fields": fields, "model": fingerprint(workspace)})


def model_before(store: Store) -> dict[str, Any] | None:
    """The fingerprint of the data model at the baseline, or None where there is no baseline."""
    found: dict[str, Any] | None = store.get(_SETTING, {}).get("model")
    return found


def size(store: Store) -> tuple[float, float]:
    """What a comparison takes: units (a record is one, and an object as many as a page holds), and calls for a unit."""
    with store.read() as connection:
        records = connection.scalar(sa.select(sa.func.count()).select_from(baseline)) or 0
    return _PAGE * len(store.get(_SETTING, {}).get("fields", {})) + records, 1 / _PAGE


async def compare(
    workspace: Workspace, store: Store, advance: Callable[[int], None] = lambda _: None
) -> list[Difference]:
    """What differs now from the baseline, object by object; an empty list where nothing does.

    `advance` is told of units that are done, see `size`.
    """
    kept = store.get(_SETTING, {})
    found = []
    for name, fields in kept.get("fields", {}).items():
        now: dict[UUID, bytes] = {}
        advance(_PAGE)
        async for page in workspace.scan(name, fields, _PAGE):
            advance(len(page))
            now.update((UUID(one["id"]), _hash(one)) for one in page)
        with store.read() as connection:
            query = sa.select(baseline.c.record_id, baseline.c.hash).where(baseline.c.object == name)
            before = {row.record_id: row.hash for row in connection.execute(query)}
            gone, new = before.keys() - now.keys(), now.keys() - before.keys()
            ours = ledger.known(connection, new)
        changed = {one for one in before.keys() & now.keys() if before[one] != now[one]}
        if gone or new or changed:
            examples = tuple(str(one) for one in sorted(gone | new | changed)[:5])
            found.append(Difference(name, len(gone), len(new), len(ours), len(changed), examples))
    return found


def fingerprint(workspace: Workspace) -> dict[str, Any]:
    """The data model, as far as a migration can change it: active objects, their fields, types and options."""
    return {
        one.name: {
            field.name: [field.type, [option.value for option in field.options]]
            for field in sorted(one.fields.values(), key=lambda field: field.name)
            if field.is_active
        }
        for one in sorted(workspace.model.objects.values(), key=lambda one: one.name)
        if one.is_active
    }


def _scope(workspace: Workspace) -> Iterable[str]:
    for one in workspace.model.objects.values():
        if one.is_active and (one.name in _LINKS or not (one.is_system or one.name in _HISTORY)):
            yield one.name


def _compared(workspace: Workspace, object_: str) -> list[str]:
    left_out = (*_STAMPS.get(object_, ()), _SIGNED)
    fields = [one for one in workspace.model.object(object_).fields.values() if one.is_active]
    return [
        name
        for field in fields
        if field.type not in _NOT_COMPARED and field.name not in left_out
        for name in field.names()
    ]


def _hash(record: dict[str, Any]) -> bytes:
    return hashlib.blake2b(orjson.dumps(record, option=orjson.OPT_SORT_KEYS), digest_size=16).digest()
