"""How likely two records are of one person or company: tables of what people meet, and what always holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridgework.stages.existing.assigning import assign
from bridgework.stages.existing.facts import Facts, Meanings, facts_of
from bridgework.stages.existing.names import company_words, person_likeness, words_of
from bridgework.stages.existing.scoring import score
from bridgework.store.matches import Match

PERSON = Meanings(
    {
        "name": ("name",),
        "email": ("emails",),
        "phone": ("phones",),
        "insz": ("insz",),
        "birth": ("birthDate",),
        "sex": ("sex",),
        "source": ("sourceSystemId",),
    }
)
COMPANY = Meanings(
    {
        "name": ("name",),
        "email": ("contactEmails",),
        "domain": ("domainName",),
        "number": ("registrationNumber",),
        "riziv": ("riziv",),
    }
)
MAN, WOMAN = "55031412351", "88110204673"  # made up: born 1955-03-14 and 1988-11-02


def person(name: str = "Jan Peeters", **values: Any) -> Facts:
    given_, _, family = name.partition(" ")
    known: dict[str, Any] = {"name": {"firstName": given_, "lastName": family}}
    if email := values.pop("email", ""):
        known["emails"] = {"primaryEmail": email}
    if phone := values.pop("phone", ""):
        known["phones"] = {"primaryPhoneNumber": phone, "primaryPhoneCallingCode": "+32"}
    return facts_of("person", {**known, **values}, PERSON)


def company(name: str, **values: Any) -> Facts:
    if domain := values.pop("domain", ""):
        values["domainName"] = {"primaryLinkUrl": domain}
    return facts_of("company", {"name": name, **values}, COMPANY)


@pytest.mark.parametrize(
    ("one", "other", "likeness"),
    [
        ("An|Van den Broeck", "an|vandenbroeck", "equal"),
        ("Zoë|D'Hondt", "Zoe|Dhondt", "equal"),
        ("Peeters|Jan", "Jan|Peeters", "equal"),
        ("|Jan Peeters", "Jan|Peeters", "equal"),
        ("Dhr. Jan|Peeters", "Jan|Peeters", "equal"),
        ("Jan|Peeters", "Jan|Peters", "alike"),
        ("J.|Peeters", "Jan|Peeters", "alike"),
        ("Jan Pieter|Maes", "Jan|Maes", "alike"),
        ("An|Maes-Peeters", "An|Maes", "alike"),
        ("An|Maes", "An|Wouters", "given"),
        ("An|Janssens", "Jan|Janssens", "unlike"),
        ("Emma|Janssens", "Lotte|Janssens", "unlike"),
        ("Louis|Maes", "Louise|Maes", "alike"),
        ("|", "Jan|Maes", "unknown"),
    ],
)
def test_names_are_compared_as_people_write_them(one: str, other: str, likeness: str) -> None:
    first, second = (tuple(words_of(part) for part in text.split("|")) for text in (one, other))
    assert person_likeness((first[0], first[1]), (second[0], second[1])) == likeness
    assert person_likeness((second[0], second[1]), (first[0], first[1])) == likeness


def test_what_every_practice_is_called_says_nothing_of_it() -> None:
    assert company_words("Tandartspraktijk De Smet BV") == company_words("desmet")
    assert company_words("Tandartspraktijk BV") != ()


PROPOSED, ASKED, NEW = "proposed", "asked", "new"


def band(value: float) -> str:
    return PROPOSED if value >= 0.95 else ASKED if value >= 0.6 else NEW


@pytest.mark.parametrize(
    ("mine", "theirs", "wanted"),
    [
        # the same person
        ({"email": "a@x.be"}, {"email": "A@x.be"}, PROPOSED),
        ({"phone": "475123456"}, {"phone": "0475123456"}, PROPOSED),
        ({"insz": MAN}, {"insz": "55.03.14-123.51"}, PROPOSED),
        ({"birthDate": "1955-03-14"}, {"birthDate": "1955-03-14"}, ASKED),
        ({}, {}, NEW),  # a namesake
        ({"email": "a@x.be"}, {"name": "Jan Peters", "email": "a@x.be"}, ASKED),
        ({"insz": MAN}, {"name": "Jan Wouters", "insz": MAN}, PROPOSED),
        ({"insz": MAN}, {"name": "Wim Maes", "insz": MAN}, ASKED),
        ({"email": "a@x.be"}, {"name": " ", "email": "a@x.be"}, ASKED),
        ({"email": "a@x.be", "birthDate": "1955-03-14"}, {"name": "Jan Maes", "email": "a@x.be", "insz": MAN}, ASKED),
        # a family that shares an address, a phone, a home
        ({"email": "a@x.be"}, {"name": "An Peeters", "email": "a@x.be"}, NEW),
        (
            {"email": "a@x.be", "phone": "475123456"},
            {"name": "An Peeters", "email": "a@x.be", "phone": "475123456"},
            NEW,
        ),
        ({"email": "a@x.be", "birthDate": "1955-03-14"}, {"email": "a@x.be", "birthDate": "1985-01-02"}, NEW),
        ({"email": "a@x.be", "sex": "MALE"}, {"email": "a@x.be", "sex": "FEMALE"}, NEW),
        ({"email": "a@x.be", "insz": MAN}, {"email": "a@x.be", "insz": WOMAN}, NEW),
        ({"email": "a@x.be", "insz": MAN}, {"email": "a@x.be", "birthDate": "1988-11-02"}, NEW),
        # twins
        (
            {"name": "Emma Maes", "email": "a@x.be", "phone": "475123456", "birthDate": "2015-05-05"},
            {"name": "Lotte Maes", "email": "a@x.be", "phone": "475123456", "birthDate": "2015-05-05"},
            NEW,
        ),
        # one of the two is wrong
        ({"insz": MAN, "birthDate": "1955-03-14"}, {"insz": MAN, "birthDate": "1955-03-15"}, ASKED),
    ],
)
def test_people(mine: Mapping[str, Any], theirs: Mapping[str, Any], wanted: str) -> None:
    one, other = person(**mine), person(**theirs)
    assert band(score("person", one, other).value) == wanted
    assert score("person", one, other) == score("person", other, one)


@pytest.mark.parametrize(
    ("mine", "theirs", "wanted"),
    [
        ({"name": "CM Oost"}, {"name": "CM Oost"}, ASKED),
        ({"name": "CM Oost"}, {"name": "Solidaris"}, NEW),
        (
            {"name": "De Smet", "domain": "https://www.desmet.be/over"},
            {"name": "De Smet BV", "domain": "desmet.be"},
            PROPOSED,
        ),
        (
            {"name": "CM", "registrationNumber": "BE 0403.019.261"},
            {"name": "CM", "registrationNumber": "0403019261"},
            PROPOSED,
        ),
        (
            {"name": "Oud", "registrationNumber": "0403019261"},
            {"name": "Nieuw", "registrationNumber": "0403019261"},
            ASKED,
        ),
        ({"name": "CM", "registrationNumber": "0403019261"}, {"name": "CM", "registrationNumber": "0428759497"}, NEW),
        ({"name": "An Maes", "riziv": "30012392001"}, {"name": "Maes An", "riziv": "3-00123-92-007"}, PROPOSED),
    ],
)
def test_companies(mine: Mapping[str, Any], theirs: Mapping[str, Any], wanted: str) -> None:
    one, other = company(**mine), company(**theirs)
    assert band(score("company", one, other).value) == wanted
    assert score("company", one, other) == score("company", other, one)


def test_the_reasons_are_words_without_a_value() -> None:
    found = score("person", person(email="a@x.be", birthDate="1955-03-14"), person(email="a@x.be", insz=WOMAN))
    assert found.value == 0
    assert found.reasons == (
        "the name is the same",
        "the e-mail address is the same",
        "the birth date is another one",
    )


facts = st.builds(
    Facts,
    st.lists(st.sampled_from(["jan", "an", "j", "emma", "emmy"]), max_size=2).map(tuple),
    st.lists(st.sampled_from(["maes", "peeters", "peters", "vandenbroeck"]), max_size=2).map(tuple),
    st.dictionaries(
        st.sampled_from(["email", "phone", "insz", "birth", "sex", "source", "number", "riziv", "domain", "insurer"]),
        st.frozensets(st.sampled_from("abc"), min_size=1, max_size=2),
    ),
)


@given(facts, facts, st.sampled_from(["person", "company"]))
def test_a_score_is_symmetric_deterministic_and_between_0_and_1(one: Facts, other: Facts, object_: str) -> None:
    found = score(object_, one, other)
    assert found == score(object_, other, one) == score(object_, one, other)
    assert 0 <= found.value <= 1
    assert Facts.from_json(one.as_json()) == one
    against = any(one.differ(other, kind) for kind in ("insz", "birth", "sex"))
    if object_ == "person" and against:
        assert found.value == 0 or one.same(other, "insz")
        assert found.value < 0.95


def pair(own: int, existing: int, value: float, decision: Any = "", *, deleted: bool = False) -> Match:
    ids = (UUID(int=own), UUID(int=1000 + existing))
    return Match(*ids, "person", "patient", own, f"p.csv:{own}", value, (), deleted, {}, {}, decision)


pairs = st.dictionaries(
    st.tuples(st.integers(1, 6), st.integers(1, 6)),
    st.tuples(st.floats(0.6, 1).map(lambda one: round(one, 2)), st.booleans(), st.sampled_from(["", "different"])),
).map(lambda those: [pair(*ids, value, said, deleted=gone) for ids, (value, gone, said) in those.items()])


@given(pairs, st.randoms())
def test_each_record_belongs_to_one_at_the_most_in_whatever_order_they_come(some: list[Match], chance: Any) -> None:
    found = assign(some, same=0.95)
    for deleted in (False, True):
        those = [one.match for one in found if one.match.deleted is deleted]
        assert len({one.own_id for one in those}) == len({one.existing_id for one in those}) == len(those)
    assert len({one.match.own_id for one in found}) == len(found)
    assert all(one.match.decision != "different" for one in found)
    mixed = list(some)
    chance.shuffle(mixed)
    assert assign(mixed, same=0.95) == found


@given(pairs)
def test_no_two_that_are_left_alone_would_both_be_better_off_together(some: list[Match]) -> None:
    found = [one.match for one in assign(some, same=0.95)]
    mine = {one.own_id: one.score for one in found if not one.deleted}
    theirs = {one.existing_id: one.score for one in found if not one.deleted}
    for one in some:
        if not one.deleted and one.decision == "":
            assert max(mine.get(one.own_id, 0), theirs.get(one.existing_id, 0)) >= one.score


def test_father_and_son_of_one_name_are_never_proposed() -> None:
    found = assign([pair(1, 1, 0.97), pair(2, 1, 0.97)], same=0.95)
    assert [(one.group, one.rivals) for one in found] == [("asked", 1)]


def test_what_is_certain_yields_to_nothing_that_is_not() -> None:
    found = assign([pair(1, 1, 1.0), pair(2, 1, 0.97)], same=0.95)
    assert [(one.match.own_id.int, one.group) for one in found] == [(1, "proposed")]


def test_a_person_s_word_comes_first() -> None:
    found = assign([pair(1, 1, 0.99), pair(1, 2, 0.6, "same"), pair(2, 1, 0.7)], same=0.95)
    assert [(one.match.own_id.int, one.match.existing_id.int, one.group) for one in found] == [
        (1, 1002, "same"),
        (2, 1001, "asked"),
    ]


def test_a_record_in_the_bin_takes_nobody_s_place() -> None:
    found = assign([pair(1, 1, 0.99, deleted=True), pair(1, 2, 0.7), pair(2, 1, 0.8, deleted=True)], same=0.95)
    assert [(one.match.own_id.int, one.group) for one in found] == [(1, "asked"), (2, "deleted")]
