"""Automations of the workspace that a load would set off: found, paused with consent, restored; also after a crash."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bridgework.store import Store, audit_log, insert_new
from bridgework.store.tables import automation_pause

if TYPE_CHECKING:
    from bridgework.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Paused:
    """An automation that we paused, or meant to."""

    trigger_id: str
    name: str
    event: str
    state: str


def paused(store: Store) -> list[Paused]:
    """Those that are paused now, as far as the store knows (a crash may have come between)."""
    columns = (
        automation_pause.c.trigger_id,
        automation_pause.c.name,
        automation_pause.c.event,
        automation_pause.c.state,
    )
    query = sa.select(*columns).where(automation_pause.c.state != "restored").order_by(automation_pause.c.name)
    with store.read() as connection:
        return [Paused(*row) for row in connection.execute(query)]


async def set_off_by(workspace: Workspace, store: Store, objects: Iterable[str]) -> list[Paused]:
    """Every automation that writing these objects would set off, those that we paused included; in a stable order."""
    active = [
        Paused(one.trigger_id, one.workflow_name, one.event, "active") for one in await workspace.automations(objects)
    ]
    known = {one.trigger_id for one in active}
    both = active + [one for one in paused(store) if one.trigger_id not in known]
    return sorted(both, key=lambda one: (one.name, one.event, one.trigger_id))


async def pause(workspace: Workspace, store: Store, actor: str, found: Iterable[Paused]) -> None:
    """Pause those that are active; each is on the disk before it is touched."""
    for one in found:
        if one.state != "active":
            continue
        with store.begin() as connection:
            row = {"trigger_id": one.trigger_id, "name": one.name, "event": one.event, "state": "intended"}
            insert_new(connection, automation_pause, [row])
            _mark(connection, one.trigger_id, "intended")
        await workspace.pause(one.trigger_id)
        with store.begin() as connection:
            _mark(connection, one.trigger_id, "paused")
            audit_log.append(connection, actor, "pause automation", one.event, trigger=one.trigger_id)


async def restore(workspace: Workspace, store: Store, actor: str) -> int:
    """Restore whatever we paused; answers how many."""
    found = paused(store)
    for one in found:
        with store.begin():  # raises where another process has taken over: it needs them paused, and restores them
            pass
        await workspace.resume(one.trigger_id)
        with store.begin() as connection:
            _mark(connection, one.trigger_id, "restored")
            audit_log.append(connection, actor, "restore automation", one.event, trigger=one.trigger_id)
    return len(found)


def _mark(connection: sa.Connection, trigger_id: str, state: str) -> None:
    same = automation_pause.c.trigger_id == trigger_id
    connection.execute(automation_pause.update().where(same).values(state=state))
