"""A preview of a map on sample rows is what the load will make of them, and shows no patient unless asked."""

from __future__ import annotations

import time

from bridgework.mapping import preview as previews
from bridgework.mapping.preview import Example, as_it_is, preview, preview_all
from bridgework.mapping.records import Mapper
from bridgework.reports.masking import mask
from tests.unit.mapping_lines import document_of, line, row
from tests.unit.mapping_samples import context, map_of, mapper
from tests.unit.mapping_samples import row as practice_row

NAME = line("person.name", "name-split")
DATE = line("person.birthDate", "date", column="Dag", past=True)


def small() -> Mapper:
    return Mapper(document_of(NAME, DATE), context())


def test_cells_are_counted_with_those_that_are_filled_and_those_in_doubt() -> None:
    cells = ["Peeters, An", "Dr. Maes Jan", "", "  ", "Peeters", "Peeters An Sofie", "Maes Els Lien"]
    found = preview(small(), "lijst", NAME, [row(at, Cel=cell) for at, cell in enumerate(cells)], show=as_it_is)
    assert (found.looked_at, found.filled, found.failing) == (7, 5, 3)
    assert found.codes == {"NAME-SPLIT-ASSUMED": 2, "NAME-TITLE": 1, "NAME-NOT-SPLIT": 1}


def test_examples_show_every_kind_of_finding_doubts_first() -> None:
    cells = ["Peeters, An", "Maes, Jan", "Dr. Maes Jan", "Peeters An Sofie", "Maes Els Lien", "Vos"]
    found = preview(
        small(), "lijst", NAME, [row(at, Cel=cell) for at, cell in enumerate(cells)], show=as_it_is, examples=4
    )
    assert found.examples == (
        Example("Peeters An Sofie", "An Sofie · Peeters", ("NAME-SPLIT-ASSUMED",)),
        Example("Vos", "Vos", ("NAME-NOT-SPLIT",)),
        Example("Peeters, An", "An · Peeters"),
        Example("Dr. Maes Jan", "Jan · Maes", ("NAME-TITLE",)),
    )


def test_a_finding_of_one_column_is_no_doubt_of_another() -> None:
    rows = [row(1, Cel="Peeters, An", Dag="30/02/2020"), row(2, Cel="Maes", Dag="01/02/2020")]
    found = preview_all(small(), {"lijst": rows}, show=as_it_is)
    assert found["lijst", "Dag"].codes == {"NOT-A-DATE": 1}
    assert found["lijst", "Dag"].failing == 1
    assert found["lijst", "Cel"].codes == {"NAME-NOT-SPLIT": 1}
    assert found["lijst", "Dag"].examples[0] == Example("30/02/2020", "", ("NOT-A-DATE",))


def test_another_form_is_counted_and_is_no_doubt() -> None:
    code = line("person.jobTitle", "code")
    one = Mapper(document_of(code), context())
    found = preview(one, "lijst", code, [row(1, Cel="301.011"), row(2, Cel="301011")], show=as_it_is)
    assert (found.failing, found.codes) == (0, {"CODE-NORMALISED": 1})


def test_what_is_shown_is_what_the_caller_makes_of_it() -> None:
    rows = [row(1, Cel="Peeters, An", Dag="01/02/2020")]
    found = preview_all(small(), {"lijst": rows}, show=mask)
    assert found["lijst", "Cel"].examples == (Example("Xxxxxxx, Xx", "firstName: Xx · lastName: Xxxxxxx"),)
    assert found["lijst", "Dag"].examples == (Example("99/99/9999", "9999-99-99"),)
    assert "Peeters" not in repr(found)


def test_examples_that_look_alike_are_shown_once() -> None:
    rows = [row(at, Cel=cell) for at, cell in enumerate(["Maes, An", "Thys, Jo", "Maes, An", "Peeters, An"])]
    found = preview(small(), "lijst", NAME, rows, show=mask)
    assert [one.source for one in found.examples] == ["Xxxx, Xx", "Xxxxxxx, Xx"]


def test_every_line_of_a_source_has_a_preview_by_its_column_or_where_it_is_derived_by_its_target() -> None:
    rows = [practice_row("document", file="pano.jpg", patient_number="7", date="01/02/2020", number="5")]
    found = preview_all(mapper(), {"document": rows, "workflow": [], "unheard of": []}, show=as_it_is)
    lines = list(map_of("nl").sources["document"].all_lines())
    assert set(found) == {previews.key_of("document", one) for one in lines}
    assert all(one.looked_at == 1 for one in found.values())
    record = mapper().build(next(one for one in mapper().steps() if one.name == "document→note"), rows[0])
    target = mapper().build(next(one for one in mapper().steps() if one.name == "document→noteTarget"), rows[0])
    assert record is not None
    assert target is not None
    assert found["document", "Patiëntnr"].examples[0].value == target.values["targetPersonId"]
    assert found["document", "Documentnr"].examples[0].value == "document:5"
    assert found["document", "Bestandsnaam"].examples == (Example("pano.jpg", "pano.jpg"),)
    assert found["document", "Datum"].examples[0].value == record.values["occurredAt"]


def test_parts_of_an_address_and_of_a_name_are_shown_apart_and_both_waves_are_looked_at() -> None:
    rows = [
        practice_row("patient", "nl", 1, last_name="Maes", street="Kerkstraat", house_number="12", box="3"),
        practice_row("patient", "nl", 2, last_name="Vos", head_of_family="1"),
    ]
    found = preview_all(mapper(), {"patient": rows}, show=as_it_is)
    assert [one.value for one in found["patient", "Naam"].examples] == ["Maes", "Vos"]
    assert found["patient", "Straat"].examples[0].value == "Kerkstraat 12"
    assert found["patient", "Bus"].examples[0].value == "bus 3"


def test_five_thousand_rows_of_forty_columns_are_previewed_in_seconds() -> None:
    rows = [
        practice_row(
            "patient",
            "nl",
            at,
            last_name=f"Van den Broeck {at}",
            first_name="An",
            birth_date=f"{at % 28 + 1:02d}/02/19{at % 90 + 10}",
            insz="85.07.30-033.28",
            mobile=f"0479/{at:06d}",
            email=f"an{at}@example.be",
            street="Kerkstraat",
            house_number=str(at),
            insurer_number="131",
            created_at="03/02/2010 09:30",
        )
        for at in range(5000)
    ]
    begin = time.process_time()
    found = preview_all(mapper(), {"patient": rows}, show=mask)
    assert time.process_time() - begin < 6  # it takes a quarter of that
    assert found["patient", "Naam"].looked_at == 5000
