"""What goes wrong with the DentAdmin twin when a test asks for it, and what it has counted."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from pathlib import Path

import httpx2
import pytest

from bridgework.twins.dentadmin import STYLES, DentAdminTwin, Fault, Faults, generate_practice
from tests.integration.dentadmin_twin_reader import Clock, Reader, at, reading, style_names

PAGED = style_names(STYLES, lambda style: not style.detail_path)


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("export")
    generate_practice(folder, patients=40, seed=5, density=0.05)
    return folder


def numbers(reader: Reader, object_: str = "patient", size: int = 10) -> list[str]:
    return [row["number"] for row in reader.rows(object_, size)]


def true_numbers(twin: DentAdminTwin) -> list[str]:
    return [row["number"] for row in twin.practice.records("patient")]


@pytest.mark.parametrize(
    ("fault", "status", "header"),
    [
        (Fault.LIMIT, 429, None),
        (Fault.LIMIT_SECONDS, 429, "7"),
        (Fault.LIMIT_DATE, 429, "Fri, 15 Jan 2027 08:00:07 GMT"),
        (Fault.ERROR, 500, None),
        (Fault.AWAY, 503, None),
    ],
)
def test_a_refusal_has_its_status_and_says_when_to_come_back(
    export: Path, fault: Fault, status: int, header: str | None
) -> None:
    faults = Faults(script=[fault], retry_after=7)
    with DentAdminTwin(export, faults=faults, clock=Clock()) as twin, reading(twin) as reader:
        refused, answered = reader.ask("patient"), reader.ask("patient")

    assert (refused.status_code, refused.headers.get("retry-after"), answered.status_code) == (status, header, 200)
    assert faults.struck == {fault: 1}
    if fault == Fault.LIMIT_DATE:
        assert parsedate_to_datetime(str(header)).timestamp() == Clock()() + 7


def test_a_connection_can_close_before_and_in_the_middle_of_an_answer(export: Path) -> None:
    faults = Faults(script=[Fault.SILENCE, Fault.CUT, None])
    with DentAdminTwin(export, faults=faults) as twin, reading(twin) as reader:
        for _ in range(2):
            with pytest.raises(httpx2.TransportError):
                reader.ask("patient")
        assert reader.ask("patient").status_code == 200
        assert twin.stats.calls["list"] == 3


def test_a_download_can_break_off_after_its_beginning(export: Path) -> None:
    name = next(path.name for path in (export / "documents").iterdir())
    faults = Faults(script=[Fault.CUT])
    received: list[bytes] = []
    with (
        DentAdminTwin(export, faults=faults) as twin,
        httpx2.stream(
            "GET", f"{twin.url}/api/v1/documents/{name}", headers={"Authorization": f"Bearer {twin.key}"}
        ) as answer,
        pytest.raises(httpx2.TransportError),
    ):
        received.extend(answer.iter_raw())

    whole = (export / "documents" / name).read_bytes()
    assert answer.headers["content-length"] == str(len(whole))
    assert whole.startswith(b"".join(received))
    assert sum(map(len, received)) < len(whole)


def test_a_truncated_answer_is_complete_for_http_and_broken_as_json(export: Path) -> None:
    with DentAdminTwin(export, faults=Faults(script=[Fault.TRUNCATED])) as twin, reading(twin) as reader:
        answer = reader.ask("patient")

    assert answer.status_code == 200
    with pytest.raises(ValueError):
        answer.json()


def test_a_slow_answer_is_right_and_late(export: Path) -> None:
    faults = Faults(script=[Fault.SLOW], slow=0.2)
    with DentAdminTwin(export, faults=faults) as twin, reading(twin) as reader:
        late = reader.ask("patient")
        soon = reader.ask("patient")

    assert late.elapsed.total_seconds() >= 0.2
    assert late.json() == soon.json()


def test_an_expired_token_is_refused_until_another_is_fetched(export: Path) -> None:
    faults = Faults(script=[None, Fault.EXPIRED])
    with DentAdminTwin(export, style="cursor", faults=faults) as twin, reading(twin) as reader:
        assert [reader.ask("patient").status_code for _ in range(3)] == [200, 401, 401]
        reader.token()
        assert reader.ask("patient").status_code == 200


def test_a_style_without_tokens_has_none_that_expire(export: Path) -> None:
    faults = Faults({Fault.EXPIRED: 1.0})
    with DentAdminTwin(export, faults=faults) as twin, reading(twin) as reader:
        assert reader.ask("patient").status_code == 200
    assert not faults.struck


@pytest.mark.parametrize("style", PAGED)
def test_records_may_come_in_another_order(export: Path, style: str) -> None:
    with DentAdminTwin(export, style=style, faults=Faults({Fault.SHUFFLED: 1.0})) as twin, reading(twin) as reader:
        found, expected = numbers(reader), true_numbers(twin)

    assert found != expected
    assert sorted(found) == sorted(expected)


@pytest.mark.parametrize("style", PAGED)
def test_two_pages_may_change_places(export: Path, style: str) -> None:
    faults = Faults(script=[None, Fault.SWAPPED_PAGES])
    with DentAdminTwin(export, style=style, faults=faults) as twin, reading(twin) as reader:
        found, expected = numbers(reader), true_numbers(twin)

    assert found == [*expected[:10], *expected[20:30], *expected[10:20], *expected[30:]]
    assert faults.struck == {Fault.SWAPPED_PAGES: 1}


@pytest.mark.parametrize("style", PAGED)
def test_a_page_may_be_served_twice(export: Path, style: str) -> None:
    faults = Faults(script=[Fault.REPEATED_PAGE])  # waits for the second page: the first has none before it
    with DentAdminTwin(export, style=style, faults=faults) as twin, reading(twin) as reader:
        pages = [[reader.row("patient", record)["number"] for record in page] for page in reader.pages("patient", 10)]
        expected = true_numbers(twin)

    assert pages[0] == pages[1] == expected[:10]
    # A client that goes by what the answer says loses nothing; one that counts pages has lost the second.
    lost = set() if STYLES[style].paging in {"cursor", "link"} else set(expected[10:20])
    assert set(expected) - {number for page in pages for number in page} == lost


def test_a_page_that_is_served_twice_tells_its_own_place(export: Path) -> None:
    faults = Faults(script=[Fault.REPEATED_PAGE])
    with DentAdminTwin(export, style="default", faults=faults) as twin, reading(twin) as reader:
        found = [reader.ask("patient", page=page, page_size=10).json() for page in (1, 2, 2)]

    assert [answer["page"] for answer in found] == [1, 1, 2]
    assert found[0] == found[1]


@pytest.mark.parametrize("style", PAGED)
def test_a_record_may_go_between_two_pages(export: Path, style: str) -> None:
    faults = Faults({Fault.VANISHED: 1.0}, most=1, seed=3)
    with DentAdminTwin(export, style=style, faults=faults) as twin, reading(twin) as reader:
        before = true_numbers(twin)
        found = numbers(reader)
        ((_, object_, gone),) = faults.edits

        assert object_ == "patient"
        assert set(before) - set(true_numbers(twin)) == {gone}
        assert gone in found[:10]
        missed = set() if STYLES[style].paging in {"cursor", "link"} else {before[10]}
        assert set(true_numbers(twin)) - set(found) == missed


@pytest.mark.parametrize("object_", ["patient", "invoice", "transaction", "communication"])
def test_a_record_may_change_between_two_pages(export: Path, object_: str) -> None:
    faults = Faults({Fault.CHANGED: 1.0}, most=1)
    with DentAdminTwin(export, faults=faults) as twin, reading(twin) as reader:
        found = reader.rows(object_, 5)
        ((_, _, key),) = faults.edits
        changed = twin.practice.find(object_, key)

        assert changed is not None
        assert changed not in found
        assert key in [row["number"] for row in found]


def test_the_same_seed_and_calls_meet_the_same_faults(export: Path) -> None:
    seen = []
    for _ in range(2):
        faults = Faults({Fault.ERROR: 0.3, Fault.LIMIT: 0.2, Fault.SHUFFLED: 0.2}, seed=11)
        with DentAdminTwin(export, faults=faults) as twin, reading(twin) as reader:
            answers = [reader.ask("patient", page=page % 3 + 1, page_size=10) for page in range(30)]
        seen.append(([(answer.status_code, answer.text) for answer in answers], faults.struck))

    assert seen[0] == seen[1]
    assert min(seen[0][1][fault] for fault in (Fault.ERROR, Fault.LIMIT, Fault.SHUFFLED)) > 0


def test_faults_strike_only_what_they_are_meant_for(export: Path) -> None:
    faults = Faults({Fault.ERROR: 1.0}, kinds=["detail"], objects=["patient"])
    with DentAdminTwin(export, style="detail", faults=faults) as twin, reading(twin) as reader:
        assert reader.ask("patient").status_code == 200
        assert reader.detail("provider", "1").status_code == 200
        assert reader.detail("patient", "1").status_code == 500


# ------------------------------------------------------------------------------------------------------------- counts
def test_every_call_is_counted_with_its_moment_and_failed_ones_spend_the_budget(export: Path) -> None:
    clock = Clock(0.0)
    faults = Faults(script=[Fault.ERROR, None, Fault.SILENCE])
    with DentAdminTwin(export, calls_an_hour=4, clock=clock, faults=faults) as twin, reading(twin) as reader:
        statuses = [reader.ask("patient").status_code, reader.ask("nothing").status_code]
        clock.now = 10.0
        statuses.append(reader.ask("patient").status_code)
        with pytest.raises(httpx2.TransportError):
            reader.ask("patient")
        clock.now = 20.0
        statuses.append(reader.file("document", "x", "1").status_code)

        assert statuses == [500, 404, 200, 429]
        assert twin.stats.calls == {"list": 4, "file": 1}
        assert (twin.stats.refused, twin.stats.locked_out) == (1, 0)
        assert list(twin.stats.moments) == [0.0, 0.0, 10.0, 10.0, 20.0]


def test_the_busiest_hour_is_told_from_the_servers_side(export: Path) -> None:
    clock = Clock(0.0)
    with DentAdminTwin(export, clock=clock) as twin, reading(twin) as reader:
        for clock.now in (0.0, 1800.0, 3599.0, 3600.0, 7199.0):
            reader.ask("report")

        assert (twin.stats.busiest(), twin.stats.busiest(1.5), twin.stats.busiest(1.0)) == (3, 2, 1)


def test_tokens_are_paid_for_too(export: Path) -> None:
    with DentAdminTwin(export, style="cursor", calls_an_hour=2) as twin, reading(twin) as reader:
        assert [reader.ask("report").status_code, reader.ask("report").status_code] == [200, 429]
        assert reader.token().status_code == 429
        assert at(dict(twin.stats.calls), "token") == 2
