"""One thing wrong in a map."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """The line in the file (0: the map was never in one), a code, what is wrong, what to do."""

    line: int
    code: str
    what: str
    next: str
