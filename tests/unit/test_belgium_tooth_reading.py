"""What one cell of teeth means in its notation, what a column tells of the notation, and surfaces."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridgework.belgium import surfaces, teeth
from bridgework.belgium.teeth import Notation
from bridgework.belgium.tooth_columns import Column, Evidence

TOOTH = st.sampled_from(sorted(teeth.FDI))
SHARED = st.sampled_from(sorted(teeth.SHARED))
NOTATIONS: list[Notation] = ["FDI", "UNIVERSAL", "PALMER", "MIXED", "UNKNOWN"]


def test_the_table_of_both_notations_is_complete_and_has_no_tooth_in_common() -> None:
    assert set(teeth.TO_UNIVERSAL) == teeth.FDI
    assert set(teeth.FROM_UNIVERSAL) == teeth.UNIVERSAL
    assert all(fdi != universal for fdi, universal in teeth.TO_UNIVERSAL.items())
    given_examples = {"18": "1", "28": "16", "38": "17", "48": "32", "11": "8", "23": "11", "36": "19", "46": "30"}
    milk = {"55": "A", "51": "E", "61": "F", "65": "J", "75": "K", "71": "O", "81": "P", "85": "T"}
    for fdi, universal in (given_examples | milk).items():
        assert teeth.TO_UNIVERSAL[fdi] == universal


@given(TOOTH)
def test_a_tooth_is_the_same_in_every_notation(tooth: str) -> None:
    assert teeth.read(tooth).teeth == (tooth,)
    assert teeth.read(teeth.TO_UNIVERSAL[tooth], "UNIVERSAL").teeth == (tooth,)
    quadrant, number = int(tooth[0]), int(tooth[1])
    sign = str(number) if quadrant < 5 else "ABCDE"[number - 1]
    for sides in (("UR", "UL", "LL", "LR"), ("RB", "LB", "LO", "RO"), ("HD", "HG", "BG", "BD")):
        assert teeth.read(f"{sides[(quadrant - 1) % 4]}{sign}", "PALMER").teeth == (tooth,)


@given(
    TOOTH,
    st.sampled_from(["{}", " {} ", "{0[0]}.{0[1]}", "d{}", "D{}", "#{}", "tand {}", "{} MOD", "{}mod", "{} (DO)"]),
)
def test_the_way_of_writing_does_not_change_the_tooth(tooth: str, way: str) -> None:
    assert teeth.read(way.format(tooth)) == teeth.read(tooth)


@given(st.lists(TOOTH, min_size=1, unique=True), st.sampled_from([",", ", ", ";", "+", " en ", "/", " & ", " "]))
def test_a_list_is_its_teeth_in_order(several: list[str], between: str) -> None:
    assert teeth.read(between.join(several)).teeth == tuple(several)


@given(TOOTH, TOOTH)
def test_a_range_runs_along_the_row_from_one_end_to_the_other(first: str, last: str) -> None:
    found = teeth.read(f"{first}-{last}").teeth
    back = teeth.read(f"{last}-{first}").teeth

    assert (found[0], found[-1]) == (first, last)
    assert found == back[::-1]
    assert teeth.read(",".join(found)).teeth == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("13-23", ("13", "12", "11", "21", "22", "23")),
        ("13 - 23", ("13", "12", "11", "21", "22", "23")),
        ("13 tot 23", ("13", "12", "11", "21", "22", "23")),
        ("43→33", ("43", "42", "41", "31", "32", "33")),
        ("53-63", ("53", "52", "51", "61", "62", "63")),
        ("1-6", ("16",)),
        ("16-46", ("16", "46")),
        ("d16 MOD + d17 O", ("16", "17")),
        ("16, 17 en 26", ("16", "17", "26")),
        ("extr 36", ("36",)),
    ],
)
def test_teeth_of_cells_in_fdi(text: str, found: tuple[str, ...]) -> None:
    assert teeth.read(text).teeth == found


@pytest.mark.parametrize(
    ("text", "verdict", "areas"),
    [
        ("Q1", "AREA", ("Q1",)),
        ("kw 3", "AREA", ("Q3",)),
        ("kwadrant 2", "AREA", ("Q2",)),
        ("10", "AREA", ("Q1",)),
        ("S4", "AREA", ("S4",)),
        ("sextant 6", "AREA", ("S6",)),
        ("BK", "AREA", ("UPPER",)),
        ("OK", "AREA", ("LOWER",)),
        ("BK+OK", "AREA", ("UPPER", "LOWER")),
        ("maxillaire supérieur", "AREA", ("UPPER",)),
        ("01", "AREA", ("UPPER",)),
        ("00", "AREA", ("MOUTH",)),
        ("36 OK", "PARTLY", ()),
        ("36 onderkaak", "TEETH", ("LOWER",)),
        ("?", "NOT_READ", ()),
        ("90", "NOT_READ", ()),
        ("", "EMPTY", ()),
    ],
)
def test_areas_of_the_mouth(text: str, verdict: str, areas: tuple[str, ...]) -> None:
    found = teeth.read(text)

    assert (found.verdict, found.areas) == (verdict, areas)


def test_a_range_that_may_be_a_list_and_extra_teeth_are_said() -> None:
    assert teeth.read("16-18").doubts == ("RANGE",)
    assert teeth.read("16-17").doubts == ()
    assert teeth.read("13-23").doubts == ()
    assert (teeth.read("19").supernumerary, teeth.read("19").teeth) == (("19",), ())
    assert teeth.read("16S").supernumerary == ("16S",)
    assert teeth.read("3S", "UNIVERSAL").supernumerary == ("16S",)


@pytest.mark.parametrize(
    ("text", "notation", "found"),
    [
        ("6-11", "UNIVERSAL", ("13", "12", "11", "21", "22", "23")),
        ("A-J", "UNIVERSAL", ("55", "54", "53", "52", "51", "61", "62", "63", "64", "65")),
        ("3 MOD", "UNIVERSAL", ("16",)),
        ("10", "UNIVERSAL", ("22",)),
        ("6┘", "PALMER", ("16",)),
        ("└6", "PALMER", ("26",)),
        ("┌6", "PALMER", ("36",)),
        ("6┐", "PALMER", ("46",)),
        ("E┘", "PALMER", ("55",)),
        ("6|", "PALMER", ()),  # the side, but not the jaw
        ("6+", "PALMER", ("16",)),
        ("+6", "PALMER", ("26",)),
        ("-6", "PALMER", ("36",)),
        ("6-", "PALMER", ("46",)),
        ("05+", "PALMER", ("55",)),
        ("RB6/LO4", "PALMER", ("16", "34")),
        ("HD6, BG4", "PALMER", ("16", "34")),
        ("16", "MIXED", ()),
        ("16", "UNKNOWN", ()),
    ],
)
def test_teeth_of_cells_in_other_notations(text: str, notation: Notation, found: tuple[str, ...]) -> None:
    assert teeth.read(text, notation).teeth == found


@given(st.text() | st.text("0123456789-+,.ABMODQS ┘|"), st.sampled_from(NOTATIONS))
def test_no_text_raises_and_only_teeth_come_out(text: str, notation: Notation) -> None:
    found = teeth.read(text, notation)

    assert set(found.teeth) <= teeth.FDI
    assert (found.verdict == "EMPTY") == (not text.strip())
    assert found.verdict != "TEETH" or found.teeth or found.supernumerary


# --- columns ---------------------------------------------------------------------------------------------------------


def test_a_list_with_a_plus_is_no_haderup() -> None:
    assert teeth.notation_of(["46+47"]) == "FDI"
    assert teeth.notation_of(["6+"]) == "PALMER"


@given(st.lists(SHARED))
def test_shared_values_are_no_evidence(cells: list[str]) -> None:
    evidence = Evidence()
    for cell in cells:
        evidence.add(cell)

    assert (evidence.notation, evidence.telling, evidence.cells) == ("UNKNOWN", 0, len(cells))


@given(st.integers(19, 200))
def test_a_few_odd_cells_do_not_change_the_notation(count: int) -> None:
    evidence = Evidence()
    evidence.add("36", count=count)
    evidence.add("3")

    half = Evidence()
    half.add("36", count=count)
    half.add("3", count=count)

    assert (evidence.notation, half.notation) == ("FDI", "MIXED")


def test_small_numbers_beside_a_quadrant_are_palmers() -> None:
    with_quadrant, without = Evidence(), Evidence()
    for number in "123456":
        with_quadrant.add(number, "Q1")
        without.add(number)

    assert (with_quadrant.notation, without.notation) == ("PALMER", "UNIVERSAL")


def test_a_mixed_column_is_split_where_its_parts_are_not_mixed() -> None:
    column = Column()
    for cell, provider in [("36", "1"), ("46", "1"), ("3", "2"), ("30", "2"), ("16", "3")]:
        column.add(cell, provider)

    assert column.whole.notation == "MIXED"
    assert column.split() == {"1": "FDI", "2": "UNIVERSAL", "3": "UNKNOWN"}
    column.add("3", "1")
    assert column.split() is None


def test_a_column_of_one_notation_is_not_split() -> None:
    column = Column()
    column.add("36", 2019)
    column.add("46", 2020)

    assert column.split() is None


# --- surfaces --------------------------------------------------------------------------------------------------------


@given(st.lists(st.sampled_from("MODIVBLPC"), min_size=1), st.sampled_from(["", " ", "-", ",", "/"]))
def test_canonical_surfaces_are_canonical(letters: list[str], between: str) -> None:
    found = surfaces.read(between.join(letters))

    assert found.verdict == "SURFACES"
    assert surfaces.read(found.surfaces) == found
    assert surfaces.read(found.surfaces.lower()[::-1]) == found


@pytest.mark.parametrize(
    ("text", "tooth", "found", "count", "doubts"),
    [
        ("DOM", "16", "MOD", 3, ()),
        ("mesiaal, occlusaal", "16", "MO", 2, ()),
        ("occlusal + palatin", "26", "OP", 2, ()),
        ("B", "36", "V", 1, ()),
        ("F", "36", "V", 1, ()),
        ("BV", "36", "V", 1, ()),
        ("VC", "36", "VC", 1, ()),
        ("C", "36", "C", 1, ()),
        ("L", "36", "L", 1, ()),
        ("L", "26", "L", 1, ("L_IN_UPPER_JAW",)),
        ("P", "36", "P", 1, ("P_IN_LOWER_JAW",)),
        ("MOD", "11", "MOD", 3, ("O_OF_FRONT_TOOTH",)),
        ("MI", "36", "MI", 2, ("I_OF_BACK_TOOTH",)),
        ("L", "", "L", 1, ()),
    ],
)
def test_surfaces_and_what_a_tooth_cannot_have(
    text: str, tooth: str, found: str, count: int, doubts: tuple[str, ...]
) -> None:
    reading = surfaces.read(text, tooth)

    assert (reading.verdict, reading.surfaces, reading.count, reading.doubts) == ("SURFACES", found, count, doubts)


@given(st.text(), st.text(max_size=3))
def test_no_text_of_surfaces_raises(text: str, tooth: str) -> None:
    assert surfaces.read(text, tooth).verdict in {"EMPTY", "SURFACES", "NOT_SURFACES"}
