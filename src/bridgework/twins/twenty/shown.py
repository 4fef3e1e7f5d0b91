"""Objects and fields as the metadata API shows them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bridgework.twins.twenty.model import DataModel, Field, Object

Shown = dict[str, Any]


def visible_fields(item: Object) -> list[Field]:
    """The fields that are listed: of a relation that may lead to several objects, one stands for all."""
    seen: dict[str, Field] = {}
    for found in item.fields:
        key = found.morph or found.id
        if key not in seen or not found.standard:
            seen[key] = found
    return list(seen.values())


def shown_object(model: DataModel, item: Object, application: str) -> Shown:
    """An object; its fields are made when they are asked for."""
    facts = item.facts
    return {
        "id": facts.id,
        "universalIdentifier": facts.id,
        "nameSingular": facts.name,
        "namePlural": facts.plural,
        "labelSingular": facts.label,
        "labelPlural": facts.label_plural,
        "description": facts.description or "",
        "icon": facts.icon or "",
        "shortcut": facts.shortcut,
        "color": "",
        "isRemote": False,
        "isActive": facts.active,
        "isSystem": facts.system,
        "isUIEditable": True,
        "isUICreatable": True,
        "isUIReadOnly": False,
        "isSearchable": facts.searchable,
        "applicationId": application,
        "createdAt": facts.created_at,
        "updatedAt": facts.updated_at,
        "labelIdentifierFieldMetadataId": facts.label_field_id,
        "imageIdentifierFieldMetadataId": facts.image_field_id,
        "isLabelSyncedWithName": False,
        "duplicateCriteria": None,
        "fieldsList": lambda _info: [shown_field(model, found, application) for found in visible_fields(item)],
        "fields": lambda _info, paging, filter: connection(  # noqa: A006 - the API's own word
            [shown_field(model, found, application) for found in visible_fields(item)], paging, filter
        ),
    }


def shown_field(model: DataModel, found: Field, application: str) -> Shown:
    """A field, with what it relates to."""
    return {
        "id": found.id,
        "universalIdentifier": found.id,
        "type": found.type,
        "name": found.morph.split(":")[1] if found.morph else found.name,
        "label": found.label,
        "description": found.description or "",
        "icon": found.icon or "",
        "isActive": found.active,
        "isSystem": found.system,
        "isUIEditable": not found.system,
        "isUIReadOnly": found.system,
        "isNullable": found.nullable,
        "isUnique": found.unique,
        "defaultValue": found.default,
        "options": found.options,
        "settings": found.settings,
        "objectMetadataId": found.object_id,
        "isLabelSyncedWithName": False,
        "morphId": found.morph.split(":")[0] if found.morph else None,
        "createdAt": found.created_at,
        "updatedAt": found.updated_at,
        "applicationId": application,
        "relation": lambda _info: _relation(model, found, application) if found.type == "RELATION" else None,
        "morphRelations": lambda _info: _morphs(model, found, application),
        "object": lambda _info: shown_object(model, model.object_of(found), application),
    }


def _relation(model: DataModel, found: Field, application: str) -> Shown:
    return {
        "type": found.relation,
        "sourceObjectMetadata": lambda _info: shown_object(model, model.object_of(found), application),
        "targetObjectMetadata": lambda _info: shown_object(model, model.target(found), application),
        "sourceFieldMetadata": lambda _info: shown_field(model, found, application),
        "targetFieldMetadata": lambda _info: shown_field(model, model.inverse(found), application),
    }


def _morphs(model: DataModel, found: Field, application: str) -> list[Shown] | None:
    if found.morph is None:
        return None
    siblings = [item for item in model.object_of(found).fields if item.morph == found.morph]
    return [_relation(model, item, application) for item in siblings]


# ------------------------------------------------------------------------------------------------------- lists of them
def connection(listed: list[Shown], paging: dict[str, Any], filter_: dict[str, Any]) -> Shown:
    """A page of a list; a cursor is the id of what it points to."""
    matching = [entry for entry in listed if matches(entry, filter_)]
    start = 0
    if paging.get("after"):
        places = [index for index, entry in enumerate(matching) if entry["id"] == paging["after"]]
        start = places[0] + 1 if places else len(matching)
    size = paging.get("first") or paging.get("last") or 10
    page = matching[start : start + size]
    return {
        "edges": [{"node": entry, "cursor": entry["id"]} for entry in page],
        "pageInfo": {
            "hasNextPage": start + size < len(matching),
            "hasPreviousPage": start > 0,
            "startCursor": page[0]["id"] if page else None,
            "endCursor": page[-1]["id"] if page else None,
        },
    }


def matches(entry: Shown, filter_: dict[str, Any]) -> bool:
    """Whether a shown thing passes a filter of the metadata API."""
    for key, condition in filter_.items():
        if key == "and":
            if not all(matches(entry, inner) for inner in condition):
                return False
        elif key == "or":
            if not any(matches(entry, inner) for inner in condition):
                return False
        elif not _compares(entry.get(key), condition):
            return False
    return True


def _compares(value: Any, condition: dict[str, Any]) -> bool:
    checks: dict[str, Callable[[Any], bool]] = {
        "is": lambda operand: value is operand,
        "isNot": lambda operand: value is not operand,
        "eq": lambda operand: value == operand,
        "neq": lambda operand: value != operand,
        "in": lambda operand: value in operand,
        "notIn": lambda operand: value not in operand,
    }
    return all(checks[operator](operand) for operator, operand in condition.items() if operator in checks)
