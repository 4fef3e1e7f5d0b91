"""Treatments: their codes by the date of treatment, their teeth, and whether the patient could have had them."""

from __future__ import annotations

from collections import Counter
from datetime import date

from bridgework.belgium import drift, teeth
from bridgework.belgium.nomenclature_table import Interval, Table
from bridgework.mapping.words import word_key
from bridgework.practice.rows import SourceRecord
from bridgework.quality.days import DayColumn
from bridgework.quality.people import People
from bridgework.quality.state import State, options
from bridgework.quality.texts import is_nothing

_DRIFT: dict[drift.Verdict, str] = {
    "INVALID_CHECK": "DRIFT-WRONG-CHECK",
    "UNKNOWN_CODE": "DRIFT-UNKNOWN",
    "NOT_YET_VALID": "DRIFT-NOT-YET",
    "ABOLISHED": "DRIFT-ABOLISHED",
    "GAP": "DRIFT-GAP",
    "AGE_SERIES_MISMATCH": "DRIFT-AGE-SERIES",
    "HOSPITAL_VARIANT": "DRIFT-HOSPITAL",
    "SEVERAL": "DRIFT-SEVERAL",
    "NOT_A_CODE": "DRIFT-PRIVATE",
}
_DATED = frozenset({"NOT_YET_VALID", "ABOLISHED", "GAP"})
_SHOWN_CODES, _SHOWN_FROM = 8, 3
# Teeth must be coded for listed acts since then (Regulation of 19-9-2011): among them fillings and root canals.
_TEETH_CODED_FROM = date(2012, 1, 1).toordinal()
_NEEDS_TOOTH = ("304", "374")
# Codes that say how many surfaces were filled; the last means three or more.
_SURFACES = {"4371": (1, 1), "4393": (2, 2), "4415": (3, 9)}
_MILK_TOOTH = frozenset("5678")
_GROWN, _NO_INCISOR_YET = 20, 4
_MIXED = 0.02
_NOTATIONS = frozenset({"FDI", "UNIVERSAL", "PALMER"})
_MOST_CELLS = 20_000
_YEAR = 365.25


class Acts:
    """The treatments' rows: code, dates, patient."""

    def __init__(self, state: State, people: People, table: Table) -> None:
        """Judge codes by this table."""
        columns = state.columns["treatment"]
        self._tally, self._people, self._report = state.tally, people, drift.DriftReport(table)
        self._code, self._date, self._status = (columns.one(name) for name in ("code", "date", "status"))
        self._patient = columns.one("patient_number")
        self._days = DayColumn(state.today, past=True)
        self._today = state.today.toordinal()
        self._planned = {word for word, option in options("treatment_status").items() if option == "PLANNED"}

    def see(self, row: SourceRecord) -> None:
        values = row.values
        at = self._people.came(values.get(self._patient, "").strip(), treated=True)
        ordinal = self._days.read(values.get(self._date, "")).ordinal
        born = self._people.born[at] if at >= 0 else 0
        text = values.get(self._code, "").strip()
        if text and not is_nothing(text):
            self._drift(row, text, ordinal, born)
        if not ordinal:
            return
        if ordinal > self._today and word_key(values.get(self._status, "")) not in self._planned:
            self._tally.add("TREATED-IN-FUTURE", row, self._date)
        if born and ordinal < born:
            self._tally.add("BEFORE-BIRTH", row, self._date)
        if at >= 0 and 0 < self._people.died[at] < ordinal:
            self._tally.add("AFTER-DEATH", row, self._date)

    def _drift(self, row: SourceRecord, text: str, ordinal: int, born: int) -> None:
        on = date.fromordinal(ordinal) if ordinal else None
        found = self._report.add(text, on, date.fromordinal(born) if born and on else None)
        for verdict in (found.verdict, *found.also):
            if code := _DRIFT.get(verdict):
                self._tally.add(code, row, self._code, text)

    def end(self) -> None:
        """Say which codes, where the table knows them or many rows have them: codes are public, and no patient's."""
        by_code: dict[str, list[tuple[int, str]]] = {}
        for use in self._report.codes():
            for verdict, count in use.verdicts.items():
                if verdict in _DRIFT and verdict != "INVALID_CHECK" and count >= _SHOWN_FROM:
                    by_code.setdefault(_DRIFT[verdict], []).append((count, self._told(use, verdict, count)))
        for code, uses in by_code.items():
            shown = [text for _, text in sorted(uses, key=lambda one: (-one[0], one[1]))]
            more = f"; and {len(shown) - _SHOWN_CODES} more" if len(shown) > _SHOWN_CODES else ""
            self._tally.detail(code, "treatment", self._code, "; ".join(shown[:_SHOWN_CODES]) + more)

    def _told(self, use: drift.CodeUse, verdict: drift.Verdict, count: int) -> str:
        """`371556 ×39 (valid until 2018-01-31; used 2011 to 2026; now 371615)`: a day could be a patient's."""
        facts = []
        entry = self._report.table.entry(use.code)
        if entry is not None and verdict in _DATED:
            facts.append("valid " + " and ".join(_span(one) for one in entry.intervals))
        if use.first and use.last:
            facts.append(f"used {use.first.year} to {use.last.year}")
        if use.replacement and verdict == "ABOLISHED":
            facts.append(f"now {use.replacement}")
        return f"{use.code} ×{count:,} ({'; '.join(facts)})" if facts else f"{use.code} ×{count:,}"


