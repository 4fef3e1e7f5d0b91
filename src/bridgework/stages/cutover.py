"""cutover: the last pass, the verification of everything, automations restored, and the migration closed."""

from __future__ import annotations

from dataclasses import replace

from bridgework.stages import automations
from bridgework.stages.changes import Asked
from bridgework.stages.common import Outcome, Plan, Step
from bridgework.stages.context import Context
from bridgework.stages.delta import Delta, Policies, require_no_conflicts
from bridgework.stages.verify import Verify
from bridgework.store import audit_log
from bridgework.store.notes import now

NAME = "cutover"
CLOSED = "closed"
"""The setting that says when the migration was closed."""


class Cutover:
    """The end of a migration."""

    name = NAME

    def __init__(self, context: Context, policies: Policies, asked: Asked) -> None:
        """Close the migration of this context."""
        self.context = context
        self._delta = Delta(context, policies, asked, NAME)

    async def plan(self) -> Plan:
        """What the last pass would bring, and what comes after it."""
        found = await self._delta.plan()
        paused = automations.paused(self.context.store)
        steps = [
            *found.steps,
            Step("verify", "", "read everything back, and compare every field, link and file"),
            *(Step("restore", one.event, f"restore the automation “{one.name}”") for one in paused),
            Step("close", "", "close the migration; a rollback stays possible"),
        ]
        return replace(found, stage=NAME, steps=tuple(steps))

    async def apply(self, plan: Plan) -> Outcome:
        """Make the last pass; then verify, restore and close, or stop at what a person must decide."""
        context, store = self.context, self.context.store
        last = await self._delta.apply(plan)
        require_no_conflicts(context)
        async with await context.workspace() as workspace:
            await automations.restore(workspace, store, context.actor)
        verify = Verify(context)
        verified = await verify.apply(await verify.plan())
        message = "Not closed: the verification failed. See its report; `bridgework rollback DIR` takes all of it back."
        passed = last.passed and verified.passed
        if passed:
            store.put(CLOSED, now())
            with store.begin() as connection:
                audit_log.append(connection, context.actor, "close", "")
            message = "The migration is closed: everything is in Twenty, verified, and automations run again."
        reports = (*last.reports, *verified.reports)
        counts = {**verified.counts, "pass": last.counts["pass"]}
        return Outcome(NAME, message, counts, (*last.findings, *verified.findings), reports, passed=passed)
