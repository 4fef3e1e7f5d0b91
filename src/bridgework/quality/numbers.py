"""Numbers with check digits beside those of patients and providers, and postal codes: accounts, enterprises, OGM."""

from __future__ import annotations

from collections.abc import Callable

from bridgework.belgium import enterprise, iban, ogm, postal_codes
from bridgework.mapping.words import word_key
from bridgework.practice.rows import SourceRecord
from bridgework.quality.state import State, options
from bridgework.quality.texts import is_nothing

_OGM = dict.fromkeys(("WRONG_CHECK", "WRONG_LENGTH", "DIGITS_LOST"), "OGM-WRONG")
_IBAN = dict.fromkeys(("WRONG_CHECK", "WRONG_LENGTH", "NOT_IBAN"), "IBAN-WRONG") | {"OLD_NUMBER": "IBAN-OLD"}
_ENTERPRISE = dict.fromkeys(("WRONG_CHECK", "WRONG_LENGTH", "NOT_A_NUMBER"), "ENTERPRISE-WRONG")
# concept → the reader's verdict, and which of them is which code
_READERS: dict[str, tuple[Callable[[str], str], dict[str, str]]] = {
    "ogm": (lambda text: ogm.read(text).verdict, _OGM),
    "iban": (lambda text: iban.read(text).verdict, _IBAN),
    "registration_number": (lambda text: enterprise.read(text).verdict, _ENTERPRISE),
}


class Numbers:
    """The numbers and the postal code of one object."""

    def __init__(self, state: State, object_: str) -> None:
        """Make the columns ready."""
        columns = state.columns[object_]
        self._tally = state.tally
        self._columns = [
            (header, verdict, codes) for name, (verdict, codes) in _READERS.items() for header in columns.many((name,))
        ]
        self._postal, self._city, self._country = (columns.one(one) for one in ("postal_code", "city", "country"))
        self._countries = options("country")

    def see(self, row: SourceRecord) -> None:
        for header, verdict, codes in self._columns:
            text = row.values.get(header, "").strip()
            if text and not is_nothing(text) and (code := codes.get(verdict(text))):
                self._tally.add(code, row, header, text)
        if self._postal:
            self._place(row)

    def end(self) -> None:
        """All is said."""

    def _place(self, row: SourceRecord) -> None:
        text, city = row.values.get(self._postal, "").strip(), row.values.get(self._city, "").strip()
        country = row.values.get(self._country, "").strip()
        if not text or is_nothing(text) or (country and self._countries.get(word_key(country)) != "Belgium"):
            return
        found = postal_codes.read(text)
        if found.verdict in {"UNKNOWN_CODE", "NOT_A_CODE"}:
            self._tally.add("POSTAL-CODE-UNKNOWN", row, self._postal, text)
        elif found.code and city and postal_codes.fit(found.code, city) == "OTHER_CITY":
            self._tally.add("POSTAL-CODE-AND-CITY", row, self._city)
