"""Reads a file of an export as staging reads it, by the same rules, and stages nothing."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from bridgework.errors import UsageError
from bridgework.practice import cells, xlsx_records
from bridgework.practice.changes import files
from bridgework.practice.changes.comparison import Found
from bridgework.practice.changes.noting import Read
from bridgework.practice.csv_records import CsvRecords
from bridgework.practice.judging import Bad, Batch, Judge
from bridgework.practice.sniffing import codec_of
from bridgework.practice.source_file import SourceFile


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A file of the new export, and what it is compared with: the rows staged under `object`.

    `name` is what people and the store know it by: that of the staged file which it takes the place of, or, where that
    stays where it is, one with another folder before it.
    """

    object: str
    file: SourceFile
    key_headers: tuple[str, ...]
    name: str

    def check(self) -> None:
        """See that its records can be told from each other; raises UsageError (PRACTICE-KEY)."""
        if missing := [name for name in self.key_headers if name not in self.file.header]:
            raise UsageError(
                "PRACTICE-KEY",
                "The column that numbers the records is not in the file.",
                where=f"{self.name}, column {missing[0]}",
                next_step="export it again with all its columns, or correct how it is read in bridgework.toml",
            )

    def values(self) -> dict[str, Any]:
        """What the store keeps of the file, but for how far it is read."""
        return files.of_export(self.file, self.object, self.key_headers, self.name)

    def batches(self, position: int, line: int) -> Iterator[Batch]:
        """The records from a place in the file on, judged."""
        file = self.file
        judge = Judge(self.object, file, 0, self.key_headers, _look_at_nothing)
        batch = Batch(1, position, line)
        if file.format == "csv":
            codec = codec_of(file.encoding) or file.encoding
            how = (file.delimiter, file.newline, len(file.header), file.needed_width, file.quotes, file.fallback)
            for block in CsvRecords(file.path, codec, *how).blocks(position, line):
                judge.block(batch, block, sampled=False)
                if batch.is_full:
                    yield batch
                    batch = batch.following()
        else:
            for number, found in xlsx_records.rows_of(file.path, file.sheet, position):
                judge.sheet_row(batch, number, found, sampled=False)
                if batch.is_full:
                    yield batch
                    batch = batch.following()
        yield batch

    def found(self, batch: Batch) -> Found:
        """What a batch holds, to be compared."""
        rows = [Read(row[3], row[4], bytes(row[5]), bytes(row[6])) for row in batch.rows]
        held = [key for one in batch.bad if (key := one.key or self._key_of(one))]
        return Found(rows, batch.bad, held, batch.blank)

    def digest(self) -> str:
        """Hex SHA-256 of the file; raises UsageError (PRACTICE-FILE-CHANGED) where it is no longer what was found."""
        with self.file.path.open("rb") as opened:
            digest = hashlib.file_digest(opened, "sha256").hexdigest()
        now = self.file.path.stat()
        if (now.st_size, now.st_mtime_ns) != (self.file.size, self.file.modified_ns):
            raise UsageError(
                "PRACTICE-FILE-CHANGED",
                "A file of the export has changed while it was read.",
                where=self.name,
                why="rows of two states of the practice must not be mixed",
                next_step="let the export end, then run this again",
            )
        return digest

    def _key_of(self, bad: Bad) -> str:
        """The key that a damaged record seems to have: enough to say that its row is not gone, and for nothing else."""
        if self.file.format != "csv" or not self.key_headers:
            return ""
        codec = codec_of(self.file.encoding) or self.file.encoding
        text = cells.without_line_end(bad.raw.decode(codec, "replace"))
        found = _split(text, self.file.delimiter, quotes=self.file.quotes)
        places = [self.file.header.index(name) for name in self.key_headers]
        if max(places) >= len(found):
            return ""
        parts = [found[place].strip().strip('"') for place in places]
        return "/".join(parts) if all(parts) else ""


def _split(text: str, delimiter: str, *, quotes: bool) -> Sequence[str]:
    try:
        return cells.split(text, delimiter, quotes=quotes)
    except csv.Error:
        return text.split(delimiter)


def _look_at_nothing(rows: list[list[str]]) -> None:
    del rows
