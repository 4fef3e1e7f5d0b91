"""Takes batches back, newest first: created records are destroyed, written fields put back, deleted records restored.

Everything is looked at before it is touched. A record whose `updatedAt` is not the one that we wrote was edited by
somebody, and is left as it is. Each group is marked in one transaction, so that a kill costs one group at the most.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from bridgework.errors import FindingsStop, Refused
from bridgework.stages.common import Progress, Stopper
from bridgework.stages.forecast import Forecast
from bridgework.store import Store, audit_log, ledger, operations
from bridgework.store.ledger import CREATE, DELETE, NOTE, RESTORE, Batch, Item
from bridgework.store.notes import Finding, add_finding
from bridgework.store.operations import Operation
from bridgework.store.tables import batch, item
from bridgework.workspace import ATTACHMENT, Workspace

_RECORDS_AT_ONCE = 10_000  # ids a call, which the server takes in two seconds
_FILES_AT_ONCE = 60  # records with files: each takes a call of its own, and nothing stops the command in between
_CALLS_TO_PUT_BACK = 2 / 200  # for a record that was there: a batch is looked at, and written
_STAGE = "rollback"
_BINNED = "deletedAt"  # in a before-image: the record lay in the bin, and was taken out


@dataclass(slots=True)
class Undoing:
    """Takes back some batches; `doomed` are the batches whose records are destroyed in the end, so need no mending."""

    store: Store
    workspace: Workspace
    actor: str
    stopper: Stopper
    progress: Progress
    doomed: frozenset[int]
    prove: bool  # look again after each group, where nothing else proves it in the end
    forecast: Forecast
    done: Counter[str] = field(default_factory=Counter)

    async def run(self, batches: Sequence[Batch]) -> None:
        """Take all of it back; what an earlier run took back is not among them."""
        told = self.progress.start("rolling back", sum(one.size for one in batches), "records")
        expect_undoing(self.forecast, batches, prove=self.prove)
        at, advance = "", told
        for (object_, action), some in together(batches):
            self.stopper.check(_STAGE)
            if (part := _part(object_, action)) != at:
                at, advance = part, self.forecast.begin(part, told)
            if action == CREATE:
                await self._destroy(object_, some)
            else:
                for one in some:
                    await self._put_back(object_, one)
            advance(sum(one.size for one in some))

    # --- what was created --------------------------------------------------------------------------------------------

    async def _destroy(self, object_: str, batches: list[Batch]) -> None:
        items = [one for made in batches for one in ledger.items(self.store, made.id)]
        ids = [str(one.target_id) for one in items]
        now = await self.workspace.look(object_, ids)
        kept = {one.target_id for one in items if is_edited(one, now.get(str(one.target_id)))}
        gone = [one for one in ids if UUID(one) not in kept and one in now]
        await self._forget_history(object_, gone)
        await self.workspace.destroy(object_, gone)
        if self.prove:
            await self._prove_gone(object_, gone)
        self._mark_destroyed(object_, batches, kept, len(gone))

    async def _forget_history(self, object_: str, ids: list[str]) -> None:
        """The timeline's entries go with their records; a key that may not do so leaves them, and it is said."""
        try:
            await self.workspace.destroy_history(object_, ids)
        except Refused as error:
            what = f"timeline entries of records that are gone stay: {error.code}"
            with self.store.begin() as connection:
                new = Finding(
                    _STAGE, "HISTORY-STAYS", object_, "", "warn", len(ids), "", what, "harmless; they name nobody"
                )
                add_finding(connection, new)

    async def _prove_gone(self, object_: str, ids: list[str]) -> None:
        if left := await self.workspace.look(object_, ids):
            raise FindingsStop(
                "STILL-THERE",
                "Twenty said that records are destroyed, and still shows them.",
                where=object_,
                why=f"{len(left)} of {len(ids)} are there",
                next_step="run `bridgework rollback DIR` again",
            )

    def _mark_destroyed(self, object_: str, batches: list[Batch], kept: set[UUID], gone: int) -> None:
        numbers = [one.id for one in batches]
        with self.store.begin() as connection:
            connection.execute(item.update().where(item.c.batch_id.in_(numbers)).values(state="destroyed"))
            for some in ledger.chunks(list(kept)):
                connection.execute(item.update().where(item.c.target_id.in_(some)).values(state="kept"))
            connection.execute(batch.update().where(batch.c.id.in_(numbers)).values(state="destroyed"))
            if kept:
                what = "was edited in Twenty after the load, and is left there"
                step = "destroy it by hand if it should go"
                example = str(min(kept))
                new = Finding(_STAGE, "EDITED-KEPT", object_, "", "warn", len(kept), example, what, step)
                add_finding(connection, new)
            detail = {"batches": numbers, "destroyed": gone, "kept": sorted(str(one) for one in kept)}
            audit_log.append(connection, self.actor, "destroy", object_, **detail)
        self.done["destroyed"] += gone
        self.done["kept"] += len(kept)

    # --- what was written to records that were there -----------------------------------------------------------------

    async def _put_back(self, object_: str, one: Batch) -> None:
        todo = operations.of_batch(self.store, one.id, ("planned", "confirmed"))
        with self.store.read() as connection:
            doomed = ledger.created_by(connection, [each.target_id for each in todo], self.doomed)
        mend = [each for each in todo if each.target_id not in doomed]
        if one.action == NOTE:  # nothing was written
            stamps = {each.target_id: each.stamp_before for each in mend}
            self._mark_back(object_, one, doomed, stamps, set())
            return
        now = await self.workspace.look(object_, [str(each.target_id) for each in mend])
        deleted = one.action == DELETE
        fit = [each for each in mend if self._is_ours(each, now.get(str(each.target_id)), deleted=deleted)]
        kept = {each.target_id for each in mend} - {each.target_id for each in fit}
        back = {DELETE: self._restore, RESTORE: self._bin}.get(one.action, self._write_back)
        stamps = await back(object_, fit)
        if deleted:  # whoever restored it
            stamps |= {UUID(id_): look.updated_at for id_, look in now.items() if not look.deleted}
            kept -= stamps.keys()
        kept |= {each.target_id for each in fit} - stamps.keys()
        self._mark_back(object_, one, doomed, stamps, kept)

    @staticmethod
    def _is_ours(one: Operation, now: tuple[str, bool] | None, *, deleted: bool) -> bool:
        """Whether the record is as the operation left it, or as it was before (a crash came between)."""
        if now is not None and now[1] and _BINNED in one.before:
            return _same(now[0], one.stamp_before)  # it is back in the bin already; a crash came between
        if now is None or now[1] is not deleted:
            return False
        return not one.stamp_after or any(_same(now[0], stamp) for stamp in (one.stamp_after, one.stamp_before))

    async def _restore(self, object_: str, some: list[Operation]) -> dict[UUID, str]:
        found = await self.workspace.restore(object_, [str(one.target_id) for one in some]) if some else {}
        return {UUID(one): stamp for one, stamp in found.items()}

    async def _bin(self, object_: str, some: list[Operation]) -> dict[UUID, str]:
        found = await self.workspace.soft_delete(object_, [str(one.target_id) for one in some]) if some else {}
        return {UUID(one): stamp for one, stamp in found.items()}

    async def _write_back(self, object_: str, some: list[Operation]) -> dict[UUID, str]:
        if not some:
            return {}
        records = [
            {"id": str(one.target_id), **_without_bin(one.before), "updatedAt": one.stamp_before} for one in some
        ]
        outcome = await self.workspace.update(object_, records)
        again = {
            str(one.target_id): (one.before[_BINNED], one.stamp_before)
            for one in some
            if _BINNED in one.before and str(one.target_id) in outcome.created
        }
        await self.workspace.bin_again(object_, again)
        return {UUID(one): stamp for one, stamp in outcome.created.items()}

    def _mark_back(self, object_: str, one: Batch, doomed: set[UUID], stamps: dict[UUID, str], kept: set[UUID]) -> None:
        with self.store.begin() as connection:
            operations.drop(connection, one.id, doomed)
            operations.undo(connection, one.id, stamps, stamps)
            operations.keep(connection, one.id, kept)
            connection.execute(batch.update().where(batch.c.id == one.id).values(state="destroyed"))
            if kept:
                what = "was edited in Twenty after it was written, and is left as it is"
                example = str(min(kept))
                new = Finding(_STAGE, "EDITED-KEPT", object_, "", "warn", len(kept), example, what, "look at it")
                add_finding(connection, new)
            detail = {"batches": [one.id], "put back": len(stamps), "kept": sorted(str(each) for each in kept)}
            audit_log.append(connection, self.actor, f"undo {one.action}", object_, **detail)
        self.done["put back"] += len(stamps)
        self.done["kept"] += len(kept)


