"""What a fresh workspace holds: its members, its two workflows, and the demo records."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from bridgework.twins.twenty.converting import defaults
from bridgework.twins.twenty.members import Member
from bridgework.twins.twenty.model import new_id
from bridgework.twins.twenty.standard import facts
from bridgework.twins.twenty.values import dumped

if TYPE_CHECKING:
    from bridgework.twins.twenty.workspace import Workspace

ADMIN = Member("", "", "admin@practice.example")
SYSTEM = {
    "createdBySource": "SYSTEM",
    "createdByName": "System",
    "updatedBySource": "SYSTEM",
    "updatedByName": "System",
}
AVATARS = "https://twentyhq.github.io/placeholder-images/founders"
_ADDRESS = ("Street1", "Street2", "City", "Postcode", "State", "Country")
Columns = dict[str, Any]


class Founder:
    """Fills a fresh workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.model = workspace.model

    def found(self, members: Sequence[Member], *, demo: bool) -> None:
        """Members and workflows always, the demo records where they are wanted."""
        admin = self._members([ADMIN, *members])
        for raw in facts("demo")["workflows"]:
            self._workflow(raw)
        if demo:
            for position, raw in enumerate(facts("demo")["companies"], 1):
                self._company(raw, position, admin)
            self.add("dashboard", {"title": "My First Dashboard", "position": 0, "pageLayoutId": new_id(), **SYSTEM})
            self._trial(facts("demo")["trial"])

    def add(self, name: str, columns: Columns) -> str:
        """A record as the server makes it for itself: nobody's name to it, and nothing set off."""
        item = self.model.by_name[name]
        row = {column: make() for column, make in defaults(item, self.workspace.now()).items()} | columns
        self.workspace.store.insert(item, list(row), [tuple(row.values())])
        return str(row["id"])

    def _members(self, members: Sequence[Member]) -> str:
        made = [
            self.add(
                "workspaceMember",
                {"nameFirstName": member.name_first or None, "nameLastName": member.name_last or None,
                 "userEmail": member.email.lower(), "userId": new_id(), "position": position},
            )
            for position, member in enumerate(members)
        ]  # fmt: skip
        return made[0]

    # ------------------------------------------------------------------------------------------------------- workflows
    def _workflow(self, raw: Columns) -> None:
        """A published workflow with its version, and the trigger that the server watches."""
        version = new_id()
        named = {"name": raw["name"], "position": raw["position"], "statuses": dumped(["ACTIVE"])}
        workflow = self.add("workflow", {**named, "lastPublishedVersionId": version, **SYSTEM})
        settings = self._settings(raw) if "trigger" in raw else {"availability": {"type": "GLOBAL"}, "outputSchema": {}}
        kind = "DATABASE_EVENT" if "trigger" in raw else "MANUAL"
        trigger = {"name": "Record is created or updated" if "trigger" in raw else "Launch manually", "type": kind,
                   "settings": settings}  # fmt: skip
        steps = [dict(zip(("type", "name"), line.split(" ", 1), strict=True), id=new_id()) for line in raw["steps"]]
        self.add(
            "workflowVersion",
            {"id": version, "name": "v1", "status": "ACTIVE", "workflowId": workflow, "trigger": dumped(trigger),
             "steps": dumped(steps)},
        )  # fmt: skip
        if kind == "DATABASE_EVENT":
            watched = {"type": kind, "settings": dumped(settings), "workflowId": workflow}
            self.add("workflowAutomatedTrigger", watched)

    def _settings(self, raw: Columns) -> Columns:
        """When a workflow runs: the event, the fields it minds, and whose records it leaves alone."""
        item = self.model.by_name[raw["trigger"].split(".")[0]]
        group = new_id()
        filters = [
            {"id": new_id(), "type": "ACTOR", "value": f'["{source}"]', "operand": "IS_NOT",
             "stepOutputKey": "{{trigger.properties.after.createdBy.source}}",
             "fieldMetadataId": item.by_name["createdBy"].id, "stepFilterGroupId": group,
             "positionInStepFilterGroup": position, "compositeFieldSubFieldName": "source"}
            for position, source in enumerate(raw["unless"])
        ]  # fmt: skip
        groups = [{"id": group, "logicalOperator": "AND"}]
        return {
            "eventName": raw["trigger"],
            "fields": raw["fields"],
            "filter": {"stepFilters": filters, "stepFilterGroups": groups},
        }

    # ------------------------------------------------------------------------------------------------------------ demo
    def _company(self, raw: Columns, position: int, admin: str) -> None:
        address = {f"addressAddress{name}": value or None for name, value in zip(_ADDRESS, raw["address"], strict=True)}
        company = self.add(
            "company",
            {"name": raw["name"], "domainNamePrimaryLinkUrl": raw["domain"], "position": position, **address, **SYSTEM},
        )
        first, last, email, phone, avatar = raw["person"]
        person = self.add(
            "person",
            {"nameFirstName": first, "nameLastName": last, "emailsPrimaryEmail": email,
             "phonesPrimaryPhoneNumber": phone, "phonesPrimaryPhoneCallingCode": "+1",
             "avatarUrl": f"{AVATARS}/{avatar}.jpg", "companyId": company, "position": position, **SYSTEM},
        )  # fmt: skip
        for line in raw["deals"]:
            name, micros, close, stage, place = line.split("|")
            self.add(
                "opportunity",
                {"name": name, "amountAmountMicros": int(micros), "amountCurrencyCode": "USD", "closeDate": close,
                 "stage": stage, "position": int(place), "companyId": company, "pointOfContactId": person,
                 "ownerId": admin, **SYSTEM},
            )  # fmt: skip

    def _trial(self, raw: Columns) -> None:
        item = self.workspace.objects.create(raw["object"])
        for line in raw["fields"]:
            self.workspace.fields.create({"objectMetadataId": item.id, **line})
        relation = raw["relation"]
        target = {"targetObjectMetadataId": self.model.by_name[relation["target"]].id, "type": "MANY_TO_ONE",
                  "targetFieldLabel": relation["targetFieldLabel"], "targetFieldIcon": "IconDental"}  # fmt: skip
        self.workspace.fields.create(
            {"objectMetadataId": item.id, "type": "RELATION", "name": relation["name"], "label": relation["label"],
             "relationCreationPayload": target}
        )  # fmt: skip
