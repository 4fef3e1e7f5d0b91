"""Patients one by one: the national number, names, entitlement, mutuality; and what is remembered of them."""

from __future__ import annotations

import re
from datetime import date

from bridgework.belgium import entitlement, insz, mutualities, nomenclature, riziv
from bridgework.mapping import cells
from bridgework.mapping.contact import phones_in
from bridgework.mapping.words import squash, word_key
from bridgework.practice.rows import SourceRecord
from bridgework.quality.days import DayColumn
from bridgework.quality.people import People, mark, plain, whole_name
from bridgework.quality.state import State, options
from bridgework.quality.texts import is_nothing

_TEST_WORDS = frozenset({"test", "demo", "dummy", "proef", "essai", "testpatient"})
_NEW_WORDS = frozenset({"patient", "nieuw", "nieuwe", "new", "nouveau", "nouvelle", "onbekend", "inconnu", "unknown"})
_INSZ_CODES = {
    "REPAIRED": "INSZ-FROM-SPREADSHEET",
    "DIGITS_LOST": "INSZ-DIGITS-LOST",
    "WRONG_CHECK": "INSZ-WRONG",
    "WRONG_LENGTH": "INSZ-WRONG",
    "NOT_A_NUMBER": "INSZ-WRONG",
}
_MUTUALITY_CODES = {
    "IMPOSSIBLE": "MUTUALITY-UNKNOWN",
    "UNKNOWN_NAME": "MUTUALITY-UNKNOWN",
    "CONFLICT": "MUTUALITY-OTHER-UNION",
}
# What a patient has who is more than a name and a phone number.
_KNOWN_BY = (
    *("birth_date", "insz", "street", "postal_code", "email", "insurer_number", "membership_number", "last_visit"),
    *("medical_history", "provider_number"),
)
_YES = frozenset(word.casefold() for word in cells.YES)
_NO = frozenset(word.casefold() for word in cells.NO)
_CODED = re.compile(r"\d{6}")
_ENOUGH_COLUMNS = 3
_SHOWN_YEARS = 8


