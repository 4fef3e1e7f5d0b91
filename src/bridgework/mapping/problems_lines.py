"""What is wrong with one line of a map by itself: its transform, its target, and the cells that it takes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from bridgework.mapping import standard
from bridgework.mapping.field_types import type_of
from bridgework.mapping.problems_settings import find_in_settings
from bridgework.mapping.target import REMARKS, SOURCE_ID
from bridgework.mapping.transforms import SAYS_OF, TRANSFORMS, settings_of, shares_field

if TYPE_CHECKING:
    from bridgework.mapping.document import Line, MapDocument, Source

Said = Iterator[tuple[str, str, str]]
"""A code, what is wrong, what to do: a problem without its place."""

_WITH_PARTS = frozenset({"ADDRESS", "FULL_NAME", "DATE_TIME"})
_LONGEST_TARGET = 3  # object, field, part


def find_in_line(document: MapDocument, source: Source, line: Line, *, derived: bool) -> Said:
    """All problems of a line; `derived`: it stands among the derived ones."""
    if line.decision in {"leave-out", "proposed-leave-out"} and not line.why:
        yield "NO-REASON", "a column is left out without a reason", "say why in `why:`"
    if not line.loaded:
        return
    if source.keep is not None:
        yield "HANDOVER", "the source is kept for the hand-over and loads nothing", "write `decision: handover`"
        return
    if line.transform not in TRANSFORMS:
        yield "UNKNOWN-TRANSFORM", f"`{line.transform}` is no transform", f"use one of {', '.join(TRANSFORMS)}"
        return
    try:
        settings = settings_of(line)
    except ValidationError as error:
        for one in error.errors():
            yield "BAD-SETTING", f"`with` of {line.transform}: {_where(one)}: {one['msg']}", "correct `with:`"
        return
    yield from _target(document, source, line)
    yield from _own_transform(source, line, derived=derived)
    yield from _cells(source, line, derived=derived)
    yield from find_in_settings(document, source, line, settings)


def _where(error: Any) -> str:
    return ".".join(str(part) for part in error["loc"])


def _target(document: MapDocument, source: Source, line: Line) -> Said:
    between = standard.TARGET_OBJECTS.get(line.object)
    if line.object != source.record and (between is None or between != source.record):
        yield "BAD-TARGET", f"`{line.target}` is not in {source.record}, which the rows become", "correct `target:`"
        return
    kind = type_of(document, line.object, line.field)
    if kind is not None and line.type not in {None, kind}:
        what = f"the line says {line.type}, but {line.object}.{line.field} is of type {kind}"
        yield "TYPE-DIFFERS", what, "change the type of the field under `objects:`, or take `type:` out of the line"
    if kind is None:
        yield "UNKNOWN-FIELD", f"{line.object} has no field `{line.field}`", "correct it, or add it under `objects:`"
        return
    transform = TRANSFORMS[line.transform or ""]
    if kind not in transform.types:
        yield "TYPE-MISMATCH", f"{line.transform} does not fill a field of type {kind}", "change transform or target"
    elif not _is_part(line, kind, transform.parts):
        yield "BAD-PART", f"`{line.target}` names no part that {line.transform} fills", f"use one of {transform.parts}"


def _is_part(line: Line, kind: str, parts: Sequence[str]) -> bool:
    """Whether the line names a part where the field has parts that the transform fills, and none where not."""
    if (line.target or "").count(".") >= _LONGEST_TARGET:
        return False
    return (line.part in parts and kind in _WITH_PARTS) if line.part else not (parts and kind in _WITH_PARTS)


def _own_transform(source: Source, line: Line, *, derived: bool) -> Said:
    """Fields that the mapper fills by itself, and transforms that fill one field only."""
    of_key = not derived and line.column in source.key
    if (line.field == SOURCE_ID or line.transform == "key") and not (
        line.field == SOURCE_ID and line.transform == "key" and of_key
    ):
        what = f"{SOURCE_ID} holds the key of the row, and nothing else: the cell would be lost"
        step = f"give it another target; only a column of the key goes to {SOURCE_ID}, by the transform `key`"
        yield "BAD-TARGET", what, step
    if line.field == REMARKS and not (line.transform == "text" and shares_field(line)):
        what = f"{REMARKS} holds the cells that could not be converted: the line would take their place"
        yield "BAD-TARGET", what, 'use `transform: text` with `join: "\\n"`, or another target'
    if standard.is_of_twenty(line.object, line.field):
        yield "BAD-TARGET", f"`{line.target}` is Twenty's own: no column fills it", "choose another target"
    if line.object in standard.TARGET_OBJECTS and not (
        line.transform == "reference" and line.field.startswith("target")
    ):
        what = f"{line.object} only links a {standard.TARGET_OBJECTS[line.object]} to a record"
        yield "BAD-TARGET", what, f"use `transform: reference` with the target {line.object}.targetPerson"
    if line.transform == "task-status" and line.object != "task":
        yield "BAD-TARGET", "task-status looks at the due date of a task, and fills its status", "target task.status"


def _cells(source: Source, line: Line, *, derived: bool) -> Said:
    """A transform takes as many cells as it can read, and a column's own cell is loaded by some line."""
    if derived and line.column is not None:
        yield "BAD-FROM", "a derived line has no column of its own", "name its cells in `from:`"
        return
    count = len(line.from_) if derived else 1
    if line.transform == "file-link":
        if count != 2:
            yield "BAD-FROM", "file-link takes two cells: the file, and the number of its owner", "correct `from:`"
    elif line.transform not in {"title", "constant"} and count != 1:
        yield "BAD-FROM", f"{line.transform} takes one cell, and the line names {count}", "correct `from:`"
    if not derived and line.transform in SAYS_OF and not _is_kept(source, line):
        what = f"{line.transform} says something of `{line.column}`, and no line loads the cell itself"
        yield "CELL-LOST", what, "give the column another line, and put this one under `derived:` with `from:`"


def _is_kept(source: Source, line: Line) -> bool:
    others = (one for one in source.all_lines() if one.column is None and one.transform not in SAYS_OF | {"constant"})
    return any(source.column_of(name) == line.column for one in others for name in one.from_)
