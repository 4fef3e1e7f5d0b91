"""What is new, changed and gone at the source is found, all of it and nothing else; folded in, it is what is staged."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from bridgework.errors import BridgeworkError
from bridgework.practice import StagedRows, csv_records, discover, judging, stage
from bridgework.practice.changes import (
    GONE_ALLOWED,
    Changes,
    Snapshot,
    Told,
    alike,
    find_changes_in_export,
    folding,
    noting,
    seen,
    walk,
)
from bridgework.store import Store
from bridgework.store.tables import quarantine, setting, source_change, source_file, source_pass, source_row

HEADER = ("Nr", "Naam", "Voornaam", "Opmerking")
Table = dict[str, tuple[str, ...]]


class Practice:
    """One object in an export folder and a store."""

    def __init__(self, folder: Path) -> None:
        self.export = folder / "export"
        self.export.mkdir()
        self.store = Store.create(folder / "store.db", "a passphrase")

    def write(self, table: Table | Sequence[Sequence[str]], name: str = "patienten.csv", **how: Any) -> None:
        rows = [(key, *rest) for key, rest in table.items()] if isinstance(table, dict) else table
        encoding = how.pop("encoding", "cp1252")
        text = io.StringIO(newline="")
        writer = csv.writer(text, **{"delimiter": ";", "lineterminator": "\r\n", **how})
        writer.writerow(HEADER)
        writer.writerows(rows)
        (self.export / name).write_bytes(text.getvalue().encode(encoding))

    def stage(self) -> None:
        for file in discover(self.export):
            stage(self.store, file, "patient", ("Nr",))

    def find(self, told: Told | None = None, **more: Any) -> Changes:
        snapshots = [Snapshot("patient", one, ("Nr",), one.relative) for one in discover(self.export)]
        return find_changes_in_export(self.store, snapshots, told, **more)

    def staged(self) -> Table:
        rows = StagedRows(self.store).iterate("patient")
        return {row.key: tuple(row.values[name] for name in HEADER[1:]) for row in rows}

    def numbers(self) -> dict[str, int]:
        return {row.key: row.row_no for row in StagedRows(self.store).iterate("patient")}

    def aside(self) -> list[tuple[str, str]]:
        with self.store.read() as connection:
            query = sa.select(quarantine.c.stage, quarantine.c.code).order_by(quarantine.c.id)
            return [tuple(row) for row in connection.execute(query)]


@contextmanager
def opened() -> Iterator[Practice]:
    with tempfile.TemporaryDirectory() as folder:
        made = Practice(Path(folder))
        yield made
        made.store.close()


@pytest.fixture
def practice() -> Iterator[Practice]:
    with opened() as made:
        yield made


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small batches, pages and pieces, so that a small export has many."""
    make_small(monkeypatch)


