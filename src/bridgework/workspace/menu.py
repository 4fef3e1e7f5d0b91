"""The navigation menu, in which the server lists each new object.

It removes an object's item with the object, but its cache goes on listing the item of the object that was deleted last
(measured on 2.19). So the item is taken out first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridgework.workspace.client import OutcomeUnknownError, RejectedError

if TYPE_CHECKING:
    from bridgework.workspace.client import Client

_ITEMS = "query{navigationMenuItems{id targetObjectMetadataId}}"
_DELETE = "mutation($id:UUID!){deleteNavigationMenuItem(id:$id){id}}"


async def take_out(client: Client, calls: frozenset[str], object_id: str) -> None:
    """Remove an object's items from the menu; where the server or the key does not allow it, they stay."""
    if not {"navigationMenuItems", "deleteNavigationMenuItem"} <= calls:
        return
    try:
        items = (await client.metadata(_ITEMS, safe=True))["navigationMenuItems"]
        for one in items:
            if one["targetObjectMetadataId"] == object_id:
                await client.metadata(_DELETE, {"id": one["id"]}, safe=False)
    except (RejectedError, OutcomeUnknownError):
        return  # the object goes with what hangs on it; only the server's cache may list the item for a while
