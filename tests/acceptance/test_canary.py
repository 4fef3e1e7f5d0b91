"""No value of a patient is in anything that is written or shown: logs, errors, reports, settings, map, store."""

from __future__ import annotations

import csv
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from bridgework.mapping.document import MapDocument
from bridgework.twins.dentadmin import DentAdminTwin
from bridgework.twins.dentadmin.export_format import TABLES
from tests.support import Way, begin, begin_with_api, new_twin, small_practice

_PLANTED = ("insz", "email", "membership_number", "policy_number", "mobile", "phone_home", "last_name")
_LEAST = 7  # characters: shorter ones occur by chance


def canaries(export: Path) -> set[str]:
    """Values of patients that nothing but the store and Twenty may hold."""
    table = next(one for one in TABLES if one.object == "patient")
    wanted = {column.header("nl") for column in table.columns if column.key in _PLANTED}
    with (export / table.file_name("nl")).open(encoding="cp1252", newline="", errors="replace") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    values = {row[name].strip() for row in rows for name in wanted if len((row[name] or "").strip()) >= _LEAST}
    return {value for value in values if not any(value in header for header in rows[0])}  # a stub is called Patiënt


def content(path: Path) -> bytes:
    """What is in a file: of a workbook, what is in its parts."""
    if path.suffix != ".xlsx":
        return path.read_bytes()
    with zipfile.ZipFile(path) as opened:
        return b"".join(opened.read(name) for name in opened.namelist())


@pytest.fixture(params=["export", "api"])
def way(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Way]:
    made = small_practice(tmp_path / "export", patients=25)
    with new_twin(made) as twin, DentAdminTwin(tmp_path / "export") as api:
        if request.param == "export":
            yield begin(tmp_path / "migration", tmp_path / "export", twin)
            return
        way = begin_with_api(tmp_path / "migration", twin, api)
        for stage in ("audit", "map", "schema"):
            way.apply(stage)
        yield way


def test_no_value_of_a_patient_leaves_the_store(way: Way, tmp_path: Path) -> None:
    values = canaries(tmp_path / "export")
    assert len(values) > 50
    shown = [way.run("audit", "--apply"), way.run("map"), way.run("map check"), way.run("map diff")]
    shown += [way.run("sample", "--apply", "--patients", "5"), way.run("sample", "--approve-as", "Test")]
    shown += [way.run("load", "--plan"), way.apply("load")]
    shown += [way.run("verify", "--apply"), way.run("status"), way.run("log"), way.apply("rollback")]
    texts = {f"command {number}": f"{one.document} {one.stderr}".encode() for number, one in enumerate(shown)}
    texts |= {path.name: content(path) for path in way.folder.rglob("*") if path.is_file()}
    written = {
        "sample.html",
        "sample.xlsx",
        "sample.json",
        "verification.html",
        "verification.json",
        "audit.json",
        "audit.xlsx",
        "map.yaml",
        "map.html",
        "map.xlsx",
        "store.db",
    }
    assert written <= texts.keys()
    found = {
        (where, len(value))
        for where, text in texts.items()
        for value in values
        if value.encode() in text or value.encode("cp1252", "replace") in text
    }
    assert found == set()


WORD = "HIV+ mevr Janssens Kerkstraat"


def plant_in_appointments(export: Path) -> None:
    """Write one text in the type of each appointment of the patient who has most, and in a new column beside it."""
    table = next(one for one in TABLES if one.object == "appointment")
    path = export / table.file_name("nl")
    with path.open(encoding="cp1252", newline="", errors="replace") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    patients = [row["Patiëntnr"] for row in rows if row["Patiëntnr"]]
    most = max(set(patients), key=patients.count)
    for row in rows:
        row["Soort bezoek"] = WORD if row["Patiëntnr"] == most else "Gewoon"
        row["Type afspraak"] = WORD if row["Patiëntnr"] == most else row["Type afspraak"]
    with path.open("w", encoding="cp1252", newline="", errors="replace") as file:
        writer = csv.DictWriter(file, [*rows[0]], delimiter=";", lineterminator="\r\n")
        writer.writeheader()
        writer.writerows(rows)
    assert patients.count(most) >= 3


def test_a_text_of_one_patient_is_no_word_of_a_pick_list_anywhere(tmp_path: Path) -> None:
    made = small_practice(tmp_path / "export", patients=12, messy=False)
    plant_in_appointments(tmp_path / "export")
    with new_twin(made) as twin:
        way = begin(tmp_path / "migration", tmp_path / "export", twin)
        own = ("appointment.Soort bezoek", "--field", "Soort", "--type", "SELECT")
        shown = [way.run("map", "--all"), way.run("map set", *own), way.run("map check"), way.run("map diff")]
        assert [one.code for one in shown[1:]] == [0, 0, 0]
        shown += [way.run("map approve", "--as", "Test"), way.apply("schema")]
        document = MapDocument.load(way.folder / "map.yaml")
        (field,) = (one for one in document.objects["task"].fields if one.name == "soort")
        assert field.options == {"GEWOON": "Gewoon"}
        texts = {str(number): f"{one.document} {one.stderr}".encode() for number, one in enumerate(shown)}
        texts |= {path.name: content(path) for path in way.folder.rglob("*") if path.is_file()}
        texts["Twenty"] = repr(twin.dump()).encode()
    assert b"Gewoon" in texts["Twenty"]
    assert b"Gewoon" in texts["map.yaml"]
    found = {where for where, text in texts.items() if re.search(rb"janssens.kerkstraat", text, re.IGNORECASE)}
    assert found == set()


def test_by_crm_lean_no_national_number_and_no_clinical_text_is_in_twenty(tmp_path: Path) -> None:
    made = small_practice(tmp_path / "export", patients=12)
    table = next(one for one in TABLES if one.object == "patient")
    wanted = {column.header("nl") for column in table.columns if column.key in {"insz", "medical_history", "remark"}}
    path = tmp_path / "export" / table.file_name("nl")
    with path.open(encoding="cp1252", newline="", errors="replace") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    for number, row in enumerate(rows):
        row["Rijksregisternr echtgenote"] = "85.07.30-033.28"
        row["Medische nota"] = f"abces element 36 nummer {number}"
        row["Taal"] = f"abces element 36 nummer {number}"
    with path.open("w", encoding="cp1252", newline="", errors="replace") as file:
        writer = csv.DictWriter(file, [*rows[0]], delimiter=";", lineterminator="\r\n")
        writer.writeheader()
        writer.writerows(rows)
    away = {row[name].strip() for row in rows for name in wanted if len((row[name] or "").strip()) >= _LEAST}
    away |= {"85.07.30-033.28", "85073003328", "abces element 36"}
    with new_twin(made) as twin:
        way = begin(tmp_path / "migration", tmp_path / "export", twin, preset="crm-lean")
        way.apply("load")
        there = repr(twin.dump())
        assert way.apply("verify").document["outcome"]["counts"]["missing"] == {}
    assert len(away) > 10
    assert [len(value) for value in away if value in there] == []
