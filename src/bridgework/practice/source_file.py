"""One file of an export, and how it is to be read: what discovery proposes, and a person may correct."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from bridgework.errors import UsageError

Format = Literal["csv", "xlsx", "api"]
HeaderIs = Literal["there", "missing", "doubtful", "said"]


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One table of the export: a delimited text file, or one sheet of a workbook.

    `relative` names it to people and in the store: the path below the export folder with `/`, and `#Sheet` behind it
    where a workbook has several sheets with data. `encoding`, `delimiter` and `newline` are empty for a sheet.
    `data_position` is where the first record begins: a byte offset, or the index of a row in the sheet.
    `needed_width` is the number of cells that a row cannot do without: shorter rows are broken, not just trimmed.
    `may_trail` says that empty cells behind the last column mean nothing; else they show that the cells have moved.
    `quotes` says whether a quote may wrap a cell, `fallback` in which codecs a cell may be beside the file's.
    `header_is` says whether the file has a header: surely, surely not, doubtfully, or as a person says.
    `written` is the header as it stands in the file, where columns go by other names. `why` has the reason of each
    proposal, in words. `sample` holds the first rows; it is for proposals, never for show.
    """

    path: Path
    relative: str
    format: Format
    encoding: str
    delimiter: str
    newline: str
    language: str
    header: tuple[str, ...]
    sheet: str
    data_position: int
    data_line: int
    needed_width: int
    may_trail: bool
    size: int
    modified_ns: int
    why: tuple[str, ...]
    sample: tuple[tuple[str, ...], ...] = field(repr=False)
    header_is: HeaderIs = "there"
    quotes: bool = True
    fallback: tuple[str, ...] = ()
    written: tuple[str, ...] = ()

    def called(self, names: Mapping[str, str], first: str) -> SourceFile:
        """The file with columns by other names, which mean the same in the `first` file of its object."""
        why = tuple(f"column {header} is called {name}, as in {first}" for header, name in names.items())
        header = tuple(names.get(one, one) for one in self.header)
        return replace(self, header=header, written=self.header, why=(*self.why, *why))

    @property
    def reading(self) -> dict[str, Any]:
        """How it is read, beyond encoding, delimiter and header: as the store keeps it, to know when that changes."""
        return {
            "begins": [self.data_position, self.data_line],
            "needed": self.needed_width,
            "trails": self.may_trail,
            "newline": self.newline,
            "sheet": self.sheet,
            "quotes": self.quotes,
            "fallback": list(self.fallback),
        }


def cannot_be_read(relative: str, error: OSError) -> UsageError:
    """The error for a file of the export that is there and cannot be read, or that went away while it was."""
    return UsageError(
        "PRACTICE-UNREADABLE",
        "A file of the export cannot be read.",
        where=relative,
        why=error.strerror or type(error).__name__,
        next_step="close the program that has it open, or let this user read it; then run the same command again",
    )
