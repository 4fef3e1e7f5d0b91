"""The data model of a workspace, read from the server: objects, fields, options, links and how to ask for each.

Names differ between versions (`targetPersonId` or `personId`, `file` or `fullPath`, `bodyV2` or `body`), so nothing of
them is assumed: a link's column and a file's field are looked up here.
"""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import TYPE_CHECKING, Any

from bridgework.errors import Refused, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# What a composite field holds: https://docs.twenty.com and the recorded answers of 2.19.
COMPOSITES: Mapping[str, tuple[str, ...]] = {
    "FULL_NAME": ("firstName", "lastName"),
    "EMAILS": ("primaryEmail", "additionalEmails"),
    "PHONES": ("primaryPhoneNumber", "primaryPhoneCountryCode", "primaryPhoneCallingCode", "additionalPhones"),
    "LINKS": ("primaryLinkLabel", "primaryLinkUrl", "secondaryLinks"),
    "ADDRESS": (
        "addressStreet1",
        "addressStreet2",
        "addressCity",
        "addressPostcode",
        "addressState",
        "addressCountry",
        "addressLat",
        "addressLng",
    ),
    "CURRENCY": ("amountMicros", "currencyCode"),
    "ACTOR": ("source", "workspaceMemberId", "name", "context"),
    "RICH_TEXT": ("blocknote", "markdown"),
    "RICH_TEXT_V2": ("blocknote", "markdown"),
    "FILES": ("fileId", "label", "extension", "url"),
}
# The part of a composite field that its unique index covers.
UNIQUE_PARTS: Mapping[str, str] = {
    "EMAILS": "primaryEmail",
    "LINKS": "primaryLinkUrl",
    "PHONES": "primaryPhoneNumber",
}
_NOT_READABLE = frozenset({"TS_VECTOR"})
LINKS_TO_ONE = "MANY_TO_ONE"
ATTACHMENT = "attachment"


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a SELECT or MULTI_SELECT field."""

    value: str
    label: str
    color: str
    position: float
    id: str | None = None

    def as_input(self) -> dict[str, Any]:
        """The option as the metadata API takes it."""
        given = {"value": self.value, "label": self.label, "color": self.color, "position": self.position}
        return {"id": self.id, **given} if self.id else given


@dataclass(frozen=True, slots=True)
class Relation:
    """A link to one other object: `column` is the field that holds its id, None on the side of the many."""

    kind: str
    object: str
    inverse: str
    column: str | None


@dataclass(frozen=True, slots=True)
class Field:
    """One field of an object, as the server describes it."""

    id: str
    name: str
    label: str
    type: str
    is_active: bool = True
    is_system: bool = False
    is_nullable: bool = True
    is_unique: bool = False
    default: Any = None
    settings: Mapping[str, Any] = dataclass_field(default_factory=dict)
    options: tuple[Option, ...] = ()
    relation: Relation | None = None
    columns: Mapping[str, str] = dataclass_field(default_factory=dict)  # MORPH_RELATION: object name -> column

    @property
    def relation_object(self) -> str | None:
        """The object that a plain relation links to."""
        return self.relation.object if self.relation else None

    @property
    def is_link(self) -> bool:
        """Whether the field is a relation of either kind."""
        return self.type in {"RELATION", "MORPH_RELATION"}

    def names(self) -> tuple[str, ...]:
        """The names under which the record API reads and writes this field: columns for links, else its own."""
        if self.type == "MORPH_RELATION":
            return tuple(self.columns.values())
        if self.type == "RELATION":
            return (self.relation.column,) if self.relation and self.relation.column else ()
        return (self.name,)

    def selection(self, *, only_markdown: bool = False) -> str:
        """The GraphQL text that asks for the whole field; empty where it cannot be read."""
        if self.type in _NOT_READABLE:
            return ""
        if self.is_link:
            return " ".join(self.names())
        parts = COMPOSITES.get(self.type)
        if self.type.startswith("RICH_TEXT") and only_markdown:
            parts = ("markdown",)
        # RICH_TEXT was a plain text before 1.20, when the one with two parts was RICH_TEXT_V2.
        return f"{self.name}{{{' '.join(parts)}}}" if parts else self.name


@dataclass(frozen=True, slots=True)
class Object:
    """One object of the workspace with its active and inactive fields."""

    id: str
    name: str
    plural: str
    label: str
    label_plural: str
    is_active: bool
    is_system: bool
    fields: Mapping[str, Field]
    icon: str = ""
    description: str = ""

    def has(self, field: str) -> bool:
        """Whether the object has an active field of this name."""
        return field in self.fields and self.fields[field].is_active

    def field(self, name: str) -> Field:
        """The field of this name, or that has this column; raises `UsageError` UNKNOWN_FIELD."""
        found = self.find(name)
        if found is None:
            raise UsageError(
                "UNKNOWN_FIELD",
                f"The workspace's object {self.name} has no field {name}",
                where=f"{self.name}.{name}",
                next_step="run the schema stage, or correct the map",
            )
        return found

    def find(self, name: str) -> Field | None:
        """The field of this name, or that has this column (`companyId` gives `company`), or None."""
        direct = self.fields.get(name)
        if direct is not None:
            return direct
        return next((field for field in self.fields.values() if field.is_link and name in field.names()), None)

    def selection(self, names: Iterable[str] | None = None) -> str:
        """GraphQL text for the named fields, or for every one that can be read; `id` is always in it.

        A rich text that is asked for by name gives its markdown only, since its blocks are made of it and are large.
        """
        if names is None:
            texts = [field.selection() for field in self.fields.values() if field.is_active]
        else:
            texts = [self._selection_of(name) for name in names]
        return " ".join(dict.fromkeys(["id", *(text for text in texts if text)]))

    def _selection_of(self, name: str) -> str:
        field = self.field(name)
        return name if field.is_link and name in field.names() else field.selection(only_markdown=True)

    def unique_paths(self) -> tuple[tuple[str, str | None], ...]:
        """(field, part) of each unique value besides the id: ("emails", "primaryEmail"), ("sourceSystemId", None)."""
        unique = [field for field in self.fields.values() if field.is_unique and field.is_active and field.name != "id"]
        return tuple((field.name, UNIQUE_PARTS.get(field.type)) for field in unique)

    @property
    def type_name(self) -> str:
        """The name in GraphQL types and in mutations of one record: `Person`."""
        return capital(self.name)

    @property
    def plural_name(self) -> str:
        """The name in mutations of many records: `People`."""
        return capital(self.plural)


class DataModel:
    """All objects of a workspace at the moment of reading."""

    def __init__(self, objects: Iterable[Object], shown: Iterable[str] = ()) -> None:
        """Index the objects by their singular name; `shown` are the ids of fields that a table view shows."""
        self.objects: dict[str, Object] = {object_.name: object_ for object_ in objects}
        self._shown = frozenset(shown)

    def has(self, name: str) -> bool:
        """Whether there is an active object of this name."""
        return name in self.objects and self.objects[name].is_active

    def find(self, name: str) -> Object | None:
        """The object of this singular name, or None."""
        return self.objects.get(name)

    def is_shown(self, object_: str, field: str) -> bool:
        """Whether the object's table view shows this field."""
        found = self.objects[object_].find(field) if object_ in self.objects else None
        return found is not None and found.id in self._shown

    def object(self, name: str) -> Object:
        """The object of this singular name; raises `UsageError` UNKNOWN_OBJECT."""
        try:
            return self.objects[name]
        except KeyError:
            raise UsageError(
                "UNKNOWN_OBJECT",
                f"The workspace has no object {name}",
                where=name,
                next_step="run the schema stage, or correct the map",
            ) from None

    def link_column(self, object_: str, to: str) -> str:
        """The column of `object_` that links to `to`: taskTarget, person -> `targetPersonId`, before 1.17 `personId`.

        Raises `Refused` NO_LINK where the workspace has no such link.
        """
        for field in self.object(object_).fields.values():
            if field.type == "MORPH_RELATION" and to in field.columns:
                return field.columns[to]
        for field in self.object(object_).fields.values():
            relation = field.relation
            if relation and relation.kind == LINKS_TO_ONE and relation.object == to and relation.column:
                return relation.column
        raise Refused(
            "NO_LINK",
            f"In this workspace {object_} cannot link to {to}",
            where=f"{object_} → {to}",
            next_step="check that both objects are active in Settings → Data model",
        )

    @property
    def file_field(self) -> str | None:
        """The name of attachment's field for files (`file`, since 1.18), or None where an attachment has a path."""
        found = self._file_field()
        return found.name if found else None

    @property
    def file_field_id(self) -> str | None:
        """The id of attachment's field for files, which an upload names."""
        found = self._file_field()
        return found.id if found else None

    def _file_field(self) -> Field | None:
        if not self.has(ATTACHMENT):
            return None
        fields = self.objects[ATTACHMENT].fields.values()
        files = [field for field in fields if field.type == "FILES" and field.is_active]
        return next((field for field in files if field.name == "file"), files[0] if files else None)


