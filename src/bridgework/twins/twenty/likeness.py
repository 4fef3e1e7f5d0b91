"""Founds a workspace in the likeness of another one: its data model, members, automations and unique values.

A likeness is JSON:

    {"version": "2.19.0", "records_per_call": 200,
     "objects": [{"name", "plural", "label", "label_plural", "icon", "description", "active", "table",
                  "fields": [{"name", "label", "type", "active", "nullable", "unique", "default", "settings", "options",
                              "relation": null or {"kind", "object", "inverse"}, "shown"}]}],
     "members": [{"id", "first", "last", "email"}],
     "automations": [{"id", "workflow", "name", "event"}],
     "held": {object: [{"id", "deleted", "values": {field: value, or {part: value}}}]}}

`table` says whether the object has a table view, `shown` whether that shows the field; an automation's `id` is its
trigger's. Of records that are there only the id, the unique values and whether they are in the bin are known, which is
what a new record can run into. What this twin cannot be, another version's type of field say, is left out and named.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bridgework.twins.twenty.converting import defaults
from bridgework.twins.twenty.errors import Refusal
from bridgework.twins.twenty.fieldtypes import COMPOSITE, RELATIONS, SIMPLE
from bridgework.twins.twenty.founding import Founder
from bridgework.twins.twenty.model import Field, Object
from bridgework.twins.twenty.standard import COMMON
from bridgework.twins.twenty.values import dumped
from bridgework.twins.twenty.views import CUSTOM_SIZE

if TYPE_CHECKING:
    from bridgework.twins.twenty.workspace import Workspace

Described = Mapping[str, Any]
_KEPT = frozenset(line[0] for line in COMMON)
"""Fields that the server writes itself: no workspace is without them."""
_MANY_TO_ONE = "MANY_TO_ONE"


class Likeness:
    """Makes a fresh workspace like the one described; `lacking` names what it could not be."""

    def __init__(self, workspace: Workspace, described: Described) -> None:
        self.workspace = workspace
        self.described = described
        self.model, self.store = workspace.model, workspace.store
        self.lacking: list[str] = []

    def found(self) -> None:
        """Everything that is described."""
        objects = [one for one in self.described["objects"] if self._object(one)]
        for one in objects:
            self._plain_fields(one)
        for one in objects:
            self._relations(one)
        for one in objects:
            self._settle(one)
        self._objects_not_there(self.described["objects"])
        founder = Founder(self.workspace)
        for position, one in enumerate(self.described["members"]):
            columns = {"id": one["id"], "nameFirstName": one["first"] or None, "nameLastName": one["last"] or None}
            founder.add("workspaceMember", {**columns, "userEmail": one["email"], "position": position})
        for one in self.described["automations"]:
            self._automation(founder, one)
        for name, records in self.described["held"].items():
            if name in self.model.by_name:
                self._hold(self.model.by_name[name], records)

    # -------------------------------------------------------------------------------------------------- the data model
    def _object(self, one: Described) -> bool:
        """See that there is such an object; whether there is."""
        if one["name"] not in self.model.by_name:
            given = {
                "nameSingular": one["name"], "namePlural": one["plural"], "labelSingular": one["label"],
                "labelPlural": one["label_plural"], "icon": one["icon"], "description": one["description"],
                "skipNameField": all(field["name"] != "name" for field in one["fields"]),
            }  # fmt: skip
            try:
                self.workspace.objects.create(given)
            except Refusal:
                self.lacking.append(one["name"])
                return False
        item = self.model.by_name[one["name"]]
        item.facts.active = one["active"]
        self.store.save_object(item)
        return True

    def _objects_not_there(self, described: list[Described]) -> None:
        """Objects that the other workspace does not have: switched off, which hides them as well."""
        there = {one["name"] for one in described}
        for item in self.model:
            if item.name not in there:
                item.facts.active = False
                self.store.save_object(item)

    def _plain_fields(self, one: Described) -> None:
        item = self.model.by_name[one["name"]]
        described = {field["name"]: field for field in one["fields"]}
        for found in list(item.fields):
            if found.type in RELATIONS or found.name in _KEPT or found.id == item.facts.label_field_id:
                continue
            other = described.get(found.name)
            if other is None or other["type"] != found.type:
                self.workspace.fields.remove_pair(found)
        for name, field in described.items():
            if name not in item.by_name and field["type"] not in RELATIONS:
                self._create(item, field, {})

    def _relations(self, one: Described) -> None:
        """The links to one other record, each with its other side."""
        item = self.model.by_name[one["name"]]
        for field in one["fields"]:
            relation = field["relation"]
            if field["type"] != "RELATION" or relation["kind"] != _MANY_TO_ONE or field["name"] in item.by_name:
                continue
            target = self.model.by_name.get(relation["object"])
            if target is None:
                self.lacking.append(f"{item.name}.{field['name']}")
                continue
            payload = {
                "type": _MANY_TO_ONE,
                "targetObjectMetadataId": target.id,
                "targetFieldLabel": relation["inverse"],
            }
            made = self._create(item, field, {"relationCreationPayload": payload})
            if made is not None and self.model.inverse(made).name != relation["inverse"]:
                self.workspace.fields.rename(target, self.model.inverse(made), relation["inverse"])

    def _create(self, item: Object, field: Described, more: Described) -> Field | None:
        if field["type"] not in {*SIMPLE, *COMPOSITE, "RELATION"}:
            self.lacking.append(f"{item.name}.{field['name']}")
            return None
        keys = ("type", "name", "label", "options", "settings")
        given = {"objectMetadataId": item.id, **{key: field[key] for key in keys}, "defaultValue": field["default"]}
        flags = {"isActive": field["active"], "isNullable": field["nullable"]}
        try:
            return self.workspace.fields.create({**given, **flags, **more})
        except Refusal:
            self.lacking.append(f"{item.name}.{field['name']}")
            return None

    def _settle(self, one: Described) -> None:
        """What can be changed of a field that is there: its options, flags, and place in the table."""
        item = self.model.by_name[one["name"]]
        for field in one["fields"]:
            found = item.by_name.get(field["name"])
            if found is None or found.name in _KEPT or found.type in RELATIONS:
                continue
            found.label, found.active, found.nullable = field["label"], field["active"], field["nullable"]
            if found.options is not None and field["options"]:
                found.options = [dict(option) for option in field["options"]]
            if found.unique != field["unique"]:
                found.unique = field["unique"]
                self.store.set_unique(item, found)
            self.store.save_field(found)
        self.model.changed()
        self._show(item, one)

    def _show(self, item: Object, one: Described) -> None:
        views = self.workspace.views
        of_item = (view for view in views.kept["view"].values() if view["objectMetadataId"] == item.id)
        table = next((view for view in of_item if view["key"] == "INDEX"), None)
        if table is None:
            return
        if not one["table"]:
            views.drop("view", table["id"])
            return
        parts = {part["fieldMetadataId"]: part for part in views.of("viewField", table["id"])}
        for position, field in enumerate(one["fields"]):
            found = item.by_name.get(field["name"])
            part = parts.get(found.id) if found else None
            if part is not None and part["isVisible"] != field["shown"]:
                views.change("viewField", part["id"], {"isVisible": field["shown"]})
            elif found is not None and part is None and field["shown"]:
                place = {"viewId": table["id"], "fieldMetadataId": found.id, "position": len(parts) + position}
                views.create_fields([{**place, "isVisible": True, "size": CUSTOM_SIZE}])

    # ------------------------------------------------------------------------------------------------------ the records
    @staticmethod
    def _automation(founder: Founder, one: Described) -> None:
        columns = {"id": one["workflow"], "name": one["name"], "statuses": dumped(["ACTIVE"])}
        if not founder.workspace.store.rows("SELECT 1 FROM workflow WHERE id = ?", (one["workflow"],)):
            founder.add("workflow", columns)
        watched = {"type": "DATABASE_EVENT", "settings": dumped({"eventName": one["event"]})}
        founder.add("workflowAutomatedTrigger", {"id": one["id"], "workflowId": one["workflow"], **watched})

    def _hold(self, item: Object, records: list[Described]) -> None:
        """Records of which nothing is known but what nobody else may have."""
        columns = [
            (found.name, column.part.name if column.part else None, column.name)
            for found in item.unique_fields
            if found.name != "id" and found.type not in RELATIONS
            for column in found.columns()
            if column.name in found.unique_columns()
        ]
        now = self.workspace.now()
        made = {name: make for name, make in defaults(item, now).items() if name not in {"id", "deletedAt"}}
        own = {name for *_, name in columns}
        common = {name: make() for name, make in made.items() if name not in own}
        rows = [
            (one["id"], now if one["deleted"] else None, *(_value(one["values"], *path[:2]) for path in columns),
             *common.values())
            for one in records
        ]  # fmt: skip
        self.store.insert(item, ["id", "deletedAt", *(name for *_, name in columns), *common], rows)


def _value(values: Described, field: str, part: str | None) -> Any:
    held = values.get(field)
    return (held or {}).get(part) or None if part else held
