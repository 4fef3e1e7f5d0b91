"""Whatever a person decides by commands, in any order, the map stays one that further commands can put right."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bridgework.errors import UsageError
from bridgework.mapping import editing
from bridgework.mapping.catalogue import builtin
from bridgework.mapping.document import MapDocument
from tests.unit.mapping_practices import practices

STILL_TO_DECIDE = {"NO-NAME", "REQUIRED-MISSING", "DATE-MISSING"}
"""A line that is missing altogether: the next decision makes it."""

_LABELS = ["Birth date", "Company ID", "Type", "Kleur", "", "x" * 80]
_OPTIONS = ["OTHER", "MALE", "NEW"]

Edit = Callable[[MapDocument], MapDocument]


def an_edit(draw: Any, document: MapDocument) -> Edit:
    """One decision about a column that is there."""
    source = draw(st.sampled_from(list(document.sources)))
    line = draw(st.sampled_from(document.sources[source].lines))
    place = f"{source}.{line.column}"
    match draw(st.sampled_from(["concept", "concept", "field", "out", "word", "accept"])):
        case "concept":
            concept = draw(st.sampled_from([one.concept for one in builtin().sources[source].lines]))
            return lambda one: editing.as_concept(one, place, concept)
        case "field":
            label = draw(st.sampled_from([*_LABELS, line.column or ""]))
            type_ = draw(st.sampled_from(["TEXT", "NUMBER", "CURRENCY", "DATE", "DATE_TIME", "BOOLEAN", "SELECT"]))
            return lambda one: editing.as_field(one, place, label, type_)
        case "out":
            why = draw(st.sampled_from(["not needed", ""]))
            return lambda one: editing.leave_out(one, place, why)
        case "word":
            word, option = draw(st.sampled_from(["x", "other", "Open", "?"])), draw(st.sampled_from(_OPTIONS))
            label = draw(st.sampled_from(["", "New", "Other", "a, b"]))
            return lambda one: editing.with_word(one, place, word, option, label)
        case _:
            return lambda one: editing.accept(one, lambda name, _: name == source)[0]


@settings(max_examples=60)
@given(practices(), st.data())
def test_no_sequence_of_decisions_leaves_an_error_that_no_command_can_mend(document: MapDocument, data: Any) -> None:
    assume(not document.problems())
    for _ in range(data.draw(st.integers(1, 8))):
        edit = an_edit(data.draw, document)
        with suppress(UsageError):  # which leaves the map as it was
            document = edit(document)
        assert {one.code for one in document.problems()} <= STILL_TO_DECIDE
    assert MapDocument.parse(document.to_yaml()).digest() == document.digest()
