"""What a changed line needs beside it: the fields, the pick-lists and the derived lines of the built-in map."""

from __future__ import annotations

from bridgework.mapping import standard
from bridgework.mapping.catalogue import builtin
from bridgework.mapping.document import FieldDef, Line, MapDocument, ObjectDef
from bridgework.mapping.target import REMARKS, SOURCE_ID
from bridgework.mapping.transforms import side_fields


def completed(document: MapDocument, known: MapDocument | None = None) -> MapDocument:
    """The map with every field and pick-list that its lines name: from `known` where it has them, else built in."""
    objects, values = dict(document.objects), dict(document.values)
    for source in document.sources.values():
        for line in source.all_lines():
            for name in (line.field, *side_fields(line)):
                _field(objects, line.object, name, known)
            wanted = line.with_.get("values")
            if isinstance(wanted, str) and wanted not in values:
                found = (known.values if known else {}).get(wanted) or builtin().values.get(wanted)
                if found is not None:
                    values[wanted] = found
    return document.model_copy(update={"objects": objects, "values": values})


def with_derived(document: MapDocument, source: str, concept: str) -> MapDocument:
    """The map with the built-in derived lines that take cells of this concept, where all their cells are there."""
    kind, one = builtin().sources.get(source), document.sources[source]
    if not any(line.loaded for line in one.lines if line.concept == concept):
        return document
    concepts = {line.concept for line in one.lines}
    filled = {line.target for line in (*one.lines, *one.derived)}
    new: list[Line] = [
        line
        for line in (kind.derived if kind else ())
        if concept in line.from_ and concepts.issuperset(line.from_) and line.target not in filled
    ]
    sources = {**document.sources, source: one.model_copy(update={"derived": (*one.derived, *new)})}
    return document.model_copy(update={"sources": sources})


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
