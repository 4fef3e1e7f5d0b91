"""Which records an upsert matches, and what the server says of duplicates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import orjson

from bridgework.twins.twenty.converting import Draft
from bridgework.twins.twenty.errors import Refusal
from bridgework.twins.twenty.fieldtypes import COMPOSITE
from bridgework.twins.twenty.model import Field, Object
from bridgework.twins.twenty.store import quoted

if TYPE_CHECKING:
    from bridgework.twins.twenty.workspace import Workspace

Key = tuple[Any, ...]


def match(workspace: Workspace, item: Object, drafts: Sequence[Draft]) -> tuple[list[Draft], list[Draft]]:
    """Drafts that match a record by its id or any unique field, deleted ones included, and drafts that are new.

    A draft that matches takes the id of what it matched, whatever id it came with.
    """
    known = {found.name: _existing(workspace, item, found, drafts) for found in item.unique_fields}
    updates, inserts = [], []
    for draft in drafts:
        ids = []
        for found in item.unique_fields:
            key = _key(found, draft)
            if key is not None and key in known[found.name]:
                ids.append(known[found.name][key])
        if len(set(ids)) > 1:
            raise _several(item, draft)
        if ids:
            draft.columns["id"] = ids[0]
            updates.append(draft)
        else:
            inserts.append(draft)
    return updates, inserts


def _key(found: Field, draft: Draft) -> Key | None:
    """The values of a unique field, where the draft gives all of them."""
    key = tuple(draft.columns.get(name) for name in found.unique_columns())
    return None if None in key else key


def _existing(workspace: Workspace, item: Object, found: Field, drafts: Sequence[Draft]) -> dict[Key, str]:
    columns = found.unique_columns()
    wanted = [key[0] for key in (_key(found, draft) for draft in drafts) if key is not None]
    if not wanted:
        return {}
    names = ", ".join(map(quoted, columns))
    rows = workspace.store.rows(
        f"SELECT id, {names} FROM {quoted(item.table)}"  # noqa: S608
        f" WHERE {quoted(columns[0])} IN (SELECT value FROM json_each(?))",
        [orjson.dumps(wanted).decode()],
    )
    return {tuple(row[1:]): row[0] for row in rows}


def _several(item: Object, draft: Draft) -> Refusal:
    described = []
    for found in item.unique_fields:
        for column in found.unique_columns():
            value = draft.columns.get(column)
            if value is not None:
                part = column[len(found.name) :]
                path = f"{found.name}.{part[0].lower()}{part[1:]}" if found.type in COMPOSITE else found.name
                described.append(f"{path}: {value}")
    message = (
        f"Multiple records found with the same unique field values for {', '.join(described)}."
        " Cannot determine which record to update."
    )
    return Refusal(message, sub_code="UPSERT_MULTIPLE_MATCHING_RECORDS_CONFLICT", friendly=message)


def duplicate(workspace: Workspace, item: Object, drafts: Sequence[Draft], columns: Sequence[str]) -> Refusal:
    """The refusal of a value that is taken. It names the holder only where that is there for all to see.

    Called when the statement has failed but its transaction has not yet been rolled back: what a failed statement
    wrote is gone, so that only earlier records can be found.
    """
    message = "A duplicate entry was detected"
    found = next((field for field in item.unique_fields if field.unique_columns() == list(columns)), None)
    if found is not None and found.name != "id":
        own = {draft.columns.get("id") for draft in drafts}
        where = " AND ".join(f"{quoted(name)} = ?" for name in columns)
        sql = f"SELECT id FROM {quoted(item.table)} WHERE deletedAt IS NULL AND {where}"  # noqa: S608
        for draft in drafts:
            key = _key(found, draft)
            rows = workspace.store.rows(sql, key) if key is not None else []
            holders = [ident for (ident,) in rows if ident != draft.columns.get("id") and ident not in own]
            if holders:
                return Refusal(
                    message,
                    friendly=f"This {found.label} value is already in use. Please check your data and try again.",
                    extra={"conflictingRecordId": holders[0], "conflictingObjectNameSingular": item.name},
                )
    return Refusal(message, friendly="This record already exists. Please check your data and try again.")
