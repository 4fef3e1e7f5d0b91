"""Tells apart the ways in which a Twenty server says no, whatever its version and whatever stands before it.

A no comes as HTTP 200 with `errors` (GraphQL), as JSON with `statusCode` and `messages` (NestJS), or as the page of a
proxy. What is kept for errors and logs is a kind, a code, a field's name and a reason in plain words.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import orjson

from bridgework.workspace.messages import of_message, of_schema_change
from bridgework.workspace.rejection import Kind, Rejection

if TYPE_CHECKING:
    from collections.abc import Mapping

_LIMIT = re.compile(r"Limit reached(?: \((\d+) tokens per (\d+) ms\))?|Too many requests")
_NO_ANSWER = Rejection(Kind.SERVER, "NOT_AN_ANSWER", reason="the answer cannot be read")
_KEY = Rejection(
    Kind.KEY, "KEY_REFUSED", reason="the API key is missing, wrong, revoked, expired, or of another workspace"
)
# Whole messages about the key (twenty-server: jwt-wrapper.service.ts, jwt.auth.strategy.ts, api-key.service.ts). Their
# codes do not tell: a revoked key is FORBIDDEN, as a missing right is, and a strange one is BAD_USER_INPUT.
_OF_THE_KEY = re.compile(
    r"Missing authentication token|Unknown token error\.|Token invalid\.|Token has expired\.|Workspace not found"
    r"|This API Key (?:is revoked|has expired)|API Key with id \S+ not found"
)
_PERMISSION = Rejection(Kind.PERMISSION, "NOT_PERMITTED", reason="the role of the API key does not allow this")
_NOT_TWENTY = Rejection(Kind.NOT_FOUND, "NOT_TWENTY", reason="no Twenty server answers at this address")
_TOO_LARGE = Rejection(Kind.TOO_LARGE, "TOO_LARGE", reason="the call holds more bytes than the server takes")
_PROXY = Rejection(Kind.PERMISSION, "PROXY_REFUSED", reason="a proxy or firewall before Twenty refused the call")

# By status, where the body is Twenty's own JSON, and where it is a page of something before it.
_STATUSES: Mapping[int, Rejection] = {401: _KEY, 403: _PERMISSION, 404: _NOT_TWENTY, 413: _TOO_LARGE}
_PAGE_STATUSES: Mapping[int, Rejection] = {
    **_STATUSES,
    403: _PROXY,
    405: _NOT_TWENTY,
    407: _PROXY,
    410: _NOT_TWENTY,
    451: _PROXY,
}
_SECONDS = {"second": 1, "minute": 60, "hour": 3600}


def read_answer(
    status: int, headers: Mapping[str, str], body: bytes, *, plain: bool = False
) -> tuple[Any, Rejection | None]:
    """The data of an answer, and the refusal in it if there is one; both may be there for a call of several roots.

    `plain`: a JSON object of any shape is data, as `/client-config` gives it.
    """
    try:
        document = orjson.loads(body) if body else None
    except orjson.JSONDecodeError:
        return None, _NOT_TWENTY if plain and status < 400 else _of_page(status, headers)
    if not isinstance(document, dict):
        return None, _of_page(status, headers)
    if isinstance(errors := document.get("errors"), list) and errors:
        return document.get("data"), _worst([_of_error(one, headers) for one in errors if isinstance(one, dict)])
    if status >= 400:
        return None, _of_json(status, headers, document)
    data = document if plain else document.get("data")
    return (data, None) if isinstance(data, dict) else (None, _NO_ANSWER)


def _worst(found: list[Rejection]) -> Rejection:
    """The refusal that decides, of several: a limit passes by itself, so anything else goes first."""
    others = [one for one in found if one.kind is not Kind.LIMIT]
    return (others or found or [_NO_ANSWER])[0]


def _of_error(error: Mapping[str, Any], headers: Mapping[str, str]) -> Rejection:
    message = str(error.get("message") or "")
    given = error.get("extensions")
    extensions: Mapping[str, Any] = given if isinstance(given, dict) else {}
    code = extensions.get("code")
    if extensions.get("subCode") == "LIMIT_REACHED" or code == "RATE_LIMITED" or _LIMIT.match(message):
        return _limit(message, headers, extensions)
    if code == "METADATA_VALIDATION_FAILED":
        return of_schema_change(message, extensions)
    if _OF_THE_KEY.fullmatch(message):  # whatever code it comes with: no record is to blame for it
        return _KEY
    return {"UNAUTHENTICATED": _KEY, "FORBIDDEN": _PERMISSION}.get(str(code)) or of_message(message, extensions)


def _of_json(status: int, headers: Mapping[str, str], document: Mapping[str, Any]) -> Rejection:
    messages = document.get("messages") or document.get("message") or ""
    message = str(messages[0]) if isinstance(messages, list) and messages else str(messages)
    if status == 429 or document.get("error") == "RATE_LIMITED" or _LIMIT.match(message):
        return _limit(message, headers, document)
    if _OF_THE_KEY.fullmatch(message):
        return _KEY
    if status in _STATUSES:
        return _STATUSES[status]
    found = of_message(message, {"code": document.get("error")})
    return _server(status) if status >= 500 and found.kind is Kind.OTHER else found


def _of_page(status: int, headers: Mapping[str, str]) -> Rejection:
    """The page of a proxy, a firewall or a half-sent answer."""
    if status == 429:
        return _limit("", headers, {})
    if 300 <= status < 400:
        return _NOT_TWENTY
    if status < 400:
        return _NO_ANSWER
    return _PAGE_STATUSES.get(status) or _server(status)


def _server(status: int) -> Rejection:
    return Rejection(Kind.SERVER, f"HTTP_{status}", reason="the server, or a proxy before it, failed")


def _limit(message: str, headers: Mapping[str, str], told: Mapping[str, Any]) -> Rejection:
    found = _LIMIT.match(message)
    limit, window = (int(found[1]), int(found[2]) / 1000) if found and found[1] else _told_limit(told)
    return Rejection(
        Kind.LIMIT,
        "LIMIT_REACHED",
        reason="the server takes no more calls for now",
        retry_after=_retry_after(headers, told),
        limit=limit,
        window=window,
    )


def _told_limit(told: Mapping[str, Any]) -> tuple[int | None, float | None]:
    """`limit`, `periodCount` and `periodUnit` of servers since 2.3x: (tokens, seconds)."""
    seconds = _SECONDS.get(str(told.get("periodUnit") or "").lower().rstrip("s"))
    limit, count = told.get("limit"), told.get("periodCount")
    if seconds and isinstance(limit, int) and isinstance(count, int) and limit > 0 and count > 0:
        return limit, float(seconds * count)
    return None, None


def _retry_after(headers: Mapping[str, str], told: Mapping[str, Any]) -> float | None:
    ways = ((told.get("retryAfterMs"), 0.001), (told.get("retryAfterSeconds"), 1), (headers.get("retry-after"), 1))
    for value, scale in ways:
        try:
            return max(0.0, float(value) * scale)  # type: ignore[arg-type]
        except (TypeError, ValueError):
            continue
    return None
