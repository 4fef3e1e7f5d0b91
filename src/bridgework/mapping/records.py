"""The mapper: a staged row of the practice becomes a record for Twenty, the same each time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol
from uuid import UUID

from bridgework.errors import FindingsStop
from bridgework.mapping import moments, standard
from bridgework.mapping.document import MapDocument, Source
from bridgework.mapping.draft import Draft, clean
from bridgework.mapping.files import category
from bridgework.mapping.presets import preset_of
from bridgework.mapping.program import Program, compile_source
from bridgework.mapping.target import (
    FINDINGS,
    REMARKS,
    SOURCE_ID,
    Claim,
    Context,
    FieldFinding,
    FileRef,
    LoadStep,
    Reference,
    TargetRecord,
    target_id,
)

__all__ = [
    "FINDINGS",
    "REMARKS",
    "SOURCE_ID",
    "Claim",
    "Context",
    "FieldFinding",
    "FileRef",
    "LoadStep",
    "Mapper",
    "Reference",
    "Row",
    "TargetRecord",
    "directory",
    "target_id",
]

# Records of different source objects that become the same object keep their order: each kind has a room of positions.
_ROOM = 10_000_000


class Row(Protocol):
    """A staged row, as the practice reader gives it."""

    @property
    def object(self) -> str: ...
    @property
    def row_no(self) -> int: ...
    @property
    def key(self) -> str: ...
    @property
    def values(self) -> Mapping[str, str]: ...


class Mapper:
    """Builds records by a map in a context. A pure function of the two and the row."""

    def __init__(self, document: MapDocument, context: Context) -> None:
        """Compile the map, which must be without problems.

        Raises FindingsStop (NOMENCLATURE-CHANGED) where the table at hand is not the one that was approved.
        """
        _require_same_table(document.nomenclature, context.nomenclature.version)
        self.document, self.context = document, context
        self._loaded = {name: one for name, one in document.sources.items() if one.record and one.keep is None}
        self._programs = {name: compile_source(document, name, one, context) for name, one in self._loaded.items()}
        self._rooms = {name: number * _ROOM for number, name in enumerate(document.sources)}
        self._drops = preset_of(document).drops_misfits
        self._now = moments.iso(context.run_moment)
        self._steps = self._ordered_steps()

    def steps(self) -> tuple[LoadStep, ...]:
        """All passes over the rows, in an order in which every link finds its other end; files come last."""
        return self._steps

    def fields(self, step: LoadStep) -> frozenset[str]:
        """The fields that records of this step may have; one that a record lacks is empty in Twenty."""
        if step.role != "record":
            return frozenset()
        return frozenset({*self._programs[step.source_object].fields, SOURCE_ID, REMARKS})

    def build(self, step: LoadStep, row: Row) -> TargetRecord | None:
        """The record of a row in a step; None where the step has nothing to do for it."""
        source = self._loaded[step.source_object]
        program = self._programs[step.source_object]
        key = row.key if row.key.isprintable() else clean(row.key)
        draft = Draft(key, row.values, self.document.repairs, drops=self._drops)
        if step.role == "record":
            if step.waves > 1 and step.wave != _wave(program, draft):
                return None
            return self._record(program, source, draft, row)
        column = program.target_column if step.role == "target" else program.file_column
        if not draft.cell(column):
            return None
        return (
            self._target(program, source, draft, row)
            if step.role == "target"
            else self._file(program, source, draft, row)
        )

    # --- the three kinds of records ------------------------------------------------------------------------------

    def _record(self, program: Program, source: Source, draft: Draft, row: Row) -> TargetRecord:
        for fill in program.record:
            fill(draft)
        object_ = source.record or ""
        record_id = self.context.record_id(object_, row.object, draft.key)
        values = {**self._common(record_id, draft, row), **draft.values, SOURCE_ID: f"{row.object}:{draft.key}"}
        return TargetRecord(
            object_,
            record_id,
            values,
            tuple(draft.references),
            tuple(draft.claims),
            None,
            tuple(draft.findings),
        )

    def _target(self, program: Program, source: Source, draft: Draft, row: Row) -> TargetRecord:
        object_ = program.target_object
        own = self._reference_to_own(f"{standard.TARGET_OBJECTS[object_]}Id", source, row.object, draft.key)
        draft.references.append(own)
        draft.values[own.field] = str(own.target_id)
        return self._beside(object_, "target", [*program.target, *program.stamps], draft, row)

    def _file(self, program: Program, source: Source, draft: Draft, row: Row) -> TargetRecord | None:
        for fill in program.file:
            fill(draft)
        if draft.file is None:  # the map leaves it out, and the record itself says so
            return None
        label = draft.file.label
        draft.values = {"name": label, "fileCategory": category(label)}
        field = "" if program.attach_link else f"{program.attach}Id"
        own = self._reference_to_own(field, source, row.object, draft.key)
        draft.references.append(own)
        if field:
            draft.values[field] = str(own.target_id)
        return self._beside("attachment", "file", [*program.attach_link, *program.stamps], draft, row)

    def _beside(self, object_: str, role: Any, fills: list[Any], draft: Draft, row: Row) -> TargetRecord:
        """A record that hangs on the row's own; what is wrong with its cells was said of that one already."""
        for fill in fills:
            fill(draft)
        draft.values.pop(REMARKS, None)
        record_id = target_id(self.context.namespace, object_, row.object, draft.key, role)
        values = {**self._common(record_id, draft, row), **draft.values}
        return TargetRecord(object_, record_id, values, tuple(draft.references), (), draft.file, ())

    def _reference_to_own(self, field: str, source: Source, object_: str, key: str) -> Reference:
        own = self.context.record_id(source.record or "", object_, key)
        return Reference(field, object_, key, own, required=True)

    def _common(self, record_id: UUID, draft: Draft, row: Row) -> dict[str, Any]:
        created = draft.values.get("createdAt", self._now)
        return {
            "id": str(record_id),
            "createdAt": created,
            "updatedAt": draft.values.get("updatedAt", created),
            "position": self._rooms[row.object] + row.row_no,
            "createdBy": {"source": "IMPORT", "name": self.context.imported_by},
        }

    # --- the order of the steps ------------------------------------------------------------------------------------

    def _ordered_steps(self) -> tuple[LoadStep, ...]:
        steps: list[LoadStep] = []
        files: list[LoadStep] = []
        for name in self._in_order():
            source, program = self._loaded[name], self._programs[name]
            waves = 2 if program.own_kind else 1
            steps += [LoadStep(name, source.record or "", "record", wave, waves) for wave in range(1, waves + 1)]
            if program.target_object:
                steps.append(LoadStep(name, program.target_object, "target"))
            if program.file_column:
                files.append(LoadStep(name, "attachment", "file"))
        return (*steps, *files)

    def _in_order(self) -> list[str]:
        """Source objects such that each comes after those that it links to; else in the order of the map."""
        waiting = {name: self._links(name) for name in self._loaded}
        ordered: list[str] = []
        while waiting:
            ready = next((name for name, on in waiting.items() if not on & set(waiting)), None)
            # A ring of links has no order; the first of the map goes first, and links back to it are dropped.
            name = ready or next(iter(waiting))
            ordered.append(name)
            del waiting[name]
        return ordered

    def _links(self, name: str) -> set[str]:
        lines = self._loaded[name].all_lines()
        return {line.with_["object"] for line in lines if line.transform == "reference"} - {name}


def _require_same_table(approved: str, at_hand: str) -> None:
    if approved and approved != at_hand:
        raise FindingsStop(
            "NOMENCLATURE-CHANGED",
            "Codes would be judged by another table than the one that was approved.",
            where="map.yaml, nomenclature",
            why=f"the map says {approved}; what is installed and set now is {at_hand}",
            next_step=f"write `nomenclature: {at_hand}` in map.yaml, and check and approve the map again",
        )


def _wave(program: Program, draft: Draft) -> int:
    """Rows that point at another of their own kind come after those that do not."""
    other = draft.cell(program.own_kind)
    return 2 if other and other != draft.key else 1


def directory(document: MapDocument, object_: str, rows: Iterable[Row]) -> dict[str, dict[str, str]]:
    """The look-up table of a small source object for the context: key → concept → text, empty cells left out.

    It has only columns whose own line moves them: a name or an e-mail address that is left out is found by nobody.
    """
    lines = document.sources[object_].lines if object_ in document.sources else ()
    concepts = {line.column: line.concept for line in lines if line.column and line.concept and line.loaded}
    return {
        row.key: {concept: text for column, concept in concepts.items() if (text := row.values.get(column, "").strip())}
        for row in rows
    }
