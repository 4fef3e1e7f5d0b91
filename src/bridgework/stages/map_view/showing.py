"""How a preview shows a cell and what it becomes: by its shape, but words of pick-lists and options as they are.

A word that the map itself has in a pick-list is nobody's; any other is shown only to who asked to see values.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bridgework.mapping import standard
from bridgework.mapping.document import Line, MapDocument
from bridgework.mapping.labels import option_label
from bridgework.mapping.preview import as_it_is
from bridgework.mapping.target import FINDINGS
from bridgework.mapping.words import meanings, word_key
from bridgework.reports.masking import mask

_REMARKS = ("kept in the import remarks", "kept in the phone remarks")
_NOT_READ = frozenset({"PLACEHOLDER", "NOT-A-DATE", "NOT-A-TIME", "NOT-A-NUMBER", "NOT-AN-AMOUNT", "NOT-YES-OR-NO"})
"""Of these cells nothing is in the field: what stands there comes from elsewhere, such as the moment of the audit."""


class Showing:
    """Makes the texts of one line's examples."""

    def __init__(self, document: MapDocument, line: Line, *, show_values: bool) -> None:
        """Show patients' values only where somebody asked to see them."""
        self._plain = as_it_is if show_values else mask
        self._document, self._line = document, line
        field = document.field_def(line.object, line.field)
        known = (field.options or {}) if field else standard.OPTIONS.get(f"{line.object}.{line.field}", ())
        list_ = document.values.get(str(line.with_.get("values")), {})
        self._options = {*known, *list_}
        labels = known.values() if isinstance(known, Mapping) else ()
        self._words = {*meanings(list_), *map(word_key, (*known, *labels))}

    def cell(self, text: str) -> str:
        """The cell."""
        return text.strip() if word_key(text) in self._words else self._plain(text)

    def value(self, value: Any, codes: Sequence[str]) -> str:
        """What it becomes; a cell that does not fit says where it stays."""
        kept = next((one for code in codes for one in _REMARKS if one in FINDINGS[code]), "")
        if kept and (value in (None, "", {}) or _NOT_READ.intersection(codes)):
            return f"nothing; {kept}"
        if isinstance(value, str) and value in self._options:
            return option_label(self._document, self._line, value)
        if isinstance(value, Mapping) and isinstance(value.get("amountMicros"), int):
            return self._plain(_amount(value["amountMicros"], value.get("currencyCode")))
        return self._plain(value)


def _amount(micros: int, currency: Any) -> str:
    """An amount as Belgians write it: `€ 1.234,50`, `-€ 20,00`."""
    cents, rest = divmod(abs(micros), 10_000)
    whole = f"{cents // 100:,}".replace(",", ".")
    finer = f"{rest:04}".rstrip("0")
    sign = "€" if currency in {"EUR", None} else str(currency)
    return f"{'-' if micros < 0 else ''}{sign} {whole},{cents % 100:02}{finer}"
