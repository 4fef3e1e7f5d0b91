"""Which records a page holds and how a style says where the next one begins."""

from __future__ import annotations

import base64
import binascii
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from .export_format import DATE
from .live_table import BRUSSELS
from .styles import Style


class WrongParameter(ValueError):
    """A parameter that makes no sense; its text is for the answer."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a list call asks for. `begin`: how many records come before; with cursors, after which place it goes on."""

    begin: int
    size: int
    since: float | None

    def start(self, view: Sequence[int], style: Style) -> int:
        """The position in a view of the object at which the page begins."""
        return bisect_right(view, self.begin) if has_cursor(style) else self.begin

    def at(self, start: int, view: Sequence[int], style: Style) -> Asked:
        """The same, for a page that begins at another position."""
        if not has_cursor(style):
            return replace(self, begin=start)
        return replace(self, begin=view[start - 1] if start else -1)


def has_cursor(style: Style) -> bool:
    """Whether pages go on after a record, and not after so many."""
    return style.paging in {"cursor", "link"}


def asked(style: Style, given: Mapping[str, str]) -> Asked:
    """What the parameters of a call ask for. Raises WrongParameter."""
    size = _whole(style.size, given.get(style.size, str(style.page_size)), 1)
    if size > style.largest_page:
        if not style.cuts:
            raise WrongParameter(f"{style.size} goes to {style.largest_page}")
        size = style.largest_page
    begin = given.get(style.place)
    if has_cursor(style):
        place = -1 if begin is None else _opened(style, begin)
    elif style.paging == "offset":
        place = _whole(style.place, begin or "0", 0)
    else:
        first = style.first_page
        place = (_whole(style.place, begin or str(first), first) - first) * size
    since = given.get(style.since) if style.since else None
    return Asked(place, size, None if since is None else _moment(style, since))


def cursor(place: int) -> str:
    """Where to go on after the record at a place, as clients carry it about."""
    return base64.urlsafe_b64encode(f"after:{place}".encode()).decode().rstrip("=")


def moment_text(style: Style, moment: float) -> str:
    """A moment as the style's changed-since takes it."""
    local = datetime.fromtimestamp(moment, BRUSSELS)
    return local.isoformat() if style.since_format == "iso" else local.strftime(DATE)


def _opened(style: Style, text: str) -> int:
    try:
        word, _, place = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode().partition(":")
    except (binascii.Error, ValueError):
        word = place = ""
    if word != "after" or not place.isdecimal():
        raise WrongParameter(f"{style.place} is not one that was given out")
    return int(place)


def _whole(name: str, text: str, least: int) -> int:
    if not (text.isdecimal() and text.isascii() and int(text) >= least):
        raise WrongParameter(f"{name} counts from {least}")
    return int(text)


def _moment(style: Style, text: str) -> float:
    try:
        given = datetime.fromisoformat(text) if style.since_format == "iso" else datetime.strptime(text, DATE)  # noqa: DTZ007 - Brussels below
    except ValueError:
        form = "ISO 8601" if style.since_format == "iso" else "dd/mm/yyyy"
        raise WrongParameter(f"{style.since} is a moment as {form}") from None
    return (given if given.tzinfo else given.replace(tzinfo=BRUSSELS)).timestamp()
