"""A practice that works on while it is read: edits, a day's work, and the export of what it is then."""

from __future__ import annotations

import filecmp
import threading
from collections import Counter
from pathlib import Path

import pytest

from bridgework.twins.dentadmin import DentAdminTwin, generate_practice
from bridgework.twins.dentadmin.export_format import TABLES, Language, table
from bridgework.twins.dentadmin.live_practice import LivePractice
from bridgework.twins.dentadmin.records import record_files
from bridgework.twins.dentadmin.working_day import live_a_day
from tests.integration.dentadmin_twin_reader import Clock, reading

OBJECTS = [one.object for one in TABLES]


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("export")
    generate_practice(folder, patients=60, seed=9, messy=True, density=0.2)
    return folder


@pytest.fixture
def practice(export: Path) -> LivePractice:
    return LivePractice(export, Clock())


def rows(practice: LivePractice, object_: str) -> list[dict[str, str]]:
    return list(practice.records(object_))


def in_folder(folder: Path, object_: str) -> list[dict[str, str]]:
    file = record_files(folder)[object_]
    return file.page(0, len(file))


def counts(keys: dict[str, list[str]]) -> dict[str, int]:
    return {object_: len(some) for object_, some in keys.items()}


def same_files(one: Path, other: Path) -> bool:
    names = sorted(path.relative_to(one).as_posix() for path in one.rglob("*") if path.is_file())
    assert names == sorted(path.relative_to(other).as_posix() for path in other.rglob("*") if path.is_file())
    return filecmp.cmpfiles(one, other, names, shallow=False)[1:] == ([], [])


# ------------------------------------------------------------------------------------------------------------- edits
def test_a_changed_record_keeps_its_place_and_says_when(practice: LivePractice) -> None:
    before = rows(practice, "patient")
    practice.change("patient", before[4]["number"], mobile="0470 00 00 00")

    changed = {"mobile": "0470 00 00 00", "changed_at": "15/01/2027 09:00"}
    assert rows(practice, "patient") == [*before[:4], before[4] | changed, *before[5:]]


def test_added_records_come_last_and_removed_ones_are_gone(practice: LivePractice) -> None:
    before = rows(practice, "appointment")
    assert practice.add("appointment", {"number": "900001", "date": "01/02/2027"}) == "900001"
    practice.remove("appointment", before[0]["number"])
    practice.add("appointment", {"number": "900002"})
    practice.remove("appointment", "900001")

    after = rows(practice, "appointment")
    assert after[:-1] == [row for row in before if row["number"] != before[0]["number"]]
    assert (after[-1]["number"], after[-1]["created_at"], after[-1]["status"]) == ("900002", "15/01/2027 09:00", "")


def test_a_number_that_is_there_twice_is_edited_twice(practice: LivePractice) -> None:
    numbers = Counter((name, row["number"]) for name in ("treatment", "appointment") for row in rows(practice, name))
    (((object_, number), times),) = numbers.most_common(1)
    assert times == 2
    practice.change(object_, number, created_at="twice")
    assert [row["created_at"] for row in rows(practice, object_) if row["number"] == number] == ["twice"] * 2

    practice.remove(object_, number)
    assert practice.find(object_, number) is None


def test_a_record_is_found_by_the_key_that_it_has_now(practice: LivePractice) -> None:
    first, second = (row["number"] for row in rows(practice, "provider")[:2])
    practice.change("provider", first, number="77")

    assert practice.find("provider", first) is None
    assert practice.find("provider", "77") is not None
    assert practice.find("provider", second) is not None


def test_edits_that_make_no_sense_are_refused_and_change_nothing(practice: LivePractice) -> None:
    number = rows(practice, "patient")[0]["number"]
    with pytest.raises(KeyError):
        practice.change("patient", "no such number", mobile="1")
    with pytest.raises(KeyError):
        practice.change("patient", number, no_such_column="1")
    with pytest.raises(ValueError, match="cp1252"):
        practice.change("patient", number, last_name="Łukasz")
    with pytest.raises(KeyError):
        practice.remove("patient", "no such number")

    assert rows(practice, "patient") == in_folder(practice.folder, "patient")


def test_the_folder_that_is_served_is_never_written(tmp_path: Path) -> None:
    folder, copy = tmp_path / "one", tmp_path / "two"
    for each in (folder, copy):
        generate_practice(each, patients=20, seed=3, density=0.1)
    practice = LivePractice(folder, Clock())
    live_a_day(practice, 1)
    practice.export(tmp_path / "out")

    assert same_files(folder, copy)


# ------------------------------------------------------------------------------------------------------------ export
def test_an_untouched_practice_is_exported_byte_for_byte(practice: LivePractice, tmp_path: Path) -> None:
    practice.export(tmp_path / "out")

    assert same_files(practice.folder, tmp_path / "out")
    with pytest.raises(FileExistsError):
        practice.export(tmp_path / "out")


