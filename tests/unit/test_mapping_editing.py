"""A person's decisions change one line, leave the rest as it was, and keep the map complete."""

from __future__ import annotations

import pytest

from bridgework.belgium.nomenclature_table import Table
from bridgework.errors import UsageError
from bridgework.mapping import editing
from bridgework.mapping.differing import differences
from bridgework.mapping.document import MapDocument
from bridgework.mapping.field_types import options_of
from bridgework.mapping.presets import LEFT_OUT, against_preset, preset_named, with_preset
from bridgework.mapping.propose import ProfiledColumn, ProfiledFile, propose
from bridgework.stages.asking import _with_answer


def a_map(*columns: str, object_: str = "patient") -> MapDocument:
    return propose([ProfiledFile("p.csv", object_, [ProfiledColumn(one) for one in columns])])


def lean(document: MapDocument, *numbers: tuple[str, str]) -> MapDocument:
    return with_preset(document, "crm-lean", preset_named("crm-lean", {}), numbers)


def decided(document: MapDocument, place: str) -> str:
    return editing.find(document, place)[1].decision


def test_what_is_proposed_waits_for_a_person() -> None:
    document = a_map("Patiëntnr", "Naam", "Voornaam", "Kleurvoorkeur")
    assert {line.decision for line in document.sources["patient"].lines} == {"proposed"}


def test_sure_lines_are_accepted_and_the_others_still_wait() -> None:
    document = a_map("Patiëntnr", "Naam", "Voornaam", "Geslacht", "Kleurvoorkeur")
    after, count = editing.accept(document, lambda _, line: editing.is_sure(line))
    assert count >= 2
    assert decided(after, "patient.Patiëntnr") == "load"
    assert decided(after, "patient.Kleurvoorkeur") == "proposed"
    assert decided(document, "patient.Patiëntnr") == "proposed"


def test_a_concept_brings_its_field_its_pick_list_and_what_is_derived_from_it() -> None:
    document = a_map("Patiëntnr", "Naam", "Kolom X", "Kolom Y")
    after = editing.as_concept(document, "patient.Kolom X", "sex")
    after = editing.as_concept(after, "patient.Kolom Y", "patient.insz")
    assert after.problems() == []
    assert "sex" in after.values
    fields = {field.name for one in after.schema().objects for field in one.fields}
    assert {"sex", "insz", "inszStatus"} <= fields
    assert MapDocument.parse(after.to_yaml()).digest() == after.digest()


def test_a_field_of_ones_own_gets_a_name_that_twenty_takes() -> None:
    document = a_map("Patiëntnr", "Naam", "Kolom X")
    after = editing.as_field(document, "patient.Kolom X", "Type", "NUMBER")
    line = editing.find(after, "patient.Kolom X")[1]
    assert (line.target, line.type, line.transform) == ("person.typeField", "NUMBER", "number")
    assert after.problems() == []


def test_a_column_becomes_a_pick_list_of_its_own_words() -> None:
    document = a_map("Patiëntnr", "Naam", "Kolom X")
    words = {"Y_2024": ("2024",), "ROOD": ("rood", "Rood!")}
    after = editing.as_select(document, "patient.Kolom X", "Colour", {"Y_2024": "2024", "ROOD": "Rood"}, words)
    assert after.problems() == []
    (field,) = (one for one in after.objects["person"].fields if one.name == "colour")
    assert field.options == {"Y_2024": "2024", "ROOD": "Rood"}


def test_a_word_goes_to_one_option_only_and_a_new_option_needs_a_label() -> None:
    document = a_map("Afspraaknr", "Patiëntnr", "Datum", "Status", object_="appointment")
    after = editing.with_word(document, "appointment.Status", "gepland", "OTHER")
    options = after.values["appointment_status"]
    assert "gepland" in options["OTHER"]
    assert "gepland" not in options["PLANNED"]
    with pytest.raises(UsageError) as error:
        editing.with_word(document, "appointment.Status", "wachtlijst", "WAITING")
    assert error.value.code == "MAP-OPTION"
    more = editing.with_word(document, "appointment.Status", "wachtlijst", "WAITING", "Waiting list")
    assert more.problems() == document.problems()


def test_what_is_left_out_is_left_out_of_derived_fields_too() -> None:
    document = a_map("Patiëntnr", "Naam", "Rijksregisternr")
    filled = {line.target for line in document.sources["patient"].all_lines()}
    assert {"person.insz", "person.inszStatus"} <= filled
    after = editing.leave_out(document, "patient.Rijksregisternr", "not needed")
    filled = {line.target for line in after.sources["patient"].all_lines()}
    assert not {"person.insz", "person.inszStatus"} & filled
    assert after.problems() == []


