"""A little of Twenty behind an httpx2 transport: enough of its rules for the workspace's own tests, and its faults."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import httpx2
import orjson

BOTH = re.compile(r"(create|destroy)(\w+)\(")
HTML = b"<html><body><h1>502 Bad Gateway</h1></body></html>"


def field(name: str, kind: str = "TEXT", **more: Any) -> dict[str, Any]:
    return {"id": f"field-{name}", "name": name, "label": name.capitalize(), "type": kind, **more}


def link(name: str, to: str, inverse: str) -> dict[str, Any]:
    relation = {
        "type": "MANY_TO_ONE",
        "targetObjectMetadata": {"nameSingular": to},
        "targetFieldMetadata": {"name": inverse},
    }
    return field(name, "RELATION", relation=relation, settings={"joinColumnName": f"{name}Id"})


def many(name: str, of: str, inverse: str) -> dict[str, Any]:
    relation = {
        "type": "ONE_TO_MANY",
        "targetObjectMetadata": {"nameSingular": of},
        "targetFieldMetadata": {"name": inverse},
    }
    return field(name, "RELATION", relation=relation, settings={})


def object_(name: str, plural: str, *fields: dict[str, Any]) -> dict[str, Any]:
    stamps = [field("id", "UUID"), field("updatedAt", "DATE_TIME"), field("deletedAt", "DATE_TIME")]
    return {"id": f"object-{name}", "nameSingular": name, "namePlural": plural, "fieldsList": [*stamps, *fields]}


NODES = [
    object_(
        "person",
        "people",
        field("name", "FULL_NAME"),
        field("emails", "EMAILS", isUnique=True),
        field("phones", "PHONES"),
        field("jobTitle"),
        field("sourceSystemId", isUnique=True),
        field("searchVector", "TS_VECTOR"),
        link("company", "company", "people"),
        many("taskTargets", "taskTarget", "target"),
        many("attachments", "attachment", "target"),
    ),
    object_("company", "companies", field("name"), many("people", "person", "company")),
    object_(
        "taskTarget",
        "taskTargets",
        field("target", "MORPH_RELATION", settings={"joinColumnName": "targetCompanyId"}),
    ),
    object_(
        "attachment",
        "attachments",
        field("file", "FILES"),
        field("target", "MORPH_RELATION", settings={"joinColumnName": "targetPersonId"}),
    ),
    object_("workspaceMember", "workspaceMembers", field("name", "FULL_NAME"), field("userEmail")),
]


def refusal(message: str, code: str, **more: Any) -> dict[str, Any]:
    """A GraphQL answer that says no."""
    return {"data": {}, "errors": [{"message": message, "extensions": {"code": code, **more}}]}


LIMIT = refusal("Limit reached (100 tokens per 60000 ms)", "BAD_USER_INPUT", subCode="LIMIT_REACHED")
DROPPED_BEFORE: dict[str | None, type[httpx2.TransportError]] = {
    "refused connection": httpx2.ConnectError,
    "dropped before": httpx2.RemoteProtocolError,
}
ANSWERED_BEFORE: dict[str | None, tuple[int, bytes]] = {
    "limit": (200, orjson.dumps(LIMIT)),
    "page before": (502, HTML),
    "no key": (401, b'{"statusCode":401,"messages":["Token invalid."],"error":"UNAUTHENTICATED"}'),
    "broken before": (200, orjson.dumps(refusal("Internal server error", "INTERNAL_SERVER_ERROR"))),
}


class FakeTwenty(httpx2.AsyncBaseTransport):
    """People and companies in a dict; `faults` has one entry for each record call: None, or what goes wrong with it."""

    def __init__(self, nodes: list[dict[str, Any]] | None = None) -> None:
        self.nodes = NODES if nodes is None else nodes
        self.records: dict[str, dict[str, dict[str, Any]]] = {node["namePlural"]: {} for node in self.nodes}
        self.most = 200
        self.most_bytes = 10_000_000
        self.faults: list[str | None] = []
        self.calls: list[str] = []
        self.unknown_fields: set[str] = set()
        self.refuse: Callable[[dict[str, Any]], dict[str, Any] | None] = lambda _: None

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        body = await request.aread()
        path = request.url.path
        if path == "/client-config":
            return httpx2.Response(200, json={"appVersion": "2.19.0"})
        if path == "/metadata":
            return httpx2.Response(200, json={"data": self._metadata(orjson.loads(body)["query"])})
        return self._with_fault(self.faults.pop(0) if self.faults else None, body)

    def _metadata(self, query: str) -> dict[str, Any]:
        if "__schema" in query:
            names = [{"name": "createFileUpload"}]
            return {"__schema": {"queryType": {"fields": names}, "mutationType": {"fields": names}}}
        if "getViews" in query:
            return {"getViews": []}
        return {"objects": {"edges": [{"node": node} for node in self.nodes], "pageInfo": {"hasNextPage": False}}}

    def _with_fault(self, fault: str | None, body: bytes) -> httpx2.Response:
        if fault in DROPPED_BEFORE:
            raise DROPPED_BEFORE[fault](str(fault))
        if fault in ANSWERED_BEFORE:
            status, content = ANSWERED_BEFORE[fault]
            return httpx2.Response(status, content=content)
        answer = self._answer(body)
        match fault:
            case "dropped after":
                raise httpx2.ReadTimeout(fault)
            case "page after":
                return httpx2.Response(504, content=HTML)
            case "half after":
                return httpx2.Response(200, content=orjson.dumps(answer)[:-9])
            case _:
                return httpx2.Response(200, json=answer)

    def _answer(self, body: bytes) -> dict[str, Any]:
        if len(body) > self.most_bytes:
            return refusal("request entity too large", "INTERNAL_SERVER_ERROR")
        call = orjson.loads(body)
        query, variables = call["query"], call["variables"]
        if found := BOTH.search(query):
            verb, plural = found[1], found[2][0].lower() + found[2][1:]
            self.calls.append(found[1])
            done = self._create(plural, variables["d"]) if verb == "create" else self._destroy(plural, variables["f"])
            return done if "errors" in done else {"data": {f"{verb}{found[2]}": done["rows"]}}
        plural = next(plural for plural in self.records if f"{{{plural}(" in query)
        self.calls.append("read")
        rows = [one for one in self._sorted(plural) if matches(one, variables["f"])]
        if variables["f"] == {} or "deletedAt" not in str(variables["f"]):
            rows = [one for one in rows if not one.get("deletedAt")]
        return {"data": {plural: self._page(rows, variables)}}

    def _sorted(self, plural: str) -> list[dict[str, Any]]:
        return sorted(self.records[plural].values(), key=lambda one: one["id"])

    def _page(self, rows: list[dict[str, Any]], variables: dict[str, Any]) -> dict[str, Any]:
        after = variables.get("a") or ""
        left = [one for one in rows if one["id"] > after]
        page = left[: variables.get("n") or 200]
        info = {"hasNextPage": len(left) > len(page), "endCursor": page[-1]["id"] if page else None}
        return {"edges": [{"node": one} for one in page], "pageInfo": info, "totalCount": len(rows)}

    def _destroy(self, plural: str, where: dict[str, Any]) -> dict[str, Any]:
        gone = [one for one in self._sorted(plural) if matches(one, where)]
        for one in gone:
            del self.records[plural][one["id"]]
        return {"rows": [{"id": one["id"]} for one in gone]}

    def _create(self, plural: str, records: list[dict[str, Any]]) -> dict[str, Any]:
        if len(records) > self.most:
            text = f"Maximum number of records to upsert is {self.most}."
            return refusal(text, "BAD_USER_INPUT", subCode="TOO_MANY_RECORDS_TO_UPDATE")
        there = dict(self.records[plural])
        for record in records:
            if (no := self._refusal_of(record, there)) is not None:
                return no
            there[record["id"]] = {"deletedAt": None, "updatedAt": "2026-01-01T00:00:00.000Z", **record}
        self.records[plural] = there
        return {"rows": [{"id": record["id"], "updatedAt": there[record["id"]]["updatedAt"]} for record in records]}

    def _refusal_of(self, record: dict[str, Any], there: dict[str, dict[str, Any]]) -> dict[str, Any] | None:
        if (no := self.refuse(record) or self._wrong_value(record)) is not None:
            return no
        email = (record.get("emails") or {}).get("primaryEmail")
        if record["id"] in there:
            return refusal("A duplicate entry was detected", "BAD_USER_INPUT")
        for one in there.values():
            if email and (one.get("emails") or {}).get("primaryEmail", "").lower() == email.lower():
                live = {} if one.get("deletedAt") else {"conflictingRecordId": one["id"]}
                return refusal("A duplicate entry was detected", "BAD_USER_INPUT", **live)
        return None

    def _wrong_value(self, record: dict[str, Any]) -> dict[str, Any] | None:
        for name in record.keys() & self.unknown_fields:
            return refusal(f'Object person doesn\'t have any "{name}" field.', "BAD_USER_INPUT")
        email = (record.get("emails") or {}).get("primaryEmail")
        if email and "@" not in email:
            return refusal(f"Invalid string value '{email}' for email field \"emails.primaryEmail\"", "BAD_USER_INPUT")
        if record.get("companyId") and record["companyId"] not in self.records["companies"]:
            text = 'insert or update on table "person" violates foreign key constraint "FK_x"'
            return refusal(text, "BAD_USER_INPUT")
        return None


def matches(record: dict[str, Any], where: dict[str, Any]) -> bool:
    """Whether a record fits a filter of `and`, `or`, `in`, `eq` and `is`."""
    for name, test in where.items():
        if name in {"and", "or"}:
            if not (all if name == "and" else any)(matches(record, one) for one in test):
                return False
        elif not _holds(record.get(name), test):
            return False
    return True


def _holds(value: Any, test: dict[str, Any]) -> bool:
    if isinstance(value, dict):
        return all(_holds(value.get(part), inner) for part, inner in test.items())
    ((operator, wanted),) = test.items()
    if operator == "is":
        return (value is None) is (wanted == "NULL")
    if isinstance(wanted, dict):
        return False
    holds: bool = value in wanted if operator == "in" else value == wanted
    return holds
