"""The map's page has every field of the practice, shows first what is not sure, and shows no cell of a patient."""

from __future__ import annotations

import re
import stat
from pathlib import Path
from typing import Any

from bridgework.reports.map_page import write_map
from tests.unit.map_document_samples import (
    a_field,
    a_handover,
    a_line,
    a_map,
    a_pick_list,
    a_plan,
    a_word,
    an_object,
    an_own_field,
    an_unsure_line,
)
from tests.unit.reports_reader import Page, is_self_contained_and_accessible

RARE_NAME = "Wachtlijst Maes Els"


def _html(folder: Path, **more: Any) -> str:
    return write_map(folder, a_map(**more))[0].read_text(encoding="utf-8")


def _read(folder: Path, **more: Any) -> Page:
    return Page(_html(folder, **more))


def test_it_writes_a_page_and_a_workbook_for_the_owner_only(tmp_path: Path) -> None:
    written = write_map(tmp_path, a_map())
    assert written == (tmp_path / "map.html", tmp_path / "map.xlsx")
    assert [stat.S_IMODE(path.stat().st_mode) for path in written] == [0o600, 0o600]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["map.html", "map.xlsx"]


def test_the_page_loads_nothing_and_can_be_read_aloud(tmp_path: Path) -> None:
    is_self_contained_and_accessible(_read(tmp_path))
    is_self_contained_and_accessible(_read(tmp_path, objects=[], pick_lists=[], plan=[]))


# --- what comes first ----------------------------------------------------------------------------------------------


def test_what_is_not_sure_comes_first_and_the_least_sure_of_it_before_the_rest(tmp_path: Path) -> None:
    lines = [a_line("Naam"), an_unsure_line("Code", confidence=0.7), an_unsure_line("RIZIV", confidence=0.2)]
    page = _read(tmp_path, objects=[an_object(lines=lines)])
    assert page.tables[0].caption == "Fields to look at first"
    assert [row[0].split()[0] for row in page.tables[0].rows[1:]] == ["RIZIV", "Code"]
    assert "2 fields want a look" in page.text


def test_an_unsure_line_says_what_it_was_taken_for_why_and_what_else_it_might_be(tmp_path: Path) -> None:
    asked = {"model": "local-7b", "concept": "patient.referrer", "said": "it is who referred the patient."}
    row = _read(tmp_path, objects=[an_object(lines=[an_unsure_line(asked=asked)])]).tables[0].row("RIZIV")
    assert row[1] == "RIZIV of the patient → RIZIV, proposed"
    assert row[2] == "41 %"
    assert row[3] == "Its name fits Few cells do local-7b said: it is who referred the patient."
    assert row[4] == "31 % who referred the patient"


def test_a_map_without_doubts_says_so(tmp_path: Path) -> None:
    page = _read(tmp_path, objects=[an_object(lines=[a_line("Naam")])])
    assert "Ready to be approved" in page.text
    assert "Nothing: every line is sure, or a person decided it." in page.text
    assert "Nothing: every field has a place." in page.text


def test_errors_come_first_with_their_lines_and_the_map_is_not_ready(tmp_path: Path) -> None:
    error = {"line": 352, "code": "UNKNOWN-FIELD", "what": "person has no field `x`", "next_step": "correct it"}
    page = _read(
        tmp_path, objects=[an_object(lines=[a_line("Naam")])], problems=[error], next_step="bridgework map check"
    )
    assert page.tables[0].caption == "Errors in the map"
    assert page.tables[0].rows[1] == ["352", "Person has no field `x` UNKNOWN-FIELD", "Correct it"]
    assert "1 error in the map" in page.text
    assert "Next: bridgework map check" in page.text
    assert "Ready to be approved" not in page.text


def test_a_map_with_lines_that_wait_is_not_ready(tmp_path: Path) -> None:
    page = _read(tmp_path, objects=[an_object(lines=[a_line("Naam")])], open=193)
    assert "193 lines wait for a person's decision" in page.text
    assert "Ready to be approved" not in page.text


def test_columns_that_changed_are_said_before_the_load_and_after_it(tmp_path: Path) -> None:
    changed = {"columns": "not in the map: patient.Huisdier", "approved_by": "Els Maes"}
    before = _read(tmp_path, **changed)
    assert "Columns have changed" in before.text
    after = _read(tmp_path, **changed, late=True)
    assert "Columns changed since the load, which no line moves: not in the map: patient.Huisdier." in after.text
    assert "Columns have changed" not in after.text


