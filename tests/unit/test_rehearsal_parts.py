"""The parts of a rehearsal: stand-ins for files, conflicts put aside, what is forgotten in the copy, the report."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bridgework.errors import Refused
from bridgework.practice.documents import DocumentsFolder
from bridgework.practice.rows import SourceRecord
from bridgework.reports.rehearsal_report import rehearsal_view, write_rehearsal
from bridgework.stages.rehearsal.rehearse import without_conflicts
from bridgework.stages.rehearsal.scratch import StandIns
from bridgework.store import Store
from bridgework.store.notes import Finding

ROW = SourceRecord("document", 1, "7", "documenten.csv", 2, {})


@pytest.fixture
def stand_ins(tmp_path: Path) -> StandIns:
    documents = tmp_path / "documents"
    documents.mkdir()
    (documents / "a.pdf").write_bytes(b"a file with bytes that nobody needs")
    (documents / "empty.pdf").write_bytes(b"")
    with (documents / "huge.dcm").open("wb") as file:
        file.truncate(111_000_000)  # holes: it takes no room
    return StandIns(Store.connect("sqlite://"), DocumentsFolder(documents), tmp_path, "multipart")


async def taken(stand_ins: StandIns, name: str) -> bytes:
    async with stand_ins.open(ROW, name) as path:
        return path.read_bytes()


def test_a_file_that_is_there_goes_as_one_byte(stand_ins: StandIns) -> None:
    assert stand_ins.has(ROW, "a.pdf")
    assert asyncio.run(taken(stand_ins, "a.pdf")) == b"."


@pytest.mark.parametrize("name", ["empty.pdf", "huge.dcm"])
def test_a_file_of_a_size_that_twenty_refuses_is_refused(stand_ins: StandIns, name: str) -> None:
    with pytest.raises(Refused) as caught:
        asyncio.run(taken(stand_ins, name))
    assert caught.value.code == "FILE_SIZE"


def test_a_file_that_is_nowhere_is_missing_as_it_would_be(stand_ins: StandIns) -> None:
    assert not stand_ins.has(ROW, "none.pdf")


def test_the_lease_on_the_store_is_kept_while_the_copy_is_worked_on(monkeypatch: pytest.MonkeyPatch) -> None:
    rehearse = sys.modules[without_conflicts.__module__]  # the package shows a function of that name
    monkeypatch.setattr(rehearse, "_BEAT", 0)
    store = Store.connect("sqlite://")
    begin, seen = store.begin, asyncio.Event()

    def counted() -> Any:
        seen.set()
        return begin()

    monkeypatch.setattr(store, "begin", counted)

    async def look_on() -> None:
        task = asyncio.create_task(rehearse._stay_alive(store))
        for _ in range(2):  # it goes on beating
            seen.clear()
            await asyncio.wait_for(seen.wait(), 30)
        task.cancel()

    asyncio.run(look_on())


def field(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "type": "TEXT", "relation": None, **more}


def test_fields_in_the_way_go_with_their_other_side_and_nothing_else_goes() -> None:
    relation = {"kind": "MANY_TO_ONE", "object": "company", "inverse": "patientsTreated"}
    person = {"name": "person", "fields": [field("birthDate"), field("seenBy", type="RELATION", relation=relation)]}
    company = {"name": "company", "fields": [field("patientsTreated"), field("name")]}
    stops = [
        Finding("schema", "SCHEMA-CONFLICT", "person", name, "stop", 1, "", "", "")
        for name in ("birthDate", "treatingProvider")
    ]
    ours = SimpleNamespace(name="treatingProvider", relation_to="company", inverse_label="Patients treated")
    needed = SimpleNamespace(objects=[SimpleNamespace(name_singular="person", fields=[ours])])
    document: Any = SimpleNamespace(schema=lambda: needed)
    left = without_conflicts({"objects": [person, company], "held": {}}, document, stops)
    assert {one["name"]: [each["name"] for each in one["fields"]] for one in left["objects"]} == {
        "person": [],  # seenBy is the other side of the field that stands where ours needs room
        "company": ["name"],
    }
    assert left["held"] == {}
    assert len(person["fields"]) == 2


DOCUMENT: dict[str, Any] = {
    "passed": False,
    "version": "2.19.0",
    "stops": [
        {
            "code": "SCHEMA-CONFLICT",
            "object": "person",
            "field": "birthDate",
            "severity": "stop",
            "count": 1,
            "example": "",
            "what": "cannot be used as it is: it is there as <b>TEXT</b>",
            "next_step": "give the line another target",
        }
    ],
    "findings": [],
    "quarantine": [
        {
            "stage": "load",
            "object": "patient",
            "code": "REFUSED-DUPLICATE",
            "reason": "taken",
            "count": 2,
            "examples": [],
        }
    ],
    "refusals": [],
    "accounts": [{"object": "patient", "source": 9, "loaded": 7, "merged": 0, "kept": 0, "quarantined": 2}],
    "automations": [{"name": "Create company", "event": "person.upserted"}],
    "held": [{"object": "person", "field": "emails", "count": 5, "deleted": 1}],
    "stages": [
        {"name": "load", "calls": 5, "records": 7, "seconds": 1.0, "hours": 0.05, "message": "", "passed": True}
    ],
    "hours": 0.05,
    "calls_per_minute": 100,
    "records_per_call": 200,
    "classes": {"equal": 70},
    "missing": {},
    "fields": [],
    "not_rehearsed": ["person.hologram"],
    "not_read": ["treatment"],
}


def test_the_report_names_what_stops_it_what_is_set_aside_and_what_it_could_not_show(tmp_path: Path) -> None:
    view = rehearsal_view(DOCUMENT)
    figures = {what: value for what, value, _ in view["figures"]}
    assert figures["Would stop the run"] == 1
    assert figures["Records that would arrive"] == 7
    assert figures["Would be set aside"] == 2
    page, data = write_rehearsal(tmp_path, DOCUMENT)
    text = page.read_text(encoding="utf-8")
    for words in ("IT WOULD STOP", "&lt;b&gt;TEXT", "person.upserted", "person.hologram", "Treatments."):
        assert words in text, words
    assert data.stat().st_mode & 0o777 == 0o600
