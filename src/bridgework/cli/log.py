"""`bridgework log`: the audit log, shown, checked, and exported as a file that can be checked without the store."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from bridgework.cli.options import AsJson
from bridgework.cli.running import STOPPED, command
from bridgework.cli.show import Screen
from bridgework.errors import UsageError
from bridgework.migration import Migration
from bridgework.store import audit_export, audit_log
from bridgework.store.audit_export import FileCheck


def log(
    folder: Annotated[Path | None, typer.Argument(metavar="DIR", help="The folder of the migration.")] = None,
    *,
    verify: Annotated[bool, typer.Option("--verify", help="Check the chain of hashes.")] = False,
    export: Annotated[Path | None, typer.Option(metavar="FILE", help="Write it as JSON Lines.")] = None,
    verify_file: Annotated[
        Path | None, typer.Option("--verify-file", metavar="FILE", help="Check an exported file; needs no DIR.")
    ] = None,
    head: Annotated[
        str, typer.Option(metavar="HASH", help="The last entry's hash, as you kept it: shows a cut end.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """The audit log: every operation and approval."""
    with command(as_json=as_json) as screen:
        if (folder is None) is (verify_file is None) or sum((verify, bool(export), bool(verify_file))) > 1:
            raise UsageError("LOG-OF-WHAT", "Say DIR, with --verify or --export FILE if wanted; or --verify-file FILE.")
        if verify_file is not None:
            _check_file(screen, verify_file, head)
        elif folder is not None:
            with Migration.open(folder) as migration:
                _of_store(screen, migration, verify=verify, export=export, head=head)


def _of_store(screen: Screen, migration: Migration, *, verify: bool, export: Path | None, head: str) -> None:
    store = migration.context.store
    if export is not None:
        written = audit_export.export(store, export)
        screen.document["exported"] = {"file": str(export), "entries": written.entries, "head": written.head}
        screen.text(f"[green]✓[/] {written.entries:,} entries in {escape(str(export))}. Head: {written.head}")
        screen.text("Keep the head apart from the file: it alone shows that the end was cut off.")
    elif verify:
        check = audit_log.verify(store, audit_export.needed_head(head))
        screen.document["chain"] = asdict(check)
        if check.broken_at is not None:
            screen.text(f"[red]✗[/] The chain breaks at entry {check.broken_at}: {check.why}.")
            raise typer.Exit(STOPPED)
        screen.text(f"[green]✓[/] {check.entries:,} entries, each following the one before it. Head: {check.head}")
    else:
        _show(screen, migration)


def _show(screen: Screen, migration: Migration) -> None:
    screen.document["entries"] = []
    for entry in audit_log.entries(migration.context.store):
        if screen.as_json:
            screen.document["entries"].append(asdict(entry))
            continue
        detail = json.dumps(entry.detail, ensure_ascii=False)
        screen.text(
            escape(f"{entry.seq:>6}  {entry.at[:19]}  {entry.actor}  {entry.action} {entry.object}  {detail[:100]}")
        )


def _check_file(screen: Screen, path: Path, head: str) -> None:
    check: FileCheck = audit_export.verify_file(path, head)
    screen.document["file"] = asdict(check)
    if check.trouble is not None:
        screen.text(f"[red]✗[/] Entry {check.seq}, line {check.line}: {check.why}.")
        if check.entries:
            screen.text(f"The {check.entries:,} entries before it are as they were written. Head: {check.head}")
        raise typer.Exit(STOPPED)
    screen.text(f"[green]✓[/] {check.entries:,} entries, each following the one before it. Head: {check.head}")
    if not head:
        screen.text("Whether the end was cut off shows only with the head that you kept: --head HASH.")
