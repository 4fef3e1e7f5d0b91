"""The workspace's side of the inventory: what it is, what it holds, and what it takes."""

from __future__ import annotations

from collections.abc import Collection

from bridgework.mapping import standard
from bridgework.reports.audit_document import WorkspaceObject, WorkspaceSide
from bridgework.workspace import Object, Workspace

# Bytes of an upload: createFileUpload (since 2.19) takes 1 GiB; the older ways took 110 MB when it was measured.
_LIMITS = {"direct": 1024**3, "multipart": 100_000_000, "path": 100_000_000, "none": 0}
# The objects of a fresh workspace (2.19) that people see; any other was made by somebody.
_STANDARD = frozenset({"company", "dashboard", "note", "opportunity", "person", "task", "workflow"})


async def workspace_side(workspace: Workspace, ours: Collection[str]) -> WorkspaceSide:
    """Ask the workspace; `ours` are the objects that the map will write to. Raises what the workspace raises."""
    can = workspace.capabilities
    seen = [one for one in workspace.model.objects.values() if one.is_active and not one.is_system]
    names = [one.name for one in seen]
    found = await workspace.automations(names) if can.automations else []
    return {
        "version": can.version,
        "calls_per_minute": can.calls_per_minute,
        "records_per_call": can.max_records,
        "members": len(await workspace.members()),
        "uploads": can.uploads,
        "upload_limit": _LIMITS[can.uploads],
        "storage_limit": None,  # no version tells it over the API
        "automations": [f"{one.workflow_name} ({one.event})" for one in found],
        "automations_visible": can.automations,
        "objects": [_object(one, await workspace.count(one.name), one.name in ours) for one in seen],
    }


def _object(one: Object, records: int, ours: bool) -> WorkspaceObject:  # noqa: FBT001 - a fact about it
    custom = one.name not in _STANDARD
    known = standard.CUSTOM_OBJECT if custom else standard.OBJECTS.get(one.name)
    added = [field for field in one.fields.values() if known and not field.is_system and field.name not in known]
    return {
        "object": one.name,
        "label": one.label_plural,
        "custom": custom,
        "ours": ours,
        "records": records,
        "custom_fields": len(added),
    }
