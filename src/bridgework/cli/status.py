"""`bridgework status`: where the migration stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

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
        if state["running"]:
            screen.text(f"Now: {state['running']['stage']}, {escape(state['running']['said'])}")
        for line in (_map(state["map"]), _match(state["match"]), _rehearsal(state["rehearsal"])):
            if line:
                screen.text(line)
        if state["api"]:
            screen.text(f"DentAdmin's API: {state['api']}")
        if state["accounts"] and not as_json:
            screen.accounts(state["accounts"])
        for one in state["paused automations"]:
            screen.text(f"[yellow]paused:[/] the automation “{escape(one['name'])}”; load or rollback restores it")
        screen.text(f"Next: {escape(state['next'])}")


def _map(state: Mapping[str, Any]) -> str:
    """What keeps the map from being approved, or which columns no line moves, in a line."""
    parts = [f"{state['problems']:,} errors"] if state["problems"] else []
    if state["open"]:
        parts.append(f"{state['open']:,} {'line waits' if state['open'] == 1 else 'lines wait'} for a decision")
    if state["columns"]:
        parts.append(f"{'since the load' if state['late'] else 'columns changed'}: {escape(state['columns'])}")
    return f"map: {'; '.join(parts)}" if parts else ""


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
