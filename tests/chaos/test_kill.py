"""Killed at any moment, the same command goes on, and ends where an undisturbed run ends."""

from __future__ import annotations

import random
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support import Way, begin, copy_of, new_twin, small_practice

LOAD_KILLS, ROLLBACK_KILLS = 7, 3
ROUNDS = 5  # 5 × (7 + 3) = 50 kills


@dataclass(frozen=True)
class Prepared:
    """A migration ready to be loaded, its workspace on disk, and what an undisturbed run makes of both."""

    ready: Way
    workspace: Path
    before: dict[str, Any]
    after: dict[str, Any]
    calls: int
    members: Any


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    root = tmp_path_factory.mktemp("kill")
    made = small_practice(root / "export", patients=30)
    with new_twin(made, data=root / "workspace", max_records=20) as twin:
        ready = begin(root / "ready", root / "export", twin)
    shutil.copytree(root / "workspace", root / "calm-workspace")
    with new_twin(made, data=root / "calm-workspace", max_records=20) as twin:
        calm = copy_of(ready, root / "calm", twin)
        before = twin.dump()
        already = twin.stats.tokens
        calm.apply("load")
        calls = twin.stats.tokens - already
        after = twin.dump()
    return Prepared(ready, root / "workspace", before, after, calls, made)


def disturb(way: Way, stage: str, kills: int, chance: random.Random, longest: int) -> None:
    """Start a stage and kill -9 it after so many calls at the most and a moment more, so many times."""
    for _ in range(kills):
        process = way.start(stage)
        limit = way.twin.stats.tokens + chance.randint(1, longest)
        while way.twin.stats.tokens < limit and running(process, 0.002):
            pass
        assert running(process, chance.uniform(0, 0.05)), f"the {stage} was done before it could be killed"
        process.kill()
        process.wait()


def running(process: subprocess.Popen[bytes], seconds: float) -> bool:
    """Whether a process still runs after so many seconds."""
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return True
    return False


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_kills_leave_the_workspace_of_an_undisturbed_run(prepared: Prepared, tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    shutil.copytree(prepared.workspace, tmp_path / "workspace")
    with new_twin(prepared.members, data=tmp_path / "workspace", max_records=20) as twin:
        way = copy_of(prepared.ready, tmp_path / "migration", twin)
        disturb(way, "load", LOAD_KILLS, chance, prepared.calls // (2 * LOAD_KILLS))  # well before its end
        way.apply("load")
        assert twin.dump() == prepared.after
        disturb(way, "rollback", ROLLBACK_KILLS, chance, 8)
        way.apply("rollback")
        assert twin.dump() == prepared.before
        assert way.run("log", "--verify").code == 0
