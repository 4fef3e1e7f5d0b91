"""Asking a language model about the lines of a map that are not sure, where a person wants it.

It gets names, types, shares and shapes, never a value; what it says is kept with the line, and a person still decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from bridgework.belgium.nomenclature_table import Table
from bridgework.errors import BridgeworkError, Paused, UsageError
from bridgework.mapping.completing import AnyTable
from bridgework.mapping.document import Line, MapDocument
from bridgework.mapping.editing import as_concept, find, is_sure, with_line
from bridgework.mapping.labels import meaning_of
from bridgework.mapping.model_waiting import LIMITS, Limits
from bridgework.mapping.proposer.confidence import UNCLEAR
from bridgework.stages.context import Context
from bridgework.store.keys import MODEL_KEY, kept_secret, secret
from bridgework.store.tables import source_field

if TYPE_CHECKING:
    from bridgework.mapping.model import Answer


@dataclass(frozen=True, slots=True)
class Ask:
    """Which model: a name as `pydantic-ai` takes it (`openai:gpt-5`), or any at an endpoint that speaks as OpenAI's."""

    model: str
    url: str | None = None

    def require_known(self) -> None:
        """See that it can be asked, before anything else is done; raises UsageError (MODEL-…)."""
        from bridgework.mapping.model import require_known

        require_known(self.model, self.url)


@dataclass(slots=True)
class Asked:
    """What came of asking: lines that were unsure, and of their answers how many of each kind.

    `error` ended it early; what was answered until then is in the map.
    """

    lines: int
    meanings: int = 0  # that name a meaning
    none_fits: int = 0
    unusable: int = 0  # missing, or of a meaning that was not offered
    error: BridgeworkError | None = None

    @property
    def useful(self) -> int:
        """Answers that the map has now."""
        return self.meanings + self.none_fits

    @property
    def words(self) -> str:
        """For a person."""
        if not self.lines:
            return "No line is unsure: the model was not asked."
        return (
            f"{self.useful} of {self.lines} lines answered usefully: {self.meanings} with a meaning, "
            f"{self.none_fits} with none that fits; {self.unusable} answers missing or unusable."
        )


async def asked(
    context: Context, document: MapDocument, ask: Ask, limits: Limits | None = None
) -> tuple[MapDocument, Asked]:
    """The map with the model's answers, and how many they were; what ended the asking early is in the latter.

    Raises BridgeworkError (MODEL-…, PAUSED) where nothing was answered at all.
    """
    from bridgework.mapping.model import GO_ON, Question, rerank  # heavy, and only for those who ask

    limits = limits or LIMITS
    wanted = list(_unsure(document))
    told = Asked(len(wanted))
    if not wanted:
        return document, told
    questions: list[Question] = list(_questions(context, document, wanted))
    migration = str(context.settings.migration.id)
    key = kept_secret(MODEL_KEY, migration) if ask.url else secret(MODEL_KEY, migration)
    context.progress.say(f"Asking {ask.model} about {len(wanted)} lines: {limits.words}. Ctrl-C ends it at once.")
    advance = context.progress.start("asking the model", len(wanted), "lines")
    left = iter(wanted)
    try:
        calls = rerank(questions, ask.model, ask.url, key, limits=limits, watch=_watch(context, limits))
        async with aclosing(calls):
            async for answers in calls:
                for answer, (source, line) in zip(answers, left, strict=False):
                    place = f"{source}.{line.column}"
                    document = _counted(document, place, answer, told, context.nomenclature)
                advance(len(answers))
    except BridgeworkError as error:
        if not told.useful:
            raise
        error.next_step = error.next_step.replace(GO_ON, "go on without it")
        error.why = "; ".join(filter(None, (error.why, f"what came before is kept in the map: {told.words}")))
        told.error = error
    finally:
        context.progress.show("")
    return document, told


