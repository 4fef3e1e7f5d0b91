"""Every record of an export ends in the store or in quarantine, once, and comes back as it was; whatever interrupts."""

from __future__ import annotations

import csv
import io
import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bridgework.errors import UsageError
from bridgework.practice import (
    SourceFile,
    StagedRows,
    StageResult,
    csv_records,
    discover,
    forget,
    judging,
    profile,
    stage,
)
from bridgework.settings import FileSettings
from bridgework.store import Store
from bridgework.store.notes import findings
from bridgework.store.tables import finding, item, quarantine, setting, source_field, source_file, source_row
from bridgework.twins.dentadmin import generate_practice

KEYS = {"factuurlijnen": 2}
HEADER = "Nr;Naam;Voornaam;Opmerking;Gewijzigd\r\n"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store.create(tmp_path / "store.db", "a passphrase")
    yield made
    made.close()


@pytest.fixture
def export(tmp_path: Path) -> Path:
    made = tmp_path / "export"
    made.mkdir()
    return made


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small batches and blocks, so that a small export has many."""
    monkeypatch.setattr(judging, "BATCH_ROWS", 40)
    monkeypatch.setattr(csv_records, "BLOCK", 1 << 12)


def put(export: Path, text: str | bytes, name: str = "patienten.csv", **said: Any) -> SourceFile:
    (export / name).write_bytes(text if isinstance(text, bytes) else text.encode("cp1252"))
    said_of = {name: FileSettings.model_validate(said)} if said else {}
    return next(file for file in discover(export, said_of) if file.relative == name)


def quarantined(store: Store) -> list[tuple[int, str, str]]:
    with store.read() as connection:
        query = sa.select(quarantine.c.line, quarantine.c.code, quarantine.c.key).order_by(quarantine.c.row_no)
        return [tuple(row) for row in connection.execute(query)]


def noted(store: Store) -> dict[str, int]:
    return {one.code: one.count for one in findings(store)}


def everything(store: Store) -> dict[str, list[Any]]:
    """All that staging keeps, but for the moments and the serial numbers of quarantine."""
    found = {}
    with store.read() as connection:
        for table in (source_file, source_row, source_field, finding, setting):
            found[table.name] = sorted(repr(row) for row in connection.execute(sa.select(table)))
        columns = [column for column in quarantine.c if column.name not in {"id", "at"}]
        found["quarantine"] = sorted(repr(row) for row in connection.execute(sa.select(*columns)))
    return found


def stage_all(store: Store, export: Path, progress: Callable[[int], None] = lambda _: None) -> dict[str, StageResult]:
    made = {}
    for file in discover(export):
        name = file.relative.removesuffix(".csv")
        made[name] = stage(store, file, name, file.header[: KEYS.get(name, 1)], progress)
    return made


# --- cell by cell ----------------------------------------------------------------------------------------------------


def test_a_practice_is_in_the_store_cell_by_cell_and_the_sums_close(store: Store, tmp_path: Path) -> None:
    made = generate_practice(tmp_path / "p", patients=40, seed=3)
    results = stage_all(store, tmp_path / "p")
    assert sorted(one.rows for one in results.values()) == sorted(made.records.values())
    rows = StagedRows(store)
    for name in results:
        with (tmp_path / "p" / f"{name}.csv").open(encoding="cp1252", newline="") as file:
            expected = list(csv.DictReader(file, delimiter=";"))
        assert [one.values for one in rows.iterate(name)] == expected
        assert rows.count(name) == len(expected)
    assert quarantined(store) == []


def test_a_messy_practice_loses_nothing_and_each_planted_fault_is_found(store: Store, tmp_path: Path) -> None:
    made = generate_practice(tmp_path / "p", patients=250, seed=3, messy=True)
    results = stage_all(store, tmp_path / "p")
    assert sorted(one.records for one in results.values()) == sorted(made.records.values())
    codes = [code for _, code, _ in quarantined(store)]
    assert codes.count("DUPLICATE_ROW") == made.planted["duplicate_row"]
    assert codes.count("DUPLICATE_KEY") == made.planted["duplicate_key"]
    assert codes.count("RAGGED") == made.planted["ragged_row"]
    assert noted(store)["NUL_BYTES"] == made.planted["nul_byte"]
    assert set(codes) == {"DUPLICATE_ROW", "DUPLICATE_KEY", "RAGGED"}


@given(
    rows=st.lists(st.tuples(*[st.text('aé" ;,\n\t', max_size=5)] * 3), max_size=8),
    codec=st.sampled_from(("utf-8", "utf-8-sig", "cp1252", "cp850", "utf-16", "utf-16-be")),
    delimiter=st.sampled_from(";,\t|"),
)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_table_in_any_encoding_comes_back(
    store: Store, export: Path, rows: list[tuple[str, str, str]], codec: str, delimiter: str
) -> None:
    written = io.StringIO()
    table = [(f"k{number}", *row) for number, row in enumerate(rows)]
    csv.writer(written, delimiter=delimiter).writerows([("Nr", "Naam", "Straat", "Bus"), *table])
    (export / "t.csv").write_bytes(written.getvalue().encode(codec))
    said = FileSettings(encoding=codec, delimiter=delimiter, header=True)
    (file,) = discover(export, {"t.csv": said})
    forget(store, "t.csv")
    assert stage(store, file, "table", ["Nr"]).rows == len(rows)
    assert [tuple(one.values.values()) for one in StagedRows(store).iterate("table")] == table


def test_what_a_row_is_kept_as_is_the_bytes_of_the_file(store: Store, export: Path) -> None:
    lines = ['1;Désiré;"a\r\nb";;x\r\n', "2; b ;;;y\r\n", "3;c;;;z"]
    stage(store, put(export, HEADER + "".join(lines)), "patient", ["Nr"])
    with store.read() as connection:
        kept = connection.execute(sa.select(source_row.c.raw, source_row.c.line).order_by(source_row.c.row_no)).all()
    assert [bytes(raw).decode("cp1252") for raw, _ in kept] == lines
    assert [line for _, line in kept] == [2, 4, 5]
    assert [one.values["Naam"] for one in StagedRows(store).iterate("patient")] == ["Désiré", " b ", "c"]


# --- bad rows --------------------------------------------------------------------------------------------------------


def test_each_bad_row_is_set_aside_with_its_line_its_code_and_its_bytes(store: Store, export: Path) -> None:
    good = "".join(f"{number};n;v;;2020\r\n" for number in range(100, 150))
    bad = [
        ("Nr;Naam;Voornaam;Opmerking;Gewijzigd\r\n", "REPEATED_HEADER"),
        (";n;v;;2020\r\n", "MISSING_KEY"),
        ("2;n;v\r\n", "RAGGED"),
        ("3;n;v;een; twee;2020\r\n", "RAGGED"),
        ('4;"n;v;;2020\r\n', "UNCLOSED_QUOTE"),
        ("100;n;v;;2020\r\n", "DUPLICATE_ROW"),
        ("100;n;w;;2020\r\n", "DUPLICATE_KEY"),
        ("5\0;n;v;;2020\r\n", "NUL_BYTES"),
    ]
    text = HEADER + good + "".join(line for line, _ in bad) + "6;n;v;;2020\r\n"
    result = stage(store, put(export, text), "patient", ["Nr"])
    assert result == StageResult(rows=51, quarantined=len(bad), blank=0)
    assert [(line, code) for line, code, _ in quarantined(store)] == [
        (52 + place, code) for place, (_, code) in enumerate(bad)
    ]
    with store.read() as connection:
        kept = connection.scalars(sa.select(quarantine.c.raw).order_by(quarantine.c.row_no)).all()
        reasons = " ".join(connection.scalars(sa.select(quarantine.c.reason)))
    assert [bytes(raw or b"").decode("cp1252") for raw in kept] == [line for line, _ in bad]
    assert "twee" not in reasons
    assert [one.key for one in StagedRows(store).iterate("patient")][-1] == "6"


def test_rows_that_only_lack_cells_that_are_often_empty_are_filled_up_and_counted(store: Store, export: Path) -> None:
    text = "Nr;Naam;Opmerking;Memo\n" + "".join(f"{n};a{';x;y' * (n % 2)}\n" for n in range(20))
    result = stage(store, put(export, text), "patient", ["Nr"])
    assert result.rows == 20
    assert noted(store) == {"PADDED": 10}
    assert next(StagedRows(store).iterate("patient")).values == {"Nr": "0", "Naam": "a", "Opmerking": "", "Memo": ""}


def test_an_empty_cell_too_many_counts_as_moved_cells_unless_the_last_column_is_always_filled(
    store: Store, export: Path
) -> None:
    moved = "Nr;Naam;Memo\n" + "".join(f"{n};a;\n" for n in range(20)) + "99;a;b;\n"
    always = "Nr;Naam;Memo\n" + "".join(f"{n};a;m\n" for n in range(20)) + "99;a;m;\n"
    assert stage(store, put(export, moved, "a.csv"), "a", ["Nr"]) == StageResult(20, 1, 0)
    assert stage(store, put(export, always, "b.csv"), "b", ["Nr"]) == StageResult(21, 0, 0)
    assert noted(store) == {"EXTRA_EMPTY_CELLS": 1}


def test_rows_that_hold_nothing_are_passed_over_and_counted(store: Store, export: Path) -> None:
    text = HEADER + "\r\n1;a;b;;x\r\n;;;;\r\n   \r\n" + '"";"";;;\r\n' + "2;a;b;;x\r\n\x1a"
    assert stage(store, put(export, text), "patient", ["Nr"]) == StageResult(rows=2, quarantined=0, blank=5)
    assert noted(store) == {"BLANK_ROWS": 5}


def test_lines_of_another_encoding_are_read_and_said(store: Store, export: Path) -> None:
    good = "".join(f"{n};Désiré;v;;x\n" for n in range(20)).encode()
    file = put(export, HEADER.encode() + good + "99;André;v;;x\n".encode("cp1252"))
    assert stage(store, file, "patient", ["Nr"]).rows == 21
    assert noted(store) == {"DECODED_AS_CP1252": 1}
    (last,) = StagedRows(store).get_many("patient", ["99"])
    assert last.values["Naam"] == "André"
    assert findings(store)[0].example == "patienten.csv:22"


def test_a_key_of_several_columns_is_joined_and_must_be_whole(store: Store, export: Path) -> None:
    file = put(export, "Factuurnummer;Lijn;Bedrag\n 7 ;1;5\n7;2;6\n7;;6\n", "lijnen.csv")
    stage(store, file, "invoice_line", ["Factuurnummer", "Lijn"])
    assert [one.key for one in StagedRows(store).iterate("invoice_line")] == ["7/1", "7/2"]
    assert [code for _, code, _ in quarantined(store)] == ["MISSING_KEY"]


def test_rows_without_a_key_column_are_known_by_their_content(store: Store, export: Path) -> None:
    file = put(export, "Naam;Soort\na;b\nc;d\na;b\n", "x.csv")
    assert stage(store, file, "report", []) == StageResult(2, 1, 0)
    assert [code for _, code, _ in quarantined(store)] == ["DUPLICATE_ROW"]


def test_a_key_column_that_is_not_there_is_said(store: Store, export: Path) -> None:
    with pytest.raises(UsageError) as raised:
        stage(store, put(export, HEADER + "1;a;b;c;d\r\n"), "patient", ["Dossier"])
    assert raised.value.code == "PRACTICE-KEY"


# --- staged rows -----------------------------------------------------------------------------------------------------


def test_rows_are_asked_for_by_place_by_key_and_by_number(store: Store, export: Path) -> None:
    text = HEADER + "".join(f"{n};a;b;;x\r\n" for n in range(1, 5001))
    stage(store, put(export, text), "patient", ["Nr"])
    rows = StagedRows(store)
    assert [one.row_no for one in rows.iterate("patient", after_row_no=4990)] == list(range(4991, 5001))
    assert len(list(rows.iterate("patient", limit=2001))) == 2001
    assert [one.key for one in rows.get_many("patient", map(str, range(4000, 0, -2)))] == [
        str(n) for n in range(2, 4001, 2)
    ]
    assert [one.key for one in rows.by_row_nos("patient", [5, 3, 99_999])] == ["3", "5"]
    assert rows.count("nobody") == 0
    (one,) = rows.by_row_nos("patient", [7])
    assert (one.object, one.file, one.line) == ("patient", "patienten.csv", 8)
    assert "values" not in repr(one)


def test_an_object_of_several_files_is_one_and_knows_its_duplicates(store: Store, export: Path) -> None:
    first = put(export, HEADER + "1;a;b;;x\r\n2;a;b;;x\r\n", "patienten-2019.csv")
    second = put(export, "Naam;Nr;Gemeente\r\na;3;Gent\r\na;2;Aalst\r\n", "patienten-2020.csv")
    stage(store, first, "patient", ["Nr"])
    assert stage(store, second, "patient", ["Nr"]) == StageResult(1, 1, 0)
    rows = list(StagedRows(store).iterate("patient"))
    assert [(one.row_no, one.key, one.file) for one in rows] == [
        (1, "1", "patienten-2019.csv"),
        (2, "2", "patienten-2019.csv"),
        (3, "3", "patienten-2020.csv"),
    ]
    assert rows[2].values == {"Naam": "a", "Nr": "3", "Gemeente": "Gent"}
    assert {one.header: one.filled for one in profile(store, "patient")} == {
        "Nr": 4,
        "Naam": 4,
        "Voornaam": 2,
        "Opmerking": 0,
        "Gewijzigd": 2,
        "Gemeente": 2,
    }


def test_a_sheet_is_staged_as_a_file_is(store: Store, export: Path) -> None:
    book = xlsxwriter.Workbook(export / "praktijk.xlsx")
    sheet = book.add_worksheet("Patiënten")
    dates = book.add_format({"num_format": "dd/mm/yyyy"})
    sheet.write_row(0, 0, ["Nr", "INSZ", "Geboortedatum", "Actief", "Bedrag", "Naam"])
    sheet.write_row(1, 0, [1, 85073003328])
    sheet.write_datetime(1, 2, date(1985, 7, 30), dates)
    sheet.write_row(1, 3, [True, 22.5, "Désiré\nx"])
    sheet.write_row(3, 0, [2])
    sheet.write_row(4, 0, ["", "x"])
    book.close()
    (file,) = discover(export)
    assert stage(store, file, "patient", ["Nr"]) == StageResult(rows=2, quarantined=1, blank=1)
    first, second = StagedRows(store).iterate("patient")
    assert list(first.values.values()) == ["1", "85073003328", "1985-07-30", "TRUE", "22.5", "Désiré\nx"]
    assert (second.line, second.values["Naam"]) == (4, "")
    assert [(line, code) for line, code, _ in quarantined(store)] == [(5, "MISSING_KEY")]


# --- again, and after a kill -----------------------------------------------------------------------------------------


class Stop(Exception):
    """Somebody pressed Ctrl-C."""


def stops(after: Sequence[int]) -> Callable[[int], None]:
    left = list(after)

    def progress(_: int) -> None:
        if left:
            left[0] -= 1
            if left[0] < 0:
                left.pop(0)
                raise Stop

    return progress


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("seed", range(4))
def test_stopped_at_any_commit_and_run_again_the_store_is_the_same(tmp_path: Path, seed: int) -> None:
    generate_practice(tmp_path / "p", patients=8, seed=seed, messy=True, files_per_patient=0)
    undisturbed, disturbed = (Store.create(tmp_path / f"{name}.db", "x") for name in ("one", "two"))
    told: list[int] = []
    stage_all(undisturbed, tmp_path / "p", told.append)
    chance = random.Random(seed)
    progress = stops([chance.randrange(12) for _ in range(12)])
    for _ in range(13):
        try:
            stage_all(disturbed, tmp_path / "p", progress)
        except Stop:
            continue
        break
    assert everything(disturbed) == everything(undisturbed)
    assert sum(told) == sum(file.size for file in discover(tmp_path / "p"))


_CHILD = """
import sys
from pathlib import Path
from bridgework.practice import csv_records, discover, judging, stage
from bridgework.store import Store
judging.BATCH_ROWS, csv_records.BLOCK = 40, 1 << 12
store = Store.open(Path(sys.argv[2]), "x")
for file in discover(Path(sys.argv[1])):
    stage(store, file, file.relative[:-4], file.header[:2 if file.relative.startswith("factuurl") else 1],
          lambda read: print(read, flush=True))
