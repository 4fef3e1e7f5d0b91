"""Reading records: lists with pages and counts, single records, and the relations that hang on them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from bridgework.twins.twenty import ordering
from bridgework.twins.twenty.aggregates import Aggregates
from bridgework.twins.twenty.connections import Slice
from bridgework.twins.twenty.errors import bad_query, not_found
from bridgework.twins.twenty.filters import FilterCompiler, Where
from bridgework.twins.twenty.model import DataModel, Object
from bridgework.twins.twenty.selection import FileReader, Nested, Plan, Record, Tree, plan_of
from bridgework.twins.twenty.store import Row, Store, quoted

DEFAULT_PAGE = 200
RELATED_PER_PARENT = 60
BY_ID: dict[str, Any] = {"id": "AscNullsFirst"}


@dataclass
class Page:
    """The arguments of a list: which part of it, and in which order."""

    first: int | None = None
    last: int | None = None
    before: str | None = None
    after: str | None = None
    offset: int | None = None

    def check(self) -> None:
        """Refuse arguments that contradict each other."""
        for one, other in (("first", "last"), ("before", "after"), ("before", "first"), ("after", "last")):
            if getattr(self, one) and getattr(self, other):
                raise bad_query(f"Cannot provide both {one} and {other}", sub_code="ARGS_CONFLICT")
        for name in ("first", "last"):
            value = getattr(self, name)
            if value is not None and value < 0:
                message = f"{name.capitalize()} argument must be non-negative"
                raise bad_query(message, sub_code=f"INVALID_ARGS_{name.upper()}")


class Reader:
    """Reads the records of one workspace."""

    def __init__(self, store: Store, model: DataModel, files: FileReader) -> None:
        self.store = store
        self.model = model
        self.files = files

    def where(self, item: Object, filter_: dict[str, Any] | None, *, with_deleted: bool = False) -> Where:
        """The condition for a filter; deleted records are hidden unless it speaks of deletedAt."""
        where = FilterCompiler(self.model, item).compile(filter_)
        if not (where.deleted or with_deleted):
            where.sql = f"({where.sql}) AND t.deletedAt IS NULL" if where.sql else "t.deletedAt IS NULL"
        return where

    def ids(self, item: Object, where: Where) -> list[str]:
        sql = f"SELECT t.id FROM {quoted(item.table)} t WHERE {where.sql or 1}"  # noqa: S608
        return [ident for (ident,) in self.store.rows(sql, where.parameters)]

    def by_ids(self, item: Object, tree: Tree, ids: Sequence[str], *, per_parent: int = DEFAULT_PAGE) -> list[Record]:
        """The records of these ids, deleted or not, in the order of the ids."""
        return self.records_of(self.rows_of(item, tree, ids), per_parent=per_parent)

    def rows_of(self, item: Object, tree: Tree, ids: Sequence[str]) -> tuple[Plan, list[Row]]:
        """The rows of these ids, and the plan that makes records of them."""
        plan = plan_of(self.model, item, tree, self.files)
        rows = self._select(plan, "t.id IN (SELECT value FROM json_each(?))", [orjson.dumps(ids).decode()])
        place = {ident: index for index, ident in enumerate(ids)}
        rows.sort(key=lambda row: place[row[0]])
        return plan, rows

    def records_of(self, found: tuple[Plan, list[Row]], *, per_parent: int = DEFAULT_PAGE) -> list[Record]:
        """Rows as records, with what their relations lead to by now."""
        return self._records(*found, per_parent)

    def one(self, item: Object, tree: Tree, filter_: dict[str, Any]) -> Record:
        """The first record of a filter; raises Refusal where there is none."""
        plan = plan_of(self.model, item, tree, self.files)
        where = self.where(item, filter_)
        rows = self._select(plan, where.sql, where.parameters, " LIMIT 1")
        if not rows:
            raise not_found()
        return self._records(plan, rows, RELATED_PER_PARENT)[0]

    def connection(
        self, item: Object, tree: Tree, filter_: dict[str, Any] | None, order_by: list[dict[str, Any]], page: Page
    ) -> dict[str, Any]:
        """A list in Relay's form: edges, pageInfo, totalCount and the other aggregates that were asked for."""
        page.check()
        order_by = [*order_by, BY_ID]
        terms = ordering.terms_of(self.model, item, order_by)
        aggregates = Aggregates(item, tree)
        forward = page.before is None
        cursor = page.after or page.before
        narrowed = filter_
        if cursor:
            after = ordering.cursor_filter(ordering.decode(cursor), order_by, item, forward=forward)
            narrowed = {"and": [filter_, after]} if filter_ else after
        where = self.where(item, narrowed)
        limit = page.first if page.first is not None else page.last if page.last is not None else DEFAULT_PAGE
        node_tree = tree.get("edges", {}).get("node", {})
        plan = plan_of(self.model, item, node_tree, self.files)
        tail = " ORDER BY " + ", ".join(term.sql(backwards=not forward) for term in terms)
        tail += f" LIMIT {limit + 1}" + (f" OFFSET {page.offset}" if page.offset else "")
        rows = self._select(plan, where.sql, where.parameters, tail)
        more = len(rows) > limit
        rows = rows[:limit]
        if not forward:
            rows.reverse()
        records = self._records(plan, rows, RELATED_PER_PARENT)
        answer: dict[str, Any] = {}
        if aggregates:
            answer = aggregates.read(self.store, self.where(item, filter_))
        part = Slice(item, records, [row[0] for row in rows], order_by, more=more, forward=forward)
        return part.shaped(tree) | answer

    # ------------------------------------------------------------------------------------------------------ relations
    def _select(self, plan: Plan, where: str, parameters: Sequence[Any], tail: str = "") -> list[Row]:
        columns = ", ".join(f"t.{quoted(column)}" for column in plan.columns)
        sql = f"SELECT {columns} FROM {quoted(plan.item.table)} t WHERE {where or 1}{tail}"  # noqa: S608
        return self.store.rows(sql, parameters)

    def _records(self, plan: Plan, rows: list[Row], per_parent: int, *, deeper: bool = True) -> list[Record]:
        """Rows as answers, with what their relations lead to.

        Not `deeper`: in a record that a relation leads to the server answers no further ones, and lists are empty.
        """
        records = [plan.record(row) for row in rows]
        for nested in plan.nested:
            if not deeper:
                self._leave_out(nested, records)
                continue
            if nested.field.relation == "MANY_TO_ONE":
                self._attach_one(plan, nested, rows, records, per_parent)
            else:
                self._attach_many(nested, rows, records, per_parent)
        return records

    def _leave_out(self, nested: Nested, records: list[Record]) -> None:
        for record in records:
            record[nested.key] = None
            if nested.field.relation == "ONE_TO_MANY":
                record[nested.key] = Slice(self.model.target(nested.field), [], [], [BY_ID]).shaped(nested.tree)
                if "totalCount" in nested.tree:
                    record[nested.key]["totalCount"] = 0

    def _attach_one(self, plan: Plan, nested: Nested, rows: list[Row], records: list[Record], per_parent: int) -> None:
        """Put the record that a relation leads to in its place; one in the bin counts as none."""
        join = str(nested.field.join_column)
        place = plan.columns.index(join)
        ids = sorted({row[place] for row in rows if row[place]})
        target = plan_of(self.model, self.model.target(nested.field), nested.tree, self.files)
        deleted = target.index("deletedAt")
        found = self._select(target, "t.id IN (SELECT value FROM json_each(?))", [orjson.dumps(ids).decode()])
        records_found = self._records(target, found, per_parent, deeper=False)
        by_id = dict(zip((row[0] for row in found), records_found, strict=True))
        gone = {row[0] for row in found if row[deleted]}
        for row, record in zip(rows, records, strict=True):
            if row[place] in gone:
                record[nested.key] = None
                if join in record:
                    record[join] = None
            else:
                record[nested.key] = by_id.get(row[place])

    def _attach_many(self, nested: Nested, rows: list[Row], records: list[Record], per_parent: int) -> None:
        """Put the records that lead here in their place, as a connection."""
        item = self.model.target(nested.field)
        join = str(self.model.inverse(nested.field).join_column)
        tree = nested.tree
        plan = plan_of(self.model, item, tree.get("edges", {}).get("node", {}), self.files, inside_many=True)
        place = plan.index(join)
        ids = [row[0] for row in rows]
        where = f"t.{quoted(join)} IN (SELECT value FROM json_each(?)) AND t.deletedAt IS NULL"  # noqa: S608
        grouped: dict[str, list[Row]] = defaultdict(list)
        for row in self._select(plan, where, [orjson.dumps(ids).decode()]):
            grouped[row[place]].append(row)
        for row, record in zip(rows, records, strict=True):
            children = grouped[row[0]]
            shown = children[:per_parent]
            part = Slice(item, self._records(plan, shown, per_parent), [child[0] for child in shown], [BY_ID])
            record[nested.key] = part.shaped(tree)
            if "totalCount" in tree:
                record[nested.key]["totalCount"] = len(children)
