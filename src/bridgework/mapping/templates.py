"""A map of another practice as a template: columns of the same name go the same way, the rest is proposed."""

from __future__ import annotations

from bridgework.belgium.nomenclature_table import Table
from bridgework.mapping import told
from bridgework.mapping.completing import AnyTable, completed, with_files_attached
from bridgework.mapping.document import Line, MapDocument, Source
from bridgework.mapping.presets import LEFT_OUT, preset_of
from bridgework.mapping.propose import EMPTY
from bridgework.mapping.words import squash_header

_REASON = "as in the template"
_OUT = "left out in the template"
_UNSURE = 0.5
"""The most that is said of a line of which the cells and headers here do not say what the template says of it."""


def with_template(document: MapDocument, template: MapDocument, table: AnyTable = Table.builtin) -> MapDocument:
    """The proposed map with what the template says of columns of the same name; still to be accepted by a person.

    What the template's preset left out, or what was empty at the other practice, is not said of this one. `table` gives
    the nomenclature's, where codes come to be judged.
    """
    images = bool(preset_of(template).files)
    sources = {
        name: _source(one, template.sources[name], images=images) if name in template.sources else one
        for name, one in document.sources.items()
    }
    lists = {name: template.values.get(name, words) for name, words in document.values.items()}
    made = document.model_copy(
        update={
            "sources": sources,
            "values": lists,
            "formats": {**document.formats, **template.formats},
            "placeholders": tuple(dict.fromkeys((*document.placeholders, *template.placeholders))),
            "repairs": tuple(dict.fromkeys((*document.repairs, *template.repairs))),
        }
    )
    return completed(with_files_attached(made), template, table)


def _source(one: Source, template: Source, *, images: bool) -> Source:
    if one.keep != template.keep or one.record != template.record:
        return one
    known = {squash_header(line.column): line for line in template.lines if line.column and _is_decided_there(line)}
    lines = tuple(_line(line, known.get(squash_header(line.column or "")), images=images) for line in one.lines)
    concepts = {line.concept for line in lines}
    filled = {line.target for line in lines if line.target}
    own = [line for line in one.derived if line.target not in filled or line.target in _targets(one)]
    targets = {*filled, *(line.target for line in own)}
    derived = [
        line
        for line in template.derived
        if line.target not in targets and concepts.issuperset(_concepts(line, template))
    ]
    return one.model_copy(update={"lines": lines, "derived": (*own, *derived)})


def _targets(one: Source) -> set[str | None]:
    """The fields that lines of columns fill: a derived line may share one with them."""
    return {line.target for line in one.lines}


def _is_decided_there(line: Line) -> bool:
    """Whether what the template says of a column is about its meaning, and not about that practice or its preset."""
    why = line.why or ""
    return line.loaded or line.decision == "handover" or not (why == EMPTY or why.startswith(LEFT_OUT))


def _concepts(line: Line, template: Source) -> set[str]:
    """The concepts that a derived line takes; a column's own name counts as none."""
    known = {one.concept for one in template.lines}
    return {name for name in line.from_ if name in known} | ({""} if set(line.from_) - known else set())


def _line(line: Line, said: Line | None, *, images: bool) -> Line:
    """What the template says of a column; how sure that is, the proposal for this practice tells."""
    if said is None or line.decision == "leave-out":
        return line
    ours = line.with_ if line.transform == said.transform else {}
    away = {*told.OF_COLUMNS, *(("without",) if images else ())}
    settings = {name: value for name, value in said.with_.items() if name not in away}
    settings |= {name: value for name, value in ours.items() if name in told.OF_COLUMNS}
    taken = said.model_copy(
        update={"column": line.column, "with_": settings, "next": (), "asked": None, **_measured(line, said)}
    )
    if said.loaded:
        return taken.model_copy(update={"decision": "proposed"})
    if said.decision == "handover":
        return taken
    why = said.why or ""
    why = why if why.startswith(_OUT) else f"{_OUT}: {why}"
    least = min(taken.confidence or 0.0, _UNSURE)
    return taken.model_copy(update={"decision": "proposed-leave-out", "confidence": least, "why": why})


def _measured(line: Line, said: Line) -> dict[str, object]:
    """How sure the template's meaning is by the columns that are here: as proposed, or not sure where another one was.

    What was proposed instead is among the next best.
    """
    if said.concept == line.concept:
        return {"confidence": line.confidence, "reasons": (_REASON, *line.reasons), "next": line.next}
    scores = {concept: score for one in line.next for concept, _, score in (one.partition(" "),)}
    sure = min(float(scores.get(said.concept or "") or 0.0), _UNSURE)
    best = f"{line.concept} {line.confidence or 0.0:.2f}"
    others = tuple(one for one in line.next if not one.startswith(f"{said.concept} "))
    return {"confidence": sure, "reasons": (_REASON,), "next": (best, *others) if line.concept else others}
