"""Answering a list call: the page of a style, with what a fault makes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from .faults import Fault, Faults
from .live_practice import LivePractice
from .paging import Asked, cursor, has_cursor, moment_text
from .shaping import Shaper, put
from .styles import Style


@dataclass(frozen=True, slots=True)
class Page:
    """The body of an answer to a list call, and the parameters of the next one where a Link header tells them."""

    body: Any
    next_query: str


class Lists:
    """Serves the lists of one practice in one style."""

    def __init__(self, style: Style, practice: LivePractice, shaper: Shaper, faults: Faults) -> None:
        self._style, self._practice, self._shaper, self._faults = style, practice, shaper, faults
        # Pages that were served instead of the ones before them: where each stands → where its turn's records begin.
        self._swapped: dict[tuple[str, Asked], int] = {}

    def lies(self, object_: str, asked: Asked) -> tuple[bool, bool]:
        """Whether the page that is asked for comes after the first, and whether it is the last."""
        with self._practice.lock:
            view = self._view(object_, asked)
            start = asked.start(view, self._style)
            return 0 < start <= len(view), start + asked.size >= len(view)

    def page(self, object_: str, asked: Asked, fault: Fault | None) -> Page:
        """The page that is asked for."""
        with self._practice.lock:
            view = self._view(object_, asked)
            start = asked.start(view, self._style)
            if fault in {Fault.VANISHED, Fault.CHANGED} and (earlier := view[:start]):
                self._faults.edit(fault, self._practice, object_, self._faults.pick(earlier))
                view = self._view(object_, asked)
                start = asked.start(view, self._style)
            elif fault == Fault.REPEATED_PAGE:
                start = max(0, start - asked.size)
                asked = asked.at(start, view, self._style)
            shown = self._shown(object_, asked, start, view, fault)
            places = list(view[shown : shown + asked.size])
            if fault == Fault.SHUFFLED:
                self._faults.shuffle(places)
            return self._page(object_, asked, places, start, view)

    def _view(self, object_: str, asked: Asked) -> Sequence[int]:
        return self._practice.tables[object_].view(asked.since, removed=bool(self._style.deleted))

    def _shown(self, object_: str, asked: Asked, start: int, view: Sequence[int], fault: Fault | None) -> int:
        """Where the records begin that are served for a page: elsewhere for two pages that are swapped."""
        if fault == Fault.SWAPPED_PAGES:
            following = start + asked.size
            self._swapped[object_, asked.at(following, view, self._style)] = start
            return following
        return self._swapped.pop((object_, asked), start)

    def _page(self, object_: str, asked: Asked, places: list[int], start: int, view: Sequence[int]) -> Page:
        style = self._style
        records = self._shaper.records(object_, places, brief=bool(style.detail_path))
        following = start + asked.size
        after = cursor(view[following - 1]) if following < len(view) else None
        if not style.records:
            return Page(records, self._next_query(asked, after))
        body: dict[str, Any] = {}
        put(body, style.records.split("."), records)
        if style.next:
            put(body, style.next.split("."), after)
        if style.total:
            *way, total = style.total.split(".")
            put(body, [*way, total], len(view))
            if not has_cursor(style):
                place = start if style.paging == "offset" else start // asked.size + style.first_page
                put(body, [*way, style.place], place)
                put(body, [*way, style.size], asked.size)
        return Page(body, "")

    def _next_query(self, asked: Asked, after: str | None) -> str:
        if after is None:
            return ""
        parameters = {self._style.size: str(asked.size), self._style.place: after}
        if asked.since is not None:
            parameters[self._style.since] = moment_text(self._style, asked.since)
        return urlencode(parameters)
