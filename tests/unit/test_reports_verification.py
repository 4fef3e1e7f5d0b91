"""The verification report says what was found, all of it, and no patient's value unless it was asked to."""

from __future__ import annotations

import json
import re
import stat
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from bridgework.reports.verification import write_verification
from tests.unit.reports_reader import Page, is_self_contained_and_accessible

RECORD = "3f2b8c1e-9a4d-5e77-8b1c-2d9f0a6b7c11"


def _account(name: str, source: int, loaded: int, kept: int = 0, quarantined: int = 0) -> dict[str, Any]:
    closes = source == loaded + kept + quarantined
    return {
        "object": name,
        "source": source,
        "loaded": loaded,
        "merged": 0,
        "kept": kept,
        "quarantined": quarantined,
        "closes": closes,
    }


def _aside(stage: str, object_: str, code: str, reason: str, count: int) -> dict[str, Any]:
    return {"stage": stage, "object": object_, "code": code, "reason": reason, "count": count}


def _field(object_: str, field: str, kind: str, count: int) -> dict[str, Any]:
    return {"object": object_, "field": field, "class": kind, "count": count}


def _difference(object_: str, field: str, kind: str, expected: str = "", found: str = "") -> dict[str, Any]:
    source = {"object": object_, "field": field, "kind": kind, "source": "patiënten.csv:913", "record": RECORD}
    return {**source, "expected": expected, "found": found}


def passed() -> dict[str, Any]:
    """What a good verification found."""
    return {
        "passed": True,
        "accounts": [_account("patient", 12480, 12466, quarantined=14), _account("workflow", 11, 0, kept=11)],
        "quarantine": [
            _aside("audit", "patient", "DUPLICATE_KEY", "another row has this number", 11),
            _aside("load", "patient", "REFUSED-INVALID_TEXT", "Twenty refused it, field insz: not a text", 3),
            _aside("load file", "document", "FILE-MISSING", "its file is not in the documents folder", 12),
        ],
        "records": {"person": 12466},
        "missing": {},
        "classes": {"equal": 24932, "normalised": 12466},
        "fields": [
            _field("person", "name", "equal", 12466),
            _field("person", "emails", "normalised", 12466),
            _field("person", "insz", "equal", 12466),
        ],
        "links": {"equal": 9000},
        "files": {"equal": 50},
        "workspace": {"person": 12471},
        "differences": [],
        "masked": True,
        "migration": "0e3bb9ac-4b61-4f0a-9a4e-30d7f5a7f0aa",
        "practice": "Praktijk Voorbeeld",
        "workspace_url": "https://crm.example",
        "made_at": "2026-11-22T13:05:11Z",
    }


def failed() -> dict[str, Any]:
    """What a verification found where something went wrong of every kind."""
    document = deepcopy(passed())
    document |= {
        "passed": False,
        "missing": {"person": 1},
        "classes": {"changed": 2, "equal": 24929, "missing": 1, "normalised": 12465, "truncated": 1},
        "files": {"changed": 1, "equal": 49},
        "differences": [
            _difference("person", "insz", "changed", "99.99.99-999.99", "99.99.99-999.98"),
            _difference("person", "name", "changed", "Xxxx", "Xxxx"),
            _difference("person", "", "missing"),
            _difference("attachment", "file", "changed"),
        ],
    }
    document["accounts"][0] |= {"loaded": 12464, "closes": False}
    document["fields"].append(_field("person", "birthDate", "changed", 2))
    return document


def _read(folder: Path, document: dict[str, Any]) -> Page:
    return Page.of(write_verification(folder, document)[0])


