"""retry: takes the records that were set aside while loading, and those that waited for them, once more.

After the map or the data changed, that is: the same record is refused for the same reason. What a record became is
looked up by its id first, so that nothing is written twice.
"""

from __future__ import annotations

from collections import Counter, defaultdict

import sqlalchemy as sa

from bridgework.errors import FindingsStop
from bridgework.stages.accounting import accounts
from bridgework.stages.common import Outcome, Plan, Step, require_approval
from bridgework.stages.context import Context, needed_map
from bridgework.stages.moving import moving, read_upto
from bridgework.stages.schema import require_schema
from bridgework.stages.updating import relink
from bridgework.stages.worklist import relinkable
from bridgework.store import Store
from bridgework.store.ledger import Ledger
from bridgework.store.notes import quarantine_counts
from bridgework.store.tables import quarantine

_NOT_RETRIED = ("ORPHAN",)  # what it belongs to is not in the practice: a pass of the delta looks for that


class Retry:
    """Take what was set aside once more."""

    name = "retry"

    def __init__(self, context: Context) -> None:
        """Retry the migration of this context."""
        self.context = context

    async def plan(self) -> Plan:
        """What would be tried."""
        require_load(self.context)
        document = needed_map(self.context)
        require_schema(self.context, document)
        run = _unfinished(self.context)
        counts: Counter[tuple[str, str]] = Counter()
        with self.context.store.read() as connection:
            query = sa.select(quarantine.c.object, quarantine.c.code).where(_to_retry())
            counts.update((object_, code) for object_, code in connection.execute(query))
        steps = [
            Step("retry", object_, f"{object_} set aside as {code}", count)
            for (object_, code), count in sorted(counts.items())
        ]
        if run is not None and not steps:
            steps = [Step("retry", "", "what a retry that was stopped has left")]
        return Plan(self.name, tuple(steps), facts={"map": document.digest()})

    async def apply(self, plan: Plan) -> Outcome:
        """Try them; goes on where an earlier run stopped."""
        context, store = self.context, self.context.store
        if not plan.steps:
            return self._outcome("Nothing is set aside that could be retried.", 0)
        name = require_approval(store, self.name, plan.digest())
        document = needed_map(context)
        run = _unfinished(context)
        if run is None:
            detail = {"map": document.digest(), "upto": read_upto(store)}
            run = Ledger.start(store, self.name, plan.digest(), context.actor, detail=detail, rows=_rows(store))
        async with (
            await context.workspace() as workspace,
            moving(context, document, workspace, name, stage=self.name) as going,
        ):
            await going.look_for_existing(document, run)
            await going.take_listed(run)
            if relinkable(store):
                await relink(going, run)
        with store.begin() as connection:
            run.end(connection, "done")
        return self._outcome("What was set aside was tried once more.", sum(run.row_counts().values()))

    def _outcome(self, message: str, tried: int) -> Outcome:
        store = self.context.store
        left = [one for one in quarantine_counts(store) if one["stage"].startswith("load")]
        sums = accounts(store)
        counts = {"tried": tried, "quarantine": left, "accounts": [one.as_row() for one in sums]}
        return Outcome(self.name, message, counts=counts, passed=all(one.closes for one in sums))


def require_load(context: Context) -> None:
    """Raise FindingsStop (LOAD-MISSING) where the load has not come to its end."""
    run = Ledger.current(context.store, "load", context.actor)
    if run is None or run.row()["state"] != "done":
        raise FindingsStop(
            "LOAD-MISSING",
            "The load has not come to its end yet.",
            next_step="run `bridgework load DIR --apply` first",
        )


def _unfinished(context: Context) -> Ledger | None:
    run = Ledger.current(context.store, Retry.name, context.actor)
    return run if run is not None and run.row()["state"] == "running" else None


def _to_retry() -> sa.ColumnElement[bool]:
    return quarantine.c.stage.startswith("load") & quarantine.c.code.not_in(_NOT_RETRIED)


def _rows(store: Store) -> dict[str, list[int]]:
    found: dict[str, set[int]] = defaultdict(set)
    with store.read() as connection:
        for object_, number in connection.execute(
            sa.select(quarantine.c.object, quarantine.c.row_no).where(_to_retry())
        ):
            found[object_].add(number)
    return {object_: sorted(numbers) for object_, numbers in found.items()}
