"""Measures Bridgework: `make bench`. Prints one table, and writes the figures to bench-results/latest.json."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from bridgework.twins.dentadmin import generate_practice
from tests.bench import staging
from tests.bench.migration_run import bridgework, prepare, twin

Figures = dict[str, float]
Counters = dict[str, int]
_RECORDS_OF_A_PATIENT = 90  # about, at density 1


def practice(folder: Path, records: int) -> int:
    """A practice of about so many records; answers how many it has."""
    made = generate_practice(folder, patients=max(1, records // _RECORDS_OF_A_PATIENT), seed=7, files_per_patient=0)
    return sum(made.records.values())


def unlimited(records: int) -> Figures:
    """Load as fast as it goes: rate, records a call, CPU and memory of the engine; then read back and roll back."""
    with tempfile.TemporaryDirectory() as where, twin() as served:
        folder, export = Path(where) / "migration", Path(where) / "export"
        practice(export, records)
        prepare(folder, export, served, 0)
        before = served.stats()
        load = bridgework("load", str(folder), "--apply", "--approve-as", "Bench", key=served.key)
        after = served.stats()
        verify = bridgework("verify", str(folder), "--apply", key=served.key)
        undo = bridgework("rollback", str(folder), "--apply", "--approve-as", "Bench", key=served.key)
    written = after["created"] - before["created"]
    calls = after["creates"] - before["creates"]
    return {
        "records written": written,
        "records/s": written / load.seconds,
        "records a create call": written / calls,
        "CPU s per 1,000 records": load.cpu / written * 1000,
        "peak MB, load": load.peak_mb,
        "records/s, verify": written / verify.seconds,
        "peak MB, verify": verify.peak_mb,
        "records/s, rollback": written / undo.seconds,
    }


def limited(rate: int, records: int, most: int) -> Figures:
    """Load at a rate: the share of the allowed calls that was used, and how many were refused.

    The bucket is full at the start, so the share is taken from the second minute on, when only what flows in is left.
    """
    with tempfile.TemporaryDirectory() as where, twin(rate, most) as served:
        folder, export = Path(where) / "migration", Path(where) / "export"
        practice(export, records)
        prepare(folder, export, served, rate)
        sampled: list[tuple[float, Counters]] = []
        timer = threading.Timer(60, lambda: sampled.append((time.monotonic(), served.stats())))
        before = served.stats()
        timer.start()
        load = bridgework("load", str(folder), "--apply", "--approve-as", "Bench", key=served.key)
        ended, after = time.monotonic(), served.stats()
        timer.join()
    began, then = sampled[0]
    minutes = (ended - began) / 60
    return {
        "minutes": load.seconds / 60,
        "calls": after["tokens"] - before["tokens"],
        "share of the allowed rate, %": 100 * (after["tokens"] - then["tokens"]) / (minutes * rate),
        "records a second": (after["created"] - then["created"]) / (minutes * 60),
        "refused (429)": after["refused"] - before["refused"],
    }


def memory(small: int, large: int) -> Figures:
    """Peak memory of the engine at two volumes."""
    few, many = unlimited(small), unlimited(large)
    ratio = many["peak MB, load"] / few["peak MB, load"]
    return {
        f"peak MB at {few['records written']:,.0f} records": few["peak MB, load"],
        f"peak MB at {many['records written']:,.0f} records": many["peak MB, load"],
        "ratio": ratio,
        **{f"large: {name}": value for name, value in many.items()},
    }


def main() -> int:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("--only", nargs="*", choices=["staging", "memory", "rate100", "rate600"])
    parser.add_argument("--small", type=int, default=10_000)
    parser.add_argument("--large", type=int, default=200_000)
    parser.add_argument("--rows", type=int, default=1_000_000)
    chosen = parser.parse_args()
    runs: dict[str, Callable[[], Figures]] = {
        "staging": lambda: staging.run(chosen.rows),
        "memory": lambda: memory(chosen.small, chosen.large),
        "rate100": lambda: limited(100, 20_000, 50),
        "rate600": lambda: limited(600, 40_000, 15),
    }
    results: dict[str, Figures] = {}
    for name, run in runs.items():
        if chosen.only and name not in chosen.only:
            continue
        results[name] = run()
        sys.stdout.write(f"\n{name}\n")
        for figure, value in results[name].items():
            sys.stdout.write(f"  {figure:<42} {value:>14,.2f}\n")
        sys.stdout.flush()
    target = Path("bench-results")
    target.mkdir(exist_ok=True)
    (target / "latest.json").write_text(json.dumps(results, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