def test_it_writes_a_page_and_json_for_the_owner_only(tmp_path: Path) -> None:
    written = write_verification(tmp_path, passed())
    assert [path.name for path in written] == ["verification.html", "verification.json"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {0o600}
    assert json.loads(written[1].read_text(encoding="utf-8")) == passed()


@pytest.mark.parametrize("document", [passed(), failed(), failed() | {"masked": False}])
def test_the_page_loads_nothing_and_can_be_read_aloud(tmp_path: Path, document: dict[str, Any]) -> None:
    is_self_contained_and_accessible(_read(tmp_path, document))


def test_the_same_document_gives_the_same_page(tmp_path: Path) -> None:
    first = write_verification(tmp_path, failed())[0].read_bytes()
    assert write_verification(tmp_path, failed())[0].read_bytes() == first


def test_a_good_verdict_is_one_sentence(tmp_path: Path) -> None:
    text = _read(tmp_path, passed()).text
    assert "PASSED All 12 491 records of the practice are accounted for" in text.replace("NOT ", "!")
    assert "37 398 fields" in text


def test_a_bad_verdict_names_everything_that_keeps_it_from_passing(tmp_path: Path) -> None:
    text = _read(tmp_path, failed()).text
    assert "NOT PASSED" in text
    for reason in (
        "1 sum of the accounting does not close",
        "1 record is not in Twenty",
        "1 field is truncated",
        "2 fields are changed",
        "1 field is empty in Twenty",
        "1 file is not what is on the practice's disk",
    ):
        assert reason in text


def test_which_migration_and_when(tmp_path: Path) -> None:
    text = _read(tmp_path, passed()).text
    for fact in (
        "Praktijk Voorbeeld",
        "https://crm.example",
        passed()["migration"],
        "22 November 2026, 14:05 (Brussels)",
    ):
        assert fact in text


def test_what_is_not_known_of_the_migration_is_left_out_and_the_moment_is_now(tmp_path: Path) -> None:
    document = passed()
    for name in ("migration", "practice", "workspace_url", "made_at"):
        del document[name]
    page, data = write_verification(tmp_path, document)
    assert "Twenty workspace" not in Page.of(page).text.split("Records in the practice")[0]
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT.*Z", json.loads(data.read_text(encoding="utf-8"))["made_at"])


def test_the_accounting_shows_each_sum_and_by_how_much_it_does_not_close(tmp_path: Path) -> None:
    table = _read(tmp_path, failed()).table("Records of the practice")
    assert table.row("Patients") == ["Patients", "12 480", "12 464", "0", "0", "14", "✗ 2 unaccounted for"]
    assert table.row("Workflows") == ["Workflows", "11", "0", "0", "11", "0", "✓ closes"]
    assert table.row("Total")[-1] == "✗ 2 unaccounted for"


def test_more_accounted_for_than_there_is_does_not_close_either(tmp_path: Path) -> None:
    document = passed() | {"accounts": [_account("patient", 5, 6)]}
    assert _read(tmp_path, document).table("Records of the practice").row("Patients")[-1] == "✗ 1 too many"


def test_each_reason_for_setting_aside_has_its_count_and_what_to_do(tmp_path: Path) -> None:
    table = _read(tmp_path, passed()).table("Records set aside")
    duplicate = next(row for row in table.rows if "DUPLICATE_KEY" in row[1])
    assert duplicate[0] == "Patients"
    assert duplicate[1].startswith("Another row has this number while reading the export")
    assert duplicate[2] == "11"
    assert duplicate[3].startswith("Two different rows carry one number")
    refused = next(row for row in table.rows if "REFUSED-INVALID_TEXT" in row[1])
    assert "how the map treats it" in refused[3]
    assert table.row("Total")[1] == "14"


def test_files_set_aside_are_kept_apart_from_records(tmp_path: Path) -> None:
    page = _read(tmp_path, passed())
    assert not any(row[0] == "Documents" for row in page.table("Records set aside").rows)
    assert page.table("Files and links set aside").row("Documents")[2] == "12"


def test_where_a_row_can_be_found_and_what_to_do_are_taken_from_the_document_if_it_says(tmp_path: Path) -> None:
    document = passed()
    document["quarantine"][0] |= {"examples": ["patiënten.csv:17", "patiënten.csv:99"], "next_step": "ask Els"}
    row = next(row for row in _read(tmp_path, document).table("Records set aside").rows if "DUPLICATE_KEY" in row[1])
    assert row[1].endswith("patiënten.csv:17, patiënten.csv:99")
    assert row[3] == "ask Els"


def test_nothing_set_aside_is_said_too(tmp_path: Path) -> None:
    assert "Nothing: every record of the export could move." in _read(tmp_path, passed() | {"quarantine": []}).text


def test_every_class_is_counted_and_explained(tmp_path: Path) -> None:
    table = _read(tmp_path, failed()).table("Fields compared")
    counts = {row[0]: row[1] for row in table.rows[1:-1]}
    assert counts == {
        "= equal": "24 929",
        "≈ normalised": "12 465",
        "✎ edited": "0",
        "… truncated": "1",
        "≠ changed": "2",
        "∅ missing": "1",
    }
    assert all(len(row[3]) > 20 for row in table.rows[1:-1])


def test_a_class_that_is_not_known_counts_as_a_difference(tmp_path: Path) -> None:
    document = passed() | {"classes": {"equal": 3, "odd": 1}}
    page = _read(tmp_path, document)
    assert page.table("Fields compared").row("? odd")[1] == "1"
    assert "1 differs" in page.text


def test_every_field_has_its_counts_by_class(tmp_path: Path) -> None:
    table = _read(tmp_path, failed()).table("Fields of person")
    assert "Twenty holds 12 471 records now" in table.caption
    assert table.row("emails") == ["emails", "0", "12 466", "0", "0", "0", "0"]
    assert table.row("birthDate") == ["birthDate", "0", "0", "0", "0", "2", "0"]


def test_differences_are_listed_with_source_field_and_masked_values(tmp_path: Path) -> None:
    page = _read(tmp_path, failed())
    rows = page.table("Fields and records that differ").rows[1:]
    head = ["patiënten.csv line 913", f"person.insz {RECORD}", "≠ changed"]
    assert rows[0] == [*head, "99.99.99-999.99", "99.99.99-999.98"]
    assert rows[1][4] == "Xxxx same shape, other content"
    assert rows[2][3] == "The record is not in Twenty."
    assert rows[3][3] == "The file in Twenty is not the file on the practice's disk."


def test_of_long_values_the_page_shows_where_they_part(tmp_path: Path) -> None:
    same, document = "a" * 5000, failed() | {"masked": False}
    document["differences"] = [_difference("note", "bodyV2", "truncated", f"{same}tail{'z' * 900}", same)]
    page, data = write_verification(tmp_path, document)
    row = Page.of(page).table("Fields and records that differ").rows[1]
    assert row[3] == f"… {'a' * 100}tail{'z' * 296} …"
    assert row[4] == f"… {'a' * 100}"
    assert len(json.loads(data.read_text(encoding="utf-8"))["differences"][0]["expected"]) == 5904


def test_more_differences_than_are_listed_are_said(tmp_path: Path) -> None:
    document = failed() | {"classes": {"equal": 1, "changed": 3412}}
    assert "The first 4 of 3 414." in _read(tmp_path, document).text


def test_shown_values_come_with_a_warning_and_masked_ones_without(tmp_path: Path) -> None:
    warning = "This copy shows patients' values."
    assert warning in _read(tmp_path, failed() | {"masked": False}).text
    assert warning not in _read(tmp_path, failed()).text


def test_hostile_words_from_the_export_stay_words(tmp_path: Path) -> None:
    bad = '<script>alert("x")</script><img src="https://evil.example/x.png">'
    document = failed() | {"masked": False, "practice": bad}
    document["differences"] = [_difference("person", bad, "changed", bad, bad) | {"source": f"{bad}.csv:3"}]
    document["quarantine"] = [_aside("load", bad, bad, bad, 1) | {"examples": [bad]}]
    page = _read(tmp_path, document)
    is_self_contained_and_accessible(page)
    assert 'alert("x")' in page.text


def test_nothing_at_all_is_a_page_too(tmp_path: Path) -> None:
    nothing: dict[str, Any] = {name: {} for name in ("records", "missing", "classes", "links", "files", "workspace")}
    nothing |= {"passed": False, "masked": True, "accounts": [], "quarantine": [], "fields": [], "differences": []}
    page = _read(tmp_path, nothing)
    is_self_contained_and_accessible(page)
    assert "could not be shown to be what the practice holds" in page.text
