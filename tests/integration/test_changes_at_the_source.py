"""What a practice at work has changed is found in its next export and through its API, and nothing else."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
import tempfile
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bridgework.cli.commands import app
from bridgework.errors import Paused
from bridgework.mapping.recognise import recognise
from bridgework.migration import Migration
from bridgework.practice import StagedRows, discover, stage
from bridgework.practice.api import ApiClient, load_profile
from bridgework.practice.api_rows import ApiPart
from bridgework.practice.changes import Changes, Snapshot, Told, find_changes_in_api, find_changes_in_export
from bridgework.practice.extraction import extract
from bridgework.stages.changes import compare_exports
from bridgework.stages.common import Quiet, Stopper
from bridgework.store import Store
from bridgework.twins.dentadmin import STYLES, DentAdminTwin
from tests.support import small_practice

PROFILES = Path(__file__).parent.parent / "profiles"
Rows = dict[str, dict[str, dict[str, str]]]


class KilledError(Exception):
    """Stands for a kill: nothing of the process goes on."""


class Free:
    """A budget without a limit, which counts."""

    def __init__(self) -> None:
        self.calls = 0

    @asynccontextmanager
    async def call(self) -> AsyncGenerator[None, None]:
        self.calls += 1
        yield


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("practice")
    small_practice(folder, patients=60, seed=13)
    return folder


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store.create(tmp_path / "store.db", "a passphrase")
    yield made
    made.close()


def snapshots(folder: Path, prefix: str = "") -> list[Snapshot]:
    files = discover(folder)
    known = recognise({one.relative: one.header for one in files})
    return [
        Snapshot((one := known[file.relative]).object, file, tuple(one.key_headers), prefix + file.relative)
        for file in files
        if file.relative in known
    ]


def read_export(store: Store, folder: Path) -> None:
    for one in snapshots(folder):
        stage(store, one.file, one.object, one.key_headers)


def staged(store: Store) -> Rows:
    rows = StagedRows(store)
    return {name: {one.key: one.values for one in rows.iterate(name)} for name in OBJECTS}


def afresh(folder: Path, export: Path) -> Rows:
    """The rows of an export, read as if there had been nothing before."""
    made = Store.create(folder / f"afresh of {export.name}.db", "a passphrase")
    read_export(made, export)
    found = staged(made)
    made.close()
    return found


def differences(then: Rows, now: Rows) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for name in OBJECTS:
        before, after = then[name], now[name]
        found[name] = {key: "changed" for key in before.keys() & after.keys() if before[key] != after[key]}
        found[name] |= dict.fromkeys(after.keys() - before.keys(), "new")
        found[name] |= dict.fromkeys(before.keys() - after.keys(), "gone")
    return found


def found_in(changes: Changes) -> dict[str, dict[str, str]]:
    return {name: {one.key: one.change for one in changes.iterate(name)} for name in OBJECTS}


OBJECTS = tuple(load_profile("dentadmin-twin", PROFILES).objects)


# --- exports ---------------------------------------------------------------------------------------------------------


def test_the_changes_between_two_exports_are_what_the_practice_did(store: Store, export: Path, tmp_path: Path) -> None:
    read_export(store, export)
    then = staged(store)
    with DentAdminTwin(export) as twin:
        for day in (1, 2):
            twin.live_a_day(day)
            remove_one(twin, then)
            folder = tmp_path / f"day {day}"
            twin.export(folder)
            now = afresh(tmp_path, folder)
            changes = find_changes_in_export(store, snapshots(folder, f"day {day}/"))
            assert changes.stops == []
            assert found_in(changes) == differences(then, now)
            assert any(sums.changed for sums in changes.sums.values())
            assert all(sums.closes for sums in changes.sums.values())
            assert {name: sums.now for name, sums in changes.sums.items()} == {name: len(now[name]) for name in OBJECTS}
            changes.fold()
            assert staged(store) == now
            then = now


def test_a_new_export_in_the_same_folder_is_what_an_audit_takes_as_read(
    store: Store, export: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "export"
    with DentAdminTwin(export) as twin:
        twin.export(folder)
        read_export(store, folder)
        twin.live_a_day(5)
        twin.export(tmp_path / "new")
    for file in (tmp_path / "new").iterdir():
        if file.is_file():
            file.replace(folder / file.name)
    find_changes_in_export(store, snapshots(folder)).fold()
    read_export(store, folder)
    assert staged(store) == afresh(tmp_path, folder)
    assert not find_changes_in_export(store, snapshots(folder))


def test_a_pass_that_is_killed_with_its_process_goes_on(store: Store, export: Path, tmp_path: Path) -> None:
    read_export(store, export)
    with DentAdminTwin(export) as twin:
        twin.live_a_day(3)
        twin.export(tmp_path / "new")
    script = f"""
