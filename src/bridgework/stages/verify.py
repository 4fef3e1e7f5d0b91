"""verify: reads everything back, and compares it field by field with what the map makes of the staged rows.

The sums must close, every record must be there, every field equal or changed only as Twenty is documented to change it,
every link in place, every file's hash the one of the practice's disk.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import islice
from typing import Any
from uuid import UUID

from bridgework.errors import FindingsStop
from bridgework.mapping.records import Mapper
from bridgework.mapping.target import LoadStep, TargetRecord
from bridgework.practice.rows import SourceRecord, StagedRows
from bridgework.reports.masking import mask
from bridgework.reports.verification import write_verification
from bridgework.reports.words import EDITED, FINE
from bridgework.settings import VerifySettings
from bridgework.stages.accounting import Account, accounts
from bridgework.stages.common import Outcome, Plan, Step
from bridgework.stages.context import Context, needed_map
from bridgework.stages.mapper import make_mapper
from bridgework.stages.records import Records, reference, title
from bridgework.stages.scope import live_runs
from bridgework.stages.undoing import is_edited
from bridgework.store import audit_log, ledger
from bridgework.store.ledger import ALIVE, CREATE, MERGE, Batch, Item, Ledger
from bridgework.store.notes import now, quarantine_counts
from bridgework.workspace import Look, Workspace, classify

_BATCHES_AT_ONCE = 5  # a thousand records a page
_DOWNLOADS_AT_ONCE = 8
_LISTED = 1000  # differences shown one by one; all are counted
_NOT_COMPARED = {"id"}  # it is what the record was asked for by


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that is not equal; the values are masked unless a person asked for them."""

    object: str
    field: str
    kind: str
    source: str
    record: str
    expected: str
    found: str


