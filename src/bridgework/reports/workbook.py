"""Writes tables as a workbook for Excel and LibreOffice: real numbers, frozen headings, filters, never a formula."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any, Literal
from zoneinfo import ZoneInfo

Form = Literal["text", "count", "share", "decimal", "bytes", "mark"]
Cell = str | int | float | None

_BRUSSELS = ZoneInfo("Europe/Brussels")
_LONGEST = 32_767  # characters in a cell, by the format
_FORMS: dict[Form, dict[str, Any]] = {
    "text": {"text_wrap": True},
    "count": {"num_format": "#,##0"},
    "share": {"num_format": "0.0%"},
    "decimal": {"num_format": "#,##0.00"},
    "bytes": {"num_format": '[>=1000000000]#,##0.0,,," GB";[>=1000000]0.0,," MB";#,##0.0," kB"'},
    "mark": {"bold": True},
}
_HEAD = {"bold": True, "font_color": "#FFFFFF", "bg_color": "#0D5B5A", "valign": "top", "text_wrap": True, "border": 0}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a sheet: its heading, how its cells are shown, its width in characters."""

    title: str
    form: Form = "text"
    width: float = 12


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table."""

    name: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Cell]]


def workbook(sheets: Iterable[Sheet], title: str, made_at: str) -> bytes:
    """The bytes of the file. `made_at` (ISO 8601) is what the file says it was made at, so that it is reproducible.

    A text is written as text, whatever it begins with: `=`, `+`, `-` and `@` start no formula, and an address no link.
    """
    import xlsxwriter

    buffer = BytesIO()
    plain = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    made = datetime.fromisoformat(made_at).astimezone(_BRUSSELS).replace(tzinfo=None)
    with xlsxwriter.Workbook(buffer, plain) as book:
        book.set_properties({"title": title, "author": "Bridgework", "created": made})
        formats = {form: book.add_format({"valign": "top", **said}) for form, said in _FORMS.items()}
        head = book.add_format(_HEAD)
        for sheet in sheets:
            _write(book.add_worksheet(sheet.name), sheet, formats, head)
    return buffer.getvalue()


def _write(page: Any, sheet: Sheet, formats: dict[Form, Any], head: Any) -> None:
    page.freeze_panes(1, 1)
    page.hide_gridlines(2)
    page.set_landscape()
    page.set_paper(9)  # A4
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)
    page.set_row(0, 30)
    for place, column in enumerate(sheet.columns):
        page.set_column(place, place, column.width)
        page.write_string(0, place, column.title, head)
    last = 0
    for last, row in enumerate(sheet.rows, start=1):
        for place, (column, cell) in enumerate(zip(sheet.columns, row, strict=True)):
            _cell(page, last, place, cell, formats[column.form])
    page.autofilter(0, 0, max(last, 1), len(sheet.columns) - 1)


def _cell(page: Any, row: int, place: int, cell: Cell, form: Any) -> None:
    if cell is None or cell == "":
        page.write_blank(row, place, None, form)
    elif isinstance(cell, str):
        page.write_string(row, place, cell[:_LONGEST], form)
    else:
        page.write_number(row, place, cell, form)
