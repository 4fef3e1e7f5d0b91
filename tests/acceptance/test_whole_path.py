"""From an export folder to a verified workspace and back, by the public command alone."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import Way, begin, new_twin, small_practice


@pytest.fixture(scope="module", params=["nl", "fr"])
def way(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Way]:
    root = tmp_path_factory.mktemp("whole")
    made = small_practice(root / "export", language=request.param)
    with new_twin(made) as twin:
        yield begin(root / "migration", root / "export", twin, fresh=True)


def test_everything_arrives_is_verified_and_can_be_taken_back(way: Way) -> None:
    before = way.twin.dump()
    loaded = way.apply("load")
    assert all(one["closes"] for one in loaded.document["outcome"]["counts"]["accounts"])
    verified = way.apply("verify").document["outcome"]["counts"]
    assert verified["missing"] == {}
    assert set(verified["classes"]) <= {"equal", "normalised"}
    assert verified["files"]["equal"] > 0
    assert set(verified["files"]) == {"equal"}
    again = way.apply("load")
    assert "already" in again.document["outcome"]["message"]
    undone = way.apply("rollback")
    assert undone.document["outcome"]["counts"]["equal"] is True
    after = way.twin.dump()
    assert (after["records"], after["files"]) == (before["records"], before["files"])
    assert way.run("log", "--verify").document["chain"]["broken_at"] is None


def test_nothing_is_written_before_a_person_approves(tmp_path: Path) -> None:
    made = small_practice(tmp_path / "export", patients=5)
    with new_twin(made) as twin:
        way = Way(tmp_path / "migration", twin)
        assert way.run("init", "--practice", str(tmp_path / "export"), "--twenty", twin.url, "--rate", "0").code == 0
        before = twin.dump()
        assert way.run("audit", "--apply").code == 0
        assert way.run("map").code == 0
        assert way.run("map approve", "--as", "Test").document["error"]["code"] == "PLAN-STOPS"
        assert way.run("schema", "--apply", "--approve-as", "Test").document["error"]["code"] == "APPROVAL-MISSING"
        way.apply("map")
        assert way.run("schema", "--apply").document["error"]["code"] == "APPROVAL-MISSING"
        assert way.run("load", "--apply", "--approve-as", "Test").document["error"]["code"] == "SCHEMA-MISSING"
        assert twin.dump() == before


def test_a_map_that_was_changed_after_approval_stops_the_load(tmp_path: Path) -> None:
    made = small_practice(tmp_path / "export", patients=5)
    with new_twin(made) as twin:
        way = begin(tmp_path / "migration", tmp_path / "export", twin)
        path = way.folder / "map.yaml"
        path.write_text(path.read_text().replace("label: Salutation", "label: Form of address"))
        refused = way.run("load", "--apply", "--approve-as", "Test")
        assert refused.code == 1
        assert refused.document["error"]["code"] == "APPROVAL-STALE"


def test_the_demo_ends_with_sums_that_close(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "bridgework",
        "demo",
        "--folder",
        str(tmp_path / "demo"),
        "--patients",
        "8",
        "--json",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
    document = json.loads(done.stdout)
    assert all(one["closes"] for one in document["verification"]["accounts"])
    assert set(document["verification"]["classes"]) <= {"equal", "normalised"}
    assert all(Path(path).is_file() for path in document["reports"])


def test_wrong_use_and_an_absent_server_have_their_exit_codes(tmp_path: Path) -> None:
    made = small_practice(tmp_path / "export", patients=3)
    with new_twin(made) as twin:
        way = begin(tmp_path / "migration", tmp_path / "export", twin)
        way.sampled()
    assert way.run("load", "--plan", "--apply").code == 2
    assert way.run("load", "--apply", "--approve-as", "Test").code == 3
    nowhere = Way(tmp_path / "nowhere", twin, fresh=True)
    assert nowhere.run("status").document["error"]["code"] == "SETTINGS-MISSING"