@dataclass(slots=True)
class Result:
    """What verification found so far."""

    records: Counter[str] = field(default_factory=Counter)
    missing: Counter[str] = field(default_factory=Counter)
    binned: Counter[str] = field(default_factory=Counter)
    fields: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    links: Counter[str] = field(default_factory=Counter)
    files: Counter[str] = field(default_factory=Counter)
    differences: list[Difference] = field(default_factory=list)
    wrong: int = 0

    def add(self, difference: Difference) -> None:
        """Count a difference, and list it while there is room; what people edited since is listed, and is not wrong."""
        self.wrong += difference.kind != EDITED
        if len(self.differences) < _LISTED:
            self.differences.append(difference)

    def by_kind(self) -> dict[str, Mapping[str, int]]:
        """Fields, links and files by class."""
        return {"fields": self.classes(), "links": self.links, "files": self.files}

    def classes(self) -> dict[str, int]:
        """Fields by class."""
        total: Counter[str] = Counter()
        for (_, _, kind), count in self.fields.items():
            total[kind] += count
        return dict(sorted(total.items()))


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
        async with await context.workspace() as workspace:
            mapper = await make_mapper(context, document, workspace, remember=False)
            for step in mapper.steps():
                await self._step(workspace, mapper, batches, step, result)
            counts = {
                name: await workspace.count(name) for name in sorted({one.target_object for one in mapper.steps()})
            }
        return self._outcome(result, counts)

    async def _step(
        self, workspace: Workspace, mapper: Mapper, every: list[Batch], step: LoadStep, result: Result
    ) -> None:
        batches = [one for one in every if one.step == step.name]
        if not batches:
            return
        advance = self.context.progress.start(
            f"reading back {title(step)}", sum(one.size for one in batches), "records"
        )
        for some in _chunks(batches, _BATCHES_AT_ONCE):
            self.context.stopper.check("verify")
            good = await self._compare(workspace, mapper, step, some, result)
            for one in some if good else ():
                Ledger(self.context.store, one.run_id, self.context.actor).mark(one.id, "verified")
            advance(sum(one.size for one in some))

    async def _compare(
        self, workspace: Workspace, mapper: Mapper, step: LoadStep, batches: list[Batch], result: Result
    ) -> bool:
        expected = self._expected(mapper, step, batches)
        found = await workspace.read(step.target_object, [str(one) for one in expected])
        before = result.wrong
        binned = await self._binned(workspace, step, [one for one in expected if str(one) not in found])
        result.binned[step.target_object] += len(binned)
        for id_ in binned:
            del expected[id_]
        for row, record, one in expected.values():
            self._one(workspace, row, record, one, found.get(str(record.id)), result)
        if step.role == "file":
            await self._files(workspace, {id_: pair[:2] for id_, pair in expected.items()}, found, result)
        return before == result.wrong

    @staticmethod
    async def _binned(workspace: Workspace, step: LoadStep, ids: list[UUID]) -> list[UUID]:
        """Those that somebody put into the bin of Twenty: they arrived, and what became of them is people's will."""
        now = await workspace.look(step.target_object, [str(one) for one in ids]) if ids else {}
        return [one for one in ids if (look := now.get(str(one))) is not None and look.deleted]

    def _expected(
        self, mapper: Mapper, step: LoadStep, batches: list[Batch]
    ) -> dict[UUID, tuple[SourceRecord, TargetRecord, Item]]:
        """What should be there, each made of the state of its row that it was last written from."""
        store = self.context.store
        items = {one.target_id: one for made in batches for one in ledger.items(store, made.id, ALIVE)}
        staged = StagedRows(store)
        rows = staged.versions(step.source_object, {one.row_no: one.row_hash for one in items.values() if one.row_hash})
        old = [one.row_no for one in items.values() if not one.row_hash]  # by a version that kept no hashes
        rows |= {one.row_no: one for one in staged.by_row_nos(step.source_object, old)}
        records = Records(mapper)
        with store.read() as connection:
            chunk = records.settle(connection, step, records.build(step, rows.values()), ask=False)
        return {record.id: (row, record, items[record.id]) for row, record in chunk.records if record.id in items}

    def _one(
        self,
        workspace: Workspace,
        row: SourceRecord,
        record: TargetRecord,
        item: Item,
        found: Mapping[str, Any] | None,
        result: Result,
    ) -> None:
        result.records[record.object] += 1
        if found is None:
            result.missing[record.object] += 1
            result.add(Difference(record.object, "", "missing", reference(row), str(record.id), "", ""))
            return
        links = {one.field for one in record.references}
        target = workspace.model.object(record.object)
        touched = is_edited(replace(item, edited=None), Look(found["updatedAt"], deleted=False))
        for name, sent in record.values.items():
            if name in _NOT_COMPARED:
                continue
            kind: str = classify(target.field(name), sent, found.get(name))
            if kind not in FINE and (touched or name in (item.edited or ())):
                kind = EDITED
            result.fields[record.object, name, kind] += 1
            if name in links:
                result.links[kind] += 1
            if kind not in FINE:
                shown = (str, str) if self.show_values else (mask, mask)
                values = (shown[0](sent), shown[1](found.get(name)))
                result.add(Difference(record.object, name, kind, reference(row), str(record.id), *values))

    async def _files(
        self,
        workspace: Workspace,
        expected: Mapping[UUID, tuple[SourceRecord, TargetRecord]],
        found: Mapping[str, Mapping[str, Any]],
        result: Result,
    ) -> None:
        field = workspace.model.file_field or ""
        with self.context.store.read() as connection:
            sent = ledger.uploads(connection, expected)
        places = asyncio.Semaphore(_DOWNLOADS_AT_ONCE)

        async def digest_of(attachment: UUID) -> str:
            files = (found.get(str(attachment)) or {}).get(field) or []
            async with places:
                return await workspace.download_sha256(files[0]["url"]) if files else ""

        digests = await asyncio.gather(*(digest_of(attachment) for attachment in expected))
        for (attachment, (row, record)), digest in zip(expected.items(), digests, strict=True):
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


def _chunks(values: list[Batch], size: int) -> Iterator[list[Batch]]:
    some = iter(values)
    while chunk := list(islice(some, size)):
        yield chunk
