r"""The folder of files that the rows name, and the ways in which they name them.

Windows writes `\` and forgets capitals, macOS takes letters with accents apart (NFD), and an export may hold the path
of another computer. A name is looked for as it is, then without these differences, then by the end of its path. What is
not inside the folder is never found.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_NONE: Final[dict[str, list[str]]] = {}


class DocumentsFolder:
    """A practice's documents, found by the names in its rows."""

    def __init__(self, folder: Path | None) -> None:
        """Look in this folder, which need not exist (None: there is none); its list is read at the first search."""
        self._folder = folder.resolve() if folder else Path()
        self._by_path: dict[str, list[str]] = _NONE if folder else {}
        self._by_name: dict[str, list[str]] = _NONE if folder else {}

    def find(self, name: str) -> Path | None:
        """The file of that name; None where there is none, or where it could be more than one."""
        parts = _parts(name)
        if not parts:
            return None
        if self._by_path is _NONE:
            self._read()
        while parts:
            exact = "/".join(parts)
            found = self._by_path.get(_plain(exact), [])
            if not found and len(parts) == 1:
                found = self._by_name.get(_plain(exact), [])
            if exact in found:
                return self._folder / exact
            if found:
                return self._folder / found[0] if len(found) == 1 else None
            parts = parts[1:]  # the path may begin above the folder
        return None

    def is_away(self) -> bool:
        """Whether the folder cannot be seen now though it was, or though it was to be: a share that went away, say."""
        had_files = bool(self._by_path)
        return self._folder != Path() and not (self._folder if had_files else self._folder.parent).is_dir()

    def files(self) -> Iterator[Path]:
        """Every file of the folder, in the order of their names."""
        if self._by_path is _NONE:
            self._read()
        names = (name for names in self._by_path.values() for name in names)
        yield from (self._folder / name for name in sorted(names))

    def _read(self) -> None:
        self._by_path, self._by_name = {}, {}
        for root, folders, files in os.walk(self._folder):
            folders.sort()
            below = os.path.relpath(root, self._folder).replace(os.sep, "/")
            for file in sorted(files):
                if not self._is_inside(Path(root, file)):
                    continue
                relative = file if below == "." else f"{below}/{file}"
                self._by_path.setdefault(_plain(relative), []).append(relative)
                self._by_name.setdefault(_plain(file), []).append(relative)

    def _is_inside(self, path: Path) -> bool:
        """Whether a file is in the folder and not only linked from it."""
        return not path.is_symlink() or path.resolve().is_relative_to(self._folder)


def _parts(name: str) -> list[str]:
    """A path's parts without drive and root; none where it climbs upwards."""
    path = name.strip().replace("\\", "/")
    if len(path) > 1 and path[1] == ":" and path[0].isalpha():
        path = path[2:]
    parts = [part for part in path.split("/") if part not in {"", "."}]
    return [] if ".." in parts or "\0" in path else parts


def _plain(path: str) -> str:
    """A path without the differences that do not count."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())
