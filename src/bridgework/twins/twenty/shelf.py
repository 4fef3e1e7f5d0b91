"""Things that the metadata API keeps and gives back as they came: views, page layouts, webhooks and their parts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bridgework.twins.twenty.errors import Refusal
from bridgework.twins.twenty.model import new_id

if TYPE_CHECKING:
    from bridgework.twins.twenty.workspace import Workspace

Entity = dict[str, Any]


class Shelf:
    """Entities by kind and id. `parents` says which kind hangs on which other, and by which key."""

    def __init__(self, workspace: Workspace, kinds: dict[str, str], parents: dict[str, tuple[str, str]]) -> None:
        self.workspace = workspace
        self.words = kinds
        self.parents = parents
        self.kept: dict[str, dict[str, Entity]] = {
            kind: {body["id"]: body for body in workspace.store.load(kind)} for kind in kinds
        }

    def get(self, kind: str, ident: str) -> Entity:
        """An entity; raises Refusal where there is none."""
        found = self.kept[kind].get(ident)
        if found is None:
            raise Refusal(f"{self.words[kind].capitalize()} not found", code="NOT_FOUND")
        return found

    def of(self, kind: str, parent: str | None) -> list[Entity]:
        """The entities that hang on a parent, or all, in the order of their positions."""
        key = self.parents[kind][1] if kind in self.parents else ""
        found = [one for one in self.kept[kind].values() if parent is None or one[key] == parent]
        return sorted(found, key=_place)

    def put(self, kind: str, given: Entity) -> Entity:
        """Keep a new entity, or the next state of one."""
        now = self.workspace.now()
        base = {"id": new_id(), "createdAt": now, "deletedAt": None, "workspaceId": self.workspace.id,
                "isActive": True, "isOverridden": False, "applicationId": self.workspace.id}  # fmt: skip
        entity = {**base, **{key: value for key, value in given.items() if key != "id" or value}, "updatedAt": now}
        self.kept[kind][entity["id"]] = entity
        self.workspace.store.put(kind, entity["id"], entity)
        return entity

    def change(self, kind: str, ident: str, given: Entity) -> Entity:
        known = self.get(kind, ident)
        return self.put(kind, {**known, **{key: value for key, value in given.items() if key != "id"}})

    def drop(self, kind: str, ident: str) -> Entity:
        """Take an entity away, with all that hangs on it."""
        found = self.get(kind, ident)
        for child, (parent, key) in self.parents.items():
            if parent == kind:
                for one in [one for one in self.kept[child].values() if one[key] == ident]:
                    self.drop(child, one["id"])
        del self.kept[kind][ident]
        self.workspace.store.remove(kind, ident)
        return found


def _place(entity: Entity) -> float:
    position = entity.get("position")
    return float(position) if isinstance(position, (int, float)) else 0.0
