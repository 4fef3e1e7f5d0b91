"""Codes and teeth in another form, images that a map leaves out: what becomes of the cell, and what is said of it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridgework.mapping.document import MapDocument
from bridgework.mapping.draft import clean
from bridgework.mapping.records import Mapper, TargetRecord
from bridgework.mapping.transforms import TRANSFORMS
from tests.unit.mapping_lines import build_line, document_of, line
from tests.unit.mapping_lines import row as row_of
from tests.unit.mapping_samples import context, map_of, row


def codes(record: TargetRecord) -> list[str]:
    return [one.code for one in record.findings]


# --- nomenclature codes ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["301.011", "301011.0", "301 011", "301-011", "0301011", "301011,00"])
def test_a_code_in_another_form_becomes_six_digits_and_the_form_is_kept(text: str) -> None:
    record = build_line("person.jobTitle", "code", text)
    assert record.values["jobTitle"] == "301011"
    assert record.values["importRemarks"] == f"Cel: {text}"
    assert codes(record) == ["CODE-NORMALISED"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("301011", []),
        ("01011", []),  # a zero may be lost, but nobody knows which
        ("kroon 36", []),
        ("301012", ["CODE-WRONG-CHECK"]),
        ("301.012", ["CODE-WRONG-CHECK"]),
        ("301011-301022", ["CODE-SEVERAL"]),
        ("301022", ["CODE-HOSPITAL"]),
    ],
)
def test_any_other_code_stays_as_it_is(text: str, found: list[str]) -> None:
    record = build_line("person.jobTitle", "code", text)
    assert record.values["jobTitle"] == text
    assert "importRemarks" not in record.values
    assert codes(record) == found


def test_a_code_that_another_line_keeps_is_not_kept_twice() -> None:
    document = document_of(line("person.city", "text"), line("person.jobTitle", "code", column=None))
    mapper = Mapper(document, context())
    record = mapper.build(mapper.steps()[0], row_of(1, Cel="301.011"))
    assert record is not None
    assert (record.values["city"], record.values["jobTitle"]) == ("301.011", "301011")
    assert "importRemarks" not in record.values
    assert codes(record) == ["CODE-NORMALISED"]


# --- teeth -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("notation", "text", "teeth"),
    [
        ("FDI", "1.6", "16"),
        ("FDI", "16 17", "16, 17"),
        ("FDI", "16,17", "16, 17"),
        ("FDI", "16 MOD", "16"),
        ("FDI", "13-23", "13, 12, 11, 21, 22, 23"),
        ("PALMER", "UR6", "16"),
        ("PALMER", "RB6", "16"),
        ("UNIVERSAL", "3", "16"),
        ("UNIVERSAL", "14 A", "26, 55"),
    ],
)
def test_teeth_are_given_in_fdi_and_the_cell_is_kept(notation: str, text: str, teeth: str) -> None:
    record = build_line("person.jobTitle", "tooth", text, notation=notation)
    assert record.values["jobTitle"] == teeth
    assert record.values["importRemarks"] == f"Cel: {text}"
    assert codes(record) == ["TOOTH-CONVERTED"]


@pytest.mark.parametrize(
    ("notation", "text"),
    [
        *[("FDI", "99"), ("FDI", "UR6"), ("FDI", "kw1"), ("FDI", "16, kw2"), ("FDI", "16 en iets"), ("FDI", "16S")],
        *[("FDI", "14-18"), ("UNIVERSAL", "48"), ("PALMER", "16"), ("PALMER", "6|"), ("FDI", "?")],
    ],
)
def test_a_cell_that_is_not_only_teeth_stays_as_it_is(notation: str, text: str) -> None:
    record = build_line("person.jobTitle", "tooth", text, notation=notation)
    assert record.values["jobTitle"] == text
    assert codes(record) == ["TOOTH-NOT-READ"]


def test_a_tooth_in_fdi_says_nothing_and_an_empty_cell_fills_nothing() -> None:
    assert codes(build_line("person.jobTitle", "tooth", "16")) == []
    assert "jobTitle" not in build_line("person.jobTitle", "tooth", "").values


def test_the_column_tells_its_notation_where_the_map_says_another() -> None:
    mapper = Mapper(document_of(line("person.jobTitle", "tooth")), context(notations={"lijst": "UNIVERSAL"}))
    record = mapper.build(mapper.steps()[0], row_of(1, Cel="3"))
    assert record is not None
    assert record.values["jobTitle"] == "16"


@given(st.text(max_size=25), st.sampled_from(["code", "tooth"]))
def test_the_text_of_a_code_or_a_tooth_is_in_the_value_or_in_the_remarks(text: str, transform: str) -> None:
    record = build_line("person.jobTitle", transform, text)
    held = [record.values.get("jobTitle", ""), record.values.get("importRemarks", "")]
    assert any(clean(text) in one for one in held)
    assert build_line("person.jobTitle", transform, text) == record


# --- what may stand in a map -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "transform", "settings", "code"),
    [
        ("person.name", "name-split", {}, None),
        ("person.name", "name-split", {"names": "first-last"}, None),
        ("person.name", "name-split", {"names": "any"}, "BAD-SETTING"),
        ("person.name.lastName", "name-split", {}, "BAD-PART"),
        ("person.jobTitle", "name-split", {}, "TYPE-MISMATCH"),
        ("person.homeAddress", "address-split", {"values": "country"}, None),
        ("person.homeAddress", "address-split", {"values": "nowhere"}, "UNKNOWN-LIST"),
        ("person.name", "address-split", {}, "TYPE-MISMATCH"),
        ("person.jobTitle", "code", {}, None),
        ("person.name", "code", {}, "TYPE-MISMATCH"),
        ("person.jobTitle", "tooth", {"notation": "PALMER"}, None),
        ("person.jobTitle", "tooth", {"notation": "MIXED"}, "BAD-SETTING"),
        ("person.jobTitle", "file", {"attach": "targetPerson", "without": ["images"]}, None),
        ("person.jobTitle", "file", {"attach": "targetPerson", "without": ["letters"]}, "BAD-SETTING"),
    ],
)
def test_a_map_is_checked_for_what_these_lines_may_say(
    target: str, transform: str, settings: dict[str, Any], code: str | None
) -> None:
    found = {one.code for one in document_of(line(target, transform, **settings)).problems()} - {"NO-NAME"}
    assert found == ({code} if code else set())
    assert transform in TRANSFORMS


# --- images ----------------------------------------------------------------------------------------------------------


def without_images() -> MapDocument:
    document = map_of("nl")
    source = document.sources["document"]
    lines = tuple(
        one.model_copy(update={"with_": {**one.with_, "without": ("images",)}}) if one.transform == "file" else one
        for one in source.lines
    )
    sources = {**document.sources, "document": source.model_copy(update={"lines": lines})}
    return document.model_copy(update={"sources": sources})


def made_of(document: MapDocument, file: str, category: str = "") -> dict[str, TargetRecord]:
    mapper = Mapper(document, context())
    cells = row("document", file=file, patient_number="7", title="Opname", category=category)
    steps = [step for step in mapper.steps() if step.source_object == "document"]
    return {step.role: record for step in steps if (record := mapper.build(step, cells)) is not None}


@pytest.mark.parametrize("file", ["pano.JPG", "map\\scan.tif", "foto/kies.png", "rx.dcm", "onderkaak.stl", "rx.zip"])
def test_an_image_is_left_out_where_the_map_says_so_and_its_name_is_kept(file: str) -> None:
    made = made_of(without_images(), file)
    assert set(made) == {"record", "target"}
    assert made["record"].values["fileName"] == file
    assert [(one.code, one.field) for one in made["record"].findings] == [("IMAGE-LEFT-OUT", "Bestandsnaam")]
    assert "#files" not in made["record"].values["bodyV2"]["markdown"]
    whole = made_of(map_of("nl"), file)
    assert set(whole) == {"record", "target", "file"}
    assert whole["record"].findings == ()
    assert "#files" in whole["record"].values["bodyV2"]["markdown"]


@pytest.mark.parametrize(
    ("file", "wanted"), [("verslag.pdf", "no image"), ("brief.docx", "no image"), ("jpg", "document")]
)
def test_a_map_without_images_attaches_other_files_if_their_content_is_what_they_say(file: str, wanted: str) -> None:
    made = made_of(without_images(), file)
    assert made["file"].file is not None
    assert made["file"].file.wanted == wanted
    assert made["record"].findings == ()
    whole = made_of(map_of("nl"), file)
    assert whole["file"].file is not None
    assert whole["file"].file.wanted == "any"


@pytest.mark.parametrize("category", ["Panoramische opname", "RX", "foto", "CBCT"])
def test_a_document_of_a_category_of_images_is_left_out_however_its_file_is_called(category: str) -> None:
    made = made_of(without_images(), "opname.pdf", category)
    assert set(made) == {"record", "target"}
    assert [one.code for one in made["record"].findings] == ["IMAGE-LEFT-OUT"]
    assert "#files" not in made["record"].values["bodyV2"]["markdown"]
    assert set(made_of(without_images(), "opname.pdf", "Verslag")) == {"record", "target", "file"}
