"""What a twin has counted: for benchmarks, and for tests that ask what was really called."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Stats:
    """Counters since the twin was made."""

    calls: Counter[str] = field(default_factory=Counter)
    """Requests by kind: graphql, metadata, rest, upload, download."""
    tokens: int = 0
    """Tokens taken from the rate limit's buckets (also counted while it is off)."""
    refused: int = 0
    """Root fields and REST calls that the rate limit refused."""
    creates: int = 0
    """Create operations carried out, upserts among them."""
    sent: int = 0
    """Records that create operations brought, the refused ones too, but for calls of more records than are taken."""
    created: int = 0
    """Records that those wrote."""
    faults: int = 0
    """Faults injected."""
