"""Faults on demand: a seeded plan of what goes wrong with which request, for tests of recovery."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from enum import StrEnum


class Fault(StrEnum):
    """What can go wrong with a request."""

    LIMIT = "limit"
    """Refused by the rate limit, though tokens were left."""
    ERROR_BEFORE = "error-before"
    """HTTP 500, and nothing was done."""
    ERROR_AFTER = "error-after"
    """HTTP 500, though all of it was done."""
    SILENCE_BEFORE = "silence-before"
    """The connection closes without an answer, and nothing was done."""
    SILENCE_AFTER = "silence-after"
    """The connection closes without an answer, though all of it was done."""
    HALF_ANSWER = "half-answer"
    """All of it was done, and the answer breaks off in the middle."""


class Faults:
    """Decides for each request whether something goes wrong with it.

    `rates` gives each fault its share of all requests; `script` gives the first requests their faults one by one,
    None for one that goes well. The same seed and the same requests in the same order meet the same faults.
    """

    def __init__(
        self,
        rates: Mapping[Fault, float] | None = None,
        *,
        seed: int = 0,
        script: Iterable[Fault | None] = (),
        paths: Iterable[str] = ("/graphql", "/rest", "/metadata"),
        most: int | None = None,
    ) -> None:
        self.rates = dict(rates or {})
        self.script = list(script)
        self.paths = tuple(paths)
        self.most = most
        self.injected = 0
        self._random = random.Random(seed)

    def draw(self, path: str) -> Fault | None:
        """The fault of the next request to a path."""
        if not path.startswith(self.paths):
            return None
        fault = self.script.pop(0) if self.script else self._by_chance()
        if fault is not None:
            if self.most is not None and self.injected >= self.most:
                return None
            self.injected += 1
        return fault

    def _by_chance(self) -> Fault | None:
        chance = self._random.random()
        for fault, rate in self.rates.items():
            chance -= rate
            if chance < 0:
                return fault
        return None
