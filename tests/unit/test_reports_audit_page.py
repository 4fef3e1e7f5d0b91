"""The data inventory shows what was found on both sides, and never a value."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from bridgework.reports.audit_page import write_audit
from tests.unit.reports_reader import Page, is_self_contained_and_accessible


def _file(object_: str, path: str, rows: int, **more: Any) -> dict[str, Any]:
    read = {"format": "csv", "encoding": "cp1252", "delimiter": ";", "language": "nl"}
    header = {"header": ["Patiëntnr.", "Geboortedatum", "Vrij veld"], "key_headers": ["Patiëntnr."]}
    return {"object": object_, "path": path, "size": 2_400_000, "rows": rows, "bad_rows": 2, **read, **header, **more}


def _field(header: str, filled: int, type_: str, **more: Any) -> dict[str, Any]:
    nothing: dict[str, Any] = {"distinct": 0, "distinct_capped": False, "longest": 0, "kinds": {}, "patterns": []}
    profile = {"rows": 3000, "filled": filled, "type": type_, "first_year": 0, "last_year": 0}
    return {"object": "patient", "header": header, **nothing, **profile, **more}


def _finding(severity: str, code: str, **more: Any) -> dict[str, Any]:
    plain = {
        "stage": "audit",
        "object": "patient",
        "field": "",
        "count": 1,
        "example": "",
        "what": "is so",
        "next_step": "do",
    }
    return {**plain, "severity": severity, "code": code, **more}


def document() -> dict[str, Any]:
    """What an audit found."""
    return {
        "files": [
            _file("patient", "patiënten.csv", 2000, why=["no valid UTF-8", "semicolon in every row"]),
            _file("patient", "oud/patiënten.csv", 1000),
            _file("invoice", "facturen.xlsx#Blad1", 40, format="xlsx", encoding="", delimiter="", language="fr"),
        ],
        "fields": [
            _field(
                "Patiëntnr.",
                3000,
                "integer",
                distinct=1000,
                distinct_capped=True,
                longest=5,
                kinds={"code": 12, "integer": 2988},
                patterns=[["9999", 2900], ["99999", 100]],
            ),
            _field(
                "Geboortedatum",
                2999,
                "date",
                distinct=900,
                longest=10,
                kinds={"date dd/mm/yyyy": 2999},
                first_year=1923,
                last_year=2024,
            ),
            _field("Vrij veld", 0, "empty"),
        ],
        "quarantine": [
            {
                "stage": "audit",
                "object": "patient",
                "code": "MISSING_KEY",
                "reason": "the row has no number",
                "count": 4,
            }
        ],
        "workspace": {
            "version": "2.19.0",
            "calls per minute": 100,
            "members": 4,
            "records": {"person": 5, "task": 0},
            "automations": ["Create company when adding a new person (person.created)"],
        },
        "findings": [
            _finding("info", "FYI"),
            _finding("stop", "KEY-WEAK", field="insz", count=7, example="patiënten.csv:9"),
            _finding("warn", "FILE-UNKNOWN"),
        ],
        "made_at": "2026-11-22T13:05:11Z",
    }


def _read(folder: Path, found: dict[str, Any]) -> Page:
    return Page.of(write_audit(folder, found)[0])


def test_it_writes_a_page_and_json(tmp_path: Path) -> None:
    page, data = write_audit(tmp_path, document())
    assert (page.name, data.name) == ("audit.html", "audit.json")
    assert json.loads(data.read_text(encoding="utf-8")) == document()


def test_the_page_loads_nothing_and_can_be_read_aloud(tmp_path: Path) -> None:
    is_self_contained_and_accessible(_read(tmp_path, document()))


def test_each_file_says_how_it_is_read_and_why(tmp_path: Path) -> None:
    page = _read(tmp_path, document())
    table = page.table("Files of the export")
    assert table.row("patiënten.csv")[1:] == [
        "Patients key: Patiëntnr.",
        "CSV cp1252, semicolon",
        "Dutch",
        "3",
        "2 000",
        "2",
        "2.4 MB",
    ]
    assert table.row("facturen")[2:4] == ["XLSX", "French"]
    why = page.table("Why each file is read so").rows[1:]
    assert why == [["patiënten.csv", "no valid UTF-8 semicolon in every row"]]


def test_objects_stand_in_the_order_of_what_a_practice_lives_by(tmp_path: Path) -> None:
    found = document()
    found["files"].reverse()
    rows = _read(tmp_path, found).table("Objects of the practice").rows
    assert [row[0] for row in rows] == ["Object", "Patients", "Invoices", "Total"]


def test_files_of_one_object_are_counted_together(tmp_path: Path) -> None:
    row = _read(tmp_path, document()).table("Objects of the practice").row("Patients")
    assert row == ["Patients", "3 000", "4", "3", "patiënten.csv, oud/patiënten.csv"]


def test_each_field_says_what_it_holds(tmp_path: Path) -> None:
    page = _read(tmp_path, document())
    table = page.table("Fields of Patients")
    many = ["Patiëntnr.", "100 %", "integer integer 2 988, code 12", "≥ 1 000", "5", "9999 96.7 % · 99999 3.3 %"]
    assert table.row("Patiëntnr.") == many
    date = ["Geboortedatum", "> 99.9 %", "date dd/mm/yyyy", "900", "10", "years 1923 to 2024"]
    assert table.row("Geboortedatum") == date
    assert table.row("Vrij veld") == ["Vrij veld", "0 %", "empty everywhere", "0", "0", ""]
    assert "1 of them empty everywhere" in page.text


def test_a_profile_of_some_rows_says_of_how_many(tmp_path: Path) -> None:
    found = document()
    assert _read(tmp_path, found).table("Fields of Patients").caption == "Fields of Patients"
    found["files"][0]["rows"] = 9000
    caption = "Fields of Patients, counted in 3 000 of the 10 000 rows"
    assert _read(tmp_path, found).table("Fields of Patients").caption == caption


def test_findings_are_there_the_gravest_first(tmp_path: Path) -> None:
    rows = _read(tmp_path, document()).table("Findings").rows[1:]
    assert [row[0] for row in rows] == ["✗ must be settled", "! worth a look", "i good to know"]
    assert rows[0][1:] == ["Patients insz", "Is so KEY-WEAK · for example patiënten.csv:9", "7", "Do"]


def test_rows_set_aside_have_their_reason(tmp_path: Path) -> None:
    row = _read(tmp_path, document()).table("Rows set aside").row("Patients")
    assert row[1:3] == ["The row has no number MISSING_KEY", "4"]


def test_the_workspace_and_its_automations(tmp_path: Path) -> None:
    page = _read(tmp_path, document())
    assert "Version 2.19.0" in page.text
    assert "Create company when adding a new person" in page.text
    assert page.table("Records in the workspace").row("People") == ["People", "person", "5"]


def test_a_workspace_that_was_away_is_said(tmp_path: Path) -> None:
    page = _read(tmp_path, document() | {"workspace": {}})
    is_self_contained_and_accessible(page)
    assert "It could not be looked at" in page.text


def test_an_audit_without_findings_or_rows_set_aside(tmp_path: Path) -> None:
    text = _read(tmp_path, document() | {"findings": [], "quarantine": []}).text
    assert "None: the export can be mapped as it is." in text
    assert "Nothing: every row could be read." in text
