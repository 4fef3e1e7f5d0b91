"""A guess about a file that a person corrects is read anew, the same when it is staged and when it is read again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bridgework.practice import SourceFile, StagedRows, StageResult, discover, stage
from bridgework.settings import FileSettings
from bridgework.store import Store
from bridgework.store.notes import findings
from bridgework.store.tables import quarantine

MIXED = (
    "Nr;Naam;Nota\r\n".encode("cp1252")
    + b"".join(b"%d;Ren\xe9;x\r\n" % number for number in range(1, 30))
    + b"30;Andr\x82;x\r\n31;"
    + "Désiré;x\r\n32;Zoë".encode()
    + b";Li\xe8ge\r\n33;wacht\x85 \x93zo\x94 \x96 50\x80;Bel\xe9\xa0\r\n"
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store.create(tmp_path / "store.db", "a passphrase")
    yield made
    made.close()


@pytest.fixture
def export(tmp_path: Path) -> Path:
    made = tmp_path / "export"
    made.mkdir()
    return made


def put(export: Path, content: bytes, **said: Any) -> SourceFile:
    (export / "p.csv").write_bytes(content)
    (file,) = discover(export, {"p.csv": FileSettings.model_validate(said)} if said else {})
    return file


def names(store: Store) -> dict[str, str]:
    return {one.key: one.values["Naam"] for one in StagedRows(store).iterate("patient")}


def noted(store: Store) -> dict[str, int]:
    return {one.code: one.count for one in findings(store)}


def test_cells_of_other_encodings_are_told_and_read_so_only_when_a_person_says_it(store: Store, export: Path) -> None:
    file = put(export, MIXED)
    assert (file.encoding, stage(store, file, "patient", ["Nr"]).rows) == ("cp1252", 33)
    assert noted(store) == {"LOOKS_LIKE_CP850": 1, "LOOKS_LIKE_UTF8": 2}
    assert names(store)["31"] == "Désiré".encode().decode("cp1252")
    assert stage(store, put(export, MIXED, fallback=["utf-8", "cp850"]), "patient", ["Nr"]).rows == 33
    assert noted(store) == {"DECODED_AS_CP850": 1, "DECODED_AS_UTF8": 2}
    read = names(store)
    assert (read["1"], read["30"], read["31"], read["32"]) == ("René", "André", "Désiré", "Zoë")
    assert read["33"] == b"wacht\x85 \x93zo\x94 \x96 50\x80".decode("cp1252")


def test_letters_that_were_damaged_before_they_were_written_as_utf_8_are_told(store: Store, export: Path) -> None:
    twice = "Désiré".encode().decode("cp1252")
    content = "Nr;Naam;Nota\r\n1;Désiré;Ångström\r\n" + f"2;{twice};x\r\n"
    stage(store, put(export, content.encode()), "patient", ["Nr"])
    assert noted(store) == {"LOOKS_LIKE_UTF8": 1}
    assert names(store)["2"] == twice


def test_what_a_person_says_of_quotes_holds_when_the_rows_are_read_again(store: Store, export: Path) -> None:
    content = b'Nr;Naam;Nota\r\n1;"a;b"\r\n2;c;d\r\n'
    stage(store, put(export, content, quotes=False), "patient", ["Nr"])
    assert names(store) == {"1": '"a', "2": "c"}


@pytest.mark.parametrize(
    ("said", "result"),
    [
        ({"columns_needed": 2}, StageResult(21, 0, 0)),
        ({"skip_rows": 3, "header": ["Nr", "Naam", "Nota"]}, StageResult(18, 1, 0)),
        ({"header": False}, StageResult(21, 1, 0)),
    ],
)
def test_a_setting_that_is_changed_stages_the_file_anew(
    said: dict[str, Any], result: StageResult, store: Store, export: Path
) -> None:
    content = b"Nr;Naam;Nota\r\n" + b"".join(b"%d;a;b\r\n" % number for number in range(20)) + b"99;a\r\n"
    assert stage(store, put(export, content), "patient", ["Nr"]) == StageResult(20, 1, 0)
    file = put(export, content, **said)
    assert stage(store, file, "patient", [file.header[0]]) == result
    with store.read() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(quarantine)) == result.quarantined


def test_a_header_that_comes_again_is_known_under_the_names_that_it_has_in_the_file(store: Store, export: Path) -> None:
    content = b"Nummer;Familienaam;Nota\r\n1;a;b\r\nNummer;Familienaam;Nota\r\n2;c;d\r\n"
    file = put(export, content).called({"Nummer": "Nr", "Familienaam": "Naam"}, "p1.csv")
    assert stage(store, file, "patient", ["Nr"]) == StageResult(2, 1, 0)
    assert names(store) == {"1": "a", "2": "c"}
    assert "column Nummer is called Nr, as in p1.csv" in file.why


def test_an_error_of_a_sheet_is_told(store: Store, export: Path) -> None:
    xlsxwriter = pytest.importorskip("xlsxwriter")
    book = xlsxwriter.Workbook(export / "p.xlsx")
    sheet = book.add_worksheet("P")
    sheet.write_row(0, 0, ["Nr", "Naam"])
    sheet.write_row(1, 0, [1])
    sheet.write_formula(1, 1, "=NA()", None, "#N/A")
    book.close()
    (file,) = discover(export)
    stage(store, file, "patient", ["Nr"])
    assert (noted(store), names(store)) == ({"CELL_ERROR": 1}, {"1": "#N/A"})