def together(batches: Iterable[Batch]) -> Iterator[tuple[tuple[str, str], list[Batch]]]:
    """Neighbouring batches of one object and action, as many at a time as one call takes."""
    for kind, some in groupby(batches, key=lambda one: (one.object, one.action)):
        for chunk in ledger.by_records(some, _FILES_AT_ONCE if kind[0] == ATTACHMENT else _RECORDS_AT_ONCE):
            yield kind, chunk


def expect_undoing(forecast: Forecast, batches: Iterable[Batch], *, prove: bool) -> None:
    """Tell a forecast what is to be taken back."""
    sizes: Counter[tuple[str, str]] = Counter()
    for one in batches:
        sizes[one.object, one.action] += one.size
    for (object_, action), size in sizes.items():
        calls = _calls_to_destroy(object_, prove=prove) if action == CREATE else _CALLS_TO_PUT_BACK
        forecast.expect(_part(object_, action), size, 0 if action == NOTE else calls)


def _calls_to_destroy(object_: str, *, prove: bool) -> float:
    """Calls for a record: looked at, destroyed, and proved to be gone."""
    looks = 2 if prove else 1
    return 1 + looks / _FILES_AT_ONCE if object_ == ATTACHMENT else (looks + 1) / _RECORDS_AT_ONCE


def _part(object_: str, action: str) -> str:
    return f"{action} {object_}"


def is_edited(one: Item, now: tuple[str, bool] | None) -> bool:
    """Whether somebody changed a record of ours after we wrote it; `now` is its change moment, and whether deleted.

    One that was put into the bin, by us or by a person, is ours all the same.
    """
    if now is None or now[1]:
        return False
    return one.edited is not None or (bool(one.stamp) and not _same(now[0], one.stamp))


def _without_bin(before: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in before.items() if name != _BINNED}


def _same(one: str, other: str) -> bool:
    return datetime.fromisoformat(one) == datetime.fromisoformat(other)
