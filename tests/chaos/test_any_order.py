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
from tests.chaos.a_practice import COLUMNS, PATIENT, REFUSED, TREATMENT, loaded_world, prepare_world
from tests.chaos.any_order import Records, World
from tests.moving import Prepared, moved

SHARES = 4
SEQUENCES = int(os.environ.get("BRIDGEWORK_SEQUENCES", "240"))  # `make soak` asks for more
STEPS = 12
MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # on a disk, its syncs take most of the time

Work = tuple[str, str, int, str]  # what is done, to which kind of record, to which of them, and the value
_moments = st.one_of(st.none(), st.none(), st.integers(0, 80))  # calls and commits until the process is killed
_kind, _which = st.sampled_from([PATIENT, TREATMENT]), st.integers(0, 5)
_remark = st.sampled_from(["", "one", "two", "three"])
_at_the_practice: st.SearchStrategy[Work] = st.one_of(
    st.tuples(st.just("remarks"), _kind, _which, _remark),
    st.tuples(st.just("policyNumber"), st.just(PATIENT), _which, st.sampled_from(["P1", "P2", REFUSED])),
    st.tuples(st.sampled_from(["add", "remove", "have again"]), _kind, _which, st.just("")),
)
_in_twenty: st.SearchStrategy[Work] = st.one_of(
    st.tuples(st.just("remarks"), _kind, _which, _remark),
    st.tuples(st.just("policyNumber"), st.just(PATIENT), _which, st.sampled_from(["P1", "P3"])),
    st.tuples(st.sampled_from(["delete", "restore"]), _kind, _which, st.just("")),
)


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

    @initialize(killed=st.one_of(st.none(), _moments))
    def begins(self, killed: int | None) -> None:
        folder = Path(self._open.enter_context(tempfile.TemporaryDirectory(prefix="any-order-", dir=MEMORY)))
        chosen, start = (self.ready.after, self.ready.start) if killed is None else (self.ready.before, None)
        move = self._open.enter_context(moved(chosen, folder))
        self.world = World(move, folder / "migration", start)
        self._open.callback(self.world.close)
        if killed is not None:
            self.world.load(killed)

    # --- both sides work ---------------------------------------------------------------------------------------------

    @rule(done=st.lists(_at_the_practice, min_size=1, max_size=3))
    def the_practice_works(self, done: list[Work]) -> None:
        practice = self.world.practice
        for what, kind, at, value in done:
            keys = practice.all(kind)
            one, gone = keys[at % len(keys)], sorted(practice.gone)
            if what == "add":
                practice.add(kind, at % 4)
            elif what == "remove":
                practice.remove(one)
            elif what == "have again" and gone:
                practice.bring_back(gone[at % len(gone)])
            elif what in COLUMNS[kind]:
                practice.edit(one, what, value)

    @rule(done=st.lists(_in_twenty, min_size=1, max_size=2))
    def people_work(self, done: list[Work]) -> None:
        for what, kind, at, value in done:
            keys = self.world.practice.all(kind)
            one = keys[at % len(keys)]
            if what in COLUMNS[kind]:
                self.world.edit_in_twenty(one, what, value)
            elif what in {"delete", "restore"}:
                self.world.bin_in_twenty(one, back=what == "restore")

    @rule(kind=_kind, at=_which, value=_remark, other=_remark)
    def both_work_on_one(self, kind: str, at: int, value: str, other: str) -> None:
        self.the_practice_works([("remarks", kind, at, value)])
        self.people_work([("remarks", kind, at, other)])

    @rule()
    def twenty_changes_its_mind(self) -> None:
        self.world.refusing = not self.world.refusing

    # --- commands ----------------------------------------------------------------------------------------------------

    @precondition(lambda self: self.world.killed)
    @rule(killed=_moments)
    def it_goes_on(self, killed: int | None) -> None:
        self.world.go_on(killed)

    @precondition(lambda self: not self.world.loaded and not self.world.killed)
    @rule(killed=_moments)
    def load(self, killed: int | None) -> None:
        self.world.load(killed)

    @precondition(lambda self: self.world.loaded and not self.world.killed)
    @rule(
        killed=_moments,
        conflicts=st.sampled_from(["ask", "ask", "source", "twenty"]),
        gone=st.sampled_from(["soft-delete", "soft-delete", "ignore"]),
        decision=st.sampled_from(["", "source", "twenty"]),
    )
    def a_pass(self, killed: int | None, conflicts: str, gone: str, decision: str) -> None:
        self.world.take_pass(killed, Policies(conflicts, gone), decision)  # type: ignore[arg-type]  # drawn from them

    @precondition(lambda self: self.world.loaded and not self.world.killed)
    @rule(killed=_moments, what=st.sampled_from(["retry", "retry", "pass", "pass", "all"]))
    def something_else(self, killed: int | None, what: str) -> None:
        if what == "retry":
            self.world.retry(killed)
        else:
            self.world.roll_back(killed, what)

    @precondition(lambda self: self.world.killed in {"load", "delta", "retry"})
    @rule(killed=_moments)
    def what_was_killed_is_undone(self, killed: int | None) -> None:
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
