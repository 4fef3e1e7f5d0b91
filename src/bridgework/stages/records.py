"""From staged rows to the records that are sent: built by the map, then settled against what is known of the workspace.

Settling is where one record meets the others: a link to a record that is not there, a unique value that another holds.
What it decides is kept in the store: the same row gives the same record again, after a crash and in verification.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

import sqlalchemy as sa

from bridgework.mapping.merged import merged
from bridgework.mapping.records import Mapper
from bridgework.mapping.target import FORMS, LoadStep, Reference, TargetRecord
from bridgework.practice.rows import SourceRecord
from bridgework.store import claims, ledger
from bridgework.store.matches import kept_fields
from bridgework.store.notes import Finding, Quarantined, Severity, add_finding, keys_aside

WAITS_FOR = "WAITS-FOR"
"""The code of a record that was set aside because another one was: it is taken with that one when that is retried."""
UNDECIDED = "EXISTING-UNDECIDED"
"""The code of a record that may be in the workspace already, of which nobody has said whether it is."""
_UNDECIDED = "may be in Twenty already; say whether it is (`bridgework match DIR`), then run `bridgework retry DIR`"


@dataclass(slots=True)
class Chunk:
    """Records of one step ready to be planned; what was set aside; what is worth knowing of them."""

    records: list[tuple[SourceRecord, TargetRecord]] = field(default_factory=list)
    aside: list[Quarantined] = field(default_factory=list)
    findings: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    examples: dict[tuple[str, str, str], str] = field(default_factory=dict)
    lost: list[tuple[UUID, UUID]] = field(default_factory=list)  # records, and what they should link to and cannot

    def note(self, code: str, field_: str, what: str, row: SourceRecord) -> None:
        """Count a finding of a row."""
        kind = (code, field_, what)
        self.findings[kind] += 1
        self.examples.setdefault(kind, reference(row))

    def keep_findings(self, connection: sa.Connection, stage: str, object_: str) -> None:
        """Add the chunk's findings to the store's."""
        for (code, field_, what), count in self.findings.items():
            example = self.examples[code, field_, what]
            severity: Severity = "info" if code in FORMS else "warn"
            add_finding(connection, Finding(stage, code, object_, field_, severity, count, example, what, ""))


def reference(row: SourceRecord) -> str:
    """How a person finds the row: file and line; the file's words are not in it."""
    return f"{row.file}:{row.line}"


def aside(row: SourceRecord, stage: str, code: str, reason: str) -> Quarantined:
    """A row to be set aside."""
    return Quarantined(stage, row.object, row.row_no, row.key, row.file, row.line, code, reason)


def stage_of(step: LoadStep) -> str:
    """Under which name a step's quarantine counts: records apart from what hangs on them."""
    return "load" if step.role == "record" else f"load {step.role}"


def title(step: LoadStep) -> str:
    """A step in words: which records become which."""
    wave = f", wave {step.wave} of {step.waves}" if step.waves > 1 else ""
    return f"{step.source_object} → {step.target_object}{wave}"


def _waiting(
    connection: sa.Connection, built: Sequence[tuple[SourceRecord, TargetRecord]], there: set[UUID]
) -> set[tuple[str, str]]:
    """The records (source object, key) that others here must hang on, and that the load set aside."""
    missing: dict[str, set[str]] = defaultdict(set)
    for _, record in built:
        for ref in record.references:
            if ref.required and ref.target_id not in there:
                missing[ref.source_object].add(ref.source_key)
    return {(object_, key) for object_, keys in missing.items() for key in keys_aside(connection, object_, keys)}


def _alone(step: LoadStep, row: SourceRecord, ref: Reference, waiting: set[tuple[str, str]]) -> Quarantined:
    """A row whose record cannot be without another one, which is not there."""
    if (ref.source_object, ref.source_key) in waiting:
        return aside(row, stage_of(step), WAITS_FOR, f"waits for its {ref.source_object}, which was set aside itself")
    return aside(
        row, stage_of(step), "ORPHAN", f"its {ref.source_object} is not in the export, or was set aside itself"
    )


