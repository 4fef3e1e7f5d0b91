"""Writes records in batches, and turns the refusal of a whole batch into the one bad record.

A batch is atomic: one bad record refuses all 200. Who it was is read from the message where that is certain, looked up
in one call where it can be (taken values, missing parents), and found by halving otherwise; the rest is sent again.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson

from bridgework.workspace.client import TRIES, OutcomeUnknownError, RejectedError, pause, refused
from bridgework.workspace.culprits import Refusal, find_culprits
from bridgework.workspace.records import away_for
from bridgework.workspace.rejection import Kind, Rejection

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from bridgework.workspace.records import Records

MOST_BYTES = 8_000_000  # a body over 10 MB is refused
_OLD_MAXIMUM = 60  # what the public guide says, and older versions allow
_FIELD_PATIENCE = 20  # tries, a second apart: the record API may not know a new field at once
_FAILURES_BEFORE_HALVING = 3
_ONE_BY_ONE = frozenset({Kind.VALUE, Kind.REFERENCE, Kind.DUPLICATE, Kind.SERVER, Kind.NOT_FOUND, Kind.OTHER})


@dataclass(frozen=True, slots=True)
class CreateOutcome:
    """What became of each record that was given: id → updatedAt of those that are there, and the refused ones."""

    created: dict[str, str] = field(default_factory=dict)
    refused: list[Refusal] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Item:
    """A record to write, already in JSON, so that sizes are known and nothing is encoded twice."""

    id: str
    record: dict[str, Any] = field(repr=False)
    json: bytes = field(repr=False)


class Writer:
    """Creates records, or updates records that are known to exist, of one object."""

    def __init__(
        self,
        records: Records,
        object_: str,
        *,
        most: Callable[[], int],
        lower: Callable[[int], None],
        upsert: bool = False,
        on_unknown: Callable[[], None] | None = None,
    ) -> None:
        """`most` says how many records one call may hold, and `lower` is told when the server allows fewer."""
        self._records, self._client, self._object = records, records.client, object_
        self._most, self._lower, self._upsert, self._on_unknown = most, lower, upsert, on_unknown
        self.outcome = CreateOutcome()
        target = records.model.object(object_)
        self._root = f"create{target.plural_name}"
        flag = ",upsert:true" if upsert else ""
        given = f"$d:[{target.type_name}CreateInput!]!"
        self._mutation = f"mutation({given}){{{self._root}(data:$d{flag}){{id updatedAt}}}}"

    async def write(self, records: Sequence[dict[str, Any]], concurrency: int) -> CreateOutcome:
        """Write them all, several batches at a time; raises `Refused` or `Away` where no record is to blame."""
        items = [_Item(str(record["id"]), record, orjson.dumps(record)) for record in records]
        if len({item.id for item in items}) != len(items):
            message = "two records of one call have the same id"
            raise ValueError(message)
        room = asyncio.Semaphore(concurrency)

        async def load(batch: list[_Item]) -> None:
            async with room:
                await self._load(batch)

        batches = list(_batches(items, self._most()))
        if len(batches) == 1:
            await self._load(batches[0])
            return self.outcome
        try:
            async with asyncio.TaskGroup() as group:
                for batch in batches:
                    group.create_task(load(batch))
        except BaseExceptionGroup as failures:
            raise _first(failures) from None
        return self.outcome

    async def _load(self, batch: list[_Item]) -> None:
        """Write a batch of which nothing is known."""
        if len(batch) > self._most():
            for part in _batches(batch, self._most()):
                await self._load(part)
            return
        rejection = await self._attempt(batch)
        if rejection is not None:
            await self._isolate(batch, rejection)

    async def _attempt(self, batch: list[_Item]) -> Rejection | None:
        """Send a batch until its fate is known: None when all of it is there."""
        left = batch
        for failures in range(1, TRIES + 1):
            try:
                data = await self._client.execute(
                    self._mutation, {"d": [orjson.Fragment(item.json) for item in left]}, safe=False
                )
            except RejectedError as error:
                return error.rejection
            except OutcomeUnknownError as error:
                left = await self._after_unknown(left, failures)
                if not left:
                    return None
                if failures == TRIES:
                    raise away_for(error, self._object) from None
                if error.rejection.code == "SERVER_FAILED" and failures >= _FAILURES_BEFORE_HALVING:
                    return error.rejection
                continue
            stamps = {row["id"]: row["updatedAt"] for row in data[self._root] or ()}
            self.outcome.created.update((item.id, stamps[item.id]) for item in left if item.id in stamps)
            left = [item for item in left if item.id not in stamps]
            if not left:
                return None
        raise away_for(OutcomeUnknownError(Rejection(Kind.SERVER, "RECORDS_MISSING")), self._object)

    async def _after_unknown(self, batch: list[_Item], failures: int) -> list[_Item]:
        """What of a batch still has to be sent, after a send that may or may not have landed."""
        if self._on_unknown is not None:
            self._on_unknown()
        await pause(failures)
        if self._upsert:
            return batch  # the same values once more change nothing
        there = await self._records.stamps(self._object, [item.id for item in batch])
        self.outcome.created.update(there)
        return [item for item in batch if item.id not in there]

    async def _isolate(self, batch: list[_Item], rejection: Rejection, *, looked: bool = False) -> None:
        """Deal with a batch that was refused as a whole; `looked`: this refusal was looked into already."""
        batch = [item for item in batch if item.id not in self.outcome.created]
        if rejection.kind is Kind.TOO_MANY:
            await self._send_fewer(batch, rejection)
        elif rejection.kind is Kind.UNKNOWN_FIELD:
            await self._wait_for_field(batch, rejection)
        elif rejection.kind is Kind.TOO_LARGE and len(batch) > 1:
            await self._load_halves(batch)
        elif rejection.kind not in _ONE_BY_ONE and rejection.kind is not Kind.TOO_LARGE:
            raise refused(rejection, f"Twenty refused to write records of {self._object}", where=self._object)
        elif not looked and await self._look(batch, rejection):
            return
        elif len(batch) == 1:
            self._refuse(batch[0], rejection)
        else:
            await self._halve(batch, rejection)

    async def _look(self, batch: list[_Item], rejection: Rejection) -> bool:
        """Whether the bad ones could be told; then they are refused, and the rest is written."""
        by_id = {item.id: item.record for item in batch}
        found = await find_culprits(self._records, self._object, by_id, rejection, creating=not self._upsert)
        if not found.bad and not found.landed:
            return False
        self.outcome.created.update(found.landed)
        self.outcome.refused.extend(found.bad.values())
        rest = [item for item in batch if item.id not in found.bad and item.id not in found.landed]
        if rest:
            await self._load(rest)
        return True

    async def _halve(self, batch: list[_Item], rejection: Rejection) -> None:
        """Find the bad one by halves; a half that was written clears the other half's first look."""
        middle = len(batch) // 2
        left, right = batch[:middle], batch[middle:]
        of_left = await self._attempt(left)
        if of_left is not None and of_left.kind is Kind.SERVER and rejection.kind is Kind.SERVER:
            of_right = await self._attempt(right)
            if of_right is not None and of_right.kind is Kind.SERVER:
                raise away_for(OutcomeUnknownError(of_right), self._object)
            await self._isolate(left, of_left)
            if of_right is not None:
                await self._isolate(right, of_right)
        elif of_left is not None:
            await self._isolate(left, of_left, looked=of_left == rejection)
            await self._load(right)
        elif len(right) == 1:
            await self._load(right)  # its own refusal says more than the batch's
        else:
            await self._isolate(right, rejection, looked=True)

    async def _load_halves(self, batch: list[_Item]) -> None:
        middle = len(batch) // 2
        await self._load(batch[:middle])
        await self._load(batch[middle:])

    async def _send_fewer(self, batch: list[_Item], rejection: Rejection) -> None:
        allowed = rejection.limit or _OLD_MAXIMUM
        if allowed >= len(batch):
            allowed = max(1, len(batch) // 2)
        self._lower(allowed)
        await self._load(batch)

    async def _wait_for_field(self, batch: list[_Item], rejection: Rejection) -> None:
        """A field that was just made reaches the record API a little later."""
        for _ in range(_FIELD_PATIENCE if rejection.field in self._known_names() else 0):
            await asyncio.sleep(1)
            again = await self._attempt(batch)
            if again is None:
                return
            if again.kind is not Kind.UNKNOWN_FIELD:
                await self._isolate(batch, again)
                return
        where = f"{self._object}.{rejection.field}" if self._is_ours(rejection.field, batch) else self._object
        raise refused(rejection, f"Twenty does not know a field of {self._object}", where=where)

    def _known_names(self) -> set[str]:
        fields = self._records.model.object(self._object).fields.values()
        return {name for known in fields for name in (known.name, *known.names())}

    @staticmethod
    def _is_ours(name: str, batch: list[_Item]) -> bool:
        return any(name in item.record for item in batch)

    def _refuse(self, item: _Item, rejection: Rejection) -> None:
        name = rejection.field if rejection.field.partition(".")[0] in item.record else ""
        self.outcome.refused.append(Refusal(item.id, rejection.code, name, rejection.reason, rejection.conflicting_id))


def _batches(items: list[_Item], most: int) -> Iterator[list[_Item]]:
    """The items in order, at most `most` and at most `MOST_BYTES` together."""
    batch: list[_Item] = []
    size = 0
    for item in items:
        if batch and (len(batch) >= most or size + len(item.json) > MOST_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(item)
        size += len(item.json) + 1
    if batch:
        yield batch


def _first(failures: BaseExceptionGroup[BaseException]) -> BaseException:
    """The first error of a group of tasks that failed together."""
    first = failures.exceptions[0]
    return _first(first) if isinstance(first, BaseExceptionGroup) else first
