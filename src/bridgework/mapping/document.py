"""The map of one migration: `map.yaml`, one line a field, for people to read, edit and approve.

A map is complete in itself: pick-lists, date formats and the fields that Twenty must have stand in it, so that what a
person approved means the same whatever Bridgework is installed later.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, ValidationError

from bridgework import yaml_text
from bridgework.errors import UsageError
from bridgework.mapping import malformed
from bridgework.mapping.problems import Problem, find
from bridgework.mapping.schema import NeededSchema, needed

Decision = Literal["proposed", "proposed-leave-out", "load", "leave-out", "handover"]
"""`proposed`, or proposed to be left out: by the machine or a template, and no person has said yes yet. Nothing is
approved while there is such a line."""

LOADED = frozenset({"proposed", "load"})
"""Decisions by which a line moves data, once the map is approved."""


Sensitivity = Literal["identity", "contact", "health", "finance", "practice"]
"""What kind of data it is about a person; `practice` is about nobody: a colour of the agenda, the stamp of a record."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Preset(_Strict):
    """A ready choice of what stays out: concepts, concepts that are free text, kinds of data, files that are images."""

    says: str = ""
    sensitivity: tuple[Sensitivity, ...] = ()
    concepts: tuple[str, ...] = ()
    text: tuple[str, ...] = ()
    files: tuple[Literal["images"], ...] = ()

    @property
    def minimises(self) -> bool:
        """Whether it leaves out columns by what they mean; then it leaves out those of which nobody knows that."""
        return bool(self.sensitivity or self.concepts or self.text)

    @property
    def without_numbers(self) -> bool:
        """Whether it leaves out national numbers, wherever they stand."""
        return "patient.insz" in self.concepts or "identity" in self.sensitivity

    @property
    def drops_misfits(self) -> bool:
        """Whether cells that do not fit their fields are not kept: what they hold is free text, about anything."""
        return bool(self.text) or "health" in self.sensitivity


class FieldDef(_Strict):
    """A custom field that Twenty must have where a line of the map fills it."""

    name: str
    type: str
    label: str
    options: dict[str, str] | None = None
    to: str | None = None
    inverse: str | None = None
    description: str = ""


class ObjectDef(_Strict):
    """An object of Twenty: a standard one with fields of ours, or a custom one."""

    custom: bool = False
    plural: str = ""
    label: str = ""
    labels: str = ""
    icon: str = ""
    description: str = ""
    fields: tuple[FieldDef, ...] = ()


class Line(_Strict):
    """One line: a column of the practice (or, in `derived`, cells that have a line already), and where it goes.

    `type` is that of the target field. `confidence` (0 to 1), `reasons` and `next` (the next best concepts) are what
    the proposer said; `asked` is what a language model said, where a person asked one.
    """

    column: str | None = None
    concept: str | None = None
    target: str | None = None
    type: str | None = None
    transform: str | None = None
    from_: tuple[str, ...] = Field(default=(), alias="from")
    with_: dict[str, Any] = Field(default_factory=dict, alias="with")
    decision: Decision = "load"
    confidence: float | None = None
    reasons: tuple[str, ...] = ()
    next: tuple[str, ...] = ()
    asked: str | None = None
    why: str | None = None
    note: str | None = None

    @property
    def next_best(self) -> tuple[tuple[str, float], ...]:
        """`next` as concepts with how likely each is, 0 to 1; 0 where a person has written anything else there."""
        return tuple((concept, _likelihood(number)) for concept, _, number in (one.partition(" ") for one in self.next))

    @property
    def loaded(self) -> bool:
        """Whether the line moves data."""
        return self.decision in LOADED

    @property
    def waits(self) -> bool:
        """Whether the line waits for a person's decision."""
        return self.decision.startswith("proposed")

    @property
    def object(self) -> str:
        """The target object: `person` of `person.name.lastName`."""
        return (self.target or "").split(".")[0]

    @property
    def field(self) -> str:
        """The target field: `name` of `person.name.lastName`."""
        return ".".join((self.target or "").split(".")[1:2])

    @property
    def part(self) -> str:
        """The part of the target field: `lastName` of `person.name.lastName`; empty where it has none."""
        return ".".join((self.target or "").split(".")[2:])


