"""The command line: one face of a migration.

Exit codes: 0 done, 1 findings that stop, 2 wrong use, 3 the other system refused or is away, 4 paused (run it again).
"""

from __future__ import annotations

from bridgework.cli.commands import app


def main() -> None:
    """The entry point of `bridgework`."""
    app()
