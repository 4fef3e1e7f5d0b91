"""`bridgework practice changes` and `compare`: what is new, changed and gone at the practice."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from bridgework.cli.options import AsJson, Folder
from bridgework.cli.running import STOPPED, command, progress, stopping, work
from bridgework.cli.show import Screen
from bridgework.migration import Migration
from bridgework.practice.changes import Told
from bridgework.stages.changes import Asked, Report, compare_exports, look_for_changes
from bridgework.stages.common import Stopper

_COUNTED = ("then", "now", "new", "changed", "gone", "unchanged")
_MOST_HEADERS = 12


def changes(
    folder: Folder,
    *,
    other: Annotated[
        Path | None, typer.Option("--from", metavar="FOLDER", help="A newer export, in another folder.")
    ] = None,
    full: Annotated[bool, typer.Option("--full", help="Read all of the API: it alone tells what is gone.")] = False,
    gone: Annotated[
        list[str] | None, typer.Option(metavar="OBJECT", help="It is right that much of it is gone.")
    ] = None,
    without: Annotated[
        list[str] | None,
        typer.Option(metavar="OBJECT[.COLUMN]", help="It is right that the export does not have it; leave it alone."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """What is new, changed and gone at the practice since it was read; loads nothing."""
    with command(as_json=as_json) as screen, Migration.open(folder, alone=True) as migration:
        asked = Asked(other, full, Told(frozenset(without or ()), frozenset(gone or ())))
        _show(screen, work(migration.context, look_for_changes(migration.context, asked)))


def compare(
    old: Annotated[Path, typer.Argument(metavar="OLD", help="The folder of an export.")],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="That of a later one.")],
    *,
    as_json: AsJson = False,
) -> None:
    """What is new, changed and gone between two exports; needs no migration, and keeps nothing."""
    with command(as_json=as_json) as screen:
        stopper = Stopper()
        with stopping(stopper), progress() as shown:
            report = compare_exports(old, new, shown, stopper)
        _show(screen, report)


def _show(screen: Screen, report: Report) -> None:
    screen.document["changes"] = report.as_json()
    rows = [[name, *(f"{getattr(one, count):,}" for count in _COUNTED)] for name, one in report.sums.items()]
    screen.table("At the practice", ("object", *_COUNTED), rows)
    headers = [
        (name, escape(header), f"{count:,}")
        for name, one in report.sums.items()
        for header, count in sorted(one.headers.items(), key=lambda pair: -pair[1])[:_MOST_HEADERS]
    ]
    if headers:
        screen.table("Changed columns", ("object", "column", "changed"), headers)
    aside = [
        (name, f"{one.quarantined:,}", f"{one.held:,}", f"{one.untouched:,}")
        for name, one in report.sums.items()
        if one.quarantined or one.held or one.untouched
    ]
    if aside:
        screen.table("Not compared", ("object", "quarantined", "held", "untouched"), aside)
    screen.findings(report.findings)
    if report.calls:
        screen.text(f"{report.calls:,} calls of DentAdmin's API.")
    if not report.passed:
        screen.text("[red]✗[/] Look at the findings marked stop; nothing of this is loaded before.")
        raise typer.Exit(STOPPED)
    screen.text("[green]✓[/] " + ("These are the changes." if report.differ else "Nothing has changed."))
