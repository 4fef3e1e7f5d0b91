"""The certificates that this machine trusts; read once in a process, since that takes a twentieth of a second."""

from __future__ import annotations

import ssl
from functools import cache

import httpx2


@cache
def trusted() -> ssl.SSLContext:
    """What every client of another system checks its server with."""
    return httpx2.create_ssl_context()
