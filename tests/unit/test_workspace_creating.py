from __future__ import annotations

import math
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID, uuid5

import pytest

from bridgework.errors import Away, Refused
from bridgework.workspace import CreateOutcome, Workspace
from tests.unit.workspace_fake import FakeTwenty
from tests.virtual_time import run

NAMESPACE = UUID("3d1a2a4e-95a4-4a2f-b1f6-0c7a1f0e6b11")
SECRET = "Geheim-Janssens"


def people(count: int, start: int = 0) -> list[dict[str, Any]]:
    return [
        {
            "id": str(uuid5(NAMESPACE, str(number))),
            "name": {"firstName": "An", "lastName": str(number)},
            "emails": {"primaryEmail": f"an{number}@example.be"},
        }
        for number in range(start, start + count)
    ]


def in_workspace(twenty: FakeTwenty, do: Callable[[Workspace], Awaitable[Any]], **options: Any) -> Any:
    async def main() -> Any:
        async with await Workspace.open(
            "http://twenty.test", "key", calls_per_minute=0, transport=twenty, **options
        ) as ws:
            twenty.calls.clear()
            return await do(ws)

    return run(main())


def create(twenty: FakeTwenty, records: list[dict[str, Any]], **options: Any) -> CreateOutcome:
    async def do(ws: Workspace) -> CreateOutcome:
        return await ws.create("person", records, **options)

    found: CreateOutcome = in_workspace(twenty, do)
    return found


def test_two_hundred_records_take_one_call() -> None:
    twenty = FakeTwenty()
    outcome = create(twenty, people(200))
    assert len(outcome.created) == 200
    assert outcome.refused == []
    assert twenty.calls == ["create"]


def test_more_records_than_one_call_holds_take_as_few_calls_as_possible() -> None:
    twenty = FakeTwenty()
    assert len(create(twenty, people(1001)).created) == 1001
    assert twenty.calls == ["create"] * 6


def test_a_server_that_takes_sixty_is_learnt_once() -> None:
    twenty = FakeTwenty()
    twenty.most = 60

    async def do(ws: Workspace) -> int:
        await ws.create("person", people(200))
        await ws.create("person", people(60, start=200))
        return ws.capabilities.max_records

    assert in_workspace(twenty, do) == 60
    assert len(twenty.records["people"]) == 260
    assert twenty.calls == ["create"] * 6  # one refused, four of at most 60, one of 60


def test_a_body_too_large_for_the_server_is_split_by_bytes() -> None:
    twenty = FakeTwenty()
    twenty.most_bytes = 9_000_000
    records = [{**record, "jobTitle": "x" * 100_000} for record in people(150)]
    assert len(create(twenty, records).created) == 150
    assert twenty.calls == ["create"] * 2


def test_a_server_that_takes_smaller_bodies_gets_smaller_ones() -> None:
    twenty = FakeTwenty()
    twenty.most_bytes = 50_000
    records = [{**record, "jobTitle": "x" * 1000} for record in people(100)]
    assert len(create(twenty, records).created) == 100


def test_a_bad_value_is_read_from_the_message_and_costs_one_call() -> None:
    twenty, records = FakeTwenty(), people(200)
    records[17]["emails"] = {"primaryEmail": SECRET}
    outcome = create(twenty, records)
    assert len(outcome.created) == 199
    assert [(no.record_id, no.code, no.field) for no in outcome.refused] == [
        (records[17]["id"], "INVALID_EMAIL", "emails.primaryEmail")
    ]
    assert SECRET not in repr(outcome)
    assert twenty.calls == ["create", "create"]


def test_the_same_bad_value_in_several_records_is_found_at_once() -> None:
    twenty, records = FakeTwenty(), people(50)
    for number in (3, 30, 49):
        records[number]["emails"] = {"primaryEmail": "onbekend"}
    outcome = create(twenty, records)
    assert {no.record_id for no in outcome.refused} == {records[number]["id"] for number in (3, 30, 49)}
    assert twenty.calls == ["create", "create"]


@pytest.mark.parametrize("place", [0, 1, 99, 100, 137, 199])
def test_a_refusal_that_names_nothing_is_halved_down_to_the_record(place: int) -> None:
    twenty, records = FakeTwenty(), people(200)
    records[place]["jobTitle"] = "bad"
    error = {"message": "No idea", "extensions": {"code": "BAD_USER_INPUT"}}
    twenty.refuse = lambda record: {"data": None, "errors": [error]} if record.get("jobTitle") == "bad" else None
    outcome = create(twenty, records)
    assert [no.record_id for no in outcome.refused] == [records[place]["id"]]
    assert len(outcome.created) == 199
    assert len(twenty.records["people"]) == 199
    assert len(twenty.calls) <= 2 * math.ceil(math.log2(200)) + 2


