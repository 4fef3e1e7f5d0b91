"""Amounts of every object: text where an amount should be, and several ways of writing them."""

from __future__ import annotations

import re
from decimal import Decimal

from bridgework.mapping import cells
from bridgework.practice.rows import SourceRecord
from bridgework.quality.forms import Forms
from bridgework.quality.state import State
from bridgework.quality.texts import is_nothing

_DIGITS = re.compile(r"\d+")
_MOST_KEPT = 20_000
_PLAIN = re.compile(r"(-?)(\d+),(\d\d)", re.ASCII)


def cents(text: str) -> int | None:
    """An amount in cents; None where there is none, or it cannot be read."""
    if match := _PLAIN.fullmatch(text):
        value = int(match[2]) * 100 + int(match[3])
        return -value if match[1] else value
    bare = text.strip()
    value_ = cells.amount(bare) if bare else None
    return None if value_ is None else int((value_ * 100).to_integral_value(rounding="ROUND_HALF_UP"))


class Amounts:
    """The amounts of one object."""

    def __init__(self, state: State, object_: str) -> None:
        """Make the columns ready."""
        self._tally = state.tally
        self._columns = [
            (header, Forms(state.tally, "AMOUNT-FORMS", object_, header))
            for _, header in state.columns[object_].by_transform("money")
        ]
        self._known: dict[str, str] = {}

    def see(self, row: SourceRecord) -> None:
        for header, forms in self._columns:
            text = row.values.get(header)
            if not text:
                continue
            form = self._known.get(text)
            if form is None:
                form = self._form(text)
            if form:
                forms.add(form, row)
            elif text.strip() and not is_nothing(text.strip()):
                self._tally.add("TEXT-IN-AMOUNT", row, header, text)

    def end(self) -> None:
        for _, forms in self._columns:
            forms.end()

    def _form(self, text: str) -> str:
        if len(self._known) >= _MOST_KEPT:
            self._known.clear()
        bare = text.strip()
        value: Decimal | None = cells.amount(bare) if bare else None
        form = "" if value is None else _DIGITS.sub("9", bare.removeprefix("-"))
        self._known[text] = form
        return form
