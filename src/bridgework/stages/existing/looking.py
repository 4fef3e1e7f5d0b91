"""Looks for records of the practice that are in Twenty already: the workspace is read once, in pages.

Nobody is compared with everybody: only those are that share an e-mail address, a phone number, a number of the state, a
birth date or a name. Memory holds a page of each side; what was read is kept in the encrypted store.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from uuid import UUID

import sqlalchemy as sa

from bridgework.mapping.document import MapDocument
from bridgework.mapping.records import Mapper
from bridgework.mapping.target import LoadStep, TargetRecord
from bridgework.practice.rows import SourceRecord, StagedRows
from bridgework.stages.context import Context
from bridgework.stages.existing.deciding import NAME, loaded, undecided, waiting
from bridgework.stages.existing.facts import OBJECTS, Facts, Meanings, facts_of, meanings_of
from bridgework.stages.existing.scoring import score
from bridgework.stages.records import Records, reference
from bridgework.store import audit_log, ledger
from bridgework.store import matches as kept
from bridgework.store.ledger import Ledger
from bridgework.store.matches import Existing, Match
from bridgework.store.notes import Finding
from bridgework.workspace import Workspace

_ROWS_AT_ONCE = 500
_MOST_OF_ONE = 5  # pairs kept of one record of the practice: the likeliest


@dataclass(frozen=True, slots=True)
class Looked:
    """How many records were compared: of the workspace and of the practice, by object."""

    existing: Counter[str] = field(default_factory=Counter)
    source: Counter[str] = field(default_factory=Counter)


async def before_run(
    context: Context, document: MapDocument, workspace: Workspace, mapper: Mapper, stage: str
) -> list[Finding]:
    """What keeps a run from beginning. Looks anew, unless the run has begun: it goes on by what was decided for it."""
    if Ledger.current(context.store, stage, context.actor) is None:
        await Looking(context, document, workspace, mapper).run()
    return undecided(context)


async def in_the_middle(
    context: Context, document: MapDocument, workspace: Workspace, mapper: Mapper, sources: Collection[str]
) -> frozenset[UUID]:
    """Which new records of a pass or a retry have to wait for a person, by the ids that they would have.

    Looks anew where records of `sources` (source objects) may be in Twenty already: a practice goes on working, and so
    do the people in Twenty. The pass does not stop for it.
    """
    kinds = {one.target_object for one in mapper.steps() if one.role == "record" and one.source_object in sources}
    if kinds & set(OBJECTS):
        await Looking(context, document, workspace, mapper).run()
    return waiting(context)


class Looking:
    """One look at both sides; decisions that were made stay with their pairs."""

    def __init__(self, context: Context, document: MapDocument, workspace: Workspace, mapper: Mapper) -> None:
        """Look with this map."""
        self._store, self._context, self._workspace = context.store, context, workspace
        own_ids = replace(mapper.context, stand_ins={})
        self._records = Records(Mapper(document, own_ids))
        self._steps = [
            one for one in mapper.steps() if one.role == "record" and one.target_object in self._objects(workspace)
        ]
        self._meanings = {
            name: meanings_of(name, workspace.model.object(name), document)
            for name in {one.target_object for one in self._steps}
        }
        self.looked = Looked()

    @staticmethod
    def _objects(workspace: Workspace) -> list[str]:
        return [one for one in OBJECTS if workspace.model.has(one)]

    async def run(self) -> Looked:
        """Look, and keep the pairs that are worth a person's eye."""
        with self._store.begin() as connection:
            kept.forget_read(connection)
        for object_, meanings in self._meanings.items():
            await self._read(object_, meanings)
        found: list[Match] = []
        for step in self._steps:
            if self.looked.existing[step.target_object]:
                found += self._pairs_of(step)
        with self._store.begin() as connection:
            before = kept.matches(connection)
            stay = loaded(self._store, before)
            named = self._named(connection, before, {(one.own_id, one.existing_id) for one in found})
            new = _with_decisions([*found, *named], before, stay)
            if new or before:
                kept.replace(connection, stay, new)
                detail = {"existing": dict(self.looked.existing), "pairs": len(new)}
                audit_log.append(connection, self._context.actor, "look for existing", NAME, **detail)
        return self.looked

    @staticmethod
    def _named(connection: sa.Connection, before: Sequence[Match], found: set[tuple[UUID, UUID]]) -> list[Match]:
        """Pairs that a person named, though little speaks for them; as long as the record is there as it was."""
        left = [one for one in before if one.is_merged and (one.own_id, one.existing_id) not in found]
        there: dict[UUID, Existing] = {}
        for object_ in OBJECTS:
            there |= kept.read_of(connection, object_, [one.existing_id for one in left if one.object == object_])
        return [one for one in left if one.existing_id in there and there[one.existing_id].deleted == one.deleted]

    def pair(self, ref: str, record_id: UUID) -> Match | None:
        """The pair of a record of the practice (its file and line) and one of the workspace, as read in the last look.

        None where one of them is not there, or they cannot be the same kind of thing.
        """
        for step in self._steps:
            row = StagedRows(self._store).at_place(step.source_object, *_place(ref))
            built = self._records.build(step, [row]) if row else []
            with self._store.read() as connection:
                existing = kept.read_of(connection, step.target_object, [record_id]).get(record_id)
            if built and existing:
                row, record = built[0]
                mine = facts_of(record.object, record.values, self._meanings[record.object])
                return self._pair(row, record, mine, existing, Facts.from_json(existing.facts))
        return None

    # --- the workspace ------------------------------------------------------------------------------------------------

    async def _read(self, object_: str, meanings: Meanings) -> None:
        fields = [*meanings.names(), "deletedAt"]
        async for page in self._workspace.scan(object_, fields):
            self._context.stopper.check(NAME)
            with self._store.begin() as connection:
                ours = ledger.known(connection, [UUID(one["id"]) for one in page])
                theirs = [one for one in page if UUID(one["id"]) not in ours]
                facts = {UUID(one["id"]): facts_of(object_, one, meanings) for one in theirs}
                read = [
                    Existing(id_, one["deletedAt"] is not None, facts[id_].as_json())
                    for one in theirs
                    for id_ in (UUID(one["id"]),)
                ]
                kept.keep_read(connection, object_, read, {id_: list(one.marks()) for id_, one in facts.items()})
            self.looked.existing[object_] += len(theirs)

    # --- the practice -------------------------------------------------------------------------------------------------

    def _pairs_of(self, step: LoadStep) -> list[Match]:
        object_, found = step.target_object, list[Match]()
        rows = StagedRows(self._store).iterate(step.source_object)
        advance = self._context.progress.start(f"looking for {step.source_object} in Twenty", None, "records")
        while chunk := list(islice(rows, _ROWS_AT_ONCE)):
            self._context.stopper.check(NAME)
            built = self._records.build(step, chunk)
            with self._store.read() as connection:
                ours = ledger.known(connection, [record.id for _, record in built])
                left = [(row, one) for row, one in built if one.id not in ours]
                facts = {one.id: facts_of(object_, one.values, self._meanings[object_]) for _, one in left}
                by_key = kept.under(connection, object_, {key for one in facts.values() for key in one.marks()})
                read = kept.read_of(connection, object_, {id_ for ids in by_key.values() for id_ in ids})
            theirs = {id_: Facts.from_json(one.facts) for id_, one in read.items()}
            for row, one in left:
                near = {id_ for key in facts[one.id].marks() for id_ in by_key.get(key, ())}
                found += self._pairs(row, one, facts[one.id], {id_: (read[id_], theirs[id_]) for id_ in near})
            self.looked.source[object_] += len(left)
            advance(len(chunk))
        return found

    def _pairs(
        self, row: SourceRecord, record: TargetRecord, mine: Facts, near: dict[UUID, tuple[Existing, Facts]]
    ) -> list[Match]:
        every = [self._pair(row, record, mine, *pair) for pair in near.values()]
        found = [one for one in every if one.score >= self._context.settings.existing.new]
        found.sort(key=lambda one: (-one.score, str(one.existing_id)))
        return found[:_MOST_OF_ONE]

    @staticmethod
    def _pair(row: SourceRecord, record: TargetRecord, mine: Facts, existing: Existing, theirs: Facts) -> Match:
        likely = score(record.object, mine, theirs)
        whose = (record.id, existing.id, record.object, row.object, row.row_no, reference(row))
        said = (likely.value, likely.reasons, existing.deleted)
        return Match(*whose, *said, mine.as_json(), existing.facts)


def _place(ref: str) -> tuple[str, int]:
    file, _, line = ref.rpartition(":")
    return file, int(line) if line.isdecimal() else 0


def _with_decisions(found: Iterable[Match], before: Iterable[Match], stay: set[UUID]) -> list[Match]:
    """The pairs of a new look with what was said of them; one that does not come up again is forgotten.

    A decision goes where the record was put into the bin since, or taken out of it.
    """
    said: dict[tuple[UUID, UUID], Match] = {(one.own_id, one.existing_id): one for one in before}
    taken: dict[UUID, set[UUID]] = defaultdict(set)
    for one in said.values():
        if one.own_id in stay and one.is_merged:
            taken[one.existing_id].add(one.own_id)
    new = []
    for one in found:
        if one.own_id in stay or taken[one.existing_id]:
            continue
        was = said.get((one.own_id, one.existing_id))
        holds = was is not None and was.deleted == one.deleted
        new.append(replace(one, decision=was.decision, decided_by=was.decided_by) if was and holds else one)
    return new
