"""Practices made up for rules about maps: some files, some columns of each, and columns that nobody knows."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from bridgework.mapping.document import MapDocument
from bridgework.mapping.inferring import Inferred
from bridgework.mapping.propose import ProfiledColumn, ProfiledFile, propose
from bridgework.twins.dentadmin.export_format import TABLES, Language

_UNKNOWN = ["Company ID", "Kleur ogen", "Birth date", "Name First Name", "Cost currency code", "?", "Type", "Visits"]
_KINDS: tuple[Inferred, ...] = ("text", "number", "date", "moment", "boolean", "money")


@st.composite
def practices(draw: Any) -> MapDocument:
    """A proposed map for a part of the assumed export, with columns of its own in each file."""
    language: Language = draw(st.sampled_from(["nl", "fr"]))
    tables = draw(st.lists(st.sampled_from(TABLES), min_size=1, max_size=5, unique_by=lambda one: one.object))
    files = []
    for one in tables:
        usual = [column.header(language) for column in one.columns]
        gone = draw(st.sets(st.sampled_from(usual[1:]), max_size=4)) if len(usual) > 1 else set()
        more = draw(st.lists(st.sampled_from(_UNKNOWN), max_size=3, unique=True))
        columns = [ProfiledColumn(header) for header in usual if header not in gone]
        columns += [ProfiledColumn(header, draw(st.sampled_from(_KINDS))) for header in more if header not in usual]
        files.append(ProfiledFile(one.file_name(language), one.object, columns))
    return propose(files)
