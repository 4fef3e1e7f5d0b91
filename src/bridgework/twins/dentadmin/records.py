"""Reading the records of an export folder by page: an index of offsets for each file, and nothing else in memory."""

from __future__ import annotations

import csv
from array import array
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

from .export_format import DELIMITER, ENCODING, LANGUAGES, TABLES

_BOM = b"\xef\xbb\xbf"
# Bytes that cp1252 leaves open become the control characters of the same number, as browsers do.
_OPEN_BYTES = {0xDC00 + byte: byte for byte in (0x81, 0x8D, 0x8F, 0x90, 0x9D)}


class RecordFile:
    """One CSV of an export folder, as a list of records that stays on disk."""

    def __init__(self, path: Path, keys: tuple[str, ...]) -> None:
        self._path, self._keys = path, keys
        self._offsets = array("Q", _record_offsets(path))
        with path.open("rb") as stream:
            self._utf8 = stream.read(len(_BOM)) == _BOM

    def __len__(self) -> int:
        return len(self._offsets) - 2  # the header, and the end of the file

    def page(self, first: int, count: int) -> list[dict[str, str]]:
        """The records from position `first` (0-based) on: our column keys → the cells' texts."""
        last = min(first + count, len(self))
        if first >= last:
            return []
        with self._path.open("rb") as stream:
            stream.seek(self._offsets[first + 1])
            raw = stream.read(self._offsets[last + 1] - self._offsets[first + 1])
        text = raw.decode() if self._utf8 else raw.decode(ENCODING, "surrogateescape").translate(_OPEN_BYTES)
        rows = csv.reader(StringIO(text, newline=""), delimiter=DELIMITER)
        return [dict(zip(self._keys, row, strict=False)) for row in rows]


def record_files(folder: Path) -> dict[str, RecordFile]:
    """The files of an export folder by object. Raises FileNotFoundError when one is not there."""
    language = next((one for one in LANGUAGES if (folder / TABLES[0].file_name(one)).exists()), LANGUAGES[0])
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
