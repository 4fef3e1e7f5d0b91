"""Providers, referrers and insurers: their numbers, and who is there twice."""

from __future__ import annotations

import re

from bridgework.belgium import mutualities, nomenclature, riziv
from bridgework.practice.rows import SourceRecord
from bridgework.quality.patients import mutuality_codes
from bridgework.quality.state import State
from bridgework.quality.texts import is_nothing

_IN_NAME = re.compile(r"(?<!\d)[1-9][-/. ]?\d{5}[-/. ]?\d{2}(?:[-/. ]?\d{3})?(?!\d)")


class Providers:
    """The providers, or the referrers."""

    def __init__(self, state: State, object_: str, known: dict[str, str]) -> None:
        """`known` is who has which first eight digits: shared by providers and referrers."""
        columns = state.columns[object_]
        self._tally, self._object, self._known = state.tally, object_, known
        self._riziv, self._names = columns.one("riziv"), columns.many(("last_name", "first_name"))

    def see(self, row: SourceRecord) -> None:
        text = row.values.get(self._riziv, "").strip()
        if text and not is_nothing(text):
            self._number(row, text)
        for header in self._names:
            if _IN_NAME.search(row.values.get(header, "")):
                self._tally.add("RIZIV-IN-NAME", row, header)

    def end(self) -> None:
        """All is said."""

    def _number(self, row: SourceRecord, text: str) -> None:
        found = riziv.read(text)
        if found.number is None:
            code = "CODE-IN-RIZIV" if nomenclature.read(text).verdict == "VALID" else "RIZIV-WRONG"
            self._tally.add(code, row, self._riziv, text)
            return
        if found.verdict == "SHORT":
            self._tally.add("RIZIV-SHORT", row, self._riziv, text)
        holder = self._known.setdefault(found.number.identity, self._object)
        if self._known.get(f"{found.number.identity}/{self._object}"):
            self._tally.add("PROVIDER-TWICE", row, self._riziv)
        elif holder != self._object:
            self._tally.add("REFERRER-IS-PROVIDER", row, self._riziv)
        self._known[f"{found.number.identity}/{self._object}"] = self._object


class Hygienists:
    """The number of the hygienist in a treatment."""

    def __init__(self, state: State) -> None:
        """Make the column ready."""
        self._tally, self._header = state.tally, state.columns["treatment"].one("hygienist_riziv")

    def see(self, row: SourceRecord) -> None:
        text = row.values.get(self._header, "").strip()
        if text and not is_nothing(text) and riziv.read(text).number is None:
            self._tally.add("RIZIV-WRONG", row, self._header, text)

    def end(self) -> None:
        """All is said."""


class Insurers:
    """The insurers' own rows."""

    def __init__(self, state: State) -> None:
        """Make the columns ready."""
        columns = state.columns["insurer"]
        self._tally = state.tally
        self._number, self._name, self._union = (columns.one(name) for name in ("number", "name", "union"))

    def see(self, row: SourceRecord) -> None:
        number, name, union = (row.values.get(one, "").strip() for one in (self._number, self._name, self._union))
        for code in mutuality_codes(number) if number else ():
            self._tally.add(code, row, self._number, number)
        own = mutualities.union_of(number)
        for header, text in ((self._name, name), (self._union, union)):
            other = mutualities.union_of(text) if text else None
            if own is not None and other is not None and other != own:
                self._tally.add("MUTUALITY-OTHER-UNION", row, header)

    def end(self) -> None:
        """All is said."""
