"""Where a map stands: what is wrong in it, what waits for a person, who approved it, and so what to do next.

The page, the terminal and `bridgework status` all say what `Standing.next_step` says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bridgework.mapping.document import Line, MapDocument
from bridgework.mapping.editing import is_sure
from bridgework.mapping.preview import Key, Preview
from bridgework.mapping.problem import Problem
from bridgework.stages.columns import ColumnChanges, columns_read, compared, is_loaded
from bridgework.stages.context import Context
from bridgework.stages.map_view.facts import Facts, tried
from bridgework.store.notes import Approval, approved

_ENOUGH = 30  # filled cells: of a few, chance may spoil most
_MOSTLY = 0.5  # of the cells looked at: a field that cannot hold so many of them is the wrong one


@dataclass(frozen=True, slots=True)
class Standing:
    """`problems` in the order of their lines; `open` lines wait, the proposer is sure of `sure` of them.

    `approval` is that of exactly this map. `late`: the columns changed after the load, which no longer asks for them.
    """

    problems: tuple[Problem, ...]
    columns: ColumnChanges
    late: bool
    open: int
    sure: int
    approval: Approval | None

    @property
    def is_approved(self) -> bool:
        """Whether what comes after the map may begin."""
        return self.approval is not None and (self.late or not self.columns)

    @property
    def next_step(self) -> str:
        """The command that comes next (DIR stands for the folder); empty where the map is done."""
        if self.is_approved:
            return ""
        if self.columns:
            return "bridgework map DIR --renew"
        if self.problems:
            return "bridgework map check DIR, and correct each of its lines"
        if self.sure:
            return "bridgework map accept DIR --sure"
        if self.open:
            return "bridgework map set DIR OBJECT.COLUMN --concept …, or bridgework map accept DIR OBJECT.COLUMN"
        return "bridgework map approve DIR --as NAME"


def standing(context: Context, document: MapDocument, facts: Facts | None = None) -> Standing:
    """Where this map stands; lines are tried here only where no `facts` are given, and nothing else is left to say."""
    read = columns_read(context.store, document)
    columns = compared(read, document)
    given = approved(context.store, "map")
    approval = given if given is not None and given.digest == document.digest() else None
    late = bool(columns) and is_loaded(context.store)
    lines, found = open_lines(document), document.problems(None if late else read)
    if facts is not None:
        found += misfits(document, facts.previews)
    elif not (approval or lines or found):
        found += misfits(document, tried(context, document))
    ordered = tuple(sorted(found, key=lambda one: one.line))
    return Standing(ordered, columns, late, len(lines), sum(map(is_sure, lines)), approval)


def open_lines(document: MapDocument) -> list[Line]:
    """The lines that wait for a person."""
    return [line for source in document.sources.values() for line in source.lines if line.waits]


def misfits(document: MapDocument, previews: Mapping[Key, Preview]) -> list[Problem]:
    """Lines whose field cannot hold what most of the cells are."""
    found = []
    for (source, column), seen in previews.items():
        number = next((n for n, one in enumerate(document.sources[source].lines) if one.column == column), None)
        if number is not None and seen.filled >= _ENOUGH and seen.failing > _MOSTLY * seen.filled:
            line = document.sources[source].lines[number]
            at = document.line_of("sources", source, "lines", number)
            where = f"{line.target} ({line.transform})"
            what = f"{seen.failing:,} of {seen.filled:,} cells of `{column}` do not fit {where}"
            found.append(Problem(at, "CANNOT-HOLD", what, "change the transform, the target, or the formats"))
    return found
