"""What a changed line needs beside it: fields, pick-lists, derived lines, and what other lines say of its cells."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from bridgework.belgium.nomenclature_table import Table
from bridgework.mapping import standard
from bridgework.mapping.catalogue import Kind, builtin, meanings_of
from bridgework.mapping.document import FieldDef, Line, MapDocument, ObjectDef, Source
from bridgework.mapping.problems_settings import attachable
from bridgework.mapping.target import REMARKS, SOURCE_ID
from bridgework.mapping.transforms import JUDGES_CODES, TRANSFORMS, fields_named, shares_field

AnyTable = Callable[[], Table]
"""Gives the table that codes are judged by; asked only where the map needs its version."""


def completed(document: MapDocument, known: MapDocument | None = None, table: AnyTable = Table.builtin) -> MapDocument:
    """The map with every field and pick-list that its lines name: from `known` where it has them, else built in.

    Where lines judge codes and the map does not say by which table, it says that of `table`.
    """
    objects, values, version = dict(document.objects), dict(document.values), document.nomenclature
    for source in document.sources.values():
        for line in source.all_lines():
            for name in fields_named(line):
                _field(objects, line.object, name, known)
            wanted = line.with_.get("values")
            if isinstance(wanted, str) and wanted not in values:
                found = (known.values if known else {}).get(wanted) or builtin().values.get(wanted)
                if found is not None:
                    values[wanted] = found
            if line.transform in JUDGES_CODES:
                version = version or table().version
    return document.model_copy(update={"objects": objects, "values": values, "nomenclature": version})


def can_link(settings: Mapping[str, Any], present: Collection[str]) -> bool:
    """Whether the objects that a line looks at are in the export."""
    return all(settings.get(name) is None or settings[name] in present for name in ("object", "lookup"))


def known_cells(line: Line, concepts: Collection[str | None]) -> Line:
    """The line without stand-ins that this export does not have."""
    others = line.with_.get("otherwise")
    if not isinstance(others, list | tuple):
        return line
    return _standing_in(line, [one for one in others if one in concepts])


def derived_of(kind: Kind | None, concepts: Collection[str | None], present: Collection[str]) -> Iterator[Line]:
    """The built-in derived lines whose cells are there; a title takes those that are."""
    for line in kind.derived if kind is not None else ():
        there = tuple(name for name in line.from_ if name in concepts)
        if can_link(line.with_, present) and (there == line.from_ or (line.transform == "title" and there)):
            yield line.model_copy(update={"from_": there})


def with_files_attached(document: MapDocument, before: MapDocument | None = None) -> MapDocument:
    """The map with files attached to the rows' own records, where the record is not linked that they would go to.

    Where a link is new since `before`, the files of the built-in map go to it again.
    """
    sources = {
        name: one.model_copy(update={"lines": tuple(_attached(document, name, line, before) for line in one.lines)})
        for name, one in document.sources.items()
    }
    return document.model_copy(update={"sources": sources})


def _attached(document: MapDocument, name: str, line: Line, before: MapDocument | None) -> Line:
    attach = line.with_.get("attach")
    if line.transform != "file" or not isinstance(attach, str):
        return line
    own, *_ = known = attachable(document, document.sources[name])
    wanted = _built_in(name, line, "attach")
    is_new = before is not None and wanted in known and wanted not in attachable(before, before.sources[name])
    to = wanted if is_new and attach == own else attach if attach in known else own
    return line if to == attach else line.model_copy(update={"with_": {**line.with_, "attach": to}})


def _built_in(source: str, line: Line, setting: str) -> Any:
    """A setting that the built-in map gives a line of this meaning; None where it gives none."""
    meaning = meanings_of(source).get(line.concept or "")
    return meaning.with_.get(setting) if meaning is not None else None


# --- after an edit -------------------------------------------------------------------------------------------------


def fitted(before: MapDocument, after: MapDocument, source: str, made: Line) -> MapDocument:
    """The map after an edit of a column's line (`made`), with what hung on that column's cells put right.

    Built-in derived lines come and go with the cells that they take; a line that took a cell that is no more goes too,
    or does without. Nothing else that a person changed is changed.
    """
    old, new = before.sources[source], after.sources[source]
    lines = tuple(_fit_stand_ins(line, old, new, source) for line in new.lines)
    lines = tuple(_without_meaning(line, made) for line in lines)
    one = new.model_copy(update={"lines": lines})
    one = one.model_copy(update={"derived": tuple(_derived(old, one, source, made, after.sources))})
    return with_files_attached(after.model_copy(update={"sources": {**after.sources, source: one}}), before)


def _without_meaning(line: Line, made: Line) -> Line:
    """Another line that had the meaning of the new one has none any more, unless both fill the same field together."""
    if line.column == made.column or made.concept is None or line.concept != made.concept:
        return line
    return line if line.loaded and line.target == made.target else line.model_copy(update={"concept": None})


def _concepts(source: Source) -> set[str | None]:
    return {line.concept for line in source.lines if line.concept}


def _fit_stand_ins(line: Line, old: Source, new: Source, source: str) -> Line:
    """Stand-ins of the built-in map come and go with their cells; of a person's own only what is no more goes."""
    others = line.with_.get("otherwise")
    all_ = _built_in(source, line, "otherwise")
    if isinstance(all_, list | tuple) and line.transform == "text":
        was, now = _concepts(old), _concepts(new)
        if list(others or ()) in ([*all_], [one for one in all_ if one in was]):
            return _standing_in(line, [one for one in all_ if one in now])
    if not isinstance(others, list | tuple):
        return line
    return _standing_in(line, [one for one in others if not _is_gone(one, old, new)])


