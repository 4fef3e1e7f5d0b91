"""What a person sees of the map in the terminal: what to look at first, what differs, what is wrong, what is next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

from rich.markup import escape

from bridgework.cli.show import Screen
from bridgework.mapping.differing import Difference
from bridgework.mapping.problem import Problem
from bridgework.migration import Migration
from bridgework.reports.map_document import LineEntry, MappingDocument
from bridgework.reports.map_words import per_cent
from bridgework.stages.map import Map
from bridgework.status import status

_SHOWN = 40  # lines of the table; the page has all


def show_done(screen: Screen, stage: Map) -> None:
    """What a model said, and where the map is that was there before."""
    if stage.asked is not None:
        screen.document["asked"] = asdict(stage.asked)
        screen.text(stage.asked.words if stage.asked.useful else f"[yellow]![/] {stage.asked.words}")
    if stage.kept is not None:
        screen.document["former"] = str(stage.kept)
        screen.text(f"The map as it was: {escape(str(stage.kept))}")


def show_map(screen: Screen, shown: MappingDocument, *, every: bool) -> None:
    """The lines that want a look, or `every` one; how many there are of each kind; words that nobody mapped."""
    lines = [(one["object"], line) for one in shown["objects"] for line in one["lines"]]
    order = {"unsure": 0, "sure": 1, "decided": 2}
    ranked = sorted(lines, key=lambda pair: (order[pair[1]["verdict"]], pair[1]["confidence"]))
    chosen = ranked if every else [pair for pair in ranked if pair[1]["verdict"] == "unsure"][:_SHOWN]
    heading = "The map" if every else "Look at these first: the proposer is not sure"
    if chosen:
        rows = (tuple(_row(object_, line)) for object_, line in chosen)
        screen.table(heading, ("column", "means", "in Twenty", "sure", "why, and the next best"), rows)
    counts = {verdict: sum(line["verdict"] == verdict for _, line in lines) for verdict in order}
    out = sum(bool(line["left_out_by"]) for _, line in lines)
    told = ", ".join(f"{count} {verdict}" for verdict, count in counts.items())
    screen.text(f"{len(lines)} columns: {told}; {out} of them left out.")
    unmapped = [(one, word) for one in shown["pick_lists"] for word in one["words"] if not word["option"]]
    if unmapped:
        rows = (
            (
                escape(f"{one['object']}.{one['header']}"),
                escape(word["word"]),
                f"{word['rows']:,}",
                escape(one["otherwise_label"] or one["otherwise"]) or "nothing; kept in the import remarks",
            )
            for one, word in unmapped[:_SHOWN]
        )
        screen.table("Words of pick-lists that nobody mapped", ("column", "word", "count", "becomes"), rows)


def _sure(confidence: float) -> str:
    return per_cent(confidence).replace("\N{NARROW NO-BREAK SPACE}", "")  # which not every terminal shows


def _row(object_: str, line: LineEntry) -> Iterator[str]:
    yield escape(f"{object_}.{line['header']}")
    yield escape(line["concept"].partition(".")[2] or "a field of its own")
    yield escape(line["target"])
    yield _sure(line["confidence"])
    asked = f"{line['asked']['model']} says: {line['asked']['said']}" if line["asked"] else ""
    why = "; ".join(filter(None, (asked, *line["reasons"][:2]))) or line["why"]
    others = ", ".join(
        f"{one['concept'].partition('.')[2]} {_sure(one['confidence'])}" for one in line["next_best"][:2]
    )
    yield escape(f"{why} [next: {others}]" if others else why)


def show_next(screen: Screen, migration: Migration, shown: MappingDocument) -> None:
    """What is wrong, who approved it, and what comes next."""
    if shown["columns"]:
        when = "since the load: no line moves them" if shown["late"] else "since the map was made"
        screen.text(f"[yellow]Columns changed {when}:[/] {escape(shown['columns'])}")
    if shown["problems"]:
        _problem_table(screen, [tuple(map(str, one.values())) for one in shown["problems"]])
    if shown["open"]:
        wait = "line waits" if shown["open"] == 1 else "lines wait"
        screen.text(f"{shown['open']} {wait} for a decision.")
    if shown["approved_by"]:
        screen.text(f"Approved by {escape(shown['approved_by'])} on {shown['approved_at'][:10]}.")
    folder = migration.context.folder
    following = shown["next_step"].replace("DIR", str(folder)) or status(migration.context)["next"]
    screen.document["next"] = following
    screen.text(f"Next: {escape(following)}")


def show_renewed(screen: Screen, found: list[Difference]) -> None:
    """The lines that came and went with their columns."""
    screen.document["renewed"] = [{"what": one.what, **asdict(one)} for one in found]
    if found:
        rows = ((one.where, one.what, one.before, one.after) for one in found)
        screen.differences(rows, "Lines that changed with their columns; all others stay")
    else:
        screen.text("No column is new or gone: the map stays as it is.")


def show_differences(screen: Screen, found: list[Difference]) -> None:
    """Each entry that differs, before and after."""
    screen.document["differences"] = [{"what": one.what, **asdict(one)} for one in found]
    if not found:
        screen.text("No line differs.")
        return
    screen.differences((one.where, one.what, one.before, one.after) for one in found)


def show_problems(screen: Screen, found: list[Problem]) -> None:
    """Each error with its line, or that there is none."""
    screen.document["problems"] = [asdict(one) for one in found]
    if not found:
        screen.text("[green]✓[/] The map has no errors.")
        return
    _problem_table(screen, [(str(one.line), one.code, one.what, one.next) for one in found])


def _problem_table(screen: Screen, rows: list[tuple[str, ...]]) -> None:
    escaped = (tuple(map(escape, row)) for row in rows)
    screen.table("Errors in map.yaml", ("line", "code", "what", "next"), escaped)


def show_against(screen: Screen, found: list[Problem]) -> None:
    """What is loaded against the map's preset; a person may have decided so."""
    screen.document["against_preset"] = [asdict(one) for one in found]
    if found:
        rows = ((str(one.line), escape(one.what), escape(one.next)) for one in found)
        screen.table("Against the preset", ("line", "what", "next"), rows)
