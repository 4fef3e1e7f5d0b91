"""A small practice, read, mapped and with its schema made, for tests that move it within their own process."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import os
import re
import shutil
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from bridgework.migration import Migration
from bridgework.settings import PracticeSettings, WorkspaceSettings
from bridgework.stages.common import Outcome, Stage
from bridgework.stages.sample import Sample, approve_sample
from bridgework.store.notes import approve
from bridgework.twins.twenty import Faults, Member, TwentyTwin
from bridgework.workspace import Workspace
from tests.made_once import copy_of_made
from tests.support import PASSPHRASE, accept_map, small_practice

_ENCODING = "cp1252"
_T = TypeVar("_T")
_MEMBERS = "members.json"


@dataclass(frozen=True, slots=True)
class Prepared:
    """A folder with an export, a workspace on disk, and a migration that is ready for its sample."""

    root: Path
    members: tuple[tuple[str, str, str], ...]


@dataclass
class Move:
    """A migration of its own, with its own export and workspace."""

    migration: Migration
    twin: TwentyTwin
    export: Path

    def apply(self, stage: Stage | str) -> Outcome:
        """Plan, approve and apply a stage; stops of the plan fail the test."""
        made = self.migration.stage(stage) if isinstance(stage, str) else stage
        plan = asyncio.run(made.plan())
        assert plan.stops == ()
        if plan.approval and plan.steps:
            approve(self.migration.context.store, plan.stage, plan.signature, "Test")
        return asyncio.run(made.apply(plan))

    def load(self, patients: int = 3) -> None:
        """A sample of so many patients, approved, and the load."""
        self.apply(Sample(self.migration.context, patients=patients))
        approve_sample(self.migration.context, "Test")
        self.apply("load")

    def edit_export(self, name: str, change: Callable[[list[list[str]]], list[list[str]]]) -> None:
        """Change the rows of a file of the export, the header first among them."""
        path = self.export / name
        rows = list(csv.reader(path.read_bytes().decode(_ENCODING).splitlines(), delimiter=";"))
        text = io.StringIO()
        csv.writer(text, delimiter=";", lineterminator="\r\n").writerows(change(rows))
        path.write_bytes(text.getvalue().encode(_ENCODING))

    def set_cell(self, name: str, key: str, column: str, value: str) -> None:
        """Change one cell of the record of that number."""

        def change(rows: list[list[str]]) -> list[list[str]]:
            place = rows[0].index(column)
            return [[*row[:place], value, *row[place + 1 :]] if row[0] == key else row for row in rows]

        self.edit_export(name, change)

    def edit_in_twenty(self, object_: str, id_: str, **values: Any) -> None:
        """Change a record as a person would: its change moment moves with it."""

        self.in_twenty(lambda workspace: workspace.update(object_, [{"id": id_, **values}]))

    def in_twenty(self, doing: Callable[[Workspace], Awaitable[_T]]) -> _T:
        """Do something in the workspace that is none of the migration's doing; what came of it."""

        async def do() -> _T:
            async with await self.migration.context.workspace() as workspace:
                return await doing(workspace)

        return asyncio.run(do())

    def record(self, object_: str, source_id: str) -> dict[str, Any]:
        """The record that was made of a source record (`patient:12`), as a reader of Twenty sees it; {} if none."""

        async def read(workspace: Workspace) -> dict[str, Any]:
            async for page in workspace.scan(object_, include_deleted=False):
                for one in page:
                    if one.get("sourceSystemId") == source_id:
                        return one
            return {}

        return self.in_twenty(read)

    def records(self) -> Any:
        """All records of the workspace, without who wrote them last: that cannot be put back."""
        left_out = {"updatedByContext", "updatedByName", "updatedBySource", "updatedByWorkspaceMemberId"}
        return {
            name: sorted(
                ({field: value for field, value in one.items() if field not in left_out} for one in rows),
                key=lambda one: str(one.get("id")),
            )
            for name, rows in self.twin.dump()["records"].items()
        }


def prepare(root: Path, *, patients: int = 10) -> Prepared:
    """A copy of it in this folder; it is made once for a run of the tests."""
    return prepare_export(root, f"moving-{patients}", lambda export: small_practice(export, patients=patients))


def prepare_export(root: Path, name: str, export: Callable[[Path], Any]) -> Prepared:
    """The same of another practice: `export` makes it in a folder; `name` is one for each such practice."""
    copy_of_made(name, lambda folder: _make(folder, export), root)
    settings = root / "migration" / "bridgework.toml"
    text = re.sub(r"(?m)^folder = .*$", f'folder = "{(root / "export").resolve()}"', settings.read_text())
    settings.write_text(text)
    members = json.loads((root / _MEMBERS).read_text())
    return Prepared(root, tuple(tuple(one) for one in members))


def _make(root: Path, export: Callable[[Path], Any]) -> None:
    made = export(root / "export")
    members = tuple(tuple(one) for one in made.provider_emails)
    with _twin(members, root / "workspace") as twin, _secrets(twin):
        source = PracticeSettings(folder=(root / "export").resolve())
        target = WorkspaceSettings(url=twin.url, calls_per_minute=0)
        with Migration.create(root / "migration", source, target) as migration:
            move = Move(migration, twin, root / "export")
            for name in ("audit", "map", "schema"):
                if name == "map":
                    asyncio.run(accept_map(migration.context))
                move.apply(name)
    (root / _MEMBERS).write_text(json.dumps(members))


@contextmanager
def moved(prepared: Prepared, folder: Path, *, faults: Faults | None = None) -> Iterator[Move]:
    """A copy of a prepared migration, with its workspace served; `faults` is what goes wrong there."""
    for name in ("export", "workspace", "migration"):
        shutil.copytree(prepared.root / name, folder / name)
    with _twin(prepared.members, folder / "workspace", faults) as twin, _secrets(twin):
        settings = folder / "migration" / "bridgework.toml"
        text = settings.read_text().replace(
            str((prepared.root / "export").resolve()), str((folder / "export").resolve())
        )
        text = text.replace("patience = 60", "patience = 0")
        settings.write_text(re.sub(r"(?m)^url = .*$", f'url = "{twin.url}"', text))
        with Migration.open(folder / "migration", alone=True) as migration:
            yield Move(migration, twin, folder / "export")


def _twin(members: tuple[tuple[str, str, str], ...], data: Path, faults: Faults | None = None) -> TwentyTwin:
    return TwentyTwin(members=[Member(*one) for one in members], data=data, max_records=40, faults=faults)


@contextmanager
def _secrets(twin: TwentyTwin) -> Iterator[None]:
    ours = {"BRIDGEWORK_STORE_KEY": PASSPHRASE, "BRIDGEWORK_TWENTY_KEY": twin.key}
    before = {name: os.environ.get(name) for name in ours}
    os.environ.update(ours)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
