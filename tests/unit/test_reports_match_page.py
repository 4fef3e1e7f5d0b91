"""The page of who is in Twenty already has both sides of every pair, and what to do about it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bridgework.reports.match_page import write_match
from tests.unit.reports_reader import Page, is_self_contained_and_accessible


def pair(group: str, **more: Any) -> dict[str, Any]:
    plain = {
        "group": group,
        "rivals": 0,
        "ref": "patienten.csv:3",
        "source_object": "patient",
        "object": "person",
        "record": "20202020-0687-4c41-b707-ed1bfca972a7",
        "score": 0.97,
        "reasons": ["the name is the same", "the e-mail address is the same"],
        "decided_by": "",
        "source": {"name": "Xx Xxxx", "email": "xx@xxxx.xx", "birth": "9999-99-99"},
        "existing": {"name": "Xx Xxxx", "email": "xx@xxxx.xx"},
    }
    return {**plain, **more}


def document(*pairs: dict[str, Any]) -> dict[str, Any]:
    groups = ("asked", "proposed", "same", "restore", "deleted")
    return {
        "practice": "export",
        "made_at": "2026-11-22T13:05:11Z",
        "digest": "ab" * 32,
        "approved_by": "",
        "masked": True,
        "same": 0.95,
        "new": 0.6,
        "policy": "fill",
        "fields": {"person.jobTitle": "source"},
        "counts": {**{name: sum(one["group"] == name for one in pairs) for name in groups}, "new": 12},
        "pairs": list(pairs),
    }


def test_every_pair_is_there_with_both_sides_and_its_reasons(tmp_path: Path) -> None:
    found = document(pair("asked", rivals=1), pair("proposed", ref="patienten.csv:9"), pair("deleted"))
    page = write_match(tmp_path, found).read_text()
    is_self_contained_and_accessible(Page.of(tmp_path / "match.html"))
    for text in ("patienten.csv:3", "patienten.csv:9", "0.97", "1 other fits nearly as well", "In the bin of Twenty"):
        assert text in page
    assert page.count("9999-99-99") == 3
    assert "person.jobTitle" in page


def test_where_nobody_is_there_the_page_says_so(tmp_path: Path) -> None:
    assert "Nobody: no record" in write_match(tmp_path, document()).read_text()
