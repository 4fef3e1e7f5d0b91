"""A map with what is known of the columns: of a messy practice, staged as the audit stages it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bridgework.mapping.presets import preset_named, with_preset
from bridgework.mapping.transforms import TRANSFORMS
from bridgework.reports.map_document import MappingDocument, PickListEntry
from bridgework.reports.map_page import write_map
from bridgework.stages.map_view import view
from bridgework.store.notes import approve
from tests.unit.map_view_samples import SOMEBODY, Practice, a_practice, line_of, object_of


@pytest.fixture(scope="module")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Practice]:
    with a_practice(tmp_path_factory.mktemp("map_view")) as made:
        yield made


@pytest.fixture(scope="module")
def page(practice: Practice) -> MappingDocument:
    return practice.view()


def list_of(page: MappingDocument, name: str, header: str) -> PickListEntry:
    return next(one for one in page["pick_lists"] if (one["object"], one["header"]) == (name, header))


# --- the whole -----------------------------------------------------------------------------------------------------


def test_every_column_of_the_map_is_on_one_line(practice: Practice, page: MappingDocument) -> None:
    lines = {one["object"]: [line["header"] for line in one["lines"]] for one in page["objects"]}
    assert lines == {name: [line.column for line in one.lines] for name, one in practice.document.sources.items()}
    assert sum(map(len, lines.values())) > 150


def test_it_says_of_which_migration_it_is(practice: Practice, page: MappingDocument) -> None:
    assert page["migration"] == str(practice.context.settings.migration.id)
    assert page["practice"] == "Praktijk Lindelaan"
    assert page["workspace_url"] == "http://127.0.0.1:1"
    assert page["digest"] == practice.document.digest()
    assert page["nomenclature"] == practice.document.nomenclature != ""


def test_an_object_says_its_records_its_file_its_language_and_its_place(page: MappingDocument) -> None:
    patient = object_of(page, "patient")
    assert (patient["rows"], patient["files"], patient["language"]) == (40, ["patienten.csv"], "nl")
    assert (patient["target"], patient["target_label"]) == ("person", "People")
    assert object_of(page, "workflow")["target_label"] == ""


def test_the_page_and_the_workbook_can_be_made_of_it(page: MappingDocument, tmp_path: Path) -> None:
    html, book = write_map(tmp_path, page)
    text = html.read_text(encoding="utf-8")
    assert "Zwemclub" in text
    assert "one of the pick-list appointment status".capitalize() in text
    assert SOMEBODY not in text
    assert book.stat().st_size > 10_000


# --- lines ---------------------------------------------------------------------------------------------------------


def test_a_proposed_line_is_sure_by_its_confidence(practice: Practice, page: MappingDocument) -> None:
    name = line_of(page, "patient", "Naam")
    assert (name["verdict"], name["decision"], name["meaning"]) == ("sure", "proposed", "last name of the patient")
    assert name["target_label"] == "Name: last name"
    assert (name["type"], name["sensitivity"]) == ("FULL_NAME", "identity")
    assert name["reasons"]
    doubtful = practice.view(practice.changed("patient", "Naam", confidence=0.5))
    assert line_of(doubtful, "patient", "Naam")["verdict"] == "unsure"


def test_a_column_without_a_known_meaning_is_not_sure_and_becomes_a_field(page: MappingDocument) -> None:
    club = line_of(page, "provider", "Zwemclub")
    assert (club["concept"], club["meaning"], club["verdict"]) == ("", "", "unsure")
    assert (club["target"], club["target_label"], club["type"]) == ("company.zwemclub", "Zwemclub", "TEXT")
    assert club["why"]


def test_an_empty_column_is_left_out_for_being_empty_and_wants_no_look(page: MappingDocument) -> None:
    empty = line_of(page, "provider", "Vrij veld")
    assert (empty["decision"], empty["left_out_by"], empty["verdict"]) == ("leave-out", "empty", "sure")
    assert (empty["coverage"]["filled"], empty["confidence"], empty["fails"]) == (0, 1.0, None)


@pytest.mark.parametrize(("decision", "by"), [("load", ""), ("handover", ""), ("leave-out", "person")])
def test_what_a_person_said_is_decided(practice: Practice, decision: str, by: str) -> None:
    page = practice.view(practice.changed("patient", "Naam", decision=decision, why="says Dr Maes", confidence=0.5))
    line = line_of(page, "patient", "Naam")
    assert (line["verdict"], line["left_out_by"], line["why"]) == ("decided", by, "says Dr Maes")
    assert line["confidence"] == 0.5


def test_a_line_that_only_a_person_wrote_is_as_sure_as_can_be(practice: Practice) -> None:
    page = practice.view(practice.changed("patient", "Naam", decision="load", confidence=None))
    assert line_of(page, "patient", "Naam")["confidence"] == 1.0
    page = practice.view(practice.changed("patient", "Naam", confidence=None))
    assert line_of(page, "patient", "Naam")["confidence"] == 0.0


def test_what_the_preset_leaves_out_says_so_and_stays_in_doubt(practice: Practice) -> None:
    doubtful = practice.changed("patient", "INSZ-nummer", confidence=0.5)
    page = practice.view(with_preset(doubtful, "crm-lean", preset_named("crm-lean", {})))
    line = line_of(page, "patient", "INSZ-nummer")
    assert (line["decision"], line["left_out_by"], line["verdict"]) == ("leave-out", "preset", "unsure")
    assert line["fails"] is None
    assert not [one for one in object_of(page, "patient")["derived"] if one["headers"] == ["INSZ-nummer"]]
    assert page["preset"]["name"] == "crm-lean"
    assert page["preset"]["meaning"].endswith("no images.")


def test_a_preset_of_the_practices_own_says_what_it_is(practice: Practice) -> None:
    own = practice.document.model_copy(update={"preset": "no-money"})
    assert practice.view(own)["preset"] == {"name": "no-money", "meaning": "nothing about money."}
    gone = practice.document.model_copy(update={"preset": "of another practice"})
    assert practice.view(gone)["preset"] == {"name": "of another practice", "meaning": ""}


def test_an_object_that_is_kept_whole_wants_no_look_and_claims_no_doubtful_meaning(practice: Practice) -> None:
    page = practice.view(practice.changed("workflow", "Naam", confidence=0.5))
    name, kind = line_of(page, "workflow", "Naam"), line_of(page, "workflow", "Soort")
    assert (name["verdict"], name["decision"], name["concept"], name["meaning"]) == ("sure", "handover", "", "")
    assert kind["meaning"] == "kind of the workflow"


def test_the_next_best_meanings_are_in_words(practice: Practice) -> None:
    page = practice.view(practice.changed("patient", "GSM", next=("patient.phone_home 0.41", "patient.fax")))
    assert line_of(page, "patient", "GSM")["next_best"] == [
        {"concept": "patient.phone_home", "meaning": "phone home of the patient", "confidence": 0.41},
        {"concept": "patient.fax", "meaning": "fax of the patient", "confidence": 0.0},
    ]


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (
            "small at 127.0.0.1:9: It is (or seems) one. (patient.fax)",
            {"model": "small at 127.0.0.1:9", "concept": "patient.fax", "said": "It is (or seems) one."},
        ),
        ("openai:x: No idea. (none of them)", {"model": "openai:x", "concept": "", "said": "No idea."}),
        ("as a person wrote it", {"model": "as a person wrote it", "concept": "", "said": "as a person wrote it"}),
    ],
)
def test_what_a_model_said_is_told_apart_from_its_name(practice: Practice, text: str, answer: dict[str, str]) -> None:
    page = practice.view(practice.changed("patient", "GSM", asked=text))
    assert line_of(page, "patient", "GSM")["asked"] == answer


def test_coverage_is_that_of_the_profile(page: MappingDocument) -> None:
    number = line_of(page, "patient", "Patiëntnr")["coverage"]
    assert number["rows"] == number["filled"] >= number["distinct"] == 40
    assert not number["distinct_capped"]


def test_cells_that_do_not_fit_are_counted_by_reason_and_other_forms_are_none(page: MappingDocument) -> None:
    fails = line_of(page, "appointment", "Status")["fails"]
    assert fails is not None
    by_code = {one["code"]: one for one in fails["by_code"]}
    assert fails["looked_at"] == object_of(page, "appointment")["rows"]
    assert by_code["UNKNOWN-WORD"]["count"] == 5
    assert by_code["UNKNOWN-WORD"]["what"].startswith("hold a word that the pick-list does not have")
    mobile = line_of(page, "patient", "GSM")["fails"]
    assert mobile is not None
    assert mobile["by_code"]
    assert "PHONE-SEVERAL" not in {one["code"] for one in mobile["by_code"]}


def test_nobody_is_a_member_yet_and_no_line_fails_for_it(page: MappingDocument) -> None:
    provider = line_of(page, "appointment", "Behandelaar")
    assert provider["transform"] == "member"
    assert provider["fails"] is not None
    assert "NO-MEMBER" not in {one["code"] for one in provider["fails"]["by_code"]}


def test_fields_that_are_filled_besides_name_their_columns(page: MappingDocument) -> None:
    derived = {one["target"]: one for one in object_of(page, "patient")["derived"]}
    assert derived["person.inszStatus"]["headers"] == ["INSZ-nummer"]
    assert derived["person.inszStatus"]["type"] == "SELECT"
    constants = {one["target"]: one for one in object_of(page, "insurer")["derived"]}
    assert constants["company.companyType"]["headers"] == []
    assert constants["company.companyType"]["rule"] == "always Insurance"


# --- pick-lists ----------------------------------------------------------------------------------------------------


def test_words_are_counted_over_all_rows(practice: Practice) -> None:
    counted = practice.facts.words["appointment", "Status"]
    assert (counted["Afgewrkt"], counted["Wachtlijst"], counted[SOMEBODY]) == (4, 3, 2)
    assert {source for source, _ in practice.facts.words} >= {"patient", "appointment", "invoice", "communication"}


def test_the_map_gets_near_words_and_no_rare_ones(practice: Practice) -> None:
    before, after = practice.proposed.values["appointment_status"], practice.document.values["appointment_status"]
    assert after["DONE"] == (*before["DONE"], "Afgewrkt")
    assert {**after, "DONE": ()} == {**before, "DONE": ()}
    assert SOMEBODY not in practice.document.to_yaml()


def test_each_word_says_its_rows_its_option_and_whether_that_is_sure(page: MappingDocument) -> None:
    status = list_of(page, "appointment", "Status")
    words = {one["word"]: one for one in status["words"]}
    assert (status["target"], status["target_label"]) == ("task.appointmentStatus", "Appointment status")
    assert (status["otherwise"], status["otherwise_label"]) == ("OTHER", "Other")
    assert words["Afgewerkt"] == {**words["Afgewerkt"], "option": "DONE", "option_label": "Done", "sure": True}
    assert words["Afgewrkt"] == {
        "word": "Afgewrkt",
        "rows": 4,
        "option": "DONE",
        "option_label": "Done",
        "sure": False,
    }
    assert words["Wachtlijst"] == {**words["Wachtlijst"], "rows": 3, "option": "", "option_label": "", "sure": False}


def test_a_near_word_that_the_map_does_not_have_is_not_mapped(practice: Practice) -> None:
    page = practice.view(practice.proposed)
    word = next(one for one in list_of(page, "appointment", "Status")["words"] if one["word"] == "Afgewrkt")
    assert (word["option"], word["sure"]) == ("", False)


def test_a_word_to_which_a_person_gave_another_option_is_sure(practice: Practice) -> None:
    values = practice.proposed.values
    status = {**values["appointment_status"], "MOVED": ("Afgewrkt", "Wachtlijst")}
    edited = practice.proposed.model_copy(update={"values": {**values, "appointment_status": status}})
    words = {one["word"]: one for one in list_of(practice.view(edited), "appointment", "Status")["words"]}
    assert [(words[one]["option"], words[one]["sure"]) for one in ("Afgewrkt", "Wachtlijst")] == [("MOVED", True)] * 2


def test_rare_words_are_counted_and_nowhere_in_the_document(page: MappingDocument) -> None:
    rare = list_of(page, "appointment", "Status")["rare"]
    assert rare["words"] >= 1
    assert rare["rows"] >= 2
    assert rare["unmapped"] == 1
    assert SOMEBODY not in repr(page)


def test_a_word_for_nothing_known_is_no_word_of_the_list(practice: Practice, page: MappingDocument) -> None:
    assert practice.facts.words["appointment", "Status"]["onbekend"] == 3
    assert "onbekend" not in {one["word"] for one in list_of(page, "appointment", "Status")["words"]}


def test_no_word_is_in_what_the_facts_say_of_themselves(practice: Practice) -> None:
    assert "Wachtlijst" not in repr(practice.facts)
    assert SOMEBODY not in repr(practice.facts)


# --- approval and plan ---------------------------------------------------------------------------------------------


def test_who_approved_exactly_this_map_is_named_and_nobody_else(practice: Practice) -> None:
    assert practice.view()["approved_by"] == ""
    said = view(practice.context, practice.document, practice.facts, approved_by="An", approved_at="2026-11-30")
    assert (said["approved_by"], said["approved_at"]) == ("An", "2026-11-30")
    approve(practice.context.store, "map", practice.proposed.digest(), "Dr Maes")
    assert practice.view(practice.proposed)["approved_by"] == "Dr Maes"
    assert practice.view(practice.proposed)["approved_at"]
    assert practice.view()["approved_by"] == ""


def test_the_plan_has_every_field_that_a_line_fills(practice: Practice, page: MappingDocument) -> None:
    planned = {(one["object"], field["name"]) for one in page["plan"] for field in one["fields"]}
    records = {one["object"] for one in page["plan"]}
    lines = [line for source in practice.document.sources.values() for line in source.all_lines()]
    assert planned >= {(line.object, line.field) for line in lines if line.object in records}
    assert {one["object"] for one in page["plan"] if not one["custom"]} == {"person", "company", "task", "note"}


def test_a_field_of_the_plan_says_which_columns_fill_it(page: MappingDocument) -> None:
    fields = {(one["object"], field["name"]): field for one in page["plan"] for field in one["fields"]}

    def by(object_: str, name: str) -> list[tuple[str, str]]:
        return [(one["object"], one["header"]) for one in fields[object_, name]["filled_by"]]

    assert by("person", "sourceSystemId") == [("patient", "Patiëntnr")]
    assert by("invoiceLine", "sourceSystemId") == [("invoice_line", "Factuurnummer"), ("invoice_line", "Lijn")]
    assert by("person", "importRemarks") == []
    assert ("insurer", "") in by("company", "companyType")
    assert ("patient", "GSM") in by("person", "phoneRemarks")
    assert by("task", "title") == [("appointment", "Type afspraak"), ("appointment", "Reden")]
    assert fields["person", "name"]["standard"]
    assert not fields["person", "sex"]["standard"]
    assert fields["person", "sourceSystemId"]["unique"]


def test_a_relation_says_its_other_side_and_a_choice_its_options(page: MappingDocument) -> None:
    fields = {(one["object"], field["name"]): field for one in page["plan"] for field in one["fields"]}
    assert fields["treatment", "patient"]["relation"] == {
        "to": "person",
        "to_label": "People",
        "inverse_label": "Treatments",
    }
    assert fields["person", "sex"]["options"][0] == {"value": "MALE", "label": "Male", "color": "green"}
    assert fields["person", "sex"]["relation"] is None


def test_every_line_that_moves_has_a_rule_and_a_type(page: MappingDocument) -> None:
    moving = [line for one in page["objects"] for line in one["lines"] if line["decision"] == "proposed"]
    assert len(moving) > 140
    assert all(line["transform"] in TRANSFORMS and line["rule"] and line["type"] for line in moving)
