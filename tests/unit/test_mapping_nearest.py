"""A name that is not there is answered with the nearest ones, and capitals do not count."""

from __future__ import annotations

import pytest

from bridgework.errors import UsageError
from bridgework.mapping import editing
from bridgework.mapping.nearest import nearest
from bridgework.mapping.propose import ProfiledColumn, ProfiledFile, propose

PLACES = ["patient.GSM", "patient.Naam", "patient.Telefoon", "provider.GSM", "patient.E-mail"]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("GSM", ["patient.GSM", "provider.GSM"]),
        ("patient.gms", ["patient.GSM"]),
        ("patient.Tel", ["patient.Telefoon"]),
        ("patient.xyz", []),
    ],
)
def test_the_likest_places_come_first(typed: str, found: list[str]) -> None:
    assert nearest(typed, PLACES)[: max(1, len(found))] == found


def test_there_are_never_more_than_three() -> None:
    assert len(nearest("naam", [f"naam{number}" for number in range(9)])) == 3


def test_an_unknown_column_or_concept_says_what_may_have_been_meant() -> None:
    columns = list(map(ProfiledColumn, ("Patiëntnr", "Naam", "GSM")))
    document = propose([ProfiledFile("p.csv", "patient", columns)])
    with pytest.raises(UsageError) as column:
        editing.find(document, "GMS")
    assert column.value.why == "nearest are patient.GSM"
    with pytest.raises(UsageError) as concept:
        editing.as_concept(document, "patient.GSM", "mobil")
    assert concept.value.why.startswith("nearest are mobile")


def test_a_concept_is_known_however_its_letters_are_written() -> None:
    columns = list(map(ProfiledColumn, ("Patiëntnr", "Naam", "GSM")))
    document = propose([ProfiledFile("p.csv", "patient", columns)])
    assert editing.find(editing.as_concept(document, "patient.GSM", "MOBILE"), "patient.GSM")[1].target
