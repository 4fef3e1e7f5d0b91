"""How likely it is that two records are of the same person or company: 0 to 1, with the reasons in words.

The name says how much each other fact weighs: an e-mail address proves something about two records of one name, and
nothing about a mother and her daughter, who share it. Only an equal name, or an equal number of the state, is ever
certain enough to be proposed. Another birth date, sex or number rules the pair out; where the national number is the
same all the same, one of the two is wrong, and a person looks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bridgework.stages.existing.facts import Facts
from bridgework.stages.existing.names import Likeness, company_likeness, person_likeness

_ALMOST = 0.94  # the most for names that are not equal
_DOUBTED = 0.7  # where a number is the same, and something else speaks against it


@dataclass(frozen=True, slots=True)
class Score:
    """How likely, and why; no reason holds a value."""

    value: float
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Weights:
    """By likeness of the names: what they weigh alone, and what each fact closes of the gap to certainty."""

    alone: float
    facts: Mapping[str, float]


_PERSON: Mapping[Likeness, _Weights] = {
    "equal": _Weights(0.5, {"insz": 1.0, "source": 0.96, "email": 0.94, "phone": 0.9, "birth": 0.8}),
    "alike": _Weights(0.3, {"insz": 0.97, "source": 0.85, "email": 0.7, "phone": 0.6, "birth": 0.4}),
    "given": _Weights(0.1, {"insz": 0.95, "source": 0.7, "email": 0.5, "phone": 0.4, "birth": 0.5}),
    "unknown": _Weights(0.1, {"insz": 0.9, "source": 0.6, "email": 0.6, "phone": 0.5, "birth": 0.2}),
    "unlike": _Weights(0.0, {"insz": 0.8, "source": 0.65}),
}
_COMPANY: Mapping[Likeness, _Weights] = {
    "equal": _Weights(
        0.7,
        {"number": 1.0, "riziv": 1.0, "source": 0.96, "insurer": 0.95, "domain": 0.92, "email": 0.9, "phone": 0.85},
    ),
    "alike": _Weights(
        0.35,
        {"number": 0.98, "riziv": 0.98, "source": 0.85, "insurer": 0.9, "domain": 0.7, "email": 0.7, "phone": 0.6},
    ),
    "given": _Weights(0.0, {}),
    "unknown": _Weights(
        0.1,
        {"number": 0.9, "riziv": 0.9, "source": 0.6, "insurer": 0.6, "domain": 0.6, "email": 0.6, "phone": 0.5},
    ),
    "unlike": _Weights(
        0.0,
        {"number": 0.85, "riziv": 0.85, "source": 0.65, "insurer": 0.6, "domain": 0.3, "email": 0.3, "phone": 0.2},
    ),
}
_NUMBERS = frozenset({"insz", "number", "riziv"})  # the state gives each to one only
_AGAINST = {"person": ("insz", "birth", "sex"), "company": ("number", "riziv", "insurer")}
_NAMES = {
    "equal": "the name is the same",
    "alike": "the name is alike",
    "given": "only the given name is the same",
    "unlike": "the name is another one",
    "unknown": "one of them has no name",
}
_WORDS = {
    "insz": "national number",
    "source": "number in DentAdmin",
    "email": "e-mail address",
    "phone": "phone number",
    "birth": "birth date",
    "sex": "sex",
    "number": "enterprise number",
    "riziv": "RIZIV number",
    "insurer": "number of the insurer",
    "domain": "web domain",
}


def score(object_: str, one: Facts, other: Facts) -> Score:
    """Compare two records that are, or become, a `person` or a `company`; the order of the two does not matter."""
    if object_ == "person":
        likeness = person_likeness((one.given, one.family), (other.given, other.family))
        weights = _PERSON[likeness]
    else:
        likeness = company_likeness(one.family, other.family)
        weights = _COMPANY[likeness]
    same = [kind for kind in weights.facts if one.same(other, kind)]
    against = [kind for kind in _AGAINST[object_] if one.differ(other, kind)]
    certain = not _NUMBERS.isdisjoint(same)
    value = _value(weights, same, equal=likeness == "equal", certain=certain)
    if against:
        value = min(value, _DOUBTED) if certain else 0.0
    reasons = [_NAMES[likeness], *(f"the {_WORDS[kind]} is the same" for kind in same)]
    reasons += [f"the {_WORDS[kind]} is another one" for kind in against]
    return Score(round(value, 2), tuple(reasons))


def _value(weights: _Weights, same: list[str], *, equal: bool, certain: bool) -> float:
    gap = 1.0 - weights.alone
    for kind in same:
        gap *= 1.0 - weights.facts[kind]
    return 1.0 - gap if equal or certain else min(1.0 - gap, _ALMOST)
