"""The record API's GraphQL schema for introspection, derived from the data model."""

from __future__ import annotations

from collections.abc import Iterator

from graphql import GraphQLSchema, build_schema

from bridgework.twins.twenty.fieldtypes import COMPOSITE
from bridgework.twins.twenty.model import DataModel, Field, Object, capital

SCALARS = ("UUID", "DateTime", "Date", "BigFloat", "Position", "RawJSONScalar", "TSVector", "Cursor", "Time")
_SIMPLE = {
    "UUID": "UUID", "TEXT": "String", "DATE": "Date", "DATE_TIME": "DateTime", "NUMBER": "Float",
    "NUMERIC": "BigFloat", "POSITION": "Position", "BOOLEAN": "Boolean", "RATING": "String", "SELECT": "String",
    "MULTI_SELECT": "[String]", "ARRAY": "[String]", "RAW_JSON": "RawJSONScalar", "TS_VECTOR": "TSVector",
}  # fmt: skip
_PART = {"text": "String", "option": "String", "uuid": "UUID", "number": "BigFloat", "array": "RawJSONScalar",
         "json": "RawJSONScalar"}  # fmt: skip
_FILTERS = {
    "UUID": "UUIDFilter", "DATE": "DateFilter", "DATE_TIME": "DateTimeFilter", "NUMBER": "FloatFilter",
    "NUMERIC": "BigFloatFilter", "POSITION": "FloatFilter", "BOOLEAN": "BooleanFilter", "RAW_JSON": "RawJsonFilter",
    "FILES": "RawJsonFilter", "ARRAY": "ArrayFilter", "MULTI_SELECT": "ArrayFilter", "TS_VECTOR": "TSVectorFilter",
}  # fmt: skip
_COMPARED = "eq: {0}, neq: {0}, gt: {0}, gte: {0}, lt: {0}, lte: {0}, in: [{0}], is: FilterIs"
_PRELUDE = f"""
{chr(10).join("scalar " + name for name in SCALARS)}
enum FilterIs {{ NULL NOT_NULL }}
enum OrderByDirection {{ AscNullsFirst AscNullsLast DescNullsFirst DescNullsLast }}
type PageInfo {{ hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: Cursor endCursor: Cursor }}
type FilesItem {{ fileId: UUID! label: String! extension: String url: String }}
input FilesItemInput {{ fileId: UUID! label: String! }}
input RelationConnect {{ connect: RawJSONScalar disconnect: Boolean }}
input StringFilter {{ {_COMPARED.format("String")}, like: String, ilike: String, startsWith: String, endsWith: String }}
input UUIDFilter {{ {_COMPARED.format("UUID")} }}
input DateFilter {{ {_COMPARED.format("Date")} }}
input DateTimeFilter {{ {_COMPARED.format("DateTime")} }}
input FloatFilter {{ {_COMPARED.format("Float")} }}
input BigFloatFilter {{ {_COMPARED.format("BigFloat")} }}
input BooleanFilter {{ eq: Boolean, is: FilterIs }}
input RawJsonFilter {{ is: FilterIs, like: String }}
input ArrayFilter {{ containsAny: [String], containsIlike: String, is: FilterIs, isEmptyArray: Boolean }}
input TSVectorFilter {{ search: String }}
"""


def _type_word(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))


def _composites() -> Iterator[str]:
    for name, parts in COMPOSITE.items():
        word = _type_word(name)
        lines = " ".join(f"{part.name}: {_PART[part.kind]}" for part in parts)
        yield f"type {word} {{ {lines} }}\ninput {word}CreateInput {{ {lines} }}\ninput {word}UpdateInput {{ {lines} }}"
        filters = {"text": "StringFilter", "option": "StringFilter", "uuid": "UUIDFilter", "number": "BigFloatFilter"}
        lines = " ".join(f"{part.name}: {filters.get(part.kind, 'RawJsonFilter')}" for part in parts)
        yield f"input {word}FilterInput {{ {lines} }}"
        lines = " ".join(f"{part.name}: OrderByDirection" for part in parts)
        yield f"input {word}OrderByInput {{ {lines} }}"


def _output(model: DataModel, found: Field) -> Iterator[str]:
    if found.relation == "ONE_TO_MANY":
        page = "first: Int, last: Int, before: Cursor, after: Cursor"
        yield f"{found.name}({page}): {model.target(found).type_name}Connection"
    elif found.relation == "MANY_TO_ONE":
        yield f"{found.name}: {model.target(found).type_name}"
        yield f"{found.join_column}: UUID"
    else:
        yield f"{found.name}: {_value_type(found, '')}"


