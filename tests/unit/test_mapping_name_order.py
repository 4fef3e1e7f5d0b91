"""Which of two names is the first name: told by the header and the cells of the column, and never assumed unsaid."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridgework.mapping import full_names, name_order
from bridgework.mapping.document import Line
from bridgework.mapping.preview import preview
from bridgework.mapping.propose import ProfiledColumn, ProfiledFile, propose
from bridgework.mapping.proposer.looks import people
from bridgework.mapping.records import Mapper
from bridgework.mapping.rules import rule
from tests.unit.mapping_lines import build_line
from tests.unit.mapping_samples import Row, context


def name_of(text: str, **settings: object) -> tuple[str, str, set[str]]:
    record = build_line("person.name", "name-split", text, **settings)
    name = record.values["name"]
    return name["firstName"], name["lastName"], {one.code for one in record.findings}


def proposed(header: str, cells: list[str]) -> Line:
    numbers = tuple(str(number) for number in range(1, len(cells) + 1))
    columns = [ProfiledColumn("Patiëntnr", cells=numbers), ProfiledColumn(header, cells=cells)]
    line = propose([ProfiledFile("p.csv", "patient", columns)]).sources["patient"].lines[1]
    assert line.transform == "name-split"
    return line


# --- the order of a column -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "order"),
    [
        *[("Vor- und Nachname", "first-last"), ("Voornaam en naam", "first-last"), ("Prénom et nom", "first-last")],
        *[("Voor- en achternaam", "first-last"), ("VoornaamNaam", "first-last"), ("Given name, surname", "first-last")],
        *[("First name and name", "first-last"), ("First and last name", "first-last"), ("Vorname Name", "first-last")],
        *[
            ("Naam en voornaam", "last-first"),
            ("Nom de famille et prénom", "last-first"),
            ("Name, Vorname", "last-first"),
        ],
        *[
            ("PAT_NAAM_VOORNAAM", "last-first"),
            ("Last name, first name", "last-first"),
            ("Naam + voornaam", "last-first"),
        ],
        *[
            ("Naam", None),
            ("Name", None),
            ("Full name", None),
            ("Voornaam", None),
            ("First name", None),
            ("Patiënt", None),
        ],
    ],
)
def test_a_header_that_names_both_tells_the_order(header: str, order: str | None) -> None:
    assert name_order.by_header(header) == order


@pytest.mark.parametrize(
    ("header", "cells", "names"),
    [
        ("Vor- und Nachname", ["Lotfi Vanhoof", "Ann-So Wuyts", "Kwinten Tack"], "first-last"),
        ("Prénom et nom", ["Emma Peeters", "Lucie Dubois", "Noah Maes"], "first-last"),
        ("Naam", ["Emma Peeters", "Jef Vanhoof", "An Van den Broeck", "X Y"], "first-last"),
        ("Naam", ["Ann-So WUYTS", "Kwinten TACK"], "first-last"),
        ("Naam", ["WUYTS Ann-So", "Tack K."], "last-first"),
        ("Naam", ["Peeters Emma"], "last-first"),
        # The cells go before the header where enough of them tell; a few do not.
        ("Naam en voornaam", ["Emma Peeters", "Lucie Dubois", "Olivia Maes"], "first-last"),
        ("Naam en voornaam", ["Emma Peeters", "Tack Kwinten"], "last-first"),
        # Nothing tells, or not with one voice.
        ("Naam", ["Wuyts Kwinten", "Tack Lotfi"], None),
        ("Naam", ["Emma Peeters", "Dubois Lucie", "Maes Olivia", "Noah Claes"], None),
        ("Naam en voornaam", ["Emma Peeters", "Dubois Lucie", "Maes Olivia", "Noah Claes"], None),
        # Names with commas say each for itself; of those without, nobody knows.
        ("Naam en voornaam", ["Peeters, Emma", "Dubois, Lucie", "Maes, Olivia", "Kwinten Tack"], None),
    ],
)
def test_the_order_is_told_by_the_header_and_by_the_cells(header: str, cells: list[str], names: str | None) -> None:
    line = proposed(header, cells)
    assert line.with_.get("names") == names
    assert any("name first" in one for one in line.reasons) == (names is not None)


def test_cells_that_contradict_their_header_are_said_among_the_reasons() -> None:
    line = proposed("Naam en voornaam", ["Emma Peeters", "Lucie Dubois", "Olivia Maes"])
    assert line.reasons[-1] == "its cells have the first name first, though its header names the last name first"


def test_a_name_that_only_a_custom_parted_is_a_doubt_that_a_preview_counts() -> None:
    cells = ["Wuyts Kwinten", "Tack Lotfi", "Emma Peeters", "An Van den Broeck"]
    document = propose(
        [ProfiledFile("p.csv", "patient", [ProfiledColumn("Patiëntnr"), ProfiledColumn("Volledige naam")])]
    )
    line = document.sources["patient"].lines[1]
    rows = [
        Row("patient", at, str(at), {"Patiëntnr": str(at), "Volledige naam": cell}) for at, cell in enumerate(cells, 1)
    ]
    found = preview(Mapper(document, context()), "patient", line, rows, show=str)
    assert (found.failing, found.codes) == (2, {"NAME-SPLIT-ASSUMED": 2})
    assert rule(line, document).endswith("last name is assumed to stand first, and reported")


# --- one cell --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "names", "first", "last", "codes"),
    [
        ("Emma Peeters", None, "Emma", "Peeters", ""),
        ("Peeters Emma", None, "Emma", "Peeters", ""),
        ("An Van den Broeck", None, "An", "Van den Broeck", ""),
        ("Jan Delhaye-Dupont", None, "Jan", "Delhaye-Dupont", ""),
        # One known name tells which way, but not for sure; two common last or first names tell nothing.
        ("Emma Vanhoof", None, "Emma", "Vanhoof", "NAME-SPLIT-ASSUMED"),
        ("Vanhoof Emma", None, "Emma", "Vanhoof", "NAME-SPLIT-ASSUMED"),
        ("Martin Simon", None, "Simon", "Martin", "NAME-SPLIT-ASSUMED"),
        ("Wuyts Kwinten", None, "Kwinten", "Wuyts", "NAME-SPLIT-ASSUMED"),
        # In a column whose order is known, two known names the other way round are parted as they tell, and said.
        ("Emma Peeters", "last-first", "Emma", "Peeters", "NAME-SPLIT-ASSUMED"),
        ("Peeters Emma", "first-last", "Emma", "Peeters", "NAME-SPLIT-ASSUMED"),
        ("Emma Vanhoof", "last-first", "Vanhoof", "Emma", "NAME-SPLIT-ASSUMED"),
        ("Wuyts Kwinten", "last-first", "Kwinten", "Wuyts", ""),
        ("Martin Simon", "first-last", "Martin", "Simon", ""),
        ("Emma Sofie Peeters", None, "Emma Sofie", "Peeters", "NAME-SPLIT-ASSUMED"),
    ],
)
def test_known_names_tell_which_is_which(text: str, names: str | None, first: str, last: str, codes: str) -> None:
    settings = {"names": names} if names else {}
    assert name_of(text, **settings) == (first, last, set(codes.split()))


@pytest.mark.parametrize("stub", ["Baby", "baby", "Kind", "Kindje", "Enfant", "Bébé"])
@pytest.mark.parametrize("names", ["last-first", "first-last", None])
def test_a_child_without_a_name_yet_has_the_last_name_of_its_family(stub: str, names: str | None) -> None:
    settings = {"names": names} if names else {}
    assert name_of(f"{stub} Vanhoof", **settings) == (stub, "Vanhoof", {"NAME-STUB"})
    assert name_of(f"Vanhoof {stub}", **settings) == (stub, "Vanhoof", {"NAME-STUB"})
    assert name_of(f"{stub} Van den Broeck", **settings) == (stub, "Van den Broeck", {"NAME-STUB"})


@pytest.mark.parametrize("title", ["Vve", "Vve.", "Veuve", "Wed.", "Wed", "Wwe", "Weduwe", "Mevr. Wed.", "Witwe"])
def test_a_widows_title_is_no_name(title: str) -> None:
    assert name_of(f"{title} Dupont") == ("", "Dupont", {"NAME-TITLE", "NAME-NOT-SPLIT"})
    assert name_of(f"{title} Peeters Emma") == ("Emma", "Peeters", {"NAME-TITLE"})
    record = build_line("person.name", "name-split", f"{title} Dupont")
    assert record.values["importRemarks"] == f"Cel: {title} Dupont"


def test_of_whom_somebody_is_the_widow_stays_in_the_name() -> None:
    assert name_of("Dubois veuve Vanhoof Emma", names="last-first") == ("Emma", "Dubois veuve Vanhoof", set())
    assert name_of("Dubois, veuve Vanhoof")[:2] == ("veuve Vanhoof", "Dubois")


FIRST = sorted(one for one in people()["first"] if full_names._known_as(one) == 1)
LAST = sorted(one for one in people()["last"] if full_names._known_as(one) == -1)


@given(st.sampled_from(FIRST), st.sampled_from(LAST), st.sampled_from(["last-first", "first-last", None]))
def test_two_known_names_are_parted_alike_in_either_order_whatever_the_column_says(
    first: str, last: str, names: full_names.Order | None
) -> None:
    for text, order in ((f"{first} {last}", "first-last"), (f"{last} {first}", "last-first")):
        found = full_names.split(text, names)
        assert (found.first, found.last) == (first, last)
        assert full_names.order_told(text) == order
        assert bool(found.codes) == (names not in {None, order})