def test_an_export_holds_the_edits_and_leaves_the_rest_as_it_was(practice: LivePractice, tmp_path: Path) -> None:
    numbers = [row["number"] for row in rows(practice, "patient")]
    practice.change("patient", numbers[0], last_name='Peeters; "Jan"', remark="één\r\ntwee €")
    practice.remove("patient", numbers[1])
    practice.remove("patient", numbers[-1])
    practice.add("patient", {"number": "8000", "last_name": "Nieuw"})
    practice.change("referrer", rows(practice, "referrer")[0]["number"], last_name="Łukasz")  # a file in UTF-8
    practice.export(tmp_path / "out")

    for object_ in OBJECTS:
        assert in_folder(tmp_path / "out", object_) == rows(practice, object_)
    folders = (practice.folder, tmp_path / "out")
    old, new = (set((folder / table("patient").file_name("nl")).read_bytes().splitlines()) for folder in folders)
    assert len(old & new) >= len(old) - 5
    assert filecmp.cmp(practice.folder / "behandelingen.csv", tmp_path / "out" / "behandelingen.csv", shallow=False)


def test_files_can_come_and_go(practice: LivePractice, tmp_path: Path) -> None:
    name = next(row["pdf"] for row in rows(practice, "invoice") if row["pdf"])
    practice.put_file("new.pdf", b"new")
    practice.put_file(name, None)
    practice.export(tmp_path / "out")

    assert (practice.document("new.pdf"), practice.document(name)) == (b"new", None)
    assert (tmp_path / "out" / "documents" / "new.pdf").read_bytes() == b"new"
    assert not (tmp_path / "out" / "documents" / name).exists()


# --------------------------------------------------------------------------------------------------------- a day's work
@pytest.mark.parametrize("language", ["nl", "fr"])
def test_a_day_at_the_practice_is_the_same_for_the_same_seed(tmp_path: Path, language: Language) -> None:
    generate_practice(tmp_path / "in", patients=30, seed=3, density=0.1, language=language)
    days = []
    for name in ("one", "two"):
        practice = LivePractice(tmp_path / "in", Clock())
        days.append(live_a_day(practice, 7, patients=4, appointments=6, treatments=3))
        practice.export(tmp_path / name)

    assert days[0] == days[1]
    assert same_files(tmp_path / "one", tmp_path / "two")


def test_a_day_tells_all_that_it_did(practice: LivePractice, tmp_path: Path) -> None:
    day = live_a_day(practice, 7, patients=4, appointments=6, treatments=3)
    practice.export(tmp_path / "out")

    billed = dict.fromkeys(("treatment", "invoice", "invoice_line", "transaction"), 3)
    assert counts(day.new) == {"patient": 1, "appointment": 6, **billed, "document": 1}
    assert (counts(day.changed), counts(day.gone)) == ({"patient": 4}, {"appointment": 1})
    for object_ in OBJECTS:
        identity = practice.tables[object_].identity
        old, now = (
            {"/".join(row[column] for column in identity): row for row in in_folder(folder, object_)}
            for folder in (practice.folder, tmp_path / "out")
        )
        assert sorted(now.keys() - old.keys()) == sorted(day.new.get(object_, []))
        assert sorted(old.keys() - now.keys()) == sorted(day.gone.get(object_, []))
        assert {key for key in old.keys() & now.keys() if old[key] != now[key]} == set(day.changed.get(object_, []))
    letter = practice.find("document", day.new["document"][0])
    assert letter is not None
    assert (tmp_path / "out" / "documents" / letter["file"]).read_bytes().startswith(b"%PDF")


def test_a_day_without_treatments_treats_nobody(practice: LivePractice) -> None:
    day = live_a_day(practice, 7, patients=0, appointments=1, treatments=0)

    assert (counts(day.new), day.changed, counts(day.gone)) == ({"appointment": 1}, {}, {"appointment": 1})


# --------------------------------------------------------------------------------------------------- while it is read
def test_the_practice_works_on_while_it_is_read(export: Path) -> None:
    with DentAdminTwin(export, style="cursor") as twin, reading(twin) as reader:
        at_first = {row["number"] for row in twin.practice.records("patient")}
        over = threading.Event()

        def work() -> None:
            for seed in range(50):
                if over.is_set():
                    return
                twin.live_a_day(seed, patients=2, appointments=2, treatments=1)

        worker = threading.Thread(target=work)
        worker.start()
        try:
            found = [row["number"] for row in reader.rows("patient", 5)]
        finally:
            over.set()
            worker.join()

        assert at_first <= set(found)
        assert [row["number"] for row in twin.practice.records("patient")][: len(found)] == found


@pytest.mark.parametrize(
    ("style", "missed"), [("default", 1), ("offset", 1), ("search", 1), ("cursor", 0), ("link", 0)]
)
def test_a_record_that_goes_between_two_pages_hides_another_from_numbered_pages_only(
    export: Path, style: str, missed: int
) -> None:
    with DentAdminTwin(export, style=style) as twin, reading(twin) as reader:
        first = next(twin.practice.records("patient"))["number"]
        removed: list[str] = []

        def remove() -> None:
            if not removed:
                removed.append(first)
                twin.practice.remove("patient", first)

        pages = reader.pages("patient", 20, between=remove)
        found = {reader.row("patient", record)["number"] for page in pages for record in page}
        there = {row["number"] for row in twin.practice.records("patient")}

    assert len(there - found) == missed
