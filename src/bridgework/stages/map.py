"""map: proposes what every column of the practice means and where it goes; a person decides, and approves it by name.

The map is a file that people edit. What was approved is kept in the store, so that a later edit can be shown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Any

from bridgework.errors import FindingsStop
from bridgework.mapping import choices, editing
from bridgework.mapping.catalogue import Preset
from bridgework.mapping.differing import Difference, differences
from bridgework.mapping.document import Line, MapDocument
from bridgework.mapping.presets import against_preset, national_numbers, preset_named, preset_of, with_preset
from bridgework.mapping.preview import Key, Preview
from bridgework.mapping.problem import Problem
from bridgework.mapping.propose import propose
from bridgework.mapping.proposer import meaning
from bridgework.mapping.renewing import renewed
from bridgework.mapping.templates import with_template
from bridgework.mapping.words import word_key
from bridgework.practice.rows import StagedRows
from bridgework.reports.map_document import MappingDocument
from bridgework.reports.map_page import write_map
from bridgework.stages.asking import Ask, Asked, asked
from bridgework.stages.columns import column_changes, columns_read
from bridgework.stages.common import Outcome, Plan, Step, require_approval
from bridgework.stages.context import MAP_FILE, Context
from bridgework.stages.map_view import Facts, gather, misfits, open_lines, tried, view, with_words
from bridgework.stages.profiled import profiled_files
from bridgework.store import audit_log
from bridgework.store.notes import Finding, Severity, now

_APPROVED = "map as approved"


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
        self.kept: Path | None = None
        """Where the former map is, once another one was written in its place."""
        self.asked: Asked | None = None
        """What came of asking a language model."""
        self._words: dict[Key, choices.Words] = {}
        self._tried: dict[str, Mapping[Key, Preview]] = {}

    async def propose(self, how: Proposing, *, anew: bool = False) -> MapDocument:
        """The map as it is; where there is none, or `anew`, a proposed one, which is written for people to edit.

        A language model is asked about either. Raises FindingsStop (MAP-THERE, AUDIT-MISSING), or what asking raises.
        """
        path = self.context.map_path
        if how.ask is not None:
            how.ask.require_known()
        if anew or not path.exists():
            proposed = self._proposed(how)
            self.kept = keep_former(path)
            proposed.save(path)
        elif how.template or how.preset:
            raise FindingsStop(
                "MAP-THERE",
                "There is a map already, and it is not proposed again by itself.",
                where=MAP_FILE,
                next_step="say --anew to propose it again: decisions in it are lost, unless you give it as --template; "
                "where only columns changed, --renew keeps them",
            )
        if how.ask is not None:
            document, self.asked = await asked(self.context, self.document(), how.ask)
            document.save(path)
            if self.asked.error is not None:
                raise self.asked.error
        return self.document()

    def renew(self) -> list[Difference]:
        """Lines for columns that are new, none for those that are gone; all others stay. What that changed."""
        before = self.document()
        if not column_changes(self.context.store, before):
            return []
        after = renewed(before, self._proposed(Proposing(preset=before.preset)))
        self.kept = keep_former(self.context.map_path)
        self.change("renew", "columns that changed", lambda _: after)
        return differences(before, after)

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

    def with_meaning(self, document: MapDocument, place: str, concept: str) -> MapDocument:
        """The map with a column that means a concept; where codes come to be judged, it is by the practice's table."""
        return editing.as_concept(document, place, concept, self.context.nomenclature)

    def with_target(
        self, document: MapDocument, place: str, target: str, transform: str, settings: Mapping[str, Any]
    ) -> MapDocument:
        """The map with a column that fills a field by a transform with these settings."""
        return editing.as_target(document, place, target, transform, settings, self.context.nomenclature)

    def with_own_field(self, document: MapDocument, place: str, label: str, type_: str) -> MapDocument:
        """The map with a column as a field of its own; a SELECT has the words that three people have."""
        if type_ != "SELECT":
            return editing.as_field(document, place, label, type_)
        source, line = editing.find(document, place)
        column = line.column or ""
        person = choices.person_column(source, document.sources[source])
        words = choices.counted(StagedRows(self.context.store).iterate(source), {column}, person)[column]
        options, values = choices.select_from(words, {one.casefold() for one in document.placeholders})
        return editing.as_select(document, place, label, options, values)

    def has_word(self, document: MapDocument, place: str, word: str) -> bool:
        """Whether any cell of a column holds this word, however it is written."""
        source, line = editing.find(document, place)
        wanted = word_key(word)
        rows = StagedRows(self.context.store).iterate(source)
        return any(word_key(row.values.get(line.column or "", "")) == wanted for row in rows)

    def shown(self, document: MapDocument, approved_by: str = "", approved_at: str = "") -> MappingDocument:
        """The map with all that people should know of it."""
        facts = replace(self._facts(document), previews=self._previews(document))
        return view(self.context, document, facts, approved_by=approved_by, approved_at=approved_at)

    def problems(self, document: MapDocument) -> list[Problem]:
        """What is wrong, by line: in the map itself, against the columns that are there, and against their cells."""
        headers = columns_read(self.context.store, document)
        found = (*document.problems(headers), *misfits(document, self._previews(document)))
        return sorted(found, key=lambda one: one.line)

    def against(self, document: MapDocument) -> list[Problem]:
        """What a person loads though the map's preset would leave it out, by line: to be seen, and no error."""
        wanted = preset_of(document).without_numbers  # else no cell need be looked at
        return list(against_preset(document, national_numbers(profiled_files(self.context)) if wanted else ()))

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
        changed = tuple((one.where, one.what, one.before, one.after) for one in self.changes() or ())
        notes = tuple(_findings(self.against(document), "warn"))
        return Plan(self.name, steps, stops=stops, notes=notes, changes=changed, signs=document.digest(), pages=pages)

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
            document = with_template(document, MapDocument.load(how.template), context.nomenclature)
        document = with_words(document, self._facts(document))
        name = how.preset or context.settings.map.preset
        own = {key: Preset.model_validate(one.model_dump()) for key, one in context.settings.map.presets.items()}
        preset = preset_named(name, own)
        return with_preset(document, name, preset, national_numbers(files) if preset.without_numbers else ())

    def _facts(self, document: MapDocument) -> Facts:
        """What is known of the columns, without previews; the words of a column are counted once."""
        return gather(self.context, document, previews=False, counted=self._words)

    def _previews(self, document: MapDocument) -> Mapping[Key, Preview]:
        """Every line tried, once for a version of the map; nothing where the map has mistakes."""
        digest = document.digest()
        if digest not in self._tried:
            self._tried[digest] = tried(self.context, document)
        return self._tried[digest]


