"""People and companies that were in Twenty before: matched, decided by a person, merged, verified, and put back."""

from __future__ import annotations

import csv
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest

from bridgework.twins.dentadmin.export_format import TABLES
from tests.support import Way, begin, copy_of, new_twin, small_practice

PEOPLE = "name{firstName lastName} emails{primaryEmail} phones{primaryPhoneNumber} jobTitle sourceSystemId deletedAt"


@dataclass(frozen=True)
class Prepared:
    """A migration whose workspace holds a family, somebody in the bin, and an insurer."""

    ready: Way
    workspace: Path
    made: Any
    patients: list[dict[str, str]]
    ids: dict[str, str]

    def ref(self, patient: dict[str, str]) -> str:
        return f"patienten.csv:{self.patients.index(patient) + 2}"


def ask(way: Way, query: str, **variables: Any) -> Any:
    answer = httpx2.post(
        f"{way.twin.url}/graphql",
        json={"query": query, "variables": variables},
        headers={"Authorization": f"Bearer {way.twin.key}"},
    ).json()
    assert "errors" not in answer, answer
    return answer["data"]


def create(way: Way, type_: str, plural: str, **data: Any) -> str:
    made = ask(way, f"mutation($d:[{type_}CreateInput!]!){{create{plural}(data:$d){{id}}}}", d=[data])
    return str(made[f"create{plural}"][0]["id"])


def rows_of(export: Path, object_: str) -> list[dict[str, str]]:
    table = next(one for one in TABLES if one.object == object_)
    with (export / table.file_name("nl")).open(encoding="cp1252", newline="") as file:
        headers = {column.header("nl"): column.key for column in table.columns}
        return [{headers[name]: text for name, text in row.items()} for row in csv.DictReader(file, delimiter=";")]


def name_of(row: dict[str, str]) -> dict[str, str]:
    return {"firstName": row["first_name"], "lastName": row["last_name"]}


def phone_of(row: dict[str, str]) -> dict[str, str]:
    digits = "".join(sign for sign in row["mobile"].replace("(0)", "") if sign.isdigit())
    return {
        "primaryPhoneNumber": digits.removeprefix("32").removeprefix("0"),
        "primaryPhoneCountryCode": "BE",
        "primaryPhoneCallingCode": "+32",
    }


def person(way: Way, id_: str) -> dict[str, Any]:
    either = {"or": [{"deletedAt": {"is": "NULL"}}, {"deletedAt": {"is": "NOT_NULL"}}]}
    where = {"and": [{"id": {"eq": id_}}, either]}
    found = ask(way, f"query($f:PersonFilterInput){{people(filter:$f){{edges{{node{{id {PEOPLE}}}}}}}}}", f=where)
    return dict(found["people"]["edges"][0]["node"])


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    root = tmp_path_factory.mktemp("already")
    made = small_practice(root / "export", patients=25, messy=False)
    patients = rows_of(root / "export", "patient")
    insurer = rows_of(root / "export", "insurer")[0]
    father, mother, child = patients[0], patients[1], patients[2]
    assert father["email"] == mother["email"] == child["email"]
    gone = next(one for one in patients[3:] if "@" in one["email"] and one["email"] != father["email"])
    with new_twin(made, data=root / "workspace") as twin:
        way = Way(root / "migration", twin)
        ids = {
            # The family's address is the mother's in Twenty; the father is known there by another one.
            "mother": create(
                way, "Person", "People", name=name_of(mother), emails={"primaryEmail": mother["email"]}, jobTitle="Chef"
            ),
            "father": create(
                way, "Person", "People", name=name_of(father), emails={"primaryEmail": "elders@anders.example"},
                phones=phone_of(father),
            ),
            "twin": create(
                way, "Person", "People", name={**name_of(child), "firstName": "Wannes"}, phones=phone_of(child)
            ),
            "binned": create(way, "Person", "People", name=name_of(gone), emails={"primaryEmail": gone["email"]}),
            "insurer": create(way, "Company", "Companies", name=insurer["name"]),
        }  # fmt: skip
        ask(way, "mutation($id:UUID!){deletePerson(id:$id){id}}", id=ids["binned"])
        ready = begin(root / "migration", root / "export", twin)
    return Prepared(ready, root / "workspace", made, patients, ids)


@pytest.fixture
def way(prepared: Prepared, tmp_path: Path) -> Iterator[Way]:
    subprocess.run(["cp", "-r", prepared.workspace, tmp_path / "workspace"], check=True)
    with new_twin(prepared.made, data=tmp_path / "workspace", max_records=20) as twin:
        yield copy_of(prepared.ready, tmp_path / "migration", twin)