import os, signal, sys
sys.path.insert(0, {str(Path(__file__).parent.parent.parent)!r})
from pathlib import Path
from bridgework.practice import judging
from bridgework.practice.changes import find_changes_in_export
from bridgework.store import Store
from tests.integration import test_changes_at_the_source as here
judging.BATCH_ROWS = 20
left = int(sys.argv[1])
def progress(_, __):
    global left
    left -= 1
    if not left:
        os.kill(os.getpid(), signal.SIGKILL)
store = Store.open(Path({str(tmp_path / "store.db")!r}), "a passphrase")
find_changes_in_export(store, here.snapshots(Path({str(tmp_path / "new")!r}), "new/"), progress=progress)
"""
    for kill_at in (5, 30):
        ended = subprocess.run([sys.executable, "-c", script, str(kill_at)], check=False, capture_output=True)
        assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()
    changes = find_changes_in_export(store, snapshots(tmp_path / "new", "new/"))
    assert found_in(changes) == differences(staged(store), afresh(tmp_path, tmp_path / "new"))
    assert all(sums.closes for sums in changes.sums.values())
    assert changes.number == 1


# --- the API ---------------------------------------------------------------------------------------------------------


class Reader:
    """A twin as a client reads it."""

    def __init__(self, store: Store, twin: DentAdminTwin) -> None:
        name = "dentadmin-twin" if twin.style.name == "default" else f"{twin.style.name}.yaml"
        self.store, self.twin, self.budget = store, twin, Free()
        self.profile = load_profile(name, PROFILES).at(twin.url)
        self.parts = [
            ApiPart(one, one, self.profile.headers(one, "nl"), self.profile.key_headers(one, "nl"))
            for one in self.profile.objects
        ]

    def client(self) -> ApiClient:
        return ApiClient(self.profile, secret=lambda: self.twin.key, budget=self.budget)

    async def extract(self, store: Store | None = None) -> None:
        async with self.client() as client:
            for part in self.parts:
                if not self.profile.object(part.object).inside:
                    inner = [one for one in self.parts if self.profile.object(one.object).inside == part.object]
                    await extract(store or self.store, client, part, inside=inner)

    async def find(self, **how: Any) -> Changes:
        self.budget.calls = 0
        async with self.client() as client:
            return await find_changes_in_api(self.store, client, self.parts, **how)

    def now(self, folder: Path) -> Rows:
        """What the API has now, read as if there had been nothing before."""
        made = Store.create(folder / f"{datetime.now(UTC).timestamp()}.db", "a passphrase")
        asyncio.run(self.extract(made))
        found = staged(made)
        made.close()
        return found


def remove_one(twin: DentAdminTwin, then: Rows) -> None:
    """Remove an appointment that is staged, and there once."""
    numbers = [row["number"] for row in twin.practice.records("appointment")]
    twin.practice.remove("appointment", next(one for one in then["appointment"] if numbers.count(one) == 1))


def deleting(style: str) -> bool:
    return bool(STYLES[style].deleted)


@pytest.mark.parametrize("style", ["default", "cursor", "offset", "link", "search"])
def test_the_api_tells_what_the_practice_did_since(store: Store, export: Path, tmp_path: Path, style: str) -> None:
    with DentAdminTwin(export, style=style) as twin:
        reader = Reader(store, twin)
        first = datetime.now(UTC)
        asyncio.run(reader.extract())
        read = reader.budget.calls
        for day in (1, 2):
            then = staged(store)
            twin.live_a_day(day)
            remove_one(twin, then)
            changes = asyncio.run(reader.find(first=first))
            assert changes.stops == []
            assert reader.budget.calls <= (read if STYLES[style].since else 2 * read)
            expected = differences(then, reader.now(tmp_path))
            seen = found_in(changes)
            if not deleting(style) and STYLES[style].since:
                # Nobody says what is gone but a full reading.
                expected["appointment"] = {key: one for key, one in expected["appointment"].items() if one != "gone"}
            assert seen == expected
            assert all(sums.closes for sums in changes.sums.values())
            changes.fold()
        asyncio.run(reader.find(full=True)).fold()
        assert staged(store) == reader.now(tmp_path)
        assert not asyncio.run(reader.find())


def test_a_pass_over_the_api_that_was_killed_goes_on_with_the_next_page(
    store: Store, export: Path, tmp_path: Path
) -> None:
    with DentAdminTwin(export, style="offset") as twin:
        reader = Reader(store, twin)
        asyncio.run(reader.extract())
        then = staged(store)
        twin.live_a_day(1)
        whole = asyncio.run(reader.find(full=True))
        calls, expected = reader.budget.calls, found_in(whole)
        assert expected == differences(then, reader.now(tmp_path))
        made = 0
        for kill_at in (2, 5):
            steps = 0

            def kill(_: ApiPart, __: int) -> None:
                nonlocal steps
                steps += 1
                if steps == kill_at:  # noqa: B023
                    raise KilledError

            with pytest.raises(KilledError):
                asyncio.run(reader.find(full=True, progress=kill))
            made += reader.budget.calls
        changes = asyncio.run(reader.find(full=True))
        assert found_in(changes) == expected
        assert made + reader.budget.calls <= calls + 2
        assert all(sums.closes for sums in changes.sums.values())


@pytest.mark.parametrize("style", ["default", "cursor"])
def test_passes_over_a_practice_at_work_end_in_its_state(
    store: Store, export: Path, tmp_path: Path, style: str
) -> None:
    with DentAdminTwin(export, style=style) as twin:
        reader = Reader(store, twin)
        asyncio.run(reader.extract())
        days = iter(range(10, 40))

        def work(_: ApiPart, __: int) -> None:
            day = next(days, None)
            if day is not None and day % 4 == 0:
                twin.live_a_day(day, patients=2, appointments=3, treatments=2)
                appointments = [row["number"] for row in twin.practice.records("appointment")]
                twin.practice.remove("appointment", appointments[day])

        for _ in range(2):
            changes = asyncio.run(reader.find(full=True, progress=work))
            assert all(sums.closes for sums in changes.sums.values())
            changes.fold()
        asyncio.run(reader.find(full=True)).fold()
        assert staged(store) == reader.now(tmp_path)


def test_the_servers_clock_counts_and_not_ours(store: Store, export: Path) -> None:
    with DentAdminTwin(export) as twin:
        reader = Reader(store, twin)
        asyncio.run(reader.extract())
        late = datetime.now(UTC) + timedelta(hours=3)
        asyncio.run(reader.find(full=True, clock=lambda: late)).fold()
        twin.live_a_day(4)
        assert asyncio.run(reader.find(clock=lambda: late))


def test_much_gone_at_the_source_wants_a_look(store: Store, export: Path) -> None:
    with DentAdminTwin(export) as twin:
        reader = Reader(store, twin)
        asyncio.run(reader.extract())
        for row in list(twin.practice.records("appointment"))[::2]:
            try:
                twin.practice.remove("appointment", row["number"])
            except KeyError:
                continue  # its double went with it
        assert {one.code for one in asyncio.run(reader.find(full=True)).stops} == {"CHANGES-MANY-GONE"}
        assert asyncio.run(reader.find(full=True, gone={"appointment"})).stops == []


def test_two_folders_that_say_the_same_have_no_changes(store: Store, export: Path, tmp_path: Path) -> None:
    read_export(store, export)
    with DentAdminTwin(export) as twin:
        twin.export(tmp_path / "same")
    for file in (tmp_path / "same").glob("*.csv"):
        text = file.read_bytes().decode("cp1252", "replace")
        if "\ufffd" not in text and '"' not in text and "," not in text:
            file.write_text(text.replace(";", ",").replace("\r\n", "\n"), encoding="utf-8", newline="")
    changes = find_changes_in_export(store, snapshots(tmp_path / "same", "same/"), Told())
    assert not changes
    assert changes.stops == []


# --- the commands ----------------------------------------------------------------------------------------------------


class Commands:
    """`bridgework` in this process, with the secrets of a user."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, key: str = "") -> None:
        for name, value in (("STORE", "a passphrase"), ("TWENTY", "none"), ("DENTADMIN", key)):
            monkeypatch.setenv(f"BRIDGEWORK_{name}_KEY", value)

    def run(self, *words: object, code: int = 0) -> dict[str, Any]:
        ended = CliRunner().invoke(app, [*map(str, words), "--json"])
        assert ended.exit_code == code, ended.output
        document: dict[str, Any] = json.loads(ended.stdout)
        return document


