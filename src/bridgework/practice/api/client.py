"""Reading one API by its profile: pages of records, and files."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Self

import httpx2

from bridgework.practice.api.page import CallBudget, Cursor, Download, Page
from bridgework.practice.api.profile import ApiProfile


class ApiClient:
    """An async context manager; see `pages` and `download`."""

    def __init__(
        self,
        profile: ApiProfile,
        *,
        secret: Callable[[], str],
        budget: CallBudget,
        transport: httpx2.AsyncBaseTransport | None = None,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """`secret` is asked for when it is first needed; the rest is for tests."""
        raise NotImplementedError

    async def __aenter__(self) -> Self:
        raise NotImplementedError

    async def __aexit__(self, *_: object) -> None:
        raise NotImplementedError

    def pages(self, object_: str, cursor: Cursor | None = None, since: datetime | None = None) -> AsyncIterator[Page]:
        """The pages of an object from a cursor on; with `since`, of what changed since."""
        raise NotImplementedError

    async def download(self, object_: str, record: bytes, to: Path) -> Download | None:
        """The file that a record names; None where it names none."""
        raise NotImplementedError
