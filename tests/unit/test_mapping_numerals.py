"""One reader of numbers for amounts and for numbers; what could be a thousand times as much is told or reported."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridgework.mapping import cells, numerals
from bridgework.mapping.document import MapDocument
from bridgework.mapping.numerals import Sign
from bridgework.mapping.preview import preview
from bridgework.mapping.propose import ProfiledColumn, ProfiledFile, propose
from bridgework.mapping.records import Mapper
from bridgework.mapping.rules import rule
from bridgework.mapping.templates import with_template
from tests.unit.mapping_lines import build_line, document_of, line, row
from tests.unit.mapping_samples import context

SIGNS: st.SearchStrategy[Sign] = st.sampled_from(["comma", "point"])
MONEY = ("person.balance", "money")
NUMBER = ("person.recallInterval", "number")


def number(text: str, decimal: Sign | None = None) -> float | None:
    return cells.number_reader((), clock=False, decimal=decimal)(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *[
            ("1.234,56", 1234.56),
            ("1,234.56", 1234.56),
            ("1 234,5", 1234.5),
            ("1'234.50", 1234.5),
            ("1.234.567", 1234567),
        ],
        *[("0.500", 0.5), ("0,500", 0.5), ("1250.000", 1250), ("1250,5", 1250.5), ("12.5", 12.5), ("1,2345", 1.2345)],
        *[("1\u00a0234", 1234), ("-1.234,5", -1234.5), ("12,5-", -12.5), ("1.234,567", 1234.567)],
    ],
)
@pytest.mark.parametrize("decimal", [None, "comma", "point"])
def test_a_number_that_tells_its_decimals_is_read_alike_as_amount_and_as_number(
    text: str, value: float, decimal: Sign | None
) -> None:
    assert cells.amount(text, decimal) == Decimal(str(value))
    assert number(text, decimal) == value
    assert not cells.is_assumed(text, decimal)


@pytest.mark.parametrize(
    "text", ["1.23.4", "1,2,3", "1.234.56", "1,234,56", "12 34", "1 2345", "1.2,34.5", "1234.567,8"]
)
def test_what_has_its_signs_in_odd_places_is_no_number(text: str) -> None:
    assert numerals.read(text) is None


@pytest.mark.parametrize(
    ("text", "decimal", "value", "assumed"),
    [
        *[("1.500", "comma", 1500, False), ("1.500", "point", 1.5, False), ("1.500", None, 1500, True)],
        *[("22,500", "comma", 22.5, False), ("22,500", "point", 22500, False), ("22,500", None, 22.5, True)],
    ],
)
def test_three_digits_behind_one_sign_are_read_as_the_column_says(
    text: str, decimal: Sign | None, value: float, assumed: bool
) -> None:
    settings = {"decimal": decimal} if decimal else {}
    for target, transform in (MONEY, NUMBER):
        record = build_line(target, transform, text, **settings)
        loaded = record.values[target.partition(".")[2]]
        assert (loaded["amountMicros"] / cells.MICROS if transform == "money" else loaded) == value
        assert ("DECIMAL-ASSUMED" in {one.code for one in record.findings}) is assumed
        assert record.values.get("importRemarks") == (f"Cel: {text}" if assumed else None)


@given(st.decimals(Decimal("-9999999.999"), Decimal("9999999.999"), places=3), SIGNS, st.booleans())
def test_every_number_survives_being_written_either_way_in_a_column_that_says_which(
    value: Decimal, sign: Sign, thousands: bool
) -> None:
    text = f"{value:,.3f}" if thousands else f"{value:.3f}"
    text = text if sign == "point" else text.translate(str.maketrans(",.", ".,"))
    assert cells.amount(text, sign) == value
    assert number(text, sign) == float(value)
    assert not cells.is_assumed(text, sign)
    # Where nothing is said, it is either read rightly or assumed; never wrongly without a word.
    assert cells.amount(text) == value or cells.is_assumed(text)


@given(st.text(st.sampled_from("0123456789.,' -()€EUR\u00a0"), max_size=14), SIGNS)
def test_nothing_is_read_twice_as_differently_without_being_assumed(text: str, sign: Sign) -> None:
    found, other = numerals.read(text), numerals.read(text, sign)
    assert (found is None) == (other is None)
    assert found is None or other is None or found.assumed or found.value == other.value


# --- what a column tells ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells_", "small", "sign"),
    [
        (["22,50", "1.500"], True, "comma"),
        (["22.50", "1,500"], True, "point"),
        (["0.000", "22.500"], False, "point"),
        (["1250.000", "22.500"], False, "point"),
        (["1.234.567", "1.500"], False, "comma"),
        (["12,-", "1.500"], False, "comma"),
        (["22,50", "22.50", "1.500"], True, None),
        (["22", "45", "gratis", ""], True, None),
        (["22.500"] * 9, True, None),
        (["22.500"] * 10, True, "point"),
        (["22,500"] * 10, True, "comma"),
        (["22.500"] * 10, False, None),
        (["22.500"] * 10 + ["22,500"], True, None),
        (["22.500"] * 10 + ["22"], True, None),
        ([], True, None),
    ],
)
def test_the_sign_of_the_decimals_is_told_by_cells_of_one_voice(
    cells_: list[str], small: bool, sign: Sign | None
) -> None:
    assert numerals.told(cells_, small=small) == sign


@given(st.lists(st.decimals(0, 999, places=3), min_size=1, max_size=30), SIGNS)
def test_amounts_of_a_fixed_scale_are_never_a_thousand_times_too_large_unsaid(
    values: list[Decimal], sign: Sign
) -> None:
    written = [f"{value:.3f}".replace(".", {"comma": ",", "point": "."}[sign]) for value in values]
    told = numerals.told(written, small=True)
    assert told in {sign, None}
    for text, value in zip(written, values, strict=True):
        assert cells.amount(text, told) == value or cells.is_assumed(text, told)


def test_the_sign_that_the_cells_tell_is_written_into_the_line_with_its_reason() -> None:
    columns = [
        ProfiledColumn("Patiëntnr"),
        ProfiledColumn("Saldo", cells=["22.500", "1250.000"]),
        ProfiledColumn("Naam"),
    ]
    columns.append(ProfiledColumn("Spaarpunten", "number", cells=["1.500", "12,5"]))
    document = propose([ProfiledFile("p.csv", "patient", columns)])
    lines = {one.column: one for one in document.sources["patient"].lines}
    assert lines["Saldo"].with_ == {"decimal": "point"}
    assert lines["Saldo"].reasons[-1] == "its decimals stand behind a point"
    assert rule(lines["Saldo"], document) == "an amount in euro, its cents behind a point"
    assert lines["Spaarpunten"].with_ == {"decimal": "comma"}
    assert "its decimals behind a comma" in rule(lines["Spaarpunten"], document)
    assert document.problems() == []


def test_a_cell_that_nothing_settles_is_a_doubt_of_the_preview_and_not_a_form() -> None:
    fee = line(*MONEY)
    mapper = Mapper(document_of(fee), context())
    rows = [row(at, Cel=cell) for at, cell in enumerate(["22.500", "22,50", "1.234,50"], 1)]
    found = preview(mapper, "lijst", fee, rows, show=str)
    assert found.failing == 1
    assert found.codes == {"AMOUNT-THOUSANDS": 2, "DECIMAL-ASSUMED": 1}


def test_what_another_practices_column_told_is_not_taken_from_its_map() -> None:
    def proposed(*cells_: str) -> MapDocument:
        columns = [ProfiledColumn("Patiëntnr"), ProfiledColumn("Naam"), ProfiledColumn("Saldo", cells=cells_)]
        return propose([ProfiledFile("p.csv", "patient", columns)])

    points, commas, silent = proposed("22.50", "1.000"), proposed("22,50", "1.000"), proposed("1.000")
    for mine, said in ((commas, {"decimal": "comma"}), (silent, {})):
        line_ = with_template(mine, points).sources["patient"].lines[2]
        assert (line_.with_, line_.reasons[0]) == (said, "as in the template")
