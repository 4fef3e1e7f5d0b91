"""Lines of a map that read one cell as something made of parts, or in another form: names, addresses, codes, teeth."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import cast

from bridgework.belgium import entitlement, nomenclature, teeth
from bridgework.mapping import address_lines, checks, contact, full_names
from bridgework.mapping.draft import Draft
from bridgework.mapping.fields import Column, Fill
from bridgework.mapping.verdicts import VerdictMaker

_WHOLE_NAME = frozenset({"NAME-NOT-SPLIT", "NAME-STUB"})  # of these every word is in the name
_KEEPS_TEXT = frozenset({"text", "note-text", "note-line"})


class ReadingMaker(VerdictMaker):
    """Compiles the lines that read a cell."""

    def name_split(self, column: Column) -> Fill:
        """A FULL_NAME from one cell; the whole cell is kept where a title was left out or an order assumed."""
        field, name, order = column.line.field, column.name, column.settings.names

        def fill(draft: Draft) -> None:
            text = draft.cell(name)
            found = full_names.split(text, order) if text else full_names.FullName("", "")
            draft.values[field] = {"firstName": draft.fit(name, found.first), "lastName": draft.fit(name, found.last)}
            for code in found.codes:
                if code in _WHOLE_NAME:
                    draft.note(code, name)
                else:
                    draft.keep(name, text, code)

        return fill

    def address_split(self, column: Column) -> Fill:
        """An ADDRESS from one cell; what cannot be parted is all in its first line."""
        field, name, read = column.line.field, column.name, self.read
        country = self.options(column.settings.values) if column.settings.values else None

        def fill(draft: Draft) -> None:
            text = read(draft, name)
            if not text:
                return
            parts = address_lines.split(text)
            if parts is None:
                draft.note("ADDRESS-NOT-SPLIT", name)
                parts = {
                    "street": draft.fit(name, ", ".join(line for one in text.splitlines() if (line := one.strip())))
                }
            elif country is not None and "country" in parts:
                parts = {**parts, "country": country(parts["country"]) or parts["country"]}
            draft.values[field] = contact.address_value(parts, "")

        return fill

    def code(self, column: Column) -> Fill:
        """A TEXT with a nomenclature code in six digits, where it is a valid one; else the text as it is."""
        return self._in_another_form(column, _six_digits, "CODE-NORMALISED", checks.CHECKS["nomenclature"])

    def entitlement(self, column: Column) -> Fill:
        """A TEXT with CT1 or CT2; a cell with both is parted where lines take both parts of it."""
        field, name, part = column.line.field, column.name, column.settings.part
        first, check = part == "ct1", checks.CHECKS[part]
        lines = [self.column(line) for line in self.source.all_lines() if line.transform == "entitlement"]
        parted = {one.settings.part for one in lines if one.name == name} == {"ct1", "ct2"}

        def fill(draft: Draft) -> None:
            text = draft.cell(name)
            found = entitlement.pair(text) if parted else None
            if found is not None:
                draft.values[field] = found[0 if first else 1]
                draft.note("ENTITLEMENT-PARTED", name)
            elif text and draft.drops and not checks.is_of_kind(part, text):
                draft.keep(name, text, "NOT-A-CODE")
            elif text and column.line.column is not None:
                draft.values[field] = draft.fit(name, text)
                if doubt := check(text):
                    draft.note(doubt, name)

        return fill

    def tooth(self, column: Column) -> Fill:
        """A TEXT with the FDI numbers of a cell's teeth; a cell that holds anything else stays as it is."""
        notation = self._notation(column)

        def fdi(text: str) -> str | None:
            return _fdi(text, notation)

        def doubt(text: str) -> str | None:
            return "TOOTH-NOT-READ" if fdi(text) is None else None

        return self._in_another_form(column, fdi, "TOOTH-CONVERTED", doubt)

    def tooth_fdi(self, column: Column) -> Fill:
        """A TEXT with the FDI numbers of a cell's teeth, where they are sure; its text is another line's."""
        field, name, notation = column.line.field, column.name, self._notation(column)

        def fill(draft: Draft) -> None:
            text = draft.cell(name)
            if text and (found := _fdi(text, notation)) is not None:
                draft.values[field] = found

        return fill

    def _notation(self, column: Column) -> teeth.Notation:
        """The notation of the column: what its cells show goes before what the map says."""
        return cast("teeth.Notation", self.context.notations.get(self.name, column.settings.notation))

    def _in_another_form(
        self, column: Column, read: Callable[[str], str | None], changed: str, doubt_of: Callable[[str], str | None]
    ) -> Fill:
        """What `read` makes of the cell (None: leave it); a cell that it changed is kept, if no other line does so."""
        field, name, kept = column.line.field, column.name, self._is_kept(column)

        def fill(draft: Draft) -> None:
            text = draft.cell(name)
            if not text:
                return
            if draft.drops and column.line.transform == "code" and not checks.is_of_kind("nomenclature", text):
                draft.keep(name, text, "NOT-A-CODE")
                return
            found = read(text)
            draft.values[field] = draft.fit(name, text if found is None else found)
            if found is not None and found != text:
                if kept:
                    draft.note(changed, name)
                else:
                    draft.keep(name, text, changed)
            if doubt := doubt_of(text):
                draft.note(doubt, name)

        return fill

    def _is_kept(self, column: Column) -> bool:
        """Whether another line loads the same cell word for word."""
        return any(
            line is not column.line and line.transform in _KEEPS_TEXT and self.source.column_of(one) == column.name
            for line in self.source.all_lines()
            for one in ((line.column,) if line.column is not None else line.from_)
        )


@lru_cache(maxsize=4096)
def _six_digits(text: str) -> str | None:
    found = nomenclature.read(text)
    return found.code if found.verdict == "VALID" else None


@lru_cache(maxsize=4096)
def _fdi(text: str, notation: teeth.Notation) -> str | None:
    """The teeth of a cell, where there is nothing but teeth in it and nothing had to be assumed."""
    found = teeth.read(text, notation)
    whole = found.verdict == "TEETH" and not (found.areas or found.supernumerary or found.doubts)
    return ", ".join(found.teeth) if whole else None
