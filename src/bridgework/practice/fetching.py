"""The file that a row names: in the folder of the export, or fetched from the API for the moment in which it is needed.

A file of a patient must not lie about: one that is fetched is readable by its owner only, and where the system allows
it (Linux), it has no name any more as soon as it is there; so not even a kill leaves it behind. What a kill leaves of a
file that was still coming is taken away when the next run begins.
"""

from __future__ import annotations

import shutil
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Self

import sqlalchemy as sa

from bridgework.errors import Away, Refused
from bridgework.practice.api import ApiClient
from bridgework.practice.documents import DocumentsFolder
from bridgework.practice.joining import API
from bridgework.practice.rows import SourceRecord
from bridgework.store import Store
from bridgework.store.tables import source_file, source_row

_OPEN_FILES = Path("/proc/self/fd")
_HAS_NAMES_FOR_OPEN_FILES = _OPEN_FILES.is_dir()


class Documents:
    """The files of a practice, wherever they are. To be used as a context manager."""

    def __init__(self, store: Store, folder: DocumentsFolder, scratch: Path, client: ApiClient | None = None) -> None:
        """Look in this folder, then behind this API; `scratch` is a folder of ours alone, made and removed here."""
        self._store, self._folder, self._scratch, self._client = store, folder, scratch, client

    def __enter__(self) -> Self:
        shutil.rmtree(self._scratch, ignore_errors=True)
        return self

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self._scratch, ignore_errors=True)

    def has(self, row: SourceRecord, name: str) -> bool:
        """Whether there is a file of that name, or an API that can be asked for that of the row; makes no call.

        Raises Away (DOCUMENTS-AWAY) where the export folder is not there: no file is missing only for that.
        """
        there = self._folder.find(name) is not None
        if self._folder.is_away():
            raise _away()
        return there or self._record(row) is not None

    @asynccontextmanager
    async def open(self, row: SourceRecord, name: str) -> AsyncIterator[Path]:
        """The file of that name, to be read as often as wanted while this is open; raises FileNotFoundError.

        Raises what a call to the API ends in, too.
        """
        if (found := self._folder.find(name)) is not None:
            if self._folder.is_away():
                raise _away()
            yield found
            return
        path = await self._fetched(row)
        try:
            with path.open("rb") as held:
                if _HAS_NAMES_FOR_OPEN_FILES:
                    path.unlink()
                    yield _OPEN_FILES / str(held.fileno())
                else:
                    yield path
        finally:
            path.unlink(missing_ok=True)

    async def _fetched(self, row: SourceRecord) -> Path:
        record = self._record(row)
        if record is None or self._client is None:
            raise FileNotFoundError(row.object)
        self._scratch.mkdir(mode=0o700, exist_ok=True)
        path = self._scratch / uuid.uuid4().hex
        try:
            download = await self._client.download(_object(row), record, path)
        except Refused as error:
            if error.code != "API-FILE-GONE":
                raise
            download = None
        if download is None:
            raise FileNotFoundError(row.object)
        return path

    def _record(self, row: SourceRecord) -> bytes | None:
        """What the API said of a row, if it has files of such rows."""
        known = self._client.profile.objects.get(_object(row)) if self._client else None
        if known is None or known.download is None:
            return None
        names = {row.object, _object(row) + API}
        query = (
            sa.select(source_row.c.raw)
            .join(source_file, source_file.c.id == source_row.c.file_id)
            .where(source_row.c.object.in_(names), source_row.c.key == row.key, source_file.c.format == "api")
        )
        with self._store.read() as connection:
            raw: bytes | None = connection.scalar(query)
        return raw


def _away() -> Away:
    return Away(
        "DOCUMENTS-AWAY",
        "The folder of the export cannot be seen",
        where="bridgework.toml, practice.folder",
        why="the practice's files were to be there: a share or a disk may have gone away",
        next_step="connect it again, then run the same command again",
    )


def _object(row: SourceRecord) -> str:
    return row.object.removesuffix(API)
