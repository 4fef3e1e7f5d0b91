"""A day at a practice: what its people enter, change and remove while a migration runs."""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from . import acts, files
from .billing import euro
from .draw import one_of
from .export_format import DATE
from .live_practice import LivePractice
from .live_table import BRUSSELS
from .words import Words
from .writing import Row

_ACTS = ("consultation", "film", "filling_1", "filling_2", "panoramic", "dpsi")
_TRIES = 100


@dataclass(frozen=True, slots=True)
class Day:
    """What was done: object → keys, in the order of doing."""

    new: dict[str, list[str]]
    changed: dict[str, list[str]]
    gone: dict[str, list[str]]


def live_a_day(
    practice: LivePractice, seed: int, *, patients: int = 5, appointments: int = 10, treatments: int = 8
) -> Day:
    """Live one day, on the date that the practice's clock says.

    So many `patients` get another mobile number, and one comes new; so many `appointments` are made, and one that there
    was is removed; so many `treatments` are done, each with its invoice, one line and a charge, and one document is
    filed. Where a number is 0, nothing of its kind is done. The same seed does the same with the same practice.
    """
    doing = _Doing(practice, random.Random(seed))
    with practice.lock:
        for _ in range(patients):
            doing.change_mobile()
        if patients:
            doing.new_patient()
        for _ in range(appointments):
            doing.make_appointment()
        if appointments:
            doing.remove_appointment()
        for _ in range(treatments):
            doing.treat()
        if treatments:
            doing.file_letter()
    return Day(dict(doing.new), dict(doing.changed), dict(doing.gone))


class _Doing:
    """One day being lived."""

    def __init__(self, practice: LivePractice, chance: random.Random) -> None:
        self._practice, self._chance, self._words = practice, chance, Words(practice.language)
        self._today = datetime.fromtimestamp(practice.clock(), BRUSSELS).date()
        self.new: defaultdict[str, list[str]] = defaultdict(list)
        self.changed: defaultdict[str, list[str]] = defaultdict(list)
        self.gone: defaultdict[str, list[str]] = defaultdict(list)

    def change_mobile(self) -> None:
        number = self._any("patient", self.changed["patient"])["number"]
        self._practice.change("patient", number, mobile=self._mobile())
        self.changed["patient"].append(number)

    def new_patient(self) -> None:
        like = self._any("patient", ())
        kept = ("last_name", "sex", "language", "street", "house_number", "postal_code", "city", "provider_number")
        row = {column: like[column] for column in kept} | {
            "number": self._number("patient"),
            "first_name": one_of(self._chance, ("Noor", "Liam", "Juna", "Arthur", "Ellis")),
            "birth_date": _text(self._today - timedelta(days=3650 + int(self._chance.random() * 18000))),
            "mobile": self._mobile(),
            "active": self._words.lists.boolean[True],
        }
        self._add("patient", row)

    def make_appointment(self) -> None:
        patient, like = self._any("patient", ()), self._any("appointment", self.gone["appointment"])
        kept = ("provider_number", "start", "duration", "type", "room", "chair")
        row = {column: like[column] for column in kept} | {
            "number": self._number("appointment"),
            "patient_number": patient["number"],
            "date": _text(self._today + timedelta(days=1 + int(self._chance.random() * 60))),
            "status": self._words.lists.appointment_status["planned"],
        }
        self._add("appointment", row)

    def remove_appointment(self) -> None:
        number = self._any("appointment", self.new["appointment"])["number"]
        self._practice.remove("appointment", number)
        self.gone["appointment"].append(number)

    def treat(self) -> None:
        patient, key = self._any("patient", ()), one_of(self._chance, _ACTS)
        act, year = acts.ACTS[key], self._today.year
        fee = acts.fee_on(key, year)
        insured = round(fee * act.insured)
        shares = {"insurer_share": euro(insured), "patient_share": euro(fee - insured)}
        whole = {"patient_number": patient["number"], "date": _text(self._today)}
        act_row = {
            "code": acts.code_on(key, year, self._today.month, child=False),
            "label": act.label(self._practice.language),
        }
        treatment = (
            whole
            | shares
            | act_row
            | {
                "number": self._number("treatment"),
                "provider_number": patient["provider_number"],
                "tooth": one_of(self._chance, ("16", "26", "36", "46")) if act.place == "tooth" else "",
                "surface": ("", "O", "MO", "MOD")[act.surfaces],
                "status": self._words.lists.treatment_status["done"],
                "fee": euro(fee),
            }
        )
        self._add("treatment", treatment)
        invoice = (
            whole
            | shares
            | {
                "number": f"{year}-{int(self._number('invoice', f'{year}-')):05d}",
                "payer_number": patient["number"],
                "treatment_number": treatment["number"],
                "due_date": _text(self._today + timedelta(days=30)),
                "channel": self._words.lists.invoice_channel["eattest"],
                "total": euro(fee),
                "paid": euro(0),
                "status": self._words.lists.invoice_status["open"],
            }
        )
        self._add("invoice", invoice)
        line = {"invoice_number": invoice["number"], "line": "1", "treatment_number": treatment["number"]}
        self._add("invoice_line", line | act_row | {"amount": euro(fee)})
        charge = {"number": self._number("transaction"), "invoice_number": invoice["number"], "amount": euro(fee)}
        kind = {"kind": self._words.lists.transaction_kind["charge"], "code": act_row["code"]}
        self._add("transaction", whole | charge | kind)

    def file_letter(self) -> None:
        patient, number = self._any("patient", ()), self._number("document")
        title = self._words.document_titles["letter"]
        name = f"{number}_{title.replace(' ', '_')}.pdf"
        row = {
            "number": number,
            "patient_number": patient["number"],
            "category": self._words.lists.document_category["letter"],
            "title": title,
            "file": name,
            "date": _text(self._today),
        }
        self._practice.put_file(name, files.pdf(f"{title} {number} {patient['number']}"))
        self._add("document", row)

    def _add(self, object_: str, row: Row) -> None:
        self.new[object_].append(self._practice.add(object_, row))

    def _any(self, object_: str, besides: list[str] | tuple[()]) -> Row:
        """A record of the practice by chance, with a number that is not among some."""
        table = self._practice.tables[object_]
        places = table.view()
        for _ in range(_TRIES):
            row = table.rows([places[int(self._chance.random() * len(places))]])[0]
            if row["number"] not in ("", *besides):
                return row
        raise LookupError(f"the practice has too few records: {object_}")

    def _number(self, object_: str, prefix: str = "") -> str:
        """The next free number of an object."""
        return str(self._practice.tables[object_].highest(prefix) + 1)

    def _mobile(self) -> str:
        digits = f"{int(self._chance.random() * 10**6):06d}"
        return f"0470 {digits[:2]} {digits[2:4]} {digits[4:]}"


def _text(day: date) -> str:
    return day.strftime(DATE)
