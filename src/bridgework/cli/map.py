"""`bridgework map`: proposes where each column goes, shows it, takes a person's decisions, and has it approved."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from typer.core import TyperGroup

from bridgework import yaml_text
from bridgework.cli.map_screen import (
    show_against,
    show_differences,
    show_done,
    show_map,
    show_next,
    show_problems,
    show_renewed,
)
from bridgework.cli.options import AsJson, Folder
from bridgework.cli.running import STOPPED, command, run_stage, work
from bridgework.cli.show import Screen
from bridgework.errors import UsageError
from bridgework.mapping import editing
from bridgework.mapping.differing import differences
from bridgework.mapping.document import MapDocument
from bridgework.mapping.nearest import nearest
from bridgework.migration import Migration
from bridgework.reports.map_page import write_map
from bridgework.stages.asking import Ask
from bridgework.stages.map import Map, Proposing
from bridgework.stages.map_view import previewed

_DEFAULT = "propose"
_ONE_OF = "one of --concept, --field, --target (with --transform and --with), --leave-out, or --word with --option"

Place = Annotated[str, typer.Argument(metavar="OBJECT.COLUMN", help="The column, as `bridgework map DIR` shows it.")]


class _Group(TyperGroup):
    """`bridgework map DIR` proposes and shows: what names no command of the group is the folder."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the default command before a folder."""
        if args and args[0] not in self.commands and args[0] not in ctx.help_option_names:
            self._require_no_slip(ctx, args)
            args = [_DEFAULT, *args]
        return super().parse_args(ctx, args)

    def _require_no_slip(self, ctx: Any, args: list[str]) -> None:
        """Say so where the first word is nearly a command, or a folder follows it: `chekc DIR`."""
        first, *rest = args
        if first.startswith("-") or Path(first).is_dir():
            return
        known = [name for name in self.commands if name != _DEFAULT]
        near = nearest(first, known, 1)
        if near or (rest and not rest[0].startswith("-")):
            meant = f" Did you mean '{near[0]}'?" if near else f" There are {', '.join(known)}."
            ctx.fail(f"No such command '{first}'.{meant}")


map_app = typer.Typer(
    cls=_Group,
    help="Propose where each column goes (`bridgework map DIR`), decide, and approve it.",
    no_args_is_help=True,
)


@map_app.command(name=_DEFAULT)
def propose_(  # noqa: PLR0913 - a command has as many options as its users need
    folder: Folder,
    *,
    template: Annotated[
        Path | None, typer.Option(help="The map.yaml of another practice: like columns go alike.")
    ] = None,
    preset: Annotated[
        str | None, typer.Option(help="What stays out: complete, crm-lean, or one of bridgework.toml.")
    ] = None,
    ask_model: Annotated[
        str | None, typer.Option(metavar="MODEL", help="Ask a language model about unsure lines; it gets no value.")
    ] = None,
    model_url: Annotated[
        str | None, typer.Option(metavar="URL", help="Where that model is, if not at its maker.")
    ] = None,
    anew: Annotated[
        bool,
        typer.Option("--anew", help="Propose again; decisions in the map are lost, and the former one kept beside."),
    ] = False,
    renew: Annotated[
        bool, typer.Option("--renew", help="Lines for columns that changed; all other lines and decisions stay.")
    ] = False,
    every: Annotated[bool, typer.Option("--all", help="Show every line, not only those to look at.")] = False,
    as_json: AsJson = False,
) -> None:
    """Propose the map where there is none yet, and show it, what is unsure first."""
    with command(as_json=as_json) as screen, Migration.open(folder, alone=True) as migration:
        stage = Map(migration.context)
        how = Proposing(template, preset, _ask(ask_model, model_url))
        if renew:
            _renew(screen, stage, alone=not (anew or template or preset))
        document = work(migration.context, stage.propose(how, anew=anew))
        shown = stage.shown(document)
        pages = write_map(migration.context.reports, shown)
        screen.document["map"] = shown
        show_map(screen, shown, every=every)
        show_done(screen, stage)
        for page in (migration.context.map_path, *pages):
            screen.text(f"Read or change it: {escape(str(page))}")
        show_next(screen, migration, shown)


