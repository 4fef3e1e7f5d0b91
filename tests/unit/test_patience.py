"""A server that is away is waited for; what only a person can mend is a pause with words, never a traceback."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest

from bridgework.errors import Away, BridgeworkError, Paused, Refused, UsageError
from bridgework.stages.common import Quiet, Stopper
from bridgework.stages.context import Context
from bridgework.stages.patience import patiently
from bridgework.stages.watching import seconds_of, watch


class Clock:
    """Seconds that pass while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


def _context(minutes: float) -> Context:
    settings = SimpleNamespace(workspace=SimpleNamespace(patience=minutes))
    return cast(Context, SimpleNamespace(settings=settings, progress=Quiet(), stopper=Stopper()))


def _failing(errors: list[BridgeworkError]) -> tuple[Callable[[], Any], list[int]]:
    calls: list[int] = []

    async def apply() -> str:
        calls.append(1)
        if errors:
            raise errors.pop(0)
        return "done"

    return apply, calls


def _away() -> Away:
    return Away("NO_ANSWER", "Twenty does not answer", where="https://crm.example")


def _patiently(context: Context, apply: Callable[[], Any], clock: Clock) -> Any:
    return asyncio.run(patiently(context, "load", apply, sleep=clock.sleep, clock=clock))


def test_a_server_that_is_back_within_the_hour_is_waited_for() -> None:
    clock = Clock()
    apply, calls = _failing([_away() for _ in range(8)])
    assert _patiently(_context(60), apply, clock) == "done"
    assert len(calls) == 9
    assert 600 < clock.now < 3600


def test_patience_ends_in_a_pause_that_says_how_to_go_on() -> None:
    clock = Clock()
    apply, _ = _failing([_away() for _ in range(1000)])
    with pytest.raises(Paused) as caught:
        _patiently(_context(60), apply, clock)
    assert (caught.value.code, caught.value.exit_code) == ("AWAY", 4)
    assert "load" in caught.value.next_step
    assert round(clock.now) == 3600


def test_a_key_that_was_revoked_is_a_pause_and_not_tried_again() -> None:
    apply, calls = _failing([Refused("KEY_REFUSED", "Twenty refused the call")])
    with pytest.raises(Paused) as caught:
        _patiently(_context(60), apply, Clock())
    assert (caught.value.code, len(calls)) == ("KEY-REVOKED", 1)


def test_another_refusal_stays_what_it_is() -> None:
    apply, _ = _failing([Refused("NOT_PERMITTED", "Twenty refused the call")])
    with pytest.raises(Refused):
        _patiently(_context(60), apply, Clock())


def test_whoever_waits_can_be_stopped() -> None:
    context = _context(60)
    apply, _ = _failing([_away() for _ in range(1000)])
    clock = Clock()

    async def sleep(seconds: float) -> None:
        await clock.sleep(seconds)
        context.stopper.stop()

    with pytest.raises(Paused) as caught:
        asyncio.run(patiently(context, "load", apply, sleep=sleep, clock=clock))
    assert caught.value.code == "PAUSED"


def _watch(answers: list[bool], *, takes: float, lasts: float, every: float) -> tuple[int, list[float]]:
    clock, began = Clock(), []

    async def one_pass() -> bool:
        began.append(clock.now)
        clock.now += takes
        return answers.pop(0) if answers else True

    made = asyncio.run(watch(_context(0), one_pass, lasts=lasts, every=every, sleep=clock.sleep, clock=clock))
    return made, began


def test_passes_begin_at_equal_distances_until_the_time_is_over() -> None:
    made, began = _watch([], takes=10, lasts=3600, every=900)
    assert (made, [round(one) for one in began]) == (5, [0, 900, 1800, 2700, 3600])


def test_a_pass_that_needs_a_person_ends_the_watch() -> None:
    assert _watch([True, False], takes=10, lasts=3600, every=900)[0] == 2


def test_a_pass_that_takes_too_long_is_followed_at_once() -> None:
    _, began = _watch([], takes=1000, lasts=2800, every=900)
    assert began == [0, 1000, 2000]


@pytest.mark.parametrize(("text", "seconds"), [("15m", 900), ("48h", 172_800), ("2 d", 172_800), ("30s", 30)])
def test_lengths_of_time_are_read_as_people_write_them(text: str, seconds: float) -> None:
    assert seconds_of(text, "--every") == seconds


@pytest.mark.parametrize("text", ["", "15", "0m", "a while", "-3h"])
def test_what_is_no_length_of_time_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        seconds_of(text, "--every")
