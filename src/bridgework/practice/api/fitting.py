"""What is wrong in a profile although each entry by itself is right; and what becomes of the entries of an object."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from difflib import get_close_matches
from typing import Any

from bridgework.practice.api.entries import NO_SECRET, Entry, ObjectEntry, OnePage, looks_secret
from bridgework.practice.api.placeholders import names_in
from bridgework.practice.api.profile import ObjectProfile

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_CALLS = tuple(name for name in Entry.model_fields if name not in {"records", "id"})
ALL = frozenset(ObjectEntry.model_fields)
_KNOWN = ("authentication", "base_url", "token_url", "credentials")


@dataclass(frozen=True, slots=True)
class Problem:
    """Where in the YAML, and what was expected there; holds nothing of what stands there."""

    place: tuple[str | int, ...]
    text: str


def secrets(content: Mapping[str, Any]) -> Iterator[Problem]:
    """Everything that looks like a secret: in `authentication`, `headers`, `parameters`, and the address."""
    defaults, objects = content.get("defaults"), content.get("objects")
    places: list[tuple[tuple[str, ...], Any]] = [((), content), (("defaults",), defaults)]
    places += [(("objects", name), one) for name, one in (objects.items() if isinstance(objects, Mapping) else ())]
    for place, one in places:
        if not isinstance(one, Mapping):
            continue
        yield from _secret_in(place, {name: value for name, value in one.items() if not isinstance(value, Mapping)})
        for part in ("authentication", "headers", "parameters"):
            yield from _secret_in((*place, part), one.get(part))


def _secret_in(place: tuple[str | int, ...], content: Any) -> Iterator[Problem]:
    if not isinstance(content, Mapping):
        return
    for name, value in content.items():
        if isinstance(value, Mapping):
            yield from _secret_in((*place, name), value)
        elif not get_close_matches(name, _KNOWN, 1, 0.8) and looks_secret(name, value):
            yield Problem((*place, name), NO_SECRET)


def within(name: str, entry: ObjectEntry, merged: Mapping[str, Any], wrong: frozenset[str]) -> Iterator[Problem]:
    """What is wrong with one object; what is written but `wrong` is not missing."""
    place = ("objects", name)
    if not _NAME.fullmatch(name):
        yield Problem(place, "an object's name is small letters, digits and _, such as patient or invoice_line")
    if entry.inside:
        yield from _inside(place, entry, wrong)
        return
    for part, text in _NEEDED.items():
        if merged.get(part) is None and part not in wrong:
            yield Problem(place, text)
    if entry.parent:
        yield Problem((*place, "parent"), "only an object that is `inside` another one has it: take it out")
    yield from _sizes(place, merged)
    yield from _paths(place, merged)
    yield from _parameters(place, merged)
    yield from _headers(place, entry)


_NEEDED = {
    "path": "`path` is missing, here and in `defaults`: write where its records are, such as `path: /patients`",
    "id": "`id` is missing, here and in `defaults`: write the field that tells records apart, such as `id: number`",
    "paging": "`paging` is missing, here and in `defaults`: see template.yaml for page, offset, cursor, link and none",
}
_NEEDED_INSIDE = {
    "records": "`records` is missing: write where they are in the other's, such as `records: lines`",
    "id": "`id` is missing: write what tells them apart, such as `id: [invoice_number, line]`",
}


def _inside(place: tuple[str, ...], entry: ObjectEntry, wrong: frozenset[str]) -> Iterator[Problem]:
    for part in _CALLS:
        if part in entry.model_fields_set:
            yield Problem((*place, part), f"what is inside another object has no calls of its own: take `{part}` out")
    for part, text in _NEEDED_INSIDE.items():
        if not getattr(entry, part) and part not in wrong:
            yield Problem(place, text)
    yield from _headers(place, entry)


def _sizes(place: tuple[str, ...], merged: Mapping[str, Any]) -> Iterator[Problem]:
    size, largest = merged.get("page_size"), merged.get("largest_page_size")
    if size and largest and size > largest:
        yield Problem((*place, "page_size"), f"`largest_page_size` is {largest}: write that or less")
    paging = merged.get("paging")
    if size and paging is not None and not getattr(paging, "size", None) and not isinstance(paging, OnePage):
        yield Problem((*place, "paging"), "`page_size` is set, but not the parameter that asks for it: add `size: …`")


def _paths(place: tuple[str, ...], merged: Mapping[str, Any]) -> Iterator[Problem]:
    path = merged.get("path")
    if path and (names := set(names_in(path)) - {"object"}):
        known = "`{object}` is the only placeholder in the path of a list"
        yield Problem((*place, "path"), f"{known}; {', '.join(sorted(names))} cannot be filled in")
    for part in ("detail", "download"):
        value = merged.get(part)
        template = getattr(value, "path", value)
        if template and not set(names_in(template)) - {"object"}:
            yield Problem((*place, part), "it needs a placeholder from the record, such as /patients/{number}")


def _parameters(place: tuple[str, ...], merged: Mapping[str, Any]) -> Iterator[Problem]:
    for name, value in (merged.get("parameters") or {}).items():
        here = (*place, "parameters", name)
        if isinstance(value, Mapping | list) and merged.get("method") != "POST":
            yield Problem(here, "a GET takes one text or number for each parameter")
        if isinstance(value, str) and "{" in value and value != "{object}":
            yield Problem(here, "`{object}` and nothing else can be filled in here")


def _headers(place: tuple[str, ...], entry: ObjectEntry) -> Iterator[Problem]:
    for language in ("nl", "fr"):
        seen: dict[str, str] = {}
        for path, names in entry.fields.items():
            header = names.in_(language)
            if seen.setdefault(header, path) != path:
                text = f"has the same header as {seen[header]} ({language}): two fields cannot share one"
                yield Problem((*place, "fields", path), text)
                return


def between(objects: Mapping[str, ObjectProfile], written: set[str]) -> Iterator[Problem]:
    """What is wrong between objects; of those that are `written` but wrong themselves nothing is said."""
    for name, one in objects.items():
        place = ("objects", name, "inside")
        other = objects.get(one.inside)
        if not one.inside or (other is None and one.inside in written):
            continue
        if other is None:
            yield Problem(place, f"there is no such object; those with calls of their own: {_own(objects)}")
        elif other.inside:
            yield Problem(place, "that one is itself inside another; name one with calls of its own")
        elif len(other.id) != 1:
            yield Problem(place, "that one's `id` has several parts; records inside need one with a single part")


def _own(objects: Mapping[str, ObjectProfile]) -> str:
    return ", ".join(name for name, one in objects.items() if not one.inside)


def resolve(name: str, merged: Mapping[str, Any]) -> ObjectProfile:
    """The object with what it says and inherits, its `{object}` filled in."""
    known = {one.name for one in fields(ObjectProfile)}
    said = {part: value for part, value in merged.items() if part in known and value is not None}
    for part in ("path", "download"):
        if part in said:
            said[part] = said[part].replace("{object}", name)
    if "detail" in said:
        said["detail"] = said["detail"].model_copy(update={"path": said["detail"].path.replace("{object}", name)})
    said["parameters"] = {
        parameter: name if value == "{object}" else value for parameter, value in said.get("parameters", {}).items()
    }
    return ObjectProfile(**{"path": "", "paging": OnePage(by="none"), **said, "name": name})
