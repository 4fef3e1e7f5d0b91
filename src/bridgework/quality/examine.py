"""Looks at everything that was read from the practice, each row once, and says what is wrong or worth knowing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date

from bridgework.belgium.nomenclature_table import Table
from bridgework.practice.documents import DocumentsFolder
from bridgework.practice.rows import StagedRows
from bridgework.quality.acts import Acts, Teeth
from bridgework.quality.agenda import Agenda
from bridgework.quality.amounts import Amounts
from bridgework.quality.choices import Choices
from bridgework.quality.columns import Columns
from bridgework.quality.contacts import Contacts
from bridgework.quality.dates import Dates, Life
from bridgework.quality.duplicates import Duplicates
from bridgework.quality.files import FileRows, Files
from bridgework.quality.keys import Named, Seen
from bridgework.quality.links import Links
from bridgework.quality.numbers import Numbers
from bridgework.quality.patients import Patients
from bridgework.quality.people import People
from bridgework.quality.providers import Hygienists, Insurers, Providers
from bridgework.quality.registry import checks
from bridgework.quality.state import State, Watch
from bridgework.quality.sums import Accounts, Balance, Fees, InvoiceLines, Invoices, Transactions
from bridgework.quality.tally import STAGE, Tally
from bridgework.quality.texts import Texts
from bridgework.store import Store
from bridgework.store.notes import Finding

# Patients first: what hangs on them is judged by their birth dates.
_ORDER = (
    *("insurer", "provider", "referrer", "patient", "appointment", "treatment"),
    *("invoice", "invoice_line", "transaction", "document", "communication"),
)
_SUMS: Mapping[str, Callable[[State, Accounts], Watch]] = {
    "invoice": Invoices,
    "invoice_line": InvoiceLines,
    "transaction": Transactions,
}
_TOLD_EVERY = 2_000


def examine(
    store: Store,
    concepts: Mapping[str, Mapping[str, str]],
    documents: DocumentsFolder | None = None,
    nomenclature: Table | None = None,
    today: date | None = None,
    *,
    progress: Callable[[int], None] = lambda _: None,
) -> list[Finding]:
    """What is wrong or worth knowing, the gravest first; of stage `quality`, and without a value of any patient.

    `concepts`: object → header → concept (`patient.insz`), of the columns that are understood. `documents`: the folder
    that the rows name files in; None leaves its checks out. `today` is the day of the export. `progress` is told how
    many more rows and files were looked at; it may raise to stop. Checks whose columns are not there are left out, and
    a finding says so.
    """
    rows = StagedRows(store)
    columns = {name: Columns(name, of) for name, of in concepts.items() if "@" not in name}
    state = State(store, rows, Tally(rows), today or date.today(), columns)  # noqa: DTZ011 - the practice's own day
    examination = _Examination(state, documents, nomenclature or Table.builtin(), progress)
    examination.run()
    return [*state.tally.findings(), *_left_out(state, documents)]


class _Examination:
    """Who looks at which rows."""

    def __init__(
        self, state: State, documents: DocumentsFolder | None, table: Table, progress: Callable[[int], None]
    ) -> None:
        self._state, self._documents, self._table, self._progress = state, documents, table, progress
        self._life = Life(state.tally, state.today)
        self._people = People(state.keys("patient"))
        self._accounts: Accounts | None = None
        self._numbers: dict[str, str] = {}
        self._named: list[Seen] = []

    def run(self) -> None:
        for object_ in _ORDER:
            if object_ in self._state.columns:
                self._object(object_)
        self._life.end()
        if "patient" in self._state.columns:
            Duplicates(self._state, self._people).end()
        if self._accounts is not None:
            Balance(self._state, self._accounts).end()
        if self._documents is not None:
            Files(self._state, self._documents, Named(self._named), self._progress).end()

    def _object(self, object_: str) -> None:
        watches = list(self._watches(object_))
        looks = [watch.see for watch in watches]
        for number, row in enumerate(self._state.rows.iterate(object_), 1):
            for see in looks:
                see(row)
            if number % _TOLD_EVERY == 0:
                self._progress(_TOLD_EVERY)
        self._progress(self._state.rows.count(object_) % _TOLD_EVERY)
        for watch in watches:
            watch.end()

    def _watches(self, object_: str) -> Iterator[Watch]:
        state = self._state
        yield Texts(state, object_)
        yield Dates(state, object_, self._life)
        yield Amounts(state, object_)
        yield Choices(state, object_)
        yield Contacts(state, object_)
        yield Numbers(state, object_)
        yield Links(state, object_)
        yield from self._own(object_)
        if self._documents is not None and state.columns[object_].by_transform("file"):
            rows = FileRows(state, object_, self._documents)
            self._named.append(rows.named)
            yield rows

    def _own(self, object_: str) -> Iterator[Watch]:
        state = self._state
        if object_ in {"provider", "referrer"}:
            yield Providers(state, object_, self._numbers)
        elif object_ == "insurer":
            yield Insurers(state)
        elif object_ == "patient":
            yield Patients(state, self._people)
        elif object_ == "appointment":
            yield Agenda(state, self._people)
        elif object_ == "treatment":
            yield from (Acts(state, self._people, self._table), Teeth(state, self._people))
            yield from (Hygienists(state), Fees(state))
        elif object_ in _SUMS and "invoice" in state.columns:
            self._accounts = self._accounts or Accounts(state)
            yield _SUMS[object_](state, self._accounts)


def _left_out(state: State, documents: DocumentsFolder | None) -> Iterator[Finding]:
    """One finding for each column or object that checks would have needed."""
    missing: dict[tuple[str, str], list[str]] = {}
    for check in checks().values():
        for need in check.needs:
            object_, _, name = need.partition(".")
            if need == "documents":
                if documents is None:
                    missing.setdefault(("document", "folder"), []).append(check.code)
            elif not state.has(need):
                alone = object_ if "|" not in need else need.split("|")[0].partition(".")[0]
                missing.setdefault((alone, name if alone in state.columns else ""), []).append(check.code)
    told = checks()["CHECK-LEFT-OUT"]
    for (object_, name), codes in sorted(missing.items()):
        what = f"{told.what}: {', '.join(sorted(set(codes)))}"
        yield Finding(STAGE, told.code, object_, name, told.severity, len(set(codes)), "", what, told.next_step)
