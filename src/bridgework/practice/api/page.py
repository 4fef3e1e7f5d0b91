"""What reading an API gives, and what it asks of the budget."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol

Cursor = Mapping[str, Any]
"""Where a page begins: what JSON can hold, with no secret in it. It may hold ids: for the store, not for a log."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of an object.

    `records` has each record's JSON as sent (that of its detail call, where the profile asks for one), `deleted` those
    that the API calls deleted. `inside` has, for each object whose records are inside these, those records: with them
    staged, that object needs no calls of its own. `cursor` is where the next page begins, None behind the last. `total`
    is how many records the API says there are. `gone` counts the records that were no longer there when their details
    were asked for; they are left out. `calls` counts every call that the page took, those that failed too, but
    not those for a token.
    """

    records: list[bytes] = field(repr=False)
    cursor: Cursor | None = field(repr=False)
    total: int | None
    calls: int
    deleted: list[bytes] = field(default_factory=list, repr=False)
    inside: dict[str, list[bytes]] = field(default_factory=dict, repr=False)
    gone: int = 0


@dataclass(frozen=True, slots=True)
class Download:
    """A file that arrived whole: the hex SHA-256 and the number of its bytes."""

    sha256: str
    size: int


class CallBudget(Protocol):
    """Gives each call its turn; the call is made while the turn is held."""

    def call(self) -> AbstractAsyncContextManager[None]:
        """Waits for a turn, and counts the call until an hour after it ended."""
