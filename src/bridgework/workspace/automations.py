"""The workflows that a load would set off, and how to pause them and set them going again.

An API key may not deactivate a workflow, but it may soft-delete its trigger and restore it (measured on 2.19).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bridgework.errors import Refused
from bridgework.workspace.client import TRIES, OutcomeUnknownError, RejectedError, pause, refused
from bridgework.workspace.records import ALSO_DELETED, away_for
from bridgework.workspace.rejection import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bridgework.workspace.records import Records

TRIGGER = "workflowAutomatedTrigger"
_MOST_TRIGGERS = 1_000


@dataclass(frozen=True, slots=True)
class Automation:
    """A workflow's trigger on an event of records: `event` is such as `person.upserted`."""

    trigger_id: str
    workflow_id: str
    workflow_name: str
    event: str
    is_paused: bool = False

    @property
    def object(self) -> str:
        """The object whose records set it off; `*` for every one."""
        return self.event.partition(".")[0]


async def list_automations(records: Records, objects: Iterable[str], *, include_paused: bool) -> list[Automation]:
    """The triggers on events of these objects; raises `Refused` where this version does not show them."""
    if not records.model.has(TRIGGER):
        raise Refused(
            "AUTOMATIONS_HIDDEN",
            "This version of Twenty does not show which workflows a load would set off",
            where=TRIGGER,
            next_step="look under Workflows in Twenty, and deactivate those that a created or updated record starts",
        )
    wanted = {*objects, "*"}
    # Deleted triggers are those that somebody paused, and also those of workflows that were deactivated long ago.
    where = {"and": [{"type": {"eq": "DATABASE_EVENT"}}, *([ALSO_DELETED] if include_paused else [])]}
    selection = "id deletedAt settings workflowId workflow{name}"
    rows = await records.find(TRIGGER, where, selection, _MOST_TRIGGERS)
    found = [
        Automation(
            trigger_id=row["id"],
            workflow_id=row["workflowId"] or "",
            workflow_name=(row.get("workflow") or {}).get("name") or "",
            event=str((row.get("settings") or {}).get("eventName") or ""),
            is_paused=row.get("deletedAt") is not None,
        )
        for row in rows
    ]
    return sorted((one for one in found if one.object in wanted), key=lambda one: (one.workflow_name, one.trigger_id))


async def set_paused(records: Records, trigger_id: str, *, paused: bool) -> None:
    """Soft-delete a trigger, or restore it; one that is so already is no error."""
    target = records.model.object(TRIGGER)
    root = f"{'delete' if paused else 'restore'}{target.type_name}"
    mutation = f"mutation($id:UUID!){{{root}(id:$id){{id deletedAt}}}}"
    for failures in range(1, TRIES + 1):
        try:
            await records.client.execute(mutation, {"id": trigger_id}, safe=False)
        except OutcomeUnknownError as error:
            if failures == TRIES:
                raise away_for(error, TRIGGER) from None
            await pause(failures)
        except RejectedError as error:
            if error.rejection.kind is not Kind.NOT_FOUND:
                what = f"Twenty refused to {'pause' if paused else 'restore'} a workflow's trigger"
                raise refused(error.rejection, what, where=trigger_id) from None
        if await _is_paused(records, trigger_id) is paused:
            return
    raise Refused(
        "TRIGGER_UNCHANGED",
        f"A workflow's trigger could not be {'paused' if paused else 'restored'}",
        where=trigger_id,
        next_step="open the workflow in Twenty and do it there",
    )


async def _is_paused(records: Records, trigger_id: str) -> bool:
    where = {"and": [{"id": {"eq": trigger_id}}, ALSO_DELETED]}
    rows = await records.find(TRIGGER, where, "id deletedAt", 1)
    if not rows:
        raise Refused(
            "TRIGGER_GONE",
            "A workflow's trigger is not there any more",
            where=trigger_id,
            next_step="open the workflow in Twenty and activate it again if it should run",
        )
    return rows[0]["deletedAt"] is not None
