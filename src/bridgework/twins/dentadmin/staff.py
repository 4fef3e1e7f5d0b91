"""The practice itself: where it is, since when, its providers, its referrers and the insurers of its patients."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date

from bridgework.belgium import mutualities, riziv
from bridgework.belgium.insz import Sex

from . import places
from .calendar import Agenda, Days
from .draw import Plants, Pool, one_of
from .export_format import Language
from .names import Names, plain, surname
from .words import Words
from .writing import Export, Row

_PATIENTS_PER_DENTIST = 2500
_FUTURE_DAYS = 400
_REFERRERS = (30, 150)
# Number, name in each language, share in Flanders and in Wallonia. Numbers as we assume them; only 228 is confirmed.
_INSURERS = """
108|CM Regio Oost|MC Régio Est|14|6
128|CM Leuven|MC Louvain|12|6
131|CM Limburg|MC Limbourg|14|1
135|CM Oost-Vlaanderen|MC Hainaut|6|17
203|Neutraal Ziekenfonds Vlaanderen|La Mutualité Neutre|3|3
228|Mutualia|Mutualia|2|3
304|Solidaris Antwerpen|Solidaris Anvers|10|1
306|Solidaris Brabant|Solidaris Brabant|5|10
311|Solidaris West|Solidaris Ouest|5|12
319|Solidaris Luik|Solidaris Liège|1|13
403|Liberale Mutualiteit Plus|Mutualité Libérale Plus|4|3
410|LM Oost-Vlaanderen|ML Hainaut-Namur|2|3
506|OZ Onafhankelijk Ziekenfonds|Omnimut|6|4
509|Partenamut|Partenamut|2|12
526|Helan|Helan|12|2
601|HZIV Regio|CAAMI Régional|1.5|2.5
910|Kas van HR Rail|Caisse de HR Rail|0.5|1.5
"""
_DISSOLVED = ("105", "120", "216", "315", "404", "516")
_LANGUAGES: dict[Language, tuple[tuple[str, float], ...]] = {
    "nl": (("NL", 94.0), ("FR", 3.0), ("EN", 2.5), ("DE", 0.5)),
    "fr": (("FR", 94.0), ("NL", 2.5), ("EN", 2.5), ("DE", 1.0)),
}


@dataclass(slots=True)
class Provider:
    """One treating dentist of the practice."""

    row: Row
    agenda: Agenda
    hygienist: bool


class Practice:
    """What is decided once, before the first patient."""

    def __init__(
        self, language: Language, chance: random.Random, plants: Plants, *, patients: int, today: date
    ) -> None:
        self.language, self.words, self.days = language, Words(language), Days()
        self.today = today.toordinal()
        self.opened = self.today - 365 * 15 - int(chance.random() * 365 * 7)
        self.day_2019 = date(2019, 1, 1).toordinal()
        # Three practices in ten came from another package: all older records then carry the day of the conversion.
        self._converted = self.today - 2500 - int(chance.random() * 1500) if chance.random() < 0.3 else 0
        self.region = one_of(chance, places.regions(language))
        self._plants = plants
        self._names = Names(language)
        self._languages = Pool(_LANGUAGES[language])
        self.insurers = _insurers(language, chance, self.region)
        self._insurer_pool = Pool([(row["number"], weight) for row, weight in self.insurers])
        self.dissolved_insurers = _DISSOLVED
        self.domain = f"{self.words.practice}.example"
        self._locals: set[str] = set()
        self.providers = self._hire(chance, max(2, round(patients / _PATIENTS_PER_DENTIST)))
        count = _REFERRERS[0] + min(_REFERRERS[1] - _REFERRERS[0], patients // 100)
        self.referrers = [self._referrer(chance, index) for index in range(count)]

    def write(self, export: Export) -> None:
        """Write insurers, providers, referrers, and the definitions of automations and reports."""
        for row, _ in self.insurers:
            export.write("insurer", row)
        for provider in self.providers:
            export.write("provider", provider.row)
        for row in self.referrers:
            export.write("referrer", row)

    def emails(self) -> tuple[tuple[str, str, str], ...]:
        """First name, last name and e-mail of each treating provider that is still there."""
        active = self.words.lists.boolean[True]
        rows = [provider.row for provider in self.providers if provider.row["active"] == active]
        return tuple((row["first_name"], row["last_name"], row["email"]) for row in rows)

    def draw_provider(self, chance: random.Random) -> int:
        """The index of a dentist: not of the hygienist (last but one) nor of the one who left (last)."""
        return int(chance.random() * (len(self.providers) - 2))

    def provider_number(self, index: int) -> str:
        """The number under which a provider is found in the other files."""
        return self.providers[index].row["number"]

    def insurer_number(self, chance: random.Random) -> str:
        """The insurer of one household, by the shares in the region."""
        return self._insurer_pool.draw(chance)

    def patient_language(self, chance: random.Random) -> str:
        """The language of one household."""
        return self._languages.draw(chance)

    def referrer_number(self, chance: random.Random) -> str:
        """Some referrer's number."""
        return one_of(chance, self.referrers)["number"]

    def referrer_text(self, chance: random.Random) -> str:
        """Some referrer, written by hand: `Dr Janssens Aalst`."""
        row = one_of(chance, self.referrers)
        return f"Dr {row['last_name']} {row['city']}"

    def created_day(self, day: int) -> int:
        """The day on which a record from a certain day says that it was created."""
        return max(day, self._converted)

    def _hire(self, chance: random.Random, dentists: int) -> list[Provider]:
        kinds = ["general"] * dentists + ["hygienist", "general"]
        if dentists > 2:
            kinds[2] = "orthodontist"
        return [self._provider(chance, index, kind, last=index == len(kinds) - 1) for index, kind in enumerate(kinds)]

    def _provider(self, chance: random.Random, index: int, kind: str, *, last: bool) -> Provider:
        words, days = self.words, self.days
        person = self._colleague(chance, 39 * 10**4 + index * 37 % 10**4, "007" if kind == "orthodontist" else "001")
        local = f"{plain(person['first_name'])}.{plain(person['last_name'])}"
        local += str(index) if local in self._locals else ""
        self._locals.add(local)
        row = {
            **person,
            "number": str(index + 1),
            "specialty": words.lists.specialty[kind],
            "convention": one_of(chance, words.lists.convention),
            "email": f"{local}@{self.domain}",
            "mobile": places.written(chance, places.mobile(4_900_000 + index)),
            "address2": self._address(chance) if chance.random() < 0.4 or index == 1 else "",
            "address3": self._address(chance) if index == 1 else "",
            "iban": _iban(index),
            "active": words.lists.boolean[not last],
            "created_at": days.moment(self.opened, 540),
            "changed_at": days.moment(self.today - 30 - index, 600),
        }
        agenda = Agenda(self.opened, self.today + _FUTURE_DAYS)
        return Provider(row, agenda, hygienist=kind == "hygienist")

    def _referrer(self, chance: random.Random, index: int) -> Row:
        words, days = self.words, self.days
        specialty = one_of(chance, words.lists.referrer_specialty)
        physician = specialty == words.lists.referrer_specialty[2]
        first_six = 19 * 10**4 + 5000 + index if physician else 39 * 10**4 + 5000 + index
        person = self._colleague(chance, first_six, "004" if physician else "001")
        created = self.opened + int(chance.random() * 3000)
        return {
            **person,
            "number": f"V{index + 1:03d}",
            "specialty": specialty,
            "email": f"praktijk{index + 1}@verwijzers.example" if chance.random() < 0.6 else "",
            "address2": self._address(chance) if chance.random() < 0.12 else "",
            "remark": one_of(chance, words.remarks) if chance.random() < 0.05 else "",
            "created_at": days.moment(created, 600),
            "changed_at": days.moment(created + 200, 660),
        }

    def _colleague(self, chance: random.Random, first_six: int, qualification: str) -> Row:
        sex: Sex = "F" if chance.random() < 0.55 else "M"
        origin = self._names.local if chance.random() < 0.9 else self._names.origin(chance)
        place = self.region.places.draw(chance)
        return {
            "first_name": origin.first_name(chance, sex, 1980),
            "last_name": surname(chance, origin),
            "riziv": riziv.pretty(riziv.compose(str(first_six), qualification)),
            "phone": places.written(chance, places.landline(900_000 + first_six % 10**5, self.region.zone)),
            "street": places.street(chance, self.language),
            "house_number": places.house_number(chance),
            "box": "",
            "postal_code": place.postal_code,
            "city": place.city,
        }

    def _address(self, chance: random.Random) -> str:
        place = self.region.places.draw(chance)
        street = places.street(chance, self.language)
        return f"{street} {places.house_number(chance)}, {place.postal_code} {place.city}"


