"""Serving a practice over HTTP, as an API of DentAdmin might: in a style, with a budget of calls, and with faults."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

import uvicorn

from .app import App
from .budget import Budget, Stats
from .faults import Faults
from .generator import generate_practice
from .keys import Keys
from .live_practice import LivePractice
from .styles import STYLES, Style
from .working_day import Day, live_a_day

CALLS_AN_HOUR = 3600
_PATIENTS = 500


class DentAdminTwin:
    """An export folder (or, without one, a new practice of 500 patients) as an API on loopback.

    `style` says what the API looks like (see `styles`); `key` is the secret for it. Every call that brings the key
    counts against the budget; over it the answer is 429 with `Retry-After`. `practice` is there once the twin is
    started, to be read and edited while clients read it; the folder itself is never changed. `clock` gives seconds
    since 1970: the budget, tokens and the times of edits go by it.
    """

    def __init__(
        self,
        data: Path | None = None,
        *,
        port: int = 0,
        calls_an_hour: int = CALLS_AN_HOUR,
        clock: Callable[[], float] = time.time,
        style: Style | str = "default",
        faults: Faults | None = None,
    ) -> None:
        self.style = STYLES[style] if isinstance(style, str) else style
        self.faults = faults or Faults()
        self._keys = Keys(self.style, clock)
        self.key = self._keys.key
        self._data, self._port, self._clock = data, port, clock
        self._budget = Budget(calls_an_hour, clock)
        self.stats = Stats(clock)
        self.folder = Path()
        self._practice: LivePractice | None = None
        self._stack = ExitStack()
        self._socket: socket.socket | None = None

    @property
    def url(self) -> str:
        """Where the twin is served, once it is."""
        if self._socket is None:
            raise RuntimeError("the twin has not been started")
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    @property
    def practice(self) -> LivePractice:
        """The practice that is served, once it is."""
        if self._practice is None:
            raise RuntimeError("the twin has not been started")
        return self._practice

    def live_a_day(self, seed: int, *, patients: int = 5, appointments: int = 10, treatments: int = 8) -> Day:
        """Let the practice work for a day (see `working_day`)."""
        return live_a_day(self.practice, seed, patients=patients, appointments=appointments, treatments=treatments)

    def export(self, folder: Path) -> None:
        """Write the practice as it is now as an export folder."""
        self.practice.export(folder)

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
        self._practice = LivePractice(self.folder, self._clock)
        # The protocol is named so that asyncio sends small answers at once; without, each waits 40 ms for its reader.
        plain = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        self._socket = self._stack.enter_context(plain)
        self._socket.bind(("127.0.0.1", self._port))
        app = App(
            self._practice, self.style, keys=self._keys, budget=self._budget, stats=self.stats, faults=self.faults
        )
        return uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False, lifespan="off", ws="none"))

    def _new_practice(self) -> Path:
        folder = Path(self._stack.enter_context(TemporaryDirectory(prefix="dentadmin-twin-")))
        generate_practice(folder, patients=_PATIENTS, seed=1)
        return folder
