"""What a rehearsal leaves: a folder, until it is removed, and what it came to; apart, since every command asks it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bridgework.stages.context import Context

NAME = "rehearse"
FOLDER = "rehearsal"


def remove_scratch(folder: Path) -> None:
    """Remove what is left of a rehearsal in a migration's folder; to be called by whoever works on it alone."""
    shutil.rmtree(folder / FOLDER, ignore_errors=True)


def last_rehearsal(context: Context) -> dict[str, Any]:
    """What the last rehearsal came to: `at`, `passed`, `stops`, `aside`, and `current`: of the map as it is now."""
    kept: dict[str, Any] = context.store.get(NAME, {})
    if not kept:
        return {}
    current = context.map_path.exists() and context.map().digest() == kept["map"]
    return {**{name: kept[name] for name in ("at", "passed", "stops", "aside")}, "current": current}