def make_small(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(judging, "BATCH_ROWS", 7)
    patch.setattr(csv_records, "BLOCK", 1 << 8)
    patch.setattr(folding, "_CHUNK", 4)
    patch.setattr(noting, "_ASKED_AT_ONCE", 3)
    patch.setattr(walk, "_ASKED_AT_ONCE", 3)
    patch.setattr(seen, "PIECE", 16)
    patch.setattr(seen, "_BYTES", 2)


def table(*numbers: int) -> Table:
    return {str(number): (f"Naam{number}", f"Voornaam{number}", "") for number in numbers}


def found(changes: Changes) -> dict[str, str]:
    return {one.key: one.change for one in changes.iterate("patient")}


def codes(changes: Changes) -> set[str]:
    return {one.code for one in changes.stops}


# --- any edits at all ------------------------------------------------------------------------------------------------

keys = st.integers(1, 60).map(str)
texts = st.text(st.sampled_from('aé;"\n ,€ß0'), max_size=4)
cells_of_row = st.tuples(texts, texts, texts)
tables = st.dictionaries(keys, cells_of_row, max_size=40)
edits = st.lists(st.tuples(keys, st.none() | cells_of_row), max_size=25)
ways = st.fixed_dictionaries(
    {
        "delimiter": st.sampled_from(";,\t"),
        "encoding": st.sampled_from(["cp1252", "utf-8", "utf-8-sig"]),
        "lineterminator": st.sampled_from(["\r\n", "\n"]),
        "quoting": st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    }
)
# What holds the columns and the encoding apart, whatever the other rows are.
ANCHOR = {"900": ("Jänssens", "Zoë", "vast"), "901": ("Peeters", "André", "vast"), "902": ("Maes", "Ann", "€")}


@given(before=tables, first=edits, second=edits, shuffle=st.randoms(), how=ways)
@settings(max_examples=40)
def test_the_changes_found_are_the_edits_made_and_folding_them_gives_the_new_state(
    before: Table, first: list[Any], second: list[Any], shuffle: Any, how: dict[str, Any]
) -> None:
    with opened() as practice, pytest.MonkeyPatch.context() as patch:
        make_small(patch)
        then = {**ANCHOR, **before}
        practice.write(then)
        practice.stage()
        for changed, way in ((first, {}), (second, how)):
            now = dict(then)
            for key, row in changed:
                now.pop(key, None)
                if row is not None:
                    now[key] = row
            rows = [(key, *row) for key, row in now.items()]
            shuffle.shuffle(rows)
            practice.write(rows, **way)
            changes = practice.find(Told(gone={"patient"}))
            edited = {key: "changed" for key in now.keys() & then.keys() if now[key] != then[key]}
            edited |= dict.fromkeys(now.keys() - then.keys(), "new") | dict.fromkeys(then.keys() - now.keys(), "gone")
            assert found(changes) == edited
            for one in changes.iterate("patient", "changed"):
                assert one.then is not None
                assert one.now is not None
                differ = {name for name in HEADER[1:] if one.then.values[name] != one.now.values[name]}
                assert set(one.headers) == differ
            (sums,) = changes.sums.values()
            assert sums.closes
            assert (sums.then, sums.now) == (len(then), len(now))
            numbers = practice.numbers()
            changes.fold()
            assert practice.staged() == now
            assert {key: numbers[key] for key in numbers.keys() & now.keys()}.items() <= practice.numbers().items()
            assert not practice.find()
            then = now


def test_a_row_kept_by_its_number_is_found_through_all_passes(practice: Practice, small: None) -> None:
    practice.write(table(*range(1, 40)))
    practice.stage()
    for _ in range(3):
        now = practice.staged()
        now["39"] = (now["39"][0] + "x", "", "")
        now[str(100 + len(now))] = ("new", "", "")
        practice.write(now)
        changes = practice.find()
        assert sorted(found(changes).values()) == ["changed", "new"]
        changes.fold()
    assert practice.numbers()["39"] == 39
    assert StagedRows(practice.store).count("patient") == len(practice.staged()) == 42


# --- written otherwise -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "how",
    [
        {"encoding": "utf-8"},
        {"encoding": "utf-16"},
        {"delimiter": ","},
        {"quoting": csv.QUOTE_ALL},
        {"lineterminator": "\n"},
        {"encoding": "utf-8-sig", "delimiter": "\t", "lineterminator": "\n"},
    ],
    ids=str,
)
def test_a_file_that_is_only_written_otherwise_has_no_changes(practice: Practice, how: dict[str, Any]) -> None:
    rows = {**ANCHOR, **table(*range(1, 30))}
    practice.write(rows)
    practice.stage()
    practice.write(dict(reversed(rows.items())), **how)
    changes = practice.find()
    assert not changes
    assert changes.sums["patient"].unchanged == len(rows)
    assert not changes.stops


def test_columns_in_another_order_and_an_added_one_are_no_change_of_the_rows(practice: Practice) -> None:
    practice.write(table(*range(1, 20)))
    practice.stage()
    lines = ["Naam;Extra;Nr;Opmerking;Voornaam"]
    lines += [f"Naam{number};e;{number};;Voornaam{number}" for number in range(1, 20)]
    (practice.export / "patienten.csv").write_text("\r\n".join(lines))
    changes = practice.find()
    assert not changes
    assert [(one.code, one.field, one.severity) for one in changes.findings if one.field == "Extra"] == [
        ("CHANGES-COLUMN-NEW", "Extra", "info")
    ]


def test_a_column_that_is_missing_stops_unless_somebody_says_that_it_is_right(practice: Practice) -> None:
    practice.write(table(*range(1, 20)))
    practice.stage()
    lines = ["Nr;Naam;Opmerking", *(f"{number};Naam{number};" for number in range(1, 20))]
    (practice.export / "patienten.csv").write_text("\r\n".join(lines))
    assert codes(practice.find()) == {"CHANGES-COLUMN-MISSING"}
    changes = practice.find(Told(without={"patient.Voornaam"}))
    assert not changes
    assert not changes.stops


