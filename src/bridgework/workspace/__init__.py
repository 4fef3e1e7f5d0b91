"""Talking to Twenty: client and pace, data model, records, files, automations."""

from typing import TYPE_CHECKING

from bridgework.on_demand import on_demand

if TYPE_CHECKING:
    from bridgework.workspace.automations import Automation
    from bridgework.workspace.compare import Difference, classify
    from bridgework.workspace.creating import CreateOutcome
    from bridgework.workspace.culprits import Refusal
    from bridgework.workspace.files import UploadedFile
    from bridgework.workspace.model import ATTACHMENT, DataModel, Field, Object, Option, Relation
    from bridgework.workspace.pace import Pace, PaceMemory
    from bridgework.workspace.records import Look
    from bridgework.workspace.waits import ANSWER, PACE, Waits
    from bridgework.workspace.workspace import Capabilities, Member, Workspace

__all__ = [
    "ANSWER",
    "ATTACHMENT",
    "PACE",
    "Automation",
    "Capabilities",
    "CreateOutcome",
    "DataModel",
    "Difference",
    "Field",
    "Look",
    "Member",
    "Object",
    "Option",
    "Pace",
    "PaceMemory",
    "Refusal",
    "Relation",
    "UploadedFile",
    "Waits",
    "Workspace",
    "classify",
]

__getattr__ = on_demand(
    __name__,
    {
        "Automation": "automations",
        "Difference": "compare",
        "classify": "compare",
        "CreateOutcome": "creating",
        "Refusal": "culprits",
        "UploadedFile": "files",
        "ATTACHMENT": "model",
        "DataModel": "model",
        "Field": "model",
        "Object": "model",
        "Option": "model",
        "Relation": "model",
        "Pace": "pace",
        "PaceMemory": "pace",
        "Look": "records",
        "ANSWER": "waits",
        "PACE": "waits",
        "Waits": "waits",
        "Capabilities": "workspace",
        "Member": "workspace",
        "Workspace": "workspace",
    },
)
