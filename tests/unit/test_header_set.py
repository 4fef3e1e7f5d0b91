"""The labelled set of headers: its size and its split, and cells that are the same each time and hang together."""

from __future__ import annotations

from collections import Counter
from functools import cache

import pytest

from bridgework.belgium import insz, nomenclature, ogm, riziv
from bridgework.mapping.catalogue import builtin
from tests.bench.header_cells import Column, ExportFile, LabelledFile, Style, cells, load_styles

STYLES = load_styles()
ROWS = 200

REFERS = {
    "appointment_number": "appointment",
    "head_of_family": "patient",
    "insurer_number": "insurer",
    "invoice_number": "invoice",
    "patient_number": "patient",
    "payer_number": "patient",
    "provider_number": "provider",
    "referrer_number": "referrer",
    "treatment_number": "treatment",
}


@cache
def made(style: Style) -> list[LabelledFile]:
    return cells(style, ROWS)


def columns(*parts: str) -> list[Column]:
    return [column for style in STYLES if style.part in parts for file in style.files for column in file.columns]


def values(files: list[LabelledFile], concept: str) -> list[str]:
    return [
        cell for file in files for column in file.columns if column.concept == concept for cell in column.cells if cell
    ]


def test_the_set_is_large_and_much_of_it_is_held_out() -> None:
    parts = Counter(style.part for style in STYLES)
    assert len(STYLES) >= 40
    assert len(columns("train", "held-out")) >= 2_500
    assert len(columns("held-out")) >= 1_000
    assert parts["held-out"] >= 16


def test_no_style_is_in_both_parts() -> None:
    assert {style.part for style in STYLES} == {"train", "held-out"}
    train = {style.title for style in STYLES if style.part == "train"}
    held_out = {style.title for style in STYLES if style.part == "held-out"}
    assert not train & held_out
    assert len(train | held_out) == len({style.key for style in STYLES}) == len(STYLES)


def test_some_columns_of_both_parts_fit_no_concept() -> None:
    for part in ("train", "held-out"):
        nothing = [column for column in columns(part) if column.concept is None]
        assert 0.06 <= len(nothing) / len(columns(part)) <= 0.08


def test_every_label_is_a_concept_of_the_builtin_catalogue() -> None:
    known = {line.concept for source in builtin().sources.values() for line in source.lines}
    assert not {column.concept for column in columns("train", "held-out") if column.concept} - known


def test_a_label_outside_the_given_concepts_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown concept"):
        load_styles({"patient.number"})


def test_no_concept_labels_two_columns_of_one_file() -> None:
    for style in STYLES:
        for file in style.files:
            labels = Counter(column.concept for column in file.columns if column.concept)
            assert max(labels.values()) == 1, (style.key, file.file)


def test_a_file_without_a_header_has_no_names_and_both_parts_have_one() -> None:
    nameless = [(style, file) for style in STYLES for file in style.files if not file.header]
    assert {style.part for style, _ in nameless} == {"train", "held-out"}
    for style in {style for style, _ in nameless}:
        assert not any(column.name for file in made(style) for column in file.columns)


def test_the_same_seed_gives_the_same_cells_and_another_seed_others() -> None:
    style = STYLES[0]
    assert cells(style, 20, 7) == cells(style, 20, 7)
    assert cells(style, 20, 7) != cells(style, 20, 8)


@pytest.mark.parametrize("style", STYLES, ids=lambda style: style.key)
def test_every_column_of_a_file_is_equally_long_and_references_resolve(style: Style) -> None:
    files = made(style)
    assert [file.file for file in files] == [file.file for file in style.files]
    assert all(len({len(column.cells) for column in file.columns}) == 1 for file in files)
    for file, declared in zip(files, style.files, strict=True):
        for column, how in zip(file.columns, declared.columns, strict=True):
            target = REFERS.get(str(column.concept).partition(".")[2])
            numbers = set(values(files, f"{target}.number"))
            if numbers and how.form != "name":
                assert {cell.partition(" - ")[0] for cell in column.cells if cell} <= numbers, (file.file, column.name)


@pytest.mark.parametrize("style", STYLES, ids=lambda style: style.key)
def test_a_column_with_a_concept_has_values_unless_it_is_declared_empty(style: Style) -> None:
    for file, filled in zip(style.files, made(style), strict=True):
        for declared, column in zip(file.columns, filled.columns, strict=True):
            if declared.concept:
                assert any(column.cells) == (declared.form != "empty"), (file.file, column.name)


def test_numbers_with_check_digits_mostly_fit_them() -> None:
    files = [file for style in STYLES for file in made(style)]
    for concept, good in (
        ("patient.insz", lambda cell: insz.read(cell).number is not None),
        ("provider.riziv", lambda cell: riziv.read(cell).verdict in {"VALID", "REPAIRED"}),
        ("treatment.code", lambda cell: nomenclature.is_valid(cell.strip().replace(".", ""))),
        ("invoice.ogm", lambda cell: ogm.read(cell).verdict in {"VALID", "REPAIRED"}),
    ):
        found = values(files, concept)
        assert sum(map(good, found)) > 0.9 * len(found) > 0, concept


def test_styles_write_the_same_concept_in_different_forms() -> None:
    for concept, least in (("patient.birth_date", 6), ("patient.sex", 5), ("treatment.fee", 4)):
        forms = {column.form for column in columns("train", "held-out") if column.concept == concept}
        assert len(forms) >= least, concept


def test_a_file_of_a_style_is_of_one_object() -> None:
    def strays(file: ExportFile) -> list[Column]:
        return [one for one in file.columns if one.concept and one.concept.split(".")[0] != file.object]

    assert not [stray for style in STYLES for file in style.files for stray in strays(file)]
