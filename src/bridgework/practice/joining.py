"""Joins an object that was read from the API and from the export: one record for each number, and who said what.

Both parts stay staged as they came; the joined rows are made from them, and can be made again. A blank never wins over
a value. What differs is counted column by column, with who won.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Literal

import sqlalchemy as sa

from bridgework.practice import keeping, profiles, xlsx_records
from bridgework.practice.judging import content_hash
from bridgework.practice.profiles import Profiler
from bridgework.practice.rows import SourceRecord, StagedRows
from bridgework.store import Store
from bridgework.store.notes import Finding, add_finding
from bridgework.store.tables import finding, source_file, source_row

Side = Literal["api", "export"]
Winner = Callable[[str], Side]

API, EXPORT = "@api", "@export"
"""Behind an object's name: the part of it that came from there."""

SOURCES_DIFFER, ONLY_IN_API, ONLY_IN_EXPORT = "SOURCES-DIFFER", "ONLY-IN-API", "ONLY-IN-EXPORT"
STAGE = "joining"

_AT_ONCE = 500


@dataclass(slots=True)
class JoinResult:
    """How many records both had, and one of them only; by column, how often they differed. `rows` is their union."""

    both: int = 0
    only_api: int = 0
    only_export: int = 0
    differing: Counter[str] = field(default_factory=Counter)
    example: dict[str, str] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """All records."""
        return self.both + self.only_api + self.only_export


def is_part(object_: str) -> bool:
    """Whether a staged name is that of a part: its rows come again, joined, under the object's own name."""
    return object_.endswith((API, EXPORT))


def whole(object_: str) -> str:
    """The object that a staged name is part of: itself, where it is none."""
    return object_.removesuffix(API).removesuffix(EXPORT)


def join(store: Store, object_: str, winner: Winner) -> JoinResult | None:
    """Make the rows of an object from its parts, `object@api` and `object@export`, by their keys.

    The columns are those of the export, then those that only the API has; `winner` says for each who wins where both
    have something. None where just this was done before; after a kill, it is done again from the start. Findings of
    stage "joining": SOURCES-DIFFER a column, ONLY-IN-API, ONLY-IN-EXPORT. Raises UsageError (PRACTICE-LOADED) where
    the parts or the winners are others than before, and records of the object are in Twenty.
    """
    joining = _Joining(store, object_, winner)
    if not joining.begin():
        return None
    joining.run()
    return joining.result


def together(export: Mapping[str, str], api: Mapping[str, str], winners: Mapping[str, Side]) -> dict[str, str]:
    """The cells of a record that both have; a blank never wins over a value."""
    values = {**api, **export}
    for header, theirs in api.items():
        ours = export.get(header)
        if ours is None or (here := ours.strip()) == (there := theirs.strip()):
            continue
        if there and (not here or winners[header] == "api"):
            values[header] = theirs
    return values


