"""Header rows of many kinds, and first rows that are none: each is told by what stands below it."""

from __future__ import annotations

from pathlib import Path

import pytest
import xlsxwriter

from bridgework.practice import SourceFile, discover
from bridgework.practice.file_notes import NOTES, note
from bridgework.settings import FileSettings
from bridgework.stages.sources import is_header_word

GERMAN = "Patientennummer;Nachname;Vorname;Geburtsdatum;Straße;PLZ;Ort;Handy;Handy;E-Mail"
GERMAN_ROWS = [
    "1001;Müller;Anna;01.02.1980;Hauptstraße 5;4700;Eupen;0478 11 22 33;;anna@post.example",
    "1002;Schmitz;Karl;15.12.1955;Klosterweg 12;4780;St. Vith;;0479 44 55 66;",
    "1003;Lennertz;Ida;30.06.2001;Neustraße 8a;4700;Eupen;0470 98 76 54;087 55 44 33;ida@post.example",
]
DUTCH_ROWS = ["1;Peeters;Ann;01/02/1980;Gent", "2;Maes;Jan;03/04/1990;Aalst", "3;Claes;Els;05/06/2001;Gent"]
AMOUNTS = ["1001;120,50;0,00;33,10", "1002;;45,00;12,00", "1003;80,00;80,00;"]
TEETH = ["1001;15/03/2026;2;3;2;2;3", "1002;16/03/2026;4;4;3;2;2", "1003;16/03/2026;1;2;2;1;"]

WITH_HEADER = {
    "german, one name twice": [GERMAN, *GERMAN_ROWS],
    "german, in capitals": [GERMAN.upper(), *GERMAN_ROWS],
    "dutch": ["Nr;Naam;Voornaam;Geboortedatum;Gemeente", *DUTCH_ROWS],
    "dutch, in capitals": ["PATNR;NAAM;VOORNAAM;GEBDATUM;GEMEENTE", *DUTCH_ROWS],
    "dutch, two names twice": ["Nr;Naam;Naam;Datum;Datum", *DUTCH_ROWS],
    "french": ["N°;Nom;Prénom;Date de naissance;Localité", *DUTCH_ROWS],
    "english": ["ID;Last name;First name;DOB;City", *DUTCH_ROWS],
    "of a database": ["PAT_ID;PAT_LNAME;PAT_FNAME;PAT_DOB;PAT_CITY", *DUTCH_ROWS],
    "of a language that nobody expects": ["Lp;Nazwisko;Imię;Urodzony;Miasto", *DUTCH_ROWS],
    "cut off": ["Pnr;Nm;Vnm;Geb;Gem", *DUTCH_ROWS],
    "one letter each": ["A;B;C;D;E", *DUTCH_ROWS],
    "a name is missing": ["Nr;Naam;;Geboortedatum;", *DUTCH_ROWS],
    "most names are missing": ["Nr;;;Geboortedatum;", *DUTCH_ROWS],
    "one name is a number": ["Nr;Naam;2;Geboortedatum;Gemeente", *DUTCH_ROWS],
    "years": ["Patiënt;2023;2024;2025", *AMOUNTS],
    "one year": ["Patiënt;Omzet 2024;2024;2025", *AMOUNTS],
    "years above whole numbers": ["Patiënt;2023;2024", "1001;4;2", "1002;0;7", "1003;1;1"],
    "dates": ["Patiënt;01/01/2024;01/02/2024;01/03/2024", *AMOUNTS],
    "months as they are written": ["Patiënt;2024-01;2024-02;2024-03", *AMOUNTS],
    "teeth": ["Patiënt;Datum;18;17;16;15;14", *TEETH],
    "numbered columns": ["Patiënt;Datum;1;2;3;4;5", *TEETH],
    "names with numbers": ["Nr;Tel1;Tel2;Adres1;Adres2", "1;02 123 45 67;;Dorp 1;", "2;;0478 11 22 33;Kerk 5;bus 3"],
    "choices": ["Soort;Staat", "M;ja", "V;ja", "M;nee", "V;nee", "M;ja", "M;ja"],
    "texts alone, known words": ["Naam;Gemeente", "Peeters;Gent", "Maes;Aalst", "Claes;Lier"],
    "texts alone, german": ["Nachname;Wohnort", "Müller;Eupen", "Schmitz;Raeren", "Lennertz;Kelmis"],
    "empty columns": ["Nr;Naam;Fax;Telex", "1;Peeters;;", "2;Maes;;", "3;Claes;;"],
    "codes below": ["Code;Label", "A01;Consult", "B12;Vulling", "C07;Extractie"],
    "the header again, as a print has it": ["Nr;Naam;Bedrag", "1;Ann;5", "Nr;Naam;Bedrag", "2;Jan;6"],
    "a few blemishes below": ["Nr;Gsm", *(f"{number};0478/11.22.3{number}" for number in range(9)), "10;geen"],
    "of one row below": ["Nr;Naam;Geboortedatum", "1;Peeters;01/02/1980"],
    "no row below": ["Nr;Naam;Voornaam;Geboortedatum"],
}

