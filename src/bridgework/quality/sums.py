"""Invoices, their lines and the accounts: sums that do not add up, by cents or by more. Amounts in cents."""

from __future__ import annotations

from array import array

from bridgework.mapping.words import word_key
from bridgework.practice.rows import SourceRecord
from bridgework.quality.amounts import cents
from bridgework.quality.keys import Keys, Seen
from bridgework.quality.state import State, options
from bridgework.quality.tally import Tally

_UNKNOWN = -(2**62)
_ROUNDING = 5  # cents: what rounding can do to a total
_PAYING = {"PATIENT_PAYMENT": 1, "INSURER_PAYMENT": 1, "DEPOSIT": 1, "REFUND": -1}
_STATUSES = ("", "OPEN", "PARTLY_PAID", "PAID", "REFUSED", "CANCELLED", "OTHER")


class Accounts:
    """What is remembered of every invoice: about fifty bytes."""

    def __init__(self, state: State) -> None:
        """Make room for every invoice."""
        self.keys: Keys = state.keys("invoice")
        self.row_no: array[int] = self.keys.zeros("I")
        self.total: array[int] = self.keys.zeros()
        self.paid: array[int] = self.keys.zeros()
        self.status: array[int] = self.keys.zeros("b")
        self.lines: array[int] = self.keys.zeros()
        self.line_count: array[int] = self.keys.zeros("H")
        self.received: array[int] = self.keys.zeros()
        self.payments: array[int] = self.keys.zeros("H")
        for at in range(len(self.keys)):
            self.total[at] = self.paid[at] = _UNKNOWN


class Invoices:
    """The invoices' rows."""

    def __init__(self, state: State, accounts: Accounts) -> None:
        """Make the columns ready."""
        columns = state.columns["invoice"]
        self._tally, self._accounts = state.tally, accounts
        self._one = {name: columns.one(name) for name in columns.names()}
        self._status = options("payment_status")
        self._attestations = Seen()
        self._open = self._count = 0

    def _cell(self, row: SourceRecord, name: str) -> str:
        header = self._one.get(name)
        return row.values.get(header, "").strip() if header else ""

    def see(self, row: SourceRecord) -> None:
        total, paid = cents(self._cell(row, "total")), cents(self._cell(row, "paid"))
        status = self._status.get(word_key(self._cell(row, "status")), "")
        at = self._accounts.keys.find(row.key)
        if at >= 0:
            self._accounts.row_no[at] = row.row_no
            self._accounts.total[at] = _UNKNOWN if total is None else total
            self._accounts.paid[at] = _UNKNOWN if paid is None else paid
            self._accounts.status[at] = _STATUSES.index(status)
        self._shares(row, total)
        self._payment(row, total, paid, status)
        self._people(row)

    def _shares(self, row: SourceRecord, total: int | None) -> None:
        insurer, patient = cents(self._cell(row, "insurer_share")), cents(self._cell(row, "patient_share"))
        if total is not None and insurer is not None and patient is not None:
            _differ(self._tally, "SHARES", row, self._one["total"], insurer + patient - total)

    def _payment(self, row: SourceRecord, total: int | None, paid: int | None, status: str) -> None:
        if total is None or total < 0:
            return
        if total and status in {"OPEN", "PARTLY_PAID"}:
            self._open += total - (paid or 0)
            self._count += 1
            self._tally.add("INVOICE-OPEN", row, self._one["status"])
        if paid is None:
            return
        wrong = {
            "PAID": paid < total - _ROUNDING,
            "OPEN": paid > 0,
            "PARTLY_PAID": total > 0 and paid >= total,
        }
        if wrong.get(status):
            self._tally.add("STATUS-AND-PAID", row, self._one["status"])
        elif paid > total + _ROUNDING:
            self._tally.add("PAID-TOO-MUCH", row, self._one["paid"])

    def _people(self, row: SourceRecord) -> None:
        payer, patient = self._cell(row, "payer_number"), self._cell(row, "patient_number")
        if payer and patient and payer != patient:
            self._tally.add("INVOICE-TO-ANOTHER", row, self._one["payer_number"])
        attestation = self._cell(row, "attestation_number")
        if attestation:
            self._attestations.add(attestation, row.row_no)

    def end(self) -> None:
        for row_no in self._attestations.repeats():
            self._tally.add_number("ATTESTATION-TWICE", "invoice", row_no, self._one["attestation_number"])
        if self._count:
            text = f"€ {self._open / 100:,.2f} in all"
            self._tally.detail("INVOICE-OPEN", "invoice", self._one["status"], text)


