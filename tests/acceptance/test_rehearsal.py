"""A rehearsal foretells the real run, and only reads the workspace."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bridgework.store import Store
from bridgework.store.tables import run
from bridgework.twins.twenty import TwentyTwin
from tests.acceptance.rehearsal_check import Measured, make_people, measure
from tests.acceptance.test_canary import canaries, content
from tests.integration.twenty_twin_calls import calls
from tests.support import PASSPHRASE, Way, new_twin, small_practice, without_patience


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Measured]:
    """Traps, a rehearsal and the real run, against a server that takes 60 records in a call."""
    with TwentyTwin(max_records=60) as twin:
        yield measure(tmp_path_factory.mktemp("measured"), twin, patients=15)


def test_every_stop_of_the_schema_is_foretold(measured: Measured) -> None:
    assert set(measured.came["stops"]) == {
        ("SCHEMA-CONFLICT", "person", "birthDate"),
        ("SCHEMA-CONFLICT", "person", "treatingProvider"),
    }
    assert measured.shares("stops") == (1.0, 1.0)


def test_every_refusal_and_finding_is_foretold_and_nothing_else(measured: Measured) -> None:
    codes = {one[4] for one in measured.came["refusals"]}
    assert {"REFUSED-DUPLICATE", "REFUSED-DUPLICATE_OF_DELETED", "WAITS-FOR"} <= codes
    assert "UNIQUE-TAKEN" in {one[0] for one in measured.came["findings"]}
    assert measured.shares("refusals") == (1.0, 1.0)
    assert measured.shares("findings") == (1.0, 1.0)
    assert measured.figures["records foretold"] == measured.figures["records that came"] > 0


@pytest.fixture
def way(tmp_path: Path) -> Iterator[Way]:
    """A migration whose map stands, and whose workspace was not touched."""
    made = small_practice(tmp_path / "export", patients=6)
    with new_twin(made, calls_per_minute=6_000) as twin:
        way = Way(tmp_path / "migration", twin)
        words = ("--practice", str(tmp_path / "export"), "--twenty", twin.url, "--rate", "6000")
        assert way.run("init", *words).code == 0
        without_patience(way.folder)
        way.apply("audit")
        way.apply("map")
        yield way


def listen(twin: TwentyTwin) -> list[str]:
    """Every GraphQL operation that a twin carries out from now on."""
    heard: list[str] = []
    core, metadata = twin._app.core, twin._app.metadata
    of_records, of_model = core.execute, metadata.execute

    def execute(payload: dict[str, Any], *more: Any) -> Any:
        heard.append(str(payload["query"]))
        return of_records(payload, *more)

    def execute_metadata(payload: dict[str, Any]) -> Any:
        heard.append(str(payload["query"]))
        return of_model(payload)

    setattr(core, "execute", execute)  # noqa: B010 - mypy refuses a plain assignment to a method
    setattr(metadata, "execute", execute_metadata)  # noqa: B010
    return heard


def test_the_workspace_is_only_read_and_the_ledger_is_not_touched(way: Way, tmp_path: Path) -> None:
    make_people(way.twin, [{"emails": {"primaryEmail": "taken@example.be"}}], deleted=1)
    before, heard = way.twin.dump(), listen(way.twin)
    ended = way.run("rehearse")
    assert ended.code == 0, (ended.document, ended.stderr[-2000:])
    assert len(heard) > 5
    assert [one for one in heard if not one.lstrip().startswith("query")] == []
    assert (way.twin.stats.calls["rest"], way.twin.stats.calls["upload"]) == (0, 0)
    assert way.twin.dump() == before
    counts = ended.document["outcome"]["counts"]
    assert counts["automations"] == [
        {"name": "Create company when adding a new person", "event": "person.upserted"},
    ]
    assert {"object": "person", "field": "emails", "count": 6, "deleted": 1} in counts["held"]
    assert [one["name"] for one in counts["stages"]] == ["schema", "sample", "load", "verify", "rollback"]
    assert all(one["passed"] for one in counts["stages"])
    store = Store.open(way.folder / "store.db", PASSPHRASE)
    with store.read() as connection:
        assert connection.execute(run.select()).all() == []
    store.close()
    actions = [one["action"] for one in way.run("log").document["entries"]]
    assert actions.count("rehearse") == 1
    assert "create_object" not in actions
    assert not (way.folder / "rehearsal").exists()
    written = {path.name: content(path) for path in way.folder.rglob("*") if path.is_file()}
    assert {"rehearsal.html", "rehearsal.json"} <= written.keys()
    shown = [*written.values(), f"{ended.document} {ended.stderr}".encode()]
    values = {one.encode() for one in canaries(tmp_path / "export") | {"taken@example.be"}}
    assert [one for one in values if any(one in text for text in shown)] == []
    exported = tmp_path / "log.jsonl"
    head = way.run("log", "--export", str(exported)).document["exported"]["head"]
    command = [sys.executable, "-m", "bridgework", "log", "--verify-file", str(exported), "--head", head, "--json"]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (checked.returncode, json.loads(checked.stdout)["file"]["trouble"]) == (0, None)
    exported.write_bytes(exported.read_bytes().replace(b'"rehearse"', b'"nothing!"'))
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (checked.returncode, json.loads(checked.stdout)["file"]["trouble"]) == (1, "changed")


def test_what_the_schema_is_refused_is_told_with_its_place_and_ends_in_one(way: Way) -> None:
    """People linked persons to a sponsor: its column has the name that the map wants for a field."""
    with calls(way.twin) as workspace:
        ids = workspace.object_ids()
        workspace.relate(ids["person"], "sponsor", ids["company"], "sponsored")
    path = way.folder / "map.yaml"
    path.write_text(path.read_text().replace("coverageTier", "sponsorId"))
    ended = way.run("rehearse")
    assert ended.code == 1, (ended.document.get("error"), ended.stderr[-1000:])
    counts = ended.document["outcome"]["counts"]
    assert [one["object"] for one in counts["stops"]] == ["person.sponsorId"]
    assert [(one["name"], one["passed"]) for one in counts["stages"]] == [("schema", False)]
    way.apply("map")
    real = way.run("schema", "--apply", "--approve-as", "Test")
    assert (real.code, real.document["error"]["where"]) == (3, "person.sponsorId")


def test_a_rehearsal_after_the_sample_begins_before_it(way: Way) -> None:
    way.apply("schema")
    assert way.run("sample", "--apply").code == 0
    counts = way.run("rehearse").document["outcome"]["counts"]
    assert counts["stops"] == []
    assert [one for one in counts["findings"] if one["code"] == "UNIQUE-TAKEN"] == []
    assert not any(one["count"] for one in counts["held"] if one["field"] == "sourceSystemId")
    way.apply("load")


def in_the_middle(way: Way) -> tuple[subprocess.Popen[str], int]:
    """A rehearsal that has come to its first stage, and the process of its twin."""
    command = [sys.executable, "-m", "bridgework", "rehearse", str(way.folder), "--json"]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=way.environment(), text=True
    )
    assert process.stderr is not None
    for line in process.stderr:
        if "preparing the workspace" in line:
            break
    (twin,) = children(process.pid)
    return process, twin


def test_a_killed_rehearsal_leaves_no_twin_and_the_next_command_removes_its_folder(way: Way) -> None:
    process, twin = in_the_middle(way)
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=60)
    assert (way.folder / "rehearsal" / "store.db").is_file()
    assert (way.folder / "rehearsal").stat().st_mode & 0o777 == 0o700
    ended_by_itself(twin)
    way.apply("schema")
    assert not (way.folder / "rehearsal").exists()


def test_ctrl_c_ends_a_rehearsal_and_leaves_nothing_of_it(way: Way) -> None:
    process, twin = in_the_middle(way)
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=60)
    assert (process.returncode, json.loads(out)["error"]["next"]) == (4, "run `bridgework rehearse DIR`")
    ended_by_itself(twin)
    assert not (way.folder / "rehearsal").exists()


def children(process: int) -> list[int]:
    """The processes that a process started."""
    return [int(one) for one in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def ended_by_itself(process: int) -> None:
    """Wait until a process of another parent has ended."""
    try:
        handle = os.pidfd_open(process)
    except ProcessLookupError:
        return
    try:
        assert select.select([handle], [], [], 30)[0] == [handle]
    finally:
        os.close(handle)


def test_without_a_map_or_the_practice_there_is_nothing_to_rehearse(tmp_path: Path) -> None:
    made = small_practice(tmp_path / "export", patients=3)
    with new_twin(made) as twin:
        way = Way(tmp_path / "migration", twin)
        assert way.run("init", "--practice", str(tmp_path / "export"), "--twenty", twin.url).code == 0
        assert way.run("rehearse").document["error"]["code"] == "MAP-MISSING"
