"""The entries of the inventory that come from the store: files, objects, fields; without what few cells would tell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import sqlalchemy as sa

from bridgework.mapping.document import MapDocument
from bridgework.reports.audit_document import FieldEntry, FileEntry, ObjectEntry, Source
from bridgework.store import Store
from bridgework.store.notes import quarantine_counts
from bridgework.store.tables import source_field, source_file

_PATTERN_OF = 5  # cells at least: the shape of one patient's remark may be known to who wrote it
_NOT_SHOWN = {"position", "line", "modified_ns", "reading", "cursor"}
_API, _EXPORT = "@api", "@export"


@dataclass(frozen=True, slots=True)
class Entries:
    """What the store holds of the practice. `halves`: the two parts of what is read from both; `aside`: quarantine."""

    files: list[FileEntry]
    halves: list[FileEntry]
    objects: list[ObjectEntry]
    fields: list[FieldEntry]
    aside: list[dict[str, Any]]

    def fields_of(self, object_: str) -> list[FieldEntry]:
        """The fields of an object, in the order of its columns."""
        return [one for one in self.fields if one["object"] == object_]

    def only_in_export(self, object_: str) -> list[str]:
        """The columns of the export that the API lacks, where the object is read from both."""
        from_api = {header for one in self.halves if one["object"] == object_ + _API for header in one["header"]}
        both = [header for one in self.halves if one["object"] == object_ + _EXPORT for header in one["header"]]
        return [header for header in dict.fromkeys(both) if header not in from_api]


def read_entries(store: Store, proposed: MapDocument, why: Mapping[str, Sequence[str]]) -> Entries:
    """Read them; `why` has the reasons of the guesses about each file."""
    columns = [one for one in source_file.c if one.name not in _NOT_SHOWN]
    with store.read() as connection:
        rows = connection.execute(sa.select(*columns).order_by(source_file.c.path)).mappings()
        every = [cast("FileEntry", {**row, "why": list(why.get(row["path"], ()))}) for row in rows]
    halves = [one for one in every if "@" in one["object"]]
    files = [one for one in every if "@" not in one["object"]]
    sources = _read_from(files, halves)
    fields = _fields(store, proposed, sources)
    aside = quarantine_counts(store)
    return Entries(files, halves, _objects(files, fields, aside, sources), fields, aside)


def _read_from(files: Iterable[FileEntry], halves: Iterable[FileEntry]) -> dict[str, Source]:
    """From where each object is read."""
    both = {one["object"].partition("@")[0] for one in halves}
    found: dict[str, Source] = {}
    for one in files:
        found[one["object"]] = "both" if one["object"] in both else "api" if one["format"] == "api" else "export"
    return found


def _fields(store: Store, proposed: MapDocument, sources: Mapping[str, Source]) -> list[FieldEntry]:
    concepts = {
        (name, line.column): line.concept or "" for name, source in proposed.sources.items() for line in source.lines
    }
    query = sa.select(source_field).order_by(source_field.c.object, source_field.c.ordinal)
    with store.read() as connection:
        rows = [row for row in connection.execute(query) if row.object in sources]
    return [
        _field(row.profile, row.object, row.header, concepts.get((row.object, row.header), ""), sources[row.object])
        for row in rows
    ]


def _field(profile: Mapping[str, Any], object_: str, header: str, concept: str, source: Source) -> FieldEntry:
    """A profile without what few cells would tell of single patients."""
    rows, filled = profile["rows"], profile["filled"]
    patterns = [[shape, count] for shape, count in profile["patterns"] if count >= _PATTERN_OF]
    few = filled < _PATTERN_OF
    return {
        "object": object_,
        "header": header,
        "concept": concept,
        "source": source,
        "type": profile["type"],
        "rows": rows,
        "filled": filled,
        "null_rate": round(1 - filled / rows, 4) if rows else 0.0,
        "distinct": profile["distinct"],
        "distinct_capped": profile["distinct_capped"],
        "longest": profile["longest"],
        "kinds": dict(profile["kinds"]),
        "patterns": patterns,
        "rare_patterns": filled - sum(count for _, count in patterns),
        "first_year": 0 if few else profile["first_year"],
        "last_year": 0 if few else profile["last_year"],
        "range": None,
        "languages": {},
    }


def _objects(
    files: Iterable[FileEntry],
    fields: Sequence[FieldEntry],
    aside: Sequence[Mapping[str, Any]],
    sources: Mapping[str, Source],
) -> list[ObjectEntry]:
    made: dict[str, ObjectEntry] = {}
    for one in files:
        name = one["object"]
        if name not in made:
            mine = [entry for entry in fields if entry["object"] == name]
            made[name] = {
                "object": name,
                "source": sources[name],
                "files": [],
                "language": one["language"],
                "records": 0,
                "set_aside": sum(row["count"] for row in aside if row["object"].partition("@")[0] == name),
                "profiled": max((row["rows"] for row in mine), default=0),
                "fields": len(mine),
                "empty_fields": sum(not row["filled"] for row in mine),
                "known_fields": sum(bool(row["concept"]) for row in mine),
                "span": None,
            }
        made[name]["files"].append(one["path"])
        made[name]["records"] += one["rows"]
    return list(made.values())
