"""What an API key of Twenty says of itself: a JSON Web Token that carries the id of its workspace.

Nothing is trusted that it says; it only tells, before any call, a key of another workspace from the right one.
"""

from __future__ import annotations

import base64
import binascii

import orjson

from bridgework.errors import UsageError


def usable(key: str) -> str:
    """The key as it can be sent, without the blanks of a careless paste; raises `UsageError` BAD_KEY."""
    text = key.strip()
    if not text or not text.isascii() or not text.isprintable() or " " in text:
        raise UsageError(
            "BAD_KEY",
            "The API key of Twenty cannot be one",
            where="BRIDGEWORK_TWENTY_KEY",
            why="it is empty, or holds blanks, line breaks or letters that no key has",
            next_step="copy it anew, whole, from where it was kept when it was made",
        )
    return text


def workspace_of(key: str) -> str | None:
    """The id of the workspace that a key is for; None where it does not say."""
    parts = key.strip().split(".")
    if len(parts) != 3:  # header, claims and signature
        return None
    try:
        claims = orjson.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (ValueError, binascii.Error):
        return None
    found = claims.get("workspaceId") if isinstance(claims, dict) else None
    return found if isinstance(found, str) else None