def test_who_approved_which_map_and_when(tmp_path: Path) -> None:
    assert "Fingerprint 9f9f9f9f9f9f9f9f Approved not yet" in _read(tmp_path).text
    text = _read(tmp_path, approved_by="Els Maes", approved_at="2026-11-22T14:00:00Z").text
    assert "Approved by Els Maes" in text
    assert "By Els Maes on 22 November 2026, 15:00 (Brussels)." in text
    assert "1 line is not sure" in text


def test_what_is_left_out_is_told_by_who_said_so_with_the_reason_and_the_kind_of_data(tmp_path: Path) -> None:
    page = _read(tmp_path)
    tables = [table for table in page.tables if table.caption.startswith("Fields left out")]
    assert [table.caption.partition(": ")[2] for table in tables] == [
        "By a person's decision",
        "By the preset",
        "Because the column is empty",
    ]
    preset = tables[1].row("INSZ-nummer")
    assert preset[1:] == ["INSZ-nummer of the patient", "Identity", "99.9 %", "National numbers stay in DentAdmin"]
    assert "The preset is crm-lean: no national numbers, no images." in page.text


# --- every field ---------------------------------------------------------------------------------------------------


def test_every_field_is_on_one_line_of_its_object_and_the_sums_close(tmp_path: Path) -> None:
    document = a_map()
    page = _read(tmp_path)
    tables = [
        table for table in page.tables if table.caption.startswith("Fields of") and "their places" in table.caption
    ]
    shown = [row[0].split(" filled")[0].split(" empty")[0] for table in tables for row in table.rows[1:]]
    assert sorted(shown) == sorted(line["header"] for one in document["objects"] for line in one["lines"])
    for row in page.table("Objects of the practice").rows[1:]:
        fields, moves, kept, out, sure, decided, unsure = map(int, row[-7:])
        assert fields == moves + kept + out == sure + decided + unsure
    assert page.table("Objects of the practice").rows[-1][-7:] == ["8", "4", "1", "3", "5", "2", "1"]


def test_a_line_has_its_meaning_place_type_rule_and_decision(tmp_path: Path) -> None:
    table = _read(tmp_path).table("Fields of Patients")
    assert table.row("Naam") == [
        "Naam filled 99.9 % identity",
        "Naam of the patient The name “Naam” is a usual one",
        "Name: last name person.name.lastName name",
        "Text, word for word 500 cells tried, all fit",
        "→ proposed sure, 99 %",
    ]
    assert table.row("Zwemclub")[-1] == "→ moves a person said so"


def test_cells_that_do_not_fit_are_counted_by_reason(tmp_path: Path) -> None:
    how = _read(tmp_path).table("Fields of Patients").row("Geboortedatum")[3]
    assert how == "A date, read as dd/mm/yyyy !12 of 500 cells do not fit (2.4 %): 12 have a date in no known form"


def test_what_does_not_move_has_no_place_and_no_rule(tmp_path: Path) -> None:
    page = _read(tmp_path)
    row = page.table("Fields of Patients").row("INSZ-nummer")
    assert row[2:4] == ["—", "—"]
    assert row[-1].startswith("✗ left out")
    assert page.table("Fields of Workflows").row("Stap")[2:] == [
        "—",
        "—",
        "⌂ kept for the hand-over sure, 99 % Rebuilt by hand",
    ]


def test_only_what_is_certain_is_called_100_per_cent(tmp_path: Path) -> None:
    lines = [a_line("A", confidence=0.9999), a_line("B", confidence=1.0), a_line("C", confidence=0.001)]
    table = _read(tmp_path, objects=[an_object(lines=lines)]).table("Fields of Patients")
    assert [row[-1].rpartition(", ")[2] for row in table.rows[1:]] == ["99 %", "100 %", "1 %"]


def test_fields_that_are_filled_besides_have_their_rule(tmp_path: Path) -> None:
    kind = {
        "target": "company.companyType",
        "target_label": "Company type",
        "type": "SELECT",
        "transform": "constant",
        "rule": "always INSURANCE",
        "headers": [],
    }
    table = _read(tmp_path, objects=[an_object(derived=[kind])]).table("Fields of People that are filled besides")
    assert table.rows[1] == ["Company type company.companyType one of a list", "Always INSURANCE", "no field"]


