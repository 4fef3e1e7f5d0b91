"""YAML that people edit is read as they mean it, or refused with the line; nothing else happens, whatever the text."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridgework import yaml_text
from bridgework.errors import UsageError
from bridgework.mapping.document import MapDocument

LAUGHS = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]\n" for before, name in zip("abcdefg", "bcdefgh", strict=True)
)

REFUSED = {
    "an entry that holds itself": ("x: 1\nsources: &a [*a]", 2, "stands in what it names"),
    "an object that holds itself": ("x: &a\n  y: *a", 2, "stands in what it names"),
    "a number of 5,000 digits": ("x: 1\ny: " + "9" * 5_000, 2, "too large"),
    "a number without end": ("x: 1e999", 1, "too large"),
    "lists in lists": ("x: 1\ny: " + "[" * 900 + "]" * 900, 2, "levels"),
    "more lists in lists": ("x: 1\ny: " + "[" * 100_000, 2, ""),
    "objects in objects": ("\n".join(" " * level + "a:" for level in range(500)), 102, "levels"),
    "aliases of aliases of aliases": (LAUGHS, 5, "aliases"),
    "an alias of nothing": ("x: 1\ny: *a", 2, "nothing is named"),
    "a tag of Python": ("x: 1\ny: !!python/object/apply:os.system [ls]", 2, "tag"),
    "a tag of YAML": ("x: !!int '1'", 1, "tag"),
    "a list as a name": ("x: 1\n? [a, b]\n: c", 2, "no text"),
    "a second document": ("x: 1\n---\ny: 2", 2, "second document"),
    "an entry twice": ("x: 1\ny: {a: 1, a: 2}", 2, "stands twice"),
    "a tab before an entry": ("x:\n\ty: 1", 2, ""),
    "NUL": ("é: é\nx: 1\ny: a\0b", 3, "characters"),
    "half of a surrogate pair": ("x: 1\ny: \udcff", 2, "characters"),
    "UTF-16 read as UTF-8": ("x: 1\n".encode("utf-16").decode("utf-8", "surrogateescape"), 1, "characters"),
}

PLAIN = st.recursive(
    st.text() | st.booleans() | st.none() | st.integers() | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_refused_is_refused_with_its_line(what: str) -> None:
    text, line, why = REFUSED[what]
    with pytest.raises(UsageError) as refused:
        yaml_text.read(text, "map.yaml")
    assert (refused.value.code, refused.value.where) == ("MAP-UNREADABLE", f"map.yaml, line {line}")
    assert why in refused.value.why


@pytest.mark.parametrize(
    ("text", "code"),
    [
        *(("", "MAP-UNREADABLE"), ("~", "MAP-UNREADABLE")),
        *(("hello", "MAP-MALFORMED"), ("[1, 2]", "MAP-MALFORMED"), ("1", "MAP-MALFORMED")),
    ],
)
def test_what_is_no_map_has_a_line_too(text: str, code: str) -> None:
    with pytest.raises(UsageError) as refused:
        MapDocument.parse(text)
    assert (refused.value.code, refused.value.where) == (code, "map.yaml, line 1")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("\ufeffx: 1", {"x": 1}),
        ("x: 1\r\ny: a\r\n", {"x": 1, "y": "a"}),
        ("x: no\ny: 2024-01-01\nz: 0x10\nt: true", {"x": "no", "y": "2024-01-01", "z": "0x10", "t": True}),
        ("x: '1'\ny: \"~\"\nz: |\n  a\n  b\n", {"x": "1", "y": "~", "z": "a\nb\n"}),
        ("x: &a [1, 2]\ny: *a\nz: *a", {"x": [1, 2], "y": [1, 2], "z": [1, 2]}),
        ("x: &a 1\nx2: &a 2\ny: *a", {"x": 1, "x2": 2, "y": 2}),
        ("x: &a {y: 1}\nz:\n  <<: *a", {"x": {"y": 1}, "z": {"<<": {"y": 1}}}),
        ("x:\n- 1\n-\n- .inf", {"x": [1, None, ".inf"]}),
        ("# nothing", None),
        ("x: " + "y" * 2_000_000, {"x": "y" * 2_000_000}),
    ],
)
def test_what_is_plain_is_read_as_it_stands(text: str, value: Any) -> None:
    assert yaml_text.read(text, "map.yaml")[0] == value


def test_every_entry_has_its_line() -> None:
    _, lines = yaml_text.read("a: 1\nb:\n  - x\n  - {c: 1,\n     d: 2}\n", "map.yaml")
    assert lines == {("a",): 1, ("b",): 2, ("b", 0): 3, ("b", 1): 4, ("b", 1, "c"): 4, ("b", 1, "d"): 5}


@given(st.text(alphabet="ab:-[]{}&*!?|>'\"#,%@` \n\t\r0123456789.e~<\0\ufeff\ud800", max_size=40))
def test_any_text_is_read_or_refused_in_words(text: str) -> None:
    try:
        yaml_text.read(text, "map.yaml")
    except UsageError as error:
        where = error.where.removeprefix("map.yaml, line ")
        assert 1 <= int(where) <= text.count("\n") + text.count("\r") + 1


@given(PLAIN)
def test_what_is_written_is_read_again(value: Any) -> None:
    again, _ = yaml_text.read(f"x: {yaml_text.flow(value)}", "map.yaml")
    assert again == {"x": value}
