"""What every run that writes shares: the workspace made ready, automations paused, the steps of the map taken in order.

The sample, the load, a pass of the delta and a retry differ in the rows that they are about, and in nothing else here.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
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
from bridgework.stages.mapper import LOOKED_UP, make_mapper
from bridgework.stages.reading import Reading
from bridgework.stages.reading_on import ReadingOn
from bridgework.stages.records import Records, title
from bridgework.stages.run_rows import Rows
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
    undecided: frozenset[UUID] = frozenset()

    async def look_for_existing(self, document: MapDocument, run: Ledger) -> None:
        """Find which of a run's new records may be in Twenty already: they are set aside until a person decides."""
        context, mapper, sources = self.context, self.mapper, run.row_counts()
        self.undecided = await in_the_middle(context, document, self.workspace, mapper, sources)

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
            engine.advance = context.progress.start(title(step), total, "records")
            try:
                await merging.run(step)
                await engine.run(step)
            except* BridgeworkError as group:
                raise first_of(group) from None


@asynccontextmanager
async def moving(
    context: Context, document: MapDocument, workspace: Workspace, actor: str, *, stage: str
) -> AsyncIterator[Moving]:
    """Make the workspace ready for as long as the block lasts; automations come back however it ends."""
    store = context.store
    await baseline.take(workspace, store)
    reading = ReadingOn(store, Reading(context, Sources(context), stage))
    async with reading.going() as api:
        await reading.all_of(LOOKED_UP)
        mapper = await make_mapper(context, document, workspace, remember=True)
        found = await automations.set_off_by(workspace, store, objects_of(mapper))
        await automations.pause(workspace, store, actor, found)
        try:
            await hold_existing(workspace, store)
            with context.documents_of(api) as documents:
                yield Moving(context, workspace, mapper, Files(store, documents, workspace), reading)
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
