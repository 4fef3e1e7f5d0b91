"""Whether a text tells who somebody is: by a national number, a phone number or an e-mail address that stands in it."""

from __future__ import annotations

import re
from collections.abc import Collection

from bridgework.belgium import insz
from bridgework.mapping import contact

_ELEVEN = re.compile(r"(?<!\d)\d(?:[\s./_-]{0,3}\d){10}(?!\d)")
_ENOUGH_DIGITS = 8
_SHARE = 0.02  # of the different cells; by chance the check digits of one in 400 other numbers of 11 digits fit


def holds_insz(text: str) -> bool:
    """Whether a valid INSZ or BIS number stands anywhere in a text, or is what a spreadsheet left of one."""
    return insz.read(text).number is not None or any(
        insz.read(found[0]).number is not None for found in _ELEVEN.finditer(text)
    )


def tells_who(text: str) -> bool:
    """Whether a text holds a national number, a phone number or an e-mail address."""
    if "@" in text and contact.emails_in(text)[0]:
        return True
    if sum(map(str.isdigit, text)) < _ENOUGH_DIGITS:
        return False
    return holds_insz(text) or bool(contact.phones_in(text).numbers)


def are_national_numbers(cells: Collection[str]) -> bool:
    """Whether the cells of a column look like national numbers, or some of them hold one."""
    different = {text for cell in cells if (text := cell.strip())}
    return bool(different) and sum(map(holds_insz, different)) >= _SHARE * len(different)
