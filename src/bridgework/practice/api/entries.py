"""What may stand in a profile, entry by entry, as a person writes it; `profile` is what becomes of it."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from bridgework.practice.api.placeholders import names_in

LANGUAGES = ("nl", "fr", "en")

_SECRET_NAME = re.compile(
    r"(^|-)(pass(word|wd|phrase)?|pwd|secret|token|(api|access|auth|client|private|subscription)-?key|authori[sz]ation"
    r"|cookie|credentials?|bearer|jwt)(-|$)|^key$"
)
_SECRET_VALUE = re.compile(r"(bearer|basic|token)\s+\S{8,}|eyJ[\w-]{10,}\..*|.*://[^/]*@.*", re.IGNORECASE)


def looks_secret(name: str, value: Any = None) -> bool:
    """Whether an entry seems to hold a secret: by the words of its name, or by how its value looks."""
    words = re.sub(r"[^A-Za-z]+|(?<=[a-z])(?=[A-Z])", "-", name).lower()
    return bool(_SECRET_NAME.search(words)) or (isinstance(value, str) and bool(_SECRET_VALUE.fullmatch(value.strip())))


def is_near(url: str) -> bool:
    """Whether a URL's host is on the network of the building: a private address, or a bare or .local name."""
    host = urlsplit(url).hostname or ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return "." not in host or host.endswith((".local", ".lan", ".internal", ".localhost"))
    return address.is_private


def is_here(url: str) -> bool:
    """Whether a URL's host is this computer."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def check_url(url: str) -> str:
    """An address that calls may go to. Raises ValueError, which says what was expected."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("an address is expected, such as https://api.example.be")
    if parts.username or parts.password:
        raise ValueError(NO_SECRET)
    if parts.query or parts.fragment:
        raise ValueError("an address ends before its ? or #; what is asked for goes under `parameters`")
    if parts.scheme == "http" and not is_near(url):
        raise ValueError("write it with https://: over http:// others could read the key and the patients' data")
    return url.rstrip("/")


def _path(text: str) -> str:
    if not text.startswith("/") or text.startswith("//"):
        raise ValueError("a path is expected, which begins with / and is added to the base URL")
    if re.search(r"[?#\s\\]", text) or ".." in text.split("/"):
        raise ValueError("a path has no ?, #, space or ..; what is asked for goes under `parameters`")
    names_in(text)
    return text


def _dotted(text: str) -> str:
    if text and re.search(r"^\.|[^\\]\.\.|(?<!\\)\.$|[$\[\]*]", text):
        raise ValueError("a dotted path is expected, such as data.items; a number in it is a place in a list, from 0")
    return text


def _token_url(text: str) -> str:
    return _path(text) if text.startswith("/") else check_url(text)


def _moment_format(text: str) -> str:
    if text not in {"iso", "seconds", "milliseconds"}:
        if "%" not in text:
            raise ValueError('iso, seconds, milliseconds (since 1970) or a pattern such as "%d/%m/%Y" is expected')
        datetime.now(UTC).strftime(text)
    return text


def _zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("a time zone is expected, such as UTC or Europe/Brussels") from None
    return text


def _as(name: str) -> BeforeValidator:
    """Takes a plain text for an entry that has that text under a name."""
    return BeforeValidator(lambda value: {name: value} if isinstance(value, str) else value)


def _none(value: Any) -> Any:
    return None if value == "none" else value


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


NO_SECRET = "a profile holds no secret: take it out, and give it in BRIDGEWORK_DENTADMIN_KEY"  # noqa: S105 - a sentence

Text = Annotated[str, StringConstraints(min_length=1, strict=True)]
Url = Annotated[Text, AfterValidator(check_url)]
PathText = Annotated[Text, AfterValidator(_path)]
Dotted = Annotated[str, StringConstraints(strict=True), AfterValidator(_dotted)]
Place = Annotated[Text, AfterValidator(_dotted)]
HeaderName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]+$", strict=True)]
Count = Annotated[int, Field(ge=1, strict=True)]


class Strict(BaseModel):
    """Takes what is described and nothing else."""

    model_config = ConfigDict(extra="forbid", frozen=True)


# --- how Bridgework shows who it is ------------------------------------------------------------------------------


class Bearer(Strict):
    """`Authorization: Bearer …`."""

    by: Literal["bearer"]


class Basic(Strict):
    """A user and a password; the secret is `user:password`."""

    by: Literal["basic"]


class HeaderKey(Strict):
    """A key in a header of its own, after a prefix where it has one."""

    by: Literal["header"]
    name: HeaderName
    prefix: str = ""


class QueryKey(Strict):
    """A key in the address."""

    by: Literal["query"]
    name: Text


