"""An API is read page by page into the store: nothing twice, nothing lost, whatever interrupts and whatever moves."""

from __future__ import annotations

import asyncio
import os
import random
import subprocess
import sys
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import orjson
import pytest
import sqlalchemy as sa

from bridgework.errors import Paused, UsageError
from bridgework.practice import StagedRows, discover, extraction, profile, stage
from bridgework.practice.api import ApiClient, ApiProfile, Page, load_profile
from bridgework.practice.api_rows import ApiPart, canonical
from bridgework.practice.arrivals import Arrivals
from bridgework.practice.budget import Budget
from bridgework.practice.extraction import extract, is_complete
from bridgework.practice.staging import StageResult
from bridgework.store import Store
from bridgework.store.notes import findings
from bridgework.store.tables import item, quarantine, source_file, source_row
from bridgework.twins.dentadmin import DentAdminTwin, Fault, Faults
from tests.support import small_practice

PROFILES = Path(__file__).parent.parent / "profiles"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store.create(tmp_path / "store.db", "a passphrase")
    yield made
    made.close()


class Free:
    """A budget without a limit that counts."""

    def __init__(self) -> None:
        self.calls = 0

    @asynccontextmanager
    async def call(self) -> AsyncGenerator[None, None]:
        self.calls += 1
        yield


class List:
    """An API whose list of records moves: `before` a page is served, by its number, something happens to it."""

    def __init__(self, records: list[dict[str, Any]], size: int = 5, *, total: bool = True) -> None:
        self.records, self.size, self.total = records, size, total
        self.before: dict[int, Callable[[], None]] = {}
        self.served: list[int] = []
        self.profile = load_profile("dentadmin-twin", Path())

    async def pages(self, object_: str, cursor: Mapping[str, Any] | None = None) -> AsyncGenerator[Page, None]:
        assert object_ == "patient"
        number: int | None = (cursor or {"page": 1})["page"]
        while number is not None:
            await asyncio.sleep(0)
            if happening := self.before.pop(number, None):
                happening()
            self.served.append(number)
            here = self.records[(number - 1) * self.size : number * self.size]
            number = number + 1 if number * self.size < len(self.records) else None
            total = len(self.records) if self.total else None
            yield Page([orjson.dumps(one) for one in here], {"page": number} if number else None, total, 1)


PATIENT = ApiPart("patient", "patient", {"Nr": "number", "Naam": "name"}, ("Nr",))


def listed(count: int) -> list[dict[str, Any]]:
    return [{"number": f"{number}", "name": f"N{number}"} for number in range(1, count + 1)]


def read(store: Store, api: Any, part: ApiPart = PATIENT, **options: Any) -> StageResult:
    return asyncio.run(extract(store, api, part, **options))


def rows(store: Store, object_: str = "patient") -> dict[str, dict[str, str]]:
    return {one.key: one.values for one in StagedRows(store).iterate(object_)}


def aside(store: Store) -> list[tuple[str, str, int, str]]:
    columns = (quarantine.c.object, quarantine.c.file, quarantine.c.line, quarantine.c.code)
    with store.read() as connection:
        return [tuple(row) for row in connection.execute(sa.select(*columns).order_by(quarantine.c.id))]


def kept(store: Store) -> dict[str, Any]:
    with store.read() as connection:
        return dict(connection.execute(sa.select(source_file)).mappings().one())


def noted(store: Store) -> dict[str, int]:
    return {one.code: one.count for one in findings(store)}


# --- what is staged --------------------------------------------------------------------------------------------------


