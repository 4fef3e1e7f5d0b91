"""The map document: read and written whole, its digest, and every problem found with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from bridgework.errors import UsageError
from bridgework.mapping import standard
from bridgework.mapping.document import MapDocument
from bridgework.mapping.propose import ProfiledColumn, ProfiledFile, propose
from bridgework.twins.dentadmin.export_format import Language
from bridgework.twins.twenty.standard import facts
from tests.unit.mapping_samples import LANGUAGES, map_of

SMALL = """\
bridgework_map: 1
placeholders: ["-", nvt]
formats:
  date: [dd/mm/yyyy]
values:
  sex:
    MALE: [m, man]
    FEMALE: [v, vrouw]
objects:
  person:
    fields:
      - {name: sex, type: SELECT, label: Sex, options: {MALE: Male, FEMALE: Female}}
      - {name: birthDate, type: DATE, label: Birth date}
      - {name: head, type: RELATION, label: Head, to: person, inverse: Members}
  visit:
    custom: true
    plural: visits
    label: Visit
    labels: Visits
    fields:
      - {name: patient, type: RELATION, label: Patient, to: person, inverse: Visits}
sources:
  patient:
    file: patienten.csv
    key: [Nr]
    record: person
    lines:
      - {column: Nr, target: person.sourceSystemId, transform: key}
      - {column: Naam, concept: patient.last_name, target: person.name.lastName, transform: name}
      - {column: Geslacht, target: person.sex, transform: select, with: {values: sex}}
      - {column: Geb, target: person.birthDate, transform: date, with: {formats: date}}
      - {column: Hoofd, target: person.head, transform: reference, with: {object: patient}}
      - {column: Kleur, decision: leave-out, why: nobody needs it}
