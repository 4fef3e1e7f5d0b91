"""A schema to introspect: the record API's, built from the data model when somebody asks for it."""

from __future__ import annotations

from typing import Any

from graphql import graphql_sync

from bridgework.twins.twenty.model import DataModel
from bridgework.twins.twenty.schema import core_schema

_cached: dict[tuple[int, int], Any] = {}


def answer_introspection(model: DataModel, body: dict[str, Any]) -> dict[str, Any]:
    """The answer to an introspection query on the record API."""
    key = (id(model), model.version)
    if key not in _cached:
        _cached.clear()
        _cached[key] = core_schema(model)
    result = graphql_sync(
        _cached[key],
        str(body["query"]),
        variable_values=body.get("variables"),
        operation_name=body.get("operationName"),
    )
    answer: dict[str, Any] = {"data": result.data}
    if result.errors:
        answer["errors"] = [error.formatted for error in result.errors]
    return answer
