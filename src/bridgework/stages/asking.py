"""Asking a language model about the lines of a map that are not sure, where a person wants it.

It gets names, types, shares and shapes, never a value; what it says is kept with the line, and a person still decides.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from bridgework.belgium.nomenclature_table import Table
from bridgework.errors import UsageError
from bridgework.mapping.completing import AnyTable
from bridgework.mapping.document import Line, MapDocument
from bridgework.mapping.editing import as_concept, find, is_sure, with_line
from bridgework.mapping.labels import meaning_of
from bridgework.mapping.proposer.confidence import UNCLEAR
from bridgework.stages.context import Context
from bridgework.store.keys import MODEL_KEY, kept_secret, secret
from bridgework.store.tables import source_field


@dataclass(frozen=True, slots=True)
class Ask:
    """Which model: a name as `pydantic-ai` takes it (`openai:gpt-5`), or any at an endpoint that speaks as OpenAI's."""

    model: str
    url: str | None = None


async def asked(context: Context, document: MapDocument, ask: Ask) -> MapDocument:
    """The map with the model's answers; raises BridgeworkError (MODEL-…) where it cannot be asked."""
    from bridgework.mapping.model import rerank  # heavy, and only for those who ask

    wanted = list(_unsure(document))
    if not wanted:
        return document
    questions = list(_questions(context, document, wanted))
    migration = str(context.settings.migration.id)
    key = kept_secret(MODEL_KEY, migration) if ask.url else secret(MODEL_KEY, migration)
    answers = await rerank(questions, ask.model, ask.url, key)
    for (source, line), answer in zip(wanted, answers, strict=True):
        if answer is not None:
            document = _with_answer(
                document,
                f"{source}.{line.column}",
                answer.concept,
                f"{answer.model}: {answer.why}",
                context.nomenclature,
            )
    return document


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