def _span(one: Interval) -> str:
    begin, end = (f"from {one.begin}" if one.begin else ""), (f"until {one.end}" if one.end else "")
    return " ".join(part for part in (begin, end) if part) or "always"


class Teeth:
    """The teeth and surfaces of treatments."""

    def __init__(self, state: State, people: People) -> None:
        """Make the columns ready."""
        columns = state.columns["treatment"]
        self._tally, self._people = state.tally, people
        self._tooth, self._surface = columns.one("tooth"), columns.one("surface")
        self._code, self._date, self._patient = (columns.one(one) for one in ("code", "date", "patient_number"))
        self._days = DayColumn(state.today, past=True)
        self._cells: dict[str, list[int]] = {}

    def see(self, row: SourceRecord) -> None:
        values = row.values
        text = values.get(self._tooth, "").strip()
        code = values.get(self._code, "").strip().replace(".", "")
        if text and not is_nothing(text):
            self._look(row, text)
        elif self._tooth and code.startswith(_NEEDS_TOOTH) and len(code) == 6:
            self._missing(row)
        surface = values.get(self._surface, "").strip()
        if surface and not is_nothing(surface):
            self._surfaces(row, surface, code)

    def _look(self, row: SourceRecord, text: str) -> None:
        """Remember how often a cell is there, and where first: there are few different ones."""
        known = self._cells.get(text)
        if known is not None:
            known[0] += 1
        elif len(self._cells) < _MOST_CELLS:
            self._cells[text] = [1, row.row_no]
        if text in teeth.FDI:
            self._age(row, text)

    def _age(self, row: SourceRecord, tooth: str) -> None:
        """A milk tooth of a grown-up, or a second incisor of a toddler: a typing error or another notation."""
        milk = tooth[0] in _MILK_TOOTH
        if not milk and tooth[1] not in "12":
            return
        at = self._people.keys.find(row.values.get(self._patient, "").strip())
        ordinal = self._days.read(row.values.get(self._date, "")).ordinal
        if at < 0 or not ordinal or not self._people.born[at]:
            return
        age = (ordinal - self._people.born[at]) / _YEAR
        if (milk and age > _GROWN) or (not milk and 0 <= age < _NO_INCISOR_YET):
            self._tally.add("TOOTH-AND-AGE", row, self._tooth)

    def _missing(self, row: SourceRecord) -> None:
        if self._days.read(row.values.get(self._date, "")).ordinal >= _TEETH_CODED_FROM:
            self._tally.add("TOOTH-MISSING", row, self._tooth)

    def _surfaces(self, row: SourceRecord, surface: str, code: str) -> None:
        found = teeth.canonical_surfaces(surface)
        if found is None:
            self._tally.add("SURFACES-UNREADABLE", row, self._surface, surface)
            return
        bounds = _SURFACES.get(code[2:]) if code.startswith(("30", "37")) else None
        if bounds and not bounds[0] <= len(found) <= bounds[1]:
            self._tally.add("SURFACES-AND-CODE", row, self._surface)

    def end(self) -> None:
        """Judge the cells by the notation that the column shows; one that shows none is taken for FDI."""
        telling: Counter[teeth.Notation] = Counter()
        for text, (count, _) in self._cells.items():
            if (notation := teeth.notation_of([text])) in _NOTATIONS:
                telling[notation] += count
        best: teeth.Notation = telling.most_common(1)[0][0] if telling else "FDI"
        mixed = telling[best] < telling.total() * (1 - _MIXED)
        for text, (count, row_no) in self._cells.items():
            if code := _cell_code(text, best, mixed=mixed):
                self._tally.add_number(code, "treatment", row_no, self._tooth, count)
            elif best != "FDI":
                self._tally.add_number("TEETH-NOT-FDI", "treatment", row_no, self._tooth, count)
        shown = ", ".join(f"{notation} ×{count:,}" for notation, count in telling.most_common())
        for code in ("TEETH-MIXED", "TOOTH-IN-OTHER-NOTATION", "TEETH-NOT-FDI"):
            self._tally.detail(code, "treatment", self._tooth, shown)


def _cell_code(text: str, notation: teeth.Notation, *, mixed: bool) -> str:
    """What is odd about a cell in a column of that notation."""
    own = teeth.notation_of([text])
    if own in _NOTATIONS and own != notation:
        return "TEETH-MIXED" if mixed else "TOOTH-IN-OTHER-NOTATION"
    if teeth.read(text, notation).verdict in {"NOT_READ", "PARTLY"}:
        return "TOOTH-UNREADABLE"
    return "" if text in teeth.FDI | teeth.UNIVERSAL or own == "PALMER" else "TOOTH-WITH-MORE"
