"""map: proposes what every column of the practice means and where it goes; a person decides, and approves it by name.

The map is a file that people edit. What was approved is kept in the store, so that a later edit can be shown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bridgework.errors import FindingsStop
from bridgework.mapping import choices, editing
from bridgework.mapping.catalogue import Preset
from bridgework.mapping.differing import Difference, differences
from bridgework.mapping.document import Line, MapDocument
from bridgework.mapping.presets import preset_named, with_preset
from bridgework.mapping.problem import Problem
from bridgework.mapping.propose import propose, united
from bridgework.mapping.proposer import meaning
from bridgework.mapping.templates import with_template
from bridgework.practice.rows import StagedRows
from bridgework.reports.map_document import MappingDocument
from bridgework.reports.map_page import write_map
from bridgework.stages.asking import Ask, Asked, asked
from bridgework.stages.common import Outcome, Plan, Step, require_approval
from bridgework.stages.context import MAP_FILE, Context
from bridgework.stages.map_view import Facts, gather, view, with_words
from bridgework.stages.profiled import profiled_files
from bridgework.store import audit_log
from bridgework.store.notes import Finding, now

_APPROVED = "map as approved"
_ENOUGH = 30  # filled cells: of a few, chance may spoil most
_MOSTLY = 0.5  # of the cells looked at: a field that cannot hold so many of them is the wrong one


@dataclass(frozen=True, slots=True)
class Proposing:
    """How a map is proposed: from another one as a template, by a preset, with a language model asked."""

    template: Path | None = None
    preset: str | None = None
    ask: Ask | None = None


class Map:
    """Which source field goes where, and how."""

    name = "map"

    def __init__(self, context: Context) -> None:
        """Map the practice of this context."""
        self.context = context
        self._known: dict[str, Facts] = {}
        self.asked: Asked | None = None  # what came of asking a language model

    async def propose(self, how: Proposing, *, anew: bool = False) -> MapDocument:
        """The map as it is; where there is none, or `anew`, a proposed one, which is written for people to edit.

        A language model is asked about either. Raises FindingsStop (MAP-THERE, AUDIT-MISSING), or what asking raises.
        """
        path = self.context.map_path
        if how.ask is not None:
            how.ask.require_known()
        if anew or not path.exists():
            self._proposed(how).save(path)
        elif how.template or how.preset:
            raise FindingsStop(
                "MAP-THERE",
                "There is a map already, and it is not proposed again by itself.",
                where=MAP_FILE,
                next_step="say --anew to propose it again: decisions in it are lost, unless you give it as --template",
            )
        if how.ask is not None:
            document, self.asked = await asked(self.context, self.document(), how.ask)
            document.save(path)
            if self.asked.error is not None:
                raise self.asked.error
        return self.document()

    def document(self) -> MapDocument:
        """The map as it is now."""
        return self.context.map()

    def change(self, what: str, place: str, edit: Callable[[MapDocument], MapDocument]) -> MapDocument:
        """Edit the map by a person's decision, which the audit log keeps: what, on which column, never a value."""
        changed = edit(self.document())
        changed.save(self.context.map_path)
        with self.context.store.begin() as connection:
            audit_log.append(connection, self.context.actor, what, place, digest=changed.digest())
        return self.document()

    def with_own_field(self, document: MapDocument, place: str, label: str, type_: str) -> MapDocument:
        """The map with a column as a field of its own; a SELECT has the column's words, those in three rows or more."""
        if type_ != "SELECT":
            return editing.as_field(document, place, label, type_)
        source, line = editing.find(document, place)
        column = line.column or ""
        words = choices.counted(StagedRows(self.context.store).iterate(source), {column})[column]
        options, values = choices.select_from(words, {one.casefold() for one in document.placeholders})
        return editing.as_select(document, place, label, options, values)

    def shown(self, document: MapDocument, approved_by: str = "", approved_at: str = "") -> MappingDocument:
        """The map with all that people should know of it."""
        return view(self.context, document, self._facts(document), approved_by=approved_by, approved_at=approved_at)

    def problems(self, document: MapDocument) -> list[Problem]:
        """What is wrong, by line: in the map itself, against the columns that are there, and against their cells."""
        headers = {
            one.object: [column.header for column in one.columns] for one in united(profiled_files(self.context))
        }
        found = document.problems(headers)
        return found or sorted(self._misfits(document), key=lambda one: one.line)

    def changes(self) -> list[Difference] | None:
        """What differs from the map that was approved last; None where none was."""
        text = self.context.store.get(_APPROVED)
        return differences(MapDocument.parse(text, "the approved map"), self.document()) if text else None

    async def plan(self) -> Plan:
        """Every line of the map, for a person to approve by name."""
        document = await self.propose(Proposing())
        stops = (*_findings(self.problems(document)), *_open(document))
        pages = (self.context.map_path, *write_map(self.context.reports, self.shown(document)))
        steps = tuple(sorted(_steps(document), key=_order))
        return Plan(self.name, steps, stops=stops, notes=_changed(self.changes()), signs=document.digest(), pages=pages)

    async def apply(self, plan: Plan) -> Outcome:
        """Note that the map stands as approved, and keep its text to show later edits against."""
        document = self.document()
        name = require_approval(self.context.store, self.name, document.digest())
        kept = [name for name, source in document.sources.items() if source.keep == "handover"]
        self.context.store.put("handover", kept)
        self.context.store.put(_APPROVED, document.to_yaml())
        reports = write_map(self.context.reports, self.shown(document, name, now()))
        counts = {"lines": len(plan.steps), **Counter(step.action for step in plan.steps)}
        message = f"The map is approved by {name}. Next: bridgework schema"
        return Outcome(self.name, message, counts=counts, reports=reports)

    def _proposed(self, how: Proposing) -> MapDocument:
        context = self.context
        files = profiled_files(context)
        if not files:
            raise FindingsStop(
                "AUDIT-MISSING",
                "The practice was not read yet.",
                next_step="run `bridgework audit DIR --apply` first",
            )
        document = propose(files, context.nomenclature(), embed=meaning.is_there())
        if how.template is not None:
            document = with_template(document, MapDocument.load(how.template))
        document = with_words(document, gather(context, document, previews=False))
        name = how.preset or context.settings.map.preset
        own = {key: Preset.model_validate(one.model_dump()) for key, one in context.settings.map.presets.items()}
        return with_preset(document, name, preset_named(name, own))

    def _facts(self, document: MapDocument) -> Facts:
        """What is known of the columns; gathered once for a version of the map."""
        digest = document.digest()
        if digest not in self._known:
            self._known[digest] = gather(self.context, document, previews=not document.problems())
        return self._known[digest]

    def _misfits(self, document: MapDocument) -> Iterator[Problem]:
        """Lines whose field cannot hold what most of the cells are."""
        for (source, column), seen in self._facts(document).previews.items():
            number = next((n for n, one in enumerate(document.sources[source].lines) if one.column == column), None)
            if number is not None and seen.filled >= _ENOUGH and seen.failing > _MOSTLY * seen.filled:
                line = document.sources[source].lines[number]
                at = document.line_of("sources", source, "lines", number)
                where = f"{line.target} ({line.transform})"
                what = f"{seen.failing:,} of {seen.filled:,} cells of `{column}` do not fit {where}"
                yield Problem(at, "CANNOT-HOLD", what, "change the transform, the target, or the formats")


