"""Who may ask: the key of a twin in the form of its style, and the tokens that OAuth2 gives for it."""

from __future__ import annotations

import base64
import binascii
import secrets
from collections.abc import Callable
from urllib.parse import parse_qs

from starlette.requests import Request

from .styles import Style

_NAME = "bridgework"


class Keys:
    """The key of one twin: a plain one, or `user:password` where the style is basic or OAuth2."""

    def __init__(self, style: Style, clock: Callable[[], float]) -> None:
        self._style, self._clock = style, clock
        secret = secrets.token_urlsafe(24)
        self.key = f"{_NAME}:{secret}" if style.auth in {"basic", "oauth2"} else secret
        self._tokens: dict[str, float] = {}

    def opens(self, request: Request) -> bool:
        """Whether a call brings the key, or a token that is still good."""
        style, header = self._style, request.headers.get("authorization", "")
        if style.auth == "header":
            return _same(request.headers.get(style.auth_name, ""), self.key)
        if style.auth == "query":
            return _same(request.query_params.get(style.auth_name, ""), self.key)
        if style.auth == "basic":
            return _same(_basic(header), self.key)
        if style.auth == "oauth2":
            return self._tokens.get(header.removeprefix("Bearer "), 0.0) > self._clock()
        return _same(header, f"Bearer {self.key}")

    def token(self, header: str, body: bytes) -> dict[str, str | int] | None:
        """A new token for client credentials (RFC 6749, 4.4), given in the header or in the body; None for others."""
        form = {name: values[0] for name, values in parse_qs(body.decode(errors="replace")).items()}
        given = _basic(header) or f"{form.get('client_id', '')}:{form.get('client_secret', '')}"
        if form.get("grant_type") != "client_credentials" or not _same(given, self.key):
            return None
        now = self._clock()
        self._tokens = {token: until for token, until in self._tokens.items() if until > now}
        token = secrets.token_urlsafe(24)
        self._tokens[token] = now + self._style.token_seconds
        return {"access_token": token, "token_type": "Bearer", "expires_in": self._style.token_seconds}

    def expire(self) -> None:
        """Make every token void."""
        self._tokens.clear()


def _basic(header: str) -> str:
    kind, _, given = header.partition(" ")
    if kind.lower() != "basic":
        return ""
    try:
        return base64.b64decode(given, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _same(given: str, wanted: str) -> bool:
    return secrets.compare_digest(given.encode(errors="surrogatepass"), wanted.encode())
