"""What an update changed, field by field, as the timeline shows it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import orjson

from bridgework.twins.twenty.converting import Columns
from bridgework.twins.twenty.fieldtypes import read
from bridgework.twins.twenty.model import Column, Object
from bridgework.twins.twenty.store import Row, Store, quoted

Diff = dict[str, Any]
Told = Callable[[Sequence[str]], list[str]]
"""Which of the records that were written are spoken of: in the answer, on the timeline, to workflows."""
UNMINDED = frozenset({"id", "updatedAt", "searchVector"})


class Before:
    """The columns of records as they were before an update."""

    def __init__(self, store: Store, item: Object, updates: Sequence[Columns]) -> None:
        named = {name for columns in updates for name in columns} - UNMINDED
        self.item = item
        self.columns: list[Column] = [column for column in item.columns if column.name in named]
        self.rows: dict[str, Row] = {}
        names = ", ".join(quoted(column.name) for column in self.columns)
        if self.columns:
            found = store.rows(
                f"SELECT id, {names} FROM {quoted(item.table)}"  # noqa: S608
                " WHERE id IN (SELECT value FROM json_each(?))",
                [orjson.dumps([columns["id"] for columns in updates]).decode()],
            )
            self.rows = {row[0]: row[1:] for row in found}

    def diff(self, after: Columns) -> Diff:
        """The fields of a record that differ now, each with its value before and after."""
        row = self.rows.get(after["id"])
        if row is None:
            return {}
        changed: dict[str, Column] = {}
        for column, value in zip(self.columns, row, strict=True):
            if column.name in after and after[column.name] != value:
                changed.setdefault(column.field.name, column)
        old = dict(zip((column.name for column in self.columns), row, strict=True))
        return {name: self._pair(column, old, after) for name, column in changed.items()}

    def _pair(self, column: Column, old: Columns, after: Columns) -> dict[str, Any]:
        found = column.field
        new = {**old, **after}
        if found.relation is not None:
            return {"before": {"id": old[column.name]}, "after": {"id": new[column.name]}}
        if column.part is None:
            return {"before": read(column.kind, old[column.name]), "after": read(column.kind, new[column.name])}
        parts = [part for part in self.columns if part.field.name == found.name and part.part is not None]
        return {
            moment: {str(part.part and part.part.name): read(part.kind, values.get(part.name)) for part in parts}
            for moment, values in (("before", old), ("after", new))
        }
