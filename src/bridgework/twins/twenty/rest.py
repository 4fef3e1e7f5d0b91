"""The record API in REST: `/rest/{objects}`, `/rest/{objects}/{id}`, `/rest/batch/{objects}`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from bridgework.twins.twenty.errors import Refusal
from bridgework.twins.twenty.fieldtypes import COMPOSITE
from bridgework.twins.twenty.model import Object, capital
from bridgework.twins.twenty.operations import Operations
from bridgework.twins.twenty.restfilter import parse_filter, parse_order
from bridgework.twins.twenty.selection import Tree
from bridgework.twins.twenty.values import is_uuid

if TYPE_CHECKING:
    from bridgework.twins.twenty.workspace import Workspace

DEFAULT_LIMIT = 60
MAX_LIMIT = 200
Answer = tuple[int, Any]


class RestApi:
    """Answers REST requests of one workspace."""

    def __init__(self, workspace: Workspace, operations: Operations) -> None:
        self.workspace = workspace
        self.operations = operations

    def answer(self, method: str, path: str, query: dict[str, str], body: bytes) -> Answer:
        """The status and body for a request below /rest/."""
        try:
            return self._route(method, [part for part in path.split("/") if part], query, body)
        except Refusal as refusal:
            return refusal.status, refusal.rest()
        except orjson.JSONDecodeError as error:
            return 400, {"statusCode": 400, "error": "Bad Request", "messages": [str(error)]}

    def _route(self, method: str, parts: list[str], query: dict[str, str], body: bytes) -> Answer:
        batch = parts[:1] == ["batch"]
        restore = parts[:1] == ["restore"]
        rest = parts[1:] if batch or restore else parts
        if not rest or len(parts) > 2:
            path = "/rest/" + "/".join(parts)
            examples = "/rest/companies/id or /rest/companies or /rest/batch/companies"
            raise Refusal(f"Query path '{path}' invalid. Valid examples: {examples}")
        item = self._object(rest[0])
        ident = rest[1] if len(rest) > 1 else None
        if query.get("depth", "0") not in {"0", "1"}:
            raise Refusal(f"'depth={query['depth']}' parameter invalid. Allowed values are 0, 1")
        if method == "GET" and ident == "groupBy":
            return self._group_by(item, query)
        if ident is not None and not is_uuid(ident):
            raise Refusal(f"'{ident}' is not a valid UUID")
        if method == "POST":
            return self._create(item, orjson.loads(body), query, batch=batch)
        if method == "GET":
            return self._list(item, query) if ident is None else self._get(item, ident, query)
        if method == "DELETE":
            return self._remove(item, ident, query)
        return self._restore(item, query) if restore else self._update(item, ident, query, orjson.loads(body))

    def _object(self, name: str) -> Object:
        model = self.workspace.model
        found = model.by_plural.get(name)
        if found is None:
            hint = f"Did you mean '{model.by_name[name].facts.plural}'?" if name in model.by_name else "eg: companies"
            raise Refusal(f"object '{name}' not found. {hint}")
        return found

    def _tree(self, item: Object, query: dict[str, str], *, related: bool = False) -> Tree:
        """All fields of an object, and those of its relations at depth 1."""
        tree: Tree = {}
        for found in item.fields:
            if found.relation is None:
                tree[found.name] = {part.name: {} for part in COMPOSITE.get(found.type, ())}
            elif found.join_column is not None:
                tree[found.join_column] = {}
            if found.relation is not None and query.get("depth") == "1" and not related:
                inner = self._tree(self.workspace.model.target(found), query, related=True)
                tree[found.name] = inner if found.join_column else {"edges": {"node": inner}}
        return tree

    def _run(self, method: str, item: Object, arguments: dict[str, Any], query: dict[str, str]) -> Any:
        answer = self.operations.run(method, item, arguments, self._tree(item, query))
        for record in answer if isinstance(answer, list) else [answer]:
            self._flatten(item, record)
        return answer

    def _flatten(self, item: Object, record: dict[str, Any]) -> None:
        """Lists hang on a REST record as plain arrays."""
        for found in item.fields:
            if found.relation == "ONE_TO_MANY" and record.get(found.name) is not None:
                record[found.name] = [edge["node"] for edge in record[found.name]["edges"]]

    # ----------------------------------------------------------------------------------------------------------- read
    def _get(self, item: Object, ident: str, query: dict[str, str]) -> Answer:
        return 200, {"data": {item.name: self._run("find_one", item, {"filter": {"id": {"eq": ident}}}, query)}}

    def _list(self, item: Object, query: dict[str, str]) -> Answer:
        limit = _limit(query.get("limit"))
        arguments: dict[str, Any] = {"orderBy": parse_order(item, query.get("order_by"))}
        if query.get("filter"):
            arguments["filter"] = parse_filter(item, query["filter"])
        if query.get("ending_before"):
            arguments |= {"before": query["ending_before"], "last": limit}
        else:
            arguments["first"] = limit
            if query.get("starting_after"):
                arguments["after"] = query["starting_after"]
        info: Tree = {name: {} for name in ("hasNextPage", "hasPreviousPage", "startCursor", "endCursor")}
        tree = {"edges": {"node": self._tree(item, query)}, "pageInfo": info, "totalCount": {}}
        answer = self.operations.run("find_many", item, arguments, tree)
        records = [edge["node"] for edge in answer["edges"]]
        for record in records:
            self._flatten(item, record)
        found = {"data": {item.facts.plural: records}}
        return 200, {**found, "totalCount": answer["totalCount"], "pageInfo": answer["pageInfo"]}

    def _group_by(self, item: Object, query: dict[str, str]) -> Answer:
        arguments: dict[str, Any] = {"groupBy": orjson.loads(query.get("group_by") or "[]")}
        if query.get("filter"):
            arguments["filter"] = parse_filter(item, query["filter"])
        wanted = orjson.loads(query.get("aggregate") or "[]")
        tree: Tree = {"groupByDimensionValues": {}, **{name: {} for name in wanted}}
        return 200, self.operations.run("group_by", item, arguments, tree)

    # ---------------------------------------------------------------------------------------------------------- write
    def _create(self, item: Object, body: Any, query: dict[str, str], *, batch: bool) -> Answer:
        name = capital(item.facts.plural if batch else item.name)
        arguments = {"data": body, "upsert": query.get("upsert") == "true"}
        answer = self._run("create_many" if batch else "create_one", item, arguments, query)
        return 201, {"data": {f"create{name}": answer}}

    def _update(self, item: Object, ident: str | None, query: dict[str, str], body: Any) -> Answer:
        if ident is not None:
            answer = self._run("update_one", item, {"id": ident, "data": body}, query)
            return 200, {"data": {f"update{capital(item.name)}": answer}}
        # Without a filter the server updates all records, and says nothing.
        arguments = {"filter": parse_filter(item, query["filter"]) if query.get("filter") else {}, "data": body}
        return 200, {"data": {f"update{capital(item.facts.plural)}": self._run("update_many", item, arguments, query)}}

    def _remove(self, item: Object, ident: str | None, query: dict[str, str]) -> Answer:
        verb = "delete" if query.get("soft_delete") == "true" else "destroy"
        if ident is not None:
            answer = self._run(f"{verb}_one", item, {"id": ident}, query)
            shown = answer if verb == "delete" else {"id": answer["id"]}
            return 200, {"data": {f"delete{capital(item.name)}": shown}}
        arguments = {"filter": self._mandatory(item, query, verb)}
        answer = self._run(f"{verb}_many", item, arguments, query)
        shown = answer if verb == "delete" else [{"id": record["id"]} for record in answer]
        return 200, {"data": {f"delete{capital(item.facts.plural)}": shown}}

    def _restore(self, item: Object, query: dict[str, str]) -> Answer:
        arguments = {"filter": self._mandatory(item, query, "restore")}
        answer = self._run("restore_many", item, arguments, query)
        return 200, {"data": {f"restore{capital(item.facts.plural)}": answer}}

    def _mandatory(self, item: Object, query: dict[str, str], verb: str) -> dict[str, Any]:
        if not query.get("filter"):
            raise Refusal(
                f"Filters are mandatory for bulk {verb} operations. Please provide at least one filter to prevent"
                " accidental deletion of all records."
            )
        return parse_filter(item, query["filter"])


def _limit(text: str | None) -> int:
    """How many records a page may have; more than the most is cut without a word."""
    if not text:
        return DEFAULT_LIMIT
    if not text.isdigit():
        raise Refusal(f"limit '{text}' is invalid. Should be an integer")
    return min(int(text), MAX_LIMIT)