def _value_type(found: Field, suffix: str) -> str:
    if found.type in COMPOSITE:
        return _type_word(found.type) + suffix
    return f"[FilesItem{'Input' if suffix else ''}!]" if found.type == "FILES" else _SIMPLE[found.type]


def _input(found: Field, suffix: str) -> Iterator[str]:
    if found.relation == "MANY_TO_ONE":
        yield f"{found.join_column}: UUID {found.name}: RelationConnect"
    elif found.relation is None and found.type != "TS_VECTOR":
        yield f"{found.name}: {_value_type(found, suffix)}"


def _filter(model: DataModel, found: Field) -> Iterator[str]:
    if found.relation == "MANY_TO_ONE":
        yield f"{found.join_column}: UUIDFilter {found.name}: {model.target(found).type_name}FilterInput"
    elif found.type in COMPOSITE:
        yield f"{found.name}: {_type_word(found.type)}FilterInput"
    elif found.relation is None:
        yield f"{found.name}: {_FILTERS.get(found.type, 'StringFilter')}"


def _order(model: DataModel, found: Field) -> Iterator[str]:
    if found.relation == "MANY_TO_ONE":
        yield f"{found.join_column}: OrderByDirection {found.name}: {model.target(found).type_name}OrderByInput"
    elif found.type in COMPOSITE:
        yield f"{found.name}: {_type_word(found.type)}OrderByInput"
    elif found.relation is None:
        yield f"{found.name}: OrderByDirection"


def _object(model: DataModel, item: Object) -> Iterator[str]:
    name = item.type_name
    fields = [found for found in item.fields if found.active]

    def block(kind: str, title: str, lines: Iterator[str], extra: str = "") -> str:
        return f"{kind} {title} {{ {' '.join(lines)} {extra} }}"

    yield block("type", name, (line for found in fields for line in _output(model, found)))
    yield f"type {name}Edge {{ node: {name}! cursor: Cursor! }}"
    yield f"type {name}Connection {{ edges: [{name}Edge!]! pageInfo: PageInfo! totalCount: Int }}"
    yield f"type {name}GroupByConnection {{ groupByDimensionValues: RawJSONScalar totalCount: Int }}"
    for suffix in ("CreateInput", "UpdateInput"):
        yield block("input", name + suffix, (line for found in fields for line in _input(found, suffix)))
    logic = f"and: [{name}FilterInput] or: [{name}FilterInput] not: {name}FilterInput"
    yield block("input", f"{name}FilterInput", (line for found in fields for line in _filter(model, found)), logic)
    yield block("input", f"{name}OrderByInput", (line for found in fields for line in _order(model, found)))


def _queries(item: Object) -> str:
    name, one, many = item.type_name, item.name, item.facts.plural
    page = "first: Int, last: Int, before: String, after: String, offset: Int"
    return (
        f"{many}(filter: {name}FilterInput, orderBy: [{name}OrderByInput], {page}): {name}Connection "
        f"{one}(filter: {name}FilterInput): {name} "
        f"{many}GroupBy(filter: {name}FilterInput, groupBy: [RawJSONScalar!]!, limit: Int): [{name}GroupByConnection]"
    )


def _mutations(item: Object) -> str:
    name, one, many = item.type_name, capital(item.name), capital(item.facts.plural)
    lines = [
        f"create{one}(data: {name}CreateInput!, upsert: Boolean): {name}",
        f"create{many}(data: [{name}CreateInput!]!, upsert: Boolean): [{name}!]",
        f"update{one}(id: UUID!, data: {name}UpdateInput!): {name}",
        f"update{many}(data: {name}UpdateInput!, filter: {name}FilterInput!): [{name}!]",
    ]
    for verb in ("delete", "destroy", "restore"):
        lines += [f"{verb}{one}(id: UUID!): {name}", f"{verb}{many}(filter: {name}FilterInput!): [{name}!]"]
    return " ".join(lines)


def core_schema(model: DataModel) -> GraphQLSchema:
    """The schema of the record API as the data model is now."""
    objects = [item for item in model if item.facts.active]
    parts = [_PRELUDE, *_composites()]
    for item in objects:
        parts += _object(model, item)
    parts.append("type Query { " + " ".join(map(_queries, objects)) + " }")
    parts.append(
        "type Mutation { activateWorkflowVersion(workflowVersionId: UUID!): Boolean!"
        " deactivateWorkflowVersion(workflowVersionId: UUID!): Boolean! " + " ".join(map(_mutations, objects)) + " }"
    )
    return build_schema("\n".join(parts), assume_valid=True, assume_valid_sdl=True)
