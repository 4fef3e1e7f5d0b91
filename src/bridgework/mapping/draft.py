"""A record while the cells of one row fill it; and what becomes of text that fits nowhere."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from bridgework.mapping.mojibake import has_mojibake, mended
from bridgework.mapping.target import (
    LONGEST_TEXT,
    MISFITS,
    REMARKS,
    Claim,
    FieldFinding,
    FileRef,
    Reference,
    add_line,
    finding,
)

# NUL and lone halves of surrogate pairs: PostgreSQL takes neither.
_BAD = re.compile("[\x00\ud800-\udfff]")


def clean(text: str) -> str:
    """The text without characters that no database takes, its line breaks as one sign."""
    return _BAD.sub("", text).strip().replace("\r\n", "\n")


class Draft:
    """The values, links and findings of one row so far."""

    __slots__ = (
        *("cells", "claims", "drops", "file", "findings", "key", "misfits", "parts"),
        *("references", "repairs", "values"),
    )

    def __init__(
        self, key: str, cells: Mapping[str, str], repairs: Collection[str] = (), *, drops: bool = False
    ) -> None:
        """Begin with nothing but the row; `repairs` are those that the map asks for.

        `drops`: cells that do not fit are counted and not kept, and no other line takes their text.
        """
        self.key, self.cells, self.repairs, self.drops = key, cells, repairs, drops
        self.misfits: set[str] = set()
        self.values: dict[str, Any] = {}
        self.parts: dict[str, Any] = {}
        self.references: list[Reference] = []
        self.claims: list[Claim] = []
        self.findings: list[FieldFinding] = []
        self.file: FileRef | None = None

    def cell(self, column: str) -> str:
        """The cell's text without spaces around it and without characters that no database takes."""
        text = self.cells.get(column)
        if not text or column in self.misfits:
            return ""
        bare = text.strip()
        if len(bare) != len(text) and bare:
            self.note("SPACES-REMOVED", column)
        if has_mojibake(bare):
            bare = self._mojibake(column, bare)
        if bare.isprintable():
            return bare
        if _BAD.search(bare):
            self.note("BAD-CHARACTER", column)
        return clean(bare)

    def _mojibake(self, column: str, text: str) -> str:
        if "mojibake" not in self.repairs:
            self.note("MOJIBAKE", column)
            return text
        self.keep(column, clean(text), "MOJIBAKE-REPAIRED")
        return mended(text)

    def note(self, code: str, column: str, *, kept: bool = True) -> None:
        """Add a finding, once."""
        one = finding(code, column, kept=kept)
        if one not in self.findings:
            self.findings.append(one)

    def keep(self, column: str, text: str, code: str) -> None:
        """Keep a cell that fits nowhere in the import remarks, word for word, unless the map drops it; and say so."""
        self.note(code, column, kept=not self.drops)
        if self.drops:
            self.misfits |= {column} if code in MISFITS else set()
            return
        self.line(REMARKS, column, f"{column}: {text}")

    def line(self, field: str, column: str, line: str) -> None:
        """Add a line to a text field."""
        add_line(self.values, field, line)
        if len(self.values[field]) >= LONGEST_TEXT:
            self.note("TRUNCATED", column)

    def fit(self, column: str, text: str) -> str:
        """The text, at the length that Twenty takes; the rest goes to the import remarks as far as they have room."""
        if len(text) <= LONGEST_TEXT:
            return text
        self.keep(column, text[LONGEST_TEXT:], "TRUNCATED")
        return text[:LONGEST_TEXT]
