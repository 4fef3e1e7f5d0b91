"""map: proposes a target for every column of the export; a person reads it, changes it, and approves it by name."""

from __future__ import annotations

from collections import Counter

from bridgework.errors import FindingsStop
from bridgework.mapping.document import MapDocument
from bridgework.mapping.propose import propose
from bridgework.stages.audit import profiled_files
from bridgework.stages.common import Outcome, Plan, Step, require_approval
from bridgework.stages.context import MAP_FILE, Context
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
            Finding(self.name, one.code, MAP_FILE, "", "stop", 1, f"line {one.line}", one.what, one.next_step)
            for one in document.problems()
        )
        return Plan(self.name, tuple(_steps(document)), stops=stops, signs=document.digest())

    async def apply(self, plan: Plan) -> Outcome:
        """Note that the map stands as approved."""
        document = self._document()
        name = require_approval(self.context.store, self.name, document.digest())
        self.context.store.put("handover", document.handover())
        counts = {"lines": len(plan.steps), **Counter(step.action for step in plan.steps)}
        return Outcome(self.name, f"The map is approved by {name}. Next: bridgework schema", counts=counts)

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
            propose(files).save(path)
        return MapDocument.load(path)


def _steps(document: MapDocument) -> list[Step]:
    return [Step(line.decision, f"{line.object}.{line.header}", line.words()) for line in document.lines()]