class Patients:
    """The patients' own rows."""

    def __init__(self, state: State, people: People) -> None:
        """Make the columns ready."""
        columns = state.columns["patient"]
        self._tally, self._people = state.tally, people
        self._one = {name: columns.one(name) for name in columns.names()}
        self._known_by = columns.many(_KNOWN_BY)
        self._born, self._died = (DayColumn(state.today, past=True) for _ in range(2))
        self._visited = DayColumn(state.today, past=True)
        self._today = state.today.toordinal()
        self._sexes = options("sex")
        self._kinds: dict[str, int] = {"provider": 0, "code": 0, "other": 0}
        self._without: dict[int, int] = {}
        self._seen: dict[int, int] = {}

    def _cell(self, row: SourceRecord, name: str) -> str:
        header = self._one.get(name)
        text = row.values.get(header, "").strip() if header else ""
        return "" if is_nothing(text) else text

    def see(self, row: SourceRecord) -> None:
        at = self._people.keys.find(row.key)
        last, first = self._cell(row, "last_name"), self._cell(row, "first_name")
        real = self._name(row, last, first)
        said = self._birth(row)
        number = self._insz(row, said)
        # Where the birth date does not tell, or not its century, a valid number does.
        born = said or (number.birth_date.toordinal() if number and number.birth_date else 0)
        self._entitlement(row)
        self._mutuality(row)
        self._riziv(row)
        if at >= 0:
            self._remember(at, row, (last, first) if real else ("", ""), born, number)

    def end(self) -> None:
        header = self._one.get("insz", "")
        shares = [
            f"{year}: {100 * self._without.get(year, 0) / self._seen[year]:.0f} %"
            for year in sorted(self._seen)
            if year
        ]
        if shares:
            text = f"of those last seen in {', '.join(shares[-_SHOWN_YEARS:])}"
            self._tally.detail("INSZ-MISSING", "patient", header, text)

    # --- names -----------------------------------------------------------------------------------------------------

    def _name(self, row: SourceRecord, last: str, first: str) -> bool:
        """Look at the name; whether it is one of a person."""
        words = set(f"{plain(last)} {plain(first)}".split())
        header = self._one.get("last_name", "")
        if words and words <= _TEST_WORDS:
            self._tally.add("TEST-PATIENT", row, header)
            return False
        if words and words <= _NEW_WORDS:
            self._tally.add("PATIENT-WITHOUT-NAME", row, header)
            return False
        if not words:
            self._tally.add("PATIENT-WITHOUT-NAME", row, header)
        elif not first and " " in last and "first_name" in self._one:
            self._tally.add("NAME-IN-ONE-CELL", row, header)
        elif last.isupper() and len(last) > 2:
            self._tally.add("NAME-IN-CAPITALS", row, header)
        return True

    # --- the national number -----------------------------------------------------------------------------------------

    def _birth(self, row: SourceRecord) -> int:
        """The birth date's ordinal, 0 where there is none to rely on."""
        day = self._born.read(row.values.get(self._one.get("birth_date", ""), ""))
        return day.ordinal if 0 < day.ordinal <= self._today else 0

    def _insz(self, row: SourceRecord, born: int) -> insz.Insz | None:
        header = self._one.get("insz", "")
        if not header:
            return None
        text = self._cell(row, "insz")
        year = self._last_seen(row)
        self._seen[year] = self._seen.get(year, 0) + 1
        if not text:
            self._without[year] = self._without.get(year, 0) + 1
            self._tally.add("INSZ-MISSING", row, header)
            return None
        found = insz.read(text)
        if code := _INSZ_CODES.get(found.verdict):
            self._tally.add(code, row, header, text)
        if found.number is not None:
            if found.number.kind == "BIS":
                self._tally.add("BIS-NUMBER", row, header)
            self._conflicts(row, header, found.number, born)
        return found.number

    def _conflicts(self, row: SourceRecord, header: str, number: insz.Insz, born: int) -> None:
        option = self._sexes.get(word_key(self._cell(row, "sex")))
        sex: insz.Sex | None = "M" if option == "MALE" else "F" if option == "FEMALE" else None
        birth_date = date.fromordinal(born) if born else None
        for what in insz.conflicts(number, birth_date=birth_date, sex=sex):
            self._tally.add(f"INSZ-AND-{what.replace('_', '-')}", row, header)

    def _last_seen(self, row: SourceRecord) -> int:
        day = self._visited.read(row.values.get(self._one.get("last_visit", ""), ""))
        return date.fromordinal(day.ordinal).year if day.ordinal else 0

    # --- insurance -------------------------------------------------------------------------------------------------

    def _entitlement(self, row: SourceRecord) -> None:
        pair = entitlement.pair(self._cell(row, "ct1")) if "ct2" not in self._one else None
        for name, known in (("ct1", entitlement.is_ct1), ("ct2", entitlement.is_ct2)):
            text = self._cell(row, name)
            if not text or pair or known(text):
                continue
            code = "CT-LOST-ZEROS" if len(text) < 3 and known(text.zfill(3)) else "CT-UNKNOWN"
            self._tally.add(code, row, self._one[name], text)
        raised = entitlement.increased_reimbursement(pair[0] if pair else self._cell(row, "ct1"))
        said = self._cell(row, "increased_allowance").casefold()
        if raised is not None and ((said in _YES and not raised) or (said in _NO and raised)):
            self._tally.add("CT-AND-ALLOWANCE", row, self._one["increased_allowance"])

    def _mutuality(self, row: SourceRecord) -> None:
        text = self._cell(row, "insurer_number")
        if text:
            for code in mutuality_codes(text):
                self._tally.add(code, row, self._one["insurer_number"], text)

    # --- a column headed RIZIV ---------------------------------------------------------------------------------------

    def _riziv(self, row: SourceRecord) -> None:
        text = self._cell(row, "riziv_code")
        if not text:
            return
        header = self._one["riziv_code"]
        if riziv.read(text).number is not None:
            self._tally.add("RIZIV-OF-PROVIDERS", row, header, text)
        elif nomenclature.read(text).verdict not in {"VALID", "SEVERAL"}:
            self._tally.add("RIZIV-UNCLEAR", row, header, text)

    # --- what is remembered ------------------------------------------------------------------------------------------

    def _remember(self, at: int, row: SourceRecord, name: tuple[str, str], born: int, number: insz.Insz | None) -> None:
        people, (last, first) = self._people, name
        people.row_no[at] = row.row_no
        people.born[at] = born
        died = self._died.read(row.values.get(self._one.get("deceased_on", ""), "")).ordinal
        people.died[at] = died if died <= self._today else 0
        people.name[at] = mark(whole_name(last, first))
        people.last[at] = mark(plain(last).replace(" ", ""))
        people.first[at] = mark(plain(first).replace(" ", ""))
        people.insz[at] = mark(number.digits) if number else 0
        phone = self._cell(row, "mobile")
        numbers = phones_in(phone).numbers if phone else ()
        people.phone[at] = mark(numbers[0][0]) if numbers else 0
        parts = [squash(self._cell(row, part)) for part in ("street", "house_number", "box", "postal_code")]
        people.address[at] = mark("/".join(parts)) if parts[0] and parts[3] else 0
        if len(self._known_by) >= _ENOUGH_COLUMNS:
            known = (row.values.get(header, "").strip() for header in self._known_by)
            people.bare[at] = bool((last or first) and not any(text and not is_nothing(text) for text in known))


def mutuality_codes(text: str) -> list[str]:
    """What is odd about a cell with a mutuality: its number, its name, or both."""
    code = _MUTUALITY_CODES.get(mutualities.read(text).verdict)
    return [code] if code else []
