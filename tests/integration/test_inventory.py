"""The inventory of a staged practice: what it says of a messy one, and that none of its values are in it."""

from __future__ import annotations

import asyncio
import csv
import json
import uuid
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from bridgework.mapping.propose import propose
from bridgework.mapping.recognise import recognise
from bridgework.practice import discover
from bridgework.practice.staging import stage
from bridgework.reports.audit_document import AuditDocument, WorkspaceSide
from bridgework.reports.audit_page import write_audit
from bridgework.settings import MigrationSettings, PracticeSettings, Settings, WorkspaceSettings
from bridgework.stages.context import Context
from bridgework.stages.inventory.taking import Found, inventory
from bridgework.stages.inventory.workspace_side import workspace_side
from bridgework.stages.profiled import profiled_files
from bridgework.store import Store
from bridgework.twins.dentadmin import generate_practice
from bridgework.twins.twenty import TwentyTwin
from bridgework.workspace import Workspace


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Context]:
    folder = tmp_path_factory.mktemp("inventory")
    export = folder / "export"
    generate_practice(export, patients=60, seed=5, messy=True, density=0.4, files_per_patient=0.5)
    settings = Settings(
        migration=MigrationSettings(id=uuid.uuid5(uuid.NAMESPACE_DNS, "inventory")),
        practice=PracticeSettings(folder=export),
        workspace=WorkspaceSettings(url="http://127.0.0.1:1"),
    )
    store = Store.create(folder / "store.db", "a passphrase")
    files = discover(export, {})
    for file in files:
        known = recognise({one.relative: one.header for one in files})[file.relative]
        stage(store, file, known.object, known.key_headers, lambda _: None)
    yield Context(folder, settings, store, "Test")
    store.close()


@pytest.fixture(scope="module")
def document(context: Context) -> AuditDocument:
    found = Found(propose(profiled_files(context)), {"patienten.csv": ("because",)}, ["odd.csv"])
    return inventory(context.store, context.settings, found)


def test_every_object_and_field_of_the_practice_is_there(document: AuditDocument) -> None:
    objects = {one["object"]: one for one in document["objects"]}
    assert objects["patient"]["records"] == 60
    assert objects["patient"]["fields"] == len([one for one in document["fields"] if one["object"] == "patient"]) > 30
    assert sum(one["set_aside"] for one in objects.values()) == sum(one["count"] for one in document["quarantine"])
    assert next(one["why"] for one in document["files"] if one["path"] == "patienten.csv") == ["because"]


def test_the_years_of_records_are_those_of_what_happened(document: AuditDocument) -> None:
    treatment = next(one["span"] for one in document["objects"] if one["object"] == "treatment")
    assert treatment is not None
    assert treatment["header"] == "Datum"
    assert 2000 <= treatment["first_year"] <= treatment["last_year"] <= 2026


def test_amounts_have_ranges_of_two_digits_and_nothing_else_has(document: AuditDocument) -> None:
    ranged = {(one["object"], one["header"]): one["range"] for one in document["fields"] if one["range"]}
    assert ("treatment", "Honorarium") in ranged
    assert ("appointment", "Duur (min)") in ranged
    assert not {header for _, header in ranged} & {"INSZ-nummer", "Geboortedatum", "Patiëntnr", "Postcode", "CT1"}
    ends = [end for one in document["fields"] if one["range"] for end in (one["range"]["low"], one["range"]["high"])]
    assert all(len(f"{end:f}".strip("-0").replace(".", "").strip("0")) <= 2 for end in ends)


def test_a_dutch_practice_writes_dutch(document: AuditDocument) -> None:
    told = {one["header"]: one["languages"] for one in document["fields"] if one["languages"]}
    assert told
    assert all(next(iter(languages)) == "nl" for languages in told.values())


def test_patterns_of_few_cells_are_not_told(document: AuditDocument) -> None:
    assert all(count >= 5 for one in document["fields"] for _, count in one["patterns"])
    assert any(one["rare_patterns"] for one in document["fields"])
    few = [one for one in document["fields"] if 0 < one["filled"] < 5]
    assert few
    assert all(not one["patterns"] and not one["first_year"] for one in few)


def test_files_named_and_on_disk_are_matched(document: AuditDocument, context: Context) -> None:
    volumes = document["documents"]
    assert volumes is not None
    folder = context.settings.practice.folder
    assert folder is not None
    assert volumes["files"] == len(list((folder / "documents").iterdir()))
    assert volumes["named"] == volumes["found"] + volumes["not_found"]


def test_without_a_workspace_the_plan_goes_by_the_settings(document: AuditDocument) -> None:
    assert document["workspace"] is None
    assert document["plan"]["loading"]["calls_per_minute"] == 100
    assert [one["object"] for one in document["plan"]["steps"]][:2] == ["insurer", "provider"]
    assert document["grade"]["grade"] == "C"


def test_no_value_of_a_patient_is_in_any_of_its_three_files(
    document: AuditDocument, context: Context, tmp_path: Path
) -> None:
    folder = context.settings.practice.folder
    assert folder is not None
    with (folder / "patienten.csv").open(encoding="cp1252", newline="", errors="replace") as file:
        rows = list(csv.DictReader((line.replace("\0", "") for line in file), delimiter=";"))
    wanted = ("INSZ-nummer", "E-mail", "GSM", "Naam", "Geboortedatum", "Aansluitingsnummer", "Opmerkingen")
    values = {row[name].strip() for row in rows for name in wanted if row[name] and len(row[name].strip()) >= 7}
    values = {value for value in values if not any(value in header for header in rows[0])}
    assert len(values) > 100
    page, book, data = write_audit(tmp_path, document)
    with zipfile.ZipFile(book) as archive:
        texts = [archive.read(name).decode() for name in archive.namelist()]
    texts += [page.read_text(encoding="utf-8"), data.read_text(encoding="utf-8")]
    assert [len(value) for value in values for text in texts if value in text] == []
    assert json.loads(data.read_text(encoding="utf-8"))["version"] == 2


def test_the_workspaces_side_says_what_is_there_and_what_it_takes() -> None:
    async def ask(url: str, key: str) -> WorkspaceSide:
        async with await Workspace.open(url, key, calls_per_minute=0) as workspace:
            return await workspace_side(workspace, {"person"})

    with TwentyTwin() as twin:
        side = asyncio.run(ask(twin.url, twin.key))
    objects = {one["object"]: one for one in side["objects"]}
    assert objects["person"]["ours"]
    assert not objects["company"]["ours"]
    assert not objects["person"]["custom"]
    assert (side["records_per_call"], side["uploads"], side["upload_limit"]) == (200, "direct", 1024**3)
    assert side["version"]
    assert side["automations"]