def test_several_unnamed_refusals_are_all_found() -> None:
    twenty, records = FakeTwenty(), people(64)
    bad = {5, 6, 40, 63}
    for number in bad:
        records[number]["jobTitle"] = "bad"
    error = {"message": "No idea", "extensions": {"code": "BAD_USER_INPUT"}}
    twenty.refuse = lambda record: {"data": None, "errors": [error]} if record.get("jobTitle") == "bad" else None
    outcome = create(twenty, records)
    assert {no.record_id for no in outcome.refused} == {records[number]["id"] for number in bad}
    assert len(outcome.created) == 60


def test_a_taken_address_is_found_in_one_look_with_its_holder() -> None:
    twenty = FakeTwenty()
    create(twenty, people(1))
    records = people(100, start=100)
    records[40]["emails"] = {"primaryEmail": "AN0@example.be"}
    outcome = create(twenty, records)
    assert [(no.record_id, no.code, no.field, no.conflicting_id) for no in outcome.refused] == [
        (records[40]["id"], "DUPLICATE", "emails.primaryEmail", people(1)[0]["id"])
    ]
    assert twenty.calls == ["create", "read", "create"]


def test_an_address_held_by_the_trash_is_told_apart() -> None:
    twenty = FakeTwenty()
    create(twenty, people(1))
    twenty.records["people"][people(1)[0]["id"]]["deletedAt"] = "2026-01-02T00:00:00.000Z"
    records = people(10, start=100)
    records[4]["emails"] = {"primaryEmail": "an0@example.be"}
    outcome = create(twenty, records)
    assert [(no.code, no.conflicting_id) for no in outcome.refused] == [("DUPLICATE_OF_DELETED", people(1)[0]["id"])]
    assert len(outcome.created) == 9


def test_of_two_records_with_one_address_the_first_keeps_it() -> None:
    twenty, records = FakeTwenty(), people(20)
    records[11]["emails"] = {"primaryEmail": "An4@example.be"}
    outcome = create(twenty, records)
    assert [(no.record_id, no.conflicting_id) for no in outcome.refused] == [(records[11]["id"], records[4]["id"])]
    assert records[4]["id"] in outcome.created


def test_ids_that_are_there_count_as_created() -> None:
    twenty, records = FakeTwenty(), people(30)
    create(twenty, records[:10])
    outcome = create(twenty, records)
    assert len(outcome.created) == 30
    assert outcome.refused == []


def test_a_missing_parent_is_found_by_asking_for_the_parents() -> None:
    twenty, records = FakeTwenty(), people(100)
    twenty.records["companies"]["c1"] = {"id": "c1", "updatedAt": "2026-01-01T00:00:00.000Z", "deletedAt": None}
    for record in records:
        record["companyId"] = "c1"
    records[70]["companyId"] = "c2"
    outcome = create(twenty, records)
    assert [(no.record_id, no.code, no.field) for no in outcome.refused] == [
        (records[70]["id"], "REFERENCE_MISSING", "companyId")
    ]
    assert twenty.calls == ["create", "read", "create"]


def test_a_new_field_is_waited_for() -> None:
    twenty = FakeTwenty()
    twenty.unknown_fields = {"jobTitle"}
    tries: list[int] = []

    def refuse(record: dict[str, Any]) -> None:
        tries.append(1)
        if len(tries) > 3:
            twenty.unknown_fields = set()

    twenty.refuse = refuse
    assert len(create(twenty, [{**people(1)[0], "jobTitle": "Kok"}]).created) == 1


def test_a_field_that_stays_unknown_stops_the_run() -> None:
    twenty = FakeTwenty()
    twenty.unknown_fields = {"jobTitle"}
    with pytest.raises(Refused) as caught:
        create(twenty, [{**people(1)[0], "jobTitle": SECRET}])
    assert caught.value.code == "UNKNOWN_FIELD"
    assert caught.value.where == "person.jobTitle"
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("fault", ["dropped after", "page after", "half after"])
def test_a_write_that_landed_without_an_answer_is_not_sent_again(fault: str) -> None:
    twenty = FakeTwenty()
    twenty.faults = [fault]
    unknown: list[int] = []
    outcome = create(twenty, people(200), on_unknown=lambda: unknown.append(1))
    assert len(outcome.created) == 200
    assert twenty.calls == ["create", "read"]
    assert unknown == [1]


@pytest.mark.parametrize("fault", ["dropped before", "page before", "broken before"])
def test_a_write_that_did_not_land_is_sent_again_after_a_look(fault: str) -> None:
    twenty = FakeTwenty()
    twenty.faults = [fault]
    unknown: list[int] = []
    outcome = create(twenty, people(200), on_unknown=lambda: unknown.append(1))
    assert len(outcome.created) == 200
    assert twenty.calls == ["read", "create"]
    assert unknown == [1]


