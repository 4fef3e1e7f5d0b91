"""How the text of a cell becomes a value: amounts, numbers, addresses, markdown."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridgework.mapping import cells, contact, markdown, moments, names
from bridgework.mapping.catalogue import builtin
from bridgework.mapping.words import squash, squash_header
from tests.unit.mapping_samples import unescaped

MOMENT_FORMATS = builtin().formats["moment"]


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
    moments.clock_reader(builtin().formats["time"])(text, None)
    contact.emails_in(text)
    contact.phones_in(text)
    squash_header(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [("30", 30), ("30 min", 30), ("30min.", 30), ("1,5", 1.5), ("-3", -3), ("0:45", 45), ("1u30", 90), ("2.0", 2)],
)
def test_numbers_may_have_their_unit_behind_them(text: str, value: float) -> None:
    assert cells.number_reader(["min", "minuten"], clock=True)(text) == value


@pytest.mark.parametrize("text", ["30 uur", "een half uur", "30-45", "1.234.56", "9" * 30, "0.1234567890123456789"])
def test_what_is_no_number_is_none(text: str) -> None:
    assert cells.number_reader(["min"], clock=True)(text) is None


@pytest.mark.parametrize(
    ("yes", "no"), [("J", "N"), ("O", "N"), ("Ja", "Nee"), ("Oui", "Non"), ("1", "0"), ("-1", "0"), ("X", "n")]
)
def test_yes_and_no_in_every_habit(yes: str, no: str) -> None:
    read = cells.boolean_reader(cells.YES, cells.NO)
    assert (read(yes), read(no), read("misschien")) == (True, False, None)


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
        ("Cœur", "coeur"),
        ("CŒUR", "coeur"),
        ("Straße", "strasse"),
        ("STRAßE NR", "strasseNr"),
        ("Größe (cm)", "grosseCm"),
        ("Đặng", "dang"),
        ("Łódź ø", "lodzO"),
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


def test_no_letter_of_a_european_language_is_dropped_from_a_name() -> None:
    letters = [sign for sign in map(chr, range(0xC0, 0x180)) if sign.isalpha()]
    assert [one for one in letters if len(names.camel(f"a{one}b")) <= len("ab")] == []
    assert "".join(one for one in letters if not squash(one).isascii()) == "Ŀŀŉ"  # they are two signs in one


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
