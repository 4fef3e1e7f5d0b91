"""The HTTP face of the twin: routes, keys, limits on arrival, and faults on demand."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from bridgework.twins.twenty import keys
from bridgework.twins.twenty.bucket import RateLimit
from bridgework.twins.twenty.coreapi import CoreApi
from bridgework.twins.twenty.errors import Refusal, limit_reached
from bridgework.twins.twenty.faults import Fault, Faults
from bridgework.twins.twenty.metadata import MetadataApi
from bridgework.twins.twenty.rest import RestApi
from bridgework.twins.twenty.workspace import Workspace

JSON = "application/json; charset=utf-8"
MAX_BODY = 10 * 1024 * 1024
Endpoint = Callable[[Request], Awaitable[Response]]


def answered(body: Any, status: int = 200) -> Response:
    """A JSON answer."""
    return Response(orjson.dumps(body), status, media_type=JSON)


class Silence(Response):
    """No answer at all: the connection just closes."""

    async def __call__(self, scope: Scope, _receive: Receive, _send: Send) -> None:
        scope["extensions"]["twin.close"]()


class Half(Response):
    """An answer that promises all of its body and breaks off in the middle."""

    def __init__(self, whole: Response) -> None:
        super().__init__(whole.body, whole.status_code, media_type=whole.media_type)
        self.whole = whole

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        body = bytes(self.whole.body)
        await send({"type": "http.response.start", "status": self.whole.status_code, "headers": self.raw_headers})
        await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
        scope["extensions"]["twin.close"]()


class App:
    """Serves one workspace."""

    def __init__(
        self, workspace: Workspace, *, key: str, limit: RateLimit, version: str, faults: Faults | None
    ) -> None:
        self.workspace = workspace
        self.key = key
        self.revoked: set[str] = set()
        self.limit = limit
        self.stats = workspace.stats
        self.version = version
        self.faults = faults
        self.core = CoreApi(workspace)
        self.rest = RestApi(workspace, self.core.operations)
        self.metadata = MetadataApi(workspace)
        self.starlette = Starlette(
            routes=[
                Route("/healthz", self._health),
                Route("/client-config", self._config),
                Route("/graphql", self._faulty(self._graphql, "graphql"), methods=["POST"]),
                Route("/metadata", self._faulty(self._metadata, "metadata"), methods=["POST"]),
                Route("/rest/{path:path}", self._faulty(self._rest, "rest"),
                      methods=["GET", "POST", "PATCH", "PUT", "DELETE"]),
                Route("/file-upload/{ident}", self._faulty(self._upload, "upload"), methods=["PUT"]),
                Route("/file/{folder}/{ident}", self._faulty(self._download, "download")),
            ]
        )  # fmt: skip

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI application. A closed connection is one of its answers, so it keeps hold of the transport."""
        cycle: Any = getattr(send, "__self__", None)
        if cycle is not None:
            scope.setdefault("extensions", {})["twin.close"] = cycle.transport.abort
        await self.starlette(scope, receive, send)

    # --------------------------------------------------------------------------------------------------------- public
    async def _health(self, _request: Request) -> Response:
        return answered({"status": "ok", "info": {}, "error": {}, "details": {}})

    async def _config(self, _request: Request) -> Response:
        return answered(
            {
                "appVersion": self.version,
                "api": {"mutationMaximumAffectedRecords": 100},
                "isMultiWorkspaceEnabled": False,
                "isAttachmentPreviewEnabled": True,
                "signInPrefilled": False,
            }
        )

    # --------------------------------------------------------------------------------------------------------- faults
    def _faulty(self, endpoint: Endpoint, kind: str) -> Endpoint:
        """The endpoint, counted, and with the faults that the plan holds for it."""

        async def wrapped(request: Request) -> Response:
            self.stats.calls[kind] += 1
            fault = self.faults.draw(request.url.path) if self.faults else None
            if fault is None:
                return await endpoint(request)
            self.stats.faults += 1
            await request.body()
            if fault == Fault.LIMIT:
                return self._limited(kind)
            if fault == Fault.ERROR_BEFORE:
                return answered({"statusCode": 500, "messages": ["Internal server error"], "error": "Error"}, 500)
            if fault == Fault.SILENCE_BEFORE:
                return Silence()
            answer = await endpoint(request)
            if fault == Fault.ERROR_AFTER:
                return answered({"statusCode": 500, "messages": ["Internal server error"], "error": "Error"}, 500)
            return Silence() if fault == Fault.SILENCE_AFTER else Half(answer)

        return wrapped

    def _limited(self, kind: str) -> Response:
        refusal = limit_reached(100, 60_000)
        if kind == "rest":
            return answered(refusal.rest(), refusal.status)
        return answered({"data": None, "errors": [refusal.graphql()]})

    # ------------------------------------------------------------------------------------------------------- requests
    async def _body(self, request: Request, *, unlimited: bool = False) -> bytes | None:
        """The whole body, or None where it is too large for the server's JSON parser."""
        body = await request.body()
        return None if len(body) > MAX_BODY and not unlimited else body

    def _take(self) -> Refusal | None:
        """A token for one operation, as it arrives."""
        self.stats.tokens += 1
        refusal = self.limit.take()
        if refusal is not None:
            self.stats.tokens -= 1
            self.stats.refused += 1
        return refusal

    async def _graphql(self, request: Request) -> Response:
        body = await self._body(request)
        if body is None:
            return answered("request entity too large", 500)
        payload = _json(body)
        if payload is None:
            return answered({"message": "Unexpected end of JSON input", "error": "Bad Request", "statusCode": 400}, 400)
        refusal = self._locked_out(request, payload)
        if refusal is not None:
            return refusal
        limited = {}
        for root in self.core.roots(payload):
            refused = self._take()
            if refused is not None:
                limited[root.key] = refused
        return await self._carry_out(lambda: (200, self.core.execute(payload, limited)))

    def _locked_out(self, request: Request, payload: dict[str, Any]) -> Response | None:
        """The answer to a GraphQL request that the key does not open; it is HTTP 200 even so."""
        refusal = keys.check(request.headers.get("authorization"), self.key, self.revoked)
        if refusal is None:
            return None
        if refusal.message == keys.missing().message:
            return answered(self.metadata.anonymous(payload))
        return answered({"errors": [refusal.graphql()]})

    async def _carry_out(self, run: Callable[[], tuple[int, Any]]) -> Response:
        """The answer of a request, worked out beside the event loop, which goes on counting what arrives."""
        status, body = await asyncio.to_thread(self._locked, run)
        return Response(body, status, media_type=JSON)

    def _locked(self, run: Callable[[], tuple[int, Any]]) -> tuple[int, bytes]:
        """One request at a time; what it set off runs once its answer is fixed, and before the next request."""
        with self.workspace.store.lock:
            status, answer = run()
            body = orjson.dumps(answer)
            self.workspace.automations.drain()
            return status, body

    async def _metadata(self, request: Request) -> Response:
        multipart = request.headers.get("content-type", "").startswith("multipart/")
        if multipart:
            payload = await _multipart(request)
        else:
            body = await self._body(request)
            if body is None:
                return answered("request entity too large", 500)
            payload = _json(body)
        if payload is None:
            return answered({"message": "Unexpected end of JSON input", "error": "Bad Request", "statusCode": 400}, 400)
        refusal = self._locked_out(request, payload)
        if refusal is not None:
            return refusal
        return await self._carry_out(lambda: (200, self.metadata.execute(payload)))

    async def _rest(self, request: Request) -> Response:
        body = await self._body(request)
        if body is None:
            return answered("request entity too large", 500)
        refusal = keys.check(request.headers.get("authorization"), self.key, self.revoked)
        if refusal is not None:
            held = {"statusCode": refusal.status, "messages": [refusal.message], "error": refusal.name}
            return answered(held, refusal.status)
        refused = self._take()
        if refused is not None:
            return answered(refused.rest(), refused.status)
        query = list(request.query_params.multi_items())
        path = request.path_params["path"]
        return await self._carry_out(lambda: self.rest.answer(request.method, path, dict(query), body))

    # ---------------------------------------------------------------------------------------------------------- files
    async def _upload(self, request: Request) -> Response:
        ident, files = request.path_params["ident"], self.workspace.files
        kept = files.known.get(ident)
        if kept is None or not files.allowed("upload", ident, request.query_params.get("token")):
            return answered({"message": "Forbidden resource", "error": "Forbidden", "statusCode": 403}, 403)
        content = await request.body()
        if request.headers.get("content-type") != "application/octet-stream":
            content = b""  # the server's parser for any other type has eaten the bytes
        if len(content) != kept["size"]:
            status = 413 if len(content) > kept["size"] else 400
            message = f"Uploaded {len(content)} bytes but {kept['size']} were declared"
            refused = {"statusCode": status, "error": "Error", "messages": [message], "code": "FILE_SIZE_MISMATCH"}
            return answered(refused, status)
        await asyncio.to_thread(files.put_bytes, ident, content)
        return Response(status_code=204)

    async def _download(self, request: Request) -> Response:
        ident, files = request.path_params["ident"], self.workspace.files
        if not files.allowed("download", ident, request.query_params.get("token")):
            return answered({"message": "Forbidden resource", "error": "Forbidden", "statusCode": 403}, 403)
        content = await asyncio.to_thread(files.get_bytes, ident)
        kept = files.known.get(ident)
        if content is None or kept is None:
            return answered({"statusCode": 404, "error": "Error", "messages": ["File not found"]}, 404)
        return Response(content, media_type=kept["contentType"])


def _json(body: bytes) -> dict[str, Any] | None:
    try:
        payload = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    return payload if isinstance(payload, dict) else None


async def _multipart(request: Request) -> dict[str, Any] | None:
    """A GraphQL multipart request: its operations, with the files put where its map says."""
    async with request.form(max_part_size=MAX_BODY) as form:
        payload = _json(str(form.get("operations", "")).encode())
        placed = _json(str(form.get("map", "")).encode())
        if payload is None or placed is None:
            return None
        for name, paths in placed.items():
            part = form.get(name)
            if part is None or isinstance(part, str):
                continue
            upload = {"name": part.filename or "", "content": await part.read()}
            for path in paths:
                _place(payload, path, upload)
        return payload


def _place(payload: dict[str, Any], path: str, upload: dict[str, Any]) -> None:
    """Put a file where a dotted path such as variables.files.0 says."""
    *steps, last = path.split(".")
    place: Any = payload
    for step in steps:
        place = place[int(step)] if isinstance(place, list) else place[step]
    if isinstance(place, list):
        place[int(last)] = upload
    else:
        place[last] = upload
