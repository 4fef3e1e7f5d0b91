"""What speaks for a column being a concept: abbreviations, tables' names, denials, links, and what cells speak of."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridgework.belgium import riziv
from bridgework.mapping.catalogue import builtin
from bridgework.mapping.propose import ProfiledColumn, ProfiledFile, propose
from bridgework.mapping.proposer import contents, evidence
from bridgework.mapping.proposer.columns import OPPOSITE, Proposal, propose_columns
from bridgework.mapping.proposer.evidence import Column
from bridgework.mapping.proposer.glossary import denies, meanings, skeleton, sound
from bridgework.mapping.proposer.links import among, linked
from bridgework.mapping.proposer.names import without_table
from bridgework.mapping.recognise import recognise

YES_NO = ["J", "N", "J", "J"] * 10


def proposed(header: str, cells: list[str], object_: str = "patient") -> Proposal:
    return propose_columns(object_, [Column(header, cells)])[0]


@pytest.mark.parametrize(
    ("written", "meaning"),
    [("btld", "paid"), ("bzk", "visit"), ("medikatie", "medication"), ("alergie", "allergy"), ("gebboorte", "birth")],
)
def test_a_word_without_its_vowels_or_spelled_by_ear_is_read(written: str, meaning: str) -> None:
    assert meaning in meanings(written)


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=20))
def test_what_a_word_sounds_like_and_its_skeleton_stay_the_same(word: str) -> None:
    assert skeleton(skeleton(word)) == skeleton(word)
    assert skeleton(word)[0] == word[0]
    assert sound(word) or not word


def test_the_name_of_the_table_before_most_columns_is_left_away() -> None:
    headers = ["INL_NR", "INL_QTY", "INL_TOT_AMT", "INL_LIB", "PRV_ID"]
    assert without_table(headers) == ["NR", "QTY", "TOT_AMT", "LIB", "PRV_ID"]
    assert (
        without_table(["Naam", "Voornaam", "Datum eerste bezoek", "Datum laatste bezoek"])[2] == "Datum eerste bezoek"
    )
    assert without_table([]) == []


@given(st.lists(st.text(max_size=12), max_size=8))
def test_no_header_is_lost_where_a_table_s_name_is_left_away(headers: list[str]) -> None:
    short = without_table(headers)
    assert len(short) == len(headers)
    assert all(one for one, header in zip(short, headers, strict=True) if header)


@pytest.mark.parametrize(
    ("header", "concept"),
    [
        ("Inactief", "patient.active"),
        ("Niet actief", "patient.active"),
        ("IsInactive", "patient.active"),
        ("No SMS", "patient.sms_consent"),
        ("SMS opt-out", "patient.sms_consent"),
        ("Geen derdebetaler", "patient.third_party"),
        ("Rappel SMS refusé", "patient.sms_consent"),
    ],
)
def test_a_header_that_denies_is_never_sure_and_says_so(header: str, concept: str) -> None:
    one = proposed(header, YES_NO)
    assert (one.concept, one.opposite, one.sure) == (concept, True, False)
    assert one.reasons[0] == OPPOSITE


@pytest.mark.parametrize("header", ["Actief", "SMS", "Derdebetaler", "Overleden"])
def test_a_header_that_affirms_is_no_opposite(header: str) -> None:
    assert not proposed(header, YES_NO).opposite


def test_no_is_a_number_unless_it_stands_before_a_word() -> None:
    assert denies("No SMS")
    assert not denies("Patient No")
    assert not denies("No")


def test_yes_and_no_change_places_on_the_line_of_a_header_that_denies() -> None:
    columns = [ProfiledColumn("Patiëntnr", cells=tuple(map(str, range(40))))]
    line = {
        header: propose([ProfiledFile("p.csv", "patient", [*columns, ProfiledColumn(header, cells=tuple(YES_NO))])])
        .sources["patient"]
        .lines[1]
        for header in ("Actief", "Inactief")
    }
    assert "J" not in str(line["Actief"].with_.get("no", ""))
    assert "j" in line["Inactief"].with_["no"]
    assert "n" in line["Inactief"].with_["yes"]


def test_an_interval_of_months_is_no_patient_though_there_are_such_numbers() -> None:
    keys = among({"patient": {str(number) for number in range(1, 400)}})
    months = [("3", "6", "12")[number % 3] for number in range(200)]
    heads = [str(1 + number * 7 % 390) for number in range(200)]
    assert linked(months, keys)["patient"] < 0.5
    assert linked(heads, keys)["patient"] == 1.0


def test_the_numbers_of_the_records_themselves_are_no_link_to_their_own_kind() -> None:
    cells = [str(number) for number in range(1, 200)]
    column = Column("", cells, linked(cells, among({"patient": set(cells)})))
    assert propose_columns("patient", [column])[0].concept == "patient.number"


@pytest.mark.parametrize(
    ("cells", "subject"),
    [
        (["Marcoumar", "Dafalgan codeïne 3x/d", "amoxicilline"], "medication"),
        (["allergique à la pénicilline", "latex"], "allergies"),
        (["bediende", "leerkracht", "ouvrier"], "profession"),
        (["hypertensie", "diabète type 2"], "conditions"),
        (["composiet", "Filtek A3"], "material"),
    ],
)
def test_cells_speak_of_a_subject_in_any_language(cells: list[str], subject: str) -> None:
    found = contents.subjects(cells)
    assert found[subject] == max(found.values()) == 1.0


def test_columns_of_words_are_told_apart_by_what_they_speak_of() -> None:
    medicines = ["Marcoumar", "aspirine", "Dafalgan", "amoxicilline", "metformine", "Xarelto"] * 8
    professions = ["bediende", "leerkracht", "zelfstandige", "verpleegkundige", "arbeider", "student"] * 8
    assert proposed("", medicines).concept == "patient.medication"
    assert proposed("", professions).concept == "patient.profession"


def test_every_subject_names_concepts_of_the_vocabulary_and_no_concept_has_two() -> None:
    known = {line.concept for kind in builtin().sources.values() for line in kind.lines}
    said = [concept for one in contents.content().values() for concept in one["concepts"]]
    assert set(said) <= known
    assert len(said) == len(set(said))


@given(st.text(max_size=40))
def test_any_cell_speaks_of_something_or_of_nothing(cell: str) -> None:
    assert set(contents.subjects([cell]).values()) <= {1.0}


def test_a_dentist_and_a_hygienist_are_told_apart_by_the_first_digit() -> None:
    dentists = [riziv.compose(f"3{number:05}", "001") for number in range(12000, 12030)]
    hygienists = [riziv.compose(f"5{number:05}", "001") for number in range(12000, 12030)]
    assert proposed("", dentists, "treatment").concept == "treatment.provider_riziv"
    assert proposed("", hygienists, "treatment").concept == "treatment.hygienist_riziv"


def test_an_insurer_with_its_number_before_its_name_is_known_by_its_number() -> None:
    numbered = ["131 - CM Limburg", "304 - De Voorzorg", "509 - Partenamut"] * 10
    named = ["CM Limburg", "De Voorzorg", "Partenamut"] * 10
    assert proposed("Mutualiteit", numbered).concept == "patient.insurer_number"
    assert proposed("Mutualiteit", named).concept == "patient.insurer_name"


def test_a_file_that_only_its_cells_speak_for_is_left_to_the_person() -> None:
    points = [(str(1000 + number), str(number % 9), "ABC"[number % 3]) for number in range(20)]
    assert recognise({"Loyalty.csv": ["Card", "Points", "Level"]}, {"Loyalty.csv": points}) == {}
    assert recognise({"Map#Notes libres": ["Bonjour"]}) == {}


def test_a_column_that_another_one_took_the_meaning_of_does_not_seem_likely() -> None:
    first, second = propose_columns("patient", [Column("E-mail", ["a@b.be"]), Column("Mailadres 1", ["c@d.be"])])
    assert first.concept == "patient.email"
    likely = {one.concept: one.confidence for one in second.candidates}
    assert likely.get("patient.email", 0.0) < 0.5


def test_candidates_stand_in_the_order_of_how_likely_they_are() -> None:
    for one in propose_columns("patient", [Column("Tel"), Column("Mutualiteit"), Column("Beh."), Column("xq zz")]):
        rest = [candidate.confidence for candidate in one.candidates[1 if one.concept else 0 :]]
        assert rest == sorted(rest, reverse=True)


def test_the_dentist_is_known_by_names_that_come_again_and_again() -> None:
    names = ["Peeters An", "Maes Jan", "Wouters Els"] * 20
    seen = evidence.Seen.of(Column("Behandelaar", names))
    assert seen.by_cells("link provider")[0] > 0.5
    many = [f"Peeters {chr(65 + number % 26)}{number}" for number in range(60)]
    assert evidence.Seen.of(Column("Behandelaar", many)).by_cells("link provider")[0] == 0.0
