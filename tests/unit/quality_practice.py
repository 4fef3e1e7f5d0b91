"""A practice of a few rows for tests of what is found: headers and lines in, findings out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from bridgework.mapping.propose import ProfiledColumn, ProfiledFile, propose
from bridgework.practice import discover, stage
from bridgework.practice.documents import DocumentsFolder
from bridgework.practice.source_file import SourceFile
from bridgework.quality.examine import examine
from bridgework.store import Store
from bridgework.store.notes import Finding

TODAY = date(2026, 11, 1)

# object → file name, key column
FILES = {
    "insurer": ("verzekeringsinstellingen", "VI-nummer"),
    "provider": ("verstrekkers", "Verstrekkernr"),
    "referrer": ("verwijzers", "Verwijzernr"),
    "patient": ("patienten", "Patiëntnr"),
    "appointment": ("afspraken", "Afspraaknr"),
    "treatment": ("behandelingen", "Behandelingsnr"),
    "invoice": ("facturen", "Factuurnummer"),
    "invoice_line": ("factuurlijnen", "Factuurnummer,Lijn"),
    "transaction": ("boekhouding", "Verrichtingsnr"),
    "document": ("documenten", "Documentnr"),
    "communication": ("communicatie", "Communicatienr"),
}


def concepts_of(files: Sequence[SourceFile], objects: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Object → header → concept, as the audit has them from the built-in map."""
    profiled = [
        ProfiledFile(one.relative, objects[one.relative], [ProfiledColumn(name) for name in one.header])
        for one in files
    ]
    return {
        name: {line.column: line.concept for line in source.lines if line.column and line.concept}
        for name, source in propose(profiled).sources.items()
    }


def found_in(folder: Path, tables: Mapping[str, str], documents: Path | None = None) -> list[Finding]:
    """Stage small tables (a line with the header, then lines of cells, parted by `;`) and examine them."""
    export = folder / "export"
    export.mkdir()
    for object_, text in tables.items():
        lines = [line.strip() for line in text.strip().splitlines()]
        (export / f"{FILES[object_][0]}.csv").write_text("\r\n".join(lines) + "\r\n", encoding="cp1252")
    objects = {f"{FILES[name][0]}.csv": name for name in tables}
    files = discover(export)
    store = Store.create(folder / "store.db", "x")
    for file in files:
        stage(store, file, objects[file.relative], FILES[objects[file.relative]][1].split(","))
    found = examine(store, concepts_of(files, objects), DocumentsFolder(documents) if documents else None, today=TODAY)
    store.close()
    return found


def codes(found: Sequence[Finding], object_: str = "") -> dict[str, int]:
    """Code → count, without what was left out."""
    counts: dict[str, int] = {}
    for one in found:
        if one.code != "CHECK-LEFT-OUT" and (not object_ or one.object == object_):
            counts[one.code] = counts.get(one.code, 0) + one.count
    return counts
