"""The data model of the Twenty twin: objects, fields of each type, relations, views, and what they do to records."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from bridgework.twins.twenty import TwentyTwin
from tests.integration.twenty_twin_calls import CREATE_FIELD, CREATE_OBJECT, Calls, calls, new_id

FIELDS = "query($id:UUID!){object(id:$id){isActive fieldsList{id name type isUnique isSystem settings options}}}"
OPTIONS = [{"value": "LOW", "label": "Low", "color": "red", "position": 0}]
VIEWS = "query($id:String){getViews(objectMetadataId:$id){id key viewFields{id fieldMetadataId isVisible position}}}"


@pytest.fixture(scope="module")
def twenty() -> Iterator[Calls]:
    with TwentyTwin(demo=False) as twin, calls(twin) as made:
        made.pause_workflow()
        yield made


@pytest.fixture(scope="module")
def device(twenty: Calls) -> str:
    return twenty.make_object("device", "devices")


def verdict(twenty: Calls, query: str, given: dict[str, Any], kind: str = "fieldMetadata") -> str:
    """The first complaint of a metadata request that is refused."""
    (error,) = twenty.send("/metadata", query, {"i": given})["errors"]
    assert error["extensions"]["code"] == "METADATA_VALIDATION_FAILED", error
    return str(error["extensions"]["errors"][kind][0]["errors"][0]["message"])


@pytest.mark.parametrize(
    ("kind", "more", "value", "selection", "stored"),
    [
        ("TEXT", {}, "É", "", "É"),
        ("NUMBER", {}, 42, "", 42),
        ("NUMBER", {"settings": {"decimals": 2}}, 1.25, "", 1.25),
        ("BOOLEAN", {"defaultValue": False}, True, "", True),
        ("DATE", {}, "2019-5-6", "", "2019-05-06"),
        ("DATE_TIME", {}, "2019-05-06T09:30:00+02:00", "", "2019-05-06T07:30:00.000Z"),
        ("SELECT", {"options": OPTIONS}, "LOW", "", "LOW"),
        ("MULTI_SELECT", {"options": OPTIONS}, ["LOW"], "", ["LOW"]),
        ("RATING", {}, "RATING_3", "", "RATING_3"),
        ("RAW_JSON", {}, {"tooth": [11, 12]}, "", {"tooth": [11, 12]}),
        ("ARRAY", {}, ["a", "b"], "", ["a", "b"]),
        ("UUID", {}, "6f1c0c2e-8a0d-4a51-9a43-0e0f0e5f1b11", "", "6f1c0c2e-8a0d-4a51-9a43-0e0f0e5f1b11"),
        ("CURRENCY", {}, {"amountMicros": 1_500_000, "currencyCode": "EUR"}, "{amountMicros currencyCode}",
         {"amountMicros": 1_500_000, "currencyCode": "EUR"}),
        ("FULL_NAME", {}, {"firstName": "An"}, "{firstName lastName}", {"firstName": "An", "lastName": ""}),
        ("EMAILS", {}, {"primaryEmail": "A@B.be"}, "{primaryEmail}", {"primaryEmail": "a@b.be"}),
        ("PHONES", {}, {"primaryPhoneNumber": "+3293334455"}, "{primaryPhoneNumber primaryPhoneCountryCode}",
         {"primaryPhoneNumber": "93334455", "primaryPhoneCountryCode": "BE"}),
        ("ADDRESS", {}, {"addressCity": "Gent", "addressLat": 51.05}, "{addressCity addressLat addressStreet1}",
         {"addressCity": "Gent", "addressLat": 51.05, "addressStreet1": ""}),
        ("LINKS", {}, {"primaryLinkUrl": "https://X.be/"}, "{primaryLinkUrl}", {"primaryLinkUrl": "https://x.be"}),
        ("RICH_TEXT", {}, {"markdown": "**vet**"}, "{markdown}", {"markdown": "**vet**"}),
    ],
    ids=lambda value: value if isinstance(value, str) and value.isupper() else "",
)  # fmt: skip
def test_a_field_of_each_type(
    twenty: Calls, device: str, kind: str, more: dict[str, Any], value: Any, selection: str, stored: Any
) -> None:
    name = f"a{new_id().replace('-', '')[:12]}"
    twenty.make_field(device, kind, name, **more)
    query = f"mutation($d:[DeviceCreateInput!]!){{createDevices(data:$d){{id {name}{selection}}}}}"
    made = twenty.data(query, d=[{name: value}])["createDevices"][0]
    assert made[name] == stored
    (read,) = twenty.nodes(
        f"query($f:DeviceFilterInput){{devices(filter:$f){{edges{{node{{{name}{selection}}}}}}}}}",
        f={"id": {"eq": made["id"]}},
    )
    assert read[name] == stored


def test_a_relation_has_two_sides_and_follows_what_becomes_of_records(twenty: Calls) -> None:
    ids = twenty.object_ids()
    visit = twenty.make_object("visit", "visits")
    act = twenty.make_object("act", "acts")
    twenty.relate(visit, "patient", ids["person"], "visits")
    twenty.relate(act, "visit", visit, "acts")
    patient, stay, done = new_id(), new_id(), new_id()
    twenty.people({"id": patient, "name": {"firstName": "An"}})
    twenty.data(
        "mutation($d:[VisitCreateInput!]!){createVisits(data:$d){id}}",
        d=[{"id": stay, "name": "controle", "patientId": patient}],
    )
    twenty.data(
        "mutation($d:[ActCreateInput!]!){createActs(data:$d){id}}",
        d=[{"id": done, "visit": {"connect": {"where": {"id": stay}}}}],
    )
    (found,) = twenty.nodes(
        "query($f:PersonFilterInput){people(filter:$f){edges{node{visits{edges{node{name}}}}}}}",
        f={"id": {"eq": patient}},
    )
    assert found == {"visits": {"edges": [{"node": {"name": "controle"}}]}}
    (found,) = twenty.nodes("query{acts{edges{node{visit{name}}}}}")
    assert found == {"visit": {"name": "controle"}}
    lists_in_lists = "query{people{edges{node{visits{edges{node{acts{edges{node{id}}}}}}}}}}"
    assert "cannot be nested in another One-to-Many relation" in twenty.refused(lists_in_lists)
    twenty.data("mutation($id:UUID!){destroyVisit(id:$id){id}}", id=stay)
    assert twenty.nodes("query{acts{edges{node{id visitId}}}}") == [{"id": done, "visitId": None}]


def test_a_new_object_can_be_pointed_at_by_notes_tasks_files_and_the_timeline(twenty: Calls) -> None:
    twenty.make_object("implant", "implants")
    ident, note, task = new_id(), new_id(), new_id()
    twenty.data("mutation($d:[ImplantCreateInput!]!){createImplants(data:$d){id}}", d=[{"id": ident, "name": "26"}])
    twenty.data(
        "mutation($n:[NoteCreateInput!]!,$t:[TaskCreateInput!]!){createNotes(data:$n){id} createTasks(data:$t){id}}",
        n=[{"id": note}],
        t=[{"id": task}],
    )
    twenty.data(
        "mutation($n:[NoteTargetCreateInput!]!,$t:[TaskTargetCreateInput!]!,$a:[AttachmentCreateInput!]!)"
        "{createNoteTargets(data:$n){id} createTaskTargets(data:$t){id} createAttachments(data:$a){id}}",
        n=[{"noteId": note, "targetImplantId": ident}],
        t=[{"taskId": task, "targetImplantId": ident}],
        a=[{"name": "scan.stl", "targetImplantId": ident}],
    )
    (found,) = twenty.nodes(
        "query($f:ImplantFilterInput){implants(filter:$f){edges{node{noteTargets{edges{node{noteId targetImplant{name}}"
        "}} taskTargets{totalCount} attachments{totalCount} timelineActivities{totalCount}}}}}",
        f={"id": {"eq": ident}},
    )
    (target,) = found["noteTargets"]["edges"]
    assert target["node"] == {"noteId": note, "targetImplant": {"name": "26"}}
    assert (found["taskTargets"]["totalCount"], found["attachments"]["totalCount"]) == (1, 1)
    assert found["timelineActivities"]["totalCount"] > 0


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"type": "TEXT", "name": "Bad_Name"}, "Name is not valid"),
        ({"type": "TEXT", "name": "a" * 64}, "Name is too long"),
        ({"type": "TEXT", "name": "name"}, 'Name "name" is not available as it is already used by another field'),
        ({"type": "SELECT", "name": "grade", "options": []}, "Options are required for enum fields"),
        (
            {"type": "SELECT", "name": "grade", "options": [{**OPTIONS[0], "value": "low"}]},
            'Value must be in UPPER_CASE and follow snake_case "low"',
        ),
        (
            {"type": "SELECT", "name": "grade", "options": [{**OPTIONS[0], "label": "a, b"}]},
            "Label must not contain a comma",
        ),
        ({"type": "SELECT", "name": "grade", "options": OPTIONS * 2}, "Duplicated option value"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_fields_that_cannot_be_made(twenty: Calls, device: str, given: dict[str, Any], message: str) -> None:
    said = verdict(twenty, CREATE_FIELD, {"field": {"objectMetadataId": device, "label": "Label", **given}})
    assert said.startswith(message)


def test_objects_that_cannot_be_made(twenty: Calls, device: str) -> None:
    named = {"labelSingular": "Thing", "labelPlural": "Things", "icon": "IconBox"}
    same = {"object": {"nameSingular": "gadget", "namePlural": "gadget", **named}}
    assert "cannot be the same" in verdict(twenty, CREATE_OBJECT, same, "objectMetadata")
    again = {"object": {"nameSingular": "device", "namePlural": "devices", **named}}
    assert "already exists" in verdict(twenty, CREATE_OBJECT, again, "objectMetadata")


def test_a_unique_field_refuses_a_second_time_but_not_empty_text(twenty: Calls, device: str) -> None:
    twenty.make_field(device, "TEXT", "serial", isUnique=True)
    query = "mutation($d:[DeviceCreateInput!]!,$u:Boolean){createDevices(data:$d,upsert:$u){id serial}}"
    twenty.data(query, d=[{"serial": "A1"}, {"serial": ""}, {"serial": None}])
    assert twenty.refused(query, d=[{"serial": "A1"}]) == "A duplicate entry was detected"
    first = twenty.data(query, d=[{"serial": "A1"}], u=True)["createDevices"]
    again = twenty.data(query, d=[{"serial": "A1"}], u=True)["createDevices"]
    assert first == again


def test_a_field_that_goes_takes_its_values_along(twenty: Calls, device: str) -> None:
    kept = twenty.make_field(device, "TEXT", "colour")
    query = "mutation($d:[DeviceCreateInput!]!){createDevices(data:$d){id}}"
    twenty.data(query, d=[{"colour": "red"}])
    twenty.metadata("mutation($i:UpdateOneFieldMetadataInput!){updateOneField(input:$i){id}}",
                    i={"id": kept, "update": {"isActive": False}})  # fmt: skip
    twenty.metadata("mutation($i:DeleteOneFieldInput!){deleteOneField(input:$i){id}}", i={"id": kept})
    assert "colour" in twenty.refused(query, d=[{"colour": "red"}])


def test_an_object_that_goes_takes_its_side_of_relations_along(twenty: Calls) -> None:
    person = twenty.object_ids()["person"]
    made = twenty.make_object("loan", "loans")
    twenty.relate(made, "patient", person, "loans")
    assert "loans" in {one["name"] for one in twenty.metadata(FIELDS, id=person)["object"]["fieldsList"]}
    twenty.metadata("mutation($i:UpdateOneObjectInput!){updateOneObject(input:$i){id}}",
                    i={"id": made, "update": {"isActive": False}})  # fmt: skip
    twenty.metadata("mutation($i:DeleteOneObjectInput!){deleteOneObject(input:$i){id}}", i={"id": made})
    assert "loans" not in {one["name"] for one in twenty.metadata(FIELDS, id=person)["object"]["fieldsList"]}
    assert "loan" not in twenty.object_ids()
    targets = twenty.metadata(FIELDS, id=twenty.object_ids()["noteTarget"])["object"]["fieldsList"]
    assert "targetLoan" not in {one["name"] for one in targets}


def test_new_fields_are_hidden_in_views_until_they_are_shown(twenty: Calls, device: str) -> None:
    made = twenty.make_field(device, "TEXT", "room")
    view = next(one for one in twenty.metadata(VIEWS, id=device)["getViews"] if one["key"] == "INDEX")
    shown = next(one for one in view["viewFields"] if one["fieldMetadataId"] == made)
    assert shown["isVisible"] is False
    query = "mutation($i:UpdateViewFieldInput!){updateViewField(input:$i){isVisible position}}"
    changed = twenty.metadata(query, i={"id": shown["id"], "update": {"isVisible": True, "position": 1.5}})
    assert changed["updateViewField"] == {"isVisible": True, "position": 1.5}


def test_views_have_filters_and_sorts_and_go_with_them(twenty: Calls, device: str) -> None:
    field = twenty.field_id("device", "name")
    view = twenty.metadata(
        "mutation($i:CreateViewInput!){createView(input:$i){id name}}",
        i={"name": "By name", "objectMetadataId": device, "type": "TABLE", "icon": "IconList"},
    )["createView"]["id"]
    twenty.metadata(
        "mutation($i:[CreateViewFieldInput!]!){createManyViewFields(inputs:$i){id}}",
        i=[{"viewId": view, "fieldMetadataId": field, "isVisible": True, "position": 0, "size": 150}],
    )
    twenty.metadata(
        "mutation($i:CreateViewFilterInput!){createViewFilter(input:$i){id}}",
        i={"viewId": view, "fieldMetadataId": field, "operand": "CONTAINS", "value": "x"},
    )
    twenty.metadata(
        "mutation($i:CreateViewSortInput!){createViewSort(input:$i){id}}",
        i={"viewId": view, "fieldMetadataId": field, "direction": "DESC"},
    )
    asked = "query($v:String!){getViewFields(viewId:$v){size} getViewFilters(viewId:$v){value} getViewSorts(viewId:$v)"
    found = twenty.metadata(asked + "{direction}}", v=view)
    assert found == {
        "getViewFields": [{"size": 150}], "getViewFilters": [{"value": "x"}], "getViewSorts": [{"direction": "DESC"}],
    }  # fmt: skip
    twenty.metadata("mutation($id:String!){destroyView(id:$id)}", id=view)
    assert view not in {one["id"] for one in twenty.metadata(VIEWS, id=device)["getViews"]}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/graphql", {"createPeople": {"data", "upsert"}, "destroyDevices": {"filter"},
                      "updateDevice": {"id", "data"}}),
        ("/metadata", {"createOneObject": {"input"}, "createFileUpload": {"filename", "size", "fileFolder",
                       "fieldMetadataId", "fieldMetadataUniversalIdentifier"}}),
    ],
)  # fmt: skip
def test_both_endpoints_say_what_they_offer(
    twenty: Calls, device: str, path: str, expected: dict[str, set[str]]
) -> None:
    answer = twenty.send(path, "query{__schema{mutationType{fields{name args{name}}}}}")
    fields = answer["data"]["__schema"]["mutationType"]["fields"]
    offered = {one["name"]: {argument["name"] for argument in one["args"]} for one in fields}
    assert {name: offered[name] for name in expected} == expected