def test_a_title_goes_on_without_the_cells_that_are_left_out() -> None:
    document = a_map("Afspraaknr", "Patiëntnr", "Datum", "Type afspraak", "Reden", object_="appointment")
    after = editing.leave_out(document, "appointment.Reden", "clinical")
    (title,) = (line for line in after.sources["appointment"].all_lines() if line.target == "task.title")
    assert title.from_ == ("appointment.type",)


@pytest.mark.parametrize("place", ["patient.Nergens", "nothing.Naam", "Naam"])
def test_a_column_that_is_not_there_is_said_with_the_nearest(place: str) -> None:
    with pytest.raises(UsageError) as error:
        editing.find(a_map("Patiëntnr", "Naam"), place)
    assert error.value.code == "MAP-NO-LINE"


def test_an_unknown_concept_is_said_with_those_that_there_are() -> None:
    with pytest.raises(UsageError) as error:
        editing.as_concept(a_map("Patiëntnr", "Naam"), "patient.Naam", "shoe_size")
    assert error.value.code == "MAP-NO-CONCEPT"
    assert "last_name" in (error.value.why or "")


def test_differences_are_told_line_by_line_and_not_for_what_the_proposer_said() -> None:
    document = a_map("Patiëntnr", "Naam", "Kolom X")
    after = editing.leave_out(document, "patient.Kolom X", "empty")
    (line,) = (one for one in differences(document, after) if one.where == "patient.Kolom X")
    assert (line.what, "leave-out" in line.after) == ("changed", True)
    lines = [
        one.model_copy(update={"confidence": 0.1, "reasons": ("other",)}) for one in document.sources["patient"].lines
    ]
    source = document.sources["patient"].model_copy(update={"lines": tuple(lines)})
    assert differences(document, document.model_copy(update={"sources": {"patient": source}})) == []


def test_a_record_that_would_hang_on_nothing_is_an_error_where_its_owner_is_in_the_export() -> None:
    patients = ProfiledFile("p.csv", "patient", [ProfiledColumn(one) for one in ("Patiëntnr", "Naam")])
    columns = ("Behandelingsnr", "Patiëntnr", "Datum", "Nomenclatuurcode")
    treatments = ProfiledFile("b.csv", "treatment", [ProfiledColumn(one) for one in columns])
    document = propose([patients, treatments])
    assert document.problems() == []
    without = editing.leave_out(document, "treatment.Patiëntnr", "test")
    assert [one.code for one in without.problems()] == ["REQUIRED-MISSING"]
    alone = editing.leave_out(propose([treatments]), "treatment.Patiëntnr", "test")
    assert alone.problems() == []


def practice(**files: tuple[str, ...]) -> MapDocument:
    return propose(
        [ProfiledFile(f"{name}.csv", name, [ProfiledColumn(one) for one in columns]) for name, columns in files.items()]
    )


DOCUMENTS = ("Documentnr", "Patiëntnr", "Datum", "Titel", "Bestand", "Kolom X", "Kolom Y")
PATIENTS = ("Patiëntnr", "Naam", "INSZ")


def targets(document: MapDocument, source: str) -> list[tuple[str | None, tuple[str, ...]]]:
    return [(line.target, line.from_) for line in document.sources[source].derived]


def test_what_is_derived_from_a_cell_goes_with_its_meaning_and_comes_back_with_it() -> None:
    document = practice(patient=PATIENTS)
    assert ("person.inszStatus", ("patient.insz",)) in targets(document, "patient")
    after = editing.as_field(document, "patient.INSZ", "Number of the state", "TEXT")
    assert targets(after, "patient") == []
    assert after.problems() == []
    again = editing.as_concept(after, "patient.INSZ", "insz")
    assert targets(again, "patient") == targets(document, "patient")


def test_a_stand_in_that_the_file_lacks_is_not_named_and_comes_when_a_column_means_it() -> None:
    document = practice(patient=PATIENTS, document=("Documentnr", "Patiëntnr", "Kolom X", "Kolom Y"))
    after = editing.as_concept(document, "document.Kolom X", "title")
    assert "otherwise" not in editing.find(after, "document.Kolom X")[1].with_
    assert after.problems() == []
    more = editing.as_concept(after, "document.Kolom Y", "category")
    assert editing.find(more, "document.Kolom X")[1].with_["otherwise"] == ["document.category"]
    less = editing.as_field(more, "document.Kolom Y", "Kind of paper", "TEXT")
    assert "otherwise" not in editing.find(less, "document.Kolom X")[1].with_
    assert less.problems() == []


