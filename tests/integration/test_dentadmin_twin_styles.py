"""One practice in every API style of the DentAdmin twin: the same records, by other calls."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx2
import pytest
from typer.testing import CliRunner

from bridgework.cli.commands import app
from bridgework.twins.dentadmin import STYLES, DentAdminTwin, generate_practice
from bridgework.twins.dentadmin.export_format import TABLES
from bridgework.twins.dentadmin.records import record_files
from tests.integration.dentadmin_twin_reader import Clock, Reader, at, loads, reading, style_names

ALL = style_names(STYLES)
BRUSSELS = ZoneInfo("Europe/Brussels")


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("export")
    generate_practice(folder, patients=45, seed=5, messy=True, density=0.1, files_per_patient=3)
    return folder


@pytest.fixture(scope="module")
def twins(export: Path) -> Iterator[dict[str, DentAdminTwin]]:
    served = {name: DentAdminTwin(export, style=name, calls_an_hour=100_000).start() for name in STYLES}
    yield served
    for twin in served.values():
        twin.stop()


@pytest.fixture
def reader(twins: dict[str, DentAdminTwin], request: pytest.FixtureRequest) -> Iterator[Reader]:
    with reading(twins[request.param]) as opened:
        yield opened


@pytest.mark.parametrize("reader", ALL, indirect=True)
@pytest.mark.parametrize("object_", [table.object for table in TABLES])
def test_every_style_gives_the_cells_of_the_export(reader: Reader, export: Path, object_: str) -> None:
    whole = record_files(export)[object_]
    expected = [{column: row.get(column, "") for column in whole.keys} for row in whole.page(0, len(whole))]
    if reader.style.lines and object_ == "invoice_line":
        assert reader.ask(object_).status_code == 404
        invoices = [record for page in reader.pages("invoice", 30) for record in page]
        found = [reader.row(object_, line) for invoice in invoices for line in invoice[reader.style.lines]]
    else:
        found = reader.rows(object_)

    assert found == expected
    assert found


def test_the_styles_cover_every_axis() -> None:
    styles = STYLES.values()

    assert {style.auth for style in styles} == {"bearer", "basic", "header", "query", "oauth2"}
    assert {style.paging for style in styles} == {"page", "offset", "cursor", "link"}
    assert {style.method for style in styles} == {"GET", "POST"}
    assert {style.names for style in styles} == {"keys", "camel", "nested"}
    assert {style.empty for style in styles} == {"text", "null", "absent"}
    assert {style.since_format for style in styles if style.since} == {"iso", "day"}
    for axis in ("detail_path", "total", "lines", "deleted", "since", "cuts", "numbers"):
        assert {bool(getattr(style, axis)) for style in styles} == {True, False}
    assert {"{name}" in style.file_path for style in styles} == {True, False}


@pytest.mark.parametrize("reader", ALL, indirect=True)
def test_a_page_is_never_larger_than_the_style_allows(reader: Reader) -> None:
    style = reader.style
    answer = reader.ask("communication", **{style.size: style.largest_page + 1})

    assert answer.status_code == (200 if style.cuts else 400)
    if style.cuts:
        assert len(at(answer.json(), style.records)) <= style.largest_page
    assert reader.ask("communication", **{style.size: style.largest_page}).status_code == 200


@pytest.mark.parametrize("reader", style_names(STYLES, lambda style: style.total), indirect=True)
def test_totals_are_given_where_the_style_has_them(reader: Reader, export: Path) -> None:
    assert at(reader.ask("patient").json(), reader.style.total) == len(record_files(export)["patient"])


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("wrong", ["", "wrong", "bridgework:wrong"])
def test_no_style_answers_without_the_key(
    twins: dict[str, DentAdminTwin], monkeypatch: pytest.MonkeyPatch, name: str, wrong: str
) -> None:
    twin = twins[name]
    before = twin.stats.locked_out
    monkeypatch.setattr(twin, "key", wrong)

    with reading(twin) as reader:
        assert reader.ask("patient").status_code == 401
        assert reader.file("document", "x.pdf", "1").status_code == 401
    assert twin.stats.locked_out > before


def test_a_token_is_given_for_the_credentials_and_expires(export: Path) -> None:
    clock = Clock()
    with DentAdminTwin(export, style="cursor", clock=clock) as twin, reading(twin) as reader:
        assert reader.ask("patient").status_code == 200
        clock.now += twin.style.token_seconds
        assert reader.ask("patient").status_code == 401
        assert reader.token().json()["expires_in"] == twin.style.token_seconds
        assert reader.ask("patient").status_code == 200

        ident, _, secret = twin.key.partition(":")
        form = {"grant_type": "client_credentials"}
        assert httpx2.post(f"{twin.url}/oauth/token", data=form, auth=(ident, secret)).status_code == 200
        assert httpx2.post(f"{twin.url}/oauth/token", data=form, auth=(ident, "wrong")).status_code == 401
        assert twin.stats.calls["token"] == 4
        assert twin.stats.locked_out == 2


def test_numbers_keep_the_text_of_their_cells(twins: dict[str, DentAdminTwin]) -> None:
    with reading(twins["link"]) as reader:
        body = reader.ask("patient").text
        numbers = loads(body)
        plain = reader.ask("patient").json()

    assert any(isinstance(record["insz"], float) for record in plain)  # 85073003328.0, and 8.51E+10
    assert {"e+", "e1"}.isdisjoint(record["insz"] or "" for record in numbers)
    assert any("E+" in (record["insz"] or "") for record in numbers)
    assert all(isinstance(record["number"], int) for record in plain)
    assert any(record["mobile"] is None for record in plain)


def test_an_invoice_that_was_entered_twice_carries_its_lines_once(export: Path) -> None:
    with DentAdminTwin(export, style="cursor") as twin, reading(twin) as reader:
        invoice = next(twin.practice.records("invoice"))
        twin.practice.add("invoice", invoice)
        found = [record for page in reader.pages("invoice", 50) for record in page]

    again = [record for record in found if record["number"] == invoice["number"]]
    assert [bool(record["lines"]) for record in again] == [True, False]


def test_a_detail_call_knows_the_records_of_the_list_and_no_others(twins: dict[str, DentAdminTwin]) -> None:
    with reading(twins["detail"]) as reader:
        brief = reader.ask("patient").json()["result"][0]
        whole = reader.detail("patient", brief["id"]).json()

        assert set(brief) <= {"id", "number", "lastName", "changedAt"}
        assert whole.items() > brief.items()
        assert "" not in whole.values()
        assert [reader.detail("patient", ident).status_code for ident in ("0", "99999999", "x")] == [404] * 3
        assert reader.detail("nothing", brief["id"]).status_code == 404


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("cursor", {"cursor": "nonsense"}),
        ("link", {"after": "5"}),
        ("offset", {"offset": "-1"}),
        ("detail", {"pageNumber": "x"}),
        ("search", {"page": 0}),
        ("default", {"changed_since": "31/10/2026"}),
        ("offset", {"modifiedAfter": "2026-10-31"}),
    ],
)
def test_parameters_that_make_no_sense_are_refused(
    twins: dict[str, DentAdminTwin], name: str, parameters: dict[str, Any]
) -> None:
    with reading(twins[name]) as reader:
        answer = reader.ask("patient", **parameters)

    assert answer.status_code == 400
    assert answer.json()["error"]


def test_a_search_takes_its_parameters_from_a_json_object_only(twins: dict[str, DentAdminTwin]) -> None:
    twin = twins["search"]
    headers = {"Authorization": f"Bearer {twin.key}"}
    url = f"{twin.url}/query/patients"

    assert httpx2.post(url, headers=headers, content=b"[1]").status_code == 400
    assert httpx2.post(url, headers=headers, content=b"{").status_code == 400
    assert httpx2.post(url, headers=headers).status_code == 200
    assert httpx2.get(url, headers=headers).status_code == 405


# ------------------------------------------------------------------------------------------------------------- files
@pytest.mark.parametrize("reader", ALL, indirect=True)
def test_files_arrive_under_the_names_that_the_rows_give_them(reader: Reader, export: Path) -> None:
    folder = export / "documents"
    on_disk = {unicodedata.normalize("NFC", path.name).lower(): path for path in folder.iterdir()}
    served = missing = otherwise = 0
    for place, row in enumerate(reader.twin.practice.records("document")):
        answer = reader.file("document", row["file"], f"{place + 1:08d}")
        path = on_disk.get(unicodedata.normalize("NFC", row["file"]).lower())
        if path is None:
            assert answer.status_code == 404
            missing += 1
            continue
        assert (answer.status_code, answer.content) == (200, path.read_bytes())
        assert answer.headers["content-length"] == str(path.stat().st_size)
        served += 1
        otherwise += not (folder / row["file"]).exists()

    assert min(served, missing, otherwise) > 0


def test_an_invoice_has_a_file_of_its_own_where_files_go_by_id(twins: dict[str, DentAdminTwin], export: Path) -> None:
    with reading(twins["offset"]) as reader:
        invoices = list(enumerate(reader.twin.practice.records("invoice"), 1))
        place, invoice = next((place, row) for place, row in invoices if row["pdf"])
        bare = next(place for place, row in invoices if not row["pdf"])

        assert reader.file("invoice", "", str(place)).content == (export / "documents" / invoice["pdf"]).read_bytes()
        assert reader.file("invoice", "", str(bare)).status_code == 404
        assert reader.file("patient", "", "1").status_code == 404


# ----------------------------------------------------------------------------------------------------- changed since
def _moment(clock: Clock, form: str) -> str:
    local = datetime.fromtimestamp(clock.now, BRUSSELS)
    return local.isoformat() if form == "iso" else local.strftime("%d/%m/%Y")


@pytest.mark.parametrize("name", style_names(STYLES, lambda style: style.since))
def test_changed_since_lists_what_was_edited_since_and_nothing_else(export: Path, name: str) -> None:
    clock = Clock()
    with DentAdminTwin(export, style=name, clock=clock) as twin, reading(twin) as reader:
        form = twin.style.since_format
        assert len(reader.rows("patient", since="2000-01-01" if form == "iso" else "01/01/2000")) > 40
        clock.now += 86_400
        if twin.style.auth == "oauth2":
            reader.token()
        since = _moment(clock, form)
        assert reader.rows("patient", since=since) == []

        numbers = [row["number"] for row in twin.practice.records("patient")]
        twin.practice.change("patient", numbers[7], mobile="0470 11 22 33")
        new = twin.practice.add("patient", {"number": "9999", "last_name": "Peeters"})
        twin.practice.remove("patient", numbers[3])

        found = [(row["number"], row["mobile"]) for row in reader.rows("patient", 1, since=since) if row["last_name"]]
        assert found == [(numbers[7], "0470 11 22 33"), (new, "")]
        assert numbers[3] not in [row["number"] for row in reader.rows("patient")]


def test_changed_since_goes_by_the_cells_of_the_export(export: Path) -> None:
    with DentAdminTwin(export) as twin, reading(twin) as reader:
        rows = list(twin.practice.records("appointment"))
        young = [row for row in rows if row["changed_at"][6:10] == "2026"]

        assert reader.rows("appointment", since="2026-01-01") == young
        assert 0 < len(young) < len(rows)
        assert reader.rows("communication", since="1980-01-01") == []  # has no time of change: the start of time


def test_nothing_in_the_files_is_younger_than_the_twin(export: Path) -> None:
    clock = Clock(datetime(2020, 1, 1, tzinfo=BRUSSELS).timestamp())
    with DentAdminTwin(export, clock=clock) as twin, reading(twin) as reader:
        clock.now += 1
        assert reader.rows("appointment", since=_moment(clock, "iso")) == []


def test_a_line_that_changes_changes_the_invoice_that_carries_it(export: Path) -> None:
    clock = Clock()
    with DentAdminTwin(export, style="cursor", clock=clock) as twin, reading(twin) as reader:
        clock.now += 60
        line = next(twin.practice.records("invoice_line"))
        twin.practice.change("invoice_line", f"{line['invoice_number']}/{line['line']}", label="x")
        pages = list(reader.pages("invoice", 10, since=_moment(clock, "iso")))

    assert [[record["number"], record["lines"][0]["label"]] for record in pages[0]] == [[line["invoice_number"], "x"]]


def test_what_was_deleted_is_told_by_the_style_that_flags_it(export: Path) -> None:
    clock = Clock()
    with DentAdminTwin(export, style="cursor", clock=clock) as twin, reading(twin) as reader:
        clock.now += 60
        since = _moment(clock, "iso")
        number = next(twin.practice.records("patient"))["number"]
        twin.practice.remove("patient", number)

        told = [record for page in reader.pages("patient", 10, since=since) for record in page]
        later = [record for page in reader.pages("patient", 10, since="2100-01-01") for record in page]
        whole = [record for page in reader.pages("patient", 10) for record in page]

    assert told == [{"id": "00000001", "number": number, "deleted": True}]
    assert later == []
    assert {record["deleted"] for record in whole} == {False}
    assert number not in [record["number"] for record in whole]


# ------------------------------------------------------------------------------------------------------ command line
def test_the_command_names_the_styles_and_refuses_others() -> None:
    runner = CliRunner()
    helped = runner.invoke(app, ["twin", "dentadmin", "--help"]).output
    refused = runner.invoke(app, ["twin", "dentadmin", "--style", "nothing"])

    assert all(name in helped for name in STYLES)
    assert (refused.exit_code, all(name in refused.output for name in STYLES)) == (2, True)
