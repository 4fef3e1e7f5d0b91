"""What is known of the columns of a map: words, previews, rows; of a messy practice, staged as the audit stages it."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from bridgework.errors import FindingsStop, Paused
from bridgework.mapping import choices
from bridgework.mapping.editing import leave_out
from bridgework.stages.map import Map, Proposing
from bridgework.stages.map_view import gather, previewed, view
from tests.unit.map_view_samples import SOMEBODY, Practice, a_practice, line_of


@pytest.fixture(scope="module")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Practice]:
    with a_practice(tmp_path_factory.mktemp("map_view")) as made:
        yield made


def test_counting_stops_where_somebody_wishes_to_stop(practice: Practice, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(_: object, stage: str) -> None:
        raise Paused("PAUSED", stage)

    monkeypatch.setattr("bridgework.stages.common.Stopper.check", stop)
    monkeypatch.setattr("bridgework.stages.map_view.facts._LOOK_AROUND", 10)
    with pytest.raises(Paused):
        gather(practice.context, practice.document, previews=False)


def test_lines_are_tried_on_rows_from_the_whole_of_an_object(practice: Practice) -> None:
    few = gather(practice.context, practice.document, rows_looked_at=50)
    seen = few.previews["appointment", "Status"]
    assert 20 < seen.looked_at <= 50
    assert seen.failing < practice.facts.previews["appointment", "Status"].failing
    assert all(not one.examples for one in few.previews.values())


def test_without_previews_nothing_is_tried(practice: Practice) -> None:
    facts = gather(practice.context, practice.document, previews=False)
    assert facts.previews == {}
    assert line_of(view(practice.context, practice.document, facts), "patient", "Naam")["fails"] is None


def test_one_line_is_tried_and_its_examples_are_shapes_until_values_may_be_seen(practice: Practice) -> None:
    line = next(one for one in practice.document.sources["patient"].lines if one.column == "Geboortedatum")
    masked = previewed(practice.context, practice.document, "patient", line, show_values=False)
    shown = previewed(practice.context, practice.document, "patient", line, show_values=True)
    assert (masked.looked_at, masked.failing, dict(masked.codes)) == (
        shown.looked_at,
        shown.failing,
        dict(shown.codes),
    )
    assert masked.looked_at == 40
    assert masked.examples
    assert not any(set(one.source + one.value) & set("12345678") for one in masked.examples)
    assert any(set(one.source) & set("12345678") for one in shown.examples)


def test_no_line_is_tried_by_a_map_with_mistakes(practice: Practice) -> None:
    broken = practice.changed("patient", "Naam", transform="no-such")
    line = next(one for one in broken.sources["patient"].lines if one.column == "Geboortedatum")
    with pytest.raises(FindingsStop) as stopped:
        previewed(practice.context, broken, "patient", line, show_values=False)
    assert stopped.value.code == "MAP-WRONG"


def _previewed(practice: Practice, source: str, column: str, *, show_values: bool = False) -> dict[str, set[str]]:
    """What each kind of cell of a column is shown to become."""
    line = next(one for one in practice.document.sources[source].lines if one.column == column)
    seen = previewed(practice.context, practice.document, source, line, show_values=show_values)
    found: dict[str, set[str]] = {}
    for one in seen.examples:
        found.setdefault(one.source, set()).add(one.value)
    return found


def test_words_of_a_pick_list_are_shown_with_their_options_and_no_other_word_is(practice: Practice) -> None:
    seen = _previewed(practice, "appointment", "Status")
    assert seen["Afgewerkt"] == {"Done"}
    assert "Other" in set().union(*seen.values())
    assert SOMEBODY not in seen
    assert "Wachtlijst" not in seen


def test_an_amount_is_shown_as_people_write_it_and_masked(practice: Practice) -> None:
    masked = set().union(*_previewed(practice, "invoice", "Totaal").values())
    assert "€ 99,99" in masked
    assert not any("Micros" in one for one in masked)
    shown = set().union(*_previewed(practice, "invoice", "Totaal", show_values=True).values())
    assert any(one.startswith("€ ") and set(one) & set("12345678") for one in shown)


def test_a_cell_that_does_not_fit_says_where_it_stays(practice: Practice) -> None:
    line = next(one for one in practice.document.sources["patient"].lines if one.column == "Geboortedatum")
    seen = previewed(practice.context, practice.document, "patient", line)
    kept = [one for one in seen.examples if {"PLACEHOLDER", "NOT-A-DATE"} & set(one.codes)]
    assert kept
    assert {one.value for one in kept} == {"nothing; kept in the import remarks"}


def test_a_mistake_in_another_object_keeps_nothing_from_being_tried(practice: Practice) -> None:
    broken = practice.changed("patient", "Naam", transform="no-such")
    line = next(one for one in broken.sources["invoice"].lines if one.column == "Totaal")
    assert previewed(practice.context, broken, "invoice", line).looked_at > 0
    seen = gather(practice.context, broken).previews
    assert ("invoice", "Totaal") in seen
    assert not [key for key in seen if key[0] == "patient"]


def test_a_map_with_mistakes_can_still_be_shown(practice: Practice) -> None:
    broken = practice.changed("appointment", "Status", with_={}, target="task.nowhere")
    broken = broken.model_copy(update={"values": {}, "objects": {}})
    facts = gather(practice.context, broken, previews=False)
    line = line_of(view(practice.context, broken, facts), "appointment", "Status")
    assert line["rule"] == "select, by settings that cannot be read"
    odd = practice.changed("patient", "Naam", transform="no-such", target=None)
    assert line_of(practice.view(odd), "patient", "Naam")["rule"] == "no-such"


def counts(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often the words of each column are counted from now on."""
    seen: Counter[str] = Counter()
    count = choices.counted

    def counted(rows: Any, columns: Any, person: str | None = None) -> Any:
        seen.update(columns)
        return count(rows, columns, person)

    monkeypatch.setattr(choices, "counted", counted)
    return seen


def test_words_are_counted_once_where_a_map_is_proposed_and_shown(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = counts(monkeypatch)
    stage = Map(practice.context)
    document = asyncio.run(stage.propose(Proposing(), anew=True))
    shown = stage.shown(document)
    assert stage.problems(document) is not None
    assert {one["header"] for one in shown["pick_lists"]} >= {"Status", "Geslacht"}
    assert sum(seen.values()) == len({(one["object"], one["header"]) for one in shown["pick_lists"]})
    other = leave_out(document, "patient.Naam", "not needed")
    assert stage.shown(other)["pick_lists"] == shown["pick_lists"]
    assert sum(seen.values()) == len(shown["pick_lists"])


def test_no_words_are_counted_to_check_a_map(practice: Practice, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = counts(monkeypatch)
    assert Map(practice.context).problems(practice.document) is not None
    assert not seen


def test_what_cells_do_not_fit_is_told_beside_columns_without_a_line(practice: Practice) -> None:
    source = practice.document.sources["patient"]
    lines = [one for one in source.lines if one.column != "Geboortedatum"]
    wrong = [
        one.model_copy(update={"target": "person.birthDate", "type": "DATE", "transform": "date", "with_": {}})
        if one.column == "Voornaam"
        else one
        for one in lines
    ]
    changed = source.model_copy(update={"lines": tuple(wrong)})
    document = practice.document.model_copy(update={"sources": {**practice.document.sources, "patient": changed}})
    codes = {one.code for one in Map(practice.context).problems(document)}
    assert {"COLUMN-WITHOUT-LINE", "CANNOT-HOLD"} <= codes
