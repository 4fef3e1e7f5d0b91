"""What a request asks to be answered: its selection as a tree, and how each object's rows fill it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from graphql import FieldNode, FragmentDefinitionNode, FragmentSpreadNode, InlineFragmentNode, SelectionSetNode

from bridgework.twins.twenty.errors import bad_query
from bridgework.twins.twenty.fieldtypes import COMPOSITE, column_name, read
from bridgework.twins.twenty.model import DataModel, Field, Object

# Field names to their own trees; a leaf is empty. The server goes by names: aliases below the root count for nothing.
Tree = dict[str, Any]
Record = dict[str, Any]


def tree_of(selection: SelectionSetNode | None, fragments: dict[str, FragmentDefinitionNode]) -> Tree:
    """The tree of a selection set, with its fragments put in their places."""
    tree: Tree = {}
    for node in _fields(selection, fragments):
        subtree = tree_of(node.selection_set, fragments)
        _merge(tree.setdefault(node.name.value, {}), subtree)
    return tree


def _merge(into: Tree, other: Tree) -> None:
    for key, subtree in other.items():
        _merge(into.setdefault(key, {}), subtree)


def _fields(selection: SelectionSetNode | None, fragments: dict[str, FragmentDefinitionNode]) -> Iterator[FieldNode]:
    for node in selection.selections if selection else ():
        if isinstance(node, FieldNode):
            yield node
        elif isinstance(node, FragmentSpreadNode):
            if node.name.value in fragments:
                yield from _fields(fragments[node.name.value].selection_set, fragments)
        elif isinstance(node, InlineFragmentNode):
            yield from _fields(node.selection_set, fragments)


@dataclass
class Nested:
    """A relation that a selection goes into."""

    key: str
    field: Field
    tree: Tree


@dataclass
class Plan:
    """How rows of one object become answers: the columns to read and what each fills."""

    item: Object
    columns: list[str] = field(default_factory=list)
    emitters: list[tuple[str, Callable[[tuple[Any, ...]], Any]]] = field(default_factory=list)
    nested: list[Nested] = field(default_factory=list)

    def index(self, column: str) -> int:
        """The place of a column in the row, asking for it where nobody did."""
        if column not in self.columns:
            self.columns.append(column)
        return self.columns.index(column)

    def record(self, row: tuple[Any, ...]) -> Record:
        return {key: emit(row) for key, emit in self.emitters}


FileReader = Callable[[Any], Any]


def plan_of(model: DataModel, item: Object, tree: Tree, files: FileReader, *, inside_many: bool = False) -> Plan:
    """The plan for a selection on an object; refuses a list inside a list."""
    plan = Plan(item)
    plan.index("id")
    for key, subtree in tree.items():
        found = item.by_name.get(key)
        if found is not None and found.relation is not None and subtree:
            if found.relation == "ONE_TO_MANY" and inside_many:
                raise bad_query(
                    "Query complexity is too high. One-to-Many relation cannot be nested in another"
                    " One-to-Many relation.",
                    sub_code="TOO_COMPLEX_QUERY",
                )
            nested = inside_many or found.relation == "ONE_TO_MANY"
            target = model.target(found)
            plan_of(model, target, _node_tree(found, subtree), files, inside_many=nested)
            if found.join_column:
                plan.index(found.join_column)
            plan.nested.append(Nested(key, found, subtree))
        plan.emitters.append((key, _emitter(plan, key, found, subtree, files)))
    return plan


def _node_tree(found: Field, subtree: Tree) -> Tree:
    """The selection on the other object: for a list it stands under edges.node."""
    if found.relation == "MANY_TO_ONE":
        return subtree
    return dict(subtree.get("edges", {}).get("node", {}))


def _constant(value: Any) -> Callable[[tuple[Any, ...]], Any]:
    return lambda _row: value


def _cell(plan: Plan, column: str, kind: str, files: FileReader) -> Callable[[tuple[Any, ...]], Any]:
    place = plan.index(column)
    if kind in {"uuid", "date", "datetime", "number", "option"}:
        return lambda row: row[place]
    if kind == "text":
        return lambda row: row[place] or ""
    if kind == "files":
        return lambda row: files(row[place])
    return lambda row: read(kind, row[place])


def _emitter(
    plan: Plan, key: str, found: Field | None, subtree: Tree, files: FileReader
) -> Callable[[tuple[Any, ...]], Any]:
    if key == "__typename":
        return _constant(plan.item.type_name)
    if found is None:
        joined = plan.item.by_join.get(key)
        return _constant(None) if joined is None else _cell(plan, key, "uuid", files)
    if found.relation is not None:
        return _constant(None)
    if found.type == "TS_VECTOR":
        return search_vector(plan)
    if found.type not in COMPOSITE:
        column = found.columns()[0]
        return _cell(plan, column.name, column.kind, files)
    return _composite(plan, found, subtree, files)


def _composite(plan: Plan, found: Field, subtree: Tree, files: FileReader) -> Callable[[tuple[Any, ...]], Any]:
    kinds = {part.name: part.kind for part in COMPOSITE[found.type]}
    if not subtree:
        return _constant(None)
    cells: list[tuple[str, Callable[[tuple[Any, ...]], Any]]] = []
    for name in subtree:
        if name in kinds:
            cells.append((name, _cell(plan, column_name(found.name, name), kinds[name], files)))
        else:
            word = "".join(part.capitalize() for part in found.type.split("_"))
            cells.append((name, _constant(word if name == "__typename" else None)))
    return lambda row: {name: cell(row) for name, cell in cells}


def search_vector(plan: Plan) -> Callable[[tuple[Any, ...]], Any]:
    """A text in the form of PostgreSQL's tsvector, from the record's texts; good for the eye, not for searching."""
    texts = [column.name for column in plan.item.columns if column.kind == "text"]
    # Who wrote a record is not looked for.
    places = [plan.index(name) for name in texts if not name.startswith(("createdBy", "updatedBy"))][:6]

    def emit(row: tuple[Any, ...]) -> str:
        words = " ".join(str(row[place]) for place in places if row[place]).lower().split()
        seen = {word: index for index, word in reversed(list(enumerate(words, 1)))}
        return " ".join(f"'{word}':{index}" for word, index in sorted(seen.items()))

    return emit