def test_every_record_is_staged_as_it_was_sent_and_the_sums_close(store: Store) -> None:
    api = List(listed(12))
    told: list[int] = []
    assert read(store, api, progress=told.append) == StageResult(12, 0, 0)
    assert rows(store) == {one["number"]: {"Nr": one["number"], "Naam": one["name"]} for one in api.records}
    with store.read() as connection:
        found = connection.execute(sa.select(source_row).order_by(source_row.c.row_no)).all()
    assert [row.raw for row in found] == [orjson.dumps(one) for one in api.records]
    assert [row.line for row in found] == list(range(1, 13))
    file = kept(store)
    assert (file["path"], file["format"], file["state"], file["rows"], file["total"]) == (
        *("api:patient", "api", "staged"),
        *(12, 12),
    )
    assert told == [5, 5, 2]
    assert api.served == [1, 2, 3]
    assert noted(store) == {}


def test_records_are_judged_as_the_rows_of_a_file_are(store: Store) -> None:
    some: list[dict[str, Any]] = [
        {"number": "1", "name": "An"},
        {"name": "An", "number": "1"},  # the same, in another order
        {"number": "1", "name": "Anna"},
        {"number": " ", "name": "Bo"},
        {"number": None, "name": ""},
        {"number": "7", "name": "N\0"},
    ]
    assert read(store, List(some)) == StageResult(2, 3, 1)
    assert aside(store) == [
        ("patient", "api:patient", 4, "MISSING_KEY"),
        ("patient", "api:patient", 2, "DUPLICATE_ROW"),
        ("patient", "api:patient", 3, "DUPLICATE_KEY"),
    ]
    assert noted(store) == {"BLANK_ROWS": 1, "NUL_BYTES": 1}


def test_the_hash_of_a_record_is_that_of_what_it_says() -> None:
    assert canonical(b'{"a": 1.50, "b": "\\u00e9"}') == canonical('{"b":"é",  "a":1.50}'.encode())
    assert canonical(b'{"a": 1.5}') != canonical(b'{"a": 1.50}')


def test_what_the_columns_hold_is_counted_once_whatever_interrupts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extraction, "_PROFILED_EVERY", 7)
    stores = [Store.create(tmp_path / name, "x") for name in ("whole", "parts")]
    read(stores[0], List(listed(33)))
    for _ in range(7):
        read(stores[1], List(listed(33)), limit_calls=1)
    found = [profile(store, "patient") for store in stores]
    assert found[0] == found[1]
    assert [(one.header, one.rows, one.type) for one in found[0]] == [("Nr", 33, "integer"), ("Naam", 33, "text")]
    for store in stores:
        store.close()


def test_records_inside_another_object_are_staged_with_it(store: Store, tmp_path: Path) -> None:
    small_practice(tmp_path / "export", patients=20, messy=False)
    with DentAdminTwin(tmp_path / "export", style="cursor") as twin:
        profile_ = load_profile("cursor.yaml", PROFILES).at(twin.url)
        invoice, line = (part_of(profile_, name) for name in ("invoice", "invoice_line"))

        async def main() -> int:
            budget = Free()
            async with ApiClient(profile_, secret=lambda: twin.key, budget=budget) as client:
                await extract(store, client, invoice, inside=[line])
                before = budget.calls
                result = await extract(store, client, line)
                assert budget.calls == before
                return result.rows

        lines = asyncio.run(main())
    assert lines == len(twin.practice.tables["invoice_line"].view())
    assert is_complete(store, "invoice_line")


# --- going on --------------------------------------------------------------------------------------------------------


def test_it_goes_on_with_the_next_page_and_asks_for_nothing_again(store: Store) -> None:
    api = List(listed(23))
    assert not is_complete(store, "patient")
    assert read(store, api, limit_calls=2).rows == 10
    assert not is_complete(store, "patient")

    def stop(_: int) -> None:
        raise Paused("PAUSED", "as you asked")

    with pytest.raises(Paused):
        read(store, api, progress=stop)
    assert read(store, api).rows == 23
    assert api.served == [1, 2, 3, 4, 5]
    assert is_complete(store, "patient")
    assert read(store, api).rows == 23
    assert api.served == [1, 2, 3, 4, 5]


