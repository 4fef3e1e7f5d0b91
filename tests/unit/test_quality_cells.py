"""How single cells are judged: dates, clocks, amounts, misread letters, files by their first bytes."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bridgework.quality.amounts import cents
from bridgework.quality.days import Clock, DayColumn
from bridgework.quality.files import kind_of
from bridgework.quality.keys import Named, Seen, in_order
from bridgework.quality.patients import mutuality_codes
from bridgework.quality.people import plain, whole_name
from bridgework.quality.texts import unmangled
from tests.unit.quality_practice import TODAY


@pytest.mark.parametrize(
    ("text", "day", "code"),
    [
        ("06/05/1980", date(1980, 5, 6), ""),
        ("1980-05-06", date(1980, 5, 6), ""),
        ("19800506", date(1980, 5, 6), ""),
        ("29347", date(1980, 5, 6), "DATE-AS-NUMBER"),
        ("00/00/0000", None, "DATE-ZERO"),
        ("01/01/1900", None, "DATE-1900"),
        ("31/02/1980", None, "DATE-NOT-READ"),
        ("mei 1980", None, "DATE-NOT-READ"),
        ("nvt", None, ""),
        ("", None, ""),
    ],
)
def test_a_date_is_read_or_its_oddness_told(text: str, day: date | None, code: str) -> None:
    found = DayColumn(TODAY, past=True).read(text)
    assert (found.ordinal, found.code) == (day.toordinal() if day else 0, code)


def test_a_year_of_two_digits_that_could_be_two_centuries_gives_no_day_to_judge_by() -> None:
    column = DayColumn(TODAY, past=True)
    assert (column.read("6-5-20").ordinal, column.read("6-5-20").code) == (0, "DATE-SHORT-YEAR")
    assert column.read("6-5-80").ordinal == date(1980, 5, 6).toordinal()


def test_dates_of_one_form_are_told_from_those_of_another() -> None:
    column = DayColumn(TODAY, past=True)
    assert column.read("6/5/1980").form == column.read("16/12/1980").form
    assert column.read("6/5/1980").form != column.read("6-5-1980").form


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("31/03/2024 02:30", "HOUR-SKIPPED"),
        ("27/10/2024 02:30", "HOUR-TWICE"),
        ("2024-10-27 02:30:00", "HOUR-TWICE"),
        ("27/10/2024 03:30", ""),
        ("28/10/2024 02:30", ""),
        ("02/02/2024", ""),
    ],
)
def test_hours_that_the_clock_skipped_or_repeated_are_seen(text: str, code: str) -> None:
    assert Clock().code(text) == code


@pytest.mark.parametrize(
    ("text", "value"),
    [("22,50", 2250), ("-22,50", -2250), ("22,5-", -2250), ("€ 1.234,50", 123450), ("22.50", 2250), ("22", 2200)],
)
def test_amounts_are_read_in_cents(text: str, value: int) -> None:
    assert cents(text) == value


@pytest.mark.parametrize("text", ["", "gratis", "22,50,10"])
def test_what_is_no_amount_is_none(text: str) -> None:
    assert cents(text) is None


def test_letters_that_were_misread_once_are_read_as_meant() -> None:
    assert unmangled("RenÃ©e") == "Renée"
    assert unmangled("Renée") is None
    assert unmangled("\u00e2\u201a\u00ac 5") == "€ 5"
    assert unmangled("Ânes") is None


def test_names_are_compared_without_case_accents_order_and_misreading() -> None:
    assert whole_name("PEETERS", "Renée") == whole_name("Renee", "Peeters") == whole_name("Peeters", "RenÃ©e")
    assert plain("D'Hondt") == plain("d hondt")
    assert whole_name("Peeters", "") == ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("131", []),
        ("131 - CM Limburg", []),
        ("CM", []),
        ("131 - Solidaris Antwerpen", ["MUTUALITY-OTHER-UNION"]),
        ("731", ["MUTUALITY-UNKNOWN"]),
        ("Ons Ziekenfonds", ["MUTUALITY-UNKNOWN"]),
    ],
)
def test_a_mutuality_is_known_by_number_or_name_and_both_must_agree(text: str, expected: list[str]) -> None:
    assert mutuality_codes(text) == expected


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"%PDF-1.4", "pdf"),
        (b"\xef\xbb\xbf\r\n%PDF-1.4", "pdf"),
        (b"\xff\xd8\xff\xe0", "jpeg"),
        (b"\x89PNG\r\n", "png"),
        (bytes(128) + b"DICM", "dicom"),
        (b"PK\x03\x04", "zip"),
        (b"hello", ""),
    ],
)
def test_a_file_is_known_by_its_first_bytes(head: bytes, kind: str) -> None:
    assert kind_of(head) == kind


HASHES = some.lists(some.integers(min_value=-(2**63), max_value=2**63 - 1))


@given(HASHES)
def test_hashes_are_put_in_order_once_each(hashes: list[int]) -> None:
    assert list(in_order(hashes)) == sorted(set(hashes))


@given(some.lists(some.text(max_size=2)))
def test_rows_that_repeat_a_text_are_known_by_their_numbers(texts: list[str]) -> None:
    seen = Seen()
    for number, text in enumerate(texts, 1):
        seen.add(text, number)
    assert seen.repeats() == [number for number, text in enumerate(texts, 1) if text in texts[: number - 1]]
    assert all(text in Named([seen]) for text in texts)
