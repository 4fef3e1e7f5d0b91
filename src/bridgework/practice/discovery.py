"""Finds the tables of an export folder, and proposes for each how it is to be read, with the reason of every proposal.

Looks at the folder itself, and into folders whose name is a year: what lies elsewhere is documents. A table in another
sub-folder is read when the settings name it.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from bridgework.errors import UsageError
from bridgework.practice import headers, sniffing, xlsx_records
from bridgework.practice.csv_records import Block, CsvRecords
from bridgework.practice.sniffing import Encoding, Sample
from bridgework.practice.source_file import SourceFile, cannot_be_read
from bridgework.settings import FileSettings

_TEXTS, _WORKBOOKS = frozenset({".csv", ".txt", ".tsv"}), frozenset({".xlsx", ".xlsm"})
_OTHER_TABLES = frozenset({".accdb", ".dbf", ".mdb", ".ods", ".xls", ".xlsb"})
_HIDDEN = ("~", ".")
_HEADER_WITHIN = 10
_SAMPLE_ROWS = 1000
_MOST_COLUMNS = 1 << 14
_DEFAULT_LANGUAGE = "nl"
_AS_PROPOSED = FileSettings()
_YEAR = re.compile(r"(?:\D*\D)?(?:19|20)\d\d(?:\D.*)?")


def discover(folder: Path, settings: Mapping[str, FileSettings] | None = None) -> list[SourceFile]:
    """The tables of an export folder, by name; `settings` holds what a person says of a file (by `relative`).

    Raises UsageError (PRACTICE-FOLDER, PRACTICE-SETTING, PRACTICE-WORKBOOK) where the folder is none, a setting names
    a file that is not there or an encoding that cannot be, or a workbook does not open.
    """
    said = dict(settings or {})
    if not folder.is_dir():
        raise UsageError("PRACTICE-FOLDER", "The export folder is not there.", where=str(folder))
    found = [file for path in _tables(folder, said) for file in _readable(folder, path, said)]
    if unknown := sorted(said.keys() - {file.relative for file in found}):
        raise UsageError(
            "PRACTICE-SETTING",
            "A setting is about a file that is not in the export, or holds nothing.",
            where=f'[practice.files."{unknown[0]}"]',
            next_step="write the name as the audit shows it, or take the setting away",
        )
    return _with_language(sorted(found, key=lambda file: file.relative))


def unreadable(folder: Path) -> list[str]:
    """The files of an export folder that hold tables, by their names, in a format that is not read."""
    return sorted(path.name for path in folder.iterdir() if path.suffix.casefold() in _OTHER_TABLES and path.is_file())


def _tables(folder: Path, said: Mapping[str, FileSettings]) -> Iterator[Path]:
    named = {folder / name.partition("#")[0] for name in said if "/" in name}
    here = list(folder.iterdir())
    by_year = [path for below in here if _YEAR.fullmatch(below.name) and below.is_dir() for path in below.iterdir()]
    for path in sorted({*here, *by_year, *named}):
        name = path.name.casefold()
        is_table = path.suffix.casefold() in _TEXTS | _WORKBOOKS and not name.startswith(_HIDDEN)
        if is_table and path.is_file() and path.stat().st_size:
            yield path


def _readable(folder: Path, path: Path, said: Mapping[str, FileSettings]) -> list[SourceFile]:
    """The tables of a file; raises UsageError (PRACTICE-UNREADABLE) where it cannot be opened."""
    try:
        return list(_read(folder, path, said))
    except OSError as error:
        raise cannot_be_read(path.relative_to(folder).as_posix(), error) from None


def _read(folder: Path, path: Path, said: Mapping[str, FileSettings]) -> Iterator[SourceFile]:
    relative = unicodedata.normalize("NFC", path.relative_to(folder).as_posix())
    if path.suffix.casefold() in _WORKBOOKS:
        yield from _sheets(path, relative, said)
    elif (file := _text(path, relative, said.get(relative, _AS_PROPOSED))) is not None:
        yield file


# --- delimited text --------------------------------------------------------------------------------------------------


def _text(path: Path, relative: str, said: FileSettings) -> SourceFile | None:
    """A text file as a table; None for an empty one, and for a .txt that is none."""
    before = path.stat()
    sample = Sample.of(path)
    encoding, why_encoding = _encoding(sample, relative, said)
    newline, why_newline = sniffing.propose_newline(sample, encoding.codec)
    delimiter, why_delimiter, skipped = _delimiter(_head_lines(sample, encoding, newline), said)
    others = (_codec(name, relative, "fallback") for name in said.fallback)
    quotes, fallback = said.quotes is not False, tuple(one for one in others if one != encoding.codec)
    reader = CsvRecords(path, encoding.codec, delimiter, newline, _MOST_COLUMNS, 1, quotes, fallback)
    first = next(reader.blocks(encoding.mark, 1), None)
    rows = _rows(first, delimiter)[skipped:] if first else []
    if first is None or not any(any(row) for row in rows):
        return None
    if path.suffix.casefold() == ".txt" and said == _AS_PROPOSED and max(map(len, rows)) < 2:
        return None
    header, used, why_header = _header(rows, said)
    before_data = first.raws[: skipped + used]
    return SourceFile(
        path=path,
        relative=relative,
        format="csv",
        encoding=encoding.name,
        delimiter=delimiter,
        newline=newline,
        language="",
        header=header,
        sheet="",
        data_position=encoding.mark + sum(map(len, before_data)),
        data_line=first.lines[skipped + used] if skipped + used < len(first.raws) else first.end_line,
        needed_width=(needed := said.columns_needed or headers.needed_width(rows[used:], len(header))),
        may_trail=needed == len(header) or _usual_width(rows) > len(header),
        size=before.st_size,
        modified_ns=before.st_mtime_ns,
        why=tuple(why for why in (why_encoding, why_newline, why_delimiter, *_said(said), why_header) if why),
        sample=tuple(map(tuple, rows[used:])),
        quotes=quotes,
        fallback=fallback,
    )


def _encoding(sample: Sample, relative: str, said: FileSettings) -> tuple[Encoding, str]:
    if said.encoding is None:
        return sniffing.propose_encoding(sample)
    codec = _codec(said.encoding, relative, "encoding")
    marked = sniffing.bom(sample.head)
    if marked is not None and marked.codec[:5] == codec[:5]:
        return marked, f"{marked.name}: bridgework.toml says so"
    return Encoding(said.encoding, codec, 0), f"{said.encoding}: bridgework.toml says so"


def _codec(name: str, relative: str, setting: str) -> str:
    if (codec := sniffing.codec_of(name)) is None:
        raise UsageError(
            "PRACTICE-SETTING",
            "This encoding is not known.",
            where=f'[practice.files."{relative}"] {setting}',
            next_step="write cp1252, cp850, utf-8, utf-16 or iso-8859-15",
        )
    return codec


def _said(said: FileSettings) -> Iterator[str]:
    """What a person says beyond encoding, delimiter and header."""
    if said.fallback:
        yield f"cells that are not in it: {', '.join(said.fallback)}: bridgework.toml says so"
    if said.quotes is not None:
        meaning = "a quote may wrap a cell" if said.quotes else "quotes are signs like any other"
        yield f"{meaning}: bridgework.toml says so"
    if said.columns_needed is not None:
        yield f"a row needs {said.columns_needed} cells: bridgework.toml says so"


def _head_lines(sample: Sample, encoding: Encoding, newline: str) -> list[str]:
    """The whole lines of a file's head, as text without their ends."""
    text = sample.head[encoding.mark :].decode(encoding.codec, "replace")
    lines = [line.removesuffix("\r") for line in text.split(newline)]
    return lines if sample.whole or len(lines) == 1 else lines[:-1]