def _watch(context: Context, limits: Limits) -> Callable[[float], None]:
    def watch(waited: float) -> None:
        if context.stopper.wanted:
            raise Paused(
                "PAUSED",
                "Asking the model was ended, as you asked.",
                next_step="run the same command again, or go on without it: the map stands as it was proposed",
            )
        context.progress.show(f"waiting for the model: {waited:.0f} of {limits.call:g} seconds")

    return watch


def _counted(document: MapDocument, place: str, answer: Answer | None, told: Asked, table: AnyTable) -> MapDocument:
    if answer is None:
        told.unusable += 1
        return document
    if answer.concept is None:
        told.none_fits += 1
    else:
        told.meanings += 1
    return _with_answer(document, place, answer.concept, f"{answer.model}: {answer.why}", table)


def _unsure(document: MapDocument) -> Iterator[tuple[str, Line]]:
    for name, source in document.sources.items():
        yield from (
            (name, line)
            for line in source.lines
            if line.decision == "proposed" and not is_sure(line) and (line.next or line.concept)
        )


def _with_answer(
    document: MapDocument, place: str, concept: str | None, said: str, table: AnyTable = Table.builtin
) -> MapDocument:
    """The line as the model says, still to be accepted; a concept that it leaves as it was keeps its reasons.

    A concept that another column has, or that cannot stand beside the other lines, is only noted. What the map's preset
    leaves out stays out, whatever the model takes it for.
    """
    source, line = find(document, place)
    kept: dict[str, Any] = {"confidence": line.confidence, "reasons": line.reasons, "next": line.next}
    taken = {line.concept for line in document.sources[source].lines}
    if concept is not None and concept not in taken:
        with suppress(UsageError):
            document = as_concept(document, place, concept, table)
            kept = _standing(line, concept)
            _, line = find(document, place)
    told = f"{said} ({concept or 'none of them'})"
    decision = "proposed" if line.loaded else line.decision
    new = line.model_copy(update={**kept, "asked": told, "decision": decision})
    return with_line(document, source, new)


def _standing(line: Line, concept: str) -> dict[str, Any]:
    """What the proposer said of the concept that the model chose instead: its own likelihood, never that it is sure.

    The concept that the line had is the first of the next best now.
    """
    likely = dict(line.next_best)
    before = [f"{line.concept} {line.confidence or 0:.2f}"] if line.concept else []
    others = [one for one in line.next if one.partition(" ")[0] != concept]
    return {"confidence": min(likely.get(concept, 0.0), UNCLEAR), "reasons": (), "next": (*before, *others)}


def _questions(context: Context, document: MapDocument, wanted: Sequence[tuple[str, Line]]) -> Iterator[Any]:
    from bridgework.mapping.model import Question, safe_headers, safe_shape

    profiles = _profiles(context)
    for source, line in wanted:
        columns = [one.column or "" for one in document.sources[source].lines]
        shown, place = safe_headers(columns), columns.index(line.column or "")
        profile = profiles.get((source, line.column or ""), {})
        shapes = (safe_shape(pattern) for pattern, _ in profile.get("patterns", ()))
        yield Question(
            object=source,
            header=shown[place],
            neighbours=tuple(
                text for text in (*shown[max(0, place - 1) : place], *shown[place + 1 : place + 2]) if text
            ),
            type=profile.get("type", "text"),
            filled=profile.get("filled", 0) / max(1, profile.get("rows", 0)),
            distinct=profile.get("distinct", 0),
            shapes=tuple(shape for shape in shapes if shape),
            candidates=tuple((concept, meaning_of(concept)) for concept in _candidates(line)),
        )


def _candidates(line: Line) -> list[str]:
    return [*([line.concept] if line.concept else []), *(concept for concept, _ in line.next_best)]


def _profiles(context: Context) -> dict[tuple[str, str], Mapping[str, Any]]:
    with context.store.read() as connection:
        return {(row.object, row.header): row.profile for row in connection.execute(sa.select(source_field))}
