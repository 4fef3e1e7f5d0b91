"""Reads, counts and destroys records, in as few calls as the server allows: a call costs a token, its size does not."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, NamedTuple

from bridgework.errors import Away, Refused
from bridgework.workspace.client import TRIES, OutcomeUnknownError, RejectedError, pause, refused
from bridgework.workspace.model import ATTACHMENT
from bridgework.workspace.rejection import Kind, Rejection

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping, Sequence

    from bridgework.workspace.client import Client
    from bridgework.workspace.model import DataModel, Object

# A filter that names deletedAt shows soft-deleted records too; this one is true of every record.
ALSO_DELETED = {"or": [{"deletedAt": {"is": "NULL"}}, {"deletedAt": {"is": "NOT_NULL"}}]}
_IDS_A_LOOK = 10_000  # ids in one call that asks only which exist
_IDS_A_READ = 5_000  # ids in one call that reads whole records
_IDS_A_DESTROY = 10_000
_IDS_A_WRITE = 200  # ids in one soft delete or restore: each record is written by itself
_LEAST_DESTROY = 200
_FILES_AT_ONCE = 6
_TIMELINE = "timelineActivity"
_LINKED = "linkedRecordId"  # of an entry on somebody's timeline that tells of another record
_CASCADING = frozenset(
    {"person", "company"}
)  # their entries go with them (2.19: all other entries stay, and name nobody)


class Look(NamedTuple):
    """When a record changed last (updatedAt), and whether it is soft-deleted."""

    updated_at: str
    deleted: bool


class Records:
    """The record API of one workspace, but for writing."""

    def __init__(self, client: Client, model: DataModel) -> None:
        """`model` may be replaced when the data model changes."""
        self.client, self.model = client, model

    async def stamps(self, object_: str, ids: Sequence[str]) -> dict[str, str]:
        """The moment of the last change (updatedAt) by id, of those that exist, soft-deleted ones included."""
        return {id_: one.updated_at for id_, one in (await self.look(object_, ids)).items()}

    async def look(self, object_: str, ids: Sequence[str]) -> dict[str, Look]:
        """When records changed last and whether they are soft-deleted, by id, of those that exist."""
        found: dict[str, Look] = {}
        for part in parts(ids, _IDS_A_LOOK):
            where = {"and": [{"id": {"in": part}}, ALSO_DELETED]}
            rows = await self.find(object_, where, "id updatedAt deletedAt", len(part))
            found.update((row["id"], Look(row["updatedAt"], row["deletedAt"] is not None)) for row in rows)
        return found

    async def set_deleted(self, object_: str, ids: Sequence[str], *, deleted: bool) -> dict[str, str]:
        """Soft-delete records, or restore them; their change moments afterwards, of those that exist.

        Those that are so already are no error. Raises `Refused`, or `Away` where the server does not answer.
        """
        target = self.model.object(object_)
        root = f"{'delete' if deleted else 'restore'}{target.plural_name}"
        mutation = f"mutation($f:{target.type_name}FilterInput!){{{root}(filter:$f){{id}}}}"
        found: dict[str, str] = {}
        for part in parts(ids, _IDS_A_WRITE):
            left, failures = part, 0
            while left:
                try:
                    await self.client.execute(mutation, {"f": {"id": {"in": left}}}, safe=False)
                except RejectedError as error:
                    what = f"Twenty refused to {'delete' if deleted else 'restore'} records of {object_}"
                    raise refused(error.rejection, what, where=object_) from None
                except OutcomeUnknownError as error:
                    failures += 1
                    if failures >= TRIES:
                        raise away_for(error, object_) from None
                    await pause(failures)
                now = await self.look(object_, left)
                found.update((id_, one.updated_at) for id_, one in now.items() if one.deleted is deleted)
                left = [id_ for id_, one in now.items() if one.deleted is not deleted]
                failures += 1
                if left and failures >= TRIES:
                    raise away_for(OutcomeUnknownError(Rejection(Kind.SERVER, "RECORDS_UNCHANGED")), object_)
        return found

    async def bin_again(self, object_: str, records: Mapping[str, tuple[str, str]]) -> None:
        """Put records into the bin as they lay there: by id, `deletedAt` and `updatedAt`. A call for each.

        Raises `Refused`, or `Away` where the server does not answer.
        """
        target = self.model.object(object_)
        root = f"update{target.type_name}"
        mutation = f"mutation($id:UUID!,$d:{target.type_name}UpdateInput!){{{root}(id:$id,data:$d){{id}}}}"
        for id_, (deleted_at, updated_at) in records.items():
            given = {"id": id_, "d": {"deletedAt": deleted_at, "updatedAt": updated_at}}
            for failures in range(1, TRIES + 1):
                try:
                    await self.client.execute(mutation, given, safe=False)
                    break
                except RejectedError as error:
                    what = f"Twenty refused to put a record of {object_} back into the bin"
                    raise refused(error.rejection, what, where=object_) from None
                except OutcomeUnknownError as error:  # the same values once more change nothing
                    if failures == TRIES:
                        raise away_for(error, object_) from None
                    await pause(failures)

    async def read(
        self, object_: str, ids: Sequence[str], fields: Sequence[str] | None = None, *, include_deleted: bool = False
    ) -> dict[str, dict[str, Any]]:
        """Whole records by id, for those that exist; soft-deleted ones where they are asked for."""
        selection = self.model.object(object_).selection(fields)
        found: dict[str, dict[str, Any]] = {}
        for part in parts(ids, _IDS_A_READ):
            where: dict[str, Any] = {"id": {"in": part}}
            where = {"and": [where, ALSO_DELETED]} if include_deleted else where
            rows = await self.find(object_, where, selection, len(part))
            found.update((row["id"], row) for row in rows)
        return found

    async def find(self, object_: str, where: dict[str, Any], selection: str, first: int) -> list[dict[str, Any]]:
        """One page of the records that match, at most `first`."""
        page = await self._page(self.model.object(object_), where, selection, first, None)
        return [edge["node"] for edge in page["edges"]]

    async def scan(
        self, object_: str, fields: Sequence[str] | None, page: int, *, include_deleted: bool
    ) -> AsyncIterator[list[dict[str, Any]]]:
        """Every record of an object, page by page, in the order of ids.

        Without `orderBy`, since cursors over other orders repeat and skip rows in several versions (#20109, #20520).
        Raises `Refused` CURSOR_STUCK where a cursor does not advance.
        """
        target = self.model.object(object_)
        selection = target.selection(fields)
        where = ALSO_DELETED if include_deleted else {}
        after, last = None, ""
        while True:
            answer = await self._page(target, where, selection, page, after)
            rows = [edge["node"] for edge in answer["edges"]]
            info = answer["pageInfo"]
            if rows:
                if rows[0]["id"] <= last:
                    raise _stuck(object_)
                last = rows[-1]["id"]
                yield rows
            if not info["hasNextPage"]:
                return
            if not rows or not info["endCursor"] or info["endCursor"] == after:
                raise _stuck(object_)
            after = info["endCursor"]

    async def count(self, object_: str, *, include_deleted: bool = False) -> int:
        """How many records an object has."""
        target = self.model.object(object_)
        document = f"query($f:{target.type_name}FilterInput){{{target.plural}(filter:$f){{totalCount}}}}"
        where = ALSO_DELETED if include_deleted else {}
        data = await self._ask(document, {"f": where}, object_)
        return int(data[target.plural]["totalCount"])

    async def destroy(self, object_: str, ids: Sequence[str]) -> int:
        """Remove records for good, with what hangs on them; those that are gone already are no error.

        How many are gone: those that the server named and, where its answer was lost, those that are not there now.
        """
        gone = 0
        if object_ == ATTACHMENT and self.model.file_field:
            # Of several in one call the server removes the bytes of one record's files only (measured on 2.19).
            for some in parts(ids, _FILES_AT_ONCE):
                gone += sum(await asyncio.gather(*(self._destroy_part(object_, [one]) for one in some)))
            return gone
        for part in parts(ids, _IDS_A_DESTROY):
            gone += await self._destroy_part(object_, part)
        return gone

    async def destroy_history(self, object_: str, ids: Sequence[str]) -> None:
        """Remove what timelines tell of records that are about to be destroyed, where the server would leave it.

        Once the records are gone nothing tells whose entries these were. Raises `Refused` and `Away` as `destroy`.
        """
        if columns := self._history_columns(object_):
            for part in parts(ids, _IDS_A_DESTROY):
                await self._destroy_entries(object_, {"or": [{column: {"in": part}} for column in columns]})

    async def destroy_all_history(self, object_: str) -> None:
        """Remove what timelines tell of an object that is about to be deleted, as `destroy_history`."""
        if columns := self._history_columns(object_):
            await self._destroy_entries(object_, {columns[0]: {"is": "NOT_NULL"}})

    async def _destroy_entries(self, object_: str, where: dict[str, Any]) -> None:
        mutation = _destroying(self.model.object(_TIMELINE))
        given = {"f": {"and": [where, ALSO_DELETED]}}
        for failures in range(1, TRIES + 1):
            try:
                await self.client.execute(mutation, given, safe=False)
            except RejectedError as error:
                what = f"Twenty refused to remove what timelines tell of {object_}"
                raise refused(error.rejection, what, where=_TIMELINE) from None
            except OutcomeUnknownError as error:  # once more removes what is left
                if failures == TRIES:
                    raise away_for(error, _TIMELINE) from None
                await pause(failures)
            else:
                return

    def _history_columns(self, object_: str) -> list[str]:
        """The columns of timeline entries that tell of this object's records; none where entries go by themselves."""
        if object_ in _CASCADING or not self.model.has(_TIMELINE):
            return []
        try:
            columns = [self.model.link_column(_TIMELINE, object_)]
        except Refused:
            return []
        return [*columns, _LINKED] if self.model.object(_TIMELINE).has(_LINKED) else columns

    async def _destroy_part(self, object_: str, ids: list[str]) -> int:
        target = self.model.object(object_)
        mutation = _destroying(target)
        left, gone, size, failures = list(ids), 0, len(ids), 0
        while left:
            part = left[:size]
            try:
                data = await self.client.execute(mutation, {"f": {"id": {"in": part}}}, safe=False)
            except RejectedError as error:
                what = f"Twenty refused to destroy records of {object_}"
                raise refused(error.rejection, what, where=object_) from None
            except OutcomeUnknownError as error:
                failures += 1
                if failures >= TRIES:
                    raise away_for(error, object_) from None
                await pause(failures)
                there = await self.stamps(object_, part)
                gone += len(part) - len(there)
                left = [*there, *left[len(part) :]]
                # A destroy that cascades over much may run into the server's own time limit: ask for less.
                size = max(_LEAST_DESTROY, size // 2)
                continue
            gone += len(data[f"destroy{target.plural_name}"] or ())
            left = left[len(part) :]
        return gone

    async def _page(
        self, target: Object, where: dict[str, Any], selection: str, first: int, after: str | None
    ) -> dict[str, Any]:
        document = (
            f"query($f:{target.type_name}FilterInput,$n:Int,$a:String){{{target.plural}(filter:$f,first:$n,after:$a)"
            f"{{edges{{node{{{selection}}}}} pageInfo{{hasNextPage endCursor}}}}}}"
        )
        data = await self._ask(document, {"f": where, "n": first, "a": after}, target.name)
        return data[target.plural]  # type: ignore[no-any-return]

    async def _ask(self, document: str, variables: dict[str, Any], object_: str) -> dict[str, Any]:
        try:
            return await self.client.execute(document, variables, safe=True)
        except RejectedError as error:
            raise refused(error.rejection, f"Twenty refused to read {object_}", where=object_) from None


def parts(items: Sequence[str], size: int) -> Iterator[list[str]]:
    """The items in order, in lists of at most `size`."""
    items = list(items)
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _destroying(target: Object) -> str:
    return f"mutation($f:{target.type_name}FilterInput!){{destroy{target.plural_name}(filter:$f){{id}}}}"


def away_for(error: OutcomeUnknownError, object_: str) -> Away:
    """The error after too many writes whose outcome had to be looked up."""
    return Away(
        "WRITES_FAIL",
        f"Twenty does not answer writes of {object_}",
        where=object_,
        why=f"{TRIES} tries in a row had no usable answer, the last with {error.rejection.code}",
        next_step="look at the server's log, then run the same command again: nothing will be written twice",
    )


def _stuck(object_: str) -> Away:
    return Away(
        "CURSOR_STUCK",
        f"Twenty repeats pages of {object_}",
        where=object_,
        why="the cursor that it gave does not advance",
        next_step="run the same command again; if it stays, report the server's version",
    )
