"""The Twenty twin's own reading of values: dates, phone numbers, links, names, and texts as Node shows them."""

from __future__ import annotations

from typing import Any

import pytest

from bridgework.twins.twenty import inspect, links, moments, naming, phones, richtext
from bridgework.twins.twenty.errors import Refusal


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("2019-03-02", "2019-03-02"),
        ("2019-3-2", "2019-03-02"),
        ("20190302", "2019-03-02"),
        ("2019-03-02T10:00:00Z", "2019-03-02"),
        ("03/02/2019", "2019-03-02"),
        ("3.2.2019", "2019-03-02"),
        ("2019/03/02", "2019-03-02"),
        ("2 March 2019", "2019-03-02"),
        ("Mar 2, 2019", "2019-03-02"),
        ("31/01/2019", None),
        ("2019-02-30", None),
        ("soon", None),
        ("", None),
    ],
)
def test_dates_are_read_month_first(given: str, read: str | None) -> None:
    assert moments.parse_date(given) == read


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("2019-03-02T10:00:00Z", "2019-03-02T10:00:00.000Z"),
        ("2019-03-02T10:00:00.123456+02:00", "2019-03-02T08:00:00.123Z"),
        ("2019-03-02T10:00:00+02:00[Europe/Brussels]", "2019-03-02T08:00:00.000Z"),
        ("2019-03-02 10:00", "2019-03-02T10:00:00.000Z"),
        ("2019-03-02", "2019-03-02T00:00:00.000Z"),
        ("03/02/2019", "2019-03-02T00:00:00.000Z"),
        ("2019-03-02T25:00:00Z", None),
        ("13/13/2019", None),
    ],
)
def test_moments_are_kept_in_utc_to_the_millisecond(given: str, read: str | None) -> None:
    assert moments.parse_moment(given) == read


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        (("0475 12 34 56", None, "BE"), ("475123456", "+32", "BE")),
        (("0475/12.34.56", "+32", None), ("475123456", "+32", "BE")),
        (("+32 (0)475 12 34 56", None, None), ("475123456", "+32", "BE")),
        (("+352 621 123 456", None, None), ("621123456", "+352", "LU")),
        (("0479/123456 (mama)", None, "BE"), ("479123456", "+32", "BE")),
        ((None, "+32", "BE"), (None, "+32", "BE")),
        (("", None, None), (None, None, None)),
    ],
)
def test_phone_numbers_are_split(given: tuple[Any, Any, Any], stored: tuple[Any, Any, Any]) -> None:
    assert phones.infer(*given) == stored


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (("0475123456", None, "XX"), "Invalid country code XX"),
        (("0475123456", "+999", None), "Invalid calling code +999"),
        (("0475123456", "+31", "BE"), "Provided country code and calling code are conflicting"),
        (("+31612345678", None, "BE"), "Provided and inferred country code are conflicting"),
        (("+31612345678", "+32", None), "Provided and inferred calling code are conflicting"),
        (("none", None, "BE"), "Provided phone number is invalid none"),
        (("0475123456", None, None), "Provided phone number is invalid 0475123456"),
    ],
)
def test_phone_numbers_that_contradict_themselves_are_refused(given: tuple[Any, Any, Any], message: str) -> None:
    with pytest.raises(Refusal) as refused:
        phones.infer(*given)
    assert refused.value.message == message


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("HTTPS://Www.Example.BE/Path/", "https://www.example.be/Path"),
        ("http://example.be:80/a b", "http://example.be/a%20b"),
        ("https://example.be:8443", "https://example.be:8443"),
        ("Example.be", "Example.be"),
    ],
)
def test_links_keep_their_path_and_lose_their_slash(given: str, stored: str) -> None:
    assert links.normalise(given) == stored


def test_the_first_link_that_is_not_empty_comes_first() -> None:
    found = links.columns({"primaryLinkUrl": "", "secondaryLinks": [{"url": "https://a.be/", "label": "A"}]})
    assert found == {"primaryLinkUrl": "https://a.be", "primaryLinkLabel": "A", "secondaryLinks": None}


@pytest.mark.parametrize("given", ["not a url", "x", "javascript:alert(1)"])
def test_what_is_no_link_is_refused(given: str) -> None:
    with pytest.raises(Refusal):
        links.columns({"primaryLinkUrl": given})


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("it's", '"it\'s"'),
        ("both ' and \"", "`both ' and \"`"),
        ("a\nb", "'a\\nb'"),
        (3.0, "3"),
        (float("nan"), "NaN"),
        (None, "null"),
        (True, "true"),
        ([], "[]"),
        ([1, "a"], "[ 1, 'a' ]"),
        ({"a": {"b-c": []}}, "{ a: { 'b-c': [] } }"),
        (["x" * 30, "y" * 40, "z"], f"[\n  '{'x' * 30}',\n  '{'y' * 40}',\n  'z'\n]"),
    ],
)
def test_values_are_shown_as_node_shows_them(value: Any, shown: str) -> None:
    assert inspect.show(value) == shown


@pytest.mark.parametrize(
    ("label", "name"),
    [("BW Treatments", "bwTreatments"), ("Source System ID", "sourceSystemId"), ("26 left", "26Left")],
)
def test_labels_become_names(label: str, name: str) -> None:
    assert naming.camel(label) == name


@pytest.mark.parametrize(
    ("markdown", "kinds"),
    [
        ("# Titel\n\n- een\n- twee\n\n**vet**", ["heading", "bulletListItem", "bulletListItem", "paragraph"]),
        ("regel 1\n\n1. een", ["paragraph", "numberedListItem"]),
    ],
)
def test_markdown_becomes_blocks(markdown: str, kinds: list[str]) -> None:
    assert [block["type"] for block in richtext.to_blocks(markdown)] == kinds
