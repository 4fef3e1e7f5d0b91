"""Links as Twenty stores them: the origin in lower case, no slash at the end, nothing that is no URL."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

import orjson

from bridgework.twins.twenty.errors import Refusal

_HOST = re.compile(r"(?:[\w-]+\.)+[A-Za-z]{2,}(?::\d+)?|localhost(?::\d+)?|\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_HTTP = re.compile(r"https?://", re.IGNORECASE)
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}


def is_url(text: str) -> bool:
    """An http(s) address, or a bare host name with or without a path."""
    if re.search(r"\s", text):
        return False
    if _HTTP.match(text):
        rest = text.split("//", 1)[1]
    elif _SCHEME.match(text) and not re.match(r"[\w.-]+:\d+(/|$)", text):
        return False
    else:
        rest = text
    return _HOST.fullmatch(re.split(r"[/?#]", rest, maxsplit=1)[0].rsplit("@", 1)[-1]) is not None


def normalise(url: str) -> str:
    """Scheme and host in lower case and no slash at the end; a text without scheme stays as it is."""
    if not _HTTP.match(url):
        return url
    parts = urlsplit(url)
    scheme, host = parts.scheme.lower(), parts.netloc.rsplit("@", 1)[-1].lower()
    host = host.removesuffix(_DEFAULT_PORTS[scheme])
    tail = url.split("//", 1)[1][len(parts.netloc):]
    return f"{scheme}://{host}{tail}".removesuffix("/")


def columns(value: dict[str, Any]) -> dict[str, Any]:
    """The sub-fields to store for a LINKS value; the first link that is not empty becomes the primary one."""
    second = value.get("secondaryLinks")
    if isinstance(second, str) and second:
        second = orjson.loads(second)
    links: list[dict[str, Any]] = [{"url": value.get("primaryLinkUrl"), "label": value.get("primaryLinkLabel")}]
    links += second if isinstance(second, list) else []
    links = [{"url": link["url"], "label": link.get("label")} for link in links if link and link.get("url")]
    for link in links:
        if not is_url(link["url"]):
            raise Refusal("The URL of the link is not valid", sub_code="INVALID_URL", friendly="Invalid URL format.")
        link["url"] = normalise(link["url"])
    first = links[0] if links else {"url": None, "label": None}
    return {
        "primaryLinkUrl": first["url"],
        "primaryLinkLabel": first["label"] or None,
        "secondaryLinks": links[1:] or None,
    }
