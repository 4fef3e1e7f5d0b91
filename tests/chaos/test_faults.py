"""A server that fails in every way on the way: the load ends in the same workspace, with nothing lost or twice."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from bridgework.twins.twenty.faults import Fault, Faults
from tests.support import Way, begin, copy_of, new_twin, small_practice


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> tuple[Way, Path, Any, dict[str, Any], dict[str, Any]]:
    root = tmp_path_factory.mktemp("faults")
    made = small_practice(root / "export", patients=12)
    with new_twin(made, data=root / "workspace", max_records=40) as twin:
        way = begin(root / "ready", root / "export", twin)
    shutil.copytree(root / "workspace", root / "calm-workspace")
    with new_twin(made, data=root / "calm-workspace", max_records=40) as twin:
        before = twin.dump()
        copy_of(way, root / "calm", twin).apply("load")
        after = twin.dump()
    return way, root / "workspace", made, before, after


@pytest.mark.parametrize("fault", list(Fault))
def test_each_fault_ends_in_the_workspace_of_an_undisturbed_run(
    ready: tuple[Way, Path, Any, dict[str, Any], dict[str, Any]], tmp_path: Path, fault: Fault
) -> None:
    way, workspace, made, before, after = ready
    shutil.copytree(workspace, tmp_path / "workspace")
    faults = Faults({fault: 0.15}, seed=11)
    with new_twin(made, data=tmp_path / "workspace", max_records=40, faults=faults) as twin:
        disturbed = copy_of(way, tmp_path / "migration", twin)
        disturbed.insist("load")
        assert faults.injected > 5
        faults.rates = {}
        assert twin.dump() == after
        faults.rates = {fault: 0.15}
        disturbed.insist("rollback")
        faults.rates = {}
        assert twin.dump() == before
