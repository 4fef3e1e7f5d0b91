"""`bridgework delta` and `cutover`: passes while the practice goes on working, and the last one."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from bridgework.cli.options import Apply, ApproveAs, AsJson, Folder, PlanOnly, Wait
from bridgework.cli.running import STOPPED, apply_approved, command, run_stage, work
from bridgework.cli.show import Screen
from bridgework.errors import UsageError
from bridgework.migration import Migration
from bridgework.practice.changes import Told
from bridgework.stages.changes import Asked
from bridgework.stages.common import Stage
from bridgework.stages.conflicts import decide, open_conflicts
from bridgework.stages.cutover import Cutover
from bridgework.stages.delta import Delta, Policies
from bridgework.stages.watching import seconds_of, watch

ConflictPolicy = Annotated[
    str, typer.Option("--conflicts", help="Who wins a field changed on both sides: ask, source, twenty.")
]
GonePolicy = Annotated[str, typer.Option("--gone", help="Records gone at the practice: soft-delete, flag, ignore.")]
From = Annotated[Path | None, typer.Option("--from", metavar="FOLDER", help="A newer export, in another folder.")]
Full = Annotated[bool, typer.Option("--full", help="Read all of the API: it alone tells what is gone.")]
RightlyGone = Annotated[
    list[str] | None, typer.Option("--gone-object", metavar="OBJECT", help="It is right that much of it is gone.")
]
Without = Annotated[
    list[str] | None, typer.Option(metavar="OBJECT[.COLUMN]", help="It is right that the export does not have it.")
]


def add_passes(app: typer.Typer) -> None:
    """Add these commands."""
    for one in (delta, cutover):
        app.command()(one)


def delta(  # noqa: PLR0913 - a command has as many options as its users need
    folder: Folder,
    *,
    plan: PlanOnly = False,
    apply: Apply = False,
    approve_as: ApproveAs = None,
    conflicts: ConflictPolicy = "ask",
    gone: GonePolicy = "soft-delete",
    decision: Annotated[
        list[str] | None,
        typer.Option("--decide", metavar="[RECORD[.FIELD]=]WINNER", help="Decide what was asked: source or twenty."),
    ] = None,
    lasts: Annotated[str | None, typer.Option("--watch", metavar="TIME", help="Make passes for so long: 48h.")] = None,
    every: Annotated[str, typer.Option(metavar="TIME", help="How often, with --watch.")] = "15m",
    other: From = None,
    full: Full = False,
    rightly_gone: RightlyGone = None,
    without: Without = None,
    wait: Wait = False,
    as_json: AsJson = False,
) -> None:
    """Bring what is new, changed and gone at the practice to Twenty; as often as you like."""
    with command(as_json=as_json) as screen:
        policies = _policies(conflicts, gone)
        asked = Asked(other, full, Told(frozenset(without or ()), frozenset(rightly_gone or ())))
        if decision:
            _decide(screen, folder, decision)
            if not apply:
                return
        if lasts is not None:
            times = seconds_of(lasts, "--watch"), seconds_of(every, "--every")
            _watch(screen, folder, policies, asked, times, approve_as)
            return

        def make(migration: Migration) -> Stage:
            return Delta(migration.context, policies, asked)

        try:
            run_stage(screen, folder, make, plan_only=plan, apply=apply, approve_as=approve_as, wait=wait)
        finally:
            _show_conflicts(screen, folder)


def cutover(  # noqa: PLR0913 - a command has as many options as its users need
    folder: Folder,
    *,
    plan: PlanOnly = False,
    apply: Apply = False,
    approve_as: ApproveAs = None,
    conflicts: ConflictPolicy = "ask",
    gone: GonePolicy = "soft-delete",
    other: From = None,
    full: Full = False,
    rightly_gone: RightlyGone = None,
    without: Without = None,
    wait: Wait = False,
    as_json: AsJson = False,
) -> None:
    """The last pass: bring the rest, verify everything, restore paused automations, and close."""
    with command(as_json=as_json) as screen:
        asked = Asked(other, full, Told(frozenset(without or ()), frozenset(rightly_gone or ())))

        def make(migration: Migration) -> Stage:
            return Cutover(migration.context, _policies(conflicts, gone), asked)

        try:
            run_stage(screen, folder, make, plan_only=plan, apply=apply, approve_as=approve_as, wait=wait)
        finally:
            _show_conflicts(screen, folder)


def _policies(conflicts: str, gone: str) -> Policies:
    if conflicts not in {"ask", "source", "twenty"}:
        step = "ask, source or twenty"
        raise UsageError("POLICY-UNKNOWN", "There is no such policy.", where="--conflicts", next_step=step)
    if gone not in {"soft-delete", "flag", "ignore"}:
        step = "soft-delete, flag or ignore"
        raise UsageError("POLICY-UNKNOWN", "There is no such policy.", where="--gone", next_step=step)
    return Policies(conflicts, gone)  # type: ignore[arg-type]  # just looked at


def _decide(screen: Screen, folder: Path, words: list[str]) -> None:
    with Migration.open(folder, alone=True) as migration:
        count = sum(decide(migration.context.store, migration.context.actor, one) for one in words)
    screen.document["decided"] = count
    screen.text(f"[green]✓[/] {count} decided. The next pass writes them.")


def _show_conflicts(screen: Screen, folder: Path) -> None:
    """List what a person has to decide; nothing where there is no migration."""
    with Migration.open(folder) as migration:
        asked = open_conflicts(migration.context.store)
    screen.document["conflicts"] = [asdict(one) for one in asked]
    rows = [
        [
            escape(text)
            for text in (f"{one.object}.{one.field}", one.record, one.source, one.twenty, one.decision or "?")
        ]
        for one in asked
    ]
    if rows:
        screen.table("Changed on both sides (as shapes)", ("field", "record", "practice", "Twenty", "who wins"), rows)


def _watch(
    screen: Screen, folder: Path, policies: Policies, asked: Asked, times: tuple[float, float], approve_as: str | None
) -> None:
    with Migration.open(folder, alone=True) as migration:
        context = migration.context

        async def one_pass() -> bool:
            outcome = await apply_approved(screen, context, Delta(context, policies, asked), approve_as)
            screen.outcome(outcome)
            return outcome.passed

        lasts, every = times
        made = work(context, watch(context, one_pass, lasts=lasts, every=every))
    screen.document["passes"] = made
    if not screen.document["outcome"]["passed"]:
        raise typer.Exit(STOPPED)
