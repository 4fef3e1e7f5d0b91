"""Runs the public commands on a practice, each in its own process, and measures that process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Measured:
    """One process: seconds by the clock and of the processor, and its peak memory in MB."""

    seconds: float
    cpu: float
    peak_mb: float
    document: dict[str, Any]


@dataclass
class Twin:
    """A served twin, and how to ask it for its counters."""

    url: str
    key: str
    process: subprocess.Popen[str]

    def stats(self) -> dict[str, Any]:
        """The counters now."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        found: dict[str, Any] = json.loads(self.process.stdout.readline())
        return found


@contextmanager
def twin(rate: int = 0, most: int = 200) -> Iterator[Twin]:
    """Serve a twin; `rate` calls a minute (0: no limit), `most` records a call."""
    command = [sys.executable, "-m", "tests.bench.served_twin", str(rate), str(most)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            first = json.loads(process.stdout.readline())
            yield Twin(first["url"], first["key"], process)
        finally:
            process.kill()


def bridgework(*words: str, key: str = "") -> Measured:
    """Run a command; raises where it fails."""
    environment = {**os.environ, "BRIDGEWORK_STORE_KEY": "bench", "BRIDGEWORK_TWENTY_KEY": key}
    began = time.monotonic()
    command = [sys.executable, "-m", "bridgework", *words, "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment) as process:
        assert process.stdout is not None
        text = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    took = time.monotonic() - began
    document = json.loads(text) if text.strip() else {}
    if process.returncode:
        raise RuntimeError(f"bridgework {words[0]} ended with {process.returncode}: {document.get('error')}")
    return Measured(took, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, document)


def prepare(folder: Path, export: Path, served: Twin, rate: int) -> None:
    """Everything before the load."""
    bridgework("init", str(folder), "--practice", str(export), "--twenty", served.url, "--rate", str(rate))
    bridgework("audit", str(folder), "--apply", key=served.key)
    for stage in ("map", "schema"):
        bridgework(stage, str(folder), "--apply", "--approve-as", "Bench", key=served.key)
