"""The commands that move records, look at what came of it, and take it back: sample, load, retry, verify, rollback."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bridgework.cli.options import Apply, ApproveAs, AsJson, Folder, PlanOnly, Wait
from bridgework.cli.running import STOPPED, command, run_stage
from bridgework.cli.show import Screen
from bridgework.errors import UsageError
from bridgework.migration import Migration
from bridgework.stages.common import Stage
from bridgework.stages.rollback import Rollback
from bridgework.stages.sample import Sample, approve_sample
from bridgework.stages.scope import ALL
from bridgework.stages.verify import Verify
from bridgework.store.notes import signed_name

ShowValues = Annotated[bool, typer.Option("--show-values", help="Put patients' values into the report.")]


def add_moving(app: typer.Typer) -> None:
    """Add these commands."""
    for one in (sample, load, retry, verify, rollback):
        app.command()(one)


def sample(  # noqa: PLR0913 - a command has as many options as its users need
    folder: Folder,
    *,
    plan: PlanOnly = False,
    apply: Apply = False,
    approve_as: Annotated[
        str | None, typer.Option("--approve-as", metavar="NAME", help="Approve the sample as it came out, by name.")
    ] = None,
    patients: Annotated[int | None, typer.Option(min=1, help="How many; bridgework.toml says 150.")] = None,
    show_values: ShowValues = False,
    wait: Wait = False,
    as_json: AsJson = False,
) -> None:
    """Load patients who differ, and compare every field; then approve it, or take it back."""
    with command(as_json=as_json) as screen:
        approve_as = None if approve_as is None else signed_name(approve_as)
        if apply or plan or approve_as is None:

            def make(migration: Migration) -> Stage:
                return Sample(migration.context, patients=patients, show_values=show_values)

            run_stage(screen, folder, make, plan_only=plan, apply=apply, approve_as=None, wait=wait)
        if approve_as is not None and not plan:
            with Migration.open(folder, alone=True) as migration:
                digest = approve_sample(migration.context, approve_as)
            screen.document["approved"] = {"what": "sample", "name": approve_as, "digest": digest}
            screen.text(f"[green]✓[/] The sample is approved ({digest[:16]}). Next: bridgework load")


def load(
    folder: Folder,
    *,
    plan: PlanOnly = False,
    apply: Apply = False,
    approve_as: ApproveAs = None,
    wait: Wait = False,
    as_json: AsJson = False,
) -> None:
    """Load every record; stopped or killed, the same command goes on."""
    with command(as_json=as_json) as screen:
        _stage("load", folder, screen, plan=plan, apply=apply, approve_as=approve_as, wait=wait)


def retry(
    folder: Folder,
    *,
    plan: PlanOnly = False,
    apply: Apply = False,
    approve_as: ApproveAs = None,
    wait: Wait = False,
    as_json: AsJson = False,
) -> None:
    """Take what was set aside while loading once more, after the map or the data changed."""
    with command(as_json=as_json) as screen:
        _stage("retry", folder, screen, plan=plan, apply=apply, approve_as=approve_as, wait=wait)


def _stage(
    name: str, folder: Path, screen: Screen, *, plan: bool, apply: bool, approve_as: str | None, wait: bool
) -> None:
    run_stage(
        screen,
        folder,
        lambda one: one.stage(name),
        plan_only=plan,
        apply=apply,
        approve_as=approve_as,
        wait=wait,
    )


def verify(
    folder: Folder,
    *,
    plan: PlanOnly = False,
    apply: Apply = False,
    show_values: ShowValues = False,
    auto_rollback: Annotated[
        bool, typer.Option("--auto-rollback", help="Where it fails, take everything back; needs --approve-as.")
    ] = False,
    approve_as: Annotated[
        str | None, typer.Option("--approve-as", metavar="NAME", help="Approve that rollback, by name.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Read everything back, and compare every field, link and file."""
    with command(as_json=as_json) as screen:
        if auto_rollback and approve_as is None:
            raise UsageError("APPROVAL-MISSING", "A rollback needs a name: --auto-rollback --approve-as NAME.")
        approve_as = None if approve_as is None else signed_name(approve_as)

        def make(migration: Migration) -> Stage:
            return Verify(migration.context, show_values=show_values)

        try:
            run_stage(screen, folder, make, plan_only=plan, apply=apply, approve_as=None)
        except typer.Exit as failed:
            if not auto_rollback or failed.exit_code != STOPPED:
                raise
            screen.text("[yellow]The verification failed: everything is taken back.[/]")
            screen.document["verification"] = screen.document.pop("outcome")
            _roll_back(screen, folder, approve_as)
            raise


def _roll_back(screen: Screen, folder: Folder, approve_as: str | None) -> None:
    run_stage(screen, folder, lambda one: one.stage("rollback"), plan_only=False, apply=True, approve_as=approve_as)


def rollback(  # noqa: PLR0913 - a command has as many options as its users need
    folder: Folder,
    *,
    plan: PlanOnly = False,
    apply: Apply = False,
    approve_as: ApproveAs = None,
    scope: Annotated[
        str,
        typer.Option(help="all, sample, load, `pass 2`, `retry 1`, `object person`; with what built on it."),
    ] = ALL,
    with_schema: Annotated[
        bool, typer.Option("--schema", help="Remove the objects and fields that we made, too.")
    ] = False,
    wait: Wait = False,
    as_json: AsJson = False,
) -> None:
    """Take back what was written, exactly; what people edited since stays, and is listed."""
    with command(as_json=as_json) as screen:
        if with_schema and scope != ALL:
            raise UsageError("SCHEMA-SCOPE", "The schema can be taken back only with everything: leave out --scope.")

        def make(migration: Migration) -> Stage:
            return Rollback(migration.context, schema=with_schema, scope=scope)

        run_stage(screen, folder, make, plan_only=plan, apply=apply, approve_as=approve_as, wait=wait)
