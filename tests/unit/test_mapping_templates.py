"""A map of another practice says how columns of the same name go; it decides nothing, and makes nothing sure."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bridgework.mapping import editing
from bridgework.mapping.document import Decision, Line, MapDocument
from bridgework.mapping.presets import preset_named, with_preset
from bridgework.mapping.propose import EMPTY, ProfiledColumn, ProfiledFile, propose
from bridgework.mapping.templates import with_template

COLUMNS = ("Patiëntnr", "Naam", "Voornaam", "GSM", "Anamnese", "Kolom X", "Kolom Y")


def a_map(*columns: str, empty: tuple[str, ...] = ()) -> MapDocument:
    described = [ProfiledColumn(one, filled=int(one not in empty)) for one in columns or COLUMNS]
    return propose([ProfiledFile("p.csv", "patient", described)])


def lean(document: MapDocument) -> MapDocument:
    return with_preset(document, "crm-lean", preset_named("crm-lean", {}))


def line_of(document: MapDocument, column: str) -> Line:
    return editing.find(document, f"patient.{column}")[1]


def accepted(document: MapDocument) -> MapDocument:
    return editing.accept(document, lambda *_: True)[0]


def test_columns_of_the_same_name_go_as_in_the_template() -> None:
    other = editing.as_field(a_map(), "patient.Kolom Y", "Shoe size", "NUMBER")
    made = with_template(a_map("Patiëntnr", "Naam", "Kolom-Y", "Kolom Z"), other)
    line = line_of(made, "Kolom-Y")
    assert (line.target, line.decision, line.reasons) == ("person.shoeSize", "proposed", ("as in the template",))
    assert line_of(made, "Kolom Z").decision == "proposed"
    assert made.problems() == []


def test_a_column_that_was_empty_at_the_other_practice_is_proposed_here() -> None:
    other = accepted(a_map(empty=("Kolom X",)))
    assert line_of(other, "Kolom X").why == EMPTY
    made = with_template(a_map(), other)
    assert line_of(made, "Kolom X") == line_of(a_map(), "Kolom X")


def test_a_column_that_is_empty_here_is_left_out_for_that() -> None:
    assert line_of(with_template(a_map(empty=("Kolom X",)), accepted(a_map())), "Kolom X").why == EMPTY


def test_what_the_templates_preset_left_out_is_left_to_the_preset_of_this_practice() -> None:
    other = accepted(lean(a_map()))
    assert line_of(other, "Anamnese").decision == "leave-out"
    made = with_template(a_map(), other)
    assert (made.preset, line_of(made, "Anamnese").decision) == ("complete", "proposed")
    assert line_of(lean(with_template(a_map(), accepted(a_map()))), "Anamnese").decision == "leave-out"


def test_files_are_attached_by_the_preset_of_this_practice_and_not_of_the_template() -> None:
    columns = [ProfiledColumn(one) for one in ("Documentnr", "Patiëntnr", "Omschrijving", "Bestandsnaam")]
    document = propose([ProfiledFile("d.csv", "document", columns)])
    (file,) = (
        one
        for one in with_template(document, accepted(lean(document))).sources["document"].lines
        if one.transform == "file"
    )
    assert file.with_ == {"attach": "targetNote"}


def test_what_a_person_left_out_at_the_other_practice_waits_for_a_person_here() -> None:
    other = editing.leave_out(accepted(a_map()), "patient.GSM", "not used")
    made = with_template(a_map(), other)
    line = line_of(made, "GSM")
    assert (line.decision, line.why, line.loaded) == ("proposed-leave-out", "left out in the template: not used", False)
    assert line.waits
    assert not editing.is_sure(line)
    assert MapDocument.parse(made.to_yaml()).digest() == made.digest()
    assert (line_of(accepted(made), "GSM").decision, line_of(accepted(made), "GSM").why) == ("leave-out", line.why)
    again = with_template(a_map(), made)
    assert line_of(again, "GSM").why == line.why


def test_the_same_meaning_is_as_sure_as_it_was_proposed_here() -> None:
    unsure = [ProfiledColumn(one) for one in COLUMNS]
    here = propose([ProfiledFile("p.csv", "patient", unsure, clear=False)])
    line = line_of(with_template(here, accepted(a_map())), "GSM")
    proposed = line_of(here, "GSM")
    assert line.confidence == proposed.confidence
    assert line.reasons == ("as in the template", *proposed.reasons)


def test_where_template_and_proposal_disagree_nothing_is_sure_and_the_proposal_is_the_next_best() -> None:
    other = editing.as_concept(accepted(a_map()), "patient.GSM", "fax")
    line = line_of(with_template(a_map(), other), "GSM")
    assert line.concept == "patient.fax"
    assert not editing.is_sure(line)
    assert line.next[0].startswith("patient.mobile ")


@given(st.lists(st.sampled_from(["load", "proposed", "leave-out"]), min_size=len(COLUMNS), max_size=len(COLUMNS)))
def test_every_line_waits_for_a_decision_whatever_was_decided_at_the_other_practice(decided: list[Decision]) -> None:
    other = a_map()
    for column, decision in zip(COLUMNS, decided, strict=True):
        said = {"decision": decision, "why": "a reason"}
        other = editing.with_line(other, "patient", line_of(other, column).model_copy(update=said))
    made = with_template(a_map(), other)
    assert all(line.waits for line in made.sources["patient"].lines)
    sure = {line.column for line in made.sources["patient"].lines if editing.is_sure(line)}
    assert sure <= {line.column for line in a_map().sources["patient"].lines if editing.is_sure(line)}
