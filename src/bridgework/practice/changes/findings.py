"""What a person must look at before changes are loaded: what is missing, what is gone in numbers, other columns."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from bridgework.practice.changes.passes import Sums
from bridgework.store.notes import Finding, Severity

FILE_MISSING = "EXPORT-FILE-MISSING"
MANY_GONE = "CHANGES-MANY-GONE"
GONE_UNSURE = "CHANGES-GONE-UNSURE"
COLUMN_MISSING = "CHANGES-COLUMN-MISSING"
COLUMN_NEW = "CHANGES-COLUMN-NEW"
INCOMPLETE = "CHANGES-INCOMPLETE"
ROWS_HELD = "CHANGES-ROWS-HELD"
WRITTEN_OTHERWISE = "CHANGES-WRITTEN-OTHERWISE"

GONE_SHARE = 0.2
"""More than this part of an object gone at once is rather an export that is not whole than a practice's day."""

GONE_ALLOWED = 10
"""So many may be gone of any object without a question: of five providers, one is a fifth."""


class Notes:
    """Collects the findings of one pass."""

    def __init__(self, stage: str) -> None:
        """They belong to this stage."""
        self.stage = stage
        self.found: list[Finding] = []

    def file_missing(self, object_: str, file: str, rows: int) -> None:
        """A file that was staged is not in the export, nor is any of its rows."""
        what = "rows were staged from a file that the export does not have; they are left as they are"
        told = f"export it too; or say --without {object_} (not exported this time), or --gone {object_} (all gone)"
        self._add(FILE_MISSING, object_, file, "stop", rows, what, told)

    def many_gone(self, object_: str, sums: Sums) -> None:
        """More is gone than a practice deletes."""
        if sums.gone > GONE_ALLOWED and sums.gone > sums.then * GONE_SHARE:
            what = f"records of {sums.then:,} are gone at the source: rather an export that is not whole"
            told = f"export again; or, if they were deleted, say --gone {object_}"
            self._add(MANY_GONE, object_, "", "stop", sums.gone, what, told)

    def gone_unsure(self, object_: str, unknown: int) -> None:
        """Rows are gone, and there are damaged rows whose number cannot be read."""
        what = "more damaged rows than before have no readable number: rows that seem gone may be among them"
        told = f"see the quarantined rows, and export again; or say --gone {object_}"
        self._add(GONE_UNSURE, object_, "", "stop", unknown, what, told)

    def columns(self, object_: str, then: Iterable[str], now: Collection[str], told: Collection[str]) -> None:
        """Columns that came or went; a value that is no longer exported is not a value that was deleted."""
        before = list(dict.fromkeys(then))
        for header in before:
            if header not in now:
                rightly = f"{object_}.{header}" in told
                what = "the column is not in the export any more; its cells count as unchanged"
                next_step = f'export it too; or say --without "{object_}.{header}"'
                severity: Severity = "info" if rightly else "stop"
                self._add(COLUMN_MISSING, object_, header, severity, 1, what, "" if rightly else next_step)
        for header in now:
            if header not in before:
                what = "the column was not there when the practice was read; its cells count as unchanged"
                self._add(COLUMN_NEW, object_, header, "info", 1, what, "")

    def incomplete(self, object_: str, records: int) -> None:
        """Fewer records came than the API says there are."""
        what = "records did not come, of those that the API says there are; nothing is taken for gone"
        self._add(INCOMPLETE, object_, "", "warn", records, what, "try it again when nobody works at the practice")

    def held(self, object_: str, rows: int) -> None:
        """Rows that were good are damaged now."""
        if rows:
            what = "rows that were good are damaged in this reading; their last good state stays"
            self._add(
                ROWS_HELD, object_, "", "warn", rows, what, "see the quarantined rows; correct them at the source"
            )

    def written_otherwise(self, object_: str, file: str) -> None:
        """The same content is written in another way."""
        what = "the file is written otherwise than the one before; rows were compared cell by cell"
        self._add(WRITTEN_OTHERWISE, object_, file, "info", 1, what, "")

    def _add(
        self, code: str, object_: str, field: str, severity: Severity, count: int, what: str, next_step: str
    ) -> None:
        self.found.append(Finding(self.stage, code, object_, field, severity, count, "", what, next_step))
