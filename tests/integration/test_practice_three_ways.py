"""The same practice, read by its API, by its export and by both, is the same in the store."""

from __future__ import annotations

import asyncio
import stat
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from bridgework.mapping.recognise import recognise
from bridgework.practice import DocumentsFolder, StagedRows, discover, fetching, stage
from bridgework.practice.api import ApiClient, load_profile
from bridgework.practice.api_rows import ApiPart
from bridgework.practice.extraction import extract
from bridgework.practice.fetching import Documents
from bridgework.practice.joining import API, EXPORT, join
from bridgework.practice.rows import SourceRecord
from bridgework.stages.accounting import accounts
from bridgework.store import Store
from bridgework.store.notes import findings
from bridgework.store.tables import quarantine
from bridgework.twins.dentadmin import DentAdminTwin
from tests.support import small_practice

SEED = 38  # plants each kind of dirt that matters here
PROFILES = Path(__file__).parent.parent / "profiles"
Rows = dict[str, dict[str, dict[str, str]]]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store.create(tmp_path / "store.db", "a passphrase")
    yield made
    made.close()


class Free:
    """A budget without a limit."""

    @asynccontextmanager
    async def call(self) -> AsyncGenerator[None, None]:
        yield


def client_of(twin: DentAdminTwin) -> ApiClient:
    name = "dentadmin-twin" if twin.style.name == "default" else f"{twin.style.name}.yaml"
    return ApiClient(load_profile(name, PROFILES).at(twin.url), secret=lambda: twin.key, budget=Free())


async def read_api(store: Store, twin: DentAdminTwin, language: str = "nl", suffix: str = "") -> list[str]:
    """Read all of the twin's objects; gives their names."""
    async with client_of(twin) as client:
        for object_ in client.profile.objects:
            headers = client.profile.headers(object_, language)
            key = client.profile.key_headers(object_, language)
            await extract(store, client, ApiPart(object_, object_ + suffix, headers, key))
        return list(client.profile.objects)


def read_export(store: Store, folder: Path, suffix: str = "") -> None:
    files = discover(folder)
    known = recognise({one.relative: one.header for one in files})
    for file in files:
        one = known[file.relative]
        stage(store, file, one.object + suffix, one.key_headers)


def staged(store: Store, objects: list[str], suffix: str = "") -> Rows:
    rows = StagedRows(store)
    return {name: {one.key: common(one.values) for one in rows.iterate(name + suffix)} for name in objects}


def common(values: dict[str, str]) -> dict[str, str]:
    """The cells but for that of an id that only some APIs have."""
    return {header: cell for header, cell in values.items() if header != "Intern nummer"}


def set_aside(store: Store, suffix: str = "") -> dict[str, list[tuple[str, str]]]:
    """Per object, the key and the code of each quarantined record."""
    found: dict[str, list[tuple[str, str]]] = {}
    with store.read() as connection:
        for row in connection.execute(sa.select(quarantine.c.object, quarantine.c.key, quarantine.c.code)):
            if row.object.endswith(suffix):
                found.setdefault(row.object.removesuffix(suffix), []).append((row.key, row.code))
    return {name: sorted(some) for name, some in found.items()}


def three_ways(store: Store, twin: DentAdminTwin, language: str) -> tuple[Rows, Rows, Rows]:
    """What the API gives, what the export gives, and what both give together."""
    objects = asyncio.run(read_api(store, twin, language, API))
    read_export(store, twin.folder, EXPORT)
    for object_ in objects:
        join(store, object_, lambda _: "api")
    return staged(store, objects, API), staged(store, objects, EXPORT), staged(store, objects)


@pytest.mark.parametrize(("style", "language"), [("default", "nl"), ("default", "fr"), ("cursor", "nl")])
def test_a_clean_practice_is_the_same_three_ways(store: Store, tmp_path: Path, style: str, language: str) -> None:
    small_practice(tmp_path / "export", patients=40, messy=False, language="fr" if language == "fr" else "nl")
    with DentAdminTwin(tmp_path / "export", style=style) as twin:
        by_api, by_export, by_both = three_ways(store, twin, language)
    assert by_api == by_export == by_both
    assert all(by_both[name] for name in ("patient", "appointment", "invoice_line"))
    assert [one.code for one in findings(store)] == []


def test_of_a_messy_practice_only_what_a_csv_file_alone_can_break_differs(store: Store, tmp_path: Path) -> None:
    made = small_practice(tmp_path / "export", patients=60, seed=SEED)
    with DentAdminTwin(tmp_path / "export") as twin:
        by_api, by_export, by_both = three_ways(store, twin, "nl")

    # A text with a `;` in it, written without quotes, has a cell too many: as JSON, the same record is whole.
    ragged = {name: {key for key, code in some if code == "RAGGED"} for name, some in set_aside(store, EXPORT).items()}
    for name, rows in by_api.items():
        assert rows.keys() - by_export[name].keys() == ragged.get(name, set())
        assert by_export[name].keys() <= rows.keys()
    assert sum(map(len, ragged.values())) == made.planted["ragged_row"]

    # Bytes of DOS that Windows has no sign for: the reader sees what they are, the program behind the API does not.
    differing = [
        (one, other[header])
        for name, rows in by_export.items()
        for key, other in rows.items()
        for header, one in by_api[name][key].items()
        if one != other[header]
    ]
    assert len(differing) == made.planted["dos_letters_cp850"]
    assert all(as_bytes(one).decode("cp850") == other for one, other in differing)

    assert by_both == by_api
    found = {one.code: one.count for one in findings(store, "joining")}
    assert found == {"SOURCES-DIFFER": len(differing), "ONLY-IN-API": made.planted["ragged_row"]}
    aside_in_api, aside_in_export = set_aside(store, API), set_aside(store, EXPORT)
    for name, some in aside_in_export.items():
        assert [one for one in some if one[1] != "RAGGED"] == aside_in_api.get(name, [])


