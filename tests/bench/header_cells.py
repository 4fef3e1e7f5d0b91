"""The labelled headers with cells under them: what an automatic map is measured by.

Each style is one YAML file in `headers/`: how one practice exports, file by file, with the concept that every column
holds, or null where none fits. The same style, number of rows and seed give the same cells in every process.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal

from bridgework import yaml_text
from tests.bench import header_words as words
from tests.bench.header_draws import Chance, Ref
from tests.bench.header_forms import JUNK, reference, spelt, written
from tests.bench.header_practice import NEEDS, Practice

FOLDER = Path(__file__).parent / "headers"

Part = Literal["train", "held-out"]


@dataclass(frozen=True)
class Column:
    """One column of a style; `concept` is None where no concept fits, `form` says how the cells are written."""

    name: str
    concept: str | None
    form: str = ""


@dataclass(frozen=True)
class ExportFile:
    """One file of a style: what its rows are, and whether its first line names the columns."""

    file: str
    object: str
    header: bool
    columns: tuple[Column, ...]


@dataclass(frozen=True)
class Style:
    """How one practice exports; `ids` are patterns for the keys of objects, `initials` for keys that are letters."""

    key: str
    title: str
    part: Part
    language: str
    ids: tuple[tuple[str, str], ...]
    files: tuple[ExportFile, ...]


@dataclass(frozen=True)
class LabelledColumn:
    """A column with its label and its cells."""

    name: str
    concept: str | None
    cells: list[str]


@dataclass(frozen=True)
class LabelledFile:
    """A file whose columns are labelled; without a header the names are empty."""

    file: str
    object: str
    header: bool
    columns: list[LabelledColumn]


def load_styles(concepts: Collection[str] | None = None, folder: Path = FOLDER) -> list[Style]:
    """All styles, in the order of their file names.

    Raises ValueError where a label is none of `concepts` or belongs to another object than its file, where a column
    without a concept has no form, or where a file without a header names a column.
    """
    styles = [_style(path) for path in sorted(folder.glob("*.yaml"))]
    for style in styles:
        for file in style.files:
            for column in file.columns:
                _check(style, file, column, concepts)
    return styles


@cache
def _style(path: Path) -> Style:
    read, _ = yaml_text.read(path.read_text(encoding="utf-8"), path.name)
    files = tuple(_file(entry) for entry in read["files"])
    ids = tuple(read.get("ids", {}).items())
    return Style(path.stem, read["style"], read["part"], read["language"], ids, files)


def _file(entry: dict[str, Any]) -> ExportFile:
    columns = tuple(Column(one["name"], one["concept"], one.get("form", "")) for one in entry["columns"])
    return ExportFile(entry["file"], entry["object"], entry["header"], columns)


def _check(style: Style, file: ExportFile, column: Column, concepts: Collection[str] | None) -> None:
    where = f"{style.key}, {file.file}, {column.name or 'unnamed'}"
    if column.concept is None:
        if column.form not in JUNK:
            raise ValueError(f"{where}: a column without a concept needs a form of its own")
    elif not column.concept.startswith(f"{file.object}."):
        raise ValueError(f"{where}: {column.concept} is no concept of {file.object}")
    elif concepts is not None and column.concept not in concepts:
        raise ValueError(f"{where}: unknown concept {column.concept}")
    if bool(column.name) != file.header:
        raise ValueError(f"{where}: columns have names exactly where the file has a header")


def cells(style: Style, rows: int = 200, seed: int = 1) -> list[LabelledFile]:
    """The files of a style with up to `rows` rows each: objects of which a practice has few have few."""
    practice = Practice(style.language, rows, Chance(f"{style.key}/{seed}"), _objects(style))
    made = []
    for file in style.files:
        records = practice.records[file.object]
        columns = [
            LabelledColumn(
                one.name,
                one.concept,
                _column(style, one, records, Chance(f"{style.key}/{file.file}/{place}/{seed}")),
            )
            for place, one in enumerate(file.columns)
        ]
        made.append(LabelledFile(file.file, file.object, file.header, columns))
    return made


def _objects(style: Style) -> set[str]:
    """What the files hold, and what their columns refer to though no file holds it."""
    fields = {str(column.concept).partition(".")[2] for file in style.files for column in file.columns}
    return {file.object for file in style.files} | {field.removesuffix("_number") for field in fields} & set(NEEDS)


def _column(style: Style, column: Column, records: list[dict[str, Any]], chance: Chance) -> list[str]:
    ids, languages = dict(style.ids), style.language.split("-")
    if column.concept is None:
        return [JUNK[column.form](chance, chance.choice(languages)) for _ in records]
    if column.form == "empty":
        return [""] * len(records)
    field = column.concept.partition(".")[2]
    nothing = _nothing(field, column.form, languages[0], chance)
    written_cells = []
    for record in records:
        value = record[field]
        if value is None:
            written_cells.append(chance.choice(nothing))
        elif isinstance(value, Ref):
            written_cells.append(reference(value, ids, column.form))
        else:
            written_cells.append(written(field, value, column.form, chance.choice(languages), chance))
    return written_cells


def _nothing(field: str, form: str, language: str, chance: Chance) -> list[str]:
    """What stands in this column where there is nothing: mostly an empty cell, in some a habit of the software."""
    habit = chance.random()
    if field in {"birth_date", "due_date", "next_recall", "deceased_on", "paid_on", "reminder_date"} and habit < 0.2:
        first = spelt(date(1900, 1, 1), form or "dd/mm/yyyy")
        return [first if habit < 0.1 else re.sub(r"\d", "0", first)]
    if field in {"remark", "allergies", "medication", "medical_history", "profession", "gp"} and habit < 0.3:
        return ["", "", "", "", chance.choice(words.TEXTS["unknown"][language])]
    return [""]
