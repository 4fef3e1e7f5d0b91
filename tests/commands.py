"""The public command in a process of its own, forked off one that has imported what it needs.

Importing takes longer than most commands do, and the tests run hundreds of them. A forked command has its own memory,
environment and exit code, and ends with its process; that the command also starts from nothing is shown by the tests
that ask for it (`Way.fresh`), and by every command that is killed or stopped.
"""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_MODULES = ("init", "preparing", "map", "match", "moving", "passes", "status", "log", "practice", "rehearse")
_STAGES = ("audit", "map", "schema", "sample", "load", "retry", "verify", "rollback")

_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(
    ["pytest", *(f"bridgework.cli.{one}" for one in _MODULES), *(f"bridgework.stages.{one}" for one in _STAGES)]
)


@dataclass(frozen=True, slots=True)
class Finished:
    """A command that has ended: its exit code and what it wrote."""

    code: int
    stdout: str
    stderr: str


def run_forked(words: Sequence[str], environment: Mapping[str, str], timeout: float) -> Finished:
    """Run `bridgework` with these words; raises TimeoutExpired where it takes longer than so many seconds."""
    with tempfile.TemporaryDirectory() as folder:
        out, err = Path(folder, "out"), Path(folder, "err")
        process = _FORKS.Process(target=_command, args=(list(words), dict(environment), Path.cwd(), out, err))
        process.start()
        process.join(timeout)
        code = process.exitcode
        if code is None:
            process.kill()
            process.join()
        process.close()
        if code is None:
            raise subprocess.TimeoutExpired(words, timeout)
        return Finished(code, out.read_text(encoding="utf-8"), err.read_text(encoding="utf-8"))


def run_fresh(words: Sequence[str], environment: Mapping[str, str], timeout: float) -> Finished:
    """The same from nothing, as a user starts it."""
    done = subprocess.run(
        command_line(words), capture_output=True, text=True, env=environment, check=False, timeout=timeout
    )
    return Finished(done.returncode, done.stdout, done.stderr)


def command_line(words: Sequence[str]) -> list[str]:
    """The command line of `bridgework` with these words."""
    return [sys.executable, "-m", "bridgework", *words]


def _command(words: list[str], environment: dict[str, str], folder: Path, out: Path, err: Path) -> None:
    """What the forked process does: it becomes the command."""
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    for number, path in ((1, out), (2, err)):
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(file, number)
        os.close(file)
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115 - open as long as the process is
    sys.stderr = open(2, "w", encoding="utf-8", closefd=False, buffering=1)  # noqa: SIM115
    sys.argv = ["bridgework", *words]
    from bridgework.cli import main

    main()
