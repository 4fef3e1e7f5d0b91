"""Writing the export: one CSV an object, kept open while the practice is made, and the documents folder."""

from __future__ import annotations

import csv
from collections.abc import Callable
from contextlib import ExitStack
from operator import itemgetter
from pathlib import Path
from typing import IO, Any, Protocol, Self

from .draw import Plants
from .export_format import DELIMITER, DOCUMENTS_FOLDER, ENCODING, NEWLINE, TABLES, Language

Row = dict[str, str]

_BUFFER = 1 << 18
_DUPLICATE_ROW, _DUPLICATE_KEY = 0.002, 0.0005
_MAY_REPEAT = frozenset({"patient", "appointment", "treatment", "invoice", "communication"})


class Soil(Protocol):
    """What makes an export messy: it changes rows, and plants on its own account."""

    plants: Plants

    def soil(self, object_: str, row: Row) -> None:
        """Change a row as dirt would."""


class Export:
    """An export folder being written. Rows go to disk as they come: nothing is held but the files' buffers."""

    def __init__(self, folder: Path, language: Language, dirt: Soil | None) -> None:
        self.folder, self.language, self.dirt = folder, language, dirt
        self.records = {table.object: 0 for table in TABLES}
        self.files = 0
        self._open = ExitStack()
        self._streams: dict[str, IO[str]] = {}
        self._writers: dict[str, tuple[Callable[[list[str] | tuple[str, ...]], Any], Callable[[Row], Any]]] = {}

    def __enter__(self) -> Self:
        (self.folder / DOCUMENTS_FOLDER).mkdir(parents=True, exist_ok=True)
        for table in TABLES:
            # Bytes that cp1252 has no sign for (from DOS times) are planted as surrogates, and written as they were.
            stream = self._open.enter_context(
                (self.folder / table.file_name(self.language)).open(
                    "w",
                    encoding=self._encoding(table.object),
                    errors="surrogateescape",
                    newline="",
                    buffering=_BUFFER,
                ),
            )
            writer = csv.writer(stream, delimiter=DELIMITER, lineterminator=NEWLINE)
            writer.writerow([column.header(self.language) for column in table.columns])
            self._streams[table.object] = stream
            self._writers[table.object] = (writer.writerow, itemgetter(*(column.key for column in table.columns)))
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def write(self, object_: str, row: Row) -> None:
        """Append one record; `row` has a text for every column of the object's table."""
        write, cells = self._writers[object_]
        if self.dirt:
            self.dirt.soil(object_, row)
        write(cells(row))
        self.records[object_] += 1
        if self.dirt and object_ in _MAY_REPEAT:
            self._repeat(object_, row, self.dirt.plants)

    def write_ragged(self, object_: str, row: Row) -> None:
        """Append a record as a careless program would: no quotes, so that a `;` in a text makes a cell too many."""
        _, cells = self._writers[object_]
        self._streams[object_].write(DELIMITER.join(cells(row)) + NEWLINE)
        self.records[object_] += 1

    def file(self, name: str, content: bytes) -> None:
        """Put one file in the documents folder."""
        (self.folder / DOCUMENTS_FOLDER / name).write_bytes(content)
        self.files += 1

    @property
    def total(self) -> int:
        """All records so far."""
        return sum(self.records.values())

    def _repeat(self, object_: str, row: Row, plants: Plants) -> None:
        write, cells = self._writers[object_]
        if plants.due("duplicate_row", _DUPLICATE_ROW):
            write(cells(row))
            self.records[object_] += 1
        elif plants.due("duplicate_key", _DUPLICATE_KEY):
            changed = dict(row)
            changed["changed_at" if "changed_at" in row else "result"] = ""
            write(cells(changed))
            self.records[object_] += 1

    def _encoding(self, object_: str) -> str:
        if self.dirt and object_ == "referrer":
            self.dirt.plants.count("utf8_bom_file")
            return "utf-8-sig"
        return ENCODING
