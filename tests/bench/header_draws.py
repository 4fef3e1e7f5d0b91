"""What the records of an invented practice are drawn with: keys, pick-list words, names, places, days."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar

from bridgework.belgium import iban, riziv
from tests.bench import header_words as words

TODAY = date(2026, 6, 30)
USERS = ("balie", "els", "admin", "tandarts1", "SYSTEM", "nathalie")

Record = dict[str, Any]
Item = TypeVar("Item")


class Chance(random.Random):
    """Draws that are quick rather than perfectly even: a set takes a million of them."""

    def choice(self, seq: Sequence[Item]) -> Item:  # type: ignore[override]  # a sequence is all we draw from
        return seq[int(self.random() * len(seq))]

    def randint(self, a: int, b: int) -> int:
        return a + int(self.random() * (b - a + 1))


@dataclass(frozen=True)
class Ref:
    """The key of a record: its number, what people call the record, and the letters that stand for it in an agenda."""

    object: str
    number: int
    name: str = ""
    initials: str = ""


@dataclass(frozen=True)
class Choice:
    """One word of a pick list: the list's name and the place in it."""

    list: str
    place: int


@cache
def names(language: str) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """First names of men, of women, and surnames."""
    from faker.providers.person import de_DE, fr_BE, nl_BE

    lists: Any = {"fr": fr_BE, "de": de_DE}.get(language, nl_BE).Provider
    return tuple(lists.first_names_male), tuple(lists.first_names_female), tuple(lists.last_names)


class Draws:
    """The draws of one practice, in its languages (`nl`, or `nl-fr` for both), and the records made so far."""

    def __init__(self, language: str, rows: int, chance: Chance) -> None:
        self._chance, self._rows = chance, rows
        self._languages = language.split("-")
        self._many = len(self._languages) > 1
        self.records: dict[str, list[Record]] = {}
        self._refs: dict[str, list[Ref]] = {}
        self._by_key: dict[Ref, Record] = {}
        self._walks: dict[tuple[str, str], Iterator[Record]] = {}

    def _sometimes(self, rate: float, value: Any) -> Any:
        return value if self._chance.random() < rate else None

    def _language(self) -> str:
        return self._chance.choice(self._languages)

    def _text(self, kind: str) -> str:
        return self._chance.choice(words.TEXTS[kind][self._language()])

    def _choice(self, kind: str, weights: Sequence[int] = ()) -> Choice:
        count = len(words.CHOICES[kind]["nl"])
        return Choice(kind, self._chance.choices(range(count), weights or None)[0])

    def _day(self, first: int, last: int) -> date:
        """A day between so many days before today and so many."""
        return TODAY - timedelta(days=self._chance.randint(last, first))

    def _moment(self, day: date) -> datetime:
        return datetime.combine(day, time(self._chance.randint(8, 18), self._chance.randint(0, 59)))

    def _one(self, name: str) -> Ref:
        return self._chance.choice(self._refs[name])

    def _next(self, maker: str, source: str) -> Record:
        """The record of `source` that the next one of `maker` belongs to: in order of time, some more than once."""
        if (maker, source) not in self._walks:
            picks = sorted(self._chance.choices(range(len(self.records[source])), k=self._rows))
            self._walks[maker, source] = (self.records[source][place] for place in picks)
        return next(self._walks[maker, source])

    def _cents(self, low: int, high: int) -> Decimal:
        return Decimal(self._chance.randint(low, high)) / 100

    def _mobile(self) -> str:
        return f"04{self._chance.randint(68, 99)}{self._chance.randint(0, 999999):06d}"

    def _landline(self) -> str:
        zone = self._chance.choice(words.ZONES[spoken(self._language())])
        return zone + f"{self._chance.randint(2000000, 7999999)}"[: 9 - len(zone)]

    def _riziv(self) -> str:
        profession = "1" if self._chance.random() < 0.1 else "3"
        return riziv.compose(
            f"{profession}{self._chance.randint(0, 99999):05d}", self._chance.choice(("001", "001", "007"))
        )

    def _iban(self) -> str:
        bank = self._chance.choice(("001", "063", "310", "734", "979"))
        return iban.compose(f"{bank}{self._chance.randint(0, 9999999):07d}")

    def _name(self) -> tuple[str, str, bool]:
        men, women, last = names(self._language())
        man = self._chance.random() < 0.48
        surname = self._chance.choice(last)
        if self._chance.random() < 0.05:
            surname += "-" + self._chance.choice(last)
        return self._chance.choice(men if man else women), surname, man

    def _address(self) -> Record:
        language = self._language()
        place = words.PLACES[f"bru-{language}" if self._many and language in {"nl", "fr"} else spoken(language)]
        code, city = self._chance.choice(place)
        number = str(self._chance.randint(1, 250)) + (self._sometimes(0.06, self._chance.choice("ABab")) or "")
        box = self._chance.choice(("1", "2", "3", "12", "A", "0201", "4b"))
        return {
            "street": self._chance.choice(words.STREETS[spoken(language)]),
            "house_number": number,
            "box": self._sometimes(0.13, box),
            "postal_code": code,
            "city": city,
        }

    def _stamps(self, day: date | None = None) -> Record:
        """When and by whom a record was made, on this day or any, and changed."""
        made = self._moment(day or self._day(4000, 30))
        changed = self._moment(max(made.date(), min(made.date() + timedelta(days=self._chance.randint(0, 900)), TODAY)))
        users = {
            "created_by": self._chance.choice(USERS),
            "changed_by": self._sometimes(0.9, self._chance.choice(USERS)),
        }
        return {"created_at": made, "changed_at": changed, **users}


def spoken(language: str) -> str:
    """The list of places and streets for a language: a practice that exports English is a Flemish one."""
    return "nl" if language == "en" else language
