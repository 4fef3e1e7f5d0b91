"""Reads a sheet of a workbook row by row; a cell becomes the text that a CSV of it would hold.

Numbers are written without an exponent and whole ones without `.0`; dates as ISO 8601, since a workbook knows them as
dates and not as text in some format.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from bridgework.errors import UsageError

Cell = int | float | str | bool | date | datetime | time | timedelta


def sheets_of(path: Path) -> list[str]:
    """The names of the visible worksheets; raises UsageError (PRACTICE-WORKBOOK) where it is none."""
    try:
        with CalamineWorkbook.from_path(path) as book:
            return [
                one.name
                for one in book.sheets_metadata
                if one.typ == SheetTypeEnum.WorkSheet and one.visible == SheetVisibleEnum.Visible
            ]
    except (CalamineError, OSError) as error:
        raise UsageError(
            "PRACTICE-WORKBOOK",
            "The workbook cannot be opened.",
            where=path.name,
            why=type(error).__name__,
            next_step="save it again without a password, or as CSV",
        ) from None


def rows_of(path: Path, sheet: str, after: int = 0) -> Iterator[tuple[int, list[str]]]:
    """The rows below the first `after` rows of the sheet: its number as the workbook shows it (from 1), its cells."""
    with CalamineWorkbook.from_path(path) as book:
        read = book.get_sheet_by_name(sheet)
        for number, row in enumerate(read.iter_rows(), 1):  # empty rows at the top are rows, too
            if number > after:
                yield number, [text_of(cell) for cell in row]


def text_of(cell: Cell) -> str:
    """A cell as text."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return _number(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ", timespec="auto")
    if isinstance(cell, (date, time)):
        return cell.isoformat()
    return str(cell)


def _number(value: float) -> str:
    if value.is_integer():
        return str(int(value))
    return format(Decimal(repr(value)), "f")


def raw_of(cells: list[str]) -> bytes:
    """How a row is kept in the store: its cells as a JSON array, in UTF-8, without the empty ones at its end."""
    last = len(cells)
    while last and not cells[last - 1]:
        last -= 1
    return json.dumps(cells[:last], ensure_ascii=False, separators=(",", ":")).encode()


def cells_of(raw: bytes) -> list[str]:
    """The cells of a row that the store keeps."""
    found: list[str] = json.loads(raw)
    return found
