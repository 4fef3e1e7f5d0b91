"""A profile and a client for tests without a server: a handler answers, time is virtual, every turn is counted."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx2

from bridgework.practice.api import ApiClient, ApiProfile
from bridgework.practice.api.loading import parse_profile
from tests.virtual_time import run

KEY = "a.secret.key"
NOW = 1_800_000_000.0
Handler = Callable[[httpx2.Request], httpx2.Response]

HEAD = """
bridgework_api: 1
name: Example
base_url: https://api.example.test/v1
authentication: bearer
"""
PLAIN = (
    HEAD
    + """
objects:
  patient:
    path: /patients
    records: items
    id: id
    total: total
    page_size: 2
    paging: {by: page, size: size}
    changed_since: since
    download: /files/{file}
    fields:
      id: {nl: Patiëntnr, fr: N° patient}
"""
)


class Turns:
    """A budget that only counts, and notices calls that are made without a turn."""

    def __init__(self) -> None:
        self.calls = 0
        self.held = 0

    @asynccontextmanager
    async def call(self) -> AsyncIterator[None]:
        self.calls += 1
        self.held += 1
        try:
            yield
        finally:
            self.held -= 1


def profile(text: str = PLAIN, **replaced: str) -> ApiProfile:
    for old, new in replaced.items():
        text = text.replace(f"<{old}>", new)
    return parse_profile(text)


class World:
    """One test's API: what it was asked, how many turns were taken, how long it took."""

    def __init__(self, handler: Handler, given: ApiProfile | None = None, secret: str = KEY) -> None:
        self.handler, self.profile, self.secret = handler, given or profile(), secret
        self.turns = Turns()
        self.seen: list[httpx2.Request] = []
        self.took = 0.0

    def _handle(self, request: httpx2.Request) -> httpx2.Response:
        assert self.turns.held > 0, "a call was made without a turn in the budget"
        self.seen.append(request)
        return self.handler(request)

    def run(self, use: Callable[[ApiClient], Any]) -> Any:
        """What a use of the client gives; an error is raised."""

        async def main() -> Any:
            loop = asyncio.get_running_loop()
            try:
                async with ApiClient(
                    self.profile,
                    secret=lambda: self.secret,
                    budget=self.turns,
                    transport=httpx2.MockTransport(self._handle),
                    clock=lambda: NOW + loop.time(),
                ) as client:
                    return await use(client)
            finally:
                self.took = loop.time()

        return run(main())

    def pages(self, object_: str = "patient", **options: Any) -> list[Any]:
        async def use(client: ApiClient) -> list[Any]:
            return [page async for page in client.pages(object_, **options)]

        found: list[Any] = self.run(use)
        return found

    def records(self, object_: str = "patient") -> list[str]:
        return [record.decode() for page in self.pages(object_) for record in page.records]


def in_turn(*given: httpx2.Response | type[httpx2.TransportError]) -> Handler:
    """Gives these answers one after the other, the last one for good."""
    left = list(given)

    def handler(_: httpx2.Request) -> httpx2.Response:
        answer = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(answer, httpx2.Response):
            return httpx2.Response(answer.status_code, headers=answer.headers, content=answer.content)
        raise answer("fault")

    return handler


def paged(*pages: Any) -> Handler:
    """Gives the page that `page` asks for, from 1."""

    def handler(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, json=pages[int(request.url.params["page"]) - 1])

    return handler
