"""The entitlement codes CT1 and CT2, in a column each or both in one cell."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridgework.belgium import entitlement
from bridgework.mapping.document import Line, MapDocument
from bridgework.mapping.editing import as_concept
from bridgework.mapping.propose import ProfiledColumn, ProfiledFile, propose
from bridgework.mapping.records import Mapper, TargetRecord
from tests.unit.mapping_samples import Row, context


def proposed(*headers: str, cells: tuple[str, ...] = ()) -> MapDocument:
    columns = [
        ProfiledColumn("Patiëntnr"),
        ProfiledColumn("Naam"),
        *(ProfiledColumn(one, cells=cells) for one in headers),
    ]
    return propose([ProfiledFile("p.csv", "patient", columns)])


def build(document: MapDocument, **cells: str) -> TargetRecord:
    mapper = Mapper(document, context())
    record = mapper.build(mapper.steps()[0], Row("patient", 1, "1", {"Patiëntnr": "1", "Naam": "Maes", **cells}))
    assert record is not None
    return record


def codes(record: TargetRecord) -> list[str]:
    return [one.code for one in record.findings]


@pytest.mark.parametrize("text", ["110/110", "110-110", "110 / 110", "110 110", "110110", "110.110"])
@pytest.mark.parametrize("header", ["CT1/CT2", "KG1/KG2", "CG1-CG2", "CT1"])
def test_both_codes_in_one_cell_are_parted(header: str, text: str) -> None:
    document = proposed(header, cells=("110/110", "111/111", "130/131"))
    assert document.problems() == []
    record = build(document, **{header: text})
    assert (record.values["ct1"], record.values["ct2"]) == ("110", "110")
    assert codes(record) == ["ENTITLEMENT-PARTED"]
    assert "importRemarks" not in record.values


@pytest.mark.parametrize(
    ("text", "found"),
    [("110", []), ("999", ["ENTITLEMENT-UNKNOWN"]), ("110/999", ["ENTITLEMENT-UNKNOWN"]), ("", [])],
)
def test_a_cell_that_does_not_hold_both_stays_whole(text: str, found: list[str]) -> None:
    record = build(proposed("CT1"), CT1=text)
    assert (record.values.get("ct1", ""), record.values.get("ct2")) == (text, None)
    assert codes(record) == found


def test_where_the_second_code_has_a_column_no_cell_is_parted() -> None:
    document = proposed("CT1", "CT2")
    assert document.problems() == []
    record = build(document, CT1="110/110", CT2="000")
    assert (record.values["ct1"], record.values["ct2"]) == ("110/110", "000")
    assert codes(record) == ["ENTITLEMENT-UNKNOWN"]


def test_a_column_that_a_person_makes_the_second_code_takes_the_place_of_the_derived_line() -> None:
    def derived(one: MapDocument) -> list[Line]:
        return [line for line in one.sources["patient"].derived if line.target == "person.ct2"]

    document = proposed("CT1", "Kolom X")
    assert len(derived(document)) == 1
    changed = as_concept(document, "patient.Kolom X", "ct2")
    assert derived(changed) == []
    assert changed.problems() == []


@given(
    st.sampled_from(sorted(entitlement.CT1)),
    st.sampled_from(sorted(entitlement.CT2)),
    st.sampled_from(["/", "-", " ", ""]),
)
def test_every_two_codes_are_a_pair_and_nothing_else_is(one: str, other: str, sign: str) -> None:
    assert entitlement.pair(f"{one}{sign}{other}") == (one, other)
    assert entitlement.pair(f"{one}{sign}") is None
    assert entitlement.pair(f"{one}{sign}{other}1") is None
