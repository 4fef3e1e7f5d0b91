"""A practice behind an API, by the public command alone: read, loaded while it is read, verified, and taken back."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bridgework.twins.dentadmin import DentAdminTwin
from tests.support import Way, begin_with_api, new_twin, small_practice


@pytest.fixture
def made(tmp_path: Path) -> Any:
    return small_practice(tmp_path / "export", patients=30)


@pytest.fixture
def way(made: Any, tmp_path: Path) -> Iterator[Way]:
    """All of the practice behind the API, pages of 20."""
    with new_twin(made) as twin, DentAdminTwin(tmp_path / "export") as api:
        yield begin_with_api(tmp_path / "migration", twin, api)


def test_the_load_reads_what_the_audit_left_and_every_sum_closes(way: Way, made: Any) -> None:
    audited = way.apply("audit", "--calls", "1").document["outcome"]
    assert "Not read to the end" in audited["message"]
    api = audited["counts"]["plan"]["reading"]
    assert api["calls"] > 0
    way.apply("map")
    way.apply("schema")
    before = way.twin.dump()
    calls = way.api.stats.calls if way.api else {}
    so_far = sum(calls.values())
    loaded = way.apply("load").document["outcome"]["counts"]["accounts"]
    assert all(one["closes"] for one in loaded)
    assert {one["object"]: one["source"] for one in loaded} == made.records
    assert sum(calls.values()) > so_far
    verified = way.apply("verify").document["outcome"]["counts"]
    assert set(verified["classes"]) <= {"equal", "normalised"}
    assert set(verified["files"]) == {"equal"}
    assert not (way.folder / "fetched").exists()
    way.apply("rollback")
    assert way.twin.dump()["records"] == before["records"]


def test_an_object_of_both_sides_is_joined_and_loaded_once(made: Any, tmp_path: Path) -> None:
    with new_twin(made) as twin, DentAdminTwin(tmp_path / "export") as api:
        way = begin_with_api(tmp_path / "migration", twin, api, "--practice", str(tmp_path / "export"))
        for stage in ("audit", "map", "schema", "load", "verify"):
            way.apply(stage)
        accounts = way.run("status").document["status"]["accounts"]
        assert all(one["closes"] for one in accounts)
        assert next(one for one in accounts if one["object"] == "patient")["loaded"] == 30


def test_a_paused_api_is_waited_for_and_a_command_that_waits_can_be_stopped(way: Way) -> None:
    assert way.run_practice("pause").code == 0
    command = way.command("audit", "--apply")
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=way.environment(), text=True
    ) as waiting:
        assert any("is paused" in line for line in waiting.stderr or ())
        waiting.terminate()
        waiting.communicate()
    assert waiting.returncode == 4
    assert sum(way.api.stats.calls.values() if way.api else ()) == 0
    assert "calls left" in way.run_practice("resume").document["budget"]
    way.apply("audit")


def test_the_check_says_what_a_profile_lacks(way: Way) -> None:
    assert way.run_practice("check").code == 0
    path = way.folder / "small-pages.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("      first_name:", "      firstName:"), encoding="utf-8")
    ended = way.run_practice("check")
    assert ended.code == 1
    patient = next(one for one in ended.document["check"]["objects"] if one["object"] == "patient")
    assert not patient["fits"]
    assert "not found: firstName" in patient["words"]
    assert "first_name" in patient["words"]
    path.write_text(path.read_text(encoding="utf-8").replace("paging: {by: page", "paging: {by: pge"), encoding="utf-8")
    wrong = way.run_practice("check").document["error"]
    assert (wrong["code"], "line" in wrong["where"]) == ("PROFILE-WRONG", True)


def test_a_field_that_the_profile_does_not_list_arrives_all_the_same(way: Way) -> None:
    path = way.folder / "small-pages.yaml"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(one for one in lines if not one.startswith("      remark:")), encoding="utf-8")
    way.apply("audit")
    fields = json.loads((way.folder / "reports" / "audit.json").read_text(encoding="utf-8"))["fields"]
    assert ("patient", "remark") in {(one["object"], one["header"]) for one in fields}
