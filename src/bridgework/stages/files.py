"""Files on their way: found on the practice's disk, uploaded, their hashes kept for the verification."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from bridgework.mapping.target import LoadStep, TargetRecord
from bridgework.practice.documents import DocumentsFolder
from bridgework.practice.rows import SourceRecord
from bridgework.stages.records import Chunk, aside, stage_of
from bridgework.store import Store
from bridgework.store.tables import upload

if TYPE_CHECKING:
    from bridgework.workspace import Workspace

Pair = tuple[SourceRecord, TargetRecord]
_AT_ONCE = 4
_READ = 1 << 20


class Files:
    """The files of a practice, and their way into the workspace."""

    def __init__(self, store: Store, folder: DocumentsFolder, workspace: Workspace) -> None:
        """Take files from this folder to this workspace."""
        self._store, self._folder, self._workspace = store, folder, workspace

    def keep_those_on_disk(self, step: LoadStep, chunk: Chunk) -> list[Pair]:
        """The records whose file is there; the others are set aside in the chunk."""
        kept = []
        for row, record in chunk.records:
            if self._path(record) is not None:
                kept.append((row, record))
            else:
                chunk.aside.append(
                    aside(row, stage_of(step), "FILE-MISSING", "its file is not in the documents folder")
                )
        return kept

    async def upload(self, pairs: Sequence[Pair]) -> list[Pair]:
        """Upload each record's file; the records then name it. Each upload is on the disk before the next step."""
        places = asyncio.Semaphore(_AT_ONCE)

        async def one(pair: Pair) -> Pair:
            async with places:
                return await self._upload(*pair)

        return list(await asyncio.gather(*(one(pair) for pair in pairs)))

    async def _upload(self, row: SourceRecord, record: TargetRecord) -> Pair:
        path = self._path(record)
        if path is None or record.file is None:
            raise FileNotFoundError(record.object)  # it was there when the batch was planned
        digest, size = await asyncio.to_thread(_sha256, path)
        sent = await self._workspace.upload(record.file.label, path, record.file.content_type)
        self._remember(record.id, sent.file_id, digest, size)
        return row, record.with_file(sent.file_id)

    def _remember(self, attachment: UUID, file_id: str, digest: str, size: int) -> None:
        with self._store.begin() as connection:
            connection.execute(upload.delete().where(upload.c.target_id == attachment))
            values = {"target_id": attachment, "file_id": file_id, "sha256": digest, "size": size}
            connection.execute(upload.insert().values(**values))

    def _path(self, record: TargetRecord) -> Path | None:
        return self._folder.find(record.file.name) if record.file else None


def _sha256(path: Path) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while block := file.read(_READ):
            digest.update(block)
            size += len(block)
    return digest.hexdigest(), size
