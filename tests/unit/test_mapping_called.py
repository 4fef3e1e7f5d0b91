"""A dentist or an insurer that a cell calls by name is linked, where the name is that of one record alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridgework.mapping.called import key_finder
from bridgework.mapping.propose import ProfiledColumn, ProfiledFile, propose
from bridgework.mapping.records import Mapper, directory, target_id
from tests.unit.mapping_samples import NAMESPACE, Row, context

DENTISTS = {
    "1": {"provider.last_name": "Maes", "provider.first_name": "Jan", "provider.initials": "JM"},
    "2": {"provider.last_name": "Peeters", "provider.first_name": "An", "provider.initials": "AP"},
    "3": {"provider.last_name": "Peeters", "provider.first_name": "Els", "provider.initials": "EP"},
    "4": {"provider.full_name": "Dr. Van den Broeck Piet"},
}
INSURERS = {"131": {"insurer.name": "CM Limburg"}, "304": {"insurer.name": "De Voorzorg"}}


@pytest.mark.parametrize(
    ("cell", "key"),
    [
        ("1", "1"),
        ("Maes", "1"),
        ("Jan Maes", "1"),
        ("MAES JAN", "1"),
        ("dr. Maes", "1"),
        ("Tandarts Jan Maes", "1"),
        ("J. Maes", "1"),
        ("JM", "1"),
        ("1 - Jan Maes", "1"),
        ("Peeters An", "2"),
        ("Peeters", "Peeters"),
        ("Van den Broeck Piet", "4"),
        ("Dr Van den Broeck Piet", "4"),
        ("Dr Onbekend", "Dr Onbekend"),
        ("9 - Iemand", "9 - Iemand"),
    ],
)
def test_a_dentist_is_found_by_a_name_that_is_his_alone(cell: str, key: str) -> None:
    assert key_finder("provider", DENTISTS)(cell) == key


@pytest.mark.parametrize(
    ("cell", "key"),
    [("131", "131"), ("131 - CM Limburg", "131"), ("131 CM", "131"), ("cm limburg", "131"), ("999", "999")],
)
def test_an_insurer_is_found_by_its_number_or_its_name(cell: str, key: str) -> None:
    assert key_finder("insurer", INSURERS)(cell) == key


@given(st.text(max_size=30))
def test_any_cell_finds_a_record_or_stays_what_it_is(cell: str) -> None:
    found = key_finder("provider", DENTISTS)(cell)
    assert found == cell or found in DENTISTS


@given(st.dictionaries(st.text("123456789", min_size=1, max_size=4), st.text("abc ", max_size=6), max_size=6))
def test_a_number_goes_before_a_name_and_a_name_of_two_finds_neither(names: dict[str, str]) -> None:
    rows = {key: {"provider.name": name} for key, name in names.items()}
    find = key_finder("provider", rows)
    assert all(find(key) == key for key in rows)
    for name in names.values():
        if [squashed(one) for one in names.values()].count(squashed(name)) > 1:
            assert find(name) == name


def squashed(text: str) -> str:
    return text.replace(" ", "")


def test_treatments_that_name_their_dentist_are_linked_and_it_is_said() -> None:
    providers = ProfiledFile("v.csv", "provider", [ProfiledColumn(one) for one in ("Nr", "Naam", "Voornaam")])
    treatments = ProfiledFile("b.csv", "treatment", [ProfiledColumn(one) for one in ("Nr", "Datum", "Behandelaar")])
    document = propose([providers, treatments])
    rows = [Row("provider", 1, "7", {"Nr": "7", "Naam": "Maes", "Voornaam": "Jan"})]
    mapper = Mapper(document, context(directory={"provider": directory(document, "provider", rows)}))
    (step,) = (one for one in mapper.steps() if one.source_object == "treatment")
    record = mapper.build(step, Row("treatment", 1, "1", {"Nr": "1", "Behandelaar": "Jan Maes"}))
    assert record is not None
    assert record.values["providerId"] == str(target_id(NAMESPACE, "company", "provider", "7"))
    assert "LINKED-BY-NAME" in {one.code for one in record.findings}
    by_number = mapper.build(step, Row("treatment", 2, "2", {"Nr": "2", "Behandelaar": "7"}))
    assert by_number is not None
    assert by_number.values["providerId"] == record.values["providerId"]
    assert "LINKED-BY-NAME" not in {one.code for one in by_number.findings}
