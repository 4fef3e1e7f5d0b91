"""The data inventory shows what was found on both sides, and never a value."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

from bridgework.reports.audit_document import AuditDocument
from bridgework.reports.audit_page import write_audit
from tests.unit.inventory_samples import a_field, a_file, a_finding, a_step, an_inventory, an_object
from tests.unit.reports_reader import Page, is_self_contained_and_accessible


def _read(folder: Path, **more: Any) -> Page:
    return Page.of(write_audit(folder, an_inventory(**more))[0])


def test_it_writes_a_page_a_workbook_and_json_for_their_owner_only(tmp_path: Path) -> None:
    paths = write_audit(tmp_path, an_inventory())
    assert [path.name for path in paths] == ["audit.html", "audit.xlsx", "audit.json"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in paths} == {0o600}
    assert json.loads(paths[2].read_text(encoding="utf-8")) == an_inventory()
    assert len(list(tmp_path.iterdir())) == 3


def test_the_json_has_the_keys_that_its_version_states(tmp_path: Path) -> None:
    written = json.loads(write_audit(tmp_path, an_inventory())[2].read_text(encoding="utf-8"))
    assert written["version"] == 2
    assert set(written) == set(AuditDocument.__annotations__)


def test_the_page_loads_nothing_and_can_be_read_aloud(tmp_path: Path) -> None:
    is_self_contained_and_accessible(_read(tmp_path))


def test_the_first_words_are_how_hard_it_is_and_what_must_be_settled(tmp_path: Path) -> None:
    text = _read(tmp_path).text
    start = text[: text.index("Findings")]
    assert "1 thing must be settled first Complexity C, of A to D. Demanding. Very many records" in start
    assert "few files" not in start
    assert "Nothing stands in the way" in _read(tmp_path, findings=[]).text


def test_the_figures_count_records_fields_files_and_hours(tmp_path: Path) -> None:
    text = _read(tmp_path).text
    assert "Records 3 040 of 2 kinds, 2009\N{EN DASH}2026" in text
    assert "Fields 3 2 with a known meaning" in text
    assert "Files of patients 3 1.3 GB" in text
    assert "Loading takes about < 1 min no calls to DentAdmin" in text


def test_each_file_says_how_it_is_read_why_and_how_to_correct_it(tmp_path: Path) -> None:
    page = _read(tmp_path)
    table = page.table("Where it is read from")
    how = ["Patients key: Patiëntnr.", "CSV cp1252, semicolon", "Dutch", "3", "2 000", "2", "2.4 MB"]
    assert table.row("patiënten.csv")[1:] == how
    assert table.row("facturen")[2:4] == ["XLSX", "French"]
    said = '[practice.files."patiënten.csv"] object = "patient" encoding = "cp1252" delimiter = ";"'
    why = page.table("Why each file is read so").rows[1:]
    assert why == [["patiënten.csv", "no valid UTF-8 semicolon in every row", said]]


def test_the_halves_of_what_is_read_from_both_are_told_apart(tmp_path: Path) -> None:
    files = [a_file("patient@api", "api:patient", format="api", encoding="", delimiter="", size=0)]
    row = _read(tmp_path, files=files).table("Where it is read from").row("api:patient")
    assert row[1] == "Patients from the API key: Patiëntnr."
    assert row[-1] == "—"


def test_objects_stand_in_the_order_of_what_a_practice_lives_by(tmp_path: Path) -> None:
    rows = _read(tmp_path).table("Objects of the practice").rows
    assert [row[0] for row in rows] == ["Object", "Patients", "Invoices", "Total"]
    years = "2009\N{EN DASH}2026"
    assert rows[1] == ["Patients", "3 000", "4", "3", "1", years, "patiënten.csv, oud/patiënten.csv"]


def test_each_field_says_what_it_holds(tmp_path: Path) -> None:
    table = _read(tmp_path).table("Fields of Patients")
    many = ["Patiëntnr.", "100 %", "integer integer 2 988, code 12", "≥ 1 000", "5", "9999 96.7 % · 99999 3.3 %"]
    assert table.row("Patiëntnr.") == many
    date = ["Geboortedatum", "> 99.9 %", "date dd/mm/yyyy", "900", "10", "years 1923 to 2024"]
    assert table.row("Geboortedatum") == date
    assert table.row("Vrij veld") == ["Vrij veld not known to the map", "0 %", "empty everywhere", "0", "0", ""]


def test_amounts_have_their_range_and_texts_their_languages(tmp_path: Path) -> None:
    between = {"low": -880.0, "high": 2300.0, "cells": 50}
    fields = [a_field("Bedrag", range=between), a_field("Nota", languages={"nl": 0.9, "fr": 0.1})]
    table = _read(tmp_path, fields=fields).table("Fields of Patients")
    assert table.row("Bedrag")[-1] == "between -880 and 2 300"
    assert table.row("Nota")[-1] == "texts: Dutch 90%, French 10%"


def test_a_profile_of_some_rows_says_of_how_many(tmp_path: Path) -> None:
    assert _read(tmp_path).table("Fields of Patients").caption == "Fields of Patients"
    some = _read(tmp_path, objects=[an_object(records=10_000, profiled=3000)])
    assert some.table("Fields of Patients").caption == "Fields of Patients, counted in 3 000 of the 10 000 rows"


def test_findings_are_by_weight_and_say_whether_they_block(tmp_path: Path) -> None:
    page = _read(tmp_path)
    captions = [one.caption for one in page.tables if one.caption.startswith("Findings")]
    assert captions == [f"Findings: {words}" for words in ("must be settled", "worth a look", "good to know")]
    rows = page.table("Findings: must be settled").rows[1:]
    assert rows == [["Is so KEY-WEAK · for example patiënten.csv:9", "7", "Patients: insz", "Do"]]
    assert "Must be settled 1 finding blocks the load" in page.text
    assert "Worth a look 1 finding does not block" in page.text


def test_one_finding_in_many_fields_is_one_row(tmp_path: Path) -> None:
    many = [a_finding(code="PLACEHOLDER", field=f"Veld {number}", count=number) for number in range(1, 8)]
    rows = _read(tmp_path, findings=many).table("Findings: worth a look").rows[1:]
    assert len(rows) == 1
    assert rows[0][1] == "28"
    assert rows[0][2].startswith("Patients: Veld 7 7 Patients: Veld 6 6")
    assert rows[0][2].endswith("and 2 more places")


def test_what_must_be_settled_is_open_and_what_is_good_to_know_is_folded(tmp_path: Path) -> None:
    text = write_audit(tmp_path, an_inventory())[0].read_text(encoding="utf-8")
    folded = [words for words in ("Must be settled", "Worth a look", "Good to know") if not _is_open(text, words)]
    assert folded == ["Good to know"]


def test_of_many_that_are_worth_a_look_the_most_frequent_are_open(tmp_path: Path) -> None:
    many = [a_finding(code=f"CODE-{number}", count=number) for number in range(1, 21)]
    page = _read(tmp_path, findings=many)
    assert [row[1] for row in page.table("Findings: worth a look").rows[1:]] == ["20", *map(str, range(19, 12, -1))]
    assert len(page.table("Findings: worth a look, more of it").rows[1:]) == 12
    text = (tmp_path / "audit.html").read_text(encoding="utf-8")
    assert _is_open(text, "Worth a look</span>")
    assert not _is_open(text, "Worth a look, more of it")


def _is_open(text: str, words: str) -> bool:
    return "<details open>" in text[text.rindex("<details", 0, text.index(words)) : text.index(words)]


def test_rows_set_aside_have_their_reason(tmp_path: Path) -> None:
    row = _read(tmp_path).table("Rows set aside").row("Patients")
    assert row[1:3] == ["The row has no number MISSING_KEY · patiënten.csv:9", "4"]


def test_what_is_missing_comes_with_the_way_to_get_it(tmp_path: Path) -> None:
    page = _read(tmp_path)
    rows = page.table("What is missing").rows[1:]
    assert rows == [
        ["Workflows", "Nothing has it", "Write them down."],
        ["Patients", "2 columns: Taal, Bus", "Show them."],
    ]
    assert "DentAdmin's version and edition are not known: look under About" in page.text


def test_a_known_version_of_dentadmin_is_said(tmp_path: Path) -> None:
    about = {"edition": "Plus", "version": "9.2", "known_from": "bridgework.toml"}
    assert "DentAdmin Plus 9.2 (bridgework.toml)" in _read(tmp_path, dentadmin=about).text


def test_volumes_of_files_flag_those_that_twenty_does_not_take(tmp_path: Path) -> None:
    page = _read(tmp_path)
    assert page.table("Files of patients by size").row("100 MB") == ["100 MB and larger", "1", "1.3 GB"]
    assert page.table("Files of patients by kind").row("DICOM") == ["DICOM images dcm", "1", "1.3 GB", "1.0 GB"]
    assert (
        "1 file, 1.3 GB together, is larger than the 1.1 GB that this workspace takes: to be handled by hand"
        in page.text
    )
    assert "3 are there, 1 are not" in page.text
    assert "Files of patients by size" not in {one.caption for one in _read(tmp_path, documents=None).tables}


def test_the_plan_says_what_is_loaded_from_an_export(tmp_path: Path) -> None:
    page = _read(tmp_path)
    table = page.table("The plan")
    assert table.row("1. Patients") == ["1. Patients", "export", "3 000", "People 3 000", "15", "< 1 min"]
    assert table.row("2. Workflows")[3] == "kept for the hand-over"
    assert "Everything is read from the export" in page.text


def test_the_plan_says_what_an_api_costs(tmp_path: Path) -> None:
    plan = {
        **an_inventory()["plan"],
        "steps": [a_step(source="api", calls=12_120, page_calls=120, detail_calls=12_000, hours=3.37)],
        "reading": {
            "calls": 1_012_120,
            "calls_an_hour": 3600,
            "allowed": "22:00-06:00",
            "hours": 281.14,
            "days": 35.14,
            "ends_at": "2026-12-28T01:05+01:00",
            "remarks": ["patients: the API gives one record a call, which is 5.0 weeks."],
        },
    }
    page = _read(tmp_path, plan=plan)
    assert page.table("The plan").row("1. Patients")[1:5] == ["API", "3 000", "12 120 12 000 single records", "3.4 h"]
    assert (
        "used at 22:00-06:00. Reading takes 1 012 120 calls: 11.7 days of calling, spread over 35.1 days." in page.text
    )
    assert "it would end on 28 December 2026, 01:05 (Brussels)" in page.text
    assert "One call a record. Patients: the API gives one record a call, which is 5.0 weeks." in page.text


def test_the_workspace_and_its_automations(tmp_path: Path) -> None:
    page = _read(tmp_path)
    assert "Version 2.19.0 Calls a minute 100 Records in a call 200 Members 4 Uploads up to 1.1 GB" in page.text
    assert "Create company when adding a new person" in page.text
    row = page.table("What is in the workspace").row("People")
    assert row == ["People", "person", "5", "the load writes to it, 1 field added"]


def test_a_workspace_that_was_away_is_said(tmp_path: Path) -> None:
    page = _read(tmp_path, workspace=None)
    is_self_contained_and_accessible(page)
    assert "It could not be looked at" in page.text


def test_an_audit_without_findings_or_rows_set_aside(tmp_path: Path) -> None:
    text = _read(tmp_path, findings=[], quarantine=[], missing=[]).text
    assert "None: the export can be mapped as it is." in text
    assert "Nothing: every row could be read." in text
    assert "Nothing: every object and column that the map knows is there." in text
