"""Links as Twenty stores them: the origin in lower case, no slash at the end, nothing that is no URL."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

import orjson

from bridgework.twins.twenty.errors import Refusal

_HOST = re.compile(r"(?:[a-z0-9-]+\.)+[a-z][a-z0-9-]+|localhost|\d{1,3}(?:\.\d{1,3}){3}", re.IGNORECASE)
_AUTHORITY = re.compile(r"(?:[^/?#@]*@)?([^/?#:@]*)(?::(\d*))?(?=[/?#]|$)")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_HTTP = re.compile(r"(https?)://", re.IGNORECASE)
_DEFAULT_PORTS = {"http": "80", "https": "443"}
_KEPT = "%/:@!$&'()*+,;=~[]|^?#-._{}`"


def _host(name: str) -> str:
    """A host name in the letters that the network knows."""
    try:
        return name.encode("idna").decode().lower()
    except UnicodeError:
        return ""


def is_url(text: str) -> bool:
    """An http(s) address, or what becomes one with https:// in front."""
    rest = _HTTP.sub("", text.strip(), count=1)
    found = _AUTHORITY.match(rest)
    return found is not None and _HOST.fullmatch(_host(found[1])) is not None


def normalise(url: str) -> str:
    """Scheme and host in lower case and no slash at the end; a text without scheme stays as it is.

    Any other scheme has no origin, which JavaScript writes out: mailto:a@b.be becomes nulla@b.be.
    """
    http = _HTTP.match(url)
    if http is None:
        scheme = _SCHEME.match(url)
        return url if scheme is None else ("null" + url[scheme.end() :]).removesuffix("/")
    rest = url[http.end() :]
    found = _AUTHORITY.match(rest)
    if found is None:
        return url
    scheme_name = http[1].lower()
    port = f":{found[2]}" if found[2] and found[2] != _DEFAULT_PORTS[scheme_name] else ""
    return f"{scheme_name}://{_host(found[1])}{port}{quote(rest[found.end() :], safe=_KEPT)}".removesuffix("/")


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
