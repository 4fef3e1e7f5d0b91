"""What hangs on people becomes tasks, treatments, notes and files, each linked to its person."""

from __future__ import annotations

import pytest

from bridgework.mapping.records import Mapper, target_id
from tests.unit.mapping_samples import MEMBER, NAMESPACE, build, context, map_of, mapper, row, step, unescaped


def test_an_appointment_becomes_a_task_for_the_provider_who_is_a_member() -> None:
    record = build(
        "appointment",
        patient_number="7",
        provider_number="1",
        date="15/07/2024",
        start="9:30",
        duration="30",
        type="Controle",
        reason="pijn",
        status="Niet verschenen",
    )
    values = record.values
    assert values["dueAt"] == "2024-07-15T07:30:00.000Z"
    assert (values["assigneeId"], values["treatingProvider"]) == (MEMBER, "Jan Maes (1)")
    assert (values["appointmentStatus"], values["status"]) == ("NO_SHOW", "DONE")
    assert (values["title"], values["durationMinutes"]) == ("Controle - pijn", 30)
    (guard,) = record.references
    assert (guard.field, guard.source_key, guard.required) == ("", "7", True)


@pytest.mark.parametrize("provider", ["2", "77"])
def test_a_provider_who_is_no_member_is_kept_as_text_and_counted(provider: str) -> None:
    record = build("appointment", provider_number=provider)
    assert "assigneeId" not in record.values
    assert provider in record.values["treatingProvider"]
    assert [one.code for one in record.findings] == ["NO-MEMBER"]


@pytest.mark.parametrize(
    ("status", "day", "expected"),
    [
        ("Gepland", "01/12/2026", "TODO"),
        ("Gepland", "01/12/2020", "DONE"),
        ("Afgewerkt", "01/12/2026", "DONE"),
        ("Geannuleerd", "01/12/2026", "DONE"),
        ("", "01/12/2026", "TODO"),
        ("", "", "TODO"),
    ],
)
def test_what_is_over_is_done_and_what_is_to_come_is_to_do(status: str, day: str, expected: str) -> None:
    assert build("appointment", status=status, date=day).values["status"] == expected


def test_a_task_is_linked_to_its_patient_by_a_target() -> None:
    record = build("appointment", "target", number="5", patient_number="7")
    assert record.object == "taskTarget"
    assert record.values["taskId"] == str(target_id(NAMESPACE, "task", "appointment", "5"))
    assert record.values["targetPersonId"] == str(target_id(NAMESPACE, "person", "patient", "7"))
    assert all(one.required for one in record.references)
    assert mapper().build(step("appointment", "target"), row("appointment", "nl", 1)) is None


@pytest.mark.parametrize(
    ("day", "start", "due", "code"),
    [
        ("31/03/2024", "02:30", "2024-03-31T01:30:00.000Z", "CLOCK-GAP"),
        ("27/10/2024", "02:30", "2024-10-27T00:30:00.000Z", "CLOCK-OVERLAP"),
    ],
)
def test_times_that_the_clock_doubts_are_resolved_and_said(day: str, start: str, due: str, code: str) -> None:
    record = build("appointment", date=day, start=start)
    assert record.values["dueAt"] == due
    assert [one.code for one in record.findings] == [code]


@pytest.mark.parametrize(
    ("tooth", "notation"),
    [("16", "FDI"), ("16,17", "FDI"), ("1.6", "FDI"), ("16 MOD", "FDI"), ("9", "UNKNOWN"), ("kw1", "UNKNOWN")],
)
def test_a_tooth_is_kept_as_written_with_the_notation_of_its_column(tooth: str, notation: str) -> None:
    values = build("treatment", tooth=tooth).values
    assert (values["tooth"], values["toothNotation"]) == (tooth, notation)


def test_the_notation_that_the_column_shows_goes_before_the_maps() -> None:
    other = Mapper(map_of("nl"), context(notations={"treatment": "UNIVERSAL"}))
    assert build("treatment", "record", other, tooth="16").values["toothNotation"] == "UNIVERSAL"
    assert build("treatment", "record", other, tooth="45").values["toothNotation"] == "UNKNOWN"


