"""The built-in map covers the assumed export whole, and asks of Twenty only what it takes."""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from bridgework.mapping import catalogue, names, standard
from bridgework.mapping.catalogue import Meaning, builtin
from bridgework.mapping.recognise import as_object, recognise
from bridgework.mapping.table import what_maps_where
from bridgework.mapping.transforms import TRANSFORMS
from bridgework.mapping.words import squash
from bridgework.twins.dentadmin.export_format import TABLES, Language
from bridgework.twins.dentadmin.pick_lists import WORDS
from tests.unit.mapping_samples import LANGUAGES, build, map_of, mapper, row, step, table

OBJECTS = [one.object for one in TABLES]
EXPORTS = [(one.object, language) for one in TABLES for language in LANGUAGES]

# The pick-lists of the assumed export that become SELECT fields: object, column, and the target field.
SELECTS = {
    (source, line.concept.partition(".")[2]): line
    for source, kind in builtin().sources.items()
    for line in kind.lines
    if line.transform == "select"
}

# Concepts of which an export has one or the other: a map has only the columns that are there, so one field is enough.
ALTERNATIVES = [
    ({"patient.full_name"}, {"patient.last_name", "patient.first_name"}),
    ({"provider.full_name"}, {"provider.last_name", "provider.first_name"}),
    ({"referrer.full_name"}, {"referrer.last_name", "referrer.first_name"}),
    ({"appointment.moment"}, {"appointment.date", "appointment.start"}),
    (
        {"patient.address_line"},
        {f"patient.{part}" for part in ("street", "house_number", "box", "postal_code", "city", "country")},
    ),
]


@pytest.mark.parametrize(("object_", "language"), EXPORTS)
def test_every_column_has_exactly_one_line_of_its_own_meaning(object_: str, language: Language) -> None:
    lines = map_of(language).sources[object_].lines
    by_column = {line.column: line for line in lines}
    assert [line.column for line in lines] == [column.header(language) for column in table(object_).columns]
    for column in table(object_).columns:
        assert by_column[column.header(language)].concept == f"{object_}.{column.key}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_map_of_the_export_has_no_problems(language: Language) -> None:
    document = map_of(language)
    headers = {one.object: [column.header(language) for column in one.columns] for one in TABLES}
    assert document.problems(headers) == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("named", [True, False])
def test_files_are_recognised_by_their_headers_even_under_other_names(language: Language, *, named: bool) -> None:
    files = {
        one.file_name(language) if named else f"export_{number}.csv": one for number, one in enumerate(TABLES, start=1)
    }
    found = recognise({name: [column.header(language) for column in one.columns] for name, one in files.items()})
    assert {name: one.object for name, one in found.items()} == {name: one.object for name, one in files.items()}
    assert {one.language for one in found.values()} == {language}
    keys = {one.object: one.key_headers for one in found.values()}
    assert keys["invoice_line"] == map_of(language).sources["invoice_line"].key
    assert all(keys.values())


def test_a_file_of_other_things_is_not_taken_for_one_of_the_practice() -> None:
    assert recognise({"voorraad.csv": ["Artikel", "Aantal", "Leverancier", "Prijs"]}) == {}
    assert as_object("patient", ["Patiëntnr", "Kleur"]) is not None
    assert as_object("unheard_of", ["Patiëntnr"]) is None


def test_every_field_asked_for_is_one_that_twenty_takes() -> None:
    for name, one in builtin().objects.items():
        assert one.custom == (name not in standard.OBJECTS)
        for field in one.fields:
            assert names.is_name(field.name), field.name
            assert field.type in standard.CREATABLE
            assert 0 < len(field.label) <= 63
            assert all(names.is_option(value) for value in field.options or {})
            assert field.name not in standard.OBJECTS.get(name, {})


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_schema_has_every_object_of_the_requirements_with_its_source_id(language: Language) -> None:
    objects = {one.name_singular: one for one in map_of(language).schema().objects}
    custom = {name for name, one in objects.items() if one.custom}
    assert custom == {"treatment", "invoice", "invoiceLine", "billingTransaction"}
    assert set(objects) - custom == {"person", "company", "task", "note"}
    for one in objects.values():
        source_id = next(field for field in one.fields if field.name == "sourceSystemId")
        assert (source_id.label, source_id.type, source_id.is_unique) == ("Source_System_ID__c", "TEXT", True)
        assert "importRemarks" in {field.name for field in one.fields}


