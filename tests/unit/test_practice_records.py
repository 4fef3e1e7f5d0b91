"""The reader of delimited text gives each record's bytes, line and cells, whatever is in the file."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bridgework.practice import cells, csv_records
from bridgework.practice.csv_records import Block, CsvRecords

DELIMITERS = (";", ",", "\t", "|")
CODECS = ("utf-8", "cp1252", "cp850", "iso8859-15", "utf-16-le", "utf-16-be")


def read(path: Path, codec: str = "cp1252", delimiter: str = ";", *, width: int = 3, needed: int = 1) -> list[Block]:
    return list(CsvRecords(path, codec, delimiter, "\n", width, needed).blocks(0, 1))


def cells_in(blocks: Sequence[Block], delimiter: str) -> list[list[str]]:
    found = []
    for block in blocks:
        for index, text in enumerate(block.texts):
            assert index not in block.problems
            found.append(block.cells.get(index) or cells.split(text, delimiter))
    return found


def raw_of(blocks: Sequence[Block]) -> bytes:
    return b"".join(raw for block in blocks for raw in block.raws)


def problems_of(blocks: Sequence[Block]) -> dict[int, str]:
    return {block.lines[index]: code for block in blocks for index, code in block.problems.items()}


_ODD = "\r\0\ue00d"  # a return alone and a zero byte have tests of their own; the last stands in for a return


def letters(codec: str) -> st.SearchStrategy[str]:
    """Every character that an encoding has. (`st.characters(codec=…)` tries all of Unicode, which takes a second.)"""
    if codec.startswith("utf"):
        return st.characters(exclude_categories=["Cs"], exclude_characters=_ODD)
    table = bytes(range(256)).decode(codec, errors="ignore")
    return st.sampled_from([sign for sign in table if sign not in _ODD])


LETTERS = {codec: letters(codec) for codec in CODECS}


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[list[str]], str, str, str, int]:
    codec, delimiter = draw(st.sampled_from(CODECS)), draw(st.sampled_from(DELIMITERS))
    signs = st.one_of(st.sampled_from(f'a1é"{delimiter}\n ,;'), LETTERS[codec])
    width = draw(st.integers(2, 4))
    rows = draw(st.lists(st.lists(st.text(signs, max_size=6), min_size=width, max_size=width), min_size=1, max_size=12))
    return (
        rows,
        codec,
        delimiter,
        draw(st.sampled_from(("\r\n", "\n"))),
        draw(st.sampled_from((csv.QUOTE_MINIMAL, csv.QUOTE_ALL))),
    )


@given(tables())
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_table_that_the_csv_module_writes_comes_back_cell_by_cell(
    tmp_path: Path, table: tuple[list[list[str]], str, str, str, int]
) -> None:
    rows, codec, delimiter, end, quoting = table
    written = io.StringIO()
    csv.writer(written, delimiter=delimiter, lineterminator=end, quoting=quoting).writerows(rows)  # type: ignore[arg-type]
    path = tmp_path / "t.csv"
    path.write_bytes(written.getvalue().encode(codec))
    blocks = read(path, codec, delimiter, width=len(rows[0]))
    assert cells_in(blocks, delimiter) == rows
    assert raw_of(blocks) == path.read_bytes()


@given(st.binary(max_size=400) | st.text('a;"\n\r\0é', max_size=200).map(lambda text: text.encode("cp1252")))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_the_bytes_are_no_byte_is_lost_and_lines_count_up(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    for codec in ("utf-8", "cp1252", "utf-16-le"):
        blocks = read(path, codec)
        assert raw_of(blocks) == content
        lines = [line for block in blocks for line in block.lines]
        assert lines == sorted(lines)


@pytest.mark.parametrize("size", [64, 100, 257])
def test_the_size_of_a_block_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    path = tmp_path / "t.csv"
    rows = [[str(number), "een\r\ntwee " * (number % 5), 'zegt "ja"; altijd'] for number in range(60)]
    written = io.StringIO()
    csv.writer(written, delimiter=";").writerows(rows)
    path.write_bytes(written.getvalue().encode("cp1252"))
    whole = read(path)
    monkeypatch.setattr(csv_records, "BLOCK", size)
    blocks = read(path)
    assert len(blocks) > 1
    assert cells_in(blocks, ";") == cells_in(whole, ";") == rows
    assert [line for block in blocks for line in block.lines] == list(whole[0].lines)


def test_reading_goes_on_from_the_end_of_any_block(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b'1;"a\nb";c\n2;"stray;c\n3;x;y\n' * 20)
    monkeypatch.setattr(csv_records, "BLOCK", 64)
    blocks = read(path)
    for number, block in enumerate(blocks[:-1], 1):
        rest = list(CsvRecords(path, "cp1252", ";", "\n", 3, 1).blocks(block.end, block.end_line))
        assert [one.raws for one in rest] == [one.raws for one in blocks[number:]]
        assert [list(one.lines) for one in rest] == [list(one.lines) for one in blocks[number:]]


def test_a_stray_quote_costs_its_own_line_and_no_other(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    good = "".join(f'{number};naam;"nota, met ""aanhaling"""\r\n' for number in range(3, 500))
    path.write_bytes(f'1;a;b\r\n2;"stray;b\r\n{good}'.encode("cp1252"))
    blocks = read(path, needed=3)
    assert problems_of(blocks) == {2: csv_records.UNCLOSED_QUOTE}
    assert sum(len(block.raws) for block in blocks) == 499