def _likelihood(text: str) -> float:
    try:
        likely = float(text)
    except ValueError:
        return 0.0
    return likely if 0 <= likely <= 1 else 0.0


class Source(_Strict):
    """One object of the practice: its file, its key, the object that each of its records becomes, its lines."""

    file: str
    key: tuple[str, ...]
    record: str | None = None
    keep: Literal["handover"] | None = None
    lines: tuple[Line, ...] = ()
    derived: tuple[Line, ...] = ()

    def all_lines(self) -> Iterator[Line]:
        """Lines of columns, then derived ones; only those that are loaded.

        What is left out is left out everywhere: no line takes text from a column whose own line does not move it.
        """
        away = {name for line in self.lines if not line.loaded for name in (line.column, line.concept) if name}
        for line in (*self.lines, *self.derived):
            if line.loaded and (kept := _without(line, away)) is not None:
                yield kept

    def column_of(self, name: str) -> str | None:
        """The column that a concept or a column's own name stands for, or None."""
        line = self.line_for(name)
        return line.column if line else None

    def line_for(self, name: str) -> Line | None:
        """The line of the column that a concept or a column's own name stands for, or None."""
        return next((one for one in self.lines if one.column is not None and name in {one.concept, one.column}), None)


def _without(line: Line, away: Collection[str]) -> Line | None:
    """The line without the cells of columns that are left out; None where nothing is left of it."""
    others = line.with_.get("otherwise")
    named = [one for one in others if isinstance(one, str)] if isinstance(others, list | tuple) else []
    gone = {*away}.intersection((*line.from_, *named))
    if not gone:
        return line
    if gone.intersection(line.from_) and line.transform != "title":
        return None
    settings = dict(line.with_)
    if isinstance(others, list | tuple):
        settings["otherwise"] = [one for one in others if one not in gone]
    from_ = tuple(one for one in line.from_ if one not in gone)
    return line.model_copy(update={"from_": from_, "with_": settings})


