"""Reading one API by its profile: pages of records, and files."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import partial
from pathlib import Path
from typing import Any, Self

import httpx2

from bridgework.errors import UsageError
from bridgework.practice.api import json_text, paging, problems, records
from bridgework.practice.api.calling import Answer, Ask, Caller
from bridgework.practice.api.cells import cells_of
from bridgework.practice.api.downloads import LARGEST_FILE, keep
from bridgework.practice.api.entries import Detail
from bridgework.practice.api.page import CallBudget, Cursor, Download, Page
from bridgework.practice.api.placeholders import UnfitNameError, fill
from bridgework.practice.api.problems import GoneError, TryAgainError
from bridgework.practice.api.profile import ApiProfile, ObjectProfile, size_asked
from bridgework.practice.api.retrying import Tally


class ApiClient:
    """One API, as an async context manager. All that it raises is for people; see `problems`."""

    def __init__(
        self,
        profile: ApiProfile,
        *,
        secret: Callable[[], str],
        budget: CallBudget,
        transport: httpx2.AsyncBaseTransport | None = None,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """`secret` is asked for when it is first needed; `sleep` may raise to stop; `transport`, `clock`: for tests."""
        self.profile = profile
        self._caller = Caller(profile, secret, budget, transport, clock, sleep)
        self._details = asyncio.Semaphore(profile.details_at_once)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._caller.close()

    @property
    def server_time(self) -> datetime | None:
        """The moment of the last answer by the server's own clock (its Date header), where it was told."""
        try:
            found = parsedate_to_datetime(self._caller.date)
        except ValueError:
            return None
        return found if found.tzinfo else found.replace(tzinfo=UTC)

    async def pages(
        self, object_: str, cursor: Cursor | None = None, since: datetime | None = None
    ) -> AsyncGenerator[Page, None]:
        """The pages of an object from a cursor on; with `since`, of what changed since.

        The records of an object inside another come with that one's pages, whose cursors they have. Where fewer records
        come than `total` says, the API does not send some: that is for the caller to say. Raises UsageError
        (API-NO-OBJECT, API-NO-CHANGED-SINCE) and what calls end in.
        """
        one = self.profile.object(object_)
        if one.inside:
            async with aclosing(self.pages(one.inside, cursor, since)) as pages:
                async for page in pages:
                    yield Page(page.inside[object_], page.cursor, None, page.calls)
            return
        at: Cursor | None = cursor or paging.first(one)
        seen = {at["last"]} if at and "last" in at else set()
        while at is not None:
            page = await self._page(one, at, since, seen)
            at = page.cursor
            yield page

    async def look(self, object_: str, since: datetime | None = None) -> Page:
        """The first page of an object, with the details of its first record only."""
        one = self.profile.object(object_)
        other = self.profile.object(one.inside) if one.inside else one
        page = await self._page(other, paging.first(other), since, set(), details=1)
        return Page(page.inside[object_], page.cursor, None, page.calls) if one.inside else page

    async def download(self, object_: str, record: bytes, to: Path, *, largest: int = LARGEST_FILE) -> Download | None:
        """The file of a record, whole, at `to` (mode 0600); None where the record names none.

        Raises Refused: API-FILE-GONE where the API has no such file, API-LARGE-FILE beyond `largest` bytes.
        """
        one = self.profile.object(object_)
        if one.download is None:
            raise UsageError(
                "API-NO-DOWNLOAD",
                "The profile says of no file of this object.",
                where=f"{self.profile.name}: {object_}",
            )
        where = f"{object_}: GET {one.download}"
        try:
            path = self._filled(one.download, record)
        except UnfitNameError:
            return None
        ask = Ask(where, self._caller.url(path))
        try:
            return await self._caller.send(
                ask, Tally(), partial(keep, to=to, largest=largest, where=where), may_leave=True
            )
        except GoneError:
            raise problems.unfit("API-FILE-GONE", "The practice's API has no such file", where, "") from None

    # -- pages

    async def _page(
        self, one: ObjectProfile, at: Cursor, since: datetime | None, seen: set[str], details: int | None = None
    ) -> Page:
        where = f"{one.name}: {one.method} {one.path}"
        tally = Tally()
        ask = self._ask(one, at, since, where)
        check = partial(self._checked, one, at, where, seen)
        try:
            texts, values, total, following = await self._caller.json(ask, tally, check)
        except GoneError:
            raise problems.refused(where, 404) from None
        if following and "url" in following:
            url = self._caller.linked(following["url"], ask.url, where)
            following["url"] = url.raw_path.decode()
        deleted = [text.encode() for text, value in zip(texts, values, strict=True) if records.is_deleted(one, value)]
        live = [text for text, value in zip(texts, values, strict=True) if not records.is_deleted(one, value)]
        gone = 0
        if one.detail and live:
            whole = await self._detailed(one, one.detail, live[:details], tally)
            gone = whole.count(None)
            live = [text for text in whole if text is not None] + (live[details:] if details else [])
        children = self.profile.inside(one.name)
        inside = {
            child.name: [found for text in live for found in records.inside(one, child, text)] for child in children
        }
        return Page([text.encode() for text in live], following, total, tally.calls, deleted, inside, gone)

    def _ask(self, one: ObjectProfile, at: Cursor, since: datetime | None, where: str) -> Ask:
        if "url" in at:
            return Ask(where, self._caller.base.copy_with(raw_path=at["url"].encode()), one.method)
        sent = {**one.parameters, **paging.parameters(one, at)}
        if since is not None:
            if one.changed_since is None:
                raise UsageError(
                    "API-NO-CHANGED-SINCE",
                    "The profile does not say how to ask for what changed.",
                    where=f"{self.profile.name}: {one.name}",
                    next_step="add `changed_since` to the profile, or compare all records",
                )
            sent[one.changed_since.parameter] = one.changed_since.write(since)
        url = self._caller.url(one.path)
        if one.method == "POST":
            return Ask(where, url, "POST", body=paging.nested(sent))
        return Ask(where, url, "GET", sent)

    def _checked(
        self, one: ObjectProfile, at: Cursor, where: str, seen: set[str], answer: Answer
    ) -> tuple[list[str], list[Any], int | None, dict[str, Any] | None]:
        """The records of a page, what it says there are in all, and where the next begins; notices what repeats."""
        total = paging.total_of(one, answer)
        texts, values = records.of_answer(one, answer, where, total)
        following = paging.following(one, at, paging.Read(len(texts), total, answer))
        # A page of one record may well be like another: some practices have a row twice.
        mark = _hash("\n".join(texts)) if texts and size_asked(one) != 1 else ""
        place = next((f"{kind}={following[kind]}" for kind in ("cursor", "url") if following and kind in following), "")
        place = _hash(place) if place else ""
        if {mark, place} & seen - {""}:
            why = "it sent a page again that came before, or a cursor that leads back to one"
            final = problems.unfit("API-PAGES-REPEAT", "The pages of the practice's API do not end", where, why)
            raise TryAgainError("a page that came before", final=final)
        seen |= {mark, place} - {""}
        if following is not None:
            following["last"] = mark
        return texts, values, total, following

    async def _detailed(self, one: ObjectProfile, detail: Detail, briefs: list[str], tally: Tally) -> list[str | None]:
        """Each record with its details, None where it is gone."""
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(self._one_detail(one, detail, brief, tally)) for brief in briefs]
        except ExceptionGroup as failed:
            raise failed.exceptions[0] from None
        found = [task.result() for task in tasks]
        if not any(found):
            where = f"{one.name}: GET {detail.path}"
            raise problems.unfit("API-NO-DETAILS", "No record of a page has details", where, "all answers were 404")
        return found

    async def _one_detail(self, one: ObjectProfile, detail: Detail, brief: str, tally: Tally) -> str | None:
        where = f"{one.name}: GET {detail.path}"
        try:
            url = self._caller.url(self._filled(detail.path, brief.encode()))
        except UnfitNameError:
            raise problems.unfit("API-NO-DETAILS", "A record lacks what its detail call needs", where, "") from None

        def check(answer: Answer) -> str:
            found = json_text.find(answer.text, json_text.steps(detail.record)) if answer.text else None
            if found is None or not found.startswith("{"):
                why = f"an object was expected at `{detail.record}`" if detail.record else "it is no object"
                raise problems.unfit("API-NO-DETAILS", "The answer to a detail call has no record", where, why)
            return records.with_details(brief, found)

        async with self._details:
            try:
                return await self._caller.json(Ask(where, url), tally, check)
            except GoneError:
                return None

    @staticmethod
    def _filled(template: str, record: bytes) -> str:
        return fill(template, lambda name: cells_of(record, [name])[0])


def _hash(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
