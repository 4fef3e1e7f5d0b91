"""What somebody may have meant who typed a name that is not there."""

from __future__ import annotations

from collections.abc import Iterable

from rapidfuzz import fuzz

from bridgework.mapping.words import squash

_ALIKE = 60.0  # of 100: one letter in three is another, or two stand in the wrong order (`gms` for `GSM`)
_BEGINS = 90.0  # how like a name is that begins with what was typed: `Tel` for `Telefoon`
_OBJECT = 0.35  # the weight of `patient` in `patient.GSM`


def nearest(name: str, known: Iterable[str], most: int = 3) -> list[str]:
    """At most so many of the known names that are like this one, the likest first; capitals and accents do not count.

    A name that says the last part alone (`GSM`) is like the whole (`patient.GSM`).
    """
    ranked = sorted(((_likeness(name, one), one) for one in dict.fromkeys(known)), key=lambda pair: -pair[0])
    return [one for likeness, one in ranked if likeness >= _ALIKE][:most]


def _likeness(typed: str, known: str) -> float:
    object_, dot, last = known.partition(".")
    if not dot:
        return _alike(typed, known)
    said, dot, own = typed.partition(".")
    return _OBJECT * _alike(said, object_) + (1 - _OBJECT) * _alike(own, last) if dot else _alike(typed, last)


def _alike(typed: str, known: str) -> float:
    wanted, one = squash(typed), squash(known)
    begins = _BEGINS if wanted and one.startswith(wanted) else 0.0
    return max(fuzz.ratio(wanted, one), begins)
