"""Finds the tables of an export folder, and proposes for each how it is to be read, with the reason of every proposal.

Looks at the folder itself, and into folders whose name is a year: what lies elsewhere is documents. A table in another
sub-folder is read when the settings name it.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from bridgework.errors import UsageError
from bridgework.practice import headers, sniffing, xlsx_records
from bridgework.practice.csv_records import Block, CsvRecords
from bridgework.practice.header_row import Knows, Verdict, judge
from bridgework.practice.sniffing import Encoding, Sample
from bridgework.practice.source_file import SourceFile, cannot_be_read
from bridgework.settings import FileSettings

_TEXTS, _WORKBOOKS = frozenset({".csv", ".txt", ".tsv"}), frozenset({".xlsx", ".xlsm"})
_OTHER_TABLES = frozenset({".accdb", ".dbf", ".mdb", ".ods", ".xls", ".xlsb"})
_HIDDEN = ("~", ".")
_HEADER_WITHIN = 10
_LOOKED_AT = 40  # rows below the first one that judge it
_TITLE = 2  # cells of a title: what it is, and of when
_SAMPLE_ROWS = 1000
_MOST_COLUMNS = 1 << 14
_DEFAULT_LANGUAGE = "nl"
_AS_PROPOSED = FileSettings()
_YEAR = re.compile(r"(?:\D*\D)?(?:19|20)\d\d(?:\D.*)?")


def discover(
    folder: Path, settings: Mapping[str, FileSettings] | None = None, knows: Knows = headers.is_word
) -> list[SourceFile]:
    """The tables of an export folder, by name; `settings` holds what a person says of a file (by `relative`).

    `knows` says whether a cell is a word that headers have.
    Raises UsageError (PRACTICE-FOLDER, PRACTICE-SETTING, PRACTICE-WORKBOOK) where the folder is none, a setting names
    a file that is not there or an encoding that cannot be, or a workbook does not open.
    """
    said = dict(settings or {})
    if not folder.is_dir():
        raise UsageError("PRACTICE-FOLDER", "The export folder is not there.", where=str(folder))
    found = [file for path in _tables(folder, said) for file in _readable(folder, path, said, knows)]
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


def empty_tables(folder: Path, found: Iterable[SourceFile]) -> list[str]:
    """The files of an export folder that should hold tables and hold nothing, by their names; `found` hold some."""
    read = {one.path for one in found}
    left = (path for path in _tables(folder, {}) if path not in read)
    # A text that is not empty is somebody's text.
    empty = (path for path in left if path.suffix.casefold() != ".txt" or not path.stat().st_size)
    return [_relative(folder, path) for path in empty]


def _tables(folder: Path, said: Mapping[str, FileSettings]) -> Iterator[Path]:
    named = {folder / name.partition("#")[0] for name in said if "/" in name}
    here = list(folder.iterdir())
    by_year = [path for below in here if _YEAR.fullmatch(below.name) and below.is_dir() for path in below.iterdir()]
    for path in sorted({*here, *by_year, *named}):
        name = path.name.casefold()
        is_table = path.suffix.casefold() in _TEXTS | _WORKBOOKS and not name.startswith(_HIDDEN)
        if is_table and path.is_file():
            yield path


def _readable(folder: Path, path: Path, said: Mapping[str, FileSettings], knows: Knows) -> list[SourceFile]:
    """The tables of a file; raises UsageError (PRACTICE-UNREADABLE) where it cannot be opened."""
    try:
        return list(_read(folder, path, said, knows)) if path.stat().st_size else []
    except OSError as error:
        raise cannot_be_read(path.relative_to(folder).as_posix(), error) from None


def _relative(folder: Path, path: Path) -> str:
    return unicodedata.normalize("NFC", path.relative_to(folder).as_posix())


def _read(folder: Path, path: Path, said: Mapping[str, FileSettings], knows: Knows) -> Iterator[SourceFile]:
    relative = _relative(folder, path)
    if path.suffix.casefold() in _WORKBOOKS:
        yield from _sheets(path, relative, said, knows)
    elif (file := _text(path, relative, said.get(relative, _AS_PROPOSED), knows)) is not None:
        yield file


# --- delimited text --------------------------------------------------------------------------------------------------


def _text(path: Path, relative: str, said: FileSettings, knows: Knows) -> SourceFile | None:
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
    header, used, verdict = _header(rows, said, knows)
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
        why=tuple(why for why in (why_encoding, why_newline, why_delimiter, *_said(said), verdict.why) if why),
        sample=tuple(map(tuple, rows[used:])),
        header_is=verdict.called,
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


def _header(rows: Sequence[Sequence[str]], said: FileSettings, knows: Knows) -> tuple[tuple[str, ...], int, Verdict]:
    """The names of the columns, how many rows they and what is above them take, and what was judged of the header."""
    usual = _usual_width(rows)
    if isinstance(said.header, tuple):
        verdict = Verdict(is_header=False, why="the names of the columns: bridgework.toml says so", said=True)
        return headers.names_of(said.header), said.skip_rows or 0, verdict
    place, verdict = _judged(rows, usual, said, knows)
    if not verdict.is_header or place >= len(rows):
        return headers.names_of([""] * usual), said.skip_rows or 0, verdict
    why = verdict.why
    if place:
        why += f"; {place} rows above it are left out"
    cells = list(rows[place])
    beyond = max((_filled_width(row) for row in rows[place + 1 :] if len(row) == usual), default=0)
    if beyond > len(cells):
        why += f"; {beyond - len(cells)} columns have no name"
        cells += [""] * (beyond - len(cells))
    return headers.names_of(cells), place + 1, replace(verdict, why=why)


def _judged(rows: Sequence[Sequence[str]], usual: int, said: FileSettings, knows: Knows) -> tuple[int, Verdict]:
    """The index of the row that the table begins with, and whether that is a header."""
    place = said.skip_rows if said.skip_rows is not None else _first_place(rows, usual)
    if said.header is not None or place >= len(rows):
        is_one = bool(said.header)
        why = f"{'the first row is the header' if is_one else 'there is no header'}: bridgework.toml says so"
        return place, Verdict(is_header=is_one, why=why, said=True)
    if said.skip_rows is None and (below := _below_title(rows, place)) is not None:
        verdict = judge(rows[below], rows[below + 1 : below + _LOOKED_AT], knows)
        if verdict.is_header and verdict.sure:
            return below, verdict
    return place, judge(rows[place], rows[place + 1 : place + _LOOKED_AT], knows)


def _first_place(rows: Sequence[Sequence[str]], usual: int) -> int:
    """The index of the row that the table begins with."""
    # A title above the table is narrower than it; a header may lack a name or two.
    return next((index for index, row in enumerate(rows[:_HEADER_WITHIN]) if len(row) * 2 > usual and any(row)), 0)


def _below_title(rows: Sequence[Sequence[str]], place: int) -> int | None:
    """The index of the first full row below such with one or two cells, as spreadsheets write a title; or None."""
    filled = [sum(bool(cell.strip()) for cell in row) for row in rows]
    if not 0 < filled[place] <= _TITLE:
        return None
    most = Counter(count for count in filled if count).most_common(1)[0][0]
    if filled[place] * 2 >= most:
        return None
    return next((at for at in range(place + 1, min(len(rows), _HEADER_WITHIN)) if filled[at] * 2 > most), None)


def _usual_width(rows: Sequence[Sequence[str]]) -> int:
    return Counter(len(row) for row in rows if any(row)).most_common(1)[0][0]


def _filled_width(row: Sequence[str]) -> int:
    return max((place for place, cell in enumerate(row, 1) if cell.strip()), default=0)


# --- workbooks -------------------------------------------------------------------------------------------------------


def _sheets(path: Path, relative: str, said: Mapping[str, FileSettings], knows: Knows) -> list[SourceFile]:
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
        found.append(_sheet(path, shown, name, rows, said.get(shown, _AS_PROPOSED), knows))
    return found


def _sheet(
    path: Path, relative: str, sheet: str, rows: list[list[str]], said: FileSettings, knows: Knows
) -> SourceFile:
    before = path.stat()
    header, used, verdict = _header([row[: _filled_width(row)] for row in rows], said, knows)
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
        why=(f"sheet {sheet}", *_said(said), verdict.why),
        sample=tuple(map(tuple, rows[used:])),
        header_is=verdict.called,
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
