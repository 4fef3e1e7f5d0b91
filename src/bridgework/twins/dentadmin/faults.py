"""Faults on demand: a seeded plan of what goes wrong with which call, for tests of recovery."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from enum import StrEnum

from .live_practice import LivePractice


class Fault(StrEnum):
    """What can go wrong with a call, which counts against the budget all the same."""

    LIMIT = "limit"
    """429 without Retry-After, though the budget was not spent."""
    LIMIT_SECONDS = "limit-seconds"
    """429 with Retry-After in seconds."""
    LIMIT_DATE = "limit-date"
    """429 with Retry-After as an HTTP date."""
    ERROR = "error"
    """HTTP 500."""
    AWAY = "away"
    """HTTP 503."""
    SLOW = "slow"
    """The right answer, late."""
    SILENCE = "silence"
    """The connection closes without an answer."""
    CUT = "cut"
    """The connection closes in the middle of the body."""
    TRUNCATED = "truncated"
    """A complete answer whose body is half of a JSON document."""
    EXPIRED = "expired"
    """401: every token that was given out is void. Strikes only where there are tokens."""
    REPEATED_PAGE = "repeated-page"
    """The answer that the page before had is given again, as a stale cache would. Never strikes a first page."""
    SWAPPED_PAGES = "swapped-pages"
    """The records of the next page come first, and at the next call the records of this one. Never a last page."""
    SHUFFLED = "shuffled"
    """The records of the page come in another order."""
    VANISHED = "vanished"
    """A record of an earlier page is removed from the practice first, so that those after it move up by one."""
    CHANGED = "changed"
    """A record of an earlier page is changed in the practice first."""


OF_LATER_PAGES = frozenset({Fault.REPEATED_PAGE, Fault.VANISHED, Fault.CHANGED})
_OF_LISTS = OF_LATER_PAGES | {Fault.SWAPPED_PAGES, Fault.SHUFFLED}
_OF_JSON = frozenset({Fault.TRUNCATED})
# The column that a change between pages changes, where it is not `remark`.
_CHANGEABLE = {
    "insurer": "phone",
    "invoice": "ogm",
    "invoice_line": "label",
    "communication": "text",
    "provider": "phone",
    "workflow": "template",
    "report": "period",
}


class Faults:
    """Decides for each call whether something goes wrong with it.

    `rates` gives each fault its share of all calls; `script` gives the first calls their faults one by one, None for
    one that goes well; a fault that cannot strike a call waits for one that it can. The same seed and the same calls in
    the same order meet the same faults. Only calls of `kinds` (list, detail, file, token) and, where it names any, for
    `objects` are struck, and only so many as `most`. `slow` and `retry_after` are seconds.
    """

    def __init__(  # noqa: PLR0913 - each says one thing of the plan
        self,
        rates: Mapping[Fault, float] | None = None,
        *,
        seed: int = 0,
        script: Iterable[Fault | None] = (),
        kinds: Collection[str] = ("list", "detail", "file"),
        objects: Collection[str] = (),
        most: int | None = None,
        slow: float = 0.1,
        retry_after: int = 1,
    ) -> None:
        self.rates = dict(rates or {})
        self.script = list(script)
        self.kinds, self.objects, self.most = frozenset(kinds), frozenset(objects), most
        self.slow, self.retry_after = slow, retry_after
        self.struck: Counter[Fault] = Counter()
        """How often each fault struck."""
        self.edits: list[tuple[Fault, str, str]] = []
        """Records that vanished or changed between pages: the fault, the object, the key."""
        self._random = random.Random(seed)

    def draw(self, kind: str, object_: str, *, tokens: bool, later: bool, last: bool) -> Fault | None:
        """The fault of the next call: of its kind, to a page after the first or not, the last one or not."""
        if kind not in self.kinds or (self.objects and object_ not in self.objects):
            return None
        if self.most is not None and self.struck.total() >= self.most:
            return None
        fault = self.script[0] if self.script else self._by_chance()
        if fault is not None and not _can_strike(fault, kind, tokens=tokens, later=later, last=last):
            return None
        if self.script:
            self.script.pop(0)
        if fault is not None:
            self.struck[fault] += 1
        return fault

    def pick(self, places: Sequence[int]) -> int:
        return places[int(self._random.random() * len(places))]

    def edit(self, fault: Fault, practice: LivePractice, object_: str, place: int) -> None:
        """Do to the record at a place what VANISHED or CHANGED does."""
        with practice.lock:
            table = practice.tables[object_]
            key = table.key(table.rows([place])[0])
            if fault == Fault.VANISHED:
                practice.remove(object_, key)
            else:
                practice.change(object_, key, **{_CHANGEABLE.get(object_, "remark"): f"{len(self.edits) + 1}"})
        self.edits.append((fault, object_, key))

    def shuffle(self, places: list[int]) -> None:
        self._random.shuffle(places)

    def _by_chance(self) -> Fault | None:
        chance = self._random.random()
        for fault, rate in self.rates.items():
            chance -= rate
            if chance < 0:
                return fault
        return None


def _can_strike(fault: Fault, kind: str, *, tokens: bool, later: bool, last: bool) -> bool:
    if fault == Fault.EXPIRED:
        return tokens and kind != "token"
    if fault in _OF_JSON:
        return kind != "file"
    if fault not in _OF_LISTS:
        return True
    return kind == "list" and (later or fault not in OF_LATER_PAGES) and not (last and fault == Fault.SWAPPED_PAGES)
