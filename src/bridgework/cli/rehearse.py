"""`bridgework rehearse`: the whole migration against a twin in the workspace's likeness, before one record moves."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

from rich.markup import escape

from bridgework.cli.options import AsJson, Folder
from bridgework.cli.running import command, finish, work
from bridgework.errors import BridgeworkError
from bridgework.migration import Migration
from bridgework.reports.page import lasting
from bridgework.stages.rehearsal.rehearse import rehearse as rehearsal


def rehearse(folder: Folder, *, as_json: AsJson = False) -> None:
    """Run everything against a stand-in like your workspace, and tell what would go wrong; writes nothing to Twenty."""
    with command(as_json=as_json) as screen, Migration.open(folder, alone=True) as migration:
        outcome = work(migration.context, rehearsal(migration.context, serve_like))
        rows = [
            (one["name"], f"{one['calls']:,}", f"{one['records']:,}", lasting(one["hours"]), escape(one["message"]))
            for one in outcome.counts["stages"]
        ]
        rate = outcome.counts["calls_per_minute"]
        at_rate = f"at {rate:,} calls a minute" if rate else "without a limit"
        screen.table("As it would go", ("stage", "calls", "records", at_rate, "what came of it"), rows)
        finish(screen, outcome)


@contextmanager
def serve_like(likeness: Mapping[str, Any]) -> Iterator[tuple[str, str, Collection[str]]]:
    """A twin in a process of its own, with nothing on the disk; it ends with this process, however that ends."""
    words = [sys.executable, "-m", "bridgework", "twin", "twenty", "--like", "-"]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:  # noqa: S603 - our own words
        try:
            if process.stdin is None or process.stdout is None:
                raise RuntimeError("the twin has no pipes")
            with suppress(BrokenPipeError):  # it ended already: it has no first line, then
                process.stdin.write(json.dumps(likeness).encode() + b"\n")
                process.stdin.flush()
            first = process.stdout.readline()
            if not first:
                raise BridgeworkError(
                    "TWIN-FAILED",
                    "The stand-in for Twenty did not start.",
                    next_step="install Bridgework with the extra `twins`, then run the command again",
                )
            line = json.loads(first)
            yield line["url"], line["key"], line["lacking"]
        finally:
            process.terminate()
