"""A file that arrives: streamed to the disk, hashed on the way, and there under its name only once it is whole."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from pathlib import Path

import httpx2

from bridgework.practice.api import problems
from bridgework.practice.api.page import Download

LARGEST_FILE = 4 * 2**30
"""Bytes; a scan of the jaw (CBCT) has a few hundred million."""


def _within(size: int, left: int, where: str) -> int:
    if size > left:
        raise problems.unfit("API-LARGE-FILE", "A file is too large", where, "it is larger than is allowed here")
    return size


async def keep(response: httpx2.Response, *, to: Path, largest: int, where: str) -> Download:
    """Write the body of an answer to `to`, readable by its owner only; replaces what is there. Leaves no part of it."""
    part = to.with_name(to.name + ".part")
    part.unlink(missing_ok=True)
    hashed, size = hashlib.sha256(), 0
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            async for piece in response.aiter_bytes():
                size += _within(len(piece), largest - size, where)
                hashed.update(piece)
                stream.write(piece)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(to)
    except BaseException:
        with suppress(OSError):
            part.unlink()
        raise
    return Download(hashed.hexdigest(), size)
