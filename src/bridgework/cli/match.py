"""`bridgework match`: who of the practice is in Twenty already, and what a person says of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated, Any
from uuid import UUID

import typer
from rich.markup import escape

from bridgework.cli.options import AsJson, Folder
from bridgework.cli.running import command, work
from bridgework.cli.show import Screen
from bridgework.errors import UsageError
from bridgework.migration import Migration
from bridgework.reports.match_page import GROUPS, KINDS
from bridgework.reports.words import title
from bridgework.stages.context import Context
from bridgework.stages.existing.deciding import Deciding
from bridgework.stages.existing.matching import Told, look, say_same, tell
from bridgework.store.notes import signed_name

_MOST_SHOWN = 20  # pairs of a group in the terminal; the page has all


def match(  # noqa: PLR0913 - a command has as many options as its users need
    folder: Folder,
    *,
    same: Annotated[
        tuple[str, str] | None, typer.Option(metavar="FILE:LINE ID", help="This record is that one of Twenty.")
    ] = None,
    different: Annotated[
        list[str] | None, typer.Option(metavar="FILE:LINE", help="This record is not the one it was matched with.")
    ] = None,
    restore: Annotated[
        list[str] | None, typer.Option(metavar="FILE:LINE", help="Take its match out of Twenty's bin, and merge.")
    ] = None,
    accept_above: Annotated[bool, typer.Option("--accept-above", help="All that are proposed are the same.")] = False,
    approve_as: Annotated[
        str | None, typer.Option("--approve-as", metavar="NAME", help="Approve all decisions, by name.")
    ] = None,
    show_values: Annotated[
        bool, typer.Option("--show-values", help="Show patients' values, here and in the page.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Who of the practice is in Twenty already: look, decide, approve. Writes nothing to Twenty."""
    with command(as_json=as_json) as screen, Migration.open(folder, alone=True) as migration:
        context = migration.context
        approve_as = None if approve_as is None else signed_name(approve_as)
        if not (same or different or restore or accept_above or approve_as):
            looked = work(context, look(context))
            screen.document["compared"] = {"twenty": dict(looked.existing), "practice": dict(looked.source)}
        _decide(context, same, different or (), restore or ())
        if accept_above:
            count = Deciding(context).accept_proposed()
            screen.text(f"{count:,} that were proposed are the same now.")
        if approve_as:
            digest = Deciding(context).approve(approve_as)
            screen.document["approved"] = {"what": "match", "name": approve_as, "digest": digest}
        _show(screen, tell(context, show_values=show_values))


def _decide(context: Context, same: tuple[str, str] | None, different: Any, restore: Any) -> None:
    if same is not None:
        ref, id_ = same
        try:
            record_id = UUID(id_)
        except ValueError:
            raise UsageError("MATCH-UNKNOWN", "That is no id of a record in Twenty.", where="--same") from None
        work(context, say_same(context, ref, record_id))
    for ref in different:
        Deciding(context).different(ref)
    for ref in restore:
        Deciding(context).restore(ref)


def _show(screen: Screen, told: Told) -> None:
    screen.document["match"] = {
        "counts": dict(told.counts),
        "pairs": list(told.pairs),
        "stops": [asdict(one) for one in told.stops],
        "digest": told.digest,
        "approved_by": told.approved_by,
        "page": str(told.page),
    }
    for group, (heading, what) in GROUPS.items():
        pairs = [one for one in told.pairs if one["group"] == group]
        if pairs:
            rows = [_row(one) for one in pairs[:_MOST_SHOWN]]
            screen.table(f"{heading} ({len(pairs):,})", ("record", "score", "in DentAdmin", "in Twenty", "why"), rows)
            screen.text(f"[dim]{escape(what)}[/]" + (" The page has all." if len(pairs) > _MOST_SHOWN else ""))
    screen.text(f"New: {told.counts['new']:,} records, made by the load.")
    screen.text(f"Page: {escape(str(told.page))}")
    if told.stops:
        screen.findings(told.stops)
    elif told.approved_by:
        screen.text(f"[green]✓[/] Approved by {escape(told.approved_by)} ({told.digest[:16]}).")
    else:
        screen.text("[green]✓[/] Nothing is to be decided.")


def _row(one: Mapping[str, Any]) -> list[str]:
    why = "; ".join(one["reasons"]) + (f"; {one['rivals']} fit nearly as well" if one["rivals"] else "")
    first = f"{escape(one['ref'])}\n[dim]{title(one['source_object'])}[/]"
    existing = f"{_side(one['existing'])}\n[dim]{one['record']}[/]"
    return [first, f"{one['score']:.2f}", _side(one["source"]), existing, why]


def _side(known: Mapping[str, str]) -> str:
    return "\n".join(f"{KINDS[kind]}: {escape(text)}" for kind, text in known.items())
