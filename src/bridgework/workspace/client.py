"""HTTP to one Twenty server: one call for records, one for metadata, and what each kind of failure means.

A read that fails is sent again. A write is sent again only where it certainly was not carried out; where that is not
known the caller gets `OutcomeUnknown` and looks first.
"""

from __future__ import annotations

import asyncio
import random
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx2
import orjson

from bridgework.certificates import trusted
from bridgework.errors import Away, Refused, UsageError
from bridgework.workspace.keys import usable
from bridgework.workspace.refusals import read_answer
from bridgework.workspace.rejection import Kind, Rejection
from bridgework.workspace.waits import ANSWER

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractAsyncContextManager

    from bridgework.workspace.pace import Pace

TRIES = 6
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 20.0
_MOST_LIMIT_REFUSALS = 30
_NOT_SENT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout)
_MOST_CONNECTIONS = 64
_ANSWERED = ("HTTP_", "SERVER_FAILED", "NOT_AN_ANSWER")  # the server, or a proxy, had the call


class RejectedError(Exception):
    """The server said no; `rejection` says how. It never leaves this package."""

    def __init__(self, rejection: Rejection) -> None:
        """Keep the refusal."""
        super().__init__(rejection.code)
        self.rejection = rejection


class OutcomeUnknownError(Exception):
    """A write was sent, and nobody knows whether it was carried out. It never leaves this package."""

    def __init__(self, rejection: Rejection) -> None:
        """Keep what is known: code HTTP_502, SERVER_FAILED, the name of a transport error, …"""
        super().__init__(rejection.code)
        self.rejection = rejection


