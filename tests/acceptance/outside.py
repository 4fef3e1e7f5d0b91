"""What a workspace holds, read from outside: plain calls of its API with a key, none of Bridgework's own code.

What there is to read is asked of the server itself (introspection), so nothing is left out because it was not thought
of: every object with every field, those in the bin too, the bytes of files, and the data model with its views.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx2

_PAGE = 1_000
_TYPE = """query($n:String!){__type(name:$n){fields{name args{type{kind}}
type{kind name ofType{kind name ofType{kind name ofType{kind name}}}}}}}"""
# The lists of the metadata API that make up the data model and its views, and which lists within them are read too.
_MODEL: Mapping[str, Mapping[str, Any]] = {
    "objects": {
        "fieldsList": {"relation": {"targetObjectMetadata": {}, "targetFieldMetadata": {}}},
        "indexMetadataList": {"indexFieldMetadataList": {}},
        "searchFieldMetadataList": {},
    },
    "getViews": {
        "viewFields": {}, "viewFilters": {}, "viewSorts": {}, "viewGroups": {}, "viewFilterGroups": {},
        "viewFieldGroups": {},
    },
    "getPageLayouts": {"tabs": {"widgets": {}}},
    "navigationMenuItems": {},
    "commandMenuItems": {},
    "getRoles": {},
    "webhooks": {},
    "frontComponents": {},
    "skills": {},
    "findManyAgents": {},
    "findManyLogicFunctions": {},
}  # fmt: skip
_NOT_THERE = {"universalIdentifier"}  # of fields that the server itself computes from the rest
Records = dict[str, dict[str, Any]]


@dataclass
class Held:
    """What a workspace holds: by place (an object, or a list of the data model) and id."""

    model: dict[str, Records] = field(default_factory=dict)
    records: dict[str, Records] = field(default_factory=dict)

    def places(self) -> dict[str, Records]:
        """Records and data model together."""
        return {f"record {name}": rows for name, rows in self.records.items()} | {
            f"model {name}": rows for name, rows in self.model.items()
        }


@dataclass(frozen=True)
class Difference:
    """One thing that is new, gone, or has other values in some fields."""

    place: str
    id: str
    kind: str
    fields: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.place} {self.kind} {self.id} {' '.join(self.fields)}".rstrip()


class Outside:
    """A reader, and a person who edits, with a URL and a key."""

    def __init__(self, url: str, key: str) -> None:
        self.url = url.rstrip("/")
        self._http = httpx2.Client(timeout=600, headers={"Authorization": f"Bearer {key}"})
        self._plain = httpx2.Client(timeout=600)  # signed addresses need no key
        self._types: dict[tuple[str, str], list[tuple[str, str, str]]] = {}
        self._objects: dict[str, tuple[str, str]] = {}

    def close(self) -> None:
        self._http.close()
        self._plain.close()

    # --- one call --------------------------------------------------------------------------------------------------

    def ask(self, path: str, query: str, **variables: Any) -> Any:
        """One call of the API; raises AssertionError with the server's words where it is refused."""
        answer = self._http.post(f"{self.url}/{path}", json={"query": query, "variables": variables}).json()
        assert "errors" not in answer, json.dumps(answer["errors"])[:1000]
        return answer["data"]

    def create(self, object_: str, **data: Any) -> str:
        """Make a record as a person would; its id."""
        type_ = _capital(object_)
        made = self.ask("graphql", f"mutation($d:{type_}CreateInput!){{create{type_}(data:$d){{id}}}}", d=data)
        return str(made[f"create{type_}"]["id"])

    def edit(self, object_: str, id_: str, **data: Any) -> None:
        """Change fields of a record as a person would."""
        type_ = _capital(object_)
        mutation = f"mutation($id:UUID!,$d:{type_}UpdateInput!){{update{type_}(id:$id,data:$d){{id}}}}"
        self.ask("graphql", mutation, id=id_, d=data)

    def remove(self, object_: str, id_: str, *, for_good: bool = False) -> None:
        """Put a record into the bin, or destroy it."""
        root = f"{'destroy' if for_good else 'delete'}{_capital(object_)}"
        self.ask("graphql", f"mutation($id:UUID!){{{root}(id:$id){{id}}}}", id=id_)

    def forget_history(self, ids: list[str]) -> None:
        """Remove what timelines tell of tasks and notes that are about to be destroyed; the server would leave it."""
        columns = ("targetTaskId", "targetNoteId", "linkedRecordId")
        mutation = "mutation($f:TimelineActivityFilterInput!){destroyTimelineActivities(filter:$f){id}}"
        self.ask("graphql", mutation, f={"or": [{column: {"in": ids}} for column in columns]})

    def attach(self, name: str, content: bytes, **target: str) -> str:
        """Upload a file and attach it to a record; the attachment's id."""
        field_id = next(
            one["id"]
            for object_ in self.objects().values()
            if object_["nameSingular"] == "attachment"
            for one in object_["fieldsList"]
            if one["type"] == "FILES"
        )
        announce = (
            "mutation($n:String!,$s:Float!,$f:String!){createFileUpload(filename:$n,size:$s,fileFolder:FilesField,"
            "fieldMetadataId:$f){fileId uploadUrl contentType}}"
        )
        told = self.ask("metadata", announce, n=name, s=len(content), f=field_id)["createFileUpload"]
        put = self._plain.put(told["uploadUrl"], content=content, headers={"Content-Type": told["contentType"]})
        put.raise_for_status()
        done = "mutation($f:String!){completeFileUpload(fileId:$f){id}}"
        self.ask("metadata", done, f=told["fileId"])
        file = [{"fileId": told["fileId"], "label": name}]
        return self.create("attachment", name=name, file=file, fileCategory="OTHER", **target)

    # --- all of it -------------------------------------------------------------------------------------------------

    def hold(self) -> Held:
        """Everything: the data model, all records, and the hashes of all files."""
        self.refresh()
        held = Held(self.model())
        for name, (plural, _) in self.names().items():
            held.records[name] = {row["id"]: self._with_hashes(row) for row in self.scan(name, plural)}
        return held

    def refresh(self) -> None:
        """Ask anew what there is to ask for: the data model has changed."""
        self._objects, self._types = {}, {}

    def model(self) -> dict[str, Records]:
        """The data model and what hangs on it: each list by id."""
        found = {}
        for root, nested in _MODEL.items():
            if root == "objects":
                found[root] = self.objects()
            elif type_ := self._result_of(root):
                rows = self.ask("metadata", f"query{{{root}{{{self._selection('metadata', type_, nested)}}}}}")[root]
                found[root] = {row["id"]: _in_order(row) for row in rows}
        return found

    def objects(self) -> Records:
        """The objects of the data model with their fields and indexes, by id."""
        selection = self._selection("metadata", "Object", _MODEL["objects"])
        query = f"query{{objects(paging:{{first:1000}}){{edges{{node{{{selection}}}}}}}}}"
        edges = self.ask("metadata", query)["objects"]["edges"]
        return {edge["node"]["id"]: _in_order(edge["node"]) for edge in edges}

    def names(self) -> dict[str, tuple[str, str]]:
        """The plural and the type of every active object, by its name."""
        if not self._objects:
            self._objects = {
                one["nameSingular"]: (one["namePlural"], _capital(one["nameSingular"]))
                for one in self.objects().values()
                if one["isActive"]
            }
        return self._objects

    def scan(
        self,
        object_: str,
        plural: str = "",
        selection: str = "",
        where: Mapping[str, Any] | None = None,
        page: int = _PAGE,
    ) -> Iterator[dict[str, Any]]:
        """Every record of an object, those in the bin too, with every field or the named ones."""
        plural = plural or self.names()[object_][0]
        type_ = _capital(object_)
        selection = selection or self._selection("graphql", type_, {})
        query = (
            f"query($f:{type_}FilterInput,$a:String){{{plural}(filter:$f,first:{page},after:$a)"
            f"{{edges{{node{{{selection}}}}} pageInfo{{hasNextPage endCursor}}}}}}"
        )
        either: dict[str, Any] = {"or": [{"deletedAt": {"is": "NULL"}}, {"deletedAt": {"is": "NOT_NULL"}}]}
        wanted = {"and": [either, dict(where)]} if where else either
        after = None
        while True:
            answer = self.ask("graphql", query, f=wanted, a=after)[plural]
            yield from (edge["node"] for edge in answer["edges"])
            if not answer["pageInfo"]["hasNextPage"]:
                return
            after = answer["pageInfo"]["endCursor"]

    def record(self, object_: str, id_: str) -> dict[str, Any] | None:
        """One record with all its fields, also from the bin; None where it is not there."""
        return next(self.scan(object_, where={"id": {"eq": id_}}), None)

    def hash_of(self, url: str) -> str:
        """SHA-256 (hex) of the bytes at a signed address."""
        answer = self._plain.get(url, follow_redirects=True)
        answer.raise_for_status()
        return hashlib.sha256(answer.content).hexdigest()

    def gives(self, url: str) -> bool:
        """Whether the server still gives the bytes at a signed address."""
        return self._plain.get(url, follow_redirects=True).is_success

    def _with_hashes(self, row: dict[str, Any]) -> dict[str, Any]:
        """The record with the hashes of its files in place of their addresses, which change with each reading."""
        return {
            name: [
                {key: part for key, part in one.items() if key != "url"} | {"sha256": self.hash_of(one["url"])}
                for one in value
            ]
            if isinstance(value, list) and value and isinstance(value[0], dict) and "fileId" in value[0]
            else value
            for name, value in row.items()
        }

    # --- what there is to ask for ----------------------------------------------------------------------------------

    def _selection(self, path: str, type_: str, nested: Mapping[str, Any]) -> str:
        """Every plain field of a type; of /graphql also those made of parts, which have no id of their own."""
        texts = []
        for name, kind, of in self._fields(path, type_):
            if kind in {"SCALAR", "ENUM"}:
                texts.append(name)
            elif name in nested:
                texts.append(f"{name}{{{self._selection(path, of, nested[name])}}}")
            elif path == "graphql" and not {"id", "edges"} & {one[0] for one in self._fields(path, of)}:
                texts.append(f"{name}{{{self._selection(path, of, {})}}}")
        return " ".join(texts)

    def _fields(self, path: str, type_: str) -> list[tuple[str, str, str]]:
        """Name, kind and type of the fields that need no argument."""
        if (path, type_) not in self._types:
            fields = (self.ask(path, _TYPE, n=type_)["__type"] or {}).get("fields") or []
            self._types[path, type_] = [
                (one["name"], *_innermost(one["type"]))
                for one in fields
                if one["name"] not in _NOT_THERE and all(each["type"]["kind"] != "NON_NULL" for each in one["args"])
            ]
        return self._types[path, type_]

    def _result_of(self, root: str) -> str:
        """The type that a list of the metadata API is of; empty where this server has no such list."""
        return next((of for name, _, of in self._fields("metadata", "Query") if name == root), "")