def test_a_workbook_in_place_of_text_has_only_real_changes(practice: Practice) -> None:
    header = ("Nr", "Naam", "Geboortedatum", "Bedrag", "Actief", "Postcode")
    rows = [(str(n), f"Naam{n}", f"{n:02}/03/1980", f"1.2{n:02},50", "J", f"0{n}00") for n in range(1, 15)]
    text = "\r\n".join(";".join(row) for row in (header, *rows))
    (practice.export / "patienten.csv").write_text(text, encoding="cp1252")
    practice.stage()
    (practice.export / "patienten.csv").unlink()
    book = xlsxwriter.Workbook(str(practice.export / "patienten.xlsx"), {"default_date_format": "dd/mm/yyyy"})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, header)
    for place, row in enumerate(rows, 1):
        changed = "Andere" if row[0] == "5" else row[1]
        cells = [int(row[0]), changed, f"1980-03-{place:02}", 1200.5 + place, True, place * 100]
        sheet.write_row(place, 0, cells)
    book.close()
    changes = practice.find()
    assert found(changes) == {"5": "changed"}
    assert changes.sums["patient"].headers == {"Naam": 1}
    assert "EXPORT-FILE-MISSING" not in codes(changes)


@pytest.mark.parametrize(
    ("text", "sheet", "same"),
    [
        ("1.234,50", "1234.5", True),
        ("12,5-", "-12.5", True),
        ("1.234", "1234", True),
        ("007", "7", True),
        ("05/01/2024", "2024-01-05", True),
        ("5-1-2024 9:30", "2024-01-05 09:30:00", True),
        ("9u30", "09:30:00", True),
        ("J", "TRUE", True),
        ("J", "FALSE", False),
        ("05/01/2024", "2024-05-01", False),
        ("12,5", "125", False),
        ("ja", "nee", False),
        ("31/02/2024", "2024-02-31", False),
    ],
)
def test_between_text_and_workbook_a_cell_is_compared_by_its_value(text: str, sheet: str, same: bool) -> None:
    assert alike.differing({"a": text}, {"a": sheet}, same_format=False) == (() if same else ("a",))
    assert alike.differing({"a": text}, {"a": sheet}, same_format=True) == ("a",)


# --- duplicates and quarantine ---------------------------------------------------------------------------------------


def test_a_duplicate_is_none_of_the_changes_whichever_of_the_two_comes_first(practice: Practice) -> None:
    practice.write([("1", "a", "", ""), ("2", "b", "", ""), ("1", "other", "", ""), ("2", "b", "", "")])
    practice.stage()
    practice.write([("1", "other", "", ""), ("2", "b", "", ""), ("2", "b", "", ""), ("1", "a", "", "")])
    changes = practice.find()
    assert not changes
    (sums,) = changes.sums.values()
    assert (sums.unchanged, sums.quarantined, sums.headers.get("Naam", 0), sums.closes) == (2, 2, 0, True)
    changes.fold()
    assert sorted(practice.aside()) == [("audit", "DUPLICATE_KEY"), ("audit", "DUPLICATE_ROW")]


def test_a_new_record_that_is_there_twice_is_new_once(practice: Practice) -> None:
    practice.write(table(1))
    practice.stage()
    practice.write([("1", "Naam1", "Voornaam1", ""), ("2", "a", "", ""), ("2", "b", "", ""), ("2", "a", "", "")])
    changes = practice.find()
    assert found(changes) == {"2": "new"}
    assert [code for _, code in practice.aside()] == ["DUPLICATE_KEY", "DUPLICATE_ROW"]
    assert changes.sums["patient"].closes


def test_a_row_that_was_damaged_and_is_good_now_is_new(practice: Practice) -> None:
    practice.write([*((key, *row) for key, row in table(1, 2, *range(4, 30)).items()), ("3",)])
    practice.stage()
    assert practice.aside() == [("audit", "RAGGED")]
    practice.write(table(*range(1, 30)))
    changes = practice.find()
    assert found(changes) == {"3": "new"}
    changes.fold()
    assert practice.aside() == []
    assert set(practice.staged()) == table(*range(1, 30)).keys()


@pytest.mark.parametrize("damage", ["3;x;y;z;extra\r\n", '3;"never closed;\r\n', "3\r\n"])
def test_a_row_that_is_damaged_now_is_set_aside_and_not_gone(practice: Practice, damage: str) -> None:
    practice.write(table(*range(1, 30)))
    practice.stage()
    path = practice.export / "patienten.csv"
    path.write_bytes(path.read_bytes().replace(b"3;Naam3;Voornaam3;\r\n", damage.encode()))
    changes = practice.find()
    assert not changes
    (sums,) = changes.sums.values()
    assert (sums.held, sums.quarantined, sums.now, sums.closes) == (1, 1, 29, True)
    assert [one.code for one in changes.findings] == ["CHANGES-ROWS-HELD"]
    changes.fold()
    assert practice.staged() == table(*range(1, 30))
    practice.write(table(*range(1, 30)))
    assert not practice.find()


