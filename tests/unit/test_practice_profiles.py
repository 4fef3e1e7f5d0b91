"""A profile says what a column holds without saying any of it."""

from __future__ import annotations

import json

import pytest

from bridgework.practice.column import MOST_DISTINCT, Column
from bridgework.practice.profiles import FieldProfile, Profiler


def profiled(*values: str) -> FieldProfile:
    counted = Profiler()
    counted.add(["x"], [[value] for value in values])
    (made,) = counted.profiles("patient")
    return made


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["", "", "  "], "empty"),
        (["1", "22", "-3", ""], "integer"),
        (["1", "1", "1"], "integer"),
        (["0", "1", "0"], "boolean"),
        (["-1", "0", ""], "boolean"),
        (["J", "N", "j"], "boolean"),
        (["Ja", "Nee"], "boolean"),
        (["O", "N", "1"], "boolean"),
        (["X", "", ""], "boolean"),
        (["M", "V"], "text"),
        (["12,50", "3", "-4,00", "1.234,50", "€ 22,50", "22,5-", "22.50"], "decimal"),
        (["01/02/1980", "31-12-2020", "1/2/80", "19800201", "2020-01-31"], "date"),
        (["01/02/1980 10:15", "02/02/1980 9:00"], "date"),
        (["0478123456", "0479123456"], "text"),
        (["85073003328", "85073003329"], "integer"),
        (["1234567890123456", "1"], "text"),
        (["9:30", "10:15"], "text"),
        (["Janssens", "Peeters"], "text"),
    ],
)
@pytest.mark.parametrize("many", [False, True])
def test_the_type_is_what_nearly_all_filled_cells_are(values: list[str], expected: str, many: bool) -> None:
    if many and expected in {"boolean", "empty"}:
        return
    # Many different values are counted another way than a few; integers and dates are varied to be many.
    more = [value for value in values for _ in range(20)]
    if many:
        filler = {"integer": [str(100 + n) for n in range(40)], "decimal": [f"{n},25" for n in range(40)]}
        filler |= {"date": [f"{n + 1:02}/01/{1950 + n}" for n in range(30)], "text": [f"Naam {n}" for n in range(40)]}
        more += filler[expected]
    assert profiled(*more).type == expected


def test_one_wrong_cell_in_a_hundred_does_not_hide_the_type_and_is_counted() -> None:
    made = profiled(*[f"01/02/{1900 + n}" for n in range(99)], "onbekend")
    assert made.type == "date"
    assert made.kinds == {"date dd/mm/yyyy": 99, "text": 1}
    assert (made.first_year, made.last_year) == (1900, 1998)


def test_counts_are_of_cells_and_patterns_hold_no_letter_of_them() -> None:
    made = profiled("85.07.30-033.28", "84.01.01-001.01", "", " ", "Desmet")
    assert (made.rows, made.filled, made.distinct, made.longest) == (5, 3, 4, 15)
    assert made.patterns == (("99.99.99-999.99", 2), ("Aa", 1))
    assert "Desmet" not in json.dumps(made.as_json())


def test_a_long_text_has_a_short_pattern() -> None:
    ((pattern, times),) = profiled("Belt liever na 17u, niet op vrijdag; vraagt om herinnering " * 50).patterns
    assert times == 1
    assert len(pattern) <= 41


def test_different_values_are_counted_to_a_limit() -> None:
    few, many = profiled(*map(str, range(500))), profiled(*map(str, range(MOST_DISTINCT + 1)))
    assert (few.distinct, few.distinct_capped) == (500, False)
    assert (many.distinct, many.distinct_capped) == (MOST_DISTINCT, True)


def test_a_count_resumed_or_merged_is_the_count_of_all() -> None:
    parts = [[f"{n % 7}", f"01/01/{1950 + n}", f"naam {n}", f"0{n}"] for n in range(50)], [["", "", "x", "2"]] * 3
    whole, resumed, merged = Profiler(), Profiler(), Profiler()
    header = ["a", "b", "c", "d"]
    for part in parts:
        whole.add(header, part)
        resumed = Profiler.resume(json.loads(json.dumps(resumed.state())))
        resumed.add(header, part)
        one = Profiler()
        one.add(header, part)
        merged.merge(one)
    assert resumed.profiles("x") == whole.profiles("x") == merged.profiles("x")


def test_the_kept_counts_hold_no_value() -> None:
    column = Column()
    column.add(["Janssens", "Peeters"] * 20)
    assert "anssens" not in json.dumps(column.state())
