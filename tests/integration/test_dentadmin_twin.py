"""The DentAdmin twin over HTTP: pages of records, documents, the key and the budget."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from bridgework.twins.dentadmin import DentAdminTwin, generate_practice
from bridgework.twins.dentadmin.export_format import TABLES
from bridgework.twins.dentadmin.records import record_files


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("export")
    generate_practice(folder, patients=40, seed=5, messy=True, density=0.3)
    return folder


@pytest.fixture(scope="module")
def twin(export: Path) -> Iterator[DentAdminTwin]:
    with DentAdminTwin(export) as served:
        yield served


@pytest.fixture
def client(twin: DentAdminTwin) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=twin.url, headers={"Authorization": f"Bearer {twin.key}"}) as opened:
        yield opened


def read_all(client: httpx2.Client, object_: str, size: int) -> list[dict[str, str]]:
    records: list[dict[str, str]] = []
    page = 0
    while True:
        page += 1
        answer = client.get(f"/api/v1/{object_}", params={"page": page, "page_size": size}).json()
        records += answer["records"]
        if page * size >= answer["total"]:
            assert len(records) == answer["total"]
            return records


@pytest.mark.parametrize("object_", [table.object for table in TABLES])
def test_pages_hold_every_record_once_and_in_order(client: httpx2.Client, export: Path, object_: str) -> None:
    whole = record_files(export)[object_]

    assert read_all(client, object_, 70) == whole.page(0, len(whole))
    assert len(whole) > 0


def test_notes_with_line_breaks_and_open_bytes_arrive(client: httpx2.Client) -> None:
    treatments = read_all(client, "treatment", 500)

    assert any("\n" in record["remark"] for record in treatments)
    assert all(set(record) >= {"number", "patient_number", "code", "tooth", "fee"} for record in treatments)


def test_a_page_after_the_last_is_empty(client: httpx2.Client) -> None:
    answer = client.get("/api/v1/patient", params={"page": 99}).json()

    assert (answer["records"], answer["total"] >= 40) == ([], True)


def test_a_document_arrives_byte_for_byte(client: httpx2.Client, export: Path) -> None:
    for path in (export / "documents").iterdir():
        answer = client.get(f"/api/v1/documents/{path.name}")
        assert answer.status_code == 200
        assert answer.content == path.read_bytes()


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/v1/nothing", 404),
        ("/api/v1/documents/nothing.pdf", 404),
        ("/api/v1/documents/..%2Fverwijzers.csv", 404),
        ("/api/v1/patient?page=0", 400),
        ("/api/v1/patient?page_size=501", 400),
        ("/api/v1/patient?page=x", 400),
    ],
)
def test_what_is_not_there_or_makes_no_sense_is_refused(client: httpx2.Client, path: str, status: int) -> None:
    answer = client.get(path)

    assert answer.status_code == status
    if answer.headers["content-type"] == "application/json":
        assert answer.json()["error"]


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic abc"}])
def test_without_the_key_nothing_is_said(twin: DentAdminTwin, header: dict[str, str]) -> None:
    assert httpx2.get(f"{twin.url}/api/v1/patient", headers=header).status_code == 401


def test_the_budget_of_an_hour_is_kept_in_a_sliding_window(export: Path) -> None:
    now = 0.0
    with (
        DentAdminTwin(export, calls_an_hour=3, clock=lambda: now) as twin,
        httpx2.Client(base_url=twin.url, headers={"Authorization": f"Bearer {twin.key}"}) as client,
    ):

        def call() -> httpx2.Response:
            return client.get("/api/v1/report")

        assert [call().status_code for _ in range(2)] == [200, 200]
        now = 1800.0
        assert [call().status_code, call().status_code] == [200, 429]
        assert call().headers["retry-after"] == "1801"
        now = 3601.0
        assert [call().status_code for _ in range(3)] == [200, 200, 429]


def test_without_a_folder_a_practice_is_made_and_removed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bridgework.twins.dentadmin.server._PATIENTS", 12)
    twin = DentAdminTwin()

    with twin:
        answer = httpx2.get(f"{twin.url}/api/v1/patient", headers={"Authorization": f"Bearer {twin.key}"}).json()
        folder = twin.folder

    assert answer["total"] == 12
    assert not folder.exists()