def test_a_column_of_what_is_handed_over_stays_for_the_hand_over_whatever_it_means() -> None:
    document = practice(workflow=("Nr", "Naam", "Stappen"))
    after = editing.as_concept(document, "workflow.Naam", "name")
    assert editing.find(after, "workflow.Naam")[1].decision == "handover"
    assert after.problems() == []
    with pytest.raises(UsageError) as refused:
        editing.as_target(document, "workflow.Naam", "person.jobTitle", "text")
    assert refused.value.code == "MAP-HANDOVER"


def test_a_file_is_linked_from_a_body_that_other_lines_fill_too() -> None:
    document = practice(patient=PATIENTS, document=("Documentnr", "Patiëntnr", "Titel", "Opmerking", "Kolom X"))
    assert ("note.bodyV2", ("document.file", "document.patient_number")) not in targets(document, "document")
    after = editing.as_concept(document, "document.Kolom X", "file")
    assert ("note.bodyV2", ("document.file", "document.patient_number")) in targets(after, "document")
    assert after.problems() == []


def test_a_title_takes_the_cells_that_are_there_after_each_decision() -> None:
    columns = ("Afspraaknr", "Patiëntnr", "Datum", "Type afspraak", "Kolom X")
    document = practice(patient=PATIENTS, appointment=columns)
    title = ("task.title", ("appointment.type",))
    assert title in targets(document, "appointment")
    after = editing.as_concept(document, "appointment.Kolom X", "reason")
    assert ("task.title", ("appointment.type", "appointment.reason")) in targets(after, "appointment")
    back = editing.as_field(after, "appointment.Kolom X", "Anything", "TEXT")
    assert title in targets(back, "appointment")


def test_a_meaning_that_another_column_has_is_refused_and_named_with_that_column() -> None:
    document = practice(patient=PATIENTS)
    with pytest.raises(UsageError) as refused:
        editing.as_concept(document, "patient.INSZ", "last_name")
    assert refused.value.code == "MAP-CONFLICT"
    assert "`Naam`" in (refused.value.why or "")
    free = editing.leave_out(document, "patient.Naam", "not the name")
    after = editing.as_concept(free, "patient.INSZ", "last_name")
    assert editing.find(after, "patient.Naam")[1].concept is None
    assert after.problems() == []


def test_a_file_goes_to_its_own_record_while_no_link_says_to_which_other() -> None:
    document = practice(document=DOCUMENTS)
    assert editing.find(document, "document.Bestand")[1].with_ == {"attach": "targetNote"}
    assert document.problems() == []
    both = practice(patient=PATIENTS, document=DOCUMENTS)
    assert editing.find(both, "document.Bestand")[1].with_ == {"attach": "targetPerson"}
    without = editing.as_field(both, "document.Patiëntnr", "Number", "TEXT")
    assert editing.find(without, "document.Bestand")[1].with_ == {"attach": "targetNote"}
    again = editing.as_concept(without, "document.Patiëntnr", "patient_number")
    assert editing.find(again, "document.Bestand")[1].with_ == {"attach": "targetPerson"}


def test_codes_that_come_to_be_judged_are_judged_by_the_table_that_is_given() -> None:
    document = practice(patient=PATIENTS, treatment=("Behandelingsnr", "Patiëntnr", "Datum", "Omschrijving", "Kolom X"))
    assert document.nomenclature == ""
    table = Table.builtin()
    after = editing.as_concept(document, "treatment.Kolom X", "code", lambda: table)
    assert after.nomenclature == table.version
    assert after.problems() == []


def test_a_new_option_goes_to_every_field_that_the_pick_list_fills() -> None:
    patients, providers = (*PATIENTS, "Taal"), ("Verstrekkernr", "Naam", "Taal")
    document = practice(patient=patients, provider=providers)
    after = editing.with_word(document, "patient.Taal", "Italiaans", "ITALIAN", "Italian")
    assert after.problems() == []
    assert all("ITALIAN" in options_of(after, object_, "spokenLanguage") for object_ in ("person", "company"))


