"""What a pass of the delta did, and what a person has to decide, as JSON: shapes of values, never the values."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bridgework.reports.page import dated, write_json


def write_delta(folder: Path, document: Mapping[str, Any]) -> tuple[Path, ...]:
    """Write `delta.json` into the folder (mode 0600, replaced in one step)."""
    return (write_json(folder / "delta.json", dated(document)),)
