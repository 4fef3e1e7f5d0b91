"""`bridgework init`: the beginning of a migration."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from bridgework.cli.options import AsJson, Folder
from bridgework.cli.running import command
from bridgework.errors import UsageError
from bridgework.migration import Migration
from bridgework.settings import ApiSettings, PracticeSettings, WorkspaceSettings


def init(  # noqa: PLR0913 - a command has as many options as its users need
    folder: Folder,
    *,
    twenty: Annotated[str, typer.Option(metavar="URL", help="Where Twenty is.")],
    practice: Annotated[Path | None, typer.Option(help="The folder that DentAdmin exported to.")] = None,
    api: Annotated[str | None, typer.Option(metavar="PROFILE", help="The profile of DentAdmin's API.")] = None,
    api_url: Annotated[str | None, typer.Option(metavar="URL", help="Where the API is.")] = None,
    rate: Annotated[int, typer.Option(min=0, help="Calls a minute that Twenty allows; 0: no limit.")] = 100,
    remember: Annotated[bool, typer.Option("--remember", help="Keep the secrets in the system's keyring.")] = False,
    as_json: AsJson = False,
) -> None:
    """Start a migration: its settings and its encrypted, empty store."""
    with command(as_json=as_json) as screen:
        for option, url in (("--twenty", twenty), ("--api-url", api_url)):
            if url is not None and not url.startswith(("http://", "https://")):
                raise UsageError("URL-WRONG", "The URL must begin with http:// or https://.", where=option)
        if practice is None and api is None:
            raise UsageError("PRACTICE-MISSING", "Say where the practice is: --practice, --api or both.")
        source = PracticeSettings(
            folder=practice.resolve() if practice else None, api=ApiSettings(profile=api, url=api_url) if api else None
        )
        target = WorkspaceSettings(url=twenty.rstrip("/"), calls_per_minute=rate)
        with Migration.create(folder, source, target, keep_keys=remember):
            screen.document["folder"] = str(folder)
            screen.text(
                f"[green]✓[/] The migration is in {escape(str(folder))}. Next: bridgework audit {escape(str(folder))}"
            )
