"""Relations written as `{connect: {where: {<unique field>}}}`, resolved to the id of the record they mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bridgework.twins.twenty.converting import Draft
from bridgework.twins.twenty.errors import Refusal
from bridgework.twins.twenty.fieldtypes import COMPOSITE, column_name
from bridgework.twins.twenty.model import Field, Object
from bridgework.twins.twenty.store import quoted
from bridgework.twins.twenty.values import composite_columns

if TYPE_CHECKING:
    from bridgework.twins.twenty.workspace import Workspace


def connect(workspace: Workspace, item: Object, draft: Draft) -> None:
    """Fill the join columns of a draft from its connect clauses."""
    for name, where in draft.connects.items():
        found = item.by_name[name]
        join = str(found.join_column)
        if join in draft.columns:
            message = f"{name} and {join} cannot be both provided."
            raise Refusal(message, friendly=message)
        # A clause that names none of the other object's fields connects nothing, without a word.
        if any(key in workspace.model.target(found).by_name for key in where):
            draft.columns[join] = _resolve(workspace, found, where)


def _resolve(workspace: Workspace, found: Field, where: dict[str, Any]) -> str:
    target = workspace.model.target(found)
    columns = _columns(target, found, where)
    sql = " AND ".join(f"{quoted(name)} = ?" for name in columns)
    rows = workspace.store.rows(
        f"SELECT id FROM {quoted(target.table)} WHERE deletedAt IS NULL AND {sql} LIMIT 2",  # noqa: S608
        list(columns.values()),
    )
    if len(rows) != 1:
        condition = " and ".join(f"{name} = {value}" for name, value in columns.items())
        raise Refusal(
            f"Expected 1 record to connect to {found.name}, but found {len(rows)} for {condition}",
            friendly=f"Can't connect to {found.name}. No unique record found with condition: {condition}",
        )
    return str(rows[0][0])


def _columns(target: Object, found: Field, where: dict[str, Any]) -> dict[str, Any]:
    """The columns of the unique field that a connect clause fills."""
    for unique in target.unique_fields:
        value = where.get(unique.name)
        if value is None:
            continue
        if unique.type not in COMPOSITE:
            return {unique.name: value}
        filled = composite_columns(unique, value)
        columns = {name: filled.get(name) for name in unique.unique_columns()}
        given = {column_name(unique.name, key) for key in value}
        if all(columns.values()) and given >= set(columns):
            return columns
    raise Refusal(
        f"Missing required fields: at least one unique constraint have to be fully populated for '{found.name}'.",
        friendly="Missing required fields: at least one unique constraint have to be fully populated for"
        " {connectFieldName}.",
    )
