"""What the files of an export are is proposed from their own bytes, with reasons, and a person can say otherwise."""

from __future__ import annotations

from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bridgework.errors import UsageError
from bridgework.practice import SourceFile, discover
from bridgework.practice.discovery import unreadable
from bridgework.practice.headers import names_of, needed_width
from bridgework.settings import FileSettings

DUTCH = "Patiëntnr;Naam;Voornaam;Geboortedatum\r\n1;Désiré;Zoë;01/02/1980\r\n2;Lefèvre;François;03/04/1990\r\n"


def one(folder: Path, content: bytes, name: str = "patienten.csv", **said: object) -> SourceFile:
    (folder / name).write_bytes(content)
    (file,) = discover(folder, {name: FileSettings.model_validate(said)} if said else {})
    return file


@pytest.mark.parametrize(
    ("codec", "proposed", "position"),
    [
        ("cp1252", "cp1252", 39),
        ("cp850", "cp850", 39),
        ("utf-8", "utf-8", 40),
        ("utf-8-sig", "utf-8-sig", 43),
        ("utf-16", "utf-16-le", 80),
        ("utf-16-le", "utf-16-le", 78),
        ("utf-16-be", "utf-16-be", 78),
    ],
)
def test_the_encoding_is_proposed_by_what_makes_words(tmp_path: Path, codec: str, proposed: str, position: int) -> None:
    file = one(tmp_path, DUTCH.encode(codec))
    assert file.encoding == proposed
    assert file.header == ("Patiëntnr", "Naam", "Voornaam", "Geboortedatum")
    assert (file.data_position, file.data_line) == (position, 2)
    assert file.sample[0] == ("1", "Désiré", "Zoë", "01/02/1980")
    assert file.why[0].startswith(proposed)


def test_a_few_lines_of_another_encoding_do_not_sway_the_proposal_and_are_said(tmp_path: Path) -> None:
    good = "".join(f"{number};Désiré;Zoë;01/02/1980\r\n" for number in range(50))
    file = one(tmp_path, (DUTCH + good).encode() + "99;André;René;01/01/1970\r\n".encode("cp1252"))
    assert file.encoding == "utf-8"
    assert "1 are not and will be reported" in file.why[0]


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_the_delimiter_is_the_one_that_cuts_evenly(tmp_path: Path, delimiter: str) -> None:
    rows = [["Nr", "Bedrag", "Opmerking"], ["1", "12,50", "a; b"], ["2", "3,00", "x|y"], ["3", "1.000,25", "geen"]]
    lines = [delimiter.join(f'"{cell}"' if delimiter in cell else cell for cell in row) for row in rows]
    file = one(tmp_path, "\n".join(lines).encode())
    assert file.delimiter == delimiter
    assert file.sample == tuple(map(tuple, rows[1:]))


def test_the_line_that_excel_takes_for_the_delimiter_is_obeyed_and_is_no_row(tmp_path: Path) -> None:
    file = one(tmp_path, b"sep=,\r\nNr,Naam\r\n1,a;b;c;d\r\n")
    assert (file.delimiter, file.header, file.data_line) == (",", ("Nr", "Naam"), 3)


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("Patiëntnr;Naam;Voornaam;Geboortedatum", "nl"),
        ("N° patient;Nom;Prénom;Date de naissance", "fr"),
        ("Patient ID;Last name;First name;Birth date", "en"),
        ("PAT_NR;PAT_NAAM;PAT_GEBOORTEDATUM", "nl"),
    ],
)
def test_the_language_is_that_of_the_header(tmp_path: Path, header: str, language: str) -> None:
    row = ";".join(["1"] * (header.count(";") + 1))
    assert one(tmp_path, f"{header}\n{row}\n".encode(), "x.csv").language == language


