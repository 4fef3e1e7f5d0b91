"""Several words for the same choice in one column: `J` and `Ja`, `M` and `Dhr`."""

from __future__ import annotations

from bridgework.mapping import cells
from bridgework.mapping.words import word_key
from bridgework.practice.rows import SourceRecord
from bridgework.quality.forms import Forms
from bridgework.quality.state import State, options


class Choices:
    """The columns of yes and no, and of the sex."""

    def __init__(self, state: State, object_: str) -> None:
        """Make the columns ready: for each, the forms of each meaning."""
        columns = state.columns[object_]
        yes_or_no = dict.fromkeys(cells.YES, "yes") | dict.fromkeys(cells.NO, "no")
        words = {header: yes_or_no for _, header in columns.by_transform("boolean")}
        words |= {header: options("sex") for header in columns.many(("sex",))}
        self._columns = [
            (header, meant, {one: Forms(state.tally, "WORD-FORMS", object_, header) for one in set(meant.values())})
            for header, meant in words.items()
        ]

    def see(self, row: SourceRecord) -> None:
        for header, meant, forms in self._columns:
            text = row.values.get(header, "").strip()
            if text and (meaning := meant.get(text.casefold()) or meant.get(word_key(text))):
                # Only words of the known lists are remembered, which are nobody's.
                forms[meaning].add(text.casefold(), row)

    def end(self) -> None:
        for _, _, forms in self._columns:
            for one in sorted(forms):
                forms[one].end()
