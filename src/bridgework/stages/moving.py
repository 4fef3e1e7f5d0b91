"""What every run that writes shares: the workspace made ready, automations paused, the steps of the map taken in order.

The sample, the load, a pass of the delta and a retry differ in the rows that they are about, and in nothing else here.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from bridgework.errors import BridgeworkError, OtherSystemError
from bridgework.mapping.document import MapDocument
from bridgework.mapping.records import Mapper
from bridgework.mapping.target import LoadStep
from bridgework.practice.joining import is_part
from bridgework.stages import automations, baseline
from bridgework.stages.context import Context
from bridgework.stages.engine import Engine
from bridgework.stages.existing.looking import in_the_middle
from bridgework.stages.existing.merging import Merging
from bridgework.stages.files import Files
from bridgework.stages.forecast import ROWS, Forecast, forecasting
from bridgework.stages.forecast.reckoning import expect_steps
from bridgework.stages.mapper import LOOKED_UP, make_mapper
from bridgework.stages.reading import Reading
from bridgework.stages.reading_on import ReadingOn
from bridgework.stages.records import Records, title
from bridgework.stages.run_rows import Rows, RunRows
from bridgework.stages.sources import Sources
from bridgework.store import Store, claims, ledger
from bridgework.store.ledger import Ledger
from bridgework.store.tables import source_row
from bridgework.workspace import Workspace

_UNIQUE = {"person": ("emails", "primaryEmail")}


@dataclass(slots=True)
class Moving:
    """A workspace that is ready to be written to: nothing in it will be set off by what is written."""

    context: Context
    workspace: Workspace
    mapper: Mapper
    files: Files
    reading: ReadingOn
    forecast: Forecast
    confirmed: Callable[[int], None] = lambda _: None
    """Told of rows whose records Twenty has taken, and of 0 when a step is over."""
    undecided: frozenset[UUID] = frozenset()

    async def look_for_existing(self, document: MapDocument, run: Ledger) -> None:
        """Find which of a run's new records may be in Twenty already: they are set aside until a person decides."""
        context, mapper, sources = self.context, self.mapper, run.row_counts()
        self.undecided = await in_the_middle(context, document, self.workspace, mapper, sources)

    async def take_listed(self, run: Ledger) -> None:
        """Take every step of the map over the rows that are listed for a run."""
        rows, counts = RunRows(self.context.store, run), run.row_counts()
        self.expect(run, rows, counts)
        await self.take_steps(run, rows, counts)

    async def take_steps(self, run: Ledger, rows: Rows, totals: Mapping[str, int | None]) -> None:
        """Take every step of the map over these rows; `totals` has how many of each source object (None: unknown)."""
        context = self.context
        work = (context.store, run, self.workspace, Records(self.mapper, self.undecided), rows, self.files)
        engine = Engine(*work, context.stopper, self.reading)
        merging = Merging(context, run, self.workspace, engine.records)
        for step in self.mapper.steps():
            total = totals.get(step.source_object, 0)
            if total == 0 or run.progress(step.name).done:
                continue
            engine.advance = self._begin(step, total)
            try:
                await merging.run(step)
                await engine.run(step)
            except* BridgeworkError as group:
                raise first_of(group) from None
            self.confirmed(0)
        self.forecast.end()

    def _begin(self, step: LoadStep, total: int | None) -> Callable[[int], None]:
        told = self.context.progress.start(title(step), total, "records")
        advance = self.forecast.begin(step.name, told)

        def taken(rows: int) -> None:
            advance(rows)
            self.confirmed(rows)

        return taken

    def expect(self, run: Ledger, rows: Rows, totals: Mapping[str, int | None]) -> None:
        """Tell the forecast what is to come; of an object that is read on, what the API says of its size."""
        size, reading = self.workspace.capabilities.max_records, self.reading
        known = {name: total or reading.total(name) for name, total in totals.items()}
        expect_steps(self.forecast, run, rows, self.mapper.steps(), known, size, self.workspace.pace.burst)
        made = {one.name for one in self.mapper.steps()}
        open_ = [one for one in self.mapper.steps() if totals.get(one.source_object, 0) is None]

        def refresh() -> None:
            nonlocal size
            parts = self.forecast.parts
            for step in open_:
                if (total := reading.total(step.source_object)) is not None and step.name in parts:
                    parts[step.name].units = total
            if (now := self.workspace.capabilities.max_records) != size:  # the server takes fewer than we thought
                for name in made & parts.keys():
                    parts[name].calls_a_unit *= size / now
                size = now

        self.forecast.refresh = refresh


@asynccontextmanager
async def moving(
    context: Context, document: MapDocument, workspace: Workspace, actor: str, *, stage: str
) -> AsyncIterator[Moving]:
    """Make the workspace ready for as long as the block lasts; automations come back however it ends."""
    store = context.store
    await baseline.take(workspace, store)
    reading = ReadingOn(store, Reading(context, Sources(context), stage))
    async with forecasting(context, workspace, stage) as forecast, reading.going() as api:
        forecast.source_left = reading.seconds_left
        with workspace.pace.waits.of(ROWS):
            await reading.all_of(LOOKED_UP)
        mapper = await make_mapper(context, document, workspace, remember=True)
        found = await automations.set_off_by(workspace, store, objects_of(mapper))
        await automations.pause(workspace, store, actor, found)
        try:
            await hold_existing(workspace, store)
            with context.documents_of(api) as documents:
                yield Moving(context, workspace, mapper, Files(store, documents, workspace), reading, forecast)
        finally:
            await restore_automations(context, workspace, actor, stage)


async def restore_automations(context: Context, workspace: Workspace, actor: str, stage: str) -> None:
    """Give the workspace its automations back; where it is away, `status` goes on saying that they are paused."""
    try:
        await automations.restore(workspace, context.store, actor)
    except OtherSystemError:
        context.progress.say(f"Automations are still paused; run `bridgework {stage}` again to restore them.")


async def hold_existing(workspace: Workspace, store: Store) -> None:
    """Note the unique values that records of the workspace hold, the deleted included: they keep them."""
    for object_, (field, part) in _UNIQUE.items():
        async for page in workspace.scan(object_, ["id", field]):
            held = {one[field][part].lower(): UUID(one["id"]) for one in page if (one[field] or {}).get(part)}
            with store.begin() as connection:
                ours = ledger.known(connection, held.values())
                theirs = {value: owner for value, owner in held.items() if owner not in ours}
                claims.hold(connection, object_, f"{field}.{part}", theirs)


def objects_of(mapper: Mapper) -> set[str]:
    """The target objects that a map writes."""
    return {step.target_object for step in mapper.steps()}


def read_upto(store: Store) -> dict[str, int]:
    """The number of the last row of each source object: rows that come later have higher ones."""
    query = sa.select(source_row.c.object, sa.func.max(source_row.c.row_no)).group_by(source_row.c.object)
    with store.read() as connection:
        return {name: number for name, number in connection.execute(query) if not is_part(name)}


def step_name(one: LoadStep) -> str:
    """A step in the words of a plan."""
    return f"{one.source_object} → {one.target_object}"


def first_of(group: BaseExceptionGroup[BridgeworkError]) -> BridgeworkError:
    """The one error to show of several that came at once."""
    one: BaseException = group
    while isinstance(one, BaseExceptionGroup):
        one = one.exceptions[0]
    if not isinstance(one, BridgeworkError):
        raise one
    return one
