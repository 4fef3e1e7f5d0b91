"""Grouped counts: `peopleGroupBy(groupBy: [{jobTitle: true}]) { groupByDimensionValues totalCount }`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bridgework.twins.twenty.aggregates import Aggregates, plain
from bridgework.twins.twenty.errors import bad_query
from bridgework.twins.twenty.fieldtypes import COMPOSITE, column_name
from bridgework.twins.twenty.grains import GRAINS
from bridgework.twins.twenty.model import Field, Object
from bridgework.twins.twenty.selection import Tree
from bridgework.twins.twenty.store import quoted

if TYPE_CHECKING:
    from bridgework.twins.twenty.workspace import Workspace

DEFAULT_GROUPS = 50
_UNGROUPED = frozenset({"ACTOR", "RICH_TEXT", "FILES", "RAW_JSON", "TS_VECTOR"})


@dataclass(frozen=True)
class Dimension:
    """One thing to group by: its SQL and whether it is a truth value."""

    sql: str
    boolean: bool = False

    def shown(self, value: Any) -> Any:
        return bool(value) if self.boolean and value is not None else plain(value)


def _dimension(workspace: Workspace, item: Object, entry: dict[str, Any], alias: str = "t") -> Dimension:
    if len(entry) != 1:
        raise bad_query("You cannot provide multiple fields in one GroupByInput, split them into multiple GroupByInput")
    [(key, value)] = entry.items()
    found = item.by_name.get(key)
    if found is None and key not in item.by_join:
        raise bad_query(f"Unidentified field in groupBy: {key}")
    if found is not None and found.type in _UNGROUPED:
        raise bad_query(f'Field "{key}" is not supported in groupBy')
    if value is True and (found is None or (found.relation is None and found.type not in COMPOSITE)):
        return Dimension(f"{alias}.{quoted(key)}", found is not None and found.type == "BOOLEAN")
    if found is not None and isinstance(value, dict):
        return _nested(workspace, found, value, alias)
    raise bad_query(f'Invalid groupBy definition for field "{key}"')


def _nested(workspace: Workspace, found: Field, value: dict[str, Any], alias: str) -> Dimension:
    """A sub-field, a date cut to a granularity, or a field of the record that a relation leads to."""
    if len(value) != 1 and "granularity" not in value:
        message = "You cannot provide multiple subfields in one GroupByInput, split them into multiple GroupByInput"
        raise bad_query(message)
    column = f"{alias}.{quoted(found.name)}"
    if found.relation == "MANY_TO_ONE":
        target = workspace.model.target(found)
        inner = _dimension(workspace, target, value, "r")
        join = quoted(str(found.join_column))
        sql = f"(SELECT {inner.sql} FROM {quoted(target.table)} r WHERE r.id = t.{join})"  # noqa: S608
        return Dimension(sql, inner.boolean)
    if found.type in {"DATE", "DATE_TIME"} and value.get("granularity") == "NONE":
        return Dimension(column)
    if found.type in {"DATE", "DATE_TIME"} and "granularity" in value:
        grain, zone = str(value["granularity"]), str(value.get("timeZone") or "")
        if found.type == "DATE_TIME" and grain in GRAINS and not zone:
            raise bad_query(
                "Time zone should be specified for a group by date on Day, Week, Month, Quarter or Year",
                sub_code="MISSING_TIMEZONE_FOR_DATE_GROUP_BY",
            )
        return Dimension(f"truncated({column}, '{_word(grain)}', '{_word(zone)}')")
    [(part, wanted)] = value.items()
    if wanted is True and part in {sub.name for sub in COMPOSITE.get(found.type, ())}:
        return Dimension(f"{alias}.{quoted(column_name(found.name, part))}")
    raise bad_query(f'Invalid groupBy definition for field "{found.name}"')


def _word(text: str) -> str:
    """A granularity or time zone, safe within SQL."""
    return "".join(letter for letter in text if letter.isalnum() or letter in "_/+-")


def group_by(workspace: Workspace, item: Object, arguments: dict[str, Any], tree: Tree) -> list[dict[str, Any]]:
    """The groups of a list, each with its dimension values and the aggregates that were asked for."""
    given = arguments.get("groupBy")
    if not isinstance(given, list):
        raise bad_query('Missing required argument: "groupBy" (array)')
    dimensions = [_dimension(workspace, item, entry) for entry in given]
    aggregates = Aggregates(item, {key: subtree for key, subtree in tree.items() if key != "groupByDimensionValues"})
    where = workspace.reader.where(item, arguments.get("filter"))
    columns = ", ".join([*(one.sql for one in dimensions), *aggregates.wanted.values()]) or "COUNT(*)"
    places = [str(index) for index in range(1, len(dimensions) + 1)]
    grouped = ""
    if places:
        ordered = ", ".join(f"{place} NULLS LAST" for place in places)
        grouped = f" GROUP BY {', '.join(places)} ORDER BY {ordered}"
    rows = workspace.store.rows(
        f"SELECT {columns} FROM {quoted(item.table)} t WHERE {where.sql or 1}{grouped}"  # noqa: S608
        f" LIMIT {int(arguments.get('limit') or DEFAULT_GROUPS)}",
        where.parameters,
    )
    return [_group(row, dimensions, aggregates, tree) for row in rows]


def _group(row: tuple[Any, ...], dimensions: list[Dimension], aggregates: Aggregates, tree: Tree) -> dict[str, Any]:
    values = [one.shown(value) for one, value in zip(dimensions, row, strict=False)]
    counted = row[len(dimensions) : len(dimensions) + len(aggregates.wanted)]
    held = dict(zip(aggregates.wanted, map(plain, counted), strict=True))
    return {key: values if key == "groupByDimensionValues" else held.get(key) for key in tree}
