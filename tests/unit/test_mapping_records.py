"""Rows become records: the same each time, in shapes that Twenty takes, and with no text lost."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridgework.mapping import markdown, names
from bridgework.mapping.records import FINDINGS, Mapper, TargetRecord, directory, target_id
from bridgework.mapping.target import FORMS
from bridgework.twins.dentadmin.export_format import TABLES
from tests.unit.mapping_samples import (
    MEMBER,
    NAMESPACE,
    build,
    check_value,
    context,
    map_of,
    mapper,
    row,
    step,
    table,
    texts,
)

LOADED = [one.object for one in TABLES if one.object not in {"workflow", "report"}]

# Cells as practices write them, and cells that are anything.
_TYPICAL = [
    *[
        "",
        "",
        "Janssens",
        "Van den Broeck",
        "7",
        "12",
        "131",
        "131 - CM Limburg",
        "CM Limburg",
        "9999",
        "-",
        "nvt",
        "?",
    ],
    *[
        "03/02/2024",
        "3-2-85",
        "20240203",
        "00/00/0000",
        "44197",
        "31/03/2024 02:30",
        "27/10/2024 02:30",
        "10:20",
        "25:00",
    ],
    *["1.234,50", "€ 22,50", "22,5-", "gratis", "J", "O", "misschien", "V", "M", "1", "0", "-1"],
    *[
        "0479/123456 (mama)",
        "02/2191575",
        "0478123456 of 09/2233445",
        "geen gsm",
        "an@example.be",
        "a@example.be;b@x",
        "@",
    ],
    *[
        "85.07.30-033.28",
        "4063001714.0",
        "12345678901",
        "16",
        "16,17",
        "1.6",
        "UR6",
        "kw1",
        "MOD",
        "Controle",
        "Autre chose",
    ],
    *[
        "regel 1\r\nregel 2",
        "* geen kop",
        "a\x00b",
        "  spaties\u00a0",
        "Röntgen.PDF",
        "map\\scan.jpg",
        "301011",
        "301.011",
    ],
]
CELLS = st.sampled_from(_TYPICAL) | st.text(st.characters(blacklist_categories=["Cs"]), max_size=25)


@st.composite
def rows(draw: st.DrawFn, object_: str) -> Any:
    """A row of typical and of any cells; most are chosen by one drawn number, for speed."""
    chance = draw(st.randoms(use_true_random=False))
    pool = [*_TYPICAL, *draw(st.lists(CELLS, min_size=6, max_size=6))]
    return row(object_, "nl", 1, **{column.key: chance.choice(pool) for column in table(object_).columns})


def records_of(one: Mapper, source_row: Any) -> list[TargetRecord]:
    steps = [each for each in one.steps() if each.source_object == source_row.object]
    return [made for each in steps if (made := one.build(each, source_row)) is not None]


# --- properties ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("object_", LOADED)
@settings(max_examples=25)
@given(data=st.data())
def test_no_text_of_any_cell_is_lost(object_: str, data: st.DataObject) -> None:
    source_row = data.draw(rows(object_))
    record = records_of(mapper(), source_row)[0]
    sent = list(texts(record.values))
    held = [text.replace("\r", "\n") for text in (*sent, *map(markdown.unescape, sent))]
    said = {finding.field for finding in record.findings}
    lines = {line.column: line for line in map_of("nl").sources[object_].lines}
    links = {one.column for one in record.references}
    for column, cell in source_row.values.items():
        text = cell.strip().replace("\x00", "").strip().replace("\r\n", "\n").replace("\r", "\n")
        if not text or any(text in one for one in held) or column in links:
            continue
        line = lines[column]
        # The text itself is nowhere: then a value was made of it, without doubts, and it tells the same.
        assert line.transform not in {"text", "note-text", "note-line", "name", "file", "key"}, column
        assert column not in said or _said_but_whole(record, column), column
        assert _means_the_same(record, line.field, line.transform or "", text), (column, text)


def _said_but_whole(record: TargetRecord, column: str) -> bool:
    whole = FORMS | {"FUTURE-DATE", "CLOCK-OVERLAP", "BAD-CHARACTER", "MOJIBAKE", "PHONE-ZERO-RESTORED"}
    whole |= {"INSZ-OTHER-SEX", "INSZ-OTHER-BIRTH-DATE"}
    return {one.code for one in record.findings if one.field == column} <= whole


def _numbers(text: str) -> set[int]:
    return {int(one) for one in re.findall(r"\d+", text)}


def _day_numbers(iso: str) -> set[int]:
    """Day and month of a date; of a moment nothing, for UTC may have another day."""
    return _numbers(iso[4:10]) if len(iso) == 10 else set()


def _means_the_same(record: TargetRecord, field: str, transform: str, text: str) -> bool:
    """Whether the value tells what the cell says, as far as it can be seen without the transform itself."""
    value = record.values.get(f"{field}Id" if transform == "member" else field)
    if value is None:
        return False
    digits, whole = re.sub(r"\D", "", text), "".join(texts(value))
    all_digits = re.sub(r"\D", "", whole)
    same: dict[str, Callable[[], bool]] = {
        "phones": lambda: digits.removeprefix("00").removeprefix("32").lstrip("0")[-8:] in all_digits,
        "emails": lambda: all(one in whole for one in re.findall(r"[\w.]+@[\w.]+", text.lower())),
        "insz": lambda: digits.lstrip("0").removesuffix("0") in whole,
        "money": lambda: digits.strip("0") in all_digits,
        "number": lambda: all_digits in digits or ":" in text,
        "date": lambda: _day_numbers(whole) <= _numbers(text) or digits == text,
        "time": lambda: len(digits) in {3, 4, 6},
        "moment": lambda: len(digits) >= 4,
        "boolean": lambda: isinstance(value, bool),
        "select": lambda: names.is_option(value),
        "member": lambda: value == MEMBER,
        "address": lambda: True,  # a country's own word becomes its name
    }
    return bool(same[transform]()) if transform in same else False


@pytest.mark.parametrize("object_", LOADED)
@settings(max_examples=25)
@given(data=st.data())
def test_every_value_is_one_that_twenty_takes(object_: str, data: st.DataObject) -> None:
    for record in records_of(mapper(), data.draw(rows(object_))):
        for name, value in record.values.items():
            check_value(record, name, value)
        assert {one.code for one in record.findings} <= set(FINDINGS)
        for reference in record.references:
            assert not reference.field or record.values[reference.field] == str(reference.target_id)


@pytest.mark.parametrize("object_", LOADED)
@settings(max_examples=25)
@given(data=st.data())
def test_the_same_row_gives_the_same_record_again(object_: str, data: st.DataObject) -> None:
    source_row = data.draw(rows(object_))
    assert records_of(mapper(), source_row) == records_of(Mapper(map_of("nl"), context()), source_row)


# --- people ----------------------------------------------------------------------------------------------------------


def test_a_patient_becomes_a_person_with_everything_in_its_place() -> None:
    record = build(
        "patient",
        number="12",
        last_name="Van den Broeck",
        first_name="An",
        sex="M",
        birth_date="30/07/1985",
        insz="85.07.30-033.28",
        email="An@Example.be",
        mobile="0479/123456",
        phone_home="02/219.15.75",
        street="Kerkstraat",
        house_number="12",
        box="3",
        country="BE",
        insurer_number="131",
        created_at="03/02/2010 09:30",
    )
    values = record.values
    assert values["id"] == str(record.id) == str(target_id(NAMESPACE, "person", "patient", "12"))
    assert values["sourceSystemId"] == "patient:12"
    assert values["name"] == {"firstName": "An", "lastName": "Van den Broeck"}
    assert values["emails"] == {"primaryEmail": "an@example.be"}
    assert values["phones"]["primaryPhoneNumber"] == "479123456"
    assert values["phones"]["additionalPhones"] == [{"number": "22191575", "countryCode": "BE", "callingCode": "+32"}]
    assert (values["birthDate"], values["sex"], values["insz"]) == ("1985-07-30", "MALE", "85073003328")
    assert values["homeAddress"]["addressStreet2"] == "bus 3"
    assert values["homeAddress"]["addressCountry"] == "Belgium"
    assert (values["createdAt"], values["updatedAt"]) == ("2010-02-03T08:30:00.000Z",) * 2
    assert values["createdBy"] == {"source": "IMPORT", "name": "Bridgework"}
    assert values["mutualityNumber"] == "131"
    assert "importRemarks" not in values
    assert [(one.code, one.field) for one in record.findings] == [("EMAIL-CASE", "E-mail")]


@pytest.mark.parametrize("cell", ["131", "131 - CM Limburg", "131 CM", "cm limburg"])
def test_the_insurer_is_found_by_number_or_name(cell: str) -> None:
    record = build("patient", insurer_number=cell)
    assert record.values["companyId"] == str(target_id(NAMESPACE, "company", "insurer", "131"))
    assert record.values["mutualityNumber"] == cell


def test_words_beside_a_phone_number_stay_with_it() -> None:
    record = build("patient", mobile="0479/123456 (mama)", phone_home="geheim nummer", phone_work="02/2191575")
    assert record.values["phoneRemarks"].split("\n") == [
        "GSM: 0479/123456 (mama)",
        "Tel. privé: geheim nummer",
        "Tel. werk: 02/2191575",
    ]
    assert {one.code for one in record.findings} == {"PHONE-REMARK", "PHONE-NOT-READ"}


def test_a_shared_address_goes_to_the_field_beside_and_nothing_is_lost() -> None:
    record = build("patient", email="mama@example.be; eigen@example.be")
    (claim,) = record.claims
    assert (claim.field, claim.value) == ("emails.primaryEmail", "mama@example.be")
    other = record.demoted(claim)
    assert "emails" not in other.values
    assert other.values["otherEmails"].split("\n") == ["mama@example.be", "eigen@example.be"]
    assert other.claims == ()
    assert other.findings[-1].code == "EMAIL-SHARED"
    assert record.values["emails"]["primaryEmail"] == "mama@example.be"


def test_a_dropped_link_leaves_its_text() -> None:
    record = build("patient", referrer_number="Dr Janssens Aalst", insurer_number="999")
    referred, insured = (
        next(one for one in record.references if one.source_object == kind) for kind in ("referrer", "insurer")
    )
    without = record.without_reference(referred).without_reference(insured)
    assert without.references == ()
    assert "referredById" not in without.values
    assert "companyId" not in without.values
    assert without.values["importRemarks"] == "Verwijzer: Dr Janssens Aalst"
    assert without.values["mutualityNumber"] == "999"


def test_heads_of_family_come_in_a_wave_before_those_who_point_at_them() -> None:
    first, second = step("patient", wave=1), step("patient", wave=2)
    head = row("patient", "nl", 1, number="1", head_of_family="1")
    child = row("patient", "nl", 2, number="2", head_of_family="1")
    alone = row("patient", "nl", 3, number="3")
    assert [mapper().build(first, one) is not None for one in (head, child, alone)] == [True, False, True]
    assert [mapper().build(second, one) is not None for one in (head, child, alone)] == [False, True, False]
    made = mapper().build(second, child)
    assert made is not None
    assert made.values["headOfFamilyId"] == str(target_id(NAMESPACE, "person", "patient", "1"))


def test_placeholders_are_kept_word_for_word_and_never_loaded_as_values() -> None:
    record = build("patient", birth_date="01/01/1900", mobile="-", email="nvt", last_name="?")
    assert "birthDate" not in record.values
    assert record.values["name"]["lastName"] == "?"
    assert set(record.values["importRemarks"].split("\n")) == {"Geboortedatum: 01/01/1900", "GSM: -", "E-mail: nvt"}
    assert {one.code for one in record.findings} == {"PLACEHOLDER"}


def test_an_insz_that_a_spreadsheet_broke_is_repaired_and_a_wrong_one_kept() -> None:
    repaired = build("patient", insz="4063001714.0")
    assert repaired.values["insz"] == "04063001714"
    assert repaired.values["importRemarks"] == "INSZ-nummer: 4063001714.0"
    wrong = build("patient", insz="85.07.30-033.29")
    assert wrong.values["insz"] == "85.07.30-033.29"
    assert [one.code for one in wrong.findings] == ["INSZ-NOT-VALID"]


def test_an_insz_that_contradicts_birth_date_or_sex_is_said_and_neither_is_changed() -> None:
    record = build("patient", insz="85073003328", sex="V", birth_date="31/07/1985")
    assert {one.code for one in record.findings} == {"INSZ-OTHER-SEX", "INSZ-OTHER-BIRTH-DATE"}
    assert (record.values["sex"], record.values["birthDate"]) == ("FEMALE", "1985-07-31")


@pytest.mark.parametrize(
    ("object_", "cell", "text", "code"),
    [
        ("treatment", "code", "301593", None),
        ("treatment", "code", "301594", "CODE-WRONG-CHECK"),
        ("treatment", "code", "301.604", "CODE-HOSPITAL"),
        ("treatment", "code", "301011-301022", "CODE-SEVERAL"),
        ("treatment", "code", "kroon 36", None),
        ("provider", "riziv", "3-00123-92-001", None),
        ("provider", "riziv", "3-00123-93-001", "RIZIV-NOT-VALID"),
        ("patient", "ct2", "000", None),
        ("patient", "ct2", "0", "ENTITLEMENT-UNKNOWN"),
    ],
)
def test_doubts_about_belgian_codes_are_said_and_change_nothing(
    object_: str, cell: str, text: str, code: str | None
) -> None:
    record = build(object_, **{cell: text})
    line = next(one for one in map_of("nl").sources[object_].lines if one.concept == f"{object_}.{cell}")
    assert record.values[line.field] == text
    assert [one.code for one in record.findings if one.field == line.column] == ([code] if code else [])


def test_text_beyond_what_twenty_takes_is_cut_and_said() -> None:
    record = build("patient", medical_history="x" * 20_010)
    assert len(record.values["medicalHistory"]) == 20_000
    assert record.values["importRemarks"] == "Anamnese: " + "x" * 10
    assert {one.code for one in record.findings} == {"TRUNCATED"}


# --- what hangs on people --------------------------------------------------------------------------------------------


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
        ("15/07/2024", "25:00", "2024-07-14T22:00:00.000Z", "NOT-A-TIME"),
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
    body = markdown.unescape(record.values["bodyV2"]["markdown"])
    assert body == "*Tot* morgen\n\nVerzonden op: 03/02/2010 10:00\n\nGebruiker: els"


# --- the order of the steps ------------------------------------------------------------------------------------------


def test_every_link_finds_its_other_end_loaded_before_and_files_come_last() -> None:
    order = [(one.source_object, one.role) for one in mapper().steps()]
    names_ = [one.name for one in mapper().steps()]
    assert len(set(names_)) == len(names_)
    for one in mapper().steps():
        for line in map_of("nl").sources[one.source_object].all_lines():
            if line.transform == "reference":
                assert order.index((line.with_["object"], "record")) <= order.index((one.source_object, one.role))
    roles = [role for _, role in order]
    assert roles.index("file") > max(number for number, role in enumerate(roles) if role != "file")


@pytest.mark.parametrize(
    ("specialty", "kind"),
    [("Huisarts", "REFERRING_PHYSICIAN"), ("Orthodontist", "REFERRING_DENTIST"), ("", "REFERRING_DENTIST")],
)
def test_a_referrer_is_a_dentist_unless_the_specialty_says_physician(specialty: str, kind: str) -> None:
    assert build("referrer", specialty=specialty).values["companyType"] == kind
    assert build("provider", specialty=specialty).values["companyType"] == "OWN_DENTIST"


def test_a_look_up_table_is_made_of_staged_rows_by_concept() -> None:
    made = directory(
        map_of("fr"), "provider", [row("provider", "fr", 1, number="1", last_name="Maes", email=" a@b.be ")]
    )
    assert made == {"1": {"provider.number": "1", "provider.last_name": "Maes", "provider.email": "a@b.be"}}
    assert directory(map_of("fr"), "unheard_of", []) == {}


def test_ids_depend_on_everything_that_tells_records_apart() -> None:
    base = target_id(NAMESPACE, "note", "document", "1")
    others = [
        target_id(UUID(int=1), "note", "document", "1"),
        target_id(NAMESPACE, "task", "document", "1"),
        target_id(NAMESPACE, "note", "communication", "1"),
        target_id(NAMESPACE, "note", "document", "2"),
        target_id(NAMESPACE, "note", "document", "1", "target"),
    ]
    assert len({base, *others}) == 6
    assert base == target_id(NAMESPACE, "note", "document", "1")


def test_records_without_moments_get_that_of_the_run_and_keep_their_order() -> None:
    first, second = (mapper().build(step("insurer"), row("insurer", "nl", number)) for number in (1, 2))
    provider = mapper().build(step("provider"), row("provider", "nl", 1))
    assert first and second and provider  # noqa: PT018
    assert first.values["createdAt"] == first.values["updatedAt"] == "2026-11-22T12:00:00.000Z"
    assert first.values["position"] < second.values["position"] < provider.values["position"]
    assert context().run_moment == datetime(2026, 11, 22, 12, tzinfo=UTC)