class InvoiceLines:
    """The lines' rows."""

    def __init__(self, state: State, accounts: Accounts) -> None:
        """Make the columns ready."""
        columns = state.columns["invoice_line"]
        self._accounts = accounts
        self._invoice, self._amount = columns.one("invoice_number"), columns.one("amount")

    def see(self, row: SourceRecord) -> None:
        at = self._accounts.keys.find(row.values.get(self._invoice, "").strip())
        amount = cents(row.values.get(self._amount, ""))
        if at >= 0:
            self._accounts.line_count[at] += 1
            self._accounts.lines[at] = _sum(self._accounts.lines[at], amount)

    def end(self) -> None:
        """Said with the invoices."""


class Transactions:
    """The accounts' rows."""

    def __init__(self, state: State, accounts: Accounts) -> None:
        """Make the columns ready."""
        columns = state.columns["transaction"]
        self._accounts = accounts
        self._invoice, self._amount, self._kind = (columns.one(one) for one in ("invoice_number", "amount", "kind"))
        self._kinds = options("transaction_kind")

    def see(self, row: SourceRecord) -> None:
        at = self._accounts.keys.find(row.values.get(self._invoice, "").strip())
        sign = _PAYING.get(self._kinds.get(word_key(row.values.get(self._kind, "")), ""), 0)
        if at < 0 or not sign:
            return
        amount = cents(row.values.get(self._amount, ""))
        self._accounts.payments[at] += 1
        self._accounts.received[at] = _sum(self._accounts.received[at], None if amount is None else sign * amount)

    def end(self) -> None:
        """Said with the invoices."""


class Balance:
    """Compares, at the end, each invoice with its lines and with what was received for it."""

    def __init__(self, state: State, accounts: Accounts) -> None:
        """Compare what the export has."""
        self._state, self._accounts = state, accounts
        self._has_lines = state.has("invoice_line.amount") and state.has("invoice_line.invoice_number")
        self._has_accounts = state.has("transaction.amount") and state.has("transaction.invoice_number")

    def end(self) -> None:
        """Say it."""
        accounts, columns = self._accounts, self._state.columns["invoice"]
        add = self._state.tally.add_number
        for at in range(len(accounts.keys)):
            row_no, total, lines = accounts.row_no[at], accounts.total[at], accounts.lines[at]
            if not row_no or total == _UNKNOWN:
                continue
            if self._has_lines:
                if not accounts.line_count[at]:
                    if total:
                        add("INVOICE-WITHOUT-LINES", "invoice", row_no)
                elif lines not in {_UNKNOWN, total}:
                    near = abs(lines - total) <= max(_ROUNDING, accounts.line_count[at])
                    add("LINES-BY-CENTS" if near else "LINES-NOT-TOTAL", "invoice", row_no, columns.one("total"))
            paid, received = accounts.paid[at], accounts.received[at]
            # What rounding does to a total it does to its payment.
            known = self._has_accounts and total >= 0 and _UNKNOWN not in {paid, received}
            if known and abs(paid - received) > _ROUNDING:
                add("PAID-NOT-IN-ACCOUNTS", "invoice", row_no, columns.one("paid"))


class Fees:
    """Treatments: the fee and its parts."""

    def __init__(self, state: State) -> None:
        """Make the columns ready."""
        columns = state.columns["treatment"]
        self._tally = state.tally
        names = ("fee", "insurer_share", "patient_share", "supplement")
        self._fee, self._insurer, self._patient, self._supplement = (columns.one(name) for name in names)

    def see(self, row: SourceRecord) -> None:
        values = row.values
        insurer, patient = cents(values.get(self._insurer, "")), cents(values.get(self._patient, ""))
        fee = cents(values.get(self._fee, ""))
        if insurer is None or patient is None or fee is None or insurer + patient == fee:
            return
        # Some count the supplement as part of the fee, or as the patient's.
        supplement = cents(values.get(self._supplement, "")) or 0
        nearest = min((insurer + patient + part - fee for part in (0, supplement, -supplement)), key=abs)
        _differ(self._tally, "FEE", row, self._fee, nearest)

    def end(self) -> None:
        """All is said."""


def _differ(tally: Tally, what: str, row: SourceRecord, header: str, difference: int) -> None:
    if difference:
        tally.add(f"{what}-BY-CENTS" if abs(difference) <= _ROUNDING else f"{what}-NOT-TOTAL", row, header)


def _sum(before: int, amount: int | None) -> int:
    """A sum that is not known once a part of it is not."""
    return _UNKNOWN if amount is None or before == _UNKNOWN else before + amount
