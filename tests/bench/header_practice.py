"""The practice behind a style: its records with plain values, whose keys agree between the files.

A record has one entry for every concept of its object, by the concept's name without the object (`birth_date`). Rates
of empty cells and of messy values follow what is known of Belgian practices; the people are drawn from lists of names.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from bridgework.belgium import nomenclature, ogm, riziv
from tests.bench import header_words as words
from tests.bench.header_draws import TODAY, USERS, Chance, Record, Ref
from tests.bench.header_people import People

NEEDS = {
    "insurer": (),
    "provider": (),
    "referrer": (),
    "patient": ("insurer", "provider", "referrer"),
    "appointment": ("patient",),
    "treatment": ("appointment",),
    "invoice": ("treatment",),
    "invoice_line": ("invoice",),
    "transaction": ("invoice",),
    "document": ("treatment",),
    "communication": ("appointment",),
    "workflow": (),
    "report": (),
}
"""What must be there before the records of an object can be made."""

_FEW = {"insurer": len(words.INSURERS), "provider": 9, "referrer": 45, "workflow": 12, "report": 14}
"""How many records there are of what a practice has few of."""


class Practice(People):
    """Makes the records of `objects`, and of what they refer to: `rows` of each, fewer where practices have fewer."""

    def __init__(self, language: str, rows: int, chance: Chance, objects: set[str]) -> None:
        super().__init__(language, rows, chance)
        makers: dict[str, Callable[[int], Record]] = {name: getattr(self, f"_{name}") for name in NEEDS}
        self._visits = sorted(self._day(2900, -120) for _ in range(rows))
        first = chance.choice((1, 1, 1001, 20001))
        for name, make in makers.items():
            if name in _wanted(objects):
                self._make(name, min(rows, _FEW.get(name, rows)), make, first)

    def _make(self, name: str, count: int, make: Callable[[int], Record], number: int) -> None:
        """So many records of one object; nine numbers in ten follow the one before."""
        self.records[name], self._refs[name] = [], []
        for _ in range(count):
            record = make(number)
            self.records[name].append(record)
            self._refs[name].append(record["number"])
            self._by_key[record["number"]] = record
            number += 1 if self._chance.random() < 0.9 else self._chance.randint(2, 6)

    # --- appointments and treatments ------------------------------------------------------------------------------

    def _appointment(self, number: int) -> Record:
        patient = self._chance.choice(self._refs["patient"])
        day = self._visits[len(self.records["appointment"])]
        start = time(self._chance.randint(8, 18), self._chance.choice((0, 15, 20, 30, 40, 45)))
        minutes = self._chance.choice((15, 20, 20, 30, 30, 45, 60, 90))
        moment = datetime.combine(day, start)
        past = day < TODAY
        status = self._choice("appointment_status", (86, 0, 0, 8, 4, 2) if past else (0, 60, 40, 0, 0, 0))
        return {
            **self._stamps(day - timedelta(days=30)),
            "number": Ref("appointment", number * 3 + 100),
            "patient_number": self._sometimes(0.97, patient),
            "patient_name": patient.name,
            "provider_number": self._one("provider"),
            "date": day,
            "start": start,
            "moment": moment,
            "end": moment + timedelta(minutes=minutes),
            "duration": minutes,
            "type": self._choice("appointment_type"),
            "reason": self._sometimes(0.8, self._text("reason")),
            "room": self._sometimes(0.9, f"K{self._chance.randint(1, 4)}"),
            "chair": self._sometimes(0.95, str(self._chance.randint(1, 4))),
            "site": self._text("site"),
            "status": status,
            "confirmed": status.place in {0, 2},
            "cancel_reason": self._text("cancel") if status.place in {3, 4} else None,
            "treatment_number": None,
            "remark": self._sometimes(0.2, self._text("remark")),
        }

    def _treatment(self, number: int) -> Record:
        visit = self._next("treatment", "appointment")
        key = visit["treatment_number"] = Ref("treatment", number * 2 + 500)
        code, own, *labels, fee, area = self._chance.choice(words.ACTS)
        spoken = ("nl", "fr", "de", "en").index(self._language())
        charged = Decimal(int(fee)) / 100
        paid_back = (charged * Decimal("0.75")).quantize(Decimal("0.01")) if code else Decimal(0)
        if code and self._chance.random() < 0.02:
            code = nomenclature.hospital(str(code))
        return {
            **self._stamps(min(visit["date"], TODAY)),
            **self._mouth(str(area)),
            "number": key,
            "patient_number": visit["patient_number"] or self._one("patient"),
            "provider_number": visit["provider_number"],
            "provider_riziv": self._riziv_of(visit["provider_number"]),
            "hygienist_riziv": self._sometimes(0.08, riziv.compose(f"53{self._chance.randint(1000, 1003)}", "001")),
            "appointment_number": self._sometimes(0.8, visit["number"]),
            "date": min(visit["date"], TODAY),
            "code": code or None,
            "private_code": own or self._sometimes(0.1, "CONS"),
            "label": labels[spoken],
            "status": self._choice("treatment_status", (86, 8, 3, 3)),
            "fee": charged,
            "insurer_share": paid_back,
            "patient_share": charged - paid_back,
            "supplement": self._sometimes(0.5, self._chance.choice((Decimal(0), self._cents(500, 4000)))),
            **self._clinical(charged),
        }

    def _mouth(self, area: str) -> Record:
        adult = self._chance.random() < 0.85
        tooth = (
            f"{self._chance.randint(1, 4)}{self._chance.randint(1, 8)}"
            if adult
            else f"{self._chance.randint(5, 8)}{self._chance.randint(1, 5)}"
        )
        surfaces = {"s1": ("O", "M", "D", "V", "B"), "s2": ("MO", "OD", "OV", "OP"), "s3": ("MOD", "MODV", "MOB")}.get(
            area
        )
        return {
            "tooth": tooth if area in {"t", "s1", "s2", "s3"} else None,
            "surface": self._chance.choice(surfaces) if surfaces else None,
            "quadrant": area[1] if area.startswith("q") else None,
        }

    def _clinical(self, charged: Decimal) -> Record:
        return {
            "remark": self._sometimes(0.2, self._text("remark")),
            "key_letter": self._sometimes(0.85, self._chance.choice("NNNNLK")),
            "coefficient": self._sometimes(0.85, self._chance.choice(("8", "11", "15", "25", "30", "7,5"))),
            "quantity": self._chance.choices((1, 2, 3), (95, 4, 1))[0],
            "diagnosis": self._sometimes(0.4, self._text("diagnosis")),
            "material": self._sometimes(0.3, self._text("material")),
            "anaesthesia": self._sometimes(0.3, self._text("anaesthesia")),
            "lab": self._sometimes(0.08, self._text("lab")),
            "session": self._chance.randint(1, 6),
            "invoice_number": None,
            "paid": self._chance.choice((charged, charged, Decimal(0))),
            "vat": self._chance.choice((Decimal(0), Decimal(0), Decimal(21))),
        }

    # --- money ----------------------------------------------------------------------------------------------------

    def _invoice(self, number: int) -> Record:
        treated = self._next("invoice", "treatment")
        key = treated["invoice_number"] = Ref("invoice", number + 300)
        patient = self._by_key[treated["patient_number"]]
        total = treated["fee"] + (treated["supplement"] or 0)
        status = self._choice("invoice_status", (80, 10, 5, 3, 2))
        paid = {0: total, 2: (total / 2).quantize(Decimal("0.01"))}.get(status.place, Decimal(0))
        day = treated["date"]
        level = self._chance.randint(1, 3) if status.place == 1 and self._chance.random() < 0.6 else 0
        return {
            **self._stamps(day),
            **self._proof(number, day),
            "number": key,
            "patient_number": treated["patient_number"],
            "payer_number": patient["head_of_family"],
            "treatment_number": treated["number"],
            "provider_number": treated["provider_number"],
            "insurer_number": patient["insurer_number"],
            "total": total,
            "insurer_share": treated["insurer_share"],
            "patient_share": treated["patient_share"],
            "supplement": treated["supplement"],
            "vat": self._sometimes(0.3, Decimal(0)),
            "paid": paid,
            "balance": total - paid,
            "status": status,
            "payment_method": self._choice("payment", (55, 20, 15, 7, 3)) if paid else None,
            "paid_on": day + timedelta(days=self._chance.randint(0, 40)) if paid else None,
            "reminder_level": level,
            "reminder_date": day + timedelta(days=45) if level else None,
        }

    def _proof(self, number: int, day: date) -> Record:
        channel = self._choice("invoice_channel", (40, 40, 20))
        return {
            "date": day,
            "due_date": day + timedelta(days=30),
            "channel": channel,
            "attestation_number": self._sometimes(
                0.9, f"{self._chance.randint(100, 999)}{self._chance.randint(0, 99999):05d}"
            ),
            "receipt_number": f"{self._chance.randint(10**14, 10**15)}" if channel.place else None,
            "ogm": self._sometimes(0.7, ogm.compose(f"{self._chance.randint(10**9, 10**10 - 1)}")),
            "pdf": self._sometimes(0.9, f"F{number + 300}.pdf"),
            "remark": self._sometimes(0.08, self._text("remark")),
        }

    def _invoice_line(self, _: int) -> Record:
        invoice = self._next("invoice_line", "invoice")
        before = self.records["invoice_line"][-1] if self.records["invoice_line"] else None
        again = before is not None and before["invoice_number"] == invoice["number"]
        treated = self._chance.choice(self.records["treatment"]) if again else self._by_key[invoice["treatment_number"]]
        quantity = treated["quantity"]
        return {
            "number": Ref("invoice_line", len(self.records["invoice_line"])),
            "invoice_number": invoice["number"],
            "line": before["line"] + 1 if before and again else 1,
            "treatment_number": treated["number"],
            "code": treated["code"] or treated["private_code"],
            "label": treated["label"],
            "amount": treated["fee"] * quantity,
            "quantity": quantity,
            **{
                name: treated[name]
                for name in ("date", "tooth", "insurer_share", "patient_share", "supplement", "provider_number")
            },
        }

    def _transaction(self, number: int) -> Record:
        bill = self._next("transaction", "invoice")
        kind = self._choice("transaction_kind", (75, 5, 3, 12, 5))
        sign = -1 if kind.place in {1, 2} else 1
        return {
            **self._stamps(bill["date"]),
            "number": Ref("transaction", number * 5 + 9000),
            "date": bill["date"],
            "kind": kind,
            "invoice_number": self._sometimes(0.95, bill["number"]),
            "patient_number": bill["patient_number"],
            "insurer_number": self._sometimes(0.3, bill["insurer_number"]),
            "provider_number": bill["provider_number"],
            "treatment_number": bill["treatment_number"],
            "code": self._sometimes(0.8, self._chance.choice(("700000", "700100", "550000", "570000", "400000"))),
            "amount": sign * bill["total"],
            "payment_method": self._choice("payment", (55, 20, 15, 7, 3)),
            "ogm": bill["ogm"],
            "iban": self._sometimes(0.3, self._iban()),
            "remark": self._sometimes(0.1, self._text("remark")),
        }

    # --- documents, messages, what is handed over -----------------------------------------------------------------

    def _document(self, number: int) -> Record:
        category = self._choice("document_category")
        ending = ("jpg", "tif", "jpg", "pdf", "pdf", "docx")[category.place]
        day = self._day(3500, 1)
        visit = self._chance.choice(self.records["appointment"])
        return {
            **self._stamps(day),
            "number": Ref("document", number * 7 + 40),
            "patient_number": visit["patient_number"] or self._one("patient"),
            "category": category,
            "title": self._sometimes(0.8, f"{self._text('subject')} {day.year}"),
            "file": f"{day.year}/{day:%m}/scan_{number:05d}.{ending}",
            "date": self._moment(day),
            "provider_number": self._sometimes(0.8, visit["provider_number"]),
            "tooth": self._mouth("t")["tooth"] if category.place == 0 else None,
            "remark": self._sometimes(0.2, self._text("remark")),
            "appointment_number": self._sometimes(0.5, visit["number"]),
            "treatment_number": self._sometimes(0.5, visit["treatment_number"]),
            "size": self._chance.randint(30_000, 4_000_000),
        }

    def _communication(self, number: int) -> Record:
        visit = self._next("communication", "appointment")
        patient = visit["patient_number"] or self._one("patient")
        reached = self._by_key[patient]
        channel = self._choice("channel", (50, 25, 20, 5))
        text = self._text("message").format(d=f"{visit['date']:%d/%m}", t=f"{visit['start']:%H:%M}")
        return {
            **self._stamps(visit["date"] - timedelta(days=1)),
            "number": Ref("communication", number * 11),
            "patient_number": patient,
            "channel": channel,
            "direction": self._choice("direction", (85, 15)),
            "moment": self._moment(visit["date"] - timedelta(days=1)),
            "subject": self._sometimes(0.6, self._text("subject")),
            "text": text,
            "contact": reached["email"] if channel.place == 1 else reached["mobile"],
            "user": self._chance.choice(USERS),
            "result": self._choice("result", (50, 35, 5, 10)),
            "appointment_number": self._sometimes(0.6, visit["number"]),
            "provider_number": self._sometimes(0.7, visit["provider_number"]),
            "template": self._sometimes(0.6, self._chance.choice(("SMS_RDV", "RECALL6", "HERINNERING1", "FACT30"))),
            "duration": self._chance.randint(10, 600) if channel.place == 2 else None,
            "attachment": self._sometimes(0.1, f"doc_{number}.pdf"),
        }

    def _workflow(self, number: int) -> Record:
        kind = self._choice("workflow_kind")
        return {
            "number": Ref("workflow", number % 1000),
            "name": self._text("workflow_name"),
            "kind": kind,
            "trigger": self._choice("workflow_trigger"),
            "delay": self._text("delay"),
            "channel": self._choice("channel"),
            "template": self._chance.choice(("SMS_RDV", "RECALL6", "HERINNERING1", "FACT30")),
            "subject": self._sometimes(0.7, self._text("subject")),
            "active": self._chance.random() < 0.8,
            "created_at": self._moment(self._day(2000, 30)),
        }

    def _report(self, number: int) -> Record:
        return {
            "number": Ref("report", number % 1000),
            "name": self._text("report_name"),
            "kind": self._choice("report_kind"),
            "source": self._text("source"),
            "columns": self._text("columns"),
            "filter": self._sometimes(0.7, self._text("filter")),
            "period": self._text("period"),
            "created_by": self._chance.choice(USERS),
            "last_run": self._sometimes(0.8, self._moment(self._day(700, 1))),
        }


def _wanted(objects: set[str]) -> set[str]:
    """The objects and all that they need."""
    wanted = set(objects)
    for name in reversed(NEEDS):
        if name in wanted:
            wanted.update(NEEDS[name])
    return wanted