def _delimiter(lines: Sequence[str], said: FileSettings) -> tuple[str, str, int]:
    """The delimiter, why, and how many lines at the top only speak of it (`sep=;`, as Excel takes it)."""
    first = lines[0].strip().casefold()
    declared = len(first) == len("sep=;") and first.startswith("sep=")
    if said.delimiter is not None:
        return said.delimiter, f"{said.delimiter!r}: bridgework.toml says so", int(declared)
    if declared:
        return first[-1], f"{first[-1]!r}: the file's first line says so", 1
    return (*sniffing.propose_delimiter(lines), 0)


def _rows(block: Block, delimiter: str) -> list[list[str]]:
    """The cells of a block's records; none for what is no record."""
    rows: list[list[str]] = []
    for index, text in enumerate(block.texts[:_SAMPLE_ROWS]):
        bad = index in block.problems or not text
        rows.append([] if bad else block.cells.get(index) or text.split(delimiter))
    return rows


# --- the header ------------------------------------------------------------------------------------------------------


def _header(rows: Sequence[Sequence[str]], said: FileSettings) -> tuple[tuple[str, ...], int, str]:
    """The names of the columns, how many rows they and what is above them take, and why."""
    usual = _usual_width(rows)
    place = _first_place(rows, usual, said.skip_rows)
    if isinstance(said.header, tuple):
        return headers.names_of(said.header), said.skip_rows or 0, "the names of the columns: bridgework.toml says so"
    if said.header is None and place < len(rows):
        is_one, why = headers.looks_like_header(rows[place], rows[place + 1 : place + 20])
    else:
        is_one = bool(said.header)
        why = f"{'the first row is the header' if is_one else 'there is no header'}: bridgework.toml says so"
    if not is_one or place >= len(rows):
        return headers.names_of([""] * usual), said.skip_rows or 0, why
    if place:
        why += f"; {place} rows above it are left out"
    cells = list(rows[place])
    beyond = max((_filled_width(row) for row in rows[place + 1 :] if len(row) == usual), default=0)
    if beyond > len(cells):
        why += f"; {beyond - len(cells)} columns have no name"
        cells += [""] * (beyond - len(cells))
    return headers.names_of(cells), place + 1, why