class Records:
    """Makes the records of a step, the same each time."""

    def __init__(self, mapper: Mapper, undecided: Collection[UUID] = ()) -> None:
        """Build with this map; `undecided` are records that may be in the workspace already, and wait for a person."""
        self.mapper, self._undecided = mapper, undecided
        self.stand_ins = frozenset(mapper.context.stand_ins.values())
        """Records that were in the workspace before and stand for some of the practice's: they are never created."""

    def build(self, step: LoadStep, rows: Iterable[SourceRecord]) -> list[tuple[SourceRecord, TargetRecord]]:
        """The record of each row that this step is about."""
        made = ((row, self.mapper.build(step, row)) for row in rows)
        return [(row, record) for row, record in made if record is not None]

    def settle(
        self,
        connection: sa.Connection,
        step: LoadStep,
        built: Sequence[tuple[SourceRecord, TargetRecord]],
        *,
        ask: bool,
    ) -> Chunk:
        """Settle links and unique values.

        `ask` is for records that are going to be written: they claim unique values, the first that wants one gets it,
        and what they cannot link to is noted. Without it they are settled as they were when they were written.
        """
        chunk = Chunk()
        if ask and self._undecided:
            built = self._without_undecided(chunk, step, built)
        built = self._merged(connection, built)
        wanted = {ref.target_id for _, record in built for ref in record.references}
        there = ledger.taken(connection, wanted)
        lost = set() if ask else claims.missing_links(connection, (record.id for _, record in built))
        waiting = _waiting(connection, built, there)
        linked = []
        for row, record in built:
            for finding in record.findings:
                chunk.note(finding.code, finding.field, finding.what, row)
            mine = {one for one in there if (record.id, one) not in lost} if lost else there
            if (kept := self._link(chunk, step, row, record, mine, waiting)) is not None:
                linked.append((row, kept))
        if ask:
            claims.lack_links(connection, chunk.lost)
        chunk.records = self._share(connection, chunk, linked, ask=ask)
        return chunk

    def _without_undecided(
        self, chunk: Chunk, step: LoadStep, built: Sequence[tuple[SourceRecord, TargetRecord]]
    ) -> Sequence[tuple[SourceRecord, TargetRecord]]:
        for row, record in built:
            if record.id in self._undecided and step.role == "record":
                chunk.aside.append(aside(row, stage_of(step), UNDECIDED, _UNDECIDED))
        return [(row, record) for row, record in built if record.id not in self._undecided]

    def _merged(
        self, connection: sa.Connection, built: Sequence[tuple[SourceRecord, TargetRecord]]
    ) -> Sequence[tuple[SourceRecord, TargetRecord]]:
        """The same, but those that were merged with a record of the workspace as they are written to it."""
        ids = [record.id for _, record in built if record.id in self.stand_ins]
        kept = kept_fields(connection, ids) if ids else {}
        return [(row, merged(record, kept[record.id]) if record.id in kept else record) for row, record in built]

    def _link(
        self,
        chunk: Chunk,
        step: LoadStep,
        row: SourceRecord,
        record: TargetRecord,
        there: set[UUID],
        waiting: set[tuple[str, str]],
    ) -> TargetRecord | None:
        for ref in record.references:
            if ref.target_id in there:
                continue
            if ref.required:
                if step.role == "record":  # what hangs on a record was set aside with it, and is not counted again
                    chunk.aside.append(_alone(step, row, ref, waiting))
                return None
            record = record.without_reference(ref)
            chunk.lost.append((record.id, ref.target_id))
            what = f"its {ref.source_object} is not in the export, or was set aside; what stood there is kept as text"
            chunk.note("LINK-MISSING", ref.field, what, row)
        return record

    def _share(
        self,
        connection: sa.Connection,
        chunk: Chunk,
        linked: list[tuple[SourceRecord, TargetRecord]],
        *,
        ask: bool,
    ) -> list[tuple[SourceRecord, TargetRecord]]:
        asked: dict[tuple[str, str], dict[str, UUID]] = {}
        for _, record in linked:
            for claim in record.claims:
                asked.setdefault((record.object, claim.field), {}).setdefault(claim.value, record.id)
        held = {
            (*place, value): owner
            for place, values in asked.items()
            for value, owner in claims.owners(connection, *place, values, ask=ask).items()
        }
        settled = []
        for row, record in linked:
            mine = record
            for claim in record.claims:
                owner = held.get((record.object, claim.field, claim.value))
                if owner is not None and owner.id == record.id:
                    continue
                mine = mine.demoted(claim)
                code = "UNIQUE-TAKEN" if owner is not None and owner.existing else "UNIQUE-SHARED"
                whose = (
                    "a record that was in Twenty before" if code == "UNIQUE-TAKEN" else "another record of the practice"
                )
                chunk.note(code, claim.field, f"belongs to {whose}; kept in a field beside it", row)
            settled.append((row, mine))
        return settled