def test_a_good_row_behind_a_damaged_one_of_its_number_is_what_counts(practice: Practice) -> None:
    practice.write(table(*range(1, 30)))
    practice.stage()
    rest = table(1, 2, *range(4, 30))
    practice.write([("3",), *((key, *row) for key, row in rest.items()), ("3", "other", "", "")])
    changes = practice.find()
    assert found(changes) == {"3": "changed"}
    assert changes.sums["patient"].held == 0
    assert changes.sums["patient"].closes


def test_what_seems_gone_beside_rows_without_a_readable_number_wants_a_look(practice: Practice) -> None:
    practice.write(table(*range(1, 30)))
    practice.stage()
    path = practice.export / "patienten.csv"
    path.write_bytes(path.read_bytes().replace(b"7;Naam7;Voornaam7;", b";Naam7;Voornaam7;"))
    assert codes(practice.find()) == {"CHANGES-GONE-UNSURE"}


# --- what wants a person's look --------------------------------------------------------------------------------------


def test_a_missing_file_leaves_its_rows_alone_and_stops(practice: Practice) -> None:
    practice.write(table(*range(1, 20)), "patienten-a.csv")
    practice.write(table(*range(20, 30)), "patienten-b.csv")
    practice.stage()
    (practice.export / "patienten-b.csv").unlink()
    changes = practice.find()
    assert codes(changes) == {"EXPORT-FILE-MISSING"}
    assert not changes
    assert changes.sums["patient"].untouched == 10
    assert changes.sums["patient"].closes
    with pytest.raises(BridgeworkError) as error:
        changes.fold()
    assert (error.value.code, error.value.exit_code) == ("CHANGES-STOP", 1)
    assert len(practice.staged()) == 29


def test_a_missing_file_is_as_somebody_says(practice: Practice) -> None:
    practice.write(table(*range(1, 20)))
    practice.stage()
    (practice.export / "patienten.csv").unlink()
    assert codes(practice.find()) == {"EXPORT-FILE-MISSING"}
    left_out = practice.find(Told(without={"patient"}))
    assert (bool(left_out), left_out.stops, left_out.sums["patient"].untouched) == (False, [], 19)
    left_out.fold()
    assert len(practice.staged()) == 19
    gone = practice.find(Told(gone={"patient"}))
    assert (gone.stops, gone.sums["patient"].gone) == ([], 19)
    gone.fold()
    assert practice.staged() == {}


@pytest.mark.parametrize(("kept", "stops"), [(80, False), (79, True)])
def test_more_than_a_fifth_gone_at_once_wants_a_look(practice: Practice, kept: int, stops: bool) -> None:
    practice.write(table(*range(1, 101)))
    practice.stage()
    practice.write(table(*range(1, kept + 1)))
    changes = practice.find()
    assert changes.sums["patient"].gone == 100 - kept
    assert codes(changes) == ({"CHANGES-MANY-GONE"} if stops else set())
    assert not practice.find(Told(gone={"patient"})).stops


def test_a_few_gone_of_few_are_no_question(practice: Practice) -> None:
    practice.write(table(*range(1, GONE_ALLOWED + 2)))
    practice.stage()
    practice.write(table(1))
    assert practice.find().stops == []


# --- passes ----------------------------------------------------------------------------------------------------------


class KilledError(Exception):
    """Stands for a kill: nothing of the process goes on."""


@pytest.mark.parametrize("after", range(1, 8))
def test_a_pass_that_was_killed_goes_on_and_finds_the_same(practice: Practice, small: None, after: int) -> None:
    practice.write(table(*range(1, 50)))
    practice.stage()
    now = {**table(*range(3, 40)), **table(*range(60, 70)), "5": ("changed", "", "")}
    practice.write([*((key, *row) for key, row in reversed(now.items())), ("5", "twice", "", "")])
    steps = 0

    def kill(_: Snapshot, __: int) -> None:
        nonlocal steps
        steps += 1
        if steps == after:
            raise KilledError

    with pytest.raises(KilledError):
        practice.find(Told(gone={"patient"}), progress=kill)
    changes = practice.find(Told(gone={"patient"}))
    expected = {"5": "changed", **{str(n): "new" for n in range(60, 70)}}
    expected |= {str(n): "gone" for n in (1, 2, *range(40, 50))}
    assert found(changes) == expected
    assert changes.sums["patient"].closes
    assert [code for _, code in practice.aside()] == ["DUPLICATE_KEY"]
    with practice.store.read() as connection:
        assert connection.scalars(sa.select(source_pass.c.state)).all() == ["done"]
        names = connection.scalars(sa.select(setting.c.name)).all()
    assert not [name for name in names if name.startswith("seen ")]


