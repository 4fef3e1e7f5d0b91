"""A throw-away migration for the rehearsal: the same staged rows and the same map, and nothing of any run.

It lies in a folder inside the migration's, encrypted with the same passphrase, and is removed at the end; what a kill
left of it is removed by the next command that changes something. The ledger of the migration is not touched.
"""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

from bridgework.errors import Refused
from bridgework.practice.api import ApiClient
from bridgework.practice.documents import DocumentsFolder
from bridgework.practice.fetching import Documents
from bridgework.practice.rows import SourceRecord
from bridgework.stages.context import MAP_FILE, Context
from bridgework.stages.cutover import CLOSED
from bridgework.stages.reading import READ_ON
from bridgework.stages.rehearsal.remains import FOLDER, remove_scratch
from bridgework.store import Store, tables
from bridgework.workspace import Pace, Workspace

_OF_THE_PRACTICE = frozenset({"setting", "row_version", "quarantine", "finding"})
"""Tables that are kept beside those of what was read (source_*); all others are about runs, and begin empty."""
_SETTINGS = ("schema", "sample", "mapper", "baseline", "verified", "pace", READ_ON, CLOSED)
_STAGES = ("load", "schema", "sample", "delta", "retry", "verify", "rollback")
_MOST_BYTES = {"direct": 1024**3, "multipart": 110_000_000}  # of an upload, measured on 2.19
_STAND_IN = b"."


@dataclass
class Rehearsed(Context):
    """The throw-away migration, whose workspace is the twin."""

    url: str = ""
    key: str = field(default="", repr=False)
    uploads: str = "direct"
    forecasts: bool = False
    paces: list[Pace] = field(default_factory=list)

    async def workspace(self) -> Workspace:
        """The twin, at full speed; its calls are counted."""
        workspace = await Workspace.open(self.url, self.key, calls_per_minute=0)
        self.paces.append(workspace.pace)
        return workspace

    def documents_of(self, api: ApiClient | None) -> Documents:
        """A stand-in for each file: the practice's are looked at, and none is read."""
        del api  # files behind it are not fetched: they would take of the practice's calls
        return StandIns(self.store, self.documents(), self.folder, self.uploads)


class StandIns(Documents):
    """The practice's files, each looked at and replaced by one byte: what can go wrong with a file shows so, too."""

    def __init__(self, store: Store, folder: DocumentsFolder, scratch: Path, uploads: str) -> None:
        """`uploads`: in which way the workspace takes files, which decides how large one may be."""
        super().__init__(store, folder, scratch / "files")
        self._stand_in = scratch / "stand-in"
        self._stand_in.write_bytes(_STAND_IN)
        self._documents, self._most = folder, _MOST_BYTES.get(uploads, 0)

    def has(self, row: SourceRecord, name: str) -> bool:
        """Whether there is a file of that name, or the row came from an API, which would be asked for it."""
        return self._documents.find(name) is not None or self._came_from_api(row)

    @asynccontextmanager
    async def open(self, row: SourceRecord, name: str) -> AsyncIterator[Path]:
        """The stand-in; raises what the file itself would end in: OSError, or Refused where it is too large."""
        del row
        if (found := self._documents.find(name)) is not None:
            with found.open("rb") as file:
                file.read(1)
            if (size := found.stat().st_size) == 0 or size > self._most > 0:
                why = "it is empty" if not size else f"it has more than {self._most // 1_000_000} MB"
                raise Refused("FILE_SIZE", "Twenty refuses a file of this size", why=why)
        yield self._stand_in

    def _came_from_api(self, row: SourceRecord) -> bool:
        file, staged = tables.source_file, tables.source_row
        query = (
            sa.select(file.c.id)
            .join(staged, staged.c.file_id == file.c.id)
            .where(staged.c.object.startswith(row.object), staged.c.key == row.key, file.c.format == "api")
        )
        with self._store.read() as connection:
            return connection.scalar(query.limit(1)) is not None


@contextmanager
def scratch(context: Context) -> Iterator[Rehearsed]:
    """The throw-away migration, for as long as the block lasts."""
    folder = context.folder / FOLDER
    remove_scratch(context.folder)
    folder.mkdir(mode=0o700)
    try:
        shutil.copy(context.map_path, folder / MAP_FILE)
        store = context.store.copy_to(folder / "store.db")
        try:
            _forget_runs(store)
            # What is behind the API is not read on: the rows that are there are rehearsed.
            beside = tuple(context.folder / one for one in context.settings.practice.nomenclature)
            practice = context.settings.practice.model_copy(update={"api": None, "nomenclature": beside})
            settings = context.settings.model_copy(update={"practice": practice})
            yield Rehearsed(folder, settings, store, context.actor, context.progress, context.stopper)
        finally:
            store.close()
    finally:
        remove_scratch(context.folder)


def _forget_runs(store: Store) -> None:
    """Make the store that of a migration whose practice was read, and nothing else done."""
    aside, found, setting = tables.quarantine, tables.finding, tables.setting
    with store.begin() as connection:
        for table in tables.metadata.sorted_tables:
            if not (table.name.startswith("source_") or table.name in _OF_THE_PRACTICE):
                connection.execute(table.delete())
        connection.execute(setting.delete().where(setting.c.name.in_(_SETTINGS)))
        connection.execute(aside.delete().where(aside.c.stage.startswith("load")))
        later = sa.or_(*(found.c.stage.startswith(name) for name in _STAGES))
        connection.execute(found.delete().where(later))
