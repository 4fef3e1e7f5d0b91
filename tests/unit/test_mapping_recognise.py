"""Files that are parts of one table are one object; files that only resemble each other are not."""

from __future__ import annotations

import pytest

from bridgework.mapping.propose import ProfiledColumn, ProfiledFile, propose
from bridgework.mapping.recognise import other_names, recognise
from tests.unit.mapping_samples import table

TREATMENT = [column.header("nl") for column in table("treatment").columns]
PATIENT = [column.header("nl") for column in table("patient").columns]


@pytest.mark.parametrize(
    "names",
    [
        ("behandelingen_2019.csv", "behandelingen_2020.csv"),
        ("behandelingen.csv", "behandelingen (2).csv", "Behandelingen-2021.csv"),
        ("2019/behandelingen.csv", "2020/behandelingen.csv"),
        ("praktijk.xlsx#2019", "praktijk.xlsx#2020"),
        ("export1.csv", "export2.csv"),
    ],
)
def test_files_whose_names_differ_in_digits_are_parts_of_one_object(names: tuple[str, ...]) -> None:
    found = recognise({**dict.fromkeys(names, TREATMENT), "patienten.csv": PATIENT})
    assert {found[name].object for name in names} == {"treatment"}
    assert all(f"one of {len(names)} files of one table" in found[name].why[-1] for name in names)
    assert found["patienten.csv"].object == "patient"


def test_parts_may_have_another_order_and_a_few_columns_of_their_own() -> None:
    found = recognise({"b1.csv": TREATMENT, "b2.csv": [*TREATMENT[::-1], "Kleur", "Maat"]})
    assert {one.object for one in found.values()} == {"treatment"}
    assert len(found) == 2


def test_a_file_of_another_name_or_of_other_columns_is_no_part() -> None:
    assert len(recognise({"behandelingen.csv": TREATMENT, "behandelingen kopie.csv": TREATMENT})) == 1
    assert recognise({"x1.csv": TREATMENT, "x2.csv": PATIENT})["x2.csv"].object == "patient"
    assert len(recognise({"b1.csv": TREATMENT, "b2.csv": [*TREATMENT, *(f"Eigen {n}" for n in range(9))]})) == 1


def test_a_map_has_the_columns_of_all_parts_once() -> None:
    parts = [
        ProfiledFile("b1.csv", "treatment", [ProfiledColumn(name) for name in TREATMENT]),
        ProfiledFile("b2.csv", "treatment", [ProfiledColumn(name) for name in [*TREATMENT[::-1], "Kleur"]]),
    ]
    source = propose(parts).sources["treatment"]
    assert source.file == "b1.csv, b2.csv"
    assert [line.column for line in source.lines] == [*TREATMENT, "Kleur"]


def test_a_column_that_goes_by_another_name_is_the_same_column() -> None:
    first = ["Behandelingsnr", "Patiëntnr", "Datum"]
    assert other_names("treatment", first, ["Behandelings-nr.", "Patiëntnr", "Kleur"]) == {
        "Behandelings-nr.": "Behandelingsnr"
    }
    assert other_names("treatment", first, first) == {}
