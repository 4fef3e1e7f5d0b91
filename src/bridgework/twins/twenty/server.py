"""The Twenty twin: one workspace served over HTTP on loopback."""

from __future__ import annotations

import signal
import socket
import threading
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import uvicorn

from bridgework.twins.twenty import keys
from bridgework.twins.twenty.app import App
from bridgework.twins.twenty.bucket import RateLimit
from bridgework.twins.twenty.dump import content
from bridgework.twins.twenty.faults import Faults
from bridgework.twins.twenty.members import Member
from bridgework.twins.twenty.workspace import Workspace


class _Server(uvicorn.Server):
    """Tells when it accepts connections, and leaves signals to its owner."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()


class TwentyTwin:
    """One workspace served over HTTP on loopback."""

    def __init__(  # noqa: PLR0913 - each is a knob of its own
        self,
        *,
        data: Path | None = None,
        calls_per_minute: int | None = None,
        port: int = 0,
        members: Sequence[Member] = (),
        demo: bool = True,
        version: str = "2.19.0",
        faults: Faults | None = None,
        max_records: int = 200,
        like: Mapping[str, Any] | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`like`: the likeness of another workspace (see `likeness`), which also tells its version and limits."""
        self.clock = clock
        self.faults = faults
        if like is not None:
            version, max_records = like["version"] or version, like["records_per_call"]
        self.workspace = Workspace(
            data, clock=self._now, max_records=max_records, members=members, demo=demo, like=like
        )
        self.stats = self.workspace.stats
        self.lacking = self.workspace.lacking
        self.key = keys.issue(self.workspace.id, self.workspace.key_id, self.workspace.secret)
        self._limit = RateLimit(calls_per_minute, self._now)
        self._app = App(self.workspace, key=self.key, limit=self._limit, version=version, faults=faults)
        self._socket = socket.create_server(("127.0.0.1", port))
        # Else each answer waits 40 ms for the client to acknowledge its head before its body is sent.
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self.workspace.url = self.url
        self._server = _Server(
            uvicorn.Config(self._app, log_config=None, access_log=False, lifespan="off", timeout_keep_alive=60)
        )
        self._thread: threading.Thread | None = None

    def _now(self) -> float:
        """The clock may be exchanged while the twin serves."""
        return self.clock()

    @property
    def app(self) -> App:
        """The ASGI application, for whoever calls it without a socket."""
        return self._app

    def limit(self, calls_per_minute: int | None) -> None:
        """Keep to another rate from now on, with a full bucket; None: no limit. It may be serving."""
        self._limit.set(calls_per_minute)

    def start(self) -> None:
        """Serve in the background; returns once connections are accepted."""
        self._thread = threading.Thread(target=self._serve, name="twenty-twin", daemon=True)
        self._thread.start()
        self._server.ready.wait()

    def _serve(self) -> None:
        self._server.run(sockets=[self._socket])

    def stop(self) -> None:
        """Stop serving; what was written stays where there is a folder."""
        self._server.should_exit = True
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        self._socket.close()
        self.workspace.store.close()

    def serve_forever(self, ready: Callable[[str, str], None]) -> None:
        """Serve in the foreground until Ctrl-C or SIGTERM; `ready` gets the address and the key."""
        over = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: over.set())
        self.start()
        ready(self.url, self.key)
        over.wait()
        self.stop()

    def revoke_key(self) -> None:
        """Revoke the key, as somebody may in the settings, and make another one for the same workspace."""
        self._app.revoked.add(self.key)
        self.key = self._app.key = keys.issue(self.workspace.id, str(uuid.uuid4()), self.workspace.secret)

    def dump(self) -> dict[str, Any]:
        """The whole content, in a form in which two workspaces can be compared (see `dump.content`)."""
        with self.workspace.store.lock:
            return content(self.workspace)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
