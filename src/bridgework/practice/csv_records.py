"""Reads a delimited text file record by record, and knows the exact bytes and the first line of each.

The file is read in blocks of whole records, so that memory does not grow with it. Every byte belongs to one record:
the raws of all blocks, joined, are the file from where reading began.

A quote that nobody closes must not swallow the file. A record of several lines counts only if it is well-formed to its
end and as wide as the header; else its first line alone is set aside, and reading goes on with the next line.
"""

from __future__ import annotations

import csv
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path
from typing import BinaryIO

from bridgework.practice import cells
from bridgework.practice.cells import MAX_RECORD, STAND_IN

BLOCK = 1 << 18

# Problems: the record is set aside.
UNCLOSED_QUOTE = "UNCLOSED_QUOTE"
LINE_TOO_LONG = "LINE_TOO_LONG"
UNDECODABLE = "UNDECODABLE"
# Notes: the record is good, and something is worth knowing of it.
STRAY_QUOTE = "STRAY_QUOTE"
NUL_BYTES = "NUL_BYTES"

_LONGEST_BOM = 3
_ENDLESS = "unexpected end of data"  # what the csv module says where a quoted cell goes on


@dataclass(slots=True)
class Block:
    """Records that follow each other in the file, as parallel lists: bytes with their line end, text without, line.

    `cells` has the cells of the records (by index) in which quotes had to be read; the others are their text, split.
    `problems` has a code for each record that is none. `notes` are pairs of a record's index and a code.
    """

    raws: list[bytes]
    texts: list[str]
    lines: Sequence[int]
    end: int
    end_line: int
    cells: dict[int, list[str]] = field(default_factory=dict)
    problems: dict[int, str] = field(default_factory=dict)
    notes: list[tuple[int, str]] = field(default_factory=list)