class _Joining:
    """One object being joined."""

    def __init__(self, store: Store, object_: str, winner: Winner) -> None:
        self._store, self._object, self._winner = store, object_, winner
        self._rows = StagedRows(store)
        self._profiler = Profiler()
        self._number = 0
        self._file = 0
        self._header: tuple[str, ...] = ()
        self._winners: dict[str, Side] = {}
        self.result = JoinResult()

    def run(self) -> None:
        """Join, chunk by chunk."""
        for some in _chunks(self._rows.iterate(self._object + EXPORT)):
            others = {one.key: one for one in self._rows.get_many(self._object + API, [one.key for one in some])}
            self._keep([self._joined(one, others.get(one.key)) for one in some])
        for some in _chunks(self._rows.iterate(self._object + API)):
            known = {one.key for one in self._rows.get_many(self._object + EXPORT, [one.key for one in some])}
            new = [one for one in some if one.key not in known]
            self.result.only_api += len(new)
            self._keep([(one, one.values) for one in new])
        self._end()

    def begin(self) -> bool:
        """Take away what was joined otherwise before, and note what is being made; False where it is made already."""
        path = f"joined:{self._object}"
        with self._store.begin() as connection:
            parts = parts_of(connection, self._object)
            self._header = tuple(dict.fromkeys(header for part in parts for header in part["header"]))
            self._winners = {header: self._winner(header) for header in self._header}
            made_of = made_of_parts(parts)
            reading = {"parts": made_of, "winners": self._winners}
            before = connection.execute(sa.select(source_file).where(source_file.c.path == path)).mappings().first()
            if before is not None:
                if before["state"] == "staged" and before["reading"] == reading:
                    return False
                keeping.require_not_loaded(connection, self._object, path)
                self._forget(connection, path)
            values = {
                "object": self._object,
                "path": path,
                "format": "joined",
                "encoding": "",
                "delimiter": "",
                "language": parts[0]["language"],
                "header": list(self._header),
                "key_headers": parts[0]["key_headers"],
                "size": 0,
                "modified_ns": 0,
                "state": "staging",
                "reading": reading,
            }
            made = connection.execute(source_file.insert().values(**values)).inserted_primary_key
            self._file = made[0] if made else 0
        return True

    def _forget(self, connection: sa.Connection, path: str) -> None:
        connection.execute(source_row.delete().where(source_row.c.object == self._object))
        connection.execute(source_file.delete().where(source_file.c.path == path))
        mine = (finding.c.stage == STAGE) & (finding.c.object == self._object)
        connection.execute(finding.delete().where(mine))

    def _joined(self, export: SourceRecord, api: SourceRecord | None) -> tuple[SourceRecord, dict[str, str]]:
        """A record of the export with what the API says of it."""
        if api is None:
            self.result.only_export += 1
            return export, export.values
        self.result.both += 1
        for header, theirs in api.values.items():
            here, there = export.values.get(header, "").strip(), theirs.strip()
            if here and there and here != there:
                self.result.differing[header] += 1
                self.result.example.setdefault(header, f"{export.file}:{export.line}")
        return export, together(export.values, api.values, self._winners)

    def _keep(self, records: Sequence[tuple[SourceRecord, dict[str, str]]]) -> None:
        rows, looked_at = [], []
        for record, values in records:
            self._number += 1
            cells = [values.get(header, "") for header in self._header]
            raw = xlsx_records.raw_of(cells)
            rows.append(self._row(record, raw))
            if profiles.looked_at(self._number):
                looked_at.append(cells)
        if not rows:
            return
        self._profiler.add(self._header, looked_at)
        with self._store.begin() as connection:
            connection.execute(source_row.insert(), rows)

    def _row(self, record: SourceRecord, raw: bytes) -> dict[str, Any]:
        place = {"object": self._object, "row_no": self._number, "file_id": self._file, "line": record.line}
        return {**place, "key": record.key, "hash": content_hash(raw), "raw": raw}

    def _end(self) -> None:
        result = self.result
        with self._store.begin() as connection:
            mine = source_file.c.id == self._file
            connection.execute(source_file.update().where(mine).values(state="staged", rows=result.rows))
            profiles.keep(connection, self._object, self._profiler.profiles(self._object))
            for header, count in result.differing.items():
                add_finding(connection, self._differs(header, count, result.example[header]))
            for code, count, what in (
                (ONLY_IN_API, result.only_api, "records are behind the API and not in the export"),
                (ONLY_IN_EXPORT, result.only_export, "records are in the export and not behind the API"),
            ):
                if count:
                    step = "see that both were read on the same day; each is loaded"
                    add_finding(connection, Finding(STAGE, code, self._object, "", "warn", count, "", what, step))

    def _differs(self, header: str, count: int, example: str) -> Finding:
        who = {"api": "the API", "export": "the export"}[self._winners[header]]
        what = f"the API and the export say different things; {who} wins"
        step = f'[practice.objects.{self._object}] winner or fields = {{ "{header}" = … }} in bridgework.toml'
        return Finding(STAGE, SOURCES_DIFFER, self._object, header, "warn", count, example, what, step)


def parts_of(connection: sa.Connection, object_: str) -> list[dict[str, Any]]:
    """The files of both parts, the export's first."""
    names = [object_ + EXPORT, object_ + API]
    query = sa.select(source_file).where(source_file.c.object.in_(names)).order_by(source_file.c.id)
    found = [dict(row) for row in connection.execute(query).mappings()]
    return sorted(found, key=lambda one: names.index(one["object"]))


def made_of_parts(parts: Sequence[Mapping[str, Any]]) -> list[list[Any]]:
    """What joined rows are made of: another content of a part means to join anew."""
    return [[part["path"], part["sha256"], part["rows"]] for part in parts]


def _chunks(records: Iterator[SourceRecord]) -> Iterator[list[SourceRecord]]:
    while some := list(islice(records, _AT_ONCE)):
        yield some