@pytest.mark.parametrize(
    ("tooth", "notation", "fdi"),
    [
        *[
            ("16", None, "16"),
            ("16,17", None, "16, 17"),
            ("1.6", None, "16"),
            ("16 MOD", None, "16"),
            ("85", None, "85"),
        ],
        *[("9", None, None), ("kw1", None, None), ("16-18", None, None), ("19", None, None), ("kroon", None, None)],
        *[("3", "UNIVERSAL", "16"), ("16", "UNIVERSAL", "28"), ("45", "UNIVERSAL", None)],
        *[("UR6", "PALMER", "16"), ("16", "UNKNOWN", None)],
    ],
)
def test_the_fdi_number_stands_beside_the_tooth_where_it_is_sure(
    tooth: str, notation: str | None, fdi: str | None
) -> None:
    other = Mapper(map_of("nl"), context(notations={"treatment": notation} if notation else {}))
    record = build("treatment", "record", other, tooth=tooth, patient_number="7")
    assert (record.values["tooth"], record.values.get("toothFdi")) == (tooth, fdi)
    assert "importRemarks" not in record.values
    assert record.findings == ()


def test_a_treatment_has_its_cost_and_may_not_be_loaded_without_its_patient() -> None:
    record = build(
        "treatment", patient_number="7", code="301593", label="Mondonderzoek", fee="64,00", status="Uitgevoerd"
    )
    assert record.values["cost"] == {"amountMicros": 64_000_000, "currencyCode": "EUR"}
    assert record.values["name"] == "301593 Mondonderzoek"
    (patient,) = record.references
    assert (patient.field, patient.required) == ("patientId", True)
    assert [one.code for one in build("treatment").findings] == ["NO-LINK"]


def test_a_document_is_a_note_with_a_link_and_its_file_hangs_on_the_person() -> None:
    cells = {"number": "3", "patient_number": "7", "category": "Foto", "file": "sub\\Foto_1.JPG", "date": "03/02/2024"}
    note = build("document", **cells)
    person = target_id(NAMESPACE, "person", "patient", "7")
    assert f"(https://twenty.example/object/person/{person}#files)" in note.values["bodyV2"]["markdown"]
    assert (note.values["title"], note.values["category"]) == ("Foto", "PHOTO")
    assert note.file is None
    attachment = build("document", "file", **cells)
    assert attachment.object == "attachment"
    assert attachment.values["targetPersonId"] == str(person)
    assert (attachment.values["name"], attachment.values["fileCategory"]) == ("Foto_1.JPG", "IMAGE")
    assert attachment.file is not None
    assert (attachment.file.name, attachment.file.content_type) == ("sub\\Foto_1.JPG", "image/jpeg")
    assert {one.source_object for one in attachment.references} == {"document", "patient"}
    sent = attachment.with_file("f1")
    assert sent.values["file"] == [{"fileId": "f1", "label": "Foto_1.JPG"}]


def test_the_pdf_of_an_invoice_hangs_on_the_invoice() -> None:
    attachment = build("invoice", "file", number="2024/7", pdf="F7.pdf")
    assert attachment.values["targetInvoiceId"] == str(target_id(NAMESPACE, "invoice", "invoice", "2024/7"))
    assert attachment.values["fileCategory"] == "TEXT_DOCUMENT"
    assert mapper().build(step("invoice", "file"), row("invoice", "nl", 1)) is None


def test_a_communication_keeps_its_original_moment() -> None:
    record = build(
        "communication", moment="03/02/2010 10:00", channel="Sms", direction="Uitgaand", text="*Tot* morgen", user="els"
    )
    assert record.values["occurredAt"] == record.values["createdAt"] == "2010-02-03T09:00:00.000Z"
    assert (record.values["channel"], record.values["direction"]) == ("SMS", "OUTGOING")
    assert record.values["title"] == "Sms"
    body = unescaped(record.values["bodyV2"]["markdown"])
    assert body == "*Tot* morgen\n\nVerzonden op: 03/02/2010 10:00\n\nGebruiker: els"