@dataclass(slots=True)
class _Found:
    """What begins at a line: how many lines it has (0: more than there are), and what it is."""

    lines: int
    cells: list[str] | None = None
    problem: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class CsvRecords:
    """The records of one file. `width`: cells of the header; `needed_width`: those that a record must have."""

    path: Path
    codec: str
    delimiter: str
    newline: str
    width: int
    needed_width: int
    quotes: bool = True
    fallback: tuple[str, ...] = ()

    def blocks(self, position: int, line: int) -> Iterator[Block]:
        """All records from a record's first byte, which is in that line, to the end of the file.

        The same position always gives the same blocks.
        """
        with self.path.open("rb") as file:
            inside = self._inside_line(file, position)
            while (block := self._block(file, position, line, inside=inside)) is not None:
                position, line = block.end, block.end_line
                inside = not self._closed(block.raws[-1])
                yield block

    def fits(self, found: Sequence[str]) -> bool:
        """Whether a record may have these cells: no fewer than are needed, and none but empty ones too many."""
        return len(found) >= self.needed_width and not any(found[self.width :])

    # --- blocks --------------------------------------------------------------------------------------------------

    def _block(self, file: BinaryIO, position: int, line: int, *, inside: bool) -> Block | None:
        data = b""
        for size in (BLOCK, MAX_RECORD):
            file.seek(position)
            data = file.read(size)
            if not data:
                return None
            final = len(data) < size
            if inside:
                break
            if raws := self._lines(data, final=final):
                block = Block(raws, [], range(line, line + len(raws)), 0, line + len(raws))
                if self._read(block, line, may_wait=not final, must_begin=size == MAX_RECORD):
                    block.end = position + sum(map(len, block.raws))
                    return block
        return self._piece(data, position, line)

    def _piece(self, data: bytes, position: int, line: int) -> Block:
        """A part of a line that is too long to be one."""
        raw = self._lines(data, final=True)[0]
        after = line + 1 if self._closed(raw) else line
        return Block([raw], [""], [line], position + len(raw), after, problems={0: LINE_TOO_LONG})

    def _read(self, block: Block, line: int, *, may_wait: bool, must_begin: bool) -> bool:
        """Read the lines of a block as records; False where its first record does not end in it."""
        joined = b"".join(block.raws)
        block.texts = self._texts(block, joined)
        return (
            not self.quotes
            or b'"' not in joined
            or self._join_quoted(block, line, may_wait=may_wait, must_begin=must_begin)
        )

    # --- lines ---------------------------------------------------------------------------------------------------

    def _lines(self, data: bytes, *, final: bool) -> list[bytes]:
        """The lines with their ends; a part of a line at the end only if nothing follows in the file."""
        if self.codec in cells.WIDE:
            return self._wide_lines(data, final=final)
        end = self.newline.encode("ascii")
        data = data if final else data[: data.rfind(end) + 1]
        *parts, rest = data.split(end)
        lines = [part + end for part in parts]
        return [*lines, rest] if rest else lines

    def _wide_lines(self, data: bytes, *, final: bool) -> list[bytes]:
        """Lines of UTF-16. Half a character at the file's end stays with the last line."""
        even = len(data) // 2 * 2
        *parts, rest = data[:even].decode(self.codec, "surrogatepass").split(self.newline)
        lines = [(part + self.newline).encode(self.codec, "surrogatepass") for part in parts]
        tail = rest.encode(self.codec, "surrogatepass") + data[even:]
        return [*lines, tail] if final and tail else lines

    def _closed(self, raw: bytes) -> bool:
        return raw.endswith(self.newline.encode(self.codec))

    def _inside_line(self, file: BinaryIO, position: int) -> bool:
        """Whether a position is in the middle of a line: reading was stopped between the parts of one too long."""
        end = self.newline.encode(self.codec)
        if position <= _LONGEST_BOM:
            return False
        file.seek(position - len(end))
        return file.read(len(end)) != end

    # --- texts ---------------------------------------------------------------------------------------------------

    def _texts(self, block: Block, joined: bytes) -> list[str]:
        """The text of each line without its end; notes and problems of decoding go to the block."""
        try:
            text = joined.decode(self.codec)
        except UnicodeDecodeError:
            texts = [self._text(block, index) for index in range(len(block.raws))]
            text = "".join(texts)
        else:
            texts = self._split_lines(text, len(block.raws))
            self._doubt(block, joined, texts)
        if "\0" in text:
            block.notes += [(index, NUL_BYTES) for index, one in enumerate(texts) if "\0" in one]
        return texts

    def _doubt(self, block: Block, joined: bytes, texts: list[str]) -> None:
        """Read cells of another encoding, which this one decodes as well, where that is declared; else note them."""
        suspects = list(cells.suspects(joined, self.codec))
        if not suspects:
            return
        ends = list(accumulate(map(len, block.raws)))
        for index in sorted({bisect_right(ends, place) for place in suspects}):
            raw = block.raws[index]
            text, code = cells.decode(raw, self.codec, self.delimiter, self.fallback)
            if code:
                texts[index] = cells.without_line_end(text)
            if code := code or cells.doubt(raw, self.codec, self.delimiter):
                block.notes.append((index, code))

    def _split_lines(self, text: str, many: int) -> list[str]:
        """The texts of so many lines, without their ends."""
        if self.newline == "\n":
            texts = text.split("\r\n")
            if len(texts) - (not texts[-1]) == many and not texts[-1].endswith("\n"):  # all lines end in both
                return texts[:many]
        texts = text.split(self.newline)[:many]
        return [one.removesuffix("\r") for one in texts] if self.newline == "\n" else texts

    def _text(self, block: Block, index: int) -> str:
        try:
            text, code = cells.decode(block.raws[index], self.codec, self.delimiter, self.fallback)
        except UnicodeDecodeError:
            block.problems[index] = UNDECODABLE
            return ""
        if code:
            block.notes.append((index, code))
        return cells.without_line_end(text)

    # --- quotes --------------------------------------------------------------------------------------------------

    def _join_quoted(self, block: Block, line: int, *, may_wait: bool, must_begin: bool) -> bool:
        """Join the lines of records that go over several; False where the first one does not end in this block.

        A record that does not end in the block is left to the next one, which begins with it, while there `may` be
        one; a record that does not end in the largest block `must` begin and end with its first line.
        """
        raws, texts = block.raws, block.texts
        fed = [text.replace("\r", STAND_IN) for text in texts] if any("\r" in text for text in texts) else texts
        starts: list[int] = []
        out = Block([], [], starts, 0, 0)
        where: dict[int, int] = {}
        at = 0
        for quoted in [index for index, text in enumerate(texts) if '"' in text]:
            if quoted < at:
                continue  # a record before it goes over this line
            self._copy(out, block, range(at, quoted), line, starts, where)
            at = quoted
            problem = block.problems.get(at, "")
            wait = may_wait and not (must_begin and at == 0)
            found = _Found(1, problem=problem) if problem else self._quoted(fed, at, may_wait=wait)
            if not found.lines:
                break
            if block.notes:
                where.update(dict.fromkeys(range(at, at + found.lines), len(out.raws)))
            starts.append(line + at)
            self._add(out, raws[at : at + found.lines], texts[at], found)
            at += found.lines
        else:
            self._copy(out, block, range(at, len(texts)), line, starts, where)
            at = len(texts)
        block.raws, block.texts, block.lines, block.end_line = out.raws, out.texts, starts, line + at
        notes = [(where[index], code) for index, code in block.notes if index in where]
        block.cells, block.problems, block.notes = out.cells, out.problems, list(dict.fromkeys(notes + out.notes))
        return bool(at)

    @staticmethod
    def _copy(
        out: Block, block: Block, lines: range, first_line: int, starts: list[int], where: dict[int, int]
    ) -> None:
        """Take over lines without quotes as they are."""
        moved = len(out.raws) - lines.start
        some = slice(lines.start, lines.stop)
        out.raws += block.raws[some]
        out.texts += block.texts[some]
        starts.extend(range(first_line + lines.start, first_line + lines.stop))
        if block.notes:
            where.update((index, index + moved) for index in lines)
        out.problems.update((index + moved, block.problems[index]) for index in block.problems if index in lines)

    def _add(self, out: Block, raws: list[bytes], text: str, found: _Found) -> None:
        """Add one record to a block."""
        here = len(out.raws)
        out.raws.append(b"".join(raws))
        if found.lines > 1:
            try:
                decoded, _ = cells.decode(out.raws[-1], self.codec, self.delimiter, self.fallback)
                text = cells.without_line_end(decoded)
            except UnicodeDecodeError:
                text, found.problem = "", UNDECODABLE
        out.texts.append(text)
        if found.problem:
            out.problems[here] = found.problem
        elif found.cells is not None:
            plain = found.lines == 1 and "\r" not in text and not found.note
            out.cells[here] = found.cells if plain else cells.split(text, self.delimiter)
        if found.note:
            out.notes.append((here, found.note))

    def _quoted(self, texts: list[str], at: int, *, may_wait: bool) -> _Found:
        """The record that begins with this line, which has a quote."""
        rest = map(texts.__getitem__, range(at, len(texts)))
        reader = csv.reader(rest, delimiter=self.delimiter, strict=True)
        try:
            read = next(reader)
        except csv.Error as error:
            if str(error) == _ENDLESS:
                return _Found(0) if may_wait else _Found(1, problem=UNCLOSED_QUOTE)
            # Quotes that are wrong in the line itself are read as spreadsheets do; else one was opened and not closed.
            alone = reader.line_num == 1
            return _Found(1, [], note=STRAY_QUOTE) if alone else _Found(1, problem=UNCLOSED_QUOTE)
        if reader.line_num > 1 and not self.fits(read):
            return _Found(1, problem=UNCLOSED_QUOTE)
        return _Found(reader.line_num, read)
