"""A map for the columns that are there: each gets exactly one line, and none vanishes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from bridgework.belgium.nomenclature_table import Table
from bridgework.mapping import names, standard
from bridgework.mapping.catalogue import Kind, Meaning, builtin
from bridgework.mapping.document import FieldDef, Line, MapDocument, ObjectDef, Source
from bridgework.mapping.recognise import as_object
from bridgework.mapping.target import REMARKS, SOURCE_ID
from bridgework.mapping.transforms import JUDGES_CODES, TRANSFORMS, side_fields

Inferred = Literal["empty", "text", "number", "date", "moment", "boolean", "money"]


@dataclass(frozen=True, slots=True)
class ProfiledColumn:
    """One column of a file: its header, and what its cells look like as a whole."""

    header: str
    inferred: Inferred = "text"
    filled: int = 1


@dataclass(frozen=True, slots=True)
class ProfiledFile:
    """One file of the export, with the object that it holds. `key_headers` empty: those of the built-in map."""

    file: str
    object: str
    columns: Sequence[ProfiledColumn]
    key_headers: Sequence[str] = ()


@dataclass(slots=True)
class _Building:
    """The objects of Twenty while custom fields are added to them."""

    objects: dict[str, ObjectDef]
    added: dict[str, list[FieldDef]] = field(default_factory=dict)

    def taken(self, object_: str) -> set[str]:
        one = self.objects[object_]
        known = standard.CUSTOM_OBJECT if one.custom else standard.OBJECTS.get(object_, {})
        inverse = {names.camel(f.inverse or "") for o in self.objects.values() for f in o.fields if f.to == object_}
        fields = [*one.fields, *self.added.get(object_, [])]
        joins = {f"{f.name}Id" for f in fields if f.type == "RELATION"}
        return {*known, *(f.name for f in fields), *joins, *inverse, SOURCE_ID, REMARKS}

    def add(self, object_: str, header: str, kind: str) -> str:
        """A new custom field for a column; the name that it got."""
        name = names.field_name(header, self.taken(object_))
        note = "A column of the practice that the built-in map does not know"
        self.added.setdefault(object_, []).append(
            FieldDef(name=name, type=kind, label=names.label(header) or name, description=note)
        )
        return name


def propose(files: Iterable[ProfiledFile], nomenclature: Table | None = None) -> MapDocument:
    """Instantiate the built-in map for these files. Files of objects that it does not have are not in it.

    `nomenclature` is the table that codes will be judged by, the shipped one where there is no other.
    """
    catalogue = builtin()
    known = _united(one for one in files if one.object in catalogue.sources)
    order = list(catalogue.sources)
    known.sort(key=lambda one: order.index(one.object))
    present = {one.object for one in known}
    building = _Building(dict(catalogue.objects))
    sources = {one.object: _source(one, catalogue.sources[one.object], present, building) for one in known}
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


def _united(files: Iterable[ProfiledFile]) -> list[ProfiledFile]:
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
        )
        for object_, several in parts.items()
    ]


def _fields(one: ObjectDef, sources: Mapping[str, Source], name: str) -> list[FieldDef]:
    """The custom fields that the map uses: the others would only be in the way of a reader."""
    lines = [line for source in sources.values() for line in source.all_lines() if line.object == name]
    used = {line.field for line in lines} | {text for line in lines for text in side_fields(line)}
    return [field_def for field_def in one.fields if field_def.name in used]


def _source(file: ProfiledFile, kind: Kind, present: Collection[str], building: _Building) -> Source:
    found = _assign(file.columns, kind)
    headers = [column.header for column in file.columns]
    described = as_object(file.object, headers, file.file)
    key = tuple(file.key_headers) or (described.key_headers if described else ())
    lines: list[Line] = []
    for column in file.columns:
        meaning = found.get(column.header)
        if kind.keep == "handover":
            concept = meaning.concept if meaning else None
            lines.append(Line(column=column.header, concept=concept, decision="handover"))
        elif meaning is not None and _can_link(meaning.with_, present):
            lines.append(_mapped(column.header, meaning))
        else:
            lines.append(_unmapped(column, kind.record or "", meaning, building))
    concepts = {line.concept for line in lines if line.concept}
    derived = [
        line for line in kind.derived if all(name in concepts for name in line.from_) and _can_link(line.with_, present)
    ]
    return Source(
        file=file.file,
        key=key,
        record=kind.record,
        keep=kind.keep,
        lines=tuple(_known_cells(line, concepts) for line in lines),
        derived=tuple(derived),
    )


def _assign(columns: Sequence[ProfiledColumn], kind: Kind) -> dict[str, Meaning]:
    """Header → meaning, one to one but for meanings whose field takes several lines; usual words go first."""
    ranked = [
        (rank, place, number, column.header, meaning)
        for number, column in enumerate(columns)
        for place, meaning in enumerate(kind.lines)
        if (rank := meaning.rank(column.header)) is not None
    ]
    found: dict[str, Meaning] = {}
    taken: set[str] = set()
    for _, _, _, header, meaning in sorted(ranked, key=lambda one: one[:3]):
        several = meaning.transform is not None and TRANSFORMS[meaning.transform].shares
        if header not in found and (meaning.concept not in taken or several):
            found[header] = meaning
            taken.add(meaning.concept)
    return found


def _can_link(settings: Mapping[str, Any], present: Collection[str]) -> bool:
    """Whether the objects that a line looks at are in the export."""
    return all(settings.get(name) is None or settings[name] in present for name in ("object", "lookup"))


def _mapped(header: str, meaning: Meaning) -> Line:
    same = meaning.model_dump(include={"concept", "target", "transform", "with_", "note"}, by_alias=True)
    return Line.model_validate({"column": header, **same})


_TYPES: dict[Inferred, tuple[str, str]] = {
    "text": ("TEXT", "text"),
    "number": ("NUMBER", "number"),
    "date": ("DATE", "date"),
    "moment": ("DATE_TIME", "moment"),
    "boolean": ("BOOLEAN", "boolean"),
    "money": ("CURRENCY", "money"),
}


def _unmapped(column: ProfiledColumn, record: str, meaning: Meaning | None, building: _Building) -> Line:
    if column.inferred == "empty" or not column.filled:
        why = "the column is empty in every row"
        return Line(column=column.header, decision="leave-out", why=why)
    kind, transform = _TYPES[column.inferred] if meaning is None else _TYPES["text"]
    name = building.add(record, column.header, kind)
    why = "the built-in map has no line for it: kept as a custom field"
    if meaning is not None:
        other = meaning.with_.get("object") or meaning.with_.get("lookup")
        why = f"the export has no {other} file to link to: kept as text"
    concept = meaning.concept if meaning else None
    return Line(column=column.header, concept=concept, target=f"{record}.{name}", transform=transform, why=why)


def _known_cells(line: Line, concepts: Collection[str]) -> Line:
    """The line without stand-ins that this export does not have."""
    others = line.with_.get("otherwise")
    if not isinstance(others, list | tuple):
        return line
    settings = {name: value for name, value in line.with_.items() if name != "otherwise"}
    if kept := [one for one in others if one in concepts]:
        settings["otherwise"] = kept
    return line.model_copy(update={"with_": settings})
