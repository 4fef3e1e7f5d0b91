"""Serving a practice over HTTP, as an API of DentAdmin might: bearer key, numbered pages, a budget of calls an hour."""

from __future__ import annotations

import secrets
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from .export_format import DOCUMENTS_FOLDER
from .generator import generate_practice
from .records import RecordFile, record_files

CALLS_AN_HOUR = 3600
_HOUR = 3600.0
_PAGE_SIZE, _LARGEST_PAGE = 100, 500
_PATIENTS = 500


class Budget:
    """At most so many calls in any hour, counted in a sliding window."""

    def __init__(self, calls: int, clock: Callable[[], float]) -> None:
        self._calls, self._clock = calls, clock
        self._moments: deque[float] = deque()

    def take(self) -> float:
        """Spend one call; 0.0, or the seconds until there is one to spend again."""
        now = self._clock()
        while self._moments and self._moments[0] <= now - _HOUR:
            self._moments.popleft()
        if len(self._moments) >= self._calls:
            return self._moments[0] + _HOUR - now
        self._moments.append(now)
        return 0.0


class DentAdminTwin:
    """An export folder (or, without one, a new practice of 500 patients) as an API on loopback.

    `GET /api/v1/{object}?page=1&page_size=100` answers `{"records": […], "page", "page_size", "total"}` with the source
    objects' names and our column keys; `GET /api/v1/documents/{name}` answers a file's bytes. Every call with the key
    counts against the budget; over it the answer is 429 with `Retry-After`.
    """

    def __init__(
        self,
        data: Path | None = None,
        *,
        port: int = 0,
        calls_an_hour: int = CALLS_AN_HOUR,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.key = secrets.token_urlsafe(24)
        self._data, self._port = data, port
        self._budget = Budget(calls_an_hour, clock)
        self._files: dict[str, RecordFile] = {}
        self.folder = Path()
        self._stack = ExitStack()
        self._socket: socket.socket | None = None

    @property
    def url(self) -> str:
        """Where the twin is served, once it is."""
        if self._socket is None:
            raise RuntimeError("the twin has not been started")
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    def start(self) -> Self:
        """Serve from a thread until `stop`."""
        server = self._prepare()
        thread = threading.Thread(target=server.run, kwargs={"sockets": [self._socket]}, daemon=True)
        thread.start()
        while not server.started:
            thread.join(0.005)
            if not thread.is_alive():
                raise RuntimeError("the twin's server did not start")

        def stop() -> None:
            server.should_exit = True
            thread.join()

        self._stack.callback(stop)
        return self

    def stop(self) -> None:
        """Stop serving, and remove a practice that was made for it."""
        self._stack.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def serve_forever(self, ready: Callable[[str, str], None]) -> None:
        """Serve from this thread until it is interrupted; `ready` is told the URL and the key first."""
        server = self._prepare()
        ready(self.url, self.key)
        try:
            server.run(sockets=[self._socket] if self._socket else None)
        finally:
            self.stop()

    def _prepare(self) -> uvicorn.Server:
        self.folder = self._data or self._new_practice()
        self._files = record_files(self.folder)
        # The protocol is named so that asyncio sends small answers at once; without, each waits 40 ms for its reader.
        plain = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        self._socket = self._stack.enter_context(plain)
        self._socket.bind(("127.0.0.1", self._port))
        return uvicorn.Server(
            uvicorn.Config(self._application(), log_level="warning", access_log=False, lifespan="off", ws="none")
        )

    def _new_practice(self) -> Path:
        folder = Path(self._stack.enter_context(TemporaryDirectory(prefix="dentadmin-twin-")))
        generate_practice(folder, patients=_PATIENTS, seed=1)
        return folder

    def _application(self) -> Starlette:
        routes = [
            Route("/api/v1/documents/{name}", self._guarded(self._document)),
            Route("/api/v1/{object}", self._guarded(self._page)),
        ]
        return Starlette(routes=routes)

    def _guarded(self, answer: Callable[[Request], Response]) -> Callable[[Request], Response]:
        def guard(request: Request) -> Response:
            given = request.headers.get("authorization", "").encode()
            if not secrets.compare_digest(given, f"Bearer {self.key}".encode()):
                return _refusal(401, "the key is missing or wrong")
            if wait := self._budget.take():
                return _refusal(429, "the calls of this hour are spent", {"Retry-After": str(int(wait) + 1)})
            return answer(request)

        return guard

    def _page(self, request: Request) -> Response:
        records = self._files.get(request.path_params["object"])
        if records is None:
            return _refusal(404, "no such object")
        page, size = (
            request.query_params.get(name, default) for name, default in (("page", "1"), ("page_size", str(_PAGE_SIZE)))
        )
        if not (page.isdecimal() and size.isdecimal() and int(page) and 0 < int(size) <= _LARGEST_PAGE):
            return _refusal(400, f"page counts from 1, page_size goes to {_LARGEST_PAGE}")
        found = records.page((int(page) - 1) * int(size), int(size))
        return JSONResponse({"records": found, "page": int(page), "page_size": int(size), "total": len(records)})

    def _document(self, request: Request) -> Response:
        path = self.folder / DOCUMENTS_FOLDER / request.path_params["name"]
        return FileResponse(path) if path.is_file() else _refusal(404, "no such document")


def _refusal(status: int, message: str, headers: dict[str, str] | None = None) -> JSONResponse:
    return JSONResponse({"error": message}, status_code=status, headers=headers)
