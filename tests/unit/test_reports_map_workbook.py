"""The map's workbook has every field once, to be filtered, with real numbers; it runs nothing and shows no patient."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from bridgework.reports.map_workbook import map_workbook
from tests.unit.map_document_samples import (
    a_field,
    a_line,
    a_map,
    a_pick_list,
    a_word,
    an_object,
    an_own_field,
    an_unsure_line,
)

NAMES = ["Summary", "Fields", "Pick-lists", "Left out", "Also filled", "Schema plan", "Options", "Relations"]


def _book(content: bytes) -> CalamineWorkbook:
    return CalamineWorkbook.from_filelike(BytesIO(content))


def _rows(sheet: str, **more: Any) -> list[dict[str, Any]]:
    head, *rows = _book(map_workbook(a_map(**more))).get_sheet_by_name(sheet).to_python()
    return [dict(zip(map(str, head), row, strict=True)) for row in rows]


def _parts(content: bytes) -> dict[str, str]:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_it_has_a_sheet_for_each_part_of_the_map() -> None:
    assert _book(map_workbook(a_map())).sheet_names == NAMES


def test_headings_stay_in_view_and_can_be_filtered() -> None:
    sheets = [xml for name, xml in _parts(map_workbook(a_map())).items() if "worksheets/sheet" in name]
    assert len(sheets) == len(NAMES)
    assert all("<pane " in xml and "<autoFilter " in xml for xml in sheets)


def test_every_field_is_there_once_and_those_not_sure_are_first() -> None:
    rows = _rows("Fields")
    assert sorted(row["Field"] for row in rows) == sorted(
        line["header"] for one in a_map()["objects"] for line in one["lines"]
    )
    assert [row["Known"] for row in rows].index("not sure") == 0
    assert "not sure" not in [row["Known"] for row in rows][1:]


def test_the_summary_says_which_map_it_is_and_its_sums_close() -> None:
    rows = _rows("Summary", approved_by="Els Maes", approved_at="2026-11-22T14:00:00Z")
    said = {row["What"]: row for row in rows}
    assert said["Approved by"]["In words"] == "Els Maes"
    assert said["Fingerprint of the map"]["In words"] == "9f" * 32
    for kind in ("Meaning: ", "Decision: "):
        assert sum(row["Number"] for what, row in said.items() if what.startswith(kind)) == 8
    assert (said["Fields in DentAdmin"]["Number"], said["Fields to make in Twenty"]["Number"]) == (8, 4)


def test_a_field_has_its_numbers_as_numbers_and_all_its_reasons() -> None:
    row = next(row for row in _rows("Fields") if row["Field"] == "RIZIV")
    assert (row["How sure"], row["Rows"], row["Filled"], row["Filled, share"]) == (0.41, 2000, 1998, 0.999)
    assert (row["Different"], row["or more"]) == (1000, "yes")
    assert row["Why this meaning"] == "its name fits\nfew cells do"
    assert row["Next best"] == "who referred the patient 31\N{NARROW NO-BREAK SPACE}%"
    dated = next(row for row in _rows("Fields") if row["Field"] == "Geboortedatum")
    assert (dated["Cells tried"], dated["Do not fit"]) == (500, 12)
    assert dated["What does not fit"] == "12 have a date in no known form (DATE-NOT-READ)"


def test_what_a_language_model_said_stands_with_the_line() -> None:
    asked = {"model": "local-7b", "concept": "patient.referrer", "said": "it is who referred the patient."}
    row = _rows("Fields", objects=[an_object(lines=[an_unsure_line(asked=asked)])])[0]
    assert row["A language model said"] == "it is who referred the patient. (local-7b)"


def test_what_does_not_move_has_no_place_in_twenty() -> None:
    row = next(row for row in _rows("Fields") if row["Field"] == "INSZ-nummer")
    places = ("Field in Twenty", "Called there", "Type", "Rule", "Transform", "Cells tried")
    assert [row[name] for name in places] == [""] * 6
    assert row["Meaning"] == "INSZ-nummer of the patient"


def test_a_column_without_rows_has_no_share() -> None:
    none = {"rows": 0, "filled": 0, "distinct": 0, "distinct_capped": False}
    row = _rows("Fields", objects=[an_object(lines=[a_line("Naam", coverage=none, fails=None)])])[0]
    assert (row["Rows"], row["Filled, share"], row["Cells tried"]) == (0, "", "")


def test_left_out_fields_have_who_said_so_the_reason_and_the_kind_of_data() -> None:
    rows = {row["Field"]: row for row in _rows("Left out")}
    assert list(rows) == ["INSZ-nummer", "Hobby", "Vrij veld"]
    one = rows["INSZ-nummer"]
    assert (one["Left out"], one["Why"], one["Kind of data"], one["Filled"]) == (
        "By the preset",
        "national numbers stay in DentAdmin",
        "identity",
        1998,
    )


def test_words_in_fewer_than_three_rows_are_only_counted() -> None:
    words = [a_word("Gepland", 9, "PLANNED", sure=False), a_word("Wachtlijst", 3, ""), a_word("Els Maes", 2, "")]
    content = map_workbook(a_map(pick_lists=[a_pick_list(words=words)]))
    assert "Els Maes" not in "".join(_parts(content).values())
    rows = _rows("Pick-lists", pick_lists=[a_pick_list(words=words)])
    assert [(row["Word in DentAdmin"], row["Rows"], row["Option in Twenty"], row["Known"]) for row in rows] == [
        ("Wachtlijst", 3, "Other", "nobody mapped it"),
        ("Gepland", 9, "Planned", "not sure"),
        ("(1 rare word, not shown)", 2, "", "nobody mapped 1"),
    ]


def test_fields_filled_besides_name_the_columns_they_come_from() -> None:
    more = {
        "target": "person.inszStatus",
        "target_label": "INSZ status",
        "type": "SELECT",
        "transform": "number-status",
        "rule": "what the check digits say",
        "headers": ["INSZ-nummer"],
    }
    row = _rows("Also filled", objects=[an_object(derived=[more])])[0]
    assert (row["Field in Twenty"], row["From the fields"]) == ("person.inszStatus", "INSZ-nummer")


def test_the_plan_has_each_field_once_with_what_happens_to_it() -> None:
    rows = _rows("Schema plan")
    assert [(row["Name"], row["What happens"]) for row in rows] == [
        ("name", "used as it is"),
        ("importRemarks", "made"),
        ("sourceSystemId", "made"),
        ("treatmentStatus", "made in a new object"),
        ("patient", "made in a new object"),
    ]
    by = {row["Name"]: row["Filled by"] for row in rows}
    assert (by["name"], by["importRemarks"]) == ("Patients: Naam, Voornaam", "Bridgework itself")
    assert next(row for row in rows if row["Name"] == "sourceSystemId")["Unique"] == "yes"


def test_options_have_value_label_colour_and_place() -> None:
    rows = [(row["Place"], row["Value"], row["Option"], row["Colour"]) for row in _rows("Options")]
    assert rows == [(1, "PLANNED", "Planned", "green"), (2, "DONE", "Done", "sky")]


def test_relations_are_named_from_both_sides() -> None:
    row = _rows("Relations")[0]
    assert (row["Of the object"], row["Relation"], row["Points to"], row["Called there"]) == (
        "Treatment",
        "Patient",
        "People",
        "Treatments given to them",
    )
    assert (row["Field in Twenty"], row["Filled by"]) == ("treatment.patient", "Treatments: Patiëntnr")


@pytest.mark.parametrize(
    "text", ["=1+1", '=HYPERLINK("http://x")', "+1", "-1+2", "@SUM(A1)", "http://x.example", "<b>"]
)
def test_a_header_or_a_word_is_never_a_formula_or_a_link(text: str) -> None:
    option = {"value": "A", "label": text, "color": "red"}
    plan = a_map()["plan"]
    plan[0]["fields"].append(a_field("odd", label=text, options=[option], type="SELECT", description=text))
    document = a_map(
        objects=[an_object(lines=[an_own_field(text, why=text, note=text)])],
        pick_lists=[a_pick_list(header=text, words=[a_word(text, 9, "")])],
        plan=plan,
    )
    content = map_workbook(document)
    parts = _parts(content)
    assert not [name for name, xml in parts.items() if re.search(r"<f[ >]|<hyperlink", xml)]
    sheets = {name: _book(content).get_sheet_by_name(name).to_python() for name in NAMES}
    assert [sheets[name][1][0] for name in ("Fields", "Pick-lists")] == [text, text]
    assert text in [row[0] for row in sheets["Options"]]
