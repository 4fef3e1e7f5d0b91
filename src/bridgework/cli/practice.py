"""`bridgework practice`: the practice's side alone."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Literal

import typer

from bridgework.cli.options import AsJson
from bridgework.cli.running import command, progress
from bridgework.errors import UsageError

practice_app = typer.Typer(
    help="The practice's side: its API, its changes, or one that is made up.", no_args_is_help=True
)


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
