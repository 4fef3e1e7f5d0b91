"""The schema stage takes over what is there, completes it, and says what conflicts before anything is written."""

from __future__ import annotations

from pathlib import Path

import httpx2
import pytest

from tests.support import Way, new_twin, small_practice

FIELD = "mutation($i:CreateOneFieldMetadataInput!){createOneField(input:$i){id}}"
OBJECT = "mutation($i:CreateOneObjectInput!){createOneObject(input:$i){id}}"


def change(way: Way, query: str, **wanted: object) -> str:
    headers = {"Authorization": f"Bearer {way.twin.key}"}
    answer = httpx2.post(f"{way.twin.url}/metadata", json={"query": query, "variables": {"i": wanted}}, headers=headers)
    data = answer.json()["data"]
    return str(next(iter(data.values()))["id"])


def object_id(way: Way, name: str) -> str:
    headers = {"Authorization": f"Bearer {way.twin.key}"}
    query = "query{objects(paging:{first:200}){edges{node{id nameSingular}}}}"
    answer = httpx2.post(f"{way.twin.url}/metadata", json={"query": query}, headers=headers).json()
    nodes = [one["node"] for one in answer["data"]["objects"]["edges"]]
    return str(next(one["id"] for one in nodes if one["nameSingular"] == name))


@pytest.fixture
def way(tmp_path: Path) -> object:
    made = small_practice(tmp_path / "export", patients=4)
    with new_twin(made) as twin:
        way = Way(tmp_path / "migration", twin)
        way.run("init", "--practice", str(tmp_path / "export"), "--twenty", twin.url, "--rate", "0")
        for stage in ("audit", "map"):
            way.apply(stage)
        yield way


def test_what_is_there_is_taken_over_and_completed_and_stays_after_rollback(way: Way) -> None:
    person = object_id(way, "person")
    options = [{"label": "Male", "value": "MALE", "color": "green", "position": 0}]
    common = {"objectMetadataId": person, "isLabelSyncedWithName": False}
    change(way, FIELD, field={**common, "name": "insz", "label": "INSZ", "type": "TEXT"})
    change(way, FIELD, field={**common, "name": "sex", "label": "Sex", "type": "SELECT", "options": options})
    names = {"nameSingular": "treatment", "namePlural": "treatments", "labelSingular": "Care", "labelPlural": "Cares"}
    change(way, OBJECT, object={**names, "isLabelSyncedWithName": False})
    before = way.twin.dump()
    steps = [
        one["object"] for one in way.run("schema", "--plan").document["plan"]["steps"] if "create" in one["action"]
    ]
    assert "person.insz" not in steps
    assert "treatment" not in steps
    way.apply("schema")
    assert way.run("schema", "--plan").document["plan"]["steps"] == []
    way.apply("load")
    way.apply("verify")
    assert way.apply("rollback", "--schema").document["outcome"]["counts"]["equal"] is True
    assert way.twin.dump()["records"] == before["records"]


@pytest.mark.parametrize(
    ("name", "type_", "why"),
    [
        ("birthDate", "TEXT", "it is there as TEXT"),
        ("sourceSystemId", "TEXT", "not unique"),
        ("treatments", "TEXT", "its other side would be person.treatments"),
    ],
)
def test_a_conflict_stops_the_plan_and_nothing_is_written(way: Way, name: str, type_: str, why: str) -> None:
    field = {"objectMetadataId": object_id(way, "person"), "isLabelSyncedWithName": False}
    change(way, FIELD, field={**field, "name": name, "label": name, "type": type_})
    before = way.twin.dump()
    ended = way.run("schema", "--apply", "--approve-as", "Test")
    assert ended.code == 1
    assert ended.document["error"]["code"] == "PLAN-STOPS"
    plan = way.run("schema", "--plan").document["plan"]
    assert any(why in one["what"] for one in plan["stops"]), plan["stops"]
    assert way.twin.dump() == before
