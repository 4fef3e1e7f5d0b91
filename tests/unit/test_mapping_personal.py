"""National numbers are found in a column whatever it is called; phone numbers, of as many digits, are none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridgework.belgium import insz
from bridgework.mapping.personal import are_national_numbers, holds_insz, tells_who


def _number(day: int, month: int, year: int, sequence: int) -> str:
    nine = f"{year:02d}{month:02d}{day:02d}{sequence:03d}"
    return f"{nine}{97 - int(nine) % 97:02d}"


NUMBERS = st.builds(_number, st.integers(1, 28), st.integers(1, 12), st.integers(20, 99), st.integers(1, 997))
MOBILES = st.integers(450_000_000, 499_999_999)
WRITTEN = (
    lambda number: f"+32{number}",
    lambda number: f"+32 {number // 1_000_000} {number % 1_000_000:06d}",
    lambda number: f"0{number // 1_000_000}/{number % 1_000_000:06d}",
    str,
    lambda number: f"32{number}",
)


def spelled(digits: str) -> list[str]:
    dotted = f"{digits[:2]}.{digits[2:4]}.{digits[4:6]}-{digits[6:9]}.{digits[9:]}"
    return [digits, dotted, f"RR {digits} (gecontroleerd)", f"partner: {dotted}", digits.replace(".", " ")]


@given(NUMBERS)
def test_a_national_number_is_found_however_it_is_written_and_whatever_stands_beside_it(digits: str) -> None:
    assert insz.parse(digits) is not None
    assert all(holds_insz(text) and tells_who(text) for text in spelled(digits))


@pytest.mark.parametrize(
    "text", ["", "Peeters", "12/03/1985", "301011", "+32478123456", "BE71 0961 2345 6769", "1234567890"]
)
def test_other_texts_hold_none(text: str) -> None:
    assert not holds_insz(text)


@given(st.lists(NUMBERS, min_size=5, max_size=40, unique=True), st.lists(st.sampled_from(["geen", "?", "onbekend"])))
def test_a_column_of_national_numbers_is_one_with_other_words_in_it_too(numbers: list[str], others: list[str]) -> None:
    assert are_national_numbers([*numbers, *others])


@given(st.lists(MOBILES, min_size=100, max_size=100, unique=True), st.sampled_from(WRITTEN))
def test_a_column_of_phone_numbers_is_none(numbers: list[int], write: object) -> None:
    assert callable(write)
    assert not are_national_numbers([write(number) for number in numbers])


def test_a_column_without_cells_is_none() -> None:
    assert not are_national_numbers([])
    assert not are_national_numbers(["", " "])


@pytest.mark.parametrize(
    ("text", "tells"),
    [
        ("Controle", False),
        ("bel 0478/12.34.56", True),
        ("an@peeters.be", True),
        ("tand 36, 3 kanalen", False),
        ("2024-11-22 14:30", False),
        ("85.07.30-033.28", True),
    ],
)
def test_a_text_tells_who_somebody_is_by_a_number_or_an_address(text: str, tells: bool) -> None:
    assert tells_who(text) is tells
