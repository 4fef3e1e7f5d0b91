"""Decides of each record of a file whether it becomes a row, and under which key: the rules, apart from the store.

What is set aside has a code and a reason in words; what is accepted in spite of something has a note, which is counted.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import repeat
from typing import NamedTuple

from bridgework.practice import cells, csv_records, xlsx_records
from bridgework.practice.csv_records import Block
from bridgework.practice.headers import names_of
from bridgework.practice.profiles import padded
from bridgework.practice.sniffing import codec_of
from bridgework.practice.source_file import SourceFile

MISSING_KEY = "MISSING_KEY"
REPEATED_HEADER = "REPEATED_HEADER"
RAGGED = "RAGGED"
TOTALS = "TOTALS"
PADDED = "PADDED"
CELL_ERROR = "CELL_ERROR"
EXTRA_EMPTY_CELLS = "EXTRA_EMPTY_CELLS"

REASONS = {
    MISSING_KEY: "the row has no number of its own",
    TOTALS: "the row sums up those above it",
    REPEATED_HEADER: "the row is the header once more",
    csv_records.UNCLOSED_QUOTE: "a quote is opened in this line, and what follows does not close it as it should",
    csv_records.LINE_TOO_LONG: "the line is longer than a record can be: this part of the file is damaged",
    csv_records.UNDECODABLE: "the bytes of this line are no text in the file's encoding",
    csv_records.NUL_BYTES: "the row's number holds zero bytes: this part of the file may be damaged",
}

BATCH_ROWS = 20_000
BATCH_BYTES = 8 << 20

# What stands where a number should, in the row below the last one.
_TOTALS = frozenset(word + end for word in ("Totaal", "TOTAAL", "Total", "TOTAL", "Totaux", "Som") for end in ("", ":"))
_BLANKS = " \t\r\n\x1a\"'\ufeff"


Row = tuple[str, int, int, int, str, bytearray, bytearray]
"""One accepted record as it is inserted: object, row number, file, line, key, content hash, raw.

