"""A map for columns that have changed since it was made: lines for the new ones, none for those that are gone.

Every other line stays as it is, with its decision.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bridgework.mapping import editing
from bridgework.mapping.catalogue import builtin
from bridgework.mapping.completing import completed, fitted
from bridgework.mapping.document import Line, MapDocument
from bridgework.mapping.transforms import TRANSFORMS, fields_named, shares_field

_TAKEN = "what it seems to mean, another column has: kept as a custom field"


def renewed(document: MapDocument, proposed: MapDocument) -> MapDocument:
    """The map with the lines of `proposed`, which is one for the columns that are there now, where columns changed.

    A new line waits for a decision; where it would fill what a line that stays fills, its column becomes a field of
    its own. An object that is new comes whole. Fields that only lines of gone columns filled go with them.
    """
    made = document
    for name, new in proposed.sources.items():
        old = document.sources.get(name)
        if old is None:
            made = made.model_copy(update={"sources": {**made.sources, name: new}})
        elif _columns(old.lines) != _columns(new.lines):
            made = _with_columns(made, proposed, name)
    return _without_unfilled(completed(made, proposed), document)


def _with_columns(document: MapDocument, proposed: MapDocument, name: str) -> MapDocument:
    """The map with the columns of one object as they are now."""
    old, new = document.sources[name], proposed.sources[name]
    there, had = _columns(new.lines), _columns(old.lines)
    kept = [line for line in old.lines if line.column is None or line.column in there]
    added = [line for line in new.lines if line.column not in had]
    rivals = [line for line in added if _is_taken(line, [*kept, *old.derived])]
    waiting = [Line(column=line.column, decision="proposed") if line in rivals else line for line in added]
    source = old.model_copy(update={"file": new.file, "lines": tuple(_placed(kept, waiting, new.lines))})
    if not there.issuperset(old.key):
        source = source.model_copy(update={"key": new.key})
    after = document.model_copy(update={"sources": {**document.sources, name: source}})
    after = fitted(document, after, name, Line(decision="leave-out"))  # what hung on columns that are gone
    for line in added:
        if line in rivals or _is_own(line, proposed):
            after = _as_own_field(after, name, line, _TAKEN if line in rivals else line.why)
        elif line.loaded:
            after = fitted(document, after, name, line)
    return after


def _columns(lines: Iterable[Line]) -> set[str]:
    return {line.column for line in lines if line.column is not None}


def _placed(kept: Sequence[Line], added: Sequence[Line], order: Sequence[Line]) -> list[Line]:
    """Both, each new line behind the one of the column before it in the file."""
    lines, waiting = list(kept), {line.column: line for line in added}
    before: str | None = None
    for column in [line.column for line in order]:
        if column in waiting:
            place = next((number for number, one in enumerate(lines, 1) if before and one.column == before), 0)
            lines.insert(place, waiting[column])
        before = column
    return lines


# --- what a new line may fill ----------------------------------------------------------------------------------------


def _is_taken(line: Line, others: Iterable[Line]) -> bool:
    """Whether a line that stays has the new one's meaning, or fills its field."""
    if not line.loaded or line.target is None:
        return False
    for other in others:
        if line.concept is not None and other.concept == line.concept:
            return True
        if not other.loaded or (other.object, other.field) != (line.object, line.field):
            continue
        if other.part == line.part and not _share(line, other):
            return True
        if bool(other.part) != bool(line.part):
            return True
    return False


def _share(line: Line, other: Line) -> bool:
    """Whether several lines may fill the field, as both of these do."""
    return all(one.transform in TRANSFORMS and shares_field(one) for one in (line, other))


def _is_own(line: Line, proposed: MapDocument) -> bool:
    """Whether the proposed line fills a field that the built-in map does not have."""
    if not line.loaded or proposed.field_def(line.object, line.field) is None:
        return False
    known = builtin().objects.get(line.object)
    return known is None or all(one.name != line.field for one in known.fields)


def _as_own_field(document: MapDocument, name: str, line: Line, why: str | None) -> MapDocument:
    """The map with the line's column as a field of its own, under a name that is free, still to be decided."""
    rival = why == _TAKEN
    type_ = "TEXT" if rival else line.type or "TEXT"
    document = editing.as_field(document, f"{name}.{line.column}", line.column or "", type_)
    _, made = editing.find(document, f"{name}.{line.column}")
    said = {"decision": "proposed", "why": why, "confidence": 0.0 if rival else line.confidence, "next": line.next}
    if not rival:
        said["reasons"] = line.reasons
    return editing.with_line(document, name, made.model_copy(update=said))


# --- what goes with the columns that are gone ------------------------------------------------------------------------


def _without_unfilled(document: MapDocument, before: MapDocument) -> MapDocument:
    """The map without fields that a line filled before, and none does now."""
    unfilled = _filled(before) - _filled(document)
    objects = {
        name: one.model_copy(update={"fields": tuple(f for f in one.fields if (name, f.name) not in unfilled)})
        for name, one in document.objects.items()
    }
    return document.model_copy(update={"objects": objects})


def _filled(document: MapDocument) -> set[tuple[str, str]]:
    lines = [line for source in document.sources.values() for line in (*source.lines, *source.derived) if line.loaded]
    return {(line.object, field) for line in lines for field in fields_named(line)}
