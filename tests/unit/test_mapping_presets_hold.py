"""What a preset leaves out arrives nowhere: neither in a field nor in the remarks, a title, a text or a file."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridgework.mapping.catalogue import Meaning, Preset, builtin
from bridgework.mapping.document import FieldDef, Line, MapDocument, Source
from bridgework.mapping.presets import national_numbers, preset_named, with_preset
from bridgework.mapping.propose import ProfiledColumn, ProfiledFile
from bridgework.mapping.records import Mapper, TargetRecord
from bridgework.mapping.standard import LABEL_FIELDS
from bridgework.mapping.transforms import shares_field
from tests.unit.mapping_samples import Row, context, texts

INSZ = "85.07.30-033.28"
DIGITS = "85073003328"
CLINICAL = "HIV-positief na transfusie"
IMAGE = "pano-van-mevrouw.dcm"
PLANTED = (INSZ, DIGITS, "HIV", "transfusie")
NUMBERED = ("patient.membership_number", "appointment.patient_name", "transaction.iban", "communication.contact")
"""Columns that the preset says nothing of, in which this practice writes national numbers."""

# Of two ways in which a practice writes the same, a map has one.
ALTERNATIVES = (
    {"patient.full_name", "patient.address_line", "provider.full_name", "referrer.full_name", "appointment.moment"},
    {
        *("patient.last_name", "patient.first_name", "provider.last_name", "provider.first_name"),
        *("referrer.last_name", "referrer.first_name", "appointment.date", "appointment.start"),
        *(f"patient.{part}" for part in ("street", "house_number", "box", "postal_code", "city", "country")),
    },
)
UNKNOWN = {"text": "TEXT", "number": "NUMBER", "date": "DATE", "moment": "DATE_TIME", "boolean": "BOOLEAN"}
_VERBATIM = ("text", "note-text", "note-line")


@cache
def every_concept(without: int = 0) -> MapDocument:
    """A map with a line for every concept but those of one way of writing, and unmapped columns of each kind."""
    catalogue = builtin()
    sources = {}
    fields = [FieldDef(name=f"unknown{name.capitalize()}", type=type_, label=name) for name, type_ in UNKNOWN.items()]
    for name, kind in catalogue.sources.items():
        if kind.keep is None:
            known = [one for one in kind.lines if one.concept not in ALTERNATIVES[without]]
            lines = tuple(_line(one) for one in known) + tuple(_unmapped(kind.record or "", one) for one in UNKNOWN)
            sources[name] = Source(file=f"{name}.csv", key=kind.key, record=kind.record, lines=lines)
            there = {one.concept for one in known}
            filled = {one.target for one in known}
            free = (one for one in kind.derived if shares_field(one) or one.target not in filled)
            derived = tuple(one for one in free if there.issuperset(one.from_))
            sources[name] = sources[name].model_copy(update={"derived": derived})
    objects = {
        name: one.model_copy(update={"fields": (*one.fields, *fields)}) for name, one in catalogue.objects.items()
    }
    return MapDocument(
        nomenclature=context().nomenclature.version,
        formats=catalogue.formats,
        placeholders=catalogue.placeholders,
        values=catalogue.values,
        objects=objects,
        sources=sources,
    )


def _line(one: Meaning) -> Line:
    """A column that is called as its concept."""
    return Line.model_validate(
        {"column": one.concept, **one.model_dump(include={"concept", "target", "transform", "with_"}, by_alias=True)}
    )


def _unmapped(record: str, transform: str) -> Line:
    return Line(column=f"Kolom {transform}", target=f"{record}.unknown{transform.capitalize()}", transform=transform)


def cell(line: Line) -> str:
    """What the practice wrote there: clinical text where a person may, or did, write any text; else something plain."""
    known = (one for kind in builtin().sources.values() for one in kind.lines)
    meaning = next((one for one in known if one.concept == line.concept), None)
    if meaning is not None and (plain := _plain(line, meaning)):
        return plain
    return f"0478 12 34 56 {CLINICAL} {INSZ}" if line.transform == "phones" else f"{CLINICAL} {INSZ}"


def _plain(line: Line, meaning: Meaning) -> str:
    """A cell as it should be, where nothing else was planted; else empty."""
    if meaning.concept in NUMBERED or meaning.concept == "patient.insz":
        return INSZ
    if line.transform in {"key", "reference", "member"} or meaning.validator.startswith(("link", "key")):
        return "1"
    if line.transform == "file":
        return IMAGE
    if line.transform in {"name", "name-split", "address", "address-split"}:
        return "Peeters"
    coded = meaning.concept in preset_named("crm-lean", {}).text or "nomenclature" in meaning.validator
    return "Peeters" if line.transform in _VERBATIM and not coded else ""


def rows(document: MapDocument) -> dict[str, Row]:
    return {
        name: Row(name, 1, "1", {line.column or "": cell(line) for line in source.lines})
        for name, source in document.sources.items()
    }


def records(document: MapDocument) -> Iterator[TargetRecord]:
    """Every record that the practice's rows become, also where no record is there that it could link to."""
    mapper, staged = Mapper(document, context()), rows(document)
    for step in mapper.steps():
        record = mapper.build(step, staged[step.source_object])
        if record is not None:
            yield record
            for reference in record.references:
                yield record.without_reference(reference)


