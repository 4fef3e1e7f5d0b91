"""Reads the XML that RIZIV's database NomenSoft gives: code, labels, first and last day, hospital or not.

Known are its tables `NOMEN_DETAIL` and `nomen_summary_ext` (dates of a code) and `NOMEN_HONORAIRES` (dates of a fee,
which show that a code exists but not since when). Download codes with their history: of a code whose present version
alone is in the file, the beginning of that version is all that can be known. Source: the files themselves, from
webappsa.riziv-inami.fgov.be/Nomen.

Files are read as a stream, one record at a time. A document type declaration is refused, and with it every entity
that it could define: NomenSoft has none.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import IO
from xml.parsers import expat

_CODE_TABLES = frozenset({"nomen_detail", "nomen_summary_ext"})
_FEE_TABLES = frozenset({"nomen_honoraires"})
_KNOWN = ("NOMEN_DETAIL", "NOMEN_SUMMARY_EXT", "NOMEN_HONORAIRES")
_WANTED = frozenset({"nomen_code", "dbegin", "dend", "nomen_desc_nl", "nomen_desc_fr", "ambhos_pat_cat"})
_FOREVER = date(2999, 12, 31)
_HOSPITAL = "2"
_CHUNK = 1 << 16
_LONGEST = 4000  # characters of one element; labels have some hundreds


class NotNomenSoft(ValueError):
    """A file that is no NomenSoft XML: `file` (its name only), `line` (0: the whole), `why`."""

    def __init__(self, file: str, line: int, why: str) -> None:
        """Say which file, where, and what is wrong."""
        super().__init__(f"{file}, line {line}: {why}" if line else f"{file}: {why}")
        self.file, self.line, self.why = file, line, why


@dataclass(frozen=True, slots=True)
class Record:
    """One version of a code. `begin` is None where the record tells of a fee only; `end` None is open."""

    code: str
    begin: date | None
    end: date | None
    nl: str = ""
    fr: str = ""
    hospital: bool | None = None


def read(path: Path) -> Iterator[Record]:
    """The records of a file; raises NotNomenSoft where it is none, OSError where it cannot be opened."""
    with path.open("rb") as stream:
        yield from _Reader(path.name).records(stream)


class _Reader:
    """One file while it is parsed: where in it we are, the record at hand, the records that are ready."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.depth = 0
        self.table = ""
        self.element = ""
        self.cells: dict[str, str] = {}
        self.ready: list[Record] = []
        self.found = 0
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text

    def records(self, stream: IO[bytes]) -> Iterator[Record]:
        while chunk := stream.read(_CHUNK):
            yield from self._parse(chunk, last=False)
        yield from self._parse(b"", last=True)
        if not self.found:
            raise self._wrong(0, f"it holds no record of {', '.join(_KNOWN)}")

    def _parse(self, chunk: bytes, *, last: bool) -> Iterator[Record]:
        try:
            self.parser.Parse(chunk, last)
        except expat.ExpatError as error:
            raise self._wrong(error.lineno, f"it is no XML: {expat.ErrorString(error.code)}") from None
        except (ValueError, LookupError) as error:
            if isinstance(error, NotNomenSoft):
                raise
            raise self._wrong(0, "its encoding is not known") from None
        yield from self.ready
        self.ready.clear()

    def _wrong(self, line: int, why: str) -> NotNomenSoft:
        return NotNomenSoft(self.name, line, why)

    def _doctype(self, *_: object) -> None:
        raise self._wrong(self.parser.CurrentLineNumber, "it declares a document type, which NomenSoft never does")

    def _start(self, tag: str, _: dict[str, str]) -> None:
        self.depth += 1
        name = tag.rpartition(" ")[2].lower()
        if self.depth == 1 and name != "dataroot":
            raise self._wrong(self.parser.CurrentLineNumber, "its root is not `dataroot`")
        if self.depth == 2:
            self.table, self.cells = name, {}
        self.element = name if self.depth == 3 and name in _WANTED else ""

    def _text(self, text: str) -> None:
        if self.element:
            self.cells[self.element] = (self.cells.get(self.element, "") + text)[:_LONGEST]

    def _end(self, _: str) -> None:
        self.element = ""
        self.depth -= 1
        if self.depth == 1 and self.table in _CODE_TABLES | _FEE_TABLES:
            self.ready.append(self._record())
            self.found += 1

    def _record(self) -> Record:
        cells = {name: text.strip() for name, text in self.cells.items()}
        code = cells.get("nomen_code", "")
        if not (code.isascii() and code.isdigit() and len(code) <= 6):
            raise self._wrong(self.parser.CurrentLineNumber, "a record has no nomenclature code")
        labels = cells.get("nomen_desc_nl", ""), cells.get("nomen_desc_fr", "")
        if self.table in _FEE_TABLES:
            return Record(code.zfill(6), None, None, *labels)
        begin = self._day(cells.get("dbegin", ""))
        if begin is None:
            raise self._wrong(self.parser.CurrentLineNumber, "a code has no first day of validity (dbegin)")
        end = self._day(cells.get("dend", ""))
        category = cells.get("ambhos_pat_cat", "")
        hospital = category == _HOSPITAL if category else None
        return Record(code.zfill(6), begin, None if end is None or end >= _FOREVER else end, *labels, hospital)

    def _day(self, text: str) -> date | None:
        """`2018-02-01`, with or without a time; empty (`xsi:nil`) is None."""
        if not text:
            return None
        try:
            return date.fromisoformat(text[:10])
        except ValueError:
            raise self._wrong(self.parser.CurrentLineNumber, "a date is not written as 2018-02-01") from None
