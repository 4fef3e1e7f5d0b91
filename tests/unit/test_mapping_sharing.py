"""Lines that fill one field together, columns and derived ones: none takes the place of what another has written."""

from __future__ import annotations

from bridgework.mapping.document import Line, MapDocument
from bridgework.mapping.records import Mapper, TargetRecord
from tests.unit.mapping_lines import document_of, line
from tests.unit.mapping_samples import Row, context


def built(document: MapDocument, **cells: str) -> TargetRecord:
    mapper = Mapper(document, context())
    record = mapper.build(mapper.steps()[0], Row("lijst", 1, "1", {"Nr": "1", **cells}))
    assert record is not None
    return record


def derived(target: str, transform: str, cell: str, **settings: object) -> Line:
    return Line.model_validate({"target": target, "transform": transform, "from": (cell,), "with": settings})


def test_a_derived_phone_stands_beside_the_column_s_own() -> None:
    tel = line("person.phones", "phones", column="Tel")
    work = line("person.fax", "text", column="Werk")
    document = document_of(tel, work, derived("person.phones", "phones", "Werk"))
    phones = built(document, Tel="0475 12 34 56", Werk="011 22 33 44").values["phones"]
    assert phones["primaryPhoneNumber"] == "475123456"
    assert [one["number"] for one in phones["additionalPhones"]] == ["11223344"]


def test_a_part_of_a_field_that_is_derived_stands_beside_the_other_part() -> None:
    name = line("person.name.lastName", "name", column="Naam")
    other = line("person.fax", "text", column="Roep")
    document = document_of(name, other, derived("person.name.firstName", "name", "Roep"))
    assert built(document, Naam="Maes", Roep="An").values["name"] == {"firstName": "An", "lastName": "Maes"}


def test_a_text_that_is_joined_by_nothing_keeps_what_stands_there() -> None:
    tel = line("person.phones", "phones", column="Tel", remarks="phoneRemarks")
    beside = line("person.phoneRemarks", "text", column="Bij", join="")
    record = built(document_of(tel, beside), Tel="0475 12 34 56 mama", Bij="na 18u")
    assert record.values["phoneRemarks"] == "Tel: 0475 12 34 56 mamana 18u"


def test_a_code_is_judged_by_the_day_of_its_row_wherever_the_columns_stand() -> None:
    code = line("treatment.codeStatus", "code-status", column="Code", date="treatedOn")
    day = line("treatment.treatedOn", "date", column="Dag")
    document = document_of(code, day)
    assert built(document, Code="301593", Dag="12/03/2024").values["codeStatus"] != "NO_DATE"
