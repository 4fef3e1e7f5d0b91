"""Changing fields: create with columns and view fields, relations with their other side, options, delete."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any

import orjson

from bridgework.twins.twenty.converting import default_columns
from bridgework.twins.twenty.errors import Refusal
from bridgework.twins.twenty.fieldtypes import COMPOSITE, column_name
from bridgework.twins.twenty.model import Field, Object, capital, new_id
from bridgework.twins.twenty.naming import camel, name_problems, option_problems, taken
from bridgework.twins.twenty.store import quoted
from bridgework.twins.twenty.values import dumped
from bridgework.twins.twenty.verdicts import Problem, Verdict, early, problem, report

if TYPE_CHECKING:
    from bridgework.twins.twenty.workspace import Workspace

RATINGS = 5
MOST_FILES = 60
SELECTS = frozenset({"SELECT", "MULTI_SELECT"})
# What may be changed of a standard field.
COSMETIC = frozenset({"label", "description", "icon", "isActive", "options", "defaultValue", "settings", "isUnique",
                      "isLabelSyncedWithName"})  # fmt: skip
Payload = dict[str, Any]


class Fields:
    """Changes the fields of one workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.model = workspace.model
        self.store = workspace.store

    # --------------------------------------------------------------------------------------------------------- create
    def create(self, given: Payload) -> Field:
        """A new field, with its column, its index and its place in the views; a relation with its other side."""
        if not given["label"].strip():
            raise Refusal("label should not be empty")
        if not given["name"]:
            raise Refusal("name has failed the name validation check, name should not be empty")
        item = self.model.objects.get(given["objectMetadataId"])
        if item is None:
            raise early(
                "creating field",
                problem("OBJECT_METADATA_NOT_FOUND", "Provided object metadata id does not exist",
                        "Created field metadata, parent object metadata not found"),
            )  # fmt: skip
        if given["type"] == "TS_VECTOR":
            message = "TS Vector is not supported for field creation"
            raise early("creating field", problem("INVALID_FIELD_INPUT", message))
        pairs = self._build(item, given)
        self._check(item, pairs[0][0], given, pairs)
        for found, other in pairs:
            self._add(found, other)
        for found, _ in pairs:
            self.workspace.views.of_new_field(item, found)
        return pairs[0][0]

    def _build(self, item: Object, given: Payload) -> list[tuple[Field, Field | None]]:
        """The field or fields to make, each with its other side where it is a relation."""
        if given["type"] == "RELATION":
            payload = given.get("relationCreationPayload")
            if not isinstance(payload, dict):
                raise early("creating field", problem("INVALID_FIELD_INPUT", "Relation creation payload is required"))
            return [self._relation(item, given, payload, given["name"], None)]
        if given["type"] == "MORPH_RELATION":
            payloads = given.get("morphRelationsCreationPayload") or []
            if not payloads:
                message = "Morph relation creation payloads are required"
                raise early("creating field", problem("INVALID_FIELD_INPUT", message))
            morph = f"{new_id()}:{given['name']}"
            return [self._relation(item, given, payload, given["name"], morph) for payload in payloads]
        options = given.get("options")
        if given["type"] == "RATING":
            options = [{"label": str(number), "value": f"RATING_{number}", "position": number - 1}
                       for number in range(1, RATINGS + 1)]  # fmt: skip
        found = self._plain(item, given, given["name"])
        found.options = _with_ids(options) if given["type"] in SELECTS | {"RATING"} else None
        found.default = given.get("defaultValue")
        if found.type == "ACTOR" and found.default is None:
            found.default = {"name": "'System'", "source": "'MANUAL'", "context": None, "workspaceMemberId": None}
        return [(found, None)]

    def _plain(self, item: Object, given: Payload, name: str) -> Field:
        now = self.workspace.now()
        return Field(
            id=new_id(), object_id=item.id, name=name, type=given["type"], label=given["label"].strip(),
            icon=given.get("icon"), description=given.get("description"),
            active=given.get("isActive") is not False, nullable=given.get("isNullable") is not False,
            unique=bool(given.get("isUnique")), settings=given.get("settings"), created_at=now, updated_at=now,
        )  # fmt: skip

    def _relation(
        self, item: Object, given: Payload, payload: Payload, name: str, morph: str | None
    ) -> tuple[Field, Field]:
        target = self.model.objects.get(str(payload.get("targetObjectMetadataId")))
        if target is None:
            message = "Object metadata relation target not found for relation creation payload"
            raise early(
                "creating field",
                problem("FIELD_METADATA_RELATION_MALFORMED", message, "Object targeted by field to create not found",
                        value=payload),
            )  # fmt: skip
        many = payload.get("type") == "ONE_TO_MANY"
        full_name = f"{name}{target.type_name}" if morph else name
        about = f"{capital(item.facts.plural)} tied to the {target.facts.label}"
        about_other = f"{capital(target.facts.plural)} {item.facts.label}"
        icon = given.get("icon") or "IconRelationOneToMany"
        found = self._plain(item, {"description": about, **given, "icon": icon, "settings": None}, full_name)
        other = self._plain(
            target,
            {"type": "RELATION", "label": str(payload.get("targetFieldLabel") or ""), "description": about_other,
             "icon": payload.get("targetFieldIcon")},
            camel(str(payload.get("targetFieldLabel") or "")),
        )  # fmt: skip
        found.morph = morph
        found.settings, other.settings = _sides(found, other, many=many)
        found.target_object_id, found.target_field_id = target.id, other.id
        other.target_object_id, other.target_field_id = item.id, found.id
        return found, other

    def _add(self, found: Field, other: Field | None) -> None:
        """Put fields into the data model and their columns into the tables."""
        sides = [side for side in (found, other) if side is not None]
        for side in sides:
            self.model.objects[side.object_id].fields.append(side)
        self.model.changed()
        for side in sides:
            self.store.add_field(self.model, self.model.object_of(side), side)
            self.store.save_field(side)
            self._fill_default(side)

    def _fill_default(self, found: Field) -> None:
        """Records that are there already get the default of a new field."""
        item = self.model.object_of(found)
        for column, value in default_columns(found, self.workspace.now()).items():
            self.store.execute(f"UPDATE {quoted(item.table)} SET {quoted(column)} = ?", (value,))  # noqa: S608

    # ---------------------------------------------------------------------------------------------------------- check
    def _check(self, item: Object, found: Field, given: Payload, pairs: list[tuple[Field, Field | None]]) -> None:
        verdict = Verdict("creating fields")
        problems = _problems(item, found, given)
        if problems:
            verdict.add("fieldMetadata", problems, name=found.name, objectMetadataUniversalIdentifier=item.id)
        for _, other in pairs:
            if other is None:
                continue
            target = self.model.objects[other.object_id]
            wrong = name_problems(other.name) or taken(target, other.name)
            if wrong:
                verdict.add("fieldMetadata", wrong, name=other.name, objectMetadataUniversalIdentifier=target.id)
        if verdict.entries:
            for _ in range(2):
                verdict.add(
                    "viewField", [problem("INVALID_VIEW_DATA", "Field metadata not found")],
                    viewUniversalIdentifier=new_id(), fieldMetadataUniversalIdentifier=new_id(),
                )  # fmt: skip
        verdict.refuse()

    # --------------------------------------------------------------------------------------------------------- change
    def update(self, ident: str, given: Payload) -> Field:
        """Change a field: its name, label, options, default, and whether it is unique or switched on."""
        found = self.model.fields.get(ident)
        if found is None:
            entry = {"errors": [problem("FIELD_METADATA_NOT_FOUND", "Field metadata to update not found")],
                     "type": "update", "metadataName": "fieldMetadata",
                     "flatEntityMinimalInformation": {"id": ""}}  # fmt: skip
            refusal = report("updating field", {"fieldMetadata": [entry]})
            refusal.message = "Validation errors occurred while updating field"
            raise refusal
        item = self.model.object_of(found)
        self._check_update(item, found, given)
        if given.get("name") and given["name"] != found.name:
            self.rename(item, found, given["name"])
        if "options" in given:
            self._change_options(item, found, _with_ids(given["options"]) or [])
        for key, attribute in (
            ("label", "label"), ("description", "description"), ("icon", "icon"), ("isActive", "active"),
            ("isNullable", "nullable"), ("settings", "settings"),
        ):  # fmt: skip
            if given.get(key) is not None:
                setattr(found, attribute, given[key])
        if "defaultValue" in given:
            found.default = given["defaultValue"]
        if given.get("isUnique") is not None and given["isUnique"] != found.unique:
            self._set_unique(item, found, unique=given["isUnique"])
        found.updated_at = self.workspace.now()
        self.model.changed()
        self.store.save_field(found)
        return found

    def _check_update(self, item: Object, found: Field, given: Payload) -> None:
        changed = [key for key, value in given.items() if value is not None and key not in COSMETIC]
        if found.standard and changed:
            raise _not_allowed(f"Cannot edit standard field metadata properties: {', '.join(changed)}")
        verdict = Verdict("updating field")
        problems: list[Problem] = []
        if given.get("name") and given["name"] != found.name:
            problems += name_problems(given["name"]) or taken(item, given["name"])
        if "options" in given and found.type in SELECTS:
            default = given.get("defaultValue", found.default)
            problems += option_problems(given["options"] or [], default, several=found.type == "MULTI_SELECT")
        if given.get("isActive") is False and item.facts.label_field_id == found.id:
            message = "Label identifier field metadata cannot be deactivated"
            friendly = "Label identifier field cannot be deactivated"
            problems.append(problem("LABEL_IDENTIFIER_FIELD_METADATA_ID_NOT_FOUND", message, friendly))
        if problems:
            verdict.add("fieldMetadata", problems, "update", name=found.name, objectMetadataUniversalIdentifier=item.id)
        verdict.refuse()

    def rename(self, item: Object, found: Field, name: str) -> None:
        """Give a field another name, and its columns with it."""
        before = [column.name for column in found.columns()]
        found.name = name
        if found.join_column is not None and found.settings is not None:
            found.settings = {**found.settings, "joinColumnName": found.join_column}
        for old, new in zip(before, found.columns(), strict=True):
            self.store.execute(f"ALTER TABLE {quoted(item.table)} RENAME COLUMN {quoted(old)} TO {quoted(new.name)}")
        self.model.changed()
        self.store.save_field(found)

    def _set_unique(self, item: Object, found: Field, *, unique: bool) -> None:
        found.unique = unique
        try:
            self.store.set_unique(item, found)
        except sqlite3.IntegrityError:
            found.unique = not unique
            raise Refusal(
                f"Migration action 'create' for 'index' (universalIdentifier: {new_id()}) failed",
                code="INTERNAL_SERVER_ERROR",
                friendly="Migration execution failed.",
            ) from None

    def _change_options(self, item: Object, found: Field, options: list[Payload]) -> None:
        """Records follow an option whose value changed, and lose one that is gone."""
        now = {option["id"]: option["value"] for option in options}
        moved = {option["value"]: now.get(option["id"]) for option in found.options or ()}
        moved = {old: new for old, new in moved.items() if old != new}
        found.options = options
        if not moved:
            return
        column = quoted(found.name)
        rows = self.store.rows(f"SELECT id, {column} FROM {quoted(item.table)} WHERE {column} IS NOT NULL")  # noqa: S608
        for ident, held in rows:
            if found.type == "SELECT":
                value = moved.get(held, held)
            else:
                kept = [moved.get(one, one) for one in orjson.loads(held)]
                value = dumped([one for one in kept if one is not None])
            if value != held:
                self.store.execute(f"UPDATE {quoted(item.table)} SET {column} = ? WHERE id = ?", (value, ident))  # noqa: S608

    # --------------------------------------------------------------------------------------------------------- delete
    def delete(self, ident: str) -> Field:
        """Delete a custom field with what it holds; a relation with its other side."""
        found = self.model.fields.get(ident)
        if found is None:
            raise Refusal(
                "Field to delete not found", code="NOT_FOUND", sub_code="FIELD_METADATA_NOT_FOUND",
                friendly="Field not found.",
            )  # fmt: skip
        if found.standard or found.system:
            raise _not_allowed(f'Cannot delete standard field "{found.name}"')
        item = self.model.object_of(found)
        if item.facts.label_field_id == found.id:
            verdict = Verdict("deleting field")
            message = "Cannot delete, please update the label identifier field first"
            verdict.add(
                "fieldMetadata", [problem("FIELD_MUTATION_NOT_ALLOWED", message)], "delete", name=found.name,
                objectMetadataUniversalIdentifier=item.id,
            )  # fmt: skip
            verdict.refuse()
        self.remove_pair(found)
        return found

    def remove_pair(self, found: Field) -> None:
        """Take a field, and the other side of a relation, out of the data model and the tables."""
        other = self.model.inverse(found) if found.relation is not None else None
        for side in (found, other):
            if side is None:
                continue
            item = self.model.object_of(side)
            self.store.drop_field(item, side)
            item.fields.remove(side)
            self.store.remove("field", side.id)
            self.workspace.views.forget_field(side)
        self.model.changed()


