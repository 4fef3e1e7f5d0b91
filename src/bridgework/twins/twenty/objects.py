"""Changing objects: create with all that comes along, rename, switch off, delete."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bridgework.twins.twenty.errors import Refusal
from bridgework.twins.twenty.model import Field, Object, ObjectFacts, capital, index_name, new_id
from bridgework.twins.twenty.naming import name_problems, taken
from bridgework.twins.twenty.store import quoted
from bridgework.twins.twenty.verdicts import Verdict, problem

if TYPE_CHECKING:
    from bridgework.twins.twenty.workspace import Workspace

EMPTY_ACTOR = {"name": "''", "source": "'MANUAL'"}
# name, type, label, icon, description, system, nullable, default
OWN_FIELDS: tuple[tuple[str, str, str, str, str, bool, bool, Any], ...] = (
    ("name", "TEXT", "Name", "IconAbc", "Name", False, True, None),
    ("id", "UUID", "Id", "Icon123", "Id", True, False, "uuid"),
    ("createdAt", "DATE_TIME", "Creation date", "IconCalendar", "Creation date", True, False, "now"),
    ("createdBy", "ACTOR", "Created by", "IconCreativeCommonsSa", "The creator of the record", True, False,
     EMPTY_ACTOR),
    ("deletedAt", "DATE_TIME", "Deleted at", "IconCalendarClock", "Deletion date", True, True, None),
    ("position", "POSITION", "Position", "IconHierarchy2", "Position", True, False, 0),
    ("searchVector", "TS_VECTOR", "Search vector", "IconSearch", "Search vector", True, True, None),
    ("updatedAt", "DATE_TIME", "Last update", "IconCalendarClock", "Last time the record was changed", True, False,
     "now"),
    ("updatedBy", "ACTOR", "Updated by", "IconUserCircle", "The workspace member who last updated the record", True,
     False, EMPTY_ACTOR),
)  # fmt: skip
# field on the new object, its label and icon, and the standard object whose `target` may lead to the new one
HANGING = (
    ("timelineActivities", "Timeline Activities", "IconTimelineEvent", "timelineActivity"),
    ("attachments", "Attachments", "IconFileImport", "attachment"),
    ("noteTargets", "Notes", "IconNotes", "noteTarget"),
    ("taskTargets", "Tasks", "IconCheckbox", "taskTarget"),
)
IN_TABLE = ("name", "createdAt", "createdBy", "updatedAt", "updatedBy")


class Objects:
    """Changes the objects of one workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.model = workspace.model
        self.store = workspace.store

    def get(self, ident: str) -> Object:
        """An object by its id; raises Refusal where there is none."""
        if ident not in self.model.objects:
            raise Refusal(f"Unable to find ObjectMetadataEntity with id: {ident}", code="NOT_FOUND")
        return self.model.objects[ident]

    # --------------------------------------------------------------------------------------------------------- create
    def create(self, given: dict[str, Any]) -> Object:
        """A custom object with its fields, table, views, and the links that notes, tasks and files hang by."""
        for key in ("nameSingular", "namePlural", "labelSingular", "labelPlural"):
            if not given[key].strip():
                raise Refusal(f"{key} should not be empty")
        with_name = not given.get("skipNameField")
        self._check(given, with_name=with_name)
        now = self.workspace.now()
        item = self._build(given, now, with_name=with_name)
        self.model.objects[item.id] = item
        self.model.changed()
        self.store.create_table(self.model, item)
        for name, label, icon, other in HANGING:
            self._hang(item, name, label, icon, self.model.by_name[other])
        self.model.changed()
        self.store.save_object(item)
        shown = [item.by_name[name] for name in IN_TABLE if name in item.by_name]
        self.workspace.views.of_new_object(item, shown)
        return item

    def _build(self, given: dict[str, Any], now: str, *, with_name: bool) -> Object:
        ident = new_id()
        fields = [
            Field(
                id=new_id(), object_id=ident, name=name, type=kind, label=label, icon=icon, description=about,
                system=system, nullable=nullable, default=default, created_at=now, updated_at=now,
            )
            for name, kind, label, icon, about, system, nullable, default in OWN_FIELDS
            if with_name or name != "name"
        ]  # fmt: skip
        facts = ObjectFacts(
            id=ident, name=given["nameSingular"], plural=given["namePlural"], label=given["labelSingular"],
            label_plural=given["labelPlural"], icon=given.get("icon"), description=given.get("description"),
            shortcut=given.get("shortcut"), searchable=True, label_field_id=fields[0].id,
            created_at=now, updated_at=now,
        )  # fmt: skip
        return Object(facts=facts, fields=fields)

    def _hang(self, item: Object, name: str, label: str, icon: str, other: Object) -> None:
        """Let the `target` of a standard object lead to the new one."""
        now = item.facts.created_at
        sibling = next(found for found in other.fields if found.morph)
        target = f"target{item.type_name}"
        many = Field(
            id=new_id(), object_id=item.id, name=name, type="RELATION", label=label, icon=icon,
            description=f"{capital(item.facts.plural)} tied to the {other.facts.label}",
            settings={"relationType": "ONE_TO_MANY"},
            target_object_id=other.id, created_at=now, updated_at=now,
        )  # fmt: skip
        one = Field(
            id=new_id(), object_id=other.id, name=target, type="MORPH_RELATION", label=item.facts.label,
            icon=item.facts.icon, description=f"{other.facts.label_plural} tied to the {item.facts.label}",
            morph=sibling.morph, target_object_id=item.id, target_field_id=many.id, created_at=now, updated_at=now,
            settings={"onDelete": "SET_NULL", "relationType": "MANY_TO_ONE", "joinColumnName": f"{target}Id"},
        )  # fmt: skip
        many.target_field_id = one.id
        item.fields.append(many)
        other.fields.append(one)
        self.model.changed()
        self.store.add_field(self.model, other, one)
        self.store.save_field(one)

    # ---------------------------------------------------------------------------------------------------------- check
    def _check(self, given: dict[str, Any], *, with_name: bool) -> None:
        """Refuse names that cannot be, with everything that would have come along."""
        code = "INVALID_OBJECT_INPUT"
        problems = name_problems(given["nameSingular"], code) + name_problems(given["namePlural"], code)
        if given["nameSingular"] == given["namePlural"]:
            message = "The singular and plural names cannot be the same for an object"
            problems.append(problem(code, message, value=given["nameSingular"]))
        names = {name for item in self.model for name in (item.name, item.facts.plural)}
        if names & {given["nameSingular"], given["namePlural"]}:
            problems.append(problem("OBJECT_ALREADY_EXISTS", "Object already exists"))
        if problems:
            self._refuse(given, problems, with_name=with_name)

    def _refuse(self, given: dict[str, Any], problems: list[dict[str, Any]], *, with_name: bool) -> None:
        verdict = Verdict("creating object")
        ident = new_id()
        missing = "Object metadata not found"
        for name in [*(field[0] for field in OWN_FIELDS), *(hanging[0] for hanging in HANGING)]:
            if with_name or name != "name":
                lost = problem("OBJECT_METADATA_NOT_FOUND", missing, "Field to create related object not found")
                verdict.add("fieldMetadata", [lost], name=name, objectMetadataUniversalIdentifier=ident)
        single = given["nameSingular"]
        target = f"target{single[0].upper()}{single[1:]}"
        for *_, other in HANGING:
            of_name = name_problems(target) or taken(self.model.by_name[other], target)
            lost = problem(
                "OBJECT_METADATA_NOT_FOUND", "Relation target object metadata not found",
                "Object targeted by the relation not found",
            )  # fmt: skip
            verdict.add("fieldMetadata", [*of_name, lost], name=target, objectMetadataUniversalIdentifier=new_id())
        verdict.add("objectMetadata", problems, namePlural=given["namePlural"], nameSingular=single)
        for _ in range(2):
            verdict.add("view", [problem("INVALID_VIEW_DATA", missing)])
        for _ in range(9 if with_name else 7):
            lost_field = problem("INVALID_VIEW_DATA", "Field metadata not found")
            verdict.add(
                "viewField", [lost_field, problem("INVALID_VIEW_DATA", "View not found")],
                viewUniversalIdentifier=new_id(), fieldMetadataUniversalIdentifier=new_id(),
            )  # fmt: skip
        self._refuse_indexes(verdict, single, target)
        verdict.add(
            "searchFieldMetadata",
            [
                problem("FIELD_METADATA_NOT_FOUND", "Field metadata not found"),
                problem("TS_VECTOR_FIELD_METADATA_NOT_FOUND", "TS_VECTOR field metadata not found",
                        "Search vector field not found"),
                problem("OBJECT_METADATA_NOT_FOUND", missing),
            ],
            objectMetadataUniversalIdentifier=ident,
        )  # fmt: skip
        verdict.refuse()

    def _refuse_indexes(self, verdict: Verdict, single: str, target: str) -> None:
        exists = single in self.model.by_name
        pairs = [(f"_{single}", "searchVector"), *((hanging[3], f"{target}Id") for hanging in HANGING)]
        for place, (table, column) in enumerate(pairs):
            problems = []
            if place == 0:
                problems.append(
                    problem("INDEX_OBJECT_NOT_FOUND", "Could not find index related object metadata",
                            "Index related object not found")
                )  # fmt: skip
            if exists:
                problems.append(problem("INDEX_ALREADY_EXISTS", "Index with same name already exists"))
            problems.append(
                problem("INDEX_FIELD_NOT_FOUND", "Could not find index field related field metadata",
                        "Field referenced in index does not exist")
            )  # fmt: skip
            verdict.add("index", problems, name=index_name(table, [column]))

    # --------------------------------------------------------------------------------------------------------- change
    def update(self, ident: str, given: dict[str, Any]) -> Object:
        """Change an object's names, labels and whether it is switched on."""
        item = self.model.objects.get(ident)
        if item is None:
            raise Refusal(
                "Object to update not found", code="NOT_FOUND", sub_code="OBJECT_METADATA_NOT_FOUND",
                friendly="Object not found.",
            )  # fmt: skip
        facts = item.facts
        for key, attribute in (
            ("labelSingular", "label"), ("labelPlural", "label_plural"), ("description", "description"),
            ("icon", "icon"), ("shortcut", "shortcut"), ("isActive", "active"), ("isSearchable", "searchable"),
            ("labelIdentifierFieldMetadataId", "label_field_id"), ("imageIdentifierFieldMetadataId", "image_field_id"),
        ):  # fmt: skip
            if given.get(key) is not None:
                setattr(facts, attribute, given[key])
        if not facts.standard:
            self._rename(item, given.get("nameSingular") or facts.name, given.get("namePlural") or facts.plural)
        facts.updated_at = self.workspace.now()
        self.model.changed()
        self.store.save_object(item)
        return item

    def _rename(self, item: Object, name: str, plural: str) -> None:
        """Rename an object, its table, and the columns that lead to it by its name."""
        if (name, plural) == (item.name, item.facts.plural):
            return
        code = "INVALID_OBJECT_INPUT"
        problems = name_problems(name, code) + name_problems(plural, code)
        if problems:
            verdict = Verdict("updating object")
            verdict.add("objectMetadata", problems, "update", namePlural=plural, nameSingular=name)
            verdict.refuse()
        old_table = item.table
        item.facts.name, item.facts.plural = name, plural
        if item.table != old_table:
            self.store.execute(f"ALTER TABLE {quoted(old_table)} RENAME TO {quoted(item.table)}")
        for *_, other_name in HANGING:
            other = self.model.by_name[other_name]
            for found in other.fields:
                if found.morph and found.target_object_id == item.id:
                    self.workspace.fields.rename(other, found, f"target{item.type_name}")

    def delete(self, ident: str) -> Object:
        """Delete a custom object with its records, its views and every field that led to it."""
        item = self.model.objects.get(ident)
        if item is None:
            raise Refusal("Could not find flat entity in maps", code="INTERNAL_SERVER_ERROR")
        if item.facts.standard:
            verdict = Verdict("deleting object")
            message = "Standard objects cannot be deleted"
            verdict.add(
                "objectMetadata", [problem("OBJECT_MUTATION_NOT_ALLOWED", message)], "delete",
                namePlural=item.facts.plural, nameSingular=item.name,
            )  # fmt: skip
            verdict.refuse()
        for found in list(item.fields):
            if found.relation is not None:
                self.workspace.fields.remove_pair(found)
        self.workspace.views.forget_object(item)
        for found in item.fields:
            self.store.remove("field", found.id)
        self.store.drop_table(item)
        self.store.remove("object", item.id)
        del self.model.objects[item.id]
        self.model.changed()
        return item
