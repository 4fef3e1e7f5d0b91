"""What the date of treatment says of a nomenclature code, and how the codes of a practice drifted over the years.

A code is judged by the day of the treatment, never by today, and never rewritten: a code that was abolished since is
right in a record from before. The order of the verdicts is that of what a person would look at first; what else is
worth knowing stands in `also`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Literal

from bridgework.belgium import nomenclature
from bridgework.belgium.nomenclature_table import Entry, Placed, Table

Verdict = Literal[
    "EMPTY",
    "NOT_A_CODE",
    "SEVERAL",
    "INVALID_CHECK",
    "UNKNOWN_CODE",
    "NO_DATE",
    "NOT_YET_VALID",
    "ABOLISHED",
    "GAP",
    "AGE_SERIES_MISMATCH",
    "HOSPITAL_VARIANT",
    "VALID",
]

# The limit between the series moved from the 18th to the 19th birthday (present in 2025; the day is not known), and a
# treatment may run on past a birthday: a year on either side is left in peace.
_SURELY_CHILD, _SURELY_ADULT = 17, 20
_LIMITS = (18, 19)

_READ: dict[nomenclature.Verdict, Verdict] = {
    "EMPTY": "EMPTY",
    "NOT_A_CODE": "NOT_A_CODE",
    "SEVERAL": "SEVERAL",
    "WRONG_CHECK": "INVALID_CHECK",
}
_PLACED: dict[Placed, Verdict] = {"IN": "VALID", "BEFORE": "NOT_YET_VALID", "AFTER": "ABOLISHED", "BETWEEN": "GAP"}


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict on one cell, and the code(s) in it.

    `sure` is False where an end that no source tells was taken for open, or the patient's age is near the limit.
    `valid_on_date`: True or False where the table knows, else None.
    """

    verdict: Verdict
    code: str = ""
    codes: tuple[str, ...] = ()
    also: tuple[Verdict, ...] = ()
    sure: bool = True
    valid_on_date: bool | None = None


def classify(text: str, on: date | None, birth_date: date | None, table: Table) -> Judgement:
    """Judge a cell by the day of the treatment. Without a birth date nothing is said of the age series."""
    undated, entry = _undated(text, table)
    if entry is None or on is None:
        return undated
    placed, known = entry.place(on)
    verdict, sure, also = _PLACED[placed], known, undated.also
    if birth_date is not None:
        fits, certain = _fits_age(entry, on, birth_date, table)
        sure = sure and certain
        if not fits:
            also = ("AGE_SERIES_MISMATCH", *also)
    if verdict == "VALID" and also:
        verdict, also = also[0], also[1:]
    return Judgement(verdict, undated.code, undated.codes, also, sure, placed == "IN" if known else None)


@lru_cache(maxsize=4096)
def _undated(text: str, table: Table) -> tuple[Judgement, Entry | None]:
    """What can be said without a date, and the table's entry where the date decides the rest."""
    reading = nomenclature.read(text)
    if reading.verdict != "VALID":
        return Judgement(_READ[reading.verdict], reading.code, reading.codes), None
    entry = table.entry(reading.code)
    hospital = nomenclature.is_hospital_variant(reading.code)
    if entry is not None and entry.code == reading.code and entry.hospital is not None:
        hospital = entry.hospital
    verdict: Verdict = "UNKNOWN_CODE" if entry is None else "NO_DATE"
    return Judgement(verdict, reading.code, reading.codes, ("HOSPITAL_VARIANT",) if hospital else ()), entry


def age_on(birth_date: date, on: date) -> int:
    """Years completed; negative before birth. Born on 29 February: a year older on 1 March."""
    return on.year - birth_date.year - ((on.month, on.day) < (birth_date.month, birth_date.day))


def _fits_age(entry: Entry, on: date, birth_date: date, table: Table) -> tuple[bool, bool]:
    """Whether the series fits the patient's age, and whether that is sure.

    An adults' code is one that no child has where the table says so, or knows the children's code of the same act.
    """
    age = age_on(birth_date, on)
    doubtful = min(_LIMITS) <= age < max(_LIMITS)
    series = nomenclature.series(entry.code)
    if entry.ages == "any" or series == "OTHER":
        return True, True
    if series == "CHILD":
        return age < _SURELY_ADULT, not doubtful
    only_adults = entry.ages == "adult" or (entry.ages == "" and f"37{entry.code[2:]}" in table)
    return not (only_adults and age < _SURELY_CHILD), not (only_adults and doubtful)


@lru_cache(maxsize=1024)
def suggestions(code: str, table: Table) -> tuple[str, ...]:
    """Codes of the table that differ from six digits by one digit or by two neighbours swapped.

    Never a correction; and never a hospital code, which no practice means.
    """
    if len(code) != 6 or not (code.isascii() and code.isdigit()):
        return ()
    near = {code[:i] + digit + code[i + 1 :] for i in range(6) for digit in "0123456789"}
    near |= {code[:i] + code[i + 1] + code[i] + code[i + 2 :] for i in range(5)}
    return tuple(sorted(one for one in near - {code} if _may_be_meant(one) and one in table))


def _may_be_meant(code: str) -> bool:
    return nomenclature.is_valid(code) and not nomenclature.is_hospital_variant(code)


@dataclass(slots=True)
class CodeUse:
    """How a practice used one code: rows, first and last day, rows by verdict, the successor where it is known."""

    code: str
    rows: int = 0
    first: date | None = None
    last: date | None = None
    verdicts: Counter[Verdict] = field(default_factory=Counter)
    unsure: int = 0
    replacement: str = ""
    suggestions: tuple[str, ...] = ()

    @property
    def after_abolition(self) -> int:
        """Rows with a date on which the code was no longer valid."""
        return self.verdicts["ABOLISHED"]


class DriftReport:
    """Adds up the cells of a practice; memory grows with the different codes, not with the rows."""

    def __init__(self, table: Table) -> None:
        """Judge by this table."""
        self.table = table
        self.verdicts: Counter[Verdict] = Counter()
        self._codes: dict[str, CodeUse] = {}

    def add(self, text: str, on: date | None, birth_date: date | None = None) -> Judgement:
        """Count a cell; its verdict. A cell with several codes counts once, as SEVERAL."""
        found = classify(text, on, birth_date, self.table)
        self.verdicts[found.verdict] += 1
        if found.code:
            self._use(found, on)
        return found

    def _use(self, found: Judgement, on: date | None) -> None:
        use = self._codes.get(found.code)
        if use is None:
            use = self._codes[found.code] = CodeUse(found.code)
        use.rows += 1
        use.unsure += not found.sure
        use.verdicts[found.verdict] += 1
        if on is not None:
            use.first = on if use.first is None or on < use.first else use.first
            use.last = on if use.last is None or on > use.last else use.last

    def codes(self) -> Iterator[CodeUse]:
        """Each code that was used, in order, with its replacement; for a wrong check digit, what it may have been."""
        for code in sorted(self._codes):
            use = self._codes[code]
            entry = self.table.entry(code)
            use.replacement = entry.successor if entry else ""
            use.suggestions = suggestions(code, self.table) if use.verdicts["INVALID_CHECK"] else ()
            yield use
