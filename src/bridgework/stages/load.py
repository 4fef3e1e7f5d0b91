"""load: every staged row becomes records in Twenty, in the order of dependencies, through the ledger."""

from __future__ import annotations

import hashlib
import json
from uuid import UUID

import sqlalchemy as sa

from bridgework.errors import BridgeworkError, OtherSystemError
from bridgework.mapping.records import Mapper
from bridgework.mapping.target import LoadStep
from bridgework.practice.joining import whole
from bridgework.practice.rows import StagedRows
from bridgework.stages import automations, baseline
from bridgework.stages.accounting import accounts
from bridgework.stages.audit import READ_ON
from bridgework.stages.common import Outcome, Plan, Step, require_approval
from bridgework.stages.context import Context
from bridgework.stages.engine import Engine
from bridgework.stages.files import Files
from bridgework.stages.mapper import LOOKED_UP, make_mapper, needed_map
from bridgework.stages.reading import Reading
from bridgework.stages.reading_on import ReadingOn
from bridgework.stages.records import Records, title
from bridgework.stages.schema import require_schema
from bridgework.stages.sources import Sources
from bridgework.store import Store, ledger
from bridgework.store.ledger import Ledger
from bridgework.store.notes import Finding, findings
from bridgework.store.tables import source_file
from bridgework.workspace import Workspace

_UNIQUE = {"person": ("emails", "primaryEmail")}


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
        rows = StagedRows(store)
        async with await self.context.workspace() as workspace:
            mapper = await make_mapper(self.context, document, workspace, remember=False)
            objects = {step.target_object for step in mapper.steps()}
            found = await automations.set_off_by(workspace, store, objects)
        steps = [Step("pause", one.event, f"pause the automation “{one.name}” while loading") for one in found]
        reads_on = store.get(READ_ON, [])
        counts = {one: rows.count(one) for one in {step.source_object for step in mapper.steps()} - set(reads_on)}
        steps += [_step(one, counts.get(one.source_object)) for one in mapper.steps() if one.wave == 1]
        steps += [Step("restore", one.event, f"restore the automation “{one.name}”") for one in found]
        facts = {"map": document.digest(), "practice": staged_digest(store)}
        stops = [_not_mapped(one) for one in _staged_objects(store) if one not in document.sources]
        stops += [one for one in findings(store, "quality") if one.severity == "stop"]
        return Plan(self.name, tuple(steps), stops=tuple(stops), facts=facts)

    async def apply(self, plan: Plan) -> Outcome:
        """Load; goes on where an earlier run stopped."""
        context = self.context
        name = require_approval(context.store, self.name, plan.digest())
        document = needed_map(context)
        run = Ledger.begin(context.store, self.name, plan.digest(), context.actor)
        if run.row()["state"] == "done":
            return self._outcome(run, "The load is done already; nothing was written.")
        async with await context.workspace() as workspace:
            await baseline.take(workspace, context.store)
            reading = ReadingOn(context.store, Reading(context, Sources(context), self.name))
            async with reading.going() as api:
                await reading.all_of(LOOKED_UP)
                mapper = await make_mapper(context, document, workspace, remember=True)
                objects = {step.target_object for step in mapper.steps()}
                found = await automations.set_off_by(workspace, context.store, objects)
                await automations.pause(workspace, context.store, name, found)
                try:
                    await self._hold_existing(workspace)
                    with context.documents_of(api) as documents:
                        await self._run_steps(mapper, Files(context.store, documents, workspace), run, reading)
                    await reading.the_rest()
                finally:
                    await self._restore(workspace, name)
        with context.store.begin() as connection:
            run.end(connection, "done")
        return self._outcome(run, "Everything was loaded. Next: bridgework verify")

    async def _restore(self, workspace: Workspace, name: str) -> None:
        """Give the workspace its automations back; where it is away, `status` goes on saying that they are paused."""
        try:
            await automations.restore(workspace, self.context.store, name)
        except OtherSystemError:
            self.context.progress.say("Automations are still paused; run `bridgework load` again to restore them.")

    async def _run_steps(self, mapper: Mapper, files: Files, run: Ledger, reading: ReadingOn) -> None:
        context = self.context
        rows = StagedRows(context.store)
        engine = Engine(
            context.store,
            run,
            files.workspace,
            Records(mapper),
            rows,
            files,
            context.stopper,
            reading,
        )
        for step in mapper.steps():
            complete = reading.is_complete(step.source_object)
            total = rows.count(step.source_object) if complete else None
            if total == 0 or run.progress(step.name).done:
                continue
            engine.advance = context.progress.start(title(step), total, "records")
            try:
                await engine.run(step)
            except* BridgeworkError as group:
                raise _first(group) from None

    async def _hold_existing(self, workspace: Workspace) -> None:
        """Note the unique values that records of the workspace hold, the deleted included: they keep them."""
        for object_, (field, part) in _UNIQUE.items():
            async for page in workspace.scan(object_, ["id", field]):
                held = {one[field][part].lower(): UUID(one["id"]) for one in page if (one[field] or {}).get(part)}
                with self.context.store.begin() as connection:
                    ours = ledger.known(connection, held.values())
                    theirs = {value: owner for value, owner in held.items() if owner not in ours}
                    ledger.hold(connection, object_, f"{field}.{part}", theirs)

    def _outcome(self, run: Ledger, message: str) -> Outcome:
        del run
        counted = accounts(self.context.store)
        return Outcome(
            self.name,
            message,
            counts={"accounts": [one.as_row() for one in counted]},
            findings=tuple(one for one in findings(self.context.store) if one.stage.startswith("load")),
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
    words = f"{one.source_object} → {one.target_object}"
    return Step("create", one.target_object, words if count is not None else f"{words}, as they are read", count or 0)


def _first(group: BaseExceptionGroup[BridgeworkError]) -> BridgeworkError:
    """The one error to show of several that came at once."""
    one: BaseException = group
    while isinstance(one, BaseExceptionGroup):
        one = one.exceptions[0]
    if not isinstance(one, BridgeworkError):
        raise one
    return one
