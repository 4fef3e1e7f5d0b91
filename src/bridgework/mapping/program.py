"""The lines of one source object compiled into one program: which fields are filled, in which order, for which step."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from bridgework.mapping import standard
from bridgework.mapping.document import MapDocument, Source
from bridgework.mapping.fields import Column, Fill
from bridgework.mapping.readings import ReadingMaker
from bridgework.mapping.target import Context
from bridgework.mapping.transforms import TRANSFORMS

_STAMPS = ("createdAt", "updatedAt")
_BODY = ("note-text", "note-line", "file-link")
_LOOKS_AT = frozenset({"insz", "code-status", "code-valid", "task-status", *_BODY})


@dataclass(slots=True)
class Program:
    """What to do with a row. `record` fills the record itself, `stamps` its moments only, `target` the link between."""

    record: list[Fill] = field(default_factory=list)
    stamps: list[Fill] = field(default_factory=list)
    file: list[Fill] = field(default_factory=list)
    target: list[Fill] = field(default_factory=list)
    target_object: str = ""
    target_column: str = ""
    file_column: str = ""
    attach: str = ""
    attach_link: list[Fill] = field(default_factory=list)
    own_kind: str = ""
    fields: set[str] = field(default_factory=set)


def compile_source(document: MapDocument, name: str, source: Source, context: Context) -> Program:
    """Compile one source object. The map must be without problems."""
    maker = ReadingMaker(document, name, source, context)
    columns = [maker.column(line) for line in source.all_lines() if line.transform != "key"]
    program = Program()
    for group in _groups(one for one in columns if one.line.object == source.record):
        fill = _fill(maker, group)
        program.record.append(fill)
        program.fields.add(group[0].line.field)
        if group[0].line.field in _STAMPS:
            program.stamps.append(fill)
        _special(program, name, group[0], fill)
    for one in columns:
        if one.line.object in standard.TARGET_OBJECTS:
            program.target_object, program.target_column = one.line.object, one.name
            program.target.append(maker.reference(one))
            program.record.append(maker.reference(one, guard=True))
    if program.attach:
        program.attach_link = _attach_link(maker, columns, program.attach)
    return program


def _special(program: Program, name: str, column: Column, fill: Fill) -> None:
    if column.line.transform == "file":
        program.file_column, program.attach = column.name, column.settings.attach
        program.file.append(fill)
    if column.line.transform == "reference" and column.settings.object == name:
        program.own_kind = column.name


def _groups(columns: Iterable[Column]) -> list[list[Column]]:
    """Lines by field, in their order; those that look at what is there already (derived ones, INSZ, bodies) come last.

    The parts of a field are one value, wherever they come from, as are the paragraphs of a body; some of these are
    cells that another line has read before.
    """
    groups: dict[tuple[str, bool], list[Column]] = {}
    for one in columns:
        several = bool(one.line.part) or TRANSFORMS[one.line.transform or ""].shares
        apart = one.line.column is None and not several
        groups.setdefault((one.line.field, apart), []).append(one)
    ordered = sorted(groups.items(), key=lambda one: one[0][1] or one[1][0].line.transform in _LOOKS_AT)
    return [sorted(group, key=lambda one: one.settings.order) for _, group in ordered]


def _fill(maker: ReadingMaker, group: list[Column]) -> Fill:
    first, parts = group[0], {one.line.part: one for one in group if one.line.part}
    transform = first.line.transform or ""
    if transform in {"date", "time"} and parts:
        return maker.date_and_time(parts)
    if transform in (by_part := {"name": maker.name_parts, "address": maker.address}):
        return by_part[transform](parts)
    shared = {"emails": maker.emails, "phones": maker.phones, "text": maker.text}
    if transform in (shared := shared | dict.fromkeys(_BODY, maker.body)):
        return shared[transform](group)
    return _single(maker, transform)(first)


def _single(maker: ReadingMaker, transform: str) -> Callable[[Column], Fill]:
    makers: dict[str, Callable[[Column], Fill]] = {
        "number": maker.number,
        "money": maker.money,
        "boolean": maker.boolean,
        "select": maker.select,
        "insz": maker.insz,
        "constant": maker.constant,
        "name-split": maker.name_split,
        "address-split": maker.address_split,
        "code": maker.code,
        "entitlement": maker.entitlement,
        "tooth": maker.tooth,
        "tooth-fdi": maker.tooth_fdi,
        "tooth-notation": maker.tooth_notation,
        "number-status": maker.number_status,
        "code-status": maker.code_status,
        "code-valid": maker.code_valid,
        "code-table": maker.code_table,
        "date": maker.date,
        "moment": maker.moment,
        "task-status": maker.task_status,
        "title": maker.title,
        "file": maker.file,
        "reference": maker.reference,
        "member": maker.member,
    }
    return makers[transform]


def _attach_link(maker: ReadingMaker, columns: list[Column], attach: str) -> list[Fill]:
    """What links an attachment to its record: the patient of a document, or the invoice itself (then nothing)."""
    return [maker.reference(one) for one in columns if one.line.transform == "reference" and one.line.field == attach]
