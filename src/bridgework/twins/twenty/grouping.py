"""Grouped counts: `peopleGroupBy(groupBy: [{jobTitle: true}]) { groupByDimensionValues totalCount }`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bridgework.twins.twenty.aggregates import Aggregates
from bridgework.twins.twenty.errors import bad_query
from bridgework.twins.twenty.fieldtypes import COMPOSITE, column_name
from bridgework.twins.twenty.model import Object
from bridgework.twins.twenty.selection import Tree
from bridgework.twins.twenty.store import quoted

if TYPE_CHECKING:
    from bridgework.twins.twenty.workspace import Workspace

DEFAULT_GROUPS = 50
_GRANULARITY = {
    "DAY": "substr({0}, 1, 10) || 'T00:00:00.000Z'",
    "MONTH": "substr({0}, 1, 7) || '-01T00:00:00.000Z'",
    "YEAR": "substr({0}, 1, 4) || '-01-01T00:00:00.000Z'",
}


def _expression(item: Object, entry: dict[str, Any]) -> str:
    """The SQL of one dimension."""
    [(key, value)] = entry.items()
    found = item.by_name.get(key)
    if found is None and key not in item.by_join:
        raise bad_query(f'Unidentified field "{key}" in groupBy', sub_code="INVALID_ARGS_DATA")
    if found is None or value is True:
        return f"t.{quoted(key)}"
    if found.type in COMPOSITE:
        [(part, wanted)] = value.items()
        if wanted is True and part in {sub.name for sub in COMPOSITE[found.type]}:
            return f"t.{quoted(column_name(key, part))}"
    elif found.type in {"DATE", "DATE_TIME"} and value.get("granularity") in _GRANULARITY:
        return _GRANULARITY[value["granularity"]].format(f"t.{quoted(key)}")
    raise bad_query(f'Unidentified dimension of field "{key}" in groupBy', sub_code="INVALID_ARGS_DATA")


def group_by(workspace: Workspace, item: Object, arguments: dict[str, Any], tree: Tree) -> list[dict[str, Any]]:
    """The groups of a list, each with its dimension values and the aggregates that were asked for."""
    dimensions = arguments.get("groupBy")
    if not isinstance(dimensions, list) or not dimensions:
        raise bad_query('Missing required argument: "groupBy" (array)')
    keys = [_expression(item, entry) for entry in dimensions]
    wanted = {key: subtree for key, subtree in tree.items() if key != "groupByDimensionValues"}
    aggregates = Aggregates(item, wanted)
    where = workspace.reader.where(item, arguments.get("filter"))
    columns = ", ".join([*keys, *aggregates.wanted.values()])
    places = ", ".join(str(index) for index in range(1, len(keys) + 1))
    rows = workspace.store.rows(
        f"SELECT {columns} FROM {quoted(item.table)} t WHERE {where.sql or 1}"  # noqa: S608
        f" GROUP BY {places} ORDER BY {places} LIMIT {int(arguments.get('limit') or DEFAULT_GROUPS)}",
        where.parameters,
    )
    groups = []
    for row in rows:
        values = {"groupByDimensionValues": [None if value is None else str(value) for value in row[: len(keys)]]}
        held: dict[str, Any] = {**values, **dict(zip(aggregates.wanted, row[len(keys) :], strict=True))}
        groups.append({key: held.get(key) for key in tree})
    return groups
