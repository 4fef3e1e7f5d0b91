"""`map check` finds every line that would overwrite or lose a cell, and every setting that fits not what it names."""

from __future__ import annotations

import pytest

from bridgework.mapping.document import MapDocument
from bridgework.mapping.transforms import STATUS_OPTIONS, WRITTEN_OPTIONS
from bridgework.mapping.verdicts import _CODE
from tests.unit.mapping_samples import LANGUAGES, map_of

WHOLE = """\
bridgework_map: 1
nomenclature: built-in
formats:
  date: [dd/mm/yyyy]
  time: ["HH:MM"]
  moment: [dd/mm/yyyy HH:MM]
values:
  sex: {MALE: [m], FEMALE: [v]}
objects:
  person:
    fields:
      - {name: sex, type: SELECT, label: Sex, options: {MALE: Male, FEMALE: Female}}
      - {name: birthDate, type: DATE, label: Birth date}
      - {name: insz, type: TEXT, label: INSZ}
      - {name: inszStatus, type: SELECT, label: INSZ status,
         options: {VALID: V, BIS: B, REPAIRED: R, INVALID: I, MISSING: M}}
      - {name: phoneRemarks, type: TEXT, label: Phone remarks}
      - {name: otherEmails, type: TEXT, label: Other e-mails}
      - {name: active, type: BOOLEAN, label: Active}
      - {name: size, type: NUMBER, label: Size}
      - {name: seen, type: DATE_TIME, label: Seen}
      - {name: file, type: TEXT, label: File}
      - {name: head, type: RELATION, label: Head, to: person, inverse: Members}
  company: {}
sources:
  insurer:
    file: insurers.csv
    key: [Nr]
    record: company
    lines:
      - {column: Nr, target: company.sourceSystemId, transform: key}
      - {column: Naam, target: company.name, transform: text}
  patient:
    file: patients.csv
    key: [Nr]
    record: person
    lines:
      - {column: Nr, target: person.sourceSystemId, transform: key}
      - {column: Naam, target: person.name.lastName, transform: name}
      - {column: Tel, target: person.phones, transform: phones, with: {remarks: phoneRemarks}}
      - {column: Mail, target: person.emails, transform: emails, with: {shared: otherEmails}}
      - {column: Geb, target: person.birthDate, transform: date}
      - {column: Sekse, target: person.sex, transform: select, with: {values: sex}}
      - {column: INSZ, target: person.insz, transform: insz, with: {birth_date: birthDate, sex: sex}}
      - {column: Bestand, target: person.file, transform: file, with: {attach: targetPerson}}
      - {column: Kas, target: person.company, transform: reference, with: {object: insurer}}
      - {column: Dag, target: person.seen.date, transform: date}
      - {column: Uur, target: person.seen.time, transform: time}
      - {column: X, target: person.jobTitle, transform: text}
    derived:
      - {target: person.inszStatus, transform: number-status, from: [INSZ], with: {kind: insz}}
      - {target: person.active, transform: constant, with: {value: true}}
"""

X = "{column: X, target: person.jobTitle, transform: text}"
ACTIVE = "{target: person.active, transform: constant, with: {value: true}}"


def of_x(target: str, transform: str, with_: str = "") -> str:
    return f"{{column: X, target: {target}, transform: {transform}{f', with: {with_}' if with_ else ''}}}"


def derived(target: str, transform: str, cells: str, with_: str = "{}") -> str:
    return f"{{target: {target}, transform: {transform}, from: [{cells}], with: {with_}}}"


