"""How fields, parts, objects and concepts are called."""

from __future__ import annotations

import pytest

from bridgework.mapping import labels
from bridgework.mapping.catalogue import builtin
from tests.unit.mapping_lines import line
from tests.unit.mapping_samples import map_of


@pytest.mark.parametrize(
    ("target", "label"),
    [
        ("person.birthDate", "Birth date"),
        ("person.name.lastName", "Name: last name"),
        ("person.homeAddress.postcode", "Home address: postal code"),
        ("person.sourceSystemId", "Source_System_ID__c"),
        ("task.bodyV2", "Body"),
        ("task.dueAt.time", "Due date: time"),
        ("noteTarget.targetPerson", "Linked person"),
        ("treatment.name", "Name"),
    ],
)
def test_a_target_is_called_as_twenty_shows_it(target: str, label: str) -> None:
    assert labels.target_label(map_of("nl"), line(target, "text")) == label


def test_objects_are_called_by_their_plural() -> None:
    names = ("person", "company", "task", "invoiceLine", "somethingElse")
    said = [labels.objects_label(map_of("nl"), name) for name in names]
    assert said == ["People", "Companies", "Tasks", "Invoice lines", "Something else"]


def test_an_option_is_called_by_its_label_and_else_by_itself() -> None:
    status = line("task.appointmentStatus", "select", values="appointment_status")
    assert labels.option_label(map_of("nl"), status, "NO_SHOW") == "No-show"
    assert labels.option_label(map_of("nl"), status, "AWAY") == "AWAY"
    assert labels.option_label(map_of("nl"), line("task.status", "task-status"), "TODO") == "TODO"


@pytest.mark.parametrize(
    ("concept", "words"),
    [
        ("patient.last_name", "last name of the patient"),
        ("patient.insz", "INSZ of the patient"),
        ("patient.number", "patient ID"),
        ("provider.number", "provider ID"),
        ("insurer.union", "union of the insurer"),
        ("invoice_line.invoice_number", "invoice number of the invoice line"),
        ("patient.created_at", "created at, of the patient"),
        ("provider.active", "active, of the provider"),
        ("dentist.shoe_size", "shoe size of the dentist"),
        ("", ""),
    ],
)
def test_a_concept_is_called_in_english(concept: str, words: str) -> None:
    assert labels.meaning_of(concept) == words


def test_no_two_concepts_of_an_object_are_called_the_same() -> None:
    for kind in builtin().sources.values():
        said = [labels.meaning_of(one.concept) for one in kind.lines]
        assert len(set(said)) == len(said)
