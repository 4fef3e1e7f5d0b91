"""rollback: takes back what the load wrote, newest first; what people edited since stays, and is listed.

Everything is read back before it is destroyed: a record whose `updatedAt` is not the one that we wrote was edited by
somebody, and is left alone. At the end the workspace is compared with the baseline.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import datetime
from itertools import groupby, islice
from typing import Any

import sqlalchemy as sa

from bridgework.stages import automations, baseline
from bridgework.stages.common import Outcome, Plan, Step, require_approval
from bridgework.stages.context import Context
from bridgework.stages.schema import SchemaUndo
from bridgework.store import audit_log
from bridgework.store.ledger import ALIVE, UNSETTLED, Batch, Item, Ledger
from bridgework.store.notes import Finding, add_finding, findings
from bridgework.store.tables import batch, claim, finding, item, quarantine, setting, step, upload
from bridgework.workspace import Workspace

_TO_UNDO = (*UNSETTLED, *ALIVE)
_BATCHES_AT_ONCE = 25  # 5,000 ids a call: far below what the server takes, and few calls


class Rollback:
    """Undo the load; with `schema`, what the schema stage made too."""

    name = "rollback"

    def __init__(self, context: Context, *, schema: bool = False) -> None:
        """Roll back the migration of this context."""
        self.context, self.schema = context, schema

    async def plan(self) -> Plan:
        """What would be destroyed and restored."""
        run_ = Ledger.current(self.context.store, "load", self.context.actor)
        steps = [
            Step("destroy", object_, f"destroy the {object_} records that the load created", count)
            for object_, count in (_sizes(run_) if run_ else {}).items()
        ]
        paused = automations.paused(self.context.store)
        steps += [Step("restore", one.event, f"restore the automation “{one.name}”") for one in paused]
        undo = SchemaUndo(self.context)
        if self.schema:
            steps += undo.steps()
        return Plan(self.name, tuple(steps))

    async def apply(self, plan: Plan) -> Outcome:
        """Undo; goes on where an earlier run stopped."""
        context = self.context
        # A rollback that was killed after its last batch has nothing left to approve, only to prove and to close.
        name = require_approval(context.store, self.name, plan.digest()) if plan.steps else context.actor
        async with await context.workspace() as workspace:
            await automations.restore(workspace, context.store, name)
            run_ = Ledger.current(context.store, "load", name)
            if run_ is not None:
                await self._undo(workspace, run_)
            differences = await baseline.compare(workspace, context.store)
            if run_ is not None:
                self._close(run_)
            if self.schema:
                await SchemaUndo(context).apply(workspace, name, context.progress)
            model = baseline.fingerprint(workspace) if self.schema else None
        return self._outcome(differences, model)

    async def _undo(self, workspace: Workspace, run_: Ledger) -> None:
        todo = run_.batches(_TO_UNDO, newest_first=True)
        advance = self.context.progress.start("rolling back", sum(one.size for one in todo), "records")
        for object_, batches in _together(todo):
            self.context.stopper.check("rollback")
            items = [one for made in batches for one in run_.items(made.id)]
            kept = await self._destroy(workspace, object_, items)
            self._mark(run_, batches, object_, kept, len(items))
            advance(sum(one.size for one in batches))

    async def _destroy(self, workspace: Workspace, object_: str, items: list[Item]) -> list[Item]:
        """Destroy those that are as we wrote them; answer the others."""
        ids = [str(one.target_id) for one in items]
        now = await workspace.read(object_, ids, ["updatedAt", "deletedAt"])
        kept = [one for one in items if _edited(one, now.get(str(one.target_id)))]
        stay = {one.target_id for one in kept}
        # Those that a read does not show may be soft-deleted by a person: they are ours all the same.
        await workspace.destroy(object_, [str(one.target_id) for one in items if one.target_id not in stay])
        return kept

    def _mark(self, run_: Ledger, batches: list[Batch], object_: str, kept: list[Item], size: int) -> None:
        numbers = [one.id for one in batches]
        with self.context.store.begin() as connection:
            connection.execute(item.update().where(item.c.batch_id.in_(numbers)).values(state="destroyed"))
            for one in kept:
                connection.execute(item.update().where(item.c.target_id == one.target_id).values(state="kept"))
            connection.execute(batch.update().where(batch.c.id.in_(numbers)).values(state="destroyed"))
            if kept:
                what = "was edited in Twenty after the load, and is left there"
                example = str(kept[0].target_id)
                add_finding(
                    connection,
                    Finding(
                        "rollback",
                        "EDITED-KEPT",
                        object_,
                        "",
                        "warn",
                        len(kept),
                        example,
                        what,
                        "destroy it by hand if it should go",
                    ),
                )
            detail = {"batches": numbers, "destroyed": size - len(kept), "kept": [str(one.target_id) for one in kept]}
            audit_log.append(connection, run_.actor, "destroy", object_, **detail)

    def _close(self, run_: Ledger) -> None:
        """Forget what the load decided, so that another load begins afresh; the audit log keeps the story."""
        ours = sa.select(batch.c.id).where(batch.c.run_id == run_.run_id)
        with self.context.store.begin() as connection:
            connection.execute(item.delete().where(item.c.batch_id.in_(ours)))
            connection.execute(step.delete().where(step.c.run_id == run_.run_id))
            connection.execute(claim.delete())
            connection.execute(setting.delete().where(setting.c.name == "verified"))
            connection.execute(upload.delete())
            connection.execute(quarantine.delete().where(quarantine.c.stage.startswith("load")))
            connection.execute(finding.delete().where(finding.c.stage.startswith("load")))
            run_.end(connection, "undone")

    def _outcome(self, differences: list[baseline.Difference], model: Mapping[str, Any] | None) -> Outcome:
        store = self.context.store
        kept = [one for one in findings(store, self.name) if one.code == "EDITED-KEPT"]
        since = [_since(one) for one in differences]
        equal_model = model is None or model == baseline.model_before(store)
        # New records that the load did not write are other people's work; anything else needs a look.
        passed = equal_model and not any(one.ours or one.gone or one.changed for one in differences)
        message = "The workspace is as it was before the first write: every record compared equal."
        if differences and passed:
            message = (
                "Nothing of the load is left, and every record from before it compared equal; others are new since."
            )
        elif not passed:
            message = "The load is taken back, but the workspace is not what it was before: see the findings."
        counts = {
            "differences": [asdict(one) for one in differences],
            "data model equal": equal_model,
            "equal": equal_model and not differences,
        }
        return Outcome(self.name, message, counts=counts, findings=(*kept, *since), passed=passed)


def _since(one: baseline.Difference) -> Finding:
    what = f"since the baseline {one.gone} are gone, {one.changed} changed, {one.new} new ({one.ours} of these ours)"
    step = "ask who works in Twenty: these were not written by this migration" if not one.ours else "look at each"
    number = one.gone + one.changed + one.new
    return Finding("rollback", "DIFFERS-SINCE", one.object, "", "warn", number, one.examples[0], what, step)


def _sizes(run_: Ledger) -> dict[str, int]:
    """Records to destroy, by object, newest first."""
    sizes: dict[str, int] = {}
    for one in run_.batches(_TO_UNDO, newest_first=True):
        sizes[one.object] = sizes.get(one.object, 0) + one.size
    return sizes


def _together(batches: Iterable[Batch]) -> Iterator[tuple[str, list[Batch]]]:
    """Neighbouring batches of one object, some at a time."""
    for object_, some in groupby(batches, key=lambda one: one.object):
        while chunk := list(islice(some, _BATCHES_AT_ONCE)):
            yield object_, chunk


def _edited(one: Item, record: Mapping[str, Any] | None) -> bool:
    """Whether somebody changed the record after we wrote it: its `updatedAt` is no longer ours."""
    if record is None or not one.stamp:
        return False
    return datetime.fromisoformat(record["updatedAt"]) != datetime.fromisoformat(one.stamp)
