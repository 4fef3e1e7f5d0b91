"""Whether a text tells who somebody is: by a national number, a phone number or an e-mail address that stands in it."""

from __future__ import annotations

import re
from collections.abc import Collection

from bridgework.belgium import insz
from bridgework.mapping import contact

_ELEVEN = re.compile(r"(?<![\d+])\d(?:[\s./_-]{0,3}\d){10}(?!\d)")  # behind a plus it is a phone number
_ENOUGH_DIGITS = 8

# Of the different cells. The check digits of one in 50 other numbers of 11 digits fit, and of Belgian phone numbers
# that lost their plus in a spreadsheet one in 150 has a possible birth date too.
_SHARE, _LEAST = 0.1, 2


def holds_insz(text: str) -> bool:
    """Whether a valid INSZ or BIS number stands anywhere in a text, or is what a spreadsheet left of one."""
    return _is_insz(text) or any(_is_insz(found[0]) for found in _ELEVEN.finditer(text))


def _is_insz(text: str) -> bool:
    """Whether it is one with a birth date, or with a month or day that is not known (00)."""
    number = insz.read(text).number
    return (
        number is not None
        and not text.startswith("+")
        and (number.birth_date is not None or "00" in {number.digits[2:4], number.digits[4:6]})
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
    least = max(_SHARE * len(different), min(_LEAST, len(different)), 1)
    return sum(map(holds_insz, different)) >= least
