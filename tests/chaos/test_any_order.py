"""Anything, in any order: load, edits on both sides, kills, passes, retries and rollbacks, and the promises hold."""

from __future__ import annotations

import os
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from bridgework.stages.delta import Policies
from tests.chaos.a_practice import COLUMNS, PATIENT, REFUSED, TREATMENT, Key, loaded_world, prepare_world
from tests.chaos.any_order import Records, World
from tests.moving import Prepared, moved

SHARES = 4
SEQUENCES = int(os.environ.get("BRIDGEWORK_SEQUENCES", "240"))  # `make soak` asks for more
STEPS = 10

_moments = st.one_of(st.none(), st.integers(0, 12), st.integers(0, 80))
_at = st.integers(0, 5)
_said = st.sampled_from(["", "one", "two", "three"])


@dataclass(frozen=True)
class Ready:
    """What sequences begin with: a migration before its load, and after it; the workspace's records before it."""

    before: Prepared
    after: Prepared
    start: Records


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Ready:
    before = prepare_world(tmp_path_factory.mktemp("any-order"))
    with moved(before, tmp_path_factory.mktemp("start")) as move:
        start = move.records()
    return Ready(before, loaded_world(before, tmp_path_factory.mktemp("loaded")), start)


class AnyOrder(RuleBasedStateMachine):
    """One sequence, with a world of its own."""

    ready: Ready
    world: World

    def __init__(self) -> None:
        super().__init__()
        self._open = ExitStack()

    def teardown(self) -> None:
        self._open.close()

    @initialize(killed=_moments)
    def begins(self, killed: int | None) -> None:
        folder = Path(self._open.enter_context(tempfile.TemporaryDirectory(prefix="any-order-")))
        chosen, start = (self.ready.after, self.ready.start) if killed is None else (self.ready.before, None)
        move = self._open.enter_context(moved(chosen, folder))
        self.world = World(move, folder / "migration", start)
        self._open.callback(self.world.close)
        if killed is not None:
            self.world.load(killed)

    # --- the practice ------------------------------------------------------------------------------------------------

    def _one(self, kind: str, at: int) -> Key:
        keys = [one for one in self.world.practice.keys() if one[0] == kind]
        return keys[at % len(keys)]

    @rule(kind=st.sampled_from([PATIENT, TREATMENT]), at=_at, value=_said)
    def the_practice_edits(self, kind: str, at: int, value: str) -> None:
        self.world.practice.edit(self._one(kind, at), "remarks", value)

    @rule(at=_at, value=st.sampled_from(["P1", "P2", REFUSED]))
    def the_practice_edits_a_policy(self, at: int, value: str) -> None:
        self.world.practice.edit(self._one(PATIENT, at), "policyNumber", value)

    @rule(kind=st.sampled_from([PATIENT, TREATMENT]), number=st.integers(0, 3))
    def the_practice_adds(self, kind: str, number: int) -> None:
        self.world.practice.add(kind, number)

    @rule(kind=st.sampled_from([PATIENT, TREATMENT]), at=_at)
    def the_practice_removes(self, kind: str, at: int) -> None:
        self.world.practice.remove(self._one(kind, at))

    @precondition(lambda self: self.world.practice.gone)
    @rule(at=_at)
    def the_practice_has_it_again(self, at: int) -> None:
        gone = sorted(self.world.practice.gone)
        self.world.practice.bring_back(gone[at % len(gone)])

    # --- people in Twenty --------------------------------------------------------------------------------------------

    @rule(kind=st.sampled_from([PATIENT, TREATMENT]), at=_at, value=_said)
    def a_person_edits(self, kind: str, at: int, value: str) -> None:
        self.world.edit_in_twenty(self._one(kind, at), "remarks", value)

    @rule(at=_at, value=st.sampled_from(["P1", "P3"]))
    def a_person_edits_a_policy(self, at: int, value: str) -> None:
        self.world.edit_in_twenty(self._one(PATIENT, at), "policyNumber", value)

    @rule(kind=st.sampled_from([PATIENT, TREATMENT]), at=_at, back=st.booleans())
    def a_person_uses_the_bin(self, kind: str, at: int, back: bool) -> None:
        self.world.bin_in_twenty(self._one(kind, at), back=back)

    @rule()
    def twenty_changes_its_mind(self) -> None:
        self.world.refusing = not self.world.refusing

    # --- commands ----------------------------------------------------------------------------------------------------

    @precondition(lambda self: not self.world.loaded and self.world.killed in {"", "load"})
    @rule(killed=_moments)
    def load(self, killed: int | None) -> None:
        self.world.load(killed)

    @precondition(lambda self: self.world.loaded and self.world.killed in {"", "delta"})
    @rule(
        killed=_moments,
        conflicts=st.sampled_from(["ask", "ask", "source", "twenty"]),
        gone=st.sampled_from(["soft-delete", "soft-delete", "ignore"]),
        decision=st.sampled_from(["", "source", "twenty"]),
    )
    def a_pass(self, killed: int | None, conflicts: str, gone: str, decision: str) -> None:
        self.world.take_pass(killed, Policies(conflicts, gone), decision)  # type: ignore[arg-type]  # drawn from them

    @precondition(lambda self: self.world.loaded and self.world.killed in {"", "retry"})
    @rule(killed=_moments)
    def retry(self, killed: int | None) -> None:
        self.world.retry(killed)

    @precondition(lambda self: self.world.killed == "" or self.world.killed.startswith("rollback pass"))
    @rule(killed=_moments)
    def the_last_pass_is_undone(self, killed: int | None) -> None:
        self.world.roll_back(killed, "pass")

    @rule(killed=_moments)
    def all_is_undone(self, killed: int | None) -> None:
        self.world.roll_back(killed)


@pytest.mark.parametrize("share", range(SHARES))
def test_whatever_happens_in_whatever_order_the_promises_hold(ready: Ready, share: int) -> None:
    machine = type("Prepared", (AnyOrder,), {"ready": ready})
    chosen = settings(
        max_examples=SEQUENCES // SHARES,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        derandomize=False,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(seed(share)(machine), settings=chosen)
