"""Compares the records of one object, as they are read, with those that are staged; notes only what differs.

Everything happens in the caller's transaction, batch by batch. Of several records with one number the first one counts,
as in staging, unless another one is as it was staged.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from bridgework.practice import keeping
from bridgework.practice.changes import alike, files, walk
from bridgework.practice.changes.files import PassFile
from bridgework.practice.changes.noting import CHANGED, GONE, Noted, Noting, Read, by_hundreds
from bridgework.practice.changes.passes import Pass
from bridgework.practice.changes.seen import Seen
from bridgework.practice.changes.walk import Staged, StagedWalk
from bridgework.practice.judging import Bad
from bridgework.practice.rows import reader
from bridgework.store.tables import source_file, source_row


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
            one.put(object_, self.sums, state="reading", next=keeping.next_number(connection, object_))
        self._noting = Noting(one, object_, kept["next"])
        self._walk = StagedWalk(object_, kept.get("walked", 0))
        self._seen = Seen.load(connection, one.seen_name(object_))
        self._files = {row["id"]: row for row in files.staged_files(connection, object_)}
        self._readers: dict[int, Callable[[bytes], dict[str, str]]] = {}
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
        self._look_closer(connection, file, doubtful)
        again += self._new(connection, file, unknown)
        if second:
            sums.repeated += len(again) + len(found.bad)
            return
        self._again(connection, file, again)
        self._aside(connection, file, found)

    def keep(self, connection: sa.Connection) -> None:
        """Keep how far the object is; the pass must be saved in the same transaction."""
        self._seen.save(connection)
        self._pass.put(self.object, self.sums, next=self._noting.next, walked=self._walk.after)

    def deleted(self, connection: sa.Connection, keys: Iterable[str]) -> None:
        """Records that the source itself calls deleted; those that are not staged do not concern anybody."""
        staged = walk.look_up(connection, self.object, dict.fromkeys(keys))
        noted = self._noting.noted(connection, staged)
        for key, known in staged.items():
            if not self._seen.add(known.row_no):
                if (before := noted.get(key)) is not None and before.change == GONE:
                    continue
                self._undo(connection, key, known, before)
                self.sums.repeated += 1
            self._gone(connection, [(key, known)])

    def _look_closer(self, connection: sa.Connection, file: PassFile, doubtful: Sequence[tuple[Read, Staged]]) -> None:
        """Compare rows cell by cell whose bytes are others, or are read otherwise."""
        if not doubtful:
            return
        raws = walk.raws(connection, self.object, {known.row_no: None for _, known in doubtful}.keys())
        changed = []
        for row, known in doubtful:
            if headers := self._differing(file, row.raw, known.file_id, raws[known.row_no]):
                self._count(headers, 1)
                changed.append((row, known))
        self.sums.changed += len(changed)
        self.sums.unchanged += len(doubtful) - len(changed)
        self._noting.changed(connection, file.id, changed)

    def _new(self, connection: sa.Connection, file: PassFile, unknown: Sequence[Read]) -> list[Read]:
        """Note records that are not staged; gives those that came before in this pass."""
        noted = set(self._noting.noted(connection, (row.key for row in unknown)))
        rows: list[Read] = []
        again: list[Read] = []
        for row in unknown:
            (again if row.key in noted else rows).append(row)
            noted.add(row.key)
        self.sums.new += len(rows)
        self._noting.new(connection, file.id, rows)
        return again

    # --- records that come again ---------------------------------------------------------------------------------

    def _again(self, connection: sa.Connection, file: PassFile, rows: Iterable[Read]) -> None:
        for some in by_hundreds(rows):
            staged = walk.look_up(connection, self.object, {row.key: None for row in some})
            noted = self._noting.noted(connection, (row.key for row in some))
            for row in some:
                after = self._once_more(connection, file, row, staged.get(row.key), noted.pop(row.key, None))
                if after is not None:
                    noted[row.key] = after

    def _once_more(
        self, connection: sa.Connection, file: PassFile, row: Read, known: Staged | None, before: Noted | None
    ) -> Noted | None:
        """Judge a record whose key was read before; gives what is noted of the key now."""
        if known is not None and before is not None and before.change == GONE:
            self._undo(connection, row.key, known, before)
            self._look_closer(connection, file, [(row, known)])
            return self._noting.noted(connection, [row.key]).get(row.key)
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

    def _undo(self, connection: sa.Connection, key: str, known: Staged, before: Noted | None) -> None:
        """Take back what was found of a staged row."""
        if before is None:
            self.sums.unchanged -= 1
        elif before.change == CHANGED:
            self.sums.changed -= 1
            raws = walk.raws(connection, self.object, {known.row_no: None}.keys())
            file = self._file(connection, before.file_id)
            self._count(self._differing(file, before.raw, known.file_id, raws[known.row_no]), -1)
            self._noting.forget(connection, key)
        else:
            self.sums.gone -= 1
            self._noting.forget(connection, key)

    def _is_as_staged(self, connection: sa.Connection, file: PassFile, row: Read, known: Staged) -> bool:
        raws = walk.raws(connection, self.object, {known.row_no: None}.keys())
        return not self._differing(file, row.raw, known.file_id, raws[known.row_no])

    def _twice(self, connection: sa.Connection, file: PassFile, row: Read, *, same: bool) -> None:
        """Set a record aside whose number another one has."""
        if same:
            code, reason = keeping.DUPLICATE_ROW, f"the same row is in {file.name} already"
        else:
            code = keeping.DUPLICATE_KEY
            reason = f"a row in {file.name} has the same number and other content; it is kept"
        self.sums.quarantined += 1
        self._noting.aside(connection, file.name, [Bad(0, row.line, row.key, code, reason, row.raw)])

    def _aside(self, connection: sa.Connection, file: PassFile, found: Found) -> None:
        """Quarantine what is no row; the staged row of its key is held: it is not gone."""
        if found.bad:
            self.sums.quarantined += len(found.bad)
            self._noting.aside(connection, file.name, found.bad)
            staged = walk.look_up(connection, self.object, dict.fromkeys(found.held))
            self._noting.hold(
                connection, [(key, known) for key, known in staged.items() if known.row_no not in self._seen]
            )

    # --- the end -------------------------------------------------------------------------------------------------

    def finish(self, connection: sa.Connection, *, whole: bool) -> Counter[int]:
        """Tell which rows are gone, if the `whole` object was read; gives how many of each staged file."""
        sums = self.sums
        sums.held = sum(self._seen.add(number) for number in self._noting.held(connection))
        gone: Counter[int] = Counter()
        if not whole:
            self._leave_undecided(connection)
            sums.untouched = sums.then - sums.unchanged - sums.changed - sums.gone - sums.held
        elif sums.then > sums.unchanged + sums.changed + sums.gone + sums.held:
            for page in self._unseen(connection):
                self._gone(connection, page)
                gone.update(known.file_id for _, known in page)
        return gone

    def spare(self, connection: sa.Connection, file_id: int) -> None:
        """Call the rows of a staged file untouched that `finish` took for gone."""
        number = self._noting.forget_gone(connection, file_id)
        self.sums.gone -= number
        self.sums.untouched += number

    def _leave_undecided(self, connection: sa.Connection) -> None:
        """Take back changes of records whose number is in the practice twice, unless all of them came.

        Where only some of them come, since only they have changed, nobody can say which one the staged row is.
        """
        for key, before, is_known in self._noting.undecided(connection):
            self._undo(connection, key, walk.look_up(connection, self.object, [key])[key], before)
            if before.change == CHANGED and is_known:
                self.sums.repeated += 1
            elif before.change == CHANGED:
                reason = "the number is in the practice twice, and only one of the records came: nobody can say which"
                bad = Bad(0, before.line, key, keeping.DUPLICATE_KEY, reason, before.raw)
                self._noting.aside(connection, self._file(connection, before.file_id).name, [bad])
                self.sums.quarantined += 1
                self.sums.held += 1

    def _unseen(self, connection: sa.Connection) -> Iterator[list[tuple[str, Staged]]]:
        columns = (source_row.c.key, source_row.c.row_no, source_row.c.file_id, source_row.c.hash)
        mine = source_row.c.object == self.object
        last = connection.scalar(sa.select(sa.func.max(source_row.c.row_no)).where(mine)) or 0
        for first, end in self._seen.gaps(last):
            query = sa.select(*columns).where(mine, source_row.c.row_no.between(first, end))
            rows = connection.execute(query.order_by(source_row.c.row_no)).all()
            yield [(key, Staged(*rest)) for key, *rest in rows if rest[0] not in self._seen]

    def _gone(self, connection: sa.Connection, rows: Sequence[tuple[str, Staged]]) -> None:
        self.sums.gone += len(rows)
        self._noting.gone(connection, rows)

    # --- small things --------------------------------------------------------------------------------------------

    def _learn(self, file: PassFile) -> None:
        """Know how a file of the pass is read, and which staged files are read the same."""
        if file.id not in self._same:
            self._readers.setdefault(file.id, reader(file.row))
            self._same[file.id] = {
                number for number, row in self._files.items() if files.is_read_the_same(row, file.row)
            }

    def _file(self, connection: sa.Connection, file_id: int) -> PassFile:
        row = connection.execute(sa.select(source_file).where(source_file.c.id == file_id)).mappings().one()
        file = PassFile(file_id, files.without_pass(row["path"]), dict(row))
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

    def _count(self, headers: Iterable[str], by: int) -> None:
        counts = self.sums.headers
        for header in headers:
            counts[header] = counts.get(header, 0) + by
            if not counts[header]:
                del counts[header]


def _count(connection: sa.Connection, object_: str) -> int:
    query = sa.select(sa.func.count()).select_from(source_row).where(source_row.c.object == object_)
    return connection.scalar(query) or 0
