from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridgework.practice.api import cells_of, json_text, paths_of
from bridgework.practice.api.cells import unlisted
from bridgework.practice.api.json_text import BrokenJsonError, Number
from bridgework.practice.api.records import inside, with_details
from tests.unit.practice_api_fake import HEAD, profile

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(min_size=1), inner),
    max_leaves=12,
)


@given(records=st.lists(st.dictionaries(st.text(min_size=1), VALUES)), indent=st.none() | st.integers(0, 3))
def test_each_record_is_cut_out_as_it_was_sent(records: list[dict[str, object]], indent: int | None) -> None:
    texts = [json.dumps(record, indent=indent) for record in records]
    body = '{"x": [1, {"items": 2}], "data": {"items" : [' + " ,\n".join(texts) + ' ]}, "total": 1.50}'

    found = json_text.find(body, ("data", "items"))

    assert found is not None
    assert json_text.items(found) == texts
    assert json_text.find(body, ("total",)) == "1.50"
    assert json_text.find(body, ("x", "1", "items")) == "2"
    assert json_text.find(body, ("no", "thing")) is None


@given(VALUES)
def test_a_parsed_value_is_the_one_of_the_usual_decoder_but_for_numbers(value: object) -> None:
    text = json.dumps(value)
    assert json_text.parse(text) == json.loads(text, parse_float=Number, parse_int=Number)


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ('"tekst é"', "tekst é"),
        (r'"\u00e9\n"', "é\n"),
        ('""', ""),
        ("1.50", "1.50"),
        ("85073003328.0", "85073003328.0"),
        ("1.20E+10", "1.20E+10"),
        ("12345678901234567890123", "12345678901234567890123"),
        ("-0", "-0"),
        ("true", "1"),
        ("false", "0"),
        ("null", ""),
        ("[]", ""),
        ('["a", 1.0, true, null]', "a, 1.0, 1, "),
        ('{"a" :1.0}', '{"a" :1.0}'),
        ('[ {"a":1},2 ]', '[ {"a":1},2 ]'),
        ("{}", "{}"),
        (r'"half \ud83d"', "half \ufffd"),
        ('"a\nraw line break"', "a\nraw line break"),
    ],
)
def test_the_cell_of_a_value(value: str, cell: str) -> None:
    record = f'{{"v": {value}, "deep": {{"v": {value}}}, "list": [0, {value}]}}'.encode()
    assert cells_of(record, ["v", "deep.v", "list.1", "none", "v.none.x"]) == [cell, cell, cell, "", ""]


def test_a_name_with_a_dot_is_written_with_a_backslash() -> None:
    record = b'{"a.b": {"c": "here"}, "a": {"b": {"c": "there"}}}'
    assert cells_of(record, [r"a\.b.c", "a.b.c"]) == ["here", "there"]
    assert paths_of(record) == [r"a\.b.c", "a.b.c"]


def test_what_no_listed_path_covers_is_found_so_that_nothing_is_dropped() -> None:
    records = [b'{"a": 1, "n": {"x": 1, "y": {"z": 2}}, "l": [1, 2]}', b'{"a": 1, "late": null, "e": {}}']
    assert unlisted(records, ["a", "n.x"]) == ["n.y.z", "l", "late", "e"]
    assert unlisted(records, ["a", "n", "l.0", "l", "late", "e"]) == []
    assert unlisted(records, ["a", "n", "l.0", "late", "e"]) == ["l"]


@pytest.mark.parametrize(
    "text", ['{"a": 1', "[1, 2", '{"a": tru}', "[1,]", "{} x", "", "nul", "[NaN]", "[1 2]", '{"a" 1}', "[" * 100_000]
)
def test_broken_json_is_told_and_not_quoted(text: str) -> None:
    with pytest.raises(BrokenJsonError) as caught:
        json_text.parse(text)
    assert str(caught.value) == ""


def test_bytes_of_another_charset_are_read_in_it() -> None:
    assert json_text.text_of('{"a": "é"}'.encode("cp1252"), "cp1252") == '{"a": "é"}'
    assert json_text.text_of(b'\xef\xbb\xbf{"a": 1}') == '{"a": 1}'
    with pytest.raises(BrokenJsonError):
        json_text.text_of(b'{"a": "\xe9"}')


@pytest.mark.parametrize(
    ("brief", "detail", "whole"),
    [
        ('{"id": 1}', '{ "id": 1, "name": "x" }', '{ "id": 1, "name": "x" }'),
        ('{"id": 1.0, "only": {"a": 2.50}}', '{"name": "x" }', '{"name": "x", "id": 1.0, "only": {"a": 2.50}}'),
        ('{"id": 1}', "{}", '{"id": 1}'),
    ],
)
def test_what_only_the_list_has_is_added_to_the_details(brief: str, detail: str, whole: str) -> None:
    assert with_details(brief, detail) == whole


INSIDE = (
    HEAD
    + """
objects:
  invoice: {path: /invoices, id: number, paging: none}
  invoice_line: {inside: invoice, records: body.lines, parent: invoice_number, id: [invoice_number, line]}
"""
)


def test_records_inside_another_begin_with_its_id_unless_they_have_it() -> None:
    found = profile(INSIDE)
    invoice, line = found.object("invoice"), found.object("invoice_line")
    record = '{"number": 7.0, "body": {"lines": [{ "line": 1 }, {}, {"invoice_number": "own"}]}}'

    assert inside(invoice, line, record) == [
        b'{"invoice_number": 7.0, "line": 1 }',
        b'{"invoice_number": 7.0}',
        b'{"invoice_number": "own"}',
    ]
    assert inside(invoice, line, '{"number": 7}') == []
    assert found.unlisted("invoice", [record.encode()]) == []
