"""Takes stock of both sides for the audit: plain functions that compute what the inventory's documents show.

`inventory` is the whole of it, `workspace_side` asks Twenty. What they make is described in `reports.audit_document`.
"""

from bridgework.stages.inventory.calls import ApiObject
from bridgework.stages.inventory.taking import Found, inventory
from bridgework.stages.inventory.workspace_side import workspace_side

__all__ = ["ApiObject", "Found", "inventory", "workspace_side"]
