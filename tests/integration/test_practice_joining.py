"""An object that is read from two places: each record once, the declared winner's word, and what differed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridgework.errors import UsageError
from bridgework.practice import StagedRows, discover, stage
from bridgework.practice.joining import API, EXPORT, JoinResult, Side, join
from bridgework.store import Store
from bridgework.store.notes import findings
from bridgework.store.tables import item

Table = dict[str, dict[str, str]]

cells = st.fixed_dictionaries({"Naam": st.sampled_from(["", "a", "b"]), "GSM": st.sampled_from(["", "1", " 1", "2"])})
tables = st.dictionaries(st.sampled_from("123456"), cells)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.create(tmp_path / "store.db", "x")
    yield opened
    opened.close()


def put(store: Store, folder: Path, part: str, table: Table, more: str = "") -> None:
    """Stage a table as one part of the patients; `more` is a column that only it has."""
    folder.mkdir()
    header = ["Nr", "Naam", "GSM", *([more] if more else [])]
    lines = [";".join([key, row["Naam"], row["GSM"], *(["x"] if more else [])]) for key, row in table.items()]
    (folder / f"patienten{part}.csv").write_text("\n".join([";".join(header), *lines, ""]), encoding="utf-8")
    (file,) = discover(folder)
    stage(store, file, f"patient{part}", ["Nr"])


def joined(store: Store) -> Table:
    return {one.key: one.values for one in StagedRows(store).iterate("patient")}


def both(store: Store, folder: Path, api: Table, export: Table, *, winner: Side = "api") -> JoinResult:
    put(store, folder / "export", EXPORT, export)
    put(store, folder / "api", API, api, "Taal")
    result = join(store, "patient", lambda _: winner)
    assert result is not None
    return result


@settings(max_examples=30, deadline=None)
@given(api=tables, export=tables, winner=st.sampled_from(["api", "export"]))
def test_each_record_is_there_once_and_a_blank_never_wins(
    api: Table, export: Table, winner: Side, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("joining")
    store = Store.create(folder / "store.db", "x")
    anything = {"0": {"Naam": "z", "GSM": "0"}}
    result = both(store, folder, anything | api, anything | export, winner=winner)
    found = joined(store)
    assert set(found) == {"0"} | set(api) | set(export)
    assert result.rows == len(found)
    first, second = (api, export) if winner == "api" else (export, api)
    for key in set(api) | set(export):
        for header in ("Naam", "GSM"):
            said = [table[key][header].strip() for table in (first, second) if key in table]
            assert found[key][header].strip() == next((one for one in said if one), "")
    store.close()


def test_what_differs_is_counted_by_column_with_who_won(store: Store, tmp_path: Path) -> None:
    api = {"1": {"Naam": "An", "GSM": "1"}, "2": {"Naam": "Bo", "GSM": ""}, "9": {"Naam": "Zo", "GSM": ""}}
    export = {"1": {"Naam": "An ", "GSM": "2"}, "2": {"Naam": "Bob", "GSM": "3"}, "8": {"Naam": "Yo", "GSM": ""}}
    put(store, tmp_path / "export", EXPORT, export)
    put(store, tmp_path / "api", API, api)
    join(store, "patient", lambda header: "export" if header == "GSM" else "api")
    assert {key: row["GSM"] for key, row in joined(store).items()} == {"1": "2", "2": "3", "8": "", "9": ""}
    assert joined(store)["2"]["Naam"] == "Bo"
    found = {(one.code, one.field): one for one in findings(store, "joining")}
    assert {name: one.count for name, one in found.items()} == {
        ("SOURCES-DIFFER", "Naam"): 1,
        ("SOURCES-DIFFER", "GSM"): 1,
        ("ONLY-IN-API", ""): 1,
        ("ONLY-IN-EXPORT", ""): 1,
    }
    assert "the export wins" in found["SOURCES-DIFFER", "GSM"].what
    assert found["SOURCES-DIFFER", "Naam"].example == "patienten@export.csv:3"


def test_joining_again_changes_nothing_and_another_winner_joins_anew(store: Store, tmp_path: Path) -> None:
    both(store, tmp_path, {"1": {"Naam": "An", "GSM": ""}}, {"1": {"Naam": "Anna", "GSM": ""}})
    assert join(store, "patient", lambda _: "api") is None
    assert joined(store)["1"]["Naam"] == "An"
    assert join(store, "patient", lambda _: "export") is not None
    assert joined(store)["1"]["Naam"] == "Anna"
    assert [one.count for one in findings(store, "joining")] == [1]


def test_rows_that_are_loaded_are_not_joined_otherwise(store: Store, tmp_path: Path) -> None:
    both(store, tmp_path, {"1": {"Naam": "An", "GSM": ""}}, {"1": {"Naam": "Anna", "GSM": ""}})
    loaded = {"target_id": uuid4(), "object": "person", "source_object": "patient"}
    with store.begin() as connection:
        connection.execute(item.insert().values(**loaded, row_no=1, batch_id=1, state="confirmed"))
    assert join(store, "patient", lambda _: "api") is None
    with pytest.raises(UsageError) as caught:
        join(store, "patient", lambda _: "export")
    assert caught.value.code == "PRACTICE-LOADED"