class OAuth2(Strict):
    """OAuth2 client credentials (RFC 6749, 4.4); the secret is `client_id:client_secret`.

    `credentials`: whether they go in the header of the token call (as RFC 6749 has it) or in its form.
    """

    by: Literal["oauth2"]
    token_url: Annotated[Text, AfterValidator(_token_url)]
    scope: str = ""
    parameters: dict[str, Text] = Field(default_factory=dict)
    credentials: Literal["header", "form"] = "header"


Authentication = Annotated[Bearer | Basic | HeaderKey | QueryKey | OAuth2, Field(discriminator="by"), _as("by")]

# --- how one page follows the other ------------------------------------------------------------------------------


class ByPage(Strict):
    """Pages have numbers."""

    by: Literal["page"]
    page: Text = "page"
    first: Annotated[int, Field(ge=0, strict=True)] = 1
    size: Text | None = None
    more: Place | None = None


class ByOffset(Strict):
    """A page begins behind so many records."""

    by: Literal["offset"]
    offset: Text = "offset"
    size: Text | None = None
    more: Place | None = None


class ByCursor(Strict):
    """Each answer says, at `next`, what to send for the next page."""

    by: Literal["cursor"]
    cursor: Text = "cursor"
    next: Place
    size: Text | None = None
    more: Place | None = None


class ByLink(Strict):
    """Each answer holds the address of the next page: in its Link header (RFC 8288), or at `next` in its body."""

    by: Literal["link"]
    next: Place | None = None
    size: Text | None = None


class OnePage(Strict):
    """One answer holds all there is."""

    by: Literal["none"]


Paging = Annotated[ByPage | ByOffset | ByCursor | ByLink | OnePage, Field(discriminator="by"), _as("by")]

# --- the objects -------------------------------------------------------------------------------------------------


class ChangedSince(Strict):
    """The parameter that asks for what changed since a moment, and how the moment is written."""

    parameter: Text
    format: Annotated[Text, AfterValidator(_moment_format)] = "iso"
    zone: Annotated[Text, AfterValidator(_zone)] = "UTC"

    def write(self, moment: datetime) -> str:
        """The moment as the API wants it."""
        local = moment.astimezone(ZoneInfo(self.zone))
        if self.format == "iso":
            return local.isoformat(timespec="seconds").replace("+00:00", "Z")
        if self.format == "seconds":
            return str(int(local.timestamp()))
        if self.format == "milliseconds":
            return str(int(local.timestamp() * 1000))
        return local.strftime(self.format)


class Detail(Strict):
    """One call for each record, and where in its answer the record is."""

    path: PathText
    record: Dotted = ""


class Names(Strict):
    """The header of a field, by language."""

    nl: Text | None = None
    fr: Text | None = None
    en: Text | None = None

    def in_(self, language: str) -> str:
        """The header in this language, or in the first that there is."""
        wanted = getattr(self, language, None)
        return wanted or next(name for name in self.all() if name)

    def all(self) -> list[str]:
        """Every header."""
        return list(dict.fromkeys(name for name in (self.nl, self.fr, self.en) if name))


def _names(value: Any) -> Any:
    if not value or not isinstance(value, str | Mapping):
        raise ValueError("a header is expected: a text, or {nl: Naam, fr: Nom}")
    return dict.fromkeys(("nl", "fr"), value) if isinstance(value, str) else value


Header = Annotated[Names, BeforeValidator(_names)]


class Entry(Strict):
    """What may be said of an object, or in `defaults`; nothing is needed here, as the other may say it."""

    path: PathText | None = None
    method: Literal["GET", "POST"] | None = None
    parameters: dict[str, Any] | None = None
    records: Dotted | None = None
    id: Annotated[tuple[Place, ...], BeforeValidator(_as_list), Field(min_length=1)] | None = None
    paging: Paging | None = None
    page_size: Count | None = None
    largest_page_size: Count | None = None
    total: Annotated[Place | None, BeforeValidator(_none)] = None
    total_header: Annotated[HeaderName | None, BeforeValidator(_none)] = None
    changed_since: Annotated[ChangedSince | None, _as("parameter"), BeforeValidator(_none)] = None
    deleted: Annotated[Place | None, BeforeValidator(_none)] = None
    detail: Annotated[Detail | None, _as("path"), BeforeValidator(_none)] = None
    download: Annotated[PathText | None, BeforeValidator(_none)] = None


class ObjectEntry(Entry):
    """What may be said of an object."""

    inside: Text | None = None
    parent: HeaderName | None = None
    fields: dict[str, Header] = Field(default_factory=dict)


class ProfileEntry(Strict):
    """The head of a profile; the objects and the defaults are read one by one."""

    bridgework_api: Literal[1]
    name: Text
    base_url: Url
    authentication: Authentication
    headers: dict[HeaderName, Text] = Field(default_factory=dict)
    details_at_once: Annotated[int, Field(ge=1, le=16, strict=True)] = 4
    defaults: Any = None
    objects: dict[str, Any] = Field(min_length=1)
