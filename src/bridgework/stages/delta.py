"""delta: one pass after another, what is new, changed and gone at the practice is brought to Twenty, until the cutover.

A pass reads the practice, folds what it found into the staged rows, and works off what lies between these and Twenty.
Nothing new means that nothing is written, and that Twenty is not asked.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from bridgework.errors import FindingsStop
from bridgework.mapping.document import MapDocument
from bridgework.mapping.target import LoadStep
from bridgework.practice.changes import Changes, Kind
from bridgework.practice.rows import StagedRows
from bridgework.reports.delta_report import write_delta
from bridgework.stages.accounting import accounts
from bridgework.stages.changes import Asked, Report, look_for_changes
from bridgework.stages.common import Outcome, Plan, Step, require_approval
from bridgework.stages.conflicts import Conflicts, open_conflicts
from bridgework.stages.context import Context, needed_map
from bridgework.stages.forecast import Forecast
from bridgework.stages.moving import Moving, moving, read_upto
from bridgework.stages.records import UNDECIDED, Records, title
from bridgework.stages.retry import require_load
from bridgework.stages.returning import Returning
from bridgework.stages.schema import require_schema
from bridgework.stages.three_way import Policy
from bridgework.stages.updating import CALLS_A_CHANGE, STAGE, Gone, Updating
from bridgework.stages.worklist import (
    Todo,
    forget_tried,
    look_at_todo,
    relinkable,
    rows_behind,
    rows_returned,
    rows_to_create,
)
from bridgework.store import audit_log, ledger
from bridgework.store.ledger import UNSETTLED, Ledger, runs
from bridgework.store.notes import Finding, clear_findings, findings, now, quarantine_counts

_KINDS: tuple[Kind, ...] = ("export", "api")


@dataclass(frozen=True, slots=True)
class Policies:
    """How a pass decides: who wins a conflict, and what becomes of records whose rows are gone."""

    conflicts: Policy = "ask"
    gone: Gone = "soft-delete"

    def digest(self, document: MapDocument) -> str:
        """What an approval of passes signs: the map and the policies, so that it holds for every pass."""
        return hashlib.sha256(f"delta {document.digest()} {self.conflicts} {self.gone}".encode()).hexdigest()


@dataclass(slots=True)
class Delta:
    """One pass."""

    context: Context
    policies: Policies = field(default_factory=Policies)
    asked: Asked = field(default_factory=Asked)
    name: str = STAGE
    _report: Report | None = None

    async def plan(self) -> Plan:
        """Read the practice, and say what is new, changed and gone there; a pass that was stopped is ended first."""
        context = self.context
        require_load(context)
        document = needed_map(context)
        require_schema(context, document)
        stops: tuple[Finding, ...] = ()
        stopped = self._unfinished() is not None or self._is_half_folded()
        if not stopped:
            self._report = await look_for_changes(context, self.asked)
            stops = tuple(one for one in self._report.findings if one.severity == "stop")
        found = self._found(document)
        steps = [
            Step(action, object_, f"{words} at the practice", count)
            for action, words in (("create", "new"), ("update", "changed"), (self.policies.gone, "gone"))
            for object_, count in sorted(found[words].items())
            if count
        ]
        if not steps and stopped:
            steps = [Step("go on", "", "with the pass that was stopped")]
        facts = {"map": document.digest(), "conflicts": self.policies.conflicts, "gone": self.policies.gone}
        return Plan(self.name, tuple(steps), stops, facts=facts, signs=self.policies.digest(document))

    def _found(self, document: MapDocument) -> dict[str, Counter[str]]:
        """What this reading found, with what is left of earlier ones; only of objects that are loaded."""
        todo = look_at_todo(self.context.store)
        found = {"new": Counter(todo.new), "changed": Counter(todo.changed), "gone": Counter(todo.gone)}
        for name, sums in (self._report.sums if self._report else {}).items():
            for words, count in (("new", sums.new), ("changed", sums.changed), ("gone", sums.gone)):
                found[words][name.partition("@")[0]] += count
        loaded = {name for name, one in document.sources.items() if one.record and one.keep is None}
        return {
            words: Counter({name: count for name, count in those.items() if name in loaded})
            for words, those in found.items()
        }

    def _is_half_folded(self) -> bool:
        """Whether a pass was stopped while it made what it read the staged state."""
        return any(one is not None and one.taken_up for one in self._read())

    def _read(self) -> Iterator[Changes | None]:
        """What was read and is not the staged state yet."""
        return (Changes.open(self.context.store, kind) for kind in _KINDS)

    def _unfinished(self) -> Ledger | None:
        run = Ledger.current(self.context.store, STAGE, self.context.actor)
        return run if run is not None and run.row()["state"] == "running" else None

    async def apply(self, plan: Plan) -> Outcome:
        """Bring Twenty to what the practice is now; goes on where an earlier run stopped."""
        context, store = self.context, self.context.store
        document = needed_map(context)
        name = require_approval(store, self.name, plan.signature) if plan.steps else context.actor
        self._fold()
        todo, run = look_at_todo(store), self._unfinished()
        if run is None and not todo:
            return self._outcome(None, Counter(), "Nothing has changed; nothing was written.")
        if run is None:
            run = self._start(plan, document)
        async with (
            await context.workspace() as workspace,
            moving(context, document, workspace, name, stage=self.name) as going,
        ):
            self._expect(going.forecast, going.mapper.steps(), todo)
            await self._bring_back(going, run)
            await going.look_for_existing(document, run)
            await going.take_listed(run)
            done = await self._update(going, run, todo)
        with store.begin() as connection:
            run.note(connection, done=dict(done))
            run.end(connection, "done")
        return self._outcome(run, done, "The pass is done.")

    def _fold(self) -> None:
        """Make what was read the staged state; rows as they were are kept as versions."""
        for changes in self._read():
            if changes is not None:
                changes.fold(lambda _: self.context.stopper.check(self.name))

    def _start(self, plan: Plan, document: MapDocument) -> Ledger:
        store = self.context.store
        rows = {name: set(numbers) for name, numbers in rows_to_create(store).items()}
        for name, numbers in (*rows_behind(store).items(), *rows_returned(store).items()):
            rows.setdefault(name, set()).update(numbers)
        detail = {
            "map": document.digest(),
            "upto": read_upto(store),
            "policies": {"conflicts": self.policies.conflicts, "gone": self.policies.gone},
            "moment": now(),
        }
        with store.begin() as connection:
            clear_findings(connection, STAGE)
            forget_tried(connection)
        listed = {name: sorted(numbers) for name, numbers in rows.items()}
        return Ledger.start(store, STAGE, plan.digest(), self.context.actor, detail=detail, rows=listed)

    @staticmethod
    def _expect(forecast: Forecast, steps: Sequence[LoadStep], todo: Todo) -> None:
        """Tell the forecast of what is to be updated and taken away; what is new it learns when its steps are taken."""
        for step in steps:
            if step.wave == 1 and (changed := todo.changed.get(step.source_object)):
                forecast.expect(_updating(step), changed, CALLS_A_CHANGE)
        for step in reversed(steps):
            if step.wave == 1 and (gone := todo.gone.get(step.source_object)):
                forecast.expect(_taking_away(step), gone, CALLS_A_CHANGE)

    async def _bring_back(self, going: Moving, run: Ledger) -> None:
        """Records that were gone and are there again."""
        returning = Returning(self.context.store, run, going.workspace)
        for step in going.mapper.steps():
            if step.wave == 1:
                await returning.take(step)

    async def _update(self, going: Moving, run: Ledger, todo: Todo) -> Counter[str]:
        context, store = self.context, self.context.store
        updating = Updating(
            store,
            run,
            going.workspace,
            Records(going.mapper),
            StagedRows(store),
            Conflicts(store, self.policies.conflicts),
            self.policies.gone,
            context.stopper,
            run.row()["detail"]["moment"],
        )
        steps = [one for one in going.mapper.steps() if one.wave == 1]
        unsettled = bool(ledger.batches(store, [run.run_id], UNSETTLED))
        lacking = relinkable(store)
        todo = look_at_todo(store)  # what came back is to be compared too
        for step in steps:
            if todo.changed.get(step.source_object) or unsettled or lacking:
                told = context.progress.start(_updating(step), None, "records")
                updating.advance = going.forecast.begin(_updating(step), told)
                await updating.take(step)
                await updating.relink(step)
        for step in reversed(steps):
            if todo.gone.get(step.source_object):
                told = context.progress.start(_taking_away(step), None, "records")
                updating.advance = going.forecast.begin(_taking_away(step), told)
                await updating.take_gone(step)
        going.forecast.end()
        return updating.done

    # --- what came of it ---------------------------------------------------------------------------------------------

    def _outcome(self, run: Ledger | None, done: Counter[str], message: str) -> Outcome:
        store = self.context.store
        asked = [one for one in open_conflicts(store) if not one.decision]
        sums = accounts(store)
        number = next((one.number for one in runs(store) if run is not None and one.id == run.run_id), 0)
        aside = [one for one in quarantine_counts(store) if one["stage"] == STAGE]
        counts: dict[str, Any] = {
            "pass": number,
            **done,
            "open conflicts": len(asked),
            "accounts": [one.as_row() for one in sums],
            "quarantine": aside,
        }
        document = {
            **counts,
            "conflicts": [
                {name: getattr(one, name) for name in ("record", "object", "field", "source", "twenty", "decision")}
                for one in open_conflicts(store)
            ],
            "made_at": now(),
        }
        reports = write_delta(self.context.reports, document)
        with store.begin() as connection:
            totals = {"pass": number, "done": dict(done), "conflicts": len(asked)}
            audit_log.append(connection, self.context.actor, "pass", "", **totals)
        closes = all(one.closes for one in sums)
        if asked:
            message = f"{message} {len(asked)} fields were changed on both sides: see reports/delta.json, and --decide."
        if waiting := sum(one["count"] for one in quarantine_counts(store) if one["code"] == UNDECIDED):
            message = f"{message} {waiting} new records may be in Twenty already: look at them with bridgework match."
        said = tuple(findings(store, STAGE))
        return Outcome(self.name, message, counts, said, reports, passed=closes and not asked)


def _updating(step: LoadStep) -> str:
    return f"updating {title(step)}"


def _taking_away(step: LoadStep) -> str:
    return f"taking away {title(step)}"


def require_no_conflicts(context: Context) -> None:
    """Raise FindingsStop (CONFLICTS-OPEN) where somebody has to decide first."""
    if asked := [one for one in open_conflicts(context.store) if not one.decision]:
        raise FindingsStop(
            "CONFLICTS-OPEN",
            "Fields were changed on both sides, and nobody has decided who wins.",
            why=f"{len(asked)} are listed in reports/delta.json",
            next_step="decide (`bridgework delta DIR --decide source`, or twenty, or RECORD.FIELD=source), then again",
        )