def pairs(way: Way, *words: str) -> dict[str, dict[str, Any]]:
    ended = way.run("match", *words)
    assert ended.code == 0, (ended.document.get("error"), ended.stderr)
    return {one["record"]: one for one in ended.document["match"]["pairs"]}


def decided(way: Way) -> None:
    """Decide as the practice would, and sign it."""
    insurers = [one for one in pairs(way).values() if one["source_object"] == "insurer"]
    for one in insurers:
        pairs(way, "--same", one["ref"], one["record"])
    pairs(way, "--accept-above")
    pairs(way, "--approve-as", "Test")


def test_the_pairs_are_grouped_and_say_why(way: Way, prepared: Prepared) -> None:
    found, ids = pairs(way), prepared.ids
    assert {id_: one["group"] for id_, one in found.items()} == {
        ids["mother"]: "proposed",
        ids["father"]: "proposed",
        ids["binned"]: "deleted",
        ids["insurer"]: "asked",
    }
    assert found[ids["mother"]]["ref"] == prepared.ref(prepared.patients[1])
    assert found[ids["mother"]]["reasons"] == ["the name is the same", "the e-mail address is the same"]
    assert found[ids["father"]]["reasons"] == ["the name is the same", "the phone number is the same"]


def test_no_value_is_shown_unless_it_is_asked_for(way: Way, prepared: Prepared) -> None:
    mother = prepared.patients[1]
    masked = way.run("match")
    page = way.folder / "reports" / "match.html"
    assert mother["email"] not in str(masked.document) + masked.stderr + page.read_text()
    assert mother["last_name"] not in str(masked.document) + page.read_text()
    shown = way.run("match", "--show-values")
    assert mother["email"] in str(shown.document)
    assert mother["email"] in page.read_text()


def test_nothing_is_loaded_before_every_match_is_decided_and_signed(way: Way) -> None:
    stops = way.run("sample", "--plan", "--patients", "3").document["plan"]["stops"]
    assert {(one["code"], one["object"]) for one in stops} == {
        ("EXISTING-UNDECIDED", "person"),
        ("EXISTING-UNDECIDED", "company"),
    }
    assert way.run("sample", "--apply", "--patients", "3").code == 1
    early = way.run("match", "--approve-as", "Test")
    assert (early.code, early.document["error"]["code"]) == (1, "EXISTING-UNDECIDED")
    decided(way)
    assert way.run("sample", "--apply", "--patients", "3").code == 0


def test_a_merge_is_verified_and_taken_back_exactly(way: Way, prepared: Prepared) -> None:
    before, ids = way.twin.dump(), prepared.ids
    decided(way)
    outcome = way.apply("load").document["outcome"]
    sums = {one["object"]: one for one in outcome["counts"]["accounts"]}
    assert (sums["patient"]["merged"], sums["insurer"]["merged"]) == (2, 1)
    assert all(one["closes"] for one in sums.values())
    mother, father = person(way, ids["mother"]), person(way, ids["father"])
    assert mother["jobTitle"] == "Chef"
    assert mother["emails"]["primaryEmail"] == prepared.patients[1]["email"]
    assert mother["sourceSystemId"] == f"patient:{prepared.patients[1]['number']}"
    assert father["emails"]["primaryEmail"] == "elders@anders.example"
    assert person(way, ids["binned"])["deletedAt"] is not None
    assert person(way, ids["twin"])["sourceSystemId"] in (None, "")
    verified = way.apply("verify").document["outcome"]
    assert verified["passed"], verified
    undone = way.apply("rollback").document["outcome"]
    assert undone["passed"], undone
    assert undone["counts"]["equal"]
    assert way.twin.dump() == before


def test_kill_nine_between_the_merges_costs_nothing(way: Way, prepared: Prepared) -> None:
    before = way.twin.dump()
    decided(way)
    for writes in (1, 2, 1):  # the insurer's merge is the first write, the patients' come after the companies
        process = way.start("sample", "--patients", "25")
        limit = way.twin.stats.creates + writes
        while way.twin.stats.creates < limit:
            with suppress(subprocess.TimeoutExpired):
                assert process.wait(0.002) is None, "the sample was done before it could be killed"
        process.kill()
        process.wait()
    way.apply("load")
    assert way.apply("verify").document["outcome"]["passed"]
    assert person(way, prepared.ids["mother"])["sourceSystemId"] == f"patient:{prepared.patients[1]['number']}"
    assert way.apply("rollback").document["outcome"]["counts"]["equal"]
    assert way.twin.dump() == before
    assert way.run("log", "--verify").code == 0