def test_the_note_that_a_person_gave_a_line_stays_whatever_is_decided() -> None:
    document = a_map("Patiëntnr", "Naam", "INSZ", "Kolom X")
    for column in ("INSZ", "Kolom X"):
        line = editing.find(document, f"patient.{column}")[1]
        document = editing.with_line(document, "patient", line.model_copy(update={"note": "asked Els"}))
        place = f"patient.{column}"
        for after in (
            editing.as_field(document, place, "Colour", "TEXT"),
            editing.as_concept(document, place, "initials"),
            editing.as_target(document, place, "person.jobTitle", "text"),
            editing.leave_out(document, place, "not needed"),
            editing.as_select(document, place, "Colour", {"RED": "Red"}, {"RED": ("rood",)}),
            editing.accept(document, lambda *_: True)[0],
        ):
            assert editing.find(after, place)[1].note == "asked Els"
    own = a_map("Patiëntnr", "Naam", "INSZ")
    assert editing.find(own, "patient.INSZ")[1].note
    assert editing.find(editing.as_field(own, "patient.INSZ", "Number", "TEXT"), "patient.INSZ")[1].note is None


def test_the_file_says_that_comments_are_lost_and_where_to_write_them() -> None:
    head = a_map("Patiëntnr", "Naam").to_yaml().partition("bridgework_map")[0]
    assert "`note:`" in head
    assert "Comments of your own are lost" in head


@pytest.mark.parametrize("concept", ["medical_history", "insz"])
def test_what_the_maps_preset_leaves_out_stays_out_whatever_a_column_is_said_to_mean(concept: str) -> None:
    document = lean(a_map("Patiëntnr", "Naam", "Kolom X"))
    after = editing.as_concept(document, "patient.Kolom X", concept)
    line = editing.find(after, "patient.Kolom X")[1]
    assert (line.concept, line.decision) == (f"patient.{concept}", "leave-out")
    assert (line.why or "").startswith(LEFT_OUT)
    assert list(against_preset(after)) == []
    assert after.problems() == []


def test_a_column_that_nobody_knew_is_taken_in_by_a_meaning_that_the_preset_allows() -> None:
    document = lean(a_map("Patiëntnr", "Naam", "Kolom X"))
    assert decided(document, "patient.Kolom X") == "leave-out"
    assert decided(editing.as_concept(document, "patient.Kolom X", "mobile"), "patient.Kolom X") == "load"


def test_images_stay_out_when_a_column_is_said_to_be_the_file() -> None:
    document = lean(a_map("Documentnr", "Patiëntnr", "Omschrijving", "Bestandsnaam", object_="document"))
    after = editing.as_concept(document, "document.Bestandsnaam", "file")
    assert editing.find(after, "document.Bestandsnaam")[1].with_ == {"attach": "targetNote", "without": ["images"]}


def test_a_column_of_national_numbers_stays_out_whatever_it_is_said_to_mean() -> None:
    document = lean(a_map("Patiëntnr", "Naam", "Lidnr"), ("patient", "Lidnr"))
    after = editing.as_concept(document, "patient.Lidnr", "membership_number")
    assert decided(after, "patient.Lidnr") == "leave-out"


def test_a_person_may_load_what_the_preset_leaves_out_and_is_told_that_it_is_against_it() -> None:
    document = lean(a_map("Patiëntnr", "Naam", "Anamnese", "Kolom X"))
    after = editing.as_target(document, "patient.Anamnese", "person.medicalHistory", "text")
    after = editing.as_field(after, "patient.Kolom X", "Shoe size", "TEXT")
    assert (decided(after, "patient.Anamnese"), decided(after, "patient.Kolom X")) == ("load", "load")
    assert {one.code for one in against_preset(after)} == {"AGAINST-PRESET"}
    assert [one.what.partition("`")[2].partition("`")[0] for one in against_preset(after)] == ["Anamnese", "Kolom X"]
    assert after.problems() == []


@pytest.mark.parametrize(
    ("concept", "decision"), [("patient.medical_history", "leave-out"), ("patient.mobile", "proposed")]
)
def test_an_answer_of_a_model_is_held_to_the_preset(concept: str, decision: str) -> None:
    document = lean(a_map("Patiëntnr", "Naam", "GSM"))
    source, line = editing.find(document, "patient.GSM")
    document = editing.with_line(document, source, line.model_copy(update={"concept": "patient.phone_work"}))
    line = editing.find(_with_answer(document, "patient.GSM", concept, "model: why"), "patient.GSM")[1]
    assert (line.concept, line.decision, line.asked) == (concept, decision, f"model: why ({concept})")
