"""Phones, e-mails and postal codes: what cannot be read, and what several patients share."""

from __future__ import annotations

from collections import Counter

from bridgework.mapping.contact import emails_in, phones_in
from bridgework.practice.rows import SourceRecord
from bridgework.quality.state import State
from bridgework.quality.texts import is_nothing


class Contacts:
    """How the people of one object are reached."""

    def __init__(self, state: State, object_: str) -> None:
        """Make the columns ready."""
        columns = state.columns[object_]
        self._tally, self._object = state.tally, object_
        self._phones = [header for _, header in columns.by_transform("phones")]
        self._emails = [header for _, header in columns.by_transform("emails")]
        people = object_ == "patient"
        self._mobile = columns.one("mobile") if people else ""
        self._email = columns.one("email") if people else ""
        self._holders: dict[str, Counter[int]] = {"phone": Counter(), "email": Counter()}
        self._second: dict[str, str] = {}

    def see(self, row: SourceRecord) -> None:
        for header in self._phones:
            text = row.values.get(header, "").strip()
            if text and not is_nothing(text):
                self._phone(row, header, text)
        for header in self._emails:
            text = row.values.get(header, "").strip()
            if text and not is_nothing(text):
                self._address(row, header, text)

    def end(self) -> None:
        shared = (("phone", "PATIENTS-SHARE-PHONE", self._mobile), ("email", "PATIENTS-SHARE-EMAIL", self._email))
        for kind, code, header in shared:
            counts = [count for count in self._holders[kind].values() if count > 1]
            if counts:
                self._tally.add_other(code, self._object, header, self._second[kind], sum(counts))
                text = f"{len(counts):,} are shared, one of them by {max(counts)}"
                self._tally.detail(code, self._object, header, text)

    def _phone(self, row: SourceRecord, header: str, text: str) -> None:
        cell = phones_in(text)
        if not cell.numbers:
            self._tally.add("PHONE-UNREADABLE", row, header, text)
        elif cell.remark:
            self._tally.add("PHONE-WITH-WORDS", row, header, text)
        if len(cell.numbers) > 1:
            self._tally.add("PHONES-IN-ONE-CELL", row, header, text)
        if header == self._mobile and cell.numbers:
            self._hold("phone", cell.numbers[0][0], row)

    def _address(self, row: SourceRecord, header: str, text: str) -> None:
        addresses, rest = emails_in(text)
        if rest or not addresses:
            self._tally.add("EMAIL-UNREADABLE", row, header, text)
        if len(addresses) > 1:
            self._tally.add("EMAILS-IN-ONE-CELL", row, header, text)
        if header == self._email and addresses:
            self._hold("email", addresses[0], row)

    def _hold(self, kind: str, value: str, row: SourceRecord) -> None:
        holders, known = self._holders[kind], hash(value)
        holders[known] += 1
        if holders[known] == 2 and kind not in self._second:
            self._second[kind] = f"{row.file}:{row.line}"
