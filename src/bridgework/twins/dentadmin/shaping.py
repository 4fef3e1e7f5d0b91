"""Records and pages in the form that a style gives them."""

from __future__ import annotations

import re
from typing import Any

import orjson

from .live_practice import LivePractice
from .styles import Style
from .writing import Row

# A number as JSON writes it (RFC 8259, 6); it is sent with exactly the text of the cell.
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")


class Shaper:
    """Shapes the records of a practice."""

    def __init__(self, style: Style, practice: LivePractice) -> None:
        self._style, self._practice = style, practice
        self._steps = {
            object_: {column: style.path(column).split(".") for column in table.file.keys}
            for object_, table in practice.tables.items()
        }

    def records(self, object_: str, places: list[int], *, brief: bool = False) -> list[dict[str, Any]]:
        """The records at some places; of those that were removed only what says which they were."""
        table, style = self._practice.tables[object_], self._style
        shaped = []
        for place, row in zip(places, table.rows(places), strict=True):
            columns = style.brief if brief else table.file.keys
            gone = table.is_removed(place)
            record: dict[str, Any] = {style.id: record_id(place)} if style.id else {}
            self._fill(record, object_, row, table.identity if gone else columns)
            if style.deleted:
                record[style.deleted] = gone
            if style.lines and object_ == "invoice" and not gone:
                record[style.lines] = self._lines(place, row)
            shaped.append(record)
        return shaped

    def _lines(self, place: int, invoice: Row) -> list[dict[str, Any]]:
        """The lines of an invoice; none where an earlier record of the same number has them."""
        number, lines = invoice.get("number", ""), self._practice.tables["invoice_line"]
        if self._practice.tables["invoice"].find(number)[0] != place:
            return []
        return self._shaped_lines(lines.rows(lines.find(number, ("invoice_number",))))

    def _shaped_lines(self, rows: list[Row]) -> list[dict[str, Any]]:
        shaped: list[dict[str, Any]] = [{} for _ in rows]
        for record, row in zip(shaped, rows, strict=True):
            self._fill(record, "invoice_line", row, tuple(row))
        return shaped

    def _fill(self, record: dict[str, Any], object_: str, row: Row, columns: tuple[str, ...]) -> None:
        for column in columns:
            steps = self._steps[object_].get(column)
            text = row.get(column, "")
            if steps is None or (not text and self._style.empty == "absent"):
                continue
            put(record, steps, self._value(text))

    def _value(self, text: str) -> Any:
        if not text and self._style.empty == "null":
            return None
        if self._style.numbers and _NUMBER.fullmatch(text):
            return orjson.Fragment(text)
        return text


def record_id(place: int) -> str:
    """The internal id of the record at a place."""
    return f"{place + 1:08d}"


def put(into: dict[str, Any], steps: list[str], value: Any) -> None:
    """Put a value where a path says, making the objects on the way."""
    *way, last = steps
    for step in way:
        into = into.setdefault(step, {})
    into[last] = value
