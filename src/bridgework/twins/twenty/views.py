"""Views and what belongs to them: view fields, filters, sorts and groups, kept as the API shows them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from bridgework.twins.twenty.model import Field, Object
from bridgework.twins.twenty.shelf import Entity, Shelf
from bridgework.twins.twenty.standard import facts
from bridgework.twins.twenty.verdicts import Verdict, problem

if TYPE_CHECKING:
    from bridgework.twins.twenty.workspace import Workspace

PARTS = {
    "viewField": "viewFields",
    "viewFilter": "viewFilters",
    "viewSort": "viewSorts",
    "viewGroup": "viewGroups",
}
_WORDS = {"viewFilter": "view filter", "viewSort": "view sort", "viewGroup": "view group", "viewField": "view field"}
STANDARD_SIZE = 150
CUSTOM_SIZE = 180


class Views(Shelf):
    """The views of one workspace."""

    def __init__(self, workspace: Workspace) -> None:
        kinds = {"view": "view", **_WORDS}
        super().__init__(workspace, kinds, dict.fromkeys(PARTS, ("view", "viewId")))

    # ------------------------------------------------------------------------------------------------------------ read
    def of_object(self, object_id: str | None, types: list[str] | None) -> list[Entity]:
        """The views of an object, or all, with their parts."""
        return [
            self.shown(view)
            for view in self.kept["view"].values()
            if (object_id is None or view["objectMetadataId"] == object_id) and (not types or view["type"] in types)
        ]

    def shown(self, view: Entity) -> Entity:
        parts = {plural: self.of(kind, view["id"]) for kind, plural in PARTS.items()}
        return {**view, **parts}

    # ----------------------------------------------------------------------------------------------------------- write
    def create_view(self, given: Entity) -> Entity:
        if given["objectMetadataId"] not in self.workspace.model.objects:
            verdict = Verdict("creating view")
            verdict.add("view", [problem("INVALID_VIEW_DATA", "Object metadata not found")])
            verdict.refuse()
        visibility = given.get("visibility") or "WORKSPACE"
        return self.shown(self.put("view", {**_EMPTY_VIEW, **given, "visibility": visibility}))

    def create_part(self, kind: str, given: Entity) -> Entity:
        """A filter, sort or group of a view."""
        self._check_part(f"creating {_WORDS[kind]}", kind, [given])
        return self.put(kind, {**_EMPTY_PARTS.get(kind, {}), **given})

    def create_fields(self, listed: list[Entity]) -> list[Entity]:
        """View fields; refuses all of them where one is there already."""
        self._check_part("creating view fields", "viewField", listed)
        return [self.put("viewField", {**_EMPTY_PARTS["viewField"], **given}) for given in listed]

    def _check_part(self, doing: str, kind: str, listed: list[Entity]) -> None:
        verdict = Verdict(doing)
        taken = {(part["viewId"], part["fieldMetadataId"]) for part in self.kept["viewField"].values()}
        for given in listed:
            problems = []
            if given["viewId"] not in self.kept["view"]:
                problems.append(problem("INVALID_VIEW_DATA", "View not found"))
            if "fieldMetadataId" in given and given["fieldMetadataId"] not in self.workspace.model.fields:
                problems.append(problem("INVALID_VIEW_DATA", "Field metadata not found"))
            if kind == "viewField" and (given["viewId"], given["fieldMetadataId"]) in taken:
                message = (
                    "View field with same fieldMetadataUniversalIdentifier and viewUniversalIdentifier already exists"
                )
                problems.append(problem("INVALID_VIEW_DATA", message, "View field already exists"))
            if problems:
                verdict.add(
                    kind, problems, viewUniversalIdentifier=given["viewId"],
                    fieldMetadataUniversalIdentifier=given.get("fieldMetadataId"),
                )  # fmt: skip
        verdict.refuse()

    # ---------------------------------------------------------------------------------------- following the data model
    def of_new_object(self, item: Object, fields: list[Field]) -> None:
        """The table of all records and the fields on the record's page."""
        label = item.facts.label
        table = self.put(
            "view",
            {**_EMPTY_VIEW, "name": f"All {item.facts.label_plural}", "objectMetadataId": item.id, "key": "INDEX"},
        )
        page = self.put(
            "view",
            {**_EMPTY_VIEW, "name": f"{label} Record Page Fields", "objectMetadataId": item.id,
             "type": "FIELDS_WIDGET"},
        )  # fmt: skip
        self._fill(table, fields)
        self._fill(page, [found for found in fields if found.name != "name"])

    def _fill(self, view: Entity, fields: Iterable[Field]) -> None:
        for position, found in enumerate(fields):
            self.put("viewField", _view_field(view, found, position))

    def of_new_field(self, item: Object, found: Field) -> None:
        """A new field is in the table, but hidden, and on the record's page."""
        for view in list(self.kept["view"].values()):
            if view["objectMetadataId"] != item.id:
                continue
            places = [part["position"] for part in self.of("viewField", view["id"])]
            entity = _view_field(view, found, max(places, default=-1) + 1)
            if view["key"] == "INDEX":
                self.put("viewField", {**entity, "isVisible": False})
            elif view["type"] == "FIELDS_WIDGET":
                self.put("viewField", entity)

    def forget_field(self, found: Field) -> None:
        for kind in ("viewField", "viewFilter", "viewSort"):
            for part in [part for part in self.kept[kind].values() if part["fieldMetadataId"] == found.id]:
                self.drop(kind, part["id"])

    def forget_object(self, item: Object) -> None:
        for view in [view for view in self.kept["view"].values() if view["objectMetadataId"] == item.id]:
            self.drop("view", view["id"])

    def found_standard(self) -> None:
        """The views of a fresh workspace."""
        for name, raw in facts("standard").items():
            item = self.workspace.model.by_name[name]
            for line in raw["views"]:
                self._found_view(item, line)

    def _found_view(self, item: Object, line: Entity) -> None:
        group = item.by_name.get(line.get("groupBy", ""))
        view = self.put(
            "view",
            {**_EMPTY_VIEW, "name": line["name"], "objectMetadataId": item.id, "type": line["type"],
             "key": line.get("key"), "icon": line.get("icon", "IconList"), "position": line.get("position", 0),
             "mainGroupByFieldMetadataId": group.id if group else None},
        )  # fmt: skip
        for position, entry in enumerate(line["fields"].split()):
            name, _, size = entry.removeprefix("-").partition(":")
            entity = _view_field(view, item.by_name[name], position)
            size_of = float(size or STANDARD_SIZE)
            self.put("viewField", {**entity, "size": size_of, "isVisible": not entry.startswith("-")})
        for option in (group.options or ()) if group else ():
            self.put("viewGroup", {"viewId": view["id"], "fieldValue": option["value"], "isVisible": True,
                                   "position": option["position"]})  # fmt: skip


