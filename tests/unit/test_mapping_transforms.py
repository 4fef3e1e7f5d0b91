"""How the text of a cell becomes a value: amounts, numbers, dates, moments, addresses, markdown."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridgework.mapping import cells, contact, markdown, moments, names
from bridgework.mapping.catalogue import builtin
from bridgework.mapping.words import squash, squash_header
from tests.unit.mapping_samples import unescaped

DATE_FORMATS = builtin().formats["date"]
MOMENT_FORMATS = builtin().formats["moment"]
DAYS = st.dates(date(1900, 1, 2), date(2060, 12, 31))


@pytest.mark.parametrize(
    ("text", "micros"),
    [
        ("1.234,50", 1_234_500_000),
        ("€ 22,50", 22_500_000),
        ("22,50 €", 22_500_000),
        ("22,5-", -22_500_000),
        ("-22,50", -22_500_000),
        ("(5,00)", -5_000_000),
        ("22.50", 22_500_000),
        ("1.234", 1_234_000_000),
        ("1.234.567,89", 1_234_567_890_000),
        ("1,234.50", 1_234_500_000),
        ("1 234,50", 1_234_500_000),
        ("1\u00a0234,50 EUR", 1_234_500_000),
        ("12,-", 12_000_000),
        ("0", 0),
        ("0,000001", 1),
        ("-0,00", 0),
    ],
)
def test_amounts_are_read_as_belgians_write_them(text: str, micros: int) -> None:
    assert cells.micros(text) == micros


@pytest.mark.parametrize(
    "text",
    ["", "-", "gratis", "22,50/2", "1.23.4", "1,2,3", "22,5,-", "0,0000001", "9" * 20, "12 x", "\u0663,5", "--5"],
)
def test_what_is_no_amount_is_none(text: str) -> None:
    assert cells.micros(text) is None


@given(
    st.decimals(Decimal("-9999999.99"), Decimal("9999999.99"), places=2),
    st.booleans(),
    st.sampled_from(["", "€ ", "EUR "]),
)
def test_every_amount_survives_being_written_the_belgian_way(value: Decimal, thousands: bool, sign: str) -> None:
    text = f"{value:,.2f}" if thousands else f"{value:.2f}"
    belgian = sign + text.replace(",", "_").replace(".", ",").replace("_", ".")
    assert cells.micros(belgian) == int(value * cells.MICROS)


@given(st.text(max_size=30))
def test_no_text_makes_the_reading_of_a_cell_raise(text: str) -> None:
    cells.micros(text)
    cells.number_reader(["min"], clock=True)(text)
    moments.day_reader(MOMENT_FORMATS)(text)
    moments.clock_reader(builtin().formats["time"])(text)
    contact.emails_in(text)
    contact.phones_in(text)
    squash_header(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [("30", 30), ("30 min", 30), ("30min.", 30), ("1,5", 1.5), ("-3", -3), ("0:45", 45), ("1u30", 90), ("2.0", 2)],
)
def test_numbers_may_have_their_unit_behind_them(text: str, value: float) -> None:
    assert cells.number_reader(["min", "minuten"], clock=True)(text) == value


@pytest.mark.parametrize("text", ["30 uur", "een half uur", "30-45", "1.234.567", "9" * 30, "0.1234567890123456789"])
def test_what_is_no_number_is_none(text: str) -> None:
    assert cells.number_reader(["min"], clock=True)(text) is None


@pytest.mark.parametrize(
    ("yes", "no"), [("J", "N"), ("O", "N"), ("Ja", "Nee"), ("Oui", "Non"), ("1", "0"), ("-1", "0"), ("X", "n")]
)
def test_yes_and_no_in_every_habit(yes: str, no: str) -> None:
    read = cells.boolean_reader(cells.YES, cells.NO)
    assert (read(yes), read(no), read("misschien")) == (True, False, None)


# --- dates -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("03/02/2024", date(2024, 2, 3)),
        ("3/2/2024", date(2024, 2, 3)),
        ("2024-02-03", date(2024, 2, 3)),
        ("20240203", date(2024, 2, 3)),
        ("03-02-2024", date(2024, 2, 3)),
        ("03.02.2024", date(2024, 2, 3)),
        ("2024-02-03 00:00:00", date(2024, 2, 3)),
        ("44197", date(2021, 1, 1)),
        ("44197.0", date(2021, 1, 1)),
        ("29/02/2024", date(2024, 2, 29)),
    ],
)
def test_dates_are_read_by_the_declared_formats(text: str, day: date) -> None:
    read = moments.day_reader(DATE_FORMATS)(text)
    assert read is not None
    assert read.day == day


@pytest.mark.parametrize(
    "text", ["29/02/2023", "00/00/0000", "31/04/2020", "13/13/2013", "2024/02/03", "3 feb 2024", "12/0198", "1/1/24"]
)
def test_what_is_no_date_is_none(text: str) -> None:
    assert moments.day_reader(DATE_FORMATS)(text) is None


def test_only_the_declared_format_counts_never_the_look_of_a_cell() -> None:
    assert moments.day_reader(["mm/dd/yyyy"])("03/02/2024") == moments.Read(date(2024, 3, 2))
    assert moments.day_reader(["dd/mm/yyyy"])("2024-02-03") is None


@given(DAYS, st.sampled_from([one for one in DATE_FORMATS if "yy" in one and "HH" not in one and "yyyy" in one]))
def test_every_day_survives_every_declared_format(day: date, form: str) -> None:
    text = form.replace("dd", f"{day.day:02d}").replace("mm", f"{day.month:02d}").replace("yyyy", f"{day.year:04d}")
    assert moments.day_reader(DATE_FORMATS)(text) == moments.Read(day)


@given(DAYS)
def test_no_two_formats_of_the_built_in_lists_read_one_text_differently(day: date) -> None:
    texts = [
        f"{day:%d/%m/%Y}",
        f"{day:%Y-%m-%d}",
        f"{day:%Y%m%d}",
        f"{day:%d-%m-%Y}",
        f"{day:%d.%m.%Y}",
        f"{day:%d-%m-%y}",
    ]
    for text in texts:
        found = {moments.day_reader([one])(text) for one in DATE_FORMATS} - {None}
        assert len(found) == 1


@pytest.mark.parametrize(
    ("text", "past", "day", "doubtful"),
    [
        ("3-2-85", True, date(1985, 2, 3), False),
        ("3-2-20", True, date(2020, 2, 3), True),
        ("3-2-30", True, date(1930, 2, 3), False),
        ("3-2-30", False, date(2030, 2, 3), False),
        ("3-2-85", False, date(1985, 2, 3), False),
        ("29-2-24", True, date(2024, 2, 29), True),
    ],
)
def test_a_year_of_two_digits_gets_its_century_and_a_doubt_is_said(
    text: str, past: bool, day: date, doubtful: bool
) -> None:
    read = moments.day_reader(["dd-mm-yy"])(text)
    assert read is not None
    assert moments.full_year(read, date(2026, 11, 22), past=past) == (day, doubtful)


@pytest.mark.parametrize(
    ("day", "clock", "utc", "what"),
    [
        (date(2024, 1, 15), time(9, 30), "2024-01-15T08:30:00.000Z", ""),
        (date(2024, 7, 15), time(9, 30), "2024-07-15T07:30:00.000Z", ""),
        (date(2024, 3, 31), time(2, 30), "2024-03-31T01:30:00.000Z", "CLOCK-GAP"),
        (date(2024, 3, 31), time(3, 0), "2024-03-31T01:00:00.000Z", ""),
        (date(2024, 10, 27), time(2, 30), "2024-10-27T00:30:00.000Z", "CLOCK-OVERLAP"),
        (date(2024, 10, 27), time(3, 0), "2024-10-27T02:00:00.000Z", ""),
        (date(2024, 10, 27), None, "2024-10-26T22:00:00.000Z", ""),
    ],
)
def test_local_time_becomes_utc_and_the_clocks_tricks_are_said(
    day: date, clock: time | None, utc: str, what: str
) -> None:
    assert moments.to_utc(day, clock) == (utc, what)


@given(st.datetimes(datetime(1950, 1, 1), datetime(2050, 1, 1)))  # noqa: DTZ001 - local ones are meant
def test_every_other_local_moment_comes_back_from_utc(local: datetime) -> None:
    local = local.replace(microsecond=0)
    text, what = moments.to_utc(local.date(), local.time())
    back = datetime.fromisoformat(text).astimezone(moments.ZONE).replace(tzinfo=None)
    assert what or back == local
    assert what != "CLOCK-GAP" or back - local == timedelta(hours=1)


def test_a_moment_is_written_as_twenty_writes_it() -> None:
    assert moments.iso(datetime(2026, 11, 22, 12, 1, 2, 3000, UTC)) == "2026-11-22T12:01:02.003Z"


@pytest.mark.parametrize(
    ("form", "fits"),
    [
        *[("dd/mm/yyyy", True), ("serial", True), ("HH:MM", True), ("dd/mm/yyyy HH:MM", True), ("dd/mm", False)],
        *[("yyyy", False), ("dd/dd/yyyy", False), ("day/mm/yyyy", False), ("", False), ("MM:SS", False)],
    ],
)
def test_formats_that_cannot_be_read_are_known(form: str, fits: bool) -> None:
    assert moments.is_format(form) is fits


# --- contact ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found", "rest"),
    [
        ("An@Example.BE", ("an@example.be",), False),
        ("a@example.be; b@example.be", ("a@example.be", "b@example.be"), False),
        ("a@example.be/b@example.be", ("a@example.be", "b@example.be"), False),
        ("<mailto:a@example.be>", ("a@example.be",), False),
        ("a@example.be (mama)", ("a@example.be",), True),
        ("a@example", (), True),
        ("a..b@example.be", (), True),
        ("geen", (), True),
        ("renée@example.be", (), True),
        ("a@-example.be", (), True),
    ],
)
def test_the_addresses_of_a_cell_and_whether_more_stood_there(text: str, found: tuple[str, ...], rest: bool) -> None:
    assert contact.emails_in(text) == (found, rest)


def test_a_phone_is_given_to_twenty_in_its_parts() -> None:
    cell = contact.phones_in("0479/123456 (mama)")
    assert cell.remark
    assert contact.phones_value([parts for _, parts in cell.numbers]) == {
        "primaryPhoneNumber": "479123456",
        "primaryPhoneCountryCode": "BE",
        "primaryPhoneCallingCode": "+32",
    }
    assert contact.phones_in("+800 1234 5678").numbers == ()


def test_an_address_has_its_box_on_the_second_line() -> None:
    parts = {"street": "Rue Haute", "number": "12", "box": "3", "postcode": "1000", "city": "Bruxelles"}
    value = contact.address_value(parts, contact.box_word("Bte"))
    assert value == {
        "addressStreet1": "Rue Haute 12",
        "addressStreet2": "bte 3",
        "addressPostcode": "1000",
        "addressCity": "Bruxelles",
    }


# --- texts and names -------------------------------------------------------------------------------------------------


@given(st.text(st.characters(blacklist_categories=["Cc", "Cs"]) | st.sampled_from("\n*_#<>[]-+.1 `\\")))
def test_escaped_markdown_shows_the_same_text(text: str) -> None:
    shown = unescaped(markdown.escape(text))
    assert re.sub(r" *\n", "\n", shown) == re.sub(r" *\n", "\n", text)


@pytest.mark.parametrize(
    "text", ["# kop", "- punt", "1. eerst", "> citaat", "**vet**", "_schuin_", "[x](y)", "<b>x</b>", "a\n# b", "2) x"]
)
def test_nothing_of_a_text_turns_into_markup(text: str) -> None:
    for line in markdown.escape(text).splitlines():
        assert not re.match(r"\s*(#|[-+] |\d+[.)] |>)", line)
        assert not re.search(r"(?<!\\)[*<>\[\]]", line)


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("Kleur ogen", "kleurOgen"),
        ("N° d'affiliation", "nDAffiliation"),
        ("Éléments à vérifier", "elementsAVerifier"),
        ("PAT_GEBDAT", "patGebdat"),
        ("Type", "typeField"),
        ("Adresses", "adresses"),
        ("addresses", "addressesField"),
        ("2e adres", "column2eAdres"),
        ("", "column"),
        ("日本", "column"),
        ("Rood", "rood2"),
        ("x" * 80, "x" * 63),
    ],
)
def test_field_names_are_made_of_headers(header: str, name: str) -> None:
    assert names.field_name(header, {"rood"}) == name
    assert names.is_name(name)


@given(st.text(max_size=90), st.sets(st.sampled_from(["column", "column2", "a", "typeField"])))
def test_every_header_gets_a_name_that_twenty_takes_and_nobody_has(header: str, taken: set[str]) -> None:
    made = names.field_name(header, taken)
    assert made not in taken
    assert names.is_name(made)


@pytest.mark.parametrize(
    ("one", "other"), [("Patiëntnr.", "patientnr"), ("Duur (min)", "DUUR"), ("E-mail", "email"), ("Né(e) le", "nee le")]
)
def test_headers_are_compared_as_people_mean_them(one: str, other: str) -> None:
    assert squash_header(one) == squash_header(other)
    assert squash("CŒUR") == "coeur"


@pytest.mark.parametrize(
    ("value", "fits"), [("A_B", True), ("Y_2024", True), ("2024", False), ("A__B", False), ("a", False), ("A_", False)]
)
def test_option_values_are_those_that_twenty_takes(value: str, fits: bool) -> None:
    assert names.is_option(value) is fits
