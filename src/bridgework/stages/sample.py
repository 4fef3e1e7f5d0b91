"""sample: 100 to 200 patients who differ, loaded with all that hangs on them, and compared field by field.

The sample is loaded into the real workspace by the engine of the load. A person approves what came of it, or takes it
back with `rollback --scope sample`, changes the map, and takes it again. The load goes on from an approved sample.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from bridgework.errors import FindingsStop
from bridgework.mapping.document import MapDocument
from bridgework.mapping.records import Mapper
from bridgework.practice.rows import StagedRows
from bridgework.reports.sample_report import write_sample
from bridgework.stages import automations
from bridgework.stages.common import Outcome, Plan, Step
from bridgework.stages.context import Context, needed_map
from bridgework.stages.existing.looking import before_run
from bridgework.stages.field_diff import Differ, FieldDiff, fields_of
from bridgework.stages.mapper import make_mapper
from bridgework.stages.moving import moving, objects_of, read_upto
from bridgework.stages.sample_approval import KEPT, NAME, kept_sample, require_same_map
from bridgework.stages.sampling import Chosen, choose, look_at_patients, rows_of_patients
from bridgework.stages.sampling.traits import PATIENT
from bridgework.stages.schema import require_schema
from bridgework.store import audit_log, ledger
from bridgework.store.ledger import ALIVE, CREATE, MERGE, Ledger
from bridgework.store.notes import Finding, approve, approved, now, quarantine_counts


class Sample:
    """Take a sample, and show what came of it."""

    name = NAME

    def __init__(self, context: Context, *, patients: int | None = None, show_values: bool = False) -> None:
        """`patients`: how many, instead of what the settings say; `show_values`: patients' values in the report."""
        self.context, self.show_values = context, show_values
        self.number = patients or context.settings.sample.patients

    async def plan(self) -> Plan:
        """Who would be taken, and what of them."""
        context, store = self.context, self.context.store
        document = needed_map(context)
        require_schema(context, document)
        async with await context.workspace() as workspace:
            mapper = await make_mapper(context, document, workspace, remember=False)
            found = await automations.set_off_by(workspace, store, objects_of(mapper))
            undecided = await before_run(context, document, workspace, mapper, NAME)
        run = Ledger.current(store, NAME, context.actor)
        if run is not None:
            counts = run.row_counts()
            shown = run.row()["detail"]["shown"]
        else:
            chosen, rows = self._choose(document, mapper)
            counts, shown = {name: len(those) for name, those in rows.items()}, chosen.shown
        steps = [Step("pause", one.event, f"pause the automation “{one.name}” while loading") for one in found]
        for one in mapper.steps():
            if one.wave == 1 and counts.get(one.source_object):
                words = f"{one.source_object} → {one.target_object}"
                steps.append(Step("create", one.target_object, words, counts[one.source_object]))
        steps += [Step("restore", one.event, f"restore the automation “{one.name}”") for one in found]
        facts = {"map": document.digest(), "patients": str(counts.get(PATIENT, 0))}
        return Plan(NAME, tuple(steps), stops=tuple(undecided), notes=_shown(shown), facts=facts, approval=False)

    def _choose(self, document: MapDocument, mapper: Mapper) -> tuple[Chosen, dict[str, list[int]]]:
        rows = StagedRows(self.context.store)
        if PATIENT not in document.sources or not rows.count(PATIENT):
            raise FindingsStop("SAMPLE-EMPTY", "There are no patients to take a sample of.", next_step="run the audit")
        chosen = choose(look_at_patients(document, mapper, rows), self.number, rows)
        return chosen, rows_of_patients(document, mapper, rows, chosen.keys)

    async def apply(self, plan: Plan) -> Outcome:
        """Load the sample, or go on with it, and compare it field by field."""
        context, store = self.context, self.context.store
        document = needed_map(context)
        run = Ledger.current(store, NAME, context.actor)
        require_same_map(run, document)
        async with await context.workspace() as workspace:
            if run is None or run.row()["state"] != "done":
                async with moving(context, document, workspace, context.actor, stage=NAME) as going:
                    if run is None:
                        chosen, rows = self._choose(document, going.mapper)
                        detail = {"map": document.digest(), "shown": chosen.shown, "patients": len(chosen.keys)}
                        run = Ledger.start(store, NAME, plan.digest(), context.actor, detail=detail, rows=rows)
                    await going.take_listed(run)
                with store.begin() as connection:
                    run.note(connection, upto=read_upto(store))
                    run.end(connection, "done")
            mapper = await make_mapper(context, document, workspace, remember=True)
            differ = Differ(store, document, mapper, workspace, show_values=self.show_values)
            batches = [one for one in ledger.batches(store, [run.run_id], ALIVE) if one.action in {CREATE, MERGE}]
            advance = context.progress.start("comparing the sample", sum(one.size for one in batches), "records")
            for step in mapper.steps():
                those = [one for one in batches if one.step == step.name]
                await differ.take(step, those)
                advance(sum(one.size for one in those))
        return self._outcome(document, run, differ.diff)

    def _outcome(self, document: MapDocument, run: Ledger, diff: FieldDiff) -> Outcome:
        context, store = self.context, self.context.store
        digest = sample_digest(document, diff.digest())
        store.put(KEPT, {"digest": digest, "map": document.digest(), "run": run.run_id, "wrong": diff.wrong})
        given = approved(store, NAME)
        detail = run.row()["detail"]
        said: dict[str, Any] = {
            "made_at": now(),
            "migration": str(context.settings.migration.id),
            "workspace_url": context.settings.workspace.url,
            "practice": context.settings.practice.name,
            "digest": digest,
            "approved_by": given.name if given and given.digest == digest else "",
            "patients": detail["patients"],
            "shown": detail["shown"],
            "records": dict(diff.records),
            "missing": dict(diff.missing),
            "classes": diff.classes(),
            "fields": list(fields_of(diff)),
            "rows": [asdict(one) for one in diff.rows],
            "quarantine": [one for one in quarantine_counts(store) if one["stage"].startswith("load")],
            "masked": not self.show_values,
        }
        reports = write_sample(context.reports, said)
        with store.begin() as connection:
            totals = {"digest": digest, "classes": diff.classes(), "missing": sum(diff.missing.values())}
            audit_log.append(connection, context.actor, "compare", NAME, **totals)
        message = "Look at the report, then approve it: bridgework sample DIR --approve-as NAME"
        if diff.wrong:
            message = "Some fields did not arrive as they were sent: look at the report before you approve it."
        counts = {name: said[name] for name in ("records", "classes", "fields", "quarantine", "digest", "patients")}
        return Outcome(NAME, message, counts=counts, findings=_shown(detail["shown"]), reports=reports)


def approve_sample(context: Context, name: str) -> str:
    """Approve the sample as it came out; its digest. Raises FindingsStop (SAMPLE-MISSING, SAMPLE-STALE)."""
    kept = kept_sample(context.store, needed_map(context))
    approve(context.store, NAME, kept["digest"], name)
    return str(kept["digest"])


def sample_digest(document: MapDocument, diff: str) -> str:
    """What an approval of a sample signs: the map, and what came of it."""
    return hashlib.sha256(f"{document.digest()} {diff}".encode()).hexdigest()


def _shown(shown: Mapping[str, Any]) -> tuple[Finding, ...]:
    """Of what differs between patients, what no patient of the sample shows."""
    lacking = {what: pair for what, pair in shown.items() if pair[0] < pair[1]}
    return tuple(
        Finding(NAME, "SAMPLE-NOT-SHOWN", *_place(what), "info", of - there, "", words, "take more patients")
        for what, (there, of) in lacking.items()
        for words in (f"the sample shows {there} of {of} kinds",)
    )


def _place(what: str) -> tuple[str, str]:
    object_, _, field = what.partition(".")
    return object_, field