LOST = {
    "a text takes the place of what stands beside phones": (X, of_x("person.phoneRemarks", "text"), "TWO-LINES"),
    "a text takes the place of shared addresses": (X, of_x("person.otherEmails", "text"), "TWO-LINES"),
    "a join of nothing is none": (X, of_x("person.phoneRemarks", "text", "{join: null}"), "TWO-LINES"),
    "a code takes the place of what stands beside phones": (X, of_x("person.phoneRemarks", "code"), "TWO-LINES"),
    "the key of the row is no text": (X, of_x("person.sourceSystemId", "text"), "BAD-TARGET"),
    "a column that is no key is no key": (X, of_x("person.sourceSystemId", "key"), "BAD-TARGET"),
    "a key goes to no other field": (X, of_x("person.jobTitle", "key"), "BAD-TARGET"),
    "the import remarks are no text": (X, of_x("person.importRemarks", "text"), "BAD-TARGET"),
    "the import remarks are no code": (X, of_x("person.importRemarks", "code"), "BAD-TARGET"),
    "nobody says when a record was put into the bin": (X, of_x("person.deletedAt", "moment"), "BAD-TARGET"),
    "nobody says who made a record": (X, of_x("person.createdBy", "text"), "BAD-TARGET"),
    "nobody says the id": (X, of_x("person.id", "text"), "BAD-TARGET"),
    "nobody says the place": (X, of_x("person.position", "number"), "BAD-TARGET"),
    "nobody says what is searched": (X, of_x("person.searchVector", "text"), "BAD-TARGET"),
    "the picture is the server's": (X, of_x("person.avatarUrl", "text"), "BAD-TARGET"),
    "a field by another name is the same field": (X, of_x("person.name.lastName.more", "name"), "BAD-PART"),
    "a record has one file": (X, of_x("person.jobTitle", "file", "{attach: targetPerson}"), "TWO-LINES"),
    "a status alone loses its cell": (
        "{column: INSZ, target: person.insz, transform: insz, with: {birth_date: birthDate, sex: sex}}",
        "{column: INSZ, target: person.inszStatus, transform: number-status, with: {kind: insz}}",
        "CELL-LOST",
    ),
    "a time without its day": (
        ", target: person.seen.date, transform: date",
        ", decision: leave-out, why: no",
        "DATE-MISSING",
    ),
}

SETTINGS = {
    "the day of birth is a date": ("birth_date: birthDate", "birth_date: createdAt", "TYPE-MISMATCH"),
    "the day of birth is no name": ("birth_date: birthDate", "birth_date: name", "TYPE-MISMATCH"),
    "the day of birth is there": ("birth_date: birthDate", "birth_date: nosuch", "UNKNOWN-FIELD"),
    "the sex is a choice": (
        "sex: sex}}\n      - {column: Best",
        "sex: jobTitle}}\n      - {column: Best",
        "TYPE-MISMATCH",
    ),
    "the day of a code is a date": (
        ACTIVE,
        derived("person.active", "code-valid", "X", "{date: createdAt}"),
        "TYPE-MISMATCH",
    ),
    "the day of a code is there": (
        ACTIVE,
        derived("person.active", "code-valid", "X", "{date: nosuch}"),
        "UNKNOWN-FIELD",
    ),
    "a constant is yes or no": ("{value: true}", "{value: maybe}", "TYPE-MISMATCH"),
    "a constant is a number": (X, of_x("person.size", "constant", "{value: true}"), "TYPE-MISMATCH"),
    "a constant is no endless number": (
        X,
        of_x("person.size", "constant", "{value: 9007199254740993}"),
        "TYPE-MISMATCH",
    ),
    "a constant is a text": (X, of_x("person.jobTitle", "constant", "{value: 3}"), "TYPE-MISMATCH"),
    "a constant text is one that Twenty takes": (
        X,
        of_x("person.jobTitle", "constant", '{value: "a\\0"}'),
        "BAD-SETTING",
    ),
    "a link goes to the object that it leads to": ("{object: insurer}", "{object: patient}", "TYPE-MISMATCH"),
    "an own link goes to the object that it leads to": (
        X,
        of_x("person.head", "reference", "{object: insurer}"),
        "TYPE-MISMATCH",
    ),
    "a link to many is filled by no cell": (
        X,
        of_x("person.noteTargets", "reference", "{object: patient}"),
        "TYPE-MISMATCH",
    ),
    "a member is no company": (X, of_x("person.company", "member", "{object: insurer, email: Naam}"), "TYPE-MISMATCH"),
    "a file goes to a record that the row is linked to": (
        "attach: targetPerson",
        "attach: targetTask",
        "UNKNOWN-FIELD",
    ),
    "a file is not attached by any field": ("attach: targetPerson", "attach: jobTitle", "UNKNOWN-FIELD"),
    "what stands beside phones is text": ("remarks: phoneRemarks", "remarks: birthDate", "UNKNOWN-FIELD"),
    "what stands beside phones is not the key": ("remarks: phoneRemarks", "remarks: sourceSystemId", "UNKNOWN-FIELD"),
    "a time has an hour": ("transform: time}", "transform: time, with: {formats: date}}", "BAD-FORMAT"),
    "a time is no serial": ("transform: time}", "transform: time, with: {formats: [serial]}}", "BAD-FORMAT"),
    "a date has a day": (
        "person.birthDate, transform: date",
        "person.birthDate, transform: date, with: {formats: time}",
        "BAD-FORMAT",
    ),
    "a status has the options that are written": (", MISSING: M}", "}", "UNKNOWN-OPTION"),
    "a part is one of a field with parts": (
        "person.birthDate, transform",
        "person.birthDate.date, transform",
        "BAD-PART",
    ),
    "a derived line takes one cell": ("from: [INSZ]", "from: []", "BAD-FROM"),
    "a derived line takes no second cell": ("from: [INSZ]", "from: [INSZ, X]", "BAD-FROM"),
    "a derived line has no column": ("from: [INSZ]", "column: INSZ", "BAD-FROM"),
    "done is of the list": (
        X,
        of_x("person.sex", "task-status", "{values: sex, done: [DONE]}"),
        "UNKNOWN-OPTION",
    ),
    "only a task has a task's status": (X, of_x("person.sex", "task-status", "{values: sex, done: []}"), "BAD-TARGET"),
    "a list in the place of a name": ("{object: insurer}", "{object: [insurer]}", "BAD-SETTING"),
}


