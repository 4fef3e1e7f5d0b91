"""Reading from the Twenty twin: filters, orders, pages, nested relations and groups, over a data model of its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from bridgework.twins.twenty import TwentyTwin
from tests.integration.twenty_twin_calls import Calls, calls

FIND = (
    "query($f:SurgeryFilterInput,$o:[SurgeryOrderByInput],$n:Int,$a:String){surgeries(filter:$f,orderBy:$o,first:$n,"
    "after:$a){totalCount pageInfo{hasNextPage endCursor} edges{cursor node{id name minutes}}}}"
)
KINDS = [
    {"value": "CROWN", "label": "Crown", "color": "red", "position": 0},
    {"value": "BRIDGE", "label": "Bridge", "color": "blue", "position": 1},
    {"value": "IMPLANT", "label": "Implant", "color": "green", "position": 2},
]
SURGERIES: list[dict[str, Any]] = [
    {"name": "alpha", "minutes": 30, "done": True, "kind": "BRIDGE", "on": "2020-01-01", "price": 1_000_000},
    {"name": "Beta", "minutes": 45, "done": False, "kind": "CROWN", "on": "2021-06-15", "price": 2_000_000},
    {"name": "gamma", "minutes": None, "done": True, "kind": None, "on": None, "price": None},
    {"name": "delta%", "minutes": 30, "done": False, "kind": "IMPLANT", "on": "2019-12-31", "price": 500_000},
]


@pytest.fixture(scope="module")
def twenty() -> Iterator[Calls]:
    with TwentyTwin(demo=False) as twin, calls(twin) as made:
        made.pause_workflow()
        surgery = made.make_object("surgery", "surgeries")
        made.make_field(surgery, "NUMBER", "minutes")
        made.make_field(surgery, "BOOLEAN", "done")
        made.make_field(surgery, "SELECT", "kind", options=KINDS)
        made.make_field(surgery, "MULTI_SELECT", "tags", options=KINDS)
        made.make_field(surgery, "DATE", "on")
        made.make_field(surgery, "CURRENCY", "price")
        made.relate(surgery, "patient", made.object_ids()["person"], "surgeries")
        made.people({"id": PATIENT, "name": {"firstName": "An"}})
        records = [_record(place, values) for place, values in enumerate(SURGERIES)]
        query = "mutation($d:[SurgeryCreateInput!]!){createSurgeries(data:$d){id}}"
        made.data(query, d=records)
        yield made


PATIENT = "5b0e8a4c-6f5f-4d0e-9f1d-0c2f5a1b7e11"  # fixed: it is in the names of tests, which workers must agree on


def _record(place: int, values: dict[str, Any]) -> dict[str, Any]:
    price = {"amountMicros": values["price"], "currencyCode": "EUR"} if values["price"] else None
    tags = ["CROWN", "BRIDGE"] if place == 0 else []
    patient = PATIENT if place < 2 else None
    return {**values, "price": price, "tags": tags, "patientId": patient, "position": place}


def names(twenty: Calls, **arguments: Any) -> list[str]:
    return [node["name"] for node in twenty.nodes(FIND, **arguments)]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"name": {"eq": "alpha"}}, ["alpha"]),
        ({"name": {"ilike": "%BET%"}}, ["Beta"]),
        ({"name": {"like": "%TA%"}}, []),
        ({"name": {"startsWith": "g"}}, ["gamma"]),
        ({"name": {"in": ["alpha", "gamma"]}}, ["alpha", "gamma"]),
        ({"name": {"neq": "alpha"}}, ["Beta", "gamma", "delta%"]),
        ({"minutes": {"gte": 31}}, ["Beta"]),
        ({"minutes": {"lt": 45}}, ["alpha", "delta%"]),
        ({"minutes": {"is": "NULL"}}, ["gamma"]),
        ({"done": {"eq": True}}, ["alpha", "gamma"]),
        ({"kind": {"in": ["CROWN", "IMPLANT"]}}, ["Beta", "delta%"]),
        ({"kind": {"is": "NOT_NULL"}}, ["alpha", "Beta", "delta%"]),
        ({"tags": {"containsAny": ["BRIDGE"]}}, ["alpha"]),
        ({"on": {"gt": "2019-12-31"}}, ["alpha", "Beta"]),
        ({"price": {"amountMicros": {"gte": 1_000_000}}}, ["alpha", "Beta"]),
        ({"patientId": {"eq": PATIENT}}, ["alpha", "Beta"]),
        ({"patientId": {"is": "NULL"}}, ["gamma", "delta%"]),
        ({"or": [{"name": {"eq": "gamma"}}, {"minutes": {"eq": 45}}]}, ["Beta", "gamma"]),
        ({"and": [{"minutes": {"eq": 30}}, {"done": {"eq": False}}]}, ["delta%"]),
        ({"not": {"minutes": {"eq": 30}}, "done": {"eq": False}}, ["Beta"]),
        ({"createdBy": {"source": {"eq": "API"}}}, ["alpha", "Beta", "gamma", "delta%"]),
        ({"patient": {"name": {"firstName": {"eq": "An"}}}}, ["alpha", "Beta"]),
    ],
    ids=str,
)
def test_filters(twenty: Calls, condition: dict[str, Any], expected: list[str]) -> None:
    assert names(twenty, f=condition, o=[{"position": "AscNullsFirst"}]) == expected


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ([{"minutes": "AscNullsFirst"}, {"name": "AscNullsLast"}], ["gamma", "alpha", "delta%", "Beta"]),
        ([{"minutes": "DescNullsLast"}, {"name": "DescNullsLast"}], ["Beta", "delta%", "alpha", "gamma"]),
        ([{"on": "AscNullsLast"}], ["delta%", "alpha", "Beta", "gamma"]),
        ([{"price": {"amountMicros": "DescNullsFirst"}}], ["gamma", "Beta", "alpha", "delta%"]),
        ([{"kind": "AscNullsLast"}], ["alpha", "Beta", "delta%", "gamma"]),
    ],
    ids=str,
)
def test_orders_and_options_sort_by_their_text(twenty: Calls, order: list[dict[str, Any]], expected: list[str]) -> None:
    assert names(twenty, o=order) == expected


def test_pages_follow_one_another(twenty: Calls) -> None:
    seen: list[str] = []
    after = None
    for _ in range(4):
        page = twenty.data(FIND, o=[{"name": "AscNullsFirst"}], n=1, a=after)["surgeries"]
        seen += [edge["node"]["name"] for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
        assert page["totalCount"] == 4
        assert page["pageInfo"]["hasNextPage"] is (len(seen) < 4)
    assert sorted(seen) == sorted(one["name"] for one in SURGERIES)


def test_one_record_and_none(twenty: Calls) -> None:
    query = "query($f:SurgeryFilterInput!){surgery(filter:$f){name price{amountMicros currencyCode}}}"
    found = twenty.data(query, f={"name": {"eq": "Beta"}})["surgery"]
    assert found == {"name": "Beta", "price": {"amountMicros": 2_000_000, "currencyCode": "EUR"}}
    assert twenty.refused(query, f={"name": {"eq": "omega"}}) == "Record not found"


def test_relations_are_selected_from_both_sides(twenty: Calls) -> None:
    (found,) = twenty.nodes(
        'query{surgeries(filter:{name:{eq:"alpha"}}){edges{node{patientId patient{id name{firstName}}}}}}'
    )
    assert found == {"patientId": PATIENT, "patient": {"id": PATIENT, "name": {"firstName": "An"}}}
    (person,) = twenty.nodes(
        "query($f:PersonFilterInput){people(filter:$f){edges{node{surgeries{totalCount edges{node{name kind}}}}}}}",
        f={"id": {"eq": PATIENT}},
    )
    assert person["surgeries"]["totalCount"] == 2
    assert {edge["node"]["name"] for edge in person["surgeries"]["edges"]} == {"alpha", "Beta"}


def test_groups_are_counted_and_summed(twenty: Calls) -> None:
    query = (
        "query{surgeriesGroupBy(groupBy:[{done:true}],orderBy:[{done:AscNullsFirst}])"
        "{groupByDimensionValues totalCount sumMinutes maxOn}}"
    )
    found = twenty.data(query)["surgeriesGroupBy"]
    assert [(one["groupByDimensionValues"], one["totalCount"], one["sumMinutes"]) for one in found] == [
        ([False], 2, 75),
        ([True], 2, 30),
    ]
    assert [one["maxOn"] for one in found] == ["2021-06-15", "2020-01-01"]


def test_totals_beside_a_list(twenty: Calls) -> None:
    found = twenty.data("query{surgeries{totalCount avgMinutes minMinutes countEmptyMinutes countTrueDone}}")
    assert found["surgeries"] == {
        "totalCount": 4, "avgMinutes": 35, "minMinutes": 30, "countEmptyMinutes": 1, "countTrueDone": 2,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        ({"shoeSize": {"eq": 1}}, 'Object surgery doesn\'t have any "shoeSize" field.'),
        ({"kind": {"eq": "FILLING"}}, "invalid input value for enum"),
        ({"on": {"eq": "yesterday"}}, "Invalid value 'yesterday' for date field \"on\""),
    ],
    ids=str,
)
def test_filters_that_do_not_fit_are_refused(twenty: Calls, condition: dict[str, Any], message: str) -> None:
    assert message in twenty.refused(FIND, f=condition)


def test_rest_reads_with_filters_orders_and_cursors(twenty: Calls) -> None:
    asked = {"filter": "minutes[gte]:30,done[eq]:false", "order_by": "minutes[DescNullsLast]", "limit": "1"}
    first = twenty.http.get("/rest/surgeries", params=asked).json()
    assert [one["name"] for one in first["data"]["surgeries"]] == ["Beta"]
    assert first["totalCount"] == 2
    asked["starting_after"] = first["pageInfo"]["endCursor"]
    second = twenty.http.get("/rest/surgeries", params=asked).json()
    assert [one["name"] for one in second["data"]["surgeries"]] == ["delta%"]
