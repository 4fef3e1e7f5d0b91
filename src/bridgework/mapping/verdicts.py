"""Lines of a map that say beside a number or a code what it is worth. The number and the code stay as they are.

A status depends on the record's own row and on the nomenclature's table, on nothing else: not on the day of the load,
and not on the patient's birth date, which stands in another row (whose correction would change records of rows that did
not change). Whether a code fits the patient's age is a finding of the audit.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import lru_cache

from bridgework.belgium import drift, insz, riziv
from bridgework.mapping.draft import Draft
from bridgework.mapping.fields import Column, Fill
from bridgework.mapping.links import LinkMaker

_CODE: dict[drift.Verdict, str] = {
    "NOT_A_CODE": "PRIVATE",
    "SEVERAL": "SEVERAL",
    "INVALID_CHECK": "WRONG_CHECK",
    "UNKNOWN_CODE": "UNKNOWN",
    "NO_DATE": "NO_DATE",
    "NOT_YET_VALID": "NOT_YET_VALID",
    "ABOLISHED": "ABOLISHED",
    "GAP": "GAP",
    "HOSPITAL_VARIANT": "HOSPITAL_VARIANT",
    "VALID": "VALID",
}


class VerdictMaker(LinkMaker):
    """Compiles the lines that judge."""

    def number_status(self, column: Column) -> Fill:
        """What an INSZ or a RIZIV number is; MISSING where the cell is empty or holds a word for nothing known."""
        field, name, placeholders = column.line.field, column.name, self.placeholders
        status = _NUMBERS[column.settings.kind]

        def fill(draft: Draft) -> None:
            text = draft.cell(name)
            draft.values[field] = status(text) if text and text.casefold() not in placeholders else "MISSING"

        return fill

    def code_status(self, column: Column) -> Fill:
        """What a nomenclature code is on the day of the treatment; nothing where there is no code."""
        field, judge = column.line.field, self._judge(column)

        def fill(draft: Draft) -> None:
            if (status := _CODE.get(judge(draft).verdict)) is not None:
                draft.values[field] = status

        return fill

    def code_valid(self, column: Column) -> Fill:
        """Whether a code was valid on that day; nothing where the table does not know both ends of its validity."""
        field, judge = column.line.field, self._judge(column)

        def fill(draft: Draft) -> None:
            if (valid := judge(draft).valid_on_date) is not None:
                draft.values[field] = valid

        return fill

    def code_table(self, column: Column) -> Fill:
        """By which table a code was judged; nothing where there is no code."""
        field, name, version = column.line.field, column.name, self.context.nomenclature.version

        def fill(draft: Draft) -> None:
            if draft.cell(name):
                draft.values[field] = version

        return fill

    def _judge(self, column: Column) -> Callable[[Draft], drift.Judgement]:
        name, day, table = column.name, column.settings.date, self.context.nomenclature

        @lru_cache(maxsize=4096)
        def judged(text: str, on: str | None) -> drift.Judgement:
            return drift.classify(text, date.fromisoformat(on) if on else None, None, table)

        return lambda draft: judged(draft.cell(name), draft.values.get(day))


def _insz_status(text: str) -> str:
    found = insz.read(text)
    if found.number is None:
        return "INVALID"
    return "REPAIRED" if found.repairs else "BIS" if found.number.kind == "BIS" else "VALID"


def _riziv_status(text: str) -> str:
    found = riziv.read(text)
    return found.verdict if found.number is not None else "INVALID"


_NUMBERS: dict[str, Callable[[str], str]] = {"insz": _insz_status, "riziv": _riziv_status}
