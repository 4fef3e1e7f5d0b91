"""Invoices with their lines, and the transactions of the accounts: charges, payments, credit notes, write-offs."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass
from datetime import date

from .draw import Plants, Pool, one_of
from .paper import Paper
from .people import Person
from .staff import Practice
from .writing import Export, Row

_EATTEST_FROM = date(2019, 12, 1).toordinal()
_THIRD_PARTY_FROM = date(2016, 7, 1).toordinal()
_METHODS = Pool([("bancontact", 62.0), ("cash", 18.0), ("transfer", 12.0), ("payconiq", 8.0)])
_THIRD_PARTY, _THIRD_PARTY_WIDE = 0.28, 0.6
_CREDIT_NOTE = 0.005
_TERM_DAYS = 30


@dataclass(frozen=True, slots=True)
class Done:
    """One treatment as the invoice needs it; amounts in cents."""

    number: str
    code: str
    label: str
    amount: int
    insured: int
    billed: bool


@dataclass(slots=True)
class _Invoice:
    """One invoice on its way to being paid; amounts in cents."""

    number: str
    day: int
    total: int
    insured: int
    channel: str
    status: str
    method: str
    ogm: str

    @property
    def due_now(self) -> int:
        """What the patient has to pay: with third-party payment only the own share."""
        return self.total - self.insured if self.channel == "efact" else self.total


class Billing:
    """Writes one invoice for each visit that is billed."""

    def __init__(self, practice: Practice, export: Export, chance: random.Random, plants: Plants, paper: Paper) -> None:
        self._practice, self._export, self._chance, self._plants = practice, export, chance, plants
        self._paper = paper
        self._words, self._days = practice.words, practice.days
        self._in_year: Counter[int] = Counter()
        self._attestations = self._transactions = 0

    def invoice(self, person: Person, day: int, year: int, done: list[Done], *, child: bool) -> None:
        """Write the invoice of one visit, its lines and what was paid."""
        lines = [one for one in done if one.billed and one.amount]
        if not lines:
            return
        invoice = self._open(person, day, year, lines, child=child)
        row = self._row(person, invoice, lines)
        credited = invoice.status == "paid" and self._plants.due("credit_note", _CREDIT_NOTE)
        row["pdf"] = self._paper.invoice_pdf(person, invoice.number)
        self._export.write("invoice", row)
        for position, one in enumerate(lines, 1):
            self._export.write(
                "invoice_line",
                {
                    "invoice_number": invoice.number,
                    "line": str(position),
                    "treatment_number": one.number,
                    "code": one.code,
                    "label": one.label,
                    "amount": euro(one.amount),
                },
            )
        self._account(person, invoice, lines)
        if credited:
            self._credit(person, invoice, lines[0], year)

    def _open(self, person: Person, day: int, year: int, lines: list[Done], *, child: bool) -> _Invoice:
        chance = self._chance
        self._in_year[year] += 1
        sequence = self._in_year[year]
        wide = _THIRD_PARTY_WIDE if child or person.bim else _THIRD_PARTY
        insured = sum(one.insured for one in lines)
        if not insured:
            channel = "private"
        elif day < _EATTEST_FROM and not (day >= _THIRD_PARTY_FROM and chance.random() < wide):
            channel = "paper"
        else:
            channel = "efact" if chance.random() < wide else "eattest"
        return _Invoice(
            number=f"{year}-{sequence:05d}",
            day=day,
            total=sum(one.amount for one in lines),
            insured=insured,
            channel=channel,
            status=self._status(day, channel),
            method=_METHODS.draw(chance),
            ogm=_ogm(year, sequence),
        )

    def _status(self, day: int, channel: str) -> str:
        part, age = self._chance.random(), self._practice.today - day
        if part < 0.01:
            return "cancelled"
        if part < 0.02 and channel == "efact":
            return "refused"
        if part < (0.4 if age < _TERM_DAYS else 0.05 if age < 365 else 0.02):
            return "partly_paid" if part < 0.025 else "open"
        return "paid"

    def _row(self, person: Person, invoice: _Invoice, lines: list[Done]) -> Row:
        words, days = self._words, self._days
        paid = {"paid": invoice.total, "partly_paid": invoice.due_now // 2, "refused": invoice.due_now}
        electronic = invoice.channel in {"eattest", "efact"}
        if invoice.channel != "private":
            self._attestations += 1
        created = days.moment(self._practice.created_day(invoice.day), 1090)
        settled = invoice.status in {"paid", "partly_paid"}
        return {
            "number": invoice.number,
            "patient_number": person.number,
            "payer_number": person.payer or person.number,
            "treatment_number": lines[0].number,
            "date": days.text(invoice.day),
            "due_date": days.text(invoice.day + _TERM_DAYS),
            "channel": words.lists.invoice_channel[invoice.channel],
            "attestation_number": f"{self._attestations:07d}" if invoice.channel == "paper" else "",
            "receipt_number": f"{person.row['insurer_number'] or '000'}{self._attestations:09d}" if electronic else "",
            "total": euro(invoice.total),
            "insurer_share": euro(invoice.insured),
            "patient_share": euro(invoice.total - invoice.insured),
            "paid": euro(paid.get(invoice.status, 0)),
            "status": words.lists.invoice_status[invoice.status],
            "payment_method": words.lists.payment_method[invoice.method] if settled else "",
            "ogm": invoice.ogm if invoice.method == "transfer" or not settled else "",
            "pdf": "",
            "created_at": created,
            "changed_at": created,
        }

    def _account(self, person: Person, invoice: _Invoice, lines: list[Done]) -> None:
        if invoice.status == "cancelled":
            return
        first = lines[0].code
        self._transaction(person, invoice, invoice.day, "charge", invoice.total, first)
        later = min(self._practice.today, invoice.day + 1 + int(self._chance.random() * 40))
        if invoice.status in {"paid", "refused", "partly_paid"} and invoice.due_now:
            part = invoice.due_now // 2 if invoice.status == "partly_paid" else invoice.due_now
            at_once = invoice.method != "transfer"
            self._transaction(person, invoice, invoice.day if at_once else later, "payment", part)
        if invoice.status == "paid" and invoice.channel == "efact" and invoice.insured:
            self._transaction(person, invoice, later, "insurer_payment", invoice.insured)
        if invoice.status == "open" and self._practice.today - invoice.day > 730:
            self._transaction(person, invoice, invoice.day + 700, "write_off", -invoice.due_now)

    def _credit(self, person: Person, invoice: _Invoice, line: Done, year: int) -> None:
        self._in_year[year] += 1
        credit = _Invoice(
            number=f"{year}-{self._in_year[year]:05d}",
            day=invoice.day,
            total=-line.amount,
            insured=-line.insured,
            channel=invoice.channel,
            status="paid",
            method="transfer",
            ogm=_ogm(year, self._in_year[year]),
        )
        row = self._row(person, credit, [line])
        self._export.write("invoice", row)
        self._export.write(
            "invoice_line",
            {
                "invoice_number": credit.number,
                "line": "1",
                "treatment_number": line.number,
                "code": line.code,
                "label": self._words.credit,
                "amount": euro(credit.total),
            },
        )
        self._transaction(person, credit, credit.day, "credit_note", credit.total, line.code)

    def _transaction(
        self,
        person: Person,
        invoice: _Invoice,
        day: int,
        kind: str,
        cents: int,
        code: str = "",
    ) -> None:
        self._transactions += 1
        words, by_insurer = self._words, kind == "insurer_payment"
        method = invoice.method if kind == "payment" else ""
        self._export.write(
            "transaction",
            {
                "number": str(self._transactions),
                "date": self._days.text(day),
                "kind": words.lists.transaction_kind[kind],
                "invoice_number": invoice.number,
                "patient_number": person.number,
                "insurer_number": person.row["insurer_number"] if by_insurer else "",
                "code": code,
                "amount": euro(cents),
                "payment_method": words.lists.payment_method[method] if method else "",
                "ogm": invoice.ogm if method == "transfer" else "",
                "remark": one_of(self._chance, words.remarks) if self._chance.random() < 0.01 else "",
            },
        )


def euro(cents: int) -> str:
    """An amount as the export writes it: `1250,50`, with a minus in front."""
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100},{abs(cents) % 100:02d}"


def _ogm(year: int, sequence: int) -> str:
    """The structured communication of an invoice: twelve digits, the last two the check (modulo 97, 0 as 97)."""
    ten = f"{year % 100:02d}{sequence:08d}"
    return f"+++{ten[:3]}/{ten[3:7]}/{ten[7:]}{int(ten) % 97 or 97:02d}+++"
