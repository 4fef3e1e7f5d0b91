"""rollback: takes back what a run wrote, a sample, a pass, an object or all, newest first.

What people edited since stays, and is listed. At the end the workspace is compared with the baseline where nothing of
the migration is left in it; else each group of records was looked at again when it was taken back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa

from bridgework.stages import automations, baseline
from bridgework.stages.common import Outcome, Plan, Step, require_approval
from bridgework.stages.context import Context
from bridgework.stages.forecast import forecasting
from bridgework.stages.schema import SchemaUndo
from bridgework.stages.scope import ALL, Scope, find_scope, live_runs
from bridgework.stages.undoing import Undoing, is_edited
from bridgework.store import Store, ledger
from bridgework.store.ledger import CREATE, DELETE, NOTE, RESTORE, Batch, Ledger
from bridgework.store.notes import Finding, as_before, findings
from bridgework.store.tables import (
    batch,
    claim,
    conflict,
    finding,
    item,
    link_missing,
    operation,
    quarantine,
    quarantine_before,
    run,
    run_row,
    setting,
    step,
    upload,
)

_WORDS = {
    CREATE: ("destroy", "destroy the {} records that were created"),
    DELETE: ("restore", "restore the {} records that were put into the bin"),
    RESTORE: ("soft-delete", "put the {} records that came back into the bin again"),
}
_COMPARING = "comparing with the baseline"
_LOOKED_AT = 200_000  # records: so many are looked at for the plan, with few calls; of more, the undoing tells


@dataclass(frozen=True, slots=True)
class _Todo:
    """The batches of a scope, and those among them whose records are destroyed."""

    batches: tuple[Batch, ...]

    @classmethod
    def of(cls, store: Store, scope: Scope) -> _Todo:
        return cls(tuple(scope.batches(store)))

    @property
    def doomed(self) -> frozenset[int]:
        return frozenset(one.id for one in self.batches if one.action == CREATE)

    def sizes(self) -> Counter[tuple[str, str]]:
        """Records by action and object, in the order in which they are taken back."""
        sizes: Counter[tuple[str, str]] = Counter()
        for one in self.batches:
            sizes[one.action, one.object] += one.size
        return sizes


class Rollback:
    """Undo a scope; with `schema`, what the schema stage made too."""

    name = "rollback"

    def __init__(self, context: Context, *, schema: bool = False, scope: str = ALL) -> None:
        """Roll back the migration of this context."""
        self.context, self.schema, self.scope_words = context, schema, scope

    def _scope(self) -> Scope:
        document = self.context.map() if self.context.map_path.exists() else None
        return find_scope(self.context.store, self.scope_words, document)

    async def plan(self) -> Plan:
        """What would be destroyed, put back, restored, and what stays since people edited it."""
        scope = self._scope()
        todo = _Todo.of(self.context.store, scope)
        steps = [_step(action, object_, count) for (action, object_), count in todo.sizes().items() if action != NOTE]
        paused = automations.paused(self.context.store)
        steps += [Step("restore", one.event, f"restore the automation “{one.name}”") for one in paused]
        if self.schema:
            steps += SchemaUndo(self.context).steps()
        notes = [_along(scope)] if scope.along else []
        if 0 < sum(todo.sizes().values()) <= _LOOKED_AT:
            notes += await self._edited(todo)
        facts = {"scope": scope.name}
        return Plan(self.name, tuple(steps), notes=tuple(notes), facts=facts)

    async def _edited(self, todo: _Todo) -> list[Finding]:
        """What people edited since: it stays."""
        found: Counter[str] = Counter()
        by_object: dict[str, list[Batch]] = {}
        for one in todo.batches:
            if one.action == CREATE:
                by_object.setdefault(one.object, []).append(one)
        async with await self.context.workspace() as workspace:
            for object_, batches in by_object.items():
                if not workspace.model.has(object_):
                    continue
                items = [one for made in batches for one in ledger.items(self.context.store, made.id)]
                now = await workspace.look(object_, [str(one.target_id) for one in items])
                found[object_] += sum(is_edited(one, now.get(str(one.target_id))) for one in items)
        removed = self._removed()
        return [(_goes if name in removed else _stays)(name, count) for name, count in found.items() if count]

    def _removed(self) -> frozenset[str]:
        """The objects that go with the schema, whatever people edited in them."""
        return SchemaUndo(self.context).objects() if self.schema else frozenset()

    async def apply(self, plan: Plan) -> Outcome:
        """Undo; goes on where an earlier run stopped."""
        context, store = self.context, self.context.store
        # A rollback that was killed after its last batch has nothing left to approve, only to prove and to close.
        name = require_approval(store, self.name, plan.digest()) if plan.steps else context.actor
        scope = self._scope()
        todo = _Todo.of(store, scope)
        whole = scope.objects is None and len(scope.runs) == len(live_runs(store))
        removed = self._removed()
        async with (
            await context.workspace() as workspace,
            forecasting(context, workspace, self.name) as forecast,
        ):
            await automations.restore(workspace, store, name)
            how = (context.stopper, context.progress, todo.doomed)
            undoing = Undoing(store, workspace, name, *how, prove=not whole, forecast=forecast)
            if whole:
                forecast.expect(_COMPARING, *baseline.size(store))
            await undoing.run(todo.batches)
            advance = forecast.begin(_COMPARING, lambda _: None)
            differences = await baseline.compare(workspace, store, advance) if whole else []
            forecast.end()
            self._close(scope, whole=whole)
            if self.schema:
                await SchemaUndo(context).apply(workspace, name, context.progress)
            model = baseline.fingerprint(workspace) if self.schema else None
        if not whole:
            return self._outcome_of_part(scope, undoing.done)
        return self._outcome(differences, model, undoing.done, removed)

    # --- what is forgotten -------------------------------------------------------------------------------------------

    def _close(self, scope: Scope, *, whole: bool) -> None:
        """Forget what the runs decided, so that others begin afresh; the audit log keeps the story."""
        store = self.context.store
        with store.begin() as connection:
            connection.execute(setting.delete().where(setting.c.name == "verified"))
            if scope.objects is not None:
                _reopen(connection, scope)
                return
            for one in reversed(scope.runs):
                _forget(connection, one.id)
                Ledger(store, one.id, self.context.actor).end(connection, "undone")
            if whole:
                connection.execute(claim.delete())
                connection.execute(upload.delete())
                connection.execute(conflict.delete())
                connection.execute(quarantine.delete().where(quarantine.c.stage.startswith("load")))
                connection.execute(quarantine_before.delete())
                connection.execute(finding.delete().where(finding.c.stage.startswith("load")))

    # --- what is said ------------------------------------------------------------------------------------------------

    def _outcome_of_part(self, scope: Scope, done: Counter[str]) -> Outcome:
        kept = [one for one in findings(self.context.store, self.name) if one.code == "EDITED-KEPT"]
        message = f"Taken back ({scope.name}): each record was looked at again afterwards."
        return Outcome(self.name, message, counts={"scope": scope.name, **done}, findings=tuple(kept))

    def _outcome(
        self,
        differences: list[baseline.Difference],
        model: Mapping[str, Any] | None,
        done: Counter[str],
        removed: frozenset[str],
    ) -> Outcome:
        store = self.context.store
        edited = [one for one in findings(store, self.name) if one.code == "EDITED-KEPT"]
        kept = [_goes(one.object, one.count) if one.object in removed else one for one in edited]
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
        counts: dict[str, Any] = {
            **done,
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


def _step(action: str, object_: str, count: int) -> Step:
    verb, words = _WORDS.get(action, ("put back", "put back what was written to {} records"))
    return Step(verb, object_, words.format(object_), count)


def _along(scope: Scope) -> Finding:
    names = ", ".join(one.name for one in scope.along)
    what = f"came after it and built on it, and is taken back too: {names}"
    return Finding("rollback", "SCOPE-GOES-ON", scope.name, "", "info", len(scope.along), "", what, "")


def _stays(object_: str, count: int) -> Finding:
    what = "were edited in Twenty since, and stay as they are"
    return Finding("rollback", "EDITED-STAYS", object_, "", "warn", count, "", what, "destroy by hand what should go")


def _goes(object_: str, count: int) -> Finding:
    what = "were edited in Twenty since, and go with their object, which --schema removes"
    step = "copy elsewhere what is needed, or leave --schema out: then they stay"
    return Finding("rollback", "EDITED-GOES", object_, "", "warn", count, "", what, step)


def _forget(connection: sa.Connection, run_id: int) -> None:
    """Forget a run that is taken back."""
    mine = sa.select(batch.c.id).where(batch.c.run_id == run_id)
    ours = sa.select(item.c.target_id).where(item.c.batch_id.in_(mine))
    connection.execute(claim.delete().where(claim.c.owner.in_(ours), sa.not_(claim.c.existing)))
    connection.execute(upload.delete().where(upload.c.target_id.in_(ours)))
    connection.execute(conflict.delete().where(conflict.c.target_id.in_(ours)))
    connection.execute(link_missing.delete().where(link_missing.c.record.in_(ours)))
    connection.execute(item.delete().where(item.c.batch_id.in_(mine)))
    connection.execute(operation.delete().where(operation.c.batch_id.in_(mine)))
    connection.execute(step.delete().where(step.c.run_id == run_id))
    connection.execute(run_row.delete().where(run_row.c.run_id == run_id))
    as_before(connection, run_id)


def _reopen(connection: sa.Connection, scope: Scope) -> None:
    """Forget the records of some objects, and let the load (or else the sample) take their steps again."""
    mine = sa.select(batch.c.id).where(batch.c.object.in_(scope.objects or ()), batch.c.state == "destroyed")
    ours = sa.select(item.c.target_id).where(item.c.batch_id.in_(mine))
    names = sa.select(batch.c.step).where(batch.c.id.in_(mine))
    whose = [one.id for one in scope.runs if one.kind == "load"] or [one.id for one in scope.runs]
    connection.execute(step.delete().where(step.c.run_id.in_(whose), step.c.name.in_(names)))
    connection.execute(claim.delete().where(claim.c.owner.in_(ours), sa.not_(claim.c.existing)))
    connection.execute(upload.delete().where(upload.c.target_id.in_(ours)))
    connection.execute(operation.delete().where(operation.c.target_id.in_(ours)))
    connection.execute(link_missing.delete().where(link_missing.c.record.in_(ours)))
    connection.execute(item.delete().where(item.c.batch_id.in_(mine)))
    connection.execute(run.update().where(run.c.id.in_(whose)).values(state="running"))
