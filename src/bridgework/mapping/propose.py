"""A map for the columns that are there: each gets exactly one line, and none vanishes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bridgework.belgium.nomenclature_table import Table
from bridgework.mapping import cells, names, standard, told
from bridgework.mapping.catalogue import Kind, Meaning, builtin
from bridgework.mapping.completing import can_link, derived_of, known_cells, with_files_attached
from bridgework.mapping.document import FieldDef, Line, MapDocument, ObjectDef, Source
from bridgework.mapping.inferring import Inferred
from bridgework.mapping.proposer.columns import Proposal, propose_columns
from bridgework.mapping.proposer.evidence import Column
from bridgework.mapping.recognise import as_object
from bridgework.mapping.taken import field_name, taken
from bridgework.mapping.target import SOURCE_ID
from bridgework.mapping.transforms import JUDGES_CODES, TRANSFORMS, fields_named, shares_field
from bridgework.mapping.words import given

EMPTY = "the column is empty in every row"
"""Why a column is left out that holds nothing."""

_UNKNOWN = "no meaning of the built-in map fits it well: kept as a custom field"
_NEXT_BEST = 3
_WORTH_NAMING = 0.01  # the first of the next best is named whatever it is, a further one from here on


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
    """The objects of Twenty while custom fields are added to them, and the sources of the map so far."""

    objects: dict[str, ObjectDef]
    added: dict[str, list[FieldDef]] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)

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
    for one in known:
        building.sources[one.object] = _source(one, catalogue.sources[one.object], present, building, embed=embed)
    sources = building.sources
    records = {source.record for source in sources.values()}
    objects = {
        name: one.model_copy(update={"fields": (*_fields(one, sources, name), *building.added.get(name, ()))})
        for name, one in building.objects.items()
        if name in records
    }
    lists = {line.with_.get("values") for source in sources.values() for line in source.all_lines()}
    judged = any(line.transform in JUDGES_CODES for source in sources.values() for line in source.all_lines())
    made = MapDocument(
        nomenclature=(nomenclature or Table.builtin()).version if judged else "",
        formats=catalogue.formats,
        placeholders=catalogue.placeholders,
        values={name: words for name, words in catalogue.values.items() if name in lists},
        objects=objects,
        sources=sources,
    )
    return with_files_attached(made)


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
    """The custom fields that lines fill or look at: the others would only be in the way of a reader."""
    lines = [line for source in sources.values() for line in source.all_lines() if line.object == name]
    used = {text for line in lines for text in fields_named(line)}
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
        if meaning is not None and proposal.opposite:
            meaning = _opposite(meaning)
        if kind.keep == "handover":
            concept = meaning.concept if meaning else None
            lines.append(Line(column=column.header, concept=concept, decision="handover", **said))
            continue
        why = _no_place(meaning, column.header, key, found, building, present) if meaning is not None else _UNKNOWN
        if meaning is not None and not why:
            lines.append(_mapped(column, meaning, building, said))
        else:
            lines.append(_unmapped(column, kind.record or "", meaning, building, {**said, "why": why}))
    concepts = {line.concept for line in lines if line.concept}
    filled = {line.target for line in lines}
    return Source(
        file=file.file,
        key=key,
        record=kind.record,
        keep=kind.keep,
        lines=tuple(known_cells(line, concepts) for line in lines),
        derived=tuple(
            one for one in derived_of(kind, concepts, present) if shares_field(one) or one.target not in filled
        ),
    )


def _meanings(columns: Sequence[ProfiledColumn], proposals: Sequence[Proposal], kind: Kind) -> dict[str, Meaning]:
    """Header → meaning, one to one; but a column that is left over may share a field that takes several lines."""
    by_concept = kind.meanings
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


def _no_place(
    meaning: Meaning,
    header: str,
    key: Collection[str],
    found: Mapping[str, Meaning],
    building: _Building,
    present: Collection[str],
) -> str:
    """Why what the built-in map fills does not take the column; empty where it does."""
    settings = meaning.with_
    if not can_link(settings, present):
        return f"the export has no {settings.get('object') or settings.get('lookup')} file to link to: kept as text"
    if meaning.transform == "key" and header not in key:
        return "the rows have another key: kept as text"
    day = f"{(meaning.target or '').removesuffix('.time')}.date"
    if meaning.transform == "time" and all(one.target != day for one in found.values()):
        return "no column has its day: kept as text"
    if meaning.transform == "member" and building.sources[settings["object"]].column_of(settings["email"]) is None:
        return f"no column has the e-mail address of each {settings['object']}: kept as text"
    return ""


def _said(proposal: Proposal, meaning: Meaning | None) -> dict[str, Any]:
    """What the proposer says of a column, as its line has it."""
    others = [one for one in proposal.candidates if meaning is None or one.concept != meaning.concept]
    return {
        "confidence": proposal.confidence if meaning is not None else 0.0,
        "reasons": proposal.reasons if meaning is not None else (),
        "next": tuple(
            f"{one.concept} {one.confidence:.2f}"
            for number, one in enumerate(others[:_NEXT_BEST])
            if not number or one.confidence >= _WORTH_NAMING
        ),
    }


def _mapped(column: ProfiledColumn, meaning: Meaning, building: _Building, said: Mapping[str, Any]) -> Line:
    same = meaning.model_dump(include={"concept", "target", "transform", "with_", "note"}, by_alias=True)
    kind = building.type_of(meaning.target or "")
    line = Line.model_validate({"column": column.header, "type": kind, "decision": "proposed", **same, **said})
    return _with_told(line, column, known=True)


def _with_told(line: Line, column: ProfiledColumn, *, known: bool) -> Line:
    """The line with the settings that its column tells."""
    found, reasons = told.settings(line.transform, line.with_, given(column.header), column.cells, known=known)
    return line.model_copy(update={"with_": found, "reasons": (*line.reasons, *reasons)})


_TYPES: dict[Inferred, tuple[str, str]] = {
    "text": ("TEXT", "text"),
    "number": ("NUMBER", "number"),
    "date": ("DATE", "date"),
    "moment": ("DATE_TIME", "moment"),
    "boolean": ("BOOLEAN", "boolean"),
    "money": ("CURRENCY", "money"),
}


def _opposite(meaning: Meaning) -> Meaning:
    """For a header that says the opposite, such as `Inactief`: yes is read as no, and no as yes."""
    if meaning.transform != "boolean":
        return meaning
    return meaning.model_copy(update={"with_": {**meaning.with_, "yes": cells.NO, "no": cells.YES}})


def _unmapped(
    column: ProfiledColumn, record: str, meaning: Meaning | None, building: _Building, said: Mapping[str, Any]
) -> Line:
    if column.inferred == "empty" or not column.filled:
        return Line(column=column.header, decision="leave-out", why=EMPTY)
    kind, transform = _TYPES[column.inferred] if meaning is None else _TYPES["text"]
    name = building.add(record, column.header, kind)
    line = Line(
        column=column.header,
        concept=meaning.concept if meaning else None,
        target=f"{record}.{name}",
        type=kind,
        transform=transform,
        decision="proposed",
        **said,
    )
    return _with_told(line, column, known=False)