_PROCESS = """
import asyncio, os, sys
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from bridgework.practice.api import ApiClient, load_profile
from bridgework.practice.api_rows import ApiPart
from bridgework.practice.budget import Budget
from bridgework.practice.extraction import extract
from bridgework.store import Store

async def main():
    store = Store.open(Path(sys.argv[1]), "a passphrase")
    profile = load_profile("dentadmin-twin", Path()).at(sys.argv[2])
    profile = replace(profile, objects={n: replace(o, page_size=20) for n, o in profile.objects.items()})
    part = ApiPart("appointment", "appointment", profile.headers("appointment", "nl"),
                   profile.key_headers("appointment", "nl"))
    def told(_):
        print("page", flush=True)
    async with ApiClient(profile, secret=lambda: os.environ["KEY"], budget=Budget(store)) as client:
        await extract(store, client, part, progress=told)

asyncio.run(main())
"""


def test_after_a_kill_no_page_that_was_kept_is_read_again(store: Store, tmp_path: Path) -> None:
    small_practice(tmp_path / "export", patients=30, messy=False)
    with DentAdminTwin(tmp_path / "export") as twin:
        everything = len(twin.practice.tables["appointment"].view())
        command = [sys.executable, "-c", _PROCESS, str(tmp_path / "store.db"), twin.url]
        environment = {**os.environ, "KEY": twin.key}
        lost = 0
        for pages in (3, 5):
            process = subprocess.Popen(command, stdout=subprocess.PIPE, env=environment)
            assert process.stdout is not None
            for _ in range(pages):
                assert process.stdout.readline() == b"page\n"
            process.kill()
            process.communicate()
            lost += 1  # the call that was under way
        process = subprocess.Popen(command, stdout=subprocess.PIPE, env=environment)
        process.communicate(timeout=60)
        assert process.returncode == 0
        needed = -(-everything // 20)
        assert needed > 10
        assert needed <= twin.stats.calls.total() <= needed + lost
    assert len(rows(store, "appointment")) == everything
    assert 0 <= Budget(store).state().spent - twin.stats.calls.total() <= lost  # a place taken, and no call sent
    assert aside(store) == []


def test_who_waits_is_woken_when_rows_have_come_and_at_the_end(store: Store) -> None:
    arrivals, seen = Arrivals(), list[int]()

    async def consume() -> None:
        read_, last = StagedRows(store), 0
        while True:
            times, complete = arrivals.times("patient"), is_complete(store, "patient")
            for one in read_.iterate("patient", after_row_no=last):
                last = one.row_no
            seen.append(last)
            if complete:
                return
            await arrivals.wait("patient", times)

    async def main() -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(consume())
            group.create_task(extract(store, List(listed(18)), PATIENT, arrivals=arrivals))  # type: ignore[arg-type]

    asyncio.run(main())
    assert seen[-1] == 18
    assert {5, 10, 15} <= set(seen)


# --- a list that moves -----------------------------------------------------------------------------------------------


def test_what_slips_away_when_a_record_is_removed_is_read(store: Store) -> None:
    api = List(listed(20))
    api.before[3] = lambda: api.records.remove(api.records[0])
    assert read(store, api) == StageResult(20, 0, 0)
    assert api.served == [1, 2, 3, 2, 3, 4]
    assert noted(store) == {}


def test_what_comes_again_when_a_record_is_added_is_not_taken_for_a_mistake(store: Store) -> None:
    api = List(listed(20))
    api.before[3] = lambda: api.records.insert(0, {"number": "0", "name": "new"})
    result = read(store, api)
    assert result == StageResult(21, 0, 0)
    assert set(rows(store)) == {str(number) for number in range(21)}
    assert aside(store) == []
    assert noted(store) == {"EXTRACTION-CAME-TWICE": 1}


def test_what_is_twice_in_the_practice_is_known_from_what_came_twice(store: Store) -> None:
    some = listed(18)
    some.insert(5, dict(some[4]))  # the last of one page, the first of the next
    some.insert(14, {**some[2], "name": "other"})  # far behind
    api = List(some)
    assert read(store, api) == StageResult(18, 2, 0)
    assert [code for *_, code in aside(store)] == ["DUPLICATE_ROW", "DUPLICATE_KEY"]
    assert noted(store) == {}
    assert len(api.served) <= 4 + 4


def test_many_records_added_while_it_was_not_running_come_again_once(store: Store) -> None:
    api = List(listed(20))
    read(store, api, limit_calls=2)
    api.records[:0] = [{"number": f"new {number}", "name": ""} for number in range(12)]
    result = read(store, api)
    assert result.quarantined == 0
    assert set(rows(store)) == {one["number"] for one in api.records}
    assert noted(store)["EXTRACTION-CAME-TWICE"] == 10


@pytest.mark.parametrize("seed", range(12))
def test_a_practice_at_work_loses_nothing_that_was_there_all_the_time(store: Store, seed: int) -> None:
    chance = random.Random(seed)
    api = List(listed(60))

    def work() -> None:
        for _ in range(chance.choice([0, 1, 1, 2])):
            if chance.random() < 0.5:
                gone.add(api.records.pop(chance.randrange(len(api.records)))["number"])
            else:
                api.records.insert(chance.randrange(len(api.records)), {"number": f"new {len(gone)}", "name": "x"})

    gone: set[str] = set()
    api.before = dict.fromkeys(range(2, 13), work)
    result = read(store, api)
    there_all_the_time = {one["number"] for one in listed(60)} - gone
    assert there_all_the_time <= set(rows(store))
    assert result.rows == len(rows(store))
    assert len(api.served) <= 60


def test_records_that_never_come_are_a_finding_after_one_more_round(store: Store) -> None:
    class Short(List):
        async def pages(self, object_: str, cursor: Mapping[str, Any] | None = None) -> AsyncGenerator[Page, None]:
            async for page in super().pages(object_, cursor):
                yield replace(page, total=25)

    api = Short(listed(22))
    assert read(store, api) == StageResult(22, 0, 0)
    assert noted(store) == {"EXTRACTION-INCOMPLETE": 3}
    assert api.served == [1, 2, 3, 4, 5] * 2
    assert is_complete(store, "patient")


def test_without_a_total_reading_ends_with_the_last_page(store: Store) -> None:
    api = List(listed(12), total=False)
    assert read(store, api) == StageResult(12, 0, 0)
    assert api.served == [1, 2, 3]


# --- read otherwise --------------------------------------------------------------------------------------------------


def test_other_headers_or_another_name_cost_no_call(store: Store) -> None:
    api = List(listed(12))
    read(store, api)
    other = ApiPart("patient", "patient@api", {"N°": "number", "Nom": "name"}, ("N°",))
    assert read(store, api, other).rows == 12
    assert rows(store, "patient@api")["3"] == {"N°": "3", "Nom": "N3"}
    assert rows(store) == {}
    assert [one.header for one in profile(store, "patient@api")] == ["N°", "Nom"]
    assert api.served == [1, 2, 3]


def test_another_key_is_read_anew_unless_it_was_loaded(store: Store) -> None:
    api = List(listed(12))
    read(store, api)
    by_name = replace(PATIENT, key_headers=("Naam",))
    assert set(read_and_rows(store, api, by_name)) == {one["name"] for one in api.records}
    loaded = {"target_id": uuid4(), "object": "person", "source_object": "patient"}
    with store.begin() as connection:
        connection.execute(item.insert().values(**loaded, row_no=1, batch_id=1, state="confirmed"))
    with pytest.raises(UsageError, match="PRACTICE-LOADED"):
        read(store, api, PATIENT)


def test_a_header_more_is_there_at_once_even_if_records_are_loaded(store: Store) -> None:
    some = [{**one, "more": "x"} for one in listed(12)]
    read(store, List(some), limit_calls=1)
    loaded = {"target_id": uuid4(), "object": "person", "source_object": "patient"}
    with store.begin() as connection:
        connection.execute(item.insert().values(**loaded, row_no=1, batch_id=1, state="confirmed"))
    wider = replace(PATIENT, headers={**PATIENT.headers, "more": "more"})
    read(store, List(some), wider)
    assert rows(store)["1"] == {"Nr": "1", "Naam": "N1", "more": "x"}
    assert [(one.header, one.filled) for one in profile(store, "patient")] == [("Nr", 12), ("Naam", 12), ("more", 12)]
    with pytest.raises(UsageError, match="PRACTICE-LOADED"):
        read(store, List(some), replace(PATIENT, headers={"Nr": "number", "Naam": "more"}))


def read_and_rows(store: Store, api: List, part: ApiPart) -> dict[str, dict[str, str]]:
    read(store, api, part)
    return rows(store)


# --- with the twin ---------------------------------------------------------------------------------------------------


def part_of(profile_: ApiProfile, object_: str, staged_as: str = "") -> ApiPart:
    return ApiPart(object_, staged_as or object_, profile_.headers(object_, "nl"), profile_.key_headers(object_, "nl"))


def client_of(twin: DentAdminTwin, size: int) -> ApiClient:
    async def no_pause(_: float) -> None:
        await asyncio.sleep(0)

    made = load_profile("dentadmin-twin", Path()).at(twin.url)
    made = replace(made, objects={name: replace(one, page_size=size) for name, one in made.objects.items()})
    return ApiClient(made, secret=lambda: twin.key, budget=Free(), sleep=no_pause)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_with_faults_between_the_pages_nothing_is_lost_doubled_or_blamed(
    store: Store, tmp_path: Path, seed: int
) -> None:
    small_practice(tmp_path / "export", patients=120, messy=False)
    between = (Fault.REPEATED_PAGE, Fault.SWAPPED_PAGES, Fault.SHUFFLED, Fault.VANISHED, Fault.CHANGED, Fault.CUT)
    faults = Faults(dict.fromkeys(between, 0.08), seed=seed)

    async def main() -> StageResult:
        async with client_of(twin, 10) as client:
            return await extract(store, client, part_of(client.profile, "patient"))

    with DentAdminTwin(tmp_path / "export", faults=faults) as twin:
        result = asyncio.run(main())
        table = twin.practice.tables["patient"]
        there = {table.key(row) for row in table.rows(table.view())}
    assert there <= set(rows(store))
    assert aside(store) == []
    assert result.rows == len(rows(store))
    assert faults.struck


async def read_by_api(store: Store, twin: DentAdminTwin, suffix: str = "") -> None:
    async with client_of(twin, 200) as client:
        for object_ in client.profile.objects:
            await extract(store, client, part_of(client.profile, object_, object_ + suffix))


def read_by_csv(store: Store, folder: Path, keys: Mapping[str, ApiPart], suffix: str = "") -> None:
    names = {tuple(part.headers): object_ for object_, part in keys.items()}
    for file in discover(folder):
        object_ = names[file.header]
        stage(store, file, object_ + suffix, keys[object_].key_headers)


def test_a_real_budget_is_kept_while_reading(store: Store, tmp_path: Path) -> None:
    small_practice(tmp_path / "export", patients=20, messy=False)

    async def main() -> StageResult:
        made = load_profile("dentadmin-twin", Path()).at(twin.url)
        async with ApiClient(made, secret=lambda: twin.key, budget=Budget(store)) as client:
            return await extract(store, client, part_of(made, "patient"))

    with DentAdminTwin(tmp_path / "export") as twin:
        assert asyncio.run(main()).rows == 20
        assert Budget(store).state().spent == twin.stats.calls.total()
