"""Lines of a map that fill text: plain fields, titles, note bodies, files; compiled like those in `fields`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from bridgework.mapping import checks, markdown
from bridgework.mapping.day_lines import DayMaker
from bridgework.mapping.draft import Draft
from bridgework.mapping.fields import Column, Fill
from bridgework.mapping.files import file_ref, is_left_out
from bridgework.mapping.target import LONGEST_TEXT

Piece = Callable[[Draft], str]


class TextMaker(DayMaker):
    """Compiles the lines that fill text."""

    def shown(self, column: str, lookup: str | None) -> Piece:
        """The cell; with the name of the record whose key it is, where the directory has one: `An Janssens (7)`."""
        if lookup is None:
            return lambda draft: draft.cell(column)
        names = {key: self.context.person_name(lookup, key) for key in self.context.directory.get(lookup, {})}

        def piece(draft: Draft) -> str:
            text = draft.cell(column)
            name = names.get(text)
            return f"{name} ({text})" if name else text

        return piece

    def text(self, columns: Sequence[Column]) -> Fill:
        """A TEXT from one cell, or from several that are joined."""
        if len(columns) == 1 and columns[0].settings.join is None:
            return self._single(columns[0])
        pieces = [(one, self.shown(one.name, one.settings.lookup)) for one in columns]
        field = columns[0].line.field

        def fill(draft: Draft) -> None:
            for one, piece in pieces:
                if text := piece(draft):
                    shown = f"{one.name}: {text}" if one.settings.headed else text
                    before = draft.values.get(field)
                    joined = shown if before is None else f"{before}{one.settings.join}{shown}"
                    draft.values[field] = draft.fit(one.name, joined)

        return fill

    def _single(self, column: Column) -> Fill:
        field, name, headed = column.line.field, column.name, column.settings.headed
        piece = self.shown(name, column.settings.lookup)
        kind = column.settings.check
        check = checks.CHECKS[kind] if kind else None
        others = [found for one in column.settings.otherwise if (found := self.source.column_of(one))]

        def fill(draft: Draft) -> None:
            if text := piece(draft):
                if draft.drops and kind and not checks.is_of_kind(kind, text):
                    draft.keep(name, text, "NOT-A-CODE")
                    return
                draft.values[field] = draft.fit(name, f"{name}: {text}" if headed else text)
                if check is not None and (doubt := check(text)):
                    draft.note(doubt, name)
                return
            for other in others:
                if text := draft.cell(other):
                    draft.values[field] = draft.fit(other, text)
                    return

        return fill

    def title(self, column: Column) -> Fill:
        """Cells joined into a title."""
        field, join, otherwise = column.line.field, column.settings.join, column.settings.otherwise
        names = column.columns

        def fill(draft: Draft) -> None:
            texts = [text for name in names if (text := draft.cell(name))]
            draft.values[field] = join.join(texts)[:LONGEST_TEXT] or otherwise

        return fill

    def file(self, column: Column) -> Fill:
        """A file's name; the file itself is for a step of its own, unless the map leaves it out."""
        field, name, without = column.line.field, column.name, column.settings.without
        left_out = self._leaves_out(without)

        def fill(draft: Draft) -> None:
            if text := draft.cell(name):
                draft.values[field] = draft.fit(name, text)
                if left_out(draft, text):
                    draft.note("IMAGE-LEFT-OUT", name)
                else:
                    draft.file = file_ref(text, without)

        return fill

    def _leaves_out(self, without: Collection[str]) -> Callable[[Draft, str], bool]:
        """Whether a file that a cell names is left out, by its name or by the category that the same row gives it."""
        line = self.source.line_for(f"{self.name}.category")
        if line is None or line.column is None:
            return lambda _, text: is_left_out(text, without)
        column, option = line.column, self.options(line.with_.get("values") or "document_category")
        return lambda draft, text: is_left_out(text, without, option(draft.cell(column)))

    def body(self, columns: Sequence[Column]) -> Fill:
        """A RICH_TEXT: paragraphs of text, lines `Header: text`, and the link to a file, in the order of the map."""
        field = columns[0].line.field
        pieces = [(one.name, self._paragraph(one)) for one in columns]

        def fill(draft: Draft) -> None:
            found = [(name, text) for name, piece in pieces if (text := piece(draft))]
            markdown_text = "\n\n".join(text for _, text in found)
            if found:
                draft.values[field] = {"markdown": draft.fit(found[0][0], markdown_text)}

        return fill

    def _paragraph(self, column: Column) -> Piece:
        if column.line.transform == "file-link":
            return self._file_link(column)
        piece = self.shown(column.name, getattr(column.settings, "lookup", None))
        head = f"{markdown.escape(column.name)}: " if column.line.transform == "note-line" else ""

        def paragraph(draft: Draft) -> str:
            text = piece(draft)
            return f"{head}{markdown.escape(text)}" if text else ""

        return paragraph

    def _file_link(self, column: Column) -> Piece:
        name, owner = column.columns
        object_ = column.settings.object
        target = self.document.sources[object_].record or ""
        record_id, url = self.context.record_id, self.context.workspace_url.rstrip("/")
        files = (self.column(line) for line in self.source.all_lines() if line.transform == "file")
        left_out = self._leaves_out(next((one.settings.without for one in files if one.name == name), ()))

        def paragraph(draft: Draft) -> str:
            text, key = draft.cell(name), draft.cell(owner)
            if not text:
                return ""
            if not key or left_out(draft, text):  # there is no file to link to
                return markdown.escape(text)
            return markdown.link(text, f"{url}/object/{target}/{record_id(target, object_, key)}#files")

        return paragraph
