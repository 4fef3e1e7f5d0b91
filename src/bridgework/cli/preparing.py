"""The commands that prepare the move: audit and schema; the map has a module of its own."""

from __future__ import annotations

from typing import Annotated

import typer

from bridgework.cli.options import Apply, ApproveAs, AsJson, Folder, PlanOnly
from bridgework.cli.running import command, run_stage
from bridgework.migration import Migration
from bridgework.stages.common import Stage


def audit(
    folder: Folder,
    *,
    plan: PlanOnly = False,
    apply: Apply = False,
    calls: Annotated[
        int | None, typer.Option(min=1, help="At most so many calls of DentAdmin's API; the load reads on.")
    ] = None,
    anew: Annotated[
        bool,
        typer.Option("--anew", help="Read all of the export anew, where nothing is loaded yet."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Take stock: read the practice into the store, examine it, and look at the workspace."""
    with command(as_json=as_json) as screen:

        def make(migration: Migration) -> Stage:
            from bridgework.stages.audit import Audit

            return Audit(migration.context, most_calls=calls, anew=anew)

        run_stage(screen, folder, make, plan_only=plan, apply=apply, approve_as=None)


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
        run_stage(screen, folder, lambda one: one.stage("schema"), plan_only=plan, apply=apply, approve_as=approve_as)
