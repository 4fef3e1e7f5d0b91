"""A sheet is read as a stream, and each cell is the text that a person sees in it."""

from __future__ import annotations

import tracemalloc
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
import xlsxwriter

from bridgework.errors import UsageError
from bridgework.practice import discover
from bridgework.practice.xlsx_records import cells_of, heads_of, raw_of, rows_of
from bridgework.settings import FileSettings


def written(path: Path, *, since_1904: bool = False) -> Path:
    book = xlsxwriter.Workbook(path, {"date_1904": since_1904})
    sheet, hidden = book.add_worksheet("Cellen"), book.add_worksheet("Verborgen")
    hidden.hide()
    hidden.write_row(0, 0, ["Nr", "Naam"])
    hidden.write_row(1, 0, ["1", "a"])
    day, moment, clock = (book.add_format({"num_format": one}) for one in ("dd/mm/yyyy", "dd/mm/yyyy hh:mm", "[h]:mm"))
    sheet.write_datetime("A1", date(1985, 7, 30), day)
    sheet.write_datetime("B1", datetime(2020, 1, 31, 9, 30), moment)  # noqa: DTZ001 - a workbook knows no zone
    sheet.write_datetime("C1", timedelta(hours=26, minutes=5), clock)
    sheet.write_number("D1", 44197)
    sheet.write_row("E1", [4063001714.0, 22.5, 0.1 + 0.2, 1e-7, True, False, "0478", " a\nb "])
    sheet.write_formula("M1", "=1+1", None, 2)
    sheet.write_formula("N1", "=NA()", None, "#N/A")
    sheet.merge_range("A3:C3", "samen")
    sheet.write_string("D3", "alleen")
    book.close()
    return path


SHOWN = ["1985-07-30", "2020-01-31 09:30:00", "26:05:00", "44197", "4063001714", "22.5", "0.3", "0.0000001"]


@pytest.mark.parametrize("since_1904", [False, True])
def test_each_cell_is_the_text_that_a_person_sees(tmp_path: Path, *, since_1904: bool) -> None:
    rows = dict(rows_of(written(tmp_path / "x.xlsx", since_1904=since_1904), "Cellen"))
    assert rows[1] == [*SHOWN, "TRUE", "FALSE", "0478", " a\nb ", "2", "#N/A"]
    assert rows[2] == []
    assert rows[3] == ["samen", "", "", "alleen"]


def test_reading_goes_on_behind_any_row(tmp_path: Path) -> None:
    assert list(rows_of(written(tmp_path / "x.xlsx"), "Cellen", 2)) == [(3, ["samen", "", "", "alleen"])]


def test_a_row_is_kept_without_the_empty_cells_at_its_end() -> None:
    assert cells_of(raw_of(["a", "", "é", "", ""])) == ["a", "", "é"]


def test_hidden_sheets_are_read_only_when_the_settings_name_them(tmp_path: Path) -> None:
    written(tmp_path / "x.xlsx")
    assert [name for name, _ in heads_of(tmp_path / "x.xlsx", 1)] == ["Cellen"]
    (file,) = discover(tmp_path, {"x.xlsx": FileSettings(sheet="Verborgen")})
    assert (file.relative, file.sheet, file.header) == ("x.xlsx", "Verborgen", ("Nr", "Naam"))
    with pytest.raises(UsageError) as raised:
        discover(tmp_path, {"x.xlsx": FileSettings(sheet="Nergens")})
    assert raised.value.code == "PRACTICE-SETTING"


def test_memory_hardly_grows_with_the_rows(tmp_path: Path) -> None:
    """The parser of XML keeps an empty element for each row: under 150 bytes, of some 2,000 that its cells take."""
    peaks, rows = [], (300, 300, 3000)  # the first one imports what reads workbooks
    for number, many in enumerate(rows):
        path = tmp_path / f"{number}.xlsx"
        book = xlsxwriter.Workbook(path, {"constant_memory": True})
        sheet = book.add_worksheet("P")
        for row in range(many):
            sheet.write_row(row, 0, [f"{row} {column}" for column in range(20)])
        book.close()
        tracemalloc.start()
        assert sum(1 for _ in rows_of(path, "P")) == many
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert (peaks[2] - peaks[1]) / (rows[2] - rows[1]) < 300
