"""Stands between Bridgework and a server and counts the calls: from outside, on the twin as on a real one."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

import httpx2

_HOP = {"connection", "content-length", "host", "keep-alive", "transfer-encoding", "accept-encoding"}
_TEXT = "application/json"


class CountingProxy:
    """Forwards everything to `target`; the addresses in its answers lead back through here."""

    def __init__(self, target: str) -> None:
        self.target = target.rstrip("/")
        self.calls: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._client = httpx2.Client(timeout=900, limits=httpx2.Limits(max_connections=64))
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def __getattr__(self, name: str) -> Callable[[], None]:
                """`do_GET` and its like: every method is forwarded."""
                if not name.startswith("do_"):
                    raise AttributeError(name)
                return lambda: proxy.forward(self)

            def log_message(self, *_: object) -> None:
                """Nothing is logged: addresses are signed."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._client.close()

    def count(self) -> Counter[str]:
        """Calls until now by what was called: graphql, metadata, files, other."""
        with self._lock:
            return Counter(self.calls)

    def forward(self, request: BaseHTTPRequestHandler) -> None:
        """One call, there and back."""
        first = request.path.split("?")[0].strip("/").partition("/")[0]
        with self._lock:
            self.calls[{"file": "files", "files": "files"}.get(first, first) or "other"] += 1
        given = {name: value for name, value in request.headers.items() if name.lower() not in _HOP}
        body = request.rfile.read(int(request.headers.get("Content-Length") or 0))
        try:
            answer = self._client.request(request.command, self.target + request.path, content=body, headers=given)
        except httpx2.TransportError:
            request.close_connection = True  # as the client would have seen it
            return
        content = answer.content
        if answer.headers.get("content-type", "").startswith(_TEXT):
            content = content.replace(self.target.encode(), self.url.encode())
        request.send_response(answer.status_code)
        for name, value in answer.headers.items():
            if name.lower() not in _HOP | {"content-encoding", "date", "server"}:
                request.send_header(name, value)
        request.send_header("Content-Length", str(len(content)))
        request.end_headers()
        request.wfile.write(content)
