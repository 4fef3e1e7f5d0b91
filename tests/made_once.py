"""What is costly to make: made once for a whole run of the tests, by whichever worker needs it first, and copied."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

_WHERE = "BRIDGEWORK_TESTS_MADE_ONCE"


def begin_run() -> Path | None:
    """Make the folder that all workers of this run share; None where this process is a worker of a run that has one."""
    if _WHERE in os.environ:
        return None
    folder = Path(tempfile.mkdtemp(prefix="bridgework-tests-"))
    os.environ[_WHERE] = str(folder)
    return folder


def end_run(folder: Path | None) -> None:
    """Remove it."""
    if folder is not None:
        del os.environ[_WHERE]
        shutil.rmtree(folder, ignore_errors=True)


def bytecode() -> dict[str, str]:
    """What has processes of this run keep their compiled modules for one another, where the user's are not to be kept.

    Without it each of hundreds of commands would compile all of Bridgework again. A script that is no run of the tests
    has no such folder, and leaves it at that.
    """
    if not os.environ.get("PYTHONDONTWRITEBYTECODE") or _WHERE not in os.environ:
        return {}
    return {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(Path(os.environ[_WHERE]) / "bytecode")}


def copy_of_made(name: str, make: Callable[[Path], None], to: Path) -> None:
    """Copy into a folder of the caller's own what `make` writes into an empty one.

    `name` must say everything that `make` depends on. Nobody gets at what was made but by a copy, so that no test sees
    what another one did to it.
    """
    shared = Path(os.environ[_WHERE])
    made, unfinished = shared / name, shared / f"{name}.unfinished"
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            shutil.rmtree(unfinished, ignore_errors=True)
            unfinished.mkdir()
            make(unfinished)
            unfinished.rename(made)
    shutil.copytree(made, to, dirs_exist_ok=True)
