"""The whole content of a workspace, in a form in which two of them can be compared.

What the server chose by chance or by the clock is replaced: its ids by what they mean, its moments by "<now>", its
address by "<url>", as it has another port each time. What a client chose stays. Left out is what the server notes of
itself and nobody can undo: who wrote last, and the timeline entries and workflow runs that are not a client's. So two
workspaces that were filled alike are equal, whenever and in whatever order that happened, and one where all was taken
back is as it was.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any

import orjson

from bridgework.twins.twenty.fieldtypes import read
from bridgework.twins.twenty.model import Object
from bridgework.twins.twenty.store import quoted

if TYPE_CHECKING:
    from bridgework.twins.twenty.workspace import Workspace

NOTED = frozenset({"timelineActivity", "workflowRun"})
_ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")
_RANDOM_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def content(workspace: Workspace) -> dict[str, Any]:
    """Records by object (those in the bin too), the data model, view fields and the hashes of files.

    `{"records": {name: [record]}, "model": {name: {...}}, "views": {name: {view: [...]}}, "files": [sha256]}`; the
    records of an object are in the order of their text.
    """
    names, files = _names(workspace), workspace.files
    return {
        "records": {item.name: _records(workspace, item, names) for item in sorted(workspace.model, key=_name)},
        "model": {item.name: _object(workspace, item) for item in sorted(workspace.model, key=_name)},
        "views": {item.name: _views(workspace, item) for item in sorted(workspace.model, key=_name)},
        # An upload that was announced, and whose answer was lost, is no file yet: the server forgets it in time.
        "files": sorted(_hash(workspace, one) for one in files.known if files.get_bytes(one) is not None),
    }


def _name(item: Object) -> str:
    return item.name


def _names(workspace: Workspace) -> dict[str, str]:
    """What the server's ids mean: a field, an object, the bytes of a file."""
    names = {item.id: item.name for item in workspace.model}
    names |= {found.id: f"{item.name}.{found.name}" for item in workspace.model for found in item.fields}
    return names | {ident: _hash(workspace, ident) for ident in workspace.files.known}


def _hash(workspace: Workspace, ident: str) -> str:
    return hashlib.sha256(workspace.files.get_bytes(ident) or b"").hexdigest()


def _records(workspace: Workspace, item: Object, names: dict[str, str]) -> list[dict[str, Any]]:
    columns = [column for column in item.columns if column.field.name != "updatedBy"]
    selected = ", ".join(quoted(column.name) for column in columns)
    place = [column.name for column in columns].index("id")
    rows = workspace.store.rows(f"SELECT {selected} FROM {quoted(item.table)}")  # noqa: S608
    records = [
        {column.name: _plain(read(column.kind, value), workspace.founded, names)
         for column, value in zip(columns, row, strict=True)}
        for row in rows
        if not (item.name in NOTED and _RANDOM_ID.fullmatch(row[place]))
    ]  # fmt: skip
    return sorted(records, key=lambda record: orjson.dumps(record, option=orjson.OPT_SORT_KEYS))


def _plain(value: Any, founded: str, names: dict[str, str]) -> Any:
    if isinstance(value, str):
        if len(value) == len(founded) and value.endswith("Z") and value >= founded:
            return "<now>"
        return _ADDRESS.sub("<url>", _RANDOM_ID.sub(lambda found: names.get(found[0], "<id>"), value))
    if isinstance(value, list):
        return [_plain(item, founded, names) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item, founded, names) for key, item in value.items()}
    return value


def _object(workspace: Workspace, item: Object) -> dict[str, Any]:
    facts = item.facts
    fields = {}
    for found in sorted(item.fields, key=lambda found: found.name):
        target = workspace.model.target(found).name if found.target_object_id else None
        fields[found.name] = {
            "type": found.type, "label": found.label, "active": found.active, "nullable": found.nullable,
            "unique": found.unique, "default": found.default, "relation": found.relation, "target": target,
            "options": [(option["value"], option["label"]) for option in found.options or ()],
        }  # fmt: skip
    return {"plural": facts.plural, "label": facts.label, "active": facts.active, "fields": fields}


def _views(workspace: Workspace, item: Object) -> dict[str, list[tuple[str, bool, float]]]:
    views = {}
    for view in workspace.views.of_object(item.id, None):
        parts = [
            (workspace.model.fields[part["fieldMetadataId"]].name, part["isVisible"], part["position"])
            for part in view["viewFields"]
        ]
        views[view["name"]] = sorted(parts)
    return views
