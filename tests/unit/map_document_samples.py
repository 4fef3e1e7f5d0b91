"""Mapping documents made up for tests: one line of each kind, and a plan that fits."""

from __future__ import annotations

from typing import Any, cast

from bridgework.reports.map_document import (
    FieldPlan,
    LineEntry,
    MappingDocument,
    ObjectEntry,
    ObjectPlan,
    PickListEntry,
    WordEntry,
)


def a_line(header: str, **more: Any) -> LineEntry:
    """A column that is sure and proposed, unless said otherwise."""
    plain = {
        "header": header,
        "concept": f"patient.{header.lower()}",
        "meaning": f"{header} of the patient",
        "target": f"person.{header.lower()}",
        "target_label": header,
        "type": "TEXT",
        "transform": "text",
        "rule": "text, word for word",
        "confidence": 0.996,
        "verdict": "sure",
        "reasons": [f"the name “{header}” is a usual one"],
        "next_best": [],
        "decision": "proposed",
        "left_out_by": "",
        "why": "",
        "note": "",
        "sensitivity": "identity",
        "coverage": {"rows": 2000, "filled": 1998, "distinct": 1000, "distinct_capped": True},
        "fails": {"looked_at": 500, "would_fail": 0, "by_code": []},
        "asked": None,
    }
    return cast("LineEntry", {**plain, **more})


def an_unsure_line(header: str = "RIZIV", **more: Any) -> LineEntry:
    """A column that nobody is sure of."""
    others = [{"concept": "patient.referrer", "meaning": "who referred the patient", "confidence": 0.31}]
    doubt = {"verdict": "unsure", "confidence": 0.41, "next_best": others, "reasons": ["its name fits", "few cells do"]}
    return a_line(header, **{**doubt, **more})


def left_out(header: str, by: str, why: str, **more: Any) -> LineEntry:
    """A column that does not move."""
    return a_line(header, **{"decision": "leave-out", "left_out_by": by, "why": why, **more})


def an_own_field(header: str, **more: Any) -> LineEntry:
    """A column without a meaning that is known."""
    return a_line(header, **{"concept": "", "meaning": "", "sensitivity": "", "reasons": [], **more})


def an_object(object_: str = "patient", lines: list[LineEntry] | None = None, **more: Any) -> ObjectEntry:
    """An object of the practice with a line of each kind."""
    bad = {"code": "DATE-NOT-READ", "what": "have a date in no known form", "count": 12}
    fails = {"looked_at": 500, "would_fail": 12, "by_code": [bad]}
    empty = {"rows": 2000, "filled": 0, "distinct": 0, "distinct_capped": False}
    usual = [
        a_line("Naam", target="person.name.lastName", target_label="Name: last name", type="FULL_NAME"),
        a_line("Geboortedatum", type="DATE", transform="date", rule="a date, read as dd/mm/yyyy", fails=fails),
        an_unsure_line(),
        an_own_field("Zwemclub", verdict="decided", decision="load"),
        left_out("INSZ-nummer", "preset", "national numbers stay in DentAdmin"),
        left_out("Hobby", "person", "not needed any more", verdict="decided", sensitivity="practice"),
        left_out("Vrij veld", "empty", "the column is empty in every row", coverage=empty, sensitivity=""),
    ]
    plain = {
        "object": object_,
        "target": "person",
        "target_label": "People",
        "files": ["patienten.csv"],
        "language": "nl",
        "rows": 2000,
        "lines": usual if lines is None else lines,
        "derived": [],
    }
    return cast("ObjectEntry", {**plain, **more})


def a_handover() -> ObjectEntry:
    """An object that has no place in Twenty."""
    line = a_line("Stap", decision="handover", target="", target_label="", type="", why="rebuilt by hand")
    return an_object("workflow", [line], target="", target_label="", files=["automatisaties.csv"], rows=8)


def a_word(word: str, rows: int, option: str, *, sure: bool = True) -> WordEntry:
    """A word of the practice, and what it becomes."""
    return {"word": word, "rows": rows, "option": option, "option_label": option.capitalize(), "sure": sure}


def a_pick_list(**more: Any) -> PickListEntry:
    """The words of a column; one of them nobody mapped."""
    plain = {
        "object": "appointment",
        "header": "Status",
        "target": "task.appointmentStatus",
        "target_label": "Appointment status",
        "words": [a_word("Gepland", 1200, "PLANNED"), a_word("Wachtlijst", 40, "")],
        "rare": {"words": 0, "rows": 0, "unmapped": 0},
        "otherwise": "OTHER",
        "otherwise_label": "Other",
    }
    return cast("PickListEntry", {**plain, **more})


def a_field(name: str, **more: Any) -> FieldPlan:
    """A field to be made."""
    plain = {
        "name": name,
        "label": name.capitalize(),
        "type": "TEXT",
        "standard": False,
        "unique": False,
        "description": "",
        "options": [],
        "relation": None,
        "filled_by": [],
    }
    return cast("FieldPlan", {**plain, **more})


def a_plan() -> list[ObjectPlan]:
    """A standard object that is extended and a custom one with a choice and a relation."""
    by = [{"object": "patient", "header": "Naam"}, {"object": "patient", "header": "Voornaam"}]
    options = [
        {"value": "PLANNED", "label": "Planned", "color": "green"},
        {"value": "DONE", "label": "Done", "color": "sky"},
    ]
    to = {"to": "person", "to_label": "People", "inverse_label": "Treatments given to them"}
    person: list[FieldPlan] = [
        a_field("name", type="FULL_NAME", standard=True, filled_by=by),
        a_field("importRemarks", description="values that could not be converted"),
        a_field("sourceSystemId", unique=True, filled_by=[{"object": "patient", "header": "Patiëntnr"}]),
    ]
    treatment: list[FieldPlan] = [
        a_field("treatmentStatus", type="SELECT", options=options, filled_by=[{"object": "treatment", "header": "St"}]),
        a_field("patient", type="RELATION", relation=to, filled_by=[{"object": "treatment", "header": "Patiëntnr"}]),
    ]
    return [
        _planned("treatment", "Treatment", custom=True, fields=treatment),
        _planned("person", "Person", custom=False, fields=person),
    ]


def _planned(object_: str, label: str, *, custom: bool, fields: list[FieldPlan]) -> ObjectPlan:
    labels = {"person": "People", "treatment": "Treatments"}[object_]
    return {
        "object": object_,
        "label": label,
        "labels": labels,
        "custom": custom,
        "description": "",
        "fields": fields,
    }


def a_map(**more: Any) -> MappingDocument:
    """A map that is not approved yet."""
    plain = {
        "made_at": "2026-11-22T13:05:11Z",
        "migration": "0e3bb9ac-4b61-4f0a-9a4e-30d7f5a7f0aa",
        "practice": "Tandartspraktijk Lindelaan",
        "workspace_url": "https://lindelaan.twenty.example",
        "digest": "9f" * 32,
        "approved_by": "",
        "approved_at": "",
        "problems": [],
        "columns": "",
        "late": False,
        "open": 0,
        "next_step": "bridgework map approve DIR --as NAME",
        "preset": {"name": "crm-lean", "meaning": "no national numbers, no images."},
        "nomenclature": "built-in 076d",
        "objects": [a_handover(), an_object()],
        "pick_lists": [a_pick_list()],
        "plan": a_plan(),
    }
    return cast("MappingDocument", {**plain, **more})
