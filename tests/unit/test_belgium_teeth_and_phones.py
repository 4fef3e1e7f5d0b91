"""Tooth notations by column, surfaces, and the phone numbers of a cell."""

from __future__ import annotations

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridgework.belgium import phones, teeth

SHARED = st.sampled_from(sorted(teeth.SHARED))
FDI_ONLY = st.sampled_from(sorted(teeth.FDI - teeth.SHARED))
UNIVERSAL_ONLY = st.sampled_from(sorted(teeth.UNIVERSAL - teeth.SHARED))


def test_fdi_and_universal_have_eighteen_values_in_common() -> None:
    assert len(teeth.FDI) == 52
    assert {str(tooth) for tooth in (*range(11, 19), *range(21, 29), 31, 32)} == teeth.SHARED


@given(st.lists(SHARED))
def test_values_of_both_notations_decide_nothing(column: list[str]) -> None:
    assert teeth.notation_of(column) == "UNKNOWN"


@given(st.lists(SHARED), FDI_ONLY)
def test_one_value_that_only_fdi_has_decides_a_column(column: list[str], value: str) -> None:
    assert teeth.notation_of([*column, value]) == "FDI"


@given(st.lists(SHARED), UNIVERSAL_ONLY)
def test_one_value_that_only_universal_has_decides_a_column(column: list[str], value: str) -> None:
    assert teeth.notation_of([value, *column]) == "UNIVERSAL"


@given(st.permutations(["36", "3", "16"]))
def test_two_notations_are_mixed_in_any_order(column: list[str]) -> None:
    assert teeth.notation_of(column) == "MIXED"


@pytest.mark.parametrize(
    ("column", "notation"),
    [
        ([], "UNKNOWN"),
        (["", "?"], "UNKNOWN"),
        (["16 MOD", "d36", "1.6", "13-23", "46,47"], "FDI"),
        (["4.6"], "FDI"),
        (["UR6", "LL4"], "PALMER"),
        (["6┘", "+6"], "PALMER"),
        (["RB6", "LO4"], "PALMER"),
        (["UR6", "36"], "MIXED"),
        (["A", "T"], "UNIVERSAL"),
    ],
)
def test_columns_as_they_are_written(column: list[str], notation: str) -> None:
    assert teeth.notation_of(column) == notation


@pytest.mark.parametrize(
    ("text", "found"),
    [("16,17", ("16", "17")), ("13-23", ("13", "23")), ("1.6", ("16",)), ("16 MOD", ("16",)), ("3x", ("3",)), ("", ())],
)
def test_teeth_of_a_cell(text: str, found: tuple[str, ...]) -> None:
    assert teeth.teeth_in(text) == found


@given(st.lists(st.sampled_from("MODIVBLPC"), unique=True))
def test_surfaces_have_one_order(surfaces: list[str]) -> None:
    canonical = teeth.canonical_surfaces("".join(surfaces))

    assert canonical is not None
    assert sorted(canonical) == sorted(surfaces)
    assert teeth.canonical_surfaces("-".join(reversed(surfaces)).lower()) == canonical


@pytest.mark.parametrize(("text", "canonical"), [("DOM", "MOD"), ("", ""), ("XZ", None), ("mo d", "MOD")])
def test_surfaces_of_a_cell(text: str, canonical: str | None) -> None:
    assert teeth.canonical_surfaces(text) == canonical


@pytest.mark.parametrize(
    "way",
    [
        "0478/12.34.56",
        "0478 12 34 56",
        "0478123456",
        "0478-123456",
        "0478.12.34.56",
        "+32 478 12 34 56",
        "+32(0)478/123456",
        "+32 (0)478 12 34 56",
        "0032478123456",
        "478123456",
        "0478\u00a012\u00a034\u00a056",
    ],
)
def test_every_way_of_writing_is_the_same_number(way: str) -> None:
    assert phones.read(way) == phones.Reading((phones.Phone("+32478123456", "478123456", "BE", "+32"),), "")


@pytest.mark.parametrize(
    ("text", "numbers", "rest"),
    [
        ("0479/123456 (mama)", ["+32479123456"], "mama"),
        ("tel 0478123456 of 09/2233445 (mama)", ["+32478123456", "+3292233445"], "tel of mama"),
        ("0478123456 / 0479123456", ["+32478123456", "+32479123456"], ""),
        ("0478 12 34 56 papa 0479 12 34 56 mama", ["+32478123456", "+32479123456"], "papa mama"),
        ("0451/18.03.30 / 0453/680330", ["+32451180330", "+32453680330"], ""),
        ("0451/18.03.30/0453/68.03.30", ["+32451180330", "+32453680330"], ""),
        ("0478 / 12.34.56 mama", ["+32478123456"], "mama"),
        ("GSM0478123456", ["+32478123456"], "GSM"),
        ("04 222 33 44", ["+3242223344"], ""),
        ("+31 6 12345678", ["+31612345678"], ""),
        ("00 352 621 123 456", ["+352621123456"], ""),
        ("niet bellen", [], "niet bellen"),
        ("?", [], "?"),
        ("", [], ""),
    ],
)
def test_numbers_and_remarks_of_a_cell(text: str, numbers: list[str], rest: str) -> None:
    reading = phones.read(text)

    assert [phone.e164 for phone in reading.phones] == numbers
    assert reading.rest == rest


def test_a_foreign_number_says_its_country() -> None:
    (phone,) = phones.read("+33 6 12 34 56 78").phones

    assert (phone.country, phone.calling_code, phone.national) == ("FR", "+33", "612345678")


@given(st.integers(450_000_000, 499_999_999), st.sampled_from(["", "mama", "(papa)", "na 18u"]))
def test_a_mobile_is_found_beside_any_remark(national: int, remark: str) -> None:
    (phone,) = phones.read(f"0{national} {remark}").phones

    assert phone.e164 == f"+32{national}"


@given(
    st.lists(st.integers(450_000_000, 499_999_999), min_size=2, max_size=2, unique=True),
    st.lists(
        st.sampled_from(["0{0}/{1}.{2}.{3}", "0{0} {1} {2} {3}", "0{0}{1}{2}{3}", "+32 {0} {1} {2} {3}"]), min_size=2
    ),
    st.sampled_from([" / ", " of ", " - ", "; ", " (mama) ", ", "]),
)
def test_two_numbers_are_found_whatever_stands_between(nationals: list[int], ways: list[str], between: str) -> None:
    first, second = (
        way.format(text[:3], text[3:5], text[5:7], text[7:])
        for way, text in zip(ways, map(str, nationals), strict=False)
    )

    found = [phone.e164 for phone in phones.read(first + between + second).phones]

    assert found == [f"+32{national}" for national in nationals]


@given(st.from_regex(r"0[1-9][0-9]{6,8}", fullmatch=True), st.sampled_from(["", "/", " ", ".", "-"]), st.integers(1, 4))
def test_the_quick_way_to_a_belgian_number_is_the_librarys(digits: str, sign: str, place: int) -> None:
    text = digits[:place] + sign + digits[place:]
    assert phones.read(text) == phones._search(text)


@given(st.text())
def test_only_valid_numbers_come_out_of_any_text(text: str) -> None:
    for phone in phones.read(text).phones:
        assert phonenumbers.is_valid_number(phonenumbers.parse(phone.e164))
