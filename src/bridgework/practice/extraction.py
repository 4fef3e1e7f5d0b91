"""Reads an object of the practice's API into the store, page by page, while the practice goes on working.

The rows of a page and the cursor of the next one are committed together: after a kill at any moment the same call goes
on with the next page. The sums close: records that came = rows + quarantined + blank + those that came twice.

Pages are windows on a list that moves. Where a record is added before the window, the next page begins with what was
read already; where one is removed, the next page skips one. Either shows: known records come again, or the total
falls. Then the page before is read again, and this one after it; what had slipped between them is there now, and what
comes again though nothing moved is in the practice twice. At the end, if fewer records came than there are, all pages
are read once more, for those that are not known yet.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa

from bridgework.practice import keeping
from bridgework.practice.api import ApiClient, Page
from bridgework.practice.api.entries import ByOffset, ByPage
from bridgework.practice.api_rows import ApiPart, Record
from bridgework.practice.arrivals import Arrivals
from bridgework.practice.extracted import Extracted
from bridgework.practice.staging import StageResult
from bridgework.store import Store
from bridgework.store.notes import Finding, add_finding
from bridgework.store.tables import source_file

EXTRACTION_INCOMPLETE = "EXTRACTION-INCOMPLETE"

_ROUNDS = 2
_PROFILED_EVERY = 5_000  # rows: writing the counts of all columns for each page would take longer than the page


@dataclass(frozen=True, slots=True)
class Place:
    """How far an object is read.

    `cursor` is where the next page begins ({}: at the first one, or nowhere), `before` where the last one did, and
    `mark` the hash of its keys. `again` is 2 while the page before is read again, 1 while the doubtful one is; `moved`
    says that the list had moved, and that known records of the next page come again because of it, until one has none.
    In round 2 only records that are not known yet are kept. `left_out` counts those that are deleted or gone there.
    """

    cursor: Mapping[str, Any]
    before: Mapping[str, Any] | None = None
    mark: str = ""
    again: int = 0
    moved: bool = False
    round: int = 1
    left_out: int = 0


async def extract(
    store: Store,
    client: ApiClient,
    part: ApiPart,
    *,
    inside: Sequence[ApiPart] = (),
    limit_calls: int | None = None,
    progress: Callable[[int], None] = lambda _: None,
    arrivals: Arrivals | None = None,
) -> StageResult:
    """Stage an object of the API; goes on where an earlier call stopped, and does nothing where all is read.

    `inside` are objects whose records are inside this one's: they are staged with it, and need no calls of their own.
    `limit_calls` stops it after the page with which so many calls were made; it then goes on another time. `progress`
    is told after each commit how many more records were read; it may raise to stop, as may a cancellation at any
    moment. Raises UsageError (PRACTICE-LOADED: it is to be read otherwise, but was loaded; PRACTICE-BUSY), and what
    calls end in.
    """
    extraction = _Extraction(store, client, part, inside)
    try:
        await extraction.run(limit_calls, progress, arrivals or Arrivals())
    finally:
        extraction.profile()
    return extraction.main.result


def is_complete(store: Store, object_: str) -> bool:
    """Whether all rows of an object are staged, from wherever they come."""
    query = sa.select(source_file.c.state).where(source_file.c.object == object_)
    with store.read() as connection:
        states = set(connection.scalars(query))
    return states == {"staged"}


class _Extraction:
    """One run over one object, from where the last one stopped."""

    def __init__(self, store: Store, client: ApiClient, part: ApiPart, inside: Sequence[ApiPart]) -> None:
        self._store, self._client, self._part = store, client, part
        self.main = Extracted(store, part, client.profile)
        children = [Extracted(store, one, client.profile) for one in inside]
        self._children = [one for one in children if not one.is_staged]
        self._profiled = 0
        kept = self.main.row["cursor"]
        self._place = Place(**kept) if kept else Place({})

    async def run(self, limit_calls: int | None, progress: Callable[[int], None], arrivals: Arrivals) -> None:
        """Read to the end, or until so many calls were made."""
        calls = 0
        while not self.main.is_staged:
            async with aclosing(self._client.pages(self._part.object, self._place.cursor)) as pages:
                async for page in pages:
                    came = self.main.came
                    self._take(page)
                    calls += page.calls
                    for one in (self.main, *self._children):
                        arrivals.tell(one.part.staged_as)
                    progress(self.main.came - came)
                    if self._profiled + _PROFILED_EVERY <= self.main.came:
                        self.profile()
                    if limit_calls is not None and calls >= limit_calls:
                        return
                    if self._place.cursor != page.cursor:
                        break  # the next page is not the one that follows
        for one in (self.main, *self._children):
            arrivals.tell(one.part.staged_as)

    def profile(self) -> None:
        """Count what the rows since the last time hold."""
        self._profiled = self.main.came
        for one in (self.main, *self._children):
            one.profile()

    # -- one page

    def _take(self, page: Page) -> None:
        """Keep a page, and where reading goes on, in one transaction."""
        place = self._place
        records = self.main.read(page.records)
        with self._store.begin() as connection:
            known = self.main.known(connection, records)
            if self._is_doubtful(page, records, known):
                self._place = Place(place.before or {}, mark=place.mark, again=2, round=1, left_out=place.left_out)
                self._move_on(connection, page, done=False)
                return
            mark = _mark(self.main.keys(records))
            moved = place.moved if place.again != 2 else mark != place.mark
            only_new = place.again == 2 or place.round > 1
            self.main.keep(connection, records, known, only_new=only_new, moved=place.moved)
            for child in self._children:
                some = child.read(page.inside.get(child.part.object, ()))
                child.keep(connection, some, child.known(connection, some), only_new=only_new, moved=place.moved)
            left_out = place.left_out + (0 if only_new else len(page.deleted) + page.gone)
            going_on = place.again == 2 or bool(known)  # else what had moved is behind us
            self._place = Place(
                cursor=page.cursor or {},
                before=place.cursor,
                mark=mark,
                again=max(0, place.again - 1),
                moved=moved and going_on,
                round=place.round,
                left_out=left_out,
            )
            self._move_on(connection, page, done=page.cursor is None and self._is_all(connection, page))

    def _is_doubtful(self, page: Page, records: Sequence[Record], known: set[str]) -> bool:
        """Whether the list has moved since the page before, or looks as if it had."""
        place = self._place
        if place.again or place.round > 1 or place.before is None:
            return False
        before = self.main.row["total"]
        fell = page.total is not None and before is not None and page.total < before
        return fell or (not place.moved and any(key in known for key in self.main.keys(records)))

    def _is_all(self, connection: sa.Connection, page: Page) -> bool:
        """Whether reading is at its end, behind a last page: if records lack, there is another round."""
        lacking = 0 if page.total is None else page.total - self.main.counted - self._place.left_out
        if lacking <= 0:
            return True
        by_place = isinstance(self._client.profile.object(self._part.object).paging, ByPage | ByOffset)
        if by_place and self._place.round < _ROUNDS:
            self._place = Place({}, round=self._place.round + 1, left_out=self._place.left_out)
            return False
        what = "records did not come, of those that the API says there are"
        step = "ask the vendor which records it counts and does not send; what was added meanwhile comes with a delta"
        path = self._part.path
        new = Finding(
            keeping.STAGE, EXTRACTION_INCOMPLETE, self._part.staged_as, path, "warn", lacking, path, what, step
        )
        add_finding(connection, new)
        return True

    def _move_on(self, connection: sa.Connection, page: Page, *, done: bool) -> None:
        total = self.main.row["total"] if page.total is None else page.total
        self.main.move_on(connection, cursor=asdict(self._place), total=total, done=done)
        for child in self._children:
            child.move_on(connection, cursor=None, total=None, done=done)


def _mark(keys: Sequence[str]) -> str:
    """What tells a page from another one, whatever the order of its records."""
    return hashlib.blake2b("\n".join(sorted(keys)).encode(), digest_size=16).hexdigest()