WITHOUT_HEADER = {
    "patients": DUTCH_ROWS,
    "german patients": GERMAN_ROWS,
    "amounts": AMOUNTS,
    "one row": ["1001;Peeters;Ann;01/02/1980;Gent"],
    "a year of birth": ["1;Peeters;1980", "2;Maes;1990", "3;Claes;2001"],
    "addresses of mail": ["Ann;ann@post.example", "Jan;jan@post.example", "Els;els@post.example"],
    "a blemish in the first row": ["1;Peeters;onbekend;0478/112233", "2;Maes;01/02/1980;0479/112233"] * 3,
    "a word that headers have, again below": ["1;Telefoon;5", "2;Brief;6", "3;Telefoon;7"],
    "texts that stand again below": ["Peeters;Gent;V", "Maes;Aalst;M", "Claes;Gent;V", "Baert;Lier;V"],
    "measures": TEETH,
    "codes": ["A01;Consult;23", "B12;Vulling;40", "C07;Extractie;55"],
    "the first row twice": ["1;Ann;5", "1;Ann;5", "2;Jan;6"],
}


def read(folder: Path, lines: list[str], **said: object) -> SourceFile:
    (folder / "x.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (file,) = discover(folder, {"x.csv": FileSettings.model_validate(said)} if said else {}, is_header_word)
    return file


@pytest.mark.parametrize("kind", WITH_HEADER)
def test_a_header_is_told_and_no_record_is_made_of_it(tmp_path: Path, kind: str) -> None:
    lines = WITH_HEADER[kind]
    file = read(tmp_path, lines)
    assert file.data_line == 2
    assert [name.partition(" (")[0] for name in file.header] == [
        name or f"Column {place}" for place, name in enumerate(lines[0].split(";"), 1)
    ]


@pytest.mark.parametrize("kind", WITHOUT_HEADER)
def test_a_first_record_is_told_from_a_header_and_is_not_lost(tmp_path: Path, kind: str) -> None:
    file = read(tmp_path, WITHOUT_HEADER[kind])
    assert file.data_line == 1
    assert set(file.header) == {f"Column {place}" for place in range(1, len(file.header) + 1)}
    assert file.header_is in {"missing", "doubtful"}


def test_a_name_that_is_there_twice_gets_a_number_and_the_file_its_language(tmp_path: Path) -> None:
    file = read(tmp_path, [GERMAN, *GERMAN_ROWS])
    assert file.header[7:9] == ("Handy", "Handy (2)")
    assert (file.language, file.header_is) == ("de", "there")


@pytest.mark.parametrize(
    "above",
    [
        ["Patiëntenlijst"],
        ["Patiëntenlijst op 01/02/2026", ""],
        ["Patiëntenlijst;;;;"],
        ["Patiëntenlijst;;;;", ";;;;"],
        ["Praktijk De Tand;;;;", "Lijst van;01/02/2026;;;", ";;;;"],
    ],
)
def test_a_title_above_the_header_is_left_out(tmp_path: Path, above: list[str]) -> None:
    file = read(tmp_path, [*above, "Nr;Naam;Voornaam;Geboortedatum;Gemeente", *DUTCH_ROWS])
    assert file.header == ("Nr", "Naam", "Voornaam", "Geboortedatum", "Gemeente")
    assert file.data_line == len(above) + 2
    assert file.header_is == "there"


@pytest.mark.parametrize("content", [b"\t", b" \n", b";;\n \n", b" ;\n"])
def test_nothing_but_spaces_is_no_header_and_no_defect(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.csv").write_bytes(content)
    assert all(name.startswith("Column ") for file in discover(tmp_path) for name in file.header)


def test_a_first_record_with_few_cells_is_no_title(tmp_path: Path) -> None:
    file = read(tmp_path, ["9;Wouters;;;", *DUTCH_ROWS])
    assert file.data_line == 1


@pytest.mark.parametrize(
    ("lines", "header_is"),
    [
        (["Peeters;Ann;Gent", "Maes;Jan;Aalst", "Claes;Els;Lier"], "doubtful"),
        (["Foo;Bar"], "doubtful"),
        (["Nr;Naam;12;13", "1;Ann;14;15", "2;Jan;16;17"], "doubtful"),
        (["Nr;Naam;Geboortedatum", "1;Ann;01/02/1980", "2;Jan;03/04/1990"], "there"),
        (DUTCH_ROWS, "missing"),
    ],
)
def test_what_is_doubtful_is_called_so(tmp_path: Path, lines: list[str], header_is: str) -> None:
    assert read(tmp_path, lines).header_is == header_is


@pytest.mark.parametrize("said", [True, False, ["A", "B", "C"]])
def test_what_a_person_says_is_not_doubtful(tmp_path: Path, said: object) -> None:
    assert read(tmp_path, ["Peeters;Ann;Gent", "Maes;Jan;Aalst"], header=said).header_is == "said"


def test_a_sheet_is_judged_as_a_text_is(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(str(tmp_path / "x.xlsx")) as book:
        sheet = book.add_worksheet("Blad1")
        sheet.write_row(0, 0, ["Patiënt", 2023, 2024, 2024])
        sheet.write_row(1, 0, [1001, 12.5, 0, 3])
        sheet.write_row(2, 0, [1002, 80, 33.1, 7])
    (file,) = discover(tmp_path, knows=is_header_word)
    assert file.header == ("Patiënt", "2023", "2024", "2024 (2)")
    assert file.header_is == "there"


@pytest.mark.parametrize("code", NOTES)
def test_a_note_about_a_file_names_it_and_says_what_to_do(code: str) -> None:
    found = note(code, "2024/lijst.csv")
    assert (found.field, found.severity, found.example) == ("2024/lijst.csv", "warn", "lijst.csv")
    assert found.next_step
    assert "{" not in found.next_step
