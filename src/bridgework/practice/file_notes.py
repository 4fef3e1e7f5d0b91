"""What there is to say of whole files of the export: not read, empty, or read in a way that a person should look at."""

from __future__ import annotations

from typing import NamedTuple

from bridgework.store.notes import Finding


class Note(NamedTuple):
    """What is the matter with a file, and what to do; `{file}` stands for its name."""

    what: str
    next_step: str


STAGE = "files"
NOTES = {
    "FILE-UNKNOWN": Note(
        "is not read: unknown columns",
        'say what it is in bridgework.toml: [practice.files."{file}"] object = "patient"; or move it away',
    ),
    "FILE-FORMAT": Note(
        "is not read: its format is not one of CSV and XLSX", "save it as XLSX or CSV, in the same folder"
    ),
    "TABLE-EMPTY": Note(
        "is quite empty, and is not read", "export it again; move it away where the practice has nothing of the kind"
    ),
    "TABLE-WITHOUT-ROWS": Note(
        "has a header and no row", "export it again; nothing is to be done where the practice has nothing of the kind"
    ),
    "HEADER-MISSING": Note(
        "was read without a header: its columns have no names, and its first row is a record",
        'if the first row is the header, say so in bridgework.toml: [practice.files."{file}"] header = true;'
        ' else give the names of the columns there: header = ["Nr", "Naam"]',
    ),
    "HEADER-DOUBTFUL": Note(
        "may have been read wrongly in its first row",
        'look at it; say in bridgework.toml whether it is a header: [practice.files."{file}"] header = true or false',
    ),
}


def note(code: str, file: str, more: str = "") -> Finding:
    """The finding about a file; `more` is said behind what is the matter, and holds no value."""
    what, step = NOTES[code]
    told = f"{what}: {more}" if more else what
    return Finding(STAGE, code, "file", file, "warn", 1, file.rpartition("/")[2], told, step.replace("{file}", file))
