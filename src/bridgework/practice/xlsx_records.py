"""Reads a sheet of a workbook row by row; a cell becomes the text that a CSV of it would hold.

The sheet is read as a stream, so that memory does not grow with its rows; the texts that its cells share are held, as
the format wants it. Numbers are written as a spreadsheet shows them: with the 15 digits that it keeps, without an
exponent, whole ones without `.0`. Dates are ISO 8601, since a workbook knows them as dates and not as text in some
format. Of a formula the last result counts; of merged cells the first one holds the value.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile

from bridgework.errors import UsageError

if TYPE_CHECKING:
    from openpyxl import Workbook

Cell = int | float | str | bool | date | datetime | time | timedelta | None

ERRORS = frozenset({"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA"})
"""What a cell shows whose formula failed (ECMA-376, 18.17.3), or whose date is none."""

_DAY, _HOUR = 86_400, 3600


def heads_of(path: Path, most: int, only: str | None = None) -> list[tuple[str, list[list[str]]]]:
    """The visible worksheets (or the one named `only`, hidden or not) and the first rows of each.

    Raises UsageError (PRACTICE-WORKBOOK) where the file is no workbook.
    """
    from openpyxl.utils.exceptions import InvalidFileException  # here: it takes a tenth of a second, and few need it

    try:
        with _opened(path) as book:
            sheets = [one for one in book.worksheets if one.sheet_state == "visible" or one.title == only]
            return [
                (one.title, [row for _, row in islice(_rows(one), most)])
                for one in sheets
                if only is None or one.title == only
            ]
    except (InvalidFileException, BadZipFile, ParseError, OSError, KeyError, ValueError) as error:
        raise UsageError(
            "PRACTICE-WORKBOOK",
            "The workbook cannot be opened.",
            where=path.name,
            why=type(error).__name__,
            next_step="save it again without a password, or as CSV",
        ) from None


def rows_of(path: Path, sheet: str, after: int = 0) -> Iterator[tuple[int, list[str]]]:
    """The rows below the first `after` rows of the sheet: its number as the workbook shows it (from 1), its cells."""
    with _opened(path) as book:
        yield from islice(_rows(book[sheet]), after, None)


@contextmanager
def _opened(path: Path) -> Iterator[Workbook]:
    from openpyxl import load_workbook

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of parts of a workbook that are not for us
        book = load_workbook(path, read_only=True, data_only=True, keep_links=False)
    try:
        yield book
    finally:
        book.close()


def _rows(sheet: Any) -> Iterator[tuple[int, list[str]]]:
    sheet.reset_dimensions()  # programs that write workbooks say less than there is
    for number, row in enumerate(sheet.iter_rows(values_only=True), 1):  # empty rows at the top are rows, too
        yield number, [cell if isinstance(cell, str) else text_of(cell) for cell in row]


def text_of(cell: Cell) -> str:
    """A cell as text."""
    match cell:
        case None:
            text = ""
        case bool():
            text = "TRUE" if cell else "FALSE"
        case float():
            text = _number(cell)
        case datetime():
            text = (cell.date() if cell.time() == time() else cell).isoformat().replace("T", " ")
        case date() | time():
            text = cell.isoformat()
        case timedelta():
            text = _duration(cell)
        case _:
            text = str(cell)
    return text


def _number(value: float) -> str:
    if value.is_integer() and abs(value) < 10**15:
        return str(int(value))
    return format(Decimal(f"{value:.15g}"), "f")


def _duration(value: timedelta) -> str:
    """Hours, minutes and seconds, as a spreadsheet shows a time beyond a day."""
    seconds = value.days * _DAY + value.seconds
    return f"{seconds // _HOUR}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def raw_of(cells: Sequence[str]) -> bytes:
    """How a row is kept in the store: its cells as a JSON array, in UTF-8, without the empty ones at its end."""
    last = len(cells)
    while last and not cells[last - 1]:
        last -= 1
    return json.dumps(cells[:last], ensure_ascii=False, separators=(",", ":")).encode()


def cells_of(raw: bytes) -> list[str]:
    """The cells of a row that the store keeps."""
    found: list[str] = json.loads(raw)
    return found
