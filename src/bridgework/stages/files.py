"""Files on their way: found in the export or fetched from the API, uploaded, their hashes kept for verification."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from bridgework.errors import Refused
from bridgework.mapping.files import HEAD, is_wanted
from bridgework.mapping.target import LoadStep, TargetRecord
from bridgework.practice.fetching import Documents
from bridgework.practice.rows import SourceRecord
from bridgework.stages.records import Chunk, aside, stage_of
from bridgework.store import Store
from bridgework.store.failures import FULL
from bridgework.store.tables import upload

if TYPE_CHECKING:
    from bridgework.workspace import Workspace

Pair = tuple[SourceRecord, TargetRecord]
Why = tuple[str, str]
"""Why a file was not uploaded: a code, and words without its name."""

_REFUSED = "FILE-REFUSED"
_AT_ONCE = 4
_READ = 1 << 20
_NO_FILE_TO_BLAME = ("KEY_REFUSED", "NOT_PERMITTED")


class Files:
    """The files of a practice, and their way into the workspace."""

    def __init__(self, store: Store, documents: Documents, workspace: Workspace) -> None:
        """Take these files to this workspace."""
        self._store, self._documents, self.workspace = store, documents, workspace

    def keep_those_there(self, step: LoadStep, chunk: Chunk) -> list[Pair]:
        """The records whose file is there, or may be behind the API; the others are set aside in the chunk."""
        kept = []
        for row, record in chunk.records:
            if record.file is not None and self._documents.has(row, record.file.name):
                kept.append((row, record))
            else:
                chunk.aside.append(
                    aside(row, stage_of(step), "FILE-MISSING", "its file is not in the documents folder")
                )
        return kept

    async def upload(self, pairs: Sequence[Pair]) -> tuple[list[Pair], dict[UUID, Why]]:
        """Upload each record's file; the records then name it. Also why a file was not uploaded, by attachment."""
        places = asyncio.Semaphore(_AT_ONCE)
        failed: dict[UUID, Why] = {}

        async def one(row: SourceRecord, record: TargetRecord) -> Pair | None:
            async with places:
                try:
                    return row, await self._upload(row, record)
                except _ImageError:
                    failed[record.id] = ("IMAGE-LEFT-OUT", "its file is an image by its content, or may be one")
                except FileNotFoundError:
                    failed[record.id] = (_REFUSED, "its file is not there")
                except OSError as error:
                    if error.errno in FULL:  # a file of the API is kept on this disk while it is sent
                        raise
                    failed[record.id] = (_REFUSED, "its file cannot be read any more")
                except Refused as error:
                    if error.code in _NO_FILE_TO_BLAME:
                        raise
                    failed[record.id] = (_REFUSED, f"Twenty refused its file: {error.why or error.what}")
            return None

        sent = await asyncio.gather(*(one(*pair) for pair in pairs))
        return [pair for pair in sent if pair is not None], failed

    async def _upload(self, row: SourceRecord, record: TargetRecord) -> TargetRecord:
        if record.file is None:
            raise FileNotFoundError(record.object)
        async with self._documents.open(row, record.file.name) as path:
            if record.file.wanted != "any" and not is_wanted(record.file, await asyncio.to_thread(_head, path)):
                raise _ImageError
            digest, size = await asyncio.to_thread(_sha256, path)
            sent = await self.workspace.upload(record.file.label, path, record.file.content_type)
        self._remember(record.id, sent.file_id, digest, size)
        return record.with_file(sent.file_id)

    def _remember(self, attachment: UUID, file_id: str, digest: str, size: int) -> None:
        with self._store.begin() as connection:
            connection.execute(upload.delete().where(upload.c.target_id == attachment))
            values = {"target_id": attachment, "file_id": file_id, "sha256": digest, "size": size}
            connection.execute(upload.insert().values(**values))


class _ImageError(Exception):
    """A file that a map without images leaves out for its content."""


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(HEAD)


def _sha256(path: Path) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while block := file.read(_READ):
            digest.update(block)
            size += len(block)
    return digest.hexdigest(), size
