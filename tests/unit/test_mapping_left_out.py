"""What is left out of the map is left out everywhere: of look-ups too."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bridgework.mapping import editing
from bridgework.mapping.document import MapDocument
from bridgework.mapping.records import Mapper, directory
from bridgework.twins.dentadmin.export_format import TABLES
from tests.unit.mapping_samples import context, map_of, row, table, texts

LOOKED_UP = ("provider", "referrer", "insurer")
CELLS = {"number": "1", "first_name": "Jan", "last_name": "Maes", "email": "jan@praktijk.example", "name": "CM Limburg"}


def without(*places: str) -> MapDocument:
    document = map_of("nl")
    for place in places:
        document = editing.leave_out(document, place, "not needed")
    return document


def known_by(document: MapDocument) -> dict[str, Any]:
    """The look-up tables of a practice with one provider, one referrer and one insurer."""
    return {name: directory(document, name, [row(name, **_cells(name))]) for name in LOOKED_UP}


def _cells(name: str) -> dict[str, str]:
    columns = {column.key for column in table(name).columns}
    return {key: cell for key, cell in CELLS.items() if key in columns}


def appointment_by(document: MapDocument) -> dict[str, Any]:
    mapper = Mapper(document, context(directory=known_by(document)))
    step = next(one for one in mapper.steps() if one.source_object == "appointment" and one.role == "record")
    record = mapper.build(step, row("appointment", patient_number="7", provider_number="1"))
    assert record is not None
    return record.values


def test_an_appointment_has_its_provider_and_member_by_what_is_loaded_of_the_provider() -> None:
    values = appointment_by(map_of("nl"))
    assert values["treatingProvider"] == "Jan Maes (1)"
    assert "assigneeId" in values


def test_a_name_and_an_address_that_are_left_out_are_in_no_record_that_looks_them_up() -> None:
    values = appointment_by(without("provider.Voornaam", "provider.E-mail"))
    assert values["treatingProvider"] == "Maes (1)"
    assert "assigneeId" not in values


@given(st.sets(st.sampled_from([(one.object, column) for one in TABLES for column in one.columns])))
def test_a_look_up_table_has_no_text_of_a_column_that_is_left_out(columns: set[tuple[str, Any]]) -> None:
    away = {(object_, column.header("nl")) for object_, column in columns if object_ in LOOKED_UP}
    document = without(*(f"{object_}.{header}" for object_, header in away))
    for name, rows in known_by(document).items():
        gone = {column.key for column in table(name).columns if (name, column.header("nl")) in away}
        assert not {f"{name}.{key}" for key in gone} & {concept for cells in rows.values() for concept in cells}
        left = {cell for key, cell in _cells(name).items() if key not in gone}
        assert set(texts(rows)) <= left


def test_a_map_that_looks_for_members_by_an_address_that_is_left_out_is_said_to_be_wrong() -> None:
    assert map_of("nl").problems() == []
    (problem,) = without("provider.E-mail").problems()
    assert problem.code == "NO-ADDRESS"
    assert "E-mail" in problem.what
