"""Does a profile fit its API? One call an object says what is there, what is missing, and what nobody listed."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from bridgework.errors import OtherSystemError, Refused
from bridgework.practice.api import json_text
from bridgework.practice.api.cells import cells_of, paths_of
from bridgework.practice.api.client import ApiClient
from bridgework.practice.api.page import Page
from bridgework.practice.api.profile import ObjectProfile, calls_needed, size_asked

Since = Literal["", "works", "ignored", "refused", "unclear"]

_NO_HOPE = frozenset({"API-KEY-REFUSED", "API-KEY-FORM", "API-NO-TOKEN", "API-AWAY"})


@dataclass(frozen=True, slots=True)
class ObjectCheck:
    """What one object's first page shows; paths of fields, and no values.

    `found` and `missing` are the listed fields that some record of the page has, or none; `extra` are those that the
    profile does not list. `total` is what the API says there are, `asked` and `served` are page sizes; `served` is that
    of the first page, which may be the only one (`more` says whether another follows). `without_id` counts records
    that lack a part of the key, `same_id` those whose key another one on the page has too. `since` says whether asking
    for changes since now gave fewer records ("works"), as many ("ignored") or an error ("refused"); empty where the
    profile has none. `calls` were made to find out; `calls_needed` is what reading all takes, None where no total is
    known. `problem` is the error, where there was one; then all else is empty.
    """

    object: str
    problem: OtherSystemError | None = None
    found: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    extra: list[str] = field(default_factory=list)
    total: int | None = None
    asked: int | None = None
    served: int = 0
    more: bool = False
    without_id: int = 0
    same_id: int = 0
    since: Since = ""
    calls: int = 0
    calls_needed: int | None = None

    @property
    def fits(self) -> bool:
        """Whether the object can be read by this profile as it is."""
        return self.problem is None and not self.missing and not self.without_id


async def check_profile(client: ApiClient, *, clock: Callable[[], float] = time.time) -> list[ObjectCheck]:
    """Look at each object: one call, one more where it has detail calls, and one more where it has changed-since.

    Objects inside another one take no calls. Raises what says that no other call can go well: a key that is refused, an
    API that does not answer, a budget that is paused.
    """
    pages: dict[str, Page | OtherSystemError] = {}
    checks = []
    for name, one in client.profile.objects.items():
        source = one.inside or name
        if source not in pages:
            pages[source] = await _looked(client, source)
        page = pages[source]
        if isinstance(page, OtherSystemError):
            checks.append(ObjectCheck(name, problem=page))
            continue
        checks.append(await _checked(client, one, page, clock))
    return checks


async def _looked(client: ApiClient, object_: str) -> Page | OtherSystemError:
    try:
        return await client.look(object_)
    except OtherSystemError as error:
        if error.code in _NO_HOPE:
            raise
        return error


async def _checked(client: ApiClient, one: ObjectProfile, page: Page, clock: Callable[[], float]) -> ObjectCheck:
    records = page.inside[one.name] if one.inside else page.records
    # The details of the first record only were asked for: the others have what the list gives of them.
    whole = records[:1] if one.detail else records
    there = {path for record in whole for path in paths_of(record)}
    calls = 0 if one.inside else page.calls
    since: Since = ""
    if one.changed_since:
        since, more_calls = await _since(client, one, page, clock)
        calls += more_calls
    keys = [cells_of(record, one.id) for record in whole]
    served = len(page.records) + len(page.deleted)
    asked = size_asked(client.profile.object(one.inside) if one.inside else one)
    total = None if one.inside else page.total
    if total is None and page.cursor is None and not one.inside:
        total = served
    return ObjectCheck(
        one.name,
        found=[path for path in one.paths if _has(there, path)],
        missing=[path for path in one.paths if records and not _has(there, path)],
        extra=client.profile.unlisted(one.name, whole),
        total=total,
        asked=asked,
        served=served,
        more=page.cursor is not None,
        without_id=sum(not all(key) for key in keys),
        same_id=len(keys) - len({tuple(key) for key in keys}),
        since=since,
        calls=calls,
        calls_needed=None if total is None else calls_needed(one, total, served if page.cursor else None),
    )


async def _since(client: ApiClient, one: ObjectProfile, page: Page, clock: Callable[[], float]) -> tuple[Since, int]:
    """Whether the API heeds changed-since: since this moment, next to nothing can have changed."""
    try:
        changed = await client.look(one.name, datetime.fromtimestamp(clock(), UTC))
    except Refused as error:
        if error.code in _NO_HOPE:
            raise
        return "refused", 1
    if not page.records:
        return "unclear", changed.calls
    count, of = len(changed.records), len(page.records)
    fewer = count < of or (changed.total is not None and page.total is not None and changed.total < page.total)
    return ("works" if fewer else "ignored"), changed.calls


def _has(there: set[str], path: str) -> bool:
    """Whether some record has a value at a path, or inside it, or a list on the way to it."""
    names = json_text.steps(path)
    found = {json_text.steps(one) for one in there}
    return any(one[: len(names)] == names or one == names[: len(one)] for one in found)
