"""How completely a rehearsal foretells the real run: sets traps in a workspace, rehearses, runs, and compares.

    BRIDGEWORK_CHECK_URL=http://… BRIDGEWORK_CHECK_KEY=… python -m tests.acceptance.rehearsal_check [--patients 60]

The workspace must be a fresh one that nobody needs: it is loaded and not cleaned up. Two rounds are compared. In the
first, fields of the workspace stand in the way of the schema; in the second, these are gone and records, options, an
automation and a unique field are there to run into.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import httpx2

from bridgework.store import Store
from bridgework.store.notes import findings
from bridgework.store.tables import quarantine
from bridgework.twins.dentadmin.export_format import TABLES
from tests.support import PASSPHRASE, Way, small_practice

_PATIENCE = 120  # seconds, on a real server; the twin is through with it at once
_LONGEST = 3_600  # seconds for one command: a real server on a busy machine takes its time
Kinds = Counter[tuple[Any, ...]]


class Server(Protocol):
    """A workspace: the twin's, or a real one."""

    url: str
    key: str


@dataclass(slots=True)
class Real:
    """A workspace of a real server."""

    url: str
    key: str


@dataclass(slots=True)
class Measured:
    """What was foretold and what came, by kind of thing: stops, refusals one by one, findings with their counts."""

    foretold: dict[str, Kinds] = field(default_factory=dict)
    came: dict[str, Kinds] = field(default_factory=dict)
    figures: dict[str, float] = field(default_factory=dict)

    def shares(self, name: str) -> tuple[float, float]:
        """Of what came, the share that was foretold; of what was foretold, the share that came."""
        both = (self.foretold[name] & self.came[name]).total()
        return both / max(1, self.came[name].total()), both / max(1, self.foretold[name].total())


def call(server: Server, path: str, query: str, variables: Mapping[str, Any]) -> Any:
    """One call of the API; raises where it is refused."""
    answer = httpx2.post(
        f"{server.url}/{path}",
        json={"query": query, "variables": dict(variables)},
        headers={"Authorization": f"Bearer {server.key}"},
        timeout=60,
    ).json()
    assert "errors" not in answer, json.dumps(answer["errors"])[:1000]
    return answer["data"]


# --- the traps -------------------------------------------------------------------------------------------------------


def object_id(server: Server, name: str) -> str:
    """The metadata id of an object."""
    query = "query{objects(paging:{first:200}){edges{node{id nameSingular}}}}"
    edges = call(server, "metadata", query, {})["objects"]["edges"]
    return next(str(one["node"]["id"]) for one in edges if one["node"]["nameSingular"] == name)


def make_field(server: Server, object_: str, name: str, type_: str, **more: Any) -> str:
    """Make a custom field; its metadata id."""
    given = {"objectMetadataId": object_id(server, object_), "name": name, "label": f"Ours {name}", "type": type_}
    mutation = "mutation($i:CreateOneFieldMetadataInput!){createOneField(input:$i){id}}"
    wanted = {**given, "isLabelSyncedWithName": False, **more}
    return str(call(server, "metadata", mutation, {"i": {"field": wanted}})["createOneField"]["id"])


def remove_field(server: Server, id_: str) -> None:
    """Remove a custom field again."""
    off = "mutation($i:UpdateOneFieldMetadataInput!){updateOneField(input:$i){id}}"
    call(server, "metadata", off, {"i": {"id": id_, "update": {"isActive": False}}})
    call(server, "metadata", "mutation($i:DeleteOneFieldInput!){deleteOneField(input:$i){id}}", {"i": {"id": id_}})


def make_people(server: Server, people: list[dict[str, Any]], *, deleted: int) -> None:
    """People who are there already; the first so many are put into the bin."""
    given = [{"name": {"firstName": "Was", "lastName": "There"}, **one} for one in people]
    made = call(server, "graphql", "mutation($d:[PersonCreateInput!]!){createPeople(data:$d){id}}", {"d": given})
    for one in made["createPeople"][:deleted]:
        call(server, "graphql", "mutation($id:UUID!){deletePerson(id:$id){id}}", {"id": one["id"]})


def values_of(export: Path, key: str) -> list[str]:
    """The different values of a column of the patients, in the order of the file."""
    table = next(one for one in TABLES if one.object == "patient")
    header = next(one.nl for one in table.columns if one.key == key)
    with (export / table.file_name("nl")).open(encoding="cp1252", newline="", errors="replace") as file:
        cells = (row[header].strip() for row in csv.DictReader(file, delimiter=";"))
        return list(dict.fromkeys(cell for cell in cells if cell))


def set_traps_for_the_schema(server: Server) -> list[str]:
    """Fields that are in the way: ours as another type, and one where the other side of a relation would be."""
    return [make_field(server, "person", "birthDate", "TEXT"), make_field(server, "company", "patientsTreated", "TEXT")]