def test_inverse_names_of_relations_are_free_on_their_target() -> None:
    taken: set[tuple[str, str]] = set()
    for one in map_of("nl").schema().objects:
        own = standard.CUSTOM_OBJECT if one.custom else standard.OBJECTS[one.name_singular]
        taken |= {(one.name_singular, name) for name in [*own, *(field.name for field in one.fields)]}
    for one in map_of("nl").schema().objects:
        for field in one.fields:
            if field.relation_to:
                inverse = (field.relation_to, names.camel(field.inverse_label or ""))
                assert inverse not in taken
                assert names.is_name(inverse[1])
                taken.add(inverse)


@pytest.mark.parametrize(("object_", "column"), sorted(set(WORDS) & set(SELECTS)))
def test_every_word_of_the_exports_pick_lists_has_an_option_of_its_own(object_: str, column: str) -> None:
    target = (SELECTS[object_, column].target or "").split(".")[1]
    by_key: dict[str, set[str]] = {}
    for word in WORDS[object_, column]:
        for language in LANGUAGES:
            record = build_in(language, object_, column, word.text(language))
            assert "importRemarks" not in record
            by_key.setdefault(word.key, set()).add(record[target])
    assert all(len(options) == 1 for options in by_key.values()), by_key
    assert len({min(options) for options in by_key.values()}) == len(by_key)
    options = SELECTS[object_, column].with_.get("otherwise")
    assert options not in {min(found) for found in by_key.values()} or object_ == "treatment"


def build_in(language: Language, object_: str, column: str, text: str) -> dict[str, Any]:
    record = mapper(language).build(step(object_), row(object_, language, **{column: text}))
    assert record is not None
    return record.values


def test_a_word_that_the_pick_list_lacks_becomes_other_and_stays_in_the_remarks() -> None:
    record = build("appointment", type="Sportgebit aanmeten", patient_number="7")
    assert record.values["appointmentType"] == "OTHER"
    assert record.values["importRemarks"] == "Type afspraak: Sportgebit aanmeten"
    assert [one.code for one in record.findings] == ["UNKNOWN-WORD"]


def test_definitions_of_workflows_and_reports_are_kept_for_the_hand_over() -> None:
    for object_ in ("workflow", "report"):
        source = map_of("nl").sources[object_]
        assert source.keep == "handover"
        assert {line.decision for line in source.lines} == {"handover"}
        assert not any(one.source_object == object_ for one in mapper().steps())


def test_every_transform_of_the_built_in_map_is_known_and_words_of_pick_lists_mean_one_thing() -> None:
    for kind in builtin().sources.values():
        used = {line.transform for line in kind.lines} | {line.transform for line in kind.derived}
        assert used - {None} <= set(TRANSFORMS)
    for name, options in builtin().values.items():
        words = [squash(word) for words in options.values() for word in words]
        assert len(words) == len(set(words)), name


def test_the_page_of_what_maps_where_is_in_step_with_the_built_in_map() -> None:
    """To make it again: python -c "import bridgework.mapping.table as t; print(t.what_maps_where(), end='')" > PAGE."""
    page = Path(__file__).parents[2] / "docs" / "what-maps-where.md"
    assert page.read_text(encoding="utf-8") == what_maps_where()


