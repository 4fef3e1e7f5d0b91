"""Reading the records of an export folder by place: an index of offsets for each file, and nothing else in memory."""

from __future__ import annotations

import csv
from array import array
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

from .export_format import DELIMITER, ENCODING, LANGUAGES, NEWLINE, TABLES, Language

_BOM = b"\xef\xbb\xbf"
# Bytes that cp1252 leaves open become the control characters of the same number, as browsers do.
_OPEN_BYTES = {0xDC00 + byte: byte for byte in (0x81, 0x8D, 0x8F, 0x90, 0x9D)}
_AS_OPEN_BYTES = {byte: surrogate for surrogate, byte in _OPEN_BYTES.items()}
_CHUNK = 1000


class RecordFile:
    """One CSV of an export folder, as a list of records that stays on disk."""

    def __init__(self, path: Path, keys: tuple[str, ...]) -> None:
        self.path, self.keys = path, keys
        self._offsets = array("Q", _record_offsets(path))
        with path.open("rb") as stream:
            self._utf8 = stream.read(len(_BOM)) == _BOM

    def __len__(self) -> int:
        return len(self._offsets) - 2  # the header, and the end of the file

    def page(self, first: int, count: int) -> list[dict[str, str]]:
        """The records from position `first` (0-based) on: our column keys → the cells' texts."""
        rows = csv.reader(StringIO(self._decoded(self.raw(first, count)), newline=""), delimiter=DELIMITER)
        return [dict(zip(self.keys, row, strict=False)) for row in rows]

    def cells(self, columns: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        """Of every record in order the texts of some columns; a record that is too short lacks them: empty texts."""
        places = [self.keys.index(column) for column in columns]
        for first in range(0, len(self), _CHUNK):
            text = self._decoded(self.raw(first, _CHUNK))
            for row in csv.reader(StringIO(text, newline=""), delimiter=DELIMITER):
                yield tuple(row[place] if place < len(row) else "" for place in places)

    def raw(self, first: int, count: int) -> bytes:
        """The bytes of some records, as they are in the file."""
        last = min(first + count, len(self))
        if first >= last:
            return b""
        start = self._offsets[first + 1]
        with self.path.open("rb") as stream:
            stream.seek(start)
            return stream.read(self._offsets[last + 1] - start)

    def header(self) -> bytes:
        """The bytes before the first record."""
        with self.path.open("rb") as stream:
            return stream.read(self._offsets[1])

    def encoded(self, row: dict[str, str]) -> bytes:
        """A record as this file writes it. Raises ValueError where its encoding lacks a sign."""
        text = StringIO()
        csv.writer(text, delimiter=DELIMITER, lineterminator=NEWLINE).writerow([row.get(key, "") for key in self.keys])
        if self._utf8:
            return text.getvalue().encode()
        try:
            return text.getvalue().translate(_AS_OPEN_BYTES).encode(ENCODING, "surrogateescape")
        except UnicodeEncodeError:
            raise ValueError(
                f"{self.path.name} is written in {ENCODING}, which lacks a sign of the new cells"
            ) from None

    def _decoded(self, raw: bytes) -> str:
        return raw.decode() if self._utf8 else raw.decode(ENCODING, "surrogateescape").translate(_OPEN_BYTES)


def language_of(folder: Path) -> Language:
    """The language of an export folder, told from its files' names."""
    return next((one for one in LANGUAGES if (folder / TABLES[0].file_name(one)).exists()), LANGUAGES[0])


def record_files(folder: Path) -> dict[str, RecordFile]:
    """The files of an export folder by object. Raises FileNotFoundError when one is not there."""
    language = language_of(folder)
    return {
        table.object: RecordFile(folder / table.file_name(language), tuple(column.key for column in table.columns))
        for table in TABLES
    }


def _record_offsets(path: Path) -> Iterator[int]:
    """Where each record begins, header included, and where the file ends. A record ends where its quotes are closed."""
    offset, quotes = 0, 0
    with path.open("rb") as stream:
        for line in stream:
            if quotes % 2 == 0:
                yield offset
                quotes = 0
            quotes += line.count(b'"')
            offset += len(line)
    yield offset
