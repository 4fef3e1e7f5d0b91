"""The steps of a run against a server: commands with their times and calls, expectations, and the summary of both."""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tests.acceptance.counting_proxy import CountingProxy
from tests.support import Ended, Way

LONGEST = 6 * 3_600  # seconds for one command


@dataclass
class Step:
    """What one step took: `calls` of the workspace's API, by what was called."""

    name: str
    seconds: float = 0.0
    calls: dict[str, int] = field(default_factory=dict)
    records: int = 0
    code: int = 0

    def line(self) -> str:
        """The step as a line of the summary."""
        rate = f"{self.records / self.seconds:>8,.0f}/s" if self.records and self.seconds else f"{'':>10}"
        calls = " ".join(f"{name} {count:,}" for name, count in sorted(self.calls.items()))
        records = f"{self.records:>9,}" if self.records else f"{'':>9}"
        return f"{self.name:<28}{self.seconds:>9,.1f} s {records} records {rate}  exit {self.code}  {calls}"


@dataclass
class Server:
    """Where Bridgework is told that the workspace is."""

    url: str
    key: str


class Run:
    """Runs commands through the counting proxy, and gathers figures and what went wrong."""

    def __init__(self, folder: Path, proxy: CountingProxy, key: str, *, fresh: bool = False) -> None:
        self.way = Way(folder, Server(proxy.url, key), timeout=LONGEST, fresh=fresh)  # type: ignore[arg-type]  # a URL and a key
        self.proxy = proxy
        self.steps: list[Step] = []
        self.checks = Counter[str]()
        self.wrong: list[str] = []
        self.facts: dict[str, Any] = {}

    @contextmanager
    def step(self, name: str) -> Iterator[Step]:
        """Measure what is done within."""
        say(f"{name} …")
        one = Step(name)
        began, before = time.monotonic(), self.proxy.count()
        try:
            yield one
        finally:
            one.seconds = round(time.monotonic() - began, 2)
            one.calls = dict(self.proxy.count() - before)
            self.steps.append(one)
            say(one.line())

    def command(self, name: str, *words: str, codes: tuple[int, ...] = (0,), label: str = "") -> Ended:
        """Run a command to its end, and expect one of these exit codes."""
        with self.step(label or name) as one:
            ended = self.way.run(name, *words)
            one.code, one.records = ended.code, _records(ended.document)
        document = ended.document
        said = self.way.folder.parent / "said"
        said.mkdir(exist_ok=True)
        path = said / f"{len(self.steps):02} {one.name}.json"
        path.write_text(json.dumps(document, indent=1), encoding="utf-8")
        told = document.get("error") or document.get("outcome", {}).get("findings") or ended.stderr[-1500:]
        self.expect(ended.code in codes, f"{one.name} ends with {ended.code}: {json.dumps(told)[:3000]}")
        if ended.code not in codes and ended.code not in {0, 1}:
            raise StoppedError(f"{one.name} cannot go on")
        return ended

    def expect(self, holds: bool, what: str) -> None:
        """Note an expectation that does not hold."""
        self.checks["held" if holds else "failed"] += 1
        if not holds:
            self.wrong.append(what)
            say(f"WRONG: {what}")

    def summary(self) -> dict[str, Any]:
        """All of it as a document."""
        return {
            "passed": not self.wrong,
            "facts": self.facts,
            "checks": dict(self.checks),
            "wrong": self.wrong,
            "seconds": round(sum(one.seconds for one in self.steps), 1),
            "steps": [asdict(one) for one in self.steps],
        }


class StoppedError(AssertionError):
    """A step failed that everything after it needs."""


def say(text: str) -> None:
    """One line on stdout, at once: a long run is watched through its log."""
    sys.stdout.write(f"{time.strftime('%H:%M:%S')} {text}\n")
    sys.stdout.flush()


def _records(document: dict[str, Any]) -> int:
    """How many records a command's outcome speaks of: those loaded, those of a pass, those read back or destroyed."""
    counts = (document.get("outcome") or {}).get("counts") or {}
    if isinstance(counts.get("records"), dict):
        return sum(counts["records"].values())
    if "pass" in counts or "destroyed" in counts:
        return sum(value for name, value in counts.items() if isinstance(value, int) and name not in {"pass", "equal"})
    return sum(one["loaded"] for one in counts.get("accounts") or ())
