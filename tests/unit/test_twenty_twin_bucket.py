"""The token bucket of the Twenty twin, over any series of calls."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bridgework.twins.twenty.bucket import LONG_WINDOW_MS, Bucket, RateLimit


def test_at_exactly_its_pace_a_bucket_never_runs_dry() -> None:
    bucket = Bucket(100, LONG_WINDOW_MS)
    assert all(bucket.take(call * 600) is None for call in range(500))


def test_a_little_faster_than_its_pace_a_bucket_gives_nothing_back() -> None:
    bucket = Bucket(100, LONG_WINDOW_MS)
    taken = [bucket.take(call * 599) is None for call in range(150)]
    assert taken.index(False) == 100


def test_a_bucket_that_rested_for_two_windows_is_full() -> None:
    bucket = Bucket(10, 1000)
    assert [bucket.take(0) is None for _ in range(11)].count(True) == 10
    assert [bucket.take(2000) is None for _ in range(11)].count(True) == 10


@given(st.lists(st.integers(0, 3000), max_size=300), st.integers(1, 50))
def test_no_window_lets_more_through_than_two_buckets_full(pauses: list[int], limit: int) -> None:
    bucket = Bucket(limit, 1000)
    now, accepted = 0, []
    for pause in pauses:
        now += pause
        if bucket.take(now) is None:
            accepted.append(now)
    assert all(sum(start <= moment < start + 1000 for moment in accepted) <= 2 * limit for start in accepted)


def test_the_short_bucket_follows_the_rate_upwards_only() -> None:
    assert [bucket.limit for bucket in RateLimit(100, lambda: 0.0).buckets] == [100, 100]
    assert [bucket.limit for bucket in RateLimit(12_000, lambda: 0.0).buckets] == [200, 12_000]
    assert RateLimit(None, lambda: 0.0).take() is None