def read_model(nodes: Iterable[Mapping[str, Any]], shown: Iterable[str] = ()) -> DataModel:
    """The data model from the nodes of a metadata `objects` query."""
    nodes = list(nodes)
    morphs = _morph_columns(nodes)
    return DataModel((_read_object(node, morphs) for node in nodes), shown)


def capital(name: str) -> str:
    """`taskTarget` -> `TaskTarget`, as Twenty forms the names of types and columns."""
    return name[:1].upper() + name[1:]


def _morph_columns(nodes: list[Mapping[str, Any]]) -> dict[tuple[str, str], dict[str, str]]:
    """(object, morph field) -> {linked object: column}, seen from the linked objects' side.

    A morph field names only one of its columns itself; each object that it can link to has the inverse field, and the
    column is the field's name, the object's name and `Id` (twenty-server, compute-morph-relation-field-name).
    """
    types = {(node["nameSingular"], field["name"]): field for node in nodes for field in _fields_of(node)}
    found: dict[tuple[str, str], dict[str, str]] = {}
    for node in nodes:
        for field in _fields_of(node):
            relation = field.get("relation") or {}
            if relation.get("type") != "ONE_TO_MANY":
                continue
            target = (relation["targetObjectMetadata"]["nameSingular"], relation["targetFieldMetadata"]["name"])
            inverse = types.get(target)
            if inverse is None or inverse["type"] != "MORPH_RELATION":
                continue
            # Where each link of a morph is a field of its own (`targetPerson`), that field's name has the object in it.
            own = target[1].endswith(capital(node["nameSingular"]))
            column = f"{target[1]}Id" if own else f"{target[1]}{capital(node['nameSingular'])}Id"
            found.setdefault(target, {})[node["nameSingular"]] = column
    return found


