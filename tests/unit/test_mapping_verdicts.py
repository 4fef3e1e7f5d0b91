"""Status fields say beside a number or a code what it is worth, and change neither."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridgework.belgium.nomenclature_table import Entry, Interval, Table
from bridgework.errors import FindingsStop
from bridgework.mapping.document import MapDocument
from bridgework.mapping.propose import ProfiledColumn, ProfiledFile, propose
from bridgework.mapping.records import Mapper
from tests.unit.mapping_samples import build, context, map_of, options_of, row, step

OWN = Table.of([Entry("304371", (Interval(date(2005, 9, 1), date(2018, 1, 31)), Interval(date(2022, 7, 1), None)))])


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("85.07.30-033.28", "VALID"),
        ("70410100573", "BIS"),
        ("4063001714.0", "REPAIRED"),
        ("85073003329", "INVALID"),
        ("4.06E+09", "INVALID"),
        ("nvt", "MISSING"),
        ("", "MISSING"),
    ],
)
def test_a_patient_has_the_status_of_the_national_number(text: str, status: str) -> None:
    assert build("patient", insz=text).values["inszStatus"] == status


@pytest.mark.parametrize("object_", ["provider", "referrer"])
@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("3-00123-92-001", "VALID"),
        ("30012392", "SHORT"),
        ("30012392001.0", "REPAIRED"),
        ("3-00123-93-001", "INVALID"),
        ("Dr Peeters", "INVALID"),
        ("?", "MISSING"),
        ("", "MISSING"),
    ],
)
def test_a_provider_has_the_status_of_the_riziv_number(object_: str, text: str, status: str) -> None:
    values = build(object_, riziv=text).values

    assert values["rizivStatus"] == status
    assert values.get("riziv", "") == text


@pytest.mark.parametrize(
    ("code", "day", "status", "valid"),
    [
        ("371556", "31/01/2018", "VALID", None),
        ("371556", "01/02/2018", "ABOLISHED", False),
        ("371.615", "31/01/2018", "NOT_YET_VALID", False),
        ("371615", "01/02/2018", "VALID", True),
        ("304371", "01/02/2018", "UNKNOWN", None),
        ("301594", "01/02/2018", "WRONG_CHECK", None),
        ("301604", "01/02/2018", "HOSPITAL_VARIANT", None),
        ("301011-301022", "01/02/2018", "SEVERAL", None),
        ("KR01", "01/02/2018", "PRIVATE", None),
        ("371615", "", "NO_DATE", None),
        ("371615", "00/00/0000", "NO_DATE", None),
        ("", "01/02/2018", None, None),
    ],
)
def test_a_treatment_has_the_status_of_its_code_on_its_day(
    code: str, day: str, status: str | None, valid: bool | None
) -> None:
    values = build("treatment", code=code, date=day).values

    assert (values.get("codeStatus"), values.get("codeValidOnDate")) == (status, valid)
    assert values.get("nomenclatureCode", "") == code
    assert values.get("nomenclatureVersion") == (Table.builtin().version if code else None)


def test_the_practices_own_table_judges_where_the_map_names_it() -> None:
    document = map_of("nl").model_copy(update={"nomenclature": OWN.version})
    mapper = Mapper(document, context(nomenclature=OWN))

    record = mapper.build(step("treatment"), row("treatment", code="304371", date="01/03/2020"))

    assert record is not None
    assert record.values["codeStatus"] == "GAP"
    assert record.values["codeValidOnDate"] is False
    assert record.values["nomenclatureVersion"] == OWN.version


def test_another_table_than_the_approved_one_is_refused() -> None:
    with pytest.raises(FindingsStop) as caught:
        Mapper(map_of("nl"), context(nomenclature=OWN))

    assert caught.value.code == "NOMENCLATURE-CHANGED"
    assert OWN.version in (caught.value.next_step or "")


def test_the_table_is_part_of_what_is_approved_and_survives_writing() -> None:
    document = map_of("nl")
    other = document.model_copy(update={"nomenclature": OWN.version})

    assert document.nomenclature == Table.builtin().version
    assert other.digest() != document.digest()
    assert MapDocument.parse(other.to_yaml()).digest() == other.digest()


def test_a_map_that_judges_codes_by_no_named_table_has_a_problem() -> None:
    nameless = map_of("nl").model_copy(update={"nomenclature": ""})

    assert [one.code for one in nameless.problems()] == ["NO-NOMENCLATURE"]


def test_a_map_names_the_table_it_is_proposed_for_and_none_where_it_judges_nothing() -> None:
    columns = [ProfiledColumn("Behandelingsnr"), ProfiledColumn("Patiëntnr"), ProfiledColumn("Datum")]
    codes = [*columns, ProfiledColumn("Nomenclatuurcode")]

    with_codes = propose([ProfiledFile("behandelingen.csv", "treatment", codes)], OWN)
    without = propose([ProfiledFile("behandelingen.csv", "treatment", columns)], OWN)

    assert with_codes.nomenclature == OWN.version
    assert without.nomenclature == ""


@given(st.text(max_size=12), st.sampled_from(["", "01/02/2018", "morgen", "3-2-85"]))
def test_every_status_is_an_option_that_twenty_gets(text: str, day: str) -> None:
    treatment = build("treatment", code=text, date=day).values
    patient = build("patient", insz=text).values
    provider = build("provider", riziv=text).values

    assert treatment.get("codeStatus", "VALID") in options_of("treatment")["codeStatus"]
    assert patient["inszStatus"] in options_of("person")["inszStatus"]
    assert provider["rizivStatus"] in options_of("company")["rizivStatus"]
