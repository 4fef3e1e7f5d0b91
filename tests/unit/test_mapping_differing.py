"""What differs between two maps is told wherever the approval of one is none of the other, and nowhere else."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import ValidationError

from bridgework.mapping.differing import differences
from bridgework.mapping.document import MapDocument
from tests.unit.mapping_samples import LANGUAGES, map_of
from tests.unit.test_mapping_document import SMALL

NEW = ["x", "", "person", "load", "TEXT", "text", 0, 1, 1.0, True, False, None, [], {}, ["a"], {"a": "b"}, 0.5]


def content_of(document: MapDocument) -> dict[str, Any]:
    content: dict[str, Any] = document.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return content


def containers(value: Any) -> list[Any]:
    """Every object and list in a value that is not empty."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [
        *([value] if isinstance(value, dict | list) and value else []),
        *(c for one in inner for c in containers(one)),
    ]


def mutate(draw: Any, content: dict[str, Any]) -> None:
    """Change, take out, double or move one entry somewhere."""
    one = draw(st.sampled_from(containers(content)))
    keys = list(one) if isinstance(one, dict) else list(range(len(one)))
    key = draw(st.sampled_from(keys))
    match draw(st.sampled_from(["change", "take", "move", "double"])):
        case "change":
            one[key] = draw(st.sampled_from(NEW))
        case "take":
            del one[key]
        case "move" if isinstance(one, list):
            one.append(one.pop(key))
        case "move":
            one[key] = one.pop(key)
        case _ if isinstance(one, list):
            one.insert(draw(st.integers(0, len(one))), deepcopy(one[key]))
        case _:
            one["extra"] = deepcopy(one[key])


@given(st.sampled_from([*LANGUAGES, "small"]), st.data())
def test_a_difference_is_told_exactly_where_the_digest_differs(which: Any, data: Any) -> None:
    document = MapDocument.parse(SMALL) if which == "small" else map_of(which)
    content = content_of(document)
    for _ in range(data.draw(st.integers(1, 3))):
        mutate(data.draw, content)
    try:
        changed = MapDocument.model_validate(content)
    except ValidationError:
        assume(False)
    told = differences(document, changed)
    assert bool(told) == (document.digest() != changed.digest())
    assert bool(differences(changed, document)) == bool(told)
    assert all(one.before != one.after for one in told)


TWO = """\
      - {target: note.bodyV2, from: [Kleur], transform: note-line}
      - {target: note.bodyV2, from: [Naam], transform: note-line}
"""
DERIVED = SMALL + "    derived:\n" + TWO


@pytest.mark.parametrize(
    ("text", "old", "new", "where"),
    [
        (DERIVED, "from: [Kleur]", "from: [Geb]", "patient → note.bodyV2"),
        (DERIVED, "from: [Naam]", "from: [Geb]", "patient → note.bodyV2 (2)"),
        (DERIVED, TWO, "".join(reversed(TWO.splitlines(keepends=True))), "patient → note.bodyV2"),
        (SMALL, "{MALE: Male, FEMALE: Female}", "{FEMALE: Female, MALE: Male}", "objects.person.sex"),
        (
            SMALL,
            "    MALE: [m, man]\n    FEMALE: [v, vrouw]\n",
            "    FEMALE: [v, vrouw]\n    MALE: [m, man]\n",
            "values.sex (order)",
        ),
        (SMALL, "name: birthDate, type: DATE", "name: birthDate, type: TEXT", "objects.person.birthDate"),
    ],
)
def test_each_difference_is_told_with_its_place(text: str, old: str, new: str, where: str) -> None:
    assert old in text
    found = differences(MapDocument.parse(text), MapDocument.parse(text.replace(old, new, 1)))
    assert where in [one.where for one in found]


def test_lines_and_fields_in_another_order_are_told_with_both_orders() -> None:
    document = MapDocument.parse(SMALL)
    source, person = document.sources["patient"], document.objects["person"]
    lines = source.model_copy(update={"lines": source.lines[::-1]})
    fields = person.model_copy(update={"fields": person.fields[::-1]})
    after = document.model_copy(
        update={"sources": {"patient": lines}, "objects": {**document.objects, "person": fields}}
    )
    told = {one.where: (one.before, one.after) for one in differences(document, after)}
    assert told == {
        "patient.lines (order)": ("Nr, Naam, Geslacht, Geb, Hoofd, Kleur", "Kleur, Hoofd, Geb, Geslacht, Naam, Nr"),
        "objects.person.fields (order)": ("sex, birthDate, head", "head, birthDate, sex"),
    }


def test_what_the_proposer_or_a_model_said_makes_no_approval_stale() -> None:
    document = MapDocument.parse(SMALL)
    source = document.sources["patient"]
    said = {"confidence": 0.3, "reasons": ("other",), "next": ("patient.fax 0.20",), "asked": "m: because (none)"}
    lines = tuple(line.model_copy(update=said) for line in source.lines)
    after = document.model_copy(update={"sources": {"patient": source.model_copy(update={"lines": lines})}})
    assert after.digest() == document.digest()
    assert differences(document, after) == []
    assert after.to_yaml() != document.to_yaml()