def test_a_quote_that_nobody_closes_does_not_swallow_a_large_file(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    rest = b"".join(b"%d;naam;nota zonder aanhalingstekens\r\n" % number for number in range(100_000))
    path.write_bytes(b'1;"stray;b\r\n' + rest)
    blocks = read(path, needed=3)
    assert problems_of(blocks) == {1: csv_records.UNCLOSED_QUOTE}
    assert sum(len(block.raws) for block in blocks) == 100_001
    assert raw_of(blocks) == path.read_bytes()


def test_a_line_longer_than_a_record_is_set_aside_in_parts(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b"1;a;b\n" + b"x" * (cells.MAX_RECORD * 2 + 5) + b";;\n2;a;b\n")
    blocks = read(path)
    assert set(problems_of(blocks).values()) == {csv_records.LINE_TOO_LONG}
    assert blocks[-1].texts[-1] == "2;a;b"
    assert blocks[-1].lines[-1] == 3
    assert raw_of(blocks) == path.read_bytes()
    inside = blocks[1]
    assert not inside.raws[-1].endswith(b"\n")
    again = list(CsvRecords(path, "cp1252", ";", "\n", 3, 1).blocks(inside.end, inside.end_line))
    assert [block.raws for block in again] == [block.raws for block in blocks[2:]]


@pytest.mark.parametrize(
    ("line", "expected", "notes"),
    [
        (b'1;"Jan "de" Man";x', ["1", 'Jan de" Man"', "x"], [csv_records.STRAY_QUOTE]),
        (b'1;5" nagel;x', ["1", '5" nagel', "x"], []),
        (b'1;a\rb;"x"', ["1", "a\rb", "x"], []),
        (b"1;a\0;x", ["1", "a\0", "x"], [csv_records.NUL_BYTES]),
    ],
)
def test_odd_lines_are_read_and_noted(tmp_path: Path, line: bytes, expected: list[str], notes: list[str]) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(line + b"\r\n2;b;c\r\n")
    (block,) = read(path)
    assert cells_in([block], ";") == [expected, ["2", "b", "c"]]
    assert [code for _, code in block.notes] == notes


@pytest.mark.parametrize(
    ("raw", "codec", "text", "code"),
    [
        ("1;België".encode(), "utf-8", "1;België", ""),
        (b"1;Belgi\xeb", "utf-8", "1;België", cells.DECODED_AS_CP1252),
        (b"Ren\x82;Belgi\xeb", "utf-8", "René;België", cells.DECODED_AS_CP1252),
        (b"M\x81ller;Belgi\xeb", "cp1252", "Müller;België", cells.DECODED_AS_CP850),
        (b"\x81\xeb;Belgi\xeb", "cp1252", "\x81ë;België", cells.UNDEFINED_BYTES),
        (b"Belgi\xeb", "cp1252", "België", ""),
    ],
)
def test_what_is_not_in_the_encoding_is_read_cell_by_cell_and_said(
    raw: bytes, codec: str, text: str, code: str
) -> None:
    assert cells.decode(raw, codec, ";") == (text, code)


def test_half_a_character_of_utf_16_is_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes("1;a;b\r\n2;c".encode("utf-16-le") + b"x")
    (block,) = read(path, "utf-16-le")
    assert block.problems == {1: csv_records.UNDECODABLE}
    assert raw_of([block]) == path.read_bytes()


def test_old_macintosh_lines_are_lines(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b'1;a;b\r2;"x\ry";d\r')
    (block,) = CsvRecords(path, "cp1252", ";", "\r", 3, 3).blocks(0, 1)
    assert cells_in([block], ";") == [["1", "a", "b"], ["2", "x\ry", "d"]]
    assert list(block.lines) == [1, 2]