class MapDocument(_Strict):
    """The whole map. `nomenclature` is the version of the table that codes are judged by, empty where none are.

    `preset` is the one by which columns were left out when the map was proposed, `leaves_out` what it leaves out (None:
    nothing, or what the ready preset of that name says); it holds for later edits too.
    """

    bridgework_map: Literal[1] = 1
    preset: str = "complete"
    leaves_out: Preset | None = None
    nomenclature: str = ""
    formats: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    placeholders: tuple[str, ...] = ()
    repairs: tuple[Literal["mojibake"], ...] = ()
    values: dict[str, dict[str, tuple[str, ...]]] = Field(default_factory=dict)
    objects: dict[str, ObjectDef] = Field(default_factory=dict)
    sources: dict[str, Source] = Field(default_factory=dict)
    _places: dict[tuple[str | int, ...], int] = PrivateAttr(default_factory=dict)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a map; raises UsageError (MAP-NO-FILE, MAP-UNREADABLE, MAP-MALFORMED) with the line of each error."""
        try:
            content = path.read_bytes()
        except OSError as error:
            raise UsageError(
                "MAP-NO-FILE",
                "This map cannot be read.",
                where=str(path),
                why="it is a folder" if path.is_dir() else (error.strerror or "").lower(),
                next_step="name a file such as ../other/map.yaml",
            ) from None
        return cls.parse(yaml_text.decode(content, path.name), path.name)

    @classmethod
    def parse(cls, text: str, name: str = "map.yaml") -> Self:
        """Read a map from its text."""
        content, places = yaml_text.read(text, name)
        if not isinstance(content, Mapping):
            raise malformed.of_no_entries(content, name)
        try:
            document = cls.model_validate(content)
        except ValidationError as error:
            raise malformed.in_words(error, content, places, _entries(cls), name) from None
        document._places.update(places)  # noqa: SLF001 - its own, on an instance just made
        return document

    def save(self, path: Path) -> None:
        """Write the map, one line a field; replaces the file as a whole."""
        text = self.to_yaml()
        beside = path.with_name(path.name + ".new")
        beside.write_text(text, encoding="utf-8")
        beside.replace(path)

    def to_yaml(self) -> str:
        """The map as text."""
        return "\n".join(_write(_content(self))) + "\n"

    def digest(self) -> str:
        """Hex SHA-256 of what a person approves; comments, layout and what the proposer said do not count."""
        return hashlib.sha256(json.dumps(self.approved_content()).encode()).hexdigest()

    def approved_content(self) -> dict[str, Any]:
        """The content as plain data, without what the proposer or a model said of a line: it changes nothing loaded."""
        content = _content(self)
        for source in content.get("sources", {}).values():
            for lines in (source.get("lines", ()), source.get("derived", ())):
                for line in lines:
                    for name in _SAID:
                        line.pop(name, None)
        return content

    def problems(self, headers: Mapping[str, Sequence[str]] | None = None) -> list[Problem]:
        """What is wrong, by line; with the headers of the files (by source object) also what does not fit them."""
        return find(self, headers)

    def schema(self) -> NeededSchema:  # type: ignore[override]  # pydantic's own of this name is long deprecated
        """What Twenty must hold before the load."""
        return needed(self)

    def line_of(self, *path: str | int) -> int:
        """The line in the file of an entry of the map; 0 for a map that was not read from a file."""
        return yaml_text.line_of(self._places, path)

    def field_def(self, object_: str, field: str) -> FieldDef | None:
        """The definition of a custom field, or None."""
        found = self.objects.get(object_)
        return next((one for one in found.fields if one.name == field), None) if found else None


_SAID = ("confidence", "reasons", "next", "asked")


def _entries(document: type[MapDocument]) -> dict[str, list[str]]:
    """The names of the entries that each part of a map may have."""
    parts: dict[str, type[BaseModel]] = {
        "": document,
        "line": Line,
        "field": FieldDef,
        "source": Source,
        "object": ObjectDef,
    }
    return {name: [one.alias or key for key, one in part.model_fields.items()] for name, part in parts.items()}


_HEAD = """\
# What each column of the practice's export becomes in Twenty. Edit it freely: `bridgework map check DIR` checks it,
# and nothing is loaded before it is approved. Each column has exactly one line. `decision: proposed` waits for a
# person, who makes it `load`, or `leave-out` with a `why` (as does `proposed-leave-out`). `derived` lines fill a
# field from columns that have their own line already. `repairs: [mojibake]` mends letters that were damaged before
# the export (`Ã©` for é); each is counted, and the cell kept in the import remarks. After an edit, `bridgework map
# diff DIR` shows what changed since the approval. Comments of your own are lost when a command writes this file: say
# it in the `note:` of a line, which stays.
bridgework_map: 1
"""


def _content(document: MapDocument) -> dict[str, Any]:
    content: dict[str, Any] = document.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return {"bridgework_map": document.bridgework_map, **content}


def _write(content: dict[str, Any]) -> Iterator[str]:
    yield _HEAD
    if "preset" in content:
        yield f"preset: {yaml_text.flow(content['preset'])}\n"
    if "leaves_out" in content:
        yield f"leaves_out: {yaml_text.flow(content['leaves_out'])}\n"
    if "nomenclature" in content:
        yield f"nomenclature: {yaml_text.flow(content['nomenclature'])}\n"
    if "placeholders" in content:
        yield f"placeholders: {yaml_text.flow(content['placeholders'])}\n"
    if "repairs" in content:
        yield f"repairs: {yaml_text.flow(content['repairs'])}\n"
    for name in ("formats", "values", "objects", "sources"):
        if name in content:
            yield f"{name}:"
            yield from _write_section(name, content[name])
            yield ""


def _write_section(name: str, section: Mapping[str, Any]) -> Iterator[str]:
    for key, value in section.items():
        if name == "formats" or not value:
            yield f"  {yaml_text.flow(key)}: {yaml_text.flow(value)}"
            continue
        yield f"  {yaml_text.flow(key)}:"
        for inner, item in value.items():
            if inner in {"fields", "lines", "derived"} and name != "values":
                yield f"    {inner}:"
                yield from (f"      - {yaml_text.flow(one)}" for one in item)
            else:
                yield f"    {yaml_text.flow(inner)}: {yaml_text.flow(item)}"
