"""Words of pick-lists: what each means, which of them the map gets, and options made of a column's own words."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bridgework.mapping.choices import OTHERS, counted, fit, is_visible, person_column, select_from, with_words
from bridgework.mapping.document import Line, MapDocument
from bridgework.mapping.editing import as_select, with_word
from bridgework.mapping.names import LONGEST, is_option
from bridgework.mapping.records import Mapper
from bridgework.mapping.words import ENOUGH_PEOPLE, word_key
from tests.unit.mapping_lines import document_of, line, row
from tests.unit.mapping_samples import Row, context, map_of

OPTIONS = {"DONE": ("afgewerkt", "uitgevoerd"), "NO_SHOW": ("niet verschenen", "absent"), "CHAIR": ("behandelstoel 1",)}
LABELS = {"DONE": "Done", "NO_SHOW": "Did not come", "CHAIR": "Chair one"}
STATUS = line("task.appointmentStatus", "select", values="appointment_status", otherwise="OTHER")


def status_list(document: MapDocument) -> dict[str, tuple[str, ...]]:
    return document.values["appointment_status"]


def test_words_are_counted_without_spaces_around_them_and_empty_cells_are_no_words() -> None:
    rows = [row(number, Cel=text, Other="x") for number, text in enumerate(["Ja", " Ja ", "", "  ", "nee"], 1)]
    assert counted(rows, ["Cel", "Away"]) == {"Cel": Counter({"Ja": 2, "nee": 1}), "Away": Counter()}


WORD = "HIV+ mevr Janssens Kerkstraat"


def visits(word: str, *patients: str) -> list[Row]:
    return [row(number, Cel=word, Nr=patient) for number, patient in enumerate(patients)]


def test_a_word_that_one_patient_has_in_many_rows_is_shown_nowhere() -> None:
    words = counted([*visits(WORD, "7", "7", "7", "7"), *visits("Intake", "1", "2", "3")], ["Cel"], "Nr")["Cel"]
    assert fit(words, OPTIONS, LABELS).unmapped == ("Intake",)
    assert fit(words.without({"intake"}), OPTIONS, LABELS).unmapped == ()
    assert select_from(words)[1] == {"INTAKE": ("Intake",)}
    rare = fit(words, OPTIONS, LABELS).rare
    assert (rare.words, rare.rows, rare.unmapped) == (1, 4, 1)


def test_a_near_word_of_one_patient_does_not_get_into_the_map() -> None:
    before = document_of(STATUS)
    assert with_words(before, STATUS, counted(visits("Afgewrkt", "7", "7", "7"), ["Cel"], "Nr")["Cel"]) is before


def test_rows_without_a_patient_count_as_those_of_one() -> None:
    assert not counted(visits(WORD, "", "", "", ""), ["Cel"], "Nr")["Cel"].is_often(WORD)
    assert counted(visits(WORD, "", "", "", ""), ["Cel"])["Cel"].is_often(WORD)


@pytest.mark.parametrize(
    "text",
    ["85.07.30-033.28", "RR 85073003328", "bel 0478/12.34.56", "+32 478 12 34 56 mama", "an@peeters.be", "x" * 41],
)
def test_a_text_that_tells_who_somebody_is_or_is_too_long_is_no_word(text: str) -> None:
    words = counted(visits(text, "1", "2", "3", "4"), ["Cel"], "Nr")["Cel"]
    assert words == {OTHERS: 4}
    assert select_from(words) == ({}, {})


@given(st.lists(st.tuples(st.sampled_from(["a", "b", WORD, "d"]), st.sampled_from("12345")), max_size=40))
def test_only_words_of_three_patients_become_options(cells: list[tuple[str, str]]) -> None:
    rows = [row(number, Cel=word, Nr=patient) for number, (word, patient) in enumerate(cells)]
    words = counted(rows, ["Cel"], "Nr")["Cel"]
    people = {word: {patient for one, patient in cells if one == word} for word, _ in cells}
    often = {word for word, some in people.items() if len(some) >= ENOUGH_PEOPLE}
    assert {word for some in select_from(words)[1].values() for word in some} == often
    assert {*fit(words, {}, {}).unmapped} == often
    assert words.total() == len(cells)


@pytest.mark.parametrize(
    ("object_", "column"),
    [("appointment", "Patiëntnr"), ("invoice_line", "Factuurnummer"), ("patient", None), ("provider", None)],
)
def test_whose_a_row_is_the_patients_number_says_or_that_of_what_it_hangs_on(object_: str, column: str | None) -> None:
    assert person_column(object_, map_of("nl").sources[object_]) == column


def test_a_column_of_free_text_takes_no_more_memory_than_ten_thousand_words() -> None:
    rows = (row(number, Cel=f"text {number % 30_000}") for number in range(40_000))
    words = counted(rows, ["Cel"])["Cel"]
    assert len(words) <= 10_001
    assert words.total() == 40_000
    assert words[OTHERS] > 15_000


def test_a_text_too_long_for_a_word_is_counted_and_not_kept() -> None:
    words = counted([row(1, Cel="x" * 5_000), row(2, Cel="x" * 5_000), row(3, Cel="x" * 5_000)], ["Cel"])["Cel"]
    assert words == {OTHERS: 3}
    assert fit(words, OPTIONS, LABELS).unmapped == ()


@pytest.mark.parametrize("word", ["Afgewerkt", "AFGEWERKT.", "done", "NO-SHOW", "Did not come", "Niet  verschenen"])
def test_a_known_word_an_option_and_its_label_are_sure(word: str) -> None:
    found = fit({word: 3}, OPTIONS, LABELS)
    assert set(found.sure) == {word}
    assert not found.near
    assert not found.unmapped


@pytest.mark.parametrize(
    ("word", "option"),
    [("afgewrkt", "DONE"), ("Uitgevoert ", None), ("uitgevoerdd", "DONE"), ("Niet vershenen", "NO_SHOW")],
)
def test_a_word_that_is_nearly_a_known_one_is_near_and_never_sure(word: str, option: str | None) -> None:
    found = fit({word: 3}, OPTIONS, LABELS)
    assert found.near.get(word) == option
    assert not found.sure
    assert found.unmapped == (() if option else (word,))


@pytest.mark.parametrize("word", ["absnt", "Behandelstoel 2", "wachtlijst", "+++", "1234567"])
def test_short_words_other_digits_and_other_words_are_near_to_none(word: str) -> None:
    assert fit({word: 3}, OPTIONS, LABELS).unmapped == (word,)


def test_a_word_that_is_near_to_two_options_is_near_to_none() -> None:
    options = {"FULL": ("geconventioneerd",), "NONE": ("gedconventioneerd",)}
    assert fit({"gecconventioneerd": 9}, options, {}).unmapped == ("gecconventioneerd",)


def test_words_in_too_few_rows_are_counted_together_whatever_they_are() -> None:
    found = fit({"Afgewerkt": 2, "An Peeters": 2, "Jan Maes": 1, "Wachtlijst": 3}, OPTIONS, LABELS)
    assert (found.sure, found.near, found.unmapped) == ({}, {}, ("Wachtlijst",))
    assert (found.rare.words, found.rare.rows, found.rare.unmapped) == (3, 5, 2)


def test_frequent_words_come_first() -> None:
    assert fit({"aaaaa": 3, "bbbbb": 9, "ccccc": 5}, OPTIONS, LABELS).unmapped == ("bbbbb", "ccccc", "aaaaa")


def test_the_map_gets_the_near_words_of_the_practice_and_then_loads_them() -> None:
    before = document_of(STATUS)
    after = with_words(before, STATUS, {"Afgewrkt": 4, "Wachtlijst": 5, "Afgewerkt": 90})
    changed = {option for option, words in status_list(after).items() if words != status_list(before)[option]}
    assert changed == {"DONE"}
    assert status_list(after)["DONE"] == (*status_list(before)["DONE"], "Afgewrkt")
    assert fit({"Afgewrkt": 4}, status_list(after), {}).sure == {"Afgewrkt": "DONE"}
    assert MapDocument.parse(after.to_yaml()).values == after.values


def test_the_map_gets_each_word_once_however_it_is_spelled() -> None:
    before = document_of(STATUS)
    after = with_words(before, STATUS, {"Afgewrkt": 4, "AFGEWRKT": 3})
    assert status_list(after)["DONE"] == (*status_list(before)["DONE"], "Afgewrkt")
    assert with_words(after, STATUS, {"Afgewrkt": 4, "AFGEWRKT": 3}) is after


def test_the_map_gets_a_word_that_only_the_label_tells() -> None:
    channel = line("note.category", "select", values="document_category")
    after = with_words(document_of(channel), channel, {"Panoramic X-ray": 3})
    assert "Panoramic X-ray" in after.values["document_category"]["PANORAMIC"]


def test_no_word_of_few_rows_gets_into_the_map() -> None:
    before = document_of(STATUS)
    assert with_words(before, STATUS, {"Afgewrkt": 2}) is before


@pytest.mark.parametrize("settings", [{}, {"values": "no such list"}, {"values": ["a"]}])
def test_a_line_without_a_pick_list_leaves_the_map_as_it_is(settings: dict[str, object]) -> None:
    before = document_of(STATUS)
    odd = Line.model_validate(
        {"column": "Cel", "target": "task.appointmentStatus", "transform": "select", "with": settings}
    )
    assert with_words(before, odd, {"Afgewrkt": 4}) is before


def test_a_column_of_few_words_becomes_options_that_twenty_takes() -> None:
    words = {"Zwemclub, A": 9, "2024": 8, "Privé": 7, "prive": 3, "Ω": 6, "Jan Maes": 2}
    options, values = select_from(words)
    assert options == {"ZWEMCLUB_A": "Zwemclub A", "Y_2024": "2024", "PRIVE": "Privé", "OPTION": "Ω"}
    assert values == {
        "ZWEMCLUB_A": ("Zwemclub, A",),
        "Y_2024": ("2024",),
        "PRIVE": ("Privé", "prive"),
        "OPTION": ("Ω",),
    }


@pytest.mark.parametrize(
    ("word", "option"),
    [
        ("A", "A"),
        ("A+", "A_PLUS"),
        ("A -", "A_MINUS"),
        ("+", "PLUS"),
        ("++", "PLUS_PLUS"),
        ("-", "MINUS"),
        ("+/-", "PLUS_MINUS"),
        ("±", "PLUS_MINUS"),
        ("< 5", "LESS_THAN_5"),
        (">5", "MORE_THAN_5"),
        ("≥ 5", "AT_LEAST_5"),
        ("10%", "Y_10_PERCENT"),
        ("1.0", "Y_1_0"),
        ("no-show", "NO_SHOW"),
        ("Tandarts - algemeen", "TANDARTS_ALGEMEEN"),
        ("?", "QUESTION_MARK"),
    ],
)
def test_a_sign_has_a_name_in_the_option(word: str, option: str) -> None:
    assert list(select_from({word: 3})[0]) == [option]


def test_a_word_of_commas_alone_has_a_label_though_no_label_may_hold_one() -> None:
    assert select_from({",": 3})[0] == {"COMMA": "Comma"}


def test_words_that_differ_in_a_sign_are_options_of_their_own_and_all_cells_fit_their_own_one() -> None:
    words = ("A", "A+", "A-", "1.0", "10", "1,0", "I-II", "III", "+", "++", "+/-", "±", "-", "<5", ">5", "5", "5%")
    _, values = select_from(dict.fromkeys(words, 9), {"-", "?"})
    assert set(values.values()) == {(word,) for word in words}
    field = line("person.score", "select", values="own")
    document = document_of(field)
    mapper = Mapper(document.model_copy(update={"values": {"own": values}}), context())
    for number, (option, (word,)) in enumerate(values.items(), 1):
        record = mapper.build(mapper.steps()[0], row(number, Cel=word))
        assert record is not None
        assert (record.values["score"], record.findings) == (option, ())


def test_a_word_for_nothing_known_is_no_option_but_for_a_minus_beside_other_signs() -> None:
    nothing = {"-", "?", "onbekend"}
    assert list(select_from({"Ja": 9, "-": 9, "Onbekend": 9, "?": 9}, nothing)[0]) == ["JA"]
    assert list(select_from({"+": 9, "-": 9, "?": 9}, nothing)[0]) == ["PLUS", "MINUS"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("e-mail", "E mail"),
        ("no-show", "Noshow"),
        ("no show", "NO_SHOW"),
        ("MKA-chirurg", "mka chirurg"),
        ("n.v.t.", "NVT"),
        ("salle d'attente", "Salle d’attente"),  # noqa: RUF001  # as programs for texts write it
        ("A +", "a+"),
        ("Privé.", '"prive"'),
        ("3 - 4", "3–4"),  # noqa: RUF001  # the same
    ],
)
def test_case_accents_spaces_and_joints_between_letters_do_not_tell_words_apart(one: str, other: str) -> None:
    assert word_key(one) == word_key(other)


def _seen(word: str) -> str:
    """What is left of a word without what may differ, taken away sign by sign."""
    plain = "".join(one for one in unicodedata.normalize("NFD", word.casefold()) if one not in "\u0301 ")
    for _ in range(len(plain)):
        plain = re.sub(r"(?<=[a-z])[-.](?=[a-z])", "", plain)
    return plain.removesuffix(".") if plain.strip(".") else plain


_SIGNED = st.text("aBé10 iI+-±<>=/%.,*?()", min_size=1, max_size=5).map(str.strip).filter(bool)


@given(_SIGNED, _SIGNED)
def test_two_words_that_differ_in_more_than_case_accents_and_spaces_never_become_one_option(
    one: str, other: str
) -> None:
    options, values = select_from({one: 5, other: 4})
    if _seen(one) != _seen(other):
        assert len(options) == 2
    found = fit({one: 5, other: 4}, values, options)
    assert {word: option for option, spellings in values.items() for word in spellings} == found.sure


@given(_SIGNED, _SIGNED)
def test_a_word_takes_an_option_from_no_word_that_differs_in_a_sign(one: str, other: str) -> None:
    options, values = select_from({one: 3})
    assume(options)
    document = as_select(document_of(STATUS), "lijst.Cel", "Own", options, values)
    found = with_word(with_word(document, "lijst.Cel", one, "FIRST", "first"), "lijst.Cel", other, "SECOND", "second")
    kept = found.values["lijst_own"]
    if _seen(one) != _seen(other):
        assert (kept["FIRST"], kept["SECOND"]) == ((one,), (other,))
        assert not [problem for problem in found.problems() if problem.code == "TWO-MEANINGS"]


@pytest.mark.parametrize(("one", "other"), [("reumafactor +", "reumafactor -"), ("bloeding 10%", "bloeding 10")])
def test_a_word_is_not_near_to_one_with_another_sign(one: str, other: str) -> None:
    assert fit({one: 9}, {"OTHER": (other,)}, {}).unmapped == (one,)


def test_options_and_labels_that_would_be_the_same_are_numbered() -> None:
    long = "a" * 80
    options, _ = select_from({long + "b": 9, long + "c": 8, "Ω": 4, "Д": 3})
    assert list(options) == ["A" * 63, "A" * 61 + "_2", "OPTION", "OPTION_2"]
    assert [len(label) for label in options.values()] == [63, 63, 1, 1]
    assert len(set(options.values())) == 4


@given(st.dictionaries(st.text(min_size=1, max_size=90), st.integers(1, 9), max_size=12))
def test_whatever_the_words_twenty_takes_the_options_and_each_word_keeps_its_own(words: dict[str, int]) -> None:
    options, values = select_from(words)
    assert options.keys() == values.keys()
    assert all(is_option(value) for value in options)
    assert all(0 < len(label) <= LONGEST and "," not in label for label in options.values())
    assert len(set(options.values())) == len(options)
    often = {word for word, rows in words.items() if rows >= 3 and is_visible(word)}
    assert {word for spellings in values.values() for word in spellings} == often
    assert fit(dict.fromkeys(often, 3), values, {}).sure == {
        word: value for value, spellings in values.items() for word in spellings
    }
