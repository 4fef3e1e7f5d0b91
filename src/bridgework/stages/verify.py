"""verify: reads everything back, and compares it field by field with what the map makes of the staged rows.

The sums must close, every record must be there, every field equal or changed only as Twenty is documented to change it,
every link in place, every file's hash the one of the practice's disk.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from uuid import UUID

from bridgework.errors import FindingsStop
from bridgework.mapping.target import LoadStep
from bridgework.reports.verification import write_verification
from bridgework.reports.words import FINE
from bridgework.settings import VerifySettings
from bridgework.stages.accounting import Account, accounts
from bridgework.stages.common import Outcome, Plan, Step
from bridgework.stages.comparing import READ_AT_ONCE, Comparing, Difference, Read, Result
from bridgework.stages.context import Context, needed_map
from bridgework.stages.forecast import forecasting
from bridgework.stages.mapper import make_mapper
from bridgework.stages.records import reference, title
from bridgework.stages.scope import live_runs
from bridgework.store import audit_log, ledger
from bridgework.store.ledger import ALIVE, CREATE, MERGE, Batch, Ledger
from bridgework.store.notes import now, quarantine_counts
from bridgework.workspace import Workspace

_DOWNLOADS_AT_ONCE = 8
_COUNTING = "counting"


class Verify:
    """Everything, read back and compared."""

    name = "verify"

    def __init__(self, context: Context, *, show_values: bool = False) -> None:
        """Verify the migration of this context; `show_values` puts patients' values into the report."""
        self.context, self.show_values = context, show_values

    async def plan(self) -> Plan:
        """What would be read."""
        sizes: Counter[str] = Counter()
        for one in self._batches():
            sizes[one.object] += one.size
        steps = tuple(Step("read", name, f"read back every {name}", count) for name, count in sizes.items())
        return Plan(self.name, steps, approval=False)

    def _batches(self) -> list[Batch]:
        """What was created by any run, or merged; in the order of its making. Raises FindingsStop (LOAD-MISSING)."""
        store = self.context.store
        live = live_runs(store)
        if not live:
            raise FindingsStop("LOAD-MISSING", "Nothing was loaded yet.", next_step="run `bridgework load DIR` first")
        return [one for one in ledger.batches(store, [one.id for one in live], ALIVE) if one.action in {CREATE, MERGE}]

    async def apply(self, plan: Plan) -> Outcome:
        """Read back and compare; writes the report, and notes in the ledger what is verified."""
        del plan
        context, batches, result = self.context, self._batches(), Result()
        document = needed_map(context)
        async with (
            await context.workspace() as workspace,
            forecasting(context, workspace, self.name) as forecast,
        ):
            mapper = await make_mapper(context, document, workspace, remember=False)
            comparing = Comparing(context.store, mapper, workspace, show_values=self.show_values)
            steps = {step: [one for one in batches if one.step == step.name] for step in mapper.steps()}
            objects = sorted({one.target_object for one in steps})
            for step, those in steps.items():
                if those:
                    forecast.expect(_part(step), sum(one.size for one in those), 1 / READ_AT_ONCE)
            forecast.expect(_COUNTING, len(objects), 1)
            for step, those in steps.items():
                if those:
                    told = context.progress.start(_part(step), sum(one.size for one in those), "records")
                    await self._step(workspace, comparing, those, step, result, forecast.begin(_part(step), told))
            advance = forecast.begin(_COUNTING, lambda _: None)
            counts = {}
            for name in objects:
                counts[name] = await workspace.count(name)
                advance(1)
        return self._outcome(result, counts)

    async def _step(
        self,
        workspace: Workspace,
        comparing: Comparing,
        batches: list[Batch],
        step: LoadStep,
        result: Result,
        advance: Callable[[int], None],
    ) -> None:
        for some in ledger.by_records(batches, READ_AT_ONCE):
            self.context.stopper.check("verify")
            before = result.wrong
            read = await comparing.batches(step, some, result)
            if step.role == "file":
                await self._files(workspace, read, result)
            differs = step.role == "file" and result.wrong > before
            for one in () if differs else read.good:
                Ledger(self.context.store, one.run_id, self.context.actor).mark(one.id, "verified")
            advance(sum(one.size for one in some))

    async def _files(self, workspace: Workspace, read: Read, result: Result) -> None:
        field = workspace.model.file_field or ""
        with self.context.store.read() as connection:
            sent = ledger.uploads(connection, read.files)
        places = asyncio.Semaphore(_DOWNLOADS_AT_ONCE)

        async def digest_of(attachment: UUID) -> str:
            files = (read.found.get(str(attachment)) or {}).get(field) or []
            async with places:
                return await workspace.download_sha256(files[0]["url"]) if files else ""

        digests = await asyncio.gather(*(digest_of(attachment) for attachment in read.files))
        for (attachment, (row, record)), digest in zip(read.files.items(), digests, strict=True):
            equal = attachment in sent and digest == sent[attachment]["sha256"]
            result.files["equal" if equal else "changed"] += 1
            if not equal:
                result.add(Difference(record.object, field, "changed", reference(row), str(attachment), "", ""))

    def _outcome(self, result: Result, counts: Mapping[str, int]) -> Outcome:
        store = self.context.store
        sums = accounts(store)
        over = over_the_limits(self.context.settings.verify, result, sums)
        passed = not over and all(one.closes for one in sums)
        document = {
            "passed": passed,
            "over": over,
            "made_at": now(),
            "migration": str(self.context.settings.migration.id),
            "workspace_url": self.context.settings.workspace.url,
            "practice": self.context.settings.practice.name,
            "accounts": [one.as_row() for one in sums],
            "quarantine": quarantine_counts(store),
            "records": dict(result.records),
            "missing": dict(result.missing),
            "binned": {name: count for name, count in result.binned.items() if count},
            "classes": result.classes(),
            "fields": [
                {"object": object_, "field": name, "class": kind, "count": count}
                for (object_, name, kind), count in sorted(result.fields.items())
            ],
            "links": dict(result.links),
            "files": dict(result.files),
            "workspace": dict(counts),
            "differences": [asdict(one) for one in result.differences],
            "masked": not self.show_values,
        }
        reports = write_verification(self.context.reports, document)
        with store.begin() as connection:
            totals = {"passed": passed, "classes": result.classes(), "missing": sum(result.missing.values())}
            audit_log.append(connection, self.context.actor, "verify", "", **totals)
        store.put("verified", passed)
        message = "Everything arrived, and every field compares equal."
        if not passed:
            message = "Something differs or is missing: see the report. `bridgework rollback DIR` takes all of it back."
        elif result.wrong:
            message = "Everything arrived, within the limits that bridgework.toml sets: the report shows what differs."
        return Outcome(self.name, message, counts=document, reports=reports, passed=passed)


def over_the_limits(limits: VerifySettings, result: Result, sums: Sequence[Account]) -> dict[str, float]:
    """What is wrong beyond what the settings allow, in parts of a thousand; a file that differs is always too much."""
    total = sum(one.source for one in sums)
    open_ = sum(abs(one.source - one.loaded - one.merged - one.kept - one.quarantined) for one in sums)
    unfit = {name: sum(n for kind, n in those.items() if kind not in FINE) for name, those in result.by_kind().items()}
    shares = {
        "counts": (sum(result.missing.values()) + open_, max(total, sum(result.records.values())), limits.counts),
        "links": (unfit["links"], sum(result.links.values()), limits.links),
        "fields": (unfit["fields"], sum(result.fields.values()), limits.fields),
        "files": (unfit["files"], sum(result.files.values()), 0.0),
    }
    return {name: round(1000 * wrong / of, 3) for name, (wrong, of, most) in shares.items() if wrong * 1000 > most * of}


def _part(step: LoadStep) -> str:
    return f"reading back {title(step)}"
