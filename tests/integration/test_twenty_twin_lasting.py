"""What stays: a twin with a folder comes back as it was, and two workspaces filled alike are equal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bridgework.twins.twenty import Member, TwentyTwin
from tests.integration.twenty_twin_calls import Calls, calls, new_id

ATTACH = "mutation($d:[AttachmentCreateInput!]!){createAttachments(data:$d){id file{url}}}"
MEMBERS = "query{workspaceMembers{edges{node{name{firstName lastName} userEmail}}}}"
PERSON, VISIT, ATTACHMENT = (new_id() for _ in range(3))


def fill(twenty: Calls) -> str:
    """A data model, records, a file and something in the bin; the address of the file."""
    twenty.pause_workflow()
    visit = twenty.make_object("visit", "visits")
    twenty.relate(visit, "patient", twenty.object_ids()["person"], "visits")
    twenty.people({"id": PERSON, "emails": {"primaryEmail": "an@example.be"}})
    query = "mutation($d:[VisitCreateInput!]!){createVisits(data:$d){id}}"
    twenty.data(query, d=[{"id": VISIT, "name": "controle", "patientId": PERSON}])
    twenty.data("mutation($id:UUID!){deleteVisit(id:$id){id}}", id=VISIT)
    made = twenty.upload(b"bytes", "x.txt", twenty.field_id("attachment", "file"))
    held = {"id": ATTACHMENT, "targetPersonId": PERSON, "file": [{"fileId": made["id"], "label": "x.txt"}]}
    found: dict[str, Any] = twenty.data(ATTACH, d=[held])["createAttachments"][0]
    return str(found["file"][0]["url"])


def test_a_twin_with_a_folder_comes_back_as_it_was(tmp_path: Path) -> None:
    members = [Member("Els", "Peeters", "els@example.be")]
    with TwentyTwin(data=tmp_path / "twin", members=members) as first, calls(first) as twenty:
        url = fill(twenty).removeprefix(first.url)
        key, before = first.key, first.dump()
    with TwentyTwin(data=tmp_path / "twin", members=members) as second, calls(second) as twenty:
        assert second.key == key
        assert second.dump() == before
        assert twenty.http.get(url).content == b"bytes"
        assert len(twenty.nodes(MEMBERS)) == 2
        twenty.data("mutation($id:UUID!){restoreVisit(id:$id){id}}", id=VISIT)
        assert twenty.nodes("query{visits{edges{node{patient{id}}}}}") == [{"patient": {"id": PERSON}}]


def test_workspaces_filled_alike_are_equal_and_others_are_not() -> None:
    with TwentyTwin() as one, TwentyTwin() as other, calls(one) as here, calls(other) as there:
        assert one.dump() == other.dump()
        fill(here)
        assert one.dump() != other.dump()
        fill(there)
        assert one.dump() == other.dump()
        here.data('mutation($id:UUID!){updatePerson(id:$id,data:{jobTitle:"Bakker"}){id}}', id=PERSON)
        assert one.dump() != other.dump()


def test_a_workspace_where_all_is_taken_back_is_as_it_was() -> None:
    with TwentyTwin() as twin, calls(twin) as twenty:
        before = twin.dump()
        trigger = twenty.pause_workflow()
        twenty.people({"id": PERSON, "emails": {"primaryEmail": "an@example.be"}})
        twenty.data("mutation($id:UUID!){destroyPerson(id:$id){id}}", id=PERSON)
        twenty.data("mutation($id:UUID!){restoreWorkflowAutomatedTrigger(id:$id){id}}", id=trigger)
        assert twin.dump() == before


def test_members_are_there_from_the_start() -> None:
    with TwentyTwin(members=[Member("Els", "Peeters", "els@example.be")]) as twin, calls(twin) as twenty:
        found = twenty.nodes(MEMBERS)
    assert {"name": {"firstName": "Els", "lastName": "Peeters"}, "userEmail": "els@example.be"} in found


def test_demonstration_records_are_there_where_wanted() -> None:
    count = "query{people{totalCount} companies{totalCount}}"
    with TwentyTwin() as twin, calls(twin) as twenty:
        assert all(found["totalCount"] > 0 for found in twenty.data(count).values())
    with TwentyTwin(demo=False) as twin, calls(twin) as twenty:
        assert all(found["totalCount"] == 0 for found in twenty.data(count).values())
