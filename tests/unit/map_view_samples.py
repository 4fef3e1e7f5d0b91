"""A messy practice whose columns are mapped, for the tests of what people see of its map."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bridgework.mapping.document import Line, MapDocument
from bridgework.mapping.propose import propose
from bridgework.mapping.recognise import recognise
from bridgework.practice import discover
from bridgework.practice.staging import stage
from bridgework.reports.map_document import LineEntry, MappingDocument, ObjectEntry
from bridgework.settings import MapSettings, MigrationSettings, OwnPreset, PracticeSettings, Settings, WorkspaceSettings
from bridgework.stages.context import Context
from bridgework.stages.map_view import Facts, gather, view, with_words
from bridgework.stages.profiled import profiled_files
from bridgework.store import Store
from tests.support import small_practice

SOMEBODY = "Peeters Annelies"


def _edit(export: Path) -> None:
    """Words that nobody has in a list, a name where a status should be, a column without a meaning, an empty one."""
    agenda = export / "afspraken.csv"
    text = agenda.read_bytes()
    for count, word in ((4, "Afgewrkt"), (3, "Wachtlijst"), (2, SOMEBODY), (3, "onbekend")):
        text = text.replace(b";Afgewerkt;", f";{word};".encode(), count)
    agenda.write_bytes(text)
    providers = export / "verstrekkers.csv"
    head, *rows = providers.read_bytes().splitlines()
    rows = [row + f";;Zaal {number % 2}".encode() for number, row in enumerate(rows)]
    providers.write_bytes(b"\r\n".join([head + b";Vrij veld;Zwemclub", *rows]) + b"\r\n")


@dataclass
class Practice:
    context: Context
    proposed: MapDocument
    document: MapDocument
    facts: Facts

    def view(self, document: MapDocument | None = None) -> MappingDocument:
        return view(self.context, document or self.document, self.facts)

    def changed(self, source: str, column: str, **changes: object) -> MapDocument:
        def line(one: Line) -> Line:
            return one.model_copy(update=changes) if one.column == column else one

        own = self.document.sources[source]
        new = own.model_copy(update={"lines": tuple(map(line, own.lines))})
        return self.document.model_copy(update={"sources": {**self.document.sources, source: new}})


@contextmanager
def a_practice(folder: Path) -> Iterator[Practice]:
    """The practice, staged as the audit stages it."""
    export = folder / "Praktijk Lindelaan"
    small_practice(export)
    _edit(export)
    own = OwnPreset(says="nothing about money", sensitivity=("finance",))
    settings = Settings(
        migration=MigrationSettings(id=uuid.uuid5(uuid.NAMESPACE_DNS, "map view")),
        practice=PracticeSettings(folder=export),
        workspace=WorkspaceSettings(url="http://127.0.0.1:1"),
        map=MapSettings(presets={"no-money": own}),
    )
    store = Store.create(folder / "store.db", "a passphrase")
    files = discover(export, {})
    known = recognise({one.relative: one.header for one in files})
    for file in files:
        stage(store, file, known[file.relative].object, known[file.relative].key_headers, lambda _: None)
    context = Context(folder, settings, store, "Test")
    proposed = propose(profiled_files(context))
    document = with_words(proposed, gather(context, proposed, previews=False))
    yield Practice(context, proposed, document, gather(context, document))
    store.close()


def object_of(page: MappingDocument, name: str) -> ObjectEntry:
    return next(one for one in page["objects"] if one["object"] == name)


def line_of(page: MappingDocument, name: str, header: str) -> LineEntry:
    return next(one for one in object_of(page, name)["lines"] if one["header"] == header)