def as_bytes(text: str) -> bytes:
    """The bytes that a program took for cp1252."""
    return b"".join(one.encode("latin-1") if ord(one) < 256 else one.encode("cp1252") for one in text)


def test_what_both_parts_quarantine_is_accounted_for_once(store: Store, tmp_path: Path) -> None:
    made = small_practice(tmp_path / "export", patients=60, seed=SEED)
    with DentAdminTwin(tmp_path / "export") as twin:
        three_ways(store, twin, "nl")
    for one in accounts(store):
        more = len(set_aside(store, EXPORT).get(one.object, ()))
        ragged = sum(code == "RAGGED" for _, code in set_aside(store, EXPORT).get(one.object, ()))
        assert one.quarantined == more
        assert one.source == made.records[one.object] + ragged  # the API's record and the broken row of it


# --- files -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("joined", [False, True])
def test_a_file_behind_the_api_is_there_while_it_is_open_and_nowhere_after(
    store: Store, tmp_path: Path, joined: bool
) -> None:
    small_practice(tmp_path / "export", patients=40, messy=False)
    scratch = tmp_path / "scratch"

    async def main() -> None:
        async with client_of(twin) as client:
            with Documents(store, DocumentsFolder(None), scratch, client) as documents:
                rows = list(StagedRows(store).iterate("document"))
                assert rows
                for row in rows[:5]:
                    name = row.values["Bestandsnaam"]
                    assert documents.has(row, name)
                    async with documents.open(row, name) as path:
                        wanted = (twin.folder / "documents" / name).read_bytes()
                        assert path.read_bytes() == path.read_bytes() == wanted
                        assert path.stat().st_size == len(wanted)
                        assert stat.S_IMODE(path.stat().st_mode) == 0o600
                        assert list(scratch.iterdir()) == [] or not fetching._HAS_NAMES_FOR_OPEN_FILES
                    assert list(scratch.iterdir()) == []
        assert not scratch.exists()

    with DentAdminTwin(tmp_path / "export") as twin:
        asyncio.run(read_api(store, twin, suffix=API if joined else ""))
        if joined:
            read_export(store, twin.folder, EXPORT)
            join(store, "document", lambda _: "export")
        asyncio.run(main())


def test_the_folder_of_the_export_comes_first_and_costs_no_call(store: Store, tmp_path: Path) -> None:
    small_practice(tmp_path / "export", patients=40, messy=False)
    with DentAdminTwin(tmp_path / "export") as twin:
        asyncio.run(read_api(store, twin))
        before = twin.stats.calls.total()

        async def main() -> None:
            async with client_of(twin) as client:
                folder = DocumentsFolder(tmp_path / "export" / "documents")
                with Documents(store, folder, tmp_path / "scratch", client) as documents:
                    row = next(StagedRows(store).iterate("document"))
                    async with documents.open(row, row.values["Bestandsnaam"]) as path:
                        assert path == tmp_path / "export" / "documents" / row.values["Bestandsnaam"]

        asyncio.run(main())
        assert twin.stats.calls.total() == before


def test_a_file_that_is_nowhere_is_missing(store: Store, tmp_path: Path) -> None:
    small_practice(tmp_path / "export", patients=40, messy=False)
    nowhere = SourceRecord("document", 1, "no such number", "api:document", 1, {})

    async def main() -> None:
        async with client_of(twin) as client:
            with Documents(store, DocumentsFolder(None), tmp_path / "scratch", client) as documents:
                rows = list(StagedRows(store).iterate("document"))
                (tmp_path / "export" / "documents" / rows[0].values["Bestandsnaam"]).unlink()
                assert not documents.has(nowhere, "x.pdf")
                for row in (rows[0], nowhere):
                    with pytest.raises(FileNotFoundError):
                        async with documents.open(row, "x.pdf"):
                            pass

    with DentAdminTwin(tmp_path / "export") as twin:
        asyncio.run(read_api(store, twin))
        asyncio.run(main())


def test_what_a_kill_left_of_a_file_is_taken_away(store: Store, tmp_path: Path) -> None:
    (tmp_path / "scratch").mkdir()
    (tmp_path / "scratch" / "left.part").write_bytes(b"x")
    with Documents(store, DocumentsFolder(None), tmp_path / "scratch"):
        assert not (tmp_path / "scratch").exists()
