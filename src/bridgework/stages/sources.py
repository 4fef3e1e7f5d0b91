"""Where each object of the practice is read from: files of the export, the API, or both."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from bridgework.mapping.catalogue import builtin
from bridgework.mapping.words import squash_header
from bridgework.practice import SourceFile, discover
from bridgework.practice.api import ApiProfile
from bridgework.practice.api.loading import load_profile
from bridgework.practice.api_rows import ApiPart
from bridgework.practice.discovery import empty_tables, unreadable
from bridgework.practice.headers import is_word
from bridgework.practice.joining import API, EXPORT
from bridgework.settings import ObjectSettings
from bridgework.stages.context import Context

if TYPE_CHECKING:
    from bridgework.mapping.recognise import Recognised

_LOOKED_AT = 100  # rows of a file, to tell what it holds
UNLISTED = "api fields that the profile does not list"
"""The setting that keeps them, by object: each is a column of its own, under its path in the record."""


@dataclass(frozen=True, slots=True)
class FilePart:
    """A file of the export, and the name under which its rows are staged: its object, or `object@export`."""

    object: str
    staged_as: str
    file: SourceFile
    known: Recognised


class Sources:
    """All that the practice is read from, by the settings of a migration. Looks at the disk, not at the API."""

    def __init__(self, context: Context) -> None:
        """Look for the sources of this context's practice."""
        self._practice = context.settings.practice
        self._beside = context.folder
        self._unlisted: dict[str, list[str]] = context.store.get(UNLISTED, {})

    @cached_property
    def files(self) -> list[SourceFile]:
        """The tables of the export folder. Those of one object call the same columns by the same names."""
        return [self._called(file)[0] for file in self._as_written]

    @cached_property
    def known(self) -> dict[str, Recognised]:
        """By a file's name, what it holds: as the built-in map recognises it, or a person says."""
        found: dict[str, Recognised] = {}
        for file in self._as_written:
            _, names = self._called(file)
            if (one := self._recognised.get(file.relative)) is not None:
                key = tuple(names.get(header, header) for header in one.key_headers)
                found[file.relative] = replace(one, key_headers=key)
        return found

    @cached_property
    def _as_written(self) -> list[SourceFile]:
        folder = self._practice.folder
        return discover(folder, self._practice.files, is_header_word) if folder else []

    @cached_property
    def _recognised(self) -> dict[str, Recognised]:
        from bridgework.mapping.recognise import as_object, recognise  # here: a load asks for no file again

        rows = {one.relative: one.sample[:_LOOKED_AT] for one in self._as_written}
        found = recognise({one.relative: one.header for one in self._as_written}, rows)
        for one in self._as_written:
            said = self._practice.files.get(one.relative)
            name = said.object if said is not None else None
            if name and (given := as_object(name, one.header, one.relative, rows[one.relative])):
                found[one.relative] = given
        return found

    def _called(self, file: SourceFile) -> tuple[SourceFile, dict[str, str]]:
        """A file with its columns under the names that the first file of its object has for them."""
        from bridgework.mapping.recognise import other_names

        one = self._recognised.get(file.relative)
        same = [other for other in self._as_written if one and self._holds(other) == one.object]
        if one is None or same[0] is file:
            return file, {}
        names = other_names(one.object, same[0].header, file.header)
        return (file.called(names, same[0].relative) if names else file), names

    def _holds(self, file: SourceFile) -> str:
        one = self._recognised.get(file.relative)
        return one.object if one else ""

    @property
    def unknown(self) -> list[SourceFile]:
        """The files that nobody knows."""
        return [one for one in self.files if one.relative not in self.known]

    def unreadable(self) -> list[str]:
        """The files of the export folder in a format that is not read."""
        return unreadable(self._practice.folder) if self._practice.folder else []

    def empty(self) -> list[str]:
        """The files of the export folder that hold nothing, though tables should be in them."""
        return empty_tables(self._practice.folder, self._as_written) if self._practice.folder else []

    def unknown_objects(self) -> list[str]:
        """The objects of the API that the built-in map does not have."""
        return sorted(self.profile.objects.keys() - builtin().sources.keys()) if self.profile else []

    @cached_property
    def profile(self) -> ApiProfile | None:
        """The profile of the API, where there is one."""
        api = self._practice.api
        if api is None:
            return None
        profile = load_profile(api.profile, self._beside)
        return profile.at(api.url) if api.url else profile

    def joined(self) -> list[str]:
        """The objects that are read from both."""
        return [name for name in self._api_objects() if name in self._export_objects()]

    def file_parts(self) -> Iterator[FilePart]:
        """The files to read."""
        both, wanted = self.joined(), self._export_objects()
        for file in self.files:
            one = self.known.get(file.relative)
            if one is not None and one.object in wanted:
                yield FilePart(one.object, one.object + (EXPORT if one.object in both else ""), file, one)

    def api_parts(self) -> Iterator[ApiPart]:
        """The objects to ask the API for, in the order in which they are loaded: what is linked to comes first."""
        if self.profile is None or self._practice.api is None:
            return
        both, language = self.joined(), self._practice.api.language
        for name in sorted(self._api_objects(), key=_load_order):
            among = [header for file in self.files if self._is(file, name) for header in file.header]
            headers = self.profile.headers(name, language, among, self._unlisted.get(name, ()))
            key = self.profile.key_headers(name, language, among)
            yield ApiPart(name, name + (API if name in both else ""), headers, key)

    def settings_of(self, object_: str) -> ObjectSettings:
        """What a person says of how an object is read."""
        return self._practice.objects.get(object_, ObjectSettings())

    def _is(self, file: SourceFile, object_: str) -> bool:
        one = self.known.get(file.relative)
        return one is not None and one.object == object_

    def _api_objects(self) -> set[str]:
        known = self.profile.objects.keys() & builtin().sources.keys() if self.profile else set()
        return {name for name in known if self.settings_of(name).read != "export"}

    def _export_objects(self) -> set[str]:
        api = set(self.profile.objects) if self.profile else set()
        found = {one.object for one in self.known.values()}
        return {name for name in found if name not in api or self.settings_of(name).read != "api"}


def is_header_word(cell: str) -> bool:
    """Whether a cell is a header that the built-in map knows, or has a word that headers have."""
    return is_word(cell) or squash_header(cell) in builtin().header_words


def _load_order(object_: str) -> int:
    order = list(builtin().sources)
    return order.index(object_) if object_ in order else len(order)
