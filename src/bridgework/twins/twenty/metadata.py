"""The metadata API: `POST /metadata`, a GraphQL schema with a resolver for each of its roots."""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib import resources
from typing import TYPE_CHECKING, Any

from graphql import (
    GraphQLError,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    build_schema,
    execute_sync,
    validate,
)

from bridgework.twins.twenty.coreapi import located
from bridgework.twins.twenty.documents import document
from bridgework.twins.twenty.errors import STANDARD_MESSAGE, Refusal
from bridgework.twins.twenty.resolvers import resolvers

if TYPE_CHECKING:
    from bridgework.twins.twenty.workspace import Workspace

Answer = dict[str, Any]
_HINT = re.compile(r" Did you mean .*")
_POSITION = re.compile(r"^Variable '\$\w+' got invalid value .*?; ", re.DOTALL)


def _schema() -> GraphQLSchema:
    text = (resources.files(__package__) / "data" / "metadata.graphql").read_text("utf-8")
    schema = build_schema(text, assume_valid=True)
    for kind in schema.type_map.values():
        if isinstance(kind, GraphQLUnionType):
            kind.resolve_type = _type_of_union
    return schema


def _type_of_union(value: Any, _info: Any, union: Any) -> str:
    """A widget's configuration says its type in capitals; a position by its layout mode."""
    word = str(value.get("configurationType") or value.get("layoutMode") or "")
    wanted = word.replace("_", "").lower()
    names = [str(kind.name) for kind in union.types]
    return next((name for name in names if wanted in name.lower()), names[0])


class MetadataApi:
    """Answers metadata requests of one workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.schema = _schema()
        for type_name, fields in resolvers(workspace).items():
            kind = self.schema.type_map[type_name]
            if isinstance(kind, GraphQLObjectType):
                for name, resolve in fields.items():
                    kind.fields[name].resolve = _guarded(workspace, resolve, writes=type_name == "Mutation")

    def execute(self, body: dict[str, Any]) -> Answer:
        """The answer to a request."""
        parsed = document(str(body.get("query") or ""))
        if parsed.node is None:
            return {"errors": [located(parsed.error or GraphQLError("Must provide a document."))]}
        wrong = validate(self.schema, parsed.node)
        if wrong:
            return {"errors": [{**located(error), "message": _spoken(error.message)} for error in wrong]}
        result = execute_sync(
            self.schema, parsed.node, variable_values=body.get("variables"), operation_name=body.get("operationName")
        )
        answer: Answer = {}
        if result.errors:
            answer["errors"] = [_shown(error) for error in result.errors]
        answer["data"] = _plain_numbers(result.data)
        return answer

    def anonymous(self, body: dict[str, Any]) -> Answer:
        """The answer to a request without a key: as if the workspace had no objects at all."""
        roots = document(str(body.get("query") or "")).roots(body.get("operationName"))
        name = roots[0].name if roots else ""
        message = f'Cannot query field "{name}" on type "Query".'
        return {"errors": [located(GraphQLError(message, roots[0].node if roots else None))]}


def _guarded(workspace: Workspace, resolve: Callable[..., Any], *, writes: bool) -> Callable[..., Any]:
    """A resolver that changes everything or nothing."""

    def run(_source: Any, _info: Any, **arguments: Any) -> Any:
        if not writes:
            return resolve(**arguments)
        with workspace.store.transaction():
            return resolve(**arguments)

    return run


def _plain_numbers(value: Any) -> Any:
    """Numbers as JavaScript prints them: 5 for 5.0."""
    if isinstance(value, dict):
        return {key: _plain_numbers(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain_numbers(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _spoken(message: str) -> str:
    """graphql-core's words as graphql-js says them, without the hints that the server keeps to itself."""
    return _HINT.sub("", _POSITION.sub("", message)).replace("'", '"')


def _shown(error: GraphQLError) -> Answer:
    if isinstance(error.original_error, Refusal):
        return error.original_error.graphql()
    if error.original_error is not None:
        raise error.original_error
    extensions = {"http": {"status": 400}, "code": "BAD_USER_INPUT", "userFriendlyMessage": STANDARD_MESSAGE}
    return {"message": _spoken(error.message), "extensions": extensions}
