"""What a column means is proposed from its header, its cells, what stands beside it, and other files."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridgework.belgium import insz, nomenclature, riziv
from bridgework.mapping.proposer import evidence, looks, meaning
from bridgework.mapping.proposer.assignment import assign
from bridgework.mapping.proposer.columns import Proposal, propose_columns
from bridgework.mapping.proposer.evidence import Column
from bridgework.mapping.proposer.glossary import parts_of, pieces
from bridgework.mapping.proposer.links import among, linked

NATIONAL = ["85.07.30-033.28", "73031805784", "17073003384"]
CODES = [nomenclature.compose(f"3{stem}") for stem in range(1015, 1099, 2)]
PROVIDERS = [riziv.compose(f"3{number:05}", "001") for number in range(12000, 12030)]


def taken_for(*headers: str, object_: str = "patient") -> list[str | None]:
    return [one.concept for one in propose_columns(object_, [Column(header) for header in headers])]


def proposed(header: str, cells: list[str], object_: str) -> Proposal:
    return propose_columns(object_, [Column(header, cells)])[0]


@pytest.mark.parametrize(
    ("header", "concept"),
    [
        ("Gebdat", "patient.birth_date"),
        ("PAT_GEBDAT", "patient.birth_date"),
        ("dtmGeboorte", "patient.birth_date"),
        ("Gebboortedatum", "patient.birth_date"),
        ("GEBOORTEDA", "patient.birth_date"),
        ("DATE DE NAISSANCE", "patient.birth_date"),
        ("Geburtsdatum", "patient.birth_date"),
        ("RRN", "patient.insz"),
        ("N° affiliation", "patient.membership_number"),
        ("aansl.nr", "patient.membership_number"),
        ("Voornaam / Prénom", "patient.first_name"),
        ("LName", "patient.last_name"),
    ],
)
def test_a_header_is_read_whatever_its_language_case_and_abbreviation(header: str, concept: str) -> None:
    assert taken_for(header) == [concept]


def test_words_are_taken_apart() -> None:
    assert parts_of("aansluitingsnummer") == ("aansluiting", "nummer")
    assert pieces("T_PATIENT.C_NOM") == ["patient", "c", "nom"]
    assert pieces("strVoornaam") == ["voornaam"]


def test_a_number_means_what_stands_before_it() -> None:
    assert taken_for("Nr", "Naam", "Voornaam", "Straat", "Nr.", "Bus")[3:] == [
        "patient.street",
        "patient.house_number",
        "patient.box",
    ]


def test_a_name_beside_a_first_name_is_the_last_name_and_alone_a_whole_one() -> None:
    assert taken_for("Patiëntnr", "Naam", "Voornaam")[1] == "patient.last_name"
    whole = ["Peeters An", "De Smet Jan", "Van den Broeck Els", "Maes Piet"] * 5
    assert proposed("Naam", whole, "referrer").concept == "referrer.full_name"


def test_riziv_is_told_by_its_cells() -> None:
    assert proposed("RIZIV", PROVIDERS, "provider").concept == "provider.riziv"
    assert proposed("RIZIV", CODES, "treatment").concept == "treatment.code"


def test_cells_alone_tell_a_national_number_and_against_a_header_they_take_the_certainty() -> None:
    assert proposed("", NATIONAL, "patient").concept == "patient.insz"
    assert proposed("Rijksregisternr", NATIONAL, "patient").sure
    assert not proposed("Rijksregisternr", ["12/05/2020", "01/02/2021", "03/03/2019"], "patient").sure


def test_a_column_whose_cells_are_keys_of_another_file_links_to_it() -> None:
    keys = {"patient": {str(number) for number in range(500, 600)}, "provider": {"JM", "AV", "PD"}}
    cells = [str(500 + number % 90) for number in range(200)]
    links = linked(cells, among(keys))
    assert links == {"patient": 1.0}
    columns = [Column("", [str(9000 + number) for number in range(200)]), Column("", cells, links)]
    assert propose_columns("treatment", columns)[1].concept == "treatment.patient_number"


def test_a_column_that_means_nothing_known_gets_no_certain_concept() -> None:
    strange = propose_columns(
        "patient", [Column("Patiëntnr"), Column("Naam"), Column("Xyzzy kwik"), Column("Vrij veld 1")]
    )
    assert not any(one.sure for one in strange[2:])


def test_each_concept_goes_to_one_column() -> None:
    found = [one for one in taken_for("GSM", "GSM 2", "Mobiel", "Tel", "Telefoon", "Naam", "Familienaam") if one]
    assert len(found) == len(set(found))


def test_reasons_are_words_and_hold_no_cell() -> None:
    cells = ["Zonderling-van-Plantveld", "Wonderbaar", "Twijfelaar"]
    one = proposed("Achternaam", cells, "patient")
    assert one.reasons
    assert not any(cell in text for cell in cells for text in one.reasons)
    assert not any(cell in repr(one) for cell in cells)


@settings(max_examples=80)
@given(st.lists(st.text(max_size=40), min_size=1, max_size=8), st.sampled_from(sorted(looks.TESTS)), st.data())
def test_any_header_and_any_cell_can_be_looked_at(headers: list[str], test: str, data: st.DataObject) -> None:
    cells = data.draw(st.lists(st.text(max_size=30), max_size=10))
    found = propose_columns("patient", [Column(header, cells) for header in headers])
    assert len(found) == len(headers)
    assert all(0 <= one.confidence <= 1 for one in found)
    assert all(0 <= share <= 1 for share in looks.look(cells).shares.values())
    assert test in looks.TESTS


@given(
    st.integers(1, 4).flatmap(
        lambda wide: st.lists(
            st.lists(st.floats(-1, 1, allow_subnormal=False), min_size=wide, max_size=wide), min_size=1, max_size=4
        )
    )
)
def test_the_assignment_is_the_best_there_is(scores: list[list[float]]) -> None:
    found = assign(scores)
    columns = [one for one in found if one is not None]
    assert len(columns) == len(set(columns))
    value = sum(scores[row][one] for row, one in enumerate(found) if one is not None)
    places = [*range(len(scores[0])), *[None] * len(scores)]
    best = max(
        sum(scores[row][one] for row, one in enumerate(way) if one is not None)
        for way in itertools.permutations(places, len(scores))
    )
    assert value == pytest.approx(max(best, 0.0), abs=1e-9)


def test_the_embedding_is_asked_about_unclear_headers_only_and_for_no_cell(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def nearness(header: str, concepts: list[object]) -> list[float]:
        asked.append(header)
        return [1.0 if getattr(one, "concept", "") == "patient.medication" else 0.0 for one in concepts]

    monkeypatch.setattr("bridgework.mapping.proposer.columns.nearness", nearness)
    columns = [Column("Voornaam", ["An", "Jan"]), Column("Slikt dagelijks", ["geheim middel"])]
    propose_columns("patient", columns, embed=True)
    assert asked == ["Slikt dagelijks"]
    propose_columns("patient", columns)
    assert asked == ["Slikt dagelijks"]


def test_everything_works_where_the_embedding_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(meaning, "_model", lambda: None)
    assert not meaning.is_there()


def test_every_validator_of_the_vocabulary_is_one_that_is_tested() -> None:
    known = {*looks.TESTS, "key", "link", "choice"}
    used = {
        line.validator.partition(" ")[0]
        for name in ("patient", "treatment", "invoice", "document")
        for line in evidence.subject(name).lines
    }
    assert used <= known
    assert insz.read(NATIONAL[0]).number is not None
