"""The workflow of a fresh workspace: people that are written get a company, unless it is paused."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from bridgework.twins.twenty import TwentyTwin
from tests.integration.twenty_twin_calls import Calls, calls, new_id

COMPANIES = "query{companies{edges{node{id name domainName{primaryLinkUrl} people{edges{node{id}}}}}}}"
RUNS = "query{workflowRuns{edges{node{status workflow{name}}}}}"


@pytest.fixture
def twenty() -> Iterator[Calls]:
    with TwentyTwin(demo=False) as twin, calls(twin) as made:
        yield made


def write(twenty: Calls, email: str | None, *, upsert: bool = False, **more: Any) -> str:
    emails = {"emails": {"primaryEmail": email}} if email else {}
    return twenty.people({**emails, **more}, upsert=upsert)[0]


def test_a_person_gets_the_company_of_its_domain(twenty: Calls) -> None:
    first, second = write(twenty, "an@praktijk.example"), write(twenty, "bo@praktijk.example", upsert=True)
    (company,) = twenty.nodes(COMPANIES)
    assert company["domainName"]["primaryLinkUrl"] == "https://praktijk.example"
    assert {edge["node"]["id"] for edge in company["people"]["edges"]} == {first, second}
    runs = twenty.nodes(RUNS)
    assert [run["status"] for run in runs] == ["COMPLETED", "COMPLETED"]
    assert {run["workflow"]["name"] for run in runs} == {"Create company when adding a new person"}


def test_a_private_mailbox_makes_no_company(twenty: Calls) -> None:
    write(twenty, "an@gmail.com")
    assert twenty.nodes(COMPANIES) == []


def test_it_takes_a_person_away_from_its_company(twenty: Calls) -> None:
    employer = new_id()
    twenty.data("mutation($d:[CompanyCreateInput!]!){createCompanies(data:$d){id}}", d=[{"id": employer}])
    someone = write(twenty, "an@praktijk.example", companyId=employer)
    query = "query($f:PersonFilterInput){people(filter:$f){edges{node{companyId}}}}"
    (found,) = twenty.nodes(query, f={"id": {"eq": someone}})
    assert found["companyId"] not in {None, employer}


def test_an_update_sets_it_off_only_where_the_address_changes(twenty: Calls) -> None:
    someone = write(twenty, "an@praktijk.example")
    twenty.people({"id": someone, "jobTitle": "Bakker"}, upsert=True)
    assert len(twenty.nodes(RUNS)) == 1
    twenty.people({"id": someone, "emails": {"primaryEmail": "an@elders.example"}}, upsert=True)
    assert len(twenty.nodes(RUNS)) == 2
    assert len(twenty.nodes(COMPANIES)) == 2


def test_a_paused_workflow_rests_until_it_is_restored(twenty: Calls) -> None:
    trigger = twenty.pause_workflow()
    write(twenty, "an@praktijk.example")
    assert twenty.nodes(COMPANIES) == twenty.nodes(RUNS) == []
    twenty.data("mutation($id:UUID!){restoreWorkflowAutomatedTrigger(id:$id){id}}", id=trigger)
    write(twenty, "bo@praktijk.example")
    assert len(twenty.nodes(COMPANIES)) == len(twenty.nodes(RUNS)) == 1
