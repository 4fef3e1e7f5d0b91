"""Runs every stage of the throw-away migration: schema, sample, load, verify, rollback; and notes what came of each.

Nothing is asked of a person: approvals are given in the name of the rehearsal, in the throw-away store alone. What
would stop the real run is noted, and the rest is run as far as that can be.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa

from bridgework.errors import BridgeworkError, Paused, Refused
from bridgework.stages.accounting import accounts
from bridgework.stages.common import Outcome, Plan, Stage, Step
from bridgework.stages.load import Load
from bridgework.stages.rehearsal.remains import NAME
from bridgework.stages.rehearsal.scratch import Rehearsed
from bridgework.stages.rollback import Rollback
from bridgework.stages.sample import Sample, approve_sample
from bridgework.stages.schema import Schema
from bridgework.stages.verify import Verify
from bridgework.store.ledger import ALIVE
from bridgework.store.notes import Finding, approve, findings, quarantine_counts
from bridgework.store.tables import batch, quarantine, run

_APPROVER = "rehearsal"
_LISTED = 100_000  # refusals one by one; all are counted


@dataclass(frozen=True, slots=True)
class StageRun:
    """One stage as it went: calls that take of the allowed rate, records written, and seconds here."""

    name: str
    calls: int
    records: int
    seconds: float
    message: str
    passed: bool


@dataclass(slots=True)
class Walk:
    """What a walk through the stages brought to light."""

    context: Rehearsed
    runs: list[StageRun] = field(default_factory=list)
    stops: list[Finding] = field(default_factory=list)
    conflicts: tuple[Finding, ...] = ()  # those of the stops that are about fields which are there already
    findings: list[Finding] = field(default_factory=list)
    quarantine: list[dict[str, Any]] = field(default_factory=list)
    refusals: list[dict[str, Any]] = field(default_factory=list)
    accounts: list[dict[str, Any]] = field(default_factory=list)
    verified: dict[str, Any] = field(default_factory=dict)

    async def go(self) -> None:
        """Run every stage, as far as that can be."""
        context, store = self.context, self.context.store
        approve(store, "map", context.map().digest(), _APPROVER)
        if not await self._schema():
            return
        if await self._stage(Sample(context)) is not None:
            approve_sample(context, _APPROVER)
            if await self._stage(Load(context)) is not None and (verified := await self._stage(Verify(context))):
                self.verified = dict(verified.counts)
        self._keep()
        await self._stage(Rollback(context, schema=True))

    # --- the stages --------------------------------------------------------------------------------------------------

    async def _stage(self, stage: Stage) -> Outcome | None:
        """Plan and apply a stage; None where it could not be done."""
        began, opened, written = time.monotonic(), len(self.context.paces), self._records()
        outcome = None
        try:
            plan = await stage.plan()
            self.stops += plan.stops
            self._approve(plan)
            outcome = await stage.apply(plan)
        except Paused:
            raise
        except BridgeworkError as error:
            self.stops.append(_stop(error, stage.name))
        passed, message = (outcome.passed, outcome.message) if outcome else (False, self.stops[-1].what)
        if outcome is not None and not passed:
            self.stops.append(
                Finding(NAME, "STAGE-FAILED", stage.name, "", "stop", 1, "", message, "look at the report")
            )
        moved = abs(self._records() - written)  # the rollback takes away what the others brought
        self._note(stage.name, began, opened, moved, "as it should be" if passed else message, passed=passed)
        return outcome

    async def _schema(self) -> bool:
        """Change the data model, so that every refusal shows and not only the first; whether it is ready."""
        stage, began, opened = Schema(self.context), time.monotonic(), len(self.context.paces)
        refused: set[str] = set()
        plan = await stage.plan()
        changes = len(plan.steps)
        self.conflicts = plan.stops
        self.stops += plan.stops
        while not self.conflicts and (steps := _left(plan.steps, refused)):
            part = replace(plan, steps=tuple(steps))
            self._approve(part)
            try:
                await stage.apply(part)
            except Refused as error:
                refused.add(error.where)
                self.stops.append(_stop(error, "schema"))
            except Paused:
                raise
            except BridgeworkError as error:
                if not refused:  # else it only says that what was refused is not there
                    self.stops.append(_stop(error, "schema"))
                break
            plan = await stage.plan()
        ready = not (self.conflicts or refused or self.stops)
        if ready and not changes:
            await stage.apply(plan)
        message = f"{changes} changes of the data model" if ready else "The data model cannot be made ready"
        self._note("schema", began, opened, 0, message, passed=ready)
        return ready

    def _approve(self, plan: Plan) -> None:
        if plan.approval:
            approve(self.context.store, plan.stage, plan.signature, _APPROVER)

    def _note(self, name: str, began: float, opened: int, records: int, message: str, *, passed: bool) -> None:
        calls = sum(one.calls for one in self.context.paces[opened:])
        self.runs.append(StageRun(name, calls, records, time.monotonic() - began, message, passed))

    def _records(self) -> int:
        """Records that are in the twin."""
        size = sa.func.coalesce(sa.func.sum(batch.c.size), 0)
        query = sa.select(size).join(run, run.c.id == batch.c.run_id).where(batch.c.state.in_(ALIVE))
        with self.context.store.read() as connection:
            return int(connection.scalar(query) or 0)

    # --- what came of it ---------------------------------------------------------------------------------------------

    def _keep(self) -> None:
        """Keep what the load decided, before the rollback forgets it."""
        store = self.context.store
        self.findings = [one for one in findings(store) if one.stage.startswith("load")]
        self.quarantine = [one for one in quarantine_counts(store) if one["stage"].startswith("load")]
        self.accounts = [one.as_row() for one in accounts(store)]
        columns = [quarantine.c[name] for name in ("stage", "object", "file", "line", "code", "reason")]
        mine = quarantine.c.stage.startswith("load")
        query = sa.select(*columns).where(mine).order_by(quarantine.c.id).limit(_LISTED)
        with store.read() as connection:
            self.refusals = [dict(row) for row in connection.execute(query).mappings()]


def _left(steps: Sequence[Step], refused: set[str]) -> list[Step]:
    """The steps that are still to be tried: not those that were refused, nor what is to be in a refused object."""
    return [one for one in steps if one.object not in refused and one.object.partition(".")[0] not in refused]


def _stop(error: BridgeworkError, stage: str) -> Finding:
    what = f"{error.what}: {error.why}" if error.why else error.what
    return Finding(NAME, error.code, error.where or stage, "", "stop", 1, "", what, error.next_step)