def _findings(problems: list[Problem]) -> Iterator[Finding]:
    for one in problems:
        yield Finding("map", one.code, MAP_FILE, "", "stop", 1, f"line {one.line}", one.what, one.next)


def _open(document: MapDocument) -> Iterator[Finding]:
    """A stop where lines wait for a person."""
    lines = [line for source in document.sources.values() for line in source.lines if line.decision == "proposed"]
    if lines:
        sure = sum(map(editing.is_sure, lines))
        what = f"{len(lines)} lines wait for a person's decision; the proposer is sure of {sure} of them"
        step = (
            "accept them with `bridgework map accept DIR --sure`, and look at each of the others: `bridgework map DIR`"
        )
        yield Finding("map", "LINES-OPEN", MAP_FILE, "", "stop", len(lines), "", what, step)


def _changed(found: list[Difference] | None) -> tuple[Finding, ...]:
    """What changed since the last approval, for whoever approves again."""
    return tuple(
        Finding("map", f"LINE-{one.what.upper()}", MAP_FILE, one.where, "warn", 1, "", _before_and_after(one), "")
        for one in found or ()
    )


def _before_and_after(one: Difference) -> str:
    return f"was {one.before or 'not there'}; is {one.after or 'not there'}"


def _steps(document: MapDocument) -> Iterator[Step]:
    for name, source in document.sources.items():
        for line in source.lines:
            yield Step(_action(line), f"{name}.{line.column}", _words(line))


def _order(step: Step) -> int:
    """What a person should look at first: what the built-in map does not know, or leaves out."""
    return ("custom", "leave-out", "load", "handover").index(step.action)


def _action(line: Line) -> str:
    """What becomes of the column: load, custom (a field that the built-in map does not have), leave-out or handover."""
    return ("load" if line.concept else "custom") if line.loaded else line.decision


def _words(line: Line) -> str:
    match line.decision:
        case "leave-out":
            words = f"{line.column}: left out"
        case "handover":
            words = f"{line.column}: kept in the store for the hand-over"
        case _:
            words = f"{line.column} → {line.target} ({line.transform})"
    return f"{words}: {line.why}" if line.why else words