"""

# What is changed in the map above, the code of the problem, and a text that stands on the line of the problem.
WRONG = [
    ("transform: date,", "transform: guess,", "UNKNOWN-TRANSFORM", "column: Geb"),
    ("{formats: date}", "{formats: dates}", "UNKNOWN-LIST", "column: Geb"),
    ("{formats: date}", "{format: date}", "BAD-SETTING", "column: Geb"),
    ("[dd/mm/yyyy]", "[dd/mm/jjjj]", "BAD-FORMAT", "dd/mm/jjjj"),
    ("{formats: date}", "{formats: [month first]}", "BAD-FORMAT", "column: Geb"),
    ("person.birthDate", "person.sex", "TYPE-MISMATCH", "column: Geb"),
    ("person.birthDate", "person.birthday", "UNKNOWN-FIELD", "column: Geb"),
    ("person.birthDate", "company.name", "BAD-TARGET", "column: Geb"),
    ("person.name.lastName", "person.name", "BAD-PART", "column: Naam"),
    ("person.name.lastName", "person.name.middleName", "BAD-PART", "column: Naam"),
    ("person.name.lastName, transform: name", "person.jobTitle, transform: text", "NO-NAME", "  patient:"),
    (
        "column: Kleur, decision: leave-out, why: nobody needs it",
        "column: Kleur, decision: leave-out",
        "NO-REASON",
        "Kleur",
    ),
    ("column: Kleur", "column: Naam", "COLUMN-TWICE", "decision: leave-out"),
    (
        "column: Kleur, decision: leave-out, why: nobody needs it",
        "column: Kleur, target: person.birthDate, transform: date",
        "TWO-LINES",
        "column: Kleur",
    ),
    ("key: [Nr]", "key: [Nummer]", "UNKNOWN-COLUMN", "key: [Nummer]"),
    ("{object: patient}", "{object: family}", "UNKNOWN-SOURCE", "column: Hoofd"),
    ("{values: sex}", "{values: gender}", "UNKNOWN-LIST", "column: Geslacht"),
    ("{values: sex}", "{values: sex, otherwise: OTHER}", "UNKNOWN-OPTION", "column: Geslacht"),
    ("    MALE: [m, man]", "    MAN: [m, man]", "UNKNOWN-OPTION", "column: Geslacht"),
    ("FEMALE: [v, vrouw]", "FEMALE: [v, M]", "TWO-MEANINGS", "FEMALE: [v, M]"),
    ("FEMALE: Female}", "female: Female}", "BAD-OPTION", "name: sex"),
    ("FEMALE: Female}", 'FEMALE: "F, or so"}', "BAD-OPTION", "name: sex"),
    ("FEMALE: Female}", 'FEMALE: "  "}', "BAD-OPTION", "name: sex"),
    ("FEMALE: Female}", 'FEMALE: "F\\0"}', "BAD-OPTION", "name: sex"),
    ("FEMALE: Female}", f'FEMALE: "{"😀" * 32}"}}', "BAD-OPTION", "name: sex"),
    ("FEMALE: Female}", f"FEMALE: {'F' * 64}}}", "BAD-OPTION", "name: sex"),
    ("FEMALE: Female}", "FEMALE: Female, É: E}", "BAD-OPTION", "name: sex"),
    ("FEMALE: Female}", f"FEMALE: Female, {'F' * 64}: E}}", "BAD-OPTION", "name: sex"),
    ("FEMALE: [v, vrouw]", "FEMALE: [v, male]", "TWO-MEANINGS", "FEMALE: [v, male]"),
    ("FEMALE: [v, vrouw]", "FEMALE: [v, vrouw]\n    Male_: [x]", "TWO-MEANINGS", "Male_: [x]"),
    ("FEMALE: Female}", "FEMALE: Male}", "BAD-OPTION", "name: sex"),
    (", options: {MALE: Male, FEMALE: Female}", "", "BAD-OPTION", "name: sex"),
    ("name: birthDate", "name: event", "BAD-NAME", "name: event"),
    ("name: birthDate", "name: birth_date", "BAD-NAME", "name: birth_date"),
    ("name: birthDate", "name: jobTitle", "NAME-TAKEN", "name: jobTitle"),
    ("name: birthDate", "name: importRemarks", "NAME-TAKEN", "name: importRemarks"),
    ("type: DATE,", "type: DAY,", "UNKNOWN-TYPE", "name: birthDate"),
    ("to: person, inverse: Members", "to: people, inverse: Members", "UNKNOWN-OBJECT", "name: head"),
    ("inverse: Visits", "inverse: Note targets", "NAME-TAKEN", "inverse: Note targets"),
    ("inverse: Visits", 'inverse: ""', "BAD-LABEL", "name: patient"),
    ("  visit:\n    custom: true", "  visit:\n    custom: false", "UNKNOWN-OBJECT", "  visit:"),
    ("plural: visits", "plural: visit", "BAD-NAME", "  visit:"),
    ("plural: visits", "plural: people", "NAME-TAKEN", "  visit:"),
    ("plural: visits", "plural: opportunities", "NAME-TAKEN", "  visit:"),
    ("  visit:\n    custom", "  dashboard:\n    custom", "NAME-TAKEN", "  dashboard:"),
    (
        "  visit:\n    custom",
        "  other: {custom: true, plural: visits, label: O, labels: O}\n  visit:\n    custom",
        "NAME-TAKEN",
        "  visit:",
    ),
    ("    record: person\n", "", "NO-RECORD", "  patient:"),
    ("    record: person\n", "    keep: handover\n", "HANDOVER", "column: Naam"),
]


def test_the_small_map_is_right_as_it_stands() -> None:
    assert MapDocument.parse(SMALL).problems() == []


@pytest.mark.parametrize(("old", "new", "code", "on_line"), WRONG)
def test_each_error_is_found_with_its_line(old: str, new: str, code: str, on_line: str) -> None:
    assert old in SMALL
    text = SMALL.replace(old, new, 1)
    found = [one for one in MapDocument.parse(text).problems() if one.code == code]
    assert found
    assert any(on_line in text.splitlines()[one.line - 1] for one in found)
    assert all(one.line and one.what and one.next for one in found)


def test_the_names_of_all_objects_of_a_workspace_are_known() -> None:
    there = {name for one, about in facts("standard").items() for name in (one, about["plural"])}
    assert there <= standard.OBJECT_NAMES


def test_a_map_that_does_not_fit_its_file_is_found() -> None:
    document = MapDocument.parse(SMALL)
    fitting = ["Nr", "Naam", "Geslacht", "Geb", "Hoofd", "Kleur"]
    assert document.problems({"patient": fitting}) == []
    codes = {one.code for one in document.problems({"patient": [*fitting[:-1], "Taal"]})}
    assert codes == {"COLUMN-WITHOUT-LINE", "UNKNOWN-COLUMN"}


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("placeholders: [", "placeholders: ", "MAP-UNREADABLE"),
        ("key: [Nr]", "key: [Nr]\n    colour: red", "MAP-MALFORMED"),
        ("column: Kleur", "columns: Kleur", "MAP-MALFORMED"),
        ("decision: leave-out", "decision: maybe", "MAP-MALFORMED"),
        ("bridgework_map: 1", "bridgework_map: 2", "MAP-MALFORMED"),
    ],
)
def test_a_text_that_is_no_map_is_refused_with_its_line(old: str, new: str, code: str) -> None:
    with pytest.raises(UsageError) as caught:
        MapDocument.parse(SMALL.replace(old, new, 1), "map.yaml")
    assert caught.value.code == code
    assert "map.yaml, line " in caught.value.where
    assert "line 0" not in caught.value.where


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_map_survives_being_saved_and_loaded(language: Language, tmp_path: Path) -> None:
    document = map_of(language)
    document.save(tmp_path / "map.yaml")
    again = MapDocument.load(tmp_path / "map.yaml")
    assert again.digest() == document.digest()
    assert again.to_yaml() == document.to_yaml()
    text = (tmp_path / "map.yaml").read_text(encoding="utf-8").splitlines()
    for name, source in again.sources.items():
        for number, line in enumerate(source.lines):
            assert (line.column or "") in text[again.line_of("sources", name, "lines", number) - 1]


@pytest.mark.parametrize(
    "header", ["a: b", "{x}", "#1", "'", 'he "said"', "é, è", "- x", "null", "01/02", "Nr\nx", "yes", "1.5"]
)
def test_any_header_survives_the_file(header: str) -> None:
    document = propose([ProfiledFile("p.csv", "patient", [ProfiledColumn("Patiëntnr"), ProfiledColumn(header)])])
    assert MapDocument.parse(document.to_yaml()).digest() == document.digest()
    assert document.sources["patient"].lines[1].column == header


def test_comments_and_layout_do_not_change_the_digest_and_everything_else_does() -> None:
    digest = MapDocument.parse(SMALL).digest()
    assert MapDocument.parse(f"# looked at by two people\n{SMALL}\n").digest() == digest
    changes = [(old, new) for old, new, *_ in WRONG] + [("nobody needs it", "we said so"), ("[m, man]", "[man, m]")]
    digests = set()
    for old, new in changes:
        try:
            digests.add(MapDocument.parse(SMALL.replace(old, new, 1)).digest())
        except UsageError:
            digests.add(old + new)
    assert digest not in digests
    assert len(digests) == len(changes)
