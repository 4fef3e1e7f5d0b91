"""The data model of a fresh workspace, read from the facts in data/standard.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import Any

from bridgework.twins.twenty.model import DataModel, Field, Object, ObjectFacts, new_id

SYSTEM_ACTOR = {"name": "'System'", "source": "'MANUAL'", "workspaceMemberId": None}
RELATIVE = {"displayFormat": "RELATIVE"}
# name, type, label, icon, description, nullable, default, settings
COMMON: tuple[tuple[str, str, str, str, str, bool, Any, Any], ...] = (
    ("id", "UUID", "Id", "Icon123", "Id", False, "uuid", None),
    ("createdAt", "DATE_TIME", "Creation date", "IconCalendar", "Creation date", False, "now", RELATIVE),
    ("updatedAt", "DATE_TIME", "Last update", "IconCalendarClock", "Last time the record was changed", False, "now",
     RELATIVE),
    ("deletedAt", "DATE_TIME", "Deleted at", "IconCalendarMinus", "Date when the record was deleted", True, None,
     RELATIVE),
    ("createdBy", "ACTOR", "Created by", "IconCreativeCommonsSa", "The creator of the record", False, SYSTEM_ACTOR,
     None),
    ("updatedBy", "ACTOR", "Updated by", "IconUserCircle", "The workspace member who last updated the record", False,
     SYSTEM_ACTOR, None),
    ("position", "POSITION", "Position", "IconHierarchy2", "Position", False, 0, None),
    ("searchVector", "TS_VECTOR", "Search vector", "IconUser", "Field used for full-text search", True, None, None),
)  # fmt: skip


@cache
def facts(name: str) -> dict[str, Any]:
    """One of the TOML files of facts that ship with the twin."""
    return tomllib.loads((resources.files(__package__) / "data" / f"{name}.toml").read_text("utf-8"))


def options_of(lines: list[str]) -> list[dict[str, Any]]:
    """`VALUE|Label|colour` lines as the options of a select field."""
    parts = [line.split("|") for line in lines]
    return [
        {"id": new_id(), "color": color, "label": label, "value": value, "position": position}
        for position, (value, label, color) in enumerate(parts)
    ]


def common_fields(object_id: str, now: str) -> list[Field]:
    """The system fields that every standard object has."""
    return [
        Field(
            id=new_id(), object_id=object_id, name=name, type=kind, label=label, icon=icon, description=about,
            standard=True, system=True, nullable=nullable, default=default, settings=settings,
            created_at=now, updated_at=now,
        )
        for name, kind, label, icon, about, nullable, default, settings in COMMON
    ]  # fmt: skip


def _fields_of(raw: dict[str, Any], object_id: str, ids: dict[str, str], now: str) -> Iterator[tuple[Field, str]]:
    """Each field that a line of facts describes, and the `object.field` on its other side."""
    common = {
        "object_id": object_id, "type": raw["type"], "label": raw["label"], "icon": raw.get("icon"),
        "description": raw.get("about"), "standard": True, "system": raw.get("system", False),
        "nullable": raw.get("nullable", True), "active": raw.get("active", True), "unique": raw.get("unique", False),
        "default": SYSTEM_ACTOR if raw["type"] == "ACTOR" else raw.get("default"), "created_at": now, "updated_at": now,
    }  # fmt: skip
    if "targets" in raw:
        morph = new_id()
        for line in raw["targets"]:
            other, on_delete = line.split(" ")
            target = other.split(".")[0]
            name = raw["name"] + target[0].upper() + target[1:]
            side = {"onDelete": on_delete, "relationType": "MANY_TO_ONE", "joinColumnName": f"{name}Id"}
            found = Field(
                id=new_id(), name=name, morph=f"{morph}:{raw['name']}", settings=side,
                target_object_id=ids[target], **common,
            )  # fmt: skip
            yield found, other
        return
    settings: dict[str, Any] | None = dict(raw["settings"]) if "settings" in raw else None
    if "to" in raw:
        settings = {**(settings or {}), "relationType": "ONE_TO_MANY"}
        if "onDelete" in raw:
            one = {"relationType": "MANY_TO_ONE", "onDelete": raw["onDelete"], "joinColumnName": f"{raw['name']}Id"}
            settings |= one
    target_id = ids[raw["to"].split(".")[0]] if "to" in raw else None
    options = options_of(raw["options"]) if "options" in raw else None
    yield (
        Field(id=new_id(), name=raw["name"], settings=settings, options=options, target_object_id=target_id, **common),
        raw.get("to", ""),
    )


def _link(model: DataModel, others: dict[str, str]) -> None:
    """Give each relation the field on its other side."""
    for item in model:
        for found in item.fields:
            if found.id not in others:
                continue
            target, name = others[found.id].split(".")
            candidates = model.by_name[target].by_name
            if name not in candidates:
                name += item.type_name
            found.target_field_id = candidates[name].id
    for name, raw in facts("standard").items():
        for line in raw["fields"]:
            if "junction" in line:
                found = model.by_name[name].by_name[line["name"]]
                junction = model.target(found).by_name[line["junction"]]
                found.settings = {**(found.settings or {}), "junctionTargetFieldId": junction.id}


def standard_model(now: str) -> DataModel:
    """A new data model with every standard object, with ids of its own."""
    ids = {name: new_id() for name in facts("standard")}
    others: dict[str, str] = {}
    objects = []
    for name, raw in facts("standard").items():
        fields = common_fields(ids[name], now)
        for line in raw["fields"]:
            for found, other in _fields_of(line, ids[name], ids, now):
                fields = [item for item in fields if item.name != found.name]
                fields.append(found)
                if other:
                    others[found.id] = other
        by_name = {item.name: item.id for item in fields}
        described = ObjectFacts(
            id=ids[name], name=name, plural=raw["plural"], label=raw["labels"][0], label_plural=raw["labels"][1],
            icon=raw["icon"], description=raw["about"], shortcut=raw.get("shortcut"), standard=True,
            system=raw.get("system", False), searchable=raw.get("searchable", False),
            label_field_id=by_name.get(raw.get("title", "")), image_field_id=by_name.get(raw.get("image", "")),
            created_at=now, updated_at=now,
        )  # fmt: skip
        objects.append(Object(facts=described, fields=fields))
    model = DataModel(objects)
    _link(model, others)
    return model
