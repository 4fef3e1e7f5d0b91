"""The commands of `bridgework`, each imported when it is asked for: none waits for what another one needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_group

from bridgework import __version__

_PLACES = {
    "init": "init:init",
    "audit": "preparing:audit",
    "map": "map:map_app",
    "match": "match:match",
    "schema": "preparing:schema",
    "rehearse": "rehearse:rehearse",
    "sample": "moving:sample",
    "load": "moving:load",
    "retry": "moving:retry",
    "verify": "moving:verify",
    "rollback": "moving:rollback",
    "delta": "passes:delta",
    "cutover": "passes:cutover",
    "status": "status:status",
    "log": "log:log",
    "practice": "practice:practice_app",
    "twin": "twins:twin_app",
    "demo": "demo:demo",
}
"""Where each command is, in the order of the help: the module here, and the function or the group in it."""


class _OnDemand(Mapping[str, Any]):
    """The commands by their names; looking one up imports it."""

    def __init__(self) -> None:
        self._made: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._made:
            module, _, what = _PLACES[name].partition(":")
            found = getattr(import_module(f"bridgework.cli.{module}"), what)
            alone = typer.Typer()
            if isinstance(found, typer.Typer):
                alone.add_typer(found, name=name)
            else:
                alone.command(name)(found)
            self._made[name] = get_group(alone).commands[name]
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(_PLACES)

    def __len__(self) -> int:
        return len(_PLACES)


class _Commands(TyperGroup):
    """The group of all commands."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        self.commands = _OnDemand()  # type: ignore[assignment]  # the group only reads it: nothing is added later

    def list_commands(self, ctx: Any) -> list[str]:
        """Their names, for the help."""
        del ctx
        return list(self.commands)


app = typer.Typer(
    cls=_Commands,
    help="Moves a Belgian dental practice from DentAdmin to Twenty CRM: field by field, verified, and reversible.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback(invoke_without_command=True)
def root(*, version: Annotated[bool, typer.Option("--version", help="Say the version and end.")] = False) -> None:
    """Take the version option; everything else is a command."""
    if version:
        typer.echo(__version__)
        raise typer.Exit
