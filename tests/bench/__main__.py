"""Measures Bridgework: `make bench`. Prints a table, and writes the figures to bench-results/latest.json."""

from __future__ import annotations

import argparse
import json
import os
import platform
import shlex
import sys
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from tests.bench import staging
from tests.bench.killing import rework
from tests.bench.people import memory, roll_back
from tests.bench.rates import Figures, at_rate

_TARGET = Path("bench-results/latest.json")


def runs(chosen: argparse.Namespace) -> dict[str, Callable[[], Mapping[str, float | None]]]:
    """What can be measured, by name. The fewer records a call, the more calls a load of some minutes makes."""
    full = bool(chosen.full)

    def rate(calls: int, most: int) -> Callable[[], Figures]:
        return lambda: at_rate(calls, chosen.records, most, full=full)

    return {
        "rate100": rate(100, 40),
        "rate200": rate(200, 20),
        "rate600": rate(600, 7),
        "unlimited": rate(0, 200),
        "kill": lambda: rework(chosen.records),
        "people": lambda: roll_back(chosen.people, 100),
        "memory": lambda: memory(chosen.small, chosen.large),
        "staging": lambda: staging.run(chosen.rows),
    }


def main() -> int:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument(
        "--only", nargs="*", help="some of: rate100 rate200 rate600 unlimited kill people memory staging"
    )
    parser.add_argument(
        "--full", action="store_true", help="all records changed at each rate too: some 10 minutes more"
    )
    parser.add_argument("--records", type=int, default=10_000, help="of the practice, for the rates and the kills")
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--small", type=int, default=10_000)
    parser.add_argument("--large", type=int, default=100_000)
    parser.add_argument("--rows", type=int, default=1_000_000, help="of the file that is staged")
    chosen = parser.parse_args()
    every = runs(chosen)
    if unknown := set(chosen.only or ()) - every.keys():
        parser.error(f"no such run: {', '.join(sorted(unknown))}")
    began = time.monotonic()
    results: dict[str, dict[str, object]] = {}
    for name, measure in every.items():
        if chosen.only and name not in chosen.only:
            continue
        results[name] = {"load average before": os.getloadavg()[0], **measure()}
        _print(name, results[name])
    results["about"] = {
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "command": shlex.join(["python", "-m", "tests.bench", *sys.argv[1:]]),
        "minutes": (time.monotonic() - began) / 60,
    }
    _print("about", results["about"])
    _TARGET.parent.mkdir(exist_ok=True)
    _TARGET.write_text(json.dumps(results, indent=2) + "\n")
    return 0


def _print(name: str, figures: Mapping[str, object]) -> None:
    """A run's part of the table, as soon as it is known."""
    sys.stdout.write(f"\n{name}\n")
    for figure, value in figures.items():
        shown = f"{value:>14,.2f}" if isinstance(value, (int, float)) else str(value)
        sys.stdout.write(f"  {figure:<52} {shown}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
