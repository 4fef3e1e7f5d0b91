"""How fast a million rows of patients reach the encrypted store, and in how much memory."""

from __future__ import annotations

import random
import resource
import sys
import tempfile
import time
from pathlib import Path

from bridgework.practice import discover, stage
from bridgework.store import Store

HEADER = (
    "Patiëntnr;Naam;Voornaam;Aanspreking;Geslacht;Geboortedatum;INSZ-nummer;Taal;Nationaliteit;Straat;"
    "Huisnr;Bus;Postcode;Gemeente;Land;Tel. privé;GSM;Tel. werk;E-mail;Gezinshoofd;Mutualiteitsnr;"
    "Aansluitingsnummer;CT1;CT2;BIM;Derdebetaler;Tandverzekering;Polisnummer;Dekking;Behandelaar;"
    "Verwijzer;RIZIV;Eerste bezoek;Laatste bezoek;Volgende controle;Interval;Anamnese;Opmerkingen;Sms ok;"
    "Actief;Datum overlijden;Aanmaakdatum;Laatst gewijzigd"
)


def write(path: Path, rows: int) -> None:
    """Write an export of patients: cp1252, `;`, 43 columns, about 275 bytes a row; 2 % have a note of two lines."""
    chance = random.Random(1)
    first, last = [f"Voornaam{n}" for n in range(500)], [f"Achternaamé{n}" for n in range(3000)]

    def day() -> str:
        return f"{chance.randint(1, 28):02}/{chance.randint(1, 12):02}/{chance.randint(1930, 2024)}"

    with path.open("w", encoding="cp1252", newline="") as file:
        file.write(HEADER + "\r\n")
        for number in range(1, rows + 1):
            note = '"belt ""liever"" na 17u;\r\nniet op vrijdag"' if chance.random() < 0.02 else ""
            name, insz = chance.choice(first), chance.randint(10**10, 10**11 - 1)
            mobile = f"04{chance.randint(70, 99)}/{chance.randint(10, 99)} {chance.randint(10, 99)}"
            file.write(
                f"{number};{chance.choice(last)};{name};Dhr;M;{day()};{insz};nl;BE;Kerkstraat {number % 997};"
                f"{chance.randint(1, 200)};;{chance.randint(1000, 9999)};Gemeente{chance.randint(1, 600)};België;;"
                f"{mobile};;{name.lower()}.{number}@voorbeeld.example;;{chance.randint(101, 140)};"
                f"{chance.randint(10**11, 10**12)};110;110;N;J;;;;3;;;{day()};{day()};{day()};6;;{note};J;J;;"
                f"{day()} 10:15;{day()} 11:20\r\n"
            )


def run(rows: int = 1_000_000) -> dict[str, float]:
    """Stage so many rows; gives `seconds`, `cpu_seconds`, `rows_per_second`, `peak_mb` of the process and `file_mb`."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "patienten.csv"
        write(path, rows)
        store = Store.create(Path(folder) / "store.db", "bench")
        begun, worked = time.perf_counter(), time.process_time()
        (file,) = discover(Path(folder))
        result = stage(store, file, "patient", file.header[:1])
        seconds, cpu = time.perf_counter() - begun, time.process_time() - worked
        store.close()
        if result.rows != rows:
            message = f"{result.rows} of {rows} rows were staged"
            raise AssertionError(message)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)
        size = path.stat().st_size / 1e6
        return {
            "seconds": seconds,
            "cpu_seconds": cpu,
            "rows_per_second": rows / seconds,
            "peak_mb": peak,
            "file_mb": size,
        }


if __name__ == "__main__":
    print({name: round(value, 1) for name, value in run(int(sys.argv[1]) if sys.argv[1:] else 1_000_000).items()})  # noqa: T201