def _sides(found: Field, other: Field, *, many: bool) -> tuple[Payload, Payload]:
    """The settings of both sides of a relation; the one side holds the column."""
    one = other if many else found
    single = {"onDelete": "SET_NULL", "relationType": "MANY_TO_ONE", "joinColumnName": f"{one.name}Id"}
    plural = {"relationType": "ONE_TO_MANY"}
    return (plural, single) if many else (single, plural)


def _with_ids(options: list[Payload] | None) -> list[Payload] | None:
    return None if options is None else [{**option, "id": option.get("id") or new_id()} for option in options]


def _problems(item: Object, found: Field, given: Payload) -> list[Problem]:
    """What is wrong with a field to be made."""
    name = (found.morph or ":").split(":")[1] or found.name
    problems = name_problems(name) or taken(item, found.name)
    if given.get("isLabelSyncedWithName") and camel(found.label) != found.name:
        problems.append(
            problem("NAME_NOT_SYNCED_WITH_LABEL", "Name is not synced with label",
                    "Field name is not synced with field label", value=found.label)
        )  # fmt: skip
    if found.type in COMPOSITE and not problems:
        columns = {column.name for column in item.columns}
        for part in COMPOSITE[found.type]:
            if column_name(found.name, part.name) in columns:
                problems += taken(item, column_name(found.name, part.name))
    return problems + _type_problems(found)


