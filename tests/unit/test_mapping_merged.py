"""A record that another stands for: its id, the links to it, and what gives way to the values that were there."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from bridgework.mapping.merged import merged
from bridgework.mapping.records import Mapper
from bridgework.mapping.target import target_id
from tests.unit.mapping_samples import NAMESPACE, build, context, map_of, mapper

THERE = UUID(int=7)
CELLS = {
    "number": "12", "last_name": "Maes", "first_name": "An", "email": "an@maes.example", "mobile": "0475/12.34.56",
    "created_at": "01/02/2020 10:00",
}  # fmt: skip


def standing_in() -> Mapper:
    own = target_id(NAMESPACE, "person", "patient", "12")
    return Mapper(map_of("nl"), context(stand_ins={own: THERE}))


def test_the_record_and_every_link_to_it_have_the_id_of_the_one_that_stands_for_it() -> None:
    one = standing_in()
    record = build("patient", "record", one, **CELLS)
    assert (record.id, record.values["id"]) == (THERE, str(THERE))
    treatment = build("treatment", "record", one, number="1", patient_number="12", date="01/02/2024")
    assert treatment.values["patientId"] == str(THERE)
    assert THERE in {ref.target_id for ref in treatment.references}
    task = build("appointment", "target", one, number="1", patient_number="12")
    assert task.values["targetPersonId"] == str(THERE)
    assert task.id == build("appointment", "target", mapper(), number="1", patient_number="12").id


def test_nobody_else_is_touched() -> None:
    cells = {**CELLS, "number": "13"}
    assert build("patient", "record", standing_in(), **cells) == build("patient", "record", mapper(), **cells)


def test_what_gives_way_is_kept_beside_and_claims_no_address() -> None:
    record = build("patient", **CELLS)
    found = merged(record, ["emails", "phones"])
    assert not {"emails", "phones", "createdAt", "updatedAt", "createdBy", "position"} & found.values.keys()
    assert found.claims == ()
    assert found.values["otherEmails"] == "an@maes.example"
    assert "phones: +32475123456" in found.values["importRemarks"].split("\n")


def test_a_merge_that_keeps_nothing_changes_no_value() -> None:
    record = build("patient", **CELLS)
    found = merged(record, [])
    assert found == replace(record, values=found.values)
    assert found.values.items() <= record.values.items()
