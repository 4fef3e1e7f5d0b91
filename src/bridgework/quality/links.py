"""Rows that name a record which is not there: orphans, links in words, and rows that name nobody."""

from __future__ import annotations

import re

from bridgework.belgium import mutualities
from bridgework.practice.rows import SourceRecord
from bridgework.quality.keys import Keys
from bridgework.quality.state import State
from bridgework.quality.texts import is_nothing

_WITHOUT = {
    "appointment.patient_number": "APPOINTMENT-WITHOUT-PATIENT",
    "appointment.provider_number": "APPOINTMENT-WITHOUT-PROVIDER",
    "treatment.patient_number": "ROW-WITHOUT-PATIENT",
    "invoice.patient_number": "ROW-WITHOUT-PATIENT",
    "document.patient_number": "ROW-WITHOUT-PATIENT",
    "communication.patient_number": "ROW-WITHOUT-PATIENT",
    "invoice_line.invoice_number": "LINE-WITHOUT-INVOICE",
}
_GONE = {
    "patient.head_of_family": "HEAD-OF-FAMILY-GONE",
    "invoice.payer_number": "PAYER-GONE",
}
# A name, and not the number of a record: no digits, or two words.
_IN_WORDS = re.compile(r"\D+|.*[^\W\d]{2,}\s+[^\W\d]{2,}.*", re.DOTALL)
_FEW, _HALF = 20, 0.5
# The links without which a practice is no practice; others may be names, or numbers of another program.
_CARRYING = frozenset({"patient_number", "invoice_number"})


class _Link:
    """One column that names records of another object."""

    def __init__(self, state: State, concept: str, header: str, other: str) -> None:
        self.state, self.header, self.other = state, header, other
        self._object, _, name = concept.partition(".")
        self._carries = name in _CARRYING
        self._empty = _WITHOUT.get(concept, "")
        self._gone = _GONE.get(concept, f"NO-SUCH-{other.upper()}")
        self._keys: Keys | None = None
        self._named = self._lost = self._row_no = 0

    def see(self, row: SourceRecord, text: str) -> None:
        if not text:
            if self._empty:
                self.state.tally.add(self._empty, row, self.header)
            return
        if self._keys is None:
            self._keys = self.state.keys(self.other)
        self._named += 1
        if self._keys.find(text) < 0:
            self._missed(self._keys, row, text)

    def _missed(self, keys: Keys, row: SourceRecord, text: str) -> None:
        tally = self.state.tally
        number = mutualities.number_in(text) if self.other == "insurer" else ""
        if is_nothing(text) or (number and keys.find(number) >= 0):
            return
        if keys.is_aside(text):
            tally.add("NAMES-SET-ASIDE", row, self.header)
        elif _IN_WORDS.fullmatch(text):
            tally.add("NAMED-IN-WORDS", row, self.header)
            return
        else:
            tally.add(self._gone, row, self.header)
        self._row_no = self._row_no or row.row_no
        self._lost += 1

    def end(self) -> None:
        """Links that are broken by the half are another export's, not a few lost records."""
        if self._carries and self._lost > max(_FEW, self._named * _HALF):
            self.state.tally.add_number("LINKS-BROKEN", self._object, self._row_no, self.header)
            text = f"{self._lost:,} of {self._named:,} name no {self.other} of this export"
            self.state.tally.detail("LINKS-BROKEN", self._object, self.header, text)


class Links:
    """All links of one object."""

    def __init__(self, state: State, object_: str) -> None:
        """Make those ready whose other side is in the export."""
        self._links = [
            _Link(state, f"{object_}.{name}", header, other)
            for name, header, other in state.columns[object_].links()
            if other in state.columns
        ]

    def see(self, row: SourceRecord) -> None:
        for link in self._links:
            link.see(row, row.values.get(link.header, "").strip())

    def end(self) -> None:
        for link in self._links:
            link.end()
