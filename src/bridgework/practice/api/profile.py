"""An API as a profile describes it: where each object is, how pages follow one another, what fields are called."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from bridgework.errors import UsageError
from bridgework.practice.api import cells
from bridgework.practice.api.entries import (
    Authentication,
    ByOffset,
    ByPage,
    ChangedSince,
    Detail,
    Header,
    OnePage,
    Paging,
    check_url,
    is_here,
)

_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectProfile:
    """One object of the API. Places inside an answer or a record are dotted paths; an empty one is the whole.

    `path` has its `{object}` filled in; `id` are the paths of the key. An object `inside` another one has no calls of
    its own: its records are at `records` in those of the other, whose id each gets under the name `parent`.
    """

    name: str
    path: str
    method: Literal["GET", "POST"] = "GET"
    parameters: Mapping[str, Any] = field(default_factory=dict)
    records: str = ""
    id: tuple[str, ...]
    paging: Paging
    page_size: int | None = None
    largest_page_size: int | None = None
    total: str | None = None
    total_header: str | None = None
    changed_since: ChangedSince | None = None
    deleted: str | None = None
    detail: Detail | None = None
    download: str | None = None
    inside: str = ""
    parent: str = ""
    fields: Mapping[str, Header] = field(default_factory=dict)

    @property
    def paths(self) -> tuple[str, ...]:
        """The paths of all fields that the profile lists, those of the key and the parent's id among them."""
        own = (self.parent,) if self.parent else ()
        return tuple(dict.fromkeys((*self.fields, *self.id, *own)))

    def header_of(self, path: str, language: str, among: Collection[str] = ()) -> str:
        """The header of a path: the one of its names that is `among` those of an export, else that of the language."""
        names = self.fields.get(path)
        if names is None:
            return path
        there = {_folded(name): name for name in among}
        return next((there[_folded(name)] for name in names.all() if _folded(name) in there), names.in_(language))


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiProfile:
    """One API. `digest` is the hex SHA-256 of what the profile says; comments and layout do not count."""

    name: str
    base_url: str
    authentication: Authentication
    constant_headers: Mapping[str, str] = field(default_factory=dict)
    details_at_once: int = 4
    objects: Mapping[str, ObjectProfile]
    digest: str

    def object(self, name: str) -> ObjectProfile:
        """One object; raises UsageError (API-NO-OBJECT)."""
        if name not in self.objects:
            raise UsageError(
                "API-NO-OBJECT",
                "The profile does not describe this object.",
                where=f"{self.name}: {name}",
                next_step=f"add it to the profile, or take one of {', '.join(self.objects)}",
            )
        return self.objects[name]

    def headers(
        self, object_: str, language: str, among: Collection[str] = (), unlisted: Iterable[str] = ()
    ) -> dict[str, str]:
        """Header → JSON path, in the profile's order; then those that it does not list, under their path.

        `among` are the headers of an export of the same object: where it has one of a field's names, that is taken.
        """
        one = self.object(object_)
        found = {one.header_of(path, language, among): path for path in one.paths}
        for path in unlisted:
            header = path
            while header in found:
                header += "'"  # a listed field has this very text as its header
            found[header] = path
        return found

    def key_headers(self, object_: str, language: str, among: Collection[str] = ()) -> tuple[str, ...]:
        """The headers of the key."""
        one = self.object(object_)
        return tuple(one.header_of(path, language, among) for path in one.id)

    def inside(self, object_: str) -> list[ObjectProfile]:
        """The objects whose records are inside the records of this one."""
        return [one for one in self.objects.values() if one.inside == object_]

    def unlisted(self, object_: str, records: Iterable[bytes]) -> list[str]:
        """The paths in records that the profile does not speak of, not even as a flag or another object's records."""
        one = self.object(object_)
        spoken_of = [inner.records for inner in self.inside(object_)] + ([one.deleted] if one.deleted else [])
        return cells.unlisted(records, [*one.paths, *spoken_of])

    def at(self, url: str) -> ApiProfile:
        """The same API at another address; raises UsageError (API-BAD-URL)."""
        try:
            return replace(self, base_url=check_url(url))
        except ValueError as error:
            raise UsageError(
                "API-BAD-URL",
                "The address of the practice's API cannot be used.",
                where="bridgework.toml, practice.api.url",
                why=str(error),
            ) from None

    def warnings(self) -> list[str]:
        """What works, and should still be thought about; in plain words."""
        if self.base_url.startswith("http://") and not is_here(self.base_url):
            return [
                "calls go over http://: whoever is on the practice's network can read the key and the patients' data"
            ]
        return []


def size_asked(one: ObjectProfile) -> int | None:
    """How many records a page is asked to hold; None where the profile does not say."""
    return one.page_size or one.largest_page_size


def calls_needed(one: ObjectProfile, total: int, served: int | None = None) -> int:
    """How many calls it takes to read an object of `total` records, without those that fail.

    `served` is the size of the pages that the API was seen to send, where it is known. For an object inside another,
    `total` is the number of the other's records, and they are counted as if they were read for it alone. Downloads
    count one for each record.
    """
    size = served or size_asked(one)
    pages = 1 if isinstance(one.paging, OnePage) or not size else max(1, -(-total // size))
    told = one.total or one.total_header or getattr(one.paging, "more", None)
    if isinstance(one.paging, ByPage | ByOffset) and size and total % size == 0 and not told:
        pages += 1  # the empty page that tells the end
    return pages + (total if one.detail else 0) + (total if one.download else 0)


def _folded(name: str) -> str:
    return _SPACES.sub(" ", name.strip()).casefold()
