"""What the inventory looks at: files by size, texts by language, what is missing, DentAdmin's version."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bridgework.mapping.catalogue import builtin
from bridgework.mapping.propose import ProfiledColumn, ProfiledFile, propose
from bridgework.reports.audit_document import Missing
from bridgework.stages.inventory.about import dentadmin
from bridgework.stages.inventory.entries import Entries
from bridgework.stages.inventory.gaps import missing
from bridgework.stages.inventory.sampled import language_of
from bridgework.stages.inventory.volumes import documents
from tests.unit.inventory_samples import a_file, an_inventory, an_object

HEADERS = ("Patiëntnr", "Naam", "Voornaam", "Geboortedatum")


def _file(folder: Path, name: str, size: int) -> None:
    folder.mkdir(exist_ok=True)
    with (folder / name).open("wb") as file:
        os.truncate(file.fileno(), size)


def test_files_are_counted_by_class_of_size(tmp_path: Path) -> None:
    for name, size in (("a.pdf", 99_999), ("b.jpg", 100_000), ("c.jpg", 5_000_000), ("d.dcm", 100_000_000)):
        _file(tmp_path / "documents", name, size)
    found = documents(tmp_path / "documents", [], None)
    assert found is not None
    assert [(one["count"], one["bytes"]) for one in found["sizes"]] == [
        (1, 99_999),
        (1, 100_000),
        (1, 5_000_000),
        (0, 0),
        (1, 100_000_000),
    ]
    assert [one["least"] for one in found["sizes"]] == [0, 100_000, 1_000_000, 10_000_000, 100_000_000]
    assert (found["files"], found["bytes"]) == (4, 105_199_999)


def test_files_are_counted_by_kind_and_a_strange_extension_is_not_told(tmp_path: Path) -> None:
    for name in ("a.PDF", "b.pdf", "Jan.Peeters", "without"):
        _file(tmp_path / "documents", name, 10)
    found = documents(tmp_path / "documents", [], None)
    assert found is not None
    assert {(one["extension"], one["count"]) for one in found["kinds"]} == {("pdf", 2), ("other", 2)}
    assert "eeters" not in str(found)


def test_files_larger_than_twenty_takes_are_counted(tmp_path: Path) -> None:
    for name, size in (("a.stl", 1000), ("b.stl", 1001)):
        _file(tmp_path / "documents", name, size)
    found = documents(tmp_path / "documents", [], 1000)
    assert found is not None
    assert (found["too_large"], found["too_large_bytes"]) == (1, 1001)


def test_names_of_rows_are_looked_for_on_the_disk(tmp_path: Path) -> None:
    for name in ("a.pdf", "b.pdf", "c.pdf"):
        _file(tmp_path / "documents", name, 10)
    found = documents(tmp_path / "documents", ["A.PDF", "a.pdf", "gone.pdf", r"X:\docs\b.pdf"], None)
    assert found is not None
    assert (found["named"], found["found"], found["not_found"], found["not_named"]) == (4, 3, 1, 1)


def test_a_practice_without_a_documents_folder_has_no_volumes(tmp_path: Path) -> None:
    assert documents(None, [], None) is None
    assert documents(tmp_path / "documents", [], None) is None


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Patiënt is niet gekomen voor de controle", "nl"),
        ("Le patient n'est pas venu pour le contrôle", "fr"),
        ("Der Patient ist nicht zur Kontrolle gekommen", "de"),
        ("The patient was not there for this visit", "en"),
        ("Vulling 3 of meer vlakken", ""),
        ("16 MOD", ""),
        ("", ""),
    ],
)
def test_the_language_of_a_text_is_told_by_its_small_words(text: str, language: str) -> None:
    assert language_of(text) == language


# --- what is missing -------------------------------------------------------------------------------------------------


def _gaps(*headers: str, source: str = "export", **more: object) -> list[Missing]:
    proposed = propose([ProfiledFile("patienten.csv", "patient", [ProfiledColumn(header) for header in headers])])
    halves = [
        a_file("patient@api", "api:patient", header=list(HEADERS)),
        a_file("patient@export", "patienten.csv", header=[*HEADERS, "Anamnese"]),
    ]
    entries = Entries([], halves if source == "both" else [], [an_object(source=source)], [], [])
    given = {"called": (), "unknown": (), "documents": None, **more}
    return missing(proposed, entries, **given)  # type: ignore[arg-type]


def test_an_object_that_nothing_has_comes_with_the_file_to_export() -> None:
    found = {one["object"]: one for one in _gaps(*HEADERS) if one["kind"] == "object"}
    assert set(found) == set(builtin().sources) - {"patient"}
    assert "afspraken.csv" in found["appointment"]["way"]
    assert "They are not loaded" in found["workflow"]["way"]


def test_an_object_of_the_api_is_not_missing() -> None:
    assert "appointment" not in {one["object"] for one in _gaps(*HEADERS, called={"appointment"})}


def test_columns_that_the_map_knows_and_the_practice_lacks_are_named() -> None:
    (found,) = (one for one in _gaps(*HEADERS) if one["kind"] == "columns")
    assert {"INSZ-nummer", "Geslacht"} <= {
        name.replace("Rijksregisternummer", "INSZ-nummer") for name in found["names"]
    }
    assert not set(HEADERS) & set(found["names"])
    assert "make these columns visible" in found["way"]


def test_columns_that_an_api_lacks_come_from_the_export() -> None:
    (found,) = (one for one in _gaps(*HEADERS, source="api") if one["kind"] == "columns")
    assert "The API does not give them" in found["way"]


def test_columns_that_only_the_export_has_are_named_where_both_are_read() -> None:
    (found,) = (one for one in _gaps(*HEADERS, source="both") if one["kind"] == "api")
    assert found["names"] == ["Anamnese"]


def test_files_that_nobody_knows_say_what_to_write() -> None:
    (found,) = (one for one in _gaps(*HEADERS, unknown=["x.csv"]) if one["kind"] == "file")
    assert '[practice.files."x.csv"]' in found["way"]


def test_files_that_are_lost_or_too_large_are_said() -> None:
    found = [
        one["what"] for one in _gaps(*HEADERS, documents=an_inventory()["documents"]) if one["kind"] == "documents"
    ]
    assert found == ["1 of 4 named files are not on disk", "files larger than Twenty takes: 1"]


# --- DentAdmin's version ---------------------------------------------------------------------------------------------


def test_what_a_person_says_of_the_version_is_taken(tmp_path: Path) -> None:
    (tmp_path / "version.txt").write_text("Version 8.0", encoding="utf-8")
    assert dentadmin(tmp_path, "9.2", "Plus") == {"edition": "Plus", "version": "9.2", "known_from": "bridgework.toml"}


@pytest.mark.parametrize("name", ["version.txt", "Versie.TXT", "DentAdmin.ini", "a_propos.txt"])
def test_a_small_file_beside_the_export_tells_the_version(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text("[DentAdmin]\nVersion = 9.14.2\nEdition = Premium\n", encoding="utf-8")
    assert dentadmin(tmp_path) == {"edition": "Premium", "version": "9.14.2", "known_from": name}


def test_other_files_are_not_asked_and_the_way_to_find_it_is_said(tmp_path: Path) -> None:
    (tmp_path / "patienten.txt").write_text("Version 9.14.2", encoding="utf-8")
    (tmp_path / "version.txt").write_text("nothing of use", encoding="utf-8")
    found = dentadmin(tmp_path)
    assert (found["version"], found["edition"]) == ("", "")
    assert "About" in found["known_from"]
