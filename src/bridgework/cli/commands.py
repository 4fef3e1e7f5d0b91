"""The commands of `bridgework`, each a few lines over a Migration."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from bridgework import __version__
from bridgework.cli.demo import run_demo
from bridgework.cli.log import log
from bridgework.cli.map import map_app
from bridgework.cli.match import match
from bridgework.cli.moving import add_moving
from bridgework.cli.options import Apply, ApproveAs, AsJson, Folder, PlanOnly
from bridgework.cli.passes import add_passes
from bridgework.cli.practice import practice_app
from bridgework.cli.rehearse import rehearse
from bridgework.cli.running import command, run_stage
from bridgework.cli.show import Screen
from bridgework.cli.twins import twin_app
from bridgework.errors import UsageError
from bridgework.migration import Migration
from bridgework.settings import ApiSettings, PracticeSettings, WorkspaceSettings
from bridgework.stages import audit as audit_stage
from bridgework.stages.common import Stage
from bridgework.status import status as status_of

app = typer.Typer(
    help="Moves a Belgian dental practice from DentAdmin to Twenty CRM: field by field, verified, and reversible.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(map_app, name="map")
app.add_typer(practice_app, name="practice")
app.add_typer(twin_app, name="twin")
add_moving(app)
app.command()(rehearse)
app.command()(log)
add_passes(app)
app.command()(match)


@app.callback(invoke_without_command=True)
def root(*, version: Annotated[bool, typer.Option("--version", help="Say the version and end.")] = False) -> None:
    """Take the version option; everything else is a command."""
    if version:
        typer.echo(__version__)
        raise typer.Exit


@app.command()
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


def _stage(name: str, folder: Path, screen: Screen, *, plan: bool, apply: bool, approve_as: str | None) -> None:
    run_stage(screen, folder, lambda one: one.stage(name), plan_only=plan, apply=apply, approve_as=approve_as)


@app.command()
def audit(
    folder: Folder,
    *,
    plan: PlanOnly = False,
    apply: Apply = False,
    calls: Annotated[
        int | None, typer.Option(min=1, help="At most so many calls of DentAdmin's API; the load reads on.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Take stock: read the practice into the store, examine it, and look at the workspace."""
    with command(as_json=as_json) as screen:

        def make(migration: Migration) -> Stage:
            return audit_stage.Audit(migration.context, most_calls=calls)

        run_stage(screen, folder, make, plan_only=plan, apply=apply, approve_as=None)


@app.command()
def schema(
    folder: Folder,
    *,
    plan: PlanOnly = False,
    apply: Apply = False,
    approve_as: ApproveAs = None,
    as_json: AsJson = False,
) -> None:
    """Make the objects and fields that the map needs in Twenty."""
    with command(as_json=as_json) as screen:
        _stage("schema", folder, screen, plan=plan, apply=apply, approve_as=approve_as)


@app.command()
def status(folder: Folder, *, as_json: AsJson = False) -> None:
    """Where the migration stands, and what is next."""
    with command(as_json=as_json) as screen, Migration.open(folder) as migration:
        state = status_of(migration.context)
        screen.document["status"] = state
        done = [("[green]✓[/] " if ready else "[dim]·[/] ") + name for name, ready in state["stages"].items()]
        screen.text("  ".join(done))
        for one in state["approvals"]:
            screen.text(f"{one['what']} approved by {escape(one['name'])} on {one['at'][:16].replace('T', ' ')} UTC")
        for one in state["runs"]:
            when = (
                f"since {one['began'][:16]}" if one["ended"] is None else f"{one['began'][:16]} to {one['ended'][:16]}"
            )
            screen.text(f"{one['name']}: {one['state']}, {when.replace('T', ' ')} UTC")
        if state["batches"]:
            screen.text("batches: " + ", ".join(f"{count:,} {name}" for name, count in state["batches"].items()))
        if state["running"]:
            screen.text(f"Now: {state['running']['stage']}, {escape(state['running']['said'])}")
        for line in (_match(state["match"]), _rehearsal(state["rehearsal"])):
            if line:
                screen.text(line)
        if state["api"]:
            screen.text(f"DentAdmin's API: {state['api']}")
        if state["accounts"] and not as_json:
            screen.accounts(state["accounts"])
        for one in state["paused automations"]:
            screen.text(f"[yellow]paused:[/] the automation “{escape(one['name'])}”; load or rollback restores it")
        screen.text(f"Next: {escape(state['next'])}")


def _match(state: Mapping[str, Any]) -> str:
    """How the matching stands, in a line."""
    if not state:
        return ""
    signed = "approved" if state["approved"] else "not approved"
    return f"match: {state['found']:,} found, {state['open']:,} open, {state['merged']:,} to be merged; {signed}"


def _rehearsal(state: Mapping[str, Any]) -> str:
    """What the last rehearsal came to, in a line."""
    if not state:
        return ""
    came = "nothing would stop the real run" if state["passed"] else f"{state['stops']} things would stop the real run"
    old = "" if state["current"] else "; the map has changed since"
    return f"rehearsal: {came}, on {state['at'][:16].replace('T', ' ')} UTC{old}"


@app.command()
def demo(
    *,
    folder: Annotated[Path, typer.Option(help="Where to work; must not exist.")] = Path("demo"),
    patients: Annotated[int, typer.Option(min=1)] = 500,
    seed: Annotated[int, typer.Option()] = 1,
    as_json: AsJson = False,
) -> None:
    """Move a synthetic practice into the Twenty twin, verify it, and take it back."""
    with command(as_json=as_json) as screen:
        run_demo(screen, folder, patients=patients, seed=seed)
