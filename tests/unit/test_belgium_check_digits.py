"""Numbers with check digits: what is composed is valid, slips are caught, and python-stdnum says the same."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from stdnum.be import bis, nn, ogm_vcs, vat
from stdnum.be import eid as stdnum_eid
from stdnum.be import iban as stdnum_iban

from bridgework.belgium import eid, enterprise, iban, insz, nomenclature, ogm, riziv


def digits(length: int) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=length, max_size=length).filter(lambda text: int(text) > 0)


INSZ = st.builds(insz.compose, st.dates(date(1905, 1, 1), date(2025, 12, 31)), st.integers(1, 998))
RIZIV = st.builds(riziv.compose, st.integers(100_000, 999_999).map(str), st.sampled_from(["001", "007", "222"]))
OGM = digits(10).map(ogm.compose)
ENTERPRISE = digits(7).map(lambda seven: enterprise.compose(f"0{seven}"))
IBAN = digits(10).map(iban.compose)
EID = digits(10).map(eid.compose)
CODE = st.integers(10_000, 99_999).map(lambda stem: nomenclature.compose(str(stem)))

VALID = {"VALID", "UNKNOWN_BANK"}
KINDS: dict[str, tuple[st.SearchStrategy[str], Callable[[str], Any]]] = {
    "insz": (INSZ, insz.read),
    "riziv": (RIZIV, riziv.read),
    "ogm": (OGM, ogm.read),
    "enterprise": (ENTERPRISE, enterprise.read),
    "iban": (IBAN, iban.read),
    "eid": (EID, eid.read),
    "nomenclature": (CODE, nomenclature.read),
}
# How many digits the check covers, where not all: a RIZIV number's qualification is outside it.
COVERED = {"riziv": 8}
every_kind = pytest.mark.parametrize("kind", sorted(KINDS))


@every_kind
@given(data=st.data())
def test_what_is_composed_is_valid_and_separators_do_not_matter(kind: str, data: st.DataObject) -> None:
    numbers, read = KINDS[kind]
    number = data.draw(numbers)
    separator = data.draw(st.sampled_from([" ", ".", "-", "\u00a0"]))
    places = sorted(data.draw(st.lists(st.integers(1, len(number) - 1), max_size=3, unique=True)), reverse=True)
    written = number
    for place in places:
        written = written[:place] + separator + written[place:]
    assume(kind not in {"insz", "riziv", "nomenclature", "ogm", "enterprise"} or not written.endswith((".0", ".00")))

    assert read(number).verdict in VALID
    assert read(f" {written} ") == read(number)


@every_kind
@given(data=st.data())
def test_one_wrong_digit_is_caught_wherever_the_arithmetic_can(kind: str, data: st.DataObject) -> None:
    numbers, read = KINDS[kind]
    number = data.draw(numbers)
    first = 2 if kind == "iban" else 0
    place = data.draw(st.integers(first, COVERED.get(kind, len(number)) - 1))
    digit = data.draw(st.sampled_from([one for one in "0123456789" if one != number[place]]))
    wrong = number[:place] + digit + number[place + 1 :]

    # Modulo 7 does not tell digits that are 7 apart; the first digit of an INSZ may lead into the other century.
    if kind == "nomenclature" and place < 5 and abs(int(digit) - int(number[place])) == 7:
        assert read(wrong).verdict == "VALID"
    elif kind == "insz" and read(wrong).number is not None:
        born, other = insz.read(number).number, insz.read(wrong).number
        assert born is not None
        assert other is not None
        assert insz._century(number) != insz._century(wrong)
    else:
        assert read(wrong).verdict not in VALID | {"SHORT", "REPAIRED"}


@every_kind
@given(text=st.text())
@example(text="٣٠١٠١١")  # digits, but not those that we write
@example(text="²" * 11)
@example(text="0" * 12)
@example(text="...")
@example(text="-")
def test_no_text_raises_and_the_verdict_is_one_that_is_named(kind: str, text: str) -> None:
    reading = KINDS[kind][1](text)

    assert reading.verdict.isupper()
    assert (reading.verdict == "EMPTY") == (not text.strip())


@given(st.text("0123456789", min_size=11, max_size=11) | INSZ)
def test_stdnum_takes_the_same_national_numbers(number: str) -> None:
    found = insz.parse(number)

    # stdnum takes no year after this one: of the two that a number of the future can mean, ours is the right one.
    assume(found is None or found.birth_date is None or found.birth_date.year <= 2025)
    assume(insz._century(number) == 1900 or int(number[:2]) <= 25)
    assert (found is not None and found.kind == "INSZ") == nn.is_valid(number)
    assert (found is not None and found.kind == "BIS") == bis.is_valid(number)
    if found is not None:
        assert found.birth_date == (nn if found.kind == "INSZ" else bis).get_birth_date(number)


@given(st.integers(0, 99), st.integers(0, 99), st.integers(0, 99), st.integers(0, 999), st.booleans())
def test_stdnum_takes_the_same_dates(year: int, month: int, day: int, sequence: int, after_2000: bool) -> None:
    nine = f"{year:02d}{month:02d}{day:02d}{sequence:03d}"
    number = f"{nine}{97 - int(('2' if after_2000 else '') + nine) % 97:02d}"
    assume(not after_2000 or year <= 25)

    found = insz.parse(number)

    assert (found is not None) == (nn.is_valid(number) or bis.is_valid(number))
    if found is not None:
        assert found.birth_date == nn.get_birth_date(number)


@given(st.integers(0, 999_999_999))
def test_no_number_fits_both_centuries(nine: int) -> None:
    assert 97 - nine % 97 != 97 - (2_000_000_000 + nine) % 97


@given(digits(12) | OGM)
def test_stdnum_takes_the_same_communications(number: str) -> None:
    assert (ogm.read(number).verdict == "VALID") == ogm_vcs.is_valid(number)


@given(digits(10) | ENTERPRISE | digits(9))
def test_stdnum_takes_the_same_enterprise_numbers(number: str) -> None:
    assert (enterprise.read(number).verdict in {"VALID", "REPAIRED"}) == vat.is_valid(number)


@given(digits(12) | EID)
def test_stdnum_takes_the_same_cards(number: str) -> None:
    assert (eid.read(number).verdict == "VALID") == stdnum_eid.is_valid(number)


@given(digits(14).map(lambda rest: f"BE{rest}") | IBAN)
def test_stdnum_takes_the_same_accounts_but_for_banks_it_does_not_know(number: str) -> None:
    verdict = iban.read(number).verdict

    assert (verdict == "VALID") == stdnum_iban.is_valid(number)
    assert verdict != "UNKNOWN_BANK" or not stdnum_iban.is_valid(number)


@pytest.mark.parametrize(
    ("read", "text", "verdict"),
    [
        (insz.read, "85073003328", "VALID"),
        (insz.read, "17073003384", "VALID"),
        (insz.read, "73081932614", "VALID"),
        (insz.read, "98472899765", "VALID"),
        (insz.read, "01490700185", "VALID"),
        (insz.read, "01271500278", "VALID"),
        (insz.read, "88110204673", "VALID"),
        (insz.read, "85073003328.0", "REPAIRED"),
        (insz.read, "8.5073003328E+10", "REPAIRED"),
        (insz.read, "8.5073E+10", "DIGITS_LOST"),
        (insz.read, "4,063001714E9", "REPAIRED"),
        (insz.read, "85\u00a007\u202f30 033.28", "VALID"),
        (insz.read, "85130003397", "WRONG_CHECK"),
        (riziv.read, "30012392", "SHORT"),
        (riziv.read, "3/00123/92/001", "VALID"),
        (riziv.read, "3.00123.92.001", "VALID"),
        (riziv.read, "30012392001.0", "REPAIRED"),
        (riziv.read, "3.00124E+10", "DIGITS_LOST"),
        (riziv.read, riziv.compose("398765", "001"), "VALID"),
        (ogm.read, "+++010/8068/17183+++", "VALID"),
        (ogm.read, "***010/8068/17183***", "VALID"),
        (ogm.read, "010806817183", "VALID"),
        (ogm.read, "10806817183", "REPAIRED"),
        (ogm.read, "10806817183.0", "REPAIRED"),
        (ogm.read, "1.08068E+10", "DIGITS_LOST"),
        (ogm.read, "+++123/4567/89012+++", "WRONG_CHECK"),
        (ogm.read, "+++123/4567/89002+++", "VALID"),
        (ogm.read, "factuur 2024-17", "FREE_TEXT"),
        (ogm.read, "17", "WRONG_LENGTH"),
        (iban.read, "BE32 1234 5678 9002", "VALID"),
        (iban.read, "be71096123456769", "VALID"),
        (iban.read, "IBAN: BE48 3200 7018 4927", "VALID"),
        (iban.read, "BE68539007547034", "UNKNOWN_BANK"),
        (iban.read, "BE41091811735141", "WRONG_CHECK"),
        (iban.read, "BE6853900754703", "WRONG_LENGTH"),
        (iban.read, "123-4567890-02", "OLD_NUMBER"),
        (iban.read, "123-4567890-03", "WRONG_CHECK"),
        (iban.read, "NL91 ABNA 0417 1643 00", "FOREIGN"),
        (iban.read, "NL92 ABNA 0417 1643 00", "WRONG_CHECK"),
        (iban.read, "rekening", "NOT_IBAN"),
        (enterprise.read, "0403019261", "VALID"),
        (enterprise.read, "BE 0411.766.483", "VALID"),
        (enterprise.read, "BTW BE 0721.776.703", "VALID"),
        (enterprise.read, "428759497", "REPAIRED"),
        (enterprise.read, "428759497.0", "REPAIRED"),
        (enterprise.read, "(0)403019261", "VALID"),
        (enterprise.read, "0403019262", "WRONG_CHECK"),
        (enterprise.read, "2403019261", "WRONG_CHECK"),
        (enterprise.read, "NL123456789B01", "FOREIGN"),
        (enterprise.read, "04030192", "WRONG_LENGTH"),
        (enterprise.read, "geen", "NOT_A_NUMBER"),
        (eid.read, "000-0011032-71", "VALID"),
        (eid.read, "591-1917064-58", "VALID"),
        (eid.read, "591-1917064-59", "WRONG_CHECK"),
        (eid.read, "591", "WRONG_LENGTH"),
        (eid.read, "B123", "NOT_A_NUMBER"),
    ],
)
def test_known_cells(read: Callable[[str], Any], text: str, verdict: str) -> None:
    assert read(text).verdict == verdict


def test_dates_that_were_not_known_are_none() -> None:
    for nine in ("850000001", "850700001", "000001001", "400001001"):
        number = f"{nine}{97 - int(nine) % 97:02d}"
        found = insz.parse(number)
        assert found is not None
        assert found.birth_date is None


@given(RIZIV, st.sampled_from(["001", "007", "008", ""]))
def test_the_first_eight_digits_are_the_provider_whatever_the_qualification(number: str, qualification: str) -> None:
    other = riziv.read(number[:8] + qualification).number

    assert other is not None
    assert other.identity == number[:8]


@pytest.mark.parametrize(
    ("module", "number"),
    [
        (insz, "85073003328"),
        (riziv, "30012392001"),
        (ogm, "010806817183"),
        (enterprise, "0411766483"),
        (iban, "BE32123456789002"),
        (eid, "591191706458"),
    ],
)
def test_the_usual_way_to_write_a_number_is_read_back(module: Any, number: str) -> None:
    assert module.read(module.pretty(number)) == module.read(number)


@given(st.integers(100_000, 999_999))
def test_a_code_that_somebody_made_up_mostly_fails(number: int) -> None:
    assert nomenclature.is_valid(f"{number}") == (number // 10 % 7 == number % 10)
