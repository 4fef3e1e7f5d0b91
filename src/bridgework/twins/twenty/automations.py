"""What a write sets off: entries in the timeline at once, and workflows once the answer is on its way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson

from bridgework.twins.twenty.changes import Diff
from bridgework.twins.twenty.converting import Columns, defaults
from bridgework.twins.twenty.model import Object, new_id
from bridgework.twins.twenty.newcompany import NAME as NEW_COMPANY
from bridgework.twins.twenty.newcompany import company_of
from bridgework.twins.twenty.values import dumped

if TYPE_CHECKING:
    from bridgework.twins.twenty.workspace import Workspace

# A link to a note or task also shows in the timeline of what it links to.
LINKS = {"noteTarget": "note", "taskTarget": "task"}


@dataclass
class Event:
    """Records that were written, and which of their fields changed (None: all, as they are new)."""

    item: Object
    changed: dict[str, frozenset[str] | None] = field(default_factory=dict)

    def names(self, ident: str) -> tuple[str, str]:
        """What the event of one record is called: person.created is person.upserted too."""
        verb = "created" if self.changed[ident] is None else "updated"
        return f"{self.item.name}.{verb}", f"{self.item.name}.upserted"


class Automations:
    """The timeline and the workflows of one workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.pending: list[Event] = []
        self.later: list[Callable[[], None]] = []
        self._runs: int | None = None

    # ------------------------------------------------------------------------------------------------- what happened
    def created(self, item: Object, records: Sequence[Columns]) -> None:
        """To be called with the columns of new records, in their transaction."""
        self._timeline(item, [(str(record["id"]), None) for record in records], "created")
        if item.name in LINKS:
            self._linked(item, records)
        self.pending.append(Event(item, dict.fromkeys((str(record["id"]) for record in records), None)))

    def updated(self, item: Object, diffs: Sequence[tuple[str, Diff]]) -> None:
        """To be called with what changed of which records; no change is no event."""
        real = [(ident, diff) for ident, diff in diffs if diff]
        self._timeline(item, [(ident, {"diff": diff}) for ident, diff in real], "updated")
        self.pending.append(Event(item, {ident: frozenset(diff) for ident, diff in real}))

    def binned(self, item: Object, ids: Sequence[str], verb: str) -> None:
        """To be called when records were deleted or restored."""
        self._timeline(item, [(ident, None) for ident in ids], verb)

    # ------------------------------------------------------------------------------------------------------ timeline
    def _timeline(self, item: Object, entries: Iterable[tuple[str, Any]], verb: str) -> None:
        join = f"target{item.type_name}Id"
        if join not in self.workspace.model.by_name["timelineActivity"].by_join:
            return
        self._entries(
            {"name": f"{item.name}.{verb}"},
            [(join, "properties")],
            [(ident, dumped(properties)) for ident, properties in entries],
        )

    def _linked(self, item: Object, records: Sequence[Columns]) -> None:
        """Entries for what notes and tasks are linked to."""
        kind = LINKS[item.name]
        linked = self.workspace.model.by_name[kind]
        ids = [record.get(f"{kind}Id") for record in records if record.get(f"{kind}Id")]
        titles: dict[Any, Any] = dict(
            self.workspace.store.rows(
                f'SELECT id, title FROM "{linked.table}" WHERE id IN (SELECT value FROM json_each(?))',  # noqa: S608
                [orjson.dumps(ids).decode()],
            )
        )
        common = {"name": f"linked-{kind}.created", "linkedObjectMetadataId": linked.id}
        known = self.workspace.model.by_name["timelineActivity"].by_join
        for found in item.many_to_one:
            join = str(found.join_column)
            rows = [
                (record[join], titles.get(record.get(f"{kind}Id")), record.get(f"{kind}Id"))
                for record in records
                if found.morph and record.get(join) and join in known
            ]
            if rows:
                self._entries(common, [(join, "linkedRecordCachedName", "linkedRecordId")], rows)

    def _entries(self, common: Columns, columns: list[tuple[str, ...]], rows: Sequence[tuple[Any, ...]]) -> None:
        timeline = self.workspace.model.by_name["timelineActivity"]
        now = self.workspace.now()
        shared = {name: make() for name, make in defaults(timeline, now).items() if name != "id"} | common
        shared = {name: value for name, value in shared.items() if name not in columns[0]}
        tail = tuple(shared.values())
        self.workspace.store.insert(timeline, ["id", *columns[0], *shared], [(new_id(), *row, *tail) for row in rows])

    # ----------------------------------------------------------------------------------------------------- workflows
    def drain(self) -> None:
        """Do what is due once an answer is fixed; on the real server hooks and a worker do so, a moment later."""
        later, self.later = self.later, []
        for run in later:
            with self.workspace.store.transaction():
                run()
        events, self.pending = self.pending, []
        if not events:
            return
        for trigger in self._triggers():
            for event in events:
                due = [ident for ident in event.changed if self._is_due(trigger, event, ident)]
                if due:
                    with self.workspace.store.transaction():
                        self._run(trigger, event.item, due)

    def _triggers(self) -> list[dict[str, Any]]:
        """The watched triggers with the workflow and published version behind each."""
        rows = self.workspace.store.rows(
            "SELECT t.settings, w.id, w.name, w.lastPublishedVersionId FROM workflowAutomatedTrigger t"
            " JOIN workflow w ON w.id = t.workflowId"
            " WHERE t.deletedAt IS NULL AND w.deletedAt IS NULL AND t.type = 'DATABASE_EVENT'"
        )
        return [
            {"settings": orjson.loads(settings or "{}"), "workflow": ident, "name": name, "version": version}
            for settings, ident, name, version in rows
        ]

    def _is_due(self, trigger: dict[str, Any], event: Event, ident: str) -> bool:
        settings = trigger["settings"]
        if settings.get("eventName") not in event.names(ident):
            return False
        changed, minded = event.changed[ident], settings.get("fields") or ()
        return changed is None or not minded or bool(changed & set(minded))

    def _run(self, trigger: dict[str, Any], item: Object, ids: Sequence[str]) -> None:
        """A run for each record that the trigger's filter lets through."""
        unless = {
            source
            for step in (trigger["settings"].get("filter") or {}).get("stepFilters") or ()
            if step.get("operand") == "IS_NOT" and step.get("compositeFieldSubFieldName") == "source"
            for source in orjson.loads(step.get("value") or "[]")
        }
        rows = self.workspace.store.rows(
            f'SELECT id, createdBySource FROM "{item.table}" WHERE id IN (SELECT value FROM json_each(?))',  # noqa: S608
            [orjson.dumps(list(ids)).decode()],
        )
        for ident, source in rows:
            if source not in unless:
                failed = None
                if trigger["name"] == NEW_COMPANY and item.name == "person":
                    failed = company_of(self.workspace, ident)
                self._record(trigger, ident, failed)

    def _record(self, trigger: dict[str, Any], ident: str, failed: str | None) -> None:
        """Keep that a workflow ran, and how it ended."""
        run = self.workspace.model.by_name["workflowRun"]
        if self._runs is None:
            self._runs = int(self.workspace.store.rows("SELECT COUNT(*) FROM workflowRun")[0][0])
        self._runs += 1
        now = self.workspace.now()
        columns = {name: make() for name, make in defaults(run, now).items()} | {
            "name": f"#{self._runs} - {trigger['name']}",
            "status": "FAILED" if failed else "COMPLETED",
            "enqueuedAt": now,
            "startedAt": now,
            "endedAt": now,
            "workflowId": trigger["workflow"],
            "workflowVersionId": trigger["version"],
            "createdBySource": "WORKFLOW",
            "createdByName": trigger["name"],
            "state": dumped({"stepInfos": {"trigger": {"result": {"recordId": ident}, "status": "SUCCESS"}},
                             "workflowRunError": failed}),
        }  # fmt: skip
        self.workspace.store.insert(run, list(columns), [tuple(columns.values())])
