"""Folds the changes of a pass into the staged rows: what was read last becomes the state to compare with next.

Every transaction folds some changes and forgets them, so that a fold that was killed goes on with those that are left.
A row that is replaced or taken away is kept as a version: what is in Twenty was written from it. An object that is read
from both sides is joined anew for the records that changed on either.
The last one brings the files up to date, and puts the quarantine of this reading in the place of the last one's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

import sqlalchemy as sa

from bridgework.practice.changes import passes, rejoining, versions
from bridgework.practice.changes.files import object_of, without_pass
from bridgework.practice.changes.noting import CHANGED, GONE, NEW
from bridgework.practice.changes.passes import Pass
from bridgework.practice.keeping import STAGE
from bridgework.store import Store
from bridgework.store.notes import clear_findings
from bridgework.store.tables import quarantine, source_change, source_file, source_pass, source_row

_CHUNK = 5_000
_CONTENT = ("file_id", "line", "hash", "raw")


def mark_taken_up(connection: sa.Connection, number: int) -> None:
    """Note that the changes of a pass are being loaded."""
    one = passes.get(connection, number)
    detail = {**one.detail, "taken_up": True}
    connection.execute(source_pass.update().where(source_pass.c.id == number).values(detail=detail))


def fold(store: Store, number: int, progress: Callable[[int], None]) -> None:
    """Fold a pass that is read to its end; does nothing for one that is folded."""
    while True:
        with store.begin() as connection:
            one = passes.get(connection, number)
            if one.state != passes.DONE:
                return
            if not one.detail.get("taken_up"):
                mark_taken_up(connection, number)
            folded = _chunk(connection, number)
            if not folded:
                _end(connection, one)
        progress(folded)
        if not folded:
            return


def _chunk(connection: sa.Connection, number: int) -> int:
    mine = source_change.c.pass_id == number
    order = (source_change.c.object, source_change.c.key)
    query = sa.select(source_change).where(mine).order_by(*order).limit(_CHUNK)
    rows = [dict(row) for row in connection.execute(query).mappings()]
    if not rows:
        return 0
    versions.keep(connection, [row for row in rows if row["change"] in {CHANGED, GONE}])
    moved = _leave_files(connection, [row for row in rows if row["change"] in {CHANGED, GONE}])
    _replace(connection, [row for row in rows if row["change"] == CHANGED])
    _add(connection, [row for row in rows if row["change"] == NEW])
    _take_away(connection, [row for row in rows if row["change"] == GONE])
    moved.update(row["file_id"] for row in rows if row["change"] != GONE)
    for file_id, by in moved.items():
        here = source_file.c.id == file_id
        connection.execute(source_file.update().where(here).values(rows=source_file.c.rows + by))
    rejoining.rejoin(connection, [(row["object"], row["key"]) for row in rows])
    last = rows[-1]
    upto = sa.tuple_(*order) <= sa.tuple_(sa.literal(last["object"]), sa.literal(last["key"]))
    connection.execute(source_change.delete().where(mine, upto))
    return len(rows)


def _leave_files(connection: sa.Connection, rows: Sequence[Mapping[str, Any]]) -> Counter[int]:
    """How many rows each file loses: those that are replaced and those that are gone."""
    lost: Counter[int] = Counter()
    pair = sa.tuple_(source_row.c.object, source_row.c.row_no)
    for first in range(0, len(rows), 500):
        some = [(row["object"], row["row_no"]) for row in rows[first : first + 500]]
        lost.subtract(connection.scalars(sa.select(source_row.c.file_id).where(pair.in_(some))).all())
    return lost


def _bound() -> sa.ColumnElement[bool]:
    return (source_row.c.object == sa.bindparam("of")) & (source_row.c.row_no == sa.bindparam("number"))


def _replace(connection: sa.Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        new: dict[str, Any] = {name: sa.bindparam(f"new_{name}") for name in _CONTENT}
        values = [
            {"of": row["object"], "number": row["row_no"], **{f"new_{name}": row[name] for name in _CONTENT}}
            for row in rows
        ]
        connection.execute(source_row.update().where(_bound()).values(**new), values)


def _add(connection: sa.Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    names = ("object", "key", *_CONTENT)
    for object_, same in groupby(rows, key=itemgetter("object")):
        new = list(same)
        former = versions.former_numbers(connection, object_, [row["key"] for row in new])
        made = [{name: row[name] for name in names} | {"row_no": former.get(row["key"], row["row_no"])} for row in new]
        connection.execute(source_row.insert(), made)


def _take_away(connection: sa.Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        values = [{"of": row["object"], "number": row["row_no"]} for row in rows]
        connection.execute(source_row.delete().where(_bound()), values)


# --- the end ---------------------------------------------------------------------------------------------------------


def _end(connection: sa.Connection, one: Pass) -> None:
    for object_, kept in one.detail["objects"].items():
        if not kept.get("same"):
            _end_object(connection, one, object_, kept)
    rejoining.note_parts(connection, one.detail["objects"])
    clear_findings(connection, one.stage)
    connection.execute(source_pass.update().where(source_pass.c.id == one.id).values(state=passes.FOLDED))


def _end_object(connection: sa.Connection, one: Pass, object_: str, kept: Mapping[str, Any]) -> None:
    """Bring the files of an object up to date, and its quarantine."""
    spared, read = set(kept.get("spared", ())), {place["id"]: place for place in kept.get("files", {}).values()}
    whole = kept.get("whole", True)
    exact = whole and not kept["sums"]["held"] and not spared
    mine = source_file.c.object.in_((object_, f"{object_}{passes.mark(one.id)}"))
    for row in [dict(one) for one in connection.execute(sa.select(source_file).where(mine)).mappings()]:
        if (place := read.get(row["id"])) is not None:
            _bring_in(connection, one, row, place, whole=whole, exact=exact)
        elif whole and row["path"] not in spared:
            _retire(connection, row)
    old = (quarantine.c.stage == STAGE) & (quarantine.c.object == object_) & quarantine.c.file.not_in(spared)
    if whole:
        connection.execute(quarantine.delete().where(old))
    new = (quarantine.c.stage == one.stage) & (quarantine.c.object == object_)
    connection.execute(quarantine.update().where(new).values(stage=STAGE))


def _bring_in(
    connection: sa.Connection, one: Pass, row: Mapping[str, Any], place: Mapping[str, Any], *, whole: bool, exact: bool
) -> None:
    """A file of the pass becomes one of the staged ones, under its own name."""
    name, own = without_pass(row["path"]), row["path"] != without_pass(row["path"])
    values = {"object": object_of(row), "path": name, **place["stands"]}
    if own:
        former = source_file.c.path == name
        renamed = {"path": f"{name} (until pass {one.id})", "cursor": {"pass": one.id}}
        if connection.execute(source_file.update().where(former).values(**renamed)).rowcount:
            values["cursor"] = None  # this file is what the settings name now
    bad, blank = place["sums"]
    before = (0, 0) if whole else (row["bad_rows"], row["blank_rows"])
    values |= {"bad_rows": before[0] + bad, "blank_rows": before[1] + blank}
    if "sha256" in place:
        values |= {"position": place["position"], "line": place["line"], "sha256": place["sha256"] if exact else ""}
    connection.execute(source_file.update().where(source_file.c.id == row["id"]).values(**values))


def _retire(connection: sa.Connection, row: Mapping[str, Any]) -> None:
    """A file that was read before, and not now: it stays for the rows that are still as they were in it.

    One that the settings may name stays in any case, or an audit would read it again.
    """
    here = source_file.c.id == row["id"]
    if row["rows"] == 0 and (row["cursor"] or {}).get("pass") and not versions.are_of(connection, row["id"]):
        connection.execute(source_file.delete().where(here))
        return
    connection.execute(source_file.update().where(here).values(bad_rows=0, blank_rows=0, sha256=""))
