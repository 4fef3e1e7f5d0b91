"""How fast a million messy rows of patients reach the encrypted store, beside the same in plain Python and in DuckDB.

Each reader works in a process of its own on the same file on disk, and leaves a table with every record that it could
read. The peers keep theirs in the clear, in an SQLite and in a DuckDB file, and neither says what it repaired; the
encrypted store has each row's bytes, its line, its hash, and what was wrong with the others.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bridgework.practice import discover, stage
from bridgework.store import Store

Figures = dict[str, float]

HEADER = (
    "Patiëntnr;Naam;Voornaam;Aanspreking;Geslacht;Geboortedatum;INSZ-nummer;Taal;Nationaliteit;Straat;"
    "Huisnr;Bus;Postcode;Gemeente;Land;Tel. privé;GSM;Tel. werk;E-mail;Gezinshoofd;Mutualiteitsnr;"
    "Aansluitingsnummer;CT1;CT2;BIM;Derdebetaler;Tandverzekering;Polisnummer;Dekking;Behandelaar;"
    "Verwijzer;RIZIV;Eerste bezoek;Laatste bezoek;Volgende controle;Interval;Anamnese;Opmerkingen;Sms ok;"
    "Actief;Datum overlijden;Aanmaakdatum;Laatst gewijzigd"
)
_COLUMNS = HEADER.count(";") + 1


def write(path: Path, rows: int) -> None:
    """Write an export of patients: cp1252, `;`, 43 columns, about 275 bytes a row.

    Of the rows, 2 % have a note of two lines with quotes, 1 % a quote inside a cell, 0.5 % letters of a DOS code page,
    0.2 % a NUL byte in the note, 0.1 % each are cut short, come twice, or have a number that came before.
    """
    chance = random.Random(1)
    first, last = [f"Voornaam{n}" for n in range(500)], [f"Achternaamé{n}" for n in range(3000)]

    def day() -> str:
        return f"{chance.randint(1, 28):02}/{chance.randint(1, 12):02}/{chance.randint(1930, 2024)}"

    with path.open("wb") as file:
        file.write(HEADER.encode("cp1252") + b"\r\n")
        for number in range(1, rows + 1):
            odd = chance.random()
            note = '"belt ""liever"" na 17u;\r\nniet op vrijdag"' if odd < 0.02 else ""
            note = '5" nagel' if 0.02 <= odd < 0.03 else "nota\0" if 0.035 <= odd < 0.037 else note
            name, insz = chance.choice(first), chance.randint(10**10, 10**11 - 1)
            mobile = f"04{chance.randint(70, 99)}/{chance.randint(10, 99)} {chance.randint(10, 99)}"
            key = chance.randint(1, number) if 0.039 <= odd < 0.040 else number
            line = (
                f"{key};{chance.choice(last)};{name};Dhr;M;{day()};{insz};nl;BE;Kerkstraat {number % 997};"
                f"{chance.randint(1, 200)};;{chance.randint(1000, 9999)};Gemeente{chance.randint(1, 600)};België;;"
                f"{mobile};;{name.lower()}.{number}@voorbeeld.example;;{chance.randint(101, 140)};"
                f"{chance.randint(10**11, 10**12)};110;110;N;J;;;;3;;;{day()};{day()};{day()};6;;{note};J;J;;"
                f"{day()} 10:15;{day()} 11:20"
            )
            line = line[:150] if 0.037 <= odd < 0.038 else line
            raw = line.encode("cp850" if 0.03 <= odd < 0.035 else "cp1252") + b"\r\n"
            file.write(raw * (2 if 0.038 <= odd < 0.039 else 1))


# --- the readers; each gives how many records it kept ----------------------------------------------------------------


def ours(path: Path, made: Path) -> int:
    """Bridgework: into the encrypted store."""
    store = Store.create(made / "store.db", "bench")
    (file,) = discover(path.parent)
    result = stage(store, file, "patient", file.header[:1])
    store.close()
    return result.rows


def plain(path: Path, made: Path) -> int:
    """The csv module of Python, into a table of SQLite with as many columns, keyed by the number."""
    connection = sqlite3.connect(made / "plain.db")
    columns = ", ".join(f"c{number} TEXT" for number in range(1, _COLUMNS))
    connection.execute(f"CREATE TABLE patient (nr TEXT PRIMARY KEY, {columns}) WITHOUT ROWID")
    with path.open(encoding="cp1252", errors="replace", newline="") as file:
        rows = csv.reader(file, delimiter=";")
        next(rows)
        whole = (row for row in rows if len(row) == _COLUMNS)
        connection.executemany(f"INSERT OR IGNORE INTO patient VALUES ({', '.join('?' * _COLUMNS)})", whole)
    connection.commit()
    (kept,) = connection.execute("SELECT count(*) FROM patient").fetchone()
    connection.close()
    return int(kept)


def duck(path: Path, made: Path) -> int:
    """DuckDB's own reader, told what it could guess wrong, into a table without a key.

    It reads neither cp1252 nor cp850, so it gets a copy of the file in UTF-8, whose making is not counted.
    """
    import duckdb

    connection = duckdb.connect(str(made / "duck.db"))
    connection.execute("SET threads = 2")
    # Its parallel scanner refuses rows that lack cells in a file with quoted line breaks.
    how = "delim = ';', quote = '\"', escape = '\"', header = true, all_varchar = true, strict_mode = false"
    read = f"read_csv(?, {how}, ignore_errors = true, parallel = false)"
    connection.execute(f"CREATE TABLE patient AS SELECT * FROM {read}", [str(path.with_suffix(".utf8"))])
    (kept,) = connection.execute("SELECT count(*) FROM patient").fetchone() or (0,)
    connection.close()
    return int(kept)


def copy_in_utf8(path: Path) -> None:
    """Beside the file, the same in UTF-8."""
    with path.open("rb") as file, path.with_suffix(".utf8").open("wb") as copy:
        while data := file.read(1 << 20):
            copy.write(data.decode("cp1252", "replace").encode())


READERS: dict[str, Callable[[Path, Path], int]] = {"bridgework": ours, "csv + SQLite": plain, "DuckDB": duck}


def _alone(name: str, path: Path) -> Figures:
    """One reader in a process of its own: its seconds, CPU seconds, peak memory in MB, and records kept."""
    with tempfile.TemporaryDirectory() as made:
        arguments = [sys.executable, "-m", "tests.bench.staging", "--reader", name, "--file", str(path), "--made", made]
        with subprocess.Popen(arguments, stdout=subprocess.PIPE) as child:
            assert child.stdout is not None
            told = child.stdout.read()
            _, status, used = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            raise subprocess.CalledProcessError(child.returncode, arguments)
    peak = used.ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)
    return {**json.loads(told), "cpu_seconds": used.ru_utime + used.ru_stime, "peak_mb": peak}


def run(rows: int = 1_000_000, times: int = 1) -> Figures:
    """Stage so many rows, by each reader; of several `times` each reader's fastest counts."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "patienten.csv"
        write(path, rows)
        copy_in_utf8(path)
        found: Figures = {"file_mb": path.stat().st_size / 1e6}
        best: dict[str, float] = {}
        for name in READERS:
            one = min((_alone(name, path) for _ in range(times)), key=lambda figures: figures["seconds"])
            best[name] = one["seconds"]
            found |= {f"{name}: {figure}": value for figure, value in one.items()}
    found["seconds, of the faster peer's"] = best["bridgework"] / min(best["csv + SQLite"], best["DuckDB"])
    return found


def main() -> None:
    """Run one reader (as `run` starts it), or all of them."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.staging")
    parser.add_argument("--reader", choices=READERS)
    parser.add_argument("--file", type=Path)
    parser.add_argument("--made", type=Path)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--times", type=int, default=1)
    chosen = parser.parse_args()
    if chosen.reader:
        begun = time.perf_counter()
        kept = READERS[chosen.reader](chosen.file, chosen.made)
        sys.stdout.write(json.dumps({"seconds": time.perf_counter() - begun, "records": kept}))
        return
    for figure, value in run(chosen.rows, chosen.times).items():
        sys.stdout.write(f"{figure:<34} {value:>14,.1f}\n")


if __name__ == "__main__":
    main()
