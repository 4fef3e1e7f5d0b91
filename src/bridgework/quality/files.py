"""Documents: rows without a file, files without a row, the same file twice, files that are not what they say."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from bridgework.practice.documents import DocumentsFolder
from bridgework.practice.rows import SourceRecord
from bridgework.quality.keys import Named, Seen
from bridgework.quality.state import State
from bridgework.quality.texts import is_nothing
from bridgework.reports.masking import mask

# What Twenty 2.19 was seen to take in its direct upload, and what older servers took in one call.
LARGEST, LARGE = 1 << 30, 100_000_000
_HEAD, _DICOM_AT, _BLOCK = 1024, 128, 1 << 20
_STARTS = (
    (b"\x89PNG", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"GIF8", "gif"),
    (b"BM", "bmp"),
    (b"II*\0", "tiff"),
    (b"MM\0*", "tiff"),
    (b"PK\x03\x04", "zip"),
    (b"\xd0\xcf\x11\xe0", "ole"),
    (b"{\\rtf", "rtf"),
)
_KINDS = {
    **dict.fromkeys(("jpg", "jpeg", "jpe", "jfif"), "jpeg"),
    **dict.fromkeys(("tif", "tiff"), "tiff"),
    **dict.fromkeys(("docx", "xlsx", "pptx", "odt", "ods", "zip"), "zip"),
    **dict.fromkeys(("doc", "xls", "ppt", "msg"), "ole"),
    **dict.fromkeys(("dcm", "dicom"), "dicom"),
    **{name: name for name in ("pdf", "png", "gif", "bmp", "rtf")},
}


class FileRows:
    """The rows that name files."""

    def __init__(self, state: State, object_: str, folder: DocumentsFolder) -> None:
        """Look in this folder."""
        self._tally, self._folder, self._object, self.named = state.tally, folder, object_, Seen()
        self._headers = [header for _, header in state.columns[object_].by_transform("file")]

    def see(self, row: SourceRecord) -> None:
        for header in self._headers:
            text = row.values.get(header, "").strip()
            if text and not is_nothing(text):
                self._look(row, header, text)

    def _look(self, row: SourceRecord, header: str, text: str) -> None:
        path = self._folder.find(text)
        if path is None:
            self._tally.add("FILE-MISSING", row, header)
            return
        self.named.add(str(path), row.row_no)
        name = text.replace("\\", "/").rpartition("/")[2]
        if ":" in path.name:
            self._tally.add("FILE-NAME-COLON", row, header)
        if not unicodedata.is_normalized("NFC", path.name) or not unicodedata.is_normalized("NFC", name):
            self._tally.add("FILE-NAME-ACCENTS", row, header)
        elif name != path.name:
            self._tally.add("FILE-NAME-OTHERWISE", row, header)

    def end(self) -> None:
        for row_no in self.named.repeats():
            self._tally.add_number("FILE-NAMED-TWICE", self._object, row_no, self._headers[0])


class Files:
    """The files themselves."""

    def __init__(self, state: State, folder: DocumentsFolder, named: Named, advance: Callable[[int], None]) -> None:
        """`named` are those that rows name; `advance` is told of every file."""
        self._tally, self._folder, self._named, self._advance = state.tally, folder, named, advance
        columns = state.columns.get("document")
        self._header = columns.one("file") if columns else ""

    def end(self) -> None:
        """Look at each; read in full only those that have the size of another."""
        sizes: dict[int, int] = {}
        for path in self._folder.files():
            size = self._look(path)
            sizes[size] = sizes.get(size, 0) + 1
            self._advance(1)
        seen: set[bytes] = set()
        heads: dict[bytes, Path] = {}
        for path in self._folder.files():
            size = _size(path)
            if size > 0 and sizes.get(size, 0) > 1:
                self._compare(path, size, heads, seen)

    def _compare(self, path: Path, size: int, heads: dict[bytes, Path], seen: set[bytes]) -> None:
        """Two files of one size are read further only where they begin alike."""
        head = hashlib.sha256(_head(path, 64 * _HEAD) + str(size).encode()).digest()
        first = heads.setdefault(head, path)
        if first is path:
            return
        seen.add(_sha256(first))
        digest = _sha256(path)
        if digest in seen:
            self._add("FILE-SAME-CONTENT", path, size)
        seen.add(digest)

    def _look(self, path: Path) -> int:
        size = _size(path)
        if str(path) not in self._named:
            self._add("FILE-WITHOUT-ROW", path, size)
        if size == 0:
            self._add("FILE-EMPTY", path, size)
        elif size > LARGEST:
            self._add("FILE-TOO-LARGE", path, size)
        elif size > LARGE:
            self._add("FILE-LARGE", path, size)
        said = _KINDS.get(path.suffix.lower().removeprefix("."))
        if said and size > 0 and kind_of(_head(path, _HEAD)) != said:
            self._add("FILE-OTHER-KIND", path, size)
        return size

    def _add(self, code: str, path: Path, size: int) -> None:
        """A file is told by the shape of its name, its size and its day: enough to find it, and no patient's name."""
        day = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        example = f"{mask(path.name)}, {size:,} bytes, {day:%Y-%m-%d}"
        self._tally.add_other(code, "document", self._header, example)


def kind_of(head: bytes) -> str:
    """What a file is by its first kilobyte; empty where it cannot be told."""
    if b"%PDF-" in head:  # some programs write something before it
        return "pdf"
    if head[_DICOM_AT : _DICOM_AT + 4] == b"DICM":
        return "dicom"
    return next((kind for start, kind in _STARTS if head.startswith(start)), "")


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _head(path: Path, length: int) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(length)
    except OSError:
        return b""


def _sha256(path: Path) -> bytes:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.digest()
