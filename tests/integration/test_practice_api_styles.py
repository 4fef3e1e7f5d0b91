"""One practice, served in six styles, is read by six profiles and no code: the same cells by header."""

from __future__ import annotations

import asyncio
import hashlib
import stat
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bridgework.practice.api import ApiClient, ApiProfile, calls_needed, cells_of, check_profile, load_profile
from bridgework.twins.dentadmin import DentAdminTwin
from bridgework.twins.dentadmin.export_format import TABLES
from bridgework.twins.dentadmin.faults import Fault, Faults
from bridgework.twins.dentadmin.records import record_files
from tests.support import small_practice

PROFILES = Path(__file__).parent.parent / "profiles"
STYLES = ("default", "offset", "cursor", "link", "detail", "search")
Rows = dict[str, list[dict[str, str]]]


class CountedBudget:
    """A budget without a limit that counts its calls."""

    def __init__(self) -> None:
        self.calls = self.open = self.most_open = 0

    @asynccontextmanager
    async def call(self) -> AsyncIterator[None]:
        self.calls += 1
        self.open += 1
        self.most_open = max(self.most_open, self.open)
        yield
        self.open -= 1


def profile_of(style: str, url: str) -> ApiProfile:
    name = "dentadmin-twin" if style == "default" else f"{style}.yaml"
    return load_profile(name, PROFILES).at(url)


class FakeTime:
    """A clock that pauses move on, so that they take no time."""

    def __init__(self) -> None:
        self.now = time.time()
        self.pauses: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)


def client_of(twin: DentAdminTwin, budget: CountedBudget | None = None, *, page_size: int | None = None) -> ApiClient:
    profile = profile_of(twin.style.name, twin.url)
    if page_size:
        objects = {name: replace(one, page_size=page_size) for name, one in profile.objects.items()}
        profile = replace(profile, objects=objects)
    clock = FakeTime()
    return ApiClient(profile, secret=lambda: twin.key, budget=budget or CountedBudget(), clock=clock, sleep=clock.sleep)


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("export")
    small_practice(folder, patients=60)
    return folder


@pytest.fixture(scope="module")
def expected(export: Path) -> Rows:
    """The cells of the export by Dutch header, each object's rows in order."""
    files = record_files(export)
    found = {}
    for table in TABLES:
        header = {column.key: column.nl for column in table.columns}
        whole = files[table.object]
        found[table.object] = [{header[key]: cell for key, cell in row.items()} for row in whole.page(0, len(whole))]
    return found


async def read_all(twin: DentAdminTwin) -> tuple[Rows, int, int]:
    """Every object's cells by Dutch header; the calls of the budget; the calls that the pages say."""
    rows: Rows = {}
    budget, said = CountedBudget(), 0
    async with client_of(twin, budget) as client:
        for object_, one in client.profile.objects.items():
            headers = client.profile.headers(object_, "nl")
            rows[object_] = []
            async for page in client.pages(object_):
                assert client.profile.unlisted(object_, page.records) == []
                said += page.calls
                cells = (cells_of(record, list(headers.values())) for record in page.records)
                rows[object_] += [dict(zip(headers, row, strict=True)) for row in cells]
            assert one.inside or len(rows[object_]) == (page.total or len(rows[object_]))
    return rows, budget.calls, said


@pytest.mark.parametrize("style", STYLES)
def test_each_style_gives_the_records_of_the_export(style: str, export: Path, expected: Rows) -> None:
    with DentAdminTwin(export, style=style) as twin:
        rows, calls, said = asyncio.run(read_all(twin))

    for object_, wanted in expected.items():
        got = [{header: cell for header, cell in row.items() if header != "Intern nummer"} for row in rows[object_]]
        if style == "cursor" and object_ == "invoice_line":  # they come with their invoices, in the order of those
            assert sorted(map(repr, got)) == sorted(map(repr, wanted))
        else:
            assert got == wanted, object_
    assert said <= calls <= said + 1  # a token call belongs to no page


async def numbers(client: ApiClient, object_: str, since: datetime | None = None) -> tuple[list[str], int]:
    """The keys of an object's records, page after page; and how many pages there were."""
    found, pages = [], 0
    path = client.profile.object(object_).id[0]
    async for page in client.pages(object_, since=since):
        found += [cells_of(record, [path])[0] for record in page.records]
        pages += 1
    return found, pages


@pytest.mark.parametrize("style", STYLES)
def test_small_pages_and_faults_of_every_kind_lose_and_double_nothing(style: str, export: Path, expected: Rows) -> None:
    faults = Faults(
        {
            fault: 0.02
            for fault in Fault
            if fault not in {Fault.VANISHED, Fault.CHANGED, Fault.SWAPPED_PAGES, Fault.SLOW}
        },
        seed=4,
        kinds=("list", "detail", "file", "token"),
        retry_after=2,
    )
    wanted = [row["Patiëntnr"] for row in expected["patient"]]

    async def main() -> tuple[list[str], int]:
        async with client_of(twin, page_size=7) as client:
            return await numbers(client, "patient")

    with DentAdminTwin(export, style=style, faults=faults) as twin:
        found, pages = asyncio.run(main())

    assert sorted(found) == sorted(wanted)
    assert pages >= len(wanted) // 7
    assert faults.struck


