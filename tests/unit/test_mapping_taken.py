"""No field of ours gets a name that Twenty has given to a field, to a column behind one, or to the end of a link."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridgework.mapping import editing, standard, taken
from bridgework.mapping.catalogue import builtin
from bridgework.mapping.document import FieldDef, MapDocument, ObjectDef
from bridgework.mapping.inferring import Inferred
from bridgework.mapping.propose import ProfiledColumn, ProfiledFile, propose
from bridgework.twins.twenty.fieldtypes import COMPOSITE, column_name
from bridgework.twins.twenty.standard import facts
from tests.unit.test_mapping_document import SMALL

CLASHING = [
    "Company ID",
    "Name First Name",
    "Name last name",
    "Emails primary email",
    "Phones additional phones",
    "Linkedin link primary link url",
    "Created by source",
    "Balance currency code",
    "Home address address city",
    "Head of family ID",
    "Treatments",
    "Source system id",
    "Import remarks",
]


def columns_behind(document: MapDocument, object_: str) -> list[str]:
    """The names of all columns of an object, those of Twenty's own fields and links included."""
    own = document.objects[object_]
    known = {"sourceSystemId": "TEXT", "importRemarks": "TEXT", **standard.OBJECTS[object_]}
    fields = [*known.items(), *((one.name, one.type) for one in own.fields)]
    parts = {kind: [part.name for part in some] for kind, some in COMPOSITE.items()}
    names = [column_name(name, part) for name, kind in fields for part in parts.get(kind, ())]
    names += [f"{name}Id" for name, kind in fields if kind == "RELATION" and f"{object_}.{name}" in standard.LINKS]
    names += [f"{one.name}Id" for one in own.fields if one.type == "RELATION"]
    return [*names, *(name for name, _ in fields)]


def test_the_columns_behind_a_field_are_those_of_twenty() -> None:
    ours = {kind: {f"x{part}" for part in parts} for kind, parts in taken.PARTS.items() if kind != "RELATION"}
    assert ours == {kind: {column_name("x", part.name) for part in parts} for kind, parts in COMPOSITE.items()}


def test_the_links_to_one_record_are_those_of_a_fresh_workspace() -> None:
    links: dict[str, str] = {}
    for object_ in standard.OBJECTS:
        for one in facts("standard")[object_]["fields"]:
            if "onDelete" in one:
                links[f"{object_}.{one['name']}"] = one["to"].partition(".")[0]
            for other in one.get("targets", ()):
                to = other.partition(".")[0]
                links[f"{object_}.target{to[0].upper()}{to[1:]}"] = to
    listed = {
        link: to for link, to in links.items() if link.partition(".")[2] in standard.OBJECTS[link.partition(".")[0]]
    }
    assert listed == standard.LINKS


@pytest.mark.parametrize("header", CLASHING)
@pytest.mark.parametrize("kind", ["text", "money"])
def test_a_column_whose_name_is_taken_gets_another_one(header: str, kind: Inferred) -> None:
    columns = [ProfiledColumn("Patiëntnr"), ProfiledColumn("Naam"), ProfiledColumn("Kolom"), ProfiledColumn("Saldo")]
    own = editing.as_field(
        propose([ProfiledFile("p.csv", "patient", columns)]),
        "patient.Kolom",
        header,
        "CURRENCY" if kind == "money" else "TEXT",
    )
    made = propose([ProfiledFile("p.csv", "patient", [*columns, ProfiledColumn(header, kind)])])
    for document in (own, made):
        assert document.problems() == []
        names = columns_behind(document, "person")
        assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    "name", ["companyId", "nameFirstName", "emailsPrimaryEmail", "headId", "createdBySource", "sexColour"]
)
def test_a_name_that_a_column_has_is_an_error_of_the_map(name: str) -> None:
    text = SMALL.replace("name: birthDate, type: DATE", f"name: {name}, type: TEXT")
    codes = {one.code for one in MapDocument.parse(text).problems()}
    assert ("NAME-TAKEN" in codes) == (name != "sexColour")


def test_a_field_whose_column_would_have_the_name_of_another_field_is_an_error() -> None:
    fields = "{name: sumCurrencyCode, type: TEXT, label: A}\n      - {name: sum, type: CURRENCY, label: B}\n      - "
    text = SMALL.replace("{name: birthDate", f"{fields}{{name: birthDate")
    (found,) = MapDocument.parse(text).problems()
    assert found.code == "NAME-TAKEN"
    assert text.splitlines()[found.line - 1].strip().startswith("- {name: sum, ")


@given(
    st.text(max_size=70),
    st.sampled_from(sorted(standard.CREATABLE - {"RELATION"})),
    st.sampled_from(["person", "treatment"]),
)
def test_a_new_name_is_free_with_all_its_columns(header: str, kind: str, object_: str) -> None:
    there = taken.taken(object_, builtin().objects)
    name = taken.field_name(header, kind, there)
    assert not taken.columns(name, kind) & there


def test_what_an_object_takes_holds_its_fields_their_columns_and_the_ends_of_links() -> None:
    link = FieldDef(name="owner", type="RELATION", label="Owner", to="person", inverse="Dogs owned")
    there = taken.taken(
        "person", {"dog": ObjectDef(custom=True, fields=(link,))}, [FieldDef(name="sum", type="CURRENCY", label="S")]
    )
    assert {"companyId", "nameLastName", "dogsOwned", "sumAmountMicros", "createdByName", "importRemarks"} <= there
    assert "attachmentsId" not in there
    assert "ownerId" in taken.taken("dog", {"dog": ObjectDef(custom=True, fields=(link,))})
