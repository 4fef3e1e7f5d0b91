"""What a workspace holds before a migration: people's own work, and two people who turn out to be patients."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

from tests.acceptance.outside import Outside
from tests.acceptance.practice_edits import Practice
from tests.acceptance.real_steps import Run

_PATIENCE = 1_800  # seconds for a server's workflows to come to rest


class Before:
    """Makes what is there before, and looks after it."""

    def __init__(self, outside: Outside, practice: Practice) -> None:
        self.outside, self.practice = outside, practice
        self.merged = ""
        self.binned = ""
        self.triggers: dict[str, Any] = {}

    def make(self) -> None:
        """A person with a note, a task and a file; a company; somebody in the bin; two who are patients, one binned."""
        create = self.outside.create
        one = create(
            "person", name={"firstName": "Was", "lastName": "There"},
            emails={"primaryEmail": "was@there-before.example"}, jobTitle="before",
        )  # fmt: skip
        note = create("note", title="before", bodyV2={"markdown": "a note from before"})
        task = create("task", title="before", status="TODO")
        create("noteTarget", noteId=note, targetPersonId=one)
        create("taskTarget", taskId=task, targetPersonId=one)
        create("company", name="There Before")
        self.outside.attach("before.txt", b"a file from before", targetPersonId=one)
        self.outside.remove("person", create("person", name={"firstName": "Was", "lastName": "Deleted"}))
        first, second = self._patients()
        self.merged = create("person", **_as_person(first), jobTitle="known before")
        self.binned = create("person", **_as_person(second), jobTitle="known and deleted")
        self.outside.remove("person", self.binned)
        self.triggers = self._triggers()

    def _patients(self) -> Sequence[Mapping[str, str]]:
        """Two patients with names and addresses that nobody else has."""
        rows = list(self.practice.rows("patient").values())
        emails = [row["email"] for row in rows]
        names = [(row["first_name"], row["last_name"]) for row in rows]
        fit = [
            row
            for row in rows
            if row["email"].count("@") == 1
            and not {" ", ";"} & {*row["email"]}
            and emails.count(row["email"]) == 1
            and names.count((row["first_name"], row["last_name"])) == 1
            and row["first_name"].isalpha()
            and row["last_name"].isalpha()
        ]
        return fit[-1], fit[-2]

    def wait_for_workflows(self) -> None:
        """Wait until the server has run what was set off, and the timeline has come to rest."""
        told, quiet = "", 0
        for _ in range(_PATIENCE):
            waiting = 'query{workflowRuns(filter:{status:{in:["NOT_STARTED","RUNNING","ENQUEUED"]}}){totalCount}}'
            running = self.outside.ask("graphql", waiting.replace('"', ""))["workflowRuns"]["totalCount"]
            now = str(self.outside.ask("graphql", "query{workflowRuns{totalCount}timelineActivities{totalCount}}"))
            quiet = quiet + 1 if now == told and not running else 0
            if quiet >= 3:
                return
            told = now
            time.sleep(1)

    def check_pairs(self, run: Run, pairs: list[dict[str, Any]]) -> None:
        """Both patients who were there are found, and nobody else of the workspace is merged by itself."""
        found = {one["record"]: one["group"] for one in pairs}
        run.expect(found.get(self.merged) == "proposed", f"the patient who was there is {found.get(self.merged)}")
        run.expect(found.get(self.binned) == "deleted", f"the patient in the bin is {found.get(self.binned)}")

    def refs_in_the_bin(self, pairs: list[dict[str, Any]]) -> list[str]:
        """The practice's records whose matches lie in the bin."""
        return [one["ref"] for one in pairs if one["group"] == "deleted"]

    def check_automations(self, run: Run) -> None:
        """The workflows' triggers are as they were, but for the moment of their last change."""
        run.expect(self._triggers() == self.triggers, "the workflows' triggers are not as they were after the load")

    def _triggers(self) -> dict[str, Any]:
        rows = self.outside.scan("workflowAutomatedTrigger", selection="id type deletedAt workflowId settings")
        return {one["id"]: one for one in rows}


def _as_person(row: Mapping[str, str]) -> dict[str, Any]:
    return {
        "name": {"firstName": row["first_name"], "lastName": row["last_name"]},
        "emails": {"primaryEmail": row["email"].lower()},
    }
