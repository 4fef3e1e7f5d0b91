"""The staged rows that a run is about: all for the load, a list of its own for a sample, a pass or a retry."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

from bridgework.practice.rows import SourceRecord, StagedRows
from bridgework.store import Store
from bridgework.store.ledger import Ledger

_PAGE = 500


class Rows(Protocol):
    """Rows by source object, in the order of their numbers."""

    def iterate(self, object_: str, after_row_no: int = 0) -> Iterator[SourceRecord]:
        """The records behind a row number."""

    def by_row_nos(self, object_: str, row_nos: Iterable[int]) -> list[SourceRecord]:
        """The records with these row numbers, of those that are there."""

    def count_after(self, object_: str, row_no: int) -> int:
        """How many come behind a row number."""


class RunRows:
    """Those that are listed for one run; see `store.tables.run_row`."""

    def __init__(self, store: Store, run: Ledger) -> None:
        """The rows of this run."""
        self._staged, self._run = StagedRows(store), run

    def iterate(self, object_: str, after_row_no: int = 0) -> Iterator[SourceRecord]:
        """The listed records behind a row number; one that is not staged any more is left out."""
        while numbers := self._run.rows(object_, after_row_no, _PAGE):
            yield from self._staged.by_row_nos(object_, numbers)
            after_row_no = numbers[-1]

    def count_after(self, object_: str, row_no: int) -> int:
        """How many listed rows come behind a row number."""
        return self._run.row_counts(row_no).get(object_, 0)

    def by_row_nos(self, object_: str, row_nos: Iterable[int]) -> list[SourceRecord]:
        """The records with these row numbers."""
        return self._staged.by_row_nos(object_, row_nos)
