"""What happened to each patient: visits, treatments, invoices, payments, documents and communications, as rows."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date

from . import acts
from .billing import Billing, Done, euro
from .calendar import SLOT_MINUTES, clock
from .draw import Plants, Pool, one_of
from .paper import Paper
from .people import People, Person
from .staff import Practice
from .writing import Export, Row

_VISITS = {group: Pool(shares) for group, shares in acts.VISIT_SHARES.items()}
_MISSED = Pool([("cancelled", 8.0), ("no_show", 4.0), ("moved", 2.0)])
_TREATMENTS_A_VISIT = Pool([(1, 42.0), (2, 30.0), (3, 15.0), (4, 8.0), (5, 5.0)])
_ORPHAN = 0.003
_NO_PROVIDER, _NO_PATIENT = 0.005, 0.003
_SURFACES = ("", "O", "MO", "MOD")
_OTHER_SURFACES = (("", "V", "DO", "MODV"), ("", "M", "OD", "MOV"), ("", "P", "MV", "MODP"))
_MOLARS = tuple(str(10 * quadrant + tooth) for quadrant in (1, 2, 3, 4) for tooth in (4, 5, 6, 6, 6, 7, 7, 1, 2, 3, 8))
_MILK = tuple(str(10 * quadrant + tooth) for quadrant in (5, 6, 7, 8) for tooth in (1, 3, 4, 4, 5, 5))
_EXTRA_APPOINTMENTS = 0.14 / 0.86
_HYGIENISTS_FROM = date(2022, 10, 1).toordinal()
_ELDER = 65


class History:
    """Writes everything that hangs on a patient, one patient at a time."""

    def __init__(
        self,
        practice: Practice,
        people: People,
        export: Export,
        chance: random.Random,
        plants: Plants,
        *,
        files_per_patient: float,
        density: float,
    ) -> None:
        self._practice, self._people, self._export = practice, people, export
        self._chance, self._plants, self._density = chance, plants, density
        self._words, self._days = practice.words, practice.days
        self._numbers: Counter[str] = Counter()
        self._paper = Paper(practice, people, export, chance, plants, files_per_patient=files_per_patient)
        self._billing = Billing(practice, export, chance, plants, self._paper)
        self._hygienist = next((one.row["riziv"] for one in practice.providers if one.hygienist), "")

    def write(self, person: Person) -> None:
        """Write the appointments of one patient in the order of time, and what came of each."""
        left, first, span = person.treatments, person.first_visit, person.last_visit - person.first_visit
        plan = []
        while left > 0:
            count = min(left, _TREATMENTS_A_VISIT.draw(self._chance))
            plan.append(count)
            left -= count
        days = sorted(first + int(self._chance.random() * span) for _ in plan[:-1])
        for count, day in zip(plan, [*days, person.last_visit], strict=True) if plan else ():
            if self._chance.random() < _EXTRA_APPOINTMENTS:
                self._appointment(person, day - 12, _MISSED.draw(self._chance))
            self._visit(person, day, count)
        self._future(person)
        self._paper.documents(person)
        self._paper.other_communications(person, self._density)

    def _visit(self, person: Person, day: int, count: int) -> None:
        booked = self._appointment(person, day, "done")
        if booked is None:
            return
        day, provider, kind = booked
        person.row["last_visit"] = self._days.text(day)
        year, month = int(self._days.text(day)[6:]), int(self._days.text(day)[3:5])
        child = acts.is_child(date.fromordinal(person.birth_day).year, year)
        menu = one_of(self._chance, acts.VISITS[kind])
        done = [
            self._treatment(
                person,
                day,
                year,
                acts.code_on(menu[position % len(menu)], year, month, child=child),
                menu[position % len(menu)],
                provider,
                child=child,
            )
            for position in range(count)
        ]
        if self._chance.random() < 0.92:
            self._billing.invoice(person, day, year, done, child=child)

    def _future(self, person: Person) -> None:
        practice = self._practice
        if person.last_visit > practice.today - 400 and self._chance.random() < 0.35 * min(1.0, self._density):
            day = practice.today + 1 + int(self._chance.random() * 150)
            status = "confirmed" if self._chance.random() < 0.4 else "planned"
            self._appointment(person, day, status)

    def _appointment(self, person: Person, day: int, status: str) -> tuple[int, int, str] | None:
        """Book and write one appointment; (day, provider, type), or None when nobody has time any more."""
        chance, practice, words = self._chance, self._practice, self._words
        age = (day - person.birth_day) // 365
        kind = _VISITS["child" if age < 18 else "adult" if age < _ELDER else "elder"].draw(chance)
        provider = self._provider(person, day, kind)
        booked = practice.providers[provider].agenda.book(
            day, int(chance.random() * 28), acts.SLOTS[kind], today=practice.today
        )
        if booked is None:
            return None
        day, minute = booked
        created = min(practice.created_day(day - 5 - int(chance.random() * 40)), practice.today - 1)
        row = {
            "number": self._number("appointment"),
            "patient_number": self._patient(person, "appointment"),
            "provider_number": practice.provider_number(provider),
            "date": self._days.text(day),
            "start": clock(minute),
            "duration": str(one_of(chance, acts.DURATIONS[kind])),
            "type": words.lists.appointment_type[kind],
            "reason": one_of(chance, words.reasons) if chance.random() < 0.3 else "",
            "room": words.rooms[provider % len(words.rooms)],
            "chair": words.chairs[provider % len(words.chairs)],
            "status": words.lists.appointment_status[status],
            "remark": one_of(chance, words.appointment_notes) if chance.random() < 0.07 else "",
            "created_at": self._days.moment(created, 485 + int(chance.random() * 590)),
            "changed_at": self._days.moment(max(created, min(day, practice.today)), minute),
        }
        if self._plants.due("appointment_without_provider", _NO_PROVIDER):
            row["provider_number"] = ""
        elif self._plants.due("appointment_without_patient", _NO_PATIENT):
            row["patient_number"] = ""
        self._paper.reminder(person, row, day, minute)
        self._export.write("appointment", row)
        return day, provider, kind

    def _provider(self, person: Person, day: int, kind: str) -> int:
        providers, chance = self._practice.providers, self._chance
        if kind == "cleaning" and day >= _HYGIENISTS_FROM:
            return len(providers) - 2
        if day < self._practice.today - 1500 and chance.random() < 0.15:
            return len(providers) - 1
        return person.provider if chance.random() < 0.88 else self._practice.draw_provider(chance)

    def _treatment(
        self, person: Person, day: int, year: int, code: str, key: str, provider: int, *, child: bool
    ) -> Done:
        chance, practice, words, days = self._chance, self._practice, self._words, self._days
        act = acts.ACTS[key]
        hygienist = practice.providers[provider].hygienist
        planned = chance.random() < 0.02
        fee = acts.fee_on(key, year)
        insured = round(fee * min(1.0, act.insured + (0.15 if person.bim or child else 0))) if act.insured else 0
        supplement = 500 * int(1 + chance.random() * 6) if fee and chance.random() < 0.06 else 0
        created = days.moment(practice.created_day(day), 1080 - SLOT_MINUTES + int(chance.random() * 60))
        row = {
            "number": self._number("treatment"),
            "patient_number": self._patient(person, "treatment"),
            "provider_number": practice.provider_number(0 if hygienist else provider),
            "hygienist_riziv": self._hygienist if hygienist else "",
            "date": days.text(day),
            "code": code,
            "label": act.label(practice.language),
            **self._place(act, child=child, adult_tooth=day - person.birth_day > 12 * 365),
            "status": words.lists.treatment_status[
                ("lapsed" if chance.random() < 0.3 else "planned") if planned else "done"
            ],
            "fee": euro(fee),
            "insurer_share": euro(insured),
            "patient_share": euro(fee - insured),
            "supplement": euro(supplement) if supplement else "",
            "remark": self._note(),
            "created_at": created,
            "changed_at": created,
        }
        self._export.write("treatment", row)
        return Done(row["number"], code, row["label"], fee + supplement, 0 if planned else insured, billed=not planned)

    def _place(self, act: acts.Act, *, child: bool, adult_tooth: bool) -> Row:
        chance = self._chance
        if act.place == "quadrant":
            return {"tooth": "", "surface": "", "quadrant": act.key[-1]}
        if not act.place:
            return {"tooth": "", "surface": "", "quadrant": ""}
        tooth = one_of(chance, _MILK if child and not adult_tooth else _MOLARS)
        shapes = _SURFACES if chance.random() < 0.5 else one_of(chance, _OTHER_SURFACES)
        return {"tooth": tooth, "surface": shapes[act.surfaces], "quadrant": ""}

    def _note(self) -> str:
        if self._chance.random() >= 0.2:
            return ""
        if self._plants.due("newline_in_note", 0.05):
            return one_of(self._chance, self._words.long_remarks)
        return one_of(self._chance, self._words.treatment_notes)

    def _patient(self, person: Person, object_: str) -> str:
        """The patient's number, or now and then that of a patient who was deleted."""
        if self._plants.due(f"orphan_{object_}", _ORPHAN):
            return self._people.deleted_number
        return person.number

    def _number(self, object_: str) -> str:
        self._numbers[object_] += 1
        return str(self._numbers[object_])
