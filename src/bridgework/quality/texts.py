"""Texts that are not what was meant: misread letters, words for nothing, zero bytes, spaces around."""

from __future__ import annotations

import re
from functools import cache

from bridgework.practice.rows import SourceRecord
from bridgework.quality.days import words_for_nothing
from bridgework.quality.state import State

# Where a sign is text and not a word for nothing; and where 9999 is no number.
_FREE = frozenset({"remark", "medical_history", "text", "subject", "label", "title", "reason", "filter", "template"})
_NO_NUMBERS = frozenset({"membership_number", "policy_number", "insz", "last_name", "first_name"})
_NUMBERED = frozenset({"house_number", "box"})
_NINES = frozenset({"9999", "99999", "999999", "9999999", "0000", "00000", "000000"})

_WALL = "\x1f"
_ODD = ("\0", f"{_WALL} ", f" {_WALL}", f"{_WALL}\u00a0", f"\u00a0{_WALL}")
_LEADS = re.compile("[\u00c2-\u00c5\u00e2]")  # what the first byte of UTF-8 looks like in cp1252
# Letters with accents of DOS (cp850) in cp1252: signs that stand in no word.
_DOS = re.compile(
    "(?<=[a-z])[\u201a\u0160\u2021\u02c6\u2030\u2039\u0152\u0192\u201e\x81]"
    "|(?<=[a-z])[\u201c\u201d\u00a2\u00a3\u00a4\u00a1](?=[a-z])"
)


def unmangled(text: str) -> str | None:
    """The text that was meant where UTF-8 was read as cp1252 (`RenÃ©e`); None where it was not."""
    if not _LEADS.search(text):
        return None
    try:
        raw = b"".join(_byte(letter) for letter in text)
        return raw.decode()
    except UnicodeError:
        return None


def _byte(letter: str) -> bytes:
    return bytes([ord(letter)]) if "\x7f" < letter < "\xa0" else letter.encode("cp1252")


@cache
def _words() -> frozenset[str]:
    """Words for nothing, in the three ways in which people write them."""
    return frozenset(form for word in words_for_nothing() for form in (word, word.upper(), word.capitalize()))


def is_nothing(text: str) -> bool:
    """Whether a cell holds a word for nothing known."""
    return text in _words() or text in _NINES


class Texts:
    """Every cell of an object."""

    def __init__(self, state: State, object_: str) -> None:
        """Know where words for nothing are looked for."""
        self._tally = state.tally
        columns = state.columns[object_]
        free = set(columns.many(_FREE))
        self._free = free
        self._amounts = {header for _, header in columns.by_transform("money")}
        texts = columns.by_transform("name", "address", "phones", "emails")
        self._no_numbers = {header for name, header in texts if name not in _NUMBERED}
        self._no_numbers |= set(columns.many(_NO_NUMBERS))

    def see(self, row: SourceRecord) -> None:
        values = row.values
        joined = f"{_WALL}{_WALL.join(values.values())}{_WALL}"
        if not joined.isascii():
            self._letters(row)
        if any(odd in joined for odd in _ODD):
            self._odd(row)
        if not (_words().isdisjoint(values.values()) and _NINES.isdisjoint(values.values())):
            self._nothing(row)

    def end(self) -> None:
        """All is said."""

    def _letters(self, row: SourceRecord) -> None:
        for header, text in row.values.items():
            if text.isascii() or header in self._amounts:
                continue
            if unmangled(text) is not None:
                self._tally.add("MISREAD-LETTERS", row, header)
            elif _DOS.search(text):
                self._tally.add("DOS-LETTERS", row, header)

    def _odd(self, row: SourceRecord) -> None:
        for header, text in row.values.items():
            if "\0" in text:
                self._tally.add("ZERO-BYTES", row, header)
            if text != text.strip() and text.strip():
                self._tally.add("SPACES-AROUND", row, header)

    def _nothing(self, row: SourceRecord) -> None:
        for header, text in row.values.items():
            if (text in _words() and header not in self._free) or (text in _NINES and header in self._no_numbers):
                self._tally.add("WORD-FOR-NOTHING", row, header, text)