def _renew(screen: Screen, stage: Map, *, alone: bool) -> None:
    if not alone:
        raise UsageError(
            "MAP-RENEW",
            "--renew keeps what is in the map.",
            next_step="say it alone, or say --anew to have the whole map proposed again",
        )
    show_renewed(screen, stage.renew())


def _ask(model: str | None, url: str | None) -> Ask | None:
    """The model to ask, where one was named; raises UsageError (MODEL-URL)."""
    if url is not None and model is None:
        raise UsageError(
            "MODEL-URL",
            "There is the address of a model, and no model to ask.",
            where="--model-url",
            next_step="name the model, too: --ask-model NAME --model-url URL",
        )
    return Ask(model, url) if model is not None else None


@map_app.command(name="set")
def set_(  # noqa: PLR0913 - a command has as many options as its users need
    folder: Folder,
    place: Place,
    *,
    concept: Annotated[str | None, typer.Option(help="What it means: `mobile`, `patient.mobile`.")] = None,
    field: Annotated[str | None, typer.Option(metavar="LABEL", help="A field of its own, with this label.")] = None,
    type_: Annotated[
        str | None, typer.Option("--type", help="The type of that field: TEXT (the usual), NUMBER, DATE, SELECT …")
    ] = None,
    target: Annotated[str | None, typer.Option(help="The field that it fills: `person.jobTitle`.")] = None,
    transform: Annotated[str | None, typer.Option(help="How, with --target; `text` is the usual.")] = None,
    with_: Annotated[
        list[str] | None, typer.Option("--with", metavar="NAME=VALUE", help="A setting of that: `object=patient`.")
    ] = None,
    leave_out: Annotated[str | None, typer.Option(metavar="WHY", help="Leave it out, for this reason.")] = None,
    word: Annotated[str | None, typer.Option(help="A word of its pick-list; what it means is --option.")] = None,
    option: Annotated[str | None, typer.Option(help="The option of Twenty: NO_SHOW.")] = None,
    label: Annotated[str | None, typer.Option(help="The label of an option that is new.")] = None,
    as_json: AsJson = False,
) -> None:
    """Decide one line: its meaning, its field, that it is left out, or what a word means."""
    with command(as_json=as_json) as screen, Migration.open(folder, alone=True) as migration:
        stage = Map(migration.context)
        given = [one for one in (concept, field, target, leave_out, word) if one is not None]
        if len(given) != 1 or (word is None) != (option is None):
            raise UsageError("MAP-SET", "Say one thing about the column.", next_step=_ONE_OF)
        _require_owner("--field", field, {"--type": type_})
        _require_owner("--target", target, {"--transform": transform, "--with": with_ or None})
        _require_owner("--word", word, {"--label": label})
        settings, kind, how = _settings(with_ or ()), (type_ or "TEXT").upper(), transform or "text"
        edits: tuple[tuple[str | None, Callable[[MapDocument, str], MapDocument]], ...] = (
            (concept, lambda one, said: stage.with_meaning(one, place, said)),
            (field, lambda one, said: stage.with_own_field(one, place, said, kind)),
            (target, lambda one, said: stage.with_target(one, place, said, how, settings)),
            (leave_out, lambda one, said: editing.leave_out(one, place, said)),
            (word, lambda one, said: editing.with_word(one, place, said, option or "", label or "")),
        )
        edit = next(edit for said, edit in edits if said is not None)
        before = stage.document()
        after = stage.change("decide", place, lambda one: edit(one, given[0]))
        show_differences(screen, differences(before, after))
        if word is not None and not stage.has_word(after, place, word):
            screen.document["word"] = "in no row"
            screen.text(f"[yellow]The word “{escape(word)}” is in no row of this column now.[/]")
        show_problems(screen, stage.problems(after))
        show_against(screen, stage.against(after))


def _require_owner(of: str, owner: str | None, beside: Mapping[str, object]) -> None:
    """Options that stand beside another one say nothing without it."""
    for name, value in beside.items():
        if value is not None and owner is None:
            raise UsageError("MAP-SET", f"{name} says nothing without {of}.", next_step=f"say {of} too")


