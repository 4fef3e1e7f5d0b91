"""One HTTP call to the practice's API: where it goes, who it says we are, and what each kind of answer means.

The key goes to the host of the profile and to no other: not where an answer redirects us, not where it links to.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, TypeVar

import httpx2

from bridgework.certificates import trusted
from bridgework.practice.api import json_text, problems
from bridgework.practice.api.authentication import Authenticator, Credentials, TokenCall
from bridgework.practice.api.json_text import BrokenJsonError
from bridgework.practice.api.page import CallBudget
from bridgework.practice.api.problems import GoneError, KeyRefusedError, MovedError, TryAgainError
from bridgework.practice.api.profile import ApiProfile
from bridgework.practice.api.retrying import Retrying, Tally, retry_after

T = TypeVar("T")

LARGEST_ANSWER = 64 * 2**20
"""Bytes of JSON in one answer: a page of 1,000 records has one or two million."""

_TO_ANSWER = 240.0
"""Seconds until an answer begins; the budget takes a call for dead after 300."""

_MOST_MOVES = 5
_TIMEOUT = httpx2.Timeout(60.0, connect=15.0)
_TRY_AGAIN = frozenset({408, 425, 429})


@dataclass(frozen=True, slots=True)
class Ask:
    """One call. `where` names it in an error: an object and the path of the profile, no ids."""

    where: str
    url: httpx2.URL = field(repr=False)
    method: str = "GET"
    parameters: Mapping[str, Any] = field(default_factory=dict, repr=False)
    body: Any = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """A JSON answer: its text, and parsed, with its headers."""

    text: str = field(repr=False)
    value: Any = field(repr=False)
    headers: httpx2.Headers = field(repr=False)


Reader = Callable[[httpx2.Response], Awaitable[T]]


class Caller:
    """The connection of one client."""

    def __init__(
        self,
        profile: ApiProfile,
        secret: Callable[[], str],
        budget: CallBudget,
        transport: httpx2.AsyncBaseTransport | None,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        """See `ApiClient`."""
        # They write every address into the log, and addresses hold ids, or even the key.
        for name in ("httpx2", "httpcore2"):
            logging.getLogger(name).setLevel(logging.WARNING)
        self.base = httpx2.URL(profile.base_url)
        self.date = ""  # of the last answer, by the server's clock
        self._constant = dict(profile.constant_headers)
        self._clock = clock
        self._retrying = Retrying(budget, clock, sleep)
        self._authenticator = Authenticator(profile, secret, self._token, clock)
        self._http = httpx2.AsyncClient(verify=trusted(), timeout=_TIMEOUT, transport=transport, follow_redirects=False)

    async def close(self) -> None:
        """Close all connections."""
        await self._http.aclose()

    def url(self, path: str) -> httpx2.URL:
        """The address of a path of the profile, its placeholders filled in."""
        return httpx2.URL(str(self.base).rstrip("/") + path)

    def linked(self, link: str, asked: httpx2.URL, where: str) -> httpx2.URL:
        """The address that a link in an answer means: on our host, without the key. Raises Refused (API-ELSEWHERE)."""
        try:
            found = asked.join(link)
        except httpx2.InvalidURL:
            raise problems.unfit("API-NO-LINK", "The link to the next page is no address", where, "") from None
        if found.host != self.base.host:
            raise problems.elsewhere(where)
        if (hidden := self._authenticator.hidden()) in found.params:
            found = found.copy_remove_param(hidden)
        # Behind a proxy the API may not know its own scheme and port.
        return self.base.copy_with(raw_path=found.raw_path, fragment=None)

    async def json(self, ask: Ask, tally: Tally, check: Callable[[Answer], T]) -> T:
        """A call for JSON. `check` makes of it what is wanted; it may raise TryAgainError."""

        async def read(response: httpx2.Response) -> T:
            try:
                text = await _text(response, ask.where)
                return check(Answer(text, json_text.parse(text) if text else None, response.headers))
            except BrokenJsonError:
                final = problems.unfit("API-BROKEN-JSON", "The answer is no JSON", ask.where, "it is cut, or malformed")
                raise TryAgainError("broken JSON", final=final) from None

        async def in_time(response: httpx2.Response) -> T:
            async with asyncio.timeout(_TO_ANSWER):
                return await read(response)

        return await self.send(ask, tally, in_time, may_leave=False)

    async def send(self, ask: Ask, tally: Tally, read: Reader[T], *, may_leave: bool) -> T:
        """A call, with its tries and redirects; `may_leave` lets it follow one to another host, without the key.

        Raises GoneError for 404 and 410, else an error for people.
        """
        renewed = False
        with_key = True
        for _ in range(_MOST_MOVES):
            credentials = await self._authenticator.credentials() if with_key else Credentials()
            try:
                once = partial(self._once, ask, credentials, read, constant=with_key)
                return await self._retrying.run(once, ask.where, tally)
            except KeyRefusedError:
                if renewed or not with_key or not self._authenticator.renew(credentials):
                    raise problems.key_refused(ask.where) from None
                renewed = True
            except MovedError as moved:
                ask, with_key = self._moved(ask, moved, with_key=with_key, may_leave=may_leave)
        raise problems.unfit(
            "API-MOVED", "The practice's API sends us round in circles", ask.where, "it only redirects"
        )

    async def _once(self, ask: Ask, known: Credentials, read: Reader[T], *, constant: bool) -> T:
        headers = {**self._constant, **known.headers} if constant else {}
        more = {**ask.parameters, **known.parameters}
        url = ask.url.copy_merge_params(more) if more else ask.url  # a link is followed to the letter
        request = self._http.build_request(ask.method, url, json=ask.body, headers=headers)
        return await self._exchange(request, ask.where, read)

    async def _exchange(self, request: httpx2.Request, where: str, read: Reader[T]) -> T:
        try:
            async with asyncio.timeout(_TO_ANSWER):
                response = await self._http.send(request, stream=True)
        except TimeoutError:
            raise TryAgainError("no answer in time") from None
        self.date = response.headers.get("date", self.date)
        try:
            _judge(response, where, self._clock())
            return await read(response)
        except TimeoutError:
            raise TryAgainError("an answer that does not end") from None
        finally:
            await response.aclose()

    def _moved(self, ask: Ask, moved: MovedError, *, with_key: bool, may_leave: bool) -> tuple[Ask, bool]:
        try:
            url = ask.url.join(moved.location)
        except httpx2.InvalidURL:
            raise problems.unfit("API-MOVED", "The practice's API redirects to no address", ask.where, "") from None
        ours = (url.scheme, url.host, url.port) == (self.base.scheme, self.base.host, self.base.port)
        if ours:
            method = ask.method if moved.keep_method else "GET"
            body = ask.body if moved.keep_method else None
            return replace(ask, url=url, method=method, body=body, parameters={}), with_key
        if not may_leave or url.scheme not in {"https", self.base.scheme}:
            raise problems.elsewhere(ask.where)
        return Ask(ask.where, url), False

    async def _token(self, call: TokenCall) -> Mapping[str, Any]:
        where = "authentication: token_url"

        async def read(response: httpx2.Response) -> Mapping[str, Any]:
            try:
                found = json_text.parse(await _text(response, where))
            except BrokenJsonError:
                raise TryAgainError("broken JSON") from None
            return found if isinstance(found, Mapping) else {}

        def once() -> Awaitable[Mapping[str, Any]]:
            request = self._http.build_request("POST", call.url, data=dict(call.form), headers=dict(call.headers))
            return self._exchange(request, where, read)

        try:
            return await self._retrying.run(once, where, Tally())
        except (KeyRefusedError, GoneError, MovedError) as error:
            status = 404 if isinstance(error, GoneError) else 401
            raise problems.key_refused(where) if status == 401 else problems.refused(where, status) from None


def _judge(response: httpx2.Response, where: str, now: float) -> None:
    """Raise, unless the answer holds what was asked for."""
    status = response.status_code
    if response.is_success:
        return
    if status == 401:
        raise KeyRefusedError
    if status in {404, 410}:
        raise GoneError
    if response.has_redirect_location:
        raise MovedError(response.headers["location"], keep_method=status in {307, 308})
    if status in _TRY_AGAIN or status >= 500:
        wait = retry_after(response.headers.get("retry-after"), now)
        raise TryAgainError(f"status {status}", retry_after=wait, limited=status == 429)
    raise problems.refused(where, status)


async def _text(response: httpx2.Response, where: str) -> str:
    body = bytearray()
    async for part in response.aiter_bytes():
        body += part
        if len(body) > LARGEST_ANSWER:
            raise problems.unfit(
                "API-LARGE-ANSWER",
                "An answer is too large to be kept in memory",
                where,
                f"it has over {LARGEST_ANSWER // 2**20} MB; a smaller `page_size` makes it smaller",
            )
    return json_text.text_of(bytes(body), response.charset_encoding or "utf-8")
