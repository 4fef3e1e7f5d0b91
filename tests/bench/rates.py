"""One practice loaded, kept up with and taken back, at a rate or without limit."""

from __future__ import annotations

import csv
import io
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from bridgework.store import Store
from bridgework.store.ledger import CREATE
from bridgework.store.tables import batch, run
from bridgework.twins.dentadmin import generate_practice
from tests.bench.migration_run import PASSPHRASE, Measured, Twin, bridgework, prepare, set_rate, twin

Figures = dict[str, float | None]
_RECORDS_OF_A_PATIENT = 90  # about, at density 1
_ENCODING = "cp1252"
_ONE_PAGE = 20_000  # records that a real server was seen to give in one answer
_CHANGED = {  # by file of the export, a column of text whose change is a change of the record in Twenty
    "patienten.csv": "Gemeente",
    "afspraken.csv": "Opmerking",
    "behandelingen.csv": "Omschrijving",
    "facturen.csv": "Getuigschriftnr",
    "factuurlijnen.csv": "Omschrijving",
    "boekhouding.csv": "Mededeling",
    "communicatie.csv": "Onderwerp",
}


@dataclass(frozen=True, slots=True)
class Ready:
    """A migration that is ready to be loaded, its export, its twin, and how many records the practice has."""

    folder: Path
    export: Path
    served: Twin
    records: int

    def run(self, *words: str) -> tuple[Measured, Counter[str]]:
        """Run a command on it; what it took, and what the twin counted meanwhile."""
        before = Counter(self.served.stats())
        measured = bridgework(words[0], str(self.folder), *words[1:], key=self.served.key)
        after = Counter(self.served.stats())
        after.subtract(before)
        return measured, after

    def apply(self, stage: str, *words: str) -> tuple[Measured, Counter[str]]:
        """Plan, approve and apply a stage."""
        approval = () if stage == "verify" else ("--approve-as", "Bench")
        return self.run(stage, "--apply", *approval, *words)

    def keep_to(self, rate: int) -> None:
        """Have both sides keep to a rate from now on, with a full bucket."""
        set_rate(self.folder, rate)
        self.served.limit(rate)


@contextmanager
def ready(records: int, most: int = 200, *, people_only: bool = False) -> Iterator[Ready]:
    """A practice of about so many records up to its sample, made ready without a limit; `most` records a call."""
    with tempfile.TemporaryDirectory() as where, twin(0, most) as served:
        folder, export = Path(where) / "migration", Path(where) / "export"
        density, each = (0.0, 1) if people_only else (1.0, _RECORDS_OF_A_PATIENT)
        patients = max(1, records // each)
        made = generate_practice(export, patients=patients, seed=7, files_per_patient=0, density=density)
        prepare(folder, export, served, 0)
        yield Ready(folder, export, served, sum(made.records.values()))


def at_rate(rate: int, records: int, most: int, *, full: bool = False) -> Figures:
    """Load, delta and rollback at a rate (0: no limit); `full`: all records changed also where there is a limit."""
    with ready(records, most) as migration:
        migration.keep_to(rate)
        watched = _Watched(migration, rate)
        load, counted = migration.apply("load")
        figures = watched.figures(load, counted)
        least = least_calls(migration.folder, most)
        figures["calls for 1,000 source records"] = counted["tokens"] / migration.records * 1000
        figures["the least possible"] = least / migration.records * 1000
        figures["calls over the least, %"] = 100 * (counted["tokens"] / least - 1)
        figures["refused (429)"] = counted["refused"]
        shares = (0.0, 0.01, 1.0) if full or not rate else (0.0, 0.01)
        for share in shares:
            changed = change(migration.export, share)
            took, calls = migration.apply("delta")
            figures[f"delta, {share:.0%} changed: s"] = took.seconds
            figures[f"delta, {share:.0%} changed: calls"] = calls["tokens"]
            figures[f"delta, {share:.0%} changed: records"] = changed
        undo, calls = migration.apply("rollback")
        figures["rollback: s"], figures["rollback: calls"] = undo.seconds, calls["tokens"]
        return figures


class _Watched:
    """What the twin counts after the first minute of a load, and what the load foretells after the second."""

    def __init__(self, migration: Ready, rate: int) -> None:
        self._migration, self._rate = migration, rate
        self._then: tuple[float, Counter[str]] | None = None
        self._foretold: float | None = None
        self._began = time.monotonic()
        self._timers = [threading.Timer(60, self._look), threading.Timer(120, self._ask)]
        for one in self._timers:
            one.start()

    def _look(self) -> None:
        self._then = time.monotonic(), Counter(self._migration.served.stats())

    def _ask(self) -> None:
        running = bridgework("status", str(self._migration.folder)).document["status"]["running"]
        if running.get("ends_at") is not None:
            self._foretold = time.monotonic() + running["ends_at"] - time.time() - self._began

    def figures(self, load: Measured, counted: Counter[str]) -> Figures:
        """Of the load that has just ended; the bucket is full at its start, so the share is from minute 2 on."""
        ended = time.monotonic()
        after = Counter(self._migration.served.stats())
        for one in self._timers:
            one.cancel()
            one.join()
        figures: Figures = {
            "minutes": load.seconds / 60,
            "records written": counted["created"],
            "records a second": counted["created"] / load.seconds,
            "calls": counted["tokens"],
            "CPU s for 1,000 records": load.cpu / counted["created"] * 1000,
            "peak MB": load.peak_mb,
        }
        if self._rate and self._then is not None:
            began, then = self._then
            allowed = (ended - began) / 60 * self._rate
            figures["share of the allowed rate, %"] = 100 * (after["tokens"] - then["tokens"]) / allowed
        if self._foretold is not None:
            figures["end foretold after 2 minutes, % off"] = 100 * (self._foretold / load.seconds - 1)
        return figures


def least_calls(folder: Path, most: int) -> int:
    """The fewest calls that a load could have made: full batches of each object, and full pages to read them back.

    What it has to ask beforehand (members, automations, unique values that are taken) is left out.
    """
    store = Store.open(folder / "store.db", PASSPHRASE)
    try:
        size = sa.func.sum(batch.c.size)
        query = sa.select(batch.c.object, size).join(run, run.c.id == batch.c.run_id)
        query = query.where(run.c.stage == "load", batch.c.action == CREATE).group_by(batch.c.object)
        with store.read() as connection:
            sizes = {row[0]: int(row[1]) for row in connection.execute(query)}
    finally:
        store.close()
    writes = sum(-(-count // most) for count in sizes.values())
    reads = sum(-(-count // _ONE_PAGE) for count in sizes.values())
    return writes + reads


def change(export: Path, share: float) -> int:
    """Change a cell of so many of the records of each file, spread evenly; how many were changed."""
    changed = 0
    for name, column in _CHANGED.items():
        path = export / name
        rows = list(csv.reader(path.read_bytes().decode(_ENCODING).splitlines(), delimiter=";"))
        place, count = rows[0].index(column), round((len(rows) - 1) * share)
        for number in range(count):
            row = rows[1 + number * (len(rows) - 1) // count]
            row[place] = f"{row[place]} +"
        text = io.StringIO()
        csv.writer(text, delimiter=";", lineterminator="\r\n").writerows(rows)
        if count:
            path.write_bytes(text.getvalue().encode(_ENCODING))
        changed += count
    return changed
