"""Counts what the checks find, by code, object and column, and makes findings of it: no value is ever kept here."""

from __future__ import annotations

from dataclasses import dataclass

from bridgework.practice.rows import SourceRecord, StagedRows
from bridgework.quality.registry import checks
from bridgework.reports.masking import mask
from bridgework.store.notes import Finding, Severity

STAGE = "quality"


@dataclass(slots=True)
class _Found:
    count: int = 0
    example: str = ""
    row_no: int = 0
    detail: str = ""


class Tally:
    """What was found so far."""

    def __init__(self, rows: StagedRows) -> None:
        """Begin with nothing; `rows` finds the file and line of examples that are known by their number."""
        self._rows = rows
        self._found: dict[tuple[str, str, str], _Found] = {}

    def add(self, code: str, row: SourceRecord, header: str = "", shown: str = "", count: int = 1) -> None:
        """Count one record; of the first one its place is kept, and the shape of `shown`, never its letters."""
        one = self._of(code, row.object, header)
        if not one.count:
            one.example = f"{row.file}:{row.line}" + (f" ({mask(shown)})" if shown else "")
        one.count += count

    def add_number(self, code: str, object_: str, row_no: int, header: str = "", count: int = 1) -> None:
        """Count one record that is known by its number only."""
        one = self._of(code, object_, header)
        if not one.count:
            one.row_no = row_no
        one.count += count

    def add_other(self, code: str, object_: str, header: str, example: str, count: int = 1) -> None:
        """Count something that is no record of the practice, such as a file."""
        one = self._of(code, object_, header)
        if not one.count:
            one.example = example
        one.count += count

    def detail(self, code: str, object_: str, header: str, text: str, *, more: bool = False) -> None:
        """What more there is to say in a finding: sums and years, never a value; `more` keeps what was said."""
        if one := self._found.get((code, object_, header)):
            one.detail = f"{one.detail}; {text}" if more and one.detail else text

    def findings(self) -> list[Finding]:
        """The findings, the gravest first."""
        rank: dict[Severity, int] = {"stop": 0, "warn": 1, "info": 2}
        made = [self._finding(*key, one) for key, one in self._found.items()]
        return sorted(made, key=lambda one: (rank[one.severity], one.object, one.code, one.field))

    def _of(self, code: str, object_: str, header: str) -> _Found:
        return self._found.setdefault((code, object_, header), _Found())

    def _finding(self, code: str, object_: str, header: str, one: _Found) -> Finding:
        check = checks()[code]
        example = one.example
        if one.row_no:
            example = next((f"{row.file}:{row.line}" for row in self._rows.by_row_nos(object_, [one.row_no])), "")
        what = f"{check.what}: {one.detail}" if one.detail else check.what
        return Finding(STAGE, code, object_, header, check.severity, one.count, example, what, check.next_step)
