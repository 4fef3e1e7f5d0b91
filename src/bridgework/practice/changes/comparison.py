"""Compares the records of one object, as they are read, with those that are staged; writes only what differs.

Everything happens in the caller's transaction, batch by batch. Of several records with one number the first one counts,
as in staging, unless another one is as it was staged.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple

import sqlalchemy as sa

from bridgework.practice import keeping
from bridgework.practice.changes import alike, files, walk
from bridgework.practice.changes.files import PassFile
from bridgework.practice.changes.passes import Pass
from bridgework.practice.changes.seen import Seen
from bridgework.practice.changes.walk import Staged, StagedWalk
from bridgework.practice.judging import Bad
from bridgework.practice.rows import reader
from bridgework.store.database import insert_new
from bridgework.store.notes import now
from bridgework.store.tables import quarantine, source_change, source_file, source_row

NEW, CHANGED, GONE, HELD = "new", "changed", "gone", "held"

_ASKED_AT_ONCE = 500
_DOUBLES = (keeping.DUPLICATE_KEY, keeping.DUPLICATE_ROW)


class Read(NamedTuple):
    """One record as it is now."""

    line: int
    key: str
    hash: bytes
    raw: bytes


class Noted(NamedTuple):
    """What the pass found of a key so far."""

    change: str
    row_no: int
    file_id: int
    line: int
    hash: bytes
    raw: bytes


@dataclass(frozen=True, slots=True)
class Found:
    """Records that were read at once: of one file, or one page. `held` are the keys of those that are bad."""

    rows: Sequence[Read]
    bad: Sequence[Bad] = ()
    held: Sequence[str] = ()
    blank: int = 0


class Comparison:
    """One object in one pass; made again after a kill, it goes on from what the store has."""

    def __init__(self, connection: sa.Connection, one: Pass, object_: str, *, repeats: bool) -> None:
        """Compare with what is staged of this object; `repeats`: the source may send the same record twice."""
        self.object, self._pass, self._repeats = object_, one, repeats
        kept = one.object(object_)
        self.sums = one.sums(object_)
        if kept["state"] == "new":
            self.sums.then = _count(connection, object_)
            self._next = keeping.next_number(connection, object_)
            one.put(object_, self.sums, state="reading", next=self._next)
        self._next = kept["next"]
        self._walk = StagedWalk(object_, kept.get("walked", 0))
        self._seen = Seen.load(connection, one.seen_name(object_))
        self._files = {row["id"]: row for row in files.staged_files(connection, object_)}
        self._readers: dict[int, Any] = {}
        self._same: dict[int, set[int]] = {}

    # --- records -------------------------------------------------------------------------------------------------

    def take(self, connection: sa.Connection, file: PassFile, found: Found, *, second: bool = False) -> None:
        """Compare records; `keep` must follow in the same transaction.

        `second`: all is read a second time, and only what did not come the first time counts.
        """
        self._learn(file)
        sums, same, seen = self.sums, self._same[file.id], self._seen
        sums.read += len(found.rows) + len(found.bad) + found.blank
        sums.blank += found.blank
        staged = self._walk.find(connection, {row.key: None for row in found.rows}.keys())
        unknown: list[Read] = []
        again: list[Read] = []
        doubtful: list[tuple[Read, Staged]] = []
        for row in found.rows:
            known = staged.get(row.key)
            if known is None:
                unknown.append(row)
            elif not seen.add(known.row_no):
                again.append(row)
            elif known.hash == row.hash and known.file_id in same:
                sums.unchanged += 1
            else:
                doubtful.append((row, known))
        self._changed(connection, file, doubtful)
        again += self._new(connection, file, unknown)
        if second:
            sums.repeated += len(again) + len(found.bad)
            return
        self._again(connection, file, again)
        self._aside(connection, file, found)

    def keep(self, connection: sa.Connection, **place: Any) -> None:
        """Keep how far the object is; `place` is where its reading goes on."""
        self._seen.save(connection)
        self._pass.put(self.object, self.sums, next=self._next, walked=self._walk.after, **place)

    def deleted(self, connection: sa.Connection, keys: Iterable[str]) -> None:
        """Records that the source itself calls deleted; those that are not staged do not concern anybody."""
        staged = walk.look_up(connection, self.object, dict.fromkeys(keys))
        noted = self._noted(connection, staged)
        for key, known in staged.items():
            if not self._seen.add(known.row_no):
                if (before := noted.get(key)) is not None and before.change == GONE:
                    continue
                self._undo(connection, key, known, before)
                self.sums.repeated += 1
            self._note_gone(connection, [(key, known)])

    def _changed(self, connection: sa.Connection, file: PassFile, doubtful: Sequence[tuple[Read, Staged]]) -> None:
        """Look at the cells of rows whose bytes are others, or are read otherwise."""
        if not doubtful:
            return
        raws = walk.raws(connection, self.object, {known.row_no: None for _, known in doubtful}.keys())
        rows = []
        for row, known in doubtful:
            headers = self._differing(file, row.raw, known.file_id, raws[known.row_no])
            if headers:
                self._count(headers, 1)
                rows.append(self._values(CHANGED, row, known.row_no, file))
        self.sums.changed += len(rows)
        self.sums.unchanged += len(doubtful) - len(rows)
        if rows:
            self._release(connection, [row["key"] for row in rows])
            connection.execute(source_change.insert(), rows)

    def _new(self, connection: sa.Connection, file: PassFile, unknown: Sequence[Read]) -> list[Read]:
        """Note records that are not staged; gives those that came before in this pass."""
        if not unknown:
            return []
        noted = set(self._noted(connection, (row.key for row in unknown)))
        rows, again = [], []
        for row in unknown:
            if row.key in noted:
                again.append(row)
                continue
            noted.add(row.key)
            rows.append(self._values(NEW, row, self._number(), file))
        self.sums.new += len(rows)
        if rows:
            connection.execute(source_change.insert(), rows)
        return again

    # --- records that come again ---------------------------------------------------------------------------------

    def _again(self, connection: sa.Connection, file: PassFile, rows: Iterable[Read]) -> None:
        for some in _by_hundreds(rows):
            staged = walk.look_up(connection, self.object, {row.key: None for row in some})
            noted = self._noted(connection, (row.key for row in some))
            for row in some:
                known, before = staged.get(row.key), noted.get(row.key)
                after = self._once_more(connection, file, row, known, before)
                noted.pop(row.key, None)
                if after is not None:
                    noted[row.key] = after

    def _once_more(
        self, connection: sa.Connection, file: PassFile, row: Read, known: Staged | None, before: Noted | None
    ) -> Noted | None:
        """Judge a record whose key was read before; gives what is noted of the key now."""
        if known is not None and before is not None and before.change == GONE:
            self._undo(connection, row.key, known, before)
            self._changed(connection, file, [(row, known)])
            return self._noted(connection, [row.key]).get(row.key)
        kept = before or known
        same = kept is not None and kept.hash == row.hash
        if same and self._repeats:
            self.sums.repeated += 1
            return before
        if known is not None and before is not None and self._is_as_staged(connection, file, row, known):
            self._undo(connection, row.key, known, before)
            self.sums.unchanged += 1
            self._twice(connection, file, Read(before.line, row.key, before.hash, before.raw), same=False)
            return None
        self._twice(connection, file, row, same=same)
        return before

    def _undo(self, connection: sa.Connection, key: str, known: Staged | None, before: Noted | None) -> None:
        """Take back what was found of a key."""
        if before is None:
            self.sums.unchanged -= 1
            return
        if before.change == CHANGED and known is not None:
            raws = walk.raws(connection, self.object, {known.row_no: None}.keys())
            file = self._row_of(connection, before.file_id)
            headers = self._differing(file, before.raw, known.file_id, raws[known.row_no])
            self._count(headers, -1)
        setattr(self.sums, before.change, getattr(self.sums, before.change) - 1)
        mine = self._mine() & (source_change.c.key == key)
        connection.execute(source_change.delete().where(mine))

    def _is_as_staged(self, connection: sa.Connection, file: PassFile, row: Read, known: Staged) -> bool:
        raws = walk.raws(connection, self.object, {known.row_no: None}.keys())
        return not self._differing(file, row.raw, known.file_id, raws[known.row_no])

    # --- records that are set aside ------------------------------------------------------------------------------

    def _aside(self, connection: sa.Connection, file: PassFile, found: Found) -> None:
        """Quarantine what is no row; the staged row of its key is held: it is not gone."""
        if not found.bad:
            return
        self._quarantine(connection, file, found.bad)
        staged = walk.look_up(connection, self.object, dict.fromkeys(found.held))
        rows = [
            {**self._keyed(HELD, key, known.row_no), "file_id": known.file_id, "line": None, "hash": None, "raw": None}
            for key, known in staged.items()
            if known.row_no not in self._seen
        ]
        insert_new(connection, source_change, rows)
        if rows:
            self._pass.object(self.object)["holds"] = True

    def _quarantine(self, connection: sa.Connection, file: PassFile, bad: Sequence[Bad]) -> None:
        at, stage = now(), self._pass.stage
        self.sums.quarantined += len(bad)
        rows = [
            {
                **{name: getattr(one, name) for name in ("line", "key", "code", "reason", "raw")},
                "stage": stage,
                "object": self.object,
                "file": file.name,
                "row_no": self._number(),
                "at": at,
            }
            for one in bad
        ]
        connection.execute(quarantine.insert(), rows)

    def _release(self, connection: sa.Connection, keys: Iterable[str]) -> None:
        """A record whose row was held has come after all."""
        if not self._pass.object(self.object).get("holds"):
            return
        for some in _by_hundreds(keys):
            held = self._mine() & (source_change.c.change == HELD) & source_change.c.key.in_(some)
            connection.execute(source_change.delete().where(held))

    def _twice(self, connection: sa.Connection, file: PassFile, row: Read, *, same: bool) -> None:
        """Set a record aside whose number another one has."""
        if same:
            code, reason = keeping.DUPLICATE_ROW, f"the same row is in {file.name} already"
        else:
            code = keeping.DUPLICATE_KEY
            reason = f"a row in {file.name} has the same number and other content; it is kept"
        self._quarantine(connection, file, [Bad(0, row.line, row.key, code, reason, row.raw)])

    # --- the end -------------------------------------------------------------------------------------------------

    def finish(self, connection: sa.Connection, *, whole: bool) -> Counter[int]:
        """Tell which rows are gone, if the `whole` object was read; gives how many of each staged file."""
        self._hold(connection)
        gone: Counter[int] = Counter()
        sums = self.sums
        if not whole:
            self._leave_doubles(connection)
            sums.untouched = sums.then - sums.unchanged - sums.changed - sums.gone - sums.held
        elif sums.then > sums.unchanged + sums.changed + sums.gone + sums.held:
            for page in self._unseen(connection):
                self._note_gone(connection, page)
                gone.update(known.file_id for _, known in page)
        return gone

    def spare(self, connection: sa.Connection, file_id: int) -> int:
        """Call the rows of a staged file untouched that `finish` took for gone; gives how many."""
        mine = self._mine() & (source_change.c.change == GONE) & (source_change.c.file_id == file_id)
        number = connection.execute(source_change.delete().where(mine)).rowcount
        self.sums.gone -= number
        self.sums.untouched += number
        return number

    def _leave_doubles(self, connection: sa.Connection) -> None:
        """Take back changes of records whose number is in the practice twice, unless all of them came.

        Where only some of them come, since only they have changed, nobody can say which one the staged row is.
        """
        double = (quarantine.c.object == self.object) & quarantine.c.code.in_(_DOUBLES)
        former = double & (quarantine.c.stage == keeping.STAGE)
        mine = self._mine() & source_change.c.change.in_((CHANGED, GONE))
        doubles = sa.select(quarantine.c.key).where(former, quarantine.c.key != "")
        columns = (source_change.c[name] for name in ("key", *Noted._fields))
        for key, *rest in connection.execute(sa.select(*columns).where(mine, source_change.c.key.in_(doubles))).all():
            before = Noted(*rest)
            raws = connection.scalars(sa.select(quarantine.c.raw).where(former, quarantine.c.key == key)).all()
            now_too = double & (quarantine.c.stage == self._pass.stage) & (quarantine.c.key == key)
            came = connection.scalar(sa.select(sa.func.count()).select_from(quarantine).where(now_too)) or 0
            if before.change == CHANGED and came >= len(raws):
                continue
            self._undo(connection, key, walk.look_up(connection, self.object, [key])[key], before)
            if before.change == CHANGED:
                self._set_back(connection, key, before, known=before.raw in raws)

    def _set_back(self, connection: sa.Connection, key: str, before: Noted, *, known: bool) -> None:
        """A record that nobody can tell from another: set aside, unless it was before."""
        if known:
            self.sums.repeated += 1
            return
        reason = "the number is in the practice twice, and only one of the records came: nobody can say which"
        bad = Bad(0, before.line, key, keeping.DUPLICATE_KEY, reason, before.raw)
        self._quarantine(connection, self._row_of(connection, before.file_id), [bad])
        self.sums.held += 1

    def _hold(self, connection: sa.Connection) -> None:
        """Count the held rows that did not come in another way."""
        mine = self._mine() & (source_change.c.change == HELD)
        held = dict(connection.execute(sa.select(source_change.c.key, source_change.c.row_no).where(mine)).all())
        self.sums.held = sum(self._seen.add(number) for number in held.values())
        connection.execute(source_change.delete().where(mine))

    def _unseen(self, connection: sa.Connection) -> Iterator[list[tuple[str, Staged]]]:
        columns = (source_row.c.key, source_row.c.row_no, source_row.c.file_id, source_row.c.hash)
        mine = source_row.c.object == self.object
        last = connection.scalar(sa.select(sa.func.max(source_row.c.row_no)).where(mine)) or 0
        for first, end in self._seen.gaps(last):
            query = sa.select(*columns).where(mine, source_row.c.row_no.between(first, end))
            rows = connection.execute(query.order_by(source_row.c.row_no)).all()
            yield [(key, Staged(*rest)) for key, *rest in rows if rest[0] not in self._seen]

    def _note_gone(self, connection: sa.Connection, some: Sequence[tuple[str, Staged]]) -> None:
        rows = [
            {**self._keyed(GONE, key, known.row_no), "file_id": known.file_id, "line": None, "hash": None, "raw": None}
            for key, known in some
        ]
        if rows:
            connection.execute(source_change.insert(), rows)
            self.sums.gone += len(rows)

    # --- small things --------------------------------------------------------------------------------------------

    def _learn(self, file: PassFile) -> None:
        """Know how a file of the pass is read, and which staged files are read the same."""
        if file.id not in self._same:
            self._readers.setdefault(file.id, reader(file.row))
            self._same[file.id] = {
                number for number, row in self._files.items() if files.is_read_the_same(row, file.row)
            }

    def _row_of(self, connection: sa.Connection, file_id: int) -> PassFile:
        row = connection.execute(sa.select(source_file).where(source_file.c.id == file_id)).mappings().one()
        file = PassFile(file_id, row["path"], dict(row))
        self._learn(file)
        return file

    def _differing(self, file: PassFile, raw: bytes, staged_file: int, staged_raw: bytes) -> tuple[str, ...]:
        staged = self._files[staged_file]
        if staged_file not in self._readers:
            self._readers[staged_file] = reader(staged)
        return alike.differing(
            self._readers[staged_file](staged_raw),
            self._readers[file.id](raw),
            same_format=staged["format"] == file.row["format"],
        )

    def _noted(self, connection: sa.Connection, keys: Iterable[str]) -> dict[str, Noted]:
        columns = (source_change.c[name] for name in ("key", *Noted._fields))
        query = sa.select(*columns).where(source_change.c.pass_id == self._pass.id)
        pair = sa.tuple_(source_change.c.object, source_change.c.key)
        found: dict[str, Noted] = {}
        for some in _by_hundreds(keys):
            rows = connection.execute(query.where(pair.in_([(self.object, key) for key in some])))
            found.update((row[0], Noted(*row[1:])) for row in rows if row[1] != HELD)
        return found

    def _mine(self) -> sa.ColumnElement[bool]:
        return (source_change.c.pass_id == self._pass.id) & (source_change.c.object == self.object)

    def _keyed(self, change: str, key: str, row_no: int) -> dict[str, Any]:
        return {"pass_id": self._pass.id, "object": self.object, "key": key, "change": change, "row_no": row_no}

    def _values(self, change: str, row: Read, row_no: int, file: PassFile) -> dict[str, Any]:
        keyed = self._keyed(change, row.key, row_no)
        return {**keyed, "file_id": file.id, "line": row.line, "hash": row.hash, "raw": row.raw}

    def _number(self) -> int:
        self._next += 1
        return self._next - 1

    def _count(self, headers: Iterable[str], by: int) -> None:
        counts: Mapping[str, int] = self.sums.headers
        for header in headers:
            self.sums.headers[header] = counts.get(header, 0) + by


def _by_hundreds(values: Iterable[Any]) -> Iterator[list[Any]]:
    rest = iter(values)
    while some := list(islice(rest, _ASKED_AT_ONCE)):
        yield some


def _count(connection: sa.Connection, object_: str) -> int:
    query = sa.select(sa.func.count()).select_from(source_row).where(source_row.c.object == object_)
    return connection.scalar(query) or 0