def test_a_header_that_tells_no_language_takes_that_of_the_other_files(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("N° patient;Nom;Prénom\n1;a;b\n", encoding="utf-8")
    (tmp_path / "b.csv").write_text("Code;GSM\n1;2\n", encoding="utf-8")
    assert [file.language for file in discover(tmp_path)] == ["fr", "fr"]


def test_a_file_without_a_header_gets_columns_by_place_and_loses_no_row(tmp_path: Path) -> None:
    file = one(tmp_path, b"1;Janssens;01/02/1980\n2;Peeters;03/04/1990\n")
    assert file.header == ("Column 1", "Column 2", "Column 3")
    assert (file.data_position, file.data_line) == (0, 1)
    assert any("holds data" in why for why in file.why)


def test_rows_above_the_header_are_left_out_and_said(tmp_path: Path) -> None:
    file = one(tmp_path, b"Export van 1/11/2026\r\n\r\nNr;Naam;Voornaam;Straat\r\n1;a;b;c\r\n")
    assert file.header == ("Nr", "Naam", "Voornaam", "Straat")
    assert file.data_line == 4
    assert any("2 rows above it" in why for why in file.why)


def test_a_header_over_two_lines_is_one(tmp_path: Path) -> None:
    content = b'Nr;"Datum\r\nlaatste bezoek";Naam\r\n1;2;3\r\n'
    file = one(tmp_path, content)
    assert file.header == ("Nr", "Datum laatste bezoek", "Naam")
    assert (file.data_position, file.data_line) == (content.index(b"1;2;3"), 3)


def test_columns_without_a_name_or_with_the_same_get_one_of_their_own() -> None:
    assert names_of(["Naam", "", "Naam", " Tel.  nr "]) == ("Naam", "Column 2", "Naam (2)", "Tel. nr")


def test_columns_beyond_the_header_get_a_name_when_they_hold_something(tmp_path: Path) -> None:
    file = one(tmp_path, b"Nr;Naam\n1;a;x\n2;b;y\n3;c;z\n")
    assert file.header == ("Nr", "Naam", "Column 3")


def test_what_a_person_says_wins(tmp_path: Path) -> None:
    file = one(tmp_path, DUTCH.encode("cp1252"), encoding="cp850", delimiter=",", header=False)
    assert (file.encoding, file.delimiter, file.header) == ("cp850", ",", ("Column 1",))
    assert sum("bridgework.toml says so" in why for why in file.why) == 3


@pytest.mark.parametrize(
    ("name", "said"),
    [("patienten.csv", {"encoding": "klingon"}), ("patienten.csv", {"encoding": "base64"}), ("x.csv", {})],
)
def test_a_setting_that_cannot_be_is_refused_with_its_place(tmp_path: Path, name: str, said: dict[str, str]) -> None:
    (tmp_path / "patienten.csv").write_text(DUTCH, encoding="utf-8")
    with pytest.raises(UsageError) as raised:
        discover(tmp_path, {name: FileSettings.model_validate(said)})
    assert raised.value.code == "PRACTICE-SETTING"
    assert name in raised.value.where


def test_only_tables_are_found(tmp_path: Path) -> None:
    (tmp_path / "documents").mkdir()
    for name in (".hidden.csv", "~$x.xlsx", "notes.txt", "a.pdf", "documents/b.csv"):
        (tmp_path / name).write_text("een regel tekst zonder kolommen\n", encoding="utf-8")
    (tmp_path / "empty.csv").touch()
    (tmp_path / "table.txt").write_text("Nr\tNaam\n1\ta\n", encoding="utf-8")
    (tmp_path / "P.CSV").write_text("Nr;Naam\n1;a\n", encoding="utf-8")
    assert [file.relative for file in discover(tmp_path)] == ["P.CSV", "table.txt"]


def test_a_table_in_a_sub_folder_is_read_when_the_settings_name_it(tmp_path: Path) -> None:
    (tmp_path / "oud").mkdir()
    (tmp_path / "oud" / "p.csv").write_text("Nr;Naam\n1;a\n", encoding="utf-8")
    assert discover(tmp_path) == []
    assert [one.relative for one in discover(tmp_path, {"oud/p.csv": FileSettings()})] == ["oud/p.csv"]


def test_tables_in_folders_of_a_year_are_read(tmp_path: Path) -> None:
    for name in ("2019", "export 2020", "scans", "12345"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "p.csv").write_text("Nr;Naam\n1;a\n", encoding="utf-8")
    assert [one.relative for one in discover(tmp_path)] == ["2019/p.csv", "export 2020/p.csv"]


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as raised:
        discover(tmp_path / "nowhere")
    assert raised.value.code == "PRACTICE-FOLDER"


def test_every_sheet_with_data_is_a_table(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(tmp_path / "praktijk.xlsx")
    for name in ("Patiënten", "Facturen"):
        sheet = book.add_worksheet(name)
        sheet.write_row(2, 0, ["Nr", "Naam", "Bedrag"])
        sheet.write_row(3, 0, ["1", "a", "2"])
    book.add_worksheet("Leeg")
    book.close()
    files = discover(tmp_path)
    assert [(file.relative, file.sheet) for file in files] == [
        ("praktijk.xlsx#Facturen", "Facturen"),
        ("praktijk.xlsx#Patiënten", "Patiënten"),
    ]
    assert (files[0].header, files[0].data_line) == (("Nr", "Naam", "Bedrag"), 4)


def test_a_workbook_that_does_not_open_is_said(tmp_path: Path) -> None:
    (tmp_path / "x.xlsx").write_bytes(b"PK no workbook")
    with pytest.raises(UsageError) as raised:
        discover(tmp_path)
    assert raised.value.code == "PRACTICE-WORKBOOK"


def test_a_row_cannot_do_without_the_columns_that_are_always_filled() -> None:
    assert needed_width([["1", "a", "", "x"], ["2", "b", "", "y"]], 4) == 4
    assert needed_width([["1", "a", "", ""], ["2", "b", "n", ""], ["3", "c"]], 4) == 2
    assert needed_width([["1", "a", "b", "c"]] * 20 + [["2", "a"]], 4) == 4
    assert needed_width([], 4) == 4


@given(st.binary(min_size=1, max_size=300))
@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_bytes_break_the_proposal(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.csv").write_bytes(content)
    for file in discover(tmp_path):
        assert file.header
        assert 0 <= file.data_position <= len(content)


def test_a_source_file_shows_no_value(tmp_path: Path) -> None:
    assert "Désiré" not in repr(one(tmp_path, DUTCH.encode()))


# --- what a person says ----------------------------------------------------------------------------------------------


def test_names_of_columns_may_be_given_where_there_is_no_header(tmp_path: Path) -> None:
    file = one(tmp_path, b"1;Janssens\n2;Peeters\n", header=["Nr", "Naam"])
    assert (file.header, file.data_position, file.sample[0]) == (("Nr", "Naam"), 0, ("1", "Janssens"))
    assert any("bridgework.toml says so" in why for why in file.why)


def test_rows_above_the_header_may_be_left_out(tmp_path: Path) -> None:
    content = b"Praktijk;Peeters\nStand;2026\nNr;Naam\n1;Janssens\n"
    file = one(tmp_path, content, skip_rows=2, header=True)
    assert (file.header, file.data_line) == (("Nr", "Naam"), 4)
    replaced = one(tmp_path, content, skip_rows=3, header=["Nummer", "Familienaam"])
    assert (replaced.header, replaced.data_line) == (("Nummer", "Familienaam"), 4)


def test_quotes_may_be_signs_like_any_other(tmp_path: Path) -> None:
    file = one(tmp_path, b'Nr;Naam;Maat\n1;"a;5"\n2;b;6"\n', quotes=False)
    assert file.sample == (("1", '"a', '5"'), ("2", "b", '6"'))


def test_the_columns_that_a_row_needs_may_be_said(tmp_path: Path) -> None:
    content = b"Nr;Naam;Nota\n" + b"1;a;x\n" * 20
    assert one(tmp_path, content).needed_width == 3
    assert one(tmp_path, content, columns_needed=2).needed_width == 2


def test_an_encoding_to_fall_back_on_must_be_one(tmp_path: Path) -> None:
    (tmp_path / "patienten.csv").write_text(DUTCH, encoding="utf-8")
    with pytest.raises(UsageError) as raised:
        discover(tmp_path, {"patienten.csv": FileSettings(fallback=("klingon",))})
    assert raised.value.where == '[practice.files."patienten.csv"] fallback'


def test_tables_in_a_format_that_is_not_read_are_named(tmp_path: Path) -> None:
    for name in ("patienten.csv", "oud.XLS", "praktijk.mdb", "lees mij.pdf"):
        (tmp_path / name).write_bytes(b"Nr;Naam\n1;An\n")
    (tmp_path / "map.ods").mkdir()
    assert unreadable(tmp_path) == ["oud.XLS", "praktijk.mdb"]
