"""The metadata API."""
from __future__ import annotations
from typing import Any
class MetadataApi:
    def __init__(self, workspace: Any) -> None: self.workspace=workspace
    def execute(self, payload: dict[str, Any]) -> Any: return {"errors":[{"message":"not yet"}]}
    def anonymous(self, payload: dict[str, Any]) -> Any: return {"errors":[{"message":"anonymous"}]}
