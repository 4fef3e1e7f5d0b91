"""The field-level diff of a run: for each record and field the practice's text, what was sent, what Twenty returned."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from bridgework.mapping.document import MapDocument
from bridgework.mapping.records import Mapper
from bridgework.mapping.target import REMARKS, SOURCE_ID, LoadStep, TargetRecord
from bridgework.practice.rows import SourceRecord, StagedRows
from bridgework.reports.masking import mask
from bridgework.reports.words import FINE
from bridgework.stages.records import Records, reference
from bridgework.store import Store, ledger
from bridgework.store.ledger import ALIVE, Batch
from bridgework.store.operations import value_hash
from bridgework.workspace import Workspace, classify

_BATCHES_AT_ONCE = 5
_NOT_SHOWN = frozenset({"id", "position", "createdBy"})  # they say nothing of the practice
_MADE = frozenset({SOURCE_ID, REMARKS})
ELSEWHERE, NOT_THERE = "elsewhere", "not there"


@dataclass(frozen=True, slots=True)
class FieldRow:
    """One field of one record. `how`: as it is, transformed, made (of no single column), elsewhere (kept in another).

    `source`, `sent` and `got` are shapes of the values, or the values where a person asked for them.
    """

    object: str
    field: str
    place: str
    record: str
    column: str
    source: str
    sent: str
    got: str
    how: str
    kind: str


@dataclass(slots=True)
class FieldDiff:
    """All rows of the diff, their sums by field, and a digest of what they say."""

    rows: list[FieldRow] = field(default_factory=list)
    fields: Counter[tuple[str, str, str, str]] = field(default_factory=Counter)
    records: Counter[str] = field(default_factory=Counter)
    missing: Counter[str] = field(default_factory=Counter)
    _digest: Any = field(default_factory=hashlib.sha256)

    def add(self, row: FieldRow, sent: Any) -> None:
        """Add a row; the digest covers what was sent and how it arrived, whether values are shown or not."""
        self.rows.append(row)
        self.fields[row.object, row.field, row.how, row.kind] += 1
        said = "\0".join((row.record, row.field, row.how, row.kind, "" if row.field == "file" else value_hash(sent)))
        self._digest.update(said.encode())

    def digest(self) -> str:
        """Hex SHA-256: what an approval of the sample signs, beside the map."""
        return str(self._digest.hexdigest())

    def classes(self) -> dict[str, int]:
        """Fields by how they arrived."""
        found: Counter[str] = Counter()
        for (*_, kind), count in self.fields.items():
            found[kind] += count
        return dict(sorted(found.items()))

    @property
    def wrong(self) -> int:
        """Fields that are not in Twenty as they were sent, and records that are not there."""
        unfit = sum(count for kind, count in self.classes().items() if kind not in {*FINE, ELSEWHERE})
        return unfit + sum(self.missing.values())


class Differ:
    """Makes the diff of the records that a run created."""

    def __init__(
        self, store: Store, document: MapDocument, mapper: Mapper, workspace: Workspace, *, show_values: bool
    ) -> None:
        """`show_values` shows what patients' records hold, in place of its shape."""
        self._store, self._mapper, self._workspace = store, mapper, workspace
        self._shown = str if show_values else mask
        self._columns = _columns(document)
        self.diff = FieldDiff()

    async def take(self, step: LoadStep, batches: list[Batch]) -> None:
        """Add the records of a step."""
        some = iter(batches)
        while chunk := list(islice(some, _BATCHES_AT_ONCE)):
            built = self._built(step, chunk)
            found = await self._workspace.read(step.target_object, [str(record.id) for _, record in built])
            for row, record in built:
                self._record(step, row, record, found.get(str(record.id)))

    def _built(self, step: LoadStep, batches: list[Batch]) -> list[tuple[SourceRecord, TargetRecord]]:
        items = {one.target_id: one for made in batches for one in ledger.items(self._store, made.id, ALIVE)}
        wanted = {one.row_no: one.row_hash for one in items.values()}
        rows = StagedRows(self._store).versions(step.source_object, wanted)
        records = Records(self._mapper)
        with self._store.read() as connection:
            ordered = [rows[number] for number in sorted(rows)]
            chunk = records.settle(connection, step, records.build(step, ordered), ask=False)
        return [(row, record) for row, record in chunk.records if record.id in items]

    def _record(self, step: LoadStep, row: SourceRecord, record: TargetRecord, found: Mapping[str, Any] | None) -> None:
        self.diff.records[record.object] += 1
        place, id_ = reference(row), str(record.id)
        if found is None:
            self.diff.missing[record.object] += 1
            self.diff.add(FieldRow(record.object, "", place, id_, "", "", "", "", "", NOT_THERE), None)
            return
        columns = self._columns[step.source_object, record.object]
        target = self._workspace.model.object(record.object)
        for name, sent in record.values.items():
            if name in _NOT_SHOWN:
                continue
            texts = [(column, row.values.get(column, "")) for column in columns.get(name.removesuffix("Id"), ())]
            texts = [pair for pair in texts if pair[1].strip()] or texts[:1]
            got = found.get(name)
            kind = classify(target.field(name), sent, got)
            self._add(record, name, (place, id_), texts, (sent, got), (_how(texts, sent, name), kind))
        if step.role == "record":
            self._elsewhere(record, columns, row, (place, id_))

    def _elsewhere(
        self, record: TargetRecord, columns: Mapping[str, list[str]], row: SourceRecord, where: tuple[str, str]
    ) -> None:
        """Cells that hold something and did not become a value of their field."""
        for name, those in columns.items():
            if name in record.values or f"{name}Id" in record.values:
                continue
            texts = [(column, text) for column in those if (text := row.values.get(column, "")).strip()]
            if texts:
                self._add(record, name, where, texts, (None, None), (ELSEWHERE, ELSEWHERE))

    def _add(
        self,
        record: TargetRecord,
        name: str,
        where: tuple[str, str],
        texts: list[tuple[str, str]],
        values: tuple[Any, Any],
        said: tuple[str, str],
    ) -> None:
        columns = " + ".join(column for column, _ in texts)
        source = " · ".join(self._shown(text) for _, text in texts)
        sent, got = (self._shown(_told(value)) for value in values)
        self.diff.add(FieldRow(record.object, name, *where, columns, source, sent, got, *said), values[0])


def _columns(document: MapDocument) -> dict[tuple[str, str], dict[str, list[str]]]:
    """By source and target object, for each field the columns that fill it."""
    found: dict[tuple[str, str], dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for name, source in document.sources.items():
        for line in source.all_lines():
            if line.target and line.column:
                field_ = "createdAt" if line.field == "created_at" else line.field
                found[name, line.object][field_].append(line.column)
    return found


def _how(texts: list[tuple[str, str]], sent: Any, name: str) -> str:
    if not texts or name in _MADE:
        return "made"
    return "as it is" if len(texts) == 1 and texts[0][1] == sent else "transformed"


def _told(value: Any) -> Any:
    """A value as people read it: a composite without its empty parts, a file by its label."""
    if isinstance(value, dict):
        return {name: part for name, part in value.items() if part not in (None, "", [], {})}
    return "" if value is None else value


def fields_of(diff: FieldDiff) -> Iterator[dict[str, Any]]:
    """The sums by field, as reports take them: object, field, how, class, count."""
    for (object_, name, how, kind), count in sorted(diff.fields.items()):
        if name:
            yield {"object": object_, "field": name, "how": how, "class": kind, "count": count}
