"""`bridgework practice`: the practice's side alone."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.markup import escape

from bridgework.cli.changes import changes, compare
from bridgework.cli.options import AsJson, Folder
from bridgework.cli.running import STOPPED, command, progress, work
from bridgework.cli.show import Screen
from bridgework.errors import UsageError
from bridgework.migration import Migration
from bridgework.practice.budget import Budget
from bridgework.stages.practice_api import ProfileCheck, check_api, in_words, needed_api, open_budget

practice_app = typer.Typer(
    help="The practice's side: its API, its changes, or one that is made up.", no_args_is_help=True
)


practice_app.command()(changes)
practice_app.command()(compare)


@practice_app.command()
def generate(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where to write the export.")],
    *,
    patients: Annotated[int, typer.Option(min=1)] = 500,
    seed: Annotated[int, typer.Option()] = 1,
    language: Annotated[Literal["nl", "fr"], typer.Option()] = "nl",
    messy: Annotated[bool, typer.Option("--messy", help="With the whole catalogue of dirty data.")] = False,
    as_json: AsJson = False,
) -> None:
    """Write the export of a synthetic practice, as DentAdmin's desktop application would."""
    from bridgework.twins.dentadmin import generate_practice

    with command(as_json=as_json) as screen:
        if folder.exists() and any(folder.iterdir()):
            raise UsageError(
                "FOLDER-FULL", "The folder is not empty.", where=str(folder), next_step="choose another one"
            )
        with progress() as shown:
            advance = shown.start("writing the practice", patients, "patients")
            made = generate_practice(
                folder, patients=patients, seed=seed, language=language, messy=messy, progress=advance
            )
        screen.document["practice"] = asdict(made)
        for name, count in made.records.items():
            screen.text(f"{count:>9,}  {name}")
        screen.text(f"{made.files:>9,}  files in documents/")


@practice_app.command()
def check(folder: Folder, *, as_json: AsJson = False) -> None:
    """Try the profile of the API: a call or two an object, what is found, and what is missing."""
    with command(as_json=as_json) as screen, Migration.open(folder) as migration:
        found = work(migration.context, check_api(migration.context))
        screen.document["check"] = found.as_json()
        _show(screen, found)
        if not found.fits:
            raise typer.Exit(STOPPED)


def _show(screen: Screen, found: ProfileCheck) -> None:
    for warning in found.warnings:
        screen.text(f"[yellow]![/] {escape(warning)}")
    rows = [
        ("[green]✓[/]" if one.fits else "[red]✗[/]", one.object, one.records, one.calls_needed, escape(one.words))
        for one in found.objects
    ]
    screen.table(f"The API by the profile {found.profile}", ("", "object", "records", "calls", "what"), rows)
    screen.text(f"DentAdmin's API: {found.budget}")


@practice_app.command()
def pause(folder: Folder, *, as_json: AsJson = False) -> None:
    """Let nobody call the API of this migration until `resume`; commands that read it wait."""
    with command(as_json=as_json) as screen, Migration.open(folder) as migration:
        _budget(migration).pause()
        screen.text(
            "DentAdmin's API is paused. Commands that read it wait; `bridgework practice resume DIR` ends that."
        )


@practice_app.command()
def resume(folder: Folder, *, as_json: AsJson = False) -> None:
    """Take back a pause."""
    with command(as_json=as_json) as screen, Migration.open(folder) as migration:
        budget = _budget(migration)
        budget.resume()
        screen.document["budget"] = in_words(budget.state())
        screen.text(f"DentAdmin's API goes on: {screen.document['budget']}")


def _budget(migration: Migration) -> Budget:
    return open_budget(migration.context, needed_api(migration.context), "practice")