def _standing_in(line: Line, others: list[Any]) -> Line:
    settings = {name: value for name, value in line.with_.items() if name != "otherwise"}
    if others:
        settings["otherwise"] = others
    return line if settings == line.with_ else line.model_copy(update={"with_": settings})


def _is_gone(name: Any, old: Source, new: Source) -> bool:
    return isinstance(name, str) and new.column_of(name) is None and old.column_of(name) is not None


def _derived(old: Source, new: Source, source: str, made: Line, present: Collection[str]) -> Iterator[Line]:
    kind = builtin().sources.get(source)
    was = {_id(line): line for line in derived_of(kind, _concepts(old), present)}
    now = {_id(line): line for line in derived_of(kind, _concepts(new), present)}
    kept: list[Line] = []
    for line in new.derived:
        if made.loaded and line.target == made.target and not (_shares(line) and _shares(made)):
            continue  # the column itself fills the field now
        known = was.get(_id(line))
        if known is not None and known.from_ == line.from_:
            there = now[_id(line)].from_ if _id(line) in now else None
        else:
            there = tuple(name for name in line.from_ if not _is_gone(name, old, new))
            there = there if there == line.from_ or (line.transform == "title" and there) else None
        if there is not None:
            kept.append(line if there == line.from_ else line.model_copy(update={"from_": there}))
    yield from kept
    for key, line in now.items():
        if made.loaded and key not in was and _is_free(line, [*new.lines, *kept]):
            yield line


def _id(line: Line) -> tuple[str | None, str | None, tuple[str, ...]]:
    """What a built-in derived line is known by, however many of its cells are there; lines of a body by their cells."""
    return line.target, line.transform, () if line.transform == "title" else line.from_


def _is_free(line: Line, others: Collection[Line]) -> bool:
    """Whether the line may fill its field beside the others."""
    same = [one for one in others if one.loaded and one.target == line.target]
    return not same or (_shares(line) and all(map(_shares, same)))


def _shares(line: Line) -> bool:
    return line.transform in TRANSFORMS and shares_field(line)


# --- fields --------------------------------------------------------------------------------------------------------


def _field(objects: dict[str, ObjectDef], object_: str, name: str, known: MapDocument | None) -> None:
    """Add the definition of a field that is neither Twenty's own nor defined yet."""
    own = objects.get(object_)
    if name in {SOURCE_ID, REMARKS} or (own and any(one.name == name for one in own.fields)):
        return
    if name in (standard.CUSTOM_OBJECT if own and own.custom else standard.OBJECTS.get(object_, {})):
        return
    found = (known.field_def(object_, name) if known else None) or _builtin_field(object_, name)
    if found is None:
        return
    if own is None:
        template = (known.objects.get(object_) if known else None) or builtin().objects.get(object_) or ObjectDef()
        own = template.model_copy(update={"fields": ()})
    objects[object_] = own.model_copy(update={"fields": (*own.fields, found)})


def _builtin_field(object_: str, name: str) -> FieldDef | None:
    one = builtin().objects.get(object_)
    return next((field for field in one.fields if field.name == name), None) if one else None
