"""Several ways of writing in one column: counts the forms, and says how many cells are not in the usual one."""

from __future__ import annotations

from dataclasses import dataclass

from bridgework.practice.rows import SourceRecord
from bridgework.quality.tally import Tally

_MOST_FORMS = 200


@dataclass(slots=True)
class _Form:
    count: int
    file: str
    line: int
    row_no: int


class Forms:
    """The forms of one column."""

    def __init__(self, tally: Tally, code: str, object_: str, header: str) -> None:
        """Say `code` where there is more than one form."""
        self._tally, self._code, self._object, self._header = tally, code, object_, header
        self._forms: dict[str, _Form] = {}

    def add(self, form: str, row: SourceRecord) -> None:
        """Count one cell."""
        one = self._forms.get(form)
        if one is not None:
            one.count += 1
        elif len(self._forms) < _MOST_FORMS:
            self._forms[form] = _Form(1, row.file, row.line, row.row_no)
        else:
            self._forms[""] = _Form(1, row.file, row.line, row.row_no)

    def end(self) -> None:
        """Count all cells that are not in the commonest form."""
        ranked = sorted(self._forms.items(), key=lambda one: (-one[1].count, one[1].row_no))
        if len(ranked) < 2:
            return
        others = sorted((one for _, one in ranked[1:]), key=lambda one: one.row_no)
        example, count = f"{others[0].file}:{others[0].line}", sum(one.count for one in others)
        self._tally.add_other(self._code, self._object, self._header, example, count)
        shown = ", ".join(f"{form} ×{one.count:,}" for form, one in ranked[:6])
        self._tally.detail(self._code, self._object, self._header, shown, more=True)
