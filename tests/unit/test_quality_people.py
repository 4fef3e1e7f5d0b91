"""Patients who are there twice, and those who only look like it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from bridgework.belgium import insz
from tests.unit.quality_practice import codes, found_in

HEADER = "Patiëntnr;Naam;Voornaam;Geboortedatum;INSZ-nummer;Straat;Huisnr;Postcode;GSM;E-mail;Laatste bezoek"
FIRST = "1;Peeters;Elisabeth;06/05/1980;;Kerkstraat;1;9000;0478/12.34.56;;01/02/2024"
BORN = date(1980, 5, 6)

DUPLICATE_CODES = {
    *("SAME-INSZ", "SAME-NAME-AND-BIRTH-DATE", "SAME-NAME-OTHER-INSZ", "LIKELY-THE-SAME", "STUB-OF-A-PATIENT", "STUB"),
    *("TWINS", "SAME-NAME-OTHER-BIRTH-DATE"),
}


def beside_the_first(folder: Path, *lines: str) -> dict[str, int]:
    found = codes(found_in(folder, {"patient": "\n".join((HEADER, FIRST, *lines))}), "patient")
    return {code: count for code, count in found.items() if code in DUPLICATE_CODES}


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("2;PEETERS;elisabeth;6-5-1980;;;;;;;03/04/2024", "SAME-NAME-AND-BIRTH-DATE"),
        ("2;Elisabeth;Peeters;06/05/1980;;;;;;;03/04/2024", "SAME-NAME-AND-BIRTH-DATE"),
        ("2;Peeters;Elisa;06/05/1980;;;;;;;03/04/2024", "LIKELY-THE-SAME"),
        ("2;Peeters;Elizabeth;06/05/1980;;;;;;;03/04/2024", "LIKELY-THE-SAME"),
        ("2;Maes;Elisabeth;06/05/1980;;;;;+32 478 12 34 56;;03/04/2024", "LIKELY-THE-SAME"),
        ("2;Maes;Elisabeth;06/05/1980;;Kerkstraat;1;9000;;;03/04/2024", "LIKELY-THE-SAME"),
        ("2;Peeters;Elisabeth;;;Kerkstraat;1;9000;;;03/04/2024", "LIKELY-THE-SAME"),
        ("2;Peeters;Elisabeth;;;;;;0479 11 22 33;;", "STUB-OF-A-PATIENT"),
        ("2;Maes;An;;;;;;0479 11 22 33;;", "STUB"),
        ("2;Peeters;Thomas;06/05/1980;;Kerkstraat;1;9000;;;03/04/2024", "TWINS"),
        ("2;Peeters;Elisabeth;06/05/2010;;Kerkstraat;1;9000;;;03/04/2024", "SAME-NAME-OTHER-BIRTH-DATE"),
    ],
)
def test_each_kind_of_likeness_has_its_own_code(line: str, code: str, tmp_path: Path) -> None:
    assert beside_the_first(tmp_path, line) == {code: 1}


@pytest.mark.parametrize(
    "line",
    [
        "2;Peeters;Thomas;06/05/1980;;Dorp;2;3500;;;03/04/2024",  # born on one day, in two places
        "2;Peeters;Elisabeth;07/05/1985;;Dorp;2;3500;;;03/04/2024",  # a common name
        "2;Maes;Elisabeth;06/05/1980;;Dorp;2;3500;;;03/04/2024",
    ],
)
def test_strangers_are_not_said_to_be_alike(line: str, tmp_path: Path) -> None:
    assert beside_the_first(tmp_path, line) == {}


def test_two_valid_numbers_tell_two_people_apart(tmp_path: Path) -> None:
    one, other = (insz.compose(BORN, sequence) for sequence in (902, 904))
    lines = [
        f"{number};Peeters;{first};06/05/1980;{digits};Kerkstraat;1;9000;;;03/04/2024"
        for number, first, digits in (("2", "Elise", one), ("3", "Elisa", other))
    ]
    found = codes(found_in(tmp_path, {"patient": "\n".join((HEADER, *lines))}))
    assert found.get("TWINS") == 1
    assert "LIKELY-THE-SAME" not in found
    assert "SAME-NAME-AND-BIRTH-DATE" not in found


def test_one_number_in_two_files_is_told_and_a_number_in_place_of_the_birth_date_finds_the_double(
    tmp_path: Path,
) -> None:
    number = insz.compose(BORN, 902)
    lines = [
        f"2;Peeters;Anna;06/05/1980;{number};Dorp;2;3500;;;03/04/2024",
        f"3;Peeters;Anna;00/00/0000;{insz.pretty(number)};;;;;;03/04/2024",
    ]
    found = codes(found_in(tmp_path, {"patient": "\n".join((HEADER, *lines))}))
    assert found["SAME-INSZ"] == found["SAME-NAME-AND-BIRTH-DATE"] == 1


def test_a_patient_who_was_treated_is_no_stub(tmp_path: Path) -> None:
    patients = f"{HEADER}\n2;Maes;An;;;;;;0479 11 22 33;;"
    treatments = "Behandelingsnr;Patiëntnr;Datum;Nomenclatuurcode\n1;2;01/02/2024;301011"
    assert "STUB" not in codes(found_in(tmp_path, {"patient": patients, "treatment": treatments}))


def test_a_number_of_another_birth_date_or_sex_is_told(tmp_path: Path) -> None:
    number = insz.compose(BORN, 902)
    table = f"""
        Patiëntnr;Naam;Voornaam;Geslacht;Geboortedatum;INSZ-nummer
        1;Maes;An;V;06/05/1980;{number}
        2;Maes;Jan;M;06/05/1980;{number}
        3;Maes;Els;V;06/05/1981;{number}
        4;Maes;Els;V;06/05/1980;{number[:10]}
        5;Maes;Els;V;06/05/1980;
    """
    found = codes(found_in(tmp_path, {"patient": table}))
    assert (found["INSZ-AND-SEX"], found["INSZ-AND-BIRTH-DATE"]) == (1, 1)
    assert (found["INSZ-WRONG"], found["INSZ-MISSING"]) == (1, 1)


def test_the_share_without_a_number_is_told_by_year(tmp_path: Path) -> None:
    number = insz.compose(BORN, 902)
    table = f"""
        Patiëntnr;Naam;Voornaam;INSZ-nummer;Laatste bezoek
        1;Maes;An;;01/02/2019
        2;Maes;Jan;{number};01/03/2019
        3;Maes;Els;{number};01/03/2020
    """
    (missing,) = (one for one in found_in(tmp_path, {"patient": table}) if one.code == "INSZ-MISSING")
    assert missing.what.endswith("of those last seen in 2019: 50 %, 2020: 0 %")


def test_a_column_headed_riziv_is_told_by_what_it_holds(tmp_path: Path) -> None:
    patients = """
        Patiëntnr;Naam;Voornaam;RIZIV
        1;Maes;An;3-00123-92-001
        2;Maes;Jan;301011
        3;Maes;Els;ja
    """
    providers = """
        Verstrekkernr;Naam;Voornaam;RIZIV-nummer
        1;Claes;An;3-00123-92-001
        2;Claes;An;30012392007
        3;Smets;Jan;301011
        4;Smets 3-12345-92-001;Els;
        5;Wouters;Els;3-12345-91-001
        6;Aerts;Els;39876502
    """
    found = found_in(tmp_path, {"patient": patients, "provider": providers})
    assert codes(found, "patient")["RIZIV-OF-PROVIDERS"] == codes(found, "patient")["RIZIV-UNCLEAR"] == 1
    told = {"CODE-IN-RIZIV": 1, "PROVIDER-TWICE": 1, "RIZIV-IN-NAME": 1, "RIZIV-WRONG": 1, "RIZIV-SHORT": 1}
    assert {
        code: count for code, count in codes(found, "provider").items() if "TWICE" in code or "RIZIV" in code
    } == told


def test_entitlement_is_told_where_it_is_unknown_or_contradicts_the_allowance(tmp_path: Path) -> None:
    table = """
        Patiëntnr;Naam;Voornaam;CT1;CT2;Verhoogde tegemoetkoming
        1;Maes;An;110;0;N
        2;Maes;Jan;111;111;N
        3;Maes;Els;999;110;N
        4;Maes;Els;111;000;J
    """
    found = codes(found_in(tmp_path, {"patient": table}))
    assert (found["CT-LOST-ZEROS"], found["CT-UNKNOWN"], found["CT-AND-ALLOWANCE"]) == (1, 1, 1)


def test_what_an_export_does_not_have_is_said_to_be_left_out(tmp_path: Path) -> None:
    found = found_in(tmp_path, {"patient": "Patiëntnr;Naam;Voornaam\n1;Maes;An"})
    left = {(one.object, one.field): one for one in found if one.code == "CHECK-LEFT-OUT"}
    assert "SAME-INSZ" in left["patient", "insz"].what
    assert "OVERLAP" in left["appointment", ""].what
    assert "FILE-EMPTY" in left["document", "folder"].what
    assert {one.severity for one in left.values()} == {"info"}
