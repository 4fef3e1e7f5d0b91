"""Reads batches back, and compares every field with what the map makes of the rows that the records were written from.

The verification does it for everything, the load for what it has just written; both by these rules.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from bridgework.mapping.records import Mapper
from bridgework.mapping.target import LoadStep, TargetRecord
from bridgework.practice.rows import SourceRecord, StagedRows
from bridgework.reports.masking import mask
from bridgework.reports.words import EDITED, FINE
from bridgework.stages.records import Records, reference
from bridgework.stages.undoing import is_edited
from bridgework.store import Store, ledger
from bridgework.store.ledger import ALIVE, Batch, Item
from bridgework.workspace import Look, Workspace, classify

READ_AT_ONCE = 4_000
"""Records in one call that reads them back: a call costs a token, its size only memory."""
_LISTED = 1000  # differences shown one by one; all are counted
_NOT_COMPARED = {"id"}  # it is what the record was asked for by

Pair = tuple[SourceRecord, TargetRecord]


@dataclass(frozen=True, slots=True)
class Read:
    """What was read back: the batches in which nothing is wrong, and what Twenty gave for each id.

    `files` are the records of files that should be there, by id: of these, more than fields is to be compared.
    """

    good: tuple[Batch, ...]
    found: Mapping[str, Mapping[str, Any]]
    files: Mapping[UUID, Pair]


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
    """What was found so far."""

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


class Comparing:
    """Compares the records of some batches with what Twenty gives back."""

    def __init__(self, store: Store, mapper: Mapper, workspace: Workspace, *, show_values: bool = False) -> None:
        """`show_values` puts patients' values into the differences, in place of their shapes."""
        self._store, self._workspace = store, workspace
        self._records, self._staged = Records(mapper), StagedRows(store)
        self._shown = str if show_values else mask

    async def batches(self, step: LoadStep, some: Sequence[Batch], result: Result) -> Read:
        """Read back and compare the records of a step's batches, in one call where they are not too many.

        The comparison is work for the processor: between two batches, others have their turn.
        """
        items = {one: {item.target_id: item for item in ledger.items(self._store, one.id, ALIVE)} for one in some}
        ids = [str(id_) for those in items.values() for id_ in those]
        found = await self._workspace.read(step.target_object, ids)
        binned = await self._binned(step, [id_ for id_ in ids if id_ not in found])
        files: dict[UUID, Pair] = {}
        good = []
        for one, those in items.items():
            await asyncio.sleep(0)
            before = result.wrong
            for row, record, item in self._expected(step, those):
                if str(record.id) in binned:
                    result.binned[step.target_object] += 1
                    continue
                self._one(row, record, item, found.get(str(record.id)), result)
                if step.role == "file":
                    files[record.id] = (row, record)
            if result.wrong == before:
                good.append(one)
        return Read(tuple(good), found, files)

    async def _binned(self, step: LoadStep, ids: list[str]) -> set[str]:
        """Those that somebody put into the bin of Twenty: they arrived, and what became of them is people's will."""
        now = await self._workspace.look(step.target_object, ids) if ids else {}
        return {one for one in ids if (look := now.get(one)) is not None and look.deleted}

    def _expected(
        self, step: LoadStep, items: Mapping[UUID, Item]
    ) -> Iterator[tuple[SourceRecord, TargetRecord, Item]]:
        """What should be there, each made of the state of its row that it was last written from."""
        wanted = {one.row_no: one.row_hash for one in items.values() if one.row_hash}
        rows = self._staged.versions(step.source_object, wanted)
        old = [one.row_no for one in items.values() if not one.row_hash]  # by a version that kept no hashes
        rows |= {one.row_no: one for one in self._staged.by_row_nos(step.source_object, old)}
        with self._store.read() as connection:
            built = self._records.build(step, rows.values())
            chunk = self._records.settle(connection, step, built, ask=False)
        return ((row, record, items[record.id]) for row, record in chunk.records if record.id in items)

    def _one(
        self, row: SourceRecord, record: TargetRecord, item: Item, found: Mapping[str, Any] | None, result: Result
    ) -> None:
        result.records[record.object] += 1
        if found is None:
            result.missing[record.object] += 1
            result.add(Difference(record.object, "", "missing", reference(row), str(record.id), "", ""))
            return
        links = {one.field for one in record.references}
        target = self._workspace.model.object(record.object)
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
                values = (self._shown(sent), self._shown(found.get(name)))
                result.add(Difference(record.object, name, kind, reference(row), str(record.id), *values))
