"""load: every staged row becomes records in Twenty, in the order of dependencies, through the ledger."""

from __future__ import annotations

import hashlib
import json

import sqlalchemy as sa

from bridgework.mapping.target import LoadStep
from bridgework.practice.joining import whole
from bridgework.practice.rows import StagedRows
from bridgework.stages import automations
from bridgework.stages.accounting import accounts
from bridgework.stages.common import Outcome, Plan, Step, require_approval
from bridgework.stages.context import Context, needed_map
from bridgework.stages.existing.deciding import facts_of_plan, steps_of
from bridgework.stages.existing.looking import before_run
from bridgework.stages.forecast import ROWS
from bridgework.stages.mapper import make_mapper
from bridgework.stages.moving import moving, objects_of, read_upto, step_name
from bridgework.stages.reading import READ_ON
from bridgework.stages.reading_back import DIFFERS, NOT_THERE, ReadBack, read_back
from bridgework.stages.sample_approval import require_sample
from bridgework.stages.schema import require_schema
from bridgework.store import Store
from bridgework.store.ledger import Ledger
from bridgework.store.notes import Finding, findings
from bridgework.store.tables import source_file


class Load:
    """The full run."""

    name = "load"

    def __init__(self, context: Context) -> None:
        """Load the migration of this context."""
        self.context = context

    async def plan(self) -> Plan:
        """What would be created, and which automations would be paused for it. Reads Twenty, writes nothing there."""
        store = self.context.store
        document = needed_map(self.context)
        require_schema(self.context, document)
        require_sample(self.context, document)
        rows = StagedRows(store)
        async with await self.context.workspace() as workspace:
            mapper = await make_mapper(self.context, document, workspace, remember=False)
            found = await automations.set_off_by(workspace, store, objects_of(mapper))
            undecided = await before_run(self.context, document, workspace, mapper, self.name)
        steps = [Step("pause", one.event, f"pause the automation “{one.name}” while loading") for one in found]
        reads_on = store.get(READ_ON, [])
        counts = {one: rows.count(one) for one in {step.source_object for step in mapper.steps()} - set(reads_on)}
        steps += steps_of(self.context)
        steps += [_step(one, counts.get(one.source_object)) for one in mapper.steps() if one.wave == 1]
        steps += [Step("restore", one.event, f"restore the automation “{one.name}”") for one in found]
        facts = {"map": document.digest(), "practice": staged_digest(store), **facts_of_plan(self.context)}
        stops = [_not_mapped(one) for one in _staged_objects(store) if one not in document.sources]
        stops += undecided
        stops += [one for one in findings(store, "quality") if one.severity == "stop"]
        return Plan(self.name, tuple(steps), stops=tuple(stops), facts=facts)

    async def apply(self, plan: Plan) -> Outcome:
        """Load; goes on where an earlier run stopped, and from what the sample has brought already."""
        context, store = self.context, self.context.store
        name = require_approval(store, self.name, plan.digest())
        document = needed_map(context)
        run = Ledger.begin(store, self.name, plan.digest(), context.actor, detail={"map": document.digest()})
        if run.row()["state"] == "done":
            return self._outcome(run, "The load is done already; nothing was written.")
        async with (
            await context.workspace() as workspace,
            moving(context, document, workspace, name, stage=self.name) as going,
        ):
            rows = StagedRows(store)
            sources = {step.source_object for step in going.mapper.steps()}
            totals = {one: rows.count(one) if going.reading.is_complete(one) else None for one in sources}
            going.expect(run, rows, totals)
            back = ReadBack(going, run)
            back.expect()
            async with back.beside():
                await going.take_steps(run, rows, totals)
                with workspace.pace.waits.of(ROWS):
                    await going.reading.the_rest()
            await back.rest()
        with store.begin() as connection:
            run.note(connection, upto=read_upto(store))
            run.end(connection, "done")
        return self._outcome(run, "Everything was loaded, and read back as it was sent. Next: bridgework verify")

    def _outcome(self, run: Ledger, message: str) -> Outcome:
        counted = accounts(self.context.store)
        said = tuple(one for one in findings(self.context.store) if one.stage.startswith("load"))
        otherwise = sum(one.count for one in said if one.code in {DIFFERS, NOT_THERE})
        if otherwise:
            message = f"Everything was loaded, and {otherwise} fields or records did not arrive as they were sent. "
            message += "Next: bridgework verify, whose report shows each"
        return Outcome(
            self.name,
            message,
            counts={
                "accounts": [one.as_row() for one in counted],
                "read back": {**read_back(run), "not as sent": otherwise},
            },
            findings=said,
            passed=all(one.closes for one in counted),
        )


def staged_digest(store: Store) -> str:
    """Hex SHA-256 of what was read from the practice: an approval is of exactly these files.

    Of an object that the load reads on, it is of how the API is read: what will come is not known yet.
    """
    reads_on = set(store.get(READ_ON, []))
    columns = (source_file.c.path, source_file.c.sha256, source_file.c.rows, source_file.c.reading)
    query = sa.select(source_file.c.object, *columns).where(source_file.c.format != "joined").order_by(columns[0])
    with store.read() as connection:
        rows = connection.execute(query).all()
    known = [
        (path, json.dumps(reading, sort_keys=True)) if whole(object_) in reads_on else (path, digest, count)
        for object_, path, digest, count, reading in rows
    ]
    return hashlib.sha256(repr(known).encode()).hexdigest()


def _staged_objects(store: Store) -> list[str]:
    with store.read() as connection:
        found = connection.scalars(sa.select(source_file.c.object).order_by(source_file.c.object))
        return list(dict.fromkeys(whole(one) for one in found))


def _not_mapped(object_: str) -> Finding:
    """A stop: the sums could not close."""
    step = "move map.yaml away, run `bridgework map DIR` for a new one, and take over what you changed"
    return Finding("load", "OBJECT-NOT-MAPPED", object_, "", "stop", 1, "", "was read after the map was made", step)


def _step(one: LoadStep, count: int | None) -> Step:
    """A step of the plan; `count` is None where the records are still being read."""
    words = step_name(one)
    return Step("create", one.target_object, words if count is not None else f"{words}, as they are read", count or 0)
