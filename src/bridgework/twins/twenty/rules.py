"""Objects that have rules of their own: what nobody may do with them, and what else happens when somebody does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import orjson

from bridgework.twins.twenty.converting import defaults
from bridgework.twins.twenty.errors import Refusal, forbidden
from bridgework.twins.twenty.model import Object, new_id
from bridgework.twins.twenty.store import quoted

if TYPE_CHECKING:
    from bridgework.twins.twenty.workspace import Workspace

# What goes to the bin with a note or task, and comes back with it.
HANGING = {"note": ("noteTarget", "noteId"), "task": ("taskTarget", "taskId")}
# Where the server expects the ids of a removal by filter under `id.in`, and trips over anything else.
BY_IDS = frozenset({"workflow", "dashboard"})


def check(workspace: Workspace, method: str, item: Object, arguments: dict[str, Any]) -> None:
    """Refuse what an API key may not do with this object."""
    verb, _, number = method.partition("_")
    if item.name == "workspaceMember" and verb in {"create", "update", "destroy", "restore", "delete"}:
        raise _member_by_delete() if verb == "delete" else forbidden()
    if item.name in {"workflowVersion", "workflowRun"} and (verb == "create" or method == "update_many"):
        raise _workflow("Method not allowed.", "You do not have permission to perform this workflow action.")
    if item.name == "workflowVersion" and method == "update_one" and not _is_draft(workspace, str(arguments["id"])):
        message = "Workflow version is not in draft status"
        raise _workflow(message, message)
    if item.name in BY_IDS and number == "many" and verb in {"delete", "destroy", "restore"}:
        ids = arguments["filter"].get("id")
        if not isinstance(ids, dict) or "in" not in ids:
            message = "Cannot read properties of undefined (reading 'in')"
            raise Refusal(message, code="INTERNAL_SERVER_ERROR", friendly=None)


def _member_by_delete() -> Refusal:
    return Refusal(
        "Please use /deleteUserFromWorkspace to remove a workspace member.",
        sub_code="BAD_REQUEST",
        friendly="Please use Settings to remove a workspace member.",
    )


def _workflow(message: str, friendly: str) -> Refusal:
    return Refusal(
        message, code="FORBIDDEN", sub_code="FORBIDDEN", friendly=friendly, status=403, name="ForbiddenException"
    )


def _is_draft(workspace: Workspace, ident: str) -> bool:
    rows = workspace.store.rows("SELECT status FROM workflowVersion WHERE id = ?", (ident,))
    return not rows or rows[0][0] == "DRAFT"


def afterwards(workspace: Workspace, method: str, item: Object, ids: Sequence[str]) -> Callable[[], None] | None:
    """What else an operation brings about, once its answer is fixed."""
    verb = method.partition("_")[0]
    if item.name in HANGING and verb in {"delete", "restore"}:
        return lambda: _follow(workspace, item, ids, verb)
    if item.name == "workflow" and verb == "create":
        return lambda: _first_versions(workspace, ids)
    return None


def _follow(workspace: Workspace, item: Object, ids: Sequence[str], verb: str) -> None:
    """Links go where their note or task went."""
    name, join = HANGING[item.name]
    link = workspace.model.by_name[name]
    rows = workspace.store.rows(
        f"SELECT id FROM {quoted(link.table)} WHERE {quoted(join)} IN (SELECT value FROM json_each(?))",  # noqa: S608
        [orjson.dumps(list(ids)).decode()],
    )
    found = [ident for (ident,) in rows]
    if verb == "delete":
        workspace.remover.soft_delete(link, found)
    else:
        workspace.remover.restore(link, found)


def _first_versions(workspace: Workspace, ids: Sequence[str]) -> None:
    """A new workflow has a first version, a draft."""
    item = workspace.model.by_name["workflowVersion"]
    for ident in ids:
        columns = {name: make() for name, make in defaults(item, workspace.now()).items()}
        columns |= {"name": "v1", "status": "DRAFT", "workflowId": ident}
        workspace.store.insert(item, list(columns), [tuple(columns.values())])


def prepare(workspace: Workspace, item: Object, columns: dict[str, Any]) -> None:
    """What the server adds to a new record of this object: a dashboard gets a page."""
    if item.name == "dashboard" and not columns.get("pageLayoutId"):
        title = columns.get("title") or "Dashboard"
        layout = workspace.layouts.create("pageLayout", {"id": new_id(), "name": title, "type": "DASHBOARD"})
        columns["pageLayoutId"] = layout["id"]
