"""What the tests of the Twenty twin share: a client that speaks to it as any program would."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import httpx2

from bridgework.twins.twenty import TwentyTwin

CREATE_PEOPLE = "mutation($d:[PersonCreateInput!]!,$u:Boolean){createPeople(data:$d,upsert:$u){id name{firstName}}}"
OBJECTS = "query{objects(paging:{first:200}){edges{node{id nameSingular fieldsList{id name}}}}}"
CREATE_OBJECT = "mutation($i:CreateOneObjectInput!){createOneObject(input:$i){id nameSingular}}"
CREATE_FIELD = "mutation($i:CreateOneFieldMetadataInput!){createOneField(input:$i){id name type isUnique}}"
TRIGGERS = "query{workflowAutomatedTriggers{edges{node{id}}}}"
PAUSE = "mutation($id:UUID!){deleteWorkflowAutomatedTrigger(id:$id){id}}"


class Calls:
    """Calls to one twin, with its key."""

    def __init__(self, twin: TwentyTwin, http: httpx2.Client) -> None:
        self.twin = twin
        self.http = http

    def send(self, path: str, query: str, variables: dict[str, Any] | None = None) -> dict[str, Any]:
        """The whole answer of a GraphQL request."""
        answer = self.http.post(path, json={"query": query, "variables": variables or {}})
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def data(self, query: str, **variables: Any) -> dict[str, Any]:
        """The data of a record request that is carried out."""
        answer = self.send("/graphql", query, variables)
        assert "errors" not in answer, answer
        found: dict[str, Any] = answer["data"]
        return found

    def refused(self, query: str, **variables: Any) -> str:
        """The message of a record request that is refused."""
        return str(self.send("/graphql", query, variables)["errors"][0]["message"])

    def metadata(self, query: str, **variables: Any) -> dict[str, Any]:
        """The data of a metadata request that is carried out."""
        answer = self.send("/metadata", query, variables)
        assert "errors" not in answer, answer
        found: dict[str, Any] = answer["data"]
        return found

    def nodes(self, query: str, **variables: Any) -> list[dict[str, Any]]:
        """The nodes of a query with one root."""
        (found,) = self.data(query, **variables).values()
        return [edge["node"] for edge in found["edges"]]

    # ------------------------------------------------------------------------------------------------- what they need
    def people(self, *people: dict[str, Any], upsert: bool = False) -> list[str]:
        """Create people; their ids."""
        made = self.data(CREATE_PEOPLE, d=list(people), u=upsert)
        return [one["id"] for one in made["createPeople"]]

    def object_ids(self) -> dict[str, str]:
        """The ids of all objects, by name."""
        found = self.metadata(OBJECTS)["objects"]["edges"]
        return {edge["node"]["nameSingular"]: edge["node"]["id"] for edge in found}

    def field_id(self, item: str, name: str) -> str:
        """The id of a field."""
        for edge in self.metadata(OBJECTS)["objects"]["edges"]:
            if edge["node"]["nameSingular"] == item:
                return next(str(found["id"]) for found in edge["node"]["fieldsList"] if found["name"] == name)
        raise KeyError(item)

    def make_object(self, singular: str, plural: str) -> str:
        """Create a custom object; its id."""
        labels = {"labelSingular": singular.capitalize(), "labelPlural": plural.capitalize()}
        made = {"nameSingular": singular, "namePlural": plural, "icon": "IconTooth", **labels}
        return str(self.metadata(CREATE_OBJECT, i={"object": made})["createOneObject"]["id"])

    def make_field(self, item: str, kind: str, name: str, **more: Any) -> str:
        """Create a field on the object with this id; its id."""
        made = {"objectMetadataId": item, "type": kind, "name": name, "label": name.capitalize(), **more}
        return str(self.metadata(CREATE_FIELD, i={"field": made})["createOneField"]["id"])

    def relate(self, item: str, name: str, target: str, inverse: str) -> str:
        """Create a relation to one record of another object, with its list on the other side."""
        payload = {
            "type": "MANY_TO_ONE",
            "targetObjectMetadataId": target,
            "targetFieldLabel": inverse.capitalize(),
            "targetFieldIcon": "IconLink",
        }
        return self.make_field(item, "RELATION", name, relationCreationPayload=payload)

    def pause_workflow(self) -> str:
        """Soft-delete the trigger of the workflow that makes companies; the trigger's id."""
        (trigger,) = self.nodes(TRIGGERS)
        self.data(PAUSE, id=trigger["id"])
        return str(trigger["id"])

    def upload(self, content: bytes, name: str, field: str) -> dict[str, Any]:
        """Upload a file in one multipart request."""
        query = "mutation($file:Upload!,$f:String!){uploadFilesFieldFile(file:$file,fieldMetadataId:$f){id url size}}"
        operations = {"query": query, "variables": {"file": None, "f": field}}
        form = {"operations": json.dumps(operations), "map": json.dumps({"0": ["variables.file"]})}
        answer = self.http.post("/metadata", data=form, files={"0": (name, content)}).json()
        assert "errors" not in answer, answer
        found: dict[str, Any] = answer["data"]["uploadFilesFieldFile"]
        return found


@contextmanager
def calls(twin: TwentyTwin) -> Iterator[Calls]:
    """Calls to a twin that already serves."""
    headers = {"Authorization": f"Bearer {twin.key}"}
    with httpx2.Client(base_url=twin.url, headers=headers, timeout=60) as http:
        yield Calls(twin, http)


def new_id() -> str:
    """An id of a client's own."""
    return str(uuid4())