def lean(document: MapDocument) -> MapDocument:
    """By the preset; of the columns whose cells hold a national number, the audit saw that of a few only."""
    files = [
        ProfiledFile(
            f"{name}.csv", name, [ProfiledColumn(header, cells=(text,)) for header, text in row.values.items()]
        )
        for name, row in rows(document).items()
    ]
    numbers = [(object_, column) for object_, column in national_numbers(files) if column in NUMBERED]
    return with_preset(document, "crm-lean", preset_named("crm-lean", {}), numbers)


def arriving(document: MapDocument) -> set[tuple[str, str]]:
    """Where something planted arrives: the object with the field, and what it is."""
    return {
        (f"{record.object}.{field}", planted)
        for record in records(document)
        for field, value in record.values.items()
        for text in texts(value)
        for planted in PLANTED
        if planted in text
    }


@pytest.mark.parametrize("without", [0, 1])
def test_nothing_that_crm_lean_leaves_out_is_in_any_record(without: int) -> None:
    document = every_concept(without)
    assert len(arriving(document)) > 50
    assert arriving(lean(document)) == set()
    assert any(record.file for record in records(document))
    assert not any(record.file for record in records(lean(document)))


@pytest.mark.parametrize("without", [0, 1])
def test_what_does_not_fit_is_counted_where_it_is_not_kept(without: int) -> None:
    said = {finding for record in records(lean(every_concept(without))) for finding in record.findings}
    codes = {one.code for one in said}
    assert {"UNKNOWN-WORD", "NOT-A-DATE", "NOT-AN-AMOUNT", "NOT-YES-OR-NO", "PHONE-REMARK", "NOT-A-CODE"} <= codes
    assert not [one.what for one in said if one.what.endswith("remarks")]
    assert {one.what for one in said if one.code == "NOT-A-DATE"} == {
        "is no date in the declared formats; not kept, by the map's preset"
    }


def test_a_column_that_nobody_knows_and_one_of_national_numbers_wait_for_a_person_outside() -> None:
    document = lean(every_concept())
    why = {line.column: line.why for source in document.sources.values() for line in source.lines if not line.loaded}
    assert {why[f"Kolom {name}"] for name in UNKNOWN} == {"left out by the preset crm-lean: nobody knows what it holds"}
    assert {why[column] for column in NUMBERED} == {
        "left out by the preset crm-lean: its cells are national numbers, or hold some"
    }


def test_every_record_still_has_a_name_and_the_map_no_mistake_of_its_own() -> None:
    document = lean(every_concept())
    assert document.problems() == []
    assert MapDocument.parse(document.to_yaml()).digest() == document.digest()
    made = [one for one in records(document) if one.object not in {"attachment", "taskTarget", "noteTarget"}]
    assert all(one.values.get(LABEL_FIELDS.get(one.object, "name")) for one in made)


def test_a_title_says_a_word_that_the_pick_list_has_and_no_other() -> None:
    document = lean(every_concept())
    mapper = Mapper(document, context())
    (step,) = (one for one in mapper.steps() if one.source_object == "document" and one.role == "record")
    for word, title in (("Panoramische opname", "Panoramische opname"), (CLINICAL, "Document")):
        record = mapper.build(step, Row("document", 1, "1", {"document.category": word}))
        assert record is not None
        assert record.values["title"] == title


def free_text() -> set[str]:
    """The concepts of patients' rows whose cells are whatever somebody typed."""
    return {
        one.concept
        for name in ("patient", "appointment", "treatment", "invoice", "invoice_line", "transaction", "document")
        for one in builtin().sources[name].lines
        if (
            one.sensitivity == "health"
            and one.validator in {"words", "text", "organisation"}
            and not one.with_.get("check")
        )
        or one.validator == "words"
    } - {"appointment.site", "appointment.room", "appointment.chair"}  # names of places


def test_crm_lean_names_all_free_text() -> None:
    assert free_text() <= {*preset_named("crm-lean", {}).text}


@given(st.lists(st.sampled_from([one for kind in builtin().sources.values() for one in kind.lines]), max_size=8))
def test_a_preset_of_ones_own_leaves_out_a_meaning_wherever_it_is(some: list[Meaning]) -> None:
    own = Preset(says="not these", concepts=tuple(one.concept for one in some))
    document = with_preset(every_concept(), "own", own)
    away = {line.concept for source in document.sources.values() for line in source.lines if not line.loaded}
    keys = {concept for kind in builtin().sources.values() for concept in kind.key}
    wanted = {one.concept for one in some if one.transform and one.transform != "key"} - keys - ALTERNATIVES[0]
    assert away - {None} == wanted
    assert (None in away) == bool(some)


def test_a_provider_stays_as_text_where_no_member_can_be_found_by_the_address_that_is_left_out() -> None:
    own = Preset(says="no addresses", sensitivity=("contact",))
    document = with_preset(every_concept(), "own", own)
    assert document.problems() == []
    (line,) = (one for one in document.sources["appointment"].lines if one.concept == "appointment.provider_number")
    assert (line.target, line.transform, line.with_) == ("task.treatingProvider", "text", {"lookup": "provider"})
