"""The data model of a workspace: its objects, their fields, and how they relate."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha1, sha256
from typing import Any

from bridgework.twins.twenty.fieldtypes import COMPOSITE, RELATIONS, SIMPLE, Part, column_name


def new_id() -> str:
    """A random UUID, as the server makes them."""
    return str(uuid.uuid4())


def capital(name: str) -> str:
    """A name as a type: person -> Person."""
    return name[0].upper() + name[1:]


@dataclass(slots=True)
class Column:
    """A stored column and the field it belongs to."""

    name: str
    kind: str
    field: Field
    part: Part | None = None


@dataclass(slots=True, kw_only=True)
class Field:
    """One field of an object, as the metadata API shows it."""

    id: str
    object_id: str
    name: str
    type: str
    label: str
    icon: str | None = None
    description: str | None = None
    standard: bool = False
    system: bool = False
    active: bool = True
    nullable: bool = True
    unique: bool = False
    default: Any = None
    options: list[dict[str, Any]] | None = None
    settings: dict[str, Any] | None = None
    morph: str | None = None
    target_object_id: str | None = None
    target_field_id: str | None = None
    created_at: str = ""
    updated_at: str = ""

    @property
    def relation(self) -> str | None:
        """MANY_TO_ONE, ONE_TO_MANY, or None where this is no relation."""
        return (self.settings or {}).get("relationType") if self.type in RELATIONS else None

    @property
    def join_column(self) -> str | None:
        """The column that holds the other record's id."""
        return f"{self.name}Id" if self.relation == "MANY_TO_ONE" else None

    @property
    def on_delete(self) -> str:
        """What happens to this record when the other one is destroyed."""
        return str((self.settings or {}).get("onDelete") or "SET_NULL")

    def columns(self) -> list[Column]:
        """The columns that store this field; none for the many side of a relation."""
        if self.type in COMPOSITE:
            return [Column(column_name(self.name, part.name), part.kind, self, part) for part in COMPOSITE[self.type]]
        if self.type in RELATIONS:
            join = self.join_column
            return [] if join is None else [Column(join, "uuid", self)]
        kind = SIMPLE[self.type]
        return [] if kind == "search" else [Column(self.name, kind, self)]

    def unique_columns(self) -> list[str]:
        """The columns that together must be unique where the field is."""
        if self.type in COMPOSITE:
            return [column_name(self.name, part.name) for part in COMPOSITE[self.type] if part.unique]
        return [self.join_column or self.name]


@dataclass(slots=True, kw_only=True)
class ObjectFacts:
    """What the metadata API shows of an object, apart from its fields."""

    id: str
    name: str
    plural: str
    label: str
    label_plural: str
    icon: str | None = None
    description: str | None = None
    shortcut: str | None = None
    standard: bool = False
    system: bool = False
    active: bool = True
    searchable: bool = False
    label_field_id: str | None = None
    image_field_id: str | None = None
    created_at: str = ""
    updated_at: str = ""


@dataclass(kw_only=True)
class Object:
    """An object with its fields, and the look-ups that serving records needs."""

    facts: ObjectFacts
    fields: list[Field] = field(default_factory=list)

    @property
    def id(self) -> str:
        return self.facts.id

    @property
    def name(self) -> str:
        return self.facts.name

    @property
    def table(self) -> str:
        """The table: custom objects have an underscore in front."""
        return self.name if self.facts.standard else f"_{self.name}"

    @property
    def type_name(self) -> str:
        """The GraphQL type: bwInvoice -> BwInvoice."""
        return capital(self.name)

    @cached_property
    def by_name(self) -> dict[str, Field]:
        return {item.name: item for item in self.fields}

    @cached_property
    def by_join(self) -> dict[str, Field]:
        return {item.join_column: item for item in self.fields if item.join_column}

    @cached_property
    def columns(self) -> list[Column]:
        return [column for item in self.fields for column in item.columns()]

    @cached_property
    def unique_fields(self) -> list[Field]:
        """Fields that identify a record, the id first."""
        return [item for item in self.fields if item.name == "id"] + [item for item in self.fields if item.unique]

    @cached_property
    def many_to_one(self) -> list[Field]:
        return [item for item in self.fields if item.relation == "MANY_TO_ONE"]

    def forget(self) -> None:
        """Drop the look-ups after the fields changed."""
        for name in ("by_name", "by_join", "columns", "unique_fields", "many_to_one"):
            self.__dict__.pop(name, None)


class DataModel:
    """All objects of the workspace. `version` grows with each change, so that caches can follow."""

    def __init__(self, objects: Iterable[Object] = ()) -> None:
        self.objects: dict[str, Object] = {item.id: item for item in objects}
        self.version = 0
        self._index()

    def _index(self) -> None:
        self.by_name: dict[str, Object] = {item.name: item for item in self.objects.values()}
        self.by_plural: dict[str, Object] = {item.facts.plural: item for item in self.objects.values()}
        self.fields: dict[str, Field] = {found.id: found for item in self.objects.values() for found in item.fields}

    def changed(self) -> None:
        """To be called after any change of objects or fields."""
        self.version += 1
        for item in self.objects.values():
            item.forget()
        self._index()

    def __iter__(self) -> Iterator[Object]:
        return iter(self.objects.values())

    def object_of(self, item: Field) -> Object:
        return self.objects[item.object_id]

    def target(self, item: Field) -> Object:
        """The object on the other side of a relation."""
        return self.objects[str(item.target_object_id)]

    def inverse(self, item: Field) -> Field:
        """The field on the other side of a relation."""
        return self.fields[str(item.target_field_id)]


def index_name(table: str, columns: Iterable[str], *, unique: bool = False) -> str:
    """The name Twenty gives an index: a hash of the table and its columns."""
    digest = sha256("".join((table, *columns)).encode()).hexdigest()[:27]
    return f"IDX_{'UNIQUE_' if unique else ''}{digest}"


def foreign_key_name(table: str, column: str) -> str:
    """The name TypeORM gives a foreign key."""
    return "FK_" + sha1(f"{table}_{column}".encode(), usedforsecurity=False).hexdigest()[:27]
