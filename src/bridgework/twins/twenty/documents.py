"""GraphQL documents as requests bring them: parsed once for each text, and their root fields."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSyntaxError,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    Undefined,
    parse,
    value_from_ast_untyped,
)

from bridgework.twins.twenty.selection import Tree, tree_of


@dataclass(frozen=True)
class Root:
    """A root field of an operation: its name, the key it answers under, and what it selects."""

    name: str
    key: str
    node: FieldNode
    tree: Tree

    def arguments(self, variables: dict[str, Any]) -> dict[str, Any]:
        """The arguments, with variables in their places; what is null or not given is left out."""
        found: dict[str, Any] = {}
        for argument in self.node.arguments or ():
            value = value_from_ast_untyped(argument.value, variables)
            if value is not None and value is not Undefined:
                found[argument.name.value] = value
        return found


@dataclass(frozen=True)
class Document:
    """A parsed document; where it cannot be parsed, why."""

    node: DocumentNode | None = None
    error: GraphQLError | None = None

    def operation(self, name: str | None) -> OperationDefinitionNode | None:
        """The operation of that name, or the first one where no name is given."""
        for definition in self.node.definitions if self.node else ():
            if isinstance(definition, OperationDefinitionNode) and (
                name is None or (definition.name is not None and definition.name.value == name)
            ):
                return definition
        return None

    def roots(self, name: str | None) -> list[Root]:
        """The root fields of an operation, with fragments put in their places."""
        operation = self.operation(name)
        if operation is None or self.node is None:
            return []
        fragments = {
            definition.name.value: definition
            for definition in self.node.definitions
            if isinstance(definition, FragmentDefinitionNode)
        }
        return [
            Root(
                node.name.value,
                node.alias.value if node.alias else node.name.value,
                node,
                tree_of(node.selection_set, fragments),
            )
            for node in _flat(operation.selection_set, fragments)
        ]


def _flat(selection: SelectionSetNode, fragments: dict[str, FragmentDefinitionNode]) -> list[FieldNode]:
    found: list[FieldNode] = []
    for node in selection.selections:
        if isinstance(node, FieldNode):
            found.append(node)
        elif isinstance(node, FragmentSpreadNode) and node.name.value in fragments:
            found += _flat(fragments[node.name.value].selection_set, fragments)
        elif isinstance(node, InlineFragmentNode):
            found += _flat(node.selection_set, fragments)
    return found


@lru_cache(maxsize=512)
def document(text: str) -> Document:
    """The document of a query text. The same few texts come again and again, each with other variables."""
    try:
        return Document(node=parse(text, no_location=False))
    except GraphQLSyntaxError as error:
        return Document(error=error)


@lru_cache(maxsize=512)
def roots_of(text: str, name: str | None) -> tuple[Root, ...]:
    """The root fields of an operation of a query text."""
    return tuple(document(text).roots(name))