def _insurers(language: Language, chance: random.Random, region: places.Region) -> list[tuple[Row, float]]:
    rows = []
    for index, line in enumerate(_INSURERS.strip().splitlines()):
        number, nl, fr, flanders, wallonia = line.split("|")
        union = mutualities.UNIONS[number[0]]
        place = region.places.draw(chance)
        rows.append(
            (
                {
                    "number": number,
                    "name": nl if language == "nl" else fr,
                    "union": f"{union.number} - {union.nl if language == 'nl' else union.fr}",
                    "registration_number": _enterprise_number(index),
                    "street": places.street(chance, language),
                    "house_number": places.house_number(chance),
                    "postal_code": place.postal_code,
                    "city": place.city,
                    "phone": places.written(chance, places.landline(950_000 + index, region.zone)),
                    "email": f"info@vi{number}.example",
                },
                float(flanders if language == "nl" else wallonia),
            )
        )
    return rows


def _enterprise_number(index: int) -> str:
    """An invented enterprise number with the right check digits, from a range that is not given out."""
    stem = 9_990_000 + index * 137
    digits = f"{stem:08d}{97 - stem % 97:02d}"
    return f"{digits[:4]}.{digits[4:7]}.{digits[7:]}"


def _iban(index: int) -> str:
    """An invented account of a real bank code with the right check digits."""
    ten = f"0010000{index:03d}"
    account = f"{ten}{int(ten) % 97 or 97:02d}"
    return f"BE{98 - int(account + '111400') % 97:02d}{account}"
