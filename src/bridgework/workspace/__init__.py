"""Talking to Twenty: client and pace, data model, records, files, automations."""

from bridgework.workspace.automations import Automation
from bridgework.workspace.compare import Difference, classify
from bridgework.workspace.creating import CreateOutcome
from bridgework.workspace.culprits import Refusal
from bridgework.workspace.files import UploadedFile
from bridgework.workspace.model import DataModel, Field, Object, Option, Relation
from bridgework.workspace.pace import Pace, PaceMemory
from bridgework.workspace.records import Look
from bridgework.workspace.waits import ANSWER, PACE, Waits
from bridgework.workspace.workspace import Capabilities, Member, Workspace

__all__ = [
    "ANSWER",
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
