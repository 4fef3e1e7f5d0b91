"""The workspace client against a server that behaves as Twenty 2.19 does."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from bridgework.errors import BridgeworkError, Refused
from bridgework.twins.twenty import Fault, Faults, Member, TwentyTwin
from bridgework.workspace import Workspace, classify

SECRET = "geheim-adres"
Do = Callable[[Workspace], Awaitable[Any]]


@dataclass(frozen=True)
class Thing:
    """What a schema stage asks for, object or field."""

    name: str = ""
    label: str = ""
    type: str = "TEXT"
    options: tuple[dict[str, Any], ...] = ()
    relation_to: str | None = None
    inverse_label: str | None = None
    is_unique: bool = False
    settings: dict[str, Any] | None = None
    description: str = ""
    name_singular: str = "visit"
    name_plural: str = "visits"
    label_singular: str = "Visit"
    label_plural: str = "Visits"
    icon: str = "IconCalendar"


@pytest.fixture(scope="module")
def twin() -> Iterator[TwentyTwin]:
    with TwentyTwin(members=[Member("Els", "Peeters", "dr.peeters@example.be")]) as served:
        yield served


def use(twin: TwentyTwin, do: Do, *, rate: int = 0) -> Any:
    async def main() -> Any:
        async with await Workspace.open(twin.url, twin.key, calls_per_minute=rate) as workspace:
            return await do(workspace)

    return asyncio.run(main())


def people(count: int) -> list[dict[str, Any]]:
    return [{"id": str(uuid4()), "name": {"firstName": "An", "lastName": str(number)}} for number in range(count)]


def ids_of(records: list[dict[str, Any]]) -> list[str]:
    return [record["id"] for record in records]


def test_what_the_server_is_and_can_do(twin: TwentyTwin) -> None:
    async def do(workspace: Workspace) -> None:
        can = workspace.capabilities
        assert (can.version, can.max_records, can.uploads, can.automations) == ("2.19.0", 200, "direct", True)
        assert workspace.model.link_column("taskTarget", "person") == "targetPersonId"
        assert workspace.model.link_column("noteTarget", "person") == "targetPersonId"
        assert workspace.model.link_column("attachment", "person") == "targetPersonId"
        assert workspace.model.link_column("task", "workspaceMember") == "assigneeId"
        assert workspace.model.file_field == "file"
        assert "dr.peeters@example.be" in [member.email for member in await workspace.members()]

    use(twin, do)


def test_seven_kinds_of_bad_records_cost_nine_calls_and_no_good_record(twin: TwentyTwin) -> None:
    records = people(200)
    records[17]["emails"] = {"primaryEmail": SECRET}
    records[50]["phones"] = {"primaryPhoneNumber": "0479/123456 (mama)"}
    records[99]["companyId"] = str(uuid4())
    records[120]["emails"] = {"primaryEmail": "Bezet@example.be"}
    records[150]["jobTitle"] = "a\0b"
    records[160]["emails"] = {"primaryEmail": "samen@example.be"}
    records[161]["emails"] = {"primaryEmail": "Samen@example.be"}
    records[170]["jobTitle"] = 5
    holder = {**people(1)[0], "emails": {"primaryEmail": "bezet@example.be"}}

    async def do(workspace: Workspace) -> None:
        await workspace.create("person", [holder])
        before = workspace.pace.calls
        outcome = await workspace.create("person", records)
        assert workspace.pace.calls - before <= 9
        refused = {no.record_id: (no.code, no.field) for no in outcome.refused}
        assert refused == {
            records[17]["id"]: ("INVALID_EMAIL", "emails.primaryEmail"),
            records[50]["id"]: ("INVALID_PHONE", "phones"),
            records[99]["id"]: ("REFERENCE_MISSING", "companyId"),
            records[120]["id"]: ("DUPLICATE", "emails.primaryEmail"),
            records[150]["id"]: ("NUL_IN_TEXT", ""),
            records[161]["id"]: ("DUPLICATE", "emails.primaryEmail"),
            records[170]["id"]: ("INVALID_TEXT", "jobTitle"),
        }
        assert SECRET not in repr(outcome)
        assert set(ids_of(records)) - refused.keys() == outcome.created.keys()
        assert await workspace.present("person", ids_of(records)) == outcome.created.keys()
        assert await workspace.destroy("person", ids_of([*records, holder])) == 194

    use(twin, do)


def test_what_landed_before_counts_as_created(twin: TwentyTwin) -> None:
    records = people(150)

    async def do(workspace: Workspace) -> None:
        await workspace.create("person", records[:40])
        outcome = await workspace.create("person", records)
        assert len(outcome.created) == 150
        assert outcome.refused == []
        assert await workspace.destroy("person", ids_of(records)) == 150
        assert await workspace.destroy("person", ids_of(records)) == 0

    use(twin, do)


def test_an_address_in_the_trash_is_told_and_nobody_is_restored(twin: TwentyTwin) -> None:
    old, new = people(2)
    old["emails"] = new["emails"] = {"primaryEmail": "weg@example.be"}

    async def do(workspace: Workspace) -> None:
        await workspace.create("person", [old])
        mutation = "mutation($id:UUID!){deletePerson(id:$id){id}}"
        await workspace._client.execute(mutation, {"id": old["id"]}, safe=False)
        outcome = await workspace.create("person", [new])
        assert [(no.code, no.conflicting_id) for no in outcome.refused] == [("DUPLICATE_OF_DELETED", old["id"])]
        assert await workspace.read("person", [old["id"]]) == {}
        assert await workspace.present("person", [old["id"], new["id"]]) == {old["id"]}
        assert await workspace.destroy("person", ids_of([old, new])) == 1

    use(twin, do)


def test_what_is_sent_comes_back_as_the_same_values(twin: TwentyTwin) -> None:
    sent: dict[str, Any] = {
        **people(1)[0],
        "emails": {"primaryEmail": "An.UPPER@Example.BE", "additionalEmails": ["Twee@example.be"]},
        "phones": {"primaryPhoneNumber": "+32 475 12 34 56"},
        "jobTitle": "🦷 שלום é",
        "linkedinLink": {"primaryLinkUrl": "https://WWW.Example.be/An/"},
        "position": 12,
        "createdAt": "2015-03-04T11:00:00+01:00",
        "updatedAt": "2016-03-04T10:00:00.000Z",
        "createdBy": {"source": "IMPORT", "name": "Bridgework"},
    }

    async def do(workspace: Workspace) -> None:
        (automation,) = await workspace.automations(["person"])
        await workspace.pause(automation.trigger_id)  # it would change the person
        outcome = await workspace.create("person", [sent])
        assert outcome.created == {sent["id"]: sent["updatedAt"]}
        person = workspace.model.object("person")
        for fields in (None, [name for name in sent if name != "id"]):
            got = (await workspace.read("person", [sent["id"]], fields))[sent["id"]]
            found = {name: classify(person.field(name), value, got.get(name)) for name, value in sent.items()}
            assert found.pop("emails") == found.pop("phones") == found.pop("linkedinLink") == "normalised"
            assert set(found.values()) == {"equal"}
        await workspace.destroy("person", [sent["id"]])
        await workspace.resume(automation.trigger_id)

    use(twin, do)


def test_an_update_changes_what_is_given_and_nothing_else(twin: TwentyTwin) -> None:
    records = people(3)

    async def do(workspace: Workspace) -> None:
        await workspace.create("person", [{**record, "jobTitle": "Kok"} for record in records])
        changes = [{"id": record["id"], "jobTitle": f"Smid {n}"} for n, record in enumerate(records)]
        changes[1]["jobTitle"] = None
        assert (await workspace.update("person", changes)).refused == []
        got = await workspace.read("person", ids_of(records), ["name", "jobTitle"])
        assert [got[record["id"]]["jobTitle"] for record in records] == ["Smid 0", "", "Smid 2"]
        assert [got[record["id"]]["name"] for record in records] == [record["name"] for record in records]
        wrong = [{"id": records[0]["id"], "jobTitle": 5}, {"id": records[2]["id"], "jobTitle": "Bakker"}]
        assert [(no.record_id, no.code) for no in (await workspace.update("person", wrong)).refused] == [
            (records[0]["id"], "INVALID_TEXT")
        ]
        await workspace.destroy("person", ids_of(records))

    use(twin, do)


def test_scan_and_count_see_every_record_once(twin: TwentyTwin) -> None:
    records = people(350)

    async def do(workspace: Workspace) -> None:
        before = await workspace.count("person")
        await workspace.create("person", records)
        seen = [row["id"] async for page in workspace.scan("person", ["name"], page=100) for row in page]
        assert len(seen) == len(set(seen))
        assert set(ids_of(records)) <= set(seen)
        assert await workspace.count("person") == before + 350
        await workspace.destroy("person", ids_of(records))

    use(twin, do)


@pytest.mark.parametrize("fault", [Fault.ERROR_BEFORE, Fault.SILENCE_BEFORE, Fault.LIMIT])
def test_a_create_that_did_not_land_is_sent_again(fault: Fault) -> None:
    assert_one_copy(fault, creates=1)


@pytest.mark.parametrize("fault", [Fault.ERROR_AFTER, Fault.SILENCE_AFTER, Fault.HALF_ANSWER])
def test_a_create_that_landed_without_an_answer_is_not_sent_again(fault: Fault) -> None:
    assert_one_copy(fault, creates=1)


def assert_one_copy(fault: Fault, *, creates: int) -> None:
    """Whatever goes wrong with a create, the server carries out exactly one, and all of it is there."""
    faults = Faults(paths=("/graphql",))
    with TwentyTwin(faults=faults, demo=False) as twin:
        records = people(200)

        async def do(workspace: Workspace) -> None:
            faults.script = [fault]
            outcome = await workspace.create("person", records)
            assert len(outcome.created) == 200
            assert await workspace.count("person") == 200

        use(twin, do)
        assert (twin.stats.creates, twin.stats.created, twin.stats.faults) == (creates, 200, 1)


def test_a_load_through_many_faults_ends_with_every_record_once() -> None:
    faults = Faults(dict.fromkeys(Fault, 0.03), seed=5, paths=("/graphql",))
    with TwentyTwin(faults=faults, demo=False) as twin:
        records = people(2000)

        async def do(workspace: Workspace) -> None:
            outcome = await workspace.create("person", records)
            assert len(outcome.created) == 2000
            faults.rates = {}
            assert await workspace.count("person") == 2000

        use(twin, do)
        assert twin.stats.created == 2000


def test_files_arrive_in_both_ways_and_come_back_the_same(twin: TwentyTwin, tmp_path: Path) -> None:
    path = tmp_path / "foto.jpg"
    path.write_bytes(b"\xff\xd8" + bytes(range(256)) * 4000)
    person = people(1)[0]

    async def do(workspace: Workspace) -> None:
        await workspace.create("person", [person])
        for way in ("direct", "multipart"):
            workspace._uploads = way
            for name, content in (("röntgen 1.jpg", path), ("leeg.txt", b"x")):
                sent = await workspace.upload(name, content, "image/jpeg")
                attachment = {
                    "id": str(uuid4()),
                    "name": name,
                    "file": [{"fileId": sent.file_id, "label": name}],
                    workspace.model.link_column("attachment", "person"): person["id"],
                }
                assert attachment["id"] in (await workspace.create("attachment", [attachment])).created
                got = (await workspace.read("attachment", [attachment["id"]]))[attachment["id"]]
                raw = content if isinstance(content, bytes) else content.read_bytes()
                assert await workspace.download_sha256(got["file"][0]["url"]) == hashlib.sha256(raw).hexdigest()
                again = {**attachment, "id": str(uuid4())}
                assert [no.code for no in (await workspace.create("attachment", [again])).refused] == ["FILE_TAKEN"]
        await workspace.destroy("person", [person["id"]])

    use(twin, do)


def test_the_bytes_of_every_file_go_with_its_attachment() -> None:
    async def do(workspace: Workspace) -> int:
        attachments: list[dict[str, Any]] = []
        for number in range(8):
            sent = await workspace.upload(f"{number}.txt", b"x", "text/plain")
            file = [{"fileId": sent.file_id, "label": "x.txt"}]
            attachments.append({"id": str(uuid4()), "name": "x.txt", "file": file})
        await workspace.create("attachment", attachments)
        return await workspace.destroy("attachment", [one["id"] for one in attachments])

    with TwentyTwin() as fresh:
        assert use(fresh, do) == 8
        assert fresh.dump()["files"] == []


def test_a_signed_address_that_is_wrong_gives_no_file(twin: TwentyTwin) -> None:
    async def do(workspace: Workspace) -> None:
        with pytest.raises(BridgeworkError) as caught:
            await workspace.download_sha256(f"{twin.url}/file/files-field/{uuid4()}?token=x")
        assert caught.value.code == "FILE_GONE"

    use(twin, do)


def test_automations_are_found_paused_and_set_going_again(twin: TwentyTwin) -> None:
    async def do(workspace: Workspace) -> None:
        (found,) = await workspace.automations(["person", "task"])
        assert found.workflow_name == "Create company when adding a new person"
        assert (found.object, found.event, found.is_paused) == ("person", "person.upserted", False)
        for _ in range(2):
            await workspace.pause(found.trigger_id)
        assert await workspace.automations(["person"]) == []
        assert [one.is_paused for one in await workspace.automations(["person"], include_paused=True)] == [True]
        for _ in range(2):
            await workspace.resume(found.trigger_id)
        assert await workspace.automations(["person"]) == [found]
        assert await workspace.automations(["company"]) == []
        with pytest.raises(Refused) as caught:
            await workspace.pause(str(uuid4()))
        assert caught.value.code == "TRIGGER_GONE"

    use(twin, do)


def test_objects_fields_options_and_columns_are_made_and_removed(twin: TwentyTwin) -> None:
    a, b = ({"value": value, "label": value, "color": "blue", "position": 0} for value in "AB")

    async def do(workspace: Workspace) -> None:
        await workspace.create_object(Thing())
        for field in (
            Thing("room", "Room"),
            Thing("sourceSystemId", "Source_System_ID__c", is_unique=True),
            Thing("patient", "Patient", "RELATION", relation_to="person", inverse_label="Visits"),
            Thing("kind", "Kind", "SELECT", options=(a,)),
        ):
            await workspace.create_field("visit", field)
        await workspace.model_refresh()
        assert workspace.model.object("person").has("visits")
        assert not workspace.is_shown("visit", "room")
        await workspace.show_fields("visit", ["room", "kind", "name"])
        assert workspace.is_shown("visit", "room")
        assert workspace.is_shown("visit", "kind")

        before = [option.as_input() for option in workspace.model.object("visit").field("kind").options]
        await workspace.add_options("visit", "kind", [a, b])
        assert [one.value for one in workspace.model.object("visit").field("kind").options] == ["A", "B"]
        await workspace.set_options("visit", "kind", before)
        assert [one.as_input() for one in workspace.model.object("visit").field("kind").options] == before

        person, visit = people(1)[0], {"id": str(uuid4()), "sourceSystemId": "visit:1"}
        await workspace.create("person", [person])
        column = workspace.model.link_column("visit", "person")
        visits = [{**visit, column: person["id"]}, {**visit, "id": str(uuid4())}]
        outcome = await workspace.create("visit", visits)
        assert [(no.field, no.conflicting_id) for no in outcome.refused] == [("sourceSystemId", visit["id"])]
        assert workspace.model.link_column("attachment", "visit") == "targetVisitId"

        await workspace.create_field("visit", Thing("short", "Short"))
        for name in ("patient", "short", "short"):
            await workspace.delete_field("visit", name)
        await workspace.model_refresh()
        assert not workspace.model.object("visit").has("short")
        assert not workspace.model.object("person").has("visits")
        await workspace.destroy("person", [person["id"]])
        for _ in range(2):
            await workspace.delete_object("visit")
        await workspace.model_refresh()
        assert not workspace.model.has("visit")

    use(twin, do)


async def timeline(workspace: Workspace) -> list[dict[str, Any]]:
    """What timelines tell, as a client reads it."""
    return [row async for page in workspace.scan("timelineActivity") for row in page]


def test_timelines_forget_tasks_before_these_are_destroyed() -> None:
    person, task, other = people(1)[0], str(uuid4()), str(uuid4())

    async def do(workspace: Workspace) -> list[dict[str, Any]]:
        await workspace.create("person", [person])
        await workspace.create("task", [{"id": one, "title": "call"} for one in (task, other)])
        link = {"id": str(uuid4()), "taskId": task, "targetPersonId": person["id"]}
        await workspace.create("taskTarget", [link])
        await workspace.destroy_history("taskTarget", [link["id"]])  # it has no entries, so nothing is asked
        await workspace.destroy_history("task", [task])
        await workspace.destroy("task", [task])
        return await timeline(workspace)

    with TwentyTwin() as fresh:
        left = use(fresh, do)
    assert sorted(one["name"] for one in left) == ["person.created", "task.created"]
    assert {one["targetTaskId"] for one in left} == {None, other}


def test_an_object_goes_with_what_timelines_tell_of_it() -> None:
    async def do(workspace: Workspace) -> tuple[int, int]:
        await workspace.create_object(Thing())
        await workspace.model_refresh()
        await workspace.create("visit", [{"id": str(uuid4()), "name": "one"}])
        there = len(await timeline(workspace))
        await workspace.delete_object("visit")
        return there, len(await timeline(workspace))

    with TwentyTwin() as fresh:
        assert use(fresh, do) == (1, 0)


@pytest.mark.parametrize(
    ("field", "code"),
    [
        (Thing("jobTitle", "Job title"), "ALREADY_THERE"),
        (Thing("type", "Type"), "INVALID_FIELD_INPUT"),
        (Thing("Bad_Name", "Bad"), "INVALID_FIELD_INPUT"),
    ],
)
def test_a_field_that_cannot_be_is_refused_with_a_reason(twin: TwentyTwin, field: Thing, code: str) -> None:
    async def do(workspace: Workspace) -> None:
        with pytest.raises(Refused) as caught:
            await workspace.create_field("person", field)
        assert caught.value.code == code
        assert caught.value.next_step

    use(twin, do)


def test_a_wrong_key_is_told_before_anything_else(twin: TwentyTwin) -> None:
    async def main() -> None:
        with pytest.raises(Refused) as caught:
            await Workspace.open(twin.url, "nonsense")
        assert caught.value.code == "KEY_REFUSED"

    asyncio.run(main())


def test_a_server_of_sixty_records_is_learnt() -> None:
    with TwentyTwin(max_records=60, demo=False) as twin:

        async def do(workspace: Workspace) -> None:
            assert len((await workspace.create("person", people(200))).created) == 200
            assert workspace.capabilities.max_records == 60

        use(twin, do)
        assert twin.stats.creates == 4


def test_the_pace_keeps_within_a_limit_that_is_on() -> None:
    with TwentyTwin(calls_per_minute=60, demo=False) as twin:

        async def do(workspace: Workspace) -> None:
            for _ in range(40):
                await workspace.count("person")

        use(twin, do, rate=60)
        assert (twin.stats.refused, twin.stats.tokens) == (0, 40)
