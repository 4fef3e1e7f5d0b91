"""The table view of each object: which fields it shows, and how to show one more.

A new field is in the view but hidden in 2.19; other versions leave it out of the view, or show it at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bridgework.errors import Refused
from bridgework.workspace.client import RejectedError, refused
from bridgework.workspace.rejection import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bridgework.workspace.client import Client
    from bridgework.workspace.model import Object

_INDEX = "INDEX"  # the key of an object's table view
_COLUMN_WIDTH = 180


@dataclass(frozen=True, slots=True)
class Column:
    """One field in a table view."""

    id: str
    field_id: str
    is_visible: bool
    position: float


@dataclass(frozen=True, slots=True)
class TableView:
    """The table view of one object."""

    id: str
    columns: tuple[Column, ...]

    def shown(self) -> frozenset[str]:
        """The ids of the fields that it shows."""
        return frozenset(column.field_id for column in self.columns if column.is_visible)


async def read_views(client: Client, calls: frozenset[str]) -> dict[str, TableView]:
    """Object id → its table view, for all objects; empty where the key may not see views."""
    call = _name(calls, "getViews", "getCoreViews")
    document = f"query{{{call}{{id key objectMetadataId viewFields{{id fieldMetadataId isVisible position}}}}}}"
    try:
        views = (await client.metadata(document, safe=True))[call]
    except RejectedError:
        return {}
    return {view["objectMetadataId"]: _read(view) for view in views if view["key"] == _INDEX}


async def show(client: Client, calls: frozenset[str], target: Object, field_ids: Sequence[str]) -> None:
    """Make fields visible columns of the object's table view, those that are not yet; raises `Refused`."""
    view = (await read_views(client, calls)).get(target.id)
    if view is None:
        raise Refused(
            "NO_TABLE_VIEW",
            "An object's table view cannot be read",
            where=target.name,
            next_step="give the role of the API key the permissions on views and layouts",
        )
    columns = {column.field_id: column for column in view.columns}
    last = max((column.position for column in view.columns), default=-1)
    lacking = [one for one in field_ids if one not in columns]
    if lacking:
        await _add(
            client, calls, view.id, [(one, last + 1 + number) for number, one in enumerate(lacking)], target.name
        )
    for one in field_ids:
        if one in columns and not columns[one].is_visible:
            await _unhide(client, calls, columns[one].id, target.name)
    again = (await read_views(client, calls)).get(target.id)
    if again is None or not set(field_ids) <= again.shown():
        raise Refused(
            "COLUMN_HIDDEN",
            "A field does not show in the table view",
            where=target.name,
            next_step="show it in Twenty: Options → Fields, at the top of the table",
        )


async def _add(
    client: Client, calls: frozenset[str], view_id: str, fields: Sequence[tuple[str, float]], where: str
) -> None:
    call = _name(calls, "createManyViewFields", "createManyCoreViewFields")
    document = f"mutation($i:[CreateViewFieldInput!]!){{{call}(inputs:$i){{id}}}}"
    try:
        # Sent twice it is refused the second time, which is as good: what there is, is read afterwards.
        common = {"viewId": view_id, "isVisible": True, "size": _COLUMN_WIDTH}
        columns = [{**common, "fieldMetadataId": field_id, "position": position} for field_id, position in fields]
        await client.metadata(document, {"i": columns}, safe=True)
    except RejectedError as error:
        if error.rejection.kind is not Kind.SCHEMA:
            raise refused(error.rejection, "Twenty refused a column of a table view", where=where) from None


async def _unhide(client: Client, calls: frozenset[str], column_id: str, where: str) -> None:
    call = _name(calls, "updateViewField", "updateCoreViewField")
    document = f"mutation($i:UpdateViewFieldInput!){{{call}(input:$i){{id}}}}"
    try:
        await client.metadata(document, {"i": {"id": column_id, "update": {"isVisible": True}}}, safe=True)
    except RejectedError as error:
        raise refused(error.rejection, "Twenty refused to show a column", where=where) from None


def _name(calls: frozenset[str], name: str, before: str) -> str:
    """The name of a view call: `getViews` was `getCoreViews` while views moved into the metadata API."""
    return before if before in calls and name not in calls else name


def _read(view: Mapping[str, Any]) -> TableView:
    return TableView(
        view["id"],
        tuple(
            Column(one["id"], one["fieldMetadataId"], bool(one["isVisible"]), one["position"])
            for one in view["viewFields"] or ()
        ),
    )
