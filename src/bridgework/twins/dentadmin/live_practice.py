"""A practice that goes on working while it is migrated: an export folder, and over it what was edited since.

The folder itself is never changed. Every method may be called from any thread.
"""

from __future__ import annotations

import shutil
import threading
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path

from .export_format import DOCUMENTS_FOLDER, MOMENT, TABLES
from .live_table import BRUSSELS, LiveTable
from .records import language_of, record_files
from .writing import Row

_IDENTITIES = {"invoice_line": ("invoice_number", "line")}
_CHUNK = 500


class LivePractice:
    """The objects of an export folder, to read and to edit; `clock` says in seconds since 1970 when an edit is made."""

    def __init__(self, folder: Path, clock: Callable[[], float]) -> None:
        self.folder, self.language, self.clock = folder, language_of(folder), clock
        self.lock = threading.RLock()
        opened = clock()
        self.tables = {
            object_: LiveTable(file, _IDENTITIES.get(object_, ("number",)), opened=opened)
            for object_, file in record_files(folder).items()
        }
        self._files: dict[str, bytes | None] = {}

    def records(self, object_: str) -> Iterator[Row]:
        """Every record as it is now, in order. Edits made meanwhile may or may not be seen."""
        table = self.tables[object_]
        with self.lock:
            places = table.view()
        for first in range(0, len(places), _CHUNK):
            with self.lock:
                rows = table.rows(places[first : first + _CHUNK])
            yield from rows

    def find(self, object_: str, key: str) -> Row | None:
        """The record of a key, the first where there are several."""
        with self.lock:
            table = self.tables[object_]
            return next(iter(table.rows(table.find(key)[:1])), None)

    def change(self, object_: str, key: str, **cells: str) -> None:
        """Change cells of a record (of each, where the key was entered twice), and with them its time of change.

        KeyError where there is none, or no such column; ValueError where the export could not write the text.
        """
        with self.lock:
            table = self.tables[object_]
            self._check(table, cells)
            now = self.clock()
            for place in self._places(table, key):
                row = table.rows([place])[0]
                table.put(place, row | self._stamp(table, "changed_at", now) | cells, now)
                self._touch_invoice(object_, row, now)

    def add(self, object_: str, row: Mapping[str, str]) -> str:
        """Add a record at the end; its key. Columns that it does not name are empty, its times are now."""
        with self.lock:
            table = self.tables[object_]
            self._check(table, row)
            now = self.clock()
            whole = dict.fromkeys(table.file.keys, "") | self._stamp(table, "created_at", now)
            whole |= self._stamp(table, "changed_at", now) | dict(row)
            table.put(None, whole, now)
            self._touch_invoice(object_, whole, now)
            return table.key(whole)

    def remove(self, object_: str, key: str) -> None:
        """Remove a record, or each that has the key. KeyError where there is none."""
        with self.lock:
            table = self.tables[object_]
            now = self.clock()
            for place in self._places(table, key):
                table.remove(place, now)
                self._touch_invoice(object_, table.rows([place])[0], now)

    def put_file(self, name: str, content: bytes | None) -> None:
        """Put a file among the documents, in place of one of that name if there is one; None takes it away."""
        with self.lock:
            self._files[name] = content

    def document(self, name: str) -> Path | bytes | None:
        """A document by the name that a row gives it, whatever its case and its way of writing accents."""
        with self.lock:
            if name in self._files:
                return self._files[name]
        if not name or Path(name).name != name:
            return None
        folder = self.folder / DOCUMENTS_FOLDER
        if (path := folder / name).is_file():
            return path
        if not folder.is_dir():
            return None
        alike = [path for path in folder.iterdir() if _plain(path.name) == _plain(name)]
        return alike[0] if len(alike) == 1 else None

    def export(self, folder: Path) -> None:
        """Write the practice as it is now as an export folder like its own. FileExistsError where that is not empty."""
        if folder.exists() and any(folder.iterdir()):
            raise FileExistsError("the folder of an export must be empty")
        documents = folder / DOCUMENTS_FOLDER
        documents.mkdir(parents=True, exist_ok=True)
        with self.lock:
            for table in TABLES:
                with (folder / table.file_name(self.language)).open("wb") as stream:
                    stream.writelines(self.tables[table.object].written())
            files = dict(self._files)
        if (self.folder / DOCUMENTS_FOLDER).is_dir():
            shutil.copytree(self.folder / DOCUMENTS_FOLDER, documents, dirs_exist_ok=True)
        for name, content in files.items():
            if content is None:
                (documents / name).unlink(missing_ok=True)
            else:
                (documents / name).write_bytes(content)

    def _places(self, table: LiveTable, key: str) -> list[int]:
        places = table.find(key)
        if not places:
            raise KeyError("there is no record of that key")
        return places

    def _check(self, table: LiveTable, cells: Mapping[str, str]) -> None:
        if unknown := cells.keys() - set(table.file.keys):
            raise KeyError(f"no such column: {', '.join(sorted(unknown))}")

    def _stamp(self, table: LiveTable, column: str, now: float) -> Row:
        if column not in table.file.keys:
            return {}
        return {column: datetime.fromtimestamp(now, BRUSSELS).strftime(MOMENT)}

    def _touch_invoice(self, object_: str, row: Row, now: float) -> None:
        """An invoice whose lines change has changed: some styles show the lines only within it."""
        if object_ == "invoice_line":
            invoices = self.tables["invoice"]
            for place in invoices.find(row["invoice_number"]):
                invoices.touch(place, now)


def _plain(name: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())