@pytest.mark.parametrize("style", STYLES)
def test_every_page_can_be_begun_at_from_its_cursor_by_another_client(style: str, export: Path) -> None:
    async def main() -> None:
        async with client_of(twin, page_size=20) as client:
            whole = [page async for page in client.pages("patient")]
        assert whole[-1].cursor is None
        assert len(whole) > 2
        for place, page in enumerate(whole[:-1]):
            async with client_of(twin, page_size=20) as client:
                rest = [one async for one in client.pages("patient", page.cursor)]
            assert [one.records for one in rest] == [one.records for one in whole[place + 1 :]]

    with DentAdminTwin(export, style=style) as twin:
        asyncio.run(main())


@pytest.mark.parametrize("style", STYLES[:-1])
def test_changed_since_gives_what_changed(style: str, export: Path) -> None:
    async def main() -> None:
        async with client_of(twin) as client:
            everything, _ = await numbers(client, "referrer")
            last_week = datetime.now(UTC) - timedelta(days=7)
            before, _ = await numbers(client, "referrer", last_week)
            twin.practice.change("referrer", everything[2], remark="other")
            after, _ = await numbers(client, "referrer", last_week)
        assert everything[2] not in before
        assert set(after) - set(before) == {everything[2]}

    with DentAdminTwin(export, style=style) as twin:
        asyncio.run(main())


def test_what_the_api_calls_deleted_comes_apart(export: Path) -> None:
    async def main() -> None:
        async with client_of(twin) as client:
            everything, _ = await numbers(client, "referrer")
            moment = datetime.now(UTC) - timedelta(minutes=1)
            twin.practice.remove("referrer", everything[0])
            [page] = [page async for page in client.pages("referrer", since=moment)]
        assert [cells_of(record, ["number"]) for record in page.deleted] == [[everything[0]]]
        assert page.records == []

    with DentAdminTwin(export, style="cursor") as twin:
        asyncio.run(main())


@pytest.mark.parametrize("style", STYLES)
def test_files_arrive_whole_and_for_the_owner_only(style: str, export: Path, tmp_path: Path) -> None:
    faults = Faults(script=[Fault.CUT, Fault.ERROR, Fault.LIMIT_SECONDS], kinds=("file",))

    async def main() -> int:
        count = 0
        async with client_of(twin) as client:
            path = next(
                path for path, names in client.profile.object("document").fields.items() if names.nl == "Bestandsnaam"
            )
            async for page in client.pages("document"):
                for record in page.records:
                    name = cells_of(record, [path])[0]
                    there = export / "documents" / name
                    if count == 5 or not name or not there.is_file():
                        continue
                    to = tmp_path / str(count)
                    got = await client.download("document", record, to)
                    assert got is not None
                    assert (got.sha256, got.size) == (
                        hashlib.sha256(there.read_bytes()).hexdigest(),
                        there.stat().st_size,
                    )
                    assert to.read_bytes() == there.read_bytes()
                    assert stat.S_IMODE(to.stat().st_mode) == 0o600
                    count += 1
        return count

    with DentAdminTwin(export, style=style, faults=faults) as twin:
        assert asyncio.run(main()) == 5
    assert faults.struck.total() == 3
    assert sorted(path.name for path in tmp_path.iterdir()) == list("01234")


@pytest.mark.parametrize("style", STYLES)
def test_a_check_takes_a_call_or_two_an_object_and_finds_that_the_profile_fits(
    style: str, export: Path, expected: Rows
) -> None:
    budget = CountedBudget()

    async def main() -> None:
        async with client_of(twin, budget) as client:
            checks = {check.object: check for check in await check_profile(client)}
            for name, check in checks.items():
                assert check.problem is None, (name, check.problem)
                assert check.extra == []
                assert check.without_id == 0
                if style != "detail":  # there a record's empty fields are absent, and one record is looked at
                    assert check.missing == []
                one = client.profile.object(name)
                if check.total is not None:
                    assert check.total == len(expected[name])
                    assert check.calls_needed == calls_needed(one, check.total, check.served if check.more else None)
            assert checks["patient"].since == ("" if style == "search" else "works")
            assert sum(check.calls for check in checks.values()) == budget.calls - (style == "cursor")

    with DentAdminTwin(export, style=style) as twin:
        asyncio.run(main())
    assert budget.calls <= 3 * 13


def test_calls_needed_are_the_calls_that_it_takes(export: Path, expected: Rows) -> None:
    async def main(style: str) -> None:
        budget = CountedBudget()
        async with client_of(twin, budget) as client:
            for name in ("patient", "referrer", "insurer"):
                before = budget.calls
                await numbers(client, name)
                needed = calls_needed(client.profile.object(name), len(expected[name]))
                assert budget.calls - before == needed, (style, name)

    for style in ("default", "offset", "detail", "search"):
        with DentAdminTwin(export, style=style) as twin:
            asyncio.run(main(style))


def test_detail_calls_go_several_at_once_and_never_more_than_the_profile_says(export: Path) -> None:
    budget = CountedBudget()

    async def main() -> None:
        async with client_of(twin, budget) as client:
            await numbers(client, "patient")

    with DentAdminTwin(export, style="detail") as twin:
        asyncio.run(main())
    assert 1 < budget.most_open <= 8
