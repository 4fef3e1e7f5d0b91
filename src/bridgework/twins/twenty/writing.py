"""Writing records: create, upsert and update, all or nothing for each of their steps."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import orjson

from bridgework.twins.twenty.changes import Before, Told
from bridgework.twins.twenty.connecting import connect
from bridgework.twins.twenty.converting import Columns, Converter, Draft, check_not_null, defaults
from bridgework.twins.twenty.errors import Refusal, bad_query
from bridgework.twins.twenty.matching import duplicate, match
from bridgework.twins.twenty.model import Field, Object, foreign_key_name
from bridgework.twins.twenty.rules import prepare
from bridgework.twins.twenty.store import quoted
from bridgework.twins.twenty.values import dumped, is_uuid

if TYPE_CHECKING:
    from bridgework.twins.twenty.workspace import Workspace

_DUPLICATE = re.compile(r"UNIQUE constraint failed: (.*)")


class Writer:
    """Writes the records of one workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.store = workspace.store
        self._converters: dict[str, tuple[int, Converter]] = {}

    def converter(self, item: Object) -> Converter:
        """The converter for an object as it is now."""
        version, known = self._converters.get(item.id, (-1, None))
        if known is None or version != self.workspace.model.version:
            known = Converter(item)
            self._converters[item.id] = (self.workspace.model.version, known)
        return known

    # --------------------------------------------------------------------------------------------------------- create
    def create(self, item: Object, records: Sequence[dict[str, Any]], *, upsert: bool) -> list[str]:
        """Write new records, or with `upsert` change those that match; the ids, changed ones first."""
        for record in records:
            if record.get("id") and not is_uuid(record["id"]):
                raise bad_query(f'Value "{record["id"]}" is not a valid UUID', "Invalid UUID format.")
        drafts = self._drafts(item, records, backfill=not upsert)
        most = self.workspace.max_records
        if len(records) > most:
            message = f"Maximum number of records to upsert is {most}."
            raise bad_query(message, message, sub_code="TOO_MANY_RECORDS_TO_UPDATE")
        self.workspace.stats.sent += len(records)
        for draft in drafts:
            self._sign(draft.columns, creating=True)
        self.workspace.stats.creates += 1
        if not upsert:
            return self._counted(self._insert(item, drafts))
        updates, inserts = match(self.workspace, item, drafts)
        changed: list[str] = []
        if updates:
            for draft in updates:
                draft.columns = {key: held for key, held in draft.columns.items() if not key.startswith("createdBy")}
                draft.columns["deletedAt"] = None
            changed = self._update_each(item, updates)
        self._positions(item, [draft.columns for draft in inserts])
        return self._counted(changed + (self._insert(item, inserts) if inserts else []))

    def _counted(self, ids: list[str]) -> list[str]:
        self.workspace.stats.created += len(ids)
        return ids

    def _drafts(self, item: Object, records: Sequence[dict[str, Any]], *, backfill: bool) -> list[Draft]:
        """The records as drafts, in the order in which the server handles them: by how they state their position."""
        groups: dict[str, list[dict[str, Any]]] = {"first": [], "last": [], "number": [], "none": []}
        for record in records:
            position = record.get("position", "undefined")
            if position == "undefined":
                position = "first" if backfill else None
            number = isinstance(position, (int, float)) and not isinstance(position, bool)
            known = position in {"first", "last"} if isinstance(position, str) else False
            groups["number" if number else position if known else "none"].append(record)
        convert = self.converter(item).draft
        if groups["first"] or groups["last"]:
            self._place(item, groups)
        return [convert(record) for group in groups.values() for record in group]

    def _place(self, item: Object, groups: dict[str, list[dict[str, Any]]]) -> None:
        """Give the records that want to be first or last a position before or behind all others."""
        low, high = self.store.rows(
            f"SELECT MIN(position), MAX(position) FROM {quoted(item.table)}"  # noqa: S608
        )[0]
        numbers = [record["position"] for record in groups["number"]]
        low = min([*numbers, 1 if low is None else low])
        high = max([*numbers, 1 if high is None else high])
        groups["first"] = [{**record, "position": low - index - 1} for index, record in enumerate(groups["first"])]
        groups["last"] = [{**record, "position": high + index + 1} for index, record in enumerate(groups["last"])]

    def _positions(self, item: Object, columns: list[Columns]) -> None:
        missing = [held for held in columns if held.get("position") is None]
        if missing:
            low = self.store.rows(f"SELECT MIN(position) FROM {quoted(item.table)}")[0][0]  # noqa: S608
            stated = [held["position"] for held in columns if held.get("position") is not None]
            low = min([*stated, 1 if low is None else low])
            for index, held in enumerate(missing):
                held["position"] = low - index - 1

    def _sign(self, columns: Columns, *, creating: bool) -> None:
        """Put the key's name to what it writes, unless the request names another creator."""
        name = self.workspace.key_name
        if creating and not columns.get("createdByName"):
            columns["createdByName"] = name
            columns["createdByWorkspaceMemberId"] = None
            if columns.get("createdBySource") is None:
                columns["createdBySource"] = "API"
            if columns.get("createdByContext") is None:
                columns["createdByContext"] = "{}"
        columns |= {
            "updatedBySource": "API", "updatedByWorkspaceMemberId": None, "updatedByName": name,
            "updatedByContext": "{}",
        }  # fmt: skip

    def _insert(self, item: Object, drafts: list[Draft]) -> list[str]:
        now = self.workspace.now()
        fallback = defaults(item, now)
        for draft in drafts:
            connect(self.workspace, item, draft)
            columns = draft.columns
            for name, make in fallback.items():
                if name not in columns:
                    columns[name] = make()
            prepare(self.workspace, item, columns)
            check_not_null(item, columns, whole=True)
        names = [column.name for column in item.columns]
        rows = [tuple(map(draft.columns.get, names)) for draft in drafts]
        with self.store.transaction():
            self._guarded(item, drafts, lambda: self.store.insert(item, names, rows))
            for draft in drafts:
                if draft.files:
                    self._write_files(item, draft, draft.columns["id"])
            self.workspace.automations.created(item, [draft.columns for draft in drafts])
        return [draft.columns["id"] for draft in drafts]

    # --------------------------------------------------------------------------------------------------------- update
    def update(self, item: Object, ids: Sequence[str], data: dict[str, Any], told: Told = list) -> None:
        """Give all these records the same values; the timeline notes those that `told` then still names."""
        draft = self._drafts(item, [data], backfill=False)[0]
        if draft.files and len(ids) > 1:
            message = "You can only update one record with files field at once"
            raise Refusal(message, friendly=message)
        if len(ids) > self.workspace.max_records:
            message = f"Cannot update more than {self.workspace.max_records} records at once"
            raise bad_query(message, message, sub_code="TOO_MANY_RECORDS_TO_UPDATE")
        drafts = [Draft({**draft.columns, "id": ident}, draft.connects, draft.files) for ident in ids]
        for each in drafts:
            self._sign(each.columns, creating=False)
        self._update_each(item, drafts, told)
        if "id" in draft.columns:
            with self.store.transaction():
                self._rename(item, ids[0], draft.columns["id"])

    def _update_each(self, item: Object, drafts: list[Draft], told: Told = list) -> list[str]:
        now = self.workspace.now()
        with self.store.transaction():
            for draft in drafts:
                connect(self.workspace, item, draft)
                check_not_null(item, draft.columns)
                draft.columns.setdefault("updatedAt", now)
            before = Before(self.store, item, [draft.columns for draft in drafts])
            self._guarded(item, drafts, lambda: self._run_updates(item, drafts))
            for draft in drafts:
                if draft.files:
                    self._write_files(item, draft, draft.columns["id"])
            noted = set(told([draft.columns["id"] for draft in drafts]))
            written = [draft.columns for draft in drafts if draft.columns["id"] in noted]
            self.workspace.automations.updated(item, [(columns["id"], before.diff(columns)) for columns in written])
        return [draft.columns["id"] for draft in drafts]

    def _run_updates(self, item: Object, drafts: list[Draft]) -> None:
        for draft in drafts:
            names = [name for name in draft.columns if name != "id"]
            sets = ", ".join(f"{quoted(name)} = ?" for name in names)
            parameters = [*(draft.columns[name] for name in names), draft.columns["id"]]
            self.store.execute(f"UPDATE {quoted(item.table)} SET {sets} WHERE id = ?", parameters)  # noqa: S608

    def _rename(self, item: Object, ident: str, other: str) -> None:
        """Give a record another id, as the server does where an update brings one."""
        sql = f"UPDATE {quoted(item.table)} SET id = ? WHERE id = ?"  # noqa: S608
        self._guarded(item, [Draft({"id": other})], lambda: self.store.execute(sql, (other, ident)))

    # ------------------------------------------------------------------------------------------------ what is refused
    def _guarded(self, item: Object, drafts: list[Draft], run: Callable[[], Any]) -> None:
        """Run a statement and say what the database would say about duplicates and unknown records."""
        try:
            run()
        except sqlite3.IntegrityError as error:
            violated = _DUPLICATE.search(str(error))
            if violated is None:
                raise
            columns = [part.split(".", 1)[1] for part in violated[1].split(", ")]
            raise duplicate(self.workspace, item, drafts, columns) from None
        for found in item.many_to_one:
            self._check_targets(item, found, (draft.columns.get(str(found.join_column)) for draft in drafts))

    def _check_targets(self, item: Object, found: Field, given: Iterable[str | None]) -> None:
        ids = {ident for ident in given if ident}
        if not ids:
            return
        target = self.workspace.model.target(found)
        known = self.store.rows(
            f"SELECT COUNT(*) FROM {quoted(target.table)}"  # noqa: S608
            " WHERE id IN (SELECT value FROM json_each(?))",
            [orjson.dumps(list(ids)).decode()],
        )[0][0]
        if known != len(ids):
            name = foreign_key_name(item.table, str(found.join_column))
            raise Refusal(
                f'insert or update on table "{item.table}" violates foreign key constraint "{name}"',
                friendly="This operation references a record that does not exist"
                " or cannot be modified due to existing relationships.",
            )

    def _write_files(self, item: Object, draft: Draft, ident: str) -> None:
        for name, listed in draft.files.items():
            kept = self.workspace.files.attach(item.by_name[name], item, ident, listed)
            self.store.execute(
                f"UPDATE {quoted(item.table)} SET {quoted(name)} = ? WHERE id = ?",  # noqa: S608
                (dumped(kept), ident),
            )
