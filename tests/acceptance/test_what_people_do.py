"""What people do meanwhile: they stop a load, they have records of their own, they edit what was loaded."""

from __future__ import annotations

import csv
import json
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from bridgework.twins.dentadmin.export_format import TABLES
from tests.support import Way, begin, copy_of, new_twin, small_practice


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> tuple[Way, Path, Any]:
    root = tmp_path_factory.mktemp("people")
    made = small_practice(root / "export", patients=25, messy=False)
    with new_twin(made, data=root / "workspace") as twin:
        return begin(root / "migration", root / "export", twin), root, made


@pytest.fixture
def way(ready: tuple[Way, Path, Any], tmp_path: Path) -> Iterator[Way]:
    prepared, root, made = ready
    subprocess.run(["cp", "-r", root / "workspace", tmp_path / "workspace"], check=True)
    with new_twin(made, data=tmp_path / "workspace", max_records=20) as twin:
        yield copy_of(prepared, tmp_path / "migration", twin)


def ask(way: Way, query: str, **variables: Any) -> Any:
    answer = httpx2.post(
        f"{way.twin.url}/graphql",
        json={"query": query, "variables": variables},
        headers={"Authorization": f"Bearer {way.twin.key}"},
    ).json()
    assert "errors" not in answer, answer
    return answer["data"]


def an_email(ready: tuple[Way, Path, Any]) -> str:
    table = next(one for one in TABLES if one.object == "patient")
    header = next(one.nl for one in table.columns if one.key == "email")
    with (ready[1] / "export" / table.file_name("nl")).open(encoding="cp1252", newline="") as file:
        return next(row[header] for row in csv.DictReader(file, delimiter=";") if "@" in row[header]).lower()


def test_ctrl_c_stops_cleanly_and_the_same_command_goes_on(way: Way) -> None:
    way.sampled()
    process = subprocess.Popen(
        way.command("load", "--apply", "--approve-as", "Test"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=way.environment(),
    )
    already = way.twin.stats.creates
    while way.twin.stats.creates < already + 5:
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 4
    assert json.loads(out)["error"]["code"] == "PAUSED"
    assert way.run("status").document["status"]["paused automations"] == []
    way.apply("load")
    way.apply("verify")


@pytest.mark.parametrize("deleted", [False, True])
def test_people_who_were_there_keep_their_addresses(way: Way, ready: tuple[Way, Path, Any], *, deleted: bool) -> None:
    email = an_email(ready)
    made = ask(
        way,
        "mutation($d:[PersonCreateInput!]!){createPeople(data:$d){id}}",
        d=[{"name": {"firstName": "Was", "lastName": "There"}, "emails": {"primaryEmail": email}, "jobTitle": "kept"}],
    )
    person = made["createPeople"][0]["id"]
    if deleted:
        ask(way, "mutation($id:UUID!){deletePerson(id:$id){id}}", id=person)
    outcome = way.apply("load").document["outcome"]
    assert [one["count"] for one in outcome["findings"] if one["code"] == "UNIQUE-TAKEN"]
    either = {"or": [{"deletedAt": {"is": "NULL"}}, {"deletedAt": {"is": "NOT_NULL"}}]}
    found = ask(
        way,
        "query($f:PersonFilterInput){people(filter:$f){edges{node{id jobTitle deletedAt name{lastName}}}}}",
        f={"and": [{"emails": {"primaryEmail": {"eq": email}}}, either]},
    )["people"]["edges"]
    assert [one["node"]["id"] for one in found] == [person]
    assert found[0]["node"]["name"]["lastName"] == "There"
    assert (found[0]["node"]["deletedAt"] is not None) is deleted
    beside = ask(
        way, "query($f:PersonFilterInput){people(filter:$f){totalCount}}", f={"otherEmails": {"ilike": f"%{email}%"}}
    )
    assert beside["people"]["totalCount"] >= 1
    way.apply("verify")
    # They came after the baseline, so they are told apart from what the load wrote.
    differences = way.apply("rollback").document["outcome"]["counts"]["differences"]
    assert {one["object"] for one in differences} <= {"person", "company"}
    assert all((one["ours"], one["gone"], one["changed"]) == (0, 0, 0) for one in differences)


def test_what_somebody_edited_after_the_load_is_left_alone_and_listed(way: Way) -> None:
    way.apply("load")
    person = ask(way, 'query{people(first:1,filter:{sourceSystemId:{ilike:"patient:%"}}){edges{node{id}}}}')
    edited = person["people"]["edges"][0]["node"]["id"]
    ask(way, 'mutation($id:UUID!){updatePerson(id:$id,data:{jobTitle:"Bakker"}){id}}', id=edited)
    ended = way.run("rollback", "--apply", "--approve-as", "Test")
    codes = {one["code"]: one for one in ended.document["outcome"]["findings"]}
    assert codes["EDITED-KEPT"]["count"] == 1
    left = ask(way, 'query{people(filter:{sourceSystemId:{ilike:"patient:%"}}){edges{node{id jobTitle}}}}')
    assert [one["node"] for one in left["people"]["edges"]] == [{"id": edited, "jobTitle": "Bakker"}]
    assert ended.code == 1


def test_a_load_again_after_a_rollback_ends_in_the_same_workspace(way: Way) -> None:
    way.apply("load")
    first = way.twin.dump()
    way.apply("rollback")
    way.apply("load")
    assert way.twin.dump() == first
