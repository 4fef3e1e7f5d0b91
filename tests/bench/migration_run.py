"""Runs the public commands on a practice, each in its own process, and measures that process."""

from __future__ import annotations

import contextlib
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PASSPHRASE = "bench"


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
        return self._ask("")

    def limit(self, rate: int) -> None:
        """Keep to another rate from now on (calls a minute, 0: no limit), with a full bucket."""
        self._ask(str(rate))

    def _ask(self, line: str) -> dict[str, Any]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{line}\n")
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
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = before.ru_utime + before.ru_stime
    environment = {**os.environ, "BRIDGEWORK_STORE_KEY": PASSPHRASE, "BRIDGEWORK_TWENTY_KEY": key}
    command = [sys.executable, "-m", "bridgework", *words, "--json"]
    began, peak = time.monotonic(), 0.0
    with tempfile.TemporaryFile("w+") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.DEVNULL, env=environment)
        while process.poll() is None:
            peak = max(peak, peak_mb(process.pid))
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(0.1)
        took = time.monotonic() - began
        out.seek(0)
        text = out.read()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    document = json.loads(text) if text.strip() else {}
    if process.returncode:
        said = document.get("error") or document.get("outcome", {}).get("message")
        raise RuntimeError(f"bridgework {words[0]} ended with {process.returncode}: {said}")
    return Measured(took, after.ru_utime + after.ru_stime - used, peak, document)


def start(*words: str, key: str) -> subprocess.Popen[bytes]:
    """Start a command, and leave it running."""
    environment = {**os.environ, "BRIDGEWORK_STORE_KEY": PASSPHRASE, "BRIDGEWORK_TWENTY_KEY": key}
    command = [sys.executable, "-m", "bridgework", *words, "--json"]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)


def peak_mb(pid: int) -> float:
    """The most memory that a process has held so far, in MB.

    From /proc: what `wait4` tells of a child begins with the size of its parent at the fork.
    """
    try:
        text = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in text.splitlines() if line.startswith("VmHWM")), 0.0)


def prepare(folder: Path, export: Path, served: Twin, rate: int) -> None:
    """Everything before the load."""
    bridgework("init", str(folder), "--practice", str(export), "--twenty", served.url, "--rate", str(rate))
    bridgework("audit", str(folder), "--apply", key=served.key)
    bridgework("map", str(folder), key=served.key)
    bridgework("map", "accept", str(folder), "--all", key=served.key)
    bridgework("map", "approve", str(folder), "--as", "Bench", key=served.key)
    bridgework("schema", str(folder), "--apply", "--approve-as", "Bench", key=served.key)
    bridgework("sample", str(folder), "--apply", "--patients", "10", key=served.key)
    bridgework("sample", str(folder), "--approve-as", "Bench", key=served.key)


def set_rate(folder: Path, rate: int) -> None:
    """Have a migration keep to another rate from its next command on."""
    settings = folder / "bridgework.toml"
    settings.write_text(re.sub(r"(?m)^calls_per_minute = .*$", f"calls_per_minute = {rate}", settings.read_text()))