@dataclass(frozen=True, slots=True)
class Call:
    """One HTTP call: `safe` if it may be sent twice, `paced` if it takes a token, `plain` if any JSON is an answer."""

    method: str
    path: str
    body: bytes | None = field(default=None, repr=False)
    safe: bool = True
    paced: bool = False
    plain: bool = False
    files: Any = field(default=None, repr=False)  # a multipart form, instead of `body`


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
        """`timeout`: seconds for one call; `transport`: for tests. Raises `UsageError` BAD_URL, BAD_KEY."""
        if not url.startswith(("http://", "https://")):
            raise UsageError(
                "BAD_URL", "The address of Twenty is no address", where=url, next_step="write it as https://…"
            )
        self.url = url.rstrip("/")
        self.pace = pace
        self._http = httpx2.AsyncClient(
            verify=trusted(),
            timeout=httpx2.Timeout(timeout, connect=min(timeout, 15.0)),
            # Node closes idle connections after 5 s: let go of them first, or a write may meet a closing one.
            limits=httpx2.Limits(
                max_connections=_MOST_CONNECTIONS, max_keepalive_connections=_MOST_CONNECTIONS, keepalive_expiry=4.0
            ),
            transport=transport,
        )
        self._headers = {"Authorization": f"Bearer {usable(key)}", "Content-Type": "application/json"}

    @property
    def http(self) -> httpx2.AsyncClient:
        """The bare HTTP client, for addresses that must not see the key."""
        return self._http

    async def close(self) -> None:
        """Close all connections."""
        await self._http.aclose()

    async def execute(self, document: str, variables: Mapping[str, Any] | None = None, *, safe: bool) -> dict[str, Any]:
        """One operation on records (`/graphql`, one root, one token); `safe` says that it may be sent twice."""
        return await self.send(Call("POST", "/graphql", _json(document, variables), safe=safe, paced=True))

    async def metadata(
        self, document: str, variables: Mapping[str, Any] | None = None, *, safe: bool
    ) -> dict[str, Any]:
        """One operation on the data model, views or files (`/metadata`), which takes no token."""
        return await self.send(Call("POST", "/metadata", _json(document, variables), safe=safe))

    async def get_plain(self, path: str) -> dict[str, Any]:
        """A JSON document that is no GraphQL answer; raises `RejectedError` where there is none at this path."""
        return await self.send(Call("GET", path, plain=True))

    async def send(self, call: Call) -> dict[str, Any]:
        """Send until there is an answer; raises `RejectedError`, `OutcomeUnknownError`, `Refused` or `Away`."""
        failures = limited = 0
        while True:
            try:
                return await self._once(call)
            except RejectedError as error:
                rejection = error.rejection
            except (httpx2.TransportError, httpx2.DecodingError) as error:
                rejection = Rejection(Kind.SERVER, type(error).__name__)
                if not (call.safe or isinstance(error, _NOT_SENT)):
                    raise OutcomeUnknownError(rejection) from None
            if rejection.kind is Kind.LIMIT and limited < _MOST_LIMIT_REFUSALS:
                limited += 1
                await self._after_limit(rejection, call)
                continue
            failures += 1
            self._give_up_or_go_on(call, rejection, failures)
            with self.pace.waits.of(ANSWER):  # it is the server that keeps us waiting
                await pause(failures)

    def _give_up_or_go_on(self, call: Call, rejection: Rejection, failures: int) -> None:
        """Raise, unless the call may be sent once more."""
        if rejection.kind not in {Kind.SERVER, Kind.LIMIT}:
            raise RejectedError(rejection)
        if rejection.code.startswith(_ANSWERED) and not call.safe:
            raise OutcomeUnknownError(rejection)
        if failures >= TRIES or rejection.kind is Kind.LIMIT:
            raise self._away(rejection, failures)

    async def _after_limit(self, rejection: Rejection, call: Call) -> None:
        """Let the pace wait; a call that takes no token waits here."""
        self.pace.refused(rejection)
        if not call.paced:
            await asyncio.sleep(rejection.retry_after or 1.0)

    async def _once(self, call: Call) -> dict[str, Any]:
        # Made before the turn comes, so that calls that leave together do leave together.
        headers = self._headers if call.files is None else {"Authorization": self._headers["Authorization"]}
        request = self._http.build_request(
            call.method, self.url + call.path, content=call.body, headers=headers, files=call.files
        )
        turn: AbstractAsyncContextManager[None] = self.pace.call() if call.paced else nullcontext()
        async with turn:
            with self.pace.waits.of(ANSWER):
                response = await self._http.send(request)
        data, rejection = read_answer(response.status_code, response.headers, response.content, plain=call.plain)
        if rejection is None:
            return data  # type: ignore[no-any-return]
        if rejection.code in {"KEY_REFUSED", "PROXY_REFUSED"}:
            raise self._no_entry(rejection)
        raise RejectedError(rejection)

    def _away(self, rejection: Rejection, failures: int) -> Away:
        return Away(
            "NO_ANSWER",
            "Twenty does not answer",
            where=self.url,
            why=f"{failures} tries failed, the last with {rejection.code}",
            next_step="check that the server runs and can be reached from here, then run the same command again",
        )

    def _no_entry(self, rejection: Rejection) -> Refused:
        if rejection.kind is Kind.KEY:
            step = "create an API key in Settings → APIs & Webhooks, and give it in BRIDGEWORK_TWENTY_KEY"
        else:
            step = "ask whoever runs the proxy or firewall before Twenty to let this computer's calls through"
        return Refused(rejection.code, "Twenty refused the call", where=self.url, why=rejection.reason, next_step=step)


def _json(document: str, variables: Mapping[str, Any] | None) -> bytes:
    return orjson.dumps({"query": document, "variables": variables or {}})


async def pause(failures: int) -> None:
    """Wait before the next try: exponential, with full jitter, so that many clients do not come back together."""
    longest = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2 ** (failures - 1))
    await asyncio.sleep(longest * (0.5 + random.random() / 2))  # noqa: S311 - jitter, not a secret


def refused(rejection: Rejection, what: str, *, where: str = "", next_step: str = "") -> Refused:
    """The error for a refusal that nothing in this package can act on."""
    step = next_step or _NEXT.get(rejection.kind, "look this code up in docs/, or report it")
    return Refused(rejection.code, what, where=where, why=rejection.reason, next_step=step)


_NEXT = {
    Kind.PERMISSION: "give the API key a role with all permissions on records, data model, views, files and workflows",
    Kind.UNKNOWN_FIELD: "run the schema stage, then run the same command again",
    Kind.DOCUMENT: "see in Twenty whether the object is still there: if somebody removed it, run the schema stage; if "
    "not, this version of Twenty lacks the call",
    Kind.SERVER: "look at the server's log, then run the same command again",
}
