"""Rows become records: the same each time, in shapes that Twenty takes, and with no text lost."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridgework.mapping import names
from bridgework.mapping.records import FINDINGS, Mapper, TargetRecord, directory, target_id
from bridgework.mapping.target import FORMS
from bridgework.twins.dentadmin.export_format import TABLES
from tests.unit.mapping_samples import (
    MEMBER,
    NAMESPACE,
    build,
    check_value,
    context,
    map_of,
    mapper,
    row,
    step,
    table,
    texts,
    unescaped,
)

LOADED = [one.object for one in TABLES if one.object not in {"workflow", "report"}]

# Cells as practices write them, and cells that are anything.
_TYPICAL = [
    *[
        "",
        "",
        "Janssens",
        "Van den Broeck",
        "7",
        "12",
        "131",
        "131 - CM Limburg",
        "CM Limburg",
        "9999",
        "-",
        "nvt",
        "?",
    ],
    *[
        "03/02/2024",
        "3-2-85",
        "20240203",
        "00/00/0000",
        "44197",
        "31/03/2024 02:30",
        "27/10/2024 02:30",
        "10:20",
        "25:00",
    ],
    *["1.234,50", "€ 22,50", "22,5-", "gratis", "J", "O", "misschien", "V", "M", "1", "0", "-1"],
    *[
        "0479/123456 (mama)",
        "02/2191575",
        "0478123456 of 09/2233445",
        "geen gsm",
        "an@example.be",
        "a@example.be;b@x",
        "@",
    ],
    *[
        "85.07.30-033.28",
        "4063001714.0",
        "12345678901",
        "16",
        "16,17",
        "1.6",
        "UR6",
        "kw1",
        "MOD",
        "Controle",
        "Autre chose",
    ],
    *[
        "regel 1\r\nregel 2",
        "* geen kop",
        "a\x00b",
        "  spaties\u00a0",
        "Röntgen.PDF",
        "map\\scan.jpg",
        "301011",
        "301.011",
    ],
]
CELLS = st.sampled_from(_TYPICAL) | st.text(st.characters(blacklist_categories=["Cs"]), max_size=25)


@st.composite
def rows(draw: st.DrawFn, object_: str) -> Any:
    """A row of typical and of any cells; most are chosen by one drawn number, for speed."""
    chance = draw(st.randoms(use_true_random=False))
    pool = [*_TYPICAL, *draw(st.lists(CELLS, min_size=6, max_size=6))]
    return row(object_, "nl", 1, **{column.key: chance.choice(pool) for column in table(object_).columns})


def records_of(one: Mapper, source_row: Any) -> list[TargetRecord]:
    steps = [each for each in one.steps() if each.source_object == source_row.object]
    return [made for each in steps if (made := one.build(each, source_row)) is not None]


# --- properties ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("object_", LOADED)
@settings(max_examples=25)
@given(data=st.data())
def test_no_text_of_any_cell_is_lost(object_: str, data: st.DataObject) -> None:
    source_row = data.draw(rows(object_))
    record = records_of(mapper(), source_row)[0]
    sent = list(texts(record.values))
    held = [text.replace("\r", "\n") for text in (*sent, *map(unescaped, sent))]
    said = {finding.field for finding in record.findings}
    lines = {line.column: line for line in map_of("nl").sources[object_].lines}
    links = {one.column for one in record.references}
    for column, cell in source_row.values.items():
        text = cell.strip().replace("\x00", "").strip().replace("\r\n", "\n").replace("\r", "\n")
        if not text or any(text in one for one in held) or column in links:
            continue
        line = lines[column]
        # The text itself is nowhere: then a value was made of it, without doubts, and it tells the same.
        assert line.transform not in {"text", "note-text", "note-line", "name", "file", "key"}, column
        assert column not in said or _said_but_whole(record, column), column
        assert _means_the_same(record, line.field, line.transform or "", text), (column, text)


def _said_but_whole(record: TargetRecord, column: str) -> bool:
    whole = FORMS | {"FUTURE-DATE", "CLOCK-OVERLAP", "BAD-CHARACTER", "MOJIBAKE", "PHONE-ZERO-RESTORED"}
    whole |= {"INSZ-OTHER-SEX", "INSZ-OTHER-BIRTH-DATE"}
    return {one.code for one in record.findings if one.field == column} <= whole


def _numbers(text: str) -> set[int]:
    return {int(one) for one in re.findall(r"\d+", text)}


def _day_numbers(iso: str) -> set[int]:
    """Day and month of a date; of a moment nothing, for UTC may have another day."""
    return _numbers(iso[4:10]) if len(iso) == 10 else set()


def _means_the_same(record: TargetRecord, field: str, transform: str, text: str) -> bool:
    """Whether the value tells what the cell says, as far as it can be seen without the transform itself."""
    value = record.values.get(f"{field}Id" if transform == "member" else field)
    if value is None:
        return False
    digits, whole = re.sub(r"\D", "", text), "".join(texts(value))
    all_digits = re.sub(r"\D", "", whole)
    same: dict[str, Callable[[], bool]] = {
        "phones": lambda: digits.removeprefix("00").removeprefix("32").lstrip("0")[-8:] in all_digits,
        "emails": lambda: all(one in whole for one in re.findall(r"[\w.]+@[\w.]+", text.lower())),
        "insz": lambda: digits.lstrip("0").removesuffix("0") in whole,
        "money": lambda: digits.strip("0") in all_digits,
        "number": lambda: all_digits in digits or ":" in text,
        "date": lambda: _day_numbers(whole) <= _numbers(text) or digits == text,
        "time": lambda: len(digits) in {3, 4, 6},
        "moment": lambda: len(digits) >= 4,
        "boolean": lambda: isinstance(value, bool),
        "select": lambda: names.is_option(value),
        "member": lambda: value == MEMBER,
        "address": lambda: True,  # a country's own word becomes its name
    }
    return bool(same[transform]()) if transform in same else False


@pytest.mark.parametrize("object_", LOADED)
@settings(max_examples=25)
@given(data=st.data())
def test_every_value_is_one_that_twenty_takes(object_: str, data: st.DataObject) -> None:
    for record in records_of(mapper(), data.draw(rows(object_))):
        for name, value in record.values.items():
            check_value(record, name, value)
        assert {one.code for one in record.findings} <= set(FINDINGS)
        for reference in record.references:
            assert not reference.field or record.values[reference.field] == str(reference.target_id)


@pytest.mark.parametrize("object_", LOADED)
@settings(max_examples=25)
@given(data=st.data())
def test_the_same_row_gives_the_same_record_again(object_: str, data: st.DataObject) -> None:
    source_row = data.draw(rows(object_))
    assert records_of(mapper(), source_row) == records_of(Mapper(map_of("nl"), context()), source_row)


# --- the order of the steps ------------------------------------------------------------------------------------------


def test_every_link_finds_its_other_end_loaded_before_and_files_come_last() -> None:
    order = [(one.source_object, one.role) for one in mapper().steps()]
    names_ = [one.name for one in mapper().steps()]
    assert len(set(names_)) == len(names_)
    for one in mapper().steps():
        for line in map_of("nl").sources[one.source_object].all_lines():
            if line.transform == "reference":
                assert order.index((line.with_["object"], "record")) <= order.index((one.source_object, one.role))
    roles = [role for _, role in order]
    assert roles.index("file") > max(number for number, role in enumerate(roles) if role != "file")


@pytest.mark.parametrize(
    ("specialty", "kind"),
    [("Huisarts", "REFERRING_PHYSICIAN"), ("Orthodontist", "REFERRING_DENTIST"), ("", "REFERRING_DENTIST")],
)
def test_a_referrer_is_a_dentist_unless_the_specialty_says_physician(specialty: str, kind: str) -> None:
    assert build("referrer", specialty=specialty).values["companyType"] == kind
    assert build("provider", specialty=specialty).values["companyType"] == "OWN_DENTIST"


def test_a_look_up_table_is_made_of_staged_rows_by_concept() -> None:
    made = directory(
        map_of("fr"), "provider", [row("provider", "fr", 1, number="1", last_name="Maes", email=" a@b.be ")]
    )
    assert made == {"1": {"provider.number": "1", "provider.last_name": "Maes", "provider.email": "a@b.be"}}
    assert directory(map_of("fr"), "unheard_of", []) == {}


def test_ids_depend_on_everything_that_tells_records_apart() -> None:
    base = target_id(NAMESPACE, "note", "document", "1")
    others = [
        target_id(UUID(int=1), "note", "document", "1"),
        target_id(NAMESPACE, "task", "document", "1"),
        target_id(NAMESPACE, "note", "communication", "1"),
        target_id(NAMESPACE, "note", "document", "2"),
        target_id(NAMESPACE, "note", "document", "1", "target"),
    ]
    assert len({base, *others}) == 6
    assert base == target_id(NAMESPACE, "note", "document", "1")


def test_records_without_moments_get_that_of_the_run_and_keep_their_order() -> None:
    first, second = (mapper().build(step("insurer"), row("insurer", "nl", number)) for number in (1, 2))
    provider = mapper().build(step("provider"), row("provider", "nl", 1))
    assert first and second and provider  # noqa: PT018
    assert first.values["createdAt"] == first.values["updatedAt"] == "2026-11-22T12:00:00.000Z"
    assert first.values["position"] < second.values["position"] < provider.values["position"]
    assert context().run_moment == datetime(2026, 11, 22, 12, tzinfo=UTC)