def _fields_of(node: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return node.get("fieldsList") or []


def _read_object(node: Mapping[str, Any], morphs: Mapping[tuple[str, str], dict[str, str]]) -> Object:
    name = node["nameSingular"]
    fields = [_read_field(field, morphs.get((name, field["name"]), {})) for field in _fields_of(node)]
    return Object(
        id=node["id"],
        name=name,
        plural=node["namePlural"],
        label=node.get("labelSingular") or name,
        label_plural=node.get("labelPlural") or node["namePlural"],
        is_active=bool(node.get("isActive", True)),
        is_system=bool(node.get("isSystem")),
        fields={field.name: field for field in fields},
        icon=node.get("icon") or "",
        description=node.get("description") or "",
    )


def _read_field(node: Mapping[str, Any], columns: Mapping[str, str]) -> Field:
    settings = node.get("settings") or {}
    relation = node.get("relation")
    options = tuple(
        Option(o["value"], o.get("label") or o["value"], o.get("color") or "gray", o.get("position") or 0, o.get("id"))
        for o in node.get("options") or ()
    )
    return Field(
        id=node["id"],
        name=node["name"],
        label=node.get("label") or node["name"],
        type=node["type"],
        is_active=bool(node.get("isActive", True)),
        is_system=bool(node.get("isSystem")),
        is_nullable=node.get("isNullable") is not False,
        is_unique=bool(node.get("isUnique")),
        default=node.get("defaultValue"),
        settings=settings,
        options=options,
        relation=_read_relation(relation, settings) if relation and node["type"] == "RELATION" else None,
        columns=columns,
    )


def _read_relation(relation: Mapping[str, Any], settings: Mapping[str, Any]) -> Relation:
    kind = relation["type"]
    return Relation(
        kind=kind,
        object=relation["targetObjectMetadata"]["nameSingular"],
        inverse=(relation.get("targetFieldMetadata") or {}).get("name") or "",
        column=settings.get("joinColumnName") if kind == LINKS_TO_ONE else None,
    )
