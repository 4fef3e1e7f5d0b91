"""A map that people damaged says in words where, and what to do: its encoding, tabs, nothing in it, unknown entries."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridgework import yaml_text
from bridgework.errors import UsageError
from bridgework.mapping.document import MapDocument
from tests.unit.mapping_samples import map_of

SMALL = """\
bridgework_map: 1
values:
  sex:
    MALE: [m, mannelijk]
objects:
  person:
    fields:
      - {name: colour, type: TEXT, label: Kléúr}
sources:
  patient:
    file: patienten.csv
    key: [Nr]
    record: person
    lines:
      - {column: Nr, target: person.sourceSystemId, transform: key}
      - {column: GSM, target: person.phones, transform: phones}
    derived:
      - {target: person.title, transform: constant}
"""


def failure(content: bytes, tmp_path: Path) -> UsageError:
    (tmp_path / "map.yaml").write_bytes(content)
    with pytest.raises(UsageError) as caught:
        MapDocument.load(tmp_path / "map.yaml")
    return caught.value


@pytest.mark.parametrize(
    ("encode", "line", "why"),
    [
        (lambda text: text.encode("utf-16"), 1, "UTF-16, which Notepad calls Unicode"),
        (lambda text: b"\xfe\xff" + text.encode("utf-16-be"), 1, "UTF-16, which Notepad calls Unicode"),
        (lambda text: text.encode("utf-16-le"), 1, "UTF-16, which Notepad calls Unicode"),
        (lambda text: text.encode("cp1252"), 8, "Windows-1252, which Notepad calls ANSI"),
        (lambda text: text.encode().replace(b"GSM", b"G\x81M"), 16, "an encoding that cannot be told"),
    ],
)
def test_another_encoding_is_named_with_what_to_save_it_as(
    encode: Callable[[str], bytes], line: int, why: str, tmp_path: Path
) -> None:
    error = failure(encode(SMALL), tmp_path)
    assert (error.code, error.where) == ("MAP-UNREADABLE", f"map.yaml, line {line}")
    assert why in error.why
    assert "UTF-8" in error.next_step


def test_the_mark_that_notepad_writes_before_utf_8_is_no_damage(tmp_path: Path) -> None:
    (tmp_path / "map.yaml").write_bytes(b"\xef\xbb\xbf" + SMALL.replace("\n", "\r\n").encode())
    assert MapDocument.load(tmp_path / "map.yaml") == MapDocument.parse(SMALL)


@given(st.binary(max_size=60))
def test_no_bytes_are_read_as_anything_but_utf_8(content: bytes) -> None:
    with contextlib.suppress(UsageError):
        assert yaml_text.decode(content, "map.yaml").encode() == content.removeprefix(b"\xef\xbb\xbf")


@pytest.mark.parametrize("content", [b"", b"\n\n", b"# nothing but a remark\n", b"\xef\xbb\xbf"])
def test_an_empty_map_is_called_empty(content: bytes, tmp_path: Path) -> None:
    error = failure(content, tmp_path)
    assert (error.code, error.what, error.where) == ("MAP-UNREADABLE", "The map is empty.", "map.yaml, line 1")
    assert "--anew" in error.next_step


@pytest.mark.parametrize("content", [b"- a\n- b\n", b"hello\n"])
def test_what_has_no_entries_is_called_no_map(content: bytes, tmp_path: Path) -> None:
    error = failure(content, tmp_path)
    assert (error.code, error.what) == ("MAP-MALFORMED", "This is no map.")
    assert "sources" in error.why


@pytest.mark.parametrize("old", ["    key:", "      - {column: GSM", "  sex:"])
def test_a_tab_is_called_a_tab(old: str, tmp_path: Path) -> None:
    error = failure(SMALL.replace(old, f"\t{old.strip()}", 1).encode(), tmp_path)
    assert error.code == "MAP-UNREADABLE"
    assert error.why == "a tab stands at its beginning, where only spaces may; use spaces"
    assert error.where == f"map.yaml, line {SMALL[: SMALL.index(old)].count(chr(10)) + 1}"


def test_a_tab_that_yaml_takes_is_none_to_blame_for_another_error() -> None:
    with pytest.raises(UsageError) as caught:
        yaml_text.read("a: [1,\n\t2, b: c: d]\n", "map.yaml")
    assert "tab" not in caught.value.why


def test_a_character_that_no_text_has_is_told_with_its_line(tmp_path: Path) -> None:
    assert failure(SMALL.replace("GSM", "G\x07M").encode(), tmp_path).where == "map.yaml, line 16"


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        (
            "transform: phones",
            "transform: phones, colour: red",
            "line 16: `colour` is no entry that can stand in the line of column GSM of patient",
        ),
        (
            "{column: Nr",
            "{colunm: Nr",
            "line 15: `colunm` is no entry that can stand in line 1 of patient; is `column` meant?",
        ),
        (
            "transform: constant",
            "transform: constant, wiht: {value: x}",
            "`wiht` is no entry that can stand in the derived line to person.title of patient; is `with` meant?",
        ),
        (
            "label: Kléúr",
            "label: Kléúr, colour: red",
            "line 8: `colour` is no entry that can stand in the field colour of person",
        ),
        ("label: Kléúr", "title: Kleur", "`label` in the field colour of person is missing"),
        ("key: [Nr]", "key: [Nr]\n    colour: red", "line 13: `colour` is no entry that can stand in source patient"),
        ("bridgework_map: 1", "bridgework_map: 1\ncolour: red", "line 2: `colour` is no entry that can stand there"),
        ("bridgework_map: 1", "bridgework_map: 1\nvalue: {}", "is `values` meant?"),
        (
            "transform: phones",
            "decision: maybe",
            "`decision` in the line of column GSM of patient should be 'proposed'",
        ),
        ("key: [Nr]", "key: Nr", "line 12: `key` in source patient should be a list"),
        ("MALE: [m, mannelijk]", "MALE: m", "line 4: `MALE` in the pick-list sex should be a list"),
        ("column: GSM", "column: 7", "should be a text; put it in quotes"),
        ("file: patienten.csv", "", "`file` in source patient is missing"),
    ],
)
def test_what_cannot_stand_there_is_told_in_words_of_the_map(old: str, new: str, why: str, tmp_path: Path) -> None:
    assert old in SMALL
    error = failure(SMALL.replace(old, new, 1).encode(), tmp_path)
    assert error.code == "MAP-MALFORMED"
    assert why in error.why
    assert "Input" not in error.why
    assert ".0" not in error.why


def test_what_stands_in_a_map_is_not_quoted(tmp_path: Path) -> None:
    error = failure(
        SMALL.replace("decision: ", "").replace("transform: key", "decision: Zwijnsvoorde").encode(), tmp_path
    )
    assert "Zwijnsvoorde" not in str(error)


def test_each_thing_is_told_once_and_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = map_of("nl").to_yaml()
    broken, count = re.subn(r"(?m)^( +- .*)decision: proposed", r"\1decision: maybe, shade: red", text)
    error = failure(broken.encode(), tmp_path)
    *told, more = error.why.split("; line ")
    lines = [int(one.split(":")[0].removeprefix("line ")) for one in told]
    assert lines == sorted(lines)
    assert len(told) == len(set(told)) == 19
    assert f"and {2 * count - 20} more" in more