def _first_place(rows: Sequence[Sequence[str]], usual: int, skip: int | None) -> int:
    """The index of the row that the table begins with."""
    if skip is not None:
        return skip
    # A title above the table is narrower than it; a header may lack a name or two.
    return next((index for index, row in enumerate(rows[:_HEADER_WITHIN]) if len(row) * 2 > usual and any(row)), 0)


def _usual_width(rows: Sequence[Sequence[str]]) -> int:
    return Counter(len(row) for row in rows if any(row)).most_common(1)[0][0]


def _filled_width(row: Sequence[str]) -> int:
    return max((place for place, cell in enumerate(row, 1) if cell.strip()), default=0)


# --- workbooks -------------------------------------------------------------------------------------------------------


def _sheets(path: Path, relative: str, said: Mapping[str, FileSettings]) -> list[SourceFile]:
    wanted = said.get(relative, _AS_PROPOSED).sheet
    heads = xlsx_records.heads_of(path, _SAMPLE_ROWS, wanted)
    if wanted is not None and not heads:
        raise UsageError(
            "PRACTICE-SETTING",
            "The workbook has no sheet of this name.",
            where=f'[practice.files."{relative}"] sheet',
            next_step="write the name of one of its sheets, as the workbook shows it",
        )
    sheets = [(name, rows) for name, rows in heads if any(any(row) for row in rows)]
    found = []
    for name, rows in sheets:
        shown = relative if len(sheets) == 1 else f"{relative}#{name}"
        found.append(_sheet(path, shown, name, rows, said.get(shown, _AS_PROPOSED)))
    return found


def _sheet(path: Path, relative: str, sheet: str, rows: list[list[str]], said: FileSettings) -> SourceFile:
    before = path.stat()
    header, used, why = _header([row[: _filled_width(row)] for row in rows], said)
    return SourceFile(
        path=path,
        relative=relative,
        format="xlsx",
        encoding="",
        delimiter="",
        newline="",
        language="",
        header=header,
        sheet=sheet,
        data_position=used,
        data_line=used + 1,
        needed_width=said.columns_needed or 1,
        may_trail=True,
        size=before.st_size,
        modified_ns=before.st_mtime_ns,
        why=(f"sheet {sheet}", *_said(said), why),
        sample=tuple(map(tuple, rows[used:])),
    )


# --- language --------------------------------------------------------------------------------------------------------


def _with_language(files: list[SourceFile]) -> list[SourceFile]:
    """Each file with the language of its header; where it tells none, the one of most other files."""
    told = [(file, *headers.language_of(file.header, Path(file.relative).stem)) for file in files]
    known = Counter(language for _, language, _ in told if language)
    usual = known.most_common(1)[0][0] if known else _DEFAULT_LANGUAGE
    found = []
    for file, language, why in told:
        reason = f"{language}: {why}" if language else f"{usual}: {why}, most files are {usual}"
        found.append(replace(file, language=language or usual, why=(*file.why, reason)))
    return found
