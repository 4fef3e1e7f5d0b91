"""The map's page has every field of the practice, and shows first what would not move."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

from bridgework.reports.map_page import write_map
from tests.unit.reports_reader import Page, is_self_contained_and_accessible


def _line(header: str, target: str | None, decision: str = "load", **more: Any) -> dict[str, Any]:
    plain = {"concept": None, "type": "TEXT", "transform": "text", "note": ""}
    return {"header": header, "target": target, "decision": decision, **plain, **more}


def document() -> dict[str, Any]:
    """A map with a line of each kind."""
    return {
        "migration": "0e3bb9ac-4b61-4f0a-9a4e-30d7f5a7f0aa",
        "made_at": "2026-11-22T13:05:11Z",
        "objects": [
            {
                "object": "patient",
                "target": "person",
                "lines": [
                    _line("Naam", "person.name.lastName", concept="patient.last_name", type="FULL_NAME"),
                    _line("Zwemclub", "person.zwemclub", note="becomes a field of your own"),
                    _line("Vrij veld", None, "leave-out", type=None, transform=None, note="empty in every row"),
                ],
            },
            {"object": "workflow", "target": None, "lines": [_line("Stap", None, "handover", note="rebuilt by hand")]},
        ],
    }


def _read(folder: Path, found: dict[str, Any]) -> Page:
    return Page.of(write_map(folder, found)[0])


def test_it_writes_one_page_for_the_owner_only(tmp_path: Path) -> None:
    assert write_map(tmp_path, document()) == (tmp_path / "map.html",)
    assert stat.S_IMODE((tmp_path / "map.html").stat().st_mode) == 0o600


def test_the_page_loads_nothing_and_can_be_read_aloud(tmp_path: Path) -> None:
    is_self_contained_and_accessible(_read(tmp_path, document()))


def test_each_field_has_its_place_type_transform_and_decision(tmp_path: Path) -> None:
    table = _read(tmp_path, document()).table("Fields of Patients")
    assert table.row("Naam") == ["Naam patient.last_name", "person.name.lastName", "FULL_NAME", "text", "→ moves"]
    assert table.row("Zwemclub")[-1] == "→ moves Becomes a field of your own"
    assert table.row("Vrij veld") == ["Vrij veld", "—", "—", "—", "✗ left out Empty in every row"]


def test_what_is_left_out_is_shown_first(tmp_path: Path) -> None:
    page = _read(tmp_path, document())
    assert page.tables[0].rows[1:] == [["Vrij veld", "Patients", "Empty in every row"]]
    assert "3 fields: 2 move, 1 left out." in page.text
    assert "1 field, kept for the hand-over." in page.text
    assert "1 as fields of your own" in page.text


def test_a_map_that_leaves_nothing_out_says_so(tmp_path: Path) -> None:
    found = document()
    found["objects"] = found["objects"][1:]
    assert "Nothing: every field has a place." in _read(tmp_path, found).text


def test_who_approved_which_map(tmp_path: Path) -> None:
    assert "Approved not yet" in _read(tmp_path, document()).text
    text = _read(tmp_path, document() | {"digest": "9f" * 32, "approved_by": "Els Maes"}).text
    assert "Fingerprint 9f9f9f9f9f9f9f9f Approved by Els Maes" in text


def test_a_decision_that_is_not_known_is_shown_as_it_is(tmp_path: Path) -> None:
    found = document()
    found["objects"][0]["lines"][0]["decision"] = "ask"
    assert _read(tmp_path, found).table("Fields of Patients").row("Naam")[-1] == "? ask"
