"""What a model says is noted with the line; how likely a concept is stays what the proposer said of that concept."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any, cast

import pytest

from bridgework.belgium.nomenclature_table import Table
from bridgework.mapping import editing, model
from bridgework.mapping.document import Line, MapDocument
from bridgework.mapping.model import Answer
from bridgework.mapping.propose import ProfiledColumn, ProfiledFile, propose
from bridgework.stages import asking
from bridgework.stages.common import Quiet
from bridgework.stages.context import Context

CONTEXT = SimpleNamespace(
    settings=SimpleNamespace(migration=SimpleNamespace(id="m")),
    store=SimpleNamespace(read=lambda: nullcontext(SimpleNamespace(execute=lambda _: []))),
    nomenclature=Table.builtin,
    progress=Quiet(),
)


def a_map(**said: Any) -> MapDocument:
    """A map whose line of `Kolom` is unsure, with what the proposer said of it."""
    columns = [ProfiledColumn(one) for one in ("Patiëntnr", "Naam", "Kolom")]
    document = propose([ProfiledFile("p.csv", "patient", columns)])
    accepted, _ = editing.accept(editing.as_concept(document, "patient.Kolom", "initials"), lambda *_: True)
    line = editing.find(accepted, "patient.Kolom")[1]
    return editing.with_line(accepted, "patient", line.model_copy(update={"decision": "proposed", **said}))


def answered(document: MapDocument, concept: str | None, monkeypatch: pytest.MonkeyPatch) -> Line:
    async def rerank(questions: list[Any], *_: Any, **__: Any) -> AsyncIterator[list[Answer | None]]:
        yield [Answer(concept=concept, why="because", model="m")] * len(questions)

    monkeypatch.setattr(model, "rerank", rerank)
    monkeypatch.setattr(asking, "secret", lambda *_: "key")
    after, told = asyncio.run(asking.asked(cast("Context", CONTEXT), document, asking.Ask("m")))
    assert told.useful == 1
    assert after.problems() == []
    return editing.find(after, "patient.Kolom")[1]


@pytest.mark.parametrize(
    ("next_", "confidence"),
    [
        (("patient.title 0.31", "patient.fax 0.02"), 0.31),
        (("patient.title 1.00",), 0.98),
        (("patient.title",), 0.0),
        (("patient.fax 0.90",), 0.0),
        (("patient.title 12",), 0.0),
    ],
)
def test_another_concept_has_its_own_likelihood_and_is_never_sure_by_it(
    next_: tuple[str, ...], confidence: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = a_map(confidence=0.97, reasons=("its name fits",), next=next_)
    line = answered(document, "patient.title", monkeypatch)
    assert (line.concept, line.target, line.decision) == ("patient.title", "person.salutation", "proposed")
    assert line.confidence == confidence
    assert not editing.is_sure(line)
    assert line.reasons == ()
    assert line.next[0] == "patient.initials 0.97"
    assert not any(one.startswith("patient.title") for one in line.next)
    assert line.asked == "m: because (patient.title)"


@pytest.mark.parametrize("concept", ["patient.initials", None, "patient.last_name"])
def test_a_concept_that_stays_keeps_what_the_proposer_said(
    concept: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = a_map(confidence=0.5, reasons=("its name fits",), next=("patient.title 0.31",))
    line = answered(document, concept, monkeypatch)
    assert (line.concept, line.confidence, line.reasons) == ("patient.initials", 0.5, ("its name fits",))
    assert line.next == ("patient.title 0.31",)
    assert line.asked is not None


def test_a_concept_that_cannot_stand_beside_the_other_lines_is_only_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    document = a_map(confidence=0.5, next=("patient.full_name 0.31",))
    line = answered(document, "patient.full_name", monkeypatch)
    assert line.concept == "patient.initials"
    assert line.asked == "m: because (patient.full_name)"
