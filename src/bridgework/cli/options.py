"""Options that many commands take."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Folder = Annotated[Path, typer.Argument(metavar="DIR", help="The folder of the migration.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document on stdout, progress on stderr.")]
PlanOnly = Annotated[bool, typer.Option("--plan", help="Show what it would do.")]
Apply = Annotated[bool, typer.Option("--apply", help="Do it.")]
Wait = Annotated[bool, typer.Option("--wait", help="Wait while another process works on this migration.")]
ApproveAs = Annotated[str | None, typer.Option("--approve-as", metavar="NAME", help="Approve what is shown, by name.")]
