"""The workspace: everything that Bridgework asks of a Twenty server, from version 1.17 on, in one object."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from bridgework.errors import Refused
from bridgework.workspace import automations, files, likeness, menu, views
from bridgework.workspace.client import Client
from bridgework.workspace.creating import CreateOutcome, Writer
from bridgework.workspace.model import DataModel
from bridgework.workspace.pace import Pace, PaceMemory
from bridgework.workspace.probe import probe, read_data_model
from bridgework.workspace.records import Records
from bridgework.workspace.schema import Schema

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping, Sequence
    from pathlib import Path

    import httpx2

    from bridgework.workspace.automations import Automation
    from bridgework.workspace.files import UploadedFile
    from bridgework.workspace.model import Option
    from bridgework.workspace.probe import Uploads
    from bridgework.workspace.records import Look
    from bridgework.workspace.schema import NeededField, NeededObject

MOST_RECORDS = 200
_MEMBERS = "workspaceMember"
_UPDATES_AT_ONCE = 2  # the server updates record by record: a thousand took 20 s, however many calls at once


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What this server can do, as probed and as learnt since."""

    version: str | None  # None where the server does not tell
    max_records: int  # in one create or update
    calls_per_minute: int  # 0: no limit
    uploads: Uploads
    automations: bool  # whether the triggers of workflows can be seen and paused
    metadata_calls: frozenset[str]  # names of the metadata API; empty where they could not be read


@dataclass(frozen=True, slots=True)
class Member:
    """A user of the workspace, to whom records can be assigned."""

    id: str
    email: str
    name: str