@pytest.mark.parametrize("fault", ["refused connection", "limit"])
def test_a_write_that_certainly_was_not_carried_out_is_sent_again_without_a_look(fault: str) -> None:
    twenty = FakeTwenty()
    twenty.faults = [fault, fault, fault]
    unknown: list[int] = []
    outcome = create(twenty, people(5), on_unknown=lambda: unknown.append(1))
    assert len(outcome.created) == 5
    assert twenty.calls == ["create"]
    assert unknown == []


def test_a_server_that_never_answers_writes_is_given_up() -> None:
    twenty = FakeTwenty()
    twenty.faults = ["dropped before", None] * 20
    with pytest.raises(Away) as caught:
        create(twenty, people(5))
    assert caught.value.code == "WRITES_FAIL"
    assert caught.value.next_step
    assert twenty.records["people"] == {}


def test_a_bad_key_is_told_with_what_to_do() -> None:
    twenty = FakeTwenty()
    twenty.faults = ["no key"]
    with pytest.raises(Refused) as caught:
        create(twenty, people(5))
    assert caught.value.code == "KEY_REFUSED"
    assert "BRIDGEWORK_TWENTY_KEY" in caught.value.next_step


def test_a_record_that_breaks_the_server_is_halved_out_and_one_that_does_not_is_written() -> None:
    twenty, records = FakeTwenty(), people(16)
    records[9]["jobTitle"] = "bad"
    error = {"message": "Cannot read properties of null", "extensions": {"code": "INTERNAL_SERVER_ERROR"}}
    twenty.refuse = lambda record: {"data": None, "errors": [error]} if record.get("jobTitle") == "bad" else None
    outcome = create(twenty, records)
    assert [(no.record_id, no.code) for no in outcome.refused] == [(records[9]["id"], "SERVER_FAILED")]
    assert len(outcome.created) == 15


def test_a_server_that_is_broken_for_all_is_not_asked_for_each_record() -> None:
    twenty = FakeTwenty()
    error = {"message": "Internal server error", "extensions": {"code": "INTERNAL_SERVER_ERROR"}}
    twenty.refuse = lambda _: {"data": None, "errors": [error]}
    with pytest.raises(Away):
        create(twenty, people(200))
    assert len(twenty.calls) < 30


def test_a_nul_character_is_found_without_halving() -> None:
    twenty, records = FakeTwenty(), people(100)
    records[50]["jobTitle"] = "a\0b"
    error = {"message": "Data validation error.", "extensions": {"code": "INTERNAL_SERVER_ERROR"}}
    twenty.refuse = lambda record: {"data": None, "errors": [error]} if "\0" in record.get("jobTitle", "") else None
    outcome = create(twenty, records)
    assert [(no.record_id, no.code) for no in outcome.refused] == [(records[50]["id"], "NUL_IN_TEXT")]
    assert twenty.calls == ["create", "create"]


def test_one_id_twice_in_a_call_is_the_callers_mistake() -> None:
    with pytest.raises(ValueError, match="same id"):
        create(FakeTwenty(), people(1) * 2)


def test_destroy_counts_what_is_gone_even_where_the_answer_was_lost() -> None:
    twenty = FakeTwenty()
    create(twenty, people(30))
    ids = [one["id"] for one in people(40)]
    twenty.faults = ["dropped after"]

    async def do(ws: Workspace) -> tuple[int, int]:
        return await ws.destroy("person", ids[:20]), await ws.destroy("person", ids)

    assert in_workspace(twenty, do) == (20, 10)
    assert twenty.records["people"] == {}


def test_scan_brings_every_record_once_the_trash_included() -> None:
    twenty = FakeTwenty()
    create(twenty, people(25))
    twenty.records["people"][people(1)[0]["id"]]["deletedAt"] = "2026-01-02T00:00:00.000Z"

    async def do(ws: Workspace) -> list[list[str]]:
        all_ = [one["id"] async for page in ws.scan("person", ["name"], page=10) for one in page]
        live = [one["id"] async for page in ws.scan("person", ["name"], 10, include_deleted=False) for one in page]
        return [all_, live]

    all_, live = in_workspace(twenty, do)
    assert sorted(all_) == sorted(one["id"] for one in people(25))
    assert len(live) == 24


def test_a_cursor_that_stands_still_is_noticed() -> None:
    class Stuck(FakeTwenty):
        def _page(self, rows: list[dict[str, Any]], variables: dict[str, Any]) -> dict[str, Any]:
            return super()._page(rows, {**variables, "a": None})

    twenty = Stuck()
    create(twenty, people(25))

    async def do(ws: Workspace) -> int:
        return len([page async for page in ws.scan("person", ["name"], page=10)])

    with pytest.raises(Away) as caught:
        in_workspace(twenty, do)
    assert caught.value.code == "CURSOR_STUCK"
