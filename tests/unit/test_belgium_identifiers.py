"""INSZ, RIZIV, nomenclature, mutualities, entitlement: what is valid, what is repaired, what is only said."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.be import nn

from bridgework.belgium import entitlement, insz, mutualities, nomenclature, riziv

# stdnum takes a two-digit year for one of this century only when it is not in the future.
BIRTH_DATES = st.dates(date(1905, 1, 1), date(2025, 12, 31))
SEQUENCES = st.integers(1, 998)
STEMS = st.integers(30001, 30998).map(str)


@given(BIRTH_DATES, SEQUENCES)
def test_a_composed_number_tells_birth_date_and_sex(born: date, sequence: int) -> None:
    digits = insz.compose(born, sequence)

    number = insz.read(digits).number

    assert nn.is_valid(digits)
    assert number == insz.Insz(digits, "INSZ", born, "M" if sequence % 2 else "F")


@given(BIRTH_DATES, SEQUENCES, st.sampled_from([20, 40]))
def test_a_bis_number_tells_the_sex_only_where_it_was_known(born: date, sequence: int, offset: int) -> None:
    number = insz.read(insz.compose(born, sequence, month_offset=offset)).number  # type: ignore[arg-type]

    assert number is not None
    assert (number.kind, number.birth_date) == ("BIS", born)
    assert number.sex == (None if offset == 20 else "M" if sequence % 2 else "F")


@given(
    BIRTH_DATES, SEQUENCES, st.sampled_from(["{}", " {} ", "{0[0]}{0[1]}.{0[2]}{0[3]}.{0[4]}{0[5]}-{1}-{2}", "{}.0"])
)
def test_the_way_of_writing_does_not_change_the_number(born: date, sequence: int, way: str) -> None:
    digits = insz.compose(born, sequence)

    reading = insz.read(way.format(digits, digits[6:9], digits[9:]))

    assert reading.number is not None
    assert reading.number.digits == digits
    assert reading.verdict == ("REPAIRED" if way == "{}.0" else "VALID")


@given(st.dates(date(2000, 1, 1), date(2009, 12, 31)), SEQUENCES)
def test_a_lost_leading_zero_is_seen_and_said(born: date, sequence: int) -> None:
    digits = insz.compose(born, sequence)

    reading = insz.read(digits.lstrip("0"))

    if len(digits.lstrip("0")) >= 9:
        assert reading.number is not None
        assert reading.number.digits == digits
        assert reading.repairs == ("LEADING_ZERO",)


@given(BIRTH_DATES, SEQUENCES, st.integers(0, 10), st.integers(1, 9))
def test_one_wrong_digit_is_never_the_same_number(born: date, sequence: int, position: int, shift: int) -> None:
    digits = insz.compose(born, sequence)
    wrong = digits[:position] + str((int(digits[position]) + shift) % 10) + digits[position + 1 :]

    reading = insz.read(wrong)

    # One digit off in the same century fails the check; only a change of century can make another number fit.
    assert reading.verdict == "WRONG_CHECK" or (reading.number is not None and reading.number.digits == wrong)


@pytest.mark.parametrize(
    ("text", "verdict", "repairs"),
    [
        ("85.07.30-033.28", "VALID", ()),
        ("850730 033 28", "VALID", ()),
        ("850730/033_28", "VALID", ()),
        ("73031805784", "VALID", ()),
        ("55031412351", "VALID", ()),
        ("16010920888", "VALID", ()),
        ("70410100573", "VALID", ()),
        ("79121137740", "WRONG_CHECK", ()),
        ("4063001714", "REPAIRED", ("LEADING_ZERO",)),
        ("4063001714.0", "REPAIRED", ("FLOAT_TAIL", "LEADING_ZERO")),
        ("4.06E+09", "DIGITS_LOST", ()),
        ("8507300332", "WRONG_LENGTH", ()),
        ("850730", "WRONG_LENGTH", ()),
        ("nvt", "NOT_A_NUMBER", ()),
        (" ", "EMPTY", ()),
    ],
)
def test_known_cells(text: str, verdict: str, repairs: tuple[str, ...]) -> None:
    reading = insz.read(text)

    assert (reading.verdict, reading.repairs) == (verdict, repairs)


def test_conflicts_are_named_and_unknown_facts_are_none() -> None:
    number = insz.parse("88110204673")
    assert number is not None

    assert insz.conflicts(number, birth_date=date(1988, 11, 2), sex="F") == ()
    assert insz.conflicts(number, birth_date=date(1988, 2, 11), sex="M") == ("BIRTH_DATE", "SEX")
    assert insz.conflicts(number) == ()


def test_pretty_is_read_back() -> None:
    assert insz.pretty("85073003328") == "85.07.30-033.28"


@pytest.mark.parametrize("text", ["54263481527", "60567689801", "19234011004", "71000436000", "30012392001"])
def test_riziv_numbers_of_public_examples_are_valid(text: str) -> None:
    assert riziv.read(text).verdict == "VALID"


@given(st.integers(100000, 999999).map(str), st.sampled_from(["", "001", "007", "008", "222"]), st.sampled_from("-/. "))
def test_a_riziv_number_is_read_however_it_is_separated(six: str, qualification: str, separator: str) -> None:
    digits = riziv.compose(six, qualification)

    reading = riziv.read(riziv.pretty(digits).replace("-", separator))

    assert reading.verdict == ("VALID" if qualification else "SHORT")
    assert reading.number == riziv.Riziv(digits, digits[:8], qualification)


@pytest.mark.parametrize(
    ("text", "verdict"),
    [("30012393001", "WRONG_CHECK"), ("301011", "WRONG_LENGTH"), ("Dr Peeters", "NOT_A_NUMBER"), ("", "EMPTY")],
)
def test_what_is_no_riziv_number(text: str, verdict: str) -> None:
    assert riziv.read(text).verdict == verdict


def test_a_dentist_is_known_by_the_first_digit() -> None:
    number = riziv.read("3-00123-92-007").number
    assert number is not None
    assert number.profession == "dentist"
    assert riziv.QUALIFICATIONS[number.qualification] == "orthodontist"


@pytest.mark.parametrize(
    ("ambulatory", "hospital"),
    [("301011", "301022"), ("301593", "301604"), ("302153", "302164"), ("305653", "305664"), ("302794", "302805")],
)
def test_known_pairs_of_ambulatory_and_hospital_codes(ambulatory: str, hospital: str) -> None:
    assert nomenclature.is_valid(ambulatory)
    assert nomenclature.is_valid(hospital)
    assert nomenclature.hospital(ambulatory) == hospital
    assert nomenclature.ambulatory(hospital) == ambulatory
    assert (nomenclature.is_hospital_variant(ambulatory), nomenclature.is_hospital_variant(hospital)) == (False, True)


@given(STEMS, st.integers(0, 9))
def test_only_one_last_digit_fits_and_it_is_below_seven(stem: str, last: int) -> None:
    code = nomenclature.compose(stem)

    assert nomenclature.is_valid(code)
    assert code[5] in "0123456"
    assert nomenclature.is_valid(f"{stem}{last}") == (str(last) == code[5])


@given(STEMS)
def test_both_codes_of_a_pair_belong_together(stem: str) -> None:
    code = nomenclature.compose(stem)

    assert nomenclature.hospital(nomenclature.ambulatory(code)) == nomenclature.hospital(code)


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("301.011", nomenclature.Reading("VALID", "301011", ("301011",))),
        ("301011.0", nomenclature.Reading("VALID", "301011", ("301011",))),
        ("0301011", nomenclature.Reading("VALID", "301011", ("301011",))),
        ("301011 en 301022", nomenclature.Reading("SEVERAL", codes=("301011", "301022"))),
        ("301011 301022", nomenclature.Reading("SEVERAL", codes=("301011", "301022"))),
        ("٣٠١٠١١", nomenclature.Reading("NOT_A_CODE")),
        ("374475", nomenclature.Reading("WRONG_CHECK", "374475", ("374475",))),
        ("301011-301022", nomenclature.Reading("SEVERAL", codes=("301011", "301022"))),
        ("371615+371873", nomenclature.Reading("SEVERAL", codes=("371615", "371873"))),
        ("301.011 / 301.022", nomenclature.Reading("SEVERAL", codes=("301011", "301022"))),
        ("extr 36", nomenclature.Reading("NOT_A_CODE")),
        ("KR01", nomenclature.Reading("NOT_A_CODE")),
        ("", nomenclature.Reading("EMPTY")),
    ],
)
def test_cells_with_codes(text: str, reading: nomenclature.Reading) -> None:
    assert nomenclature.read(text) == reading


@pytest.mark.parametrize(("code", "series"), [("301593", "ADULT"), ("371571", "CHILD"), ("389675", "OTHER")])
def test_age_series(code: str, series: str) -> None:
    assert nomenclature.series(code) == series


@pytest.mark.parametrize(
    ("text", "union"),
    [
        ("131", "100"),
        ("131 - CM Limburg", "100"),
        ("CM Limburg", "100"),
        ("Mutualité chrétienne de Liège", "100"),
        ("228", "200"),
        ("Bond Moyson", "300"),
        ("LM", "400"),
        ("Partenamut", "500"),
        ("HELAN", "500"),
        ("CAAMI", "600"),
        ("NMBS/SNCB", "900"),
    ],
)
def test_insurers_are_known_by_number_and_by_name(text: str, union: str) -> None:
    found = mutualities.union_of(text)
    assert found is not None
    assert found.number == union


@pytest.mark.parametrize("text", ["", "712", "850", "eigen zorgfonds", "1310"])
def test_what_names_no_union(text: str) -> None:
    assert mutualities.union_of(text) is None


@given(st.integers(0, 999).map(lambda number: f"{number:03d}"))
def test_every_possible_number_has_a_union_and_no_other_has(number: str) -> None:
    assert mutualities.is_number(number) == (number[0] in "1234569")
    assert mutualities.is_number(number) == (mutualities.union_of(number) is not None)


def test_entitlement_codes_are_two_closed_lists() -> None:
    assert entitlement.is_ct1("110")
    assert entitlement.is_ct1(" 451 ")
    assert not entitlement.is_ct1("000")
    assert entitlement.is_ct2("000")
    assert not entitlement.is_ct2("0")


@given(st.text(max_size=4) | st.sampled_from(sorted(entitlement.CT1)))
def test_increased_reimbursement_is_said_of_ct1_codes_only(text: str) -> None:
    known = entitlement.increased_reimbursement(text)

    assert (known is not None) == (text.strip() in entitlement.CT1)


@given(st.text())
def test_no_reader_fails_on_any_text(text: str) -> None:
    insz.read(text)
    riziv.read(text)
    nomenclature.read(text)
    mutualities.union_of(text)


def test_a_day_apart_is_another_number() -> None:
    day = date(1988, 11, 2)
    assert insz.compose(day, 901) != insz.compose(day + timedelta(days=1), 901)
