"""What a migration costs: calls and hours of both APIs, the plan, and the grade that follows by rules."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from bridgework.mapping.propose import ProfiledColumn, ProfiledFile, propose
from bridgework.practice.api import ObjectProfile
from bridgework.practice.api.entries import ByPage, Detail
from bridgework.reports.audit_document import ExportPlan, Missing
from bridgework.stages.inventory.calls import ApiObject, load_hours, reading
from bridgework.stages.inventory.entries import Entries
from bridgework.stages.inventory.export_plan import Budgets, export_plan
from bridgework.stages.inventory.grade import grade
from tests.unit.inventory_samples import a_field, a_finding, a_step, an_inventory, an_object

NOW = datetime(2026, 11, 22, 11, 0, tzinfo=UTC)  # noon in Brussels
PAGES = ObjectProfile(name="patient", path="/p", id=("id",), paging=ByPage(by="page"), page_size=100)


def test_the_page_size_decides_how_many_calls_an_object_takes() -> None:
    plain = ApiObject.of(PAGES, 12_050)
    assert (plain.page_size, plain.page_calls, plain.calls) == (100, 121, 121)
    assert ApiObject.of(PAGES, 12_050, served=50).calls == 242  # 241 full pages, and the empty one that tells the end


def test_details_and_downloads_are_a_call_for_each_record() -> None:
    profile = ObjectProfile(
        name="document",
        path="/d",
        id=("id",),
        paging=ByPage(by="page"),
        page_size=100,
        detail=Detail(path="/d/{id}"),
        download="/d/{id}/file",
    )
    one = ApiObject.of(profile, 1050)
    assert (one.page_calls, one.detail_calls, one.download_calls, one.calls) == (11, 1050, 1050, 2111)


def test_what_is_inside_another_object_takes_no_calls_of_its_own() -> None:
    inside = ObjectProfile(name="invoice_line", path="", id=("id",), paging=PAGES.paging, inside="invoice")
    assert ApiObject.of(inside, 90_000).calls == 0


def test_an_export_alone_costs_no_calls() -> None:
    assert reading([], 3600, "", NOW) is None


def test_hours_days_and_the_end_follow_from_the_budget() -> None:
    cost = reading([ApiObject("patient", 720_000, 100, 7200)], 3600, "", NOW)
    assert cost is not None
    assert (cost["calls"], cost["hours"], cost["days"]) == (7200, 2.0, 0.08)
    assert cost["ends_at"] == "2026-11-22T14:00+01:00"
    assert cost["remarks"] == []


def test_allowed_hours_stretch_the_days_and_move_the_end() -> None:
    cost = reading([ApiObject("patient", 1, 100, 9 * 3600)], 3600, "22:00-06:00", NOW)
    assert cost is not None
    assert (cost["hours"], cost["days"]) == (9.0, 1.12)
    assert cost["ends_at"] == "2026-11-23T23:00+01:00"  # eight hours of the first night, one of the second


def test_one_call_a_record_is_said_in_weeks() -> None:
    cost = reading([ApiObject("treatment", 1_000_000, 100, 10_000, 1_000_000)], 3600, "22:00-06:00", NOW)
    assert cost is not None
    (remark,) = cost["remarks"]
    assert remark.startswith("Treatments: the API gives one record a call.")
    assert "5.0\N{NARROW NO-BREAK SPACE}weeks" in remark
    assert "Export its list from the desktop application instead" in remark


def test_twentys_rate_decides_else_its_speed() -> None:
    assert load_hours(1_200_000, 6000, 100) == 1.0
    assert load_hours(1_800_000, 9000, 0) == 1.0


def _plan(api: list[ApiObject], **more: Any) -> ExportPlan:
    columns = [ProfiledColumn(header) for header in ("Afspraaknr", "Patiëntnr", "Datum")]
    patients = [ProfiledColumn(header) for header in ("Patiëntnr", "Naam")]
    proposed = propose([ProfiledFile("a.csv", "appointment", columns), ProfiledFile("p.csv", "patient", patients)])
    fields = [a_field("Patiëntnr", 2700, object="appointment")]
    objects = [an_object("appointment", 10_000), an_object("patient", 401, **more)]
    entries = Entries([], [], objects, fields, [])
    return export_plan(entries, proposed, api, Budgets(3600, "", 100, 200), NOW)


def test_the_plan_is_in_the_order_of_loading_with_the_records_that_each_becomes() -> None:
    patient, appointment = _plan([])["steps"]
    assert (patient["place"], patient["object"], appointment["place"]) == (1, "patient", 2)
    assert patient["targets"] == [{"object": "person", "records": 401, "calls": 3}]
    links = {"object": "taskTarget", "records": 9000, "calls": 45}  # of the 3,000 rows counted, 2,700 name a patient
    assert appointment["targets"] == [{"object": "task", "records": 10_000, "calls": 50}, links]
    assert (appointment["load_records"], appointment["load_calls"]) == (19_000, 95)


def test_an_object_that_only_the_api_has_is_in_the_plan_before_it_is_read() -> None:
    plan = _plan([ApiObject("invoice", 5000, 100, 50)])
    invoice = plan["steps"][-1]
    assert (invoice["object"], invoice["source"], invoice["records"], invoice["calls"]) == ("invoice", "api", 5000, 50)
    assert plan["reading"] is not None
    assert plan["reading"]["calls"] == 50


# --- the grade -------------------------------------------------------------------------------------------------------


def _missing(kind: str, object_: str) -> Missing:
    return {"kind": kind, "object": object_, "names": [], "what": "", "way": ""}


def _letters(**more: Any) -> dict[str, str]:
    found = an_inventory()
    fields = more.pop("fields", [a_field()])
    given: dict[str, Any] = {
        "missing": [],
        "findings": [],
        "documents": None,
        "workspace": found["workspace"],
        "plan": found["plan"],
        **more,
    }
    made = grade(Entries([], [], [], fields, []), **given)
    assert made["grade"] == max(part["grade"] for part in made["parts"])
    return {part["part"].split()[0]: part["grade"] for part in made["parts"]}


def _with(plan: str, **more: Any) -> dict[str, Any]:
    found: Any = an_inventory()["plan"]
    return {**found, plan: {**(found[plan] or {"calls": 1}), **more}}


def test_a_plain_practice_has_grade_a() -> None:
    assert _letters() == {"Compatibility": "A", "Clarity": "A", "Limits": "A", "Volume": "A"}


@pytest.mark.parametrize(("object_", "letter"), [("patient", "D"), ("treatment", "C"), ("report", "B")])
def test_compatibility_falls_with_what_cannot_be_read(object_: str, letter: str) -> None:
    assert _letters(missing=[_missing("object", object_)])["Compatibility"] == letter


def test_compatibility_falls_where_the_workspace_is_away_or_hides_its_automations() -> None:
    assert _letters(workspace=None)["Compatibility"] == "C"
    hides = {**(an_inventory()["workspace"] or {}), "automations_visible": False}
    assert _letters(workspace=hides)["Compatibility"] == "B"


@pytest.mark.parametrize(("unknown", "letter"), [(0, "A"), (1, "B"), (3, "C"), (6, "D")])
def test_clarity_is_the_share_of_known_fields(unknown: int, letter: str) -> None:
    fields = [a_field(concept="" if number < unknown else "patient.name") for number in range(10)]
    assert _letters(fields=fields)["Clarity"] == letter


def test_clarity_falls_with_unknown_files_and_what_must_be_settled() -> None:
    assert _letters(missing=[_missing("file", "")])["Clarity"] == "B"
    assert _letters(findings=[a_finding("stop")])["Clarity"] == "C"


@pytest.mark.parametrize(("days", "letter"), [(0.5, "A"), (2.0, "B"), (6.0, "C"), (30.0, "D")])
def test_limits_follow_the_days_of_reading(days: float, letter: str) -> None:
    assert _letters(plan=_with("reading", days=days))["Limits"] == letter


@pytest.mark.parametrize(("hours", "letter"), [(7, "A"), (20, "B"), (90, "C"), (100, "D")])
def test_limits_follow_the_hours_of_loading(hours: float, letter: str) -> None:
    assert _letters(plan=_with("loading", hours=hours))["Limits"] == letter


@pytest.mark.parametrize(("records", "letter"), [(100_000, "A"), (400_000, "B"), (2_000_000, "C"), (2_000_001, "D")])
def test_over_two_million_records_are_planned_by_themselves(records: int, letter: str) -> None:
    plan = {**an_inventory()["plan"], "steps": [a_step(records=records)]}
    assert _letters(plan=plan)["Volume"] == letter


def test_files_that_twenty_does_not_take_are_said() -> None:
    made = grade(Entries([], [], [], [], []), [], [], an_inventory()["documents"], None, an_inventory()["plan"])
    assert "B: files larger than Twenty takes, to be handled by hand: 1" in made["parts"][3]["reasons"]