def differences(before: Held, after: Held) -> list[Difference]:
    """What differs between two readings, place by place."""
    found = []
    old, new = before.places(), after.places()
    for place in sorted(old.keys() | new.keys()):
        was, now = old.get(place, {}), new.get(place, {})
        found += [Difference(place, one, "gone") for one in sorted(was.keys() - now.keys())]
        found += [Difference(place, one, "new") for one in sorted(now.keys() - was.keys())]
        for one in sorted(was.keys() & now.keys()):
            if was[one] != now[one]:
                found.append(Difference(place, one, "changed", tuple(_changed(was[one], now[one]))))
    return found


def _changed(was: Mapping[str, Any], now: Mapping[str, Any], path: str = "") -> Iterator[str]:
    """The paths of values that differ; of lists the parts by id."""
    for name in sorted(was.keys() | now.keys()):
        one, other = was.get(name), now.get(name)
        if one == other:
            continue
        if isinstance(one, list) and isinstance(other, list) and any(isinstance(each, dict) for each in one + other):
            yield from _changed(_by_id(one), _by_id(other), f"{path}{name}.")
        elif isinstance(one, dict) and isinstance(other, dict):
            yield from _changed(one, other, f"{path}{name}.")
        else:
            yield f"{path}{name}"


def _by_id(rows: list[Any]) -> dict[str, Any]:
    return {str(one.get("name") or one.get("id") or number): one for number, one in enumerate(rows)}


def _in_order(row: Any) -> Any:
    """The same with its inner lists of records in the order of their ids: a server gives them in any."""
    if isinstance(row, dict):
        return {name: _in_order(value) for name, value in row.items()}
    if isinstance(row, list) and row and isinstance(row[0], dict) and "id" in row[0]:
        return sorted((_in_order(one) for one in row), key=lambda one: str(one["id"]))
    return row


def _innermost(type_: Mapping[str, Any]) -> tuple[str, str]:
    while type_.get("ofType"):
        type_ = type_["ofType"]
    return str(type_["kind"]), str(type_["name"])


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]