def _type_problems(found: Field) -> list[Problem]:
    code = "INVALID_FIELD_INPUT"
    if found.type in SELECTS:
        return option_problems(found.options or [], found.default, several=found.type == "MULTI_SELECT")
    if found.type == "NUMERIC":
        message = "Field type NUMERIC is not supported for field creation. Use NUMBER instead."
        return [problem(code, message, "Field type NUMERIC is not supported. Use Number instead.", value="NUMERIC")]
    if found.type == "POSITION":
        first = f'Field type POSITION must be named "position", got "{found.name}"'
        second = "Field type POSITION must be a system field"
        return [
            problem(code, first, 'Field type POSITION must be named "position"', value=found.name),
            problem(code, second, value=False),
        ]
    if found.type == "FILES":
        most = (found.settings or {}).get("maxNumberOfValues")
        if not isinstance(most, int) or not 0 < most <= MOST_FILES:
            message = (
                "maxNumberOfValues must be defined in settings and be a number greater than 0 and less than or"
                f" equal to {MOST_FILES}"
            )
            return [problem(code, message)]
        if found.unique:
            return [problem(code, "Files field is not supported for unique fields")]
    return []


def _not_allowed(message: str) -> Refusal:
    return Refusal(
        message, code="FORBIDDEN", sub_code="FIELD_MUTATION_NOT_ALLOWED", friendly="This field cannot be modified."
    )
