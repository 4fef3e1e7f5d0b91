"""The folder of a rehearsal, and how what is left of one is removed; apart, since every command that works asks it."""

from __future__ import annotations

import shutil
from pathlib import Path

FOLDER = "rehearsal"


def remove_scratch(folder: Path) -> None:
    """Remove what is left of a rehearsal in a migration's folder; to be called by whoever works on it alone."""
    shutil.rmtree(folder / FOLDER, ignore_errors=True)