def test_columns_without_a_meaning_are_listed_as_fields_of_your_own(tmp_path: Path) -> None:
    page = _read(tmp_path)
    assert [row[0] for row in page.table("Columns that become").rows[1:]] == ["Zwemclub Patients"]
    assert "1 as fields of your own" in page.text
    assert "#custom" not in _read(tmp_path, objects=[a_handover()]).anchors


def test_headers_are_text_whatever_they_hold(tmp_path: Path) -> None:
    odd = '<b onclick="x">Kleur</b>'
    lines = [an_own_field(odd, target="person.kleur", target_label=odd), an_unsure_line("=1+1", reasons=[odd])]
    picks = [a_pick_list(header=odd, words=[a_word("<i>rood</i>", 9, "RED")])]
    plan = a_plan()
    plan[0]["fields"].append(a_field("kleur", label=odd, filled_by=[{"object": "patient", "header": odd}]))
    html = _html(tmp_path, objects=[an_object(lines=lines)], pick_lists=picks, plan=plan)
    assert not re.search(r"<b[ >]|<i[ >]", html)
    page = Page(html)
    assert page.table("Fields of Patients").row(odd)[2] == f"{odd} person.kleur text"
    assert page.tables[0].rows[1][0].startswith("=1+1 ")
    is_self_contained_and_accessible(page)


def test_a_column_without_a_header_has_its_line(tmp_path: Path) -> None:
    page = _read(tmp_path, objects=[an_object(lines=[an_own_field("", target_label="")])])
    assert page.table("Fields of Patients").rows[1][0] == "— filled 99.9 %"


# --- pick-lists and the plan ---------------------------------------------------------------------------------------


def test_each_word_of_a_pick_list_says_what_it_becomes_and_unmapped_words_come_first(tmp_path: Path) -> None:
    table = _read(tmp_path).table("Words of Status (Appointments)")
    assert table.rows[1:] == [["Wachtlijst", "40", "Other", "? not mapped"], ["Gepland", "1 200", "Planned", "✓ sure"]]


def test_words_in_fewer_than_three_rows_are_counted_and_never_shown(tmp_path: Path) -> None:
    words = [a_word("Gepland", 3, "PLANNED"), a_word(RARE_NAME, 2, ""), a_word("Anna", 1, "PLANNED")]
    picks = [a_pick_list(words=words, rare={"words": 4, "rows": 5, "unmapped": 1})]
    html = _html(tmp_path, pick_lists=picks)
    assert RARE_NAME not in html
    assert "Anna" not in html
    page = Page(html)
    assert page.table("Words of Status").rows[-1] == [
        "6 rare words, not shown",
        "8",
        "4 of them have one",
        "? 2 not mapped",
    ]
    assert "7 words ? 2 not mapped" in page.text


def test_a_word_that_nobody_mapped_stays_in_the_remarks_where_no_option_takes_it(tmp_path: Path) -> None:
    picks = [a_pick_list(otherwise="", otherwise_label="")]
    row = _read(tmp_path, pick_lists=picks).table("Words of Status").row("Wachtlijst")
    assert row[2] == "none; the word is kept in the import remarks"


def test_the_plan_says_which_fields_are_made_and_which_are_used_as_they_are(tmp_path: Path) -> None:
    page = _read(tmp_path)
    assert "4 fields in 2 objects, 1 of them new" in page.text
    person = page.table("Fields of People in Twenty")
    assert [row[0] for row in person.rows[1:]] == [
        "Importremarks importRemarks",
        "Sourcesystemid sourceSystemId",
        "Name name",
    ]
    assert person.row("Importremarks")[2:] == ["Bridgework itself", "made values that could not be converted"]
    assert person.row("Sourcesystemid")[1:] == ["Text, unique", "Patients: Patiëntnr", "made"]
    assert person.row("Name")[2:] == ["Patients: Naam, Voornaam", "used as it is"]


def test_the_plan_shows_options_and_both_sides_of_relations(tmp_path: Path) -> None:
    page = _read(tmp_path)
    treatment = page.table("Fields of Treatments in Twenty")
    assert treatment.row("Treatmentstatus")[1] == "One of a list Planned, Done"
    assert treatment.row("Patient")[1] == "Link to a record of People, called “Treatments given to them” there"
    assert page.table("Relations").rows[1:] == [["Treatments", "Patient", "People", "Treatments given to them"]]
