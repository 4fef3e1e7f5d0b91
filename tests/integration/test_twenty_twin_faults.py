"""Faults on demand: what a client sees of each, and whether the request was carried out."""

from __future__ import annotations

from collections.abc import Iterable

import httpx2
import pytest

from bridgework.twins.twenty import Fault, Faults, TwentyTwin
from tests.integration.twenty_twin_calls import CREATE_PEOPLE, Calls, calls, new_id


def attempt(twenty: Calls) -> tuple[str, int]:
    """Try to create a person; what came back, and how many there are of it."""
    ident = new_id()
    try:
        answer = twenty.http.post("/graphql", json={"query": CREATE_PEOPLE, "variables": {"d": [{"id": ident}]}})
        seen = f"{answer.status_code}" + (" limit" if "LIMIT_REACHED" in answer.text else "")
    except httpx2.TransportError as error:
        seen = type(error).__name__
    count = twenty.data("query($f:PersonFilterInput){people(filter:$f){totalCount}}", f={"id": {"eq": ident}})
    return seen, count["people"]["totalCount"]


@pytest.mark.parametrize(
    ("fault", "seen", "written"),
    [
        (Fault.LIMIT, {"200 limit"}, 0),
        (Fault.ERROR_BEFORE, {"500"}, 0),
        (Fault.ERROR_AFTER, {"500"}, 1),
        (Fault.SILENCE_BEFORE, {"RemoteProtocolError", "ReadError"}, 0),
        (Fault.SILENCE_AFTER, {"RemoteProtocolError", "ReadError"}, 1),
        (Fault.HALF_ANSWER, {"RemoteProtocolError", "ReadError"}, 1),
        (None, {"200"}, 1),
    ],
)
def test_each_fault(fault: Fault | None, seen: set[str], written: int) -> None:
    with TwentyTwin(demo=False, faults=Faults(script=[fault])) as twin, calls(twin) as twenty:
        what, count = attempt(twenty)
        assert what in seen
        assert count == written
        assert twin.stats.faults == (fault is not None)


def drawn(faults: Faults, paths: Iterable[str]) -> list[Fault | None]:
    return [faults.draw(path) for path in paths]


def test_a_plan_is_the_same_each_time_and_keeps_its_rates() -> None:
    rates = {Fault.LIMIT: 0.1, Fault.HALF_ANSWER: 0.2}
    paths = ["/graphql"] * 2000
    first = drawn(Faults(rates, seed=7), paths)
    assert first == drawn(Faults(rates, seed=7), paths)
    assert first != drawn(Faults(rates, seed=8), paths)
    assert 150 < first.count(Fault.LIMIT) < 250
    assert 330 < first.count(Fault.HALF_ANSWER) < 470


def test_a_plan_is_bounded_and_spares_other_paths() -> None:
    faults = Faults({Fault.LIMIT: 1.0}, most=2, paths=["/rest"])
    found = drawn(faults, ["/graphql", "/rest/people", "/rest/people", "/rest/people"])
    assert found == [None, Fault.LIMIT, Fault.LIMIT, None]
