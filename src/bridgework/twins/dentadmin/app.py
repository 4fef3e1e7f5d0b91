"""The calls that a twin answers: their key, their budget, their faults, and then what they ask for."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from email.utils import formatdate
from pathlib import Path
from typing import Any

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from .budget import Budget, Stats
from .faults import Fault, Faults
from .keys import Keys
from .lists import Lists
from .live_practice import LivePractice
from .paging import Asked, WrongParameter, asked
from .shaping import Shaper
from .styles import TOKEN_PATH, Style

Endpoint = Callable[[Request], Awaitable[Response]]
_CLOSE = "twin.close"
_STATUSES = {
    Fault.LIMIT: 429,
    Fault.LIMIT_SECONDS: 429,
    Fault.LIMIT_DATE: 429,
    Fault.ERROR: 500,
    Fault.AWAY: 503,
    Fault.EXPIRED: 401,
}
# The columns that name a file, by object.
_FILE_COLUMNS = {"document": "file", "invoice": "pdf"}


class Silence(Response):
    """No answer at all: the connection just closes."""

    async def __call__(self, scope: Scope, _receive: Receive, _send: Send) -> None:
        scope["extensions"][_CLOSE]()


class Half(Response):
    """An answer that promises all of its body and breaks off in the middle."""

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        body = bytes(self.body)
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
        scope["extensions"][_CLOSE]()


class App:
    """Serves one practice in one style."""

    def __init__(
        self, practice: LivePractice, style: Style, *, keys: Keys, budget: Budget, stats: Stats, faults: Faults
    ) -> None:
        self._practice, self._style = practice, style
        self._keys, self._budget, self._stats, self._faults = keys, budget, stats, faults
        self._shaper = Shaper(style, practice)
        self._lists = Lists(style, practice, self._shaper, faults)
        self._objects = {style.collection(object_): object_ for object_ in practice.tables}
        if style.lines:
            del self._objects[style.collection("invoice_line")]
        self._starlette = Starlette(routes=self._routes())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI application. A closed connection is one of its answers, so it keeps hold of the transport."""
        cycle: Any = getattr(send, "__self__", None)
        if cycle is not None:
            scope.setdefault("extensions", {})[_CLOSE] = cycle.transport.abort
        await self._starlette(scope, receive, send)

    def _routes(self) -> list[Route]:
        style = self._style
        routes = [Route(style.file_path, self._guarded("file", self._file))]
        if style.detail_path:
            routes.append(Route(style.detail_path, self._guarded("detail", self._detail)))
        routes.append(Route(style.list_path, self._guarded("list", self._list), methods=[style.method]))
        if style.auth == "oauth2":
            routes.append(Route(TOKEN_PATH, self._counted("token", self._token), methods=["POST"]))
        return routes

    # ---------------------------------------------------------------------------------------------------------- guard
    def _guarded(self, kind: str, endpoint: Endpoint) -> Endpoint:
        """The endpoint for those who have the key."""

        async def guard(request: Request) -> Response:
            if not self._keys.opens(request):
                self._stats.locked_out += 1
                return _refusal(401, "the key is missing, wrong or no longer good")
            return await within(request)

        within = self._within_budget(endpoint)
        return self._counted(kind, guard)

    def _counted(self, kind: str, endpoint: Endpoint) -> Endpoint:
        async def count(request: Request) -> Response:
            self._stats.arrived(kind)
            return await endpoint(request)

        return count

    def _within_budget(self, endpoint: Endpoint) -> Endpoint:
        async def spend(request: Request) -> Response:
            if wait := self._budget.take():
                self._stats.refused += 1
                return _refusal(429, "the calls of this hour are spent", {"Retry-After": str(int(wait) + 1)})
            return await endpoint(request)

        return spend

    # ------------------------------------------------------------------------------------------------------ endpoints
    async def _list(self, request: Request) -> Response:
        object_ = self._objects.get(request.path_params["object"])
        if object_ is None:
            return _refusal(404, "no such object")
        try:
            given = await self._parameters(request)
            wanted = asked(self._style, given)
        except WrongParameter as wrong:
            return _refusal(400, str(wrong))
        later, last = await asyncio.to_thread(self._lists.lies, object_, wanted)
        fault = self._draw("list", object_, later=later, last=last)
        return await self._answered(fault, lambda: self._page(request.url.path, object_, wanted, fault))

    def _page(self, path: str, object_: str, wanted: Asked, fault: Fault | None) -> Response:
        page = self._lists.page(object_, wanted, fault)
        headers = {"Link": f'<{path}?{page.next_query}>; rel="next"'} if page.next_query else None
        return _json(page.body, headers=headers)

    async def _detail(self, request: Request) -> Response:
        object_, place = self._record(request)
        fault = self._draw("detail", object_)
        return await self._answered(fault, lambda: self._one(object_, place))

    def _one(self, object_: str, place: int) -> Response:
        with self._practice.lock:
            if not object_ or not self._practice.tables[object_].is_there(place):
                return _refusal(404, "no such record")
            return _json(self._shaper.records(object_, [place])[0])

    async def _file(self, request: Request) -> Response:
        object_, place = self._record(request)
        name = request.path_params.get("name")
        fault = self._draw("file", object_ or "document")
        return await self._answered(
            fault, lambda: self._content(self._file_name(object_, place) if name is None else name, whole=fault)
        )

    def _file_name(self, object_: str, place: int) -> str:
        with self._practice.lock:
            column = _FILE_COLUMNS.get(object_)
            if column is None or not self._practice.tables[object_].is_there(place):
                return ""
            return self._practice.tables[object_].rows([place])[0].get(column, "")

    def _content(self, name: str, *, whole: Fault | None) -> Response:
        """A file's bytes: streamed, unless a fault needs them as a whole."""
        found = self._practice.document(name)
        if found is None:
            return _refusal(404, "no such document")
        if isinstance(found, Path) and whole is None:
            return FileResponse(found)
        return Response(found.read_bytes() if isinstance(found, Path) else found)

    async def _token(self, request: Request) -> Response:
        body = await request.body()
        token = self._keys.token(request.headers.get("authorization", ""), body)
        if token is None:
            self._stats.locked_out += 1
            return _json({"error": "invalid_client"}, 401)

        async def give(_: Request) -> Response:
            return await self._answered(self._draw("token", ""), lambda: _json(token))

        return await self._within_budget(give)(request)

    # ---------------------------------------------------------------------------------------------------------- parts
    async def _parameters(self, request: Request) -> dict[str, str]:
        """The parameters of a list call. Raises WrongParameter."""
        if self._style.method == "GET":
            return dict(request.query_params)
        body = await request.body()
        try:
            given = orjson.loads(body or b"{}")
        except orjson.JSONDecodeError:
            given = None
        if not isinstance(given, dict):
            raise WrongParameter("the body is a JSON object")
        return {name: str(value) for name, value in given.items() if value is not None}

    def _record(self, request: Request) -> tuple[str, int]:
        """The object and the place that a path names; an empty name and -1 where there is nothing like it."""
        object_ = self._objects.get(request.path_params.get("object", ""), "")
        ident = request.path_params.get("id", "")
        return object_, int(ident) - 1 if ident.isascii() and ident.isdecimal() else -1

    def _draw(self, kind: str, object_: str, *, later: bool = False, last: bool = True) -> Fault | None:
        tokens = self._style.auth == "oauth2"
        return self._faults.draw(kind, object_, tokens=tokens, later=later, last=last)

    async def _answered(self, fault: Fault | None, answer: Callable[[], Response]) -> Response:
        """The answer, worked out beside the event loop, or what the fault makes of it."""
        if refused := self._failed(fault):
            return refused
        if fault == Fault.SLOW:
            await asyncio.sleep(self._faults.slow)
        response = await asyncio.to_thread(answer)
        if fault == Fault.CUT:
            return Half(response.body, response.status_code, media_type=response.media_type)
        if fault == Fault.TRUNCATED:
            body = bytes(response.body)
            return Response(body[: len(body) // 2], response.status_code, media_type=response.media_type)
        return response

    def _failed(self, fault: Fault | None) -> Response | None:
        """What comes instead of an answer; None where the fault leaves one."""
        if fault == Fault.SILENCE:
            return Silence()
        if fault is None or fault not in _STATUSES:
            return None
        if fault == Fault.EXPIRED:
            self._keys.expire()
        seconds = self._faults.retry_after
        headers = {
            Fault.LIMIT_SECONDS: {"Retry-After": str(seconds)},
            Fault.LIMIT_DATE: {"Retry-After": formatdate(self._practice.clock() + seconds, usegmt=True)},
            Fault.EXPIRED: {"WWW-Authenticate": 'Bearer error="invalid_token"'},
        }
        return _refusal(_STATUSES[fault], "as the plan of faults says", headers.get(fault))


def _json(body: Any, status: int = 200, *, headers: dict[str, str] | None = None) -> Response:
    return Response(orjson.dumps(body), status, headers=headers, media_type="application/json")


def _refusal(status: int, message: str, headers: dict[str, str] | None = None) -> Response:
    return _json({"error": message}, status, headers=headers)
