"""API keys: JSON Web Tokens that carry their workspace, signed by the server that gave them."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Collection
from typing import Any

import orjson

from bridgework.twins.twenty.errors import Refusal


def _encoded(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")


def _decoded(text: str) -> Any:
    return orjson.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))


def _signature(text: str, secret: bytes) -> str:
    return _encoded(hmac.new(secret, text.encode(), hashlib.sha256).digest())


def issue(workspace_id: str, key_id: str, secret: bytes) -> str:
    """A key for a workspace; the same one each time it is asked for."""
    header = _encoded(orjson.dumps({"alg": "HS256", "typ": "JWT"}))
    claims = {"sub": workspace_id, "type": "API_KEY", "workspaceId": workspace_id, "jti": key_id, "exp": 4_102_444_800}
    text = f"{header}.{_encoded(orjson.dumps(claims))}"
    return f"{text}.{_signature(text, secret)}"


def _refused(message: str, sub_code: str, code: str, friendly: str, status: int) -> Refusal:
    return Refusal(message, code=code, sub_code=sub_code, friendly=friendly, status=status, name=sub_code)


def missing() -> Refusal:
    """No key at all."""
    return _refused(
        "Missing authentication token", "FORBIDDEN_EXCEPTION", "FORBIDDEN", "You must be authenticated.", 403
    )


def revoked() -> Refusal:
    """A key that was good, and that somebody has revoked (api-key.service.ts; jwt.auth.strategy.ts)."""
    friendly = "This API Key has been revoked and can no longer be used."
    return _refused("This API Key is revoked", "FORBIDDEN_EXCEPTION", "FORBIDDEN", friendly, 403)


def check(header: str | None, key: str, gone: Collection[str] = ()) -> Refusal | None:
    """What is wrong with an Authorization header, or None; `gone` are keys that were revoked."""
    scheme, _, token = (header or "").partition(" ")
    if not header or scheme.lower() != "bearer" or not token:
        return missing()
    if hmac.compare_digest(token, key):
        return None
    if token in gone:
        return revoked()
    try:
        _, claims, _ = token.split(".")
        claimed = _decoded(claims)
    except ValueError:
        claimed = None
    if isinstance(claimed, dict):
        return _refused("Unknown token error.", "INVALID_INPUT", "BAD_USER_INPUT", "Invalid input provided.", 400)
    friendly = "You must be authenticated to perform this action."
    return _refused("Token invalid.", "UNAUTHENTICATED", "UNAUTHENTICATED", friendly, 401)
