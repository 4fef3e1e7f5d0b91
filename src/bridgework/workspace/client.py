"""HTTP to one Twenty server: one call for records, one for metadata, and what each kind of failure means.

A read that fails is sent again. A write is sent again only where it certainly was not carried out; where that is not
known the caller gets `OutcomeUnknown` and looks first.
"""

from __future__ import annotations

import asyncio
import random
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import httpx2
import orjson

from bridgework.errors import Away, Refused
from bridgework.workspace.refusals import Kind, Rejection, read_answer

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractAsyncContextManager

    from bridgework.workspace.pace import Pace

TRIES = 6
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 20.0
_MOST_LIMIT_REFUSALS = 30
_NOT_SENT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout)
_MOST_CONNECTIONS = 64


class RejectedError(Exception):
    """The server said no; `rejection` says how. It never leaves this package."""

    def __init__(self, rejection: Rejection, data: Any = None) -> None:
        """Keep the refusal, and what the other roots of the same call brought."""
        super().__init__(rejection.code)
        self.rejection, self.data = rejection, data


class OutcomeUnknownError(Exception):
    """A write was sent, and nobody knows whether it was carried out. It never leaves this package."""

    def __init__(self, rejection: Rejection) -> None:
        """Keep what is known: code HTTP_502, SERVER_FAILED, the name of a transport error, …"""
        super().__init__(rejection.code)
        self.rejection = rejection