def test_two_lines_fill_one_field_only_where_they_share_it_or_are_alternatives() -> None:
    either = {frozenset({one, other}) for first, second in ALTERNATIVES for one in first for other in second}
    for kind in builtin().sources.values():
        lines = [line for line in kind.lines if line.target]
        for one, other in combinations(lines, 2):
            if _place(one) == _place(other) and frozenset({one.concept, other.concept}) not in either:
                assert _shares(one), one.concept
                assert _shares(other), other.concept


def _place(line: Meaning) -> str:
    """The field, and its part where only the part is filled."""
    target = line.target or ""
    whole = any(line.concept in one for one, _ in ALTERNATIVES)
    return ".".join(target.split(".")[:2]) if whole else target


def _shares(line: Meaning) -> bool:
    return TRANSFORMS[line.transform or ""].shares or "join" in line.with_


def test_every_concept_has_words_in_each_language_and_says_what_its_cells_look_like() -> None:
    for name, kind in builtin().sources.items():
        for line in kind.lines:
            assert all(getattr(line, language) for language in catalogue.LANGUAGES), line.concept
            looks, _, of = line.validator.partition(" ")
            assert looks in {"choice", "dependant"} or line.transform != "select", line.concept
            assert of == line.with_.get("values", of) or looks != "choice", line.concept
            known: dict[str, list[str]] = {"choice": list(builtin().values), "link": list(builtin().sources)}
            assert of in known.get(looks, [""]), line.concept
            assert looks != "link" or line.with_.get("object", of) == of, f"{name}: {line.concept}"


def test_what_tells_who_somebody_is_or_how_they_are_is_marked_as_such() -> None:
    kinds = {line.concept: line.sensitivity for kind in builtin().sources.values() for line in kind.lines}
    links = [concept for concept in kinds if concept.endswith(".patient_number")]
    assert {kinds[one] for one in (*links, "patient.number", "patient.insz", "patient.birth_date")} == {"identity"}
    assert {kinds[one] for one in ("patient.mobile", "patient.email", "patient.street")} == {"contact"}
    assert {kinds[one] for one in ("patient.remark", "treatment.code", "document.file")} == {"health"}
    assert {kinds[one] for one in ("patient.ct1", "invoice.ogm", "transaction.amount")} == {"finance"}
    assert {kinds[one] for one in ("provider.agenda_colour", "report.filter")} == {"practice"}


def test_a_preset_says_what_stays_out_and_names_only_concepts_that_there_are() -> None:
    presets = builtin().presets
    assert presets["complete"].concepts == presets["complete"].text == presets["complete"].files == ()
    lean = presets["crm-lean"]
    kinds = {line.concept: line for kind in builtin().sources.values() for line in kind.lines}
    assert {"patient.insz", "patient.medical_history", "treatment.remark"} <= {*lean.concepts, *lean.text}
    assert {kinds[one].validator for one in lean.text} == {"words", "text", "organisation"}  # free text, all of it
    content = builtin().model_dump(by_alias=True)
    content["presets"]["crm-lean"]["text"] = ("patient.nothing",)
    with pytest.raises(ValidationError, match=r"patient\.nothing"):
        catalogue.Catalogue.model_validate(content)


def test_concepts_are_named_once_and_by_their_object() -> None:
    for name, kind in builtin().sources.items():
        concepts = [line.concept for line in kind.lines]
        assert len(concepts) == len(set(concepts))
        assert all(re.fullmatch(rf"{name}\.[a-z0-9_]+", one) for one in concepts)


def test_nothing_of_a_patients_row_is_about_nobody_but_keys_and_stamps() -> None:
    of_patients = ("patient", "appointment", "treatment", "invoice", "invoice_line", "transaction", "document")
    for name in (*of_patients, "communication"):
        kind = builtin().sources[name]
        nobody = {one.concept for one in kind.lines if one.sensitivity == "practice"}
        assert nobody <= {*kind.key, f"{name}.created_at", f"{name}.changed_at"}
