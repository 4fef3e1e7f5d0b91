"""An object of an API as rows: its name in the store, the cells of its records, and what tells two of them apart."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from bridgework.practice.api import json_text
from bridgework.practice.api.cells import cells_of
from bridgework.practice.api.profile import ApiProfile
from bridgework.practice.judging import content_hash
from bridgework.practice.source_file import SourceFile


@dataclass(frozen=True, slots=True)
class ApiPart:
    """An object of the API, and the name under which its records are staged: its object, or `object@api`.

    `headers` says for each column the path in the record's JSON.
    """

    object: str
    staged_as: str
    headers: Mapping[str, str]
    key_headers: tuple[str, ...]

    @property
    def path(self) -> str:
        """What its records are known by where files have their names."""
        return f"api:{self.object}"


class Record(NamedTuple):
    """One record that came: as it was sent, its cells, and the hash of what it says."""

    raw: bytes
    cells: list[str]
    content: bytes


def read(part: ApiPart, records: Sequence[bytes]) -> list[Record]:
    """The records of a page with their cells."""
    paths = list(part.headers.values())
    return [Record(raw, cells_of(raw, paths), content_hash(canonical(raw))) for raw in records]


def canonical(record: bytes) -> bytes:
    """A record's JSON in one form, whatever the order of its names and the spaces between; numbers to the letter."""
    value = json_text.parse(json_text.text_of(record))
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()


def source_row_of(part: ApiPart, profile: ApiProfile) -> dict[str, Any]:
    """What the store keeps of an object of the API, but for how far it is read."""
    return {
        "object": part.staged_as,
        "path": part.path,
        "format": "api",
        "encoding": "utf-8",
        "delimiter": "",
        "language": "",
        "header": list(part.headers),
        "key_headers": list(part.key_headers),
        "size": 0,
        "modified_ns": 0,
        "reading": {"profile": profile.digest, "paths": dict(part.headers)},
    }


def source_file_of(part: ApiPart) -> SourceFile:
    """The object as a file, for who judges its records: one that is never ragged, since each record has all cells."""
    return SourceFile(
        path=Path(),
        relative=part.path,
        format="api",
        encoding="utf-8",
        delimiter="",
        newline="",
        language="",
        header=tuple(part.headers),
        sheet="",
        data_position=0,
        data_line=0,
        needed_width=len(part.headers),
        may_trail=False,
        size=0,
        modified_ns=0,
        why=(),
        sample=(),
    )
