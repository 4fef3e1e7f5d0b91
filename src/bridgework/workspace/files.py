"""Uploads files in the way that the server has, and reads them back as a hash.

Since 2.19 a file is announced, its bytes are sent to an address of its own, and it is completed; from 1.18 to 2.42 it
goes in one multipart call; before 1.18 a file is a path.
"""

from __future__ import annotations

import asyncio
import hashlib
from contextlib import ExitStack
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import httpx2
import orjson

from bridgework.errors import Away, Refused
from bridgework.workspace.client import TRIES, Call, OutcomeUnknownError, RejectedError, pause, refused
from bridgework.workspace.waits import ANSWER

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bridgework.workspace.client import Client
    from bridgework.workspace.model import DataModel

_CHUNK = 256 * 1024
_ANNOUNCE = (
    "mutation($n:String!,$s:Float!,$f:String!){createFileUpload(filename:$n,size:$s,fileFolder:FilesField,"
    "fieldMetadataId:$f){fileId uploadUrl contentType}}"
)
_COMPLETE = "mutation($f:String!){completeFileUpload(fileId:$f){id size}}"
_MULTIPART = "mutation($file:Upload!,$f:String!){uploadFilesFieldFile(file:$file,fieldMetadataId:$f){id size}}"
_PATH = "mutation($file:Upload!){uploadFile(file:$file,fileFolder:Attachment)%s}"


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """A file that the server holds and that no record has yet; before 1.18 it has a path and no id."""

    file_id: str
    path: str | None = None


async def upload(
    client: Client, model: DataModel, way: str, name: str, content: Path | bytes, content_type: str | None
) -> UploadedFile:
    """Upload for `attachment`'s file field; `way` is `direct`, `multipart` or `path`.

    Sent again where it failed: a file that no record has is removed with the workspace's temporary files.
    """
    size = await _size(content)
    field_id = model.file_field_id or ""
    if way == "none" or (way != "path" and not field_id):
        step = "leave files out of the map"
        raise Refused("NO_UPLOADS", "This workspace takes no files over the API", where="attachment", next_step=step)
    for failures in range(1, TRIES + 1):
        try:
            if way == "direct":
                return await _direct(client, field_id, name, content, size)
            return await _multipart(client, field_id, name, content, content_type)
        except RejectedError as error:
            raise refused(error.rejection, "Twenty refused a file", where="attachment") from None
        except (OutcomeUnknownError, httpx2.TransportError):
            if failures < TRIES:
                await pause(failures)
    raise _away("Twenty does not take a file")


async def is_empty(content: Path | bytes) -> bool:
    """Whether there are no bytes in it."""
    return not await _size(content)


async def _size(content: Path | bytes) -> int:
    return (await asyncio.to_thread(content.stat)).st_size if isinstance(content, Path) else len(content)


async def _direct(client: Client, field_id: str, name: str, content: Path | bytes, size: int) -> UploadedFile:
    answer = await client.metadata(_ANNOUNCE, {"n": name, "s": size, "f": field_id}, safe=False)
    announced = answer["createFileUpload"]
    # Another type than the announced one, and the server reads 0 bytes. The address is signed: it needs no key.
    headers = {"Content-Type": announced["contentType"], "Content-Length": str(size)}
    with client.pace.waits.of(ANSWER):
        response = await client.http.put(announced["uploadUrl"], content=_bytes_of(content), headers=headers)
    if response.status_code == 413:
        raise Refused("FILE_TOO_LARGE", "A file is larger than Twenty takes", where="attachment")
    if response.is_error:
        raise httpx2.TransportError("the address for the file's bytes refused them")
    await client.metadata(_COMPLETE, {"f": announced["fileId"]}, safe=True)
    return UploadedFile(announced["fileId"])


async def _bytes_of(content: Path | bytes) -> AsyncIterator[bytes]:
    if isinstance(content, bytes):
        yield content
        return
    with await asyncio.to_thread(content.open, "rb") as file:
        while block := await asyncio.to_thread(file.read, _CHUNK):
            yield block


async def _multipart(
    client: Client, field_id: str, name: str, content: Path | bytes, content_type: str | None
) -> UploadedFile:
    """One call by the GraphQL multipart request specification (jaydenseric/graphql-multipart-request-spec)."""
    variables: dict[str, Any] = {"file": None, "f": field_id} if field_id else {"file": None}
    document = _MULTIPART if field_id else _PATH % "{path}"
    operations = orjson.dumps({"query": document, "variables": variables})
    with ExitStack() as stack:
        file: BinaryIO = BytesIO(content) if isinstance(content, bytes) else stack.enter_context(content.open("rb"))
        form = {
            "operations": (None, operations),
            "map": (None, b'{"0":["variables.file"]}'),
            "0": (name, file, content_type or "application/octet-stream"),
        }
        data = await client.send(Call("POST", "/metadata", safe=False, files=form))
    if field_id:
        return UploadedFile(data["uploadFilesFieldFile"]["id"])
    return UploadedFile("", data["uploadFile"]["path"])


async def download_sha256(client: Client, url: str) -> str:
    """The SHA-256 (hex) of the file at a signed address, read in pieces; raises `Refused` FILE_GONE, or `Away`."""
    for failures in range(1, TRIES + 1):
        digest = hashlib.sha256()
        try:
            with client.pace.waits.of(ANSWER):
                async with client.http.stream("GET", url, follow_redirects=True) as response:
                    if response.status_code in {401, 403, 404, 410}:
                        raise Refused(
                            "FILE_GONE",
                            "Twenty does not give a file back",
                            why=f"it answered {response.status_code}",
                            next_step="read the record again for a fresh address, which lasts a day",
                        )
                    if not response.is_error:
                        async for block in response.aiter_bytes(_CHUNK):
                            digest.update(block)
                        return digest.hexdigest()
        except httpx2.TransportError:
            pass
        if failures < TRIES:
            await pause(failures)
    raise _away("Twenty does not give a file back")


def _away(what: str) -> Away:
    return Away("NO_FILE_ANSWER", what, why=f"{TRIES} tries failed", next_step="run the same command again")
