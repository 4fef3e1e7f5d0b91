"""A patient becomes a person: links, waves, numbers, and what cannot be loaded kept word for word."""

from __future__ import annotations

import pytest

from bridgework.mapping.records import target_id
from tests.unit.mapping_samples import NAMESPACE, build, map_of, mapper, row, step


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
