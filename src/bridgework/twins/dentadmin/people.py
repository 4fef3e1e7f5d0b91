"""The patients: households with shared addresses, phones and e-mails, and the row of each member."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, field
from datetime import date

from bridgework.belgium import insz, riziv
from bridgework.belgium.insz import Sex

from . import places
from .draw import Plants, Pool, one_of
from .names import Names, Origin, plain, surname
from .staff import Practice
from .writing import Row

_YEAR = 365.25
_COUPLE, _ONE, _ALONE = "couple", "one parent", "without parents"
# Who lives together: the kind, the number of children, and the share of households.
_HOUSEHOLDS = Pool(
    [
        (("single", 0), 84.0),
        ((_COUPLE, 0), 4.8),
        ((_COUPLE, 1), 2.4),
        ((_COUPLE, 2), 3.2),
        ((_COUPLE, 3), 0.8),
        ((_ONE, 1), 2.4),
        ((_ONE, 2), 1.6),
        ((_ALONE, 2), 0.8),
    ]
)
_ADULT_AGES = Pool([((18, 30), 16.0), ((30, 40), 14.0), ((40, 65), 41.0), ((65, 80), 20.0), ((80, 97), 7.0)])
_CT1 = Pool([("110", 62.0), ("111", 14.0), ("130", 8.0), ("131", 5.0), ("140", 3.0), ("410", 5.0), ("450", 3.0)])
_DOMAINS = Pool(
    [
        ("mail.example", 45.0),
        ("postbus.example", 20.0),
        ("telemail.example", 18.0),
        ("web.example", 12.0),
        ("werk.example", 5.0),
    ]
)
_NATIONALITIES = Pool(
    [("BE", 88.0), ("NL", 3.0), ("FR", 3.0), ("IT", 2.0), ("RO", 1.0), ("PL", 1.0), ("MA", 1.0), ("TR", 1.0)]
)
# The first households show in every practice, however small, what else only chance would bring.
_EXEMPLARY = (((_COUPLE, 2), "D'Hondt"), ((_ONE, 1), "Van den Broeck"), (("single", 0), "Lefèvre"))
_INSZ_FROM_DAY = date(1900, 1, 1).toordinal()
_INSZ_DAYS = 60_000
_RARE_SEQUENCES = 49  # 900 to 998, odd for men and even for women: sequences that hardly anybody has
_TWINS = 0.03  # of households with several children: 0.3 % of patients


@dataclass(slots=True)
class Person:
    """What the rest of the practice needs to know of a patient, beside the row itself."""

    row: Row
    first: str
    birth_day: int
    sex: Sex
    age: int
    treatments: int
    last_visit: int
    first_visit: int
    email: str
    mobile: str
    bim: bool
    provider: int
    payer: str = ""

    @property
    def number(self) -> str:
        return self.row["number"]


@dataclass(slots=True)
class _Household:
    """What its members share."""

    origin: Origin
    surname: str
    address: Row
    landline: str
    insurer: str
    language: str
    exemplary: bool = False
    members: list[Person] = field(default_factory=list)


class People:
    """Makes the patients of a practice, household by household."""

    def __init__(self, practice: Practice, chance: random.Random, plants: Plants, *, density: float) -> None:
        self._practice, self._chance, self._plants, self._density = practice, chance, plants, density
        self._names = Names(practice.language)
        self._number, self._index, self._households = 1000, 0, 0
        self.deleted_number = "999"
        self._sequences = bytearray(2 * _INSZ_DAYS)
        self._remarks = practice.words.remarks

    def household(self, room: int) -> list[Person]:
        """The next household, of at most `room` members, in the order of their numbers."""
        exemplary = self._households < len(_EXEMPLARY)
        if exemplary:
            (kind, children), last = _EXEMPLARY[self._households]
            home = self._home()
            home.surname, home.exemplary = last, True
        else:
            kind, children = _HOUSEHOLDS.draw(self._chance)
            home = self._home()
        self._adults(home, kind, room)
        self._children(home, min(children, room - len(home.members)))
        self._lead(home.members)
        return home.members

    def _lead(self, household: list[Person]) -> None:
        """Name the head of a household: its first adult, of some couples the second, else the first child."""
        grown = [person for person in household if person.age >= 18]
        second = len(grown) > 1 and self._chance.random() < 0.3
        head = grown[1] if second else (grown or household)[0]
        for person in household:
            if person is not head:
                person.row["head_of_family"] = head.number
                person.payer = head.number if grown and person.age < 18 else ""

    def renumber(self, row: Row) -> None:
        """Give a copied row a patient number of its own."""
        self._number += 1
        row["number"] = str(self._number)

    def _home(self) -> _Household:
        chance, practice = self._chance, self._practice
        self._households += 1
        origin = self._names.origin(chance)
        place = practice.region.places.draw(chance)
        address = {
            "street": places.street(chance, practice.language),
            "house_number": places.house_number(chance),
            "box": str(1 + int(chance.random() * 40)) if chance.random() < 0.18 else "",
            "postal_code": place.postal_code,
            "city": place.city,
            "country": "BE" if chance.random() < 0.9 else "",
        }
        return _Household(
            origin=origin,
            surname=surname(chance, origin),
            address=address,
            landline=places.landline(self._households, practice.region.zone),
            insurer=practice.insurer_number(chance),
            language=practice.patient_language(chance),
        )

    def _adults(self, home: _Household, kind: str, room: int) -> None:
        chance = self._chance
        if kind == "single":
            if chance.random() < 0.09:  # a child whose parents are no patients
                self._member(home, _sex(chance), chance.random() * 18, home.surname)
            else:
                low, high = _ADULT_AGES.draw(chance)
                self._member(home, _sex(chance), low + chance.random() * (high - low), home.surname)
        elif kind == _COUPLE:
            age = 24 + chance.random() * (60 if chance.random() < 0.5 else 26)
            self._member(home, "M", age, home.surname)
            if room > 1:
                self._member(home, "F", max(20.0, age - 4 + chance.random() * 6), surname(chance, home.origin))
        elif kind == _ONE:
            sex: Sex = "F" if chance.random() < 0.8 else "M"
            self._member(home, sex, 27 + chance.random() * 26, home.surname)

    def _children(self, home: _Household, children: int) -> None:
        chance = self._chance
        eldest = min((person.age - 22 for person in home.members), default=16)
        twins = children > 1 and self._plants.due("twins", _TWINS)
        birth_day = 0
        for position in range(children):
            age = chance.random() * max(1, min(17, eldest))
            if not (twins and position == 1):
                birth_day = self._practice.today - int(age * _YEAR)
            self._member(home, _sex(chance), age, home.surname, birth_day=birth_day)

    def _member(self, home: _Household, sex: Sex, age: float, last: str, birth_day: int = 0) -> Person:
        chance, today = self._chance, self._practice.today
        self._index += 1
        birth_day, digits = self._identity(birth_day or today - int(age * _YEAR), sex)
        person = Person(
            row={},
            first=home.origin.first_name(chance, sex, date.fromordinal(birth_day).year),
            birth_day=birth_day,
            sex=sex,
            age=int(age),
            treatments=self._life(),
            last_visit=0,
            first_visit=0,
            email="",
            mobile="",
            bim=False,
            provider=self._practice.draw_provider(chance),
        )
        self._visits(person)
        self._contact(home, person, last)
        self._fill(home, person, last, digits)
        home.members.append(person)
        return person

    def _life(self) -> int:
        """How many treatments: median 14, mean 25, at most 400, before the density."""
        treatments = min(400.0, 14 * math.exp(self._chance.gauss(0, 1.077))) * self._density
        return int(treatments + self._chance.random())

    def _visits(self, person: Person) -> None:
        chance, practice = self._chance, self._practice
        possible = max(practice.opened, person.birth_day + 1000)
        span = practice.today - possible
        part = chance.random()
        if part < 0.45:
            ago = chance.random() ** 1.5 * 730
        elif part < 0.75:
            ago = 730 + chance.random() * 1500
        else:
            ago = 1500 + chance.random() * 5000
        if ago > span:
            ago = chance.random() * max(span, 1)
        person.last_visit = practice.today - 1 - int(ago)
        years = person.treatments / 2.1 / 1.7 * (0.6 + 0.8 * chance.random())
        earliest = min(possible, person.last_visit)
        person.first_visit = max(earliest, person.last_visit - int(years * 365))

    def _contact(self, home: _Household, person: Person, last: str) -> None:
        chance, head = self._chance, home.members[0] if home.members else None
        grown = person.age >= 16
        share_email, share_mobile = (0.35, 0.15) if grown else (0.9, 0.8)
        if head and head.email and (chance.random() < share_email or home.exemplary):
            person.email = head.email
            self._plants.count("shared_email")
        elif (grown or head is None) and (chance.random() < (0.82 if person.age < 70 else 0.5) or home.exemplary):
            person.email = f"{plain(person.first)}.{plain(last)}{self._index}@{_DOMAINS.draw(chance)}"
        if head and head.mobile and chance.random() < share_mobile:
            person.mobile = head.mobile
            self._plants.count("shared_mobile")
        elif (grown or head is None) and chance.random() < (0.95 if person.age < 75 else 0.7):
            person.mobile = places.mobile(self._index)

    def _fill(self, home: _Household, person: Person, last: str, digits: str) -> None:
        practice = self._practice
        person.row = {
            "number": self._next_number(),
            "last_name": last,
            "first_name": person.first,
            "title": practice.words.lists.title[person.sex],
            "sex": practice.words.lists.sex[person.sex],
            "birth_date": practice.days.text(person.birth_day),
            "insz": self._insz(person, digits),
            "language": home.language,
            "nationality": _NATIONALITIES.draw(self._chance),
            **home.address,
            "email": person.email,
            "head_of_family": "",
        }
        self._fill_phones(home, person)
        self._fill_insurance(home, person)
        self._fill_practice(person)

    def _insz(self, person: Person, digits: str) -> str:
        recent = person.last_visit >= self._practice.day_2019
        if self._chance.random() >= (0.97 if recent else 0.7):
            return ""
        if self._plants.due("insz_wrong", 0.007):
            digits = digits[:9] + f"{(int(digits[9:]) + 3) % 97 + 1:02d}"
        return insz.pretty(digits)

    def _identity(self, birth_day: int, sex: Sex) -> tuple[int, str]:
        """A birth date near the wanted one that still has a rare sequence free, and the number for it."""
        while True:
            slot = 2 * (birth_day - _INSZ_FROM_DAY) + (sex == "M")
            used = self._sequences[slot]
            if used < _RARE_SEQUENCES:
                break
            birth_day -= 1
        self._sequences[slot] = used + 1
        sequence = 900 + 2 * ((used + birth_day) % _RARE_SEQUENCES) + (sex == "M")
        part = self._chance.random()
        offset = 40 if part < 0.004 else 20 if part < 0.005 else 0
        born = date.fromordinal(birth_day)
        return birth_day, insz.compose(born, sequence, month_offset=offset)  # type: ignore[arg-type]

    def _fill_phones(self, home: _Household, person: Person) -> None:
        chance, plants, words = self._chance, self._plants, self._practice.words
        text = places.written(chance, person.mobile) if person.mobile else ""
        if text and plants.due("text_in_phone", 0.02):
            text = f"{text} ({one_of(chance, words.phone_remarks)})"
        elif text and plants.due("two_numbers_in_phone", 0.015):
            other = places.written(chance, places.mobile(self._index + 2_500_000))
            text = f"{text} {one_of(chance, words.phone_links)} {other}"
        landline = chance.random() < (0.25 if person.age < 45 else 0.6)
        person.row["mobile"] = text
        person.row["phone_home"] = places.written(chance, home.landline) if landline else ""
        person.row["phone_work"] = (
            places.written(chance, places.landline(self._index + 500_000, self._practice.region.zone))
            if chance.random() < 0.06
            else ""
        )

    def _fill_insurance(self, home: _Household, person: Person) -> None:
        chance, words, row = self._chance, self._practice.words, person.row
        insured = chance.random() < 0.97
        ct1 = _CT1.draw(chance) if insured else ""
        if insured and person.age >= 65 and chance.random() < 0.5:
            ct1 = "131" if ct1.endswith("1") else "130"
        person.bim = ct1.endswith("1")
        extra = chance.random() < 0.12
        row.update(
            insurer_number=home.insurer if insured else "",
            membership_number=f"{int(chance.random() * 10**10):010d}" if insured else "",
            ct1=ct1,
            ct2=("000" if chance.random() < 0.02 else ct1 if ct1 in _SAME_CT2 else "101") if ct1 else "",
            increased_allowance=words.lists.boolean[person.bim],
            third_party=words.lists.boolean[person.bim or person.age < 18],
            dental_insurance=one_of(chance, words.lists.dental_insurance) if extra else "",
            policy_number=f"{int(chance.random() * 10**8):08d}/{int(chance.random() * 90) + 10}" if extra else "",
            coverage_tier=one_of(chance, words.lists.coverage_tier) if extra else "",
        )
        if insured and self._plants.due("dissolved_mutuality", 0.005):
            row["insurer_number"] = one_of(chance, self._practice.dissolved_insurers)

    def _fill_practice(self, person: Person) -> None:
        chance, practice, row = self._chance, self._practice, person.row
        words, days, last = practice.words, practice.days, person.last_visit
        gone = practice.today - last > 2230
        died = last + int(chance.random() * 300) + 1 if person.age > 60 and chance.random() < 0.2 else 0
        recall = not gone and not died and chance.random() < 0.6
        interval = 6 if chance.random() < 0.7 else 12
        created = practice.created_day(person.first_visit)
        row.update(
            provider_number=practice.provider_number(person.provider),
            referrer_number=self._referrer(),
            riziv_code=self._physician() if chance.random() < 0.1 else "",
            first_visit=days.text(person.first_visit),
            last_visit=days.text(last),
            next_recall=days.text(last + interval * 30) if recall else "",
            recall_interval=str(interval) if recall else "",
            medical_history=one_of(chance, words.histories) if chance.random() < 0.3 else "",
            remark=self._remark(),
            sms_consent=words.lists.boolean[bool(person.mobile) and chance.random() < 0.85],
            active=words.lists.boolean[not (gone or died)],
            deceased_on=days.text(min(died, practice.today)) if died else "",
            created_at=days.moment(created, 480 + int(chance.random() * 600)),
            changed_at=days.moment(max(last, created), 480 + int(chance.random() * 600)),
        )

    def _referrer(self) -> str:
        if self._chance.random() >= 0.04:
            return ""
        if self._plants.due("referrer_as_text", 0.15):
            return self._practice.referrer_text(self._chance)
        return self._practice.referrer_number(self._chance)

    def _physician(self) -> str:
        """The RIZIV number of the patient's family doctor: what an unexplained column "RIZIV" may well hold."""
        return riziv.pretty(riziv.compose(f"19{int(self._chance.random() * 10**4):04d}", "004"))

    def _remark(self) -> str:
        if self._chance.random() >= 0.15:
            return ""
        if self._plants.due("newline_in_note", 0.1):
            return one_of(self._chance, self._practice.words.long_remarks)
        return one_of(self._chance, self._remarks)

    def _next_number(self) -> str:
        """The next patient number; now and then one is skipped: that patient was deleted."""
        self._number += 1
        if self._chance.random() < 0.02 or self.deleted_number == "999":
            self.deleted_number = str(self._number)
            self._number += 1
        return str(self._number)


_SAME_CT2 = frozenset({"110", "111", "130", "131", "140"})


def _sex(chance: random.Random) -> Sex:
    return "M" if chance.random() < 0.49 else "F"