def set_traps_for_records(server: Server, export: Path) -> None:
    """Taken addresses, half of them in the bin; a unique field with taken values; a pick-list that lacks options."""
    options = [{"value": "MALE", "label": "Man", "color": "green", "position": 0}]
    make_field(server, "person", "sex", "SELECT", options=options)
    make_field(server, "person", "membershipNumber", "TEXT", isUnique=True)
    usable = [one.lower() for one in values_of(export, "email") if one.count("@") == 1 and not {" ", ";"} & {*one}]
    emails = list(dict.fromkeys(usable))[:8]
    numbers = [one for one in values_of(export, "membership_number") if one.isdigit()][:4]
    make_people(server, [{"emails": {"primaryEmail": one}} for one in emails], deleted=len(emails) // 2)
    make_people(server, [{"membershipNumber": one} for one in numbers], deleted=len(numbers) // 2)
    wait_for_workflows(server, len(emails))


def wait_for_workflows(server: Server, runs: int) -> None:
    """Wait until the workflow that a fresh workspace has is through with the people who were made."""
    query = "query{workflowRuns(filter:{status:{in:[COMPLETED,FAILED]}}){totalCount}}"
    for _ in range(_PATIENCE):
        if call(server, "graphql", query, {})["workflowRuns"]["totalCount"] >= runs:
            return
        time.sleep(1)


# --- the comparison --------------------------------------------------------------------------------------------------


def measure(folder: Path, server: Server, *, patients: int) -> Measured:
    """Set the traps, rehearse, run, and gather what was foretold and what came."""
    result, export = Measured(), folder / "export"
    small_practice(export, patients=patients)
    way = Way(folder / "migration", server, timeout=_LONGEST)  # type: ignore[arg-type]
    assert way.run("init", "--practice", str(export), "--twenty", server.url, "--rate", "0").code == 0
    # Who holds a patient's address is a trap here, and no match: nobody is asked about it.
    settings = way.folder / "bridgework.toml"
    settings.write_text(settings.read_text() + "\n[existing]\nsame = 1.0\nnew = 1.0\n")
    way.apply("audit")
    way.apply("map")
    in_the_way = set_traps_for_the_schema(server)
    rehearsed = way.run("rehearse").document["outcome"]["counts"]
    result.foretold["stops"] = stops(rehearsed["stops"])
    result.came["stops"] = stops(way.run("schema", "--plan").document["plan"]["stops"])
    for one in in_the_way:
        remove_field(server, one)
    set_traps_for_records(server, export)
    ended = way.run("rehearse")
    assert ended.code == 0, (ended.document.get("error"), ended.document.get("outcome", {}).get("message"))
    rehearsed = ended.document["outcome"]["counts"]
    way.apply("schema")
    assert way.run("sample", "--apply").code == 0  # of the size that the settings say, as the rehearsal took it
    for stage in ("load", "verify"):
        way.apply(stage)
    result.foretold |= {"refusals": refusals(rehearsed["refusals"]), "findings": counts(rehearsed["findings"])}
    result.came |= gathered(way)
    result.figures["records foretold"] = sum(one["loaded"] for one in rehearsed["accounts"])
    verified = json.loads((way.folder / "reports/verification.json").read_text())
    result.figures["records that came"] = sum(one["loaded"] for one in verified["accounts"])
    result.figures["calls foretold"] = sum(one["calls"] for one in rehearsed["stages"][:3])
    return result


def gathered(way: Way) -> dict[str, Kinds]:
    """What the real run refused and found."""
    store = Store.open(way.folder / "store.db", PASSPHRASE)
    with store.read() as connection:
        rows = [dict(row) for row in connection.execute(quarantine.select()).mappings()]
    found = [vars_of(one) for one in findings(store) if one.stage.startswith("load")]
    store.close()
    return {
        "refusals": refusals([one for one in rows if one["stage"].startswith("load")]),
        "findings": counts(found),
    }


def stops(rows: list[dict[str, Any]]) -> Kinds:
    """Stops by code and place."""
    return Counter((one["code"], one["object"], one["field"]) for one in rows)


def refusals(rows: list[dict[str, Any]]) -> Kinds:
    """Refusals one by one: the record, the code and the reason."""
    return Counter(tuple(one[name] for name in ("stage", "object", "file", "line", "code", "reason")) for one in rows)


def counts(rows: list[dict[str, Any]]) -> Kinds:
    """Findings by code and place, as often as they were counted."""
    return Counter({(one["code"], one["object"], one["field"], one["what"]): one["count"] for one in rows})


def vars_of(one: Any) -> dict[str, Any]:
    """A finding as a row."""
    return {name: getattr(one, name) for name in ("code", "object", "field", "what", "count")}


def main() -> int:
    """Measure against the server that the environment names, and print the shares."""
    parser = argparse.ArgumentParser(prog="python -m tests.acceptance.rehearsal_check")
    parser.add_argument("--patients", type=int, default=60)
    chosen = parser.parse_args()
    server = Real(os.environ["BRIDGEWORK_CHECK_URL"].rstrip("/"), os.environ["BRIDGEWORK_CHECK_KEY"])
    with tempfile.TemporaryDirectory() as folder:
        result = measure(Path(folder), server, patients=chosen.patients)
    for name, came in result.came.items():
        foretold, right = result.shares(name)
        sys.stdout.write(
            f"{name:<10} {came.total():>6} came; {foretold:.1%} foretold; {right:.1%} of the foretold came\n"
        )
        for missed in (came - result.foretold[name]).most_common(10):
            sys.stdout.write(f"  not foretold: {missed}\n")
        for false in (result.foretold[name] - came).most_common(10):
            sys.stdout.write(f"  did not come: {false}\n")
    for figure, value in result.figures.items():
        sys.stdout.write(f"{figure:<20} {value:>8,.0f}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
