"""What acceptance and chaos tests share: the public command in a process of its own, and a prepared migration."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

from bridgework.mapping import editing
from bridgework.stages.context import Context
from bridgework.stages.map import Map, Proposing
from bridgework.twins.dentadmin import DentAdminTwin, generate_practice
from bridgework.twins.twenty import Member, TwentyTwin
from tests.commands import command_line, run_forked, run_fresh
from tests.made_once import bytecode

PASSPHRASE = "a passphrase for tests"
_UNDO_SAMPLE = ("init", "map", "schema", "rollback")  # commands after which a sample may not be approved any more


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended: its exit code, the JSON document on stdout, and stderr."""

    code: int
    document: dict[str, Any]
    stderr: str


@dataclass
class Way:
    """A migration folder on its way, and the twin that it goes to."""

    folder: Path
    twin: TwentyTwin
    api: DentAdminTwin | None = None
    timeout: float = 300  # seconds for one command
    fresh: bool = False  # each command from nothing, as a user starts it, and not forked
    _sampled: bool = field(default=False, init=False)  # that its sample is approved, as far as we know

    def environment(self) -> dict[str, str]:
        """The secrets, as a user gives them."""
        ours = {"BRIDGEWORK_STORE_KEY": PASSPHRASE, "BRIDGEWORK_TWENTY_KEY": self.twin.key}
        if self.api is not None:
            ours["BRIDGEWORK_DENTADMIN_KEY"] = self.api.key
        return os.environ | ours | bytecode()

    def command(self, name: str, *words: str) -> list[str]:
        """The command line of a stage, or of one of its commands (`map accept`)."""
        return command_line(self._words(name, *words))

    def _words(self, name: str, *words: str) -> list[str]:
        return [*name.split(), str(self.folder), *words, "--json"]

    def run(self, name: str, *words: str) -> Ended:
        """Run one command to its end."""
        if name.startswith(_UNDO_SAMPLE):
            self._sampled = False
        run = run_fresh if self.fresh else run_forked
        done = run(self._words(name, *words), self.environment(), self.timeout)
        return Ended(done.code, json.loads(done.stdout) if done.stdout.strip() else {}, done.stderr)

    def run_practice(self, name: str) -> Ended:
        """Run one of the commands about the practice's side."""
        return self.run(f"practice {name}")

    def mapped(self) -> Ended:
        """Have a map proposed, every line of it accepted, and approved."""
        assert self.run("map").code == 0
        assert self.run("map accept", "--all").code == 0
        ended = self.run("map approve", "--as", "Test")
        assert ended.code == 0, (ended.document.get("error"), ended.stderr[-2000:])
        return ended

    def sampled(self) -> None:
        """Have a small sample loaded and approved, where none is: the load begins with it."""
        if not self._sampled and self.run("sample", "--approve-as", "Test").code:
            for _ in range(20):
                if (ended := self.run("sample", "--apply", "--patients", "3")).code not in {3, 4}:
                    break
            assert ended.code == 0, (ended.document.get("error"), ended.stderr[-2000:])
            assert self.run("sample", "--approve-as", "Test").code == 0
        self._sampled = True

    def apply(self, name: str, *words: str) -> Ended:
        """Apply a stage, approved, and see that it passes."""
        if name == "map":
            return self.mapped()
        if name == "load":
            self.sampled()
        approval = () if name in {"audit", "verify"} else ("--approve-as", "Test")
        ended = self.run(name, "--apply", *approval, *words)
        assert ended.code == 0, (name, ended.document.get("error"), ended.document.get("outcome"), ended.stderr[-2000:])
        return ended

    def insist(self, name: str, *words: str) -> None:
        """Run a stage again for as long as it says that the other system is away: what a person would do."""
        if name == "load":
            self.sampled()
        for _ in range(20):
            ended = self.run(name, "--apply", "--approve-as", "Test", *words)
            if ended.code not in {3, 4}:
                break
        assert ended.code == 0, (name, ended.document.get("error"), ended.document.get("outcome"), ended.stderr[-2000:])

    def start(self, name: str, *words: str) -> subprocess.Popen[bytes]:
        """Start a stage and leave it running."""
        if name == "load":
            self.sampled()
        return subprocess.Popen(
            self.command(name, "--apply", "--approve-as", "Test", *words),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=self.environment(),
        )


def small_practice(
    folder: Path, *, patients: int = 40, seed: int = 3, messy: bool = True, language: Literal["nl", "fr"] = "nl"
) -> Any:
    """An export small enough for a test, with every object and every kind of dirt."""
    return generate_practice(
        folder, patients=patients, seed=seed, language=language, messy=messy, density=0.3, files_per_patient=0.5
    )


def new_twin(made: Any, **options: Any) -> TwentyTwin:
    """A twin whose members are the practice's own dentists."""
    return TwentyTwin(members=[Member(*one) for one in made.provider_emails], **options)


def without_patience(folder: Path) -> None:
    """A server that is away ends a command at once: no test waits an hour."""
    settings = folder / "bridgework.toml"
    settings.write_text(settings.read_text().replace("patience = 60", "patience = 0"))


def begin(folder: Path, export: Path, twin: TwentyTwin, *, fresh: bool = False, preset: str = "complete") -> Way:
    """A migration, ready to be loaded; `fresh` has each of its commands started from nothing."""
    way = Way(folder, twin, fresh=fresh)
    made = way.run("init", "--practice", str(export), "--twenty", twin.url, "--rate", "0")
    assert made.code == 0, made
    without_patience(folder)
    way.apply("audit")
    if preset != "complete":
        assert way.run("map", "--preset", preset).code == 0
    for stage in ("map", "schema"):
        way.apply(stage)
    return way


def begin_with_api(folder: Path, twin: TwentyTwin, api: DentAdminTwin, *words: str, page_size: int = 20) -> Way:
    """A migration whose practice is behind an API with small pages; `words` are more options of `init`."""
    way = Way(folder, twin, api)
    shipped = files("bridgework.practice.api").joinpath("profiles/dentadmin-twin.yaml").read_text(encoding="utf-8")
    init = ("--api", "small-pages.yaml", "--api-url", api.url, "--twenty", twin.url, "--rate", "0", *words)
    made = way.run("init", *init)
    assert made.code == 0, made
    profile = shipped.replace("largest_page_size: 500", f"page_size: {page_size}")
    (folder / "small-pages.yaml").write_text(profile, encoding="utf-8")
    without_patience(folder)
    return way


async def accept_map(context: Context) -> None:
    """Have a map proposed, and every line of it accepted."""
    stage = Map(context)
    await stage.propose(Proposing())
    stage.change("accept", "all lines", lambda one: editing.accept(one, lambda *_: True)[0])


def copy_of(way: Way, folder: Path, twin: TwentyTwin) -> Way:
    """The same migration in another folder, towards another workspace in the same state."""
    shutil.copytree(way.folder, folder)
    settings = folder / "bridgework.toml"
    settings.write_text(settings.read_text().replace(way.twin.url, twin.url))
    return Way(folder, twin)
