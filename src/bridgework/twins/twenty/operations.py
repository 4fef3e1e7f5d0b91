"""The record operations that Twenty offers for each object, under the names that it derives from the object's."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from bridgework.twins.twenty import rules
from bridgework.twins.twenty.errors import bad_query, not_found
from bridgework.twins.twenty.grouping import group_by
from bridgework.twins.twenty.model import Object, capital
from bridgework.twins.twenty.reading import RELATED_PER_PARENT, Page
from bridgework.twins.twenty.selection import Tree
from bridgework.twins.twenty.values import is_uuid

if TYPE_CHECKING:
    from bridgework.twins.twenty.workspace import Workspace

Arguments = dict[str, Any]


def resolver_names(item: Object) -> dict[str, str]:
    """Each root field of an object and the operation behind it."""
    one, many = item.name, item.facts.plural
    names = {many: "find_many", one: "find_one", f"{many}GroupBy": "group_by"}
    for verb in ("create", "update", "delete", "destroy", "restore"):
        names[verb + capital(one)] = f"{verb}_one"
        names[verb + capital(many)] = f"{verb}_many"
    return names


ALLOWED: dict[str, frozenset[str]] = {
    "find_many": frozenset({"filter", "orderBy", "first", "last", "before", "after", "offset"}),
    "find_one": frozenset({"filter"}),
    "group_by": frozenset({"filter", "groupBy", "orderBy", "orderByForRecords", "viewId", "limit", "offsetForRecords",
                           "omitNullValues"}),
    "create_one": frozenset({"data", "upsert"}),
    "create_many": frozenset({"data", "upsert"}),
    "update_one": frozenset({"id", "data"}),
    "update_many": frozenset({"filter", "data"}),
    **{f"{verb}_one": frozenset({"id"}) for verb in ("delete", "destroy", "restore")},
    **{f"{verb}_many": frozenset({"filter"}) for verb in ("delete", "destroy", "restore")},
}  # fmt: skip
_KINDS: dict[str, tuple[str, tuple[type, ...]]] = {
    "first": ("a number", (int, float)),
    "last": ("a number", (int, float)),
    "offset": ("a number", (int, float)),
    "before": ("a string", (str,)),
    "after": ("a string", (str,)),
}


def check(method: str, arguments: Arguments) -> None:
    """Refuse arguments that the operation does not know or that have the wrong form."""
    allowed = ALLOWED[method]
    for name in arguments:
        if name not in allowed:
            raise bad_query(f"Argument not allowed: {name}")
    for name, (word, types) in _KINDS.items():
        if name in arguments and (isinstance(arguments[name], bool) or not isinstance(arguments[name], types)):
            raise bad_query(f'Invalid argument: "{name}" must be {word}')
    if not isinstance(arguments.get("upsert", False), bool):
        raise bad_query('Invalid argument: "upsert" must be a boolean')
    if "id" in allowed and not is_uuid(arguments.get("id")):
        raise bad_query('Missing required argument: "id" (UUID)')
    if "data" in allowed:
        _require(arguments, "data", *(("array", list) if method == "create_many" else ("object", dict)))
    if "filter" in allowed and (method not in {"find_many", "group_by"} or "filter" in arguments):
        _require(arguments, "filter", "object", dict)


def _require(arguments: Arguments, name: str, word: str, kind: type) -> None:
    if not isinstance(arguments.get(name), kind):
        raise bad_query(f'Missing required argument: "{name}" ({word})')


class Operations:
    """Carries out record operations on one workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self._names: dict[str, tuple[str, Object]] = {}
        self._version = -1

    def find(self, name: str) -> tuple[str, Object] | None:
        """The operation and object behind a root field."""
        model = self.workspace.model
        if self._version != model.version:
            self._names = {name: (method, item) for item in model for name, method in resolver_names(item).items()}
            self._version = model.version
        return self._names.get(name)

    def run(self, method: str, item: Object, arguments: Arguments, tree: Tree) -> Any:
        """The answer of one operation; raises Refusal."""
        check(method, arguments)
        rules.check(self.workspace, method, item, arguments)
        run: Callable[[Object, Arguments, Tree], Any] = getattr(self, f"_{method}")
        return run(item, arguments, tree)

    def _done(self, method: str, item: Object, ids: list[str]) -> None:
        """To be called with what was written, for what else that brings about."""
        later = rules.afterwards(self.workspace, method, item, ids)
        if later is not None:
            self.workspace.automations.later.append(later)

    # ----------------------------------------------------------------------------------------------------------- read
    def _find_many(self, item: Object, arguments: Arguments, tree: Tree) -> Any:
        order_by = arguments.get("orderBy")
        page = Page(**{name: arguments[name] for name in _KINDS if name in arguments})
        listed = order_by if isinstance(order_by, list) else []
        return self.workspace.reader.connection(item, tree, arguments.get("filter"), listed, page)

    def _find_one(self, item: Object, arguments: Arguments, tree: Tree) -> Any:
        if not arguments["filter"]:
            raise bad_query("Missing filter argument", sub_code="INVALID_ARGS_FILTER")
        return self.workspace.reader.one(item, tree, arguments["filter"])

    def _group_by(self, item: Object, arguments: Arguments, tree: Tree) -> Any:
        return group_by(self.workspace, item, arguments, tree)

    # ---------------------------------------------------------------------------------------------------------- write
    def _create_one(self, item: Object, arguments: Arguments, tree: Tree) -> Any:
        return self._create_many(item, {**arguments, "data": [arguments["data"]]}, tree)[0]

    def _create_many(self, item: Object, arguments: Arguments, tree: Tree) -> Any:
        ids = self.workspace.writer.create(item, arguments["data"], upsert=arguments.get("upsert", False))
        self._done("create_many", item, ids)
        return self.workspace.reader.by_ids(item, tree, ids)

    def _update_one(self, item: Object, arguments: Arguments, tree: Tree) -> Any:
        ids = self._one(item, arguments)
        self.workspace.writer.update(item, ids, arguments["data"])
        # Where the update gave the record another id, it is done, and the server does not find the record again.
        return next(iter(self.workspace.reader.by_ids(item, tree, ids)), None) or _gone()

    def _update_many(self, item: Object, arguments: Arguments, tree: Tree) -> Any:
        remover = self.workspace.remover
        ids = remover.matching(item, arguments["filter"])
        self.workspace.writer.update(item, ids, arguments["data"], remover.still(item, arguments["filter"]))
        return self.workspace.reader.by_ids(item, tree, ids)

    def _delete_one(self, item: Object, arguments: Arguments, tree: Tree) -> Any:
        ids = self._one(item, arguments)
        self.workspace.remover.soft_delete(item, ids)
        self._done("delete_one", item, ids)
        return self.workspace.reader.by_ids(item, tree, ids)[0]

    def _delete_many(self, item: Object, arguments: Arguments, tree: Tree) -> Any:
        remover = self.workspace.remover
        ids = remover.matching(item, arguments["filter"])
        ids = remover.soft_delete(item, ids, remover.still(item, arguments["filter"]))
        self._done("delete_many", item, ids)
        return self.workspace.reader.by_ids(item, tree, ids, per_parent=RELATED_PER_PARENT)

    def _restore_one(self, item: Object, arguments: Arguments, tree: Tree) -> Any:
        ids = self._one(item, arguments)
        self.workspace.remover.restore(item, ids)
        self._done("restore_one", item, ids)
        return self.workspace.reader.by_ids(item, tree, ids)[0]

    def _restore_many(self, item: Object, arguments: Arguments, tree: Tree) -> Any:
        remover = self.workspace.remover
        ids = remover.matching(item, arguments["filter"])
        ids = remover.restore(item, ids, remover.still(item, arguments["filter"]))
        self._done("restore_many", item, ids)
        return self.workspace.reader.by_ids(item, tree, ids)

    def _destroy_one(self, item: Object, arguments: Arguments, tree: Tree) -> Any:
        return self.workspace.remover.destroy(item, tree, self._one(item, arguments))[0]

    def _destroy_many(self, item: Object, arguments: Arguments, tree: Tree) -> Any:
        ids = self.workspace.remover.matching(item, arguments["filter"])
        return self.workspace.remover.destroy(item, tree, ids)

    def _one(self, item: Object, arguments: Arguments) -> list[str]:
        """The id that an operation on one record names, where there is such a record, deleted or not."""
        found = self.workspace.remover.matching(item, {"id": {"eq": arguments["id"]}})
        if not found:
            raise not_found()
        return found


def _gone() -> Any:
    raise not_found()
