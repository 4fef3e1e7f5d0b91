"""map: proposes a target for every column of the export; a person reads it, changes it, and approves it by name."""

from __future__ import annotations

from collections import Counter
from typing import Any

from bridgework.errors import FindingsStop
from bridgework.mapping.document import Line, MapDocument
from bridgework.mapping.propose import propose
from bridgework.reports.map_page import write_map
from bridgework.stages.common import Outcome, Plan, Step, require_approval
from bridgework.stages.context import MAP_FILE, Context
from bridgework.stages.profiled import profiled_files
from bridgework.store.notes import Finding


class Map:
    """Which source field goes where, and how."""

    name = "map"

    def __init__(self, context: Context) -> None:
        """Map the practice of this context."""
        self.context = context

    async def plan(self) -> Plan:
        """Every line of the map; where there is none yet, one is proposed and written for people to edit."""
        document = self._document()
        stops = tuple(
            Finding(self.name, one.code, MAP_FILE, "", "stop", 1, f"line {one.line}", one.what, one.next)
            for one in document.problems()
        )
        pages = (self.context.map_path, *write_map(self.context.reports, _page(document, self.context, "")))
        return Plan(
            self.name, tuple(sorted(_steps(document), key=_order)), stops=stops, signs=document.digest(), pages=pages
        )

    async def apply(self, plan: Plan) -> Outcome:
        """Note that the map stands as approved."""
        document = self._document()
        name = require_approval(self.context.store, self.name, document.digest())
        kept = [name for name, source in document.sources.items() if source.keep == "handover"]
        self.context.store.put("handover", kept)
        reports = write_map(self.context.reports, _page(document, self.context, name))
        counts = {"lines": len(plan.steps), **Counter(step.action for step in plan.steps)}
        return Outcome(
            self.name, f"The map is approved by {name}. Next: bridgework schema", counts=counts, reports=reports
        )

    def _document(self) -> MapDocument:
        path = self.context.map_path
        if not path.exists():
            files = profiled_files(self.context)
            if not files:
                raise FindingsStop(
                    "AUDIT-MISSING",
                    "The practice was not read yet.",
                    next_step="run `bridgework audit DIR --apply` first",
                )
            propose(files, self.context.nomenclature()).save(path)
        return MapDocument.load(path)


def _page(document: MapDocument, context: Context, name: str) -> dict[str, Any]:
    """The map as the page for the client shows it."""
    return {
        "migration": str(context.settings.migration.id),
        "practice": context.settings.practice.name,
        "workspace_url": context.settings.workspace.url,
        "digest": document.digest(),
        **({"approved_by": name} if name else {}),
        "objects": [
            {"object": source, "target": one.record or "", "lines": [_line(document, line) for line in one.lines]}
            for source, one in document.sources.items()
        ],
    }


def _line(document: MapDocument, line: Line) -> dict[str, Any]:
    field = document.field_def(line.object, line.field)
    return {
        "header": line.column,
        "concept": line.concept,
        "target": line.target,
        "type": field.type if field else "",
        "transform": line.transform,
        "decision": line.decision,
        "note": line.why or line.note,
    }


def _steps(document: MapDocument) -> list[Step]:
    return [
        Step(_action(line), f"{name}.{line.column}", _words(line))
        for name, source in document.sources.items()
        for line in source.lines
    ]


def _order(step: Step) -> int:
    """What a person should look at first: what the built-in map does not know, or leaves out."""
    return ("custom", "leave-out", "load", "handover").index(step.action)


def _action(line: Line) -> str:
    """What becomes of the column: load, custom (a field that the built-in map does not have), leave-out or handover."""
    return "custom" if line.decision == "load" and line.concept is None else line.decision


def _words(line: Line) -> str:
    match line.decision:
        case "load":
            words = f"{line.column} → {line.target} ({line.transform})"
        case "leave-out":
            words = f"{line.column}: left out"
        case "handover":
            words = f"{line.column}: kept in the store for the hand-over"
    return f"{words}: {line.why}" if line.why else words
