"""The practice goes on working: its export folder, edited as DentAdmin would write it anew."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bridgework.twins.dentadmin.export_format import TABLES, Table

_BOM = b"\xef\xbb\xbf"
Row = dict[str, str]
OWNER = "patient_number"
HANGING = ("appointment", "treatment", "invoice", "transaction", "document", "communication")


@dataclass
class File:
    """One CSV of the export: its rows, by our keys of the columns."""

    path: Path
    table: Table
    header: list[str]
    keys: list[str]
    rows: list[Row]
    encoding: str

    @classmethod
    def read(cls, folder: Path, table: Table) -> File:
        """Read it such that writing it again changes nothing but what was edited."""
        path = folder / table.file_name("nl")
        content = path.read_bytes()
        encoding = "utf-8-sig" if content.startswith(_BOM) else "cp1252"
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            encoding = "latin-1"  # one sign for each byte
            text = content.decode(encoding)
        header, *lines = csv.reader(io.StringIO(text, newline=""), delimiter=";")
        known = {column.nl: column.key for column in table.columns}
        keys = [known.get(name.removeprefix("\xef\xbb\xbf"), name) for name in header]
        return cls(path, table, header, keys, [dict(zip(keys, line, strict=False)) for line in lines], encoding)

    def write(self) -> None:
        """Export anew."""
        text = io.StringIO(newline="")
        writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
        writer.writerow(self.header)
        writer.writerows([row[key] for key in self.keys if key in row] for row in self.rows)
        self.path.write_bytes(text.getvalue().encode(self.encoding))

    def key(self, row: Row) -> str:
        """The number of a record as Twenty's `sourceSystemId` has it."""
        parts = [row["invoice_number"], row["line"]] if self.table.object == "invoice_line" else [row[self.keys[0]]]
        return f"{self.table.object}:{'/'.join(parts)}"

    def unique(self) -> dict[str, Row]:
        """The rows that have all cells and a key that no other row has, by key."""
        times = Counter(self.key(row) for row in self.rows)
        whole = [row for row in self.rows if len(row) == len(self.keys)]
        return {self.key(row): row for row in whole if times[self.key(row)] == 1}


class Practice:
    """The export, edited in memory and written when the edits are done."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files = {table.object: File.read(folder, table) for table in TABLES}

    def write(self) -> None:
        """Export every file anew."""
        for one in self.files.values():
            one.write()

    def rows(self, object_: str) -> dict[str, Row]:
        """The rows of an object by `sourceSystemId`, without those whose number is there twice."""
        return self.files[object_].unique()

    def sizes(self) -> dict[str, int]:
        """How many rows there are of each object."""
        return {name: len(one.rows) for name, one in self.files.items()}

    def remove(self, object_: str, keep: Callable[[Row], bool]) -> list[str]:
        """Remove the rows that are not kept; their keys."""
        file = self.files[object_]
        gone = [file.key(row) for row in file.rows if not keep(row)]
        file.rows = [row for row in file.rows if keep(row)]
        return gone

    def remove_numbers(self, object_: str, numbers: set[str]) -> set[str]:
        """Remove the records of these numbers; their keys."""
        return set(self.remove(object_, lambda row: row["number"] not in numbers))

    def remove_patient(self, number: str) -> dict[str, list[str]]:
        """Remove a patient with everything about them: the keys that are gone, by object."""
        invoices = {row["number"] for row in self.files["invoice"].rows if row[OWNER] == number}
        gone = {
            "invoice_line": self.remove("invoice_line", lambda row: row["invoice_number"] not in invoices),
            "patient": self.remove("patient", lambda row: row["number"] != number),
        }
        for name in HANGING:
            gone[name] = self.remove(name, lambda row: row[OWNER] != number)
        return gone

    def add(self, object_: str, like: Row, **cells: str) -> str:
        """A new record much like another one, the last in its file; its key."""
        file = self.files[object_]
        row = like | cells
        file.rows.append(row)
        return file.key(row)

    def add_patient(self, number: str) -> dict[str, str]:
        """A new patient with one of everything, a file too: the keys, by object."""
        first = {name: next(iter(self.rows(name).values())) for name in (*HANGING, "patient", "invoice_line")}
        mine = {OWNER: number}
        invoice = f"2026-9{number}"
        (self.folder / "documents" / f"N{number}.txt").write_bytes(f"a new file {number}".encode())
        person = {
            "number": number, "first_name": "Nieuw", "last_name": f"Testpersoon {number}", "head_of_family": "",
            "insz": "", "email": f"nieuw{number}@nieuw.example", "mobile": "", "phone_home": "", "phone_work": "",
            "remark": "", "membership_number": "", "birth_date": "02/03/1980", "created_at": "28/11/2026 10:00",
            "changed_at": "28/11/2026 10:00",
        }  # fmt: skip
        rows: Mapping[str, Mapping[str, str]] = {
            "patient": person,
            "appointment": mine | {"number": number, "date": "30/11/2026"},
            "treatment": mine | {"number": number, "date": "30/11/2026", "remark": "nieuw"},
            "invoice": mine | {"number": invoice, "payer_number": number, "treatment_number": number, "pdf": ""},
            "invoice_line": {"invoice_number": invoice, "line": "1", "treatment_number": number},
            "transaction": mine | {"number": number, "invoice_number": invoice, "amount": "12,50"},
            "document": mine | {"number": number, "title": "Nieuw", "file": f"N{number}.txt", "date": "30/11/2026"},
            "communication": mine | {"number": number, "subject": "Nieuw", "appointment_number": number},
        }
        return {name: self.add(name, first[name], **cells) for name, cells in rows.items()}