"""


def test_killed_in_the_middle_of_anything_and_run_again_the_store_is_the_same(tmp_path: Path, small: None) -> None:
    generate_practice(tmp_path / "p", patients=8, seed=9, messy=True, files_per_patient=0)
    undisturbed = Store.create(tmp_path / "one.db", "x")
    stage_all(undisturbed, tmp_path / "p")
    disturbed = Store.create(tmp_path / "two.db", "x")
    disturbed.close()
    chance = random.Random(9)
    arguments = [sys.executable, "-c", _CHILD, str(tmp_path / "p"), str(tmp_path / "two.db")]
    for _ in range(4):
        with subprocess.Popen(arguments, stdout=subprocess.PIPE, env=os.environ | {"PYTHONPATH": "src"}) as child:
            assert child.stdout is not None
            for _ in range(chance.randrange(1, 25)):
                child.stdout.readline()
            child.kill()
    disturbed = Store.open(tmp_path / "two.db", "x")
    stage_all(disturbed, tmp_path / "p")
    assert everything(disturbed) == everything(undisturbed)


def test_a_file_that_is_staged_already_is_left_alone(store: Store, export: Path) -> None:
    file = put(export, HEADER + "1;a;b;;x\r\n;n;;;x\r\n")
    first = stage(store, file, "patient", ["Nr"])
    before = everything(store)
    os.utime(file.path, ns=(1, 1))
    (again,) = discover(export)
    assert stage(store, file, "patient", ["Nr"]) == stage(store, again, "patient", ["Nr"]) == first
    assert everything(store) == before


@pytest.mark.parametrize("text", ["1;a;b;;x\r\n2;a;b;;x\r\n", "1;z;b;;x\r\n", ""])
def test_a_file_that_changed_after_it_was_staged_is_refused(store: Store, export: Path, text: str) -> None:
    stage(store, put(export, HEADER + "1;a;b;;x\r\n"), "patient", ["Nr"])
    changed = put(export, HEADER + text)
    os.utime(changed.path, ns=(1, 1))
    (changed,) = discover(export)
    with pytest.raises(UsageError) as raised:
        stage(store, changed, "patient", ["Nr"])
    assert raised.value.code == "PRACTICE-FILE-CHANGED"
    assert raised.value.next_step
    assert StagedRows(store).count("patient") == 1


@pytest.mark.usefixtures("small")
def test_a_file_that_changes_while_it_is_read_is_refused(store: Store, export: Path) -> None:
    file = put(export, HEADER + "".join(f"{n};a;b;;x\r\n" for n in range(2000)))

    def edit(_: int) -> None:
        with file.path.open("a", encoding="cp1252") as opened:
            opened.write("9999;a;b;;x\r\n")

    with pytest.raises(UsageError) as raised:
        stage(store, file, "patient", ["Nr"], edit)
    assert raised.value.code == "PRACTICE-FILE-CHANGED"


@pytest.mark.usefixtures("small")
def test_two_processes_do_not_stage_the_same_rows_twice(store: Store, export: Path) -> None:
    file = put(export, HEADER + "".join(f"{n};a;b;;x\r\n" for n in range(2000)))
    told: list[int] = []

    def other(read: int) -> None:
        told.append(read)
        if len(told) == 2:
            stage(store, file, "patient", ["Nr"])

    with pytest.raises(UsageError) as raised:
        stage(store, file, "patient", ["Nr"], other)
    assert raised.value.code == "PRACTICE-BUSY"
    assert StagedRows(store).count("patient") == 2000


def test_a_guess_corrected_in_the_settings_stages_the_file_anew(store: Store, export: Path) -> None:
    text = HEADER + "1;Ren\x82e;b;;x\r\n;a;;;x\r\n\r\n"
    stage(store, put(export, text.encode("latin-1"), encoding="iso-8859-15"), "patient", ["Nr"])
    other = put(export, "Nr;Naam\r\n1;a\r\n", "b.csv")
    stage(store, other, "patient", ["Nr"])
    stage(store, put(export, text.encode("latin-1"), encoding="cp850"), "patient", ["Nr"])
    assert [one.values["Naam"] for one in StagedRows(store).get_many("patient", ["1"])] == ["Renée"]
    assert len(quarantined(store)) == 2
    assert StagedRows(store).count("patient") == 1


def test_a_guess_is_not_corrected_under_what_is_in_twenty_already(store: Store, export: Path) -> None:
    stage(store, put(export, HEADER + "1;a;b;;x\r\n"), "patient", ["Nr"])
    with store.begin() as connection:
        values = {"target_id": uuid4(), "object": "person", "source_object": "patient", "row_no": 1}
        connection.execute(item.insert().values(**values, batch_id=1, state="confirmed"))
    with pytest.raises(UsageError) as raised:
        stage(store, put(export, HEADER + "1;a;b;;x\r\n", encoding="cp850"), "patient", ["Nr"])
    assert raised.value.code == "PRACTICE-LOADED"
