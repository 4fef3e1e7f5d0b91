"""A mask tells the shape of a value, and nothing of the value."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridgework.reports.masking import LONGEST_SHAPE, mask

ID = "3f2b8c1e-9a4d-4e77-8b1c-2d9f0a6b7c11"


@pytest.mark.parametrize(
    ("value", "shape"),
    [
        ("Emma.Peeters@example.be", "Xxxx.Xxxxxxx@xxxxxxx.xx"),
        ("85.07.30-033.28", "99.99.99-999.99"),
        ("+32 475 12 34 56", "+99 999 99 99 99"),
        ("Élodie d'Ûcclé", "Xxxxxx x'Xxxxx"),
        ("ß and ²", "x xxx 9"),
        ("one\ntwo", "xxx·xxx"),
        ("王小明", "xxx"),
        ("\N{CIRCLED LATIN CAPITAL LETTER A}", "·"),
        (Decimal("12.50"), "99.99"),
        (-7, "-9"),
        (datetime(1985, 7, 30, tzinfo=UTC), "9999-99-99 99:99:99+99:99"),
        (True, "true"),
        (False, "false"),
        (None, "—"),
        ("", "—"),
        ({}, "—"),
        ([], "—"),
        (ID, "id …"),
        (ID.upper().replace("-", ""), "id …"),
        (UUID(ID), "id …"),
        ("y" * LONGEST_SHAPE, "x" * LONGEST_SHAPE),
        ("y" * 312, "text of 312 characters"),
        ({"amountMicros": 45, "currencyCode": "EUR"}, "amountMicros: 99 · currencyCode: XXX"),
        (
            {"primaryEmail": "a@b.be", "additionalEmails": ["c@d.be", ""]},
            "primaryEmail: x@x.xx · additionalEmails: [x@x.xx, —]",
        ),
        (list("abcdefg"), "[x, x, x, x, x, and 2 more]"),
    ],
)
def test_the_shape_of_a_value(value: Any, shape: str) -> None:
    assert mask(value) == shape


def _betrayed(value: str, shown: str) -> list[str]:
    """Runs of two or more letters or digits of the value that the mask shows, but for those that look like a mask."""
    return [run for run in re.findall(r"[^\W_]{2,}", value) if run in shown and not re.fullmatch("[xX9]+", run)]


@given(st.text(min_size=1, max_size=LONGEST_SHAPE))
def test_a_short_text_keeps_its_length_and_none_of_its_letters_and_digits(text: str) -> None:
    shown = mask(text)
    if shown != "id …":
        assert len(shown) == len(text)
        assert set(filter(str.isalnum, shown)) <= set("xX9")
    assert _betrayed(text, shown) == []


@given(st.text(min_size=LONGEST_SHAPE + 1))
def test_a_long_text_tells_only_its_length(text: str) -> None:
    assert mask(text) in {f"text of {len(text)} characters", "id …"}


@given(
    st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(), st.decimals(), st.text(), st.uuids(), st.dates()),
        lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.sampled_from(["name", "value"]), inner)),
        max_leaves=8,
    )
)
def test_whatever_the_value_nothing_but_keys_and_fixed_words_is_readable(value: Any) -> None:
    words = re.findall(r"[^\W_]+", re.sub(r"text of \d+ characters|and \d+ more", "", mask(value)))
    assert all(re.fullmatch(r"[xX9]+|name|value|id|true|false", word) for word in words)


@given(st.uuids())
def test_of_an_id_nothing_is_told(value: UUID) -> None:
    assert mask(value) == mask(str(value)) == "id …"
