"""Page layouts with their tabs and widgets, which make a dashboard, and webhooks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridgework.twins.twenty.errors import Refusal
from bridgework.twins.twenty.shelf import Entity, Shelf

if TYPE_CHECKING:
    from bridgework.twins.twenty.workspace import Workspace

_WORDS = {
    "pageLayout": "page layout",
    "pageLayoutTab": "page layout tab",
    "pageLayoutWidget": "page layout widget",
    "webhook": "webhook",
}
_PARENTS = {
    "pageLayoutTab": ("pageLayout", "pageLayoutId"),
    "pageLayoutWidget": ("pageLayoutTab", "pageLayoutTabId"),
}
_EMPTY: dict[str, Entity] = {
    "pageLayout": {"type": "RECORD_PAGE", "objectMetadataId": None},
    "pageLayoutTab": {"position": 0, "layoutMode": "GRID", "icon": None},
    "pageLayoutWidget": {"objectMetadataId": None, "position": None, "conditionalDisplay": None},
    "webhook": {"description": None, "secret": ""},
}


class Layouts(Shelf):
    """The page layouts and webhooks of one workspace."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace, _WORDS, _PARENTS)

    def create(self, kind: str, given: Entity) -> Entity:
        """A new layout, tab, widget or webhook; what it hangs on must be there."""
        if kind in _PARENTS:
            parent, key = _PARENTS[kind]
            if given[key] not in self.kept[parent]:
                raise Refusal(f"{_WORDS[parent].capitalize()} not found", code="NOT_FOUND")
        return self.shown(kind, self.put(kind, {**_EMPTY[kind], **given}))

    def shown(self, kind: str, entity: Entity) -> Entity:
        """An entity with what hangs on it."""
        if kind == "pageLayout":
            tabs = self.of("pageLayoutTab", entity["id"])
            return {**entity, "tabs": [self.shown("pageLayoutTab", tab) for tab in tabs]}
        if kind == "pageLayoutTab":
            return {**entity, "widgets": self.of("pageLayoutWidget", entity["id"])}
        return entity
