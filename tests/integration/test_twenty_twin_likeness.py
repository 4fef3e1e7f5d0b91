"""A twin in the likeness of another workspace: what that one refuses, it refuses; what that one shows, it shows."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest

from bridgework.errors import Refused
from bridgework.twins.twenty import Member, TwentyTwin
from bridgework.workspace import Workspace

NAMES = ("company", "person", "task", "trialTreatment")
AUTOMATION = "Create company when adding a new person"


async def opened(twin: TwentyTwin) -> Workspace:
    return await Workspace.open(twin.url, twin.key, calls_per_minute=0)


async def describe(twin: TwentyTwin) -> dict[str, Any]:
    async with await opened(twin) as workspace:
        return await workspace.likeness(NAMES, lambda _: ())


def likeness(twin: TwentyTwin) -> dict[str, Any]:
    """As it goes through the pipe."""
    return dict(json.loads(json.dumps(asyncio.run(describe(twin)))))


async def fill(twin: TwentyTwin) -> None:
    """People, one of them in the bin, and a value of a unique field of the workspace's own."""
    async with await opened(twin) as workspace:
        people = [
            {"id": str(UUID(int=number, version=4)), "emails": {"primaryEmail": f"p{number}@x.example"}}
            for number in (1, 2)
        ]
        assert not (await workspace.create("person", people)).refused
        await workspace.soft_delete("person", [people[1]["id"]])  # type: ignore[list-item]
        trial = {"id": str(uuid4()), "name": "A", "sourceSystemId": "taken"}
        assert not (await workspace.create("trialTreatment", [trial])).refused


@pytest.fixture(scope="module")
def original() -> Iterator[TwentyTwin]:
    with TwentyTwin(members=[Member("Ann", "Peeters", "ann@practice.example")]) as twin:
        asyncio.run(fill(twin))
        yield twin


@pytest.fixture(scope="module")
def copy(original: TwentyTwin) -> Iterator[TwentyTwin]:
    with TwentyTwin(like=likeness(original)) as twin:
        yield twin


def by_name(described: dict[str, Any]) -> dict[str, Any]:
    """Objects and fields by their names; a junction's id is the server's own."""
    return {
        one["name"]: {
            **{key: value for key, value in one.items() if key != "fields"},
            "fields": {
                field["name"]: {
                    **field,
                    "label": field["label"] if field["relation"] is None else "",
                    "settings": {k: v for k, v in (field["settings"] or {}).items() if k != "junctionTargetFieldId"},
                }
                for field in one["fields"]
            },
        }
        for one in described["objects"]
    }


def test_a_copy_describes_itself_as_its_original_does(original: TwentyTwin, copy: TwentyTwin) -> None:
    one, other = likeness(original), likeness(copy)
    assert copy.lacking == ()
    assert by_name(other) == by_name(one)
    assert other["automations"] == one["automations"] != []
    assert sorted(map(str, other["members"])) == sorted(map(str, one["members"]))
    assert {name: sorted(map(str, those)) for name, those in other["held"].items()} == {
        name: sorted(map(str, those)) for name, those in one["held"].items()
    }
    assert sum(holder["deleted"] for holder in one["held"]["person"]) == 1
    assert (other["version"], other["records_per_call"]) == (one["version"], one["records_per_call"])


def test_a_copy_holds_nothing_of_a_record_but_its_unique_values(original: TwentyTwin, copy: TwentyTwin) -> None:
    held = json.dumps(likeness(original)["held"])
    assert "p1@x.example" in held
    assert "Chesky" not in held
    people = copy.dump()["records"]["person"]
    assert {one["nameLastName"] for one in people} == {""}


@pytest.mark.parametrize(
    ("object_", "record", "code"),
    [
        ("person", {"emails": {"primaryEmail": "P1@x.example"}}, "DUPLICATE"),
        ("person", {"emails": {"primaryEmail": "p2@x.example"}}, "DUPLICATE_OF_DELETED"),
        ("trialTreatment", {"sourceSystemId": "taken"}, "DUPLICATE"),
        ("trialTreatment", {"status": "PAID"}, "NOT_AN_OPTION"),
        ("company", {"domainName": {"primaryLinkUrl": "https://figma.com"}}, "DUPLICATE"),
    ],
)
def test_what_the_original_refuses_its_copy_refuses(
    original: TwentyTwin, copy: TwentyTwin, object_: str, record: dict[str, Any], code: str
) -> None:
    async def send(twin: TwentyTwin) -> list[str]:
        async with await opened(twin) as workspace:
            return [one.code for one in (await workspace.create(object_, [{"id": str(uuid4()), **record}])).refused]

    assert asyncio.run(send(copy)) == asyncio.run(send(original)) == [code]


def changed(described: dict[str, Any], object_: str, field: str, **more: Any) -> dict[str, Any]:
    """A description with a field of an object changed; None takes it away."""
    objects = [
        {
            **one,
            "fields": [
                {**each, **more} if (one["name"], each["name"]) == (object_, field) else each for each in one["fields"]
            ],
        }
        for one in described["objects"]
    ]
    return {**described, "objects": objects}


def test_fields_that_the_original_has_otherwise_or_not_at_all_are_so_in_the_copy(original: TwentyTwin) -> None:
    described = changed(likeness(original), "person", "jobTitle", type="NUMBER")
    described = changed(described, "task", "status", active=False)
    for one in described["objects"]:
        one["fields"] = [field for field in one["fields"] if field["name"] != "city"]
        one["table"] = one["name"] != "task"
    described["objects"] = [one for one in described["objects"] if one["name"] != "dashboard"]

    async def look(twin: TwentyTwin) -> Any:
        async with await opened(twin) as workspace:
            with pytest.raises(Refused) as caught:
                await workspace.show_fields("task", ["title"])
            return workspace.model, caught.value.code

    with TwentyTwin(like=described) as twin:
        model, code = asyncio.run(look(twin))
    assert model.object("person").field("jobTitle").type == "NUMBER"
    assert "city" not in model.object("person").fields
    assert not model.object("task").field("status").is_active
    assert not model.has("dashboard")
    assert code == "NO_TABLE_VIEW"


def test_what_the_twin_cannot_be_is_left_out_and_named(original: TwentyTwin) -> None:
    described = changed(likeness(original), "trialTreatment", "toothNumber", type="HOLOGRAM")
    with TwentyTwin(like=described) as twin:
        assert twin.lacking == ("trialTreatment.toothNumber",)


def test_a_served_copy_ends_when_the_other_end_of_its_pipe_goes(original: TwentyTwin) -> None:
    command = [sys.executable, "-m", "bridgework", "twin", "twenty", "--like", "-"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(likeness(original)).encode() + b"\n")
        process.stdin.flush()
        first = json.loads(process.stdout.readline())
        assert first["url"].startswith("http://127.0.0.1:")
        assert first["lacking"] == []
        process.stdin.close()
        assert process.wait(30) == 0
