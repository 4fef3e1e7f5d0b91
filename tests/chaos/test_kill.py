"""Killed at any moment, the same command goes on, and ends where an undisturbed run ends."""

from __future__ import annotations

import random
import shutil
import subprocess
import time
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
    seconds: float
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
        began = time.monotonic()
        calm.apply("load")
        seconds = time.monotonic() - began
        after = twin.dump()
    return Prepared(ready, root / "workspace", before, after, seconds, made)


def kill_after(process: subprocess.Popen[bytes], seconds: float) -> bool:
    """Kill -9 after so many seconds; whether it was still running then."""
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return True
    return False


def disturb(way: Way, stage: str, kills: int, chance: random.Random, longest: float) -> int:
    """Start a stage and kill it, so many times or until it is done; answers how many kills struck."""
    struck = 0
    for _ in range(kills):
        if not kill_after(way.start(stage), chance.uniform(0.5, longest)):
            break
        struck += 1
    return struck


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_kills_leave_the_workspace_of_an_undisturbed_run(prepared: Prepared, tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    shutil.copytree(prepared.workspace, tmp_path / "workspace")
    with new_twin(prepared.members, data=tmp_path / "workspace", max_records=20) as twin:
        way = copy_of(prepared.ready, tmp_path / "migration", twin)
        longest = 0.7 + prepared.seconds / LOAD_KILLS
        assert disturb(way, "load", LOAD_KILLS, chance, longest) > 0
        way.apply("load")
        assert twin.dump() == prepared.after
        assert disturb(way, "rollback", ROLLBACK_KILLS, chance, 1.2) > 0
        way.apply("rollback")
        assert twin.dump() == prepared.before
        assert way.run("log", "--verify").code == 0