A bare tuple, since there are millions; of bytearrays, since the driver takes bytes only after a long search for an
adapter, which is half the time of a row.
"""


class Bad(NamedTuple):
    """One record set aside."""

    number: int
    line: int
    key: str
    code: str
    reason: str
    raw: bytes


@dataclass(slots=True)
class Batch:
    """What was judged since the last commit, and where the file goes on."""

    first_number: int
    position: int
    line: int
    rows: list[Row] = field(default_factory=list)
    bad: list[Bad] = field(default_factory=list)
    notes: list[tuple[str, int]] = field(default_factory=list)
    blank: int = 0
    size: int = 0

    @property
    def is_full(self) -> bool:
        """Whether it is time to commit."""
        return len(self.rows) + len(self.bad) >= BATCH_ROWS or self.size >= BATCH_BYTES

    @property
    def next_number(self) -> int:
        """The number of the next record; each has one, set aside or not."""
        return self.first_number + len(self.rows) + len(self.bad)

    def following(self) -> Batch:
        """An empty batch that goes on behind this one."""
        return Batch(self.next_number, self.position, self.line)


Look = Callable[[list[list[str]]], None]


class Judge:
    """Judges the records of one file."""

    def __init__(self, object_: str, file: SourceFile, file_id: int, key_headers: Sequence[str], look: Look) -> None:
        """Take the key from these columns; with none, a record is known by its content. `look` is shown rows."""
        self._object, self._file, self._look = object_, file_id, look
        self._header, self._needed, self._delimiter = file.header, file.needed_width, file.delimiter
        written = file.written or file.header
        self._names = [name.casefold() for name in written]
        self._places = [file.header.index(name) for name in key_headers]
        self._looked_at = {"", "/".join(written[place] for place in self._places), *_TOTALS}
        self._wide = codec_of(file.encoding) in cells.WIDE
        self._may_trail, self._quotes = file.may_trail, file.quotes

    def block(self, batch: Batch, block: Block, *, sampled: bool) -> None:
        """Judge a block of a text file. The way of faultless records is short: there are millions."""
        keys = self._keys(block)
        odd = [index for index, key in enumerate(keys) if key in self._looked_at]
        seen = _sample(block.texts, odd, self._delimiter) if sampled else []
        hashes = [] if self._wide else content_hashes(block.raws)
        at = 0
        for index in (*odd, len(keys)):
            number, run = batch.next_number, slice(at, index)
            numbers, lines = range(number, number + index - at), block.lines[run]
            mine, raws = (repeat(self._object), repeat(self._file)), map(bytearray, block.raws[run])
            batch.rows += zip(mine[0], numbers, mine[1], lines, keys[run], hashes[run], raws, strict=False)
            if index < len(keys) and (made := self._slowly(batch, block, index)) is not None:
                seen += [made] if sampled else []
            at = index + 1
        batch.notes += [(code, block.lines[index]) for index, code in block.notes]
        batch.size += block.end - batch.position
        batch.position, batch.line = block.end, block.end_line
        if seen:
            self._look(seen)

    def sheet_row(self, batch: Batch, line: int, found: list[str], *, sampled: bool) -> None:
        """Judge a row of a workbook's sheet."""
        raw = xlsx_records.raw_of(found)
        made = self._cells(batch, line, raw, content_hash(raw), found)
        if made is not None and not xlsx_records.ERRORS.isdisjoint(made):
            batch.notes.append((CELL_ERROR, line))
        batch.position = batch.line = line
        batch.size += len(raw)
        if made is not None and sampled:
            self._look([made])

    def record(self, batch: Batch, line: int, raw: bytes, content: bytes, found: list[str]) -> None:
        """Judge a record that came with its cells apart; `content` is the hash of what it says."""
        batch.line = line
        batch.size += len(raw)
        made = self._cells(batch, line, raw, content, found)
        if made is not None and any("\0" in cell for cell in made):
            batch.notes.append((csv_records.NUL_BYTES, line))

    def key(self, found: Sequence[str]) -> str:
        """The key in a record's cells, as many as the header has; empty where a part of it is missing."""
        return self._key(found)

    def _keys(self, block: Block) -> list[str]:
        """The key of each record; empty for one that has to be looked at more closely."""
        if self._wide or not self._places:
            return [""] * len(block.raws)
        delimiter, last, cut = self._delimiter, len(self._header) - 1, max(self._places) + 1
        if len(self._places) == 1:
            place = self._places[0]
            keys = [
                text.split(delimiter, cut)[place].strip() if text.count(delimiter) == last else ""
                for text in block.texts
            ]
        else:
            keys = [
                self._key(text.split(delimiter, cut)) if text.count(delimiter) == last else "" for text in block.texts
            ]
        for index in (*block.cells, *block.problems, *(index for index, _ in block.notes)):
            keys[index] = ""
        return keys

    def _key(self, found: Sequence[str]) -> str:
        parts = [found[place].strip() for place in self._places]
        return "/".join(parts) if all(parts) else ""

    def _slowly(self, batch: Batch, block: Block, index: int) -> list[str] | None:
        """Judge a record that is not faultless at first sight; gives its cells if it is accepted."""
        raw, line, problem = block.raws[index], block.lines[index], block.problems.get(index, "")
        found = block.cells.get(index)
        if found is None and not problem:
            try:
                found = cells.split(block.texts[index], self._delimiter, quotes=self._quotes)
            except csv.Error:
                problem = csv_records.UNCLOSED_QUOTE
        if problem or found is None:
            batch.bad.append(Bad(batch.next_number, line, "", problem, REASONS[problem], raw))
            return None
        return self._cells(batch, line, raw, content_hash(self._content(raw)), found)

    def _content(self, raw: bytes) -> bytes:
        """A record without its line end."""
        if not self._wide:
            return raw.rstrip(b"\r\n")
        while raw.endswith((b"\n\0", b"\r\0", b"\0\n", b"\0\r")):
            raw = raw[:-2]
        return raw

    def _cells(self, batch: Batch, line: int, raw: bytes, content: bytes, found: list[str]) -> list[str] | None:
        """Judge a record by its cells; gives them, as many as the header has, if it is accepted."""
        width, number = len(self._header), batch.next_number
        if not any(cell.strip(_BLANKS) for cell in found):
            batch.blank += 1
            return None
        made = padded(found, width)
        key = self._key(made) if self._places else content.hex()
        if code := self._fault(found, made, key):
            ragged = f"the row has {len(found)} cells, the header {width}"
            batch.bad.append(Bad(number, line, key.replace("\0", ""), code, REASONS.get(code, ragged), raw))
            return None
        if len(found) != width:
            batch.notes.append((PADDED if len(found) < width else EXTRA_EMPTY_CELLS, line))
        batch.rows.append((self._object, number, self._file, line, key, bytearray(content), bytearray(raw)))
        return made

    def _is_header(self, made: Sequence[str]) -> bool:
        """Whether a row is the header again; names that are there twice, or missing, were told apart in the first."""
        return [name.casefold() for name in names_of(made)] == self._names

    def _fault(self, found: Sequence[str], made: Sequence[str], key: str) -> str:
        if self._names[0].startswith(made[0].strip().casefold()) and self._is_header(made):
            return REPEATED_HEADER
        if key in _TOTALS:
            return TOTALS
        beyond = found[len(self._header) :]
        if len(found) < self._needed or any(beyond) or (beyond and not self._may_trail):
            return RAGGED
        if not key:
            return MISSING_KEY
        return csv_records.NUL_BYTES if "\0" in key else ""


def _sample(texts: Sequence[str], without: Sequence[int], delimiter: str) -> list[list[str]]:
    """The cells of all records but some."""
    left_out = set(without)
    return [text.split(delimiter) for index, text in enumerate(texts) if index not in left_out]


def content_hashes(raws: Sequence[bytes]) -> list[bytearray]:
    """The content hash of each record, whose line end is of bytes."""
    blake2b = hashlib.blake2b
    return [bytearray(blake2b(raw.rstrip(b"\r\n"), digest_size=16).digest()) for raw in raws]


def content_hash(content: bytes) -> bytes:
    """BLAKE2b, 16 bytes: of a record's bytes without its line end, so that the last line of a file is not special."""
    return hashlib.blake2b(content, digest_size=16).digest()
