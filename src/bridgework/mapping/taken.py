"""The names that are taken on an object of Twenty: of its fields, of the columns behind them, of the far ends of links.

Twenty refuses the name of a field that another field's column has already: a link keeps its id in `companyId`, a name
its parts in `nameFirstName` and `nameLastName`. A record that held both would lose one of them.
Source: the columns of a Twenty 2.19 workspace, and its validator of field names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from bridgework.mapping import names, standard
from bridgework.mapping.target import REMARKS, SOURCE_ID

if TYPE_CHECKING:
    from bridgework.mapping.document import FieldDef, ObjectDef

PARTS: Mapping[str, tuple[str, ...]] = {
    "FULL_NAME": ("FirstName", "LastName"),
    "EMAILS": ("PrimaryEmail", "AdditionalEmails"),
    "PHONES": ("PrimaryPhoneNumber", "PrimaryPhoneCountryCode", "PrimaryPhoneCallingCode", "AdditionalPhones"),
    "LINKS": ("PrimaryLinkLabel", "PrimaryLinkUrl", "SecondaryLinks"),
    "ADDRESS": (
        *("AddressStreet1", "AddressStreet2", "AddressCity", "AddressPostcode", "AddressState", "AddressCountry"),
        *("AddressLat", "AddressLng"),
    ),
    "CURRENCY": ("AmountMicros", "CurrencyCode"),
    "ACTOR": ("Source", "WorkspaceMemberId", "Name", "Context"),
    "RICH_TEXT": ("Blocknote", "Markdown"),
    "RELATION": ("Id",),
}
"""What the columns of a field are called behind its name, by its type; a type that is not here has one column."""


def columns(name: str, kind: str) -> set[str]:
    """All names that a field of this type takes: its own, and those of its columns."""
    return {name, *(name + part for part in PARTS.get(kind, ()))}


def taken(object_: str, objects: Mapping[str, ObjectDef], more: Iterable[FieldDef] = ()) -> set[str]:
    """Every name that no further field of the object may have; `more` are fields of it beside those in `objects`."""
    own = objects.get(object_)
    found = of_twenty(object_, custom=own is not None and own.custom)
    for one in (*(own.fields if own else ()), *more):
        found |= columns(one.name, one.type)
    return found | {names.camel(one.inverse or "") for one in inverses(object_, objects)}


def of_twenty(object_: str, *, custom: bool) -> set[str]:
    """The names that Twenty's own fields and ours, which every object gets, take on it."""
    known = standard.CUSTOM_OBJECT if custom else standard.OBJECTS.get(object_, {})
    found = {SOURCE_ID, REMARKS}
    for name, kind in known.items():
        many = kind == "RELATION" and f"{object_}.{name}" not in standard.LINKS
        found |= {name} if many else columns(name, kind)
    return found


def inverses(object_: str, objects: Mapping[str, ObjectDef]) -> list[FieldDef]:
    """The links of all objects to this one: the far end of each is a field here."""
    return [field for one in objects.values() for field in one.fields if field.to == object_]


def field_name(header: str, kind: str, taken: set[str]) -> str:
    """A name for a new field of this type, of which neither the name nor a column is taken."""
    return names.field_name(header, taken, PARTS.get(kind, ()))