class Workspace:
    """One workspace of one server, seen through one API key."""

    def __init__(self, client: Client, pace: Pace, *, concurrency: int) -> None:
        """Use `open` instead: it probes the server."""
        self.pace = pace
        self._client, self._concurrency = client, concurrency
        self._records = Records(client, DataModel([]))
        self._most_records = MOST_RECORDS
        self._version: str | None = None
        self._uploads: Uploads = "none"
        self._calls: frozenset[str] = frozenset()
        self._schema = Schema(client, lambda: self.model, self.model_refresh)

    @classmethod
    async def open(
        cls,
        url: str,
        key: str,
        *,
        calls_per_minute: int | None = None,
        pace_memory: PaceMemory | None = None,
        concurrency: int = 6,
        timeout: float = 60,  # noqa: ASYNC109 - of each HTTP call, not of opening
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> Self:
        """Connect, and probe version, upload paths and data model; raises `Refused` or `Away`.

        `calls_per_minute`: None assumes Twenty's default of 100; 0 is for own servers without a limit.
        `concurrency`: batches under way at once in one `create`. `timeout`: seconds for one call.
        """
        pace = Pace(calls_per_minute, memory=pace_memory)
        self = cls(Client(url, key, pace, timeout=timeout, transport=transport), pace, concurrency=concurrency)
        try:
            found = await probe(self._client)
        except BaseException:
            await self.close()
            raise
        self._version, self._uploads, self._calls = found.version, found.uploads, found.metadata_calls
        self._records.model = found.model
        return self

    async def __aenter__(self) -> Self:
        """The workspace itself, which is open already."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close all connections."""
        await self.close()

    async def close(self) -> None:
        """Close all connections."""
        await self._client.close()

    @property
    def capabilities(self) -> Capabilities:
        """What the server can do, as known now."""
        return Capabilities(
            version=self._version,
            max_records=self._most_records,
            calls_per_minute=self.pace.calls_per_minute,
            uploads=self._uploads,
            automations=self.model.has(automations.TRIGGER),
            metadata_calls=self._calls,
        )

    @property
    def model(self) -> DataModel:
        """The data model as last read; `model_refresh` reads it again."""
        return self._records.model

    # -- records

    async def create(
        self, object_: str, records: Sequence[dict[str, Any]], *, on_unknown: Callable[[], None] | None = None
    ) -> CreateOutcome:
        """Create records, each with its own `id`; one bad record costs itself, not its batch.

        A record whose id is there already was created by an earlier send, and counts as created. `on_unknown` is
        called when a send had no usable answer, before what became of it is looked up. Raises `Refused` where no
        record is to blame (key, permission, unknown field), and `Away` where the server does not answer.
        """
        return await self._writer(object_, on_unknown=on_unknown).write(records, self._concurrency)

    async def update(
        self, object_: str, records: Sequence[dict[str, Any]], *, on_unknown: Callable[[], None] | None = None
    ) -> CreateOutcome:
        """Set fields of records that are known to exist (a field left out keeps its value, None clears it).

        It is sent as an upsert: an id that does not exist would become a new record, and one that is soft-deleted
        would be restored. `on_unknown` is that of `create`; the outcome's `created` are those that were written.
        """
        return await self._writer(object_, upsert=True, on_unknown=on_unknown).write(records, _UPDATES_AT_ONCE)

    async def look(self, object_: str, ids: Sequence[str]) -> dict[str, Look]:
        """When records changed last, and whether they are soft-deleted, by id, of those that exist."""
        return await self._records.look(object_, ids)

    async def soft_delete(self, object_: str, ids: Sequence[str]) -> dict[str, str]:
        """Put records into the bin, from where a person can restore them; their change moments by id."""
        return await self._records.set_deleted(object_, ids, deleted=True)

    async def restore(self, object_: str, ids: Sequence[str]) -> dict[str, str]:
        """Take records out of the bin; their change moments by id."""
        return await self._records.set_deleted(object_, ids, deleted=False)

    async def present(self, object_: str, ids: Sequence[str]) -> set[str]:
        """Which of these ids exist, soft-deleted records included."""
        return set(await self._records.stamps(object_, ids))

    async def stamps(self, object_: str, ids: Sequence[str]) -> dict[str, str]:
        """The moment of the last change (updatedAt) by id, of those that exist, soft-deleted records included."""
        return await self._records.stamps(object_, ids)

    async def read(
        self, object_: str, ids: Sequence[str], fields: Sequence[str] | None = None, *, include_deleted: bool = False
    ) -> dict[str, dict[str, Any]]:
        """Records by id, of those that exist; `fields` are names or columns, None is all."""
        return await self._records.read(object_, ids, fields, include_deleted=include_deleted)

    async def bin_again(self, object_: str, records: Mapping[str, tuple[str, str]]) -> None:
        """Put records into the bin as they lay there: by id, `deletedAt` and `updatedAt`."""
        await self._records.bin_again(object_, records)

    def scan(
        self, object_: str, fields: Sequence[str] | None = None, page: int = 5000, *, include_deleted: bool = True
    ) -> AsyncIterator[list[dict[str, Any]]]:
        """Every record of an object, in pages, in the order of ids."""
        return self._records.scan(object_, fields, page, include_deleted=include_deleted)

    async def count(self, object_: str, *, include_deleted: bool = False) -> int:
        """How many records an object has."""
        return await self._records.count(object_, include_deleted=include_deleted)

    async def destroy(self, object_: str, ids: Sequence[str]) -> int:
        """Remove records for good, with what hangs on them; how many are gone. Those gone before are no error."""
        return await self._records.destroy(object_, ids)

    async def destroy_history(self, object_: str, ids: Sequence[str]) -> None:
        """Remove what timelines tell of records that are about to be destroyed, where the server would leave it."""
        await self._records.destroy_history(object_, ids)

    def _writer(self, object_: str, *, upsert: bool = False, on_unknown: Callable[[], None] | None = None) -> Writer:
        return Writer(
            self._records,
            object_,
            most=lambda: self._most_records,
            lower=self._lower,
            upsert=upsert,
            on_unknown=on_unknown,
        )

    def _lower(self, allowed: int) -> None:
        self._most_records = min(self._most_records, allowed)

    # -- the data model

    async def model_refresh(self) -> DataModel:
        """Read the data model and the table views again."""
        self._records.model = await read_data_model(self._client, self._calls)
        return self._records.model

    async def create_object(self, needed: NeededObject) -> str:
        """Make a custom object; its metadata id. Raises `Refused`, ALREADY_THERE where there is one of this name."""
        return await self._schema.create_object(needed)

    async def create_field(self, object_: str, needed: NeededField) -> str:
        """Make a custom field; its metadata id. Raises `Refused`, ALREADY_THERE where there is one of this name."""
        return await self._schema.create_field(object_, needed)

    async def add_options(self, object_: str, field: str, options: Sequence[Option | Mapping[str, Any]]) -> str:
        """Add choices to a SELECT or MULTI_SELECT, after those that it has; the field's metadata id."""
        return await self._schema.add_options(object_, field, options)

    async def set_options(self, object_: str, field: str, options: Sequence[Option | Mapping[str, Any]]) -> str:
        """Give a field exactly these choices; one that is left out is cleared in all records."""
        return await self._schema.set_options(object_, field, options)

    async def show_fields(self, object_: str, fields: Iterable[str]) -> None:
        """Make fields visible columns of the object's table view; those that are visible stay as they are."""
        target = (await self.model_refresh()).object(object_)
        await views.show(self._client, self._calls, target, [target.field(name).id for name in fields])
        await self.model_refresh()

    def is_shown(self, object_: str, field: str) -> bool:
        """Whether the object's table view shows this field, as last read."""
        return self.model.is_shown(object_, field)

    async def delete_field(self, object_: str, field: str) -> None:
        """Remove a custom field with all its values; one that is gone is no error."""
        await self._schema.delete_field(object_, field)

    async def delete_object(self, object_: str) -> None:
        """Remove a custom object with all its records and what timelines tell of them; one that is gone is no error."""
        with suppress(Refused):  # a key that may not: entries that name nobody stay
            await self._records.destroy_all_history(object_)
        if (there := self.model.find(object_)) is not None:
            await menu.take_out(self._client, self._calls, there.id)
        await self._schema.delete_object(object_)

    async def likeness(self, names: Collection[str], ours: Callable[[list[str]], Collection[str]]) -> dict[str, Any]:
        """What the twin needs to be like this workspace (see `likeness`); reads only, and holds patients' values.

        `names`: the objects whose unique values count; `ours`: which of some ids are records whose values do not.
        """
        seen = await self.automations(names) if self.capabilities.automations else []
        return {
            "version": self._version,
            "records_per_call": self._most_records,
            "objects": likeness.objects(self.model, await views.read_views(self._client, self._calls)),
            "members": await likeness.members(self._records),
            "automations": [likeness.automation(one) for one in seen],
            "held": await likeness.held(self._records, names, ours),
        }

    # -- files, members, automations

    async def upload(self, name: str, content: Path | bytes, content_type: str | None = None) -> UploadedFile:
        """Upload a file for an attachment; attach it to one record only."""
        way = self._uploads
        if way == "direct" and "uploadFilesFieldFile" in self._calls and await files.is_empty(content):
            way = "multipart"  # a file without bytes cannot be announced
        return await files.upload(self._client, self.model, way, name, content, content_type)

    async def download_sha256(self, url: str) -> str:
        """SHA-256 (hex) of the file at the signed address that a record gave."""
        return await files.download_sha256(self._client, url)

    async def members(self) -> list[Member]:
        """The users of the workspace."""
        pages = self.scan(_MEMBERS, ["name", "userEmail"], include_deleted=False)
        rows = [row async for page in pages for row in page]
        return [Member(row["id"], row["userEmail"] or "", _full_name(row["name"])) for row in rows]

    async def automations(self, objects: Iterable[str], *, include_paused: bool = False) -> list[Automation]:
        """The workflows that events of these objects set off; raises `Refused` AUTOMATIONS_HIDDEN."""
        return await automations.list_automations(self._records, objects, include_paused=include_paused)

    async def pause(self, trigger_id: str) -> None:
        """Keep a workflow from being set off, until `resume`."""
        await automations.set_paused(self._records, trigger_id, paused=True)

    async def resume(self, trigger_id: str) -> None:
        """Let a workflow be set off again."""
        await automations.set_paused(self._records, trigger_id, paused=False)


def _full_name(name: dict[str, Any] | None) -> str:
    return " ".join(part for part in ((name or {}).get("firstName"), (name or {}).get("lastName")) if part)
