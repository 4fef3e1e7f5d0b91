"""Describes a workspace so that the Twenty twin can be founded like it; only reads, at the workspace's pace.

What is read is what a new record can run into: the data model with its table views, the members, the automations, and
the unique values that records hold, those in the bin included. The shape is told in `twins.twenty.likeness`. Unique
values are patients' data: a likeness stays in memory, and goes to a twin through a pipe.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bridgework.workspace.model import COMPOSITES

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from bridgework.workspace.automations import Automation
    from bridgework.workspace.model import DataModel, Field, Object
    from bridgework.workspace.records import Records
    from bridgework.workspace.views import TableView

_PAGE = 5_000
_ONLY_ONE = frozenset({"RELATION", "MORPH_RELATION"})  # unique, it says that a record has one partner: not a value
# What of a composite field its unique index covers.
_PARTS = {
    "EMAILS": ("primaryEmail",),
    "LINKS": ("primaryLinkUrl",),
    "PHONES": ("primaryPhoneNumber", "primaryPhoneCountryCode", "primaryPhoneCallingCode"),
}
Shown = dict[str, Any]


def objects(model: DataModel, views: Mapping[str, TableView]) -> list[Shown]:
    """Every object with its fields; `views` are the table views by the object's id."""
    return [
        {
            "name": one.name,
            "plural": one.plural,
            "label": one.label,
            "label_plural": one.label_plural,
            "icon": one.icon,
            "description": one.description,
            "active": one.is_active,
            "table": one.id in views,
            "fields": [_field(field, views.get(one.id)) for field in one.fields.values()],
        }
        for one in model.objects.values()
    ]


def _field(one: Field, view: TableView | None) -> Shown:
    relation = one.relation
    return {
        "name": one.name,
        "label": one.label,
        "type": one.type,
        "active": one.is_active,
        "nullable": one.is_nullable,
        "unique": one.is_unique,
        "default": one.default,
        "settings": dict(one.settings) or None,
        "options": [option.as_input() for option in one.options] or None,
        "relation": relation and {"kind": relation.kind, "object": relation.object, "inverse": relation.inverse},
        "shown": view is not None and one.id in view.shown(),
    }


async def members(records: Records) -> list[Shown]:
    """The users, with the ids that records are assigned to."""
    found = []
    async for page in records.scan("workspaceMember", ["name", "userEmail"], _PAGE, include_deleted=False):
        for row in page:
            name = row["name"] or {}
            first, last = name.get("firstName") or "", name.get("lastName") or ""
            found.append({"id": row["id"], "first": first, "last": last, "email": row["userEmail"] or ""})
    return found


def automation(one: Automation) -> Shown:
    """An automation by what sets it off."""
    return {"id": one.trigger_id, "workflow": one.workflow_id, "name": one.workflow_name, "event": one.event}


async def held(
    records: Records, names: Iterable[str], ours: Callable[[list[str]], Collection[str]]
) -> dict[str, list[Shown]]:
    """The unique values of these objects' records, apart from those that are `ours` of some ids: object → records."""
    found: dict[str, list[Shown]] = {}
    for name in sorted(names):
        target = records.model.find(name)
        fields = [*_unique(target)] if target is not None and target.is_active else []
        if not fields:
            continue
        some = found[name] = []
        asked = ["deletedAt", *(field.name for field in fields)]
        async for page in records.scan(name, asked, _PAGE, include_deleted=True):
            left_out = ours([row["id"] for row in page])
            for row in page:
                values = {field.name: value for field in fields if (value := _value(field, row[field.name]))}
                if values and row["id"] not in left_out:
                    some.append({"id": row["id"], "deleted": row["deletedAt"] is not None, "values": values})
    return found


def _unique(target: Object) -> Iterator[Field]:
    for field in target.fields.values():
        if field.is_unique and field.is_active and field.name != "id" and field.type not in _ONLY_ONE:
            yield field


def _value(field: Field, value: Any) -> Any:
    """A unique value, None where it is empty: of those a workspace may hold many."""
    if field.type not in COMPOSITES:
        return value
    parts = {part: value.get(part) for part in _PARTS.get(field.type, ())} if value else {}
    return parts if any(parts.values()) else None