def _settings(given: Sequence[str]) -> dict[str, Any]:
    """The settings of `--with NAME=VALUE`, each value as `map.yaml` would have it: a word, `true`, `[a, b]`."""
    found: dict[str, Any] = {}
    for one in given:
        name, is_there, value = one.partition("=")
        if not name or not is_there:
            step = "write it as --with NAME=VALUE, one for each: --with object=patient --with required=true"
            raise UsageError("MAP-SET", "This is no setting.", where=f"--with {one}", next_step=step)
        found[name], _ = yaml_text.read(value, f"--with {name}")
    return found


@map_app.command()
def accept(
    folder: Folder,
    places: Annotated[list[str] | None, typer.Argument(metavar="[OBJECT.COLUMN]…", help="Lines to accept.")] = None,
    *,
    sure: Annotated[bool, typer.Option("--sure", help="Those that the proposer is sure of.")] = False,
    every: Annotated[bool, typer.Option("--all", help="All of them, as they are proposed.")] = False,
    as_json: AsJson = False,
) -> None:
    """Accept lines as they are proposed."""
    with command(as_json=as_json) as screen, Migration.open(folder, alone=True) as migration:
        stage = Map(migration.context)
        if not (sure or every or places):
            raise UsageError("MAP-ACCEPT", "Say which lines: --sure, --all, or their names.")
        before = stage.document()
        wanted = {_name(before, place) for place in places or ()}
        after, count = editing.accept(
            before,
            lambda source, line: every or (sure and editing.is_sure(line)) or (source, line.column or "") in wanted,
        )
        stage.change("accept", f"{count} lines", lambda _: after)
        left = sum(line.waits for source in after.sources.values() for line in source.lines)
        screen.document |= {"accepted": count, "open": left}
        screen.text(f"[green]✓[/] {count} lines accepted; {left} still wait for a decision.")


@map_app.command()
def diff(
    folder: Folder,
    other: Annotated[Path | None, typer.Argument(metavar="[MAP.YAML]", help="An older version of the map.")] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """What changed since the map was approved, or against another version, line by line."""
    with command(as_json=as_json) as screen, Migration.open(folder) as migration:
        stage = Map(migration.context)
        found = differences(MapDocument.load(other), stage.document()) if other else stage.changes()
        if found is None:
            screen.text("No map was approved yet.")
            return
        show_differences(screen, found)


@map_app.command()
def check(folder: Folder, *, as_json: AsJson = False) -> None:
    """Look for every error in the map, each with its line; 1 where there is one."""
    with command(as_json=as_json) as screen, Migration.open(folder) as migration:
        stage = Map(migration.context)
        document = stage.document()
        found = stage.problems(document)
        show_problems(screen, found)
        show_against(screen, stage.against(document))
        if found:
            raise typer.Exit(STOPPED)


@map_app.command()
def preview(
    folder: Folder,
    place: Place,
    *,
    show_values: Annotated[bool, typer.Option("--show-values", help="Show patients' values.")] = False,
    as_json: AsJson = False,
) -> None:
    """What a line makes of some cells, masked; and how many would not fit."""
    with command(as_json=as_json) as screen, Migration.open(folder) as migration:
        stage = Map(migration.context)
        document = stage.document()
        source, line = editing.find(document, place)
        seen = previewed(migration.context, document, source, line, show_values=show_values)
        screen.document["preview"] = asdict(seen)
        rows = ((escape(one.source), escape(one.value), ", ".join(one.codes)) for one in seen.examples)
        where = f"{line.target} ({line.transform})" if line.loaded else f"nothing: {line.decision}"
        screen.table(f"{source}.{line.column} → {where}", ("cell", "in Twenty", "said of it"), rows)
        screen.text(
            f"{seen.failing:,} of {seen.filled:,} filled cells would not fit, of {seen.looked_at:,} rows looked at."
        )


@map_app.command()
def approve(
    folder: Folder,
    *,
    name: Annotated[str, typer.Option("--as", metavar="NAME", help="Who approves it.")],
    as_json: AsJson = False,
) -> None:
    """Approve the map as it is shown, by name; nothing is loaded before."""
    with command(as_json=as_json) as screen:
        run_stage(screen, folder, lambda one: one.stage("map"), plan_only=False, apply=True, approve_as=name)


def _name(document: MapDocument, place: str) -> tuple[str, str]:
    source, line = editing.find(document, place)
    return source, line.column or ""
