"""Something happens while a command runs: the real command in this process, and a moment in the middle of it."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Self

import pytest
from typer.testing import CliRunner

from bridgework.cli import running
from bridgework.cli.commands import app
from bridgework.stages.common import Quiet
from bridgework.stages.sample import Sample, approve_sample
from bridgework.workspace import Workspace
from tests.moving import Move

LOAD = ("load", "--apply", "--approve-as", "Test")
ROLLBACK = ("rollback", "--apply", "--approve-as", "Test")
VERIFY = ("verify", "--apply")
STATUS = ("status",)


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended: its exit code, and its one document."""

    exit_code: int
    document: dict[str, Any]

    @property
    def code(self) -> str:
        """The error's code; empty where there is none."""
        return str(self.document.get("error", {}).get("code", ""))

    @property
    def error(self) -> dict[str, str]:
        """What the error says, by its parts."""
        found: dict[str, str] = self.document["error"]
        return found


def run(move: Move, *words: str) -> Ended:
    """Run a command on a migration, in this process, to its end."""
    let_go(move)
    name, *rest = words
    ended = CliRunner().invoke(app, [*name.split(), str(move.migration.context.folder), *rest, "--json"])
    assert ended.exception is None or isinstance(ended.exception, SystemExit), ended.exception
    return Ended(ended.exit_code, json.loads(ended.stdout))


def let_go(move: Move) -> None:
    """Close the migration, so that a command can open it."""
    move.migration.__exit__(None, None, None)


def sampled(move: Move) -> Move:
    """Load and approve a small sample, and let go: what comes next is the load."""
    move.apply(Sample(move.migration.context, patients=2))
    approve_sample(move.migration.context, "Test")
    let_go(move)
    return move


@dataclass
class Meanwhile(Quiet):
    """Progress that acts, once, when a task of this name begins, or when the command says something."""

    at: str = ""
    act: Callable[[], object] = field(default=lambda: None)
    on_saying: Callable[[], object] = field(default=lambda: None)
    acted: bool = False
    said: list[str] = field(default_factory=list)

    def start(self, label: str, total: int | None, unit: str) -> Callable[[int], None]:
        if self.at and label.startswith(self.at) and not self.acted:
            self.acted = True
            self.act()
        return super().start(label, total, unit)

    def say(self, text: str) -> None:
        self.said.append(text)
        self.on_saying()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is drawn."""


def meanwhile(monkeypatch: pytest.MonkeyPatch, at: str, act: Callable[[], object]) -> Meanwhile:
    """Have the next commands act when their task of this name begins."""
    shown = Meanwhile(at=at, act=act)
    monkeypatch.setattr(running, "progress", lambda: shown)
    return shown


def in_twenty(move: Move, act: Callable[[Workspace], Awaitable[object]]) -> None:
    """Do something in the workspace as somebody else would, also in the middle of a command."""
    failed: list[BaseException] = []

    async def go() -> None:
        target = move.migration.context.settings.workspace
        async with await Workspace.open(target.url, move.twin.key, calls_per_minute=0) as workspace:
            await act(workspace)

    def alone() -> None:
        try:
            asyncio.run(go())
        except BaseException as error:  # noqa: BLE001 - the thread that waits raises it
            failed.append(error)

    thread = threading.Thread(target=alone)
    thread.start()
    thread.join()
    if failed:
        raise failed[0]


def accounts(move: Move) -> dict[str, dict[str, Any]]:
    """The sums of each source object, as `status` shows them."""
    shown = run(move, *STATUS)
    assert shown.exit_code == 0
    return {one["object"]: one for one in shown.document["status"]["accounts"]}


def paused(move: Move) -> list[str]:
    """The automations that `status` says are paused."""
    return [one["name"] for one in run(move, *STATUS).document["status"]["paused automations"]]


def goes_on(move: Move, calm: Any = None) -> None:
    """The same command again, and everything has arrived: as after an undisturbed run, or as the verification finds."""
    ended = run(move, *LOAD)
    assert ended.exit_code == 0, ended.document
    status = run(move, *STATUS).document["status"]
    assert all(one["closes"] for one in status["accounts"])
    assert status["paused automations"] == []
    if calm is not None:
        assert move.records() == calm
    else:
        verified = run(move, *VERIFY)
        assert verified.exit_code == 0, verified.document
