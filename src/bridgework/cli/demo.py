"""The demonstration: a synthetic practice moves into the Twenty twin, is verified, and is taken back."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from bridgework.cli.options import AsJson
from bridgework.cli.running import command, progress, work
from bridgework.cli.show import Screen
from bridgework.errors import FindingsStop, UsageError
from bridgework.mapping import editing
from bridgework.mapping.catalogue import builtin
from bridgework.migration import Migration
from bridgework.settings import ApiSettings, ObjectSettings, PracticeSettings, WorkspaceSettings
from bridgework.stages.common import Outcome, Stage
from bridgework.stages.map import Map, Proposing
from bridgework.stages.rollback import Rollback
from bridgework.stages.sample import approve_sample
from bridgework.store.keys import DENTADMIN_KEY, STORE_KEY, TWENTY_KEY
from bridgework.store.notes import approve

_NAME = "Dr Demo"
_FROM_BOTH, _FROM_API = ("patient",), ("appointment", "treatment", "communication")  # all else: from the export
_PASSPHRASE = "demo"  # noqa: S105  # the data are made up, and a reader should be able to open the store


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


def run_demo(screen: Screen, folder: Path, *, patients: int, seed: int) -> None:
    """Make a practice, start the twin, and walk through every stage; ends with the sums."""
    from bridgework.twins.dentadmin import generate_practice

    if folder.exists():
        raise UsageError(
            "FOLDER-FULL", "The folder of the demo is there already.", where=str(folder), next_step=f"remove {folder}"
        )
    began = time.monotonic()
    screen.text(f"[bold]1. A practice of {patients:,} patients[/], as DentAdmin would export it (synthetic)")
    with progress() as shown:
        advance = shown.start("writing the practice", patients, "patients")
        made = generate_practice(folder / "export", patients=patients, seed=seed, messy=True, progress=advance)
    screen.text(
        f"   {sum(made.records.values()):,} records and {made.files:,} files in {escape(str(folder / 'export'))}"
    )
    screen.text(
        "[bold]2. DentAdmin's API and a Twenty workspace[/], by their twins; the practice's dentists are members"
    )
    members = [f"{first} {last} {email}" for first, last, email in made.provider_emails]
    with (
        _twin("dentadmin", "--data", str(folder / "export")) as (api_url, api_key),
        _twin("twenty", *(word for one in members for word in ("--member", one))) as (url, key),
    ):
        screen.text(f"   serving on {api_url} and {url}")
        os.environ.update({STORE_KEY: _PASSPHRASE, TWENTY_KEY: key, DENTADMIN_KEY: api_key})
        source = PracticeSettings(
            folder=(folder / "export").resolve(),
            api=ApiSettings(profile="dentadmin-twin", url=api_url),
            objects={name: _read_from(name) for name in builtin().sources if name not in _FROM_BOTH},
        )
        with Migration.create(
            folder / "migration", source, WorkspaceSettings(url=url, calls_per_minute=0)
        ) as migration:
            outcome = _walk(screen, migration)
        screen.text("")
        screen.document["verification"] = outcome.counts
        screen.document["reports"] = [str(path) for path in outcome.reports]
        if screen.as_json:
            return
        screen.quarantine(outcome.counts["quarantine"])
        screen.accounts(outcome.counts["accounts"])
        classes = outcome.counts["classes"]
        beyond = sum(count for kind, count in classes.items() if kind not in {"equal", "normalised"})
        screen.text(f"Fields compared: {sum(classes.values()):,}; differing beyond what Twenty normalises: {beyond}")
        for path in outcome.reports:
            screen.text(f"Report: {path}")
    screen.text(f"Look further: {STORE_KEY}={_PASSPHRASE} bridgework status {escape(str(folder / 'migration'))}")
    screen.text(f"[green]✓[/] Moved, verified and taken back in {time.monotonic() - began:.0f} s.")


def _read_from(object_: str) -> ObjectSettings:
    return ObjectSettings(read="api" if object_ in _FROM_API else "export")


def _walk(screen: Screen, migration: Migration) -> Outcome:
    """Every stage, each with the command that does it; answers what verification found."""
    verified: Outcome | None = None
    stages = ("audit", "map", "schema", "sample", "load", "verify")
    for number, name in enumerate(stages, start=3):
        screen.text(f"[bold]{number}. bridgework {name}[/]")
        if name == "map":
            _accept(screen, migration)
        outcome = _apply(screen, migration, name)
        screen.text(f"   {escape(outcome.message)}")
        if name == "sample":
            approve_sample(migration.context, _NAME)
            screen.text(f"   {outcome.counts['patients']} patients, compared field by field, approved by {_NAME}")
        verified = outcome if name == "verify" else verified
    screen.text("[bold]9. bridgework rollback --schema[/]")
    undone = _run(screen, migration, Rollback(migration.context, schema=True))
    screen.text(f"   {escape(undone.message)}")
    if verified is None or not (verified.passed and undone.passed):
        raise FindingsStop("DEMO-FAILED", "The demo did not end as it should.", next_step="look at the report")
    return verified


def _accept(screen: Screen, migration: Migration) -> None:
    """What a person does with a proposed map: the sure lines at once, then each of the others."""
    stage = Map(migration.context)
    document = work(migration.context, stage.propose(Proposing()))
    sure, count = editing.accept(document, lambda _, line: editing.is_sure(line))
    rest, others = editing.accept(sure, lambda *_: True)
    stage.change("accept", f"{count + others} lines", lambda _: rest)
    screen.text(f"   {count} lines are sure; {others} more were looked at and accepted by {_NAME}")


def _apply(screen: Screen, migration: Migration, name: str) -> Outcome:
    return _run(screen, migration, migration.stage(name))


def _run(screen: Screen, migration: Migration, stage: Stage) -> Outcome:
    plan = work(migration.context, stage.plan())
    if plan.stops:
        screen.findings(plan.stops)
        raise FindingsStop("PLAN-STOPS", f"The {plan.stage} cannot be applied.")
    if plan.approval and plan.steps:
        screen.text(f"   {len(plan.steps)} steps, approved by {_NAME}")
        approve(migration.context.store, plan.stage, plan.signature, _NAME)
    return work(migration.context, stage.apply(plan))


@contextmanager
def _twin(*words: str) -> Iterator[tuple[str, str]]:
    """A twin in a process of its own, as a real server would be; answers its URL and key."""
    started = [sys.executable, "-m", "bridgework", "twin", *words]
    with subprocess.Popen(started, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603  # our own words
        try:
            if process.stdout is None:
                raise RuntimeError("the twin has no output to read")
            line = json.loads(process.stdout.readline())
            yield line["url"], line["key"]
        finally:
            process.terminate()
