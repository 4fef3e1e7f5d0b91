"""The rate limit: two token buckets for the whole workspace, refilled as the real server refills them."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from bridgework.twins.twenty.errors import Refusal, limit_reached

SHORT_WINDOW_MS = 1_000
LONG_WINDOW_MS = 60_000
DEFAULT_SHORT_LIMIT = 100


@dataclass
class Bucket:
    """One bucket. Tokens come back only in whole ones, counted since the last call that was accepted.

    So a client that calls a little too often gains nothing and drains it: at 100 a minute a call every 590 ms gets
    floor(0.98) = 0 tokens back each time.
    """

    limit: int
    window_ms: int
    tokens: int | None = None
    accepted_at: float = 0.0

    def take(self, now_ms: float) -> Refusal | None:
        """Take one token; the refusal where there is none."""
        available = self.limit
        if self.tokens is not None and now_ms - self.accepted_at < 2 * self.window_ms:
            refill = math.floor((now_ms - self.accepted_at) * self.limit / self.window_ms)
            available = min(self.tokens + refill, self.limit)
        if available < 1:
            return limit_reached(self.limit, self.window_ms)
        self.tokens = available - 1
        self.accepted_at = now_ms
        return None


class RateLimit:
    """The short bucket, then the long one; off where no rate is set. Called on the event loop, as calls arrive."""

    def __init__(self, calls_per_minute: int | None, clock: Callable[[], float]) -> None:
        self.clock = clock
        self.buckets: list[Bucket] = []
        self.set(calls_per_minute)

    def set(self, calls_per_minute: int | None) -> None:
        """Begin anew at another rate, with full buckets; None: no limit."""
        self.buckets = []
        if calls_per_minute is not None:
            self.buckets = [
                Bucket(max(DEFAULT_SHORT_LIMIT, math.ceil(calls_per_minute / 60)), SHORT_WINDOW_MS),
                Bucket(calls_per_minute, LONG_WINDOW_MS),
            ]

    def take(self) -> Refusal | None:
        """Take a token of each bucket; the short one's is gone even where the long one refuses."""
        now_ms = math.floor(self.clock() * 1000)
        for bucket in self.buckets:
            refusal = bucket.take(now_ms)
            if refusal is not None:
                return refusal
        return None
