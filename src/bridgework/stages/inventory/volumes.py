"""The practice's files by size and kind; names of files are not kept, since they may be names of patients."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from bridgework.practice.documents import DocumentsFolder
from bridgework.reports.audit_document import Documents, KindOfFile, Volume

_EDGES = (
    ("under 100 kB", 100_000),
    ("100 kB to 1 MB", 1_000_000),
    ("1 to 10 MB", 10_000_000),
    ("10 to 100 MB", 100_000_000),
    ("100 MB and larger", None),
)
OTHER = "other"
_KINDS = {
    "Letters and documents": "pdf doc docx odt rtf txt html htm xml",
    "Pictures and X-rays": "jpg jpeg png bmp gif tif tiff webp heic",
    "DICOM images": "dcm dicom",
    "3D scans": "stl ply obj dxd 3ox",
    "Tables": "xls xlsx csv ods",
    "Mails": "eml msg",
    "Sound and video": "mp3 wav m4a mp4 mov avi wmv mkv",
    "Archives": "zip rar 7z",
}
_KIND_OF = {extension: kind for kind, extensions in _KINDS.items() for extension in extensions.split()}


def documents(folder: Path | None, named: Iterable[str], upload_limit: int | None) -> Documents | None:
    """Volumes of the documents folder, None where it is not there. `named`: the file names that the rows have."""
    if folder is None or not folder.is_dir():
        return None
    sizes: Counter[int] = Counter()
    octets: Counter[int] = Counter()
    kinds: dict[str, KindOfFile] = {}
    too_large = too_large_bytes = 0
    for path, size in _files(folder):
        place = _place(size)
        sizes[place] += 1
        octets[place] += size
        _count(kinds, path, size)
        if upload_limit is not None and size > upload_limit:
            too_large += 1
            too_large_bytes += size
    count, found, different = _looked_up(DocumentsFolder(folder), named)
    files = sizes.total()
    return {
        "folder": folder.name,
        "files": files,
        "bytes": octets.total(),
        "sizes": [_volume(place, sizes[place], octets[place]) for place in range(len(_EDGES))],
        "kinds": sorted(kinds.values(), key=lambda one: (-one["bytes"], one["extension"])),
        "upload_limit": upload_limit,
        "too_large": too_large,
        "too_large_bytes": too_large_bytes,
        "named": count,
        "found": found,
        "not_found": count - found,
        "not_named": max(files - different, 0),
    }


def _files(folder: Path) -> Iterator[tuple[str, int]]:
    for root, _, names in os.walk(folder):
        for name in names:
            path = Path(root, name)
            if not path.is_symlink():
                yield name, path.stat().st_size


def _place(size: int) -> int:
    return next(place for place, (_, below) in enumerate(_EDGES) if below is None or size < below)


def _volume(place: int, count: int, octets: int) -> Volume:
    name, below = _EDGES[place]
    return {
        "name": name,
        "least": _EDGES[place - 1][1] or 0 if place else 0,
        "below": below,
        "count": count,
        "bytes": octets,
    }


def _count(kinds: dict[str, KindOfFile], name: str, size: int) -> None:
    extension = name.rpartition(".")[2].lower() if "." in name else ""
    kind = _KIND_OF.get(extension)
    if kind is None:
        kind, extension = "Other files", OTHER  # what is behind the last point of a name may be half a name
    one = kinds.setdefault(extension, {"kind": kind, "extension": extension, "count": 0, "bytes": 0, "largest": 0})
    one["count"] += 1
    one["bytes"] += size
    one["largest"] = max(one["largest"], size)


def _looked_up(folder: DocumentsFolder, named: Iterable[str]) -> tuple[int, int, int]:
    """How many names there are, how many of them are found, and how many different files those are."""
    count = found = 0
    different: set[Path] = set()
    for name in named:
        count += 1
        if (path := folder.find(name)) is not None:
            found += 1
            different.add(path)
    return count, found, len(different)
