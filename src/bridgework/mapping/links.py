"""Lines of a map that link a record to others: by the key of another source record, or to a member of the workspace."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from bridgework.mapping import contact
from bridgework.mapping.draft import Draft
from bridgework.mapping.fields import Column, Fill
from bridgework.mapping.target import Reference
from bridgework.mapping.texts import TextMaker
from bridgework.mapping.words import squash

_LEADING_CODE = re.compile(r"(\d{3})(?!\d)")


class LinkMaker(TextMaker):
    """Compiles the lines that link."""

    def reference(self, column: Column, *, guard: bool = False) -> Fill:
        """A link by key. As a `guard` it fills no field: the record only may not be loaded without the other."""
        name, settings = column.name, column.settings
        object_ = settings.object
        target = self.document.sources[object_].record or ""
        key_of = self.key_reader(object_, code=settings.code)
        own = object_ == self.name
        kept = self.kept_elsewhere(column)
        field, record_id = "" if guard else f"{column.line.field}Id", self.context.record_id

        def fill(draft: Draft) -> None:
            text = draft.cell(name)
            if not text:
                if settings.required and not guard:
                    draft.note("NO-LINK", name)
                return
            if not settings.required and not squash(text):
                draft.keep(name, text, "PLACEHOLDER")
                return
            key = key_of(text)
            if own and key == draft.key:
                return
            to = record_id(target, object_, key)
            draft.references.append(
                Reference(field, object_, key, to, settings.required, name, "" if draft.drops else text, kept)
            )
            if field:
                draft.values[field] = str(to)

        return fill

    def key_reader(self, object_: str, *, code: bool) -> Callable[[str], str]:
        """From a cell to the key of the other record: the text itself, the code before a name, or the name's key."""
        if not code:
            return lambda text: text
        known = self.context.directory.get(object_, {})

        @lru_cache(maxsize=4096)
        def key(text: str) -> str:
            if text in known:
                return text
            if match := _LEADING_CODE.match(text):
                return match[1]
            return self.context.key_named(object_, text) or text

        return key

    def kept_elsewhere(self, column: Column) -> bool:
        """Whether another line of the source keeps the same cell as text anyway."""
        return any(
            line.transform in {"text", "note-line"} and self.source.column_of(name) == column.name
            for line in self.source.derived
            if line.loaded
            for name in line.from_
        )

    def member(self, column: Column) -> Fill:
        """The workspace member who has the e-mail of the record that the cell is the key of."""
        field, name, settings = f"{column.line.field}Id", column.name, column.settings
        rows = self.context.directory.get(settings.object, {})
        members: dict[str, str] = {}
        for key, row in rows.items():
            addresses, _ = contact.emails_in(row.get(settings.email, "").strip())
            found = next((self.context.members[one] for one in addresses if one in self.context.members), None)
            if found is not None:
                members[key] = found
        kept = self.kept_elsewhere(column)

        def fill(draft: Draft) -> None:
            text = draft.cell(name)
            if not text:
                return
            if text in members:
                draft.values[field] = members[text]
            elif kept:
                draft.note("NO-MEMBER", name)
            else:
                draft.keep(name, text, "NO-MEMBER")

        return fill
