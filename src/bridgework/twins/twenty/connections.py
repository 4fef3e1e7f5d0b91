"""Part of a list in Relay's form: edges with their cursors, and what the page is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bridgework.twins.twenty.model import Object
from bridgework.twins.twenty.ordering import encode
from bridgework.twins.twenty.selection import Record, Tree


@dataclass
class Slice:
    """Records of one page, their ids, and where the page lies."""

    item: Object
    records: list[Record]
    ids: list[str]
    order_by: list[dict[str, Any]]
    more: bool = False
    forward: bool = True

    def _cursor(self, place: int) -> str:
        return encode({"id": self.ids[place], **self.records[place]}, self.order_by, self.item)

    def shaped(self, tree: Tree) -> dict[str, Any]:
        """What a selection asks of the list."""
        answer: dict[str, Any] = dict.fromkeys(tree)
        if "edges" in tree:
            answer["edges"] = [self._edge(place, tree["edges"]) for place in range(len(self.records))]
        if "pageInfo" in tree:
            answer["pageInfo"] = self._page_info(tree["pageInfo"])
        if "__typename" in tree:
            answer["__typename"] = f"{self.item.type_name}Connection"
        return answer

    def _edge(self, place: int, wanted: Tree) -> dict[str, Any]:
        edge: dict[str, Any] = {}
        for key in wanted:
            if key == "node":
                edge["node"] = self.records[place]
            elif key == "cursor":
                edge["cursor"] = self._cursor(place)
            elif key == "__typename":
                edge["__typename"] = f"{self.item.type_name}Edge"
        return edge

    def _page_info(self, wanted: Tree) -> dict[str, Any]:
        info: dict[str, Any] = {
            "hasNextPage": self.forward and self.more,
            "hasPreviousPage": not self.forward and self.more,
            "startCursor": self._cursor(0) if self.records else None,
            "endCursor": self._cursor(-1) if self.records else None,
            "__typename": "PageInfo",
        }
        return {key: info.get(key) for key in wanted}
