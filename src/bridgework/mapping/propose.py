"""A map for the columns that are there: each gets exactly one line, and none vanishes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from bridgework.belgium.nomenclature_table import Table
from bridgework.mapping import names, standard
from bridgework.mapping.catalogue import Kind, Meaning, builtin
from bridgework.mapping.document import FieldDef, Line, MapDocument, ObjectDef, Source
from bridgework.mapping.proposer.columns import Proposal, propose_columns
from bridgework.mapping.proposer.evidence import Column
from bridgework.mapping.recognise import as_object
from bridgework.mapping.taken import field_name, taken
from bridgework.mapping.target import SOURCE_ID
from bridgework.mapping.transforms import JUDGES_CODES, TRANSFORMS, side_fields
from bridgework.mapping.words import given

EMPTY = "the column is empty in every row"
"""Why a column is left out that holds nothing."""

_NEXT_BEST = 3

Inferred = Literal["empty", "text", "number", "date", "moment", "boolean", "money"]


@dataclass(frozen=True, slots=True)
class ProfiledColumn:
    """One column of a file: its header, and what its cells look like as a whole.

    `cells` are those of some rows, for the proposer to look at; `links` says which share of them are keys of another
    object's records. Without them the header alone speaks.
    """

    header: str
    inferred: Inferred = "text"
    filled: int = 1
    cells: Sequence[str] = field(default=(), repr=False)
    links: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ProfiledFile:
    """One file of the export, with the object that it holds. `key_headers` empty: those of the built-in map.

    `clear`: nothing speaks for another object, or a person said it.
    """

    file: str
    object: str
    columns: Sequence[ProfiledColumn]
    key_headers: Sequence[str] = ()
    clear: bool = True


@dataclass(slots=True)
class _Building:
    """The objects of Twenty while custom fields are added to them."""

    objects: dict[str, ObjectDef]
    added: dict[str, list[FieldDef]] = field(default_factory=dict)

    def type_of(self, target: str) -> str | None:
        """The type of the field that a target names, or None where nobody knows it."""
        object_, _, rest = target.partition(".")
        name = rest.partition(".")[0]
        if name == SOURCE_ID:
            return "TEXT"
        own = (
            next((one.type for one in self.objects[object_].fields if one.name == name), None)
            if (object_ in self.objects)
            else None
        )
        custom = object_ in self.objects and self.objects[object_].custom
        return own or (standard.CUSTOM_OBJECT if custom else standard.OBJECTS.get(object_, {})).get(name)

    def add(self, object_: str, header: str, kind: str) -> str:
        """A new custom field for a column; the name that it got."""
        name = field_name(header, kind, taken(object_, self.objects, self.added.get(object_, ())))
        note = "A column of the practice that the built-in map does not know"
        self.added.setdefault(object_, []).append(
            FieldDef(name=name, type=kind, label=names.label(header) or name, description=note)
        )
        return name


def propose(files: Iterable[ProfiledFile], nomenclature: Table | None = None, *, embed: bool = False) -> MapDocument:
    """Instantiate the built-in map for these files. Files of objects that it does not have are not in it.

    `nomenclature` is the table that codes will be judged by, the shipped one where there is no other; `embed` asks the
    embedding about unclear headers.
    """
    catalogue = builtin()
    known = united(one for one in files if one.object in catalogue.sources)
    order = list(catalogue.sources)
    known.sort(key=lambda one: order.index(one.object))
    present = {one.object for one in known}
    building = _Building(dict(catalogue.objects))
    sources = {one.object: _source(one, catalogue.sources[one.object], present, building, embed=embed) for one in known}
    records = {source.record for source in sources.values()}
    objects = {
        name: one.model_copy(update={"fields": (*_fields(one, sources, name), *building.added.get(name, ()))})
        for name, one in building.objects.items()
        if name in records
    }
    lists = {line.with_.get("values") for source in sources.values() for line in source.all_lines()}
    judged = any(line.transform in JUDGES_CODES for source in sources.values() for line in source.all_lines())
    return MapDocument(
        nomenclature=(nomenclature or Table.builtin()).version if judged else "",
        formats=catalogue.formats,
        placeholders=catalogue.placeholders,
        values={name: words for name, words in catalogue.values.items() if name in lists},
        objects=objects,
        sources=sources,
    )


def united(files: Iterable[ProfiledFile]) -> list[ProfiledFile]:
    """One file an object: those of several files with the columns of all, each once."""
    parts: dict[str, list[ProfiledFile]] = {}
    for one in files:
        parts.setdefault(one.object, []).append(one)
    return [
        ProfiledFile(
            ", ".join(one.file for one in several),
            object_,
            list({column.header: column for one in several for column in one.columns}.values()),
            several[0].key_headers,
            all(one.clear for one in several),
        )
        for object_, several in parts.items()
    ]


def _fields(one: ObjectDef, sources: Mapping[str, Source], name: str) -> list[FieldDef]:
    """The custom fields that the map uses: the others would only be in the way of a reader."""
    lines = [line for source in sources.values() for line in source.all_lines() if line.object == name]
    used = {line.field for line in lines} | {text for line in lines for text in side_fields(line)}
    return [field_def for field_def in one.fields if field_def.name in used]


def _source(file: ProfiledFile, kind: Kind, present: Collection[str], building: _Building, *, embed: bool) -> Source:
    columns = [Column(given(one.header), one.cells, one.links) for one in file.columns]
    proposals = propose_columns(file.object, columns, embed=embed, clear=file.clear)
    found = _meanings(file.columns, proposals, kind)
    headers = [column.header for column in file.columns]
    key = tuple(file.key_headers)
    if not key and (described := as_object(file.object, headers, file.file)) is not None:
        key = described.key_headers
    lines: list[Line] = []
    for column, proposal in zip(file.columns, proposals, strict=True):
        meaning = found.get(column.header)
        said = _said(proposal, meaning)
        if kind.keep == "handover":
            concept = meaning.concept if meaning else None
            lines.append(Line(column=column.header, concept=concept, decision="handover", **said))
        elif meaning is not None and _can_link(meaning.with_, present):
            lines.append(_mapped(column.header, meaning, building, said))
        else:
            lines.append(_unmapped(column, kind.record or "", meaning, building, said))
    concepts = {line.concept for line in lines if line.concept}
    return Source(
        file=file.file,
        key=key,
        record=kind.record,
        keep=kind.keep,
        lines=tuple(_known_cells(line, concepts) for line in lines),
        derived=tuple(_derived(kind, concepts, present)),
    )


def _meanings(columns: Sequence[ProfiledColumn], proposals: Sequence[Proposal], kind: Kind) -> dict[str, Meaning]:
    """Header → meaning, one to one; but a column that is left over may share a field that takes several lines."""
    by_concept = {one.concept: one for one in kind.lines}
    found = {
        column.header: by_concept[one.concept]
        for column, one in zip(columns, proposals, strict=True)
        if one.concept is not None
    }
    for column, one in zip(columns, proposals, strict=True):
        if column.header in found or not one.candidates:
            continue
        for best in (by_concept[candidate.concept] for candidate in one.candidates):
            if best.rank(column.header) is not None and best.transform and TRANSFORMS[best.transform].shares:
                found[column.header] = best
                break
    return _without_rivals(found)


def _without_rivals(found: Mapping[str, Meaning]) -> dict[str, Meaning]:
    """Without lines for a whole field of which other lines fill the parts: `Naam + voornaam` beside the two."""
    parts = {one.target.rpartition(".")[0] for one in found.values() if one.target and one.target.count(".") > 1}
    return {header: one for header, one in found.items() if one.target not in parts}


def _derived(kind: Kind, concepts: Collection[str], present: Collection[str]) -> Iterator[Line]:
    """The built-in lines whose cells are there; a title takes those that are."""
    for line in kind.derived:
        there = tuple(name for name in line.from_ if name in concepts)
        if _can_link(line.with_, present) and (there == line.from_ or (line.transform == "title" and there)):
            yield line.model_copy(update={"from_": there})


def _can_link(settings: Mapping[str, Any], present: Collection[str]) -> bool:
    """Whether the objects that a line looks at are in the export."""
    return all(settings.get(name) is None or settings[name] in present for name in ("object", "lookup"))


def _said(proposal: Proposal, meaning: Meaning | None) -> dict[str, Any]:
    """What the proposer says of a column, as its line has it."""
    others = [one for one in proposal.candidates if meaning is None or one.concept != meaning.concept]
    return {
        "confidence": round(proposal.confidence, 2) if meaning is not None else 0.0,
        "reasons": proposal.reasons if meaning is not None else (),
        "next": tuple(f"{one.concept} {one.confidence:.2f}" for one in others[:_NEXT_BEST]),
    }


def _mapped(header: str, meaning: Meaning, building: _Building, said: Mapping[str, Any]) -> Line:
    same = meaning.model_dump(include={"concept", "target", "transform", "with_", "note"}, by_alias=True)
    kind = building.type_of(meaning.target or "")
    return Line.model_validate({"column": header, "type": kind, "decision": "proposed", **same, **said})


_TYPES: dict[Inferred, tuple[str, str]] = {
    "text": ("TEXT", "text"),
    "number": ("NUMBER", "number"),
    "date": ("DATE", "date"),
    "moment": ("DATE_TIME", "moment"),
    "boolean": ("BOOLEAN", "boolean"),
    "money": ("CURRENCY", "money"),
}


def _unmapped(
    column: ProfiledColumn, record: str, meaning: Meaning | None, building: _Building, said: Mapping[str, Any]
) -> Line:
    if column.inferred == "empty" or not column.filled:
        return Line(column=column.header, decision="leave-out", why=EMPTY)
    kind, transform = _TYPES[column.inferred] if meaning is None else _TYPES["text"]
    name = building.add(record, column.header, kind)
    why = "the built-in map has no line for it: kept as a custom field"
    if meaning is not None:
        other = meaning.with_.get("object") or meaning.with_.get("lookup")
        why = f"the export has no {other} file to link to: kept as text"
    return Line(
        column=column.header,
        concept=meaning.concept if meaning else None,
        target=f"{record}.{name}",
        type=kind,
        transform=transform,
        decision="proposed",
        why=why,
        **said,
    )


def _known_cells(line: Line, concepts: Collection[str]) -> Line:
    """The line without stand-ins that this export does not have."""
    others = line.with_.get("otherwise")
    if not isinstance(others, list | tuple):
        return line
    settings = {name: value for name, value in line.with_.items() if name != "otherwise"}
    if kept := [one for one in others if one in concepts]:
        settings["otherwise"] = kept
    return line.model_copy(update={"with_": settings})
