"""What the Twenty twin does not let through: calls too many, keys that do not open it, bodies too large."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx2
import pytest

from bridgework.twins.twenty import TwentyTwin
from tests.integration.twenty_twin_calls import Calls, calls

COUNT = "query{people{totalCount}}"


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def twenty(clock: Clock) -> Iterator[Calls]:
    with TwentyTwin(calls_per_minute=100) as twin, calls(twin) as made:
        twin.clock = clock
        yield made


def spend(twenty: Calls, times: int) -> None:
    for _ in range(times):
        twenty.data(COUNT)


def limited(twenty: Calls) -> bool:
    answer = twenty.send("/graphql", COUNT)
    errors = answer.get("errors", [])
    assert not errors or errors[0]["extensions"]["subCode"] == "LIMIT_REACHED"
    return bool(errors)


def test_a_burst_drains_the_bucket_and_both_kinds_of_call_are_told(twenty: Calls) -> None:
    spend(twenty, 100)
    answer = twenty.send("/graphql", COUNT)
    assert answer["data"] == {"people": None}
    assert answer["errors"][0]["extensions"]["subCode"] == "LIMIT_REACHED"
    assert answer["errors"][0]["message"].startswith("Limit reached (100 tokens per ")
    rest = twenty.http.get("/rest/people")
    assert rest.status_code == 429
    assert rest.json()["messages"][0].startswith("Limit reached (100 tokens per ")
    assert twenty.twin.stats.refused == 2
    assert twenty.twin.stats.tokens == 100


def test_metadata_takes_no_tokens(twenty: Calls) -> None:
    spend(twenty, 100)
    assert twenty.object_ids()


def test_every_root_takes_a_token(twenty: Calls, clock: Clock) -> None:
    for _ in range(33):
        twenty.data("query{people{totalCount} companies{totalCount} notes{totalCount}}")
    answer = twenty.send("/graphql", "query{people{totalCount} companies{totalCount}}")
    assert len(answer["errors"]) == 1
    assert sorted(value is None for value in answer["data"].values()) == [False, True]


def test_tokens_come_back_whole_and_since_the_last_call_let_through(twenty: Calls, clock: Clock) -> None:
    spend(twenty, 100)
    clock.now += 0.590  # 98 hundredths of a token
    assert limited(twenty)
    clock.now += 0.020
    assert not limited(twenty), "a refused call does not set the count back"
    assert limited(twenty)
    clock.now += 30
    spend(twenty, 50)
    assert limited(twenty)


def test_calls_slightly_too_fast_lose_a_token_each(twenty: Calls, clock: Clock) -> None:
    for _ in range(100):
        clock.now += 0.590
        assert not limited(twenty)
    clock.now += 0.590
    assert limited(twenty), "nothing came back in all that time"


def test_a_burst_is_counted_as_it_arrives(clock: Clock) -> None:
    with TwentyTwin(calls_per_minute=20) as twin:
        twin.clock = clock
        with calls(twin) as twenty, ThreadPoolExecutor(16) as many:
            refused = list(many.map(lambda _: limited(twenty), range(50)))
    assert refused.count(False) == 20


def test_without_a_rate_nothing_is_refused(clock: Clock) -> None:
    with TwentyTwin() as twin, calls(twin) as twenty:
        twin.clock = clock
        spend(twenty, 250)
        assert twin.stats.refused == 0


@pytest.fixture(scope="module")
def free() -> Iterator[Calls]:
    with TwentyTwin() as twin, calls(twin) as made:
        yield made


def test_a_call_without_a_key_is_forbidden(free: Calls) -> None:
    answer = httpx2.get(f"{free.twin.url}/rest/people")
    assert (answer.status_code, answer.json()["messages"]) == (403, ["Missing authentication token"])
    said = httpx2.post(f"{free.twin.url}/graphql", json={"query": COUNT})
    assert said.status_code == 200
    assert said.json()["errors"]


def test_a_call_with_a_broken_key_is_unauthorised(free: Calls) -> None:
    answer = httpx2.get(f"{free.twin.url}/rest/people", headers={"Authorization": "Bearer nothing"})
    assert answer.status_code == 401
    with TwentyTwin() as other:
        assert httpx2.get(f"{free.twin.url}/rest/people", headers={"Authorization": f"Bearer {other.key}"}).is_error


def test_health_and_version_need_no_key(free: Calls) -> None:
    assert httpx2.get(f"{free.twin.url}/healthz").json()["status"] == "ok"
    assert httpx2.get(f"{free.twin.url}/client-config").json()["appVersion"] == "2.19.0"
    with TwentyTwin(version="2.14.1") as older:
        assert httpx2.get(f"{older.url}/client-config").json()["appVersion"] == "2.14.1"


@pytest.mark.parametrize("path", ["/graphql", "/metadata", "/rest/people"])
def test_a_body_over_10_mb_is_too_large(free: Calls, path: str) -> None:
    answer = free.http.post(path, json={"query": COUNT + " " * 11_000_000})
    assert (answer.status_code, answer.json()) == (500, "request entity too large")
