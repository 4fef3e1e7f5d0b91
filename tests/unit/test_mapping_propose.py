"""A map is proposed for the columns that are there: one line each, none vanishes, and the map is right as proposed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridgework.mapping.document import Line, MapDocument
from bridgework.mapping.editing import is_sure
from bridgework.mapping.propose import ProfiledColumn, ProfiledFile, propose
from bridgework.mapping.proposer.columns import Candidate, Proposal, propose_columns
from bridgework.mapping.records import Mapper
from tests.unit.mapping_samples import Row, context


def proposed(*columns: ProfiledColumn | str, object_: str = "patient") -> MapDocument:
    made = [ProfiledColumn(one) if isinstance(one, str) else one for one in columns]
    return propose([ProfiledFile("p.csv", object_, made)])


def line_of(document: MapDocument, column: str, object_: str = "patient") -> Line:
    (line,) = (one for one in document.sources[object_].lines if one.column == column)
    return line


def test_an_unknown_column_becomes_a_custom_field_of_a_fitting_type() -> None:
    document = proposed(
        "Patiëntnr", "Naam", "Kleur ogen", ProfiledColumn("Spaartegoed", "money"), ProfiledColumn("Type", "date")
    )
    assert document.problems() == []
    fields = {field.name: field for one in document.schema().objects for field in one.fields}
    assert (fields["kleurOgen"].type, fields["kleurOgen"].label) == ("TEXT", "Kleur ogen")
    assert (fields["spaartegoed"].type, fields["typeField"].type) == ("CURRENCY", "DATE")
    assert line_of(document, "Kleur ogen").why
    row = Row("patient", 1, "7", {"Patiëntnr": "7", "Naam": "Maes", "Kleur ogen": "bruin", "Spaartegoed": "12,50"})
    mapper = Mapper(document, context())
    record = mapper.build(mapper.steps()[0], row)
    assert record is not None
    assert record.values["kleurOgen"] == "bruin"
    assert record.values["spaartegoed"] == {"amountMicros": 12_500_000, "currencyCode": "EUR"}


def test_an_empty_column_is_left_out_by_a_line_that_says_why() -> None:
    line = line_of(proposed("Patiëntnr", "Naam", ProfiledColumn("Leeg", "empty", 0)), "Leeg")
    assert line.decision == "leave-out"
    assert line.why


def test_a_link_to_a_file_that_the_export_lacks_is_kept_as_text() -> None:
    document = proposed("Patiëntnr", "Naam", "Verwijzer", "Gezinshoofd")
    line = line_of(document, "Verwijzer")
    assert (line.target, line.transform) == ("person.verwijzer", "text")
    assert line.why is not None
    assert "referrer" in line.why
    assert line_of(document, "Gezinshoofd").transform == "reference"
    assert document.problems() == []


def test_columns_that_mean_the_same_share_a_field_that_takes_several_and_no_other() -> None:
    document = proposed("Patiëntnr", "Naam", "GSM", "Gsm-nummer", "Familienaam")
    assert {line_of(document, one).target for one in ("GSM", "Gsm-nummer")} == {"person.phones"}
    assert line_of(document, "Familienaam").target == "person.name.lastName"
    assert line_of(document, "Naam").target == "person.naam"
    assert document.problems() == []


def test_fields_and_pick_lists_that_nothing_uses_are_not_in_the_map() -> None:
    document = proposed("Patiëntnr", "Naam", "Geslacht")
    assert set(document.values) == {"sex"}
    assert [field.name for field in document.objects["person"].fields] == ["sex"]
    assert set(document.objects) == {"person"}


@settings(max_examples=60)
@given(st.lists(st.text(min_size=1, max_size=70), min_size=1, max_size=12, unique=True), st.data())
def test_whatever_the_headers_every_column_has_one_line_and_the_map_is_right(headers: list[str], data: Any) -> None:
    kinds = st.sampled_from(["text", "number", "date", "moment", "boolean", "money", "empty"])
    columns = [ProfiledColumn(one, data.draw(kinds)) for one in headers if one not in {"Patiëntnr", "Naam"}]
    document = proposed("Patiëntnr", "Naam", *columns)
    assert [line.column for line in document.sources["patient"].lines][2:] == [one.header for one in columns]
    assert document.problems() == []
    assert MapDocument.parse(document.to_yaml()).digest() == document.digest()


@given(
    st.floats(0, 1).map(lambda one: round(one, 4)) | st.sampled_from([0.985, 0.9899, 0.98999, 0.99, 0.9901, 1.0, 0.0])
)
def test_a_line_is_sure_exactly_where_the_proposer_was(confidence: float) -> None:
    columns = [ProfiledColumn(one) for one in ("Patiëntnr", "Naam", "Geslacht")]
    told: list[Proposal] = []

    def sure_as(*given: Any, **more: Any) -> list[Proposal]:
        told.extend(replace(one, confidence=confidence) for one in propose_columns(*given, **more))
        return told

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bridgework.mapping.propose.propose_columns", sure_as)
        document = propose([ProfiledFile("p.csv", "patient", columns)])
    again = MapDocument.parse(document.to_yaml())
    assert [is_sure(line) for line in again.sources["patient"].lines] == [one.sure for one in told]
    assert {line.confidence for line in again.sources["patient"].lines} == {confidence}


def test_further_alternatives_are_named_where_they_are_likely_at_all() -> None:
    def proposals(*given: Any, **more: Any) -> list[Proposal]:
        found = propose_columns(*given, **more)
        likely = zip(("patient.title", "patient.fax", "patient.initials"), (0.004, 0.01, 0.0099), strict=True)
        some = tuple(Candidate(concept, share) for concept, share in likely)
        return [replace(one, candidates=(*one.candidates[:1], *some)) for one in found]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bridgework.mapping.propose.propose_columns", proposals)
        document = proposed("Patiëntnr", "Naam")
    assert line_of(document, "Naam").next == ("patient.title 0.00", "patient.fax 0.01")


def test_a_column_keeps_its_cells_where_the_field_of_the_built_in_map_cannot_take_them() -> None:
    document = propose(
        [
            ProfiledFile("v.csv", "provider", [ProfiledColumn(one) for one in ("Verstrekkernr", "Naam")]),
            ProfiledFile("p.csv", "patient", [ProfiledColumn(one) for one in ("Patiëntnr", "Naam")]),
            ProfiledFile(
                "a.csv",
                "appointment",
                [ProfiledColumn(one) for one in ("Afspraaknr", "Patiëntnr", "Beginuur", "Verstrekkernr", "Reden")],
            ),
        ]
    )
    assert document.problems() == []
    for column, why in (("Beginuur", "no column has its day"), ("Verstrekkernr", "no column has the e-mail address")):
        line = line_of(document, column, "appointment")
        assert line.transform == "text"
        assert (line.why or "").startswith(why)
    Mapper(document, context())


def test_a_number_that_is_not_the_key_of_its_rows_is_kept_as_text() -> None:
    columns = [ProfiledColumn(one) for one in ("Patiëntnr", "Naam", "Uniek")]
    document = propose([ProfiledFile("p.csv", "patient", columns, key_headers=("Uniek",))])
    assert document.problems() == []
    assert line_of(document, "Patiëntnr").transform == "text"


@pytest.mark.parametrize(
    ("object_", "header", "target"),
    [
        ("patient", "Meisjesnaam", "person.maidenName"),
        ("patient", "Nom de jeune fille", "person.maidenName"),
        ("patient", "Naam partner", "person.partnerName"),
        ("patient", "Naam echtgenoot", "person.partnerName"),
        ("patient", "Nom d'épouse", "person.partnerName"),
        ("treatment", "Voorschrijver", "treatment.prescriber"),
        ("treatment", "Prescripteur", "treatment.prescriber"),
    ],
)
def test_a_name_goes_to_the_field_of_whose_it_is(object_: str, header: str, target: str) -> None:
    columns = [ProfiledColumn(one) for one in ("Patiëntnr", "Naam", "Voornaam", header)]
    (line,) = (
        one for one in propose([ProfiledFile("p.csv", object_, columns)]).sources[object_].lines if one.column == header
    )
    assert line.target == target
