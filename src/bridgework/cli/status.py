"""`bridgework status`: where the migration stands."""

from __future__ import annotations

from rich.markup import escape

from bridgework.cli.options import AsJson, Folder
from bridgework.cli.running import command
from bridgework.migration import Migration
from bridgework.status import status as status_of


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
        if state["api"]:
            screen.text(f"DentAdmin's API: {state['api']}")
        if state["accounts"] and not as_json:
            screen.accounts(state["accounts"])
        for one in state["paused automations"]:
            screen.text(f"[yellow]paused:[/] the automation “{escape(one['name'])}”; load or rollback restores it")
        screen.text(f"Next: {escape(state['next'])}")