def test_the_whole_map_is_right_as_it_stands() -> None:
    assert MapDocument.parse(WHOLE).problems() == []


@pytest.mark.parametrize("what", [*LOST, *SETTINGS])
def test_each_is_found_on_its_line(what: str) -> None:
    old, new, code = (LOST | SETTINGS)[what]
    assert WHOLE.count(old) >= 1
    text = WHOLE.replace(old, new, 1)
    found = [one for one in MapDocument.parse(text).problems() if one.code == code]
    assert found, [one.code for one in MapDocument.parse(text).problems()]
    assert all(one.line and one.what and one.next for one in found)


@pytest.mark.parametrize("target", ["person.phoneRemarks", "person.otherEmails", "person.importRemarks"])
def test_a_text_that_is_joined_may_stand_beside_what_is_kept(target: str) -> None:
    text = WHOLE.replace(X, of_x(target, "text", '{join: "\\n", headed: true}'))
    assert MapDocument.parse(text).problems() == []


def test_a_file_may_go_to_the_record_that_the_row_is_linked_to() -> None:
    for language in LANGUAGES:
        (line,) = (one for one in map_of(language).sources["document"].lines if one.transform == "file")
        assert line.with_ == {"attach": "targetPerson"}
        assert map_of(language).problems() == []


def test_a_note_is_linked_by_one_line_only() -> None:
    document = map_of("nl")
    source = document.sources["communication"]
    (link,) = (one for one in source.lines if one.target == "noteTarget.targetPerson")
    other = next(one for one in source.lines if one.target == "note.bodyV2")
    company = link.model_copy(update={"column": other.column, "target": "noteTarget.targetCompany"})
    company = company.model_copy(update={"with_": {"object": "insurer"}})
    lines = tuple(company if one is other else one for one in source.lines)
    changed = source.model_copy(update={"lines": lines})
    after = document.model_copy(update={"sources": {**document.sources, "communication": changed}})
    assert "TWO-LINES" in {one.code for one in after.problems()}


def test_the_options_that_are_checked_are_those_that_are_written() -> None:
    assert set(WRITTEN_OPTIONS["code-status"]) == set(_CODE.values())
    for object_, field, written in [
        ("person", "inszStatus", STATUS_OPTIONS["insz"]),
        ("company", "rizivStatus", STATUS_OPTIONS["riziv"]),
        ("treatment", "codeStatus", WRITTEN_OPTIONS["code-status"]),
        ("treatment", "toothNotation", WRITTEN_OPTIONS["tooth-notation"]),
    ]:
        found = map_of("nl").field_def(object_, field)
        assert found is not None
        assert set(found.options or {}) == set(written)
