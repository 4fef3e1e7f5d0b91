"""What a transform does, in words: every transform has a sentence, and its settings are in it."""

from __future__ import annotations

from typing import Any

import pytest

from bridgework.mapping.document import Line
from bridgework.mapping.rules import SENTENCES, rule
from bridgework.mapping.transforms import TRANSFORMS
from tests.unit.mapping_lines import document_of, line
from tests.unit.mapping_samples import map_of

NEEDED: dict[str, dict[str, Any]] = {
    "select": {"values": "appointment_status"},
    "reference": {"object": "patient"},
    "member": {"object": "provider", "email": "provider.email"},
    "file": {"attach": "targetPerson"},
    "file-link": {"object": "patient"},
    "constant": {"value": "OTHER"},
    "title": {"otherwise": "Appointment"},
    "task-status": {"values": "appointment_status", "done": ["DONE", "NO_SHOW"]},
    "number-status": {"kind": "insz"},
    "code-status": {"date": "treatedOn"},
    "code-valid": {"date": "treatedOn"},
}


def said(target: str, transform: str, /, **settings: Any) -> str:
    one = line(target, transform, **{**NEEDED.get(transform, {}), **settings})
    return rule(one, document_of(one))


def test_every_transform_has_a_sentence_and_nothing_else_has() -> None:
    assert SENTENCES.keys() == TRANSFORMS.keys()


@pytest.mark.parametrize("transform", TRANSFORMS)
def test_a_sentence_is_words_for_people(transform: str) -> None:
    part = next(iter(TRANSFORMS[transform].parts), "")
    text = said(f"treatment.name.{part}".rstrip("."), transform)
    assert len(text.split()) > 1
    assert not {"_", "{", "("} & set(text)
    assert text[-1] not in " .,;"


def test_every_line_of_the_built_in_map_has_one() -> None:
    for language in ("nl", "fr"):
        document = map_of(language)
        lines = [one for source in document.sources.values() if not source.keep for one in source.all_lines()]
        assert len(lines) > 150
        assert all(rule(one, document) for one in lines)
        assert not [text for one in lines if "None" in (text := rule(one, document))]


@pytest.mark.parametrize(
    ("target", "transform", "settings", "words"),
    [
        ("person.remarks", "text", {"join": "\n"}, "on a line of its own"),
        ("person.remarks", "text", {"headed": True}, "after the column's name"),
        ("person.remarks", "text", {"lookup": "provider"}, "the name of the provider"),
        ("person.ct1", "text", {"check": "ct1"}, "entitlement codes"),
        ("person.insz", "insz", {"birth_date": "birthDate", "sex": "sex"}, "birth date and sex"),
        ("person.recallInterval", "number", {"units": ["maanden"]}, "maanden"),
        ("person.recallInterval", "number", {"clock": True}, "1:30"),
        ("person.balance", "money", {}, "euro"),
        ("person.balance", "money", {"currency": "USD"}, "USD"),
        ("person.birthDate", "date", {}, "dd/mm/yyyy and 32 other forms"),
        ("person.birthDate", "date", {"formats": ["dd/mm/yyyy", "serial"]}, "dd/mm/yyyy or the day number"),
        ("person.birthDate", "date", {"past": True}, "in the future"),
        ("task.dueAt.time", "time", {"formats": ["HH:MM"]}, "read as HH:MM"),
        ("person.active", "boolean", {"yes": ["hier"], "no": ["weg"]}, "yes by hier; no by weg"),
        ("person.phones", "phones", {"remarks": "phoneRemarks"}, "Phone remarks"),
        ("person.phones", "phones", {}, "Import remarks"),
        ("person.emails", "emails", {"shared": "otherEmails"}, "Other e-mails"),
        ("person.name", "name-split", {"names": "first-last"}, "the first name stands first"),
        ("person.homeAddress.country", "address", {"values": "country"}, "the country, called as the list country"),
        ("task.appointmentStatus", "select", {"otherwise": "NO_SHOW"}, "become No-show"),
        ("task.appointmentStatus", "select", {}, "pick-list appointment status; other words are kept"),
        ("person.company", "reference", {"object": "insurer", "code": True}, "insurer with this number, which may"),
        ("task.patient", "reference", {"required": True}, "without that patient"),
        ("note.fileName", "file", {"without": ["images"]}, "images are not attached"),
        ("company.companyType", "constant", {"value": "OWN_DENTIST"}, "always Own dentist"),
        (
            *(
                "company.companyType",
                "constant",
                {"value": "OWN_DENTIST", "by": "specialty", "instead": {"OTHER": "INSURANCE"}},
            ),
            "always Own dentist, but Insurance where Specialty is Other",
        ),
        ("person.active", "constant", {"value": True}, "always yes"),
        ("task.status", "task-status", {}, "Done or No show"),
        ("company.rizivStatus", "number-status", {"kind": "riziv"}, "RIZIV"),
        ("treatment.codeStatus", "code-status", {}, "on the day in Date"),
        ("treatment.toothNotation", "tooth-notation", {"notation": "PALMER"}, "PALMER"),
    ],
)
def test_settings_are_in_the_sentence(target: str, transform: str, settings: dict[str, Any], words: str) -> None:
    assert words in said(target, transform, **settings)


def test_columns_are_called_by_their_names_and_not_by_their_concepts() -> None:
    document = map_of("nl")
    title = next(one for one in document.sources["appointment"].derived if one.target == "task.title")
    subject = next(one for one in document.sources["document"].lines if one.target == "note.title")
    assert rule(title, document) == "Type afspraak and Reden joined into a title; “Appointment” where all are empty"
    assert rule(subject, document).endswith("where it is empty, Categorie or Bestandsnaam")


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ({"transform": "no-such"}, "no-such"),
        ({}, ""),
        ({"transform": "select", "with": {"vals": 1}}, "select, by settings that cannot be read"),
    ],
)
def test_a_line_that_nobody_can_read_still_has_words(raw: dict[str, Any], words: str) -> None:
    one = Line.model_validate({"column": "Cel", "target": "person.sex", **raw})
    assert rule(one, document_of(line("person.sex", "text"))) == words
