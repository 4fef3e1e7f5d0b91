"""Whether two texts of a cell say the same, and in which columns two states of a record differ.

Between files of the same format a cell is the same if its text is. A workbook knows dates, numbers and truth values
where a text file has their text: between the two, a cell is the same also if both are the same date, number or truth
value. Days come before months, as in every Belgian export.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

_LINE_ENDS = re.compile(r"\r\n?")
_ISO = re.compile(r"(\d{4})-(\d\d?)-(\d\d?)(?:[ T](\d\d?):(\d\d)(?::(\d\d)(?:\.\d+)?)?)?")
_BELGIAN = re.compile(r"(\d\d?)[/.-](\d\d?)[/.-](\d{4})(?:[ T](\d\d?)[:.u](\d\d)(?:[:.](\d\d))?)?")
_CLOCK = re.compile(r"(\d\d?)[:.u](\d\d)(?::(\d\d))?")
_NUMBER = re.compile(r"(-?)(\d{1,3}(?:\.\d{3})+|\d+)(?:,(\d+))?(-?)")
_POINTED = re.compile(r"-?\d+\.\d+")
_TRUE = frozenset({"true", "waar", "vrai", "1", "-1", "j", "ja", "o", "oui", "x"})
_FALSE = frozenset({"false", "onwaar", "faux", "0", "n", "nee", "neen", "non"})
_TYPED = frozenset({"true", "false"})


def differing(then: Mapping[str, str], now: Mapping[str, str], *, same_format: bool) -> tuple[str, ...]:
    """The headers, of those that both states have, in whose cells they differ."""
    if then == now:
        return ()
    return tuple(
        header
        for header, text in now.items()
        if (before := then.get(header)) is not None and not _same(before, text, same_format=same_format)
    )


def _same(then: str, now: str, *, same_format: bool) -> bool:
    if then == now:
        return True
    if "\r" in then or "\r" in now:
        then, now = _LINE_ENDS.sub("\n", then), _LINE_ENDS.sub("\n", now)
    return then == now or (not same_format and _same_value(then.strip(), now.strip()))


def _same_value(then: str, now: str) -> bool:
    if then == now:
        return True
    if (numbers := _numbers(then)) and (others := _numbers(now)):
        return not numbers.isdisjoint(others)
    for read in (_moment, _time):
        first, second = read(then), read(now)
        if first is not None and second is not None:
            return first == second
    one, other = then.casefold(), now.casefold()
    if not {one, other} & _TYPED:
        return False
    return {one, other} <= _TRUE or {one, other} <= _FALSE


def _numbers(text: str) -> set[Decimal]:
    """What a text can be as a number: 1.234 is one thing to a workbook, and another in a Belgian text file."""
    plain = text.replace("€", "").replace("\xa0", "").replace(" ", "")
    found = {Decimal(plain)} if _POINTED.fullmatch(plain) else set()
    if belgian := _NUMBER.fullmatch(plain):
        before, whole, part, behind = belgian.groups()
        sign = "-" if before or behind else ""
        found.add(Decimal(f"{sign}{whole.replace('.', '')}.{part or 0}"))
    return found


def _moment(text: str) -> datetime | None:
    if found := _ISO.fullmatch(text):
        year, month, day, *clock = found.groups()
    elif found := _BELGIAN.fullmatch(text):
        day, month, year, *clock = found.groups()
    else:
        return None
    try:
        hour, minute, second = (int(part or 0) for part in clock)
        return datetime(int(year), int(month), int(day), hour, minute, second)  # noqa: DTZ001 - both are local
    except ValueError:
        return None


def _time(text: str) -> tuple[int, ...] | None:
    found = _CLOCK.fullmatch(text)
    return None if found is None else tuple(int(part or 0) for part in found.groups())
