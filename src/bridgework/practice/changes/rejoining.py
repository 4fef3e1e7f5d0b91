"""Joins again the records that changed on one of two sides, in the transaction in which the change is folded."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from bridgework.practice import keeping, xlsx_records
from bridgework.practice.changes import versions
from bridgework.practice.joining import API, EXPORT, is_part, made_of_parts, parts_of, together, whole
from bridgework.practice.judging import content_hash
from bridgework.practice.rows import reader
from bridgework.store.tables import source_file, source_row

_AT_ONCE = 500


class _Cells(NamedTuple):
    line: int
    values: dict[str, str]


def rejoin(connection: sa.Connection, changed: Iterable[tuple[str, str]]) -> None:
    """Make the joined rows of these records, given by staged object and key, what their parts are now."""
    keys: dict[str, set[str]] = defaultdict(set)
    for object_, key in changed:
        if is_part(object_):
            keys[whole(object_)].add(key)
    for object_, those in keys.items():
        file = _joined_file(connection, object_)
        ordered = sorted(those)
        for first in range(0, len(ordered) if file else 0, _AT_ONCE):
            _some(connection, object_, file or {}, ordered[first : first + _AT_ONCE])


def note_parts(connection: sa.Connection, objects: Iterable[str]) -> None:
    """Note what the joined rows are made of now, so that an audit does not take them for out of date."""
    for object_ in {whole(one) for one in objects if is_part(one)}:
        if (file := _joined_file(connection, object_)) is not None:
            reading = {**file["reading"], "parts": made_of_parts(parts_of(connection, object_))}
            connection.execute(source_file.update().where(source_file.c.id == file["id"]).values(reading=reading))


def _joined_file(connection: sa.Connection, object_: str) -> dict[str, Any] | None:
    query = sa.select(source_file).where(source_file.c.path == f"joined:{object_}", source_file.c.state == "staged")
    row = connection.execute(query).mappings().one_or_none()
    return None if row is None else dict(row)


def _some(connection: sa.Connection, object_: str, file: Mapping[str, Any], keys: Sequence[str]) -> None:
    exports, apis = (_cells(connection, object_ + side, keys) for side in (EXPORT, API))
    pair = sa.tuple_(source_row.c.object, source_row.c.key)
    columns = (source_row.c.key, source_row.c.row_no, source_row.c.hash)
    query = sa.select(*columns).where(pair.in_([(object_, key) for key in keys]))
    there = {row.key: row for row in connection.execute(query)}
    number = keeping.next_number(connection, object_)
    former = versions.former_numbers(connection, object_, [key for key in keys if key not in there])
    new: list[dict[str, Any]] = []
    gone: list[dict[str, Any]] = []
    for key in keys:
        made = _together(exports.get(key), apis.get(key), file)
        row = there.get(key)
        if made is None:
            gone += [{"object": object_, "row_no": row.row_no}] if row is not None else []
            continue
        raw = xlsx_records.raw_of([made.values.get(header, "") for header in file["header"]])
        content = {"file_id": file["id"], "line": made.line, "hash": content_hash(raw), "raw": raw}
        if row is None:
            new.append({"object": object_, "row_no": former.get(key, number), "key": key, **content})
            number += key not in former
        elif bytes(row.hash) != content["hash"]:
            here = (source_row.c.object == object_) & (source_row.c.row_no == row.row_no)
            versions.keep(connection, [{"object": object_, "row_no": row.row_no}])
            connection.execute(source_row.update().where(here).values(**content))
    versions.keep(connection, gone)
    for one in gone:
        here = (source_row.c.object == object_) & (source_row.c.row_no == one["row_no"])
        connection.execute(source_row.delete().where(here))
    if new:
        connection.execute(source_row.insert(), new)
    rows = source_file.c.rows + len(new) - len(gone)
    connection.execute(source_file.update().where(source_file.c.id == file["id"]).values(rows=rows))


def _together(export: _Cells | None, api: _Cells | None, file: Mapping[str, Any]) -> _Cells | None:
    if export is None or api is None:
        return export or api
    return _Cells(export.line, together(export.values, api.values, file["reading"]["winners"]))


def _cells(connection: sa.Connection, staged_as: str, keys: Sequence[str]) -> dict[str, _Cells]:
    pair = sa.tuple_(source_row.c.object, source_row.c.key)
    columns = (source_row.c.key, source_row.c.file_id, source_row.c.line, source_row.c.raw)
    rows = connection.execute(sa.select(*columns).where(pair.in_([(staged_as, key) for key in keys]))).all()
    wanted = source_file.c.id.in_({row.file_id for row in rows})
    files = {
        row["id"]: reader(dict(row)) for row in connection.execute(sa.select(source_file).where(wanted)).mappings()
    }
    return {row.key: _Cells(row.line, files[row.file_id](row.raw)) for row in rows}
