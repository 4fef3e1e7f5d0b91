"""One practice, served in six styles, is read by six profiles and no code: the same cells by header."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bridgework.practice.api import ApiClient, ApiProfile, cells_of, load_profile
from bridgework.twins.dentadmin import DentAdminTwin
from bridgework.twins.dentadmin.export_format import TABLES
from bridgework.twins.dentadmin.records import record_files
from tests.support import small_practice

PROFILES = Path(__file__).parent.parent / "profiles"
STYLES = ("default", "offset", "cursor", "link", "detail", "search")
Rows = dict[str, list[dict[str, str]]]


class CountedBudget:
    """A budget without a limit that counts its calls."""

    def __init__(self) -> None:
        self.calls = 0

    @asynccontextmanager
    async def call(self) -> AsyncIterator[None]:
        self.calls += 1
        yield


def profile_of(style: str, url: str) -> ApiProfile:
    name = "dentadmin-twin" if style == "default" else f"{style}.yaml"
    return load_profile(name, PROFILES).at(url)


def client_of(twin: DentAdminTwin, budget: CountedBudget) -> ApiClient:
    return ApiClient(profile_of(twin.style.name, twin.url), secret=lambda: twin.key, budget=budget)


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
        found[table.object] = [
            {header[key]: cell for key, cell in row.items()} for row in whole.page(0, len(whole))
        ]
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
        if style == "cursor" and object_ == "invoice_line":  # they come with their invoices, in those's order
            got, wanted = (sorted(some, key=lambda row: sorted(row.items())) for some in (got, wanted))
        assert got == wanted, object_
    assert said <= calls <= said + 1  # a token call belongs to no page
