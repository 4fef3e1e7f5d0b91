"""The workbook holds the inventory's tables whole, with real numbers, and runs nothing."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from bridgework.reports.audit_workbook import audit_workbook
from bridgework.reports.workbook import Column, Sheet, workbook
from tests.unit.inventory_samples import a_field, a_finding, an_inventory

MADE = "2026-11-22T13:05:11Z"
NAMES = [
    "Summary",
    "Objects",
    "Fields",
    "Findings",
    "Set aside",
    "Files",
    "Documents",
    "Missing",
    "Plan",
    "Workspace",
]


def _book(content: bytes) -> CalamineWorkbook:
    return CalamineWorkbook.from_filelike(BytesIO(content))


def _rows(sheet: str, **more: Any) -> list[dict[str, Any]]:
    head, *rows = _book(audit_workbook(an_inventory(**more))).get_sheet_by_name(sheet).to_python()
    return [dict(zip(map(str, head), row, strict=True)) for row in rows]


def _parts(content: bytes) -> dict[str, str]:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_it_has_a_sheet_for_each_part_of_the_inventory() -> None:
    assert _book(audit_workbook(an_inventory())).sheet_names == NAMES


def test_numbers_are_numbers() -> None:
    one = next(row for row in _rows("Fields") if row["Field"] == "Geboortedatum")
    assert (one["Rows"], one["Filled"], one["Empty"]) == (3000, 2999, 0.0003)
    assert (one["First year"], one["Last year"], one["From"]) == (1923, 2024, "")
    assert next(row for row in _rows("Documents") if row["Extension"] == "dcm")["Together"] == 1_300_000_000


def test_ranges_and_languages_are_told() -> None:
    between = {"low": -880.0, "high": 2300.0, "cells": 50}
    one = _rows("Fields", fields=[a_field(range=between, languages={"nl": 0.9, "fr": 0.1})])[0]
    assert (one["From"], one["To"], one["Languages"]) == (-880, 2300, "nl 90%, fr 10%")


def test_findings_say_whether_they_block() -> None:
    rows = _rows("Findings")
    assert [(row["Weight"], row["Blocks the load"], row["Code"]) for row in rows] == [
        ("must be settled", "yes", "KEY-WEAK"),
        ("worth a look", "no", "FILE-UNKNOWN"),
        ("good to know", "no", "FYI"),
    ]


def test_a_part_that_is_not_there_leaves_its_sheet_empty_or_says_so() -> None:
    assert _rows("Documents", documents=None) == []
    assert _rows("Workspace", workspace=None)[0]["In words"] == "could not be looked at; the findings say why"


@pytest.mark.parametrize("text", ['=HYPERLINK("http://x")', "+1", "-1+2", "@SUM(A1)", "http://x.example", "\t=1"])
def test_a_text_is_never_a_formula_or_a_link(text: str) -> None:
    content = audit_workbook(an_inventory(findings=[a_finding(field=text, what=text, example=text)]))
    parts = _parts(content)
    assert not [name for name, xml in parts.items() if re.search(r"<f[ >]|<hyperlink", xml)]
    assert "Relationship " not in "".join(xml for name, xml in parts.items() if "worksheets/_rels" in name)
    head, row = _book(content).get_sheet_by_name("Findings").to_python()
    assert str(dict(zip(head, row, strict=True))["What"]).strip() == text.strip()


def test_headings_stay_in_view_and_can_be_filtered() -> None:
    sheets = [xml for name, xml in _parts(audit_workbook(an_inventory())).items() if "worksheets/sheet" in name]
    assert len(sheets) == len(NAMES)
    assert all('state="frozen"' in xml and "<autoFilter" in xml for xml in sheets)


def test_the_same_inventory_makes_the_same_file() -> None:
    assert audit_workbook(an_inventory()) == audit_workbook(an_inventory())


def test_a_text_beyond_what_a_cell_takes_is_cut(tmp_path: Path) -> None:
    content = workbook([Sheet("One", [Column("Text")], [["x" * 40_000]])], "Long", MADE)
    assert len(str(_book(content).get_sheet_by_name("One").to_python()[1][0])) == 32_767
