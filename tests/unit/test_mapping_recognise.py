"""Files that are parts of one table are one object; files that only resemble each other are not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bridgework.mapping.editing import is_sure
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


def test_a_file_that_fits_two_objects_is_not_clear_and_none_of_its_lines_is_sure() -> None:
    vague = ["Naam", "Voornaam", "Straat", "Huisnr", "Postcode", "Gemeente", "Nummer"]
    found = recognise({"x.csv": vague, "patienten.csv": PATIENT})
    assert found["patienten.csv"].clear
    assert "x.csv" not in found or not found["x.csv"].clear
    file = ProfiledFile("x.csv", "provider", [ProfiledColumn(name) for name in vague], clear=False)
    lines = propose([file]).sources["provider"].lines
    assert not any(is_sure(line) for line in lines)
    assert any(is_sure(line) for line in propose([replace(file, clear=True)]).sources["provider"].lines)


def test_a_file_without_a_number_for_its_records_is_known_by_their_content() -> None:
    appointments = ["Datum", "Beginuur", "Duur", "Type afspraak", "Reden", "Kabinet", "Stoel", "Behandelaar"]
    one = recognise({"afspraken.csv": appointments})["afspraken.csv"]
    assert (one.object, one.key_headers) == ("appointment", ())
    assert "known by its content" in " ".join(one.why)


def test_a_file_without_headers_is_recognised_by_its_cells() -> None:
    rows = [
        (
            str(4000 + n),
            name,
            first,
            "M" if n % 2 else "V",
            f"{n % 28 + 1:02}/03/19{50 + n % 40}",
            "85.07.30-033.28",
            mail,
        )
        for n, (name, first, mail) in enumerate([("Peeters", "An", "an@x.be"), ("Maes", "Jan", "jan@y.be")] * 20)
    ]
    headers = [f"Column {place}" for place in range(1, 8)]
    found = recognise({"export1.csv": headers}, {"export1.csv": rows})
    assert found["export1.csv"].object == "patient"
    assert recognise({"export1.csv": headers}) == {}
