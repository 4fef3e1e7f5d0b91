"""What a write sets off: an entry in the timeline, and the workflow that makes a company for each new person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from bridgework.twins.twenty.converting import Columns, defaults
from bridgework.twins.twenty.model import Object, new_id

if TYPE_CHECKING:
    from bridgework.twins.twenty.workspace import Workspace


class Automations:
    """Runs after each write of records over the API."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace

    def written(self, item: Object, records: Sequence[Columns], *, created: bool) -> None:
        """To be called with the columns that were written."""
        if created:
            self.timeline(item, records, "created")

    def timeline(self, item: Object, records: Sequence[Columns], event: str) -> None:
        """An entry in the timeline of each record, where the object has one."""
        timeline = self.workspace.model.by_name["timelineActivity"]
        join = f"target{item.type_name}Id"
        if join not in timeline.by_join:
            return
        now = self.workspace.now()
        fallback = {name: make for name, make in defaults(timeline, now).items() if name != "id"}
        common: dict[str, Any] = {name: make() for name, make in fallback.items()}
        common |= {"name": f"{item.name}.{event}"}
        names = ["id", join, *common]
        tail = tuple(common.values())
        rows = [(new_id(), record["id"], *tail) for record in records]
        self.workspace.store.insert(timeline, names, rows)
