"""What a text file's own bytes say of its encoding and its delimiter, with the evidence in words."""

from __future__ import annotations

import codecs
import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bridgework.practice.cells import ASCII_LIKE, WIDE

_HEAD = 1 << 18
_SLICE = 1 << 16
_SLICES = 15
_MOST_LINES = 1000

DELIMITERS = {";": "semicolon", ",": "comma", "\t": "tab", "|": "bar"}

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig", "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "utf-16-be"),
)
# A letter with an accent stands in a word. In cp1252 these bytes are such letters, in cp850 lines of boxes ...
_WINDOWS = re.compile(rb"(?<=[A-Za-z])[\xc0-\xd6\xd8-\xf6\xf8-\xff]|[\xc0-\xd6\xd8-\xf6\xf8-\xff](?=[A-Za-z])")
# ... and these the other way round: letters in cp850, signs in cp1252 (those that may touch a word there left out).
_DOS = re.compile(
    rb"(?<=[A-Za-z])[\x81-\x84\x87-\x8b\x8d\xa0-\xa4](?=[A-Za-z])|(?<=[a-z])[\x81\x82\x88-\x8b](?![A-Za-z])"
)


@dataclass(frozen=True, slots=True)
class Sample:
    """Parts of a file: its head, and slices from all over it, cut at line ends."""

    head: bytes
    rest: tuple[bytes, ...]
    whole: bool

    @classmethod
    def of(cls, path: Path) -> Sample:
        """Read the parts of a file."""
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(_HEAD)
            if size <= _HEAD:
                return cls(head, (), whole=True)
            step = (size - _HEAD) // _SLICES
            rest = []
            for number in range(_SLICES):
                # An even place, so that UTF-16 stays in step.
                file.seek((_HEAD + step * number) // 2 * 2)
                rest.append(file.read(min(_SLICE, step)))
        return cls(head, tuple(rest), whole=False)

    def lines(self) -> list[bytes]:
        """The lines of all parts, without the ones that a cut went through."""
        found = self.head.splitlines() if self.whole else self.head.splitlines()[:-1]
        for part in self.rest:
            found += part.splitlines()[1:-1]
        return found


@dataclass(frozen=True, slots=True)
class Encoding:
    """An encoding: the name to show, the codec of a record's bytes, the bytes of its mark at the file's beginning."""

    name: str
    codec: str
    mark: int


def bom(head: bytes) -> Encoding | None:
    """The encoding that a byte order mark names."""
    for mark, name, codec in _BOMS:
        if head.startswith(mark):
            return Encoding(name, codec, len(mark))
    return None


def codec_of(name: str) -> str | None:
    """The codec for the records of a file in the encoding of that name; None where it cannot be read."""
    try:
        known = codecs.lookup(name).name
    except LookupError:
        return None
    known = {"utf-8-sig": "utf-8", "utf-16": "utf-16-le"}.get(known, known)
    return known if known in ASCII_LIKE | WIDE else None


def propose_encoding(sample: Sample) -> tuple[Encoding, str]:
    """The encoding that the bytes speak for, and why."""
    if (marked := bom(sample.head)) is not None:
        return marked, f"{marked.name}: its byte order mark says so"
    if (wide := _unmarked_wide(sample.head)) is not None:
        return wide, f"{wide.name}: every other byte is zero"
    lines = [line for line in sample.lines() if not line.isascii()]
    if not lines:
        return Encoding("utf-8", "utf-8", 0), "utf-8: all bytes seen are ASCII; any other is reported when it is met"
    valid = sum(_is_utf8(line) for line in lines)
    if valid * 2 > len(lines):
        other = f", {len(lines) - valid} are not and will be reported" if valid < len(lines) else ""
        return Encoding("utf-8", "utf-8", 0), f"utf-8: {valid} lines with accents are valid UTF-8{other}"
    text = b"\n".join(lines)
    windows, dos = len(_WINDOWS.findall(text)), len(_DOS.findall(text))
    best, most, least = ("cp850", dos, windows) if dos > windows else ("cp1252", windows, dos)
    return Encoding(best, best, 0), f"{best}: {most} accented letters make words in it, {least} in the other code page"


def propose_newline(sample: Sample, codec: str) -> tuple[str, str]:
    """What ends a line: a line feed, or (old Macintosh) a carriage return alone."""
    text = sample.head.decode(codec, "replace")
    if "\n" in text or "\r" not in text:
        return "\n", ""
    return "\r", "lines end with a carriage return alone"


def propose_delimiter(lines: Sequence[str]) -> tuple[str, str]:
    """The delimiter that cuts most lines into as many cells as the header, and why."""
    scored = []
    for delimiter in DELIMITERS:
        widths = [len(row) for row in _rows_of(lines, delimiter) if any(row)]
        if not widths:
            continue
        width, times = Counter(widths).most_common(1)[0]
        share = times / len(widths)
        agrees = 1.0 if widths[0] == width else 0.5
        scored.append((share * agrees if width > 1 else 0.0, width, delimiter, share))
    score, width, delimiter, share = max(scored, default=(0.0, 1, ";", 1.0))
    if not score:
        return ";", "semicolon assumed: no delimiter cuts the lines evenly"
    return delimiter, f"{DELIMITERS[delimiter]}: {share:.0%} of the lines seen have {width} cells"


def _rows_of(lines: Sequence[str], delimiter: str) -> list[list[str]]:
    """The first rows as the csv module reads them; what it cannot read is left out."""
    rows: list[list[str]] = []
    reader = csv.reader((line + "\n" for line in lines), delimiter=delimiter)
    while len(rows) < _MOST_LINES:
        try:
            rows.append(next(reader))
        except StopIteration:
            break
        except csv.Error:
            continue
    return rows


def _unmarked_wide(head: bytes) -> Encoding | None:
    some = head[: 1 << 12]
    even, odd = some[::2], some[1::2]
    if len(odd) < 4:
        return None
    if odd.count(0) * 2 > len(odd) and even.count(0) * 10 < len(even):
        return Encoding("utf-16-le", "utf-16-le", 0)
    if even.count(0) * 2 > len(even) and odd.count(0) * 10 < len(odd):
        return Encoding("utf-16-be", "utf-16-be", 0)
    return None


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
