"""Writing records to the Twenty twin: what is stored, what is refused, and what an upsert matches."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from bridgework.twins.twenty import TwentyTwin
from tests.integration.twenty_twin_calls import CREATE_PEOPLE, Calls, calls, new_id

FIND_PEOPLE = "query($f:PersonFilterInput){people(filter:$f){totalCount edges{node{id jobTitle deletedAt}}}}"
DELETE_PEOPLE = "mutation($f:PersonFilterInput!){deletePeople(filter:$f){id}}"
DESTROY_PEOPLE = "mutation($f:PersonFilterInput!){destroyPeople(filter:$f){id}}"
CREATE_COMPANY = "mutation($d:[CompanyCreateInput!]!,$u:Boolean){createCompanies(data:$d,upsert:$u){id name}}"


@pytest.fixture(scope="module")
def twenty() -> Iterator[Calls]:
    with TwentyTwin() as twin, calls(twin) as made:
        made.pause_workflow()
        yield made


def person(twenty: Calls, **values: Any) -> dict[str, Any]:
    """One person as it comes back after it was made with these values."""
    query = (
        "mutation($d:[PersonCreateInput!]!){createPeople(data:$d){id jobTitle position createdAt updatedAt "
        "emails{primaryEmail additionalEmails} phones{primaryPhoneNumber primaryPhoneCountryCode "
        "primaryPhoneCallingCode} linkedinLink{primaryLinkUrl} createdBy{source name} updatedBy{source name}}}"
    )
    found: dict[str, Any] = twenty.data(query, d=[values])["createPeople"][0]
    return found


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        (("0475 12 34 56", "BE"), ("475123456", "BE", "+32")),
        (("+32 9 333 44 55", None), ("93334455", "BE", "+32")),
        (("+31612345678", None), ("612345678", "NL", "+31")),
        (("06 12 34 56 78", "FR"), ("612345678", "FR", "+33")),
    ],
)
def test_phone_numbers_are_stored_in_parts(
    twenty: Calls, given: tuple[str, str | None], stored: tuple[str, str, str]
) -> None:
    phones = person(twenty, phones={"primaryPhoneNumber": given[0], "primaryPhoneCountryCode": given[1]})["phones"]
    assert tuple(phones.values()) == stored


def test_values_are_normalised_on_the_way_in(twenty: Calls) -> None:
    made = person(
        twenty,
        emails={"primaryEmail": "An.PEETERS@Example.BE", "additionalEmails": ["TWEE@example.be"]},
        linkedinLink={"primaryLinkUrl": "HTTPS://Www.Example.be/An/"},
        createdAt="03/02/2019",
    )
    assert made["emails"] == {"primaryEmail": "an.peeters@example.be", "additionalEmails": ["twee@example.be"]}
    assert made["linkedinLink"]["primaryLinkUrl"] == "https://www.example.be/An"
    assert made["createdAt"] == "2019-03-02T00:00:00.000Z", "the month comes first, without a word"


def test_who_wrote_is_kept_where_given_and_overwritten_where_last(twenty: Calls) -> None:
    made = person(
        twenty, createdBy={"source": "IMPORT", "name": "DentAdmin"}, updatedBy={"source": "IMPORT", "name": "nobody"}
    )
    assert made["createdBy"] == {"source": "IMPORT", "name": "DentAdmin"}
    assert made["updatedBy"]["source"] == "API"


def test_new_records_come_in_front(twenty: Calls) -> None:
    first, second = person(twenty), person(twenty)
    assert second["position"] < first["position"]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"createdAt": "31/01/2019"}, "Invalid value '31/01/2019' for date-time field \"createdAt\". Expected format"),
        ({"emails": {"primaryEmail": "no address"}}, "Invalid string value 'no address' for email field \"emails.pri"),
        ({"phones": {"primaryPhoneNumber": "mama"}}, "Provided phone number is invalid mama"),
        ({"linkedinLink": {"primaryLinkUrl": "not a url"}}, "The URL of the link is not valid"),
        ({"company": {"connect": {"where": {"name": "x"}}}}, "Missing required fields: at least one unique constraint"),
        ({"companyId": new_id()}, 'insert or update on table "person" violates foreign key constraint'),
        ({"shoeSize": 42}, 'Object person doesn\'t have any "shoeSize" field.'),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_what_does_not_fit_is_refused(twenty: Calls, values: dict[str, Any], message: str) -> None:
    assert twenty.refused(CREATE_PEOPLE, d=[values]).startswith(message)


def test_a_batch_is_written_whole_or_not_at_all(twenty: Calls) -> None:
    good = new_id()
    twenty.refused(CREATE_PEOPLE, d=[{"id": good}, {"id": new_id(), "emails": {"primaryEmail": "no address"}}])
    assert twenty.data(FIND_PEOPLE, f={"id": {"eq": good}})["people"]["totalCount"] == 0


def test_no_more_than_200_at_a_time(twenty: Calls) -> None:
    said = twenty.refused(CREATE_PEOPLE, d=[{"id": new_id()} for _ in range(201)])
    assert said == "Maximum number of records to upsert is 200."


def test_an_older_server_takes_fewer() -> None:
    with TwentyTwin(max_records=60) as twin, calls(twin) as twenty:
        twenty.pause_workflow()
        assert len(twenty.people(*({} for _ in range(60)))) == 60
        assert "60" in twenty.refused(CREATE_PEOPLE, d=[{} for _ in range(61)])


def test_a_soft_deleted_record_keeps_its_unique_value_and_upsert_brings_it_back(twenty: Calls) -> None:
    values = {"id": new_id(), "emails": {"primaryEmail": f"{new_id()}@example.be"}}
    twenty.people(values)
    twenty.data(DELETE_PEOPLE, f={"id": {"eq": values["id"]}})
    assert twenty.data(FIND_PEOPLE, f={"id": {"eq": values["id"]}})["people"]["totalCount"] == 0
    assert twenty.refused(CREATE_PEOPLE, d=[{**values, "id": new_id()}]) == "A duplicate entry was detected"
    assert twenty.people({**values, "id": new_id()}, upsert=True) == [values["id"]]
    (found,) = twenty.nodes(FIND_PEOPLE, f={"id": {"eq": values["id"]}})
    assert found["deletedAt"] is None


def test_an_upsert_answers_what_it_updates_before_what_it_makes(twenty: Calls) -> None:
    old, new = new_id(), new_id()
    twenty.people({"id": old})
    assert twenty.people({"id": new}, {"id": old}, upsert=True) == [old, new]


def test_an_upsert_keeps_what_is_left_out_and_clears_what_is_null(twenty: Calls) -> None:
    ident = new_id()
    twenty.people({"id": ident, "jobTitle": "Bakker"})
    twenty.people({"id": ident, "name": {"firstName": "An"}}, upsert=True)
    assert twenty.nodes(FIND_PEOPLE, f={"id": {"eq": ident}})[0]["jobTitle"] == "Bakker"
    twenty.people({"id": ident, "jobTitle": None}, upsert=True)
    assert twenty.nodes(FIND_PEOPLE, f={"id": {"eq": ident}})[0]["jobTitle"] == ""


def test_an_upsert_that_means_two_records_is_refused(twenty: Calls) -> None:
    one, two, domain = new_id(), new_id(), f"https://{new_id()}.be"
    twenty.data(CREATE_COMPANY, d=[{"id": one, "domainName": {"primaryLinkUrl": domain}}, {"id": two}])
    both = {"id": two, "domainName": {"primaryLinkUrl": domain}}
    assert twenty.refused(CREATE_COMPANY, d=[both], u=True).startswith("Multiple records found with the same unique")


def test_roots_of_one_request_stand_alone_but_may_not_be_twice_the_same(twenty: Calls) -> None:
    query = "mutation($n:[NoteCreateInput!]!,$t:[TaskCreateInput!]!){createNotes(data:$n){id} createTasks(data:$t){id}}"
    note = new_id()
    answer = twenty.send("/graphql", query, {"n": [{"id": note}], "t": [{"status": "NEVER"}]})
    assert answer["data"] == {"createNotes": [{"id": note}], "createTasks": None}
    assert len(answer["errors"]) == 1
    twice = "mutation($n:[NoteCreateInput!]!){a:createNotes(data:$n){id} b:createNotes(data:$n){id}}"
    assert twenty.refused(twice, n=[]) == 'Duplicate root resolver: "createNotes"'


def test_no_more_than_20_roots(twenty: Calls) -> None:
    offered = twenty.data("query{__schema{queryType{fields{name args{name}}}}}")["__schema"]["queryType"]["fields"]
    lists = [found["name"] for found in offered if {"name": "orderBy"} in found["args"]]
    lists = [name for name in lists if not name.endswith("GroupBy")]
    assert len(twenty.data("query{" + " ".join(f"{name}{{totalCount}}" for name in lists[:20]) + "}")) == 20
    said = twenty.refused("query{" + " ".join(f"{name}{{totalCount}}" for name in lists[:21]) + "}")
    assert said.endswith("Too many root resolvers requested: 21 - Maximum allowed root resolvers: 20")


def test_destroying_a_person_takes_its_targets_and_leaves_what_they_pointed_at(twenty: Calls) -> None:
    someone, note, task, company = new_id(), new_id(), new_id(), new_id()
    twenty.data(CREATE_COMPANY, d=[{"id": company, "name": "Mutualiteit"}])
    twenty.people({"id": someone, "companyId": company})
    twenty.data(
        "mutation($n:[NoteCreateInput!]!,$t:[TaskCreateInput!]!){createNotes(data:$n){id} createTasks(data:$t){id}}",
        n=[{"id": note, "title": "Anamnese"}],
        t=[{"id": task, "title": "Controle"}],
    )
    twenty.data(
        "mutation($n:[NoteTargetCreateInput!]!,$t:[TaskTargetCreateInput!]!)"
        "{createNoteTargets(data:$n){id} createTaskTargets(data:$t){id}}",
        n=[{"noteId": note, "targetPersonId": someone}],
        t=[{"taskId": task, "targetPersonId": someone}],
    )
    twenty.data(DESTROY_PEOPLE, f={"id": {"eq": someone}})
    left = twenty.data(
        "query($a:NoteTargetFilterInput,$b:TaskTargetFilterInput,$c:NoteFilterInput,$d:TaskFilterInput,"
        "$e:CompanyFilterInput){noteTargets(filter:$a){totalCount} taskTargets(filter:$b){totalCount} "
        "notes(filter:$c){totalCount} tasks(filter:$d){totalCount} companies(filter:$e){totalCount}}",
        a={"noteId": {"eq": note}},
        b={"taskId": {"eq": task}},
        c={"id": {"eq": note}},
        d={"id": {"eq": task}},
        e={"id": {"eq": company}},
    )
    counts = {name: found["totalCount"] for name, found in left.items()}
    assert counts == {"noteTargets": 0, "taskTargets": 0, "notes": 1, "tasks": 1, "companies": 1}


def test_deleting_a_note_bins_its_targets_and_restoring_brings_them_back(twenty: Calls) -> None:
    someone, note = new_id(), new_id()
    twenty.people({"id": someone})
    twenty.data("mutation($n:[NoteCreateInput!]!){createNotes(data:$n){id}}", n=[{"id": note}])
    twenty.data(
        "mutation($n:[NoteTargetCreateInput!]!){createNoteTargets(data:$n){id}}",
        n=[{"noteId": note, "targetPersonId": someone}],
    )
    targets = "query($f:NoteTargetFilterInput){noteTargets(filter:$f){totalCount}}"
    of_note = {"noteId": {"eq": note}}
    twenty.data("mutation($id:UUID!){deleteNote(id:$id){id}}", id=note)
    assert twenty.data(targets, f=of_note)["noteTargets"]["totalCount"] == 0
    twenty.data("mutation($id:UUID!){restoreNote(id:$id){id}}", id=note)
    assert twenty.data(targets, f=of_note)["noteTargets"]["totalCount"] == 1


def test_markdown_comes_back_and_has_blocks(twenty: Calls) -> None:
    text = "# Anamnese\n\n- een\n- **twee**\n\nslot"
    made = twenty.data(
        "mutation($n:[NoteCreateInput!]!){createNotes(data:$n){bodyV2{markdown blocknote}}}",
        n=[{"bodyV2": {"markdown": text}}],
    )
    body = made["createNotes"][0]["bodyV2"]
    assert body["markdown"].startswith("# Anamnese")
    assert '"type":"heading"' in body["blocknote"].replace(" ", "")


def test_members_cannot_be_made(twenty: Calls) -> None:
    query = "mutation($d:[WorkspaceMemberCreateInput!]!){createWorkspaceMembers(data:$d){id}}"
    said = twenty.refused(query, d=[{"name": {"firstName": "Els"}}])
    assert said == "Entity performing the request does not have permission"


def test_the_timeline_notes_what_was_made_and_changed(twenty: Calls) -> None:
    ident = new_id()
    twenty.people({"id": ident, "jobTitle": "Bakker"})
    twenty.data('mutation($id:UUID!){updatePerson(id:$id,data:{jobTitle:"Smid"}){id}}', id=ident)
    query = (
        "query($f:TimelineActivityFilterInput){timelineActivities(filter:$f,orderBy:[{happensAt:AscNullsFirst}])"
        "{edges{node{name properties}}}}"
    )
    found = twenty.nodes(query, f={"targetPersonId": {"eq": ident}})
    assert sorted(entry["name"] for entry in found) == ["person.created", "person.updated"]
    changed = next(entry["properties"]["diff"] for entry in found if entry["name"] == "person.updated")
    assert changed["jobTitle"] == {"before": "Bakker", "after": "Smid"}


def test_what_a_filter_no_longer_means_once_it_is_done_is_not_answered(twenty: Calls) -> None:
    ident = new_id()
    twenty.people({"id": ident, "jobTitle": "Bakker"})
    living = {"id": {"eq": ident}, "deletedAt": {"is": "NULL"}}
    binned = {"id": {"eq": ident}, "deletedAt": {"is": "NOT_NULL"}}
    restore = "mutation($f:PersonFilterInput!){restorePeople(filter:$f){id}}"
    assert twenty.data(DELETE_PEOPLE, f=living) == {"deletePeople": []}
    assert twenty.data(FIND_PEOPLE, f=binned)["people"]["totalCount"] == 1
    assert twenty.data(restore, f=binned) == {"restorePeople": []}
    assert twenty.data(FIND_PEOPLE, f=living)["people"]["totalCount"] == 1
    update = 'mutation($f:PersonFilterInput!){updatePeople(filter:$f,data:{jobTitle:"Smid"}){id jobTitle}}'
    was = {"id": {"eq": ident}, "jobTitle": {"eq": "Bakker"}}
    assert twenty.data(update, f=was) == {"updatePeople": [{"id": ident, "jobTitle": "Smid"}]}


# ----------------------------------------------------------------------------------------------------------------- REST
def test_rest_writes_the_same_records(twenty: Calls) -> None:
    ident = new_id()
    made = twenty.http.post("/rest/people", json={"id": ident, "jobTitle": "Kok"})
    assert made.status_code == 201
    assert made.json()["data"]["createPerson"]["jobTitle"] == "Kok"
    batch = twenty.http.post("/rest/batch/companies", json=[{"name": "A"}, {"name": "B"}])
    assert [one["name"] for one in batch.json()["data"]["createCompanies"]] == ["A", "B"]
    changed = twenty.http.patch(f"/rest/people/{ident}", json={"jobTitle": "Smid"})
    assert changed.json()["data"]["updatePerson"]["jobTitle"] == "Smid"
    found = twenty.http.get("/rest/people", params={"filter": f"id[eq]:{ident}", "depth": "0"}).json()
    assert [one["jobTitle"] for one in found["data"]["people"]] == ["Smid"]
    assert twenty.http.delete(f"/rest/people/{ident}").json()["data"] == {"deletePerson": {"id": ident}}
    assert twenty.http.get(f"/rest/people/{ident}").status_code == 404