class Client:
    """One server and one key."""

    def __init__(
        self,
        url: str,
        key: str,
        pace: Pace,
        *,
        timeout: float = 60,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        """`timeout`: seconds for one call; `transport`: for tests."""
        self.url = url.rstrip("/")
        self.pace = pace
        self._http = httpx2.AsyncClient(
            timeout=httpx2.Timeout(timeout, connect=min(timeout, 15.0)),
            # Node closes idle connections after 5 s: let go of them first, or a write may meet a closing one.
            limits=httpx2.Limits(
                max_connections=_MOST_CONNECTIONS, max_keepalive_connections=_MOST_CONNECTIONS, keepalive_expiry=4.0
            ),
            transport=transport,
        )
        self._headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}

    @property
    def http(self) -> httpx2.AsyncClient:
        """The bare HTTP client, for addresses that must not see the key."""
        return self._http

    async def close(self) -> None:
        """Close all connections."""
        await self._http.aclose()

    async def execute(self, document: str, variables: Mapping[str, Any] | None = None, *, safe: bool) -> dict[str, Any]:
        """One operation on records (`/graphql`, one root, one token); `safe` says that it may be sent twice."""
        return await self._operation("/graphql", document, variables, safe=safe, paced=True)

    async def metadata(
        self, document: str, variables: Mapping[str, Any] | None = None, *, safe: bool
    ) -> dict[str, Any]:
        """One operation on the data model, views or files (`/metadata`), which takes no token."""
        return await self._operation("/metadata", document, variables, safe=safe, paced=False)

    async def get_plain(self, path: str) -> dict[str, Any]:
        """A JSON document that is no GraphQL answer; raises `RejectedError` where there is none at this path."""
        return await self.request("GET", path, headers={}, safe=True, paced=False, plain=True)

    async def _operation(
        self, path: str, document: str, variables: Mapping[str, Any] | None, *, safe: bool, paced: bool
    ) -> dict[str, Any]:
        body = orjson.dumps({"query": document, "variables": variables or {}})
        return await self.request("POST", path, body, headers={}, safe=safe, paced=paced)

    async def request(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        *,
        headers: Mapping[str, str],
        safe: bool,
        paced: bool,
        files: Any = None,
        plain: bool = False,
    ) -> dict[str, Any]:
        """Send until there is an answer; raises `RejectedError`, `OutcomeUnknownError`, `Refused` or `Away`."""
        failures = limited = 0
        while True:
            try:
                return await self._once(method, path, body, headers=headers, paced=paced, files=files, plain=plain)
            except RejectedError as error:
                rejection = error.rejection
                if rejection.kind is Kind.LIMIT and limited < _MOST_LIMIT_REFUSALS:
                    limited += 1
                    await self._after_limit(rejection, paced=paced)
                    continue
                if rejection.kind is Kind.LIMIT:
                    raise self._away(rejection.code, rejection.reason) from None
                if rejection.kind is Kind.SERVER and not safe:
                    raise OutcomeUnknownError(rejection) from None
                if rejection.kind is not Kind.SERVER:
                    raise
                why = rejection.code
            except _NOT_SENT as error:
                why = type(error).__name__
            except (httpx2.TransportError, httpx2.DecodingError) as error:
                why = type(error).__name__
                if not safe:
                    raise OutcomeUnknownError(Rejection(Kind.SERVER, why)) from None
            failures += 1
            if failures >= TRIES:
                raise self._away("NO_ANSWER", f"{TRIES} tries failed, the last with {why}")
            await pause(failures)

    async def _after_limit(self, rejection: Rejection, *, paced: bool) -> None:
        """Let the pace wait; a call that takes no token waits here."""
        self.pace.refused(rejection)
        if not paced or not self.pace.calls_per_minute:
            await asyncio.sleep(rejection.retry_after or 1.0)

    async def _once(
        self,
        method: str,
        path: str,
        body: bytes | None,
        *,
        headers: Mapping[str, str],
        paced: bool,
        files: Any,
        plain: bool,
    ) -> dict[str, Any]:
        sent = {**self._headers, **headers} if files is None else {"Authorization": self._headers["Authorization"]}
        request = self._http.build_request(method, self.url + path, content=body, headers=sent, files=files)
        turn: AbstractAsyncContextManager[None] = self.pace.call() if paced else nullcontext()
        async with turn:
            response = await self._http.send(request)
        data, rejection = read_answer(response.status_code, response.headers, response.content, plain=plain)
        if rejection is None:
            return data  # type: ignore[no-any-return]
        if rejection.code in {"KEY_REFUSED", "PROXY_REFUSED"}:
            raise self._no_entry(rejection)
        raise RejectedError(rejection, data)

    def _away(self, code: str, why: str) -> Away:
        return Away(
            code,
            "Twenty does not answer",
            where=self.url,
            why=why,
            next_step="check that the server runs and can be reached from here, then run the same command again",
        )

    def _no_entry(self, rejection: Rejection) -> Refused:
        if rejection.kind is Kind.KEY:
            step = "create an API key in Settings → APIs & Webhooks, and give it in BRIDGEWORK_TWENTY_KEY"
        else:
            step = "ask whoever runs the proxy or firewall before Twenty to let this computer's calls through"
        return Refused(
            rejection.code, "Twenty refused the call", where=self.url, why=rejection.reason, next_step=step
        )


async def pause(failures: int) -> None:
    """Wait before the next try: exponential, with full jitter, so that many clients do not come back together."""
    longest = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2 ** (failures - 1))
    await asyncio.sleep(longest * (0.5 + random.random() / 2))  # noqa: S311 - jitter, not a secret


def refused(rejection: Rejection, what: str, *, where: str = "", next_step: str = "") -> Refused:
    """The error for a refusal that nothing in this package can act on."""
    step = next_step or _NEXT.get(rejection.kind, "look this code up in docs/, or report it")
    return Refused(rejection.code, what, where=where, why=rejection.reason, next_step=step)


_NEXT = {
    Kind.PERMISSION: "give the role of the API key all permissions on records, the data model, views, files and workflows",
    Kind.UNKNOWN_FIELD: "run the schema stage, then run the same command again",
    Kind.DOCUMENT: "this version of Twenty lacks the call: see docs/ for the versions that Bridgework supports",
    Kind.SERVER: "look at the server's log, then run the same command again",
}