_EMPTY_VIEW: Entity = {
    "type": "TABLE", "key": None, "icon": "IconList", "position": 0, "isCompact": False, "isCustom": False,
    "openRecordIn": "SIDE_PANEL", "kanbanAggregateOperation": None, "kanbanAggregateOperationFieldMetadataId": None,
    "mainGroupByFieldMetadataId": None, "shouldHideEmptyGroups": False, "kanbanColumnWidth": None,
    "calendarFieldMetadataId": None, "anyFieldFilterValue": None, "calendarLayout": None, "visibility": "WORKSPACE",
    "createdByUserWorkspaceId": None,
}  # fmt: skip
_EMPTY_PARTS: dict[str, Entity] = {
    "viewField": {"aggregateOperation": None, "viewFieldGroupId": None, "isOverridden": False},
    "viewFilter": {"viewFilterGroupId": None, "positionInViewFilterGroup": None, "subFieldName": None,
                   "relationTargetFieldMetadataId": None, "operand": "CONTAINS"},
    "viewSort": {"subFieldName": None, "direction": "ASC"},
}  # fmt: skip


def _view_field(view: Entity, found: Field, position: float) -> Entity:
    return {
        **_EMPTY_PARTS["viewField"], "viewId": view["id"], "fieldMetadataId": found.id, "isVisible": True,
        "size": CUSTOM_SIZE, "position": position,
    }  # fmt: skip
