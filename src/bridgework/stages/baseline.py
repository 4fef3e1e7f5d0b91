"""The workspace as it was before the first write: hashes of its records and of its data model.

Taken once, before anything is written; rollback compares against it, and so proves that the workspace is as it was.
Not compared: the server's own history (timeline entries, workflow runs), and fields that were not there at the time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa

from bridgework.store import Store, insert_new
from bridgework.store.tables import baseline
from bridgework.workspace import Workspace

_SETTING = "baseline"
_LINKS = ("taskTarget", "noteTarget", "attachment", "workflowAutomatedTrigger")
_HISTORY = ("workflowRun", "timelineActivity", "message", "messageThread", "calendarEvent")
_NOT_COMPARED = {"FILES", "TS_VECTOR", "MORPH_RELATION"}  # signed URLs change with each reading; vectors are derived
# Pausing and restoring a trigger stamps it anew; nothing else of it changes.
_STAMPS = {"workflowAutomatedTrigger": ("updatedAt", "updatedBy")}


@dataclass(frozen=True, slots=True)
class Difference:
    """How the records of one object differ from the baseline."""

    object: str
    gone: int
    new: int
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
        async for page in workspace.scan(name, compared):
            rows = [{"object": name, "record_id": UUID(one["id"]), "hash": _hash(one)} for one in page]
            with store.begin() as connection:
                insert_new(connection, baseline, rows)
    store.put(_SETTING, {"complete": True, "fields": fields, "model": workspace.model.fingerprint()})


def model_before(store: Store) -> dict[str, Any] | None:
    """The fingerprint of the data model at the baseline, or None where there is no baseline."""
    found: dict[str, Any] | None = store.get(_SETTING, {}).get("model")
    return found


async def compare(workspace: Workspace, store: Store) -> list[Difference]:
    """What differs now from the baseline, object by object; an empty list where nothing does."""
    kept = store.get(_SETTING, {})
    found = []
    for name, fields in kept.get("fields", {}).items():
        now: dict[UUID, bytes] = {}
        async for page in workspace.scan(name, fields):
            now.update((UUID(one["id"]), _hash(one)) for one in page)
        with store.read() as connection:
            query = sa.select(baseline.c.record_id, baseline.c.hash).where(baseline.c.object == name)
            before = {row.record_id: row.hash for row in connection.execute(query)}
        gone, new = before.keys() - now.keys(), now.keys() - before.keys()
        changed = {one for one in before.keys() & now.keys() if before[one] != now[one]}
        if gone or new or changed:
            examples = tuple(str(one) for one in sorted(gone | new | changed)[:5])
            found.append(Difference(name, len(gone), len(new), len(changed), examples))
    return found


def _scope(workspace: Workspace) -> Iterable[str]:
    for one in workspace.model.objects():
        if one.name_singular in _LINKS or not (one.is_system or one.name_singular in _HISTORY):
            yield one.name_singular


def _compared(workspace: Workspace, object_: str) -> list[str]:
    left_out = {"searchVector", *_STAMPS.get(object_, ())}
    fields = workspace.model.object(object_).fields()
    return [one.name for one in fields if one.type not in _NOT_COMPARED and one.name not in left_out and one.readable]


def _hash(record: dict[str, Any]) -> bytes:
    return hashlib.blake2b(orjson.dumps(record, option=orjson.OPT_SORT_KEYS), digest_size=16).digest()
