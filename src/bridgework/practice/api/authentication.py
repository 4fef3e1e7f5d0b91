"""Showing who we are, in each of the ways that a profile may name; the secret is asked for when it is first needed."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from bridgework.practice.api import problems
from bridgework.practice.api.entries import Basic, Bearer, HeaderKey, OAuth2, QueryKey
from bridgework.practice.api.profile import ApiProfile

_EARLY = 30.0  # seconds before its end in which a token is not used any more
_USUAL_LIFE = 300.0  # where an answer does not say how long a token is good for


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a call carries."""

    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    parameters: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class TokenCall:
    """The call that fetches a token."""

    url: str
    form: Mapping[str, str] = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)


class Authenticator:
    """Gives the credentials of one client."""

    def __init__(
        self,
        profile: ApiProfile,
        secret: Callable[[], str],
        fetch: Callable[[TokenCall], Awaitable[Mapping[str, Any]]],
        clock: Callable[[], float],
    ) -> None:
        """`fetch` makes a token call and gives its answer, parsed."""
        self._how, self._base_url = profile.authentication, profile.base_url
        self._ask, self._fetch, self._clock = secret, fetch, clock
        self._secret: str | None = None
        self._token, self._until = "", 0.0
        self._lock = asyncio.Lock()

    async def credentials(self) -> Credentials:
        """What the next call carries; may make a token call. Raises UsageError (API-KEY-FORM), Refused, Away."""
        match self._how:
            case OAuth2() as how:
                return _bearer(await self._good_token(how))
            case Basic():
                return Credentials({"Authorization": _basic(*self._pair("user:password"))})
            case HeaderKey(name=name, prefix=prefix):
                return Credentials({name: prefix + self._known()})
            case QueryKey(name=name):
                return Credentials(parameters={name: self._known()})
            case Bearer():
                return _bearer(self._known())

    def renew(self, refused: Credentials) -> bool:
        """Whether other credentials may be had than those that were refused; forgets a token that is no good."""
        if not isinstance(self._how, OAuth2):
            return False
        if refused == _bearer(self._token):
            self._token = ""
        return True

    def hidden(self) -> str:
        """The parameter of an address that holds the secret, or an empty text."""
        return self._how.name if isinstance(self._how, QueryKey) else ""

    def _known(self) -> str:
        if self._secret is None:
            given = self._ask().strip()
            if not given or not given.isprintable() or not given.isascii():
                raise problems.bad_secret("the vendor wrote it, on one line")
            self._secret = given
        return self._secret

    def _pair(self, form: str) -> tuple[str, str]:
        name, colon, word = self._known().partition(":")
        if not name or not colon:
            raise problems.bad_secret(form)
        return name, word

    async def _good_token(self, how: OAuth2) -> str:
        async with self._lock:
            if not self._token or self._clock() >= self._until:
                await self._new_token(how)
            return self._token

    async def _new_token(self, how: OAuth2) -> None:
        url = self._base_url + how.token_url if how.token_url.startswith("/") else how.token_url
        client_id, client_secret = self._pair("client_id:client_secret")
        form = {"grant_type": "client_credentials", **how.parameters, **({"scope": how.scope} if how.scope else {})}
        headers: dict[str, str] = {}
        if how.credentials == "header":
            headers["Authorization"] = _basic(quote(client_id, safe=""), quote(client_secret, safe=""))
        else:
            form |= {"client_id": client_id, "client_secret": client_secret}
        answer = await self._fetch(TokenCall(url, form, headers))
        token = answer.get("access_token")
        if not isinstance(token, str) or not token.isprintable() or not token.isascii() or not token:
            raise problems.unfit(
                "API-NO-TOKEN", "The token call gives no token", how.token_url, "no access_token is in it"
            )
        try:
            life = float(answer.get("expires_in") or _USUAL_LIFE)
        except (TypeError, ValueError):
            life = _USUAL_LIFE
        self._token, self._until = token, self._clock() + max(life - _EARLY, life / 2)


def _bearer(token: str) -> Credentials:
    return Credentials({"Authorization": f"Bearer {token}"})


def _basic(name: str, word: str) -> str:
    return "Basic " + base64.b64encode(f"{name}:{word}".encode()).decode()