@pytest.mark.parametrize("after", range(1, 6))
def test_a_fold_that_was_killed_goes_on(practice: Practice, small: None, after: int) -> None:
    practice.write(table(*range(1, 20)))
    practice.stage()
    now = {**table(*range(4, 20)), **table(*range(30, 40)), "9": ("changed", "", "")}
    practice.write(now)
    changes = practice.find()
    steps = 0

    def kill(_: int) -> None:
        nonlocal steps
        steps += 1
        if steps == after:
            raise KilledError

    try:
        changes.fold(kill)
    except KilledError:
        if after < 4:
            with pytest.raises(BridgeworkError, match="CHANGES-NOT-FOLDED"):
                practice.find()
    changes.fold()
    assert practice.staged() == now
    assert StagedRows(practice.store).count("patient") == len(now)
    assert not practice.find()
    changes.fold()
    assert practice.staged() == now


def test_a_pass_that_nobody_loads_gives_way_to_the_next_one(practice: Practice) -> None:
    practice.write(table(1, 2, 3))
    practice.stage()
    practice.write(table(1, 2, 3, 4, 5), delimiter=",")
    practice.find()
    practice.write(table(1, 2, 3, 4))
    changes = practice.find()
    assert found(changes) == {"4": "new"}
    with practice.store.read() as connection:
        assert connection.scalars(sa.select(source_pass.c.state)).all() == ["left", "done"]
        assert connection.scalars(sa.select(source_change.c.key)).all() == ["4"]
        assert connection.scalars(sa.select(source_file.c.path)).all() == ["patienten.csv"]


def test_a_pass_that_is_being_loaded_does_not_give_way(practice: Practice) -> None:
    practice.write(table(1, 2, 3))
    practice.stage()
    practice.write(table(1, 2, 3, 4))
    practice.find().take_up()
    with pytest.raises(BridgeworkError, match="CHANGES-NOT-FOLDED"):
        practice.find()
    reopened = Changes.open(practice.store, "export")
    assert reopened is not None
    reopened.fold()
    assert set(practice.staged()) == {"1", "2", "3", "4"}


def test_unchanged_rows_leave_nothing_in_the_store(practice: Practice) -> None:
    practice.write(table(*range(1, 200)))
    practice.stage()
    practice.write(dict(reversed(table(*range(1, 200)).items())))
    with practice.store.read() as connection:
        before = connection.scalar(sa.select(sa.func.count()).select_from(source_row))
    changes = practice.find()
    assert changes.sums["patient"].unchanged == 199
    with practice.store.read() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(source_change)) == 0
        assert connection.scalar(sa.select(sa.func.count()).select_from(source_row)) == before


def test_files_that_are_as_they_were_are_not_read(practice: Practice, monkeypatch: pytest.MonkeyPatch) -> None:
    practice.write([*((key, *row) for key, row in table(*range(1, 30)).items()), ("7x",), ("1", "x", "", "")])
    practice.stage()

    def fail(*_: Any) -> Any:
        raise AssertionError

    monkeypatch.setattr(Snapshot, "batches", fail)
    (sums,) = practice.find().sums.values()
    assert (sums.unchanged, sums.quarantined, sums.closes) == (29, 2, True)


def test_a_staged_file_that_is_folded_over_is_not_read_again_by_an_audit(practice: Practice) -> None:
    practice.write(table(1, 2, 3))
    practice.stage()
    practice.write(table(1, 2, 4), encoding="utf-8", delimiter=",")
    practice.find(Told(gone={"patient"})).fold()
    practice.stage()
    assert set(practice.staged()) == {"1", "2", "4"}
    assert practice.aside() == []


def test_there_is_nothing_to_compare_with_before_the_practice_is_read(practice: Practice) -> None:
    practice.write(table(1))
    with pytest.raises(BridgeworkError, match="CHANGES-NOT-STAGED"):
        practice.find()