def keep_former(path: Path) -> Path | None:
    """Keep the map that is there beside it, before another one is written; none that was kept so is replaced."""
    if not path.exists():
        return None
    names = (f"{path.name}.before{f'-{number}' if number > 1 else ''}" for number in count(1))
    kept = next(one for name in names if not (one := path.with_name(name)).exists())
    kept.write_bytes(path.read_bytes())
    return kept


def _findings(problems: list[Problem], severity: Severity = "stop") -> Iterator[Finding]:
    for one in problems:
        yield Finding("map", one.code, MAP_FILE, "", severity, 1, f"line {one.line}", one.what, one.next)


def _open(document: MapDocument) -> Iterator[Finding]:
    """A stop where lines wait for a person."""
    if lines := open_lines(document):
        sure = sum(map(editing.is_sure, lines))
        what = f"{len(lines)} lines wait for a person's decision; the proposer is sure of {sure} of them"
        step = (
            "accept them with `bridgework map accept DIR --sure`, and look at each of the others: `bridgework map DIR`"
        )
        yield Finding("map", "LINES-OPEN", MAP_FILE, "", "stop", len(lines), "", what, step)


def _steps(document: MapDocument) -> Iterator[Step]:
    for name, source in document.sources.items():
        for line in source.lines:
            yield Step(_action(line), f"{name}.{line.column}", _words(line))


def _order(step: Step) -> int:
    """What a person should look at first: what the built-in map does not know, or leaves out."""
    return ("custom", "leave-out", "load", "handover").index(step.action)


def _action(line: Line) -> str:
    """What becomes of the column: load, custom (a field that the built-in map does not have), leave-out or handover."""
    if line.loaded:
        return "load" if line.concept else "custom"
    return "handover" if line.decision == "handover" else "leave-out"


def _words(line: Line) -> str:
    match line.decision:
        case "leave-out" | "proposed-leave-out":
            words = f"{line.column}: left out"
        case "handover":
            words = f"{line.column}: kept in the store for the hand-over"
        case _:
            words = f"{line.column} → {line.target} ({line.transform})"
    return f"{words}: {line.why}" if line.why else words