def test_two_exports_are_compared_by_one_command_that_leaves_nothing(
    export: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    with DentAdminTwin(export) as twin:
        lived = twin.live_a_day(1)
        twin.export(tmp_path / "new")
    commands = Commands(monkeypatch)
    found = commands.run("practice", "compare", export, tmp_path / "new")["changes"]
    assert found["passed"]
    for name, one in found["objects"].items():
        assert one["closes"]
        assert one["new"] == len(set(lived.new.get(name, ())))
        assert one["changed"] == len(set(lived.changed.get(name, ())))
    assert set(found["objects"]["patient"]["headers"]) == {"GSM", "Laatst gewijzigd"}
    assert list(scratch.iterdir()) == []
    shown = CliRunner().invoke(app, ["practice", "compare", str(export), str(export)])
    assert shown.exit_code == 0
    assert "Nothing has changed." in shown.stdout


def test_a_comparison_stops_when_somebody_wishes_so_and_leaves_nothing(
    export: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    stopper = Stopper()
    stopper.stop()
    with pytest.raises(Paused):
        compare_exports(export, export, Quiet(), stopper)
    assert list(tmp_path.iterdir()) == []


def test_a_migration_finds_changes_in_another_folder_and_takes_no_older_one_afterwards(
    export: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands, folder, new = Commands(monkeypatch), tmp_path / "migration", tmp_path / "new"
    commands.run("init", folder, "--practice", export, "--twenty", "http://127.0.0.1:9")
    commands.run("audit", folder, "--apply")
    with DentAdminTwin(export) as twin:
        twin.live_a_day(1)
        twin.export(new)
    appointments = new / "afspraken.csv"
    kept = appointments.read_bytes()
    appointments.unlink()
    stopped = commands.run("practice", "changes", folder, "--from", new, code=1)["changes"]
    assert [one["code"] for one in stopped["findings"] if one["severity"] == "stop"] == ["EXPORT-FILE-MISSING"]
    assert commands.run("practice", "changes", folder, "--from", new, "--without", "appointment")["changes"]["passed"]
    appointments.write_bytes(kept)
    found = commands.run("practice", "changes", folder, "--from", new)["changes"]
    assert found["objects"]["appointment"]["new"] > 0
    assert commands.run("log", folder, "--verify")["chain"]["broken_at"] is None
    with Migration.open(folder) as migration:
        changes = Changes.open(migration.context.store, "export")
        assert changes is not None
        changes.fold()
    assert commands.run("practice", "changes", folder, code=2)["error"]["code"] == "CHANGES-OLDER-EXPORT"
    again = commands.run("practice", "changes", folder, "--from", new)["changes"]
    assert not any(one["new"] or one["changed"] or one["gone"] for one in again["objects"].values())


def test_a_migration_finds_changes_through_the_api(
    export: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with DentAdminTwin(export) as twin:
        commands, folder = Commands(monkeypatch, twin.key), tmp_path / "migration"
        api = ("--api", "dentadmin-twin", "--api-url", twin.url)
        commands.run("init", folder, "--twenty", "http://127.0.0.1:9", *api)
        commands.run("audit", folder, "--apply")
        twin.live_a_day(1)
        found = commands.run("practice", "changes", folder)["changes"]
        assert found["objects"]["patient"]["changed"] > 0
        assert found["objects"]["appointment"]["gone"] == 0
        assert found["calls"] > 0
        full = commands.run("practice", "changes", folder, "--full")["changes"]
        assert full["objects"]["appointment"]["gone"] == 1
        assert full["objects"]["patient"]["changed"] == found["objects"]["patient"]["changed"]


def test_a_practice_read_from_both_has_the_changes_of_both_parts(
    export: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with DentAdminTwin(export) as twin:
        commands, folder, new = Commands(monkeypatch, twin.key), tmp_path / "migration", tmp_path / "new"
        api = ("--api", "dentadmin-twin", "--api-url", twin.url)
        commands.run("init", folder, "--practice", export, "--twenty", "http://127.0.0.1:9", *api)
        commands.run("audit", folder, "--apply")
        twin.live_a_day(1)
        twin.export(new)
        by_api = commands.run("practice", "changes", folder)["changes"]["objects"]
        by_export = commands.run("practice", "changes", folder, "--from", new)["changes"]["objects"]
        assert by_api["patient@api"]["changed"] == by_export["patient@export"]["changed"] > 0
        assert by_api["patient@export"]["changed"] == 0
