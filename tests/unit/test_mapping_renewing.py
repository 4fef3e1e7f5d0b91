"""A map takes columns that are new and loses those that are gone; all other lines and decisions stay as they were."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from bridgework.mapping import editing
from bridgework.mapping.document import Line, MapDocument
from bridgework.mapping.propose import ProfiledColumn, ProfiledFile, propose
from bridgework.mapping.renewing import renewed

COLUMNS = ("Patiëntnr", "Naam", "Voornaam", "GSM", "E-mail", "Kleurvoorkeur", "Geslacht", "INSZ-nummer", "Opmerkingen")


def a_map(*columns: str, **others: tuple[str, ...]) -> MapDocument:
    files = {"patient": columns, **others}
    return propose([ProfiledFile(f"{name}.csv", name, list(map(ProfiledColumn, some))) for name, some in files.items()])


def accepted(document: MapDocument) -> MapDocument:
    return editing.accept(document, lambda *_: True)[0]


def lines(document: MapDocument, source: str = "patient") -> dict[str, Line]:
    return {line.column or "": line for line in document.sources[source].lines}


def test_a_renamed_column_takes_the_place_of_the_other_and_waits_for_a_decision() -> None:
    before = accepted(a_map("Patiëntnr", "Naam", "GSM", "E-mail"))
    after = renewed(before, a_map("Patiëntnr", "Naam", "Mobiel nummer", "E-mail"))
    assert list(lines(after)) == ["Patiëntnr", "Naam", "Mobiel nummer", "E-mail"]
    new = lines(after)["Mobiel nummer"]
    assert (new.concept, new.target, new.decision) == ("patient.mobile", "person.phones", "proposed")
    assert after.problems({"patient": ["Patiëntnr", "Naam", "Mobiel nummer", "E-mail"]}) == []


def test_a_new_column_that_nobody_knows_becomes_a_field_of_its_own_under_a_free_name() -> None:
    before = accepted(a_map("Patiëntnr", "Naam", "GSM"))
    before = editing.as_field(before, "patient.GSM", "Huisdier", "NUMBER")
    after = renewed(before, a_map("Patiëntnr", "Naam", "GSM", "Huisdier"))
    assert after.problems() == []
    assert lines(after)["GSM"] == lines(before)["GSM"]
    assert lines(after)["Huisdier"].decision == "proposed"
    assert lines(after)["Huisdier"].target not in {None, lines(after)["GSM"].target}


def test_a_new_column_does_not_take_the_meaning_that_a_person_gave_to_another() -> None:
    before = accepted(a_map("Patiëntnr", "Naam", "Kolom X"))
    before = editing.as_concept(before, "patient.Kolom X", "mobile")
    after = renewed(before, a_map("Patiëntnr", "Naam", "Kolom X", "GSM"))
    assert lines(after)["Kolom X"] == lines(before)["Kolom X"]
    new = lines(after)["GSM"]
    assert (new.concept, new.decision, new.type) == (None, "proposed", "TEXT")
    assert new.why is not None
    assert after.problems() == []


def test_what_hung_on_a_column_that_is_gone_goes_with_it() -> None:
    before = accepted(a_map("Patiëntnr", "Naam", "INSZ-nummer", "Kleurvoorkeur"))
    assert any("patient.insz" in line.from_ for line in before.sources["patient"].derived)
    after = renewed(before, a_map("Patiëntnr", "Naam"))
    assert after.problems() == []
    assert not any("patient.insz" in line.from_ for line in after.sources["patient"].derived)
    fields = {field.name for one in after.objects.values() for field in one.fields}
    assert not fields & {"insz", "inszStatus", "kleurvoorkeur"}


def test_an_object_that_is_new_comes_whole_and_behind_the_others() -> None:
    before = accepted(a_map("Patiëntnr", "Naam"))
    after = renewed(before, a_map("Patiëntnr", "Naam", provider=("Nr", "Naam", "E-mail")))
    assert list(after.sources) == ["patient", "provider"]
    assert {line.decision for line in after.sources["provider"].lines} == {"proposed"}
    assert after.sources["patient"] == before.sources["patient"]
    assert after.problems() == []


def test_a_key_column_of_another_name_is_the_key() -> None:
    after = renewed(accepted(a_map("Patiëntnr", "Naam")), a_map("Patientnummer", "Naam"))
    assert after.sources["patient"].key == ("Patientnummer",)
    assert after.problems() == []


@settings(max_examples=40)
@given(st.sets(st.sampled_from(COLUMNS[2:])), st.sets(st.sampled_from(COLUMNS[2:])))
def test_columns_that_stay_keep_their_lines_and_each_column_has_one(before: set[str], now: set[str]) -> None:
    old = accepted(a_map(*COLUMNS[:2], *sorted(before)))
    headers = [*COLUMNS[:2], *sorted(now)]
    after = renewed(old, a_map(*headers))
    assert after.problems({"patient": headers}) == []
    assert set(lines(after)) == set(headers)
    for column in lines(old).keys() & lines(after).keys():
        assert lines(after)[column] == lines(old)[column]
    assert all(lines(after)[one].decision == "proposed" for one in set(headers) - lines(old).keys())
    assert MapDocument.parse(after.to_yaml()).digest() == after.digest()
