"""One cell that holds a whole name or a whole address: how it is parted, and that nothing of it is lost."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridgework.mapping import address_lines, full_names
from bridgework.mapping.draft import clean
from bridgework.mapping.records import TargetRecord
from tests.unit.mapping_lines import build_line

NAMES = [
    *["Peeters, An", "PEETERS An", "An Van den Broeck", "Van den Broeck An", "De Smet", "D'Hondt Jan", "Peeters"],
    *["Dhr. Peeters Jan", "M. et Mme Dupont", "Mevr", "Peeters An Sofie", "Broeck, An van den", "A. Peeters", ",", "-"],
    *["Dubois ép. Peeters Marie", "Van 't Hof", "VAN DEN BROECK", "Peeters - Janssens An", "M.", "de", "Dr, Dr"],
]
ADDRESSES = [
    *["Kerkstraat 12 bus 3", "12, rue de l'Église bte 4", "Kerkstraat 12/3, 9000 Gent", "Rue Haute 5 1000 Bruxelles"],
    *["Kerkstr. 12b3", "Steenweg op Gent 5A", "Kerkstraat 12\nB-9000 Gent\nBelgië", "9000", "9000 Gent", "nr", "bus 3"],
    *[
        "Damrak 1, 1012 AB Amsterdam",
        "Rue du 8 Mai 1945",
        "Kerkstraat 1000 Gent",
        "B 9000 Gent",
        "12 /3",
        "Kerkstraat 12, BE-9050 Gent (Ledeberg), België",
        "BE",
        ", 5 b6",
    ],
]
# Words that say which part a number is, or what the country's own name says: the value may say the same otherwise.
LABELS = {
    "be",
    "bus",
    "bte",
    "bt",
    "boîte",
    "boite",
    "b",
    "nr",
    "no",
    "n",
    "num",
    "numéro",
    "numero",
    "nummer",
    "num\u0301ero",
}


def cells(typical: list[str]) -> st.SearchStrategy[str]:
    """Cells as practices write them, cut and put together anyhow, and cells that are anything."""
    words = st.sampled_from([word for one in typical for word in re.split(r"(\s+)", one) if word])
    mixed = st.lists(words | st.sampled_from([" ", ", ", "\n", "/", "-", ".", "12", "x"]), max_size=8).map("".join)
    anything = st.text(st.characters(blacklist_categories=["Cs"]), max_size=30)
    return st.sampled_from(typical) | mixed | anything


def words_of(text: str) -> set[str]:
    return {part for word in re.findall(r"[^\W_]+", clean(text).casefold()) for part in re.findall(r"\d+|\D+", word)}


def held_by(record: TargetRecord, field: str) -> set[str]:
    value: dict[str, str] = record.values.get(field, {})
    return words_of(" ".join([*value.values(), record.values.get("importRemarks", "")]))


def name_of(text: str, **settings: Any) -> TargetRecord:
    return build_line("person.name", "name-split", text, **settings)


def address_of(text: str, **settings: Any) -> TargetRecord:
    return build_line("person.homeAddress", "address-split", text, **settings)


def codes(record: TargetRecord) -> set[str]:
    return {one.code for one in record.findings} - {"SPACES-REMOVED", "BAD-CHARACTER", "MOJIBAKE"}


# --- names -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "last", "first"),
    [
        ("Peeters, An", "Peeters", "An"),
        ("Peeters,An", "Peeters", "An"),
        ("Van den Broeck, Jan Piet", "Van den Broeck", "Jan Piet"),
        ("Peeters An", "Peeters", "An"),
        ("peeters an", "peeters", "an"),
        ("De Smet Jan", "De Smet", "Jan"),
        ("Van den Broeck An", "Van den Broeck", "An"),
        ("van der Meer An-Sofie", "van der Meer", "An-Sofie"),
        ("D'Hondt Jan", "D'Hondt", "Jan"),
        ("D\u2019 Hondt Jan", "D\u2019 Hondt", "Jan"),
        ("Vanden Broeck Els", "Vanden Broeck", "Els"),
        ("Le Roy Marie-Claire", "Le Roy", "Marie-Claire"),
        ("Van 't Hof Jan", "Van 't Hof", "Jan"),
        ("Op de Beeck Jan", "Op de Beeck", "Jan"),
        ("El Amrani Fatima", "El Amrani", "Fatima"),
        ("Peeters-Janssens An", "Peeters-Janssens", "An"),
        ("Delhaye-Dupont Anne-Marie", "Delhaye-Dupont", "Anne-Marie"),
        ("Dubois ép. Peeters Marie", "Dubois ép. Peeters", "Marie"),
        ("PEETERS An", "PEETERS", "An"),
        ("An PEETERS", "PEETERS", "An"),
        ("VAN DEN BROECK An Sofie", "VAN DEN BROECK", "An Sofie"),
        ("Van den BROECK An", "Van den BROECK", "An"),
        ("PEETERS JANSSENS An", "PEETERS JANSSENS", "An"),
        ("PEETERS AN", "PEETERS", "AN"),
        ("Peeters A.", "Peeters", "A."),
        ("A. Peeters", "Peeters", "A."),
        ("M.J. Peeters", "Peeters", "M.J."),
        ("Peeters J.-M.", "Peeters", "J.-M."),
        ("Peeters\nAn", "Peeters", "An"),
    ],
)
def test_a_name_that_tells_how_it_is_parted_is_parted_without_a_word_about_it(text: str, last: str, first: str) -> None:
    record = name_of(text)
    assert record.values["name"] == {"firstName": first, "lastName": last}
    assert record.findings == ()
    assert "importRemarks" not in record.values


@pytest.mark.parametrize(
    ("text", "last", "first"),
    [
        ("An Peeters", "Peeters", "An"),
        ("An Van den Broeck", "Van den Broeck", "An"),
        ("Jean-Marie de Marneffe", "de Marneffe", "Jean-Marie"),
        ("Peeters, An", "Peeters", "An"),
        ("PEETERS An", "PEETERS", "An"),
    ],
)
def test_the_map_may_say_that_the_first_name_comes_first(text: str, last: str, first: str) -> None:
    record = name_of(text, names="first-last")
    assert record.values["name"] == {"firstName": first, "lastName": last}
    assert record.findings == ()


@pytest.mark.parametrize(
    ("text", "order", "last", "first"),
    [
        ("Peeters An Sofie", "last-first", "Peeters", "An Sofie"),
        ("An Sofie Peeters", "first-last", "Peeters", "An Sofie"),
        ("An Van den Broeck", "last-first", "Van den Broeck", "An"),
        ("Van den Broeck An", "first-last", "Van den Broeck", "An"),
        ("Van den Broeck An Sofie", "last-first", "Van den Broeck", "An Sofie"),
        ("Peeters De Smet An", "last-first", "Peeters De Smet", "An"),
        ("An De Smet Peeters", "first-last", "De Smet Peeters", "An"),
        ("Broeck, An van den", "last-first", "van den Broeck", "An"),
        ("Peeters, An, tandarts", "last-first", "Peeters", "An, tandarts"),
        ("Peeters - Janssens An", "last-first", "Peeters", "- Janssens An"),
    ],
)
def test_a_name_with_more_than_one_reading_keeps_its_text(text: str, order: str, last: str, first: str) -> None:
    record = name_of(text, names=order)
    assert record.values["name"] == {"firstName": first, "lastName": last}
    assert codes(record) == {"NAME-SPLIT-ASSUMED"}
    assert record.values["importRemarks"] == f"Cel: {text}"


@pytest.mark.parametrize("text", ["Peeters", "De Smet", "Van den Broeck", "Dr.", "?", ",", "De Smet Van den Broeck"])
def test_a_name_with_one_part_is_the_last_name(text: str) -> None:
    record = name_of(text)
    assert record.values["name"] == {"firstName": "", "lastName": text}
    assert codes(record) == {"NAME-NOT-SPLIT"}


@pytest.mark.parametrize(
    ("text", "last", "first"),
    [
        ("Dhr. Peeters Jan", "Peeters", "Jan"),
        ("Mevr Peeters An", "Peeters", "An"),
        ("Mevr.Maes Lien", "Maes", "Lien"),
        ("Dr Van den Broeck An", "Van den Broeck", "An"),
        ("Prof. dr. Peeters An", "Peeters", "An"),
        ("Mme Dupont Marie", "Dupont", "Marie"),
        ("M. Dupont Jean", "Dupont", "Jean"),
        ("M. et Mme Dupont Jean", "Dupont", "Jean"),
        ("Dhr/Mevr Peeters An", "Peeters", "An"),
        ("De heer Peeters Jan", "Peeters", "Jan"),
        ("Peeters, Dr. An", "Peeters", "An"),
    ],
)
def test_a_title_is_no_part_of_the_name_and_is_kept(text: str, last: str, first: str) -> None:
    record = name_of(text, names="last-first")
    assert record.values["name"] == {"firstName": first, "lastName": last}
    assert codes(record) == {"NAME-TITLE"}
    assert record.values["importRemarks"] == f"Cel: {text}"


def test_an_empty_name_is_empty_and_says_nothing() -> None:
    record = name_of("  ")
    assert record.values["name"] == {"firstName": "", "lastName": ""}
    assert record.findings == ()


@given(cells(NAMES), st.sampled_from(["last-first", "first-last"]))
def test_no_word_of_a_name_is_lost_and_it_is_parted_the_same_way_again(text: str, order: str) -> None:
    record = name_of(text, names=order)
    assert words_of(text) <= held_by(record, "name")
    assert name_of(text, names=order) == record


# --- addresses -------------------------------------------------------------------------------------------------------


def _value(street: str = "", box: str = "", postcode: str = "", city: str = "", country: str = "") -> dict[str, str]:
    parts = {
        "addressStreet1": street,
        "addressStreet2": box,
        "addressPostcode": postcode,
        "addressCity": city,
        "addressCountry": country,
    }
    return {name: part for name, part in parts.items() if part}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Kerkstraat 12", _value("Kerkstraat 12")),
        ("Kerkstraat 12 bus 3", _value("Kerkstraat 12", "bus 3")),
        ("Kerkstraat 12, bus 3", _value("Kerkstraat 12", "bus 3")),
        ("Kerkstraat 12 (bus 3)", _value("Kerkstraat 12", "bus 3")),
        ("Kerkstraat 12 BUS A3", _value("Kerkstraat 12", "bus A3")),
        ("Kerkstraat 12/3", _value("Kerkstraat 12", "bus 3")),
        ("Kerkstraat 12-14 bus 2.01", _value("Kerkstraat 12-14", "bus 2.01")),
        ("Kerkstraat 12 app. 3", _value("Kerkstraat 12", "app 3")),
        ("Kerkstr. 12b3", _value("Kerkstr. 12", "bus 3")),
        ("Kerkstraat nr. 12", _value("Kerkstraat 12")),
        ("Kerkstraat 12bis", _value("Kerkstraat 12bis")),
        ("Kerkstraat 12 B", _value("Kerkstraat 12 B")),
        ("Steenweg op Gent 5A", _value("Steenweg op Gent 5A")),
        ("11 Novemberlaan 5", _value("11 Novemberlaan 5")),
        ("12, rue de l'Église bte 4", _value("rue de l'Église 12", "bte 4")),
        ("12 rue de l'Église", _value("rue de l'Église 12")),
        ("12 bte 4, rue Haute", _value("rue Haute 12", "bte 4")),
        ("Rue Haute 12/4", _value("Rue Haute 12", "bte 4")),
        ("Rue Haute 12 boîte 4", _value("Rue Haute 12", "bte 4")),
        ("Rue du 8 Mai 1945 12", _value("Rue du 8 Mai 1945 12")),
        ("Rue Haute 5 1000 Bruxelles", _value("Rue Haute 5", "", "1000", "Bruxelles")),
        ("Kerkstraat 12/3, 9000 Gent", _value("Kerkstraat 12", "bus 3", "9000", "Gent")),
        ("Kerkstraat 12 - 9000 Gent", _value("Kerkstraat 12", "", "9000", "Gent")),
        ("Kerkstraat 12 (9000 Gent)", _value("Kerkstraat 12", "", "9000", "Gent")),
        ("Kerkstraat 12, Gent 9000", _value("Kerkstraat 12", "", "9000", "Gent")),
        ("9000 Gent, Kerkstraat 12", _value("Kerkstraat 12", "", "9000", "Gent")),
        ("Kerkstraat 12, 9000", _value("Kerkstraat 12", "", "9000")),
        ("Kerkstraat 12, 9040 Sint-Amandsberg", _value("Kerkstraat 12", "", "9040", "Sint-Amandsberg")),
        ("Kerkstraat 12 B-9000 Gent", _value("Kerkstraat 12", "", "9000", "Gent", "B")),
        ("Kerkstraat 12A, B-9000 Gent, België", _value("Kerkstraat 12A", "", "9000", "Gent", "België")),
        ("Rue Haute 5, BE-1000 Bruxelles Belgique", _value("Rue Haute 5", "", "1000", "Bruxelles", "Belgique")),
        ("Kerkstraat 12, 9050 Gent (Ledeberg)", _value("Kerkstraat 12", "", "9050", "Gent (Ledeberg)")),
        ("Kerkstraat 12 (9050 Gent (Ledeberg))", _value("Kerkstraat 12", "", "9050", "Gent (Ledeberg)")),
        ("9050 Gent (Ledeberg)", _value("", "", "9050", "Gent (Ledeberg)")),
        ("Kerkstraat 12, 9000 Gent (België)", _value("Kerkstraat 12", "", "9000", "Gent", "België")),
        ("Kerkstraat 12\r\n9000 Gent\r\n", _value("Kerkstraat 12", "", "9000", "Gent")),
        ("Kerkstraat 12\nbus 3\n9000 Gent\nBelgië", _value("Kerkstraat 12", "bus 3", "9000", "Gent", "België")),
        ("Chaussée de Wavre 1015, 1160 Auderghem", _value("Chaussée de Wavre 1015", "", "1160", "Auderghem")),
        ("1015 chaussée de Wavre, 1160 Auderghem", _value("chaussée de Wavre 1015", "", "1160", "Auderghem")),
        ("Grote Markt 9000 Gent", _value("Grote Markt", "", "9000", "Gent")),
        ("Grote Markt, 9000 Gent", _value("Grote Markt", "", "9000", "Gent")),
        ("9000 Gent", _value("", "", "9000", "Gent")),
        ("Kerkstraat 1000", _value("Kerkstraat 1000")),
        ("Damrak 1, 1012 AB Amsterdam", _value("Damrak 1", "", "1012 AB", "Amsterdam")),
        ("Rue Nationale 12, 59000 Lille", _value("Rue Nationale 12", "", "59000", "Lille")),
        ("Grand-Rue 5, L-1661 Luxembourg", _value("Grand-Rue 5", "", "L-1661", "Luxembourg")),
    ],
)
def test_an_address_is_parted(text: str, value: dict[str, str]) -> None:
    record = address_of(text)
    assert record.values["homeAddress"] == value
    assert codes(record) == set()


@pytest.mark.parametrize(
    "text",
    [
        "Kerkstraat",
        "Rue du 8 Mai 1945",
        "Brusselsesteenweg 1000 Gent",
        "Kerkstraat 12 Gent",
        "9000 Gent Kerkstraat 12",
        "Kerkstraat 12, 9999 Nergens",
        "Residentie Zon, Kerkstraat 12, 9000 Gent",
        "Kerkstraat 12, 9000 Gent, 1000 Brussel",
        "Kerkstraat 12, B-9000 Gent, Nederland",
        "12, rue Haute 5",
        "12 bus 3, Kerkstraat bus 4",
        "op reis",
        "x" * 300,
    ],
)
def test_an_address_that_is_not_sure_is_whole_in_the_street(text: str) -> None:
    record = address_of(text)
    assert record.values["homeAddress"] == {"addressStreet1": text}
    assert codes(record) == {"ADDRESS-NOT-SPLIT"}


def test_lines_of_an_address_that_is_not_sure_become_one() -> None:
    record = address_of("Residentie Zon\nverdieping 2\n\n9000 Gent")
    assert record.values["homeAddress"] == {"addressStreet1": "Residentie Zon, verdieping 2, 9000 Gent"}


def test_a_country_goes_by_the_pick_list() -> None:
    assert (
        address_of("Kerkstraat 12, B-9000 Gent", values="country").values["homeAddress"]["addressCountry"] == "Belgium"
    )


def test_a_word_for_nothing_known_is_no_address() -> None:
    record = address_of("nvt")
    assert "homeAddress" not in record.values
    assert record.values["importRemarks"] == "Cel: nvt"


@given(cells(ADDRESSES))
def test_no_word_of_an_address_is_lost_and_it_is_parted_the_same_way_again(text: str) -> None:
    record = address_of(text)
    assert words_of(text) - LABELS <= held_by(record, "homeAddress")
    assert address_of(text) == record


# --- both ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("split", "text"),
    [
        (lambda text: full_names.split(text, "last-first"), "Dhr. Van den Broeck{} Jan Piet"),
        (address_lines.split, "Steenweg op Gent {} bus 3, 9000 Gent"),
    ],
)
def test_ten_thousand_cells_are_parted_quickly(split: Callable[[str], object], text: str) -> None:
    begin = time.process_time()
    for number in range(10_000):
        split(text.format(number))
    assert time.process_time() - begin < 1.5  # it takes a third of that


@pytest.mark.parametrize(
    "text", ["1 " * 99, "a" * 200, "a " * 100, "12/" * 60, "b1" * 100, " -" * 100 + "9", "M. " * 60]
)
def test_no_cell_takes_long(text: str) -> None:
    begin = time.process_time()
    address_lines.split(text)
    full_names.split(text * 20, "last-first")
    assert time.process_time() - begin < 0.5
