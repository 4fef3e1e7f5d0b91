"""What a profile does not count: ranges of numbers, languages of texts, the years of records.

Looks at some thousand rows of an object, evenly spread from the first to the last, and keeps no value: the ends of a
range are rounded outwards, a language is told by words that say nothing, and few cells tell nothing at all.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

import sqlalchemy as sa

from bridgework.mapping.cells import amount, number_reader
from bridgework.practice.rows import StagedRows
from bridgework.reports.audit_document import Range
from bridgework.store import Store
from bridgework.store.tables import source_row

ROWS = 5_000
FEWEST = 20  # cells that must tell; fewer would tell of single patients
_FEWEST_OF_A_LANGUAGE = 5
_MINUTES = number_reader(("min", "minuten", "minutes", "m", "u", "h"), clock=True)
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)|^(?:19|20)\d\d(?=[01]\d[0-3]\d$)", re.ASCII)
_WORD = re.compile(r"[^\W\d_]+")
# Words without content. One that several languages have tells nothing: "of" and "was", for example, are Dutch too.
_WORDS = {
    "nl": "het een van niet met voor op aan bij geen wordt naar te ook na nog om uit zijn heeft moet tot of was so",
    "fr": "le la les et un une pour pas avec du au aux est sans dans sur il elle ne se ce cette être très après",
    "de": "der und nicht mit ist ein eine zu auf für im den dem von bei nach wird noch kein keine sehr auch so",
    "en": "the and of with not for this be has was are please by no after before it from to needs",
}
_LANGUAGE_OF: dict[str, str] = {}
for _language, _words in _WORDS.items():
    for _word in _words.split():
        _LANGUAGE_OF[_word] = "" if _word in _LANGUAGE_OF else _language


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which columns of an object to look at: amounts, durations, texts of people, and the date of its records."""

    amounts: frozenset[str] = frozenset()
    durations: frozenset[str] = frozenset()
    texts: frozenset[str] = frozenset()
    date: str = ""


@dataclass(slots=True)
class Seen:
    """What was seen, by header."""

    ranges: dict[str, Range] = field(default_factory=dict)
    languages: dict[str, dict[str, float]] = field(default_factory=dict)
    years: tuple[int, int] | None = None


def look(store: Store, object_: str, wanted: Wanted) -> Seen:
    """Look at the sample of an object."""
    numbers: dict[str, list[Decimal]] = {header: [] for header in wanted.amounts | wanted.durations}
    languages: dict[str, Counter[str]] = {header: Counter() for header in wanted.texts}
    years: list[int] = []
    rows = StagedRows(store)
    for record in rows.by_row_nos(object_, _spread(store, object_)):
        values = record.values
        for header, found in numbers.items():
            if (one := _number(values.get(header, "").strip(), header in wanted.durations)) is not None:
                found.append(one)
        for header, told in languages.items():
            if one_language := language_of(values.get(header, "")):
                told[one_language] += 1
        if wanted.date and (match := _YEAR.search(values.get(wanted.date, ""))):
            years.append(int(match[0]))
    return Seen(
        {header: _range(found) for header, found in numbers.items() if len(found) >= FEWEST},
        {header: shares for header, told in languages.items() if (shares := _shares(told))},
        _middle(years),
    )


def language_of(text: str) -> str:
    """nl, fr, de or en: the language whose small words a text has most of; empty where none is ahead."""
    told = Counter(_LANGUAGE_OF.get(word, "") for word in _WORD.findall(text.casefold()))
    del told[""]
    first, second = [*told.most_common(2), ("", 0), ("", 0)][:2]
    return first[0] if first[1] > second[1] else ""


def _spread(store: Store, object_: str) -> Iterable[int]:
    query = sa.select(sa.func.min(source_row.c.row_no), sa.func.max(source_row.c.row_no))
    with store.read() as connection:
        first, last = connection.execute(query.where(source_row.c.object == object_)).one()
    if first is None:
        return ()
    return range(first, last + 1, max(1, -(-(last - first + 1) // ROWS)))


def _number(text: str, duration: bool) -> Decimal | None:  # noqa: FBT001 - one of two ways to read a cell
    if not text:
        return None
    if not duration:
        return amount(text)
    minutes = _MINUTES(text)
    return None if minutes is None else Decimal(str(minutes))


def _range(found: list[Decimal]) -> Range:
    return {"low": _outward(min(found), ROUND_FLOOR), "high": _outward(max(found), ROUND_CEILING), "cells": len(found)}


def _outward(value: Decimal, rounding: str) -> float:
    """Two digits of a number, rounded away from the others: the end of a range is somebody's amount."""
    if not value:
        return 0.0
    return float(value.quantize(Decimal(1).scaleb(value.adjusted() - 1), rounding=rounding))


def _shares(told: Mapping[str, int]) -> dict[str, float]:
    if sum(told.values()) < FEWEST:
        return {}
    kept = {language: count for language, count in told.items() if count >= _FEWEST_OF_A_LANGUAGE}
    whole = sum(kept.values())
    return {language: round(count / whole, 3) for language, count in sorted(kept.items(), key=lambda one: -one[1])}


def _middle(years: list[int]) -> tuple[int, int] | None:
    """The years between the first and the last hundredth: a date of 1900 stands for none."""
    if len(years) < FEWEST:
        return None
    years.sort()
    edge = len(years) // 100
    return years[edge], years[-1 - edge]
